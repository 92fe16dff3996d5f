"""Write workbooks in which a text is always a text and the same data gives the same bytes."""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from livingcircle._tables.cells import without_controls
from livingcircle.errors import OutputError
from livingcircle.io._files import replacing

FIXED_DATE = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - the file stores a naive date; any fixed one
HEADER = {"bold": True, "bg_color": "#DCE9F5", "border": 1, "border_color": "#9FB6CC",
          "text_wrap": True, "valign": "vcenter", "align": "center", "font_name": "微软雅黑",
          "font_size": 10}  # fmt: skip
BODY = {"font_name": "微软雅黑", "font_size": 10, "valign": "top"}
_A4 = 9  # paper sizes have numbers
_LONGEST = 32_767  # characters in a cell, the format's own limit
_NARROW, _WIDE = 6, 48
_YES = {True: "是", False: "否"}


def open_book(path: Path) -> Any:  # noqa: ANN401 - XlsxWriter has no types
    """Open a workbook that never turns text into formulas, numbers or links."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"created": FIXED_DATE, "author": "LivingCircle 一刻钟"})
    return book


def write_workbook(path: Path | str, sheets: Mapping[str, pd.DataFrame]) -> None:
    """Write tables as the sheets of one .xlsx, whole or not at all.

    Text stays text, also where it begins with ``=``, ``+``, ``-`` or ``@``; yes/no becomes
    是/否; a missing value is an empty cell. The index is not written.

    Raises
    ------
    OutputError
        When a text is longer than a cell can hold, or the file cannot be written.
    """
    path = Path(path)
    with replacing(path) as draft:
        book = open_book(draft)
        header, body = book.add_format(HEADER), book.add_format(BODY)
        taken: set[str] = set()
        for title, frame in sheets.items():
            sheet = book.add_worksheet(sheet_name(title, taken))
            _write_frame(sheet, frame, header, body, path.name)
        book.close()


def _write_frame(
    sheet: "xlsxwriter.worksheet.Worksheet",
    frame: pd.DataFrame,
    header: "xlsxwriter.format.Format",
    body: "xlsxwriter.format.Format",
    file: str,
) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_row(0, 30)
    _print_across(sheet)
    for position, title in enumerate(frame.columns):
        values = frame.iloc[:, position].tolist()
        sheet.write_string(0, position, str(title), header)
        sheet.set_column(position, position, _width([str(title), *map(str, values[:200])]))
        for row, value in enumerate(values, start=1):
            write_value(sheet, row, position, value, body, file)
    if len(frame) and len(frame.columns):
        sheet.autofilter(0, 0, len(frame), len(frame.columns) - 1)


def _print_across(sheet: "xlsxwriter.worksheet.Worksheet") -> None:
    """Print all columns side by side on A4 landscape, the heading and the page on every sheet."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&R第&P页，共&N页")


def write_value(
    sheet: "xlsxwriter.worksheet.Worksheet",
    row: int,
    column: int,
    value: object,
    style: "xlsxwriter.format.Format",
    file: str,
) -> None:
    """Write one cell: text as text, a number as a number, nothing as nothing."""
    if value is None or value is pd.NA or value is pd.NaT:
        return
    if isinstance(value, bool | np.bool_):
        sheet.write_string(row, column, _YES[bool(value)], style)
    elif isinstance(value, int | float | np.integer | np.floating):
        if math.isfinite(value):
            sheet.write_number(row, column, value, style)
    else:
        text = str(value)
        if len(text) > _LONGEST:
            cell = f"第 {row + 1} 行第 {column + 1} 列"
            what = f"{cell}的文字有 {len(text):,} 个，一格最多 {_LONGEST:,} 个"
            raise OutputError(what, where=file, remedy="缩短这段文字")
        if text:
            sheet.write_string(row, column, text, style)


def sheet_name(title: str, taken: set[str]) -> str:
    """Return a title as the format allows it for a sheet, told apart from those taken."""
    title = without_controls(title)
    plain = re.sub(r"[\[\]:*?/\\]", " ", title).strip("' ")[:31] or "表"
    name, number = plain, 2
    while name.lower() in taken:
        name = f"{plain[:27]}({number})"
        number += 1
    taken.add(name.lower())
    return name


def _width(texts: list[str]) -> float:
    longest = max((display_width(text) for text in texts), default=0)
    return float(min(max(longest + 2, _NARROW), _WIDE))


def display_width(text: str) -> int:
    """Count the columns a text takes on screen: a Chinese character takes two."""
    line = max(text.splitlines(), key=len, default="")
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)
