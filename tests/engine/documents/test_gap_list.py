"""Open 一单 as a bureau would and read its cells."""

from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest

from livingcircle.documents import gap_list
from livingcircle.documents.gap_list import GAP_FIELDS
from livingcircle.documents.gap_list import fits
from livingcircle.documents.gap_list import gap_frame
from livingcircle.documents.gap_list import gap_rows
from livingcircle.documents.gap_list import what_to_do
from livingcircle.documents.gap_list import write_gap_list

HEADER_ROW = 5


def cells(path: Path, sheet: str) -> list[list[object]]:
    page = openpyxl.load_workbook(path)[sheet]
    return [[cell.value for cell in row] for row in page.iter_rows()]


def test_columns_are_the_plan_s_own_words() -> None:
    titles = [field.title for field in GAP_FIELDS]
    assert titles[:9] == [
        "序号", "生活圈名称", "所属街道", "配置层级", "社区", "业态", "类别", "配置标准",
        "标准条款",
    ]  # fmt: skip
    assert {"缺什么", "补什么", "如何补", "可用空间", "轻重缓急", "状态"} <= set(titles)


def test_first_gap_cell_by_cell(assessed: SimpleNamespace) -> None:
    assert gap_rows(assessed)[0] == [
        1, "果园生活圈", "果园街道", "便民生活圈层级", "全圈", "药店", "基本保障类",
        "每7000人不少于1个", "密云 附件1.1 一", 2.0, 1.0, 2.0, 1.0, "个", 6060.0, 780.0, 90.0,
        "百姓大药房", 640.0, "缺药店1个（应配2个，现有1个）", "增设药店1处",
        "利用腾退空间、车棚引入连锁门店", "西里车棚（车棚，60平方米）", "1 紧急", "缺",
    ]  # fmt: skip


def test_none_at_all_and_too_few_are_different_words(assessed: SimpleNamespace) -> None:
    states = gap_frame(assessed)[["现有数量（圈内）", "状态"]].to_numpy().tolist()
    assert states == [[1.0, "缺"], [1.0, "缺"], [0.0, "没有"], [0.0, "没有"]]


def test_unknown_people_are_a_word_in_the_file(assessed: SimpleNamespace, tmp_path: Path) -> None:
    path = write_gap_list(assessed, tmp_path / "gap.xlsx")
    rows = cells(path, "缺什么补什么")
    assert [row[14] for row in rows[HEADER_ROW:]] == [6060, 3000, 3100, "未核实"]


def test_small_print_names_date_standard_run_and_nature(
    assessed: SimpleNamespace, tmp_path: Path
) -> None:
    head = cells(write_gap_list(assessed, tmp_path / "gap.xlsx"), "缺什么补什么")
    assert head[0][0] == "示例示范区便民服务“缺什么、补什么”任务清单"
    assert head[1][0] == (
        "数据日期：2026-06-30　对照标准："
        "《密云区一刻钟便民生活圈建设三年行动方案（2023年-2025年）》（征求意见稿）"
        "　步行参数：标准步行者60米/分钟　运行编号：a1b2c3d4e5f6"
    )
    assert head[2][0] == (
        "数据性质：含虚构数据，仅供演示，不代表实际情况。真实：道路；模型推算：楼门与居民；"
        "推导：步行服务盲区；虚构：商业网点"
    )


def test_unknown_and_not_applicable_have_their_own_sheet(
    assessed: SimpleNamespace, tmp_path: Path
) -> None:
    rows = cells(write_gap_list(assessed, tmp_path / "gap.xlsx"), "未核实与不适用")[HEADER_ROW:]
    assert [row[9] for row in rows] == ["未核实"] * 4 + ["不适用"]
    assert rows[0][10] == "没有这类业态的完整台账"
    assert rows[4][10] == "圈内无洗染需求"


def test_states_differ_in_colour_as_well_as_in_word(
    assessed: SimpleNamespace, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(write_gap_list(assessed, tmp_path / "gap.xlsx"))
    fills = {}
    for row in book["对标总表"].iter_rows(min_row=HEADER_ROW + 1, min_col=4):
        fills.update({str(c.value)[:3]: c.fill.start_color.rgb for c in row if c.value})
    assert set(fills) == {"达标", "缺1个", "缺2个", "未核实", "不适用"}
    assert fills["缺1个"] == fills["缺2个"]
    assert len({fills[word] for word in ("达标", "缺1个", "未核实", "不适用")}) == 4


def test_no_cell_is_a_formula(assessed: SimpleNamespace, tmp_path: Path) -> None:
    assessed.gaps["remedy"] = '=HYPERLINK("http://x")'
    path = write_gap_list(assessed, tmp_path / "gap.xlsx")
    book = openpyxl.load_workbook(path)
    kinds = {cell.data_type for page in book for row in page.iter_rows() for cell in row}
    assert "f" not in kinds
    assert cells(path, "缺什么补什么")[HEADER_ROW][20] == '=HYPERLINK("http://x")'


def test_no_gaps_says_so(assessed: SimpleNamespace, tmp_path: Path) -> None:
    assessed.gaps = assessed.gaps.iloc[:0]
    rows = cells(write_gap_list(assessed, tmp_path / "gap.xlsx"), "缺什么补什么")
    assert rows[-1][0] == "各项要求都已达到，或尚未核实（见“未核实与不适用”）。"


def test_missing_space_register_is_unknown_not_none(assessed: SimpleNamespace) -> None:
    assert gap_list.usable_spaces(assessed, None, "药店") == "未核实（没有生活圈边界）"
    spaces = assessed.district.spaces
    bare = SimpleNamespace(district=SimpleNamespace(spaces=spaces.iloc[:0]))
    assert gap_list.usable_spaces(bare, None, "药店") == "未核实（没有空间资源台账）"


@pytest.mark.parametrize(
    ("suitable", "excluded", "expected"),
    [("菜篮子、药店", "", True), ("", "", True), ("", "药店", False), ("早餐店", "", False)],
)
def test_space_fits_trade(suitable: str, excluded: str, expected: bool) -> None:  # noqa: FBT001
    assert fits(suitable, excluded, "药店") is expected


def test_every_open_question_says_what_to_do() -> None:
    assert what_to_do("unknown", "自助取水机", "白檀社区") == (
        "在白檀社区逐户核实自助取水机，把网点补入台账，并声明台账对该业态是全的，然后重新运行。"
    )
    assert what_to_do("unknown", "", "白檀社区").startswith("补齐白檀社区的基础数据")
    assert what_to_do("not_applicable", "洗染店", "白檀社区").startswith("不需处理")
