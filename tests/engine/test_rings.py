"""Check that borders are traced into simple rings, also where rings touch."""

from itertools import pairwise

import numpy as np

from livingcircle._kernels.rings import trace_rings


def trace(places, borders):
    """Return the rings of one area as lists of nodes; borders are pairs of nodes."""
    xy = np.array(places, dtype=float)
    tail, head = np.array(sorted(borders)).T
    way = xy[head] - xy[tail]
    leaving = np.arctan2(way[:, 1], way[:, 0])
    arriving = np.arctan2(-way[:, 1], -way[:, 0])
    key = tail.astype(np.int64)
    order, start = trace_rings(key, tail.copy(), head.copy(), leaving, arriving, len(xy))
    rings = [order[a:b] for a, b in pairwise(start)]
    return sorted([sorted(tail[ring].tolist()) for ring in rings])


SQUARES = [(0, 0), (1, 0), (1, 1), (0, 1), (2, 1), (2, 2), (1, 2)]


def test_one_square_is_one_ring():
    assert trace(SQUARES, [(0, 1), (1, 2), (2, 3), (3, 0)]) == [[0, 1, 2, 3]]


def test_two_squares_that_touch_at_a_corner_are_two_rings():
    first, second = [(0, 1), (1, 2), (2, 3), (3, 0)], [(2, 4), (4, 5), (5, 6), (6, 2)]
    assert trace(SQUARES, first + second) == [[0, 1, 2, 3], [2, 4, 5, 6]]


def test_two_holes_that_touch_are_two_rings():
    """Borders of holes run clockwise, the area on their left."""
    first, second = [(1, 0), (2, 1), (3, 2), (0, 3)], [(4, 2), (5, 4), (6, 5), (2, 6)]
    assert trace(SQUARES, first + second) == [[0, 1, 2, 3], [2, 4, 5, 6]]


def test_a_border_that_closes_on_itself_is_a_ring():
    assert trace([(0, 0)], [(0, 0)]) == [[0]]
