"""Trace the way from a door to an outlet, street by street, to show and to explain it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse.csgraph import dijkstra

from livingcircle._routing.graph import RoutingGraph
from livingcircle.network import Network

# What a street without a name is called by; other kinds are plain streets.
_KINDS = MappingProxyType(
    {"footway": "人行道", "pedestrian": "步行街", "steps": "台阶", "path": "小路"}
)
_KIND = re.compile(r"[a-z_]*")


def street_word(name: str) -> str:
    """Return what to call a street that goes by its name or, having none, by its kind."""
    return _KINDS.get(name, "无名道路") if _KIND.fullmatch(name) else name


@dataclass(frozen=True)
class Leg:
    """Name one stretch of a walk: a street and how far along it."""

    street: str
    metres: float


@dataclass(frozen=True)
class Route:
    """Hold a walk from door to outlet.

    Attributes
    ----------
    metres
        Whole length, both off-street legs included.
    legs
        Streets in walking order; ``""`` off the street.
    line
        The walk as a line in metres, for drawing.
    """

    metres: float
    legs: tuple[Leg, ...]
    line: shapely.LineString

    def sentence(self) -> str:
        """Return the walk in words."""
        words = [leg.street or "离开道路" for leg in self.legs]
        if len(words) > 1 and not self.legs[0].street:
            words[0] = "出门到道路"
        steps = [f"{word}{leg.metres:.0f}米" for word, leg in zip(words, self.legs, strict=True)]
        return f"共{self.metres:.0f}米：" + " → ".join(steps)


def trace(
    network: Network,
    graph: RoutingGraph,
    door: tuple[int, shapely.Point],
    outlet: tuple[int, shapely.Point],
) -> Route | None:
    """Return the shortest way from a door to an outlet, or None where there is none.

    Parameters
    ----------
    network, graph
        The streets and the routing graph laid over them.
    door, outlet
        Position in their tables, and place in metres.
    """
    return trace_all(network, graph, [(door, outlet)])[0]


def trace_all(
    network: Network,
    graph: RoutingGraph,
    walks: Sequence[tuple[tuple[int, shapely.Point], tuple[int, shapely.Point]]],
    longest: float = np.inf,
) -> list[Route | None]:
    """Return the shortest ways of many walks, each as of :func:`trace`.

    The streets around an outlet are searched once, however many doors walk to it.

    Parameters
    ----------
    walks
        Pairs of a door and an outlet, as for :func:`trace`.
    longest
        Metres beyond which no walk is looked for.
    """
    to: dict[int, list[int]] = {}
    for number, (_, outlet) in enumerate(walks):
        to.setdefault(outlet[0], []).append(number)
    found: list[Route | None] = [None] * len(walks)
    for position, numbers in to.items():
        goal = int(graph.outlet_nodes[position])
        distance, before = dijkstra(
            graph.metres, directed=True, indices=goal, return_predecessors=True, limit=longest
        )
        for number in numbers:
            found[number] = _walk(network, graph, walks[number], distance, before)
    return found


def _walk(
    network: Network,
    graph: RoutingGraph,
    ends: tuple[tuple[int, shapely.Point], tuple[int, shapely.Point]],
    distance: npt.NDArray[np.float64],
    before: npt.NDArray[np.int32],
) -> Route | None:
    """Return one walk from what a search from its outlet found."""
    door, outlet = ends
    start, goal = int(graph.door_nodes[door[0]]), int(graph.outlet_nodes[outlet[0]])
    if not np.isfinite(distance[start]):
        return None
    nodes = [start]
    while nodes[-1] != goal:
        nodes.append(int(before[nodes[-1]]))
    legs: list[Leg] = []
    for here, there in pairwise(nodes):
        # The graph is reversed: the arc from here to there stands in row there, column here.
        segment = int(graph.segments[there, here]) - 1
        name = street_word(str(network.name[segment])) if segment >= 0 else ""
        metres = float(distance[here] - distance[there])
        if legs and legs[-1].street == name:
            legs[-1] = Leg(name, legs[-1].metres + metres)
        elif metres > 0:
            legs.append(Leg(name, metres))
    xy = [(door[1].x, door[1].y), *(graph.xy[n] for n in nodes[1:-1]), (outlet[1].x, outlet[1].y)]
    return Route(float(distance[start]), tuple(legs), shapely.LineString(np.array(xy)))


def distances_from(graph: RoutingGraph, door: int) -> npt.NDArray[np.float64]:
    """Return the metres from one door to every outlet, inf where there is no way."""
    forward = graph.metres.T.tocsr()
    reach = dijkstra(forward, directed=True, indices=int(graph.door_nodes[door]))
    return np.asarray(reach[graph.outlet_nodes], dtype=np.float64)
