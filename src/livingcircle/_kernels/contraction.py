"""Eliminate nodes one by one, keeping every shortest way with short cuts."""

import numpy as np

from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import Ints
from livingcircle._kernels.base import Lengths
from livingcircle._kernels.base import fast


@fast
def list_higher(
    rank: Ints, tail: Ints, head: Ints, length: Lengths
) -> tuple[Ints, Ints, Ints, Lengths, Lengths]:
    """List the higher neighbours of every node: start, how many, node, length to and from it.

    Of parallel arcs the shortest counts; an arc from a node to itself is none.
    """
    count = len(rank)
    start = np.zeros(count + 1, dtype=np.int64)
    for i in range(len(tail)):
        a, b = rank[tail[i]], rank[head[i]]
        if a != b:
            start[min(a, b) + 1] += 1
    for v in range(count):
        start[v + 1] += start[v]
    size = np.zeros(count, dtype=np.int64)
    to = np.empty(start[count], dtype=np.int64)
    out = np.full(start[count], FAR, dtype=np.uint32)
    back = np.full(start[count], FAR, dtype=np.uint32)
    for i in range(len(tail)):
        a, b = rank[tail[i]], rank[head[i]]
        if a == b:
            continue
        low, high = min(a, b), max(a, b)
        e = start[low]
        while e < start[low] + size[low] and to[e] != high:
            e += 1
        if e == start[low] + size[low]:
            to[e] = high
            size[low] += 1
        if a == low:
            out[e] = min(out[e], length[i])
        else:
            back[e] = min(back[e], length[i])
    return start, size, to, out, back


@fast
def eliminate(  # noqa: C901
    start: Ints, length: Ints, to: Ints, out: Lengths, back: Lengths, limit: np.uint32
) -> tuple[bool, Ints, Ints, Ints, Lengths, Lengths]:
    """Eliminate nodes from the lowest up, keeping every shortest way with short cuts.

    Parameters
    ----------
    start, length
        Where the list of each node stands in the pool, and how long it is.
    to, out, back
        Pool of lists with room to grow: higher neighbour, length of the way to it, and from it.
        The pool's used end is ``start[-1]``.
    limit
        Ways longer than this are not kept.

    Returns
    -------
    Whether the pool was large enough, and start, length, to, out and back as they ended.
    """
    count = len(length)
    room = np.zeros(count, dtype=np.int64)
    for v in range(count):
        room[v] = start[v + 1] - start[v]
    end = start[count]
    for v in range(count):
        s, k = start[v], length[v]
        for i in range(k):
            x = to[s + i]
            for j in range(i + 1, k):
                y = to[s + j]
                low, high = (x, y) if x < y else (y, x)
                p, q = (s + i, s + j) if x < y else (s + j, s + i)
                over = back[p] + out[q]  # low → v → high
                under = back[q] + out[p]  # high → v → low
                if over > limit and under > limit:
                    continue
                t = start[low]
                found = -1
                for e in range(t, t + length[low]):
                    if to[e] == high:
                        found = e
                        break
                if found < 0:
                    if length[low] == room[low]:
                        size = max(4, 2 * room[low])
                        if end + size > len(to):
                            return False, start, length, to, out, back
                        for e in range(length[low]):
                            to[end + e] = to[t + e]
                            out[end + e] = out[t + e]
                            back[end + e] = back[t + e]
                        start[low] = end
                        room[low] = size
                        end += size
                        t = start[low]
                    found = t + length[low]
                    length[low] += 1
                    to[found] = high
                    out[found] = FAR
                    back[found] = FAR
                out[found] = min(out[found], over)
                back[found] = min(back[found], under)
    return True, start, length, to, out, back
