"""Check what the pages of a run show to whom."""

import pytest
from django.utils import timezone

from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.assessment.models import BlindArea
from livingcircle_platform.assessment.models import Finding
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.models import Unit
from tests.platform import make


@pytest.fixture
def run(town, settings, tmp_path):
    """Return a run with one circle over two 街道, and one unknown finding in each."""
    settings.DATA = tmp_path
    told = {"number": 1, "standard": "miyun_2023", "finished_at": timezone.now()}
    made = Run.objects.create(district=town.district, **told)
    both = f"{town.a1.path} {town.b1.path}"
    Unit.objects.create(run=made, level="circle", unit_id="1", name="一号圈", paths=both)
    for one in (town.a1, town.b1):
        unit = Unit.objects.create(
            run=made, level="community", unit_id=one.code, name=one.name, circle_code="1",
            paths=one.path,
        )  # fmt: skip
        told = {"requirement_id": "r", "verdict": "unknown", "subject": f"{one.name}的药店"}
        Finding.objects.create(run=made, unit=unit, **told)
    return made


def test_a_circle_over_two_streets_hides_the_findings_of_the_other(client, town, run):
    client.force_login(make.user("street", (Role.SUBDISTRICT, town.a)))
    page = client.get(f"/assessment/{run.pk}/circles/1/").content.decode()
    assert "甲一社区的药店" in page
    assert "乙一社区的药店" not in page
    hidden = Finding.objects.get(subject="乙一社区的药店")
    assert client.get(f"/assessment/{run.pk}/findings/{hidden.pk}/").status_code == 404


def test_a_blind_area_without_an_outlet_in_reach_names_no_metres(browser, town, run):
    BlindArea.objects.create(
        run=run, circle_code="1", paths=town.a1.path, trade="pharmacy", trade_name="药店",
        radius_m=500, doors=3, people=60, place="新中街一带",
    )  # fmt: skip
    page = browser.get(f"/assessment/{run.pk}/circles/1/").content.decode()
    assert "没有走得到的</td>" in page
    listed = browser.get(f"/gaps/?run={run.pk}").content.decode()
    assert "没有走得到的</td>" in listed


def test_the_totals_of_a_run_are_of_what_a_person_may_see(client, town, run):
    Unit.objects.create(
        run=run, level="district", unit_id="d", name="全区", paths=town.district.path
    )
    run.summary = {"circles": 9, "gaps": 77, "urgent": 5, "blind_areas": 3, "unknown": 2}
    run.save()
    client.force_login(make.user("street", (Role.SUBDISTRICT, town.a)))
    own = client.get(f"/assessment/{run.pk}/")
    assert own.context["totals"] == {
        "circles": 1, "gaps": 0, "urgent": 0, "blind_areas": 0, "unknown": 1,
    }  # fmt: skip
    assert "只算您范围内的；全区有缺口 77 项" in own.content.decode()
    client.force_login(make.user("all", (Role.DISTRICT, town.district)))
    assert client.get(f"/assessment/{run.pk}/").context["totals"] == run.summary
