"""Read 一账 and 两表 cell by cell."""

from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest

from livingcircle.documents._planning import Quarter
from livingcircle.documents._planning import first_quarter
from livingcircle.documents._planning import propose
from livingcircle.documents._provenance import provenance
from livingcircle.documents.shortfall_ledger import FIELDS
from livingcircle.documents.shortfall_ledger import ledger_rows
from livingcircle.documents.shortfall_ledger import write_shortfall_ledger
from livingcircle.documents.timetables import TABLE_FIELDS
from livingcircle.documents.timetables import progress
from livingcircle.documents.timetables import progress_rows
from livingcircle.documents.timetables import provision_rows
from livingcircle.documents.timetables import write_timetables

START = Quarter(2026, 3)


def test_ledger_row(assessed: SimpleNamespace) -> None:
    row = dict(zip([field.title for field in FIELDS], ledger_rows(assessed)[0], strict=True))
    assert row["编号"] == "b1"
    assert row["服务半径（米）"] == 300.0
    assert row["影响楼门（个）"] == 3
    assert row["最近替代网点"] == "果园便民菜店"
    assert row["问题描述"] == (
        "3个楼门步行300米内没有菜篮子；最近的“果园便民菜店”步行690米至810米。"
    )
    assert row["整改措施建议"] == "在此处附近增设菜篮子：利用腾退空间、车棚引入连锁门店。"
    assert row["责任单位"] == row["完成时限"] == ""
    assert row["整改状态"] == "待整改"


def test_each_blind_area_has_the_radius_it_was_judged_by(assessed: SimpleNamespace) -> None:
    assessed.blind_areas["radius_m"] = [800.0, float("nan")]
    rows = [dict(zip([f.title for f in FIELDS], r, strict=True)) for r in ledger_rows(assessed)]
    assert [row["服务半径（米）"] for row in rows] == [800.0, "按时间"]
    assert rows[0]["问题描述"].startswith("3个楼门步行800米内没有")
    assert rows[1]["问题描述"].startswith("2个楼门规定的步行时间内没有")


def test_ledger_is_summed_by_requirement_not_by_trade(
    assessed: SimpleNamespace, tmp_path: Path
) -> None:
    areas = assessed.blind_areas
    areas["trade"], areas["radius_m"] = "vegetable", [300.0, 800.0]
    areas["trade_name"] = ["菜篮子", "菜篮子或便利店"]
    page = openpyxl.load_workbook(write_shortfall_ledger(assessed, tmp_path / "l.xlsx"))
    rows = list(page["按业态汇总"].iter_rows(min_row=6, max_col=6, values_only=True))
    assert rows == [
        ("菜篮子", "基本保障类", 300, 1, 3, 3570),
        ("菜篮子或便利店", "基本保障类", 800, 1, 2, 2300),
    ]


def test_ledger_without_alternative_says_so(assessed: SimpleNamespace) -> None:
    row = dict(zip([field.title for field in FIELDS], ledger_rows(assessed)[1], strict=True))
    assert row["最近替代网点"] == "步行范围内没有"
    assert row["其中0—3岁"] == "未核实"


def test_ledger_without_blind_areas(assessed: SimpleNamespace, tmp_path: Path) -> None:
    assessed.blind_areas = assessed.blind_areas.iloc[:0]
    page = openpyxl.load_workbook(write_shortfall_ledger(assessed, tmp_path / "l.xlsx")).active
    assert str(page.cell(page.max_row, 1).value).startswith("没有发现步行服务盲区")


def test_quarters_count_across_years() -> None:
    assert Quarter(2026, 4).later(1) == Quarter(2027, 1)
    assert Quarter(2026, 3).later(6) == Quarter(2028, 1)
    assert Quarter(2026, 3).label == "2026年第3季度"


@pytest.mark.parametrize(
    ("urgency", "planned", "expected"),
    [
        (1, None, Quarter(2026, 3)),
        (2, None, Quarter(2026, 4)),
        (3, None, Quarter(2027, 2)),
        (4, None, Quarter(2028, 2)),
        (4, 2026, Quarter(2026, 4)),  # not after 预计建成年份
        (2, 2025, Quarter(2026, 4)),  # a year that has passed binds nothing
        (float("nan"), None, Quarter(2027, 2)),
    ],
)
def test_proposed_quarter(urgency: float, planned: int | None, expected: Quarter) -> None:
    assert propose(urgency, START, planned) == expected


def test_plan_starts_after_the_assessment(assessed: SimpleNamespace) -> None:
    assert first_quarter(provenance(assessed)) == START
    assessed.run = {**assessed.run, "on": "2027-12-01"}
    assert first_quarter(provenance(assessed)) == Quarter(2028, 1)


def test_without_a_day_nothing_is_dated(assessed: SimpleNamespace, tmp_path: Path) -> None:
    assessed.run = {**assessed.run, "on": "", "data_date": ""}
    facts = provenance(assessed)
    assert facts.line.startswith("评估日期：未注明　数据日期：未注明　")
    assert facts.created.year == 2000
    assert first_quarter(facts) is None
    assert propose(1, None, 2027) is None
    rows = provision_rows(assessed, facts)
    assert {cell for row in rows for cell in row[10:]} == {""}
    assert rows[1][9] == "2023年"
    page = openpyxl.load_workbook(write_timetables(assessed, tmp_path / "t.xlsx"))["配置时间表"]
    assert "评估日期未注明" in page["A4"].value
    assert "2000" not in "".join(str(cell.value) for row in page.iter_rows() for cell in row)


def test_provision_is_ordered_by_urgency_then_people(assessed: SimpleNamespace) -> None:
    rows = provision_rows(assessed, provenance(assessed))
    assert [(row[1], row[3], row[5], row[6]) for row in rows] == [
        ("1 紧急", "全圈", "缺1个", 6060.0),
        ("1 紧急", "白檀社区", "缺2个", 3100.0),
        ("2 较急", "果园新里社区", "缺1个", 3000.0),
        ("3 一般", "全圈", "缺2个", "未核实"),
    ]
    assert [row[10:].index("●") for row in rows] == [0, 0, 1, 3]
    assert rows[1][9] == "2023年（已过）"


def test_progress_counts_only_what_was_checked(assessed: SimpleNamespace) -> None:
    done = progress(assessed, "c1")
    # 菜篮子 2+2 asked, 2+1 there; 药店 2 asked, 1 there; 洗染店 1 and 1; 取水机 unchecked.
    assert (done.required, done.found, done.shortfall, done.unknown) == (7, 5, 2, 2)
    assert done.rate == pytest.approx(5 / 7)


def test_progress_of_every_one_of_several_trades_adds_up(assessed: SimpleNamespace) -> None:
    # One of each of two trades is asked for; there are two of the first and none of the second.
    at = (assessed.findings["unit_id"] == "c1") & (assessed.findings["trade"] == "pharmacy")
    assessed.findings.loc[at, ["required", "found", "shortfall"]] = [2.0, 2.0, 1.0]
    done = progress(assessed, "c1")
    assert (done.required, done.found, done.shortfall) == (7, 5, 2)
    assert done.required == done.found + done.shortfall


def test_progress_counts_what_is_met_online_as_met(assessed: SimpleNamespace) -> None:
    at = (assessed.findings["unit_id"] == "c1") & (assessed.findings["trade"] == "laundry")
    assessed.findings.loc[at, ["found", "shortfall"]] = [0.0, 1.0]
    done = progress(assessed, "c1")
    assert (done.required, done.found, done.shortfall) == (7, 5, 2)


def out_of_reach(assessed: SimpleNamespace) -> list[list[object]]:
    """Return the three cells on reach of every circle."""
    at = [field.title for field in TABLE_FIELDS].index("盲区内居民（人）")
    return [row[at : at + 3] for row in progress_rows(assessed)]


def test_progress_tells_who_is_out_of_reach_before_the_places(assessed: SimpleNamespace) -> None:
    trades = [SimpleNamespace(trade="vegetable", tier="basic")]
    assessed.standard = SimpleNamespace(trades=trades)
    # Doors lie 150 m, 210 m … from vegetables: d00 to d02 within 300 m, d03 to d11 beyond.
    people = sum(1000 + 20 * i for i in range(3, 6)), sum(1000 + 20 * i for i in range(6, 12))
    assessed.indices["index"] = "basic_coverage"
    assert out_of_reach(assessed) == [[people[0], 0.75, 0], [people[1], 0.75, 2]]
    assessed.doors["residents"] = float("nan")
    assessed.indices = assessed.indices.iloc[:0]
    assert out_of_reach(assessed)[0][:2] == ["未核实", "未核实"]


def test_progress_leaves_out_what_is_no_must(assessed: SimpleNamespace) -> None:
    assessed.findings["severity"] = "should"
    done = progress(assessed, "c1")
    assert (done.required, done.found, done.unknown, done.rate) == (0, 0, 0, None)


def test_a_circle_without_a_subdistrict_has_that_of_its_communities(
    assessed: SimpleNamespace,
) -> None:
    assessed.district.circles["subdistrict"] = ""
    assert [row[6] for row in progress_rows(assessed)] == ["果园街道", "鼓楼街道"]


def test_progress_table_begins_with_annex_1_3(assessed: SimpleNamespace) -> None:
    assert [field.title for field in TABLE_FIELDS[:15]] == [
        "序号", "生活圈名称", "生活圈类型", "生活圈划分方式", "覆盖社区", "覆盖社区数",
        "所属街道", "服务人口（万人）", "预计建成年份", "人群画像", "社区业态完备度", "社区画像",
        "区位资源", "社区开放度", "社区协同度",
    ]  # fmt: skip
    second = progress_rows(assessed)[1]
    assert second[:9] == [
        2, "檀城社区生活圈", "新兴住宅生活圈", "合并", "檀城东区社区、白檀社区（部分）", 2,
        "鼓楼街道", 0.738, "2023年",
    ]  # fmt: skip


def test_progress_ends_with_totals(assessed: SimpleNamespace, tmp_path: Path) -> None:
    page = openpyxl.load_workbook(write_timetables(assessed, tmp_path / "t.xlsx"))["工作进度表"]
    assert page.cell(page.max_row, 1).value == (
        "合计：2个生活圈，应建13个，已有7个，缺6个，网点数量完成率53.8%；"
        "另有4项未核实，不计入完成率。数量够了不等于人人够得着，另看步行覆盖率。"
    )
    assert page.print_title_rows is not None
    assert page.page_setup.orientation == "landscape"
