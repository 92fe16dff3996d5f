"""Read one file named in district.toml into checked, placed rows of one table."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from livingcircle import tables
from livingcircle._tables.cells import cell_text
from livingcircle._tables.cells import clean
from livingcircle.district import Source
from livingcircle.errors import CoordinateError
from livingcircle.io import geo
from livingcircle.io._folder.description import Entry
from livingcircle.io._folder.places import place_rows
from livingcircle.io._folder.roads import doubt_lengths
from livingcircle.io._folder.roads import drop_strays
from livingcircle.io._folder.roads import single_lines
from livingcircle.io._geo.shapes import from_wkt
from livingcircle.io._geo.shapes import moved
from livingcircle.io._geo.shapes import repair
from livingcircle.io._geo.shapes import wkt_column
from livingcircle.io.excel import Sheet
from livingcircle.io.excel import find_table
from livingcircle.io.excel import read_sheets
from livingcircle.io.guard import file_kind
from livingcircle.tables import TABLES
from livingcircle.tables import HeaderMatch
from livingcircle.tables import Issue
from livingcircle.trades import match_names
from livingcircle.trades import with_broader

GRIDS = frozenset({"xlsx", "xls", "csv", "txt", "tsv"})
SHOWN_ROWS = 20
_KIND_OF_TABLE = {"streets": "道路", "communities": "社区边界", "circles": "生活圈边界"}


@dataclass(frozen=True)
class Part:
    """Hold one file's rows of one table, conformed, with ``source``, ``sheet`` and ``row``.

    ``system`` is what the coordinates were declared as, empty where there is nothing to doubt;
    ``extent`` is the area the file says it covers; ``sheet`` the sheet or layer that was read.
    ``headers`` says what each column was taken for, ``head`` holds the first rows as they stood;
    ``refused`` and ``skipped`` are the rows that are not among ``rows``, as they stood.
    """

    table: str
    rows: gpd.GeoDataFrame
    issues: list[Issue]
    source: Source
    system: str = ""
    extent: shapely.Geometry | None = None
    sheet: str = ""
    headers: tuple[HeaderMatch, ...] = ()
    head: pd.DataFrame = field(default_factory=pd.DataFrame)
    refused: pd.DataFrame = field(default_factory=pd.DataFrame)
    skipped: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class _Raw:
    """Hold the cells of one file as they stood, and what was noted while they were read."""

    cells: pd.DataFrame
    issues: list[Issue]
    shape_issues: list[Issue]
    system: str
    sheet: str = ""
    layer: str = ""


def read_part(
    entry: Entry,
    fallback: str,
    area: shapely.Geometry | None,
    sheets: Sequence[Sheet] | None = None,
) -> Part:
    """Read, check and place the rows of one file.

    Parameters
    ----------
    fallback
        The coordinate system of files that do not say.
    area
        The streets' box, once it is known.
    sheets
        The file's sheets, where somebody has read them already.
    """
    raw = _read_raw(entry, fallback, sheets)
    frame, sheet = raw.cells, raw.sheet
    if entry.table == "streets":
        frame = single_lines(frame, entry.file, entry.columns)
    checked = tables.check(entry.table, frame, file=entry.file, sheet=sheet, columns=entry.columns)
    rows = checked.rows.reset_index()
    placed = place_rows(
        rows, TABLES[entry.table], file=entry.file, sheet=sheet, system=raw.system, area=area
    )
    kept = placed.rows.assign(source=entry.file, sheet=sheet)
    found = [*raw.issues, *checked.issues, *raw.shape_issues, *placed.issues]
    found.sort(key=lambda issue: issue.row)
    if not len(kept):
        # A sheet of blank rows has no row either, and none that could be put right.
        refused = any(one.severity == tables.ERROR for one in found)
        found.append(_nothing_left(entry, sheet, empty=not refused))
    conformed = tables.conform(entry.table, gpd.GeoDataFrame(kept))
    if entry.table == "streets":
        conformed, strays = drop_strays(conformed, entry.file)
        conformed, lengths = doubt_lengths(conformed, entry.file)
        found += [*strays, *lengths]
    titles = [str(name) for name in frame.columns if name != "geometry"]
    settled = frame.index.isin(conformed["row"]) | frame.index.isin(checked.skipped.index)
    return Part(
        entry.table,
        conformed,
        found,
        _source(entry, conformed),
        raw.system,
        sheet=sheet or raw.layer,
        headers=tuple(tables.match_headers(TABLES[entry.table], titles, entry.columns)),
        head=frame.head(SHOWN_ROWS),
        refused=frame[~settled],
        skipped=checked.skipped,
    )


def _read_raw(entry: Entry, fallback: str, sheets: Sequence[Sheet] | None) -> _Raw:
    table, kind = TABLES[entry.table], file_kind(entry.path)
    if kind in GRIDS:  # the readers look at the file before they open it
        system = entry.coordinates or fallback
        sheets = sheets or read_sheets(entry.path, encoding=entry.encoding)
        frame, sheet, issues = find_table(
            sheets, entry.table, sheet=entry.sheet, file=entry.file, columns=entry.columns
        )
        frame, more = _with_wkt(frame, entry, sheet, system)
        return _Raw(frame, issues, more, system, sheet=sheet)
    layer = geo.read_layer(
        entry.path,
        layer=entry.layer,
        encoding=entry.encoding,
        coordinates=entry.coordinates,
        fallback=fallback,
        prefer=(entry.table, table.title, entry.section),
        file=entry.file,
    )
    return _Raw(layer.rows, [], layer.issues, layer.system, layer=layer.name)


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file; of a shapefile, of all its parts in order of their names."""
    parts = [path]
    if path.suffix.lower() == ".shp":
        suffixes = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
        beside = (p for p in path.parent.iterdir() if p.stem == path.stem)
        parts = sorted(p for p in beside if p.suffix.lower() in suffixes)
    digest = hashlib.sha256()
    for part in parts:
        with part.open("rb") as stream:
            while block := stream.read(1024**2):
                digest.update(block)
    return digest.hexdigest()


def listed_trades(entry: Entry, named: pd.Series) -> frozenset[str]:
    """Return the trades a ledger is complete for, as declared.

    A ledger says nothing of trades that never occur in it: their absence is unknown. Words that
    are no trade here are kept, because a standard may have a trade of that name.
    """
    declared = entry.complete_for or ("none" if entry.is_osm else "listed")
    if isinstance(declared, frozenset):
        return declared
    if declared == "none":
        return frozenset()
    matches = [match_names(cell) for cell in set(named)]
    occurring = {code for match in matches for code in match.codes}
    strange = {word for match in matches for word in match.unmatched}
    return frozenset(with_broader(sorted(occurring))) | strange


def source_of(entry: Entry, table: str, rows: int, complete_for: frozenset[str]) -> Source:
    """Describe a file as a source of one table."""
    return Source(
        table=table,
        file=entry.file,
        status=entry.status,
        title=entry.title or entry.file,
        date=entry.date,
        licence=entry.licence,
        note=entry.note,
        sha256=file_digest(entry.path),
        rows=rows,
        complete_for=complete_for,
    )


def _source(entry: Entry, rows: gpd.GeoDataFrame) -> Source:
    complete = listed_trades(entry, rows["trades"]) if entry.table == "outlets" else frozenset()
    return source_of(entry, entry.table, len(rows), complete)


def _with_wkt(
    frame: pd.DataFrame, entry: Entry, sheet: str, system: str
) -> tuple[pd.DataFrame, list[Issue]]:
    """Turn a WKT column of a text table into geometry."""
    header = wkt_column(frame)
    if not header:
        return frame, []
    texts = [clean(cell_text(value)) for value in frame[header].tolist()]
    if any(texts) and not system:
        remedy = "在 district.toml 里用 coordinates 写明，例如 WGS-84 或 EPSG:4547"
        raise CoordinateError("没有写明图形是哪种坐标系", where=entry.file, remedy=remedy)
    shapes = from_wkt(texts)
    issues = [
        Issue(
            entry.file, sheet, int(row), header, text[:80], tables.WARNING,
            "这一格不是 WKT 图形，按没有图形处理", "从 GIS 软件重新导出这一列",
        )
        for row, text, shape in zip(frame.index, texts, shapes, strict=True)
        if text and shape is None
    ]  # fmt: skip
    series = gpd.GeoSeries(moved(shapes, system), index=frame.index, crs="EPSG:4326")
    repaired, notes = repair(series, entry.file, sheet)
    return frame.drop(columns=header).assign(geometry=repaired.to_numpy()), issues + notes


def _nothing_left(entry: Entry, sheet: str, *, empty: bool) -> Issue:
    title = _KIND_OF_TABLE.get(entry.table, TABLES[entry.table].title)
    problem, remedy = f"没有一行能用的{title}", "按上面各行的说明改正后重新导入"
    if empty:
        problem = f"只有表头，没有一行{title}（空行和示例行不算）"
        remedy = "填好后重新导入，核对是不是导出了空表；不用这个文件就从 district.toml 里删去"
    severity = tables.WARNING if empty else tables.ERROR
    return Issue(entry.file, sheet, 0, "", "", severity, problem, remedy)
