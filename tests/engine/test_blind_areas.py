"""Check blind areas: who belongs together, who counts, and that drawings hold no served door."""

import numpy as np
import shapely
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle.blind_areas import find_blind_areas
from livingcircle.ground import divide
from livingcircle.neighbourhood import Neighbourhood
from livingcircle.neighbourhood import neighbours_on_streets
from livingcircle.residents import People
from tests.engine.walks import graph_of
from tests.engine.walks import walk
from tests.factories.streets import draw_streets

NO_WATER = np.empty(0, dtype=object)


def along_one_street(xs, lacking, circle=None, water=NO_WATER):
    """Return blind areas of doors on one straight street, ten people behind each."""
    doors = [(x, 0) for x in xs]
    network, _ = walk(draw_streets([(0, 0), (3000, 0)]), doors, [(0, 0)])
    links = neighbours_on_streets(graph_of(network, doors, [(0, 0)]), len(doors))
    points = shapely.points(doors)
    place = Neighbourhood(links, divide(points), points, water)
    count = len(xs)
    people = People(np.full(count, 10.0), np.full(count, 2.0), np.full(count, np.nan))
    lacking = np.array(lacking, dtype=bool)
    circle = np.zeros(count, dtype=int) if circle is None else np.array(circle)
    return find_blind_areas(place, lacking, ~lacking, circle, people, np.array(xs, dtype=float))


def test_neighbours_lacking_a_trade_are_one_blind_area():
    got = along_one_street([100, 150, 200], [1, 1, 1])
    assert len(got) == 1
    row = got.iloc[0]
    assert (row["doors"], row["people"], row["elders"]) == (3, 30.0, 6.0)
    assert np.isnan(row["infants"])
    assert (row["nearest_m"], row["farthest_m"]) == (100.0, 200.0)


def test_a_served_door_between_parts_two_blind_areas():
    got = along_one_street([100, 150, 200], [1, 0, 1])
    assert got["doors"].tolist() == [1, 1]


def test_doors_too_far_apart_are_two_blind_areas():
    assert along_one_street([100, 401], [1, 1])["doors"].tolist() == [1, 1]
    assert along_one_street([100, 400], [1, 1])["doors"].tolist() == [2]


def test_a_blind_area_stays_within_one_circle():
    got = along_one_street([100, 150, 200], [1, 1, 1], circle=[0, 0, 1])
    assert sorted(zip(got["circle"], got["doors"], strict=True)) == [(0, 2), (1, 1)]


def test_drawing_leaves_water_out():
    pond = np.array([shapely.box(60, 10, 140, 100)], dtype=object)
    dry = along_one_street([100, 150], [1, 1])["geometry"].iloc[0]
    wet = along_one_street([100, 150], [1, 1], water=pond)["geometry"].iloc[0]
    assert wet.area < dry.area
    assert wet.intersection(pond[0]).area < 1e-6


def test_doors_at_one_place_served_and_not_leave_the_served_one_out():
    got = along_one_street([100, 100, 160], [1, 0, 1])
    assert not any(shape.intersects(shapely.Point(100, 0)) for shape in got["geometry"] if shape)


def test_no_lacking_door_no_blind_area():
    assert len(along_one_street([100, 150], [0, 0])) == 0


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(0, 600), st.booleans()),
        min_size=2,
        max_size=12,
        unique_by=lambda d: d[0],
    )
)
def test_people_are_conserved_and_drawings_hold_no_served_door(doors):
    xs, lacking = [d[0] for d in doors], [d[1] for d in doors]
    got = along_one_street(xs, lacking)
    assert got["people"].sum() == 10.0 * sum(lacking)
    members = [m for some in got["members"] for m in some]
    assert sorted(members) == [i for i, yes in enumerate(lacking) if yes]
    for row in got.itertuples():
        for x, yes in doors:
            inside = row.geometry.intersects(shapely.Point(x, 0))
            assert inside == (x in [xs[m] for m in row.members])
            assert not (inside and not yes)
