"""Order the street nodes once, so that every later search is two passes over short lists.

Nodes are ordered by nested dissection of the plane and eliminated from the lowest up; short cuts
keep every shortest way. A search then goes up the order and down again. The order depends only on
where streets lie, so another walker or hour costs a contraction, not an order.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import LANES
from livingcircle._kernels.base import NOTHING
from livingcircle._kernels.base import Owned
from livingcircle._kernels.base import owned
from livingcircle._kernels.contraction import eliminate
from livingcircle._kernels.contraction import list_higher
from livingcircle._kernels.dissection import dissect
from livingcircle._kernels.sweeps import sweep_owner

Ints = npt.NDArray[np.int64]
Lengths = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]

THREADS = 2
GROWTH = 12  # room for so many short cuts a node at first


@dataclass(frozen=True)
class Hierarchy:
    """Hold nodes in order of elimination with their higher neighbours.

    Attributes
    ----------
    rank
        Place of each node in the order, shape (nodes,).
    start, to, out, back
        Higher neighbours of the node of each rank, by rank: length to them, length from them.
    limit
        Ways longer than this were not kept.
    """

    rank: Ints
    start: Ints
    to: npt.NDArray[np.int32]
    out: Lengths
    back: Lengths
    limit: int

    @property
    def down(self) -> tuple[Ints, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Return the lower neighbours of each rank, and which arc joins the two."""
        count = len(self.rank)
        lower = np.repeat(np.arange(count, dtype=np.int32), np.diff(self.start))
        arcs = np.argsort(self.to, kind="stable").astype(np.int32)
        start = np.searchsorted(self.to[arcs], np.arange(count + 1)).astype(np.int64)
        return start, lower[arcs], arcs


def order_nodes(xy: Floats, tail: Ints, head: Ints) -> Ints:
    """Return the rank of each node by nested dissection."""
    count = len(xy)
    both = np.concatenate([tail, head]), np.concatenate([head, tail])
    by_tail = np.argsort(both[0], kind="stable")
    start = np.searchsorted(both[0][by_tail], np.arange(count + 1)).astype(np.int64)
    order = dissect(xy, start, both[1][by_tail].astype(np.int64))
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count)
    return rank


def contract(
    rank: Ints, tail: Ints, head: Ints, length: Lengths, limit: int = int(FAR) - 1
) -> Hierarchy:
    """Return the hierarchy of directed arcs.

    Parameters
    ----------
    rank
        Order of the nodes.
    tail, head, length
        Arcs; of parallel ones the shortest counts.
    limit
        Ways longer than this need not be kept.
    """
    start, size, to, out, back = list_higher(rank, tail, head, length)
    room = GROWTH
    while True:
        more = room * len(rank) + 16
        nodes = np.concatenate([to, np.empty(more, dtype=np.int64)])
        ways = [np.concatenate([given, np.empty(more, dtype=np.uint32)]) for given in (out, back)]
        done, first, many, nodes, there, here = eliminate(
            start.copy(), size.copy(), nodes, ways[0], ways[1], np.uint32(limit)
        )
        if done:
            return Hierarchy(rank, *_packed(first, many, nodes, there, here), limit)
        room *= 4


def _packed(
    first: Ints, size: Ints, to: Ints, out: Lengths, back: Lengths
) -> tuple[Ints, npt.NDArray[np.int32], Lengths, Lengths]:
    """Put the lists one behind the other."""
    start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    places = np.repeat(first[:-1] - start[:-1], size) + np.arange(start[-1])
    return start, to[places].astype(np.int32), out[places], back[places]


def nearest(hierarchy: Hierarchy, seeds: tuple[Ints, Ints, Lengths, Ints], lanes: int) -> Owned:
    """Return the length from every node to the nearest source of each lane, and whose it is.

    Parameters
    ----------
    seeds
        Lane, node, length and owner of each way into a source.
    lanes
        How many kinds of source there are.

    Returns
    -------
    Lengths with their owners by rank, shape (blocks, nodes, LANES); lane ``i`` stands in block
    ``i // LANES``.
    """
    lane, node, length, owner = seeds
    blocks = max(1, -(-lanes // LANES))
    near = np.full((blocks, len(hierarchy.rank), LANES), NOTHING, dtype=np.uint64)
    # Of several sources at one place the nearest counts, of equals the lowest number.
    source = owned(length, owner)
    order = np.argsort(source)[::-1]
    near[lane[order] // LANES, hierarchy.rank[node[order]], lane[order] % LANES] = source[order]
    lists = hierarchy.start, hierarchy.to, hierarchy.out, hierarchy.back
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda block: sweep_owner(*lists, block), near))
    return near
