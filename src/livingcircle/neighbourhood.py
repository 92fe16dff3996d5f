"""Know which doors are neighbours along the streets, and what ground belongs to each.

Two doors are neighbours when a walk joins them that passes no other door.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from livingcircle._routing.graph import RoutingGraph
from livingcircle.ground import Ground
from livingcircle.ground import divide
from livingcircle.memory import Memory
from livingcircle.situation import Situation

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

# Doors farther apart than this along the street are not one blind area.
LINK_METRES = 300.0
_LINKS = ("data", "indices", "indptr")
STRAIGHT_LINK_METRES = 100.0


@dataclass(frozen=True)
class Neighbourhood:
    """Know which doors are neighbours and what ground belongs to each on a drawing.

    Attributes
    ----------
    links
        Symmetric doors × doors matrix, non-zero between neighbours.
    ground
        Ground of each door in metres: nearer to it than to any other, and close by.
    points
        Doors in metres.
    water
        Lakes and rivers, where nobody lives.
    """

    links: csr_array
    ground: Ground
    points: Shapes
    water: Shapes


def neighbours_on_streets(graph: RoutingGraph, count: int) -> csr_array:
    """Return which doors are next to each other along the streets."""
    forward = graph.metres.T.tocsr()
    distance, _, source = dijkstra(
        forward,
        directed=True,
        indices=graph.door_nodes,
        limit=LINK_METRES,
        min_only=True,
        return_predecessors=True,
    )
    arcs = forward.tocoo()
    tail, head = arcs.row, arcs.col
    first = int(graph.door_nodes[0]) if count else 0
    # Nobody walks in at one entrance of a shop and out at another.
    known = (head < first + count) & (source[tail] >= first) & (source[head] >= first)
    known &= source[tail] != source[head]
    tail, head, metres = tail[known], head[known], arcs.data[known]
    near = distance[tail] + metres + distance[head] <= LINK_METRES
    return _symmetric(source[tail[near]] - first, source[head[near]] - first, count)


def neighbours_by_line(places: Floats) -> csr_array:
    """Return which doors are close to each other where there are no streets."""
    pairs = cKDTree(places).query_pairs(STRAIGHT_LINK_METRES, output_type="ndarray")
    return _symmetric(pairs[:, 0], pairs[:, 1], len(places))


def _symmetric(a: Ints, b: Ints, count: int) -> csr_array:
    """Return a symmetric matrix with a one for each pair."""
    rows, columns = np.concatenate([a, b]), np.concatenate([b, a])
    return coo_array((np.ones(len(rows)), (rows, columns)), shape=(count, count)).tocsr()


def neighbourhood_of(situation: Situation, memory: Memory | None = None) -> Neighbourhood:
    """Return whose neighbour every door is, and the ground it stands on."""
    memory = Memory() if memory is None else memory
    inputs = situation.network, situation.door_ends, situation.short_cuts, situation.grid
    barriers = situation.district.barriers
    return memory.recall(
        "neighbours",
        (*inputs, situation.door_places, barriers),
        lambda: _neighbourhood(situation, memory),
    )


def _neighbourhood(situation: Situation, memory: Memory) -> Neighbourhood:
    """Find neighbours, and share out the ground."""
    points = np.asarray(situation.grid.project(situation.doors.geometry.to_numpy()), dtype=object)
    network, ends = situation.network, situation.door_ends
    xy = shapely.get_coordinates(points)
    streets: tuple[Any, ...] = ()
    if network is not None and ends is not None and (cuts := situation.short_cuts) is not None:
        laid = ends.owner, ends.segment, ends.along, ends.leg, cuts.place, cuts.node, cuts.length
        streets = *network.parts, *laid

    def make() -> dict[str, npt.NDArray[Any]]:
        graph = situation.door_graph
        links = neighbours_by_line(xy) if graph is None else neighbours_on_streets(graph, len(xy))
        parts = {name: getattr(links, name) for name in _LINKS}
        return {**parts, **divide(points).arrays()}

    kept = memory.prepare("neighbours", (*streets, xy), make)
    links = csr_array(tuple(kept[name] for name in _LINKS), shape=(len(xy), len(xy)))
    barriers = situation.district.barriers
    water = barriers[barriers["kind"] == "river"].geometry.to_numpy()
    water = situation.grid.project(water[shapely.get_dimensions(water) == 2])  # noqa: PLR2004
    return Neighbourhood(links, Ground.of(kept), points, np.asarray(water, dtype=object))
