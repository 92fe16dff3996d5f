"""Tests: an entrance opens onto the nearest street that it can really reach."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle import attachment
from livingcircle.attachment import LEG_METRES
from livingcircle.attachment import attach
from livingcircle.network import build_network
from livingcircle.walkers import WALKERS
from tests.factories.streets import GRID
from tests.factories.streets import draw_barriers
from tests.factories.streets import draw_streets

SOUTH, NORTH = [(0, 0), (2000, 0)], [(0, 100), (2000, 100)]


def entrance(*places, streets=(SOUTH, NORTH), residents=True, barriers=None, **columns):
    """Return where entrances at (x, y) attach."""
    network = build_network(
        draw_streets(*streets, **columns), grid=GRID, walker=WALKERS["standard"], barriers=barriers
    )
    points = np.array([shapely.Point(*place) for place in places], dtype=object)
    return attach(network, points, np.arange(len(places)), residents=residents)


def test_leg_place_and_side_are_measured():
    found = entrance((500, 30))
    assert (found.segment[0], found.side[0]) == (0, 1)  # left, looking east
    assert found.leg[0] == pytest.approx(30, abs=0.01)
    assert found.along[0] == pytest.approx(500, abs=0.01)
    assert found.foot[0] == pytest.approx([500, 0], abs=0.01)


def test_a_wall_sends_the_entrance_to_the_other_street():
    wall = draw_barriers([(400, 20), (600, 20)])
    found = entrance((500, 30), barriers=wall)
    assert found.segment[0] == 1
    assert found.leg[0] == pytest.approx(70, abs=0.01)


def test_beyond_the_cap_there_is_no_street():
    found = entrance((500, 100 + LEG_METRES + 1), (500, 100 + LEG_METRES - 1))
    assert found.segment.tolist() == [-1, 1]


def test_of_several_entrances_the_shortest_leg_is_the_best():
    network = build_network(draw_streets(SOUTH), grid=GRID, walker=WALKERS["standard"])
    points = np.array([shapely.Point(0, 50), shapely.Point(300, 20)], dtype=object)
    best = attach(network, points, np.array([0, 0]), residents=True).best(2)
    assert best["leg"].tolist()[0] == pytest.approx(20, abs=0.01)
    assert best["leg"].isna().tolist() == [False, True]


PLACES = st.tuples(st.integers(0, 400), st.integers(0, 400))


@settings(max_examples=40)
@given(
    st.lists(st.tuples(PLACES, PLACES, st.booleans()), min_size=3, max_size=9),
    st.lists(st.tuples(PLACES, PLACES), max_size=3),
    st.lists(PLACES, min_size=1, max_size=8),
    st.booleans(),
)
def test_looking_near_first_changes_no_answer(lines, walls, places, residents):
    lines = [line for line in lines if line[0] != line[1]] or [((0, 0), (9, 9), False)]
    streets = draw_streets(
        *[line[:2] for line in lines], structure=["bridge" if up else "" for _, _, up in lines]
    )
    walls = draw_barriers(*[wall for wall in walls if wall[0] != wall[1]])
    network = build_network(streets, grid=GRID, walker=WALKERS["standard"], barriers=walls)
    points = np.array([shapely.Point(*place) for place in places], dtype=object)
    owner = np.arange(len(places))
    near_first = attach(network, points, owner, residents=residents)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attachment, "NEAR_METRES", LEG_METRES)
        at_once = attach(network, points, owner, residents=residents)
    assert near_first.segment.tolist() == at_once.segment.tolist()
