"""Check distance, order, and what is honestly not known."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import caches

from livingcircle_platform.api.nearest import metres
from livingcircle_platform.api.nearest import near
from livingcircle_platform.api.routes import near as route
from livingcircle_platform.api.schemas import Near
from livingcircle_platform.registry.models import Outlet
from tests.platform import make
from tests.platform.api.conftest import signed_in

NOON = dt.datetime(2026, 11, 25, 12, tzinfo=ZoneInfo("Asia/Shanghai"))  # a Wednesday


def test_a_degree_of_latitude_is_111_km():
    assert metres(116, 39, 116, 40) == pytest.approx(111_195, abs=1)
    assert metres(116, 60, 117, 60) == pytest.approx(111_195 / 2, rel=1e-3)


def test_the_nearest_come_first_with_their_straight_distance(world):
    told = signed_in(world.people["district"]).get("/api/near", {"lon": 116.305, "lat": 39.905})
    told = told.json()
    Near.model_validate(told)
    assert "直线" in told["measured_by"]
    # b2 is closed; a1 stands at the very point; b1 stands two squares to the east.
    assert [one["name"] for one in told["items"]] == [
        "果园药店",
        "果园便利店",
        "甲二药店",
        "乙一维修",
    ]
    far = told["items"][-1]["distance_m"]
    assert far == pytest.approx(metres(116.305, 39.905, 116.325, 39.905), abs=1)


def test_a_trade_and_most_narrow_it(world):
    browser = signed_in(world.people["district"])
    asked = {"lon": 116.305, "lat": 39.905, "trade": "repair"}
    assert len(browser.get("/api/near", asked).json()["items"]) == 2
    assert len(browser.get("/api/near", asked | {"most": 1}).json()["items"]) == 1


def test_open_now_leaves_out_what_nobody_can_tell_and_counts_it(world, monkeypatch):
    browser = signed_in(world.people["district"])
    asked = {"lon": 116.305, "lat": 39.905, "open_now": "true"}
    monkeypatch.setattr(route, "timezone", SimpleNamespace(localtime=lambda: NOON))
    told = browser.get("/api/near", asked).json()
    assert [one["name"] for one in told["items"]] == ["果园药店", "甲二药店"]
    assert told["hours_unknown"] == 2
    night = NOON.replace(hour=22)
    monkeypatch.setattr(route, "timezone", SimpleNamespace(localtime=lambda: night))
    told = browser.get("/api/near", asked).json()
    assert [one["name"] for one in told["items"]] == ["甲二药店"]


def test_growing_boxes_find_the_same_as_looking_at_all(town):
    caches["moment"].clear()
    for place in range(60):
        east, north = (place * 37 % 60) / 2000, (place * 23 % 60) / 3000
        make.outlet(town.a1, f"店{place}", lon=116.29 + east, lat=39.89 + north)
    rows = Outlet.objects.all()
    columns = rows.values("id", "lon", "lat", "hours")
    places = ((116.30, 39.90), (116.25, 39.95), (116.3051, 39.8993))
    for lon, lat in (*places, *places):  # the second time from what was remembered
        found = near(columns, (lon, lat), 10, NOON)
        away = sorted(metres(lon, lat, one.lon, one.lat) for one in rows)
        told = [one["distance_m"] for one in found.items]
        assert told == pytest.approx(away[:10])
        assert told == sorted(told)
        assert found.items[-1]["distance_m"] <= found.within
        assert found.unsure == 0


def test_hours_that_nobody_had_written_yet_are_looked_at_too(town):
    caches["moment"].clear()
    make.outlet(town.a1, "白天开", hours="08:00-20:00")
    columns = Outlet.objects.values("id", "name", "lon", "lat", "hours")

    def open_at(moment):
        found = near(columns, (116.305, 39.905), 10, moment, only_open=True)
        return {one["name"] for one in found.items}, found.unsure

    night = NOON.replace(hour=22)
    assert open_at(night) == (set(), 0)
    make.outlet(town.a1, "通宵", hours="00:00-24:00")
    make.outlet(town.a1, "只开到九点", hours="06:00-21:00")
    make.outlet(town.a1, "说不清", hours="看情况")
    make.outlet(town.a1, "没有填", hours="")
    assert open_at(night) == ({"通宵"}, 2)
    assert open_at(NOON) == ({"白天开", "通宵", "只开到九点"}, 2)
    caches["moment"].clear()
