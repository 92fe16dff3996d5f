"""Lay a district on its streets: people behind doors, doors and outlets on the network.

A :class:`Situation` is everything that is known before any standard is applied: who lives where,
which unit they belong to, which street they step onto and how far the data reach around them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle._routing.graph import RoutingGraph
from livingcircle._routing.graph import assemble
from livingcircle._routing.readers import Reader
from livingcircle._routing.readers import StraightReader
from livingcircle._routing.readers import StreetReader
from livingcircle._routing.streets import Metric
from livingcircle._routing.streets import Streets
from livingcircle._routing.streets import lay_streets
from livingcircle.attachment import Attachment
from livingcircle.attachment import attach
from livingcircle.circles import Membership
from livingcircle.circles import circle_areas
from livingcircle.circles import find_members
from livingcircle.coordinates import LocalGrid
from livingcircle.district import District
from livingcircle.errors import AssessmentError
from livingcircle.network import Network
from livingcircle.network import build_network
from livingcircle.residents import settle
from livingcircle.walkers import Walker

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

# Buildings whose stated use is none of these have no residents and are not doors.
RESIDENTIAL = ("", "住宅", "商住", "宿舍", "公寓", "平房")


@dataclass(frozen=True)
class Situation:
    """Hold a district on its streets.

    Attributes
    ----------
    district, grid, walker
        What is described, on which metre grid, for whom.
    areas
        Circle boundaries in degrees.
    members
        Community and circle of each door and outlet.
    doors
        Residential doors with people; index ``door_id``.
    network, graph
        Streets and routing graph; None where the district has no street data.
    reader
        Answers distances.
    door_ends, outlet_ends
        Where entrances meet the street; None without streets.
    off_network, shut_in
        Doors that reach no street, or only a part cut off from the rest.
    off_street
        Outlets that no street leads to; all False without streets.
    edge_metres
        Straight metres from each door to where the data end.
    notes
        Sentences on what was modelled or left out.
    """

    district: District
    grid: LocalGrid
    walker: Walker
    areas: gpd.GeoSeries
    members: Membership
    doors: gpd.GeoDataFrame
    network: Network | None
    graph: RoutingGraph | None
    reader: Reader
    door_ends: Attachment | None
    outlet_ends: Attachment | None
    off_network: Bools
    shut_in: Bools
    off_street: Bools
    edge_metres: Floats
    notes: tuple[str, ...]


def lay_out(district: District, walker: Walker, *, at: str = "10:00") -> Situation:
    """Return a district on its streets.

    Raises
    ------
    AssessmentError
        If there is nobody to assess: neither doors nor communities with people.
    """
    # Where people are registered people live, whatever the building is called.
    lived_in = (district.doors["residents"] > 0).fillna(value=False)
    homes = district.doors[district.doors["use"].isin(RESIDENTIAL) | lived_in]
    areas = circle_areas(district)
    settled = _settle(district, homes, areas)
    grid = _grid(district)
    members = settled.members
    network, graph, ends, streets = _network(district, settled.doors, grid, walker, at)
    count = len(settled.doors)
    off, shut = _cut_off(network, ends[0], count)
    points = np.asarray(grid.project(settled.doors.geometry.to_numpy()), dtype=object)
    reader: Reader
    if streets is None:
        shops = np.asarray(grid.project(district.outlets.geometry.to_numpy()), dtype=object)
        places = shapely.get_coordinates(points), shapely.get_coordinates(shops)
        reader = StraightReader(*places, walker.metres_per_minute)
    else:
        reader = StreetReader(streets)
    return Situation(
        district=district,
        grid=grid,
        walker=walker,
        areas=areas,
        members=members,
        doors=settled.doors,
        network=network,
        graph=graph,
        reader=reader,
        door_ends=ends[0],
        outlet_ends=ends[1],
        off_network=off,
        shut_in=shut,
        off_street=_cut_off(network, ends[1], len(district.outlets))[0],
        edge_metres=_edge_metres(district, points, grid),
        notes=settled.notes,
    )


@dataclass(frozen=True)
class _Homes:
    """Hold doors, their units and the notes made on the way."""

    doors: gpd.GeoDataFrame
    members: Membership
    notes: tuple[str, ...]


def _settle(district: District, homes: gpd.GeoDataFrame, areas: gpd.GeoSeries) -> _Homes:
    """Put people behind doors, then find everyone's units."""
    first = find_members(replace(district, doors=homes), areas)
    settled = settle(homes, first.door_community, district.communities)
    if len(settled.doors) == 0:
        raise AssessmentError(
            "没有居民楼门，也没有带人口和边界的社区，算不出谁受影响",
            remedy="在 district.toml 里加上 [[doors]] 或给 [[communities]] 填常住人口和边界",
        )
    ids = pd.Series(district.communities.index, dtype="str")
    stated = ids.reindex(settled.community).fillna("").to_numpy()
    doors = settled.doors.assign(community=stated)
    members = find_members(replace(district, doors=doors), areas)
    notes = list(settled.notes)
    left = len(district.doors) - len(homes)
    if left:
        notes.append(f"{left}栋非居住建筑不算楼门")
    outside = int((members.door_community < 0).sum())
    if outside and len(district.communities):
        notes.append(f"{outside}个楼门不在任何社区里，只计入全区")
    nobody = int(doors["residents"].isna().sum())
    if nobody:
        notes.append(f"{nobody}个楼门不知道住了多少人，不计入人数")
    return _Homes(doors, members, tuple(notes))


def _grid(district: District) -> LocalGrid:
    """Return the metre grid around the doors, or whatever else is placed."""
    for table in (district.doors, district.communities, district.streets):
        known = table.geometry.dropna()
        if len(known):
            return LocalGrid.around(known)
    raise AssessmentError("没有一个图层带坐标", remedy="检查 district.toml 里的文件")


def _network(
    district: District, doors: gpd.GeoDataFrame, grid: LocalGrid, walker: Walker, at: str
) -> tuple[
    Network | None,
    RoutingGraph | None,
    tuple[Attachment | None, Attachment | None],
    Mapping[Metric, Streets] | None,
]:
    """Build the network and attach everybody to it; nothing where there are no streets."""
    if len(district.streets) == 0:
        return None, None, (None, None), None
    network = build_network(
        district.streets,
        grid=grid,
        walker=walker,
        junctions=district.junctions,
        gates=district.gates,
        barriers=district.barriers,
        at=at,
    )
    points, owner, inside = _entrances(district, doors, "door", grid)
    out = attach(network, points, owner, residents=True)
    # A compound's entrance is not the building's door: the walk to it counts in full.
    out = replace(out, leg=out.leg + inside)
    points, owner, _ = _entrances(district, district.outlets, "outlet", grid)
    into = attach(network, points, owner, residents=False)
    compounds = doors["compound"].fillna("").to_numpy(dtype=object)
    counts = len(doors), len(district.outlets)
    streets = lay_streets(network, out, into, counts, compounds)
    graph = assemble(network, out, into, counts, streets["metres"].short_cuts)
    return network, graph, (out, into), streets


def _entrances(
    district: District, owners: gpd.GeoDataFrame, kind: str, grid: LocalGrid
) -> tuple[Shapes, Ints, Floats]:
    """Return every entrance in metres, whose it is, and how far from its building it stands.

    A building without any is its own entrance; only a compound's entrance stands apart.
    """
    entrances = district.entrances[district.entrances["of"] == kind]
    owner = owners.index.get_indexer(pd.Index(entrances["of_id"]))
    shapes = [entrances.geometry.to_numpy()[owner >= 0]]
    numbers = [owner[owner >= 0]]
    if kind == "door":
        shared = district.entrances[district.entrances["of"] == "compound"]
        pairs = shared[["of_id"]].assign(point=shared.geometry.to_numpy())
        doors = pd.DataFrame({"of_id": owners["compound"].to_numpy(), "n": range(len(owners))})
        doors = doors[(doors["of_id"] != "") & ~doors["n"].isin(numbers[0])]
        joined = doors.merge(pairs, on="of_id")
        shapes.append(joined["point"].to_numpy(dtype=object))
        numbers.append(joined["n"].to_numpy(dtype=np.int64))
    rest = np.setdiff1d(np.arange(len(owners)), np.concatenate(numbers))
    shapes.append(owners.geometry.to_numpy()[rest])
    numbers.append(rest)
    points = np.asarray(grid.project(np.concatenate(shapes).astype(object)), dtype=object)
    owned = np.concatenate(numbers).astype(np.int64)
    apart = np.zeros(len(owned))
    if kind == "door":
        shared = slice(len(numbers[0]), len(numbers[0]) + len(numbers[1]))
        homes = grid.project(owners.geometry.to_numpy()[owned[shared]])
        apart[shared] = shapely.distance(points[shared], np.asarray(homes, dtype=object))
    return points, owned, apart


def _cut_off(network: Network | None, ends: Attachment | None, count: int) -> tuple[Bools, Bools]:
    """Return places without any street, and places on a part cut off from the main one."""
    if network is None or ends is None:
        none = np.zeros(count, dtype=np.bool_)
        return none, none.copy()
    on_street = ends.segment >= 0
    leads_out = on_street & ~network.shut_in[ends.segment]
    attached, on_main = (np.zeros(count, dtype=np.bool_) for _ in range(2))
    attached[ends.owner[on_street]] = True
    on_main[ends.owner[leads_out]] = True
    return ~attached, attached & ~on_main


def _edge_metres(district: District, points: Shapes, grid: LocalGrid) -> Floats:
    """Return how far each door is from where the data end; 0 outside, inf without an end."""
    if district.extent is None:
        return np.full(len(points), np.inf)
    extent = grid.project(district.extent)
    inside = shapely.intersects(extent, points)
    return np.where(inside, shapely.distance(shapely.boundary(extent), points), 0.0)
