"""Lay out the demonstration: the sample district, and one made-up account for every role."""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from typing import NamedTuple

from django.core.management import call_command
from django.db import transaction

from livingcircle_platform.accounts.models import Membership
from livingcircle_platform.accounts.models import User
from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.assessment.actions import ask_run
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.audit import writing
from livingcircle_platform.registry.models import Merchant
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.territory.founding import found_city
from livingcircle_platform.territory.models import Area

CITY = "示例市"
_ACCOUNTS = (
    ("shiji", Role.CITY, "市商务局（虚构）", Area.Level.CITY),
    ("quji", Role.DISTRICT, "区商务局（虚构）", Area.Level.DISTRICT),
    ("jiedao", Role.SUBDISTRICT, "演示西街道（虚构）", Area.Level.SUBDISTRICT),
    ("shequ", Role.COMMUNITY, "示范一社区（虚构）", Area.Level.COMMUNITY),
    ("guihua", Role.PLANNER, "社区规划师（虚构）", Area.Level.DISTRICT),
    ("shanghu", Role.MERCHANT, "商户（虚构）", Area.Level.COMMUNITY),
    ("jumin", Role.RESIDENT, "居民（虚构）", Area.Level.COMMUNITY),
    ("lingdao", Role.LEADER, "分管领导（虚构）", Area.Level.DISTRICT),
)


class Account(NamedTuple):
    """Tell how to sign in as one role."""

    username: str
    role: str
    area: str
    password: str


def lay_out(folder: Path, password: str = "") -> list[Account]:
    """Found the city, load the district and make the accounts; return how to sign in.

    Parameters
    ----------
    password
        For all accounts; one is made up where none is given.
    """
    password = password or _made_up_password()
    with transaction.atomic():
        found_city(CITY, "admin", password)
        User.objects.filter(username="admin").update(made_up=True)
        call_command("load_district", str(folder), user="admin", verbosity=0, stdout=_Silent())
        _ask_first_run()
        first = Account("admin", str(Role("admin").label), CITY, password)
        return [first, *_accounts(password)]


def renew_passwords(password: str = "") -> list[Account]:
    """Give all made-up accounts a new password, and only them; return how to sign in.

    Nobody can read the old one any more; it is kept as a hash only.
    """
    password = password or _made_up_password()
    accounts = []
    with transaction.atomic():
        for user in User.objects.filter(made_up=True, is_active=True).order_by("date_joined", "pk"):
            user.set_password(password)
            user.save(update_fields=["password"])
            held = list(user.memberships.select_related("area").order_by("role"))
            role = "、".join(one.get_role_display() for one in held) or "没有角色"
            area = "、".join(dict.fromkeys(str(one.area) for one in held))
            accounts.append(Account(user.username, role, area, password))
    return accounts


def _made_up_password() -> str:
    return f"yanshi-{secrets.token_hex(4)}"


def _accounts(password: str) -> Iterator[Account]:
    admin = User.objects.get(username="admin")
    for username, role, title, level in _ACCOUNTS:
        area = Area.objects.filter(level=level).order_by("code").first()
        if level == Area.Level.SUBDISTRICT:
            community = Area.objects.filter(level=Area.Level.COMMUNITY).order_by("code").first()
            area = community.parent if community else area
        if area is None:
            continue
        user = User.objects.create_user(
            username, password=password, display_name=title, made_up=True
        )
        writing.add(Membership(user=user, role=role, area=area), acting_user=admin)
        if role == Role.MERCHANT:
            _give_shop(user, area, admin)
        yield Account(username, str(Role(role).label), str(area), password)


def _ask_first_run() -> None:
    """Have the district assessed, so that the overview has something to show."""
    admin = User.objects.get(username="admin")
    district = Area.objects.get(level=Area.Level.DISTRICT)
    ask_run(Run(district=district, title="演示"), acting_user=admin)


def _give_shop(user: User, area: Area, admin: Any) -> None:  # noqa: ANN401
    """Let the made-up merchant run one made-up shop."""
    merchant = Merchant(
        user=user, area=area, code="YS-M01", name="示例商户（虚构）", contact="示例（虚构）"
    )
    writing.add(merchant, acting_user=admin)
    shop = Outlet.objects.filter(area=area, source__status="made_up").order_by("code").first()
    if shop is not None:
        writing.change(shop, {"merchant": merchant}, seen=shop.version, acting_user=admin)


class _Silent:
    """Swallow what a command tells."""

    def write(self, *_: object) -> None:
        """Say nothing."""
