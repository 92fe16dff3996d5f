"""Search outward from many places at once, over the nodes within a limit of any of them.

A search goes up the order and down again.
"""

import numpy as np

from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import Ints
from livingcircle._kernels.base import Lengths
from livingcircle._kernels.base import Small
from livingcircle._kernels.base import fast
from livingcircle._kernels.turns import Words
from livingcircle._kernels.turns import nobody_waits
from livingcircle._kernels.turns import put
from livingcircle._kernels.turns import take

# Start, neighbour, length: of every rank to its higher neighbours, or to its lower ones.
Ways = tuple[Ints, Small, Lengths]
# Nodes that wait, and words that hold any; the row each node has among those reached, or -1.
Scratch = tuple[Words, Words, Small]
# Nodes reached, and their length from each lane; longer than what is used of it.
Reached = tuple[Ints, Lengths]

UP, DOWN = 0, 1


@fast
def scratch_for(count: int) -> Scratch:
    """Return room to search so many nodes; every search leaves it as it was found."""
    waiting, words = nobody_waits(count)
    return waiting, words, np.full(count, -1, dtype=np.int32)


@fast
def room_for(lanes: int) -> Reached:
    """Return room for the nodes that searches reach; it grows, and is used again."""
    return np.empty(1024, dtype=np.int64), np.empty((1024, lanes), dtype=np.uint32)


@fast
def search(
    up: Ways,
    down: Ways,
    seeds: tuple[Ints, Ints, Lengths],
    limit: np.uint32,
    scratch: Scratch,
    reached: Reached,
) -> tuple[int, Reached]:
    """Search from some places at once over the nodes within a limit of any of them.

    Parameters
    ----------
    up, down
        Ways from every rank to its higher and to its lower neighbours.
    seeds
        Lane, rank and length of each way out of a place.
    limit
        Longest way that matters.
    scratch, reached
        From :func:`scratch_for` and :func:`room_for`.

    Returns
    -------
    How many nodes were reached; they, and their length from each lane, ``FAR`` or more where
    there is no way; both in no order.
    """
    waiting, words, row = scratch
    lane_of, node_of, length_of = seeds
    nodes, pool = _grown(reached, 0, len(node_of))
    used = 0
    for i in range(len(node_of)):
        v = node_of[i]
        if row[v] < 0:
            row[v], nodes[used], pool[used] = used, v, FAR
            used += 1
            put(waiting, words, v)
        r, lane = row[v], lane_of[i]
        pool[r, lane] = min(pool[r, lane], length_of[i])
    used, reached = _spread(up, UP, limit, scratch, (nodes, pool), used)
    for i in range(used):
        put(waiting, words, len(row) - 1 - reached[0][i])
    used, reached = _spread(down, DOWN, limit, scratch, reached, used)
    for i in range(used):
        row[reached[0][i]] = -1
    return used, reached


@fast
def _spread(
    ways: Ways, way: int, limit: np.uint32, scratch: Scratch, reached: Reached, used: int
) -> tuple[int, Reached]:
    """Take the nodes that wait in order of rank, upward or downward, and lower their neighbours."""
    words = scratch[1]
    used = _work_off(ways, way, limit, scratch, reached, used)
    while words.any():
        reached = _grown(reached, used, len(reached[0]))
        used = _work_off(ways, way, limit, scratch, reached, used)
    return used, reached


@fast
def _work_off(
    ways: Ways, way: int, limit: np.uint32, scratch: Scratch, reached: Reached, used: int
) -> int:
    """Take the nodes that wait until none does or room runs out; return how many are reached.

    Wherever arrays are bound anew their references are counted again and again, which made the
    search a fifth slower: so rows are lowered here, and room is made where this is called.
    """
    start = ways[0]
    waiting, words, row = scratch
    final, room = len(row) - 1, len(reached[0])
    for word in range(len(words)):
        while words[word] != 0:
            turn = take(waiting, words, word)
            v = turn if way == UP else final - turn
            if used + start[v + 1] - start[v] > room:
                put(waiting, words, turn)
                return used
            used = _lower_neighbours(ways, way, limit, scratch, reached, used, v)
    return used


@fast
def _lower_neighbours(
    ways: Ways,
    way: int,
    limit: np.uint32,
    scratch: Scratch,
    reached: Reached,
    used: int,
    v: np.int64,
) -> int:
    """Lower the neighbours of a node, and let those reached for the first time wait."""
    start, to, length = ways
    waiting, words, row = scratch
    nodes, pool = reached
    final, lanes = np.uint64(len(row) - 1), np.uint64(pool.shape[1])
    r, least = np.uint64(row[v]), FAR
    for lane in range(lanes):
        least = min(least, pool[r, lane])
    for e in range(np.uint64(start[v]), np.uint64(start[v + 1])):
        w = length[e]
        if np.uint32(least + w) > limit:
            continue
        x = np.uint64(to[e])
        if row[x] < 0:
            row[x], nodes[used] = used, x
            for lane in range(lanes):
                pool[np.uint64(used), lane] = FAR
            used += 1
            put(waiting, words, x if way == UP else final - x)
        q = np.uint64(row[x])
        for lane in range(lanes):
            here, there = np.uint32(pool[r, lane] + w), pool[q, lane]
            pool[q, lane] = min(there, here)
    return used


@fast
def _grown(reached: Reached, used: int, more: int) -> Reached:
    """Return the nodes and their rows with room for more, if need be twice as large."""
    nodes, pool = reached
    if used + more <= len(nodes):
        return reached
    size = 2 * (used + more)
    names = np.empty(size, dtype=np.int64)
    rows = np.empty((size, pool.shape[1]), dtype=np.uint32)
    names[:used], rows[:used] = nodes[:used], pool[:used]
    return names, rows
