"""Suspect duplicates, order the queue, tell history."""

import datetime as dt

import pytest
from django.utils import timezone

from livingcircle_platform.registry import actions
from livingcircle_platform.registry import duplicates
from livingcircle_platform.registry import freshness
from livingcircle_platform.registry.history import as_of
from livingcircle_platform.registry.models import Outlet
from tests.platform import make

LON, LAT = 116.305, 39.905
METRE = 1 / 111_320


def shop(town, name, north=0.0, **values):
    told = {"lon": LON, "lat": LAT + north * METRE, **values}
    return make.outlet(told.pop("where", town.a1), name, **told)


@pytest.mark.parametrize(
    ("name", "north", "values", "suspected"),
    [
        ("果园药店（一分店）", 20, {}, True),
        ("果园药店", 79, {}, True),
        ("果园药店", 82, {}, False),
        ("百姓堂", 20, {"phone": "010-6901 2345"}, True),
        ("百姓堂", 20, {"phone": "010-69012346"}, False),
        ("果园药店", 20, {"trades": ("repair",)}, False),
        ("果园药店", 20, {"trades": ()}, True),
    ],
)
def test_what_is_suspected(town, clerk, name, north, values, suspected):
    shop(town, "果园药店", phone="01069012345")
    shop(town, name, north, **values)
    assert len(duplicates.suspects(clerk)) == suspected


def test_each_pair_once_and_not_again_once_told_apart(town, clerk):
    made = [shop(town, "果园药店", north) for north in (0, 10, 20)]
    assert len(duplicates.suspects(clerk)) == 3
    actions.mark_different(made[0], made[1], acting_user=clerk)
    assert len(duplicates.suspects(clerk)) == 2
    assert len(duplicates.suspects_of(made[0], clerk)) == 1


def test_an_areas_pairs_reach_over_its_border(town, clerk):
    shop(town, "果园药店")
    shop(town, "果园药店", 20, where=town.b1)
    shop(town, "东关面馆", 500, where=town.b1)
    shop(town, "东关面馆", 510, where=town.b1)
    assert len(duplicates.suspects(clerk, town.a)) == 1
    assert len(duplicates.suspects(clerk, town.b)) == 2


def test_nobody_is_asked_about_what_they_cannot_merge(town, worker, leader):
    shop(town, "果园药店")
    shop(town, "果园药店", 20, where=town.b1)
    assert duplicates.suspects(worker) == []
    assert duplicates.suspects(leader) == []


def test_the_queue_is_age_times_influence(town, clerk):
    today = timezone.localdate()

    def seen(name, days, influence):
        day = None if days is None else today - dt.timedelta(days=days)
        shop(town, name, verified_on=day, influence=influence)

    seen("百天千人", 100, 1000)  # 100,000
    seen("十天两千", 10, 2000)  # 20,000
    seen("从未百人", None, 100)  # 73,000
    seen("百天未知", 100, None)  # median of 100, 1000, 2000 is 1000: 100,000
    seen("今天", 0, 9000)  # 0; and the median becomes 2000 of four
    rows = list(freshness.queue(clerk))
    assert [(one.name, one.urgency) for one in rows] == [
        ("百天未知", 200_000), ("百天千人", 100_000), ("从未百人", 73_000), ("十天两千", 20_000),
        ("今天", 0),
    ]  # fmt: skip


def test_near_comes_first_where_a_place_is_given(town, clerk):
    shop(town, "远", 900)
    shop(town, "近", 100)
    shop(town, "太远", 5_000)
    point = freshness.rough_point(f"{LON},{LAT}")
    rows = freshness.near(freshness.queue(clerk), point)
    assert [one.name for one in rows] == ["近", "远"]


@pytest.mark.parametrize(
    ("said", "point"),
    [("116.30512,39.90549", (116.305, 39.905)), ("", None), ("x,y", None), ("1", None),
     ("nan,1", None), ("500,1", None)],
)  # fmt: skip
def test_a_place_is_rounded(said, point):
    assert freshness.rough_point(said) == point


def test_as_of_a_day(town, clerk, monkeypatch):
    made = actions.add(Outlet(name="旧名", code="1", area=town.a1), acting_user=clerk)
    day = timezone.localdate()
    later = timezone.now() + dt.timedelta(days=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    actions.change(made, {"name": "新名"}, seen=1, acting_user=clerk)
    made.refresh_from_db()
    assert as_of(made, day)["name"] == "旧名"
    assert as_of(made, day + dt.timedelta(days=3))["name"] == "新名"
    assert as_of(made, day - dt.timedelta(days=1)) is None
    actions.remove(made, seen=2, acting_user=clerk)
    assert as_of(made, day)["name"] == "旧名"
    assert as_of(made, day + dt.timedelta(days=3)) is None


def test_one_that_went_with_its_batch_was_there_before(town):
    made = make.outlet(town.a1, removed_at=timezone.now() + dt.timedelta(days=2))
    day = timezone.localdate()
    assert as_of(made, day)["name"] == made.name
    assert as_of(made, day + dt.timedelta(days=2)) is None
