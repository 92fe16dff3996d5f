"""Bound what a map layer may hold, and let no file open another one, before it is read.

The vector library picks its reader by the content: a virtual layer named .kml would read any file
of this computer, or a web address. So the content is looked at first, and the reader afterwards.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio

from livingcircle.errors import InputError
from livingcircle.errors import UnsafeFileError

MOST_FEATURES = 500_000
MOST_COLUMNS = 200
MOST_CELLS = 20_000_000
_DRIVERS = {
    "gpkg": {"GPKG"},
    "geojson": {"GeoJSON"},
    "json": {"GeoJSON"},
    "shp": {"ESRI Shapefile"},
    "kml": {"LIBKML", "KML"},
}
_HEAD = 64 * 1024
_PROLOGUE = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->)+", re.DOTALL)
_KML_ROOT = re.compile(rb"<(?:\w+:)?kml[\s>/]")
_GEOPACKAGE = {b"GPKG", b"GP10", b"GP11", b"GP12"}
_SPLIT = "只导出本区的数据，或分成几个文件"


def check_content(path: Path, kind: str) -> None:
    """Refuse a map file whose content another reader than its own would open."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    plain = head.replace(b"\0", b"")
    if b"ogrvrt" in plain.lower():
        what = "内容是指向别的文件的虚拟图层"
        raise UnsafeFileError(what, where=path.name, remedy="从 GIS 软件导出真正的图层")
    if kind == "kml":
        text = re.sub(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)", b"", plain)
        start = _PROLOGUE.match(text)
        if not _KML_ROOT.match(text, start.end() if start else 0):
            what = "扩展名是 .kml，内容却不是 KML"
            raise UnsafeFileError(what, where=path.name, remedy="从 GIS 软件重新导出为 GeoPackage")
    if kind == "gpkg":
        if head[68:72] not in _GEOPACKAGE:
            what = "扩展名是 .gpkg，内容却是别的数据库"
            raise UnsafeFileError(what, where=path.name, remedy="从 GIS 软件重新导出为 GeoPackage")
        _refuse_views(path)


def _refuse_views(path: Path) -> None:
    """Refuse layers that are views: a view is a program and may run for ever."""
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as base:
            names = base.execute("select lower(name) from sqlite_master where type='view'")
            views = {str(name) for (name,) in names.fetchmany(MOST_COLUMNS)}
            own = {name for name in views if name.startswith(("gpkg_", "rtree_", "sqlite_"))}
            listed = set()
            if views and not own:
                told = base.execute("select lower(table_name) from gpkg_contents")
                listed = {str(name) for (name,) in told.fetchmany(10_000)}
    except sqlite3.Error as error:
        what = "这个图层读不出来，可能已损坏"
        raise InputError(what, where=path.name, remedy="从 GIS 软件重新导出一份") from error
    if own or views & listed:
        name = min(own or views & listed)
        what = f"图层“{name}”是数据库视图，不是真正的图层"
        raise UnsafeFileError(
            what, where=path.name, remedy="在 GIS 软件里把它另存为新的 GeoPackage"
        )


def check_layer(path: Path, kind: str, layer: str | None, encoding: str | None, file: str) -> None:
    """Refuse a layer that another reader opens, or that holds more than a district can."""
    info = pyogrio.read_info(path, layer=layer, encoding=encoding, force_feature_count=True)
    if info["driver"] not in _DRIVERS[kind]:
        what = f"扩展名是 .{kind}，内容却是 {info['driver']}"
        raise UnsafeFileError(what, where=file, remedy="从 GIS 软件重新导出为 GeoPackage")
    check_size(int(info["features"]), len(info["fields"]), file)


def check_parquet(path: Path, file: str) -> None:
    """Refuse a Parquet file that holds more than a district can."""
    try:
        about = pq.read_metadata(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        what = "这个图层读不出来，可能已损坏"
        raise InputError(what, where=file, remedy="从 GIS 软件重新导出一份") from error
    check_size(about.num_rows, about.num_columns, file)
    size = sum(about.row_group(k).total_byte_size for k in range(about.num_row_groups))
    if size > 1024**3:
        what = f"解压后有 {size // 1024**2:,} MB，超过 1,024 MB"
        raise UnsafeFileError(what, where=file, remedy=_SPLIT)


def check_size(rows: int, columns: int, file: str) -> None:
    """Refuse more rows, columns or cells than a district can have."""
    trap = ""
    if rows > MOST_FEATURES:
        trap = f"有 {rows:,} 个要素，超过 {MOST_FEATURES:,} 个"
    elif columns > MOST_COLUMNS:
        trap = f"有 {columns:,} 列，超过 {MOST_COLUMNS} 列"
    elif rows * columns > MOST_CELLS:
        trap = f"有 {rows:,} 行、{columns} 列，超过 {MOST_CELLS:,} 格"
    if trap:
        raise UnsafeFileError(trap, where=file, remedy=_SPLIT)
