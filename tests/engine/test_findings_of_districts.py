"""Check findings, gaps and indices of whole units on hand-drawn districts."""

import functools

import pytest

from livingcircle.assessment import assess
from livingcircle.gaps import MEASURES
from tests.factories.district import draw_district
from tests.factories.standards import count
from tests.factories.standards import reach
from tests.factories.standards import write_standard

# 甲圈: doors at 100 and 900 with a shop at 150; 乙圈: a door at 1500 with nothing near.
DOORS = ((100, 0, 2000), (900, 0, 500), (1500, 0, 1500))
SHOP = (150, 0, ["pharmacy"])
BOTH = (count("pharmacy"), reach("pharmacy"))
EIGHT = ["vegetable", "convenience_store", "breakfast", "housekeeping"]
EIGHT += ["hairdresser", "parcel_point", "repair", "laundry"]


def run(requirements, outlets=(SHOP,), doors=DOORS, complete=("pharmacy",), **options):
    """Return the assessment of a district by hand-written requirements."""
    district = draw_district(outlets, doors, complete=complete, **options)
    return assess(district, write_standard(*requirements))


def verdicts(assessment):
    """Return the verdict of each unit and requirement."""
    rows = assessment.findings
    return dict(zip(zip(rows["unit_id"], rows["requirement_id"]), rows["verdict"], strict=True))  # noqa: B905


@functools.cache
def both():
    """Return the assessment by a number and a radius of one trade."""
    return run(BOTH)


def test_verdict_words_of_numbers_and_radii():
    assert verdicts(both()) == {
        ("c1", "count_pharmacy"): "served",
        ("c1", "reach_pharmacy"): "lacking",
        ("c2", "count_pharmacy"): "lacking",
        ("c2", "reach_pharmacy"): "lacking",
    }


def test_finding_holds_numbers_people_and_clause():
    rows = both().findings.set_index(["unit_id", "requirement_id"])
    number = rows.loc[("c2", "count_pharmacy")]
    assert (number["required"], number["found"], number["shortfall"]) == (1.0, 0.0, 1.0)
    assert (number["people"], number["unit"], number["clause"]) == (1500.0, "个", "手写一")
    radius = rows.loc[("c1", "reach_pharmacy")]
    assert (radius["required"], radius["found"], radius["shortfall"]) == (100.0, 80.0, 20.0)


def test_gap_in_number_and_reach_is_one_row():
    gaps = both().gaps.set_index("unit_id")
    assert gaps.loc[["c2"], "requirement_id"].tolist() == ["count_pharmacy"]
    row = gaps.loc["c2"]
    assert (row["people"], row["nearest_m"], row["shortfall"]) == (1500.0, 1350.0, 1.0)
    assert row["remedy"] == "增设药店1个，优先布在够不着的楼门附近"
    assert row["measure"] == MEASURES["often"]


def test_gap_in_reach_alone_asks_for_a_better_place():
    row = both().gaps.set_index("unit_id").loc["c1"]
    assert (row["requirement_id"], row["people"]) == ("reach_pharmacy", 500.0)
    assert row["remedy"] == "在够不着的楼门附近增设药店"


def test_gaps_come_most_urgent_first():
    gaps = both().gaps
    assert gaps["unit_id"].tolist() == ["c2", "c1"]
    assert gaps["urgency"].tolist() == [1, 3]  # 1,500 people weigh three quarters of it all
    assert gaps["gap_id"].tolist() == ["G0001", "G0002"]


def test_only_a_must_makes_a_gap():
    soft = [count("pharmacy", severity="should"), reach("pharmacy", severity="info")]
    assessment = run(soft)
    assert "lacking" in set(assessment.findings["verdict"])
    assert len(assessment.gaps) == 0


def test_trade_without_a_ledger_makes_no_gap():
    """OpenStreetMap knows no housekeeping agency; its absence there means nothing."""
    assessment = run(BOTH, complete=())
    assert set(verdicts(assessment).values()) == {"served", "unknown"}
    assert len(assessment.gaps) == 0
    assert len(assessment.blind_areas) == 0


def test_too_small_a_site_does_not_swallow_the_gap_in_reach():
    site = {"id": "site", "rule": "site_area", "trades": ["pharmacy"], "least": 100}
    shop = (150, 0, ["pharmacy"], {"area_m2": 40.0})
    gaps = run([site, reach("pharmacy")], [shop]).gaps
    assert sorted(gaps.loc[gaps["unit_id"] == "c1", "requirement_id"]) == [
        "reach_pharmacy",
        "site",
    ]
    row = gaps.set_index("requirement_id").loc["site"]
    assert row["remedy"] == "使1处药店的面积达到规定"
    assert row["measure"] == MEASURES["improve"]


def test_special_radius_is_not_told_by_the_number():
    all_day = reach("pharmacy", name="all_day", where={"all_day": True})
    shop = (3500, 0, ["pharmacy"], {"hours": "08:00-21:00"})
    gaps = run([count("pharmacy"), all_day], [shop]).gaps
    assert set(gaps.loc[gaps["unit_id"] == "c1", "requirement_id"]) == {
        "count_pharmacy",
        "all_day",
    }


def test_more_than_allowed_is_a_gap_that_adds_nothing():
    most = count("pharmacy", name="most", most=1)
    row = run([most], [SHOP, (160, 0, ["pharmacy"])]).gaps.iloc[0]
    assert (row["unit_id"], row["remedy"]) == ("c1", "药店减少1个")
    assert row["measure"] == MEASURES["fewer"]


def test_outlet_across_the_border_is_within_reach_but_not_in_stock():
    """A shop 20 m over the line is used by everybody and owned by the neighbour."""
    outlets = [(1020, 0, ["pharmacy"])]
    assessment = run(BOTH, outlets, [(990, 0, 10), (1500, 0, 10)])
    rows = assessment.findings.set_index(["unit_id", "requirement_id"])
    own = rows.loc[("c1", "count_pharmacy")]
    assert (own["found_strict"], own["found_shared"]) == (0.0, 1.0)
    assert assessment.circle_facts.loc["c1", "outlets"] == 0
    assert assessment.circle_facts.loc["c2", "outlets"] == 1


@functools.cache
def index(missing=(), complete=tuple(EIGHT)):
    """Return the convenience index of the district when 乙社区 lacks some functions."""
    shops = [(100, 0, EIGHT), (1500, 0, [t for t in EIGHT if t not in missing])]
    doors = [(50, 0, 10), (1550, 0, 10)]
    district = draw_district(shops, doors, complete=[*complete, "supermarket"])
    rows = assess(district, write_standard(reach(*EIGHT))).indices
    return rows.set_index(["level", "index"]).loc[("district", "convenience_index")]


def test_convenience_index_is_100_only_if_every_community_has_every_function():
    assert (index()["value"], index()["numerator"]) == (100.0, 16.0)
    assert index(("repair",))["value"] == 93.75


def test_unknown_function_stands_beside_the_index():
    complete = tuple(t for t in EIGHT if t != "repair")
    row = index(("repair",), complete)
    assert (row["value"], row["unknown"], row["high"]) == (93.75, 1.0, 100.0)


def test_rates_count_each_physical_shop_once_and_leave_blanks_out():
    flags = [{"chain": True}, {"chain": False}, {}, {"chain": True, "status": "closed"}]
    shops = [(100 + i, 0, ["pharmacy", "bank"], flag) for i, flag in enumerate(flags)]
    rows = run([reach("pharmacy")], shops).indices.set_index(["unit_id", "index"])
    chain = rows.loc[("c1", "chain_rate")]
    assert (chain["value"], chain["numerator"], chain["denominator"]) == (50.0, 1.0, 2.0)
    assert (chain["unknown"], chain["low"], chain["high"]) == (1.0, 33.33, 66.67)


@pytest.mark.parametrize("level", ["circle", "district"])
def test_basic_coverage_weighs_people(level):
    rows = both().indices
    row = rows[(rows["index"] == "basic_coverage") & (rows["level"] == level)].iloc[0]
    assert row["value"] == {"circle": 80.0, "district": 50.0}[level]
