"""Check how a district is laid on its streets: entrances, homes, edges and what is left out."""

from dataclasses import replace

import numpy as np
import pytest
import shapely

from livingcircle.errors import AssessmentError
from livingcircle.errors import NetworkError
from livingcircle.situation import lay_out
from livingcircle.tables import empty
from livingcircle.walkers import WALKERS
from livingcircle.walkers import find_walker
from tests.engine.walks import to_any
from tests.factories.district import draw_district
from tests.factories.streets import draw_streets
from tests.factories.streets import lift


def place(outlets, doors, walker="standard", **layers):
    """Return the situation of hand-drawn outlets and doors."""
    return lay_out(draw_district(outlets, doors, **layers), WALKERS[walker])


def metres(situation):
    """Return the least metres of every door to any outlet."""
    shops = np.arange(len(situation.district.outlets))
    return np.round(to_any(situation.reader, shops, len(situation.district.outlets))[0], 1).tolist()


def test_shops_and_offices_are_no_doors():
    doors = [(100, 0, 1), (200, 0, None, {"use": "办公"}), (300, 0, 1, {"use": "商住"})]
    got = place([], doors)
    assert got.doors.index.tolist() == ["d00", "d02"]
    assert got.notes == ("1栋非居住建筑不算楼门",)


def test_nobody_to_assess_ends_in_a_sentence():
    with pytest.raises(AssessmentError, match="没有居民楼门"):
        place([(500, 0, ["bank"])], [])


def test_community_without_doors_is_one_coarse_door():
    got = place([(500, 0, ["bank"])], [(1500, 0, 7)], west={"population": 90})
    assert got.doors["residents"].sum() == 97
    assert got.doors["basis"].tolist() == ["given", "coarse"]
    assert any("只能算粗略值" in note for note in got.notes)


def test_door_far_from_any_street_is_off_the_network():
    got = place([(500, 0, ["bank"])], [(400, 190, 1), (400, 210, 1)])
    assert got.off_network.tolist() == [False, True]
    assert metres(got) == [290.0, np.inf]


def test_edge_of_the_data_is_measured_from_every_door():
    extent = lift([shapely.box(0, -500, 1000, 500)])[0]
    got = place([], [(100, 0, 1), (900, 0, 1), (1200, 0, 1)], extent=extent)
    assert np.round(got.edge_metres).tolist() == [100.0, 100.0, 0.0]
    assert np.isinf(place([], [(100, 0, 1)], extent=None).edge_metres).all()


def test_without_streets_the_line_is_straight_and_longer():
    got = place([(400, 300, ["bank"])], [(0, 0, 1)], streets=empty("streets"))
    assert got.reader.method == "straight_line"
    assert (got.network, got.graph, got.door_ends) == (None, None, None)
    assert metres(got) == [650.0]
    assert not got.off_network.any()


def test_outlet_of_the_belt_lies_in_no_unit():
    got = place([(2500, 0, ["bank"])], [(1900, 0, 1)])
    assert got.members.outlet_community.tolist() == [-1]
    assert got.members.outlet_circle.tolist() == [-1]
    assert metres(got) == [600.0]


def test_stairs_stop_a_wheelchair():
    steps = draw_streets([(0, 0), (450, 0)], [(450, 0), (1000, 0)], steps=[False, True])
    shop, door = [(900, 0, ["bank"])], [(400, 0, 1)]
    assert metres(place(shop, door, streets=steps)) == [500.0]
    assert metres(place(shop, door, walker="wheelchair", streets=steps)) == [np.inf]


def test_unknown_walker_names_the_known_ones():
    with pytest.raises(NetworkError, match="standard、elder、brisk、wheelchair"):
        find_walker("bird")


def test_door_without_community_is_noted():
    got = place([], [(100, 0, 1), (3000, 0, 1)])
    assert "1个楼门不在任何社区里，只计入全区" in got.notes
    bare = replace(draw_district([], [(100, 0, 1)]), communities=empty("communities"))
    assert lay_out(bare, WALKERS["standard"]).notes == ()


def test_where_people_are_registered_people_live_whatever_the_building_is_called():
    got = place([], [(100, 0, 30, {"use": "居民楼"}), (200, 0, 1)])
    assert got.doors.index.tolist() == ["d00", "d01"]
