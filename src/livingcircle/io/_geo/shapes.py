"""Move, repair and read geometry, with a sentence for everything that had to be changed."""

import math
from collections.abc import Mapping
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from livingcircle._tables.cells import cell_text
from livingcircle._tables.cells import clean
from livingcircle._tables.columns import header_key
from livingcircle.coordinates import CGCS2000
from livingcircle.coordinates import WGS84
from livingcircle.coordinates import geodesic_area
from livingcircle.coordinates import parse_angle
from livingcircle.coordinates import system_name
from livingcircle.coordinates import to_wgs84
from livingcircle.errors import CoordinateError
from livingcircle.errors import TableError
from livingcircle.tables import REVIEW
from livingcircle.tables import TABLES
from livingcircle.tables import WARNING
from livingcircle.tables import Issue

_WKT = frozenset({"wkt", "geometry", "geom", "thegeom", "wktgeom", "几何", "图形", "坐标串"})
_TELL = 0.01  # a repair that changes the area by more than 1 % is for a person to look at
_FAR_DEGREES = 0.45  # of latitude, some 50 km
_MANY = 10.0
_BEYOND = 1e9  # metres or degrees: nothing projected is that large
_NARROWEST = 0.1  # beyond 84° north nobody lives
Shapes = NDArray[np.object_]


def moved(shapes: Shapes, system: str) -> Shapes:
    """Turn geometry of a named coordinate system into WGS-84, without heights."""
    if system_name(system) in {WGS84, CGCS2000}:
        return np.asarray(shapely.force_2d(shapes), dtype=object)

    def convert(points: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = to_wgs84(points[:, 0], points[:, 1], system)
        return np.column_stack([lon, lat])

    return np.asarray(shapely.transform(shapes, convert), dtype=object)


def in_bulk(bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say which boxes (west, south, east, north) lie where most of them do.

    Each side is held against the median centre, give or take some 50 km and ten times the
    median distance from it, so that large districts are kept whole.
    """
    bounds = bounds.reshape(-1, 4)
    known = np.asarray(np.isfinite(bounds).all(axis=1), dtype=bool)
    if not known.any():
        return known
    centres = (bounds[:, :2] + bounds[:, 2:]) / 2
    middle = np.median(centres[known], axis=0)
    spread = np.median(np.abs(centres[known] - middle), axis=0)
    narrow = max(math.cos(math.radians(middle[1])), _NARROWEST)
    reach = _MANY * spread + np.array([_FAR_DEGREES / narrow, _FAR_DEGREES])
    near = (bounds[:, :2] >= middle - reach) & (bounds[:, 2:] <= middle + reach)
    return np.asarray(known & near.all(axis=1), dtype=bool)


def wkt_column(frame: pd.DataFrame) -> str:
    """Return the header of the column that holds WKT, or ""."""
    keys = {header_key(str(name)).replace("_", ""): str(name) for name in frame.columns}
    return next((keys[key] for key in keys if key in _WKT), "")


def from_wkt(texts: list[str]) -> Shapes:
    """Read WKT texts; a text that is not WKT gives None, as an empty one does."""
    return np.asarray(shapely.from_wkt([t or None for t in texts], on_invalid="ignore"), object)


def from_columns(frame: pd.DataFrame, file: str) -> gpd.GeoSeries:
    """Make geometry of the WKT column, or of longitude and latitude.

    Raises
    ------
    TableError
        When there is neither.
    """
    wkt = wkt_column(frame)
    if wkt:
        texts = [clean(cell_text(value)) for value in frame[wkt].tolist()]
        return gpd.GeoSeries(from_wkt(texts), index=frame.index)
    lon, lat = (_axis(frame, name) for name in ("lon", "lat"))
    if lon is None or lat is None:
        remedy = "补上“经度”“纬度”两列，或一列 WKT"
        raise TableError("没有坐标列", where=file, remedy=remedy)
    missing = np.isnan(lon) | np.isnan(lat)
    points = shapely.points(np.where(missing, 0.0, lon), np.where(missing, 0.0, lat))
    return gpd.GeoSeries(np.where(missing, None, points), index=frame.index)


def _axis(frame: pd.DataFrame, name: str) -> NDArray[np.float64] | None:
    column = TABLES["outlets"][name]
    keys = {header_key(word) for word in (column.name, column.title, *column.aliases)}
    header = next((h for h in frame.columns if header_key(str(h)) in keys), None)
    if header is None:
        return None
    return np.array([_number(clean(cell_text(value))) for value in frame[header].tolist()])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return parse_angle(text)
    except CoordinateError:
        return math.nan


def repair(
    shapes: gpd.GeoSeries,
    file: str,
    sheet: str,
    names: Mapping[int, str] = MappingProxyType({}),
) -> tuple[gpd.GeoSeries, list[Issue]]:
    """Repair self-crossing geometry and empty what cannot be used; index = row numbers.

    ``make_valid`` keeps every part; ``buffer(0)`` would lose half of a bow-tie.
    """
    values = shapes.to_numpy().copy()
    issues: list[Issue] = []
    finite = np.ones(len(values), dtype=bool)
    points, owner = shapely.get_coordinates(values, return_index=True)
    finite[owner[~(np.abs(points) < _BEYOND).all(axis=1)]] = False
    wrong = ~finite | ~shapely.is_valid(np.where(finite, values, None))
    wrong &= ~shapely.is_missing(values)
    for position in wrong.nonzero()[0]:
        row = int(shapes.index[position])
        before = values[position]
        after = None if not finite[position] else _valid(before)
        values[position] = after
        issues.append(_note(file, sheet, row, names.get(row, ""), before, after))
    values[shapely.is_empty(values)] = None
    return gpd.GeoSeries(values, index=shapes.index, crs=shapes.crs), issues


def _is_finite(shape: shapely.Geometry | None) -> bool:
    """Say whether all coordinates are numbers that lie somewhere near the earth."""
    return shape is None or bool((np.abs(shapely.get_coordinates(shape)) < _BEYOND).all())


def _valid(shape: shapely.Geometry) -> shapely.Geometry | None:
    """Make a geometry valid and keep the parts of its own dimension; None if none is left."""
    try:
        whole = shapely.make_valid(shape)
    except shapely.errors.GEOSException:
        return None
    wanted = shapely.get_dimensions(shape)
    if shapely.get_dimensions(whole) < wanted:
        return None
    if whole.geom_type != "GeometryCollection":
        return whole
    parts = [part for part in shapely.get_parts(whole) if shapely.get_dimensions(part) == wanted]
    return shapely.union_all(parts) if parts else whole


def _note(
    file: str,
    sheet: str,
    row: int,
    name: str,
    before: shapely.Geometry,
    after: shapely.Geometry | None,
) -> Issue:
    who = f"“{name}”的" if name else ""
    if after is None or after.is_empty:
        why = "围不成面，点太少或挤在一条线上" if _is_finite(before) else "里有不是数字的坐标"
        problem = f"{who}图形{why}，按没有图形处理"
        return Issue(file, sheet, row, "", "", WARNING, problem, "在 GIS 软件里重新画这个图形")
    old, new = abs(before.area), after.area
    change = abs(new - old) / new if new else 0.0
    if change <= _TELL:
        problem = f"{who}图形自己相交，已修复，面积变化 {change:.2%}"
        return Issue(
            file, sheet, row, "", "", WARNING, problem, "不用处理；方便时在 GIS 软件里改正"
        )
    size = geodesic_area(after)
    problem = f"{who}图形自己相交，修复后面积变化 {change:.0%}，现为 {size:,.0f} 平方米"
    return Issue(file, sheet, row, "", "", REVIEW, problem, "在 GIS 软件里核对这个图形的边界")
