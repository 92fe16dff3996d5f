"""Take from an OpenStreetMap extract the tables a section of district.toml asks for."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import shapely

from livingcircle import tables
from livingcircle.errors import InputError
from livingcircle.io._folder.description import Entry
from livingcircle.io._folder.parts import Part
from livingcircle.io._folder.parts import listed_trades
from livingcircle.io._folder.parts import source_of
from livingcircle.io._folder.roads import drop_strays
from livingcircle.io.guard import check_file
from livingcircle.io.osm import OsmExtract
from livingcircle.io.osm import read_osm
from livingcircle.tables import TABLES

# The tables an extract can fill, by the section it is named in.
_GIVES = {
    "roads": ("streets", "junctions", "gates", "barriers"),
    "junctions": ("junctions",),
    "gates": ("gates",),
    "barriers": ("barriers",),
    "outlets": ("outlets", "entrances"),
    "entrances": ("entrances",),
    "doors": ("doors",),
}
_LICENCE = "ODbL"
Extracts = dict[Path, OsmExtract]


def read_osm_parts(
    entry: Entry, *, with_outlets: bool = False, known: Extracts | None = None
) -> list[Part]:
    """Read an extract once and return the parts of every table its section stands for.

    Parameters
    ----------
    known
        Extracts read before, by path; another section may name the same file.

    Raises
    ------
    InputError
        When an extract cannot fill the section's table.
    """
    if entry.section not in _GIVES:
        title = TABLES[entry.table].title
        what = f".osm.pbf 里没有{title}表"
        remedy = (
            f"{title}用 Excel 或图层文件给出；.osm.pbf 写在 [[roads]]、[[outlets]] 或 [[doors]] 下"
        )
        raise InputError(what, where=f"[[{entry.section}]] {entry.file}", remedy=remedy)
    known = Extracts() if known is None else known
    if entry.path not in known:
        check_file(entry.path)
        known[entry.path] = read_osm(entry.path)
    extract = known[entry.path]
    named = replace(
        entry,
        title=entry.title or "OpenStreetMap",
        licence=entry.licence or _LICENCE,
        note=entry.note or extract.attribution,
    )
    names = list(_GIVES[entry.section])
    if with_outlets and entry.section == "roads":
        names += _GIVES["outlets"]
    return [_part(named, name, extract) for name in names]


def _part(entry: Entry, name: str, extract: OsmExtract) -> Part:
    rows = tables.conform(name, _rows(name, extract).assign(source=entry.file, sheet="", row=0))
    complete = frozenset[str]()
    if name == "outlets" and entry.section == "outlets":
        complete = listed_trades(entry, rows["trades"])
    rows, strays = drop_strays(rows, entry.file) if name == "streets" else (rows, [])
    source = source_of(entry, name, len(rows), complete)
    extent = extract.extent if name == "streets" else None
    return Part(name, rows, strays, source, system="", extent=extent)


def _rows(name: str, extract: OsmExtract) -> gpd.GeoDataFrame:
    if name != "doors":
        rows: gpd.GeoDataFrame = getattr(extract, name)
        return rows
    buildings = extract.buildings.copy()
    buildings.index.name = "door_id"
    points = shapely.point_on_surface(buildings.geometry.to_numpy())
    return buildings.set_geometry(gpd.GeoSeries(points, index=buildings.index, crs=buildings.crs))
