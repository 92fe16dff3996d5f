"""Write rows as an Excel workbook or a CSV, in which no cell is ever taken for a formula."""

import csv
import io
from collections.abc import Iterable
from collections.abc import Sequence

import xlsxwriter

# What spreadsheet programs take for the beginning of a formula, full-width forms included.
_LEADS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_WIDEST = 40


def workbook(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], notes: Iterable[str] = ()
) -> bytes:
    """Return a workbook of one sheet: notes on top, then the table."""
    kept = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(kept, options) as book:
        sheet = book.add_worksheet(title[:31])
        bold = book.add_format({"bold": True})
        line = 0
        for told in notes:
            sheet.write_string(line, 0, told)
            line += 1
        for place, name in enumerate(columns):
            sheet.write_string(line, place, name, bold)
            sheet.set_column(place, place, min(_WIDEST, 4 + 2 * len(name)))
        for row in rows:
            line += 1
            for place, value in enumerate(row):
                if isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(line, place, value)
                elif value not in (None, ""):
                    sheet.write_string(line, place, str(value))
    return kept.getvalue()


def csv_text(
    columns: Sequence[str], rows: Iterable[Sequence[object]], notes: Iterable[str] = ()
) -> bytes:
    """Return a CSV that Excel opens as UTF-8."""
    kept = io.StringIO()
    writer = csv.writer(kept, lineterminator="\r\n")
    writer.writerows([[_harmless(told)] for told in notes])
    writer.writerow(columns)
    writer.writerows([_harmless(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + kept.getvalue().encode()


def _harmless(value: object) -> object:
    """Put an apostrophe before a text that would be taken for a formula."""
    if isinstance(value, str) and value.startswith(_LEADS):
        return f"'{value}"
    return "" if value is None else value
