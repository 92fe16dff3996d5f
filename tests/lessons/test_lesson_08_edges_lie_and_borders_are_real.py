"""Lesson 8: boundaries: edges lie, and some edges are real.

Paid for in GHSCI (#610, #632: nobody shops across the frontier), OSMnx (#175), brokenspoke (#818)
and cityseer: a door at the border was poor because the data ended there.
"""

from dataclasses import replace

import shapely

from livingcircle.assessment import assess
from livingcircle.door_verdicts import EDGE
from tests.factories.district import draw_district
from tests.factories.standards import count
from tests.factories.standards import reach
from tests.factories.standards import write_standard
from tests.factories.streets import lift

STANDARD = write_standard(count("pharmacy", sharing="strict"), reach("pharmacy"))
# The shop stands 60 m beyond the district; 乙社区 ends at 2000.
BEYOND = [(2060, 0, ["pharmacy"])]
DOORS = [(500, 0, 10), (1900, 0, 20)]


def run(**layers):
    """Return the assessment of two doors and a shop in the belt."""
    return assess(draw_district(BEYOND, DOORS, complete=["pharmacy"], **layers), STANDARD)


def verdicts(assessment):
    """Return (verdict, reason) of both doors on pharmacies."""
    rows = assessment.access[assessment.access["trade"] == "pharmacy"]
    return list(zip(rows["verdict"], rows["reason"], strict=True))


def test_lesson_08_a_shop_across_the_border_serves():
    """People walk to the nearest shop, whoever's tax it pays."""
    assert verdicts(run()) == [("lacking", ""), ("served", "")]


def test_lesson_08_a_shop_across_the_border_is_not_own_stock():
    """The neighbour's pharmacy once filled the district's own quota."""
    assessment = run()
    rows = assessment.findings.set_index(["unit_id", "requirement_id"])
    assert rows.loc[("c2", "count_pharmacy"), "found_strict"] == 0
    assert rows.loc[("c2", "count_pharmacy"), "verdict"] == "lacking"
    assert assessment.circle_facts["outlets"].tolist() == [0, 0]


def test_lesson_08_near_the_end_of_the_data_absence_is_unknown():
    """Cut off at the border, the last street always looked forgotten."""
    shops = [(3000, 0, ["pharmacy"])]
    cut = lift([shapely.box(-3000, -3000, 2000, 3000)])[0]
    district = replace(draw_district(shops, DOORS, complete=["pharmacy"]), extent=cut)
    assert verdicts(assess(district, STANDARD)) == [("lacking", ""), ("unknown", EDGE)]


def test_lesson_08_circles_keep_their_border_for_the_distance_inside():
    """The nearest shop and the nearest shop of one's own circle are two different questions."""
    shops = [(990, 0, ["pharmacy"]), (1500, 0, ["pharmacy"])]
    district = draw_district(shops, [(1010, 0, 5)], complete=["pharmacy"])
    row = assess(district, STANDARD).access.iloc[0]
    assert (row["metres"], row["outlet_id"]) == (20.0, "o0")
    assert (row["circle_metres"], row["circle_outlet_id"]) == (490.0, "o1")
