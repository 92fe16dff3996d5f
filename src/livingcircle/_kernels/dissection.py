"""Order nodes so that every search is short: halves first, what parts them last."""

import math

import numpy as np
import numpy.typing as npt

from livingcircle._kernels.base import Ints
from livingcircle._kernels.base import Small
from livingcircle._kernels.base import fast

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.int8]
Spans = list[tuple[int, int]]

_BINS = 256
_LEAF = 6
_DIRECTIONS = 3
_LEFT, _RIGHT, _BORDER = 0, 1, 2


@fast
def list_neighbours(count: int, tail: Ints, head: Ints) -> tuple[Ints, Small]:
    """List the neighbours of every node, both ways: start, neighbour."""
    start = np.zeros(count + 1, dtype=np.int64)
    for i in range(len(tail)):
        start[tail[i] + 1] += 1
        start[head[i] + 1] += 1
    for v in range(count):
        start[v + 1] += start[v]
    place = start[:-1].copy()
    to = np.empty(2 * len(tail), dtype=np.int32)
    for i in range(len(tail)):
        to[place[tail[i]]] = head[i]
        place[tail[i]] += 1
        to[place[head[i]]] = tail[i]
        place[head[i]] += 1
    return start, to


@fast
def dissect(
    xy: Floats,
    start: Ints,
    to: Small,
    order: Small,
    place: Small,
    marks: tuple[Marks, Marks],
    span: tuple[int, int],
    depth: int,
) -> Spans:
    """Order a span of nodes by nested dissection: halves first, what parts them last.

    Spans that share no node may be ordered side by side: each looks only at its own places.

    Parameters
    ----------
    xy
        Places, shape (nodes, 2).
    start, to
        Neighbours, from :func:`list_neighbours`.
    order, place
        Nodes as they stand, and where each stands; changed in place.
    marks
        Scratch, shape (nodes,) each.
    span
        First place of the span, and the one behind its last.
    depth
        How often to halve at most.

    Returns
    -------
    What is left to order: spans.
    """
    side, best = marks
    along = np.empty(span[1] - span[0], dtype=np.float64)
    stack = [(span[0], span[1], 0)]
    left = [(0, 0) for _ in range(0)]
    while len(stack) > 0:
        low, high, level = stack.pop()
        if high - low <= _LEAF:
            continue
        if level == depth:
            left.append((low, high))
            continue
        _choose(xy, start, to, order, place, side, best, low, high, along)
        first, second = _regroup(order, place, low, high, best)
        if low < first < high:
            stack.append((low, first, level + 1))
        if first < second:
            stack.append((first, second, level + 1))
    return left


@fast
def _choose(
    xy: Floats,
    start: Ints,
    to: Small,
    order: Small,
    place: Small,
    side: Marks,
    best: Marks,
    low: int,
    high: int,
    along: Floats,
) -> None:
    """Mark the halves of a span, and what parts them: of some directions the fewest nodes."""
    fewest = high - low + 1
    for turn in range(_DIRECTIONS):
        angle = math.pi * turn / _DIRECTIONS
        if not _halve(xy, order[low:high], math.cos(angle), math.sin(angle), side, along):
            continue
        border, part = _border(order, place, low, high, start, to, side)
        if border < fewest:
            fewest = border
            _mark(order, place, low, high, start, to, side, part, best)
    if fewest > high - low:
        # All at one place: halves in the order they stand.
        for i in range(low, high):
            best[order[i]] = _LEFT if i < (low + high) // 2 else _BORDER


@fast
def _halve(xy: Floats, nodes: Small, cos: float, sin: float, side: Marks, along: Floats) -> bool:
    """Put half of some nodes on either side of a line across a direction; False if it cannot."""
    least, most = np.inf, -np.inf
    for i in range(len(nodes)):
        v = nodes[i]
        t = xy[v, 0] * cos + xy[v, 1] * sin
        along[i] = t
        least, most = min(least, t), max(most, t)
    if most <= least:
        return False
    scale = (_BINS - 1) / (most - least)
    histogram = np.zeros(_BINS, dtype=np.int64)
    for i in range(len(nodes)):
        histogram[int((along[i] - least) * scale)] += 1
    cut, seen = 0, 0
    while seen + histogram[cut] <= len(nodes) // 2:
        seen += histogram[cut]
        cut += 1
    if seen == 0:
        cut += 1
    for i in range(len(nodes)):
        side[nodes[i]] = _LEFT if int((along[i] - least) * scale) < cut else _RIGHT
    return True


@fast
def _touches(
    v: int, place: Small, low: int, high: int, start: Ints, to: Small, side: Marks
) -> bool:
    """Return whether a node has a neighbour on the other side."""
    for e in range(start[v], start[v + 1]):
        w = to[e]
        if low <= place[w] < high and side[w] != side[v]:
            return True
    return False


@fast
def _border(
    order: Small, place: Small, low: int, high: int, start: Ints, to: Small, side: Marks
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
    order: Small,
    place: Small,
    low: int,
    high: int,
    start: Ints,
    to: Small,
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
def _regroup(order: Small, place: Small, low: int, high: int, best: Marks) -> tuple[int, int]:
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
