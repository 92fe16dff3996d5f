"""Find rooms and street fronts where outlets could stand, and who is near them on foot."""

import numpy as np
import pytest
import shapely

from livingcircle.candidates import frontage_candidates
from livingcircle.candidates import ledger_candidates
from livingcircle.errors import SitingError
from tests.factories.district import table
from tests.factories.siting import DAY
from tests.factories.siting import assess_street
from tests.factories.siting import rooms_of

DOORS = [(0, 10), (300, 10), (1500, 10)]


def test_rooms_reach_doors_along_the_street_both_legs_counted():
    rooms = rooms_of(assess_street(DOORS, spaces=[100]))
    start, door, metres = rooms.doors_within(215.0)
    assert (start.tolist(), door.tolist()) == ([0, 2], [0, 1])
    assert metres == pytest.approx([115.0, 215.0], abs=0.2)


def test_minutes_are_read_as_minutes():
    rooms = rooms_of(assess_street(DOORS, spaces=[100]))
    start, door, minutes = rooms.doors_within(2.0, "minutes")
    assert (start.tolist(), door.tolist()) == ([0, 1], [0])
    assert minutes == pytest.approx([115 / 60], abs=0.01)


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"occupancy": "出租", "lease_end": "2027-01-01"}, "已出租，租约未到期"),
        ({"occupancy": "仓库"}, "在用，租约到期日没有登记"),
    ],
)
def test_rooms_that_cannot_be_had_are_left_out_with_the_reason(columns, reason):
    rooms = rooms_of(assess_street(DOORS, spaces=[100, (200, columns)]))
    assert [one.space_id for one in rooms.spaces] == ["s0"]
    assert rooms.left_out[["space_id", "reason"]].to_numpy().tolist() == [["s1", reason]]


def test_let_rooms_are_offered_when_asked_for():
    let = (200, {"occupancy": "出租", "lease_end": "2027-01-01"})
    assert len(rooms_of(assess_street(DOORS, spaces=[let]), let=True)) == 1


def test_a_room_without_a_place_or_a_street_is_left_out():
    assessment = assess_street(DOORS, spaces=[100, 200, 300])
    spaces = assessment.district.spaces
    shapes = spaces.geometry.array.copy()
    shapes[1] = shapely.Point()
    shapes[2] = shapely.Point(0, 0)
    object.__setattr__(assessment.district, "spaces", spaces.set_geometry(shapes))
    rooms = ledger_candidates(assessment.situation, str(DAY))
    assert rooms.left_out["reason"].tolist() == ["没有登记位置", "附近没有可走的道路"]


def test_no_ledger_and_no_usable_room_say_what_to_do():
    with pytest.raises(SitingError, match=r"没有空间资源台账.*--frontage"):
        rooms_of(assess_street(DOORS))
    with pytest.raises(SitingError, match=r"1处在用.*补登"):
        rooms_of(assess_street(DOORS, spaces=[(100, {"occupancy": "仓库"})]))


def test_rooms_stand_in_a_community_and_a_circle():
    community, circle = rooms_of(assess_street(DOORS, spaces=[100, 1500])).units
    assert (community.tolist(), circle.tolist()) == ([0, 1], [0, 1])


def test_rooms_near_each_other_and_near_outlets_are_told_on_foot():
    outlets = [(150, ["pharmacy"]), (900, ["pharmacy"])]
    rooms = rooms_of(assess_street(DOORS, spaces=[0, 100, 500], outlets=outlets))
    one, other, place, outlet = rooms.places_within(120.0)
    assert (one.tolist(), other.tolist()) == ([0], [1])
    assert (place.tolist(), outlet.tolist()) == ([1], [0])


def test_street_fronts_are_spread_along_streets_inside_communities_and_say_what_they_are():
    fronts = frontage_candidates(assess_street(DOORS).situation, 100.0)
    assert fronts.source == "frontage"
    assert len(fronts) == 20  # 2,000 m of street inside the two communities
    assert all("有无铺面未核实" in one.name for one in fronts.spaces)
    assert np.diff(np.sort(fronts.xy[:, 0])) == pytest.approx(100.0, abs=1)


def test_street_fronts_need_streets_and_a_sensible_spacing():
    situation = assess_street(DOORS).situation
    with pytest.raises(SitingError, match="沿街间隔 3 米"):
        frontage_candidates(situation, 3.0)
    motorway = situation.district.streets.assign(highway="footway")
    object.__setattr__(situation.district, "streets", motorway)
    with pytest.raises(SitingError, match="没有可以临街设店的道路"):
        frontage_candidates(situation)


def test_without_streets_distances_are_straight_times_the_detour():
    bare = assess_street(DOORS, spaces=[100], streets=table("streets", [], [], []))
    start, door, metres = rooms_of(bare).doors_within(150.0)
    assert (start.tolist(), door.tolist()) == ([0, 1], [0])
    assert metres == pytest.approx([1.3 * np.hypot(100, 5)], abs=0.3)
    assert rooms_of(bare).places_within(50.0)[0].tolist() == []
