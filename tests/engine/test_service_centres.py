"""Choose where service centres stand and what they hold, on floors that hold it."""

import numpy as np
import pytest

from livingcircle.errors import SitingError
from livingcircle.service_centres import centre_rule
from livingcircle.service_centres import site_centres
from livingcircle.siting import Wish
from tests.factories.siting import LAUNDRY
from tests.factories.siting import PHARMACY
from tests.factories.siting import assess_street
from tests.factories.siting import rooms_of
from tests.factories.standards import reach

PARTS = [{"name": "特色", "trades": ["florist"], "least": 1}]
MADE_OF = {"id": "parts", "rule": "composite", "trades": ["service_centre"], "level": "circle",
           "kinds": {"basic": 2}, "parts": PARTS, "clause": "一"}  # fmt: skip
SIZE = {"id": "size", "rule": "site_area", "trades": ["service_centre"], "level": "circle",
        "least": 1000, "most": 3000, "clause": "二"}  # fmt: skip
RULES = (PHARMACY, LAUNDRY, reach("vegetable"), MADE_OF, SIZE)
HALL = {"area_m2": 1200.0}
DOORS = [(0, 10), (100, 20), (1500, 100)]
SIZES = {"pharmacy": 500.0, "laundry": 300.0, "vegetable": 400.0, "florist": 100.0}
SHOPS = [(2500, [trade], {"area_m2": size}) for trade, size in SIZES.items()]


def centres(spaces, count=1, outlets=SHOPS, doors=DOORS):
    """Return the centres of a street."""
    assessment = assess_street(doors, spaces=spaces, rules=RULES, outlets=outlets)
    return site_centres(assessment, rooms_of(assessment), Wish(count=count))


def test_the_standard_says_what_a_centre_holds():
    rule = centre_rule(assess_street(DOORS, rules=RULES))
    assert (rule.low, rule.high) == (1000.0, 3000.0)
    assert [(name, least) for name, _, least in rule.groups] == [("basic", 2), ("特色", 1)]


def test_a_standard_that_says_nothing_is_refused():
    with pytest.raises(SitingError, match="没有规定综合体的构成"):
        centre_rule(assess_street(DOORS))


def test_rooms_of_the_wrong_size_or_use_say_why():
    spaces = [(0, {"area_m2": 242.0}), (0, {"area_m2": 4000.0}), (0, {"area_m2": np.nan}),
              (0, HALL | {"suitable_trades": "药店"})]  # fmt: skip
    plan = centres(spaces)
    assert not plan.proven
    assert len(plan.rooms) == 0
    assert plan.misfits["reason"].tolist() == [
        "面积242平方米，比规定的1000平方米少758平方米",
        "面积4000平方米，超过规定的3000平方米",
        "面积未核实",
        "登记的适合业态里没有综合体",
    ]


def test_the_floor_goes_to_the_trades_that_serve_most_with_what_must_be_there():
    """1,200 m² hold the flower shop (100) and two of pharmacy 500, laundry 300, vegetable 400."""
    near = [(0, 10), (100, 20)]
    plan = centres(
        [(50, HALL)], doors=near, outlets=[*SHOPS, (0, ["pharmacy"], {"area_m2": 500.0})]
    )
    row = plan.rooms.iloc[0]
    assert set(row["trades"].split("、")) == {"laundry", "vegetable", "florist"}
    assert (row["used_m2"], row["people"], row["chosen"]) == (800.0, 30.0, True)


def test_people_are_counted_once_whatever_they_get():
    row = centres([(50, HALL)], doors=[(0, 10), (100, 20)]).rooms.iloc[0]
    assert row["people"] == 30.0
    assert row["value"] > 30.0


def test_a_need_of_floor_nobody_knows_is_named():
    row = centres([(50, HALL)], outlets=SHOPS[:3]).rooms.iloc[0]
    assert row["unsized"] == "花店"


def test_the_room_that_serves_most_is_chosen_and_no_two_in_one_circle():
    spaces = [(0, HALL), (100, HALL), (1500, HALL)]
    one = centres(spaces).rooms
    assert one.loc[one["chosen"], "space_id"].tolist() == ["s2"]
    both = centres(spaces, count=3)
    assert sorted(both.rooms.loc[both.rooms["chosen"], "circle_id"]) == ["c1", "c2"]
    assert (centres(spaces).proven, both.proven) == (True, False)


def test_a_second_centre_holds_what_the_first_leaves():
    """Both rooms reach the same doors: the second takes the trade the first has no floor for."""
    near = [(950, 10), (1050, 20)]
    sizes = {"pharmacy": 600.0, "laundry": 600.0, "vegetable": 600.0, "florist": 10.0}
    shops = [(2500, [trade], {"area_m2": size}) for trade, size in sizes.items()]
    rooms = [(990, {"area_m2": 1300.0}), (1010, {"area_m2": 1300.0})]
    plan = centres(rooms, count=2, doors=near, outlets=shops)
    held = [set(one.split("、")) for one in plan.rooms.loc[plan.rooms["chosen"], "trades"]]
    assert len(held) == 2
    assert held[0] | held[1] == {"pharmacy", "laundry", "vegetable", "florist"}


def test_a_room_that_cannot_hold_what_it_must_says_so():
    large = [(2500, [trade], {"area_m2": 800.0}) for trade in SIZES]
    assert centres([(50, HALL)], outlets=large).misfits["reason"].tolist() == [
        "1200平方米放不下必须有的业态"
    ]
    barred = [(50, HALL | {"excluded_trades": "药店、洗染店"})]
    assert "排除的业态太多" in centres(barred).misfits["reason"].iloc[0]


def test_a_centre_does_not_hold_itself():
    rule = centre_rule(assess_street(DOORS, rules=RULES))
    assert all("service_centre" not in trades for _, trades, _ in rule.groups)
