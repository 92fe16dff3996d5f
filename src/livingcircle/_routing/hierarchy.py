"""Order the street nodes once, so that every later search is two passes over short lists.

Nodes are ordered by nested dissection of the plane and eliminated from the lowest up; short cuts
keep every shortest way. A search then goes up the order and down again. The order depends only on
where streets lie, so another walker or hour costs a contraction, not an order.
"""

import math
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import fields
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import LANES
from livingcircle._kernels.base import Owned
from livingcircle._kernels.base import Small
from livingcircle._kernels.base import owned
from livingcircle._kernels.contraction import Lists
from livingcircle._kernels.contraction import contract_span
from livingcircle._kernels.contraction import list_lower
from livingcircle._kernels.contraction import list_own
from livingcircle._kernels.dissection import Spans
from livingcircle._kernels.dissection import dissect
from livingcircle._kernels.dissection import list_neighbours
from livingcircle._kernels.repair import find_anew
from livingcircle._kernels.search import Ways
from livingcircle._kernels.sweeps import seed
from livingcircle._kernels.sweeps import sweep_owner

Ints = npt.NDArray[np.int64]
Lengths = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]

THREADS = 2
FIRST = 2  # halved so often before threads take over
WIDTH = 2.0  # separators at the top hold about so many times the root of all nodes


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
    to: Small
    out: Lengths
    back: Lengths
    limit: int

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return all there is to keep, by name."""
        return {one.name: np.asarray(getattr(self, one.name)) for one in fields(self)}

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "Hierarchy":
        """Return the hierarchy whose :meth:`arrays` these are."""
        rank, start, to, out, back, limit = (arrays[one.name] for one in fields(cls))
        return cls(rank, start, to, out, back, int(limit))

    @cached_property
    def down(self) -> tuple[Ints, Small, Small]:
        """Return the lower neighbours of each rank, and which arc joins the two."""
        return list_lower(self.start, self.to)

    @cached_property
    def ahead(self) -> tuple[Ways, Ways]:
        """Return the ways from every rank to higher and to lower ones, in walking direction."""
        start, lower, arc = self.down
        return (self.start, self.to, self.out), (start, lower, self.back[arc])

    @cached_property
    def against(self) -> tuple[Ways, Ways]:
        """Return the ways to every rank from higher and from lower ones."""
        start, lower, arc = self.down
        return (self.start, self.to, self.back), (start, lower, self.out[arc])


def order_nodes(xy: Floats, tail: Ints, head: Ints) -> Ints:
    """Return the rank of each node by nested dissection."""
    count = len(xy)
    start, to = list_neighbours(count, tail, head)
    order, place = np.arange(count, dtype=np.int32), np.arange(count, dtype=np.int32)
    marks = np.zeros(count, dtype=np.int8), np.zeros(count, dtype=np.int8)

    def halved(span: tuple[int, int], depth: int) -> Spans:
        return dissect(xy, start, to, order, place, marks, span, depth)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda span: halved(span, count), halved((0, count), FIRST)))
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
    count = len(rank)
    own = list_own(rank, tail, head, length)
    cap = np.uint32(limit)
    none = np.zeros(1, dtype=np.int64), own[1][:0], own[2][:0], own[3][:0]
    middle, top = _halves(own)

    def found(span: tuple[int, int]) -> Lists:
        return contract_span(own, none, span[0], span, cap)

    with ThreadPoolExecutor(THREADS) as pool:
        first, second = pool.map(found, ((0, middle), (middle, top)))
    both = (
        np.concatenate([first[0], second[0][1:] + first[0][-1]]),
        np.concatenate([first[1], second[1]]),
        np.concatenate([first[2], second[2]]),
        np.concatenate([first[3], second[3]]),
    )
    return Hierarchy(rank, *contract_span(own, both, 0, (top, count), cap), limit)


def repaired(
    hierarchy: Hierarchy, arcs: tuple[Ints, Ints, Lengths], touched: tuple[Ints, Ints]
) -> tuple[Hierarchy, int]:
    """Return the hierarchy after a few arcs have changed, and how many lists were found anew.

    The answer is what :func:`contract` would give, field by field.

    Parameters
    ----------
    hierarchy
        As it was.
    arcs
        Tail, head and length of all arcs as they are now.
    touched
        Tails and heads of those that changed their length, appeared or disappeared.
    """
    rank = hierarchy.rank
    tail, head = rank[touched[0]], rank[touched[1]]
    dirty = np.unique(np.minimum(tail, head)[tail != head])
    own = list_own(rank, *arcs)
    lists = hierarchy.start, hierarchy.to, hierarchy.out, hierarchy.back
    fresh, found = find_anew(own, lists, hierarchy.down, dirty, np.uint32(hierarchy.limit))
    return Hierarchy(rank, *fresh, hierarchy.limit), found


def _halves(own: Lists) -> tuple[int, int]:
    """Return where two halves of the order end that no arc joins; what parts them comes last.

    Behind the last separators there are cuts that no arc crosses; the one nearest to the middle
    is taken. Where there is none, one of the halves is empty.
    """
    start, to = own[0], own[1]
    count = len(start) - 1
    top = max(0, count - math.ceil(WIDTH * count**0.5))
    low = np.repeat(np.arange(count), np.diff(start))
    below = to < top
    opened = np.bincount(low[below] + 1, minlength=count + 1)
    closed = np.bincount(to[below].astype(np.int64) + 1, minlength=count + 1)
    cuts = np.flatnonzero(np.cumsum(opened - closed)[: top + 1] == 0)
    return int(cuts[np.argmin(np.abs(cuts - top // 2))]), top


def width(lanes: int) -> int:
    """Return how many lanes stand side by side: a row need be no wider than there are kinds."""
    return min(LANES, -(-lanes // 8) * 8)


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
    Lengths with their owners by rank, shape (blocks, nodes, width); lane ``i`` stands in block
    ``i // LANES``.
    """
    blocks = max(1, -(-lanes // LANES))
    near = np.empty((blocks, len(hierarchy.rank), width(lanes)), dtype=np.uint64)
    find_nearest(hierarchy, seeds, near)
    return near


def find_nearest(
    hierarchy: Hierarchy, seeds: tuple[Ints, Ints, Lengths, Ints], near: Owned
) -> None:
    """Do as :func:`nearest`, writing into an array of the shape it returns."""
    lane, node, length, owner = seeds
    sources = lane, hierarchy.rank[node], owned(length, owner)
    lists = hierarchy.start, hierarchy.to, hierarchy.out, hierarchy.back

    def find(block: Owned, number: int) -> None:
        # Whoever sweeps a block also fills it: memory is first touched where it is used.
        seed(*sources, number, block)
        sweep_owner(*lists, block)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(find, near, range(len(near))))
