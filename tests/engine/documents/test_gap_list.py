"""Open 一单 as a bureau would and read its cells."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest

from livingcircle.documents import _standard_sheets
from livingcircle.documents._assessed import requirements_of
from livingcircle.documents._provenance import provenance
from livingcircle.documents._standard_sheets import matrix_sheets
from livingcircle.documents._standard_sheets import open_rows
from livingcircle.documents._standard_sheets import rule_sheet
from livingcircle.documents._standard_sheets import spoken
from livingcircle.documents._standard_sheets import what_to_do
from livingcircle.documents.gap_list import GAP_FIELDS
from livingcircle.documents.gap_list import gap_rows
from livingcircle.documents.gap_list import write_gap_list
from livingcircle.standards import Requirement
from tests.factories.standards import write_standard

TITLES = [field.title for field in GAP_FIELDS]


def cells(path: Path, sheet: str) -> list[list[object]]:
    page = openpyxl.load_workbook(path)[sheet]
    return [[cell.value for cell in row] for row in page.iter_rows()]


def body(path: Path, sheet: str) -> list[list[object]]:
    """Return the rows below the headings."""
    rows = cells(path, sheet)
    return rows[[row[0] for row in rows].index("序号") + 1 :]


def test_columns_are_the_plan_s_own_words() -> None:
    assert TITLES[:9] == [
        "序号", "生活圈名称", "所属街道", "配置层级", "社区", "业态", "类别", "配置标准",
        "标准条款",
    ]  # fmt: skip
    assert {"缺什么", "补什么", "如何补", "可用空间", "轻重缓急", "状态"} <= set(TITLES)


def test_first_gap_cell_by_cell(assessed: SimpleNamespace) -> None:
    assert gap_rows(assessed)[0] == [
        1, "果园生活圈", "果园街道", "便民生活圈层级", "全圈", "药店", "基本保障类",
        "每7000人不少于1个", "密云 附件1.1 一", 2.0, 1.0, 2.0, 1.0, None, "个", 6060.0, 780.0, 90.0,
        "百姓大药房", 640.0, "缺药店1个", "增设药店1处",
        "利用腾退空间、车棚引入连锁门店",
        "西里车棚（车棚，60平方米，使用状态未核实）", "1 紧急", "缺",
    ]  # fmt: skip


def test_shares_are_told_in_words(assessed: SimpleNamespace) -> None:
    assessed.gaps["unit"] = "%"
    numbers = ["required", "found", "shortfall"]
    assessed.gaps[numbers] = assessed.gaps[numbers].astype(float)
    assessed.gaps.loc[:, numbers] = [100.0, 22.41, 77.59]
    row = dict(zip(TITLES, gap_rows(assessed)[0], strict=True))
    told = ("应配数量", "缺少数量", "超出数量", "单位")
    assert [row[title] for title in told] == ["100%", "77.6个百分点", None, "占比"]


def test_an_amount_in_words_fits_into_its_column(assessed: SimpleNamespace, tmp_path: Path) -> None:
    assessed.gaps["unit"] = "%"
    numbers = ["required", "found", "shortfall"]
    assessed.gaps[numbers] = assessed.gaps[numbers].astype(float)
    assessed.gaps.loc[:, numbers] = [100.0, 17.1, 82.9]
    path = write_gap_list(assessed, tmp_path / "gap.xlsx")
    page = openpyxl.load_workbook(path)["缺什么补什么"]
    head = next(row for row in page.iter_rows() if row[0].value == "序号")
    for cell in (one for one in head if one.value in {"应配数量", "缺少数量", "超出数量"}):
        below = [page.cell(row, cell.column) for row in range(cell.row + 1, page.max_row + 1)]
        words = [one for one in below if isinstance(one.value, str)]
        # A Chinese character takes two columns, the indent two, the frame one.
        needed = [sum(1 + (letter > "\xff") for letter in one.value) + 3 for one in words]
        assert max(needed, default=0) <= page.column_dimensions[cell.column_letter].width
        assert all(one.alignment.wrap_text for one in words)
        assert bool(words) == (cell.value != "超出数量")


def test_none_at_all_and_too_few_are_different_words(assessed: SimpleNamespace) -> None:
    rows = [dict(zip(TITLES, row, strict=True)) for row in gap_rows(assessed)]
    states = [[row["现有数量（圈内）"], row["状态"]] for row in rows]
    assert states == [[1.0, "缺"], [1.0, "缺"], [0.0, "没有"], [0.0, "没有"]]


def test_unknown_people_are_a_word_in_the_file(assessed: SimpleNamespace, tmp_path: Path) -> None:
    path = write_gap_list(assessed, tmp_path / "gap.xlsx")
    rows = body(path, "缺什么补什么")
    assert [row[TITLES.index("影响居民（人）")] for row in rows] == [6060, 3000, 3100, "未核实"]


def test_small_print_names_date_standard_run_and_nature(
    assessed: SimpleNamespace, tmp_path: Path
) -> None:
    head = cells(write_gap_list(assessed, tmp_path / "gap.xlsx"), "缺什么补什么")
    assert head[0][0] == "示例示范区便民服务“缺什么、补什么”任务清单"
    assert head[1][0] == (
        "评估日期：2026-06-30　数据日期：2026-06-15　对照标准：《手写标准》"
        f"　步行参数：普通步行者（每分钟60米）　运行编号：{provenance(assessed).run_id}"
    )
    assert head[2][0] == (
        "数据性质：含虚构数据，仅供演示，不代表实际情况。真实：街道路段；模型推算：楼门；"
        "推导：步行服务盲区；虚构：网点"
    )


def test_unknown_and_not_applicable_have_their_own_sheet(
    assessed: SimpleNamespace, tmp_path: Path
) -> None:
    rows = body(write_gap_list(assessed, tmp_path / "gap.xlsx"), "未核实与不适用")
    assert [row[1:7] for row in rows] == [
        ["果园生活圈", "社区", "果园西里社区", "必须", "数量：自助取水机", 1],
        ["果园生活圈", "社区", "果园新里社区", "必须", "数量：自助取水机", 1],
        ["檀城社区生活圈", "生活圈", "檀城社区生活圈", "必须", "数量：洗染店", 1],
        ["檀城社区生活圈", "社区", "檀城东区社区", "必须", "数量：自助取水机", 1],
        ["檀城社区生活圈", "社区", "白檀社区", "必须", "数量：自助取水机", 1],
    ]
    assert [row[8] for row in rows] == ["未核实", "未核实", "不适用", "未核实", "未核实"]
    assert rows[0][9] == "没有这类业态的完整台账"
    assert rows[2][9] == "圈内无洗染需求"


def test_open_questions_of_one_unit_and_reason_are_one_row(assessed: SimpleNamespace) -> None:
    at = (assessed.findings["unit_id"] == "m0") & (assessed.findings["trade"] == "vegetable")
    assessed.findings.loc[at, ["verdict", "reason"]] = ["unknown", "没有这类业态的完整台账"]
    first = open_rows(assessed)[0]
    assert first[3:7] == ["果园西里社区", "必须", "数量：菜篮子、自助取水机", 2]


def test_states_differ_in_colour_as_well_as_in_word(
    assessed: SimpleNamespace, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(write_gap_list(assessed, tmp_path / "gap.xlsx"))
    words = {"达标", "缺1个", "缺2个", "未核实", "不适用"}
    fills: dict[object, str] = {}
    for sheet in ("对标总表（社区）", "对标总表（生活圈以上）"):
        for row in book[sheet].iter_rows():
            fills.update({c.value: c.fill.start_color.rgb for c in row if c.value in words})
    assert set(fills) == words
    assert fills["缺1个"] == fills["缺2个"]
    assert len({fills[word] for word in ("达标", "缺1个", "未核实", "不适用")}) == 4


def test_verdicts_run_down_the_longer_side(assessed: SimpleNamespace) -> None:
    communities, circles = matrix_sheets(assessed)
    assert [field.title for field in communities.fields] == [
        "生活圈",
        "单位",
        "菜篮子",
        "自助取水机",
    ]
    assert communities.rows[1] == ["果园生活圈", "果园新里社区", "缺1个", "未核实"]
    assert [field.title for field in circles.fields] == [
        "业态或要求", "要求", "严格程度", "果园生活圈", "檀城社区生活圈",
    ]  # fmt: skip
    assert circles.rows[0] == ["药店", "数量", "必须", "缺1个", "缺2个"]


def test_a_wide_table_is_printed_on_several_pages(
    assessed: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_standard_sheets, "PAGE_COLUMNS", 1)
    path = write_gap_list(assessed, tmp_path / "gap.xlsx")
    page = openpyxl.load_workbook(path)["对标总表（社区）"]
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (2, 0)
    assert page.print_title_cols == "$A:$B"
    assert page.print_title_rows == "$6:$7"


def test_no_cell_is_a_formula(assessed: SimpleNamespace, tmp_path: Path) -> None:
    assessed.gaps["remedy"] = '=HYPERLINK("http://x")'
    path = write_gap_list(assessed, tmp_path / "gap.xlsx")
    book = openpyxl.load_workbook(path)
    kinds = {cell.data_type for page in book for row in page.iter_rows() for cell in row}
    assert "f" not in kinds
    assert body(path, "缺什么补什么")[0][TITLES.index("补什么")] == '=HYPERLINK("http://x")'


def test_no_gaps_says_so(assessed: SimpleNamespace, tmp_path: Path) -> None:
    assessed.gaps = assessed.gaps.iloc[:0]
    rows = cells(write_gap_list(assessed, tmp_path / "gap.xlsx"), "缺什么补什么")
    assert rows[-1][0] == "各项要求都已达到，或尚未核实（见“未核实与不适用”）。"


@pytest.fixture(name="several")
def _several(assessed: SimpleNamespace) -> SimpleNamespace:
    """Let the requirement on pharmacies be one on any of three trades."""
    for table, name in ((assessed.findings, "subject"), (assessed.gaps, "trade_name")):
        at = table["requirement_id"] == "count_pharmacy"
        table.loc[at, name] = "健康养生类设施"
    findings = assessed.findings
    trades = ["pharmacy", "private_clinic", "wellness_therapy"]
    at = findings["requirement_id"] == "count_pharmacy"
    findings.loc[at, "trades"] = findings.loc[at, "trades"].map(lambda _: trades)
    asked = {"id": "count_pharmacy", "level": "circle", "clause": "一", "text": "健康养生为必备"}
    one = asked | {"rule": "variety", "trades": trades, "kinds": 2, "subject": "健康养生类设施"}
    rest = [r for r in assessed.standard.requirements if r.id != "count_pharmacy"]
    (mine,) = write_standard(one).requirements
    assessed.standard = replace(assessed.standard, requirements=(mine, *rest))
    return assessed


def test_a_requirement_on_several_trades_bears_its_own_name(several: SimpleNamespace) -> None:
    row = dict(zip(TITLES, gap_rows(several)[0], strict=True))
    assert (row["业态"], row["缺什么"]) == ("健康养生类设施", "缺健康养生类设施1个")
    assert (row["最近网点"], row["最近距离（米）"]) == ("", None)
    assert matrix_sheets(several)[1].rows[-1][0] == "健康养生类设施"
    assert "健康养生类设施" in {row[1] for row in rule_sheet(several).rows}


def test_too_much_is_told_as_too_much(assessed: SimpleNamespace) -> None:
    at = assessed.gaps["requirement_id"] == "count_pharmacy"
    assessed.gaps.loc[at, ["found", "shortfall", "surplus"]] = [5.0, 0.0, 3.0]
    row = dict(zip(TITLES, gap_rows(assessed)[0], strict=True))
    assert (row["缺少数量"], row["超出数量"], row["状态"]) == (None, 3.0, "超出")
    assert row["缺什么"] == "药店超出3个"


def test_gaps_of_a_subdistrict_and_of_the_district_have_their_words(
    assessed: SimpleNamespace,
) -> None:
    gaps = assessed.gaps
    gaps.loc[[0, 1], "circle_id"] = gaps.loc[[0, 1], "circle_name"] = ""
    gaps.loc[[0, 1], "level"] = ["subdistrict", "district"]
    gaps.loc[[0, 1], "unit_id"] = gaps.loc[[0, 1], "unit_name"] = ["果园街道", "示例示范区"]
    findings = assessed.findings
    lacking = findings[findings["verdict"] == "lacking"].index[:2]
    findings.loc[lacking, "unit_id"] = ["果园街道", "示例示范区"]
    rows = [dict(zip(TITLES, row, strict=True)) for row in gap_rows(assessed)][2:]
    told = ("生活圈名称", "所属街道", "配置层级", "社区", "可用空间")
    shed = "西里车棚（车棚，60平方米，使用状态未核实）"
    assert [[row[title] for title in told] for row in rows] == [
        ["—", "—", "全区层级", "全区", f"{shed}（与果园生活圈药店择一）"],
        ["—", "果园街道", "街道（乡镇）层级", "果园街道", f"{shed}（与果园生活圈药店择一）"],
    ]


def test_remarks_of_the_pack_name_requirements_not_ids(assessed: SimpleNamespace) -> None:
    asked = requirements_of(assessed)
    assert (
        spoken("另见 count_pharmacy、reach_pharmacy。", asked) == "另见“药店数量”、“药店服务半径”。"
    )
    assert spoken("24小时便利店，见 ATM", asked) == "24小时便利店，见 ATM"


NUMBER, TARGET, SHARE = (
    write_standard(one).requirements[0]
    for one in (
        {"id": "R", "clause": "一", "rule": "count", "trades": ["water_vending"], "least": 1},
        {"id": "R", "clause": "一", "rule": "qualitative", "title": "集市", "question": "有集市吗"},
        {"id": "R", "clause": "一", "rule": "share", "least": 0.3, "having": {"chain": True}},
    )
)


@pytest.mark.parametrize(
    ("verdict", "reason", "one", "told"),
    [
        ("unknown", "没有完整台账", NUMBER, "逐户核实所列业态"),
        ("unknown", "缺少人口，算不出应配数量", NUMBER, "补齐所缺的基础数据"),
        ("unknown", "尚无佐证材料", TARGET, "在“上报事项”表里填报"),
        ("unknown", "有网点没有登记这一项，或未核实", SHARE, "在网点台账里补登这一项"),
        ("unknown", "有网点没有登记面积", SHARE, "在网点台账里补登这些网点的面积"),
        ("unknown", "有网点未核实", NUMBER, "核实这些网点是否营业"),
        ("unknown", "部分居民的结论未核实", NUMBER, "核实够不着的楼门附近"),
        ("unknown", "没有评估日期", TARGET, "运行时用 --on 写明评估日期"),
        ("not_applicable", "只适用于老城区", NUMBER, "不需处理"),
    ],
)
def test_every_open_question_says_what_to_do(
    verdict: str, reason: str, one: Requirement, told: str
) -> None:
    assert what_to_do(verdict, reason, one).startswith(told)
