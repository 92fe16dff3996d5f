"""Trace the borders of areas into simple rings."""

import numpy as np
import numpy.typing as npt

from livingcircle._kernels.base import Ints
from livingcircle._kernels.base import fast

Floats = npt.NDArray[np.float64]


@fast
def trace_rings(
    key: Ints, tail: Ints, head: Ints, leaving: Floats, arriving: Floats, nodes: int
) -> tuple[Ints, Ints]:
    """Trace borders that have their area on the left into rings that touch themselves nowhere.

    Parameters
    ----------
    key
        Area and tail of each border as one number, ``area * nodes + tail``; borders in its order.
    tail, head
        Nodes each border leads from and to; as many lead to a node of an area as away from it.
    leaving, arriving
        Direction in which each border leaves its tail, and in which it is seen from its head.
    nodes
        How many nodes there are.

    Returns
    -------
    Borders ring by ring, and where each ring begins, one more than there are rings.
    """
    count = len(key)
    order, start = np.empty(count, dtype=np.int64), np.empty(count + 1, dtype=np.int64)
    place = np.full(nodes, -1, dtype=np.int64)  # of a node on the path, else -1
    path, used = np.empty(count, dtype=np.int64), np.zeros(count, dtype=np.bool_)
    done, rings = 0, 0
    for first in range(count):
        if used[first]:
            continue
        base = key[first] - tail[first]
        path[0], length = first, 1
        used[first] = True
        place[tail[first]] = 0
        while length > 0:
            last = path[length - 1]
            node = head[last]
            if place[node] >= 0:
                begin = place[node]
                start[rings] = done
                rings += 1
                for i in range(begin, length):
                    place[tail[path[i]]] = -1
                    order[done] = path[i]
                    done += 1
                length = begin
                if length == 0:
                    break
            step = _next(key, used, leaving, base + node, arriving[last])
            place[node] = length
            path[length] = step
            used[step] = True
            length += 1
    start[rings] = done
    return order, start[: rings + 1]


@fast
def _next(key: Ints, used: npt.NDArray[np.bool_], leaving: Floats, at: int, back: float) -> int:
    """Return the unused border that leaves a node, the first clockwise from where one came."""
    low, high = np.searchsorted(key, at), np.searchsorted(key, at, side="right")
    best, least = -1, np.inf
    for e in range(low, high):
        if not used[e]:
            turn = (back - leaving[e]) % (2 * np.pi)
            if turn < least:
                best, least = e, turn
    return best
