"""Read one district of a city with its belt, as one :class:`District`.

Memory holds one district and what its belt touches, never the city. Rows of neighbours go by
``district/id``: two districts may both have an outlet ``1``.
"""

import json
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyproj
import shapely
from shapely.errors import ShapelyError

from livingcircle._city.belt import LIVED_IN
from livingcircle._city.belt import bounds_of
from livingcircle._city.belt import grow
from livingcircle._city.belt import joined_extent
from livingcircle._city.belt import zone_of
from livingcircle._city.description import Bounds
from livingcircle._city.description import City
from livingcircle._city.layout import BELT_TABLES
from livingcircle._city.layout import EXTENT
from livingcircle._city.layout import OWN_TABLES
from livingcircle._city.layout import SOURCES
from livingcircle._city.layout import SOURCES_FILE
from livingcircle._city.layout import folder_of
from livingcircle._city.layout import read_json
from livingcircle._city.numbering import in_one_count
from livingcircle._city.packing import CODES
from livingcircle.district import District
from livingcircle.district import Source
from livingcircle.errors import InputError
from livingcircle.errors import TableError
from livingcircle.tables import REVIEW
from livingcircle.tables import TABLES
from livingcircle.tables import Issue
from livingcircle.tables import conform
from livingcircle.tables import empty
from livingcircle.tables import issues_frame
from livingcircle.trades import match_names
from livingcircle.trades import with_broader

CRS = "EPSG:4326"
HELD = tuple(table for table in TABLES if table in {*BELT_TABLES, *OWN_TABLES})
PLACED = frozenset({*BELT_TABLES, "doors"})  # tables of which every row has a place
_MARGIN = 1000.0  # metres: an outlet's entrance may lie a little farther out than the outlet
_DAMAGED = (OSError, ValueError, KeyError, TypeError, pa.ArrowException, ShapelyError)


@dataclass(frozen=True)
class About:
    """Hold where the rows of one district come from."""

    sources: tuple[Source, ...]
    standard: str = ""
    notes: tuple[str, ...] = ()


def read_with_belt(
    city: City, name: str, neighbours: Sequence[str], metres: float
) -> tuple[District, Bounds | None]:
    """Return a district with the rows of its neighbours within a belt, and the box of its own.

    Raises
    ------
    InputError
        When a partition is damaged or lacks a column it cannot do without.
    """
    own = {table: read_table(city.part(table, name), table) for table in HELD}
    about = read_about(city, name)
    district = District(
        name=name,
        outlet_trades=_trades(own["outlets"]),
        circle_members=_members(city.part("circle_members", name)),
        extent=_extent(city, name),
        sources=about.sources,
        issues=_issues(city.part("issues", name)),
        standard=about.standard,
        notes=about.notes,
        **{t: rows.drop(columns=CODES, errors="ignore") for t, rows in own.items()},
    )
    box = _box(list(own.values()))
    if not neighbours:
        return district, box
    zone = zone_of([own[table].geometry for table in LIVED_IN], metres)
    return _with_belt(city, district, own, neighbours, zone), box


def read_about(city: City, name: str) -> About:
    """Return the sources of a district, those of the whole city among them."""
    path = city.folder / SOURCES / folder_of(name) / SOURCES_FILE
    if not path.is_file():
        return About(city.sources)
    told = read_json(path)
    try:
        sources = tuple(Source.of(source) for source in told["sources"])
        return About((*sources, *city.sources), str(told["standard"]), tuple(told["notes"]))
    except (KeyError, TypeError, ValueError) as problem:
        raise InputError("来源记录已损坏", where=_where(path), remedy="重新打包这个区") from problem


def read_table(path: Path, table: str, box: Bounds | None = None) -> gpd.GeoDataFrame:
    """Return one partition with all columns of its table, by id; within a box where one is given.

    Raises
    ------
    InputError
        When it is damaged, or an id or a place is missing or there twice.
    TableError
        When a column is missing that the table cannot do without.
    """
    rows = _read(path, box) if path.is_file() else _blank(table)
    if len(rows) == 0:
        return _blank(table).copy()
    kind = TABLES[table]
    needed = [column for column in kind.columns if column.required or column.name == kind.id]
    missing = [f"“{one.title}”（{one.name}）" for one in needed if one.name not in rows.columns]
    if missing:
        what = f"{kind.title}表缺少{'、'.join(missing)}列"
        raise TableError(what, where=_where(path), remedy="补上这一列后重新评估")
    rows = _settled(table, rows)
    if table == "outlets" and CODES not in rows.columns:
        rows[CODES] = _codes(rows["trades"])
    if rows.index.has_duplicates and table != "junctions":
        twice = rows.index[rows.index.duplicated()][0]
        what = f"{kind.title}编号“{twice}”出现了两次"
        raise InputError(what, where=_where(path), remedy="一个区里编号不能重复")
    shapes = rows.geometry.to_numpy()
    if table in PLACED and (shapely.is_missing(shapes) | shapely.is_empty(shapes)).any():
        what = f"{kind.title}表有没有位置的行"
        raise InputError(what, where=_where(path), remedy="补上经纬度，或删去这些行")
    return rows


def _read(path: Path, box: Bounds | None) -> gpd.GeoDataFrame:
    """Return the rows of a file; with a box, only of row groups and rows that meet it."""
    try:
        footer = pq.read_schema(path)
        geo = json.loads((footer.metadata or {}).get(b"geo", b"{}"))
        column = geo.get("columns", {}).get(geo.get("primary_column"))
        if column is None:
            remedy = "用 GeoParquet 格式写出，图形列名 geometry"
            raise InputError("没有图形列", where=_where(path), remedy=remedy)
        _check_degrees(path, column.get("crs"))
        covered = box is not None and "covering" in column
        if column.get("encoding") != "WKB":
            rows = gpd.read_parquet(path, bbox=box if covered else None, partitioning=None)
            return rows.rename_geometry("geometry").set_crs(CRS, allow_override=True)
        table = pq.read_table(path, filters=_meets(box) if covered else None, partitioning=None)
        rows = table.drop_columns([n for n in ("bbox",) if n in table.column_names]).to_pandas()
        shapes = shapely.from_wkb(rows.pop(geo["primary_column"]).to_numpy(dtype=object))
    except _DAMAGED as problem:
        remedy = "重新打包这个区，或恢复这个文件"
        raise InputError("文件已损坏，读不出来", where=_where(path), remedy=remedy) from problem
    return gpd.GeoDataFrame(rows, geometry=gpd.array.GeometryArray(shapes, crs=_degrees()))


def _meets(box: Bounds | None) -> Any:  # noqa: ANN401 - pyarrow is untyped
    """Return the condition that a row's own box meets another."""
    west, south, east, north = box or (-180.0, -90.0, 180.0, 90.0)
    edge = {name: pc.field("bbox", name) for name in ("xmin", "ymin", "xmax", "ymax")}
    across = (edge["xmin"] <= east) & (edge["xmax"] >= west)
    return across & (edge["ymin"] <= north) & (edge["ymax"] >= south)


def _check_degrees(path: Path, crs: Any) -> None:  # noqa: ANN401 - as the file tells it
    """Refuse coordinates in metres; without a word the format means degrees."""
    if isinstance(crs, dict) and crs.get("type") not in ("GeographicCRS", "GeodeticCRS"):
        remedy = "换算成 WGS-84 或 CGCS2000 经纬度再写出"
        raise InputError("坐标不是经纬度", where=_where(path), remedy=remedy)


@lru_cache(maxsize=1)
def _degrees() -> pyproj.CRS:
    """Return the system of all places; made once, because making it is slow."""
    return pyproj.CRS(CRS)


@lru_cache(maxsize=len(TABLES))
def _blank(table: str) -> gpd.GeoDataFrame:
    """Return an empty table; nobody writes into it."""
    rows = empty(table)
    return rows.assign(**{CODES: pd.Series(dtype="object")}) if table == "outlets" else rows


def _settled(table: str, rows: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return rows as :func:`conform` gives them, at little cost where they already are so."""
    kind = TABLES[table]
    blank = _blank(table)
    names = [name for name in blank.columns if name not in ("geometry", CODES)]
    fits = set(names) <= set(rows.columns) and all(
        rows[name].dtype == blank[name].dtype for name in names
    )
    if not fits or rows[kind.id].dtype != blank.index.dtype:
        return conform(table, rows)
    others = [n for n in rows.columns if n not in {*names, kind.id, "geometry"}]
    indexed = rows.set_index(kind.id)[[*names, *others, "geometry"]]
    return indexed.sort_index(kind="stable")


def _codes(words: pd.Series) -> pd.Series:
    """Return the trades of each outlet by its words, broader trades included."""
    known = {cell: with_broader(match_names(cell).codes) for cell in set(words)}
    return pd.Series([known[cell] for cell in words], index=words.index, dtype="object")


def _trades(outlets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return one row for each trade of each outlet."""
    held = (() if codes is None else codes for codes in outlets[CODES])
    pairs = [
        (outlet, trade) for outlet, some in zip(outlets.index, held, strict=True) for trade in some
    ]
    frame = pd.DataFrame(pairs, columns=["outlet_id", "trade"]).astype("str")
    return frame.sort_values(["outlet_id", "trade"], ignore_index=True)


def _plain(path: Path, columns: Sequence[str]) -> pd.DataFrame | None:
    """Return a table without places; None where there is none."""
    if not path.is_file():
        return None
    try:
        rows = pd.read_parquet(path, partitioning=None)
    except _DAMAGED as problem:
        remedy = "重新打包这个区，或恢复这个文件"
        raise InputError("文件已损坏，读不出来", where=_where(path), remedy=remedy) from problem
    missing = [name for name in columns if name not in rows.columns]
    if missing:
        raise TableError(f"缺少{'、'.join(missing)}列", where=_where(path), remedy="补上这一列")
    return rows


def _members(path: Path) -> pd.DataFrame:
    """Return which communities belong to which circle."""
    rows = _plain(path, ("circle_id", "community_id", "part"))
    if rows is None:
        rows = pd.DataFrame({"circle_id": [], "community_id": [], "part": []})
    kinds = {"circle_id": "str", "community_id": "str", "part": "bool"}
    return rows[list(kinds)].astype(kinds)


def _issues(path: Path) -> pd.DataFrame:
    """Return what was wrong with the files the district was packed from."""
    blank = issues_frame([])
    rows = _plain(path, tuple(blank.columns))
    return blank if rows is None else rows


def _extent(city: City, name: str) -> shapely.Geometry | None:
    """Return the area a district's data cover; None where nobody said."""
    path = city.part(EXTENT, name)
    if not path.is_file():
        return None
    shapes = _read(path, None).geometry.to_numpy()
    return shapely.union_all(shapes) if len(shapes) else None


def _box(tables: Iterable[gpd.GeoDataFrame]) -> Bounds | None:
    """Return the box around everything that has a place."""
    ends = np.concatenate([bounds_of(rows.geometry.to_numpy()) for rows in tables])
    if len(ends) == 0:
        return None
    west, south = ends[:, :2].min(axis=0).tolist()
    east, north = ends[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def _with_belt(
    city: City,
    district: District,
    own: dict[str, gpd.GeoDataFrame],
    neighbours: Sequence[str],
    zone: shapely.Geometry,
) -> District:
    """Return a district with its neighbours' rows around it.

    A district without streets stays without: half a network says less than straight lines.
    """
    shapely.prepare(zone)
    wanted = [t for t in BELT_TABLES if t not in {"streets", "junctions"} or len(own["streets"])]
    found = {table: [own[table]] for table in wanted}
    order = [one.name for one in city.districts]
    belts = [_belt_of(city, name, wanted, zone) for name in neighbours]
    if "streets" in wanted:
        belts = in_one_count([own, *belts])[1:]
    for belt in belts:
        for table, rows in belt.items():
            found[table].append(rows)
    names = [district.name, *neighbours]
    joined = {table: _joined(table, parts, names, order) for table, parts in found.items()}
    outlets = joined["outlets"]
    strangers = frozenset(outlets.index.difference(own["outlets"].index))
    extents = [e for name in neighbours if (e := _known_ground(city, name)) is not None]
    extent = district.extent
    if extent is not None:
        extent = joined_extent([extent, *extents], zone)
    told = _incomplete(city, district, neighbours, found["outlets"][1:])
    return replace(
        district,
        outlet_trades=_trades(outlets),
        extent=extent,
        sources=(*district.sources, *_sources_of_belt(city, neighbours)),
        issues=pd.concat([district.issues, issues_frame(told)], ignore_index=True)
        if told
        else district.issues,
        belt=strangers,
        **{t: rows.drop(columns=CODES, errors="ignore") for t, rows in joined.items()},
    )


def _belt_of(
    city: City, name: str, wanted: Sequence[str], zone: shapely.Geometry
) -> dict[str, gpd.GeoDataFrame]:
    """Return what one neighbour has in the zone: outlets with their entrances, streets, gates."""
    box = grow(tuple(float(end) for end in zone.bounds), _MARGIN)  # type: ignore[arg-type]
    found = {table: read_table(city.part(table, name), table, box) for table in wanted}
    for table, rows in found.items():
        if table != "entrances" and len(rows):
            found[table] = rows[shapely.intersects(zone, rows.geometry.to_numpy())]
    ways_in = found["entrances"]
    # Entrances of doors and compounds are their own district's business.
    ours = (ways_in["of"] == "outlet") & ways_in["of_id"].isin(found["outlets"].index)
    found["entrances"] = ways_in[ours]
    return found


def _joined(
    table: str, parts: list[gpd.GeoDataFrame], names: Sequence[str], order: Sequence[str]
) -> gpd.GeoDataFrame:
    """Return own rows and those of neighbours as one table, in the order one table would have.

    What two districts both list, under one id at one place, is one thing and stays the first's:
    a street across the border, an outlet in both ledgers.
    """
    own = parts[0]
    columns = list(own.columns)
    kept = []
    for rank, (name, rows) in enumerate(zip(names, parts, strict=True)):
        if rank and len(rows) == 0:
            continue
        part = rows.reindex(columns=[c for c in columns if c in rows.columns or not rank])
        part = part.assign(_id=rows.index, _rank=order.index(name), _near=rank)
        kept.append(_renamed(table, part, name) if rank else part)
    if len(kept) == 1:
        return own
    kept = [part for part in kept if len(part)]
    whole = gpd.GeoDataFrame(pd.concat(kept), geometry="geometry", crs=CRS)
    whole["_place"] = whole.geometry.to_wkb()
    whole = whole.sort_values("_near", kind="stable")
    whole = whole[~whole.duplicated(["_id", "_place"])]
    whole = whole.sort_values(["_id", "_rank"], kind="stable")
    whole.index.name = own.index.name
    return whole.reindex(columns=columns)


def _renamed(table: str, rows: gpd.GeoDataFrame, name: str) -> gpd.GeoDataFrame:
    """Return a neighbour's rows under names that say whose they are."""
    if table == "junctions":  # numbers of street nodes; streets refer to them
        return rows
    rows = rows.set_axis(pd.Index([f"{name}/{one}" for one in rows.index], dtype="str"), axis=0)
    for column in ("of_id", "service_centre_id"):
        if column in rows.columns:
            told = [f"{name}/{one}" if one else "" for one in rows[column]]
            rows[column] = pd.Series(told, index=rows.index, dtype="str")
    return rows


def _known_ground(city: City, name: str) -> shapely.Geometry | None:
    """Return what a neighbour's data cover; the box of its rows where nobody said."""
    said = _extent(city, name)
    if said is not None:
        return said
    (district,) = (one for one in city.districts if one.name == name)
    box = district.bounds(BELT_TABLES)
    return None if box is None else shapely.box(*box)


def _sources_of_belt(city: City, neighbours: Sequence[str]) -> list[Source]:
    """Return where the belt's rows come from; what is complete is for each district to say."""
    return [
        replace(source, file=f"{name}/{source.file}", complete_for=frozenset())
        for name in neighbours
        for source in read_about(city, name).sources
        if source.table in BELT_TABLES and source not in city.sources
    ]


def _incomplete(
    city: City, district: District, neighbours: Sequence[str], belts: list[gpd.GeoDataFrame]
) -> list[Issue]:
    """Tell of neighbours whose ledgers promise less than the district's own."""
    promised = district.complete_trades()
    issues = []
    for name, outlets in zip(neighbours, belts, strict=True):
        theirs = frozenset[str]().union(
            *(s.complete_for for s in read_about(city, name).sources if s.table == "outlets")
        )
        if len(outlets) and promised and not theirs:
            what = f"邻区“{name}”的台账没有保证哪个业态登记全了，边界附近判为“没有”的，对面可能有"
            issues.append(Issue(f"{name}", "", 0, "", "", REVIEW, what, "请邻区核对台账"))
    return issues


def _where(path: Path) -> str:
    """Return a partition as people know it: table and district."""
    return "/".join(path.parts[-3:])


def told_dates(city: City, name: str) -> list[Any]:
    """Return the days that a district's sources and reports speak of, as written."""
    dates: list[Any] = [source.date for source in read_about(city, name).sources]
    path = city.part("reports", name)
    return dates + (read_table(path, "reports")["date"].tolist() if path.is_file() else [])
