"""Lay a district on its streets: people behind doors, doors and outlets on the network.

A :class:`Situation` is everything that is known before any standard is applied: who lives where,
which unit they belong to, which street they step onto and how far the data reach around them.
"""

from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property
from functools import partial

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle._routing.graph import RoutingGraph
from livingcircle._routing.graph import assemble
from livingcircle._routing.links import Links
from livingcircle._routing.ordering import order_streets
from livingcircle._routing.ordering import packed
from livingcircle._routing.ordering import relaid
from livingcircle._routing.ordering import unpacked
from livingcircle._routing.readers import Reader
from livingcircle._routing.readers import StraightReader
from livingcircle._routing.readers import StreetReader
from livingcircle._routing.streets import Metric
from livingcircle._routing.streets import Streets
from livingcircle._routing.streets import lay_streets
from livingcircle._routing.streets import towards
from livingcircle.attachment import NO_ENDS
from livingcircle.attachment import Attachment
from livingcircle.circles import Membership
from livingcircle.circles import circle_areas
from livingcircle.circles import circles_of
from livingcircle.circles import door_communities
from livingcircle.circles import outlet_units
from livingcircle.coordinates import LocalGrid
from livingcircle.district import District
from livingcircle.entrances import attached
from livingcircle.entrances import coordinates_of
from livingcircle.entrances import entrances_of
from livingcircle.entrances import points_of
from livingcircle.errors import AssessmentError
from livingcircle.memory import Memory
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
    door_places
        Their longitude and latitude, shape (doors, 2).
    network
        The streets; None where the district has no street data.
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
    door_places: Floats
    network: Network | None
    reader: Reader
    door_ends: Attachment | None
    outlet_ends: Attachment | None
    off_network: Bools
    shut_in: Bools
    off_street: Bools
    edge_metres: Floats
    notes: tuple[str, ...]

    @cached_property
    def graph(self) -> RoutingGraph | None:
        """Return the graph that walks are told from; None where there are no street data."""
        return self._graph(self.outlet_ends, len(self.district.outlets))

    @property
    def short_cuts(self) -> Links | None:
        """Return the ways of residents through their own gates; None without streets."""
        if not isinstance(self.reader, StreetReader):
            return None
        return self.reader.streets["metres"].short_cuts

    @property
    def door_graph(self) -> RoutingGraph | None:
        """Return the graph without any outlet: who is whose neighbour does not depend on them."""
        return self._graph(NO_ENDS, 0)

    def _graph(self, outlet_ends: Attachment | None, count: int) -> RoutingGraph | None:
        """Return the graph of streets, doors and some outlets."""
        if self.network is None or self.door_ends is None or outlet_ends is None:
            return None
        assert self.short_cuts is not None  # noqa: S101 - streets and ends come together
        counts = len(self.doors), count
        return assemble(self.network, self.door_ends, outlet_ends, counts, self.short_cuts)


def lay_out(
    district: District, walker: Walker, *, at: str = "10:00", memory: Memory | None = None
) -> Situation:
    """Return a district on its streets.

    Parameters
    ----------
    district, walker
        What is described, for whom.
    at
        Hour at which gates are judged, ``"HH:MM"``.
    memory
        What was laid out before; only what has changed since is laid out anew.

    Raises
    ------
    AssessmentError
        If there is nobody to assess: neither doors nor communities with people.
    """
    memory = Memory() if memory is None else memory
    land = district.communities, district.circles, district.circle_members
    areas = memory.recall("areas", land, lambda: circle_areas(district))
    homes = memory.recall(
        "homes", (district.doors, areas), lambda: _settle(district, areas, memory)
    )
    grid = _grid(district, memory)
    places = _door_places(homes.doors, memory)
    laid = _lay_streets(district, homes.doors, places, (grid, walker, at), memory)
    edge = memory.recall_rows(
        "edge", (district.extent, grid), places, lambda some: _edge(district, places[some], grid)
    )
    ends, count = laid.outlet_ends, len(district.outlets)
    off_street = memory.recall(
        "off street", (laid.network, ends, count), lambda: _cut_off(laid.network, ends, count)[0]
    )
    return Situation(
        district=district,
        grid=grid,
        walker=walker,
        areas=areas,
        members=_members(replace(district, doors=homes.doors), homes, (areas, places), memory),
        doors=homes.doors,
        door_places=places,
        network=laid.network,
        reader=laid.reader,
        door_ends=laid.door_ends,
        outlet_ends=laid.outlet_ends,
        off_network=laid.off_network,
        shut_in=laid.shut_in,
        off_street=off_street,
        edge_metres=edge[0],
        notes=homes.notes,
    )


def _door_places(doors: gpd.GeoDataFrame, memory: Memory) -> Floats:
    """Return where doors are; other people at the same places leave the very same array."""
    places = memory.recall("doors placed", (doors,), lambda: coordinates_of(doors.geometry))
    return memory.recall("door places", (places,), lambda: places)


@dataclass(frozen=True)
class _Homes:
    """Hold doors, their units and the notes made on the way."""

    doors: gpd.GeoDataFrame
    community: Ints
    circle: Ints
    notes: tuple[str, ...]


def _settle(district: District, areas: gpd.GeoSeries, memory: Memory) -> _Homes:
    """Put people behind doors, then find everyone's units.

    Where they live does not depend on how many they are, so it is remembered by place.
    """
    # Where people are registered people live, whatever the building is called.
    lived_in = (district.doors["residents"] > 0).fillna(value=False)
    homes = district.doors[district.doors["use"].isin(RESIDENTIAL) | lived_in]
    stand = coordinates_of(homes.geometry), homes["community"].array
    community = memory.recall(
        "door communities",
        (district.communities, *stand),
        lambda: door_communities(district, homes),
    )
    settled = settle(homes, community, district.communities)
    if len(settled.doors) == 0:
        raise AssessmentError(
            "没有居民楼门，也没有带人口和边界的社区，算不出谁受影响",
            remedy="在 district.toml 里加上 [[doors]] 或给 [[communities]] 填常住人口和边界",
        )
    ids = pd.Series(district.communities.index, dtype="str")
    stated = ids.reindex(settled.community).fillna("").to_numpy()
    doors = settled.doors.assign(community=stated)
    community = settled.community
    circle = memory.recall(
        "door circles",
        (areas, coordinates_of(doors.geometry), community),
        lambda: circles_of(doors.geometry, district, areas, community),
    )
    notes = list(settled.notes)
    left = len(district.doors) - len(homes)
    if left:
        notes.append(f"{left}栋非居住建筑不算楼门")
    outside = int((community < 0).sum())
    if outside and len(district.communities):
        notes.append(f"{outside}个楼门不在任何社区里，只计入全区")
    nobody = int(doors["residents"].isna().sum())
    if nobody:
        notes.append(f"{nobody}个楼门不知道住了多少人，不计入人数")
    return _Homes(doors, community, circle, tuple(notes))


def _members(
    district: District, homes: _Homes, where: tuple[gpd.GeoSeries, Floats], memory: Memory
) -> Membership:
    """Return the units of doors and outlets; ``district`` holds the doors that are lived in.

    ``where`` are the areas of circles and the places of doors.
    """
    outlets, (areas, _) = district.outlets.geometry, where
    belt = outlets.index.isin(district.belt)
    found = memory.recall_rows(
        "outlet units",
        (*where, homes.community),
        np.column_stack([coordinates_of(outlets), belt]),
        lambda some: outlet_units(district, outlets.iloc[some], areas, homes.community),
    )
    lived_in = homes.community, homes.circle
    return memory.recall(
        "members",
        (areas, *lived_in, found),
        lambda: Membership(district.communities.index, areas.index, *lived_in, *found),
    )


def _grid(district: District, memory: Memory) -> LocalGrid:
    """Return the metre grid around the doors, or whatever else is placed."""
    layers = district.doors, district.communities, district.streets

    def around() -> LocalGrid:
        placed = [known for layer in layers if len(known := layer.geometry.dropna())]
        if not placed:
            raise AssessmentError("没有一个图层带坐标", remedy="检查 district.toml 里的文件")
        return LocalGrid.around(placed[0])

    grid = memory.recall("grid around", layers, around)
    return memory.recall("grid", (grid.lon0, grid.lat0), lambda: grid)


@dataclass(frozen=True)
class _Laid:
    """Hold the streets with everybody on them; only the reader where there are no streets."""

    network: Network | None
    reader: Reader
    door_ends: Attachment | None
    outlet_ends: Attachment | None
    off_network: Bools
    shut_in: Bools


def _lay_streets(
    district: District,
    doors: gpd.GeoDataFrame,
    places: Floats,
    walk: tuple[LocalGrid, Walker, str],
    memory: Memory,
) -> _Laid:
    """Build the network and attach everybody to it; measure straight where there are no streets."""
    grid, walker, _ = walk
    if len(district.streets) == 0:
        homes, shops = (
            grid.project_pairs(some) for some in (places, coordinates_of(district.outlets.geometry))
        )
        straight = StraightReader(homes, shops, walker.metres_per_minute)
        return _Laid(None, straight, None, None, *_cut_off(None, None, len(doors)))
    network = _network(district, walk, memory)
    ends = []
    for kind, owners, stand in (
        ("door", doors, places),
        ("outlet", district.outlets, coordinates_of(district.outlets.geometry)),
    ):
        behind = () if kind == "outlet" else (doors["compound"].array,)
        entrances = memory.recall(
            f"entrances of {kind}s",
            (district.entrances, owners.index.array, stand, *behind),
            partial(entrances_of, district, owners, kind),
        )
        ends.append(attached(network, entrances, memory, residents=kind == "door"))
    out, into = ends
    compounds = memory.recall(
        "compounds",
        (doors["compound"].array,),
        lambda: doors["compound"].fillna("").to_numpy(dtype=object),
    )
    # Ways from doors do not depend on outlets; these are joined on afterwards.
    ways = memory.recall(
        "ways", (network, out, compounds), lambda: _ways(network, out, compounds, memory)
    )
    count = len(district.outlets)
    reader = memory.recall(
        "reader",
        (ways, network, into, count),
        lambda: StreetReader({m: towards(way, network, into, count) for m, way in ways.items()}),
    )
    off, shut = memory.recall(
        "cut off", (network, out, len(doors)), lambda: _cut_off(network, out, len(doors))
    )
    return _Laid(network, reader, out, into, off, shut)


def _ways(
    network: Network, doors: Attachment, compounds: npt.NDArray[np.object_], memory: Memory
) -> dict[Metric, Streets]:
    """Return the streets ready for searching, from an earlier run or from the file if possible."""
    before = memory.last("ways")
    if before is not None:
        old: Network = before.inputs[0]
        orders = relaid(network, old, before.made)
    else:
        kept = memory.prepare("ways", network.parts, lambda: packed(order_streets(network)))
        orders = unpacked(kept)
    return lay_streets(network, orders, doors, compounds)


def _network(district: District, walk: tuple[LocalGrid, Walker, str], memory: Memory) -> Network:
    """Return the streets of the walker at the hour."""
    grid, walker, at = walk
    layers = district.streets, district.junctions, district.gates, district.barriers
    streets, junctions, gates, barriers = layers
    return memory.recall(
        "network",
        (*layers, *walk),
        lambda: build_network(
            streets,
            grid=grid,
            walker=walker,
            junctions=junctions,
            gates=gates,
            barriers=barriers,
            at=at,
        ),
    )


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


def _edge(district: District, lonlat: Floats, grid: LocalGrid) -> tuple[Floats]:
    """Return how far places are from where the data end; 0 outside, inf without an end."""
    if district.extent is None:
        return (np.full(len(lonlat), np.inf),)
    extent, points = grid.project(district.extent), points_of(lonlat, grid)
    inside = shapely.intersects(extent, points)
    return (np.where(inside, shapely.distance(shapely.boundary(extent), points), 0.0),)
