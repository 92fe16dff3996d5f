"""Test the demonstration's accounts: a new password for made-up people only."""

from livingcircle_platform.accounts.models import Role
from livingcircle_platform.workbench import demonstration
from tests.platform import make


def test_only_made_up_accounts_get_a_new_password(town):
    made_up = make.user("quji", (Role.DISTRICT, town.district), (Role.ADMIN, town.city))
    made_up.made_up = True
    made_up.save()
    real = make.user("zhang", (Role.DISTRICT, town.district), password="Zhen-shi-5521-hu")
    (account,) = demonstration.renew_passwords()
    assert account.username == "quji"
    assert "区级管理" in account.role
    assert "系统管理员" in account.role
    made_up.refresh_from_db()
    real.refresh_from_db()
    assert made_up.check_password(account.password)
    assert real.check_password("Zhen-shi-5521-hu")
    assert demonstration.renew_passwords("Lian-xi-7712")[0].password == "Lian-xi-7712"
