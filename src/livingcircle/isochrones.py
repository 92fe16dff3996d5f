"""Draw how far one gets on foot: from doors, towards outlets, from any point, thousands at a time.

What is measured are partial edges: the exact stretches of street within a limit, to the
millimetre, one-way stairs, gates and crossings kept. The polygon is a picture of them: all ground
within a margin of a reached stretch. No verdict is ever read off it.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import replace
from types import MappingProxyType
from typing import Literal
from typing import Protocol

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle._kernels.contours import look_up
from livingcircle._routing.bands import as_shapes
from livingcircle._routing.bands import bounds_of
from livingcircle._routing.bands import draw_exactly
from livingcircle._routing.bands import draw_on_grid
from livingcircle._routing.hierarchy import THREADS
from livingcircle._routing.links import Links
from livingcircle._routing.links import Metric
from livingcircle._routing.links import whole
from livingcircle._routing.partial_edges import Reached
from livingcircle._routing.partial_edges import lay_ground
from livingcircle._routing.partial_edges import place_sources
from livingcircle._routing.partial_edges import reach
from livingcircle._routing.partial_edges import scratch
from livingcircle._routing.readers import StreetReader
from livingcircle.attachment import Attachment
from livingcircle.attachment import attach
from livingcircle.coordinates import LocalGrid
from livingcircle.errors import InputError
from livingcircle.errors import NetworkError
from livingcircle.network import Network
from livingcircle.situation import Situation

__all__ = ["LONGEST", "MARGIN_METRES", "isochrones", "isochrones_on"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Lengths = npt.NDArray[np.uint32]
Shapes = npt.NDArray[np.object_]
Drawing = Literal["polygons", "lines"]

# How far beside a reached street the drawing extends: a street and the buildings along it.
MARGIN_METRES = 25.0
# Nobody walks farther to a shop, and a grid around a longer walk would not fit into memory.
LONGEST: Mapping[Metric, float] = MappingProxyType({"metres": 10_000.0, "minutes": 120.0})
FINEST = 400  # margins to the longest walk
UNIT_WORDS: Mapping[Metric, str] = MappingProxyType({"metres": "米", "minutes": "分钟"})
LATTICE_METRES = 200.0
CHUNK = 32
SHOWN = 5
SOME = 3  # identifiers that exist, shown to somebody who wrote one that does not


class Assessed(Protocol):
    """Hold a situation, as an assessment does."""

    @property
    def situation(self) -> Situation:
        """Return the district on its streets."""


def isochrones(
    laid: Situation | Assessed,
    *,
    doors: Iterable[str] | None = None,
    outlets: Iterable[str] | None = None,
    points: gpd.GeoSeries | Iterable[Sequence[float]] | None = None,
    limits: Sequence[float] = (5, 10, 15),
    by: Metric = "minutes",
    as_: Drawing = "polygons",
    exact: bool = False,
    margin: float = MARGIN_METRES,
) -> gpd.GeoDataFrame:
    """Return how far one gets on foot from doors or points, or from how far towards outlets.

    Parameters
    ----------
    laid
        A district on its streets, or an assessment of one.
    doors, outlets, points
        Where from (doors, points) or where to (outlets): identifiers; a series of points, or pairs
        of longitude and latitude, numbered from 0. Exactly one of the three. Residents pass
        their own gates; points are anybody.
    limits
        Minutes or metres, the leg between building and street included.
    by
        ``"minutes"`` of the situation's walker, or ``"metres"``.
    as_
        ``"polygons"`` draws the ground within ``margin`` of every reached stretch of street and
        of the leg; ``"lines"`` gives the stretches themselves.
    exact
        Whether polygons are exact unions of buffers, some twenty times as slow, instead of
        contours on a grid of a third of the margin.
    margin
        In metres.

    Returns
    -------
    One row for each origin and limit, index (``origin_id``, ``limit``): ``unit``,
    ``street_metres``, ``area_km2`` (polygons only), geometry in EPSG:4326. An origin that reaches
    no street has no geometry and unknown figures; one whose leg is longer than the limit an empty
    geometry and zero metres.

    Raises
    ------
    NetworkError
        If the district has no streets.
    InputError
        If an identifier is unknown, a point is no place on earth, a limit is none, or the margin
        is too narrow for so long a walk.
    """
    situation = laid if isinstance(laid, Situation) else laid.situation
    network = situation.network
    if network is None:
        what = "这个地区没有道路数据，画不出步行范围"
        raise NetworkError(what, remedy="在 district.toml 里加上 [[roads]]")
    given = [kind for kind in (doors, outlets, points) if kind is not None]
    if len(given) != 1:
        what = "楼门、网点、坐标点要给出其中的一种"
        raise InputError(what, remedy="几种都要画时分几次画")
    if points is not None:
        return isochrones_on(
            network, points, limits=limits, by=by, as_=as_, exact=exact, margin=margin
        )
    wish = _check(limits, by, as_, margin, exact=exact)
    if doors is not None:
        return _draw(network, _doors(situation, doors, by), wish)
    return _draw(network, _outlets(situation, () if outlets is None else outlets), wish)


def isochrones_on(
    network: Network,
    points: gpd.GeoSeries | Iterable[Sequence[float]],
    *,
    limits: Sequence[float] = (5, 10, 15),
    by: Metric = "minutes",
    as_: Drawing = "polygons",
    exact: bool = False,
    margin: float = MARGIN_METRES,
) -> gpd.GeoDataFrame:
    """Return how far one gets on foot from any points on a network; see :func:`isochrones`."""
    wish = _check(limits, by, as_, margin, exact=exact)
    series = points if isinstance(points, gpd.GeoSeries) else _from_pairs(points)
    return _draw(network, _points(network, series), wish)


@dataclass(frozen=True)
class _Wish:
    """Hold what is to be drawn, checked."""

    limits: Ints | Floats
    by: Metric
    as_: Drawing
    exact: bool
    margin: float

    @property
    def whole(self) -> Lengths:
        """Return the limits in whole units."""
        return whole(self.limits.astype(np.float64), self.by)


@dataclass(frozen=True)
class _Origins:
    """Hold where walks start or end, and where that meets the streets."""

    ids: pd.Index
    xy: Floats
    ends: Attachment
    short_cuts: Links
    outward: bool


def _check(
    limits: Sequence[float], by: Metric, as_: Drawing, margin: float, *, exact: bool
) -> _Wish:
    """Refuse what cannot be drawn."""
    if by not in LONGEST or as_ not in {"polygons", "lines"}:
        what = f"不认识的画法“{by}”“{as_}”"
        raise InputError(what, remedy="by 用 minutes 或 metres，as_ 用 polygons 或 lines")
    wanted = np.unique(np.asarray(limits, dtype=np.float64))
    # A number that is none sorts last and fails every comparison.
    if not (len(wanted) and wanted[0] > 0 and wanted[-1] <= LONGEST[by]):
        what = f"步行范围要大于 0，不超过 {LONGEST[by]:g} {UNIT_WORDS[by]}"
        raise InputError(what, remedy="常用的是 5、10、15 分钟，或 300、500、1000 米")
    if not 1 <= margin <= 1000:  # noqa: PLR2004 - a metre to a kilometre
        what = f"沿街画出的宽度 {margin:g} 米不合适"
        raise InputError(what, remedy="用 1 到 1000 米，通常 25 米")
    steps = wanted.astype(np.int64)
    return _Wish(steps if (steps == wanted).all() else wanted, by, as_, exact, margin)


def _doors(situation: Situation, doors: Iterable[str], by: Metric) -> _Origins:
    """Return doors as origins, their own gates open."""
    ids, chosen = _find(situation.doors, doors, "楼门")
    reader, ends = situation.reader, situation.door_ends
    if not isinstance(reader, StreetReader) or ends is None:
        raise NetworkError("楼门没有接到道路上", remedy="核对道路数据")
    own = reader.streets[by].short_cuts
    new = np.full(len(situation.doors), -1, dtype=np.int64)
    new[chosen] = np.arange(len(chosen))
    mine = new[own.place] >= 0
    own = Links(new[own.place[mine]], own.node[mine], own.length[mine])
    xy = _on_grid(situation.grid, situation.doors.geometry.iloc[chosen])
    return _Origins(ids, xy, _of_owners(ends, new), own, outward=True)


def _outlets(situation: Situation, outlets: Iterable[str]) -> _Origins:
    """Return outlets as the places that walks lead to."""
    table = situation.district.outlets
    ids, chosen = _find(table, outlets, "网点")
    if situation.outlet_ends is None:
        raise NetworkError("网点没有接到道路上", remedy="核对道路数据")
    new = np.full(len(table), -1, dtype=np.int64)
    new[chosen] = np.arange(len(chosen))
    xy = _on_grid(situation.grid, table.geometry.iloc[chosen])
    return _Origins(ids, xy, _of_owners(situation.outlet_ends, new), _no_links(), outward=False)


def _from_pairs(pairs: Iterable[Sequence[float]]) -> gpd.GeoSeries:
    """Return pairs of longitude and latitude as points."""
    what = "坐标点不是一对对经度、纬度"
    remedy = "写成 [(118.78, 32.04), …]，或给出一列点（geopandas.GeoSeries）"
    try:
        held = list(pairs)
        degrees = np.array(held, dtype=np.float64).reshape(len(held), -1 if held else 2)
    except (TypeError, ValueError) as problem:
        raise InputError(what, remedy=remedy) from problem
    if degrees.shape[1] != 2 or not np.isfinite(degrees).all():  # noqa: PLR2004 - a pair
        raise InputError(what, remedy=remedy)
    return gpd.GeoSeries(shapely.points(degrees), crs="EPSG:4326")


def _points(network: Network, points: gpd.GeoSeries) -> _Origins:
    """Return points as origins, as strangers find them."""
    if points.crs is not None and not points.crs.is_geographic:
        points = points.to_crs("EPSG:4326")
    if not points.index.is_unique:
        raise InputError("坐标点的编号有重复", remedy="每个点用不同的编号")
    shapes = points.to_numpy()
    bounds = shapely.bounds(shapes)
    placed = np.abs(bounds) <= [180, 90, 180, 90]
    bad = ~placed.all(axis=1) | (shapely.get_type_id(shapes) != shapely.GeometryType.POINT)
    if bad.any():
        what = f"{_named(points.index[bad])}不是地球上的一个点"
        raise InputError(what, remedy="写成经度在前、纬度在后的 WGS-84 坐标，如 118.78,32.04")
    plane = np.asarray(network.grid.project(shapes), dtype=object)
    ends = attach(network, plane, np.arange(len(plane)), residents=False)
    xy = shapely.get_coordinates(plane)
    return _Origins(points.index, xy, ends, _no_links(), outward=True)


def _find(table: gpd.GeoDataFrame, wanted: Iterable[str], kind: str) -> tuple[pd.Index, Ints]:
    """Return identifiers without repeats, and their positions in a table."""
    ids = pd.Index(dict.fromkeys(str(one) for one in wanted), dtype="str")
    if len(ids) == 0:
        raise InputError(f"没有给出任何{kind}", remedy=f"给出要画的{kind}编号")
    chosen = table.index.get_indexer(ids)
    if (chosen < 0).any():
        what = f"没有编号为{_named(ids[chosen < 0])}的{kind}"
        hint = "；非居住建筑不算楼门，可以改用坐标画" if kind == "楼门" else ""
        there = f"，有的编号如{_named(table.index[:SOME])}" if len(table) else ""
        raise InputError(what, remedy=f"核对{kind}表里的编号{there}{hint}")
    return ids, chosen.astype(np.int64)


def _named(ids: pd.Index) -> str:
    """Return the first few identifiers in words."""
    words = "、".join(f"“{one}”" for one in ids[:SHOWN])
    return words if len(ids) <= SHOWN else f"{words}等{len(ids)}个"


def _on_grid(grid: LocalGrid, places: gpd.GeoSeries) -> Floats:
    """Return places as metres on a grid."""
    xy = shapely.get_coordinates(grid.project(shapely.centroid(places.to_numpy())))
    return np.asarray(xy, dtype=np.float64)


def _of_owners(ends: Attachment, new: Ints) -> Attachment:
    """Return the attachment of some owners, numbered anew; -1 leaves one out."""
    mine = new[ends.owner] >= 0
    return replace(
        ends,
        owner=new[ends.owner[mine]],
        segment=ends.segment[mine],
        along=ends.along[mine],
        leg=ends.leg[mine],
        side=ends.side[mine],
        foot=ends.foot[mine],
    )


def _no_links() -> Links:
    none = np.empty(0, dtype=np.int64)
    return Links(none, none, none.astype(np.uint32))


@dataclass(frozen=True)
class _Drawn:
    """Hold what was found for a bundle of origins, one row for each origin and limit."""

    metres: Floats
    areas: Floats
    shapes: Shapes


def _draw(network: Network, origins: _Origins, wish: _Wish) -> gpd.GeoDataFrame:
    """Return the isochrones of checked origins."""
    pace = network.walker.metres_per_minute if wish.by == "minutes" else 1.0
    if wish.as_ == "polygons" and not wish.exact and wish.limits[-1] * pace > FINEST * wish.margin:
        what = f"走得远，沿街却只画 {wish.margin:g} 米，图形太细"
        least = np.ceil(wish.limits[-1] * pace / FINEST)
        raise InputError(what, remedy=f"沿街至少画 {least:g} 米，或要精确的图形")
    ground = lay_ground(network, wish.by, outward=origins.outward)
    count = len(origins.ids)
    sources = place_sources(network, ground, origins.ends, origins.xy, origins.short_cuts, count)
    show = _shower(network.grid, wish)

    def draw(first: int) -> _Drawn:
        best = scratch(ground)
        some = range(first, min(first + CHUNK, count))
        found = [reach(ground, sources, place, wish.whole, best) for place in some]
        metres = [one.metres(ground, len(wish.limits)) for one in found]
        areas, shapes = show(found)
        return _Drawn(np.concatenate(metres), areas, shapes)

    with ThreadPoolExecutor(THREADS) as pool:
        drawn = list(pool.map(draw, range(0, count, CHUNK)))
    return _table(origins, wish, drawn)


def _table(origins: _Origins, wish: _Wish, drawn: list[_Drawn]) -> gpd.GeoDataFrame:
    """Return what was drawn as a table; unknown where an origin reaches no street."""
    attached = np.zeros(len(origins.ids), dtype=np.bool_)
    attached[origins.ends.owner[origins.ends.segment >= 0]] = True
    known = np.repeat(attached, len(wish.limits))
    index = pd.MultiIndex.from_product([origins.ids, wish.limits], names=["origin_id", "limit"])
    none: list[npt.NDArray[np.generic]] = [np.empty(0)]
    metres, areas = (
        np.concatenate([*none, *(getattr(one, name) for one in drawn)])
        for name in ("metres", "areas")
    )
    shapes = np.concatenate([np.empty(0, dtype=object), *(one.shapes for one in drawn)])
    columns = {"unit": wish.by, "street_metres": np.where(known, metres.round(3), np.nan)}
    if wish.as_ == "polygons":
        columns["area_km2"] = np.where(known, (areas / 1e6).round(6), np.nan)
    shapes[~known] = None
    geometry = gpd.GeoSeries(shapes, index=index, crs="EPSG:4326")
    return gpd.GeoDataFrame(pd.DataFrame(columns, index=index), geometry=geometry)


def _shower(grid: LocalGrid, wish: _Wish) -> Callable[[list[Reached]], tuple[Floats, Shapes]]:
    """Return a function from what was reached to square metres and shapes in degrees."""
    many = len(wish.limits)

    def lines(found: list[Reached]) -> tuple[Floats, Shapes]:
        shapes = [shapely.multilinestrings(one.lines(k)) for one in found for k in range(many)]
        return np.zeros(len(shapes)), np.asarray(grid.unproject(shapes), dtype=object)

    def exactly(found: list[Reached]) -> tuple[Floats, Shapes]:
        shapes = np.concatenate([draw_exactly(one, many, wish.margin) for one in found])
        return shapely.area(shapes), np.asarray(grid.unproject(shapes), dtype=object)

    def on_grid(found: list[Reached]) -> tuple[Floats, Shapes]:
        bands = [draw_on_grid(one, many, wish.margin) for one in found]
        each = [np.concatenate([rings.points for rings in drawing]) for drawing in bands]
        degrees = np.concatenate([_lift(grid, points) for points in each])
        rings, points = [one for drawing in bands for one in drawing], np.concatenate(each)
        return shapely.area(as_shapes(rings, points)), as_shapes(rings, degrees)

    if wish.as_ == "lines":
        return lines
    return exactly if wish.exact else on_grid


def _lift(grid: LocalGrid, points: Floats) -> Floats:
    """Return points of drawings in degrees, off by a millimetre at most.

    Between the nodes of a lattice of 200 m the globe is as good as flat; asking the projection
    for every point would take longer than all the rest.
    """
    if len(points) == 0:
        return points
    least, most = bounds_of(points)
    corner = np.floor(least / LATTICE_METRES) * LATTICE_METRES
    columns, rows = ((most - corner) // LATTICE_METRES).astype(np.int64) + 2
    x = corner[0] + LATTICE_METRES * np.arange(columns)
    y = corner[1] + LATTICE_METRES * np.arange(rows)
    nodes = grid.unproject_xy(*(axis.ravel() for axis in np.meshgrid(x, y)))
    lattice = np.stack(nodes, axis=1).reshape(rows, columns, 2)
    return look_up(points, corner, LATTICE_METRES, lattice)
