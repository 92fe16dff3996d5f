"""Find 步行服务盲区: neighbouring doors that all lack a trade, and draw them.

Which doors belong together is decided on the streets: two doors are neighbours when a walk joins
them that passes no other door. The polygon is a drawing made afterwards; it holds every door of
the blind area and no served door, and nothing is ever computed from it.
"""

from dataclasses import dataclass
from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from livingcircle._routing.graph import RoutingGraph

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

# Doors farther apart than this along the street are not one blind area.
LINK_METRES = 300.0
STRAIGHT_LINK_METRES = 100.0
# How far around a door the drawing reaches.
DRAW_METRES = 60.0


@dataclass(frozen=True)
class Neighbourhood:
    """Know which doors are neighbours and what ground belongs to each on a drawing.

    Attributes
    ----------
    links
        Symmetric doors × doors matrix, non-zero between neighbours.
    cells
        Ground of each door in metres: nearer to it than to any other, at most 60 m away.
    points
        Doors in metres.
    """

    links: csr_array
    cells: Shapes
    points: Shapes


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
    known = (source[tail] >= first) & (source[head] >= first)
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


def neighbourhood(links: csr_array, points: Shapes, water: Shapes) -> Neighbourhood:
    """Return doors with their neighbours and their ground, water taken out.

    Doors at the very same place share their ground.
    """
    if len(points) == 0:
        return Neighbourhood(links, np.empty(0, dtype=object), points)
    xy = shapely.get_coordinates(points)
    places, place_of = np.unique(xy, axis=0, return_inverse=True)
    discs = shapely.buffer(shapely.points(places), DRAW_METRES, quad_segs=8)
    cells = discs
    if len(places) > 1:
        # Only the envelope matters; a box has it at no cost.
        reach = 10 * DRAW_METRES
        around = shapely.box(*(places.min(axis=0) - reach), *(places.max(axis=0) + reach))
        drawn = shapely.voronoi_polygons(
            shapely.multipoints(places), extend_to=around, ordered=True
        )
        cells = shapely.intersection(shapely.get_parts(drawn), discs)
    if len(water):
        cells = shapely.difference(cells, shapely.union_all(water))
    return Neighbourhood(links, cells[place_of.ravel()], points)


def group(place: Neighbourhood, lacking: Bools, circle: Ints) -> Ints:
    """Return the blind area number of each door, -1 where it lacks nothing.

    Parameters
    ----------
    place
        Who is whose neighbour.
    lacking
        Doors that lack the trade, shape (doors,).
    circle
        Circle of each door; a blind area stays within one circle, because one circle answers
        for it.
    """
    number = np.full(len(lacking), -1, dtype=np.int64)
    doors = np.flatnonzero(lacking)
    if len(doors) == 0:
        return number
    links = place.links[doors][:, doors].tocoo()
    same = circle[doors][links.row] == circle[doors][links.col]
    kept = coo_array(
        (links.data[same], (links.row[same], links.col[same])), shape=links.shape
    ).tocsr()
    _, labels = connected_components(kept, directed=False)
    number[doors] = labels
    return number


def draw(place: Neighbourhood, members: Ints, served: shapely.STRtree) -> shapely.Geometry | None:
    """Return the polygon of some doors in metres, or None where served doors leave no room."""
    shape = shapely.union_all(place.cells[members])
    for door in np.sort(served.query(shape, predicate="intersects")):
        shape = shapely.difference(shape, served.geometries[door].buffer(1.0))
    shape = shapely.make_valid(shape)
    return None if shape.is_empty else shape


@dataclass(frozen=True)
class People:
    """Count people at each door; NaN where unknown."""

    residents: Floats
    elders: Floats
    infants: Floats

    def total(self, doors: Ints) -> dict[str, float]:
        """Return the people behind some doors; unknown if every one is unknown."""
        return {
            name: float(pd.Series(values[doors]).sum(min_count=1))
            for name, values in (
                ("people", self.residents),
                ("elders", self.elders),
                ("infants", self.infants),
            )
        }


def find_blind_areas(
    place: Neighbourhood,
    lacking: Bools,
    served: Bools,
    circle: Ints,
    people: People,
    metres: Floats,
) -> gpd.GeoDataFrame:
    """Return one row for each blind area of one trade.

    Parameters
    ----------
    place
        Neighbours and ground.
    lacking, served
        Verdict of each door, shape (doors,).
    circle
        Circle number of each door.
    people
        Who lives there.
    metres
        Distance of each door to its nearest outlet, inf where there is none.

    Returns
    -------
    Table with ``members`` (door positions), ``circle``, ``doors``, ``people``, ``elders``,
    ``infants``, ``nearest_m``, ``farthest_m``, ``nearest_door`` and geometry in metres.
    """
    number = group(place, lacking, circle)
    safe = shapely.STRtree(place.points[served])
    order = np.argsort(number, kind="stable")
    ends = np.searchsorted(number[order], np.arange(int(number.max(initial=-1)) + 2))
    rows = []
    for first, last in pairwise(ends):
        doors = order[first:last]
        reach = metres[doors]
        finite = reach[np.isfinite(reach)]
        rows.append(
            {
                "members": doors,
                "circle": int(circle[doors[0]]),
                "doors": len(doors),
                **people.total(doors),
                "nearest_m": float(finite.min()) if len(finite) else np.nan,
                "farthest_m": float(finite.max()) if len(finite) else np.nan,
                "nearest_door": int(doors[np.argmin(reach)]),
                "geometry": draw(place, doors, safe),
            }
        )
    columns = ["members", "circle", "doors", "people", "elders", "infants"]
    columns += ["nearest_m", "farthest_m", "nearest_door", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry")
