"""Search outward from sources, many at once, over the nodes within a limit of any."""

import heapq

import numpy as np

from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import Ints
from livingcircle._kernels.base import Lengths
from livingcircle._kernels.base import Small
from livingcircle._kernels.base import fast


@fast
def search_batch(  # noqa: C901, PLR0912, PLR0915
    up: tuple[Ints, Small, Lengths, Lengths],
    down: tuple[Ints, Small, Small],
    seeds: tuple[Ints, Ints, Lengths],
    lanes: int,
    limit: np.uint32,
    row: Small,
) -> tuple[Ints, Lengths]:
    """Search from some sources at once over the nodes within a limit of any of them.

    Parameters
    ----------
    up
        Start, higher neighbour, length to it, length from it.
    down
        Start, lower neighbour, and which arc of ``up`` joins the two.
    seeds
        Lane, node and length of each way into a source.
    lanes
        How many sources there are.
    limit
        Longest way that matters.
    row
        Scratch of -1, shape (nodes,); left as it was found.

    Returns
    -------
    Nodes reached, and their length to each source, ``FAR`` or more beyond, shape (reached, lanes).
    """
    start, to, out, back = up
    dstart, dto, darc = down
    lane_of, node_of, length_of = seeds
    pool = np.full((1024, lanes), FAR, dtype=np.uint32)
    least = np.full(1024, FAR, dtype=np.uint32)
    nodes = np.empty(1024, dtype=np.int64)
    used = 0
    heap = [np.int64(0) for _ in range(0)]
    for i in range(len(node_of)):
        v = node_of[i]
        if row[v] < 0:
            if used == len(nodes):
                pool, least, nodes = _grow(pool, least, nodes)
            row[v] = used
            nodes[used] = v
            used += 1
            heapq.heappush(heap, v)
        r = row[v]
        pool[r, lane_of[i]] = min(pool[r, lane_of[i]], length_of[i])
        least[r] = min(least[r], length_of[i])
    while len(heap) > 0:
        v = heapq.heappop(heap)
        r = row[v]
        for e in range(start[v], start[v + 1]):
            if np.uint32(least[r] + back[e]) > limit:
                continue
            x = np.int64(to[e])
            if row[x] < 0:
                if used == len(nodes):
                    pool, least, nodes = _grow(pool, least, nodes)
                row[x] = used
                nodes[used] = x
                used += 1
                heapq.heappush(heap, x)
            least[row[x]] = _relax(pool, r, row[x], back[e], least[row[x]])
    for i in range(used):
        heapq.heappush(heap, -nodes[i])
    while len(heap) > 0:
        x = -heapq.heappop(heap)
        r = row[x]
        for k in range(dstart[x], dstart[x + 1]):
            w = out[darc[k]]
            if np.uint32(least[r] + w) > limit:
                continue
            v = np.int64(dto[k])
            if row[v] < 0:
                if used == len(nodes):
                    pool, least, nodes = _grow(pool, least, nodes)
                row[v] = used
                nodes[used] = v
                used += 1
                heapq.heappush(heap, -v)
            least[row[v]] = _relax(pool, r, row[v], w, least[row[v]])
    for i in range(used):
        row[nodes[i]] = -1
    return nodes[:used].copy(), pool[:used].copy()


@fast
def _relax(pool: Lengths, a: int, b: int, w: np.uint32, least: np.uint32) -> np.uint32:
    """Lower row ``b`` to row ``a`` plus a length; return the least of row ``b``."""
    lanes, p, q = np.uint64(pool.shape[1]), np.uint64(a), np.uint64(b)
    for lane in range(lanes):
        here, there = np.uint32(pool[p, lane] + w), pool[q, lane]
        pool[q, lane] = min(there, here)
    for lane in range(lanes):
        value = pool[q, lane]
        least = min(least, value)
    return least


@fast
def _grow(pool: Lengths, least: Lengths, nodes: Ints) -> tuple[Lengths, Lengths, Ints]:
    """Return twice the room, what was there kept."""
    size = len(nodes)
    more = np.full((2 * size, pool.shape[1]), FAR, dtype=np.uint32)
    more[:size] = pool
    lengths = np.full(2 * size, FAR, dtype=np.uint32)
    lengths[:size] = least
    names = np.empty(2 * size, dtype=np.int64)
    names[:size] = nodes
    return more, lengths, names


@fast
def pair_up(  # noqa: C901, PLR0912
    reached: tuple[Ints, Lengths],
    doors: tuple[Ints, Small, Lengths],
    direct: tuple[Ints, Small, Lengths],
    sources: Ints,
    limit: np.uint32,
    slot: Small,
) -> tuple[Small, Small, Lengths]:
    """List the doors within a limit of each source, source by source, doors in order.

    Parameters
    ----------
    reached
        Nodes and their lengths, from :func:`search_batch`.
    doors
        Doors that open onto each node: start, door, length from the door to the node.
    direct
        Doors on the very segment of each outlet: start, door, length between the two.
    sources
        Outlet of each lane.
    limit
        Longest way.
    slot
        Scratch of -1, shape (doors,); left as it was found.
    """
    nodes, lengths = reached
    start, door_of, length_of = doors
    dstart, ddoor, dlength = direct
    lanes = len(sources)
    found = [np.int32(0) for _ in range(0)]
    for v in nodes:
        for k in range(start[v], start[v + 1]):
            if slot[door_of[k]] < 0:
                slot[door_of[k]] = 0
                found.append(door_of[k])
    for lane in range(lanes):
        for k in range(dstart[sources[lane]], dstart[sources[lane] + 1]):
            if slot[ddoor[k]] < 0:
                slot[ddoor[k]] = 0
                found.append(ddoor[k])
    names = np.empty(len(found), dtype=np.int32)
    for i in range(len(found)):
        names[i] = found[i]
    names.sort()
    for i in range(len(names)):
        slot[names[i]] = i
    table = np.full((lanes, len(names)), FAR, dtype=np.uint32)
    for i in range(len(nodes)):
        v = nodes[i]
        for k in range(start[v], start[v + 1]):
            place, w = slot[door_of[k]], length_of[k]
            for lane in range(lanes):
                table[lane, place] = min(table[lane, place], np.uint32(lengths[i, lane] + w))
    for lane in range(lanes):
        for k in range(dstart[sources[lane]], dstart[sources[lane] + 1]):
            place = slot[ddoor[k]]
            table[lane, place] = min(table[lane, place], dlength[k])
    for i in range(len(names)):
        slot[names[i]] = -1
    count = (table <= limit).sum()
    outlet = np.empty(count, dtype=np.int32)
    door = np.empty(count, dtype=np.int32)
    length = np.empty(count, dtype=np.uint32)
    at = 0
    for lane in range(lanes):
        for i in range(len(names)):
            if table[lane, i] <= limit:
                outlet[at], door[at], length[at] = sources[lane], names[i], table[lane, i]
                at += 1
    return outlet, door, length
