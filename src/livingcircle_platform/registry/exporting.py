"""Write a ledger out exactly as it was filtered, with texts as texts, row by row."""

import csv
import io
import tempfile
from collections.abc import Iterable
from collections.abc import Iterator
from typing import IO
from typing import Any

import xlsxwriter
from django.utils import timezone

from livingcircle_platform.audit import chain
from livingcircle_platform.core.records import plain
from livingcircle_platform.core.sheets import STRINGS_STAY
from livingcircle_platform.core.sheets import guarded
from livingcircle_platform.registry.asking import Asked
from livingcircle_platform.registry.asking import trade_names
from livingcircle_platform.registry.ledger import Column
from livingcircle_platform.registry.ledger import Kind
from livingcircle_platform.registry.showing import words_of

_CHUNK = 1_000
_WIDEST = 40
_LONGEST_CELL = 32_767
# In a column of its own, so that a file brought in again says of itself what its numbers are.
_SYSTEM, _WGS84 = "坐标系", "WGS-84"


def headings(asked: Asked) -> list[str]:
    """Return the titles of the columns of an export."""
    columns = asked.exported_columns()
    return [*(column.title for column in columns), *([_SYSTEM] if _placed(columns) else [])]


def table(asked: Asked) -> Iterator[list[Any]]:
    """Yield the rows of an export: texts, numbers, and what is not known as an empty cell."""
    columns, trades = asked.exported_columns(), trade_names()
    placed = _placed(columns)
    for record in asked.for_export().iterator(chunk_size=_CHUNK):
        row = [_cell(column, record, trades) for column in columns]
        if placed:
            row.append(None if record.lon is None else _WGS84)
        yield row


def _placed(columns: Iterable[Column]) -> bool:
    """Say whether an export tells where things are."""
    return any(column.name == "lon" for column in columns)


def csv_lines(asked: Asked) -> Iterator[str]:
    """Yield a CSV file for Excel: UTF-8 with a mark at its beginning, line by line."""
    yield "\ufeff"
    yield _line(headings(asked))
    for row in table(asked):
        yield _line([guarded(cell) if isinstance(cell, str) else cell for cell in row])


def xlsx_file(asked: Asked, who: str) -> IO[bytes]:
    """Return an Excel file: the ledger, and a sheet saying what it is and how it was filtered."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the answer closes it
    book = xlsxwriter.Workbook(file, {"constant_memory": True, **STRINGS_STAY})
    titles = headings(asked)
    sheet = book.add_worksheet(asked.ledger.title[:31])
    head = book.add_format({"bold": True, "bottom": 1})
    for place, title in enumerate(titles):
        sheet.set_column(place, place, min(_WIDEST, max(10, 2 * len(title) + 2)))
    sheet.freeze_panes(1, 1)
    for place, title in enumerate(titles):
        sheet.write_string(0, place, title, head)
    count = 0
    for count, row in enumerate(table(asked), start=1):
        _write(sheet, count, row)
    sheet.autofilter(0, 0, count, len(titles) - 1)
    about = book.add_worksheet("说明")
    about.set_column(0, 0, 14)
    about.set_column(1, 1, 80)
    for place, (title, words) in enumerate(described(asked, who, count)):
        about.write_string(place, 0, title, head)
        about.write_string(place, 1, words)
    book.close()
    file.seek(0)
    return file


def described(asked: Asked, who: str, count: int) -> list[tuple[str, str]]:
    """Return what the sheet 说明 says."""
    number, hash_now = chain.head()
    filters = "；".join(f"{chip.title}：{chip.words}" for chip in asked.chips()) or "没有筛选"
    return [
        ("内容", asked.ledger.title),
        ("行数", str(count)),
        ("筛选", filters),
        ("导出人", who),
        ("导出时间", timezone.localtime().strftime("%Y-%m-%d %H:%M")),
        (_SYSTEM, "CGCS2000（与 WGS-84 一致），不是高德、百度地图的坐标；“坐标系”一列已写明"),
        ("空白单元格", "数字、日期和是否类的栏目空白，表示未核实"),
        ("审计链头", f"第{number}条 {hash_now}"),
    ]


def file_name(asked: Asked, ending: str) -> str:
    """Return a name that says what, when, and at which end of the audit chain."""
    number, hash_now = chain.head()
    day = timezone.localdate().isoformat()
    return f"{asked.ledger.title}_{day}_审计{number}-{hash_now[:12]}.{ending}"


def _cell(column: Column, record: Any, trades: dict[str, str]) -> Any:  # noqa: ANN401
    value = getattr(record, column.name)
    if value is None:
        return None
    return plain(value) if column.kind == Kind.NUMBER else words_of(column, value, trades)


def _line(cells: Iterable[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(["" if cell is None else cell for cell in cells])
    return buffer.getvalue()


def _write(sheet: Any, place: int, row: list[Any]) -> None:  # noqa: ANN401
    for across, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(place, across, cell[:_LONGEST_CELL])
        elif cell is not None:
            sheet.write_number(place, across, cell)
