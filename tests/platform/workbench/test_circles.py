"""Draw circles over the web: list without scripts, previews, conflicts, settings."""

import json
import uuid

import pytest

from livingcircle_platform.accounts.models import Role
from livingcircle_platform.core.models import Job
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import CircleSet
from tests.platform import drawing
from tests.platform import make

HTMX = {"HX-Request": "true"}


@pytest.fixture
def town(transactional_db, settings, tmp_path):
    settings.DATA = tmp_path
    made = make.town()
    drawing.lay_out(made)
    return made


@pytest.fixture
def draft(town, clerk):
    return drawing.draft(town, clerk)


def merge(draft, **more):
    return {"operation": "merge", "circles": ["1", "2"], "seen": draft.version, **more}


def test_a_draft_is_begun_in_the_background_and_then_drawn_on(browser, town):
    key = uuid.uuid4()
    asked = {"id": key, "district": town.district.pk, "start": "existing", "band": 30}
    answer = browser.post("/circles/new/", asked)
    assert answer.headers["Location"] == f"/jobs/{key}/"
    assert "还在打开" in browser.get("/circles/").content.decode()
    assert browser.get(f"/circles/{key}/").status_code == 200
    drawing.work()
    assert Job.objects.get().result == f"/circles/{key}/"
    page = browser.get(f"/circles/{key}/").content.decode()
    # All on the list: both circles, all four communities, no script needed.
    assert page.count('name="circles"') == 2
    assert page.count('name="tiles"') == 4
    assert CircleSet.objects.get(pk=key).settings["record"]["wishes"]["band"] == 30.0


def test_a_preview_shows_before_and_after_and_by_how_much(browser, draft):
    answer = browser.post(f"/circles/{draft.pk}/preview/", merge(draft), headers=HTMX)
    text = answer.content.decode()
    assert "合并“甲圈”、“乙圈”，会变成这样" in text
    assert "3.80 平方公里" in text
    assert "应为 ≤2，超出 1.8 平方公里" in text
    assert "<html" not in text
    whole = browser.post(f"/circles/{draft.pk}/preview/", merge(draft)).content.decode()
    assert "<html" in whole
    assert "3.80 平方公里" in whole
    assert CircleSet.objects.get(pk=draft.pk).version == draft.version


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"operation": "merge", "circles": ["1"]}, "合并要选两个以上的圈"),
        ({"operation": "split", "circles": ["1", "2"]}, "拆分要选一个圈"),
        ({"operation": "move", "to": "1"}, "移动要选一个社区和要去的圈"),
        ({"operation": "draw"}, "还没有边界"),
        ({"operation": "draw", "boundary": "POINT (1 1)"}, "要有面，并且只有面"),
        ({"operation": "merge", "circles": ["1", "9"]}, "已经不在这一版里"),
        ({"operation": "explode"}, "已经不在这一版里"),
    ],
)
def test_what_is_missing_is_said_where_the_preview_stands(browser, draft, asked, why):
    told = {**asked, "seen": draft.version}
    answer = browser.post(f"/circles/{draft.pk}/preview/", told, headers=HTMX)
    assert (answer.status_code, why in answer.content.decode()) == (200, True)


def test_done_undone_and_written(browser, draft):
    answer = browser.post(f"/circles/{draft.pk}/draw/", merge(draft, key="k1", reason="就近"))
    assert answer.status_code == 302
    assert draft.circles.get().code == "Q01"
    again = browser.post(f"/circles/{draft.pk}/draw/", merge(draft, key="k1", reason="就近"))
    assert again.status_code == 302  # the button pressed twice
    page = browser.get(f"/circles/{draft.pk}/Q01/").content.decode()
    assert "提示：" in page
    assert '<option value="" selected>未定</option>' in page  # hinted at, never filled in
    sheet = {"seen": 1, "name": "东区一圈", "kind": "old_town", "openness": "较高"}
    assert browser.post(f"/circles/{draft.pk}/Q01/", sheet).status_code == 302
    assert draft.circles.get().kind == "old_town"
    draft.refresh_from_db()
    browser.post(f"/circles/{draft.pk}/undo/", {"seen": draft.version})
    assert sorted(draft.circles.values_list("code", flat=True)) == ["1", "2"]


def test_two_at_one_draft_see_both_sides(browser, draft, town, client):
    browser.post(f"/circles/{draft.pk}/draw/", merge(draft, key="a"))
    client.force_login(make.user("planner", (Role.PLANNER, town.district)))
    late = {"operation": "split", "circles": "1", "seen": draft.version, "said": "拆分“甲圈”"}
    answer = client.post(f"/circles/{draft.pk}/draw/", late)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "合并“甲圈”、“乙圈”" in text
    assert "拆分“甲圈”" in text
    assert client.post(f"/circles/{draft.pk}/undo/", {"seen": 1}).status_code == 409
    assert draft.circles.get().code == "Q01"


def test_the_layer_holds_circles_and_communities(browser, draft):
    told = json.loads(browser.get(f"/circles/{draft.pk}/layer.geojson").content)
    assert [one["properties"]["id"] for one in told["circles"]["features"]] == ["1", "2"]
    assert len(told["tiles"]["features"]) == 4


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.DISTRICT, 200), (Role.PLANNER, 200), (Role.LEADER, 403), (Role.RESIDENT, 403)],
)
def test_who_may_draw(client, draft, town, role, status):
    client.force_login(make.user("somebody", (role, town.district)))
    assert client.get(f"/circles/{draft.pk}/").status_code == status
    elsewhere = make.user("far", (Role.DISTRICT, town.elsewhere))
    client.force_login(elsewhere)
    assert client.get(f"/circles/{draft.pk}/").status_code == 404


def test_an_adopted_version_is_no_desk(browser, town):
    current = CircleSet.objects.get()
    answer = browser.post(f"/circles/{current.pk}/preview/", {"operation": "merge", "seen": 1})
    assert (answer.status_code, "已经启用过" in answer.content.decode()) == (400, True)


def test_a_district_has_its_standard_and_walker(browser, town):
    address = f"/districts/{town.district.pk}/"
    assert "配置标准" in browser.get(address).content.decode()
    told = {"seen": 1, "standard": "miyun_2023", "walker": "elder", "reason": "老年人多"}
    assert browser.post(address, told).status_code == 302
    now = Area.objects.get(pk=town.district.pk)
    assert (now.standard, now.walker, now.version) == ("miyun_2023", "elder", 2)
    stale = {"seen": 1, "standard": "", "walker": ""}
    assert browser.post(address, stale).status_code == 409
    assert browser.post(address, {"seen": 2, "standard": "none"}).status_code == 400


def test_nowhere_to_begin_is_said(client, town):
    client.force_login(make.user("street", (Role.PLANNER, town.a1)))
    assert "选一个街道开始" in client.get("/circles/").content.decode()
