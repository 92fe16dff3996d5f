"""Find anew the lists that a few changed arcs change, and no others.

A list is found from the node's own arcs and the lists of its lower neighbours; so a change climbs
the order, and stops where a list comes out as it was.
"""

import numpy as np

from livingcircle._kernels.base import Ints
from livingcircle._kernels.base import Lengths
from livingcircle._kernels.base import Rank
from livingcircle._kernels.base import Small
from livingcircle._kernels.base import fast
from livingcircle._kernels.contraction import Lists
from livingcircle._kernels.contraction import add_own
from livingcircle._kernels.contraction import add_ways
from livingcircle._kernels.contraction import finish
from livingcircle._kernels.contraction import longer
from livingcircle._kernels.contraction import room
from livingcircle._kernels.turns import Words
from livingcircle._kernels.turns import nobody_waits
from livingcircle._kernels.turns import put
from livingcircle._kernels.turns import take

Pool = tuple[Small, Lengths, Lengths]


@fast
def find_anew(
    own: Lists, lists: Lists, below: tuple[Ints, Small, Small], dirty: Ints, limit: np.uint32
) -> tuple[Lists, int]:
    """Return the lists after some own arcs have changed, and how many of them were found anew.

    Parameters
    ----------
    own
        Arcs of every rank as they are now.
    lists
        Lists as they were.
    below
        Lower neighbours of every rank, and which arc of ``lists`` joins the two.
    dirty
        Ranks whose own arcs have changed.
    limit
        Ways longer than this are not kept, as before.
    """
    count = len(own[0]) - 1
    waiting, words = nobody_waits(count)
    for u in dirty:
        put(waiting, words, u)
    slot, last = np.full(count, -1, dtype=np.int32), np.full(count, -1, dtype=np.int32)
    begin, end = np.full(count, -1, dtype=np.int64), np.zeros(count, dtype=np.int64)
    to, out, back = np.empty(0, np.int32), np.empty(0, np.uint32), np.empty(0, np.uint32)
    lower, after = np.empty(0, np.int32), np.empty(0, np.int32)
    used, found = 0, 0
    for word in range(len(words)):
        while words[word] != 0:
            u = take(waiting, words, word)
            most = _most(own, lists, below, u, last, after, lower, end)
            if used + most > len(to):
                to, out, back = room(to, out, back, len(to) + most)
                lower = longer(lower, len(to))
                after = longer(after, len(to))
            first, into, chain = used, (to, out, back), (last, lower, after)
            used = _list_anew(own, lists, below, u, (begin, end), chain, into, used, slot, limit)
            found += 1
            changed = _highest_change(lists, u, into, first, used)
            if changed < 0:
                used = first
                continue
            begin[u], end[u] = first, used
            for e in range(first, used):
                lower[e], after[e] = u, last[to[e]]
                last[to[e]] = e
            _spread(lists[1], lists[0][u], lists[0][u + 1], changed, waiting, words)
            _spread(to, first, used, changed, waiting, words)
    return _merged(lists, begin, end, (to, out, back)), found


@fast
def _list_anew(
    own: Lists,
    lists: Lists,
    below: tuple[Ints, Small, Small],
    u: Rank,
    spans: tuple[Ints, Ints],
    chain: tuple[Small, Small, Small],
    into: Pool,
    used: int,
    slot: Small,
    limit: np.uint32,
) -> int:
    """Find the list of one rank, of lower neighbours' old lists and new ones; return its end."""
    begin, end = spans
    last, lower, after = chain
    first = used
    used = add_own(own, u, into, used, slot, 0)
    for k in range(below[0][u], below[0][u + 1]):
        v = below[1][k]
        if begin[v] < 0:
            ways = np.int64(below[2][k]), lists[0][v + 1]
            used = add_ways(lists[1:], ways, into, used, slot, 0, limit)
    e = np.int64(last[u])
    while e >= 0:
        used = add_ways(into, (e, end[lower[e]]), into, used, slot, 0, limit)
        e = np.int64(after[e])
    finish(into, first, used, slot, 0)
    return used


@fast
def _most(
    own: Lists,
    lists: Lists,
    below: tuple[Ints, Small, Small],
    u: Rank,
    last: Small,
    after: Small,
    lower: Small,
    end: Ints,
) -> int:
    """Return how long the list of a rank can be at most."""
    most = own[0][u + 1] - own[0][u]
    for k in range(below[0][u], below[0][u + 1]):
        most += lists[0][below[1][k] + 1] - below[2][k]
    e = last[u]
    while e >= 0:
        most += end[lower[e]] - e
        e = after[e]
    return int(most)


@fast
def _highest_change(lists: Lists, u: Rank, into: Pool, first: int, used: int) -> int:
    """Return the highest neighbour whose entry differs between old list and new; -1 if none."""
    start, old_to, old_out, old_back = lists
    to, out, back = into
    i, j = start[u + 1] - 1, used - 1
    while i >= start[u] and j >= first:
        if old_to[i] != to[j] or old_out[i] != out[j] or old_back[i] != back[j]:
            return int(max(old_to[i], to[j]))
        i -= 1
        j -= 1
    if i >= start[u]:
        return int(old_to[i])
    return int(to[j]) if j >= first else -1


@fast
def _spread(to: Small, first: int, end: int, changed: int, waiting: Words, words: Words) -> None:
    """Let the neighbours wait that get other ways now: up to the change, and not the highest."""
    for e in range(first, end - 1):
        if to[e] <= changed:
            put(waiting, words, int(to[e]))


@fast
def _merged(lists: Lists, begin: Ints, end: Ints, into: Pool) -> Lists:
    """Put the new lists in the places of the old ones."""
    count = len(begin)
    start = np.zeros(count + 1, dtype=np.int64)
    for v in range(count):
        size = end[v] - begin[v] if begin[v] >= 0 else lists[0][v + 1] - lists[0][v]
        start[v + 1] = start[v] + size
    to = np.empty(start[count], dtype=np.int32)
    out, back = np.empty(start[count], dtype=np.uint32), np.empty(start[count], dtype=np.uint32)
    for v in range(count):
        source, e = (into, begin[v]) if begin[v] >= 0 else (lists[1:], lists[0][v])
        for at in range(start[v], start[v + 1]):
            to[at], out[at], back[at] = source[0][e], source[1][e], source[2][e]
            e += 1
    return start, to, out, back
