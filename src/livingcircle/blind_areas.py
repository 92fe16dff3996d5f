"""Find 步行服务盲区: neighbouring doors that all lack a trade, and draw them.

Which doors belong together is decided on the streets: two doors are neighbours when a walk joins
them that passes no other door. The polygon is a drawing made afterwards; it holds every door of
the blind area and no served door, and nothing is ever computed from it.
"""

from collections import Counter
from collections.abc import Mapping
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
from livingcircle.access import Access
from livingcircle.door_verdicts import Judged
from livingcircle.ground import Ground
from livingcircle.ground import divide
from livingcircle.residents import People
from livingcircle.residents import people_of
from livingcircle.situation import Situation
from livingcircle.units import unit_names
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import SERVED

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

# Doors farther apart than this along the street are not one blind area.
LINK_METRES = 300.0
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


def neighbourhood_of(situation: Situation) -> Neighbourhood:
    """Return whose neighbour every door is, and the ground it stands on."""
    points = situation.grid.project(situation.doors.geometry.to_numpy())
    graph = situation.door_graph
    if graph is None:
        links = neighbours_by_line(shapely.get_coordinates(points))
    else:
        links = neighbours_on_streets(graph, len(points))
    barriers = situation.district.barriers
    water = barriers[barriers["kind"] == "river"].geometry.to_numpy()
    water = situation.grid.project(water[shapely.get_dimensions(water) == 2])  # noqa: PLR2004
    points = np.asarray(points, dtype=object)
    return Neighbourhood(links, divide(points), points, np.asarray(water, dtype=object))


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


def draw(place: Neighbourhood, number: Ints, served: Bools) -> Shapes:
    """Return the polygon of each blind area in metres, None where served doors leave no room.

    Parameters
    ----------
    place
        What ground belongs to each door.
    number
        Blind area of each door, -1 for none, shape (doors,).
    served
        Doors that no drawing may hold, shape (doors,).
    """
    members = np.flatnonzero(number >= 0)
    shapes = place.ground.outlines(members, number[members], int(number.max(initial=-1)) + 1)
    safe = place.points[served]
    for others, apart in ((place.water, 0.0), (safe, 1.0)):
        hits = shapely.STRtree(others).query(shapes, predicate="intersects")
        for shape, other in hits[:, np.lexsort(hits[::-1])].T:
            shapes[shape] = shapely.difference(shapes[shape], others[other].buffer(apart))
    shapes[shapely.is_empty(shapes)] = None
    return shapes


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
    shapes = draw(place, number, served)
    order = np.argsort(number, kind="stable")
    ends = np.searchsorted(number[order], np.arange(int(number.max(initial=-1)) + 2))
    areas = [order[first:last] for first, last in pairwise(ends)]
    rows = []
    for doors, shape in zip(areas, shapes, strict=True):
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
                "geometry": shape,
            }
        )
    columns = ["members", "circle", "doors", "people", "elders", "infants"]
    columns += ["nearest_m", "farthest_m", "nearest_door", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), geometry="geometry")


def blind_area_table(
    situation: Situation,
    access: Access,
    place: Neighbourhood,
    judged: Mapping[str, Judged],
) -> gpd.GeoDataFrame:
    """Return one row for each blind area of each service, people first."""
    people = people_of(situation.doors)
    circle = situation.members.door_circle
    streets = _streets_of_doors(situation)
    parts = []
    for one in judged.values():
        lacking, served = one.doors.are(LACKING), one.doors.are(SERVED)
        found = find_blind_areas(place, lacking, served, circle, people, one.doors.metres)
        if len(found):
            parts.append(
                _named(situation, access, one, found, streets).assign(trade=one.service.trades[0])
            )
    columns = ["circle_id", "circle_name", "community_names", "trade", "trade_name", "tier"]
    columns += ["requirement_id", "radius_m"]
    columns += ["doors", "people", "elders", "infants", "nearest_m", "farthest_m"]
    columns += ["nearest_outlet_id", "nearest_name", "place", "geometry"]
    if not parts:
        return gpd.GeoDataFrame(
            pd.DataFrame(columns=columns, index=pd.Index([], name="blind_area_id", dtype="str")),
            geometry="geometry",
            crs="EPSG:4326",
        )
    table = pd.concat(parts, ignore_index=True)
    table = table.sort_values(
        ["people", "doors", "requirement_id", "place"], ascending=[False, False, True, True]
    )
    table.index = pd.Index([f"B{n:04d}" for n in range(1, len(table) + 1)], name="blind_area_id")
    return gpd.GeoDataFrame(table[columns], geometry="geometry", crs="EPSG:4326")


def _named(
    situation: Situation,
    access: Access,
    one: Judged,
    found: gpd.GeoDataFrame,
    streets: list[list[str]],
) -> pd.DataFrame:
    """Give blind areas the names people know them by."""
    names = unit_names(situation)
    circles = np.append(situation.members.circles.to_numpy(dtype=object), "")
    outlets = situation.district.outlets
    outlet_of = np.append(outlets.index.to_numpy(dtype=object), "")
    outlet_name = np.append(outlets["name"].to_numpy(dtype=object), "")
    door = found["nearest_door"].to_numpy(dtype=np.int64)
    need = one.doors.need[door]
    nearest = [
        access.columns[n].outlet[d] if n >= 0 else -1 for n, d in zip(need, door, strict=True)
    ]
    communities = [
        _communities(situation, members, names["community"]) for members in found["members"]
    ]
    shapes = situation.grid.unproject(found.geometry.to_numpy())
    return pd.DataFrame(
        {
            "circle_id": circles[found["circle"]],
            "circle_name": [
                names["circle"].get(c, "不在任何生活圈") for c in circles[found["circle"]]
            ],
            "community_names": communities,
            "trade_name": one.title,
            "tier": one.tier,
            "requirement_id": one.service.requirement_id,
            "radius_m": one.service.far if np.isfinite(one.service.far) else np.nan,
            "doors": found["doors"].to_numpy(),
            "people": found["people"].round(1).to_numpy(),
            "elders": found["elders"].round(1).to_numpy(),
            "infants": found["infants"].round(1).to_numpy(),
            "nearest_m": found["nearest_m"].round(1).to_numpy(),
            "farthest_m": found["farthest_m"].round(1).to_numpy(),
            "nearest_outlet_id": outlet_of[nearest],
            "nearest_name": outlet_name[nearest],
            "place": [_place(streets, members) for members in found["members"]],
            "geometry": shapes,
        }
    )


def _communities(situation: Situation, members: Ints, names: dict[str, str]) -> str:
    """Return the communities of some doors, the one with most doors first."""
    number = situation.members.door_community[members]
    ids = situation.members.communities
    counted = Counter(number[number >= 0].tolist())
    order = sorted(counted, key=lambda n: (-counted[n], n))
    return "、".join(names[ids[n]] for n in order)


def _streets_of_doors(situation: Situation) -> list[list[str]]:
    """Return the named streets that each door's entrances open onto."""
    streets: list[list[str]] = [[] for _ in range(len(situation.doors))]
    ends, network = situation.door_ends, situation.network
    if ends is not None and network is not None:
        on = ends.segment >= 0
        for door, name in zip(ends.owner[on], network.name[ends.segment[on]], strict=True):
            if not name.isascii():
                streets[door].append(name)
    return streets


def _place(streets: list[list[str]], members: Ints) -> str:
    """Return the streets some doors open onto, at most three."""
    counted = Counter(name for door in members for name in streets[door])
    order = sorted(counted, key=lambda s: (-counted[s], s))[:3]
    return "、".join(order) + "一带" if order else ""
