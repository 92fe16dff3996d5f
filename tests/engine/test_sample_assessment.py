"""Hold the assessment of the demonstration district to what any reader would expect of it."""

import numpy as np
import pandas as pd
import pytest
import shapely

from livingcircle.district import Status
from livingcircle.verdicts import VERDICTS

BASIC_KNOWN = ("vegetable", "breakfast", "pharmacy", "repair", "laundry", "parcel_point")


def test_people_are_conserved_from_doors_to_every_level(sample_assessment):
    total = sample_assessment.doors["residents"].sum()
    assert total > 50_000
    pharmacy = sample_assessment.coverage.query("trade == 'pharmacy'")
    for level in ("community", "circle", "district"):
        rows = pharmacy[pharmacy["level"] == level]
        assert rows["people"].sum() == pytest.approx(total, abs=0.1 * len(rows)), level
        sums = rows[list(VERDICTS)].to_numpy().sum()
        assert sums == pytest.approx(total, abs=0.5 * len(rows)), level


def test_every_door_stands_in_one_community_and_one_circle(sample_assessment):
    doors = sample_assessment.doors
    assert (doors["community_id"] != "").all()
    assert (doors["circle_id"] != "").all()


def test_every_door_and_trade_has_one_answer(sample_assessment):
    access = sample_assessment.access
    assert not access.duplicated(["door_id", "trade"]).any()
    assert set(access["verdict"]) == set(VERDICTS)
    assert (access.loc[access["verdict"] == "unknown", "reason"] != "").all()
    served = access[access["verdict"] == "served"]
    assert served["metres"].notna().mean() > 0.99


def test_distances_are_no_shorter_than_the_crow_flies(sample_assessment):
    access = sample_assessment.access.dropna(subset=["metres"])
    grid = sample_assessment.situation.grid
    doors = grid.project(sample_assessment.doors.geometry.to_numpy())
    outlets = grid.project(sample_assessment.outlets.geometry.to_numpy())
    at = sample_assessment.doors.index.get_indexer(access["door_id"])
    to = sample_assessment.outlets.index.get_indexer(access["outlet_id"])
    straight = shapely.distance(doors[at], outlets[to])
    assert (access["metres"].to_numpy() >= straight - 0.2).all()


def test_nearest_overall_is_never_farther_than_nearest_in_the_circle(sample_assessment):
    access = sample_assessment.access.dropna(subset=["circle_metres"])
    assert len(access) > 1000
    assert (access["metres"] <= access["circle_metres"] + 0.05).all()
    assert (access["count_good"] <= access["count_pass"]).all()


def test_minutes_are_at_least_the_metres_at_the_walkers_speed(sample_assessment):
    access = sample_assessment.access.dropna(subset=["metres"])
    assert (access["minutes"] * 60.0 >= access["metres"] - 1.0).all()


def test_blind_areas_hold_everybody_who_lacks_a_basic_trade(sample_assessment):
    areas, coverage = sample_assessment.blind_areas, sample_assessment.coverage
    everyone = coverage[coverage["level"] == "district"].set_index("trade")["lacking"]
    for trade in BASIC_KNOWN:
        found = areas.loc[areas["trade"] == trade, "people"].sum()
        assert found == pytest.approx(everyone[trade], abs=0.1 * max(1, len(areas))), trade


def test_blind_areas_contain_no_served_door_and_no_water(sample_assessment):
    access = sample_assessment.access
    doors = sample_assessment.doors.geometry
    pond = sample_assessment.district.barriers
    pond = pond[(pond["kind"] == "river") & (shapely.get_dimensions(pond.geometry) == 2)]
    water = shapely.union_all(pond.geometry.to_numpy())
    for trade, areas in sample_assessment.blind_areas.groupby("trade"):
        rows = access[(access["trade"] == trade) & (access["verdict"] == "served")]
        tree = shapely.STRtree(areas.geometry.dropna().to_numpy())
        hits = tree.query(doors[rows["door_id"]].to_numpy(), predicate="intersects")
        if trade in BASIC_KNOWN:
            assert hits.shape[1] == 0, trade
        assert shapely.area(shapely.intersection(areas.geometry.to_numpy(), water)).sum() < 1e-12


def test_gaps_are_sorted_told_and_numbered(sample_assessment):
    gaps = sample_assessment.gaps
    assert 10 < len(gaps) < 400
    assert gaps["urgency"].is_monotonic_increasing
    assert gaps["gap_id"].is_unique
    for column in ("remedy", "measure", "clause", "unit_name", "trade_name"):
        assert (gaps[column] != "").all(), column
    # Only a community cut between two circles belongs to none as a whole.
    cut = sample_assessment.district.circle_members.query("part")["community_id"]
    assert set(gaps.loc[gaps["circle_name"] == "", "unit_id"]) <= set(cut)
    assert not gaps["remedy"].str.contains("nan|补上").any()
    assert (gaps["people"] > 0).all()


def test_gaps_only_name_trades_with_a_ledger(sample_assessment):
    known = sample_assessment.district.complete_trades()
    assert set(sample_assessment.gaps["trade"]) - {""} <= known


def test_no_unit_has_a_gap_it_does_not_lack(sample_assessment):
    findings = sample_assessment.findings.set_index(["unit_id", "requirement_id"])["verdict"]
    gaps = sample_assessment.gaps
    assert set(findings[list(zip(gaps["unit_id"], gaps["requirement_id"], strict=True))]) == {
        "lacking"
    }


def test_indices_are_shares_with_both_ends(sample_assessment):
    rows = sample_assessment.indices.dropna(subset=["value"])
    assert rows["value"].between(0, 100).all()
    assert (rows["low"] <= rows["value"] + 0.01).all()
    assert (rows["value"] <= rows["high"] + 0.01).all()
    district = rows[(rows["level"] == "district") & (rows["index"] == "convenience_index")]
    assert district["denominator"].iloc[0] + district["unknown"].iloc[0] == 8 * len(
        sample_assessment.district.communities
    )


def test_own_stock_of_the_circles_adds_up_to_the_district(sample_assessment):
    facts, outlets = sample_assessment.circle_facts, sample_assessment.outlets
    assert facts["outlets"].sum() <= (outlets["circle_id"] != "").sum()
    assert (outlets["circle_id"] == "").sum() > 0
    assert facts["area_km2"].lt(2.0).all()
    assert facts["density"].to_numpy() == pytest.approx(
        (facts["population"] / facts["area_km2"]).to_numpy(), rel=0.01
    )


def test_every_layer_says_how_far_to_believe_it(sample_assessment):
    words = {source["status"] for source in sample_assessment.run["sources"]}
    assert words <= {str(status) for status in Status}
    assert {"real", "modelled", "made_up"} <= words
    assert all(len(source["sha256"]) == 64 for source in sample_assessment.run["sources"])


def test_few_doors_are_off_the_network(sample_assessment):
    assert (sample_assessment.doors["attach"] == "street").mean() > 0.97
    legs = sample_assessment.doors["leg_m"].dropna()
    assert np.isfinite(legs).all()
    assert legs.max() <= 200.0
    assert isinstance(sample_assessment.repairs, pd.DataFrame)
    assert (sample_assessment.repairs["sentence"] != "").all()
