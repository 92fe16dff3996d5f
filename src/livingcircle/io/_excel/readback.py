"""Give a workbook back with every bad cell red, a comment on it and the reason in a column."""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Sequence
from pathlib import Path

import openpyxl
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from livingcircle._tables.cells import without_controls
from livingcircle._tables.columns import match_header
from livingcircle.errors import InputError
from livingcircle.io._excel.reading import read_sheets
from livingcircle.io._excel.sheets import sheet_name
from livingcircle.io._files import replacing
from livingcircle.io.guard import check_file
from livingcircle.tables import ERROR
from livingcircle.tables import TABLES
from livingcircle.tables import Issue
from livingcircle.tables import header_row

ERROR_TITLE = "错误"
_AUTHOR = "LivingCircle"
_RED = PatternFill("solid", start_color="FFFFC7CE", end_color="FFFFC7CE")
_YELLOW = PatternFill("solid", start_color="FFFFEB9C", end_color="FFFFEB9C")
_MARKS = {"FFFFC7CE", "FFFFEB9C"}
_LONGEST_COMMENT = 1_000
_LONGEST_CELL = 32_767  # characters, the format's own limit


def write_readback(
    original: Path | str,
    issues: Iterable[Issue],
    path: Path | str,
    *,
    encoding: str = "",
    header: int = 0,
) -> Path:
    """Write the uploaded workbook again with its problems marked; other sheets are kept.

    Errors are red, other notes yellow. A .csv or .xls comes back as .xlsx. The result, once
    corrected, can be imported as it is: the 错误 column is not read, and marks of an earlier
    round are wiped first.

    Parameters
    ----------
    header
        The number of the header row of the sheets with issues; found out when 0.

    Returns
    -------
    Path
        Where it was written: ``path`` with the suffix ``.xlsx``.
    """
    original, path = Path(original), Path(path).with_suffix(".xlsx")
    book = _open(original, encoding)
    by_sheet: dict[str, list[Issue]] = defaultdict(list)
    for issue in issues:
        by_sheet[issue.sheet or book.worksheets[0].title].append(issue)
    for sheet in book.worksheets:
        if sheet.title in by_sheet:
            _wipe(sheet)
            first = header or _header(sheet)
            _mark(sheet, by_sheet[sheet.title], first)
            _lay_out(sheet, first)
    with replacing(path) as draft:
        book.save(draft)
    return path


def _open(original: Path, encoding: str) -> openpyxl.Workbook:
    kind = check_file(original)
    if kind == "xlsx":
        try:
            return openpyxl.load_workbook(original)
        except (InvalidFileException, ValueError, KeyError, TypeError) as error:
            what = "这个工作簿写不回去，它的格式有损坏"
            raise InputError(
                what, where=original.name, remedy="在 Excel 里另存为新的 .xlsx"
            ) from error
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in _grids(original, kind, encoding):
        sheet = book.create_sheet(title)
        for number, row in enumerate(rows, start=1):
            for position, text in enumerate(row, start=1):
                _write_text(sheet.cell(number, position), text)
    return book


def _grids(
    original: Path, kind: str, encoding: str
) -> Iterable[tuple[str, Sequence[Sequence[str]]]]:
    sheets = read_sheets(original, encoding=encoding)
    if kind == "xls":
        return [(sheet.name, sheet.rows) for sheet in sheets]
    return [(sheet_name(original.stem, set()), sheets[0].rows)]


def _write_text(cell: Cell, text: str) -> None:
    """Write a text as a text, also where it looks like a formula."""
    text = without_controls(text)[:_LONGEST_CELL]
    if text:
        cell.value = text
        cell.data_type = "s"


def _header(sheet: Worksheet) -> int:
    """Return the number of the header row: the row most like the header of any table."""
    rows = [
        ["" if v is None else str(v) for v in row]
        for row in sheet.iter_rows(1, 10, values_only=True)
    ]
    found = [(header_row(table, rows), table) for table in TABLES.values()]
    places = [place for place, _ in found if place is not None]
    return max(set(places), key=places.count) + 1 if places else 1


def _wipe(sheet: Worksheet) -> None:
    # Only the cells that are there: walking all rows would make millions of empty ones.
    for cell in list(sheet._cells.values()):  # noqa: SLF001 - openpyxl offers no other way
        if cell.comment is not None and cell.comment.author == _AUTHOR:
            cell.comment = None
        if cell.fill.fill_type == "solid" and cell.fill.start_color.rgb in _MARKS:
            cell.fill = PatternFill()


def _mark(sheet: Worksheet, issues: list[Issue], header: int) -> None:
    titles = {
        str(c.value).strip().rstrip("*"): c.column for c in sheet[header] if c.value is not None
    }
    for text, column in list(titles.items()):  # issues may use the official title of a column
        for official in _official(text):
            titles.setdefault(official, column)
    reasons = titles.get(ERROR_TITLE) or sheet.max_column + 1
    for (number, column), cell in sheet._cells.items():  # noqa: SLF001 - as in _wipe
        if number > header and column == reasons:
            cell.value = None
    _write_text(sheet.cell(header, reasons), ERROR_TITLE)
    sheet.column_dimensions[sheet.cell(header, reasons).column_letter].width = 60
    by_row: dict[int, list[Issue]] = defaultdict(list)
    for issue in issues:
        by_row[issue.row or header].append(issue)
    for number, found in by_row.items():
        _mark_row(sheet, number, found, titles, reasons)


def _lay_out(sheet: Worksheet, header: int) -> None:
    """Print all columns side by side on A3 landscape, the heading on every page."""
    cells = list(sheet._cells.values())  # noqa: SLF001 - as in _wipe
    filled = [cell for cell in cells if cell.value is not None]
    last = max(cell.row for cell in filled), max(cell.column for cell in filled)
    sheet.print_area = f"A1:{sheet.cell(*last).coordinate}"
    sheet.print_title_rows = f"1:{header}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _official(text: str) -> set[str]:
    heads = (match_header(table, text) for table in TABLES.values())
    return {head.column.title for head in heads if head is not None}


def _mark_row(
    sheet: Worksheet, number: int, found: list[Issue], titles: dict[str, int], reasons: int
) -> None:
    lines = []
    notes: dict[int, list[Issue]] = defaultdict(list)
    for issue in found:
        place = f"{issue.column}：" if issue.column else ""
        lines.append(f"[{issue.label}] {place}{issue.problem}。{issue.remedy}".rstrip("。") + "。")
        words = [issue.column, *issue.column.split("、")]  # “经度、纬度” are two cells
        for column in {titles[word] for word in words if word in titles} or {reasons}:
            notes[column].append(issue)
    cell = sheet.cell(number, reasons)
    if number not in {i.row for i in found}:  # notes on the whole table go on the header's comment
        _comment(cell, "\n".join(lines))
        return
    _write_text(cell, "\n".join(lines))
    for column, group in notes.items():
        target = sheet.cell(number, column)
        target.fill = _RED if any(i.severity == ERROR for i in group) else _YELLOW
        if column != reasons:
            _comment(target, "\n".join(f"{i.problem}。{i.remedy}" for i in group))


def _comment(cell: Cell, text: str) -> None:
    comment = Comment(without_controls(text)[:_LONGEST_COMMENT], _AUTHOR)
    comment.width, comment.height = 320, 120
    cell.comment = comment
