"""Check that people are summed over doors, conserved at every level, and never made up."""

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle.assessment import assess
from livingcircle.verdicts import VERDICTS
from tests.factories.district import MAIN
from tests.factories.district import draw_district
from tests.factories.standards import count
from tests.factories.standards import reach
from tests.factories.standards import write_standard
from tests.factories.streets import draw_streets

PHARMACY = write_standard(reach("pharmacy"))
# 50 and 900 lie in 甲社区, 1500 in 乙社区; the shop at 300 serves up to 600.
DOORS = ((50, 0, 100), (900, 0, 50), (1500, 0, 30))
SHOP = ((300, 0, ("pharmacy",)),)
STREET = draw_streets(MAIN, name="中山路")


@functools.cache
def run(doors=DOORS, shops=SHOP, complete=("pharmacy",)):
    """Return the assessment of doors and shops along one street."""
    return assess(draw_district(shops, doors, complete=complete, streets=STREET), PHARMACY)


def coverage(*place, **options):
    """Return the coverage rows by (level, unit)."""
    return run(*place, **options).coverage.set_index(["level", "unit_id"])


def test_people_by_verdict_at_every_level():
    got = coverage()[["people", *VERDICTS]].to_dict("index")
    want = {
        ("community", "m1"): [150, 100, 50, 0, 0],
        ("community", "m2"): [30, 0, 30, 0, 0],
        ("circle", "c1"): [150, 100, 50, 0, 0],
        ("circle", "c2"): [30, 0, 30, 0, 0],
        ("district", "district"): [180, 100, 80, 0, 0],
    }
    assert {unit: list(row.values()) for unit, row in got.items()} == want


def test_share_leaves_unknown_people_out():
    got = coverage(complete=()).loc[("circle", "c1")]
    assert (got["served"], got["lacking"], got["unknown"]) == (100, 0, 50)
    assert got["share"] == 1.0


def test_good_counts_people_within_the_near_end():
    doors = ((105, 0, 7), (95, 0, 5), (550, 0, 3))
    assert coverage(doors).loc[("circle", "c1"), "good"] == 7


def test_nobody_known_counts_doors_and_people_stay_missing():
    """A missing number of residents once summed up to 0 people served of 0."""
    got = coverage(((50, 0, np.nan), (900, 0, np.nan), (1500, 0, 30)))
    unknown = got.loc[("circle", "c1")]
    assert np.isnan(unknown["people"])
    assert (unknown["served"], unknown["lacking"], unknown["counted"]) == (1, 1, "doors")
    assert unknown["share"] == 0.5
    known = got.loc[("circle", "c2")]
    assert (known["people"], known["lacking"], known["counted"]) == (30, 30, "people")


def test_standard_without_a_walking_radius_covers_nothing():
    got = assess(draw_district(SHOP, DOORS), write_standard(count("pharmacy"))).coverage
    assert len(got) == 0
    assert {"people", *VERDICTS, "share"} <= set(got.columns)


def test_access_lists_every_door_and_trade_and_says_why_not():
    standard = write_standard(reach("pharmacy"), basic=["bank"])
    access = assess(draw_district(SHOP, DOORS), standard).access
    assert not access.duplicated(["door_id", "trade"]).any()
    assert len(access) == len(DOORS) * access["trade"].nunique()
    bread = access[access["trade"] == "bank"]
    assert set(bread["verdict"]) == {"not_applicable"}
    assert (bread["reason"] != "").all()


def test_access_row_holds_distance_outlet_counts_and_band():
    access = run().access
    row = access[(access["door_id"] == "d01") & (access["trade"] == "pharmacy")].iloc[0]
    assert (row["metres"], row["minutes"], row["outlet_id"]) == (600.0, 10.0, "o0")
    assert (row["circle_metres"], row["count_good"], row["count_pass"]) == (600.0, 0, 0)
    assert (row["band"], row["verdict"], row["method"]) == ("10", "lacking", "street")


def test_blind_area_is_named_after_people_places_and_nearest_outlet():
    areas = run().blind_areas
    assert areas["doors"].tolist() == [1, 1]
    first = areas.iloc[0]
    assert (first["people"], first["circle_name"], first["community_names"]) == (
        50.0,
        "甲圈",
        "甲社区",
    )
    assert areas["community_ids"].tolist() == ["m1", "m2"]
    assert (first["nearest_m"], first["nearest_name"], first["place"]) == (
        600.0,
        "店0",
        "中山路一带",
    )
    assert areas.index.tolist() == ["B0001", "B0002"]


def test_door_outside_every_circle_counts_for_the_district_only():
    got = coverage((*DOORS, (3000, 0, 11)))
    assert got.loc[("district", "district"), "people"] == 191
    assert got.loc["circle"]["people"].sum() == 180


@pytest.mark.parametrize("complete", [(), ("pharmacy",)])
def test_everybody_has_exactly_one_verdict(complete):
    got = coverage(complete=complete)
    assert (got[list(VERDICTS)].sum(axis=1) == got["people"]).all()


@settings(max_examples=4)
@given(
    st.lists(
        st.tuples(st.integers(0, 1990), st.integers(-150, 150), st.integers(0, 500)),
        min_size=1,
        max_size=8,
    ),
    st.lists(st.integers(-500, 2500), max_size=4),
)
def test_people_are_conserved_over_communities_circles_and_the_district(doors, shops):
    got = coverage(tuple(doors), tuple((x, 5, ("pharmacy",)) for x in shops))
    total = sum(people for *_, people in doors)
    for level in ("community", "circle", "district"):
        rows = got.loc[[level]]
        assert rows["people"].sum() == pytest.approx(total)
        assert rows[list(VERDICTS)].to_numpy().sum() == pytest.approx(total)


def test_blind_areas_hold_everyone_who_lacks_it_once():
    assessment = run((*DOORS, (950, 40, 9)))
    lacking = assessment.coverage.set_index("level").loc["district", "lacking"]
    assert assessment.blind_areas["people"].sum() == lacking == 89


def test_no_blind_area_where_nothing_is_certain():
    assessment = run(complete=())
    assert len(assessment.blind_areas) == 0
    assert "people" in assessment.blind_areas.columns


def test_residents_of_some_doors_unknown_are_noted_once():
    assessment = run(((50, 0, 100), (900, 0, np.nan)))
    assert assessment.coverage.set_index("level").loc["district", "people"] == 100
    assert any("1个楼门不知道住了多少人" in note for note in assessment.run["notes"])
