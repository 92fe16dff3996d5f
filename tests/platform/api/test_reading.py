"""Check what the reading operations return, and what they keep to themselves."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from livingcircle_platform.api.schemas import OutletOut
from livingcircle_platform.api.schemas import Page
from tests.platform import make
from tests.platform.api.conftest import signed_in
from tests.platform.api.conftest import token_for


def names(answer):
    """Return the names in a list."""
    assert answer.status_code == 200, answer.content.decode()
    return sorted(one["name"] for one in answer.json()["items"])


@pytest.fixture
def district(world):
    """Return the session of somebody who runs the district."""
    return signed_in(world.people["district"])


def test_outlets_are_filtered_by_trade_state_area_and_box(world, district):
    repair = district.get("/api/outlets", {"trade": "repair"})
    assert names(repair) == ["乙一维修", "果园便利店"]
    assert names(district.get("/api/outlets", {"state": "closed"})) == ["乙二药店"]
    area = {"area": str(world.town.a.pk)}
    assert names(district.get("/api/outlets", area)) == ["果园便利店", "果园药店", "甲二药店"]
    box = {"bbox": "116.31,39.90,116.32,39.91"}
    assert names(district.get("/api/outlets", box)) == ["甲二药店"]


@pytest.mark.parametrize("needle", ["果", "果园", "guoyuan", "gy", "g"])
def test_outlets_are_found_by_characters_pinyin_and_initials(world, district, needle):
    found = names(district.get("/api/outlets", {"q": needle}))
    assert {"果园便利店", "果园药店"} <= set(found)
    assert "甲二药店" not in names(district.get("/api/outlets", {"q": "果"}))


def test_changed_since_returns_only_what_changed(world, district):
    before = timezone.now() + dt.timedelta(seconds=5)
    one = world.outlets["a2"]
    one.changed_at = before + dt.timedelta(seconds=5)
    one.save()
    found = district.get("/api/outlets", {"changed_since": before.isoformat()})
    assert names(found) == ["甲二药店"]


def test_page_after_page_misses_nothing_and_doubles_nothing(world, district):
    seen, cursor, pages = [], None, 0
    while True:
        params = {"most": 2} | ({"cursor": cursor} if cursor else {})
        told = district.get("/api/outlets", params).json()
        seen += [one["id"] for one in told["items"]]
        pages, cursor = pages + 1, told["next"]
        if cursor is None:
            break
    assert pages == 3
    assert sorted(seen) == sorted(str(world.outlets[n].pk) for n in ("a1", "own", "a2", "b1", "b2"))


def test_a_list_is_what_its_description_says(world, district):
    told = district.get("/api/outlets").json()
    for one in told["items"]:
        assert set(one) == set(OutletOut.model_fields)
    Page[OutletOut].model_validate(told)
    one = district.get(f"/api/outlets/{told['items'][0]['id']}").json()
    assert one == told["items"][0]


def test_an_outlet_tells_no_personal_data(world, district):
    told = district.get(f"/api/outlets/{world.outlets['own'].pk}").json()
    assert told["trades"] == ["convenience_store", "repair"]
    assert not {"merchant", "merchant_id", "contact", "verified_by"} & set(told)


def test_merchants_are_for_those_who_may_see_personal_data(world):
    assert signed_in(world.people["planner"]).get("/api/merchants").status_code == 403
    assert signed_in(world.people["leader"]).get("/api/merchants").status_code == 403
    [own] = signed_in(world.people["owner"]).get("/api/merchants").json()["items"]
    assert own["contact"] == "王某"


def test_what_lies_elsewhere_is_missing(world, district):
    answer = district.get(f"/api/outlets/{world.outlets['far'].pk}")
    assert answer.status_code == 404
    assert set(answer.json()["error"]) >= {"what", "remedy"}
    assert district.get(f"/api/areas/{world.town.elsewhere.pk}").status_code == 404
    assert district.get(f"/api/runs/{uuid.uuid4()}").status_code == 404


def test_circles_are_those_of_the_day(world, district):
    assert names(district.get("/api/circles")) == ["乙圈", "甲圈"]
    assert names(district.get("/api/circles", {"as_of": "2025-12-31"})) == []
    circle = district.get("/api/circles").json()["items"][0]
    whole = district.get(f"/api/circles/{circle['id']}").json()
    assert len(whole["members"]) == 2
    assert whole["boundary"]["type"] == "Polygon"


def test_an_area_tells_its_people(world, district):
    make.profile(world.town.a1, 1200, age_60_plus=300)
    told = district.get(f"/api/areas/{world.town.a1.pk}").json()
    assert told["profile"]["population"] == 1200
    assert told["boundary"]["type"] == "Polygon"
    assert district.get(f"/api/areas/{world.town.a2.pk}").json()["profile"] is None


def test_a_token_opens_only_its_actions(client, world):
    header = token_for(world.people["district"], ["circle.view"])
    assert client.get("/api/circles", **header).status_code == 200
    assert client.get("/api/outlets", **header).status_code == 403


def test_nobody_gets_nothing_and_is_told_how(client, world):
    answer = client.get("/api/outlets")
    assert answer.status_code == 401
    assert "令牌" in answer.json()["error"]["what"]


def test_wrong_parameters_are_named_one_by_one(world, district):
    answer = district.get("/api/outlets", {"most": "0", "state": "开着", "bbox": "1,2"})
    assert answer.status_code == 422
    told = answer.json()["error"]
    assert set(told["fields"]) == {"most", "state", "bbox"}
    assert told["fields"]["most"] == "不能小于1"


def test_a_filter_that_does_not_exist_is_refused_not_ignored(world, district):
    answer = district.get("/api/outlets", {"tarde": "repair"})
    assert answer.status_code == 400
    assert answer.json()["error"]["fields"] == {"tarde": "没有这一项"}
