"""Lesson 9: memory and time blow up in the matrix, not in the idea.

Paid for in r5r (#279: 7,904 points, 64 GB, dead), OSMnx (#563: 24 hours), neatnet (#183), spopt
(#362) and brokenspoke (#1166). And a trap found on the way: sparse constructors add parallel
edges up, which once made an answer wrong by 495 m.
"""

import tracemalloc

import numpy as np

from livingcircle._delineation.land import prepare_land
from livingcircle._routing import streets
from livingcircle._routing.readers import StraightReader
from livingcircle.delineation import Wishes
from tests.engine.walks import metres
from tests.engine.walks import walk
from tests.engine.worlds import world
from tests.factories.streets import draw_streets


def test_lesson_09_parallel_streets_are_not_added_up():
    """Two ways of 100 and 160 m between the same corners are 100 m, not 260."""
    streets = draw_streets(
        [(0, 0), (500, 0)],
        [(500, 0), (600, 0)],
        [(500, 0), (550, 62.45), (600, 0)],
        [(600, 0), (900, 0)],
    )
    assert metres(streets, [(450, 0)], [(650, 0)]) == [200.0]


def test_lesson_09_bundles_change_nothing(monkeypatch):
    """Outlets are searched a few at a time; how many at a time must not be seen in the answer."""
    shops = [(100 * i, 0) for i in range(9)]
    _, reader = walk(draw_streets([(0, 0), (1000, 0)]), [(450, 0), (20, 0)], shops)
    whole = dict(_pairs(reader))
    monkeypatch.setattr(streets, "BATCH", 1)
    assert dict(_pairs(reader)) == whole
    assert len(whole) == 10  # shops at 200–700 near the first door, at 0–300 near the second


def _pairs(reader):
    """Return each outlet with the millimetres to every door within 300 m."""
    for outlet, door, length in reader.reach(np.arange(9), 300.0):
        keys = zip(outlet.tolist(), door.tolist(), strict=True)
        yield from zip(keys, length.tolist(), strict=True)


def test_lesson_09_memory_stays_flat_with_many_doors_and_outlets():
    """20,000 doors × 5,000 outlets as a table would be 800 MB; the search keeps under 100."""
    rng = np.random.default_rng(1)
    doors, outlets = rng.uniform(0, 1e4, (20_000, 2)), rng.uniform(0, 1e4, (5_000, 2))
    reader = StraightReader(doors, outlets, 60.0)
    tracemalloc.start()
    reader.nearest(np.ones((5_000, 1), dtype=bool), "metres")
    pairs = sum(len(outlet) for outlet, _, _ in reader.reach(np.arange(5_000), 500.0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert pairs > 100_000
    assert peak < 100e6


def test_lesson_09_walks_between_communities_end_where_they_no_longer_matter():
    """Forty communities in a row, 5 minutes apart: each keeps the six within 30 minutes."""
    land = prepare_land(world(1, 40), Wishes(band=15))
    assert sorted(land.walk[20]) == [*range(14, 20), *range(21, 27)]
    assert len(land.walks.key) == sum(39 - k for k in range(6))
