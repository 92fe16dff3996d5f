"""Lesson 3: a missing row is not a zero, and a zero is not a verdict.

Paid for in r5r (#149: 1,335 of 19,780 rows came back), r5py (#270, #289), openrouteservice (#1491,
#2250), OSRM (#5220), GOAT (#2059) and AccessMod (#219: 17 % covered without any facility).
"""

import math

import pytest

from livingcircle.assessment import assess
from livingcircle.door_verdicts import EDGE
from livingcircle.door_verdicts import NO_LEDGER
from livingcircle.door_verdicts import OFF_NETWORK
from tests.factories.district import draw_district
from tests.factories.standards import reach
from tests.factories.standards import write_standard

STANDARD = write_standard(reach("pharmacy"), reach("laundry"))
# Served, lacking, off the network, and so near the end of the data that nobody can tell.
DOORS = [(100, 0, 10), (900, 0, 20), (500, 300, math.nan), (4900, 0, 40)]
SHOPS = [(150, 0, ["pharmacy"])]


@pytest.fixture(scope="module")
def assessment():
    """Assess four doors of which each has another answer; nobody lists laundries."""
    return assess(draw_district(SHOPS, DOORS, complete=["pharmacy"]), STANDARD)


def test_lesson_03_every_door_and_trade_has_a_row(assessment):
    """Rows of unreachable pairs were dropped, and means were taken over what was left."""
    trades = assessment.access["trade"].nunique()
    assert len(assessment.access) == len(DOORS) * trades
    assert not assessment.access["verdict"].isna().any()


def test_lesson_03_every_answer_is_one_of_four_with_its_reason(assessment):
    """One empty cell stood for “far”, “off the map” and “nobody knows” alike."""
    rows = assessment.access[assessment.access["trade"] == "pharmacy"]
    assert list(zip(rows["verdict"], rows["reason"], strict=True)) == [
        ("served", ""),
        ("lacking", ""),
        ("unknown", OFF_NETWORK),
        ("unknown", EDGE),
    ]


def test_lesson_03_a_trade_nobody_lists_is_unknown_and_makes_no_gap(assessment):
    """A map without shops once reported a district without shops."""
    rows = assessment.access[assessment.access["trade"] == "laundry"]
    assert set(rows["verdict"]) == {"unknown"}
    assert set(rows["reason"]) == {OFF_NETWORK, NO_LEDGER}
    assert "laundry" not in set(assessment.gaps["trade"])


def test_lesson_03_unknown_people_are_not_nobody(assessment):
    """The district's people are those who are known; the others are told of, not counted as 0."""
    row = assessment.coverage.set_index(["level", "trade"]).loc[("district", "pharmacy")]
    assert (row["people"], row["served"], row["lacking"], row["unknown"]) == (70, 10, 20, 40)
    assert any("不知道住了多少人" in note for note in assessment.run["notes"])
    assert math.isnan(assessment.doors.loc["d02", "residents"])
