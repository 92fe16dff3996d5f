"""Eliminate nodes from the lowest up, keeping every shortest way with short cuts.

The list of a node names its higher neighbours, in order. It comes of the node's own arcs and of
its lower neighbours: whoever has the node and a higher one in its list is a way between the two.
So every list is found from finished ones, parts of the order that touch nowhere are found side by
side, and a list can be found anew alone.
"""

import numpy as np

from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import Ints
from livingcircle._kernels.base import Lengths
from livingcircle._kernels.base import Rank
from livingcircle._kernels.base import Small
from livingcircle._kernels.base import fast

# Start, higher neighbour, length to it, length from it.
Lists = tuple[Ints, Small, Lengths, Lengths]


@fast
def list_own(rank: Ints, tail: Ints, head: Ints, length: Lengths) -> Lists:
    """List the arcs of every rank to higher ones; an arc from a node to itself is none.

    Parallel arcs stand side by side, and the two directions too, each ``FAR`` the other way.
    """
    count = len(rank)
    start = np.zeros(count + 1, dtype=np.int64)
    for i in range(len(tail)):
        a, b = rank[tail[i]], rank[head[i]]
        if a != b:
            start[min(a, b) + 1] += 1
    for v in range(count):
        start[v + 1] += start[v]
    place = start[:-1].copy()
    to = np.empty(start[count], dtype=np.int32)
    out = np.full(start[count], FAR, dtype=np.uint32)
    back = np.full(start[count], FAR, dtype=np.uint32)
    for i in range(len(tail)):
        a, b = rank[tail[i]], rank[head[i]]
        if a == b:
            continue
        e = place[min(a, b)]
        place[min(a, b)] += 1
        to[e] = max(a, b)
        if a < b:
            out[e] = length[i]
        else:
            back[e] = length[i]
    return start, to, out, back


@fast
def contract_span(
    own: Lists, lists: Lists, base: int, span: tuple[int, int], limit: np.uint32
) -> Lists:
    """Find the lists of a span of ranks that nothing below touches but what is found already.

    Parameters
    ----------
    own
        Arcs of every rank, from :func:`list_own`.
    lists
        Lists found already, of the ranks from ``base`` up to the span.
    base, span
        First rank of the lists; first rank of the span, and the one behind its last.
    limit
        Ways longer than this are not kept.

    Returns
    -------
    Lists of the ranks from ``base`` to the end of the span.
    """
    low, high = span
    used = len(lists[1])
    start = np.empty(high - base + 1, dtype=np.int64)
    start[: low - base + 1] = lists[0]
    to, out, back = room(lists[1], lists[2], lists[3], 8 * (high - low) + 16)
    lower, after = np.empty(len(to), dtype=np.int32), np.empty(len(to), dtype=np.int32)
    last = np.full(high - low, -1, dtype=np.int32)  # of each rank the arc found last that ends here
    slot = np.full(len(own[0]) - 1 - low, -1, dtype=np.int32)
    for v in range(base, low):
        _chain(to, start[v - base], start[v - base + 1], v, low, high, lower, after, last)
    for u in range(low, high):
        most = int(own[0][u + 1] - own[0][u])
        e = last[u - low]
        while e >= 0:
            most += int(start[lower[e] - base + 1]) - e - 1
            e = after[e]
        if used + most > len(to):
            to, out, back = room(to, out, back, len(to) + most)
            lower = longer(lower, len(to))
            after = longer(after, len(to))
        first, into = used, (to, out, back)
        used = add_own(own, u, into, used, slot, low)
        e = last[u - low]
        while e >= 0:
            ways = e, start[lower[e] - base + 1]
            used = add_ways(into, ways, into, used, slot, low, limit)
            e = after[e]
        finish(into, first, used, slot, low)
        _chain(to, first, used, u, low, high, lower, after, last)
        start[u - base + 1] = used
    return start, to[:used], out[:used], back[:used]


@fast
def add_own(
    own: Lists, u: Rank, into: tuple[Small, Lengths, Lengths], used: int, slot: Small, low: int
) -> int:
    """Add the own arcs of a rank to the list that ends at ``used``; return where it ends now."""
    start, own_to, own_out, own_back = own
    to, out, back = into
    for i in range(start[u], start[u + 1]):
        y = own_to[i]
        at = slot[y - low]
        if at < 0:
            at = np.int32(used)
            slot[y - low] = at
            to[at], out[at], back[at] = y, own_out[i], own_back[i]
            used += 1
        else:
            out[at] = min(out[at], own_out[i])
            back[at] = min(back[at], own_back[i])
    return used


@fast
def add_ways(
    lists: tuple[Small, Lengths, Lengths],
    ways: tuple[Rank, Rank],
    into: tuple[Small, Lengths, Lengths],
    used: int,
    slot: Small,
    low: int,
    limit: np.uint32,
) -> int:
    """Add the ways that lead over one lower neighbour; return where the list ends now.

    Parameters
    ----------
    lists
        Higher neighbour, length to it and from it: where the lower neighbour's list stands.
    ways
        The arc from the lower neighbour to this rank; where the lower neighbour's list ends.
    into, used
        The list of this rank, and where it ends.
    slot, low
        Where each higher neighbour stands in the list of this rank, from rank ``low`` on.
    limit
        Ways longer than this are not kept.
    """
    name, there, here = lists
    to, out, back = into
    e, end = ways
    down, up = here[e], there[e]
    for f in range(e + 1, end):
        over, under = np.uint32(down + there[f]), np.uint32(here[f] + up)
        if over > limit and under > limit:
            continue
        y = name[f]
        at = slot[y - low]
        if at < 0:
            at = np.int32(used)
            slot[y - low] = at
            to[at], out[at], back[at] = y, min(over, FAR), min(under, FAR)
            used += 1
        else:
            out[at] = min(out[at], over)
            back[at] = min(back[at], under)
    return used


@fast
def finish(
    into: tuple[Small, Lengths, Lengths], first: int, used: int, slot: Small, low: int
) -> None:
    """Put a list in order of rank, and leave ``slot`` as it was found."""
    to, out, back = into
    for i in range(first, used):
        y, there, here = to[i], out[i], back[i]
        slot[y - low] = -1
        j = i
        while j > first and to[j - 1] > y:
            to[j], out[j], back[j] = to[j - 1], out[j - 1], back[j - 1]
            j -= 1
        to[j], out[j], back[j] = y, there, here


@fast
def _chain(
    to: Small,
    first: int,
    end: int,
    v: int,
    low: int,
    high: int,
    lower: Small,
    after: Small,
    last: Small,
) -> None:
    """Let the ranks of a span know which arcs of a finished list end at them."""
    for e in range(end - 1, first - 1, -1):
        y = to[e]
        if y < low:
            break
        if y < high:
            lower[e], after[e] = v, last[y - low]
            last[y - low] = e


@fast
def room(to: Small, out: Lengths, back: Lengths, more: int) -> tuple[Small, Lengths, Lengths]:
    """Return the lists with room for more arcs."""
    used = len(to)
    names = np.empty(used + more, dtype=np.int32)
    there, here = np.empty(used + more, dtype=np.uint32), np.empty(used + more, dtype=np.uint32)
    names[:used], there[:used], here[:used] = to, out, back
    return names, there, here


@fast
def longer(numbers: Small, size: int) -> Small:
    """Return numbers with room for so many."""
    more = np.empty(size, dtype=np.int32)
    more[: len(numbers)] = numbers
    return more


@fast
def list_lower(start: Ints, to: Small) -> tuple[Ints, Small, Small]:
    """List the lower neighbours of every rank: start, lower neighbour, which arc joins the two."""
    count = len(start) - 1
    begin = np.zeros(count + 1, dtype=np.int64)
    for x in to:
        begin[x + 1] += 1
    for v in range(count):
        begin[v + 1] += begin[v]
    place = begin[:-1].copy()
    lower, arc = np.empty(len(to), dtype=np.int32), np.empty(len(to), dtype=np.int32)
    for v in range(count):
        for e in range(start[v], start[v + 1]):
            at = place[to[e]]
            lower[at], arc[at] = v, e
            place[to[e]] += 1
    return begin, lower, arc
