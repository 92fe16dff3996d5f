"""Ask where to add what over the web: who sees which question."""

import pytest
from django.utils import timezone

from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.models import SiteChoice
from tests.platform import make


@pytest.fixture
def choice(town):
    told = {"number": 1, "standard": "miyun_2023", "finished_at": timezone.now()}
    run = Run.objects.create(district=town.district, **told)
    return SiteChoice.objects.create(run=run, title="东区药店")


def test_a_role_in_another_district_shows_no_choice_here(client, town, choice):
    roles = (Role.COMMUNITY, town.a1), (Role.SUBDISTRICT, town.elsewhere_a)
    client.force_login(make.user("both", *roles))
    assert "东区药店" not in client.get("/sites/").content.decode()
    assert client.get(f"/sites/{choice.pk}/").status_code == 404
    assert client.get(f"/sites/{choice.pk}/layer.geojson").status_code == 404


def test_whoever_works_in_a_subdistrict_sees_the_choices_of_its_district(client, town, choice):
    client.force_login(make.user("street", (Role.SUBDISTRICT, town.a)))
    assert "东区药店" in client.get("/sites/").content.decode()
    assert client.get(f"/sites/{choice.pk}/layer.geojson").status_code == 200


def test_ten_trades_show_at_once(browser, choice):
    assert '<select name="trades" size="10"' in browser.get("/sites/new/").content.decode()
