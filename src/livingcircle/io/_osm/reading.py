"""Read an OpenStreetMap file once and keep only the objects that matter to a living circle."""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import osmium
import shapely
from osmium.filter import EntityFilter
from osmium.filter import KeyFilter
from osmium.osm import AREA
from osmium.osm import NODE
from osmium.osm import WAY

from livingcircle.errors import InputError
from livingcircle.io._osm.streets import RawWay
from livingcircle.io._osm.walking import Tags
from livingcircle.trades import TRADES

_LINE_KEYS = ("highway", "railway", "public_transport", "man_made", "barrier", "waterway")
_AREA_KEYS = ("building", "natural", "landuse", "waterway", "boundary")
_NODE_KEYS = ("highway", "barrier", "entrance", "natural")
# Standing alone on the map rather than dragged in by a route that passes through.
_PLACE_KEYS = frozenset({"shop", "amenity", "office", "tourism", "leisure", "natural", "craft"})
_THROUGH_KEYS = frozenset({"public_transport", "railway", "highway"})


@dataclass(frozen=True)
class RawPlace:
    """Hold one tagged node or area; ``key`` is ``"n1"``, ``"w2"`` or ``"r3"``."""

    key: str
    tags: Tags
    geometry: shapely.Geometry


@dataclass(frozen=True)
class RawOsm:
    """Hold the objects of one file, untouched by any rule about walking or trades."""

    ways: list[RawWay] = field(default_factory=list)
    areas: list[RawPlace] = field(default_factory=list)
    nodes: dict[int, RawPlace] = field(default_factory=dict)
    box: tuple[float, float, float, float] | None = None

    @property
    def node_tags(self) -> dict[int, Tags]:
        """Return the tags of the nodes that have any we know."""
        return {number: node.tags for number, node in self.nodes.items()}

    def lone_places(self) -> list[shapely.Point]:
        """Return places that stand alone: they show what the extract was cut to."""
        used = {ref for way in self.ways for ref in way.refs}
        return [
            node.geometry
            for number, node in self.nodes.items()
            if number not in used
            and not _PLACE_KEYS.isdisjoint(node.tags)
            and _THROUGH_KEYS.isdisjoint(node.tags)
        ]


def trade_keys() -> frozenset[str]:
    """Return the tag keys that any trade of the catalogue is told by."""
    rules = (rule for trade in TRADES.values() for rule in trade.osm)
    return frozenset(part.split("=")[0] for rule in rules for part in rule.split("&"))


def read_raw(path: Path) -> RawOsm:
    """Read every object that may matter.

    Raises
    ------
    InputError
        If the file is missing, is not OpenStreetMap data, is cut short, or holds nothing.
    """
    if not path.is_file():
        what = "找不到这个 OpenStreetMap 文件"
        raise InputError(what, where=str(path), remedy="检查文件名和路径")
    try:
        ways, nodes = _read_lines(path)
        areas = _read_areas(path, ways)
        box = _box(path)
    except (RuntimeError, ValueError, OSError) as error:
        what = f"不是完整的 OpenStreetMap 文件（{error}）"
        raise InputError(
            what, where=path.name, remedy="重新下载，文件名以 .osm.pbf 结尾"
        ) from error
    if not ways and not nodes and not areas:
        what = "文件里没有道路、建筑或网点"
        raise InputError(what, where=path.name, remedy="换一个覆盖本区的 OpenStreetMap 提取文件")
    return RawOsm(ways, areas, nodes, box)


def _box(path: Path) -> tuple[float, float, float, float] | None:
    """Return the bounding box that the file states, if it states one."""
    with osmium.io.Reader(str(path)) as reader:
        box = reader.header().box()
    if not box.valid():
        return None
    low, high = box.bottom_left, box.top_right
    return (low.lon, low.lat, high.lon, high.lat)


def _read_lines(path: Path) -> tuple[list[RawWay], dict[int, RawPlace]]:
    """Read what lies along lines, and the nodes that say something."""
    keys = sorted({*_LINE_KEYS, *_NODE_KEYS, *trade_keys()})
    reader = (
        osmium.FileProcessor(str(path), NODE | WAY).with_locations().with_filter(KeyFilter(*keys))
    )
    factory = osmium.geom.WKBFactory()
    ways: list[tuple[str, Tags, list[int], str] | RawWay] = []
    nodes, places = {}, []
    for item in reader:
        if item.is_node():
            if not item.location.valid():  # beyond the 180th meridian: no place on earth
                continue
            places.append((item.id, dict(item.tags), item.lon, item.lat))
        elif any(key in item.tags for key in _LINE_KEYS):
            drawn = _drawn(item, factory)
            if isinstance(drawn, RawWay):
                ways.append(drawn)
            else:
                ways.append((f"w{item.id}", dict(item.tags), *drawn))
    points = shapely.points([place[2:] for place in places]) if places else []
    for (number, tags, _, _), point in zip(places, points, strict=True):
        nodes[number] = RawPlace(f"n{number}", tags, point)
    return _ways(ways), nodes


def _drawn(item: osmium.osm.Way, factory: osmium.geom.WKBFactory) -> tuple[list[int], str] | RawWay:
    """Return a way's node numbers and its line; a way that lacks nodes as it stands."""
    try:
        line = factory.create_linestring(item, osmium.geom.use_nodes.ALL)
    except (osmium.InvalidLocationError, RuntimeError):  # nodes missing, or fewer than two
        nodes = [(n.ref, n.location) for n in item.nodes]
        return _torn_way(f"w{item.id}", dict(item.tags), nodes)
    return [node.ref for node in item.nodes], line


def _ways(found: list[tuple[str, Tags, list[int], str] | RawWay]) -> list[RawWay]:
    """Draw the lines of all ways at once."""
    lines = shapely.from_wkb([one[3] for one in found if not isinstance(one, RawWay)])
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    cuts = np.searchsorted(owner, np.arange(len(lines) + 1)).tolist()
    lons, lats = xy.T.tolist() if len(xy) else ([], [])
    ways, number = [], 0
    for one in found:
        if isinstance(one, RawWay):
            ways.append(one)
            continue
        key, tags, refs, _ = one
        here = slice(cuts[number], cuts[number + 1])
        ways.append(RawWay(key, tags, refs, lons[here], lats[here]))
        number += 1
    return ways


def _torn_way(key: str, tags: Tags, nodes: list[tuple[int, osmium.osm.Location]]) -> RawWay:
    """Return a way some of whose nodes the file does not hold."""
    known = np.array([place.valid() for _, place in nodes], dtype=np.bool_)
    gaps = np.cumsum(known)[~known]
    kept = [(ref, place.lon, place.lat) for ref, place in nodes if place.valid()]
    refs, lons, lats = map(list, zip(*kept, strict=True)) if kept else ([], [], [])
    return RawWay(key, tags, refs, lons, lats, frozenset(gaps.tolist()))


def _read_areas(path: Path, ways: list[RawWay]) -> list[RawPlace]:
    """Read closed ways and multipolygons; outlines of squares join the ways."""
    wanted = KeyFilter(*sorted({*_AREA_KEYS, *trade_keys(), "highway"}))
    reader = (
        osmium.FileProcessor(str(path))
        .with_areas(wanted)
        .with_filter(EntityFilter(AREA))
        .with_filter(wanted)
    )
    factory = osmium.geom.WKBFactory()
    found, shapes = [], []
    for item in reader:
        key, tags = f"{'w' if item.from_way() else 'r'}{item.orig_id()}", dict(item.tags)
        if "highway" in tags and not item.from_way():
            ways.extend(_outlines(item, key, tags))
        if item.num_rings()[0]:
            found.append((key, tags))
            shapes.append(factory.create_multipolygon(item))
    return [
        RawPlace(key, tags, shape)
        for (key, tags), shape in zip(found, _polygons(shapes), strict=True)
    ]


def _polygons(wkb: list[str]) -> npt.NDArray[np.object_]:
    """Turn multipolygons of one part into polygons."""
    shapes = np.asarray(shapely.from_wkb(wkb), dtype=object)
    single = shapely.get_num_geometries(shapes) == 1
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return shapes


def _outlines(item: osmium.osm.Area, key: str, tags: Tags) -> Iterator[RawWay]:
    """Yield the outlines of a square drawn as a relation, as ways to walk along."""
    rings = [ring for outer in item.outer_rings() for ring in (outer, *item.inner_rings(outer))]
    for number, ring in enumerate(rings):
        refs, lons, lats = zip(*((node.ref, node.lon, node.lat) for node in ring), strict=True)
        yield RawWay(f"{key}-{number}", tags, list(refs), list(lons), list(lats))
