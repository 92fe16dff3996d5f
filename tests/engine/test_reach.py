"""Check what is measured for a standard, who may answer, and whose people are counted."""

import functools
from dataclasses import replace

import numpy as np
import pytest

from livingcircle.assessment import assess
from livingcircle.door_verdicts import NO_LEDGER
from livingcircle.door_verdicts import UNVERIFIED
from livingcircle.door_verdicts import WHICH_RULE
from livingcircle.reach import list_needs
from livingcircle.situation import lay_out
from livingcircle.walkers import WALKERS
from tests.factories.district import draw_district
from tests.factories.standards import count
from tests.factories.standards import reach
from tests.factories.standards import write_standard

ALL_DAY = reach("pharmacy", name="all_day", metres=(500, 1000), where={"all_day": True})
EITHER = reach("convenience_store", "supermarket", name="either")


def needs(*requirements, outlets=(), walker="standard"):
    """Return what is measured for some requirements."""
    situation = lay_out(draw_district(outlets, [(50, 0, 10)]), WALKERS[walker])
    return list_needs(situation, write_standard(*requirements), ["bank"])


def verdicts(requirements, outlets, door=(500, 0, 10), complete=("pharmacy",), **layers):
    """Return {trade: (verdict, reason, metres)} of one door in 甲社区."""
    district = draw_district(outlets, [door], complete=complete, **layers)
    access = assess(district, write_standard(*requirements)).access
    rows = zip(access["trade"], access["verdict"], access["reason"], access["metres"], strict=True)
    return {trade: tuple(rest) for trade, *rest in rows}


def test_listed_asked_and_further_trades_are_measured_once():
    got = needs(reach("pharmacy"), count("pharmacy"), count("breakfast"))
    assert got.trades == ("pharmacy", "breakfast", "bank")
    assert got.supply.needs == got.trades


def test_requirement_with_conditions_has_a_column_of_its_own():
    outlets = [
        (100, 0, ["pharmacy"], {"hours": "24小时"}),
        (200, 0, ["pharmacy"], {"hours": "08:00-21:00"}),
        (300, 0, ["pharmacy"]),
    ]
    got = needs(reach("pharmacy"), ALL_DAY, outlets=outlets)
    plain, special = (got.supply.needs.index(n) for n in ("pharmacy", "all_day|pharmacy"))
    assert got.supply.offers[:, plain].tolist() == [True, True, True]
    assert got.supply.offers[:, special].tolist() == [True, False, False]
    # Nobody wrote down the third shop's hours: it may be open all day.
    assert got.supply.maybe[:, special].tolist() == [False, False, True]
    assert got.radii["all_day|pharmacy"] == (500.0, 1000.0)
    assert got.radii["pharmacy"] == (200.0, 300.0)


@pytest.mark.parametrize(
    ("columns", "offers", "maybe"),
    [
        ({}, True, False),
        ({"status": "unverified"}, False, True),
        ({"status": "closed"}, False, False),
        ({"status": "planned"}, False, False),
        ({"supply": "mobile"}, False, False),
        ({"supply": "online"}, False, False),
    ],
)
def test_only_open_fixed_shops_surely_answer(columns, offers, maybe):
    got = needs(reach("pharmacy"), outlets=[(100, 0, ["pharmacy"], columns)])
    assert got.supply.offers[0, 0] == offers
    assert got.supply.maybe[0, 0] == maybe


def test_mobile_supply_answers_where_the_plan_lets_it_count():
    mobile = [(100, 0, ["pharmacy"], {"supply": "mobile"})]
    got = needs(reach("pharmacy", count_mobile=True), outlets=mobile)
    assert got.supply.offers[0, got.supply.needs.index("reach_pharmacy|pharmacy")]


def test_minutes_become_metres_at_the_walkers_speed_for_sharing():
    ten = reach("pharmacy", metres=(), minutes=[5, 10])
    assert needs(ten).radii["pharmacy"] == (300.0, 600.0)
    assert needs(ten, walker="elder").radii["pharmacy"] == (240.0, 480.0)


def test_radius_for_another_way_of_moving_is_not_walked():
    assert needs(reach("pharmacy", metres=(), minutes=[5, 10], mode="cycle")).services == ()


def test_all_day_pharmacy_is_measured_on_its_own_column():
    """One ordinary pharmacy next door must not stand in for the one open all night."""
    outlets = [
        (510, 0, ["pharmacy"], {"hours": "08:00-21:00"}),
        (1600, 0, ["pharmacy"], {"hours": "24小时"}),
    ]
    assert verdicts([ALL_DAY], outlets)["pharmacy"] == ("lacking", "", 1100.0)
    near = [outlets[0], (1400, 0, ["pharmacy"], {"hours": "24小时"})]
    assert verdicts([ALL_DAY], near)["pharmacy"] == ("served", "", 900.0)


def test_plain_radius_speaks_for_the_trade_whatever_comes_first():
    outlets = [(510, 0, ["pharmacy"], {"hours": "08:00-21:00"})]
    for order in ([ALL_DAY, reach("pharmacy")], [reach("pharmacy"), ALL_DAY]):
        assert verdicts(order, outlets)["pharmacy"] == ("served", "", 10.0)


def test_any_of_several_trades_will_do():
    outlets = [(600, 0, ["supermarket"]), (1500, 0, ["convenience_store"])]
    both = ("convenience_store", "supermarket")
    got = verdicts([EITHER], outlets, complete=both)
    assert got["supermarket"][0] == got["convenience_store"][0] == "served"
    apart = verdicts([reach(t) for t in both], outlets, complete=both)
    assert (apart["supermarket"][0], apart["convenience_store"][0]) == ("served", "lacking")


def test_any_of_is_lacking_only_where_every_ledger_is_complete():
    outlets = [(1500, 0, ["convenience_store"])]
    assert verdicts([EITHER], outlets, complete=["supermarket"])["supermarket"][1] == NO_LEDGER
    complete = ["supermarket", "convenience_store"]
    assert verdicts([EITHER], outlets, complete=complete)["supermarket"][0] == "lacking"


def test_unverified_shop_nearby_makes_the_verdict_unknown():
    outlets = [(600, 0, ["pharmacy"], {"status": "unverified"})]
    assert verdicts([reach("pharmacy")], outlets)["pharmacy"][:2] == ("unknown", UNVERIFIED)


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [("old_town", "lacking"), ("urban_fringe", "not_applicable"), ("", "unknown")],
)
def test_requirement_for_one_kind_of_circle(kind, verdict):
    district = draw_district([], [(500, 0, 10)], complete=["pharmacy"])
    circles = district.circles.assign(kind=[kind, "old_town"])
    standard = write_standard(reach("pharmacy", applies={"kinds": ["old_town"]}))
    row = assess(replace(district, circles=circles), standard).access.iloc[0]
    assert row["verdict"] == verdict
    assert row["reason"] == (WHICH_RULE if verdict == "unknown" else "")


@functools.cache
def findings(residents):
    """Return the radius finding of 甲圈: one door served, one lacking."""
    doors = [(500, 0, residents[0]), (900, 0, residents[1])]
    district = draw_district([(600, 0, ["pharmacy"])], doors, complete=["pharmacy"])
    standard = write_standard(reach("pharmacy", metres=(100, 200), share=0.5))
    return assess(district, standard).findings.set_index("unit_id").loc["c1"]


def test_share_of_people_within_reach_decides():
    assert findings((60, 40))["verdict"] == "served"
    assert findings((60, 40))["found"] == 60.0
    assert findings((40, 60))["verdict"] == "lacking"
    assert findings((40, 60))["shortfall"] == 10.0


def test_doors_are_counted_where_nobody_knows_the_people():
    row = findings((np.nan, np.nan))
    assert (row["verdict"], row["found"]) == ("served", 50.0)


def test_circle_without_doors_is_unknown():
    district = draw_district([(600, 0, ["pharmacy"])], [(500, 0, 5)], complete=["pharmacy"])
    got = assess(district, write_standard(reach("pharmacy"))).findings.set_index("unit_id")
    assert (got.loc["c2", "verdict"], got.loc["c2", "reason"]) == ("unknown", "没有楼门")
