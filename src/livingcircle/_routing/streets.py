"""Hold the streets of one walker ready for searching: order, short cuts, doors and outlets."""

from collections.abc import Iterator
from collections.abc import Mapping
from concurrent.futures import Executor
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from livingcircle._kernels.base import BATCH
from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import LANES
from livingcircle._kernels.base import NOBODY
from livingcircle._kernels.base import NOTHING
from livingcircle._kernels.base import Owned
from livingcircle._kernels.base import parted
from livingcircle._kernels.meeting import Lists
from livingcircle._kernels.meeting import list_pairs
from livingcircle._kernels.meeting import meet
from livingcircle._kernels.meeting import seeds_of
from livingcircle._kernels.search import room_for
from livingcircle._kernels.search import scratch_for
from livingcircle._kernels.search import search
from livingcircle._kernels.sweeps import read_direct
from livingcircle._kernels.sweeps import read_doors
from livingcircle._routing.around import Around
from livingcircle._routing.around import Wanted
from livingcircle._routing.around import by_outlet
from livingcircle._routing.around import look_around
from livingcircle._routing.hierarchy import THREADS
from livingcircle._routing.hierarchy import Hierarchy
from livingcircle._routing.hierarchy import nearest
from livingcircle._routing.links import UNITS
from livingcircle._routing.links import Direct
from livingcircle._routing.links import Links
from livingcircle._routing.links import Metric
from livingcircle._routing.links import Places
from livingcircle._routing.links import direct_pairs
from livingcircle._routing.links import end_links
from livingcircle._routing.links import joined
from livingcircle._routing.links import listed
from livingcircle._routing.links import places_on
from livingcircle._routing.links import whole
from livingcircle.attachment import Attachment
from livingcircle.network import Network

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Lengths = npt.NDArray[np.uint32]
Pairs = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], Lengths]

BUNDLE = 64 * BATCH  # doors a thread takes at once


@dataclass(frozen=True)
class DoorLists:
    """Hold the ways from doors sorted for searching; they outlive any change of outlets.

    ``stands`` are the doors on their segments, sorted by segment.
    """

    hierarchy: Hierarchy
    doors: Links
    count: int
    stands: Places

    @cached_property
    def by_place(self) -> Lists:
        """Return ways by door: start, rank, length."""
        links = self.doors
        return _by_key(links.place, self.hierarchy.rank[links.node], links.length, self.count)

    @cached_property
    def at_ranks(self) -> Lists:
        """Return ways by rank: start, door, length."""
        return _at_ranks(self.doors, self.hierarchy)


@dataclass(frozen=True)
class Streets:
    """Answer lengths between doors and outlets for one metric.

    Attributes
    ----------
    hierarchy
        Street nodes in order, with short cuts.
    doors, outlets
        Ways from doors to nodes, and from nodes to outlets.
    direct
        Doors and outlets on one segment.
    short_cuts
        Ways of residents through their own gates, among those of ``doors``.
    counts
        How many doors and outlets there are.
    lists
        The ways from doors as they are searched.
    """

    metric: Metric
    hierarchy: Hierarchy
    doors: Links
    outlets: Links
    direct: Direct
    short_cuts: Links
    counts: tuple[int, int]
    lists: DoorLists

    @cached_property
    def _by_outlet(self) -> Lists:
        """Return ways to outlets by outlet: start, rank, length."""
        return self._by_place(self.outlets, self.counts[1])

    @cached_property
    def _direct_by_outlet(self) -> Lists:
        """Return ways that touch no node, by outlet: start, door, length."""
        direct = self.direct
        return _by_key(direct.outlet, direct.door, direct.length, self.counts[1])

    def nearest(self, offers: Bools) -> tuple[Lengths, npt.NDArray[np.uint32]]:
        """Return the least length from every door to an outlet of each need, and whose it is.

        Parameters
        ----------
        offers
            Which outlet answers which need, shape (outlets, needs).

        Returns
        -------
        Lengths and owners, shape (doors, needs); ``FAR`` or more and ``NOBODY`` where none.
        """
        needs = offers.shape[1]
        link, need = np.nonzero(offers[self.outlets.place])
        seeds = need, self.outlets.node[link], self.outlets.length[link], self.outlets.place[link]
        near = nearest(self.hierarchy, seeds, needs)
        links = self.lists.by_place
        found = np.full((len(near), self.counts[0], near.shape[2]), NOTHING, dtype=np.uint64)
        with ThreadPoolExecutor(THREADS) as pool:
            list(
                pool.map(
                    lambda block: read_doors(links, near[block], found[block]), range(len(near))
                )
            )
        found = np.ascontiguousarray(_by_need(found, needs))
        read_direct(self._direct_by_outlet, by_outlet(offers), found)
        shortest, owner = parted(found)
        owner[shortest >= FAR] = NOBODY
        return shortest, owner

    def reach(self, outlets: Ints, limit: float, pool: Executor) -> Iterator[Pairs]:
        """Yield the doors within a limit of some outlets: outlet, door, length; a batch at a time.

        Parameters
        ----------
        outlets
            Outlets to search from.
        limit
            Longest way, in metres or minutes.
        pool
            Threads that search.
        """
        cap = np.uint32(min(round(limit * UNITS[self.metric]), int(FAR) - 1))
        doors = self.lists.at_ranks
        places, direct = self._by_outlet, self._direct_by_outlet

        def list_doors(some: Ints) -> Pairs:
            scratch, room = scratch_for(len(self.hierarchy.rank)), room_for(len(some))
            slot = np.full(self.counts[0], -1, dtype=np.int32)
            seeds = seeds_of(places, some)
            used, reached = search(*self.hierarchy.against, seeds, cap, scratch, room)
            names, table = meet(reached, used, doors, direct, some, slot)
            return list_pairs(names, table, np.argsort(names), some, cap)

        order = outlets[self._neighbours(places, outlets)]
        bundles = [order[a : a + BATCH] for a in range(0, len(order), BATCH)]
        yield from pool.map(list_doors, bundles)

    def around(self, wanted: Wanted, doors: Ints | None = None) -> Around:
        """Return what stands around every door, or around some of them only."""
        seen, near = wanted.seen[self.outlets.place], wanted.seen[self.direct.outlet]
        every = self.lists
        picked, links = np.arange(self.counts[0]), self.doors
        by_place = every.by_place
        if doors is not None:
            picked, asked = doors, np.zeros(self.counts[0], dtype=np.bool_)
            asked[doors] = True
            links, near = links.where(asked[links.place]), near & asked[self.direct.door]
            by_place = self._by_place(links, self.counts[0])
        many = len(picked)
        order = picked[self._neighbours(by_place, picked)]
        turn = np.empty(self.counts[0], dtype=np.int64)
        turn[order] = np.arange(many)
        direct = turn[self.direct.door[near]], self.direct.outlet[near], self.direct.length[near]
        ends = (
            _by_key(turn[links.place], self.hierarchy.rank[links.node], links.length, many),
            _at_ranks(self.outlets.where(seen), self.hierarchy),
            _by_key(*direct, many),
        )
        spans = [(a, min(a + BUNDLE, many)) for a in range(0, many, BUNDLE)]
        with ThreadPoolExecutor(THREADS) as pool:
            parts = [(ends, order, span) for span in spans]
            return look_around(self.hierarchy.ahead, parts, wanted, pool.map)

    def _neighbours(self, by_place: Lists, places: Ints) -> Ints:
        """Return places in the order of the nodes they open onto."""
        start, rank, _ = by_place
        first = np.full(len(places), len(self.hierarchy.rank), dtype=np.int64)
        hung = start[places + 1] > start[places]
        first[hung] = rank[start[places[hung]]]
        order, _ = listed(first, places, len(self.hierarchy.rank) + 1)
        return order

    def _by_place(self, links: Links, count: int) -> Lists:
        """Return ways by place: start, rank, length."""
        return _by_key(links.place, self.hierarchy.rank[links.node], links.length, count)


def _at_ranks(links: Links, hierarchy: Hierarchy) -> Lists:
    """Return ways by rank: start, place, length."""
    return _by_key(hierarchy.rank[links.node], links.place, links.length, len(hierarchy.rank))


def lay_streets(
    network: Network,
    hierarchies: Mapping[Metric, Hierarchy],
    doors: Attachment,
    compounds: npt.NDArray[np.object_],
) -> dict[Metric, Streets]:
    """Return the streets ready for searching in metres and in minutes, no outlet on them yet.

    Parameters
    ----------
    network
        Streets of one walker.
    hierarchies
        Its nodes in order, for each metric.
    doors
        Where their entrances meet the streets.
    compounds
        Compound name of each door, or ``""``, shape (doors,).
    """
    none = np.empty(0, dtype=np.int64)
    nowhere = none, none, none.astype(np.uint32)
    found: dict[Metric, Streets] = {}
    for metric, hierarchy in hierarchies.items():
        stand = places_on(network, doors, metric)
        out = end_links(network, stand, metric, outward=True)
        own = _through_own_gates(network, hierarchy, out, compounds)
        ways = joined([out, own])
        found[metric] = Streets(
            metric=metric,
            hierarchy=hierarchy,
            doors=ways,
            outlets=Links(*nowhere),
            direct=Direct(*nowhere),
            short_cuts=own,
            counts=(len(compounds), 0),
            lists=DoorLists(hierarchy, ways, len(compounds), stand.by_segment()),
        )
    return found


def towards(streets: Streets, network: Network, places: Attachment, count: int) -> Streets:
    """Return streets that lead to some places: outlets, or candidates for new ones.

    Parameters
    ----------
    streets
        Ready for searching, of this network.
    network
        Streets of one walker.
    places
        Where entrances of the places meet the streets.
    count
        How many places there are.
    """
    stand = places_on(network, places, streets.metric)
    return replace(
        streets,
        outlets=end_links(network, stand, streets.metric, outward=False),
        direct=direct_pairs(network, streets.lists.stands, stand),
        counts=(streets.counts[0], count),
    )


def _through_own_gates(
    network: Network,
    hierarchy: Hierarchy,
    doors: Links,
    compounds: npt.NDArray[np.object_],
) -> Links:
    """Return ways that take residents of open compounds through their own gates.

    The compound hangs together with the street some other way, so strangers walk in it too; only
    the gate itself is for residents. The walk from door to gate becomes one link that ends on the
    gate's far side.
    """
    sides = [(a, b, c) for a, b, c, _ in network.passes if c]
    sides += [(b, a, c) for a, b, c, _ in network.passes if c]
    if not sides:
        none = np.empty(0, dtype=np.int64)
        return Links(none, none, none.astype(np.uint32))
    near = np.array([side[0] for side in sides], dtype=np.int64)
    lanes = np.arange(len(sides))
    seeds = lanes, near, np.zeros(len(sides), dtype=np.uint32), lanes
    length, _ = parted(nearest(hierarchy, seeds, len(sides)))
    start, node, own = doors.sorted_by("place", len(compounds))
    bundles = []
    for lane, (_, far, compound) in enumerate(sides):
        here = np.flatnonzero(compounds == compound)
        for door in here:
            links = slice(start[door], start[door + 1])
            ways = length[lane // LANES, hierarchy.rank[node[links]], lane % LANES] + own[links]
            if len(ways) and ways.min() < FAR:
                bundles.append((door, far, ways.min()))
    table = np.array(bundles, dtype=np.int64).reshape(-1, 3)
    return Links(table[:, 0], table[:, 1], table[:, 2].astype(np.uint32))


def _by_need(blocks: Owned, needs: int) -> Owned:
    """Return blocks of lanes as one table, shape (doors, needs)."""
    return np.moveaxis(blocks, 0, 1).reshape(blocks.shape[1], -1)[:, :needs]


def _by_key(key: Ints, other: Ints, length: Lengths, count: int) -> Lists:
    """Return lists by key: start, the other end, length."""
    order, start = listed(key, other, count)
    return start, other[order].astype(np.int32), length[order]


__all__ = ["NOBODY", "Metric", "Streets", "by_outlet", "lay_streets", "towards", "whole"]
