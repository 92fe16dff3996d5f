"""Check distances, counts and sharing; and hold the engine against a slow exact walker."""

import math

import numpy as np
from hypothesis import assume
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle._routing.readers import StraightReader
from livingcircle.access import BAND_NAMES
from livingcircle.access import Supply
from livingcircle.access import Units
from livingcircle.access import band_codes
from livingcircle.access import measure
from tests.engine import reference
from tests.engine.walks import to_any
from tests.engine.walks import walk
from tests.factories.streets import draw_streets

MAIN = [(0, 0), (3000, 0)]


def supply(*offers, unverified=()):
    """Return a supply where outlet i offers the trade letters of the i-th word."""
    trades = tuple(sorted(set("".join(offers))))
    table = np.array([[t in word for t in trades] for word in offers])
    maybe = np.array([i in unverified for i in range(len(offers))])
    return Supply(trades, table & ~maybe[:, None], table & maybe[:, None], table)


def units(door_circle, outlet_circle, door_community=None):
    """Return unit numbers as arrays."""
    community = door_circle if door_community is None else door_community
    return Units(np.array(door_circle), np.array(outlet_circle), np.array(community))


def access_on_main(doors, outlets, offers, radii, door_circle, outlet_circle, **options):
    """Measure doors and outlets along one straight street."""
    _, reader = walk(draw_streets(MAIN), doors, outlets)
    return measure(reader, supply(*offers, **options), units(door_circle, outlet_circle), radii)


def side_by_side(access, name):
    """Return one attribute of every need, shape (doors, needs)."""
    return access.table(name, range(len(access.needs)))


def test_nearest_outlet_in_metres_and_minutes_with_its_owner():
    got = access_on_main(
        [(1000, 0)], [(1400, 0), (800, 0), (1100, 0)], ["a", "a", "b"], {}, [0], [0, 0, 0]
    )
    assert side_by_side(got, "metres").round(1).tolist() == [[200.0, 100.0]]
    assert side_by_side(got, "outlet").tolist() == [[1, 2]]
    assert side_by_side(got, "minutes").round(3).tolist() == [[3.333, 1.667]]


def test_circle_distance_stays_inside_the_border():
    got = access_on_main([(1000, 0)], [(1100, 0), (1600, 0)], ["a", "a"], {}, [0], [1, 0])
    assert side_by_side(got, "metres").round(1).tolist() == [[100.0]]
    assert side_by_side(got, "circle_metres").round(1).tolist() == [[600.0]]
    assert side_by_side(got, "circle_outlet").tolist() == [[1]]


def test_counts_use_both_ends_of_the_radius():
    shops = [(1200, 0), (1200.5, 0), (1300, 0), (1301, 0)]
    got = access_on_main([(1000, 0)], shops, ["a"] * 4, {"a": (200.2, 300.2)}, [0], [0] * 4)
    assert side_by_side(got, "count_good").tolist() == [[1]]
    assert side_by_side(got, "count_pass").tolist() == [[3]]


def test_one_shop_with_two_trades_serves_both():
    got = access_on_main([(1000, 0)], [(1100, 0)], ["ab"], {}, [0], [0])
    assert side_by_side(got, "metres").round(1).tolist() == [[100.0, 100.0]]


def test_outlet_beyond_the_border_is_shared_with_the_units_it_reaches():
    got = access_on_main([(1000, 0), (2000, 0)], [(1250, 0)], ["a"], {"a": (200, 300)}, [0, 1], [1])
    assert got.columns[0].shared_circles.tolist() == [[0, 0]]


def test_unverified_outlets_count_for_nobody_and_are_kept_apart():
    got = access_on_main(
        [(1000, 0)], [(1100, 0), (1500, 0)], ["a", "a"], {}, [0], [0, 0], unverified=(0,)
    )
    assert side_by_side(got, "metres").round(1).tolist() == [[500.0]]
    assert side_by_side(got, "maybe_metres").round(1).tolist() == [[100.0]]


def test_trade_without_outlets_is_infinitely_far():
    got = access_on_main([(1000, 0)], [(1100, 0)], ["a"], {}, [0], [0])
    none = measure(
        walk(draw_streets(MAIN), [(1000, 0)], [(1100, 0)])[1],
        Supply(("a",), *(np.array([[False]]) for _ in range(3))),
        units([0], [0]),
        {},
    )
    assert side_by_side(got, "outlet").tolist() == [[0]]
    assert (side_by_side(none, "metres").tolist(), side_by_side(none, "outlet").tolist()) == (
        [[math.inf]],
        [[-1]],
    )


def test_bands_include_their_upper_end():
    codes = band_codes(np.array([5.0, 5.01, 10.0, 15.0, 15.1, math.inf]))
    got = np.array(BAND_NAMES, dtype=object)[codes]
    assert got.tolist() == ["5", "10", "10", "15", "15+", ""]


def test_straight_line_is_charged_the_detour_and_says_so():
    reader = StraightReader(np.array([[0.0, 0.0]]), np.array([[300.0, 400.0]]), 60.0)
    metres, which = to_any(reader, [0], 1)
    assert (metres.tolist(), which.tolist()) == ([650.0], [0])
    assert reader.method == "straight_line"
    [near] = reader.reach(np.array([0]), 600.0)
    assert [one.tolist() for one in near] == [[], [], []]
    [near] = reader.reach(np.array([0]), 650.0)
    assert [one.tolist() for one in near] == [[0], [0], [650_000]]


@st.composite
def towns(draw):
    """Draw a small town: a bent grid of streets, some missing, some one-way."""
    size = draw(st.integers(2, 4))
    shift = st.integers(-30, 30)
    corner = {
        (i, j): (500 * i + draw(shift), 500 * j + draw(shift))
        for i in range(size)
        for j in range(size)
    }
    lines = []
    for (i, j), here in corner.items():
        for step in ((1, 0), (0, 1)):
            there = corner.get((i + step[0], j + step[1]))
            if there and draw(st.integers(0, 9)):
                bend = ((here[0] + there[0]) / 2 + draw(shift), (here[1] + there[1]) / 2)
                lines.append([here, bend, there])
    lines.append([corner[0, 0], (-700, 0), (-700, -700)])
    place = st.tuples(st.integers(-50, 500 * size - 400), st.integers(-50, 500 * size - 400))
    nearby = place.filter(lambda p: min(reference.project(p, line)[0] for line in lines) < 150)
    doors = draw(st.lists(nearby, min_size=1, max_size=6))
    shops = draw(st.lists(nearby, min_size=1, max_size=6))
    ways = [draw(st.sampled_from([0, 0, 0, 1, -1])) for _ in lines]
    return lines, doors, shops, ways


def plain(point, lines):
    """Return whether one street is clearly the nearest: ties may fall either way."""
    gaps = sorted(reference.project(point, line)[0] for line in lines)
    return len(gaps) == 1 or gaps[1] - gaps[0] > 0.01


def joined(lines):
    """Return whether all lines hang together, so that nothing is quarantined."""
    groups = [{line[0], line[-1]} for line in lines]
    whole = groups.pop()
    while any(whole & group for group in groups):
        whole |= set().union(*(g for g in groups if whole & g))
        groups = [g for g in groups if not whole & g]
    return not groups


@settings(max_examples=40)
@given(towns())
def test_engine_agrees_with_the_slow_exact_walker(town):
    lines, doors, shops, ways = town
    assume(joined(lines))
    assume(all(plain(place, lines) for place in [*doors, *shops]))
    _, reader = walk(draw_streets(*lines, oneway=ways), doors, shops)
    got, _ = to_any(reader, np.arange(len(shops)), len(shops))
    want = reference.walk(lines, doors, shops, ways)
    assert np.isfinite(got).tolist() == np.isfinite(want).tolist()
    known = np.isfinite(got)
    assert np.allclose(got[known], np.array(want)[known], atol=0.05)


@settings(max_examples=30)
@given(st.integers(0, 2900), st.lists(st.integers(0, 3000), min_size=2, max_size=5))
def test_adding_an_outlet_never_makes_anything_farther(door, shops):
    def with_shops(places):
        places = [(s, 9) for s in places]
        return access_on_main([(door, 5)], places, ["a"] * len(places), {}, [0], [0] * len(places))

    few, more = (with_shops(some).columns[0] for some in (shops[:-1], shops))
    assert (more.metres <= few.metres + 1e-9).all()
    assert (more.count_pass >= few.count_pass).all()
