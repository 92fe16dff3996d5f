"""Read a district folder described by district.toml into one checked District.

Problems of a row become issues and reading goes on; a file that is unsafe, missing or has no
usable header stops it, because an assessment without it would answer another question.
"""

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from livingcircle import tables
from livingcircle.district import District
from livingcircle.district import Source
from livingcircle.district import Status
from livingcircle.errors import InputError
from livingcircle.errors import TableError
from livingcircle.io import geo
from livingcircle.io._folder.agreement import check_agreement
from livingcircle.io._folder.agreement import check_extent
from livingcircle.io._folder.description import SECTIONS
from livingcircle.io._folder.description import Description
from livingcircle.io._folder.description import Entry
from livingcircle.io._folder.description import read_description
from livingcircle.io._folder.joining import join
from livingcircle.io._folder.labels import doubt_labels
from livingcircle.io._folder.members import Directory
from livingcircle.io._folder.members import resolve_members
from livingcircle.io._folder.members import split_members
from livingcircle.io._folder.members import write_members
from livingcircle.io._folder.osm_parts import Extracts
from livingcircle.io._folder.osm_parts import read_osm_parts
from livingcircle.io._folder.parts import Part
from livingcircle.io._folder.parts import file_digest
from livingcircle.io._folder.parts import read_part
from livingcircle.io._folder.reported import resolve_units
from livingcircle.io._folder.twins import ask_about_twins
from livingcircle.io._folder.twins import offers_of
from livingcircle.io.guard import check_file
from livingcircle.memory import Memory
from livingcircle.tables import REVIEW
from livingcircle.tables import TABLES
from livingcircle.tables import WARNING
from livingcircle.tables import Issue

__all__ = ["SECTIONS", "read_description", "read_district", "write_members"]

Progress = Callable[[int, int, str], None]
_STREETS_FIRST = ("streets", "junctions", "barriers", "gates", "communities", "circles", "doors",
                  "outlets", "entrances", "spaces", "reports")  # fmt: skip


def read_district(
    folder: Path | str, *, progress: Progress | None = None, memory: Memory | None = None
) -> District:
    """Read every file that district.toml names.

    Parameters
    ----------
    progress
        Called as ``progress(done, total, what)`` before each file and once at the end.
    memory
        Of an earlier reading, of this folder or another: files with the same content that are
        described alike are not read again.

    Raises
    ------
    InputError
        When district.toml, a file, a sheet or a required column is missing or unsafe.
    """
    folder = Path(folder)
    described = read_description(folder)
    _refuse_repeats(described.entries)
    parts = _read_parts(described, progress, memory)
    whole: dict[str, gpd.GeoDataFrame] = {}
    issues = [issue for part in parts for issue in part.issues]
    for name in SECTIONS.values():
        whole[name], found = join(name, [part for part in parts if part.table == name])
        issues += found
    sources = [part.source for part in parts]
    issues += doubt_labels(parts, whole["streets"])
    made, found = _communities_of_circles(whole)
    sources += made
    members, more = resolve_members(whole["circles"], whole["communities"])
    whole["reports"], unplaced = resolve_units(whole, described.name)
    issues += [*found, *more, *_settle_doors(whole), *unplaced]
    outlet_trades = offers_of(whole["outlets"])
    issues += ask_about_twins(whole["outlets"], outlet_trades)
    issues += check_agreement(whole, members)
    extent = _extent(described, parts, whole["streets"])
    if extent is not None and described.extent_path is not None:
        check_extent(extent, whole, described.extent)
    return District(
        name=described.name,
        outlet_trades=outlet_trades,
        circle_members=members,
        extent=extent,
        sources=tuple(sources),
        issues=tables.issues_frame(issues),
        standard=described.standard,
        **{
            name: rows.drop(columns=["sheet", "declared"], errors="ignore")
            for name, rows in whole.items()
        },
    )


def _refuse_repeats(entries: Sequence[Entry]) -> None:
    seen: set[tuple[str, Path, str, str]] = set()
    for entry in entries:
        key = (entry.table, entry.path.resolve(), entry.sheet, entry.layer)
        if key in seen:
            what = f"文件“{entry.file}”在 [[{entry.section}]] 里列了两次"
            raise TableError(what, where="district.toml", remedy="删去重复的一节，不然每行会算两次")
        seen.add(key)


def _refuse_same_content(parts: Sequence[Part]) -> None:
    """Refuse the same rows of one table under two names: the sheet said once, the file copied."""
    seen: dict[tuple[str, str, str], str] = {}
    for part in parts:
        key = (part.table, part.source.sha256, part.sheet)
        if key in seen:
            title = TABLES[part.table].title
            what = f"“{seen[key]}”和“{part.source.file}”给出的是同样的{title}，会算两次"
            remedy = "只留一节；网点已经在 [[outlets]] 里的 .osm.pbf，不要再写 use_osm_outlets"
            raise TableError(what, where="district.toml", remedy=remedy)
        seen[key] = part.source.file


def _read_parts(
    described: Description, progress: Progress | None, memory: Memory | None
) -> list[Part]:
    """Read the streets first: the other files are held against them."""
    order = sorted(described.entries, key=lambda entry: _STREETS_FIRST.index(entry.table))
    parts: list[Part] = []
    extracts = Extracts()
    area: shapely.Geometry | None = None
    for number, entry in enumerate(order):
        if progress:
            progress(number, len(order), f"读取 {entry.file}")
        own = None if entry.table in {"streets", "junctions"} else area
        read = partial(_read_entry, entry, described, own, extracts)
        parts += read() if memory is None else _recalled(memory, entry, described, own, read)
        _refuse_same_content(parts)
        if entry.table == "streets":
            area = _box([part.rows for part in parts if part.table == "streets"])
    if progress:
        progress(len(order), len(order), "读取完毕")
    return parts


def _read_entry(
    entry: Entry, described: Description, area: shapely.Geometry | None, extracts: Extracts
) -> list[Part]:
    """Read one file; an extract holds several tables."""
    if entry.is_osm:
        return read_osm_parts(entry, with_outlets=described.use_osm_outlets, known=extracts)
    return [read_part(entry, described.coordinates, area)]


def _recalled(
    memory: Memory,
    entry: Entry,
    described: Description,
    area: shapely.Geometry | None,
    read: Callable[[], list[Part]],
) -> list[Part]:
    """Return what was read of a file before, or read it where content or description differ."""
    check_file(entry.path)  # before its content is gone through
    key = ("part", entry.section, entry.file, entry.sheet, entry.layer)
    terms = described.coordinates, str(described.use_osm_outlets), "" if area is None else area.wkt
    words = vars(replace(entry, path=Path(), columns={}, complete_for=""))
    complete = entry.complete_for
    told = (
        repr(words),
        repr(sorted(entry.columns.items())),
        complete if isinstance(complete, str) else "、".join(sorted(complete)) + "、",
        file_digest(entry.path),
    )
    return memory.recall(key, (*told, *terms), read)


def _box(frames: Sequence[gpd.GeoDataFrame]) -> shapely.Geometry | None:
    bounds = np.array([frame.total_bounds for frame in frames if len(frame)])
    if not len(bounds):
        return None
    return shapely.box(*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0))


def _extent(
    described: Description, parts: Sequence[Part], streets: gpd.GeoDataFrame
) -> shapely.Geometry | None:
    """Return the area the data cover: a file's polygon, the extract's own box, or the streets'."""
    if described.extent_path is not None:
        layer = geo.read_layer(
            described.extent_path, fallback=described.coordinates, file=described.extent
        )
        shapes = layer.rows.geometry.dropna()
        area = shapely.union_all(shapes[shapes.geom_type.isin(["Polygon", "MultiPolygon"])])
        if area.is_empty:
            remedy = 'extent 要指向一个有面的图层，或写成 "roads"'
            raise InputError("范围文件里没有面", where=described.extent, remedy=remedy)
        return area
    boxes = [part.extent for part in parts if part.table == "streets" and part.extent is not None]
    if boxes:
        return shapely.union_all(boxes)
    return _box([streets])


def _communities_of_circles(
    whole: dict[str, gpd.GeoDataFrame],
) -> tuple[list[Source], list[Issue]]:
    """Make communities of the names circles cover, when no file gives communities at all."""
    circles = whole["circles"]
    if len(whole["communities"]) or not circles["members"].any():
        return [], []
    rows = [
        {
            "community_id": member.name,
            "name": member.name,
            "kind": "village" if member.name.endswith("村") else "community",
            "subdistrict": circle["subdistrict"],
            "row": int(circle["row"]),
            "source": circle["source"],
            "geometry": None,
        }
        for _, circle in circles.iterrows()
        for member in split_members(circle["members"])
    ]
    frame = pd.DataFrame(rows).drop_duplicates("community_id")
    made = gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326")
    whole["communities"] = tables.conform("communities", made)
    file = str(circles["source"].iloc[0])
    title = "生活圈覆盖的社区名称"
    note = "没有社区表，社区按名称建立，没有边界和人口"
    source = Source("communities", file, Status.DERIVED, title, note=note, rows=len(made))
    remedy = "有社区边界和人口时，补一个 [[communities]]"
    return [source], [Issue(file, "", 0, "", "", WARNING, note, remedy)]


def _settle_doors(whole: dict[str, gpd.GeoDataFrame]) -> list[Issue]:
    """Turn the community written at a door into its id; unknown names are left to location."""
    doors = whole["doors"]
    directory = Directory(whole["communities"])
    answers = {name: directory.find(name) for name in doors["community"].unique() if name}
    issues = []
    for name, (_, problem) in answers.items():
        if problem:
            rows = doors[doors["community"] == name]
            first = rows.iloc[0]
            says = f"{problem}（{len(rows)} 个楼门这样写），这些楼门按位置归社区"
            where = (str(first["source"]), str(first["sheet"]), int(first["row"]))
            issues.append(Issue(*where, "所属社区", name, REVIEW, says, "与社区表写成一样"))
    settled = doors["community"].map(lambda name: answers.get(name, ("", ""))[0])
    whole["doors"] = doors.assign(community=settled.astype("str"))
    return issues
