"""Write Excel sheets: real cells, a bureau's typefaces, the same bytes each time."""

import re
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter

from livingcircle.documents._provenance import Provenance
from livingcircle.documents._wording import NOT_STATED
from livingcircle.documents._wording import UNKNOWN
from livingcircle.documents._wording import known

PAPER = {"A3": 8, "A4": 9}
HEADING = "黑体"
TEXT = "宋体"
INK = "#1F2933"
RULE = "#C9D1D9"
SOFT = "#5B6670"
LINE = 13.5  # points that one line of text takes
# As wide as a Chinese character in a Chinese typeface.
WIDE = re.compile(r"[—“”‘’…·×÷\u2e80-\U0010ffff]+")
TALLEST = 400.0  # points; Excel allows a little more
# Colour and word together; the pairs stay apart for the colour-blind and in grey print.
STATES: Mapping[str, tuple[str, str]] = {
    "没有": ("#FBE3D6", "#8A2F00"),
    "缺": ("#FBE3D6", "#8A2F00"),
    "超出": ("#FBE3D6", "#8A2F00"),
    "未核实": ("#FFF4CC", "#6B5200"),
    "不适用": ("#ECEFF2", "#5B6670"),
    "达标": ("#DCEBF7", "#0B4A7A"),
    "已覆盖": ("#DCEBF7", "#0B4A7A"),
}


@dataclass(frozen=True)
class Field:
    """Describe one column of a sheet.

    ``kind`` is text, short (a word or two, in the middle), number, decimal, percent, metres, mark,
    state or fill (left to a clerk).
    """

    title: str
    width: float = 12
    kind: str = "text"
    group: str = ""


@dataclass(frozen=True)
class Sheet:
    """Hold one sheet: a title, the columns, the rows, and the notes under the title.

    ``freeze`` columns stay in sight and are repeated on every page where the sheet is printed
    ``across`` several pages.
    """

    name: str
    title: str
    fields: Sequence[Field]
    rows: Sequence[Sequence[object]]
    notes: Sequence[str] = ()
    paper: str = "A3"
    empty: str = "没有需要列出的内容。"
    freeze: int = 3
    tail: Sequence[str] = ()
    across: int = 1


SOURCE_FIELDS = (
    Field("图层", 16, "short"),
    Field("数据性质", 12, "short"),
    Field("名称", 46),
    Field("数据日期", 13, "short"),
    Field("许可", 44),
    Field("文件", 28),
    Field("行数", 9, "number"),
    Field("说明", 44),
)


def source_sheet(facts: Provenance) -> Sheet:
    """Return the sheet that names every layer, its status, date and licence."""
    rows: list[list[object]] = [
        [
            layer.label, layer.status.label, layer.title, layer.date or NOT_STATED,
            layer.licence or NOT_STATED, layer.file, layer.rows, layer.note,
        ]
        for layer in facts.layers
    ]  # fmt: skip
    return Sheet(
        name="数据来源",
        title="数据来源与性质",
        fields=SOURCE_FIELDS,
        rows=rows,
        notes=(
            "真实＝登记或测绘所得；模型推算＝由统计数推到楼门；推导＝由其他图层算出；虚构＝演示用，不代表实际。",
        ),
        paper="A4",
        empty="没有登记数据来源。",
        freeze=1,
    )


def or_unknown(value: object) -> object:
    """Return a cell's value, or the word for what nobody knows."""
    return value if known(value) else UNKNOWN


def write_workbook(path: Path, facts: Provenance, title: str, sheets: Sequence[Sheet]) -> Path:
    """Write sheets, and one that names the sources, to ``path`` and return it."""
    with open_workbook(path, facts, title) as book:
        styles = Styles(book)
        for sheet in (*sheets, source_sheet(facts)):
            write_sheet(book, styles, sheet, facts)
    return path


@contextmanager
def open_workbook(path: Path, facts: Provenance, title: str) -> Iterator[xlsxwriter.Workbook]:
    """Open a workbook in which strings stay strings and no clock leaves a trace."""
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
        "in_memory": True,
    }
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties(
        {
            "title": title,
            "subject": facts.standard,
            "comments": facts.line,
            "created": facts.created.replace(tzinfo=None),
        }
    )
    book.set_calc_mode("auto")
    yield book
    book.close()


class Styles:
    """Make each cell format once for a workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}
        self._cells: dict[tuple[str, object], Any] = {}

    def get(self, **look: Any) -> Any:  # noqa: ANN401 - xlsxwriter formats are untyped
        """Return the format with this look."""
        base = {"font_name": TEXT, "font_size": 10, "font_color": INK, "valign": "vcenter"}
        full = {**base, **look}
        key = tuple(sorted(full.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(full)
        return self._made[key]

    def title(self) -> Any:  # noqa: ANN401
        """Return the look of a sheet's title."""
        return self.get(font_name=HEADING, font_size=18, align="left")

    def note(self) -> Any:  # noqa: ANN401
        """Return the look of the small print."""
        return self.get(font_size=9, font_color=SOFT, text_wrap=True, valign="top")

    def header(self) -> Any:  # noqa: ANN401
        """Return the look of a column header."""
        return self.get(
            font_name=HEADING, bg_color="#E6EDF3", border=1, border_color=RULE,
            align="center", text_wrap=True,
        )  # fmt: skip

    def cell(self, kind: str, value: object) -> Any:  # noqa: ANN401
        """Return the look of a body cell, by its kind and, for states, by its word."""
        key = (kind, _trait(kind, value))
        if key not in self._cells:
            self._cells[key] = self.get(**_cell_look(kind, value))
        return self._cells[key]


def _trait(kind: str, value: object) -> object:
    """Return the little of a value that its look depends on, so that few looks are worked out."""
    if kind == "state":
        return _state_of(value)
    if kind == "mark":
        return bool(value)
    return UNKNOWN if value == UNKNOWN else kind == "decimal" and _decimal(value)


def _cell_look(kind: str, value: object) -> dict[str, Any]:
    look: dict[str, Any] = {"border": 1, "border_color": RULE}
    number = {"number": "#,##0", "metres": "#,##0", "percent": "0.0%", "decimal": _decimal(value)}
    if kind in number:
        # An amount may be told in words, and words that do not fit would lose their first digits.
        look |= {"num_format": number[kind], "align": "right", "indent": 1, "text_wrap": True}
    elif kind == "state":
        look |= _state_look(value)
    elif kind == "mark":
        look |= {"align": "center"}
        if value:
            look |= {"bg_color": "#DCEBF7", "font_color": "#0B4A7A"}
    elif kind == "short":
        look |= {"text_wrap": True, "align": "center", "num_format": "@"}
    else:
        look |= {"text_wrap": True, "align": "left", "num_format": "@", "indent": 1}
    if value == UNKNOWN and kind in {*number, "short", "text"}:
        look |= _state_look(value) | {"indent": 0}
    return look


def _state_of(value: object) -> str:
    return next((key for key in STATES if str(value).startswith(key)), "")


def _state_look(value: object) -> dict[str, Any]:
    """Return the colours of a verdict's word."""
    back, ink = STATES.get(_state_of(value), ("#FFFFFF", INK))
    return {"bg_color": back, "font_color": ink, "align": "center", "text_wrap": True}


def _decimal(value: object) -> str:
    whole = isinstance(value, int | float) and float(value).is_integer()
    return "#,##0" if whole else "#,##0.00##"


def write_sheet(book: xlsxwriter.Workbook, styles: Styles, sheet: Sheet, facts: Provenance) -> None:
    """Write one sheet with title, small print, header, rows and print set-up."""
    page = book.add_worksheet(sheet.name)
    last = len(sheet.fields) - 1
    page.set_row(0, 34)
    page.write_string(0, 0, sheet.title, styles.title())
    notes = [facts.line, f"数据性质：{facts.warning}{facts.banner}", *sheet.notes]
    for offset, note in enumerate(notes, start=1):
        page.merge_range(offset, 0, offset, last, "", styles.note())
        page.write_string(offset, 0, note, styles.note())
        page.set_row(offset, (LINE + 2) * _lines(note, sum(f.width for f in sheet.fields)))
    top = len(notes) + 1
    head = _write_header(page, styles, sheet, top)
    _write_rows(page, styles, sheet, head + 1)
    _set_up_page(page, sheet, facts, (top, head))


def _write_header(page: Any, styles: Styles, sheet: Sheet, row: int) -> int:  # noqa: ANN401
    grouped = any(spec.group for spec in sheet.fields)
    head = row + 1 if grouped else row
    look = styles.header()
    titles = [_broken(spec.title, spec.width) for spec in sheet.fields]
    for column, (spec, title) in enumerate(zip(sheet.fields, titles, strict=True)):
        page.set_column(column, column, spec.width)
        if grouped and not spec.group:
            page.merge_range(row, column, head, column, "", look)
            page.write_string(row, column, title, look)
        else:
            page.write_string(head, column, title, look)
    for first, last, group in _groups(sheet.fields):
        if first < last:
            page.merge_range(row, first, row, last, "", look)
        page.write_string(row, first, group, look)
    if grouped:
        page.set_row(row, LINE + 8)
    lines = [_lines(title, f.width) for title, f in zip(titles, sheet.fields, strict=True)]
    page.set_row(head, LINE * max(lines) + 8)
    return head


def _broken(title: str, width: float) -> str:
    """Break a heading before its bracket where both do not fit on one line."""
    return title if _lines(title, width) == 1 else title.replace("（", "\n（", 1)


def _groups(fields: Sequence[Field]) -> Iterator[tuple[int, int, str]]:
    """Yield the first and last column under each group heading."""
    column = 0
    for group, run in groupby(fields, key=lambda spec: spec.group):
        width = len(list(run))
        if group:
            yield column, column + width - 1, group
        column += width


def _write_rows(page: Any, styles: Styles, sheet: Sheet, first: int) -> None:  # noqa: ANN401
    for offset, row in enumerate(sheet.rows):
        lines = 1
        for column, (spec, value) in enumerate(zip(sheet.fields, row, strict=True)):
            write_cell(page, first + offset, column, value, styles.cell(spec.kind, value))
            if isinstance(value, str):
                lines = max(lines, _lines(value, spec.width))
        page.set_row(first + offset, min(TALLEST, max(20.0, LINE * lines + 7)))
    below = first + len(sheet.rows)
    if not sheet.rows:
        page.write_string(below, 0, sheet.empty, styles.get())
    for offset, line in enumerate(sheet.tail, start=1):
        page.merge_range(below + offset, 0, below + offset, len(sheet.fields) - 1, "", styles.get())
        page.write_string(below + offset, 0, line, styles.get())


def write_cell(page: Any, row: int, column: int, value: object, look: Any) -> None:  # noqa: ANN401
    """Write numbers as numbers and everything else as text, never as a formula."""
    if not known(value):
        page.write_blank(row, column, None, look)
    elif isinstance(value, str):
        page.write_string(row, column, value, look)
    else:
        page.write_number(row, column, float(value), look)  # type: ignore[arg-type]


def _set_up_page(page: Any, sheet: Sheet, facts: Provenance, heads: tuple[int, int]) -> None:  # noqa: ANN401
    last = len(sheet.fields) - 1
    top, head = heads
    page.freeze_panes(head + 1, sheet.freeze)
    if sheet.rows:
        page.autofilter(head, 0, head + len(sheet.rows), last)
    page.set_landscape()
    page.set_paper(PAPER[sheet.paper])
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    page.fit_to_pages(sheet.across, 0)
    page.repeat_rows(top, head)
    if sheet.across > 1:
        page.repeat_columns(0, sheet.freeze - 1)
    page.hide_gridlines(2)
    district = facts.district.replace("&", "&&")
    page.set_footer(f"&L&8{district}　{sheet.name}&C&8第&P页　共&N页&R&8运行编号 {facts.run_id}")


def _lines(text: str, width: float) -> int:
    """Estimate how many lines a text takes; a Chinese character is two columns wide."""
    room = max(2, int(width) - 1)
    return sum(max(1, -(-_columns(part) // room)) for part in text.split("\n"))


def _columns(text: str) -> int:
    return len(text) + sum(map(len, WIDE.findall(text)))
