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
from livingcircle.reach import supply_of
from livingcircle.shops import list_shops
from livingcircle.situation import lay_out
from livingcircle.walkers import WALKERS
from tests.factories.district import draw_district
from tests.factories.standards import count
from tests.factories.standards import reach
from tests.factories.standards import write_standard

ALL_DAY = reach("pharmacy", name="all_day", metres=(500, 1000), where={"all_day": True})
EITHER = reach("convenience_store", "supermarket", name="either")


def needs(*requirements, walker="standard", **options):
    """Return what is measured for some requirements."""
    situation = lay_out(draw_district([], [(50, 0, 10)]), WALKERS[walker])
    return list_needs(situation, write_standard(*requirements), **options)


def supply(*requirements, outlets):
    """Return who answers some requirements."""
    situation = lay_out(draw_district(outlets, [(50, 0, 10)]), WALKERS["standard"])
    wanted = list_needs(situation, write_standard(*requirements))
    return supply_of(list_shops(situation), wanted)


def verdicts(requirements, outlets, door=(500, 0, 10), complete=("pharmacy",), **layers):
    """Return {trade: (verdict, reason, metres)} of one door in 甲社区."""
    district = draw_district(outlets, [door], complete=complete, **layers)
    access = assess(district, write_standard(*requirements)).access
    rows = zip(access["trade"], access["verdict"], access["reason"], access["metres"], strict=True)
    return {trade: tuple(rest) for trade, *rest in rows}


def test_listed_and_asked_trades_are_measured_once():
    got = needs(reach("pharmacy"), count("pharmacy"), count("breakfast"))
    assert got.trades == got.names == ("pharmacy", "breakfast")


@pytest.mark.parametrize(
    ("metres", "minutes", "verdict"),
    [(300, 5, "served"), (200, 5, "lacking"), (300, 4, "lacking")],
)
def test_metres_and_minutes_may_both_decide(metres, minutes, verdict):
    both = reach("pharmacy", metres=(metres, metres), minutes=minutes, decides="both")
    # 290 m are 4.8 minutes at 60 m a minute.
    assert verdicts([both], [(790, 0, ["pharmacy"])])["pharmacy"][0] == verdict


def test_the_sentence_says_what_decides_and_whom_it_is_meant_for():
    both = reach("pharmacy", minutes=5, decides="both", served_population=[3000, 5000])
    assert write_standard(both).requirements[0].describe() == (
        "生活圈居民步行200–300米、5分钟内有药店"
        "（以300米、5分钟为达标线，两样都要达到；服务人口3,000–5,000人，只作说明）"
    )


def test_two_standards_never_read_each_others_columns():
    got = needs(reach("pharmacy"), prefix="eight|")
    assert got.names == ("eight|pharmacy",)
    assert got.radii == {"eight|pharmacy": (200.0, 300.0)}
    assert got.services[0][1].needs == ("eight|pharmacy",)


def test_each_radius_of_a_trade_has_its_own_column_and_musts_speak_first():
    got = needs(
        reach("pharmacy", name="wish", metres=(100, 100), severity="should"),
        reach("pharmacy", name="near", metres=(200, 300)),
        reach("pharmacy", name="far", metres=(500, 1000)),
    )
    assert got.names == ("pharmacy", "far|pharmacy", "wish|pharmacy")
    assert got.radii["pharmacy"] == (200.0, 300.0)
    assert [one.id for one, _ in got.sharing["pharmacy"]] == ["near", "far", "wish"]
    assert [service.requirement_id for _, service in got.services] == ["wish", "near", "far"]


def test_requirement_with_conditions_has_a_column_of_its_own():
    outlets = [
        (100, 0, ["pharmacy"], {"hours": "24小时"}),
        (200, 0, ["pharmacy"], {"hours": "08:00-21:00"}),
        (300, 0, ["pharmacy"]),
    ]
    got = supply(reach("pharmacy"), ALL_DAY, outlets=outlets)
    plain, special = (got.needs.index(n) for n in ("pharmacy", "all_day|pharmacy"))
    assert got.offers[:, plain].tolist() == [True, True, True]
    assert got.offers[:, special].tolist() == [True, False, False]
    # Nobody wrote down the third shop's hours: it may be open all day.
    assert got.maybe[:, special].tolist() == [False, False, True]
    radii = needs(reach("pharmacy"), ALL_DAY).radii
    assert (radii["all_day|pharmacy"], radii["pharmacy"]) == ((500.0, 1000.0), (200.0, 300.0))


@pytest.mark.parametrize(
    ("columns", "offers", "maybe", "present"),
    [
        ({}, True, False, True),
        ({"status": "unverified"}, False, True, True),
        ({"status": "closed"}, False, False, False),
        ({"status": "planned"}, False, False, False),
        ({"supply": "mobile"}, False, False, True),
        ({"supply": "online"}, False, False, False),
    ],
)
def test_only_open_fixed_shops_surely_answer(columns, offers, maybe, present):
    got = supply(reach("pharmacy"), outlets=[(100, 0, ["pharmacy"], columns)])
    told = got.offers[0, 0], got.maybe[0, 0], got.present[0, 0]
    assert told == (offers, maybe, present)


def test_mobile_supply_answers_where_the_plan_lets_it_count():
    mobile = [(100, 0, ["pharmacy"], {"supply": "mobile"})]
    got = supply(reach("pharmacy", count_mobile=True), outlets=mobile)
    assert got.offers[0, got.needs.index("reach_pharmacy|pharmacy")]


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


@pytest.mark.parametrize(("kind", "verdict"), [("old_town", "lacking"), ("urban_fringe", "served")])
def test_each_kind_of_circle_is_judged_by_its_own_radius(kind, verdict):
    """A door 600 m off is far in the old town and near enough in the fringe."""
    rules = [
        reach("pharmacy", name="old", metres=(100, 200), applies={"kinds": ["old_town"]}),
        reach("pharmacy", name="new", metres=(500, 1000), applies={"kinds": ["urban_fringe"]}),
    ]
    district = draw_district([(100, 0, ["pharmacy"])], [(700, 0, 10)], complete=["pharmacy"])
    circles = district.circles.assign(kind=kind)
    got = assess(replace(district, circles=circles), write_standard(*rules))
    assert got.access["verdict"].tolist() == [verdict]
    assert got.access["count_pass"].tolist() == [1 if verdict == "served" else 0]
    assert got.coverage.set_index("unit_id").loc["c1", verdict] == 10.0


@pytest.mark.parametrize("order", [(300, 1000), (1000, 300)])
def test_what_is_within_reach_does_not_hang_on_the_order_of_other_rules(order):
    """A shop across the border counts by the first must that applies, wherever it is written."""
    wide = reach("pharmacy", name="info", metres=(900, 1000), severity="info")
    near = reach("pharmacy", name="must", metres=(200, 300))
    rules = [wide, near] if order[0] == 1000 else [near, wide]
    district = draw_district([(1500, 0, ["pharmacy"])], [(900, 0, 10)], complete=["pharmacy"])
    found = assess(district, write_standard(*rules, count("pharmacy"))).findings
    row = found.set_index(["unit_id", "requirement_id"]).loc[("c1", "count_pharmacy")]
    assert (row["verdict"], row["found_shared"]) == ("lacking", 0.0)


def test_a_mobile_shop_across_the_border_counts_where_the_plan_lets_it():
    outlets = [(1100, 0, ["pharmacy"], {"supply": "mobile"})]
    rules = [
        reach("pharmacy", count_mobile=True),
        count("pharmacy", count_mobile=True),
    ]
    district = draw_district(outlets, [(900, 0, 10)], complete=["pharmacy"])
    found = assess(district, write_standard(*rules)).findings.set_index("unit_id").loc["c1"]
    assert found["verdict"].tolist() == ["served", "served"]
