"""Give checked rows a place in WGS-84, and explain row by row why a place cannot be right."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from livingcircle.coordinates import to_wgs84
from livingcircle.errors import CoordinateError
from livingcircle.tables import ERROR
from livingcircle.tables import WARNING
from livingcircle.tables import Issue
from livingcircle.tables import Table

WGS84 = "EPSG:4326"
# By the number of the type; the last stands for what is no geometry at all.
_KINDS = np.array(["point", "line", "line", "polygon", "point", "line", "polygon", "", ""])
_SHAPE_WORDS = {"point": "点", "line": "线", "polygon": "面"}
_NEAR_ZERO = 1e-6
_KM_PER_DEGREE = 111.2
_TOO_FAR_KM = 50.0  # no belt around a district is that wide: the coordinates are wrong
_SWAP_MARGIN = 0.3  # degrees around the streets in which a swapped point counts as "here"
_MOSTLY = 0.8
_FEW = 3
_DECLARE = "在 district.toml 里用 coordinates 写明，例如 WGS-84、GCJ-02、BD-09 或 EPSG:4547"
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Placed:
    """Hold the rows that have a usable place (or need none), what was noted, and who is out."""

    rows: gpd.GeoDataFrame
    issues: list[Issue]
    refused: int


class Trap(NamedTuple):
    """Name one thing wrong with some rows' places."""

    rows: Bools
    problem: str
    remedy: str
    severity: str = ERROR


def place_rows(
    rows: pd.DataFrame,
    table: Table,
    *,
    file: str,
    sheet: str = "",
    system: str = "",
    area: shapely.Geometry | None = None,
) -> Placed:
    """Turn longitude and latitude of a declared system, or ready geometry, into places.

    Parameters
    ----------
    rows
        Checked rows with their ``row`` number. A ``geometry`` column is taken as WGS-84; rows
        without one use ``lon`` and ``lat`` in the row's own system or in ``system``.
    area
        The streets' box; rows outside it are told so.

    Raises
    ------
    CoordinateError
        When rows have coordinates and nothing says of which system.
    """
    shapes, given = _shapes(rows, table, system, file)
    traps = [*_shape_traps(shapes, table), *_number_traps(rows, given, shapes, table, area)]
    bad = np.zeros(len(rows), dtype=bool)
    issues: list[Issue] = []
    numbers, titles = rows["row"].to_numpy(), rows.get("name", pd.Series("", index=rows.index))
    # What is drawn has no cells to mark.
    drawn = np.zeros(len(rows), dtype=bool)
    if "geometry" in rows.columns:
        drawn = ~shapely.is_missing(rows["geometry"].to_numpy(dtype=object))
    for trap in traps:
        for position in (trap.rows & ~bad).nonzero()[0]:
            name = titles.iloc[position]
            problem = f"“{name}”{trap.problem}" if name else trap.problem
            value = _value(rows, int(position))
            row = int(numbers[position])
            column = "" if drawn[position] or "lon" not in table else "经度、纬度"
            issues.append(
                Issue(file, sheet, row, column, value, trap.severity, problem, trap.remedy)
            )
        bad |= trap.rows if trap.severity == ERROR else False
    issues += _whole_column(traps, len(rows), file, sheet)
    placed = gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(shapes, index=rows.index, crs=WGS84))
    if "lon" in table:  # what each row itself declares, for doubting it later
        placed["declared"] = np.where(given, rows["coordinates"], "")
    return Placed(_with_degrees(placed[~bad], table), issues, int(bad.sum()))


def _shapes(
    rows: pd.DataFrame, table: Table, system: str, file: str
) -> tuple[NDArray[np.object_], Bools]:
    """Return one geometry a row, and which rows were placed by numbers."""
    shapes = np.full(len(rows), None, dtype=object)
    if "geometry" in rows.columns:
        shapes[:] = rows["geometry"].to_numpy()
    given = np.zeros(len(rows), dtype=bool)
    if "lon" not in table:
        return shapes, given
    lon, lat = rows["lon"].to_numpy(dtype=float), rows["lat"].to_numpy(dtype=float)
    given = np.isfinite(lon) & np.isfinite(lat) & shapely.is_missing(shapes)
    systems = rows["coordinates"].where(rows["coordinates"] != "", system).to_numpy()
    for name in sorted(set(systems[given])):
        here = given & (systems == name)
        if not name:
            row = int(rows["row"].to_numpy()[here][0])
            where = f"{file}，第 {row} 行"
            raise CoordinateError("没有写明经纬度是哪种坐标系", where=where, remedy=_DECLARE)
        shapes[here] = shapely.points(*to_wgs84(lon[here], lat[here], name))
    return shapes, given


def _shape_traps(shapes: NDArray[np.object_], table: Table) -> Iterator[Trap]:
    missing = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    if table.placed:
        what = "没有经纬度" if "lon" in table else "没有图形"
        yield Trap(missing, f"{what}，不知道在哪里", "补上位置后重新导入")
    kinds = _KINDS[shapely.get_type_id(shapes)]
    wanted = "或".join(_SHAPE_WORDS[kind] for kind in table.shapes)
    for kind in sorted(set(kinds[~missing]) - set(table.shapes)):
        word = _SHAPE_WORDS.get(kind, "几种图形混在一起")
        problem = f"图形是{word}，{table.title}应该是{wanted}"
        yield Trap(~missing & (kinds == kind), problem, "换成正确的图层再导入")


def _number_traps(
    rows: pd.DataFrame,
    given: Bools,
    shapes: NDArray[np.object_],
    table: Table,
    area: shapely.Geometry | None,
) -> Iterator[Trap]:
    x, y = _centres(shapes)
    if "lon" in table:
        lon, lat = rows["lon"].to_numpy(dtype=float), rows["lat"].to_numpy(dtype=float)
        zero = given & ((abs(lon) < _NEAR_ZERO) | (abs(lat) < _NEAR_ZERO))
        yield Trap(zero, "的坐标是 0，不是真实位置", "补上真实的经纬度")
    else:
        zero = np.zeros(len(rows), dtype=bool)
    swapped = given & ~zero & _swapped(x, y, area)
    yield Trap(swapped, "的经度和纬度填反了", "把经度和纬度对调")
    lost = ~zero & ~swapped & ~shapely.is_missing(shapes)
    beyond = lost & ~((abs(x) <= 180) & (abs(y) <= 90))  # noqa: PLR2004 - the whole earth
    problem = "的坐标不是经纬度，看起来是以米为单位的投影坐标"
    yield Trap(beyond, problem, _DECLARE)
    if area is not None:
        away = np.where(lost & ~beyond, _kilometres_away(shapes, x, y, area), 0.0)
        far = away > _TOO_FAR_KM
        remedy = "核对经纬度和坐标系"
        yield Trap(far, f"离街道数据的范围超过 {_TOO_FAR_KM:.0f} 公里，不在这个区", remedy)
        outside = (away > 0) & ~far
        problem = "在街道数据的范围之外，那里的步行距离不清楚"
        yield Trap(outside, problem, "核对位置；位置没错时，补充这一带的街道数据", WARNING)


def _centres(shapes: NDArray[np.object_]) -> tuple[Floats, Floats]:
    points = _points(shapes)
    return shapely.get_x(points), shapely.get_y(points)


def _points(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return a point on each shape; points are their own."""
    points = shapes.copy()
    others = shapely.get_type_id(shapes) != shapely.GeometryType.POINT
    points[others] = shapely.point_on_surface(shapes[others])
    return points


def _swapped(x: Floats, y: Floats, area: shapely.Geometry | None) -> Bools:
    if area is None:
        # China lies within 73–136 E and 3–54 N: the two ranges do not meet.
        return (y >= 73) & (y <= 136) & (x >= 3) & (x <= 54)  # noqa: PLR2004
    west, south, east, north = area.bounds
    m = _SWAP_MARGIN
    here = (x >= west - m) & (x <= east + m) & (y >= south - m) & (y <= north + m)
    there = (y >= west - m) & (y <= east + m) & (x >= south - m) & (x <= north + m)
    swapped: Bools = there & ~here
    return swapped


def _kilometres_away(
    shapes: NDArray[np.object_], x: Floats, y: Floats, area: shapely.Geometry
) -> Floats:
    west, south, east, north = area.bounds
    east_west = np.maximum(np.maximum(west - x, x - east), 0.0) * np.cos(np.radians(y))
    north_south = np.maximum(np.maximum(south - y, y - north), 0.0)
    touching = shapely.intersects(shapes, shapely.box(west, south, east, north))
    return np.where(touching, 0.0, np.hypot(east_west, north_south) * _KM_PER_DEGREE)


def _whole_column(traps: list[Trap], count: int, file: str, sheet: str) -> list[Issue]:
    """Offer to swap the headers when nearly every row is swapped."""
    swapped = next((int(t.rows.sum()) for t in traps if "填反" in t.problem), 0)
    if swapped < max(_FEW, _MOSTLY * count):
        return []
    problem = f"“经度”“纬度”两列整列填反了（{swapped} 行）"
    remedy = "把两列的列名对调后重新导入"
    return [Issue(file, sheet, 0, "经度、纬度", "", WARNING, problem, remedy)]


def _value(rows: pd.DataFrame, position: int) -> str:
    if "lon" not in rows.columns:
        return ""
    lon, lat = rows["lon"].iloc[position], rows["lat"].iloc[position]
    return "" if pd.isna(lon) and pd.isna(lat) else f"{lon:.10g}，{lat:.10g}"


def _with_degrees(rows: gpd.GeoDataFrame, table: Table) -> gpd.GeoDataFrame:
    """Make points of areas where points are wanted; write the converted degrees back."""
    placed = rows.copy()
    if table.shapes[:1] == ("point",):
        points = _points(np.asarray(placed.geometry, dtype=object))
        placed = placed.set_geometry(gpd.GeoSeries(points, index=placed.index, crs=WGS84))
    if "lon" in table:
        placed["lon"], placed["lat"] = placed.geometry.x, placed.geometry.y
        # Said once and for all, so that no one converts these numbers a second time.
        placed["coordinates"] = np.where(placed.geometry.isna(), "", "WGS-84")
    return placed
