"""Write rows as an Excel workbook or a CSV, in which no cell is ever taken for a formula.

In Excel every text is a text cell, whatever it begins with. CSV has no text cells: there a text
that a spreadsheet would run gets an apostrophe in front, as Excel shows it, and :func:`unguarded`
takes it off again.
"""

import csv
import io
from collections.abc import Iterable
from collections.abc import Sequence
from types import MappingProxyType

import xlsxwriter

# What spreadsheet programs take for the beginning of a formula, full-width forms included.
LEADS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Options of XlsxWriter under which a text is written as a text, whatever it looks like.
STRINGS_STAY = MappingProxyType(
    {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
)
_WIDEST = 40


def workbook(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], notes: Iterable[str] = ()
) -> bytes:
    """Return a workbook of one sheet: notes on top, then the table."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True, **STRINGS_STAY}) as book:
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
    writer.writerows([[_cell(told)] for told in notes])
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + kept.getvalue().encode()


def guarded(text: str) -> str:
    """Return a text that no spreadsheet runs when it opens a CSV file."""
    return f"'{text}" if _needs_guard(text) else text


def unguarded(text: str) -> str:
    """Return the text that :func:`guarded` was given."""
    return text[1:] if text.startswith("'") and _needs_guard(text[1:]) else text


def _needs_guard(text: str) -> bool:
    """Say whether a text, or what stands behind its apostrophes, begins like a formula."""
    return text.lstrip("'").startswith(LEADS)


def _cell(value: object) -> object:
    if isinstance(value, str):
        return guarded(value)
    return "" if value is None else value
