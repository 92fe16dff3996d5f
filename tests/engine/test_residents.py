"""Check that people are put behind doors, conserved, and never invented as zero."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingcircle.residents import settle
from tests.factories.district import draw_district
from tests.factories.district import members_of

UNKNOWN = float("nan")


def settled(doors, **options):
    district = draw_district(doors=doors, **options)
    members = members_of(district)
    return settle(district.doors, members.door_community, district.communities)


def test_residents_of_a_door_are_taken_as_given():
    got = settled([(100, 0, 30.0), (200, 0, 50.0)], west={"population": 80})
    assert got.doors["residents"].tolist() == [30.0, 50.0]
    assert got.notes == ()


def test_doors_that_disagree_with_the_register_are_reported():
    got = settled([(100, 0, 30.0), (200, 0, 50.0)], west={"population": 100})
    assert got.doors["residents"].sum() == 80.0
    assert "楼门人口合计80人，与常住人口100人" in got.notes[0]


def test_community_population_is_spread_over_floor_area():
    doors = [
        (100, 0, UNKNOWN, {"footprint_m2": 100.0, "levels": 6.0}),
        (200, 0, UNKNOWN, {"footprint_m2": 200.0, "levels": 1.0}),
    ]
    got = settled(doors, west={"population": 800})
    assert got.doors["residents"].tolist() == [600.0, 200.0]
    assert got.doors["basis"].tolist() == ["modelled", "modelled"]


def test_nobody_knows_stays_unknown_and_is_never_zero():
    got = settled([(100, 0, UNKNOWN)])
    assert np.isnan(got.doors["residents"].iloc[0])
    assert got.doors["basis"].tolist() == ["unknown"]


def test_community_without_doors_is_stood_for_by_one_coarse_point():
    got = settled([(100, 0, 30.0)], west={"population": 30}, east={"population": 500})
    assert got.doors["residents"].tolist() == [30.0, 500.0]
    assert got.doors["basis"].tolist() == ["given", "coarse"]
    assert got.community.tolist() == [0, 1]
    assert "乙社区没有楼门数据" in got.notes[0]


def test_ages_follow_the_community_where_the_door_brings_none():
    doors = [(100, 0, 30.0), (200, 0, 70.0, {"age_60_plus": 7.0})]
    got = settled(doors, west={"population": 100, "age_60_plus": 25, "age_0_3": 3})
    assert got.doors["age_60_plus"].tolist() == [7.5, 7.0]
    assert got.doors["age_0_3"].round(2).tolist() == [0.9, 2.1]
    assert got.doors["age_80_plus"].isna().all()


@given(
    st.lists(st.floats(1, 500), min_size=1, max_size=6),
    st.integers(0, 20000),
)
def test_people_are_conserved(areas, people):
    doors = [(100 + 10 * i, 0, UNKNOWN, {"floor_area_m2": a}) for i, a in enumerate(areas)]
    got = settled(doors, west={"population": people})
    assert got.doors["residents"].sum() == pytest.approx(people)


def test_people_not_accounted_for_live_behind_the_doors_nobody_counted():
    doors = [(100, 0, 20.0), (200, 0, UNKNOWN), (300, 0, UNKNOWN)]
    got = settled(doors, west={"population": 5000})
    assert got.doors["residents"].sum() == 5000.0
    assert got.doors["basis"].tolist() == ["given", "modelled", "modelled"]


def test_a_blank_door_is_not_empty_because_the_others_hold_everybody():
    """900 given where 800 are registered used to leave nobody, modelled, behind the third door."""
    doors = [(100, 0, 500.0), (200, 0, 400.0), (300, 0, UNKNOWN)]
    got = settled(doors, west={"population": 800})
    assert got.doors["residents"].isna().tolist() == [False, False, True]
    assert "按未核实处理" in got.notes[0]


def test_a_community_without_any_door_stands_in_beside_doors_with_whole_numbers():
    got = settled([(100, 0, 30.0, {"row": 7})], west={"population": 30}, east={"population": 50})
    assert got.doors["residents"].tolist() == [30.0, 50.0]
    assert got.doors["row"].tolist() == [7, 0]
