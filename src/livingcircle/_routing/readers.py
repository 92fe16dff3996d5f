"""Read distances from doors to outlets, along streets or, where there are none, as the crow flies.

Both readers answer the same two questions: how far is the nearest of these outlets, and which
doors lie within a limit of each outlet. Nothing is ever held for every door × every outlet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from livingcircle._routing.graph import RoutingGraph

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Metric = Literal["metres", "minutes"]

# Streets are on average 1.3 times as long as the straight line (measured 1.28–1.62).
DETOUR = 1.3
CHUNK_CELLS = 8_000_000


class Reader(Protocol):
    """Answer how far doors are from outlets."""

    @property
    def method(self) -> str:
        """Return ``"street"`` or ``"straight_line"``; printed with every distance."""

    def nearest(self, outlets: Ints, metric: Metric) -> tuple[Floats, Ints]:
        """Return each door's distance to its nearest of ``outlets``, and which one (or -1)."""

    def within(self, outlets: Ints, limit: float) -> Iterator[tuple[Ints, Floats]]:
        """Yield some outlets at a time with metres to every door, inf beyond the limit."""


@dataclass(frozen=True)
class StreetReader:
    """Read along the streets."""

    graph: RoutingGraph
    method: str = "street"

    def nearest(self, outlets: Ints, metric: Metric) -> tuple[Floats, Ints]:
        """Return each door's distance to its nearest of ``outlets``, and which one (or -1)."""
        doors = self.graph.door_nodes
        if len(outlets) == 0:
            return np.full(len(doors), np.inf), np.full(len(doors), -1, dtype=np.int64)
        matrix = self.graph.metres if metric == "metres" else self.graph.minutes
        nodes = self.graph.outlet_nodes[outlets]
        distance, _, source = dijkstra(
            matrix, directed=True, indices=nodes, min_only=True, return_predecessors=True
        )
        found = source[doors]
        first = self.graph.outlet_nodes[0]
        return distance[doors], np.where(found >= 0, found - first, -1).astype(np.int64)

    def within(self, outlets: Ints, limit: float) -> Iterator[tuple[Ints, Floats]]:
        """Yield some outlets at a time with metres to every door, inf beyond the limit."""
        size = max(1, CHUNK_CELLS // self.graph.metres.shape[0])
        for start in range(0, len(outlets), size):
            some = outlets[start : start + size]
            nodes = self.graph.outlet_nodes[some]
            metres = dijkstra(self.graph.metres, directed=True, indices=nodes, limit=limit)
            yield some, metres[:, self.graph.door_nodes]


@dataclass(frozen=True)
class StraightReader:
    """Read straight lines times the usual detour; only for areas without any street data."""

    doors: Floats
    outlets: Floats
    metres_per_minute: float
    method: str = "straight_line"

    def nearest(self, outlets: Ints, metric: Metric) -> tuple[Floats, Ints]:
        """Return each door's distance to its nearest of ``outlets``, and which one (or -1)."""
        if len(outlets) == 0:
            count = len(self.doors)
            return np.full(count, np.inf), np.full(count, -1, dtype=np.int64)
        gap, which = cKDTree(self.outlets[outlets]).query(self.doors)
        metres = gap * DETOUR
        value = metres if metric == "metres" else metres / self.metres_per_minute
        return value, outlets[which]

    def within(self, outlets: Ints, limit: float) -> Iterator[tuple[Ints, Floats]]:
        """Yield some outlets at a time with metres to every door, inf beyond the limit."""
        size = max(1, CHUNK_CELLS // max(1, len(self.doors)))
        for start in range(0, len(outlets), size):
            some = outlets[start : start + size]
            gap = self.outlets[some][:, None, :] - self.doors[None, :, :]
            metres = np.hypot(gap[..., 0], gap[..., 1]) * DETOUR
            yield some, np.where(metres <= limit, metres, np.inf)
