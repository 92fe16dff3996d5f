"""Hold what stands around doors against a plain walk to every outlet."""

import numpy as np
import pytest
from hypothesis import assume
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import NOBODY
from livingcircle._kernels.base import parted
from livingcircle._routing import streets as streets_module
from livingcircle._routing.around import Wanted
from livingcircle._routing.readers import StraightReader
from livingcircle._routing.readers import StreetReader
from livingcircle._routing.readers import cover
from livingcircle._routing.streets import towards
from livingcircle.attachment import attach
from tests.engine import slow_kernels
from tests.engine.drawn import DOORS
from tests.engine.drawn import OUTLETS
from tests.engine.drawn import streets_of
from tests.engine.drawn import towns
from tests.engine.walks import points
from tests.engine.walks import walk
from tests.factories.streets import draw_streets

NEEDS = 3


def numbers(count, least=-1, most=2):
    """Draw so many whole numbers as an array."""
    return st.lists(st.integers(least, most), min_size=count, max_size=count).map(
        lambda drawn: np.array(drawn, dtype=np.int64)
    )


@st.composite
def wants(draw):
    """Draw what to look for; radii may reach beyond the limit."""
    ends = draw(st.integers(0, 3))
    return Wanted(
        offers=draw(numbers(OUTLETS * NEEDS, 0, 1)).reshape(OUTLETS, NEEDS).astype(bool),
        radii=draw(numbers(ends * NEEDS, 0, 1500)).reshape(ends, NEEDS).astype(np.uint32),
        limit=draw(st.integers(0, 1500)),
        nearest=draw(st.integers(0, 4)),
        door_group=draw(numbers(DOORS)),
        outlet_group=draw(numbers(OUTLETS)),
        units=[draw(numbers(DOORS)) for _ in range(draw(st.integers(0, 2)))],
        seen=draw(numbers(OUTLETS, 0, 1)).astype(bool),
    )


def plainly(got):
    """Return what stands around doors as plain lists, as the slow twin does."""
    length, owner = parted(got.nearest)
    kept = [
        [[(w, o) for w, o in zip(*pair, strict=True) if w < FAR] for pair in zip(*row, strict=True)]
        for row in zip(length.tolist(), owner.tolist(), strict=True)
    ]
    assert (owner[length >= FAR] == NOBODY).all()
    least = [list(zip(*(part.tolist() for part in one), strict=True)) for one in got.least]
    return got.counts.tolist(), kept, least


@settings(max_examples=60, deadline=None)
@given(towns(), wants(), st.sampled_from([1, 64]))
def test_what_stands_around_doors_is_what_the_slow_twin_finds(town, wanted, bundle):
    streets = streets_of(*town)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(streets_module, "BUNDLE", bundle)
        got = streets.around(wanted)
    assert plainly(got) == slow_kernels.around(slow_kernels.ways_of(town), wanted)


@settings(max_examples=30, deadline=None)
@given(numbers(2 * DOORS, 0, 30), numbers(2 * OUTLETS, 0, 30), wants())
def test_straight_lines_are_looked_along_in_the_same_way(doors, outlets, wanted):
    places = doors.reshape(-1, 2) / 30.0, outlets.reshape(-1, 2) / 30.0
    gaps = np.hypot(*(places[0][:, None] - places[1][None]).T).T * 1.3
    pairs = {at: round(w * 1000) for at, w in np.ndenumerate(gaps)}
    on_edge = {wanted.limit, *wanted.radii.ravel().tolist()}
    # On the very edge the rounding of metres decides.
    assume(not on_edge & {w + step for w in pairs.values() for step in (-1, 0, 1)})
    reader = StraightReader(*places, 60.0)
    assert plainly(reader.around(wanted)) == slow_kernels.around(pairs, wanted)


@settings(max_examples=40, deadline=None)
@given(towns(), st.integers(0, 1500), st.permutations(range(OUTLETS)), st.integers(0, OUTLETS))
def test_covering_lists_name_the_doors_of_each_candidate_in_order(town, limit, some, many):
    reader = StreetReader({"metres": streets_of(*town)})
    candidates = np.array(some[:many], dtype=np.int64)
    start, door, length = cover(reader, candidates, limit / 1000)
    pairs = slow_kernels.ways_of(town)
    for place, candidate in enumerate(candidates):
        row = slice(start[place], start[place + 1])
        want = sorted((d, w) for (d, o), w in pairs.items() if o == candidate and w <= limit)
        assert list(zip(door[row].tolist(), length[row].tolist(), strict=True)) == want
    assert len(start) == many + 1
    assert start[-1] == len(door) == len(length)


def test_streets_lead_to_candidates_as_they_would_to_outlets_there():
    lines = draw_streets([(0, 0), (1000, 0)], [(1000, 0), (1000, 500)])
    doors, spots = [(100, 5), (900, 5)], [(300, -5), (1005, 400), (100, -5)]
    network, reader = walk(lines, doors, [(500, 5)])
    places = attach(network, *points(spots), residents=False)
    streets = towards(reader.streets["metres"], network, places, len(spots))
    start, door, length = cover(StreetReader({"metres": streets}), np.arange(3), 700.0)
    assert start.tolist() == [0, 2, 3, 4]
    assert door.tolist() == [0, 1, 1, 0]
    assert length.tolist() == [210_000, 610_000, 510_000, 10_000]


def test_the_nearest_two_of_each_trade_by_pencil():
    _, reader = walk(
        draw_streets([(0, 0), (1000, 0)]), [(100, 0)], [(300, 0), (150, 0), (50, 0), (900, 0)]
    )
    got = reader.around(
        Wanted(
            offers=np.array([[1, 0], [1, 0], [1, 0], [0, 1]], dtype=bool),
            radii=np.empty((0, 2), dtype=np.uint32),
            limit=500_000,
            nearest=2,
            door_group=np.zeros(1, dtype=np.int64),
            outlet_group=np.zeros(4, dtype=np.int64),
            units=(),
            seen=np.ones(4, dtype=bool),
        )
    )
    length, owner = parted(got.nearest)
    # 50 m either way: of equals the lower number comes first. The other trade is 800 m off.
    assert (length[0, 0].tolist(), owner[0, 0].tolist()) == ([50_000, 50_000], [1, 2])
    assert (length[0, 1] >= FAR).all()
    assert (owner[0, 1] == NOBODY).all()
