"""Tests: what people report reaches the requirement it answers, on the day it counts."""

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest

import livingcircle as lc
from livingcircle.errors import InputError
from livingcircle.io.folder import read_district
from livingcircle.reports import check_day
from livingcircle.reports import match_reports
from livingcircle.reports import parse_day
from livingcircle.tables import conform
from tests.factories.district import draw_district
from tests.factories.standards import write_standard

PACK = (
    {"id": "fairs", "title": "活动", "level": "circle", "rule": "qualitative"},
    {
        "id": "satisfied",
        "level": "circle",
        "rule": "measure",
        "measure": "satisfaction",
        "label": "居民综合满意度",
        "unit": "%",
        "least": 0.9,
    },
    {
        "id": "built",
        "title": "建成数",
        "level": "district",
        "rule": "target",
        "steps": [{"by": date(2024, 12, 31), "least": 2}],
    },
    {
        "id": "graded",
        "level": "district",
        "rule": "grade_share",
        "grade": "improved",
        "least": 0.5,
    },
)


def reports(*rows):
    """Return a reports table of (level, unit, item, value, date)."""
    names = ["level", "unit", "item", "value", "date"]
    frame = pd.DataFrame(rows, columns=names, index=[f"u{n}" for n in range(len(rows))])
    nowhere = [None] * len(rows)
    return conform("reports", gpd.GeoDataFrame(frame, geometry=nowhere, crs="EPSG:4326"))


def verdicts(*rows, on=date(2025, 6, 30)):
    """Return the verdict of each requirement of the pack, by requirement and unit."""
    district = draw_district(doors=[(500, 10, 100)], reports=reports(*rows))
    found = lc.assess(district, write_standard(*PACK), on=on).findings
    return {
        (one, unit): verdict
        for one, unit, verdict in zip(
            found["requirement_id"], found["unit_id"], found["verdict"], strict=True
        )
    }


def test_without_reports_nobody_knows():
    found = verdicts()
    assert found["fairs", "c1"] == found["satisfied", "c1"] == "unknown"
    assert found["built", "district"] == found["graded", "district"] == "unknown"


def test_each_kind_of_report_decides_its_requirement():
    found = verdicts(
        ("circle", "c1", "活动", "是", ""),
        ("circle", "c2", "fairs", "否", ""),
        ("circle", "c1", "居民综合满意度", "92%", "2025-05"),
        ("circle", "c2", "satisfaction", "89.9", "2025-05"),
        ("district", "district", "built", "2个", "2024-12-30"),
        ("circle", "c1", "等级", "提升型", ""),
    )
    assert (found["fairs", "c1"], found["fairs", "c2"]) == ("served", "lacking")
    assert (found["satisfied", "c1"], found["satisfied", "c2"]) == ("served", "lacking")
    assert found["built", "district"] == "served"
    assert found["graded", "district"] == "served"  # one of two is half, and half is asked


def test_the_latest_report_before_the_day_counts():
    rows = [
        ("circle", "c1", "satisfied", "85%", "2025-03-01"),
        ("circle", "c1", "satisfied", "95%", "2025-05-01"),
        ("circle", "c1", "satisfied", "80%", "2025-12-01"),
    ]
    assert verdicts(*rows)["satisfied", "c1"] == "served"
    assert verdicts(*rows, on=date(2025, 4, 1))["satisfied", "c1"] == "lacking"
    assert verdicts(*rows, on=date(2025, 1, 1))["satisfied", "c1"] == "unknown"


def test_targets_are_due_only_on_their_day():
    late = ("district", "district", "built", "1", "2024-11-30")
    assert verdicts(late, on=date(2024, 12, 30))["built", "district"] == "not_applicable"
    assert verdicts(late, on=date(2024, 12, 31))["built", "district"] == "lacking"


@pytest.mark.parametrize(
    ("row", "column", "told"),
    [
        (("circle", "c1", "满意", "92%", ""), "事项", "没有生活圈的事项“满意”"),
        (("circle", "c1", "satisfied", "约九成", ""), "结果", "不是数字"),
        (("district", "district", "built", "2", ""), "日期", "没有日期"),
        (("circle", "c1", "等级", "特级", ""), "结果", "没有等级“特级”"),
        (("community", "m1", "satisfied", "92%", ""), "事项", "没有社区的事项"),
    ],
)
def test_a_report_that_answers_nothing_is_told(row, column, told):
    found, issues = match_reports(reports(row), write_standard(*PACK), None)
    assert not any(one.measures or one.progress or one.grade for one in found.values())
    (issue,) = issues
    assert issue.column == column
    assert told in issue.problem


def test_requirements_hold_only_between_their_dates():
    pack = write_standard(
        {"id": "old", "level": "circle", "rule": "reach", "trades": ["药店"], "metres": [1, 500],
         "valid_to": date(2024, 12, 31)},
        {"id": "new", "level": "circle", "rule": "reach", "trades": ["药店"], "metres": [1, 900],
         "valid_from": date(2025, 1, 1)},
    )  # fmt: skip
    district = draw_district(
        outlets=[(700, 0, ["pharmacy"])], doors=[(10, 0, 100)], complete={"pharmacy"}
    )
    before = lc.assess(district, pack, on=date(2024, 6, 1))
    after = lc.assess(district, pack, on=date(2025, 6, 1))
    assert before.access["verdict"].tolist()[0] == "lacking"
    assert after.access["verdict"].tolist()[0] == "served"
    told = after.findings.set_index(["requirement_id", "unit_id"])["verdict"]
    assert told["old", "c1"] == "not_applicable"
    assert told["new", "c1"] == "served"
    assert after.run["on"] == "2025-06-01"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026", date(2026, 12, 31)),
        ("2026-02", date(2026, 2, 28)),
        ("2026年6月", date(2026, 6, 30)),
        ("２０２６-06-05", date(2026, 6, 5)),
        ("2026-02-30", None),
        ("今天", None),
        ("", None),
    ],
)
def test_a_date_means_its_last_day(text, day):
    assert parse_day(text) == day


def test_a_day_that_is_none_is_refused():
    assert check_day("") is None
    with pytest.raises(InputError, match="不是日期"):
        check_day("昨天")


def test_reports_are_read_from_a_file_and_find_their_unit(tmp_path):
    (tmp_path / "district.toml").write_text(
        '[district]\nname = "甲区"\n[[circles]]\nfile = "c.csv"\n[[reports]]\nfile = "r.csv"\n',
        encoding="utf-8",
    )
    (tmp_path / "c.csv").write_text(
        "生活圈编号,生活圈名称,覆盖社区\n1,果园生活圈,果园社区\n2,果园社区,东菜园社区\n",
        encoding="utf-8",
    )
    (tmp_path / "r.csv").write_text(
        "层级,单位,事项,结果\n,果园生活圈,满意度,92%\n,,建成数,3\n,没有的圈,满意度,90%\n,果园社区,等级,基础型\n",
        encoding="utf-8",
    )
    district = read_district(tmp_path)
    assert list(zip(district.reports["level"], district.reports["unit"], strict=True)) == [
        ("circle", "1"),
        ("district", "district"),
    ]
    told = district.issues.query("column == '单位'")["problem"].tolist()
    assert told[0] == "没有单位“没有的圈”"
    assert "有几个单位叫“果园社区”" in told[1]
