"""Meet what stands at the ends of a search: how long each way is, place by place."""

import numpy as np

from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import Ints
from livingcircle._kernels.base import Lengths
from livingcircle._kernels.base import Small
from livingcircle._kernels.base import fast
from livingcircle._kernels.search import Reached

# By rank or by place: start, place or rank, length.
Lists = tuple[Ints, Small, Lengths]


@fast
def seeds_of(links: Lists, places: Ints) -> tuple[Ints, Ints, Lengths]:
    """Return lane, rank and length of every way out of some places, one lane a place."""
    start, rank, length = links
    count = 0
    for place in places:
        count += start[place + 1] - start[place]
    lane_of, rank_of = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    length_of = np.empty(count, dtype=np.uint32)
    at = 0
    for lane in range(len(places)):
        for k in range(start[places[lane]], start[places[lane] + 1]):
            lane_of[at], rank_of[at], length_of[at] = lane, rank[k], length[k]
            at += 1
    return lane_of, rank_of, length_of


@fast
def meet(
    reached: Reached, used: int, there: Lists, direct: Lists, places: Ints, slot: Small
) -> tuple[Small, Lengths]:
    """Return the places that a search came to, and the least length from each lane to them.

    Parameters
    ----------
    reached, used
        From :func:`livingcircle._kernels.search.search`.
    there
        Places at the far ends, by rank: start, place, length between the two.
    direct
        Ways that touch no node, by place at the near end: start, place at the far end, length.
    places
        Place of each lane.
    slot
        Scratch of -1, one for each place at the far ends; left as it was found.
    """
    nodes, pool = reached
    most = 0
    for i in range(used):
        most += there[0][nodes[i] + 1] - there[0][nodes[i]]
    for place in places:
        most += direct[0][place + 1] - direct[0][place]
    names = np.empty(most, dtype=np.int32)
    table = np.empty((most, pool.shape[1]), dtype=np.uint32)
    count = 0
    for i in range(used):
        for k in range(there[0][nodes[i]], there[0][nodes[i] + 1]):
            count = _enter(there[1][k], names, table, slot, count)
            _lower(table, slot[there[1][k]], pool, i, there[2][k])
    for lane in range(len(places)):
        for k in range(direct[0][places[lane]], direct[0][places[lane] + 1]):
            count = _enter(direct[1][k], names, table, slot, count)
            at = slot[direct[1][k]]
            table[at, lane] = min(table[at, lane], direct[2][k])
    for i in range(count):
        slot[names[i]] = -1
    return names[:count], table[:count]


@fast
def _enter(place: int, names: Small, table: Lengths, slot: Small, count: int) -> int:
    """Give a place a row of its own, if it has none; return how many have."""
    if slot[place] >= 0:
        return count
    slot[place] = count
    names[count] = place
    table[count] = FAR
    return count + 1


@fast
def _lower(table: Lengths, a: int, pool: Lengths, b: int, w: np.uint32) -> None:
    """Lower a row of the table to a row of the pool plus a length."""
    lanes, p, q = np.uint64(pool.shape[1]), np.uint64(a), np.uint64(b)
    for lane in range(lanes):
        here, there = np.uint32(pool[q, lane] + w), table[p, lane]
        table[p, lane] = min(there, here)


@fast
def list_pairs(
    names: Small, table: Lengths, order: Ints, places: Ints, limit: np.uint32
) -> tuple[Small, Small, Lengths]:
    """List the pairs within a limit: near place, far place, length; lane by lane.

    ``order`` says in which order the far places are listed.
    """
    count = 0
    for i in range(len(names)):
        for lane in range(len(places)):
            count += int(table[i, lane] <= limit)
    near, far = np.empty(count, dtype=np.int32), np.empty(count, dtype=np.int32)
    length = np.empty(count, dtype=np.uint32)
    at = 0
    for lane in range(len(places)):
        for i in order:
            if table[i, lane] <= limit:
                near[at], far[at], length[at] = places[lane], names[i], table[i, lane]
                at += 1
    return near, far, length
