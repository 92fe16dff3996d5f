"""Lesson 7: weight by people, count things once, respect the unit.

Paid for in GHSCI (#90, #582, #665: 322,459 “samples” that were 140,219), trends.earth (#49),
AccessMod (#196: people standing in rivers) and Space2Stats (#60).
"""

import pytest

from livingcircle.assessment import assess
from tests.factories.district import draw_district
from tests.factories.standards import reach
from tests.factories.standards import write_standard

# Nine small buildings by the shop, one tower far from it.
DOORS = [*((100 + 10 * i, 0, 10) for i in range(9)), (900, 0, 910), (1500, 0, 80)]
SHOP = [(120, 0, ["pharmacy", "bank", "laundry"], {"chain": True})]


@pytest.fixture(scope="module")
def assessment():
    """Assess ten buildings of which nine are served and one in ten people."""
    district = draw_district(SHOP, DOORS, complete=["pharmacy"], west={"population": 1000})
    return assess(district, write_standard(reach("pharmacy", metres=(200, 300))))


def test_lesson_07_coverage_is_a_share_of_people_and_not_of_buildings(assessment):
    """Nine doors in ten were served: nine per cent of the people."""
    row = assessment.coverage.set_index("unit_id").loc["c1"]
    assert (row["served"], row["people"], row["share"]) == (90.0, 1000.0, 0.09)


def test_lesson_07_people_are_conserved_from_doors_to_the_district(assessment):
    """Summed by community, by circle and by district, there are always 1,080."""
    assert assessment.coverage.groupby("level")["people"].sum().to_dict() == {
        "community": 1080.0,
        "circle": 1080.0,
        "district": 1080.0,
    }
    assert assessment.blind_areas["people"].sum() == 910 + 80


def test_lesson_07_a_shop_of_three_trades_is_one_shop(assessment):
    """Functions may be counted twice; outlets and chain rates count the shop once."""
    assert assessment.circle_facts.loc["c1", "outlets"] == 1
    chain = assessment.indices.set_index(["unit_id", "index"]).loc[("c1", "chain_rate")]
    assert (chain["numerator"], chain["denominator"]) == (1.0, 1.0)


def test_lesson_07_a_stated_population_is_spread_and_not_added():
    """A community of 1,000 stays 1,000 however many doors it is spread over."""
    doors = [(100, 0, float("nan"), {"floor_area_m2": 300.0})]
    doors += [(200, 0, float("nan"), {"floor_area_m2": 100.0})]
    district = draw_district(SHOP, doors, west={"population": 1000})
    assert assess(district, write_standard(reach("pharmacy"))).doors["residents"].tolist() == [
        750.0,
        250.0,
    ]
