"""Write the Excel template of a table: drop-downs, text columns, an example, a version mark."""

from pathlib import Path

import xlsxwriter

from livingcircle._tables.columns import KIND_LABELS
from livingcircle.errors import InputError
from livingcircle.io._excel.sheets import BODY
from livingcircle.io._excel.sheets import HEADER
from livingcircle.io._excel.sheets import display_width
from livingcircle.io._excel.sheets import open_book
from livingcircle.io._files import replacing
from livingcircle.tables import TABLES
from livingcircle.tables import Column
from livingcircle.tables import Kind
from livingcircle.tables import Table
from livingcircle.trades import TRADES

VERSION = "1"
EXAMPLE = "示例（导入时不算）"
_ROWS = 5_000  # rows with drop-downs; more rows may be filled in, only without them
_SYSTEMS = ("WGS-84", "CGCS2000", "GCJ-02", "BD-09")
_AS_TEXT = {
    Kind.ID, Kind.PHONE, Kind.CREDIT_CODE, Kind.TEXT, Kind.DATE, Kind.HOURS, Kind.TRADES,
}  # fmt: skip
_NARROW = 12


def write_template(table_name: str, path: Path | str) -> None:
    """Write an empty workbook for one table, ready to be filled in and imported.

    Raises
    ------
    InputError
        When there is no such table.
    """
    if table_name not in TABLES:
        what = f"没有名为“{table_name}”的表"
        raise InputError(what, remedy=f"可用的表：{'、'.join(TABLES)}")
    table = TABLES[table_name]
    with replacing(path) as draft:
        book = open_book(draft)
        book.set_custom_property("livingcircle_template", f"{table.name}-{VERSION}")
        sheet = book.add_worksheet(table.title)
        _write_guide(book, table)
        lists = _write_lists(book, table)
        _write_table(book, sheet, table, lists)
        book.close()


def _write_table(
    book: xlsxwriter.Workbook,
    sheet: "xlsxwriter.worksheet.Worksheet",
    table: Table,
    lists: dict[str, str],
) -> None:
    header = book.add_format({**HEADER, "locked": True})
    needed = book.add_format({**HEADER, "locked": True, "bg_color": "#F7D9B5"})
    example = book.add_format({**BODY, "italic": True, "font_color": "#7F7F7F", "num_format": "@"})
    general = book.add_format({**BODY, "locked": False})
    text = book.add_format({**BODY, "locked": False, "num_format": "@"})
    for position, column in enumerate(table.columns):
        title = f"{column.title}*" if column.required else column.title
        width = max(_NARROW, display_width(title) + 4, display_width(column.example) + 2)
        sheet.set_column(position, position, width, text if column.kind in _AS_TEXT else general)
        sheet.write_string(0, position, title, needed if column.required else header)
        sheet.write_string(1, position, column.example if position else EXAMPLE, example)
        if column.name in lists:
            sheet.data_validation(2, position, _ROWS, position, _choice_rule(column, lists))
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, 0)
    allowed = ("format_cells", "format_columns", "format_rows", "insert_rows", "delete_rows",
               "sort", "autofilter")  # fmt: skip
    sheet.protect("", dict.fromkeys(allowed, True))
    sheet.activate()


def _choice_rule(column: Column, lists: dict[str, str]) -> dict[str, object]:
    strict, told = True, f"从下拉列表里选一个{column.title[:20]}"
    if column.kind is Kind.TRADES:  # several trades may be written in one cell
        strict, told = False, "多个业态用“、”分开；目录里没有的会进入待核清单"
    elif column.free:
        strict, told = False, "配置标准另立的类型可以直接填写"
    return {
        "validate": "list",
        "source": lists[column.name],
        "error_type": "stop" if strict else "information",
        "error_title": "不在选项里",
        "error_message": told,
    }


def _write_lists(book: xlsxwriter.Workbook, table: Table) -> dict[str, str]:
    """Write the words of the drop-downs on a hidden sheet; return the range of each column."""
    sheet = book.add_worksheet("字典")
    sheet.hide()
    ranges = {}
    position = 0
    for column in table.columns:
        words = _words(column)
        if not words:
            continue
        sheet.write_string(0, position, column.title)
        sheet.write_column(1, position, words)
        letter = xlsxwriter.utility.xl_col_to_name(position)
        ranges[column.name] = f"=字典!${letter}$2:${letter}${len(words) + 1}"
        position += 1
    sheet.write_string(0, position, "版本")
    sheet.write_string(1, position, f"{table.name}-{VERSION}")
    return ranges


def _words(column: Column) -> tuple[str, ...]:
    if column.kind is Kind.BOOLEAN:
        return ("是", "否")
    if column.kind is Kind.SYSTEM:
        return _SYSTEMS
    if column.kind is Kind.TRADES:
        return tuple(trade.name for trade in TRADES.values())
    return column.words


def _write_guide(book: xlsxwriter.Workbook, table: Table) -> None:
    sheet = book.add_worksheet("填写说明")
    header, body = book.add_format(HEADER), book.add_format({**BODY, "text_wrap": True})
    lines = (
        f"{table.title}：{table.remark}",
        f"模板版本：{table.name}-{VERSION}",
        "带 * 的列必须填写；其余的列不知道就留空，空着表示“未核实”，不等于“否”或 0。",
        "第 2 行是示例，导入时不算，不用删除。不要合并单元格，不要在表里写合计。",
    )
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, book.add_format(BODY))
    first = len(lines) + 1
    for position, title in enumerate(("列名", "必填", "填什么", "单位", "选项", "说明")):
        sheet.write_string(first, position, title, header)
    for row, column in enumerate(table.columns, start=first + 1):
        choices = "" if column.kind is Kind.TRADES else "、".join(_words(column))
        needed = "必填" if column.required else ""
        cells = (
            column.title,
            needed,
            KIND_LABELS[column.kind],
            column.unit,
            choices,
            column.remark,
        )
        for position, cell in enumerate(cells):
            sheet.write_string(row, position, cell, body)
    for position, width in enumerate((24, 8, 20, 10, 44, 60)):
        sheet.set_column(position, position, width)
