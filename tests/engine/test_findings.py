"""Judge rules on numbers of outlets and on walking reach by hand-made facts."""

from datetime import date

import pytest

from livingcircle._rules.facts import UnitFacts
from livingcircle.findings import judge
from livingcircle.standards import load_standard
from tests.factories.facts import judged
from tests.factories.facts import shop
from tests.factories.facts import unit
from tests.factories.standards import write_standard

PHARMACY = {"rule": "count", "trades": ["pharmacy"], "least": 1}
BREAKFAST = {
    "rule": "count",
    "trades": ["breakfast"],
    "least": 1,
    "per": "population",
    "size": 3000,
}


# ------------------------------------------------------------------ found, missing, not known


def test_what_is_found_is_found_whatever_else_is_unknown():
    finding = judged(PHARMACY, unit(shop("pharmacy")))
    assert finding.verdict == "served"
    assert (finding.required, finding.found, finding.shortfall) == (1, 1, 0)
    assert finding.clause == "一"


def test_what_is_missing_is_lacking_only_where_the_register_is_complete():
    assert judged(PHARMACY, unit(known=["pharmacy"])).verdict == "lacking"
    unknown = judged(PHARMACY, unit(known=["bank"]))
    assert unknown.verdict == "unknown"
    assert "没有这类业态的完整台账" in unknown.reason


def test_a_register_of_markets_does_not_know_of_every_vegetable_shop():
    vegetable = {"rule": "count", "trades": ["vegetable"], "least": 1}
    assert judged(vegetable, unit(known=["wet_market"])).verdict == "unknown"
    assert judged(vegetable, unit(known=["vegetable"])).verdict == "lacking"


def test_either_trade_is_missing_only_where_both_registers_are_complete():
    either = {"rule": "count", "trades": ["convenience_store", "supermarket"], "least": 1}
    assert judged(either, unit(known=["convenience_store"])).verdict == "unknown"
    assert judged(either, unit(known=["convenience_store", "supermarket"])).verdict == "lacking"
    assert judged(either, unit(shop("supermarket"))).verdict == "served"


def test_an_unverified_shop_leaves_it_open_and_a_closed_or_planned_one_is_none():
    known = ["pharmacy"]
    doubt = judged(PHARMACY, unit(shop("pharmacy", status="unverified"), known=known))
    assert doubt.verdict == "unknown"
    assert "未核实" in doubt.reason
    for status in ("closed", "planned"):
        assert judged(PHARMACY, unit(shop("pharmacy", status=status), known=known)).found == 0


def test_one_shop_with_two_trades_answers_each_and_counts_once_where_either_will_do():
    both = unit(shop("convenience_store", "breakfast"))
    for trade in ("convenience_store", "breakfast"):
        assert judged({"rule": "count", "trades": [trade], "least": 1}, both).found == 1
    either = {"rule": "count", "trades": ["convenience_store", "breakfast"], "least": 2}
    assert judged(either, both).found == 1


# ------------------------------------------------------------------ per persons, households, steps


@pytest.mark.parametrize(
    ("people", "needed"), [(4940, 2), (3000, 1), (3001, 2), (8000, 3), (1, 1), (19643, 7)]
)
def test_per_3000_persons_is_rounded_up_and_at_least_one(people, needed):
    finding = judged(BREAKFAST, unit(known=["breakfast"], population=people))
    assert finding.required == needed
    assert finding.shortfall == needed


def test_the_explanation_tells_what_other_roundings_would_ask():
    finding = judged(BREAKFAST, unit(shop("breakfast"), population=4940))
    assert "应配2个" in finding.explanation
    assert "四舍五入为2个" in finding.explanation
    assert "向下取整为1个" in finding.explanation


@pytest.mark.parametrize(("rounding", "needed"), [("ceil", 2), ("floor", 1), ("round", 2)])
def test_rounding_is_a_parameter_of_the_requirement(rounding, needed):
    asked = BREAKFAST | {"rounding": rounding}
    assert judged(asked, unit(population=4940)).required == needed


def test_a_population_nobody_told_is_unknown_unless_there_is_none_at_all():
    assert judged(BREAKFAST, unit(shop("breakfast"), known=["breakfast"])).verdict == "unknown"
    assert judged(BREAKFAST, unit(known=["breakfast"])).verdict == "lacking"
    assert judged(BREAKFAST | {"minimum": 0}, unit(known=["breakfast"])).verdict == "unknown"
    assert judged(BREAKFAST, unit()).verdict == "unknown"


def test_households_and_communities_count_as_well_as_people():
    stores = {"rule": "count", "trades": ["convenience_store"], "least": 1}
    facts = unit(known=["convenience_store"], households=2001, community_count=3)
    assert judged(stores | {"per": "households", "size": 1000}, facts).required == 3
    assert judged(stores | {"per": "communities"}, facts).required == 3
    assert judged(stores | {"per": "communities", "size": 2}, facts).required == 2


@pytest.mark.parametrize(
    ("people", "needed"),
    [(4999, 0), (5000, 1), (9999, 1), (10000, 2), (19999, 2), (20000, 3), (20001, 3), (30000, 4)],
)
def test_a_step_of_a_ladder_starts_exactly_at_its_number(people, needed):
    ladder = {
        "rule": "ladder",
        "trades": ["pharmacy"],
        "steps": [
            {"from": 5000, "least": 1},
            {"from": 10000, "least": 2},
            {"from": 20000, "least": 3, "every": 10000},
        ],
    }
    assert judged(ladder, unit(population=people)).required == needed


def test_a_ladder_that_starts_above_zero_asks_nothing_of_a_place_nobody_counted():
    steps = {"rule": "ladder", "trades": ["pharmacy"], "steps": [{"from": 5000, "least": 1}]}
    assert judged(steps, unit(known=["pharmacy"])).verdict == "unknown"
    low = steps | {"steps": [{"from": 0, "least": 1}]}
    assert judged(low, unit(known=["pharmacy"])).verdict == "lacking"


# -------------------------------------------------- all of several, no more than


def test_all_of_several_trades_adds_up_what_each_lacks():
    both = {"rule": "count", "trades": ["pharmacy", "bank"], "least": 1, "match": "all"}
    known = ["pharmacy", "bank"]
    finding = judged(both, unit(shop("pharmacy"), known=known))
    assert finding.verdict == "lacking"
    assert (finding.required, finding.found, finding.shortfall) == (2, 1, 1)
    assert judged(both, unit(shop("pharmacy", "bank"))).verdict == "served"
    assert judged(both, unit(shop("pharmacy"), known=["pharmacy"])).verdict == "unknown"
    assert judged(both, unit(known=["pharmacy"])).verdict == "lacking"


@pytest.mark.parametrize(
    ("asked", "subject"),
    [
        ({"rule": "count", "trades": ["pharmacy"], "least": 1, "title": "药品"}, "药店"),
        ({"rule": "count", "trades": ["pharmacy", "bank"], "least": 1}, "药店或银行网点"),
        ({"rule": "measure", "measure": "density", "most": 1, "title": "人口密度"}, "人口密度"),
    ],
)
def test_a_finding_says_what_it_is_about(asked, subject):
    assert judged(asked, unit()).subject == subject


def test_no_more_than_is_broken_by_what_stands_inside_only():
    few = {"rule": "count", "trades": ["chess_cards"], "most": 1}
    one, two = shop("chess_cards"), [shop("chess_cards")] * 2
    known = ["chess_cards"]
    assert judged(few, unit(one, outside=two, known=known)).verdict == "served"
    over = judged(few, unit(*two, outside=two))
    assert over.verdict == "lacking"
    assert (over.required, over.found, over.shortfall, over.surplus) == (1, 2, 0, 1)
    assert "多出1个" in over.reason
    assert "应配0个" not in over.explanation


def test_no_more_than_is_unknown_where_more_may_exist():
    few = {"rule": "count", "trades": ["chess_cards"], "most": 1}
    one, doubt = shop("chess_cards"), shop("chess_cards", status="unverified")
    assert judged(few, unit(one)).verdict == "unknown"
    assert judged(few, unit(one, doubt, known=["chess_cards"])).verdict == "unknown"
    per = few | {"per": "population", "size": 10000}
    assert judged(per, unit(one, known=["chess_cards"])).verdict == "unknown"


def test_at_least_and_at_most_per_persons_never_contradict_each_other():
    exactly = BREAKFAST | {"most": 1}
    two = unit(*[shop("breakfast")] * 2, known=["breakfast"], population=4000)
    assert judged(exactly, two).verdict == "served"


@pytest.mark.parametrize(
    ("people", "shops", "verdict"),
    [
        (4000, 1, "served"),  # a town too small for one may have one
        (5000, 1, "served"),
        (6000, 2, "lacking"),
        (9999, 2, "lacking"),
        (10000, 2, "served"),
    ],
)
def test_a_largest_number_per_persons_is_rounded_down(people, shops, verdict):
    few = {"rule": "count", "trades": ["breakfast"], "most": 1, "per": "population", "size": 5000}
    facts = unit(*[shop("breakfast")] * shops, known=["breakfast"], population=people)
    finding = judged(few, facts)
    assert finding.verdict == verdict
    assert finding.explanation.startswith("生活圈每5,000人不多于1个早餐店（向下取整，最少按1个）。")


# ------------------------------------------------------------------ trades that stand in

EITHER = {
    "rule": "count",
    "trades": ["菜市场", "生鲜超市"],
    "least": 1,
    "weights": {"fresh_store": 0.5},
}
BOTH = ["wet_market", "fresh_store"]


@pytest.mark.parametrize(
    ("shops", "found", "short"),
    [
        (["wet_market"], 1, 0),
        (["fresh_store"] * 2, 1, 0),
        (["fresh_store"], 0.5, 0.5),
        ([], 0, 1),
    ],
)
def test_two_vegetable_shops_stand_in_for_a_market(shops, found, short):
    finding = judged(EITHER, unit(*map(shop, shops), known=BOTH))
    assert (finding.found, finding.shortfall) == (found, short)
    assert finding.verdict == ("lacking" if short else "served")
    assert "1个菜市场可由2个生鲜超市（菜店）代替" in finding.explanation


def test_a_shop_of_two_trades_counts_as_its_weightier_one():
    assert judged(EITHER, unit(shop("fresh_store", "wet_market"), known=BOTH)).found == 1


def test_a_doubtful_half_leaves_it_open_only_where_it_could_suffice():
    half, doubt = shop("fresh_store"), shop("fresh_store", status="unverified")
    assert judged(EITHER, unit(half, doubt, known=BOTH)).verdict == "unknown"
    assert judged(EITHER, unit(doubt, known=BOTH)).verdict == "lacking"


def test_a_weight_may_be_more_than_one_and_holds_on_a_ladder():
    big = {
        "rule": "ladder",
        "trades": ["便利店", "综合超市"],
        "weights": {"general_supermarket": 3},
        "steps": [{"from": 0, "least": 1}, {"from": 10000, "least": 3}],
    }
    finding = judged(big, unit(shop("general_supermarket"), population=10000))
    assert (finding.verdict, finding.found) == ("served", 3)
    assert "1个综合超市算3个" in finding.explanation


# ------------------------------------------------------------------ a ladder's least


@pytest.mark.parametrize(("households", "needed"), [(999, 0), (1000, 2), (4999, 2), (7000, 3)])
def test_the_least_of_a_ladder_holds_from_its_first_step(households, needed):
    ladder = {
        "rule": "ladder",
        "by": "households",
        "trades": ["recycling"],
        "minimum": 2,
        "steps": [{"from": 1000, "least": 1}, {"from": 3000, "least": 1, "every": 2000}],
    }
    assert judged(ladder, unit(households=households)).required == needed


# ------------------------------------------------------------------ supply that is asked for


def test_online_supply_counts_where_it_is_asked_for():
    asked = {"rule": "count", "trades": ["housekeeping"], "least": 1}
    online = unit(shop("housekeeping", supply="online"), known=["housekeeping"])
    assert judged(asked | {"where": {"supply": ["online"]}}, online).verdict == "served"
    assert judged(asked, online).verdict == "lacking"
    van = unit(shop("housekeeping", supply="mobile"), known=["housekeeping"])
    assert judged(asked | {"where": {"supply": ["mobile"]}}, van).verdict == "served"


# ------------------------------------------------------------------ whose shops count


@pytest.mark.parametrize(
    ("sharing", "inside_near", "inside_far", "outside"),
    [
        ("strict", True, True, False),
        ("shared", True, False, True),
        ("strict_or_shared", True, True, True),
    ],
)
def test_sharing_says_whose_shops_count(sharing, inside_near, inside_far, outside):
    asked = PHARMACY | {"sharing": sharing}
    known = ["pharmacy"]
    places = [unit(shop("pharmacy"), known=known)]
    # A bank outside shows that reach was measured for the unit.
    places += [unit(shop("pharmacy", far=True), outside=[shop("bank")], known=known)]
    places += [unit(outside=[shop("pharmacy")], known=known)]
    found = [judged(asked, facts).verdict == "served" for facts in places]
    assert found == [inside_near, inside_far, outside]


def test_both_numbers_are_told_whatever_the_sharing():
    facts = unit(shop("pharmacy"), outside=[shop("pharmacy")])
    finding = judged(PHARMACY, facts)
    assert (finding.found_strict, finding.found_shared) == (1, 2)


@pytest.mark.parametrize("level", ["community", "circle", "subdistrict", "district"])
def test_the_level_has_a_sharing_of_its_own(level):
    facts = unit(outside=[shop("pharmacy")], known=["pharmacy"], level=level)
    asked = PHARMACY | {"level": level}
    shared = level in ("community", "circle")
    assert (judged(asked, facts).verdict == "served") is shared
    assert judged(asked, facts, **{f"{level}_sharing": "strict"}).verdict == "lacking"
    assert judged(asked, facts, **{f"{level}_sharing": "shared"}).verdict == "served"


# ------------------------------------------------------------------ online, mobile


def test_same_day_online_service_stands_in_only_where_the_rule_allows_and_is_told_apart():
    online = unit(
        shop("breakfast", supply="online", same_day_online=True),
        known=["breakfast"],
        population=3000,
    )
    assert judged(BREAKFAST, online).verdict == "lacking"
    allowed = judged(BREAKFAST | {"online_substitute": True}, online)
    assert allowed.verdict == "served"
    assert "线上当日服务替代，单列" in allowed.reason
    assert (allowed.found, allowed.shortfall) == (0, 1)


def test_online_service_without_evidence_of_the_same_day_stands_in_for_nothing():
    asked = BREAKFAST | {"online_substitute": True}
    for same_day, verdict in ((None, "unknown"), (False, "lacking")):
        row = shop("breakfast", supply="online", same_day_online=same_day)
        assert judged(asked, unit(row, known=["breakfast"], population=1)).verdict == verdict
    doubt = shop("breakfast", supply="online", same_day_online=True, status="unverified")
    assert judged(asked, unit(doubt, known=["breakfast"], population=1)).verdict == "unknown"


def test_mobile_supply_is_transitional_unless_the_rule_counts_it():
    van = unit(shop("vegetable", supply="mobile"), known=["vegetable"])
    asked = {"rule": "count", "trades": ["vegetable"], "least": 1}
    finding = judged(asked, van)
    assert finding.verdict == "lacking"
    assert "过渡" in finding.reason
    assert judged(asked | {"count_mobile": True}, van).verdict == "served"
    assert judged(asked, van, count_mobile=True).verdict == "served"


# ------------------------------------------------------------------ conditions on the outlet


def test_an_attribute_nobody_reported_leaves_it_open():
    asked = PHARMACY | {"where": {"all_day": True}}
    known = ["pharmacy"]
    for hours, verdict in (("24小时", "served"), ("8:00-20:00", "lacking"), (None, "unknown")):
        assert judged(asked, unit(shop("pharmacy", hours=hours), known=known)).verdict == verdict
    big = PHARMACY | {"where": {"area_min": 50}}
    for area, verdict in ((50, "served"), (49.9, "lacking"), (float("nan"), "unknown")):
        assert judged(big, unit(shop("pharmacy", area_m2=area), known=known)).verdict == verdict


# ------------------------------------------------------------------ to whom it applies


def test_a_rule_for_another_kind_does_not_apply_and_an_unknown_kind_is_unknown():
    old = PHARMACY | {"applies": {"kinds": ["old_town"]}}
    for kind, verdict in (("老城区住宅生活圈", "served"), ("商业文化", "not_applicable")):
        assert judged(old, unit(shop("pharmacy"), kind=kind)).verdict == verdict
    finding = judged(old, unit(shop("pharmacy")))
    assert finding.verdict == "unknown"
    assert "无法判断是否适用" in finding.reason
    assert finding.found == 1


@pytest.mark.parametrize(
    ("shares", "applies"),
    [
        ({"60_plus": 0.25, "65_plus": 0.0}, True),
        ({"60_plus": 0.2499, "65_plus": 0.1499}, False),
        ({"60_plus": 0.2499, "65_plus": 0.15}, True),
        ({"60_plus": 0.30, "65_plus": None}, True),
        ({"60_plus": 0.20, "65_plus": None}, None),
        ({}, None),
        ({"60_plus": 1 - 0.75, "65_plus": 0.05 + 0.1}, True),
    ],
)
def test_a_quarter_of_elders_sets_the_rule_off_and_just_below_does_not(shares, applies):
    standard = load_standard("miyun_2023")
    facts = UnitFacts("community", "S", "甲社区", ages=shares)
    assert standard.requirement("elderly_5_10").applies.test(facts)[0] is applies


@pytest.mark.parametrize(("share", "applies"), [(0.1, False), (0.1001, True), (None, None)])
def test_more_than_a_tenth_of_very_old_is_more_than_a_tenth(share, applies):
    standard = load_standard("miyun_2023")
    facts = UnitFacts("community", "S", "甲社区", ages={"80_plus": share})
    assert standard.requirement("elderly_80").applies.test(facts)[0] is applies


@pytest.mark.parametrize(
    ("day", "verdict"),
    [
        (date(2023, 12, 31), "not_applicable"),
        (date(2024, 1, 1), "served"),
        (date(2024, 12, 31), "served"),
        (date(2025, 1, 1), "not_applicable"),
        (None, "served"),
    ],
)
def test_a_rule_holds_between_its_dates_both_included(day, verdict):
    dated = PHARMACY | {"valid_from": "2024-01-01", "valid_to": "2024-12-31"}
    finding = judged(dated, unit(shop("pharmacy"), on=day))
    assert finding.verdict == verdict
    assert verdict == "served" or "起止日期" in finding.reason


# ------------------------------------------------------------------ reach

REACH = {"rule": "reach", "trades": ["pharmacy"], "metres": [200, 500]}


@pytest.mark.parametrize(
    ("people", "share", "verdict"),
    [
        ((100, 0, 0), 1.0, "served"),
        ((99, 1, 0), 1.0, "lacking"),
        ((99, 0, 1), 1.0, "unknown"),
        ((98, 1, 1), 1.0, "lacking"),
        ((90, 10, 0), 0.9, "served"),
        ((85, 10, 5), 0.9, "unknown"),
        ((85, 11, 4), 0.9, "lacking"),
        ((0, 0, 0), 1.0, "unknown"),
    ],
)
def test_reach_is_met_when_enough_people_surely_reach_one(people, share, verdict):
    facts = unit(reach={"R": people})
    assert judged(REACH | {"share": share}, facts).verdict == verdict


def test_reach_nobody_measured_is_unknown_and_says_by_what_way():
    assert "没有楼门" in judged(REACH, unit()).reason
    assert "骑行" in judged(REACH | {"mode": "cycle"}, unit()).reason


# ------------------------------------------------------------------ what the finding says


def test_a_finding_names_unit_rule_numbers_and_verdict():
    pack = write_standard({"id": "R", "clause": "附件1.1 一1", "tiers": ["basic"]} | PHARMACY)
    finding = judge(pack.requirements[0], unit(known=["pharmacy"]), pack)
    assert (finding.unit_name, finding.circle_id, finding.tier) == ("甲单元", "C", "basic")
    assert finding.explanation == (
        "每个生活圈不少于1个药店。应配1个，范围内0个、计入0个，结论：不达标。"
    )
    assert finding.clause == "附件1.1 一1"


@pytest.mark.parametrize("name", ["miyun_2023", "national_247_2021", "xicheng_ten_minute"])
def test_a_unit_of_which_nothing_is_known_is_never_lacking(name):
    standard = load_standard(name)
    for one in standard.requirements:
        finding = judge(one, UnitFacts(one.level, "U", "甲单元"), standard)
        assert finding.verdict in ("unknown", "not_applicable"), one.id
        assert finding.reason, one.id
