"""Say how sure a satisfaction measured on some of the residents is."""

from datetime import date

import pytest

import livingcircle as lc
from livingcircle._rules.samples import wilson
from tests.engine.test_reports import reports
from tests.factories.district import draw_district
from tests.factories.facts import judged
from tests.factories.facts import unit
from tests.factories.standards import write_standard

SATISFIED = {
    "rule": "measure",
    "measure": "satisfaction",
    "label": "居民满意度",
    "unit": "%",
    "least": 0.9,
}


@pytest.mark.parametrize(("yes", "asked"), [(132, 138), (189, 200), (358, 384)])
def test_claiming_ninety_per_cent_needs_these_samples(yes, asked):
    assert wilson(yes, asked)[0] >= 0.9
    assert wilson(yes - 1, asked)[0] < 0.9


def test_wilson_is_about_five_points_wide_for_138_answers():
    low, high = wilson(0.9 * 138, 138)
    assert round((high - low) / 2, 2) == 0.05
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("yes", "verdict", "numbers"),
    [
        (126, "served", "实际91.3%（抽样138人，95%区间85.4%–95.0%，样本还不足以断定），"),
        (132, "served", "实际95.65%（抽样138人，95%区间90.8%–98.0%），"),
        (120, "lacking", "实际86.96%（抽样138人，95%区间80.3%–91.6%，样本还不足以断定），"),
        (100, "lacking", "实际72.46%（抽样138人，95%区间64.5%–79.2%），"),
    ],
)
def test_a_sample_is_told_with_its_interval_and_whether_it_settles_the_matter(
    yes, verdict, numbers
):
    facts = unit(measures={"satisfaction": yes / 138}, samples={"satisfaction": 138})
    finding = judged(SATISFIED, facts)
    assert finding.verdict == verdict
    assert numbers in finding.explanation


def test_a_number_without_a_sample_stands_alone():
    finding = judged(SATISFIED, unit(measures={"satisfaction": 0.92}))
    assert "实际92%，应不少于90%" in finding.explanation


def test_the_sample_is_reported_beside_the_result_and_the_latest_counts():
    rows = reports(
        ("circle", "c1", "satisfaction", "92%", "2025-03"),
        ("circle", "c2", "satisfaction", "92%", "2025-03"),
        ("circle", "c2", "satisfaction", "93%", "2025-05"),
    )
    rows["sample"] = [138, 138, None]
    rows["sample"] = rows["sample"].astype("Int64")
    pack = write_standard({"id": "R", "level": "circle"} | SATISFIED)
    district = draw_district(doors=[(500, 10, 100)], reports=rows)
    found = lc.assess(district, pack, on=date(2025, 6, 30)).findings.set_index("unit_id")
    assert "抽样138人" in found["explanation"]["c1"]
    assert "抽样" not in found["explanation"]["c2"]
