"""Tests: the units of judgement and who belongs to them."""

from livingcircle.situation import lay_out
from livingcircle.units import list_units
from livingcircle.units import unit_names
from livingcircle.units import unit_numbers
from livingcircle.walkers import WALKERS
from tests.factories.district import draw_district

SHOPS = [(950, 0, ["pharmacy"]), (1500, 0, ["pharmacy"]), (2100, 0, ["pharmacy"])]
DOORS = [(100, 0, 40), (900, 0, 60), (1100, 0, 30), (2500, 0, 20)]


def situation():
    """Return two communities in two circles, two 街道 and a door outside them all."""
    street = {"subdistrict": "甲街道"}
    district = draw_district(SHOPS, DOORS, west=street, east=street)
    return lay_out(district, WALKERS["standard"])


def test_units_come_small_to_large_with_doors_and_shops():
    told = [
        (unit.level, unit.name, unit.circle_id, unit.doors.tolist(), unit.shops.tolist())
        for unit in list_units(situation())
    ]
    assert told == [
        ("community", "甲社区", "c1", [0, 1], [0]),
        ("community", "乙社区", "c2", [2], [1]),
        ("circle", "甲圈", "c1", [0, 1], [0]),
        ("circle", "乙圈", "c2", [2], [1]),
        ("subdistrict", "甲街道", "", [0, 1, 2], [0, 1]),
        ("district", "手绘区", "", [0, 1, 2, 3], [0, 1]),
    ]


def test_every_door_has_one_number_at_every_level():
    numbers = unit_numbers(situation())
    assert numbers["community"][1].tolist() == [0, 0, 1, -1]
    assert numbers["circle"][1].tolist() == [0, 0, 1, -1]
    assert numbers["district"][1].tolist() == [0, 0, 0, 0]
    assert unit_names(situation())["circle"] == {"c1": "甲圈", "c2": "乙圈"}
