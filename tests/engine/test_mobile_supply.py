"""Plan stops and hours of mobile supply, and say whether it counts."""

from dataclasses import replace

import numpy as np
import pytest

from livingcircle.errors import SitingError
from livingcircle.mobile_supply import COUNTS
from livingcircle.mobile_supply import MEANWHILE
from livingcircle.mobile_supply import Timetable
from livingcircle.mobile_supply import plan_mobile
from livingcircle.siting import Wish
from tests.factories.siting import assess_street
from tests.factories.siting import rooms_of
from tests.factories.standards import reach

DOORS = [(50, 10), (1050, 30), (1950, 20)]
FOOD = reach("vegetable")


def stops(timetable=None, *, doors=DOORS, rules=(FOOD,), wish=None, **street):
    """Return the mobile plan of a street."""
    assessment = assess_street(doors, rules=rules, **street)
    return plan_mobile(assessment, wish or Wish(), timetable)


def test_one_stop_goes_where_most_people_lack():
    plan = stops(Timetable(stops=1))
    row = plan.stops.iloc[0]
    assert (row["people"], row["trade_names"]) == (30.0, "菜篮子")
    assert (row["arrives"], row["leaves"]) == ("07:00", "08:00")
    assert plan.left[["lacking", "left"]].to_numpy().tolist() == [[60.0, 30.0]]


def test_enough_stops_serve_everybody_one_after_the_other_with_the_drive_between():
    plan = stops(Timetable(stops=3, begins=6 * 60, stay=30, kmh=15.0))
    assert plan.left["left"].tolist() == [0.0]
    assert plan.stops["people"].sum() == 60.0
    # About 900 m between stops are 1.2 km of street: some five minutes.
    arrivals = [int(t[:2]) * 60 + int(t[3:]) for t in plan.stops["arrives"]]
    assert all(30 < gap <= 45 for gap in np.diff(arrivals))


def test_a_round_begins_where_most_people_are_served():
    plan = stops(Timetable(stops=3))
    assert plan.stops["people"].iloc[0] == plan.stops["people"].max()


def test_two_vehicles_begin_at_the_same_time():
    plan = stops(Timetable(stops=3, vehicles=2))
    assert plan.stops.groupby("vehicle")["arrives"].first().tolist() == ["07:00", "07:00"]


def test_what_is_mobile_counts_only_where_the_standard_says_so():
    assert stops(Timetable(stops=1)).stops["counts"].tolist() == [MEANWHILE]
    counted = reach("vegetable", count_mobile=True)
    assert stops(Timetable(stops=1), rules=(counted,)).stops["counts"].tolist() == [COUNTS]


def test_whom_a_room_could_serve_need_no_vehicle():
    assessment = assess_street(DOORS, rules=(FOOD,), spaces=[1050])
    plan = plan_mobile(assessment, Wish(), Timetable(stops=3), rooms_of(assessment))
    assert plan.stops["people"].sum() == 30.0
    assert plan.left["lacking"].tolist() == [30.0]


def test_nothing_to_bring_and_nobody_who_lacks_are_said():
    with pytest.raises(SitingError, match="不能用直通车"):
        stops(wish=Wish(trades=("bank",)))
    served = [(x, ["vegetable"]) for x, _ in DOORS]
    with pytest.raises(SitingError, match="没有居民缺"):
        stops(outlets=served)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"stay": 0}, "都要大于 0"), ({"stops": 30}, "一天排不下"), ({"kmh": 0.0}, "都要大于 0")],
)
def test_a_timetable_that_cannot_be_kept_is_refused(change, said):
    with pytest.raises(SitingError, match=said):
        stops(replace(Timetable(), **change))
