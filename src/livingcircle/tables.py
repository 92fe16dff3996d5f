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
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from livingcircle._tables import catalogue
from livingcircle._tables import checks
from livingcircle._tables.cells import Cell
from livingcircle._tables.cells import read_words
from livingcircle._tables.cells import without_controls
from livingcircle._tables.checks import Findings
from livingcircle._tables.columns import Column
from livingcircle._tables.columns import Kind
from livingcircle._tables.columns import Table
from livingcircle._tables.columns import header_row
from livingcircle._tables.columns import match_header
from livingcircle._tables.headers import HeaderMatch
from livingcircle._tables.headers import How
from livingcircle._tables.headers import match_headers
from livingcircle._tables.issues import ERROR
from livingcircle._tables.issues import REVIEW
from livingcircle._tables.issues import WARNING
from livingcircle._tables.issues import Issue
from livingcircle._tables.issues import issues_frame
from livingcircle._tables.texts import Values
from livingcircle._tables.texts import as_type
from livingcircle._tables.texts import cleaned
from livingcircle._tables.texts import filled
from livingcircle._tables.texts import texts_of
from livingcircle._tables.texts import typed
from livingcircle.errors import TableError

__all__ = [
    "ERROR",
    "REVIEW",
    "STREETS",
    "TABLES",
    "WARNING",
    "Checked",
    "Column",
    "HeaderMatch",
    "How",
    "Issue",
    "Kind",
    "Table",
    "check",
    "conform",
    "empty",
    "header_row",
    "issues_frame",
    "keeps_id",
    "match_headers",
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
            catalogue.SCENARIOS,
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
    raw = {column.name: texts_of(frame[name]) for name, (column, _) in heads.items()}
    text = {name: cleaned(cells) for name, cells in raw.items()}
    data = _data_positions(table, text, _drawn(frame))
    titles = {
        column.name: without_controls(name).strip("* ") for name, (column, _) in heads.items()
    }
    found = Findings(table, file, sheet, np.asarray(numbers, dtype=np.int64)[data].tolist(), titles)
    grid = {name: _at(data, cells) for name, cells in text.items()}
    checks.note_unused(found, [without_controls(title) for title in unused])
    checks.note_controls(found, {name: _at(data, cells) for name, cells in raw.items()})
    checks.refuse_totals(found, grid)
    checks.refuse_copies(found, grid, _shapes(frame, data))
    rows = _typed(found, grid, {column.name: factor for column, factor in heads.values()})
    checks.check_people(found, rows)
    return _split(found, rows, frame, data)


def keeps_id(text: str) -> bool:
    """Say whether an id is read back as it is: not blank, no word for nothing, no example."""
    column = TABLES["outlets"].columns[0]
    told = cleaned([text])[0]
    values, _ = read_words([told], column)
    return values == [text] and not checks.is_example(text)


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
    told = {column.name: as_type(column, rows) for column in table.columns[1:]}
    others = {n: rows[n] for n in rows.columns if n not in told and n != "geometry"}
    crs = frame.crs or "EPSG:4326"
    whole = pd.DataFrame({**told, **others}, index=rows.index)
    ordered = gpd.GeoDataFrame(whole, geometry=np.asarray(rows["geometry"], dtype=object), crs=crs)
    return ordered if ordered.index.is_monotonic_increasing else ordered.sort_index(kind="stable")


def _match_headers(
    table: Table, frame: pd.DataFrame, columns: Mapping[str, str], where: str
) -> tuple[dict[str, tuple[Column, float]], list[str]]:
    titles = [str(name) for name in frame.columns if name != "geometry"]
    twice = sorted({title for title in titles if titles.count(title) > 1})
    if twice:
        what = f"列“{twice[0]}”出现了两次"
        raise TableError(what, where=where, remedy="只保留一列，或改掉其中一个列名")
    _check_mapping(table, titles, columns, where)
    matches = match_headers(table, titles, columns)
    heads = {m.title: (m.column, m.factor) for m in matches if m.column is not None}
    taken = {column.name for column, _ in heads.values()}
    missing = [c for c in table.columns if c.required and c.name not in taken]
    if missing:
        needed = "、".join(f"“{column.title}”" for column in missing)
        raise TableError(
            f"缺少{needed}列，现有的列是{'、'.join(titles) or '（没有）'}",
            where=where,
            remedy="补上这一列，或在 district.toml 的 columns 里写明哪一列就是它",
        )
    return heads, [match.title for match in matches if match.how is How.UNUSED]


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


def _drawn(frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Say of each row whether something is drawn: on a map a row without words is no blank."""
    if "geometry" not in frame.columns:
        return np.zeros(len(frame), dtype=np.bool_)
    shapes = frame["geometry"].to_numpy()
    return np.asarray(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)), dtype=np.bool_)


def _data_positions(
    table: Table, text: Mapping[str, list[str]], drawn: NDArray[np.bool_]
) -> list[int]:
    held = np.logical_or.reduce([drawn, *(filled(cells) for cells in text.values())])
    if table.id in text:
        held &= ~np.fromiter(map(checks.is_example, text[table.id]), np.bool_, len(drawn))
    return [int(position) for position in np.flatnonzero(held)]


def _at(data: Sequence[int], cells: list[str]) -> list[str]:
    return cells if len(data) == len(cells) else [cells[position] for position in data]


def _shapes(frame: pd.DataFrame, data: Sequence[int]) -> NDArray[np.object_] | None:
    """Return what is drawn, so that two nameless lines are not taken for copies."""
    if "geometry" not in frame.columns:
        return None
    return np.asarray(frame["geometry"].to_numpy()[list(data)], dtype=object)


def _typed(found: Findings, grid: dict[str, list[str]], factors: dict[str, float]) -> pd.DataFrame:
    rows = pd.DataFrame(index=range(len(found.numbers)))
    columns = {}
    for column in found.table.columns:
        if column.name in grid:
            values = _read_column(found, column, grid, factors[column.name])
            columns[column.name] = typed(column, values, rows.index)
        else:
            columns[column.name] = as_type(column, rows)
    return pd.DataFrame(columns, index=rows.index)


def _read_column(
    found: Findings, column: Column, grid: dict[str, list[str]], factor: float
) -> Values:
    """Read each word of a column once, and note it at every row that says it."""
    texts = np.array(grid[column.name], dtype=object)
    settled = sorted(found.refused)  # a total or a copy: one sentence is enough
    if checks.is_trades(column):
        return np.array(checks.resolve_trades(found, grid, column), dtype=object)
    code, words = pd.factorize(texts)
    read_as, noted = read_words(words.tolist(), column, factor)
    values = np.array(read_as, dtype=object)
    wanting = np.array([column.required and value is None for value in read_as], dtype=np.bool_)
    told = wanting.copy()
    told[list(noted)] = True
    told = told[code]
    told[settled] = False
    for position in np.flatnonzero(told):
        word, text = int(code[position]), str(texts[position])
        if word in noted:
            found.add(int(position), column, text, noted[word])
        if wanting[word]:
            problem = f"缺少能用的{column.title}" if word in noted else f"没有填{column.title}"
            found.add(int(position), column, text, Cell(None, problem, "补填后重新导入", ERROR))
    read = values[code]
    read[settled] = None
    return read


def _split(
    found: Findings, rows: pd.DataFrame, frame: pd.DataFrame, data: Sequence[int]
) -> Checked:
    table = found.table
    rows[ROW] = pd.Series(found.numbers, index=rows.index, dtype="int64")
    if "geometry" in frame.columns:
        rows["geometry"] = frame["geometry"].iloc[list(data)].to_numpy()
    good = [position for position in range(len(data)) if position not in found.refused]
    kept = rows.iloc[good].copy() if found.refused else rows
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
    told = kept[found.table.id].tolist()
    if all(told):
        return told
    taken = {row_id for row_id in told if row_id}
    stem = "-".join(part for part in (Path(found.file).stem, found.sheet) if part)
    ids = []
    for given, number in zip(told, kept[ROW], strict=True):
        own = given or f"{stem}-{number}"
        while not given and own in taken:
            own += "+"
        taken.add(own)
        ids.append(own)
    return ids
