"""Show areas and versions: as of a day, unknown as unknown, forms with their reasons."""

import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from livingcircle_platform.accounts.models import Role
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import CircleSet
from tests.platform import make


@pytest.fixture
def current(town):
    made = make.circles(town.district, ("甲圈", [town.a1, town.a2]), ("乙圈", [town.b1, town.b2]))
    made.circles.filter(name="甲圈").update(kind="old_town", openness="较高", figures={
        "area_km2": 1.9, "population": 300, "walk_minutes": None, "walk_beyond": 30.0,
        "broken": [{"check": "walk", "name": "端到端步行", "value": 21.0, "limit": "≤15",
                    "excess": 6.0, "unit": "分钟", "severity": "soft", "reason": "太长"}],
    })  # fmt: skip
    return made


@pytest.fixture
def later(town, current):
    """Return a version that replaced the first one in March."""
    CircleSet.objects.filter(pk=current.pk).update(
        state="replaced", in_force_until=dt.date(2026, 3, 1)
    )
    made = make.circles(town.district, ("甲圈", [town.a1]), ("新圈", [town.a2, town.b1, town.b2]),
                        number=2)  # fmt: skip
    CircleSet.objects.filter(pk=made.pk).update(
        in_force_from=dt.date(2026, 3, 1), made_from=current
    )
    return made


def text(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


def test_the_tree_tells_what_is_not_known(browser, town):
    make.profile(town.a1, 1234.0)
    page = text(browser, "/territory/")
    assert "1,234" in page
    assert "另有 3 个社区未核实" in page
    before = text(browser, "/territory/?on=2020-01-01")
    assert "1,234" not in before
    assert text(browser, "/territory/?on=nonsense")


def test_an_area_shows_its_people_over_time_and_its_circles(browser, town, current):
    make.profile(town.a1, 900.0, dt.date(2024, 12, 31))
    make.profile(town.a1, 1000.0, dt.date(2025, 12, 31))
    assert "未核实" in text(browser, f"/territory/areas/{town.a2.pk}/")  # nobody told anything
    page = text(browser, f"/territory/areas/{town.a1.pk}/?on=2026-01-15")
    assert page.index("2025-12-31") < page.index("2024-12-31")
    assert "甲圈" in page
    assert "没有包含这里的生活圈" in text(browser, f"/territory/areas/{town.a1.pk}/?on=2025-01-15")
    layer = json.loads(text(browser, f"/territory/areas/{town.a.pk}/layer.geojson"))
    assert len(layer["features"]) == 2


def test_a_boundary_is_uploaded_and_a_wrong_one_is_told_by_its_field(browser, town):
    address = f"/territory/areas/{town.a1.pk}/change/"
    told = {"seen": 1, "code": "111", "name": "甲一社区", "kind": "village"}
    wrong = SimpleUploadedFile("x.geojson", b"POINT (1 1)")
    answer = browser.post(address, {**told, "boundary_file": wrong})
    assert answer.status_code == 400
    assert 'id="id_boundary_file_error"' in answer.content.decode()
    right = SimpleUploadedFile("x.wkt", b"POLYGON ((116 39, 116.01 39, 116.01 39.01, 116 39))")
    assert browser.post(address, {**told, "boundary_file": right}).status_code == 302
    now = Area.objects.get(pk=town.a1.pk)
    assert (now.kind, now.boundary.bounds[0], now.version) == ("village", 116.0, 2)
    assert browser.post(address, {**told, "name": "别名"}).status_code == 409


def test_people_are_added_and_corrected(browser, town):
    address = f"/territory/areas/{town.a1.pk}/profiles/add/"
    assert "不知道的空着" in text(browser, address)
    more = {"as_of": "2025-12-31", "population": "100", "age_60_plus": "200"}
    assert "比常住人口还多" in browser.post(address, more).content.decode()
    assert browser.post(address, {**more, "age_60_plus": ""}).status_code == 302
    one = town.a1.profiles.get()
    assert one.age_60_plus is None
    address = f"/territory/profiles/{one.pk}/correct/"
    told = {"seen": 1, "as_of": "2025-12-31", "population": "101"}
    assert browser.post(address, told).status_code == 400  # no reason
    assert browser.post(address, {**told, "reason": "漏登一户"}).status_code == 302
    assert town.a1.profiles.get().population == 101.0


def test_areas_are_added_and_taken_out(browser, town, clerk):
    assert "甲街道" in text(browser, f"/territory/areas/{town.a.pk}/add/")
    told = {"level": "community", "code": "119", "name": "新社区", "kind": "community"}
    assert browser.post(f"/territory/areas/{town.a.pk}/add/", told).status_code == 302
    made = Area.objects.get(code="119")
    answer = browser.post(f"/territory/areas/{made.pk}/remove/", {"seen": 1})
    assert answer.status_code == 302
    assert made not in Area.objects.visible_to(clerk)


def test_a_version_tells_what_is_broken_and_by_how_much(browser, current):
    page = text(browser, f"/territory/circles/{current.pk}/")
    assert "应为 ≤15，超出 6分钟" in page
    assert "面积、步行未核实" in page  # the circle that no desk measured
    sheet = text(browser, f"/territory/circles/{current.pk}/sheet/")
    assert "老城区住宅" in sheet
    assert "较高" in sheet
    layer = json.loads(text(browser, f"/territory/circles/{current.pk}/layer.geojson"))
    assert [one["properties"]["id"] for one in layer["features"]] == ["1", "2"]


def test_a_past_day_shows_the_circles_of_that_day(browser, current, later):
    now = text(browser, "/territory/circles/").split("所有版本")[0]
    then = text(browser, "/territory/circles/?on=2026-02-28").split("所有版本")[0]
    assert ("新圈" in now, "乙圈" in now) == (True, False)
    assert ("新圈" in then, "乙圈" in then) == (False, True)
    assert "这一天没有启用的圈层" in text(browser, "/territory/circles/?on=2020-01-01")


def test_two_versions_side_by_side(browser, town, current, later):
    make.profile(town.a2, 321.0, dt.date(2025, 12, 31))
    page = text(browser, f"/territory/circles/{later.pk}/compare/")
    assert "1 个社区换了圈，涉及 321人" in page
    assert "甲二社区" in page


def test_adopting_by_the_page(browser, town, current):
    draft = make.circles(town.district, ("全圈", [town.a1, town.a2]), state="draft", number=2)
    address = f"/territory/circles/{draft.pk}/adopt/"
    assert "启用后不能再改" in text(browser, address)
    early = browser.post(address, {"seen": 1, "day": "2025-01-01"})
    assert (early.status_code, "要晚于这一天" in early.content.decode()) == (400, True)
    assert browser.post(address, {"seen": 1, "day": "2026-03-01"}).status_code == 302
    other = make.circles(town.district, ("x", [town.a1]), state="draft", number=3)
    answer = browser.post(f"/territory/circles/{other.pk}/discard/", {"seen": 1})
    assert answer.status_code == 302
    text(browser, f"/territory/circles/{other.pk}/", 404)


def test_who_works_in_one_subdistrict_sees_its_circles_only(client, town, current):
    client.force_login(make.user("street", (Role.SUBDISTRICT, town.a)))
    page = text(client, f"/territory/circles/{current.pk}/")
    assert ("甲圈" in page, "乙圈" in page) == (True, False)
    tree = text(client, "/territory/")
    assert ("甲一社区" in tree, "乙一社区" in tree) == (True, False)
    text(client, f"/territory/areas/{town.b1.pk}/", 404)
    assert client.get(f"/territory/circles/{current.pk}/adopt/").status_code == 403


def test_pages_take_a_fixed_number_of_questions(
    browser, town, current, django_assert_max_num_queries
):
    for one in (town.a1, town.a2, town.b1, town.b2):
        make.profile(one, 100.0)
    for address, most in (("/territory/", 14), (f"/territory/circles/{current.pk}/", 20)):
        with django_assert_max_num_queries(most):
            browser.get(address)
