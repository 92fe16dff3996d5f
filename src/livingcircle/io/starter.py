"""Start a district folder from nothing but an OpenStreetMap extract, anywhere in the world.

What the map knows is taken over; what it cannot know is left empty and listed as the next thing
to fill in. Empty means unknown: without a register nobody is said to live anywhere, unless the
caller names a number of people to spread as a model.
"""

import json
import shutil
import tempfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from livingcircle.coordinates import LocalGrid
from livingcircle.errors import InputError
from livingcircle.errors import OutputError
from livingcircle.io._folder.starter_texts import describe
from livingcircle.io._folder.starter_texts import explain
from livingcircle.io._osm.floor_space import MODEL_NOTE
from livingcircle.io._osm.floor_space import residential_floor_area
from livingcircle.io._osm.floor_space import spread
from livingcircle.io.excel import write_template
from livingcircle.io.excel import write_workbook
from livingcircle.io.geo import write_geopackage
from livingcircle.io.guard import check_file
from livingcircle.io.osm import OsmExtract
from livingcircle.io.osm import read_osm

STREETS = "streets.osm.pbf"
# The belt left around the district, if the extract is large enough: the longest service radius.
_BELT_METRES = 1000.0
_BELT_SHARE = 0.15
_MOST_PEOPLE = 50_000_000  # no city has more
_LONGEST_NAME = 100
# An administrative area counts if at least this share of it lies in the extract.
_MOSTLY_INSIDE = 0.5


def start_district(
    pbf: str | Path, out: str | Path, *, name: str = "", people: int | None = None
) -> Path:
    """Write a district folder from an OpenStreetMap extract and return it.

    Parameters
    ----------
    pbf
        An ``.osm.pbf`` of the district and its surroundings.
    out
        The folder to make; it must not exist yet.
    name
        The district's name; the new folder's name if empty.
    people
        Residents of the district, to be spread over its residential floor area as a model.
        Without it, residents stay unknown.

    Raises
    ------
    InputError
        If the extract cannot be read, or has no street to walk along.
    OutputError
        If the folder exists or cannot be written; nothing is left half done.
    """
    source, folder = Path(pbf), Path(out)
    _refuse_words(name, people)
    check_file(source)
    try:
        there = folder.exists()
    except (OSError, ValueError) as error:
        remedy = "换一个短一些的普通文件夹名"
        raise OutputError("这个文件夹名不能用", where=str(folder)[:80], remedy=remedy) from error
    if there:
        remedy = "换一个新的文件夹名；已有的内容不会被覆盖"
        raise OutputError("这个文件夹已经存在", where=str(folder), remedy=remedy)
    extract = read_osm(source)
    if extract.extent is None or len(extract.streets) == 0:
        remedy = "换一个覆盖本区街道的提取文件"
        raise InputError("文件里没有可以步行的道路", where=source.name, remedy=remedy)
    _make(extract, source, folder, name or folder.resolve().name, people)
    return folder


def _refuse_words(name: str, people: int | None) -> None:
    """Refuse a number of people no district has, and a name that is no single line."""
    if people is not None and not 0 < people <= _MOST_PEOPLE:
        what = f"总人口写成了 {people if abs(people) < _MOST_PEOPLE else '一个极大的数'}"
        raise InputError(what, where="--people", remedy="填写全区的常住人口；不知道就不写")
    if not name.isprintable() or len(name) > _LONGEST_NAME:
        what = "名称太长，或含有换行、控制字符"
        raise InputError(
            what, where="--name", remedy=f"写一行以内、不超过 {_LONGEST_NAME} 字的名称"
        )


def _make(extract: OsmExtract, source: Path, folder: Path, name: str, people: int | None) -> None:
    """Write the folder beside its place and move it there when it is whole."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as draft:
            made = Path(draft) / folder.name
            made.mkdir()
            _write(extract, source, made, name, people)
            made.rename(folder)
    except OSError as error:
        what = f"文件夹没有写成（{error.strerror}）"
        raise OutputError(what, where=str(folder), remedy="换一个位置，或腾出磁盘空间") from error


def _write(extract: OsmExtract, source: Path, folder: Path, name: str, people: int | None) -> None:
    """Write every file of the new folder."""
    communities = derive_communities(extract, name)
    doors = derive_doors(extract, communities, people)
    shutil.copyfile(source, folder / STREETS)
    extent = json.loads(shapely.to_geojson(extract.extent))
    (folder / "extent.geojson").write_text(json.dumps(extent), encoding="utf-8")
    write_geopackage(folder / "communities.gpkg", {"communities": communities})
    if len(doors):
        write_geopackage(folder / "doors.gpkg", {"doors": doors})
    write_workbook(folder / "circles.xlsx", {"生活圈": _circles(communities)})
    for table in ("outlets", "communities", "doors", "gates", "spaces"):
        write_template(table, folder / "templates" / f"{table}.xlsx")
    (folder / "district.toml").write_text(
        describe(name, has_doors=len(doors) > 0, modelled=people is not None), encoding="utf-8"
    )
    (folder / "README.md").write_text(
        explain(name, extract, communities=communities, doors=doors, model=MODEL_NOTE),
        encoding="utf-8",
    )


def derive_communities(extract: OsmExtract, name: str) -> gpd.GeoDataFrame:
    """Return the smallest administrative areas the map has, or one area for the whole district.

    The whole district is the extract less a belt, so that people at its border can walk out.
    """
    grid = LocalGrid.around(extract.extent)
    west, south, east, north = shapely.bounds(grid.project(extract.extent))
    belt = min(_BELT_METRES, _BELT_SHARE * min(east - west, north - south))
    core = grid.unproject(shapely.box(west + belt, south + belt, east - belt, north - belt))
    areas = extract.admin_areas
    share = shapely.area(shapely.intersection(areas.geometry.to_numpy(), extract.extent))
    share /= shapely.area(areas.geometry.to_numpy())
    mostly = areas[share >= _MOSTLY_INSIDE]
    if len(mostly):
        chosen = mostly[mostly["level"] == mostly["level"].max()]
        names = [word or f"未命名区域{k}" for k, word in enumerate(chosen["name"], start=1)]
        shapes = list(chosen.geometry)
    else:
        names, shapes = [f"{name}（全区）"], [core]
    ids = [f"C{k:03d}" for k in range(1, len(names) + 1)]
    return gpd.GeoDataFrame(
        {"community_id": ids, "name": names, "kind": "社区"}, geometry=shapes, crs="EPSG:4326"
    )


def derive_doors(
    extract: OsmExtract, communities: gpd.GeoDataFrame, people: int | None
) -> gpd.GeoDataFrame:
    """Return the buildings taken for homes, with residents only if a number was given."""
    floor = residential_floor_area(extract.buildings, extract.outlets.index)
    points = shapely.point_on_surface(extract.buildings.geometry.to_numpy())
    door, community = shapely.STRtree(communities.geometry.to_numpy()).query(
        points, predicate="intersects"
    )
    inside = np.zeros(len(points), dtype=np.bool_)
    inside[door] = True
    number = np.zeros(len(points), dtype=np.int64)
    number[door] = community
    kept = inside & (floor > 0).to_numpy()
    homes = extract.buildings[kept].drop(columns=["address", "use", "land_use"])
    area = floor.to_numpy()[kept]
    residents = [None] * len(homes) if people is None else spread(people, area)
    homes["residents"] = pd.array(residents, dtype="Int64")
    homes["floor_area_m2"] = area
    homes["community"] = communities["name"].to_numpy()[number[kept]]
    homes.index.name = "door_id"
    return homes.reset_index()


def _circles(communities: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return one circle for each community, its kind left for the planner to say."""
    names = communities["name"].astype(str)
    return pd.DataFrame(
        {
            "生活圈编号": [f"Q{k:03d}" for k in range(1, len(names) + 1)],
            "生活圈名称": names.str.removesuffix("社区") + "生活圈",
            "生活圈类型": "",
            "亚类": "",
            "划分方式": "独立",
            "覆盖社区": names,
            "覆盖社区数": 1,
        }
    )
