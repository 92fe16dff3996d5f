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
from livingcircle._routing.hierarchy import THREADS
from livingcircle._routing.links import UNITS
from livingcircle._routing.links import Metric
from livingcircle._routing.streets import NOBODY
from livingcircle._routing.streets import Streets
from livingcircle._routing.streets import whole

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
# Outlet, door and millimetres of every pair within a limit; outlets in order.
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

    def reach(self, outlets: Ints, limit: float) -> Iterator[Pairs]:
        """Yield the doors within some metres of each outlet, a bundle of outlets at a time."""


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

    def reach(self, outlets: Ints, limit: float) -> Iterator[Pairs]:
        """Yield the doors within some metres of each outlet, a bundle of outlets at a time."""
        with ThreadPoolExecutor(THREADS) as pool:
            yield from self.streets["metres"].reach(outlets, limit, pool)


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

    def reach(self, outlets: Ints, limit: float) -> Iterator[Pairs]:
        """Yield the doors within some metres of each outlet, a bundle of outlets at a time."""
        doors = cKDTree(self.doors)
        for start in range(0, len(outlets), CHUNK):
            some = outlets[start : start + CHUNK]
            places = cKDTree(self.outlets[some])
            near = places.sparse_distance_matrix(doors, limit / DETOUR, output_type="ndarray")
            near = near[np.lexsort((near["j"], near["i"]))]
            yield (
                some[near["i"]].astype(np.int32),
                near["j"].astype(np.int32),
                whole(near["v"] * DETOUR, "metres"),
            )
