"""Read workbooks as text with true row numbers; write templates, read-backs and workbooks.

This is the door for spreadsheets; each of the four things it does has a module of its own.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from livingcircle import tables
from livingcircle.errors import TableError
from livingcircle.io._excel.readback import write_readback
from livingcircle.io._excel.reading import Sheet
from livingcircle.io._excel.reading import read_sheets
from livingcircle.io._excel.sheets import write_workbook
from livingcircle.io._excel.templates import write_template
from livingcircle.io._files import check_target
from livingcircle.io._files import replacing
from livingcircle.tables import TABLES
from livingcircle.tables import Issue
from livingcircle.tables import Table

__all__ = [
    "Sheet",
    "check_target",
    "choose_sheet",
    "find_table",
    "read_sheets",
    "read_table",
    "replacing",
    "write_readback",
    "write_template",
    "write_workbook",
]


def read_table(
    path: Path | str, table_name: str, *, sheet: str = "", encoding: str = "", file: str = ""
) -> tuple[pd.DataFrame, str, list[Issue]]:
    """Read the sheet that holds a table, with true row numbers as the index.

    Returns and raises what :func:`find_table` does.
    """
    sheets = read_sheets(path, encoding=encoding)
    return find_table(sheets, table_name, sheet=sheet, file=file or Path(path).name)


def find_table(
    sheets: Sequence[Sheet],
    table_name: str,
    *,
    file: str,
    sheet: str = "",
    columns: Mapping[str, str] = MappingProxyType({}),
) -> tuple[pd.DataFrame, str, list[Issue]]:
    """Find the sheet that holds a table among those read, with true row numbers as the index.

    Parameters
    ----------
    columns
        Headers of this file that are none of ours, each with the column it means.

    Returns
    -------
    tuple
        The cells as text under the headers as written, the sheet's name ("" for text files),
        and what had to be noted about the sheet itself.

    Raises
    ------
    TableError
        When there is no such sheet, no header row, or the header takes more than one row.
    """
    table = TABLES[table_name]
    chosen = choose_sheet(sheets, table, sheet, file=file, columns=columns)
    where = f"{file}，工作表“{chosen.name}”" if chosen.name else file
    header = tables.header_row(table, chosen.rows, columns=columns)
    if header is None:
        needed = "、".join(column.title for column in table.columns if column.required)
        what = f"前 10 行里没有找到{table.title}的表头"
        remedy = f"表头要写在同一行里，至少有{needed or table.columns[0].title}；也可以下载模板填写"
        raise TableError(what, where=where, remedy=remedy)
    _check_header(chosen, header, where)
    issues = _merged_notes(chosen, header, file)
    return _frame(chosen, header), chosen.name, issues


def choose_sheet(
    sheets: Sequence[Sheet],
    table: Table,
    wanted: str = "",
    *,
    file: str,
    columns: Mapping[str, str] = MappingProxyType({}),
) -> Sheet:
    """Return the sheet of this name, or the visible one most like the table.

    Raises
    ------
    TableError
        When no sheet has this name, or none that can be seen holds anything.
    """
    if wanted and sheets[0].name:
        named = [sheet for sheet in sheets if sheet.name.strip() == wanted.strip()]
        if named:
            return named[0]
        names = "、".join(f"“{sheet.name}”" for sheet in sheets if not sheet.hidden)
        what = f"没有名为“{wanted}”的工作表，有的是{names}"
        raise TableError(what, where=file, remedy="核对 district.toml 里的 sheet")
    visible = [sheet for sheet in sheets if not sheet.hidden and any(map(any, sheet.rows))]
    if not visible:
        raise TableError("工作簿里没有数据", where=file, remedy="核对是不是导出了空表")
    scores = [_score(sheet, table, columns) for sheet in visible]
    return visible[scores.index(max(scores))]


def _score(sheet: Sheet, table: Table, columns: Mapping[str, str]) -> int:
    """Count the columns a sheet shares with a table; a sheet of our own title goes first."""
    header = tables.header_row(table, sheet.rows, columns=columns)
    if header is None:
        return 0
    return 1 + sum(bool(cell.strip()) for cell in sheet.rows[header]) + (sheet.name == table.title)


def _check_header(sheet: Sheet, header: int, where: str) -> None:
    for first_row, first_column, last_row, last_column in sheet.merged:
        if first_row <= header <= last_row and (first_row, first_column) != (last_row, last_column):
            what = "表头有合并的单元格，占了不止一行或一列"
            remedy = "取消合并，让每一列的列名都写在同一行里"
            raise TableError(what, where=f"{where}，第 {header + 1} 行", remedy=remedy)


def _merged_notes(sheet: Sheet, header: int, file: str) -> list[Issue]:
    titles = sheet.rows[header]
    return [
        Issue(
            file,
            sheet.name,
            first_row + 1,
            titles[column].strip() if column < len(titles) else "",
            "",
            tables.WARNING,
            f"第 {first_row + 1} 到第 {last_row + 1} 行的单元格合并了，"
            "只有第一行有内容，其余按没有填处理",
            "取消合并，逐行填写",
        )
        for first_row, column, last_row, _ in sheet.merged
        if first_row > header and last_row > first_row
    ]


def _frame(sheet: Sheet, header: int) -> pd.DataFrame:
    body = sheet.rows[header + 1 :]
    width = max((len(row) for row in sheet.rows[header:]), default=0)
    titles = [*sheet.rows[header], *[""] * (width - len(sheet.rows[header]))]
    grid = [row if len(row) == width else [*row, *[""] * (width - len(row))] for row in body]
    columns = []
    for position, title in enumerate(titles):
        cells = [row[position] for row in grid]
        name = " ".join(title.split())
        if name or any(cells):
            columns.append((name or f"第 {position + 1} 列（没有列名）", cells))
    numbers = pd.RangeIndex(header + 2, header + 2 + len(body), name=tables.ROW)
    data = pd.DataFrame(
        dict(enumerate(cells for _, cells in columns)), index=numbers, dtype="object"
    )
    data.columns = pd.Index([name for name, _ in columns], dtype="object")
    return data
