"""Check 有没有, 全不全, 好不好, 美不美 against counts made by hand."""

from dataclasses import replace

import pandas as pd

from livingcircle_platform.assessment.figures import NOT_ASKED
from livingcircle_platform.assessment.figures import NOT_TOLD
from livingcircle_platform.assessment.rows import Figure
from livingcircle_platform.assessment.running import How
from livingcircle_platform.assessment.running import run
from tests.factories.district import draw_outlets
from tests.factories.district import table
from tests.platform.assessment.pinning import pin_drawn


def test_circles_and_units_tell_their_size(ran_drawn):
    west, east = ran_drawn.outcome.circles
    assert (west.unit_id, west.population, west.doors, west.outlets) == ("c1", 150.0, 2, 1)
    assert (east.unit_id, east.population, east.doors, east.outlets) == ("c2", 30.0, 1, 0)
    # A community is 1 km by 400 m.
    assert abs(west.area_km2 - 0.4) < 0.001
    assert abs(west.density - 150.0 / west.area_km2) < 1e-9
    assert west.geometry.covers(west.geometry.representative_point())
    levels = {one.level for one in ran_drawn.outcome.units}
    assert levels == {"community", "district"}


def test_presence_counts_what_the_circle_and_its_communities_must_have(ran_sample):
    findings = ran_sample.outcome.findings
    for circle in ran_sample.outcome.circles:
        mine = [
            one.verdict
            for one in findings
            if one.circle_id == circle.unit_id and one.level in {"circle", "community"}
            and one.tier == "basic" and one.severity == "must"
        ]  # fmt: skip
        assert circle.presence.met == mine.count("served")
        assert circle.presence.lacking == mine.count("lacking")
        assert circle.presence.unknown == mine.count("unknown")
        assert circle.presence.judged > 0


def test_completeness_knows_present_absent_and_unlisted_trades(drawn, tmp_path):
    doubtful = {"trades": "茶饮咖啡馆", "status": "unverified"}
    outlets, trades = draw_outlets(
        (100, 0, ["florist"], {"trades": "花店"}), (200, 0, ["tea_coffee"], doubtful)
    )
    shops = replace(drawn, outlets=outlets, outlet_trades=trades)
    made = run(pin_drawn(shops, tmp_path / "p"), tmp_path / "out")
    west, east = made.circles
    enhanced = sum(row.tier == "enhanced" for row in made.run.standard.trades)
    # A florist is there; the café is not verified; of other trades there is no complete list.
    assert west.completeness == Figure(1, 0, enhanced - 1)
    # In the east both lists are complete and empty.
    assert east.completeness == Figure(0, 2, enhanced - 2)


def test_quality_is_unknown_until_somebody_reports(ran_drawn):
    west, _ = ran_drawn.outcome.circles
    assert west.quality == Figure(0, 0, 1, reason=NOT_TOLD)
    assert west.appearance == Figure(0, 0, 0, reason=NOT_ASKED)
    assert (west.quality.verdict, west.appearance.verdict) == ("unknown", "not_applicable")


def reported(circle, item, value):
    """Return what was reported of a circle in the middle of 2026."""
    return {"level": "circle", "unit": circle, "item": item, "value": value, "date": "2026-06-30"}


def test_reported_satisfaction_is_the_quality(drawn, tmp_path):
    rows = [reported("甲圈", "居民综合满意度", "92%"), reported("乙圈", "居民综合满意度", "81%")]
    told = replace(drawn, reports=table("reports", rows, [None, None], ["u1", "u2"]))
    made = run(pin_drawn(told, tmp_path / "p"), tmp_path / "out")
    west, east = made.circles
    assert (west.quality.verdict, east.quality.verdict) == ("served", "lacking")
    assert (west.quality.value, east.quality.value) == (0.92, 0.81)


def test_appearance_is_what_the_standard_asks_of_it(drawn, tmp_path):
    rows = [reported("甲圈", "环境宜人", "是")]
    told = replace(drawn, reports=table("reports", rows, [None], ["u1"]))
    pinned = pin_drawn(told, tmp_path / "p")
    made = run(pinned, tmp_path / "out", how=How(standard="xicheng_ten_minute"))
    west, east = made.circles
    assert west.appearance == Figure(1, 0, 0)
    assert east.appearance == Figure(0, 0, 1, reason=NOT_TOLD)


def test_one_word_for_three_answers():
    assert [Figure(*counts).verdict for counts in ((2, 0, 0), (2, 1, 5), (2, 0, 1), (0, 0, 0))] == [
        "served", "lacking", "unknown", "not_applicable",
    ]  # fmt: skip
    assert pd.isna(Figure(0, 0, 0).value)
