"""Compare two runs that differ in what a pencil can count."""

from pathlib import Path
from types import SimpleNamespace

import openpyxl
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
        "果园新里社区菜篮子：由“缺”变为“达标”。",
        "果园新里社区菜篮子：缺口由1个变为0个。",
        "檀城社区生活圈药店：缺口由2个变为1个。",
        "果园西里社区自助取水机：由“未核实”变为“缺”。",
        "果园西里社区自助取水机：缺口由0个变为1个。",
        "果园生活圈：服务居民由6,300人变为6,500人。",
    ]


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
    assert page["A4"].value == (
        "上次：运行编号a1b2c3d4e5f6，数据日期2026-06-30；本次：运行编号a1b2c3d4e5f6，数据日期2026-06-30。"
    )
    assert [page.cell(row, 8).value for row in range(6, 12)] == [None, -1, -1, None, 1, 200]
