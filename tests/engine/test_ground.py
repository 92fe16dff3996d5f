"""Check the ground of doors: nobody's twice, everybody stands on their own, none reaches far."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle.ground import CORNERS
from livingcircle.ground import DRAW_METRES
from livingcircle.ground import divide

CIRCLE = CORNERS / 2 * np.sin(2 * np.pi / CORNERS) * DRAW_METRES**2


def outlines(places, numbers):
    """Return the outline of each set of doors."""
    ground = divide(shapely.points(places))
    return ground.outlines(np.arange(len(places)), np.array(numbers), max(numbers) + 1)


def test_a_door_alone_has_a_circle():
    (shape,) = outlines([(5, 7)], [0])
    assert shape.area == pytest.approx(CIRCLE)
    assert shape.centroid.distance(shapely.Point(5, 7)) < 1e-6


def test_doors_far_apart_are_two_circles_and_doors_at_one_place_one():
    shape, other = outlines([(0, 0), (500, 0), (0, 0), (900, 0)], [0, 0, 0, 1])
    assert shape.area == pytest.approx(2 * CIRCLE)
    assert other.area == pytest.approx(CIRCLE)


def test_two_neighbours_meet_half_way():
    left, right = outlines([(0, 0), (80, 0)], [0, 1])
    assert left.bounds[2] == pytest.approx(40)
    assert right.bounds[0] == pytest.approx(40)
    assert left.intersection(right).area == 0


def test_a_door_among_others_is_a_hole_in_their_ground():
    ring = [(30, 0), (0, 30), (-30, 0), (0, -30), (30, 30), (-30, 30), (-30, -30), (30, -30)]
    around, middle = outlines([*ring, (0, 0)], [0] * 8 + [1])
    assert middle.equals(shapely.box(-15, -15, 15, 15))
    assert len(around.interiors) == 1
    assert not around.intersects(shapely.Point(0, 0))


def test_holes_that_touch_stay_holes():
    places = [(x * 30, y * 30) for x in range(4) for y in range(4)]
    inner = {(30, 30), (60, 60)}
    around, holes = outlines(places, [int(place in inner) for place in places])
    assert around.intersection(holes).area == pytest.approx(0, abs=1e-6)
    assert not any(around.intersects(shapely.Point(place)) for place in inner)


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=30),
    st.sampled_from([0.3, 7.0, 20.0, 30.0, 60.0]),
    st.data(),
)
def test_the_ground_is_shared_out_and_every_door_stands_on_its_own(cells, step, data):
    places = np.array(cells, dtype=float) * step
    ground = divide(shapely.points(places))
    of_place = np.array(
        data.draw(st.lists(st.integers(0, 2), min_size=len(places), max_size=len(places)))
    )
    number = of_place[ground.place_of]
    shapes = ground.outlines(np.arange(len(places)), number, 3)
    assert shapely.is_valid(shapes).all()
    assert shapely.contains(shapes[number], shapely.points(places)).all()
    discs = shapely.union_all(shapely.buffer(shapely.points(places), DRAW_METRES, quad_segs=64))
    assert shapely.within(shapes[np.unique(number)], discs.buffer(0.01)).all()
    # Corners of two circles never fall on one another, so a little may be missing or added.
    together = shapely.union_all(shapes)
    assert together.area == pytest.approx(shapely.area(shapes).sum(), rel=1e-9)
    assert together.area == pytest.approx(discs.area, rel=0.015)
