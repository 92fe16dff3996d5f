"""Order nodes so that every search is short: halves first, what parts them last."""

import math

import numpy as np
import numpy.typing as npt

from livingcircle._kernels.base import Ints
from livingcircle._kernels.base import fast

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.int8]

_BINS = 256
_LEAF = 6
_DIRECTIONS = 4
_LEFT, _RIGHT, _BORDER = 0, 1, 2


@fast
def dissect(xy: Floats, start: Ints, to: Ints) -> Ints:
    """Order nodes by nested dissection.

    Parameters
    ----------
    xy
        Places, shape (nodes, 2).
    start, to
        Neighbours of node i: ``to[start[i]:start[i + 1]]``, both ways.

    Returns
    -------
    Nodes in their order of elimination, shape (nodes,).
    """
    count = len(xy)
    order, place = np.arange(count), np.arange(count)
    side, best = np.zeros(count, dtype=np.int8), np.zeros(count, dtype=np.int8)
    stack = [(0, count)]
    while len(stack) > 0:
        low, high = stack.pop()
        if high - low <= _LEAF:
            continue
        fewest = high - low + 1
        for turn in range(_DIRECTIONS):
            angle = math.pi * turn / _DIRECTIONS
            if not _halve(xy, order[low:high], math.cos(angle), math.sin(angle), side):
                continue
            border, part = _border(order, place, low, high, start, to, side)
            if border < fewest:
                fewest = border
                _mark(order, place, low, high, start, to, side, part, best)
        if fewest > high - low:
            # All at one place: halves in the order they stand.
            for i in range(low, high):
                best[order[i]] = _LEFT if i < (low + high) // 2 else _BORDER
        first, second = _regroup(order, place, low, high, best)
        if low < first < high:
            stack.append((low, first))
        if first < second:
            stack.append((first, second))
    return order


@fast
def _halve(xy: Floats, nodes: Ints, cos: float, sin: float, side: Marks) -> bool:
    """Put half of some nodes on either side of a line across a direction; False if it cannot."""
    least, most = np.inf, -np.inf
    for v in nodes:
        t = xy[v, 0] * cos + xy[v, 1] * sin
        least, most = min(least, t), max(most, t)
    if most <= least:
        return False
    scale = (_BINS - 1) / (most - least)
    histogram = np.zeros(_BINS, dtype=np.int64)
    for v in nodes:
        histogram[int((xy[v, 0] * cos + xy[v, 1] * sin - least) * scale)] += 1
    cut, seen = 0, 0
    while seen + histogram[cut] <= len(nodes) // 2:
        seen += histogram[cut]
        cut += 1
    if seen == 0:
        cut += 1
    for v in nodes:
        at = int((xy[v, 0] * cos + xy[v, 1] * sin - least) * scale)
        side[v] = _LEFT if at < cut else _RIGHT
    return True


@fast
def _touches(v: int, place: Ints, low: int, high: int, start: Ints, to: Ints, side: Marks) -> bool:
    """Return whether a node has a neighbour on the other side."""
    for e in range(start[v], start[v + 1]):
        w = to[e]
        if low <= place[w] < high and side[w] != side[v]:
            return True
    return False


@fast
def _border(
    order: Ints, place: Ints, low: int, high: int, start: Ints, to: Ints, side: Marks
) -> tuple[int, int]:
    """Return how many nodes part the two sides, and on which side they are fewer."""
    count = np.zeros(2, dtype=np.int64)
    for i in range(low, high):
        v = order[i]
        if _touches(v, place, low, high, start, to, side):
            count[side[v]] += 1
    part = _LEFT if count[0] <= count[1] else _RIGHT
    return count[part], part


@fast
def _mark(
    order: Ints,
    place: Ints,
    low: int,
    high: int,
    start: Ints,
    to: Ints,
    side: Marks,
    part: int,
    best: Marks,
) -> None:
    """Remember the sides, and which nodes part them."""
    for i in range(low, high):
        v = order[i]
        best[v] = side[v]
        if side[v] == part and _touches(v, place, low, high, start, to, side):
            best[v] = _BORDER


@fast
def _regroup(order: Ints, place: Ints, low: int, high: int, best: Marks) -> tuple[int, int]:
    """Stand nodes left side first, border last; return where right side and border begin."""
    old = order[low:high].copy()
    ends = np.zeros(3, dtype=np.int64)
    at = low
    for group in range(3):
        for v in old:
            if best[v] == group:
                order[at] = v
                place[v] = at
                at += 1
        ends[group] = at
    return ends[0], ends[1]
