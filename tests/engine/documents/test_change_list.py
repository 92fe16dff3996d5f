"""Compare two runs that differ in what a pencil can count."""

from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest

from livingcircle.documents import change_sentences
from livingcircle.documents import diff_assessments
from livingcircle.documents import write_change_list
from tests.engine.documents.conftest import make_assessed


@pytest.fixture(name="later")
def _later() -> SimpleNamespace:
    run = make_assessed()
    findings = run.findings
    at = (findings["unit_id"] == "m1") & (findings["trade"] == "vegetable")
    findings.loc[at, ["verdict", "found", "shortfall"]] = ["served", 2.0, 0.0]
    at = (findings["unit_id"] == "m0") & (findings["trade"] == "water_vending")
    findings.loc[at, ["verdict", "found", "shortfall"]] = ["lacking", 0.0, 1.0]
    at = (findings["unit_id"] == "c2") & (findings["trade"] == "pharmacy")
    findings.loc[at, ["found", "shortfall"]] = [1.0, 1.0]
    run.circle_facts.loc["c1", "population"] = 6500.0
    return run


def test_nothing_changed(assessed: SimpleNamespace) -> None:
    changes = diff_assessments(assessed, make_assessed())
    assert changes.empty
    assert change_sentences(changes) == ["两次运行的结论、缺口和居民数都没有变化。"]


def test_changes_are_told(assessed: SimpleNamespace, later: SimpleNamespace) -> None:
    assert change_sentences(diff_assessments(assessed, later)) == [
        "果园新里社区菜篮子数量：由“缺”变为“达标”。",
        "果园新里社区菜篮子数量：缺口由1个变为0个。",
        "檀城社区生活圈药店数量：缺口由2个变为1个。",
        "果园西里社区自助取水机数量：由“未核实”变为“缺”（缺1个，是核实出来的，不是新增的）。",
        "果园生活圈：服务居民由6,300人变为6,500人。",
    ]


def test_an_open_verdict_is_no_gap_that_was_closed(
    assessed: SimpleNamespace, later: SimpleNamespace
) -> None:
    told = change_sentences(diff_assessments(later, assessed))
    assert "果园西里社区自助取水机数量：由“缺”变为“未核实”（不等于已补上）。" in told
    assert not [one for one in told if "自助取水机数量：缺口" in one]


def test_number_and_radius_of_a_trade_are_told_apart(assessed: SimpleNamespace) -> None:
    run = make_assessed()
    for one, verdict in ((assessed, "lacking"), (run, "served")):
        row = one.findings.iloc[[0]].assign(requirement_id="reach_vegetable", unit="%")
        row["verdict"], row["shortfall"] = verdict, 40.0 if verdict == "lacking" else 0.0
        one.findings = pd.concat([one.findings, row], ignore_index=True)
    assert change_sentences(diff_assessments(assessed, run)) == [
        "果园西里社区菜篮子服务半径：由“缺”变为“达标”。",
        "果园西里社区菜篮子服务半径：缺口由40个百分点变为0个百分点。",
    ]


def test_another_standard_is_told_first(assessed: SimpleNamespace) -> None:
    run = make_assessed()
    run.standard = SimpleNamespace(title="别的标准")
    run.run = {**run.run, "walker_label": "老年人"}
    told = change_sentences(diff_assessments(assessed, run))
    assert told[0].startswith("注意：两次的对照标准不同，上次《手写标准》，本次《别的标准》；")
    assert told[1].startswith("注意：两次的步行参数不同，上次普通步行者")


def test_requirements_come_and_go(assessed: SimpleNamespace) -> None:
    run = make_assessed()
    run.findings = run.findings[run.findings["trade"] != "laundry"]
    there, back = diff_assessments(assessed, run), diff_assessments(run, assessed)
    assert there["change"].tolist() == ["removed", "removed"]
    assert there["old"].tolist() == ["达标", "不适用"]
    assert back["change"].tolist() == ["added", "added"]


def test_change_list_names_both_runs(
    assessed: SimpleNamespace, later: SimpleNamespace, tmp_path: Path
) -> None:
    page = openpyxl.load_workbook(write_change_list(assessed, later, tmp_path / "c.xlsx")).active
    told = (page["A4"].value, page["A5"].value)
    for which, line in zip(("上次", "本次"), told, strict=True):
        assert line.startswith(f"{which}：运行编号")
        assert line.endswith("，评估日期2026-06-30，数据日期2026-06-15。")
    assert [page.cell(row, 8).value for row in range(7, 12)] == [None, -1, -1, None, 200]


def test_a_requirement_on_several_trades_goes_by_its_own_name(assessed: SimpleNamespace) -> None:
    run = make_assessed()
    for one in (assessed, run):
        at = one.findings["requirement_id"] == "count_laundry"
        one.findings.loc[at, "subject"] = "品质提升类业态"
    at = (run.findings["unit_id"] == "c1") & (run.findings["requirement_id"] == "count_laundry")
    run.findings.loc[at, "verdict"] = "lacking"
    assert change_sentences(diff_assessments(assessed, run)) == [
        "果园生活圈品质提升类业态数量：由“达标”变为“缺”。"
    ]


def test_more_above_a_limit_is_not_told_as_a_shortfall(assessed: SimpleNamespace) -> None:
    run = make_assessed()
    for one, surplus in ((assessed, 1.0), (run, 3.0)):
        at = (one.findings["unit_id"] == "c1") & (one.findings["trade"] == "laundry")
        one.findings.loc[at, "surplus"] = surplus
    assert change_sentences(diff_assessments(assessed, run)) == [
        "果园生活圈洗染店数量：超出由1个变为3个。"
    ]
