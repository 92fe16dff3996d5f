"""Name what columns each input has, and check a table once, for the command line and the web.

:func:`check` reads a frame of text cells, whatever file it came from. Every row ends in one of
three places: ``rows`` (typed, good), ``bad`` (refused, each with a sentence that says why) or
``skipped`` (blank rows and the template's example). Nothing is dropped silently.

Text columns never hold a missing value: an empty text is ``""``. Numbers and yes/no columns do:
missing means "not known" (未核实), never zero and never no.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import pandas as pd

from livingcircle._tables import catalogue
from livingcircle._tables import checks
from livingcircle._tables.cells import Cell
from livingcircle._tables.cells import Value
from livingcircle._tables.cells import cell_text
from livingcircle._tables.cells import clean
from livingcircle._tables.cells import is_missing
from livingcircle._tables.cells import read_cell
from livingcircle._tables.cells import without_controls
from livingcircle._tables.checks import Findings
from livingcircle._tables.columns import IGNORED_HEADERS
from livingcircle._tables.columns import Column
from livingcircle._tables.columns import Header
from livingcircle._tables.columns import Kind
from livingcircle._tables.columns import Table
from livingcircle._tables.columns import header_key
from livingcircle._tables.columns import header_row
from livingcircle._tables.columns import match_header
from livingcircle._tables.issues import ERROR
from livingcircle._tables.issues import REVIEW
from livingcircle._tables.issues import WARNING
from livingcircle._tables.issues import Issue
from livingcircle._tables.issues import issues_frame
from livingcircle.errors import TableError

__all__ = [
    "ERROR",
    "REVIEW",
    "STREETS",
    "TABLES",
    "WARNING",
    "Checked",
    "Column",
    "Issue",
    "Kind",
    "Table",
    "check",
    "conform",
    "empty",
    "header_row",
    "issues_frame",
]

TABLES = MappingProxyType(
    {
        table.name: table
        for table in (
            catalogue.OUTLETS,
            catalogue.COMMUNITIES,
            catalogue.CIRCLES,
            catalogue.DOORS,
            catalogue.ENTRANCES,
            catalogue.GATES,
            catalogue.BARRIERS,
            catalogue.SPACES,
            catalogue.REPORTS,
            catalogue.STREETS,
            catalogue.JUNCTIONS,
        )
    }
)
STREETS = TABLES["streets"]
ROW = "row"  # the name of an index that carries the spreadsheet's own row numbers


@dataclass(frozen=True)
class Checked:
    """Hold a checked table: good rows typed, the issues, and every row that is not among them.

    Attributes
    ----------
    rows
        The good rows, typed, indexed by id, with their ``row`` number in the file as a column.
    issues
        What was found, in the order of the file.
    bad, skipped
        Rows refused, and rows that hold no data (blank, the template's example), as they stood.
    """

    rows: pd.DataFrame
    issues: list[Issue]
    bad: pd.DataFrame
    skipped: pd.DataFrame


def check(
    table_name: str,
    frame: pd.DataFrame,
    *,
    file: str,
    sheet: str = "",
    first_row: int = 2,
    columns: Mapping[str, str] = MappingProxyType({}),
) -> Checked:
    """Read a frame of cells as one of our tables.

    Parameters
    ----------
    table_name
        A key of :data:`TABLES`.
    frame
        Cells under Chinese titles, identifiers or aliases. A ``geometry`` column is carried
        along. An index named ``"row"`` holds true row numbers; otherwise rows are counted on
        from ``first_row``.
    file, sheet
        Named in every issue.
    columns
        Headers of this file that are none of ours, each with the column it means.

    Raises
    ------
    TableError
        When a required column is missing or a column appears twice.
    """
    table = TABLES[table_name]
    numbers = frame.index if frame.index.name == ROW else range(first_row, first_row + len(frame))
    where = f"{file}，工作表“{sheet}”" if sheet else file
    heads, unused = _match_headers(table, frame, columns, where)
    raw = {
        head.column.name: [cell_text(value) for value in frame[name].tolist()]
        for name, head in heads.items()
    }
    text = {name: [clean(cell) for cell in cells] for name, cells in raw.items()}
    data = _data_positions(table, text, _drawn(frame))
    titles = {head.column.name: without_controls(name).strip("* ") for name, head in heads.items()}
    found = Findings(table, file, sheet, [int(numbers[position]) for position in data], titles)
    grid = {name: [cells[position] for position in data] for name, cells in text.items()}
    checks.note_unused(found, [without_controls(title) for title in unused])
    checks.note_controls(found, {n: [cells[p] for p in data] for n, cells in raw.items()})
    checks.refuse_totals(found, grid)
    checks.refuse_copies(found, _with_shapes(grid, frame, data))
    rows = _typed(found, grid, {h.column.name: h.factor for h in heads.values()})
    checks.check_people(found, rows)
    return _split(found, rows, frame, data)


def empty(table_name: str) -> gpd.GeoDataFrame:
    """Return a table with all its columns, typed, and no rows."""
    return conform(table_name, gpd.GeoDataFrame(geometry=[], crs="EPSG:4326"))


def conform(table_name: str, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give a table from another reader the columns, types, index and order of ours.

    Columns the table does not have are kept behind ours; rows are sorted by id.
    """
    table = TABLES[table_name]
    rows = frame.copy()
    if table.id in rows.columns:
        rows = rows.set_index(table.id)
    rows.index = rows.index.astype("int64" if table.columns[0].kind is Kind.INTEGER else "str")
    rows.index.name = table.id
    for column in table.columns[1:]:
        rows[column.name] = _as_type(column, rows)
    names = [column.name for column in table.columns[1:]]
    others = [name for name in rows.columns if name not in {*names, "geometry"}]
    crs = frame.crs or "EPSG:4326"
    ordered = gpd.GeoDataFrame(rows[[*names, *others, "geometry"]], geometry="geometry", crs=crs)
    return ordered.sort_index(kind="stable")


def _as_type(column: Column, rows: pd.DataFrame) -> pd.Series:
    if column.name not in rows.columns:
        values = pd.Series([None] * len(rows), index=rows.index, dtype="object")
    else:
        values = rows[column.name].astype("object")
    values = values.where(values.notna(), None)
    if column.dtype == "str":
        return values.map(lambda v: column.default if v in {None, ""} else str(v)).astype("str")
    if column.default:
        plain = False if column.kind is Kind.BOOLEAN else int(column.default)
        values = values.map(lambda v: plain if v is None else v)
    if column.dtype == "float64":
        return pd.to_numeric(values).astype("float64")
    return values.astype(pd.api.types.pandas_dtype(column.dtype))


def _match_headers(
    table: Table, frame: pd.DataFrame, columns: Mapping[str, str], where: str
) -> tuple[dict[str, Header], list[str]]:
    titles = [str(name) for name in frame.columns if name != "geometry"]
    twice = sorted({title for title in titles if titles.count(title) > 1})
    if twice:
        what = f"列“{twice[0]}”出现了两次"
        raise TableError(what, where=where, remedy="只保留一列，或改掉其中一个列名")
    _check_mapping(table, titles, columns, where)
    heads: dict[str, Header] = {}
    taken: set[str] = set()
    # Named by district.toml first, then by the official title, then by an alias.
    for title in sorted(titles, key=lambda t: (t not in columns, not _is_exact(table, t))):
        head = match_header(table, columns.get(title, title))
        if head is not None and head.column.name not in taken:
            heads[title] = head
            taken.add(head.column.name)
    missing = [c for c in table.columns if c.required and c.name not in taken]
    if missing:
        needed = "、".join(f"“{column.title}”" for column in missing)
        raise TableError(
            f"缺少{needed}列，现有的列是{'、'.join(titles) or '（没有）'}",
            where=where,
            remedy="补上这一列，或在 district.toml 的 columns 里写明哪一列就是它",
        )
    unused = [t for t in titles if t not in heads and header_key(t) not in IGNORED_HEADERS]
    return {title: heads[title] for title in titles if title in heads}, unused


def _check_mapping(
    table: Table, titles: Sequence[str], columns: Mapping[str, str], where: str
) -> None:
    for title, meaning in columns.items():
        if title not in titles:
            what = f"columns 里写的列“{title}”不在文件里，现有的列是{'、'.join(titles)}"
            raise TableError(what, where=where, remedy="核对 district.toml 里的列名")
        if match_header(table, meaning) is None:
            known = "、".join(f"{column.title}（{column.name}）" for column in table.columns)
            what = f"columns 里写的“{meaning}”不是{table.title}表的列"
            raise TableError(what, where=where, remedy=f"可用的列：{known}")


def _is_exact(table: Table, title: str) -> bool:
    return any(header_key(title) in {header_key(c.title), c.name} for c in table.columns)


def _drawn(frame: pd.DataFrame) -> list[bool]:
    """Say of each row whether something is drawn: on a map a row without words is no blank."""
    if "geometry" not in frame.columns:
        return [False] * len(frame)
    return [not (shape is None or shape.is_empty) for shape in frame["geometry"].tolist()]


def _data_positions(table: Table, text: dict[str, list[str]], drawn: Sequence[bool]) -> list[int]:
    ids = text.get(table.id, [""] * len(drawn))
    return [
        position
        for position, shown in enumerate(drawn)
        if (shown or any(cells[position] for cells in text.values()))
        and not checks.is_example(ids[position])
    ]


def _with_shapes(
    grid: dict[str, list[str]], frame: pd.DataFrame, data: Sequence[int]
) -> dict[str, list[str]]:
    """Add the geometry as text, so that two nameless lines are not taken for copies."""
    if "geometry" not in frame.columns:
        return grid
    shapes = frame["geometry"].tolist()
    return {**grid, "geometry": ["" if shapes[p] is None else shapes[p].wkb_hex for p in data]}


def _typed(found: Findings, grid: dict[str, list[str]], factors: dict[str, float]) -> pd.DataFrame:
    rows = pd.DataFrame(index=range(len(found.numbers)))
    for column in found.table.columns:
        if column.name not in grid:
            values: list[Value] = [None] * len(found.numbers)
        else:
            values = _read_column(found, column, grid, factors[column.name])
        series = pd.Series(values, index=rows.index, dtype="object")
        rows[column.name] = _as_type(column, series.to_frame(column.name))
    return rows


def _read_column(
    found: Findings, column: Column, grid: dict[str, list[str]], factor: float
) -> list[Value]:
    texts = grid[column.name]
    if checks.is_trades(column):
        return list(checks.resolve_trades(found, grid, column))
    empty_words = column.kind not in {Kind.BOOLEAN, Kind.TEXT}
    memo: dict[str, Cell] = {"": Cell(None)}
    values: list[Value] = []
    settled = frozenset(found.refused)
    for position, text in enumerate(texts):
        if position in settled:  # a total or a copy: one sentence is enough
            values.append(None)
            continue
        if text not in memo:
            nothing = empty_words and is_missing(text)
            memo[text] = Cell(None) if nothing else read_cell(text, column, factor)
        cell = memo[text]
        if cell.problem:
            found.add(position, column, text, cell)
        if column.required and cell.value is None:
            problem = f"没有填{column.title}" if not cell.problem else f"缺少能用的{column.title}"
            found.add(position, column, text, Cell(None, problem, "补填后重新导入", ERROR))
        values.append(cell.value)
    return values


def _split(
    found: Findings, rows: pd.DataFrame, frame: pd.DataFrame, data: Sequence[int]
) -> Checked:
    table = found.table
    rows[ROW] = pd.Series(found.numbers, index=rows.index, dtype="int64")
    if "geometry" in frame.columns:
        rows["geometry"] = frame["geometry"].iloc[list(data)].to_numpy()
    good = [position for position in range(len(data)) if position not in found.refused]
    kept = rows.iloc[good].copy()
    if table.columns[0].kind is Kind.ID:
        kept[table.id] = _own_ids(found, kept)
    data_set = set(data)
    skipped = [position for position in range(len(frame)) if position not in data_set]
    order = {number: place for place, number in enumerate([0, *found.numbers])}
    issues = sorted(found.issues, key=lambda issue: order[issue.row])
    bad = frame.iloc[[data[position] for position in sorted(found.refused)]]
    return Checked(kept.set_index(table.id), issues, bad, frame.iloc[skipped])


def _own_ids(found: Findings, kept: pd.DataFrame) -> list[str]:
    """Keep given ids; name the others after file and row, which the reader can look up."""
    taken = {row_id for row_id in kept[found.table.id] if row_id}
    stem = "-".join(part for part in (Path(found.file).stem, found.sheet) if part)
    ids = []
    for given, number in zip(kept[found.table.id], kept[ROW], strict=True):
        own = given or f"{stem}-{number}"
        while not given and own in taken:
            own += "+"
        taken.add(own)
        ids.append(own)
    return ids
