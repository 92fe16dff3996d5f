"""Hold reading and writing workbooks against files made by hand, and against their laws."""

import datetime as dt
import re
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from openpyxl.worksheet.cell_range import CellRange

from livingcircle import tables
from livingcircle.errors import InputError
from livingcircle.errors import OutputError
from livingcircle.errors import TableError
from livingcircle.io import excel
from livingcircle.io._excel import reading
from livingcircle.tables import TABLES
from livingcircle.trades import TRADES
from tests.engine.io.bad_files import csv_bytes
from tests.engine.io.bad_files import good_xlsx
from tests.engine.io.bad_files import rebuilt


def write(path: Path, rows, *, sheet="网点", merge=(), more=None) -> Path:
    book = xlsxwriter.Workbook(str(path), {"strings_to_numbers": False})
    page = book.add_worksheet(sheet)
    date = book.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate(rows):
        for position, value in enumerate(row):
            if isinstance(value, dt.date):
                page.write_datetime(number, position, value, date)
            elif value is not None:
                page.write(number, position, value)
    for area in merge:
        page.merge_range(area, "合并")
    for title, cells in (more or {}).items():
        other = book.add_worksheet(title)
        for number, row in enumerate(cells):
            other.write_row(number, 0, row)
    book.close()
    return path


def test_cells_keep_every_digit_and_true_row_numbers(tmp_path):
    path = write(
        tmp_path / "a.xlsx",
        [
            ["某街道网点台账"],
            [],
            ["网点名称", "业态", "联系电话", "统一社会信用代码", "核实日期", "是否连锁"],
            ["甲", "药店", 13800138000, 911101080000000000, dt.date(2026, 6, 1), True],
        ],
    )
    frame, sheet, issues = excel.read_table(path, "outlets")
    assert (sheet, issues) == ("网点", [])
    assert frame.index.tolist() == [4]
    assert frame.iloc[0].tolist() == [
        "甲",
        "药店",
        "13800138000",
        "9.1110108e+17",
        "2026-06-01",
        "是",
    ]


def test_error_cells_are_seen(tmp_path):
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("网点")
    page.write_row(0, 0, ["网点名称", "业态", "建筑面积"])
    page.write_row(1, 0, ["甲", "药店"])
    page.write_formula(1, 2, "=NA()", None, "#N/A")
    book.close()
    frame, _, _ = excel.read_table(path, "outlets")
    assert frame["建筑面积"].tolist() == ["#N/A"]


def test_the_sheet_that_fits_is_chosen_and_a_named_one_is_believed(tmp_path):
    rows = [["网点名称", "业态"], ["甲", "药店"]]
    path = write(tmp_path / "a.xlsx", [["说明"], ["随便"]], sheet="封面", more={"台账": rows})
    assert excel.read_table(path, "outlets")[1] == "台账"
    with pytest.raises(TableError, match="工作表“封面”：前 10 行里没有找到网点的表头"):
        excel.read_table(path, "outlets", sheet="封面")
    with pytest.raises(TableError, match="没有名为“别的”的工作表，有的是“封面”、“台账”"):
        excel.read_table(path, "outlets", sheet="别的")


def test_a_header_of_two_rows_is_refused_with_what_to_do(tmp_path):
    rows = [["网点名称", "业态", "位置"], [None, None, "经度"], ["甲", "药店", 1]]
    path = write(tmp_path / "a.xlsx", rows, merge=["A1:A2"])
    book = openpyxl.load_workbook(path)
    book["网点"]["A1"] = "网点名称"
    book.save(path)
    with pytest.raises(
        TableError, match="第 1 行：表头有合并的单元格，占了不止一行或一列。取消合并"
    ):
        excel.read_table(path, "outlets")


def test_a_title_over_the_whole_width_is_no_header(tmp_path):
    rows = [["台账"], ["网点名称", "业态"], ["甲", "药店"]]
    path = write(tmp_path / "a.xlsx", rows, merge=["A1:D1"])
    assert len(excel.read_table(path, "outlets")[0]) == 1


def test_cells_merged_down_are_noted_not_filled(tmp_path):
    rows = [["网点名称", "业态", "地址"], ["甲", "药店"], ["乙", "药店"]]
    path = write(tmp_path / "a.xlsx", rows, merge=["C2:C3"])
    frame, _, issues = excel.read_table(path, "outlets")
    assert frame["地址"].tolist() == ["合并", ""]
    assert "“地址”列：第 2 到第 3 行的单元格合并了" in issues[0].sentence


def test_a_workbook_that_makes_the_reader_abort_leaves_this_process_alive(tmp_path, monkeypatch):
    """The guard is switched off, so that only the child stands between the file and us."""
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet()
    page.write(0, 0, 1)
    page.write(1048575, 16383, 1)
    book.close()
    monkeypatch.setattr(reading, "check_file", lambda _: "xlsx")
    with pytest.raises(InputError, match="用的内存或时间超过了限度，已停止读取"):
        excel.read_sheets(path)


def test_a_workbook_with_broken_parts_is_a_sentence(tmp_path):
    path = rebuilt(good_xlsx(tmp_path / "a.xlsx"), change={"xl/workbook.xml": lambda d: d[:200]})
    with pytest.raises(InputError, match="这个工作簿读不出来，可能已损坏"):
        excel.read_sheets(path)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le"]
)
def test_text_tables_in_every_common_encoding(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes(csv_bytes(encoding))
    frame, sheet, _ = excel.read_table(path, "outlets")
    assert sheet == ""
    assert frame["网点名称"].tolist() == ["新街口便民药店", "北极阁早餐"]
    assert frame.index.tolist() == [2, 3]


def test_traditional_text_in_big5_is_not_taken_for_gbk(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("名稱,業態\n信義路藥店,藥店\n".encode("big5"))
    assert excel.read_sheets(path)[0].rows[1] == ["信義路藥店", "藥店"]


def test_a_declared_encoding_is_taken_at_its_word(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("網點名稱,業態\n新街口藥店,藥店\n".encode("big5"))
    assert excel.read_sheets(path, encoding="big5")[0].rows[1][0] == "新街口藥店"
    with pytest.raises(InputError, match="第 1 行的文字不是 utf-8 编码"):
        excel.read_sheets(path, encoding="utf-8")
    with pytest.raises(InputError, match="没有叫“utf-99”的编码"):
        excel.read_sheets(path, encoding="utf-99")


def test_an_encoding_nobody_can_tell_is_asked_for(tmp_path):
    path = tmp_path / "a.csv"
    mixed = "网点名称,业态\n".encode() + "新街口,药店\n".encode("gbk") + b"\xff\xfe\x81\x20\n"
    path.write_bytes(mixed)
    with pytest.raises(
        InputError, match=re.escape("看不出文字用的是哪种编码。在 district.toml 里写明 encoding")
    ):
        excel.read_sheets(path)


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_header_decides_the_delimiter(tmp_path, delimiter):
    path = tmp_path / "a.csv"
    lines = [["网点名称", "业态"], ["甲", '"药店;便利店,早餐店"']]
    path.write_text("\n".join(delimiter.join(line) for line in lines), encoding="utf-8")
    assert excel.read_table(path, "outlets")[0].iloc[0].tolist() == ["甲", "药店;便利店,早餐店"]


@pytest.mark.parametrize("name", list(TABLES))
def test_a_template_is_read_back_as_an_empty_table(tmp_path, name):
    path = tmp_path / "t.xlsx"
    excel.write_template(name, path)
    frame, sheet, _ = excel.read_table(path, name)
    checked = tables.check(name, frame, file="t.xlsx", sheet=sheet)
    assert sheet == TABLES[name].title
    assert (len(checked.rows), len(checked.bad), len(checked.skipped)) == (0, 0, 1)
    assert not checked.issues


def test_a_template_has_what_a_clerk_needs(tmp_path):
    excel.write_template("outlets", tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    page = book["网点"]
    assert book["字典"].sheet_state == "hidden"
    assert "模板版本：outlets-1" in book["填写说明"]["A2"].value
    titles = {cell.value: cell for cell in page[1]}
    assert page.protection.sheet
    assert titles["联系电话"].protection.locked
    columns = {name.rstrip("*"): cell.column_letter for name, cell in titles.items()}
    assert page.column_dimensions[columns["联系电话"]].number_format == "@"
    assert not page.column_dimensions[columns["联系电话"]].protection.locked
    lists = {str(rule.sqref)[0:1]: rule.formula1 for rule in page.data_validations.dataValidation}
    assert lists[columns["状态"]].startswith("字典!$")
    words = {cell.value for row in book["字典"] for cell in row}
    assert {trade.name for trade in TRADES.values()} <= words


def test_drop_downs_lie_on_their_own_columns(tmp_path):
    excel.write_template("gates", tmp_path / "t.xlsx")
    page = openpyxl.load_workbook(tmp_path / "t.xlsx")["小区门"]
    found = {CellRange(str(r.sqref)).min_col for r in page.data_validations.dataValidation}
    assert {page.cell(1, column).value for column in found} == {"类别*", "坐标系"}


def test_the_same_template_has_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        excel.write_template("outlets", tmp_path / f"{name}.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_an_unknown_template_names_the_known_ones(tmp_path):
    with pytest.raises(InputError, match="没有名为“shops”的表。可用的表：outlets、"):
        excel.write_template("shops", tmp_path / "t.xlsx")
    assert not (tmp_path / "t.xlsx").exists()


LEADS = st.sampled_from(
    ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "{=", "http://", ""]
)
TEXTS = st.builds(
    str.__add__, LEADS, st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(TEXTS, min_size=1, max_size=40))
def test_a_text_is_never_a_formula_and_comes_back_unchanged(tmp_path, texts):
    path = tmp_path / "w.xlsx"
    excel.write_workbook(path, {"表": pd.DataFrame({"文字": texts}, dtype="object")})
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"<f " not in sheet
    assert b"<hyperlink" not in sheet
    cells = [row[0].value for row in openpyxl.load_workbook(path)["表"].iter_rows(2)]
    cells += [None] * (len(texts) - len(cells))
    assert [plain(cell) for cell in cells] == [plain(text) for text in texts]


def plain(text: str | None) -> str:
    """Undo what XML does to any text: line ends become one kind, control marks are escaped."""
    unescaped = openpyxl.utils.escape.unescape(text or "")
    return unescaped.replace("\r\n", "\n").replace("\r", "\n")


def test_values_keep_their_kind_and_bytes_are_the_same(tmp_path):
    frame = pd.DataFrame(
        {"名称": ["甲", None], "数": [1.5, float("nan")], "是": [True, False], "号": ["007", ""]}
    )
    for name in ("a", "b"):
        excel.write_workbook(tmp_path / f"{name}.xlsx", {"一/单": frame, "一 单": frame})
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["一 单", "一 单(2)"]
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert rows == [["名称", "数", "是", "号"], ["甲", 1.5, "是", "007"], [None, None, "否", None]]
    assert book.worksheets[0].freeze_panes == "A2"


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.xlsx"
    excel.write_workbook(path, {"表": pd.DataFrame({"a": [1]})})
    before = path.read_bytes()
    with pytest.raises(OutputError, match="一格最多 32,767 个"):
        excel.write_workbook(path, {"表": pd.DataFrame({"a": ["字" * 40_000]})})
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.xlsx"]


ROWS = [
    ["网点名称", "业态", "核实日期"],
    ["甲", "药店", "2026-02-30"],
    [None, "药店", None],
    ["丙", "药店", None],
]


def check(path: Path):
    frame, sheet, _ = excel.read_table(path, "outlets")
    return tables.check("outlets", frame, file=path.name, sheet=sheet)


def test_a_read_back_marks_the_cells_and_can_be_imported_again(tmp_path):
    path = write(tmp_path / "a.xlsx", ROWS, more={"别的": [["留着"]]})
    back = excel.write_readback(path, check(path).issues, tmp_path / "back.xlsx")
    book = openpyxl.load_workbook(back)
    page = book["网点"]
    assert book["别的"]["A1"].value == "留着"
    assert page["D1"].value == "错误"
    assert page["C2"].fill.start_color.rgb == "FFFFEB9C"
    assert "没有“2026-02-30”这一天" in page["C2"].comment.text
    assert page["A3"].fill.start_color.rgb == "FFFFC7CE"
    assert page["D3"].value == "[错误] 网点名称：没有填网点名称。补填后重新导入。"
    assert (page.page_setup.orientation, page.page_setup.fitToWidth) == ("landscape", 1)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (page.print_area, page.print_title_rows) == ("'网点'!$A$1:$D$4", "$1:$1")
    assert page["D4"].value is None
    page["A3"], page["C2"] = "乙", "2026-02-28"
    book.save(back)
    again = check(back)
    assert (len(again.rows), again.issues) == (3, [])
    third = excel.write_readback(back, again.issues, tmp_path / "third.xlsx")
    fourth = excel.write_readback(back, check(path).issues, tmp_path / "fourth.xlsx")
    assert openpyxl.load_workbook(third)["网点"]["A3"].fill.fill_type is not None
    assert openpyxl.load_workbook(fourth)["网点"].max_column == 4


def test_a_second_read_back_wipes_the_first(tmp_path):
    path = write(tmp_path / "a.xlsx", ROWS)
    issues = check(path).issues
    back = excel.write_readback(path, issues, tmp_path / "b.xlsx")
    page = openpyxl.load_workbook(excel.write_readback(back, issues[:1], tmp_path / "c.xlsx"))[
        "网点"
    ]
    assert page["C2"].comment is not None
    assert page["A3"].comment is None
    assert page["A3"].fill.fill_type is None
    assert page["D3"].value is None


def test_a_text_table_comes_back_as_a_workbook_with_no_formula(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("网点名称,业态,核实日期\n=1+1,药店,2026-02-30\n", encoding="gbk")
    back = excel.write_readback(path, check(path).issues, tmp_path / "back.csv")
    assert back.suffix == ".xlsx"
    page = openpyxl.load_workbook(back)["a"]
    assert (page["A2"].value, page["A2"].data_type) == ("=1+1", "s")
    assert page["C2"].comment is not None


def test_tables_print_across_with_their_heading_on_every_page(tmp_path):
    wide = pd.DataFrame({f"列{n}": ["很长的内容" * 6] * 80 for n in range(12)})
    excel.write_workbook(tmp_path / "表.xlsx", {"宽表": wide})
    page = openpyxl.load_workbook(tmp_path / "表.xlsx")["宽表"]
    assert page.page_setup.orientation == "landscape"
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.page_setup.fitToHeight == 0  # as many pages down as it takes; one across is usual
    assert page.print_title_rows.endswith("$1:$1")


def test_a_readback_marks_below_the_header_it_is_told(tmp_path):
    path = good_xlsx(tmp_path / "a.xlsx", [("台账", ""), ("店铺", "做什么"), ("甲", "卖鱼")])
    issues = [tables.Issue("a.xlsx", "网点", 3, "做什么", "卖鱼", tables.ERROR, "不认识", "改正")]
    marked = excel.write_readback(path, issues, tmp_path / "b.xlsx", header=2)
    sheet = openpyxl.load_workbook(marked)["网点"]
    assert sheet["C2"].value == "错误"
    assert sheet["B3"].fill.start_color.rgb == "FFFFC7CE"
