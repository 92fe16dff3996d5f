"""Read distances from doors to outlets, along streets or, where there are none, as the crow flies.

Both readers answer the same two questions: how far is the nearest outlet of each need, and which
doors lie within a limit of each outlet. Nothing is ever held for every door × every outlet.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from livingcircle._kernels.base import FAR
from livingcircle._routing.around import Around
from livingcircle._routing.around import Part
from livingcircle._routing.around import Wanted
from livingcircle._routing.around import look_around
from livingcircle._routing.hierarchy import THREADS
from livingcircle._routing.links import UNITS
from livingcircle._routing.links import Metric
from livingcircle._routing.streets import NOBODY
from livingcircle._routing.streets import Streets
from livingcircle._routing.streets import whole

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Lengths = npt.NDArray[np.uint32]
# Outlet, door and length in whole units of every pair within a limit; outlets in order.
Pairs = tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.uint32]]

# Streets are on average 1.3 times as long as the straight line (measured 1.28–1.62).
DETOUR = 1.3
CHUNK = 256


class Reader(Protocol):
    """Answer how far doors are from outlets."""

    @property
    def method(self) -> str:
        """Return ``"street"`` or ``"straight_line"``; printed with every distance."""

    def nearest(self, offers: Bools, metric: Metric) -> tuple[Floats, Ints]:
        """Return each door's distance to its nearest outlet of each need, and which one (or -1).

        ``offers`` says which outlet answers which need, shape (outlets, needs); the answers have
        the shape (doors, needs).
        """

    def reach(self, outlets: Ints, limit: float, metric: Metric = "metres") -> Iterator[Pairs]:
        """Yield the doors within some way of each outlet, a bundle of outlets at a time."""

    def around(self, wanted: Wanted) -> Around:
        """Return what stands around every door, in millimetres."""


@dataclass(frozen=True)
class StreetReader:
    """Read along the streets."""

    streets: Mapping[Metric, Streets]
    method: str = "street"

    def nearest(self, offers: Bools, metric: Metric) -> tuple[Floats, Ints]:
        """Return each door's distance to its nearest outlet of each need, and which one (or -1)."""
        length, owner = self.streets[metric].nearest(offers)
        found = length < FAR
        distance = np.where(found, length / UNITS[metric], np.inf)
        return distance, np.where(owner == NOBODY, -1, owner.astype(np.int64))

    def reach(self, outlets: Ints, limit: float, metric: Metric = "metres") -> Iterator[Pairs]:
        """Yield the doors within some way of each outlet, a bundle of outlets at a time."""
        with ThreadPoolExecutor(THREADS) as pool:
            yield from self.streets[metric].reach(outlets, limit, pool)

    def around(self, wanted: Wanted, doors: Ints | None = None) -> Around:
        """Return what stands around every door, or some doors only, in millimetres."""
        return self.streets["metres"].around(wanted, doors)


@dataclass(frozen=True)
class StraightReader:
    """Read straight lines times the usual detour; only for areas without any street data."""

    doors: Floats
    outlets: Floats
    metres_per_minute: float
    method: str = "straight_line"

    def nearest(self, offers: Bools, metric: Metric) -> tuple[Floats, Ints]:
        """Return each door's distance to its nearest outlet of each need, and which one (or -1)."""
        shape = (len(self.doors), offers.shape[1])
        distance = np.full(shape, np.inf)
        which = np.full(shape, -1, dtype=np.int64)
        speed = self.metres_per_minute if metric == "minutes" else 1.0
        for need in range(shape[1]):
            some = np.flatnonzero(offers[:, need])
            if len(some):
                gap, place = cKDTree(self.outlets[some]).query(self.doors)
                distance[:, need], which[:, need] = gap * DETOUR / speed, some[place]
        return distance, which

    def reach(self, outlets: Ints, limit: float, metric: Metric = "metres") -> Iterator[Pairs]:
        """Yield the doors within some way of each outlet, a bundle of outlets at a time."""
        doors = cKDTree(self.doors)
        speed = self.metres_per_minute if metric == "minutes" else 1.0
        for start in range(0, len(outlets), CHUNK):
            some = outlets[start : start + CHUNK]
            places = cKDTree(self.outlets[some])
            near = places.sparse_distance_matrix(
                doors, limit * speed / DETOUR, output_type="ndarray"
            )
            near = near[np.lexsort((near["j"], near["i"]))]
            yield (
                some[near["i"]].astype(np.int32),
                near["j"].astype(np.int32),
                whole(near["v"] * DETOUR / speed, metric),
            )

    def around(self, wanted: Wanted) -> Around:
        """Return what stands around every door, in millimetres."""
        ways = np.zeros(1, dtype=np.int64), np.empty(0, np.int32), np.empty(0, np.uint32)
        return look_around((ways, ways), self._parts(wanted), wanted)

    def _parts(self, wanted: Wanted) -> Iterator[Part]:
        """Yield the doors a few at a time, every outlet a straight way off."""
        seen = np.flatnonzero(wanted.seen)
        places = cKDTree(self.outlets[seen])
        none = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.uint32)
        metres = wanted.limit / UNITS["metres"]
        for begin in range(0, len(self.doors), CHUNK):
            doors = np.arange(begin, min(begin + CHUNK, len(self.doors)))
            near = cKDTree(self.doors[doors]).sparse_distance_matrix(
                places, metres / DETOUR, output_type="ndarray"
            )
            near = near[np.lexsort((near["j"], near["i"]))]
            start = np.searchsorted(near["i"], np.arange(len(doors) + 1)).astype(np.int64)
            outlet = seen[near["j"]].astype(np.int32)
            direct = start, outlet, whole(near["v"] * DETOUR, "metres")
            nowhere = np.zeros(len(start), dtype=np.int64), *none
            at_ranks = np.zeros(1, dtype=np.int64), *none
            yield (nowhere, at_ranks, direct), doors, (0, len(doors))


def cover(
    reader: Reader, candidates: Ints, limit: float, metric: Metric = "metres"
) -> tuple[Ints, Ints, Lengths]:
    """Return the doors within some way of each candidate: start, door, length in whole units.

    Parameters
    ----------
    reader
        Where distances come from.
    candidates
        Outlets, each once; list ``i`` of the answer is that of the i-th.
    limit, metric
        Longest way, in metres or minutes.
    """
    turn = np.full(int(candidates.max(initial=-1)) + 1, -1, dtype=np.int64)
    turn[candidates] = np.arange(len(candidates))
    none = np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.uint32)
    bundles = [none, *reader.reach(candidates, limit, metric)]
    place, door, length = (np.concatenate([one[part] for one in bundles]) for part in range(3))
    place = turn[place]
    order = np.argsort(place, kind="stable")
    start = np.searchsorted(place[order], np.arange(len(candidates) + 1)).astype(np.int64)
    return start, door[order].astype(np.int64), length[order]
