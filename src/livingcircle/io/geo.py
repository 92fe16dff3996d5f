"""Read map layers in any common format into WGS-84, saying what had to be repaired.

GeoPackage, GeoJSON, shapefile (UTF-8 or GBK), KML, GeoParquet, and text tables with a WKT or a
longitude and a latitude column. The system a file declares is honoured; a file that declares
none is never guessed at.
"""

import re
import warnings
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.errors import ShapelyError

from livingcircle import tables
from livingcircle.errors import CoordinateError
from livingcircle.errors import InputError
from livingcircle.errors import TableError
from livingcircle.io._excel.reading import read_sheets
from livingcircle.io._files import replacing
from livingcircle.io._geo import guard as layer_guard
from livingcircle.io._geo import shapefile
from livingcircle.io._geo.shapes import from_columns
from livingcircle.io._geo.shapes import moved
from livingcircle.io._geo.shapes import repair
from livingcircle.io.guard import check_file
from livingcircle.tables import Issue

__all__ = ["Layer", "layer_names", "read_layer", "write_geopackage"]

WGS84 = "EPSG:4326"
_UNREADABLE = (
    pyogrio.errors.DataSourceError,
    pyogrio.errors.DataLayerError,
    pyogrio.errors.FieldError,
    pyogrio.errors.FeatureError,
    pyogrio.errors.CRSError,
    pyogrio.errors.GeometryError,
    CRSError,
    ShapelyError,
    MemoryError,
    OverflowError,
    RuntimeError,
    KeyError,
    ValueError,
)
_TEXT = {"csv", "txt", "tsv"}
_DECLARES_CRS = re.compile(
    rb'"crs"\s*:\s*\{(?:[^{}]*"properties"\s*:\s*\{[^{}]*?"name"\s*:\s*"([^"]{0,200})")?'
)


@dataclass(frozen=True)
class Layer:
    """Hold one layer in WGS-84 with its attributes as they stood, and what was noted.

    ``rows`` is indexed by the feature's number from 1 (for text tables by the row), so that an
    issue can name it; ``system`` is the coordinate system it was converted from, ``name`` that of
    the layer where a file may hold several.
    """

    rows: gpd.GeoDataFrame
    issues: list[Issue]
    system: str
    name: str = ""


def read_layer(
    path: Path | str,
    *,
    layer: str = "",
    encoding: str = "",
    coordinates: str = "",
    fallback: str = "",
    prefer: Sequence[str] = (),
    file: str = "",
) -> Layer:
    """Read one layer of a file.

    Parameters
    ----------
    layer
        Its name, for a GeoPackage with several; ``prefer`` lists names to take without asking.
    encoding
        Of the texts in a shapefile or text table; found out when empty.
    coordinates
        The declared system; stronger than what the file says (GCJ-02 is often labelled 4326).
    fallback
        The system of files that do not say.
    file
        How issues name the file.

    Raises
    ------
    UnsafeFileError, InputError, TableError, CoordinateError
        Each with a sentence that says what to do.
    """
    path = Path(path)
    file = file or path.name
    kind = check_file(path)
    name = _layer_name(path, kind, layer, prefer, file)
    if kind in _TEXT:
        raw = _read_text(path, encoding, file)
    elif kind in {"parquet", "geoparquet"}:
        raw = _read_parquet(path, file)
    elif kind in {"xlsx", "xls", "osm.pbf"}:
        raise InputError(
            "这不是图层文件", where=file, remedy="导入 .gpkg、.geojson、.shp、.parquet 或 .csv"
        )
    else:
        raw = _read_vector(path, kind, file, name, encoding)
    if kind in {"geojson", "json"}:
        declared = _DECLARES_CRS.search(path.read_bytes())
        if declared is None:
            raw = raw.set_crs(None, allow_override=True)
            fallback = fallback or "WGS-84"  # RFC 7946, 4: one that does not say is WGS-84
        elif not coordinates:
            _refuse_unknown_system((declared[1] or b"").decode("utf-8", "replace"), file)
    raw.index = pd.RangeIndex(1, len(raw) + 1, name=tables.ROW) if kind not in _TEXT else raw.index
    system = _system(raw, coordinates, fallback, file)
    rows = _to_degrees(raw, coordinates or ("" if _declared(raw.crs) else fallback))
    shapes, issues = repair(rows.geometry, file, "")
    return Layer(rows.set_geometry(shapes), issues, system, name or "")


def write_geopackage(path: Path | str, layers: dict[str, gpd.GeoDataFrame]) -> None:
    """Write layers into one GeoPackage, whole or not at all."""
    with replacing(path) as draft:
        draft.unlink()
        for name, frame in layers.items():
            pyogrio.write_dataframe(frame, draft, layer=name, driver="GPKG")


def _refuse_unknown_system(name: str, file: str) -> None:
    """Refuse a system that no register knows: read as WGS-84 it would be a guess."""
    try:
        CRS.from_user_input(name)
    except CRSError as error:
        what = f"文件写的坐标系“{name[:80]}”不认识"
        remedy = "在 district.toml 里用 coordinates 写明，例如 WGS-84、CGCS2000 或 EPSG:4547"
        raise CoordinateError(what, where=file, remedy=remedy) from error


def layer_names(path: Path, file: str) -> list[str]:
    """Return the names of the layers in a GeoPackage or KML that has been looked at before."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    except pyogrio.errors.DataSourceError as error:
        raise _unreadable(file) from error


def _layer_name(path: Path, kind: str, wanted: str, prefer: Sequence[str], file: str) -> str | None:
    if kind not in {"gpkg", "kml"}:
        return None
    names = layer_names(path, file)
    if wanted:
        if wanted not in names:
            what = f"没有名为“{wanted}”的图层，有的是{'、'.join(names)}"
            raise TableError(what, where=file, remedy="核对 district.toml 里的 layer")
        return wanted
    liked = [name for name in prefer if name in names]
    if liked or len(names) == 1:
        return (liked or names)[0]
    if not names:
        raise TableError("文件里没有图层", where=file, remedy="核对是不是导出了空文件")
    what = f"有 {len(names)} 个图层：{'、'.join(names)}"
    raise TableError(what, where=file, remedy="在 district.toml 里用 layer 写明读哪一个")


def _read_vector(
    path: Path, kind: str, file: str, layer: str | None, encoding: str
) -> gpd.GeoDataFrame:
    try:
        # GDAL's remarks are about its drivers, not for a clerk.
        with warnings.catch_warnings(), _small_objects():
            warnings.simplefilter("ignore")
            layer_guard.check_layer(
                path, kind, layer, "ISO-8859-1" if kind == "shp" else None, file
            )
            if kind == "shp":
                frame = shapefile.read_shapefile(path, file, encoding)
            else:
                # A ring that is not closed is closed, as every GIS does when it draws it.
                frame = pyogrio.read_dataframe(path, layer=layer, on_invalid="fix")
    except _UNREADABLE as error:
        raise _unreadable(file) from error
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = gpd.GeoDataFrame(frame, geometry=[None] * len(frame))
    named = frame.active_geometry_name or "geometry"
    return frame if named == "geometry" else frame.rename_geometry("geometry")


@contextmanager
def _small_objects() -> Iterator[None]:
    """Bound one GeoJSON object: a single outline of 48 MB would take gigabytes to parse."""
    pyogrio.set_gdal_config_options({"OGR_GEOJSON_MAX_OBJ_SIZE": "20"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_GEOJSON_MAX_OBJ_SIZE": None})


def _read_parquet(path: Path, file: str) -> gpd.GeoDataFrame:
    layer_guard.check_parquet(path, file)
    try:
        names = pq.read_schema(path).metadata or {}
        if b"geo" in names:
            frame = gpd.read_parquet(path)
            named = frame.active_geometry_name
            return frame if named == "geometry" else frame.rename_geometry("geometry")
        plain = pd.read_parquet(path)
    except (pa.ArrowException, OSError, TypeError, AttributeError, *_UNREADABLE) as error:
        raise _unreadable(file) from error
    return gpd.GeoDataFrame(plain, geometry=from_columns(plain, file))


def _read_text(path: Path, encoding: str, file: str) -> gpd.GeoDataFrame:
    rows = read_sheets(path, encoding=encoding)[0].rows
    first = tables.header_row(None, rows)
    if first is None:
        raise TableError("文件里没有数据", where=file, remedy="核对是不是导出了空表")
    header = [" ".join(title.split()) for title in rows[first]]
    body = [[*row, *[""] * len(header)][: len(header)] for row in rows[first + 1 :]]
    numbers = pd.RangeIndex(first + 2, first + 2 + len(body), name=tables.ROW)
    frame = pd.DataFrame(body, columns=header, index=numbers, dtype="object")
    return gpd.GeoDataFrame(frame, geometry=from_columns(frame, file))


def _unreadable(file: str) -> InputError:
    return InputError("这个图层读不出来，可能已损坏", where=file, remedy="从 GIS 软件重新导出一份")


def _declared(crs: CRS | None) -> bool:
    if crs is None or not (crs.is_geographic or crs.is_projected):
        return False
    return not re.search(r"undefined|unknown", str(crs.name), re.IGNORECASE)


def _system(frame: gpd.GeoDataFrame, coordinates: str, fallback: str, file: str) -> str:
    if coordinates:
        return coordinates
    if _declared(frame.crs):
        number = frame.crs.to_epsg()
        known = {4326: "WGS-84", 4490: "CGCS2000"}
        return known.get(number, f"EPSG:{number}" if number else str(frame.crs.name))
    if fallback:
        return fallback
    raise CoordinateError(
        "文件没有写明坐标系",
        where=file,
        remedy="在 district.toml 里用 coordinates 写明，例如 WGS-84、CGCS2000、GCJ-02 或 EPSG:4547",
    )


def _to_degrees(frame: gpd.GeoDataFrame, system: str) -> gpd.GeoDataFrame:
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    if system:
        placed = moved(shapes, system)
    elif frame.crs == CRS.from_epsg(4326):
        placed = shapes
    else:
        placed = gpd.GeoSeries(shapes, crs=frame.crs).to_crs(WGS84).to_numpy()
    plain = pd.DataFrame(frame.drop(columns="geometry"))
    return gpd.GeoDataFrame(plain, geometry=gpd.GeoSeries(placed, index=frame.index, crs=WGS84))
