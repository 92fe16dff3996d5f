"""Judge rules on mixes, distances, targets and evidence by hand-made facts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingcircle._rules.conditions import open_all_day
from livingcircle._rules.conditions import open_at
from livingcircle._rules.conditions import open_for
from livingcircle._rules.defaults import Rounding
from livingcircle.findings import judge
from livingcircle.standards import load_standard
from tests.factories.facts import judged
from tests.factories.facts import shop
from tests.factories.facts import unit

# ------------------------------------------------------------------ variety


def variety(facts, *, kinds=3, classes=2):
    standard = load_standard("miyun_2023")
    one = standard.requirement("variety_enhanced")
    rule = type(one.rule)(kinds, classes)
    return judge(type(one)(**(vars(one) | {"rule": rule})), facts, standard)


def test_variety_counts_trades_and_groups_once_each():
    rich = unit(shop("florist", "bookshop"), shop("florist"), shop("fitness"))
    assert variety(rich).verdict == "served"
    assert "现有2类、3种" in variety(rich).explanation


def test_variety_tells_the_number_that_is_short():
    known = [row.trade for row in load_standard("miyun_2023").trades]
    one_class = unit(shop("florist", "optician", "stationery"), known=known)
    finding = variety(one_class)
    assert (finding.verdict, finding.unit) == ("lacking", "类")
    assert (finding.required, finding.found, finding.shortfall) == (2, 1, 1)


def test_variety_is_open_while_trades_are_not_registered_or_not_verified():
    known = [row.trade for row in load_standard("miyun_2023").trades]
    assert variety(unit(shop("florist", "bookshop"))).verdict == "unknown"
    doubt = unit(shop("florist", "bookshop"), shop("hotel", status="unverified"), known=known)
    assert variety(doubt).verdict == "unknown"
    assert variety(unit(shop("florist", "bookshop"), known=known)).verdict == "lacking"


GREENS = {"rule": "variety", "trades": ["菜篮子", "菜市场", "蔬菜直通车"], "kinds": 2}


def test_a_market_is_no_second_kind_because_it_is_a_vegetable_shop_as_well():
    market = shop("wet_market", "vegetable")
    known = ["vegetable", "wet_market", "vegetable_van"]
    finding = judged(GREENS, unit(market, known=known))
    assert (finding.verdict, finding.found) == ("lacking", 1)
    assert judged(GREENS, unit(market, shop("vegetable"), known=known)).verdict == "served"
    assert judged(GREENS, unit(shop("vegetable"), known=known)).found == 1


def test_a_centre_with_a_market_holds_one_trade_for_it():
    asked = CENTRE | {"parts": [], "area": 0}
    asked = {key: value for key, value in asked.items() if key not in ("parts", "area")}
    facts = unit(HALL, part("wet_market", "vegetable"), known=["service_centre"])
    assert judged(asked, facts, basic=["wet_market", "vegetable"]).verdict == "lacking"


def test_several_trades_may_be_one_kind():
    rule = {"rule": "variety", "trades": ["便利店", "社区超市", "药店"], "kinds": 2}
    one = rule | {"as_one": [["convenience_store", "社区超市"]]}
    known = ["convenience_store", "supermarket", "pharmacy"]
    both = unit(shop("convenience_store"), shop("supermarket"), known=known)
    assert judged(rule, both).verdict == "served"
    finding = judged(one, both)
    assert (finding.verdict, finding.found, finding.shortfall) == ("lacking", 1, 1)
    assert finding.explanation.startswith(
        "每个生活圈配置便利店、社区超市、药店不少于2种（便利店、社区超市合算一种）。现有1种，"
    )
    assert judged(one, unit(shop("supermarket", "pharmacy"))).verdict == "served"


# ------------------------------------------------------------------ negative lists

BANNED = {"rule": "prohibited", "trades": ["lottery"]}


def test_what_is_forbidden_breaks_the_rule_fixed_or_mobile():
    for supply in ("fixed", "mobile", "temporary"):
        finding = judged(BANNED, unit(shop("lottery", supply=supply)))
        assert (finding.verdict, finding.surplus) == ("lacking", 1)
    assert judged(BANNED, unit(outside=[shop("lottery")], known=["lottery"])).verdict == "served"


def test_that_nothing_forbidden_exists_needs_a_complete_register():
    assert judged(BANNED, unit(known=["lottery"])).verdict == "served"
    assert judged(BANNED, unit()).verdict == "unknown"
    doubt = unit(shop("lottery", status="unverified"), known=["lottery"])
    assert judged(BANNED, doubt).verdict == "unknown"


def test_a_condition_nobody_reported_leaves_the_forbidden_open():
    big = BANNED | {"where": {"area_min": 100}}
    for area, verdict in ((100, "lacking"), (99, "served"), (None, "unknown")):
        assert (
            judged(big, unit(shop("lottery", area_m2=area), known=["lottery"])).verdict == verdict
        )


# ------------------------------------------------------------------ separation

APART = {"rule": "separation", "trades": ["convenience_store"], "metres": 800}


def store(x, **more):
    return shop("convenience_store", x=float(x), y=0.0, **more)


@pytest.mark.parametrize(
    ("places", "verdict", "least"),
    [
        ((0, 800), "served", 800),
        ((0, 799), "lacking", 799),
        ((0, 1000, 1500), "lacking", 500),
        ((0, 0), "lacking", 0),
        ((0,), "served", None),
        ((), "served", None),
    ],
)
def test_shops_stand_at_least_so_far_apart(places, verdict, least):
    facts = unit(*map(store, places), known=["convenience_store"])
    finding = judged(APART, facts)
    assert (finding.verdict, finding.found) == (verdict, least)


def test_a_neighbour_across_the_border_is_too_close_as_well():
    facts = unit(store(0), outside=[store(300)], known=["convenience_store"])
    assert judged(APART, facts).verdict == "lacking"
    two_outside = unit(outside=[store(0), store(300)], known=["convenience_store"])
    assert judged(APART, two_outside).verdict == "served"


def test_that_shops_stand_apart_is_sure_only_where_all_are_known_and_placed():
    assert judged(APART, unit(store(0), store(900))).verdict == "unknown"
    known = ["convenience_store"]
    lost = unit(store(0), shop("convenience_store"), known=known)
    assert judged(APART, lost).reason == "有网点没有坐标"
    doubt = unit(store(0), store(700, status="unverified"), known=known)
    assert judged(APART, doubt).verdict == "unknown"
    harmless = unit(store(0), store(900, status="unverified"), known=known)
    assert judged(APART, harmless).verdict == "served"
    assert judged(APART, unit(store(0), store(100), shop("convenience_store"))).verdict == "lacking"


def test_shops_keep_away_from_those_of_another_trade():
    away = {"rule": "separation", "trades": ["chess_cards"], "to": ["托育机构"], "metres": 200}
    known = ["chess_cards", "childcare"]
    play = shop("chess_cards", x=0.0, y=0.0)
    for metres, verdict in ((200, "served"), (199, "lacking")):
        child = shop("childcare", x=0.0, y=float(metres))
        assert judged(away, unit(play, child, known=known)).verdict == verdict
    assert judged(away, unit(play, play, known=known)).verdict == "served"


@given(st.lists(st.integers(0, 3000), min_size=2, max_size=8))
def test_the_nearest_pair_is_the_nearest_of_all_pairs(places):
    facts = unit(*map(store, places), known=["convenience_store"])
    gaps = [abs(a - b) for n, a in enumerate(places) for b in places[:n]]
    assert judged(APART, facts).found == min(gaps)


# ------------------------------------------------------------------ service centres

CENTRE = {
    "rule": "composite",
    "trades": ["service_centre"],
    "kinds": {"basic": 2},
    "parts": [{"name": "密云特色业态", "trades": ["florist", "local_produce"], "least": 1}],
    "area": [1000, 3000],
}
HALL = shop("service_centre", area_m2=2000)


def part(*trades, **more):
    return shop(*trades, service_centre_id="甲1", **more)


def centre(*rows, **more):
    facts = unit(*rows, known=["service_centre"])
    return judged(CENTRE | more, facts, basic=["pharmacy", "bank"], enhanced=["florist"])


def test_a_centre_holds_enough_trades_by_tier_and_by_name():
    assert centre(HALL, part("pharmacy", "bank"), part("florist")).verdict == "served"
    assert centre(HALL, part("pharmacy"), part("florist")).verdict == "lacking"
    assert centre(HALL, part("pharmacy", "bank")).verdict == "lacking"


def test_a_centre_whose_parts_nobody_listed_is_unknown_and_none_at_all_not_applicable():
    assert centre(HALL).verdict == "unknown"
    assert centre().verdict == "not_applicable"
    assert judged(CENTRE, unit(), basic=["pharmacy"]).verdict == "unknown"


def test_an_unverified_part_or_centre_leaves_it_open():
    full = [part("pharmacy", "bank"), part("florist", status="unverified")]
    assert centre(HALL, *full).verdict == "unknown"
    doubt = HALL | {"status": "unverified", "area_m2": 10}
    assert centre(doubt, part("pharmacy", "bank", "florist")).verdict == "unknown"


def test_the_area_of_a_centre_is_its_own_or_that_of_its_parts():
    small = HALL | {"area_m2": 500}
    parts = [part("pharmacy", "bank", area_m2=700), part("florist", area_m2=300)]
    assert centre(small, *parts).verdict == "lacking"
    assert centre(small, *parts, area_of="parts").verdict == "served"
    assert centre(small, *parts, part("bank"), area_of="parts").verdict == "unknown"


# ------------------------------------------------------------------ measures, targets, grades


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.9, "served"), (0.899, "lacking"), (None, "unknown"), (92, "unknown")]
)
def test_satisfaction_is_a_fraction_and_said_as_percent(value, verdict):
    asked = {
        "rule": "measure",
        "measure": "satisfaction",
        "label": "满意度",
        "unit": "%",
        "least": 0.9,
    }
    finding = judged(asked, unit(measures={"satisfaction": value}))
    assert finding.verdict == verdict
    if value == 0.899:
        assert (finding.required, finding.found, finding.shortfall) == (90, 89.9, 0.1)
        assert "实际89.9%" in finding.explanation


@pytest.mark.parametrize(
    ("people", "verdict", "asked", "short", "over"),
    [
        (10000, "served", 30000, 0, 0),
        (9999, "lacking", 10000, 1, 0),
        (30001, "lacking", 30000, 0, 1),
    ],
)
def test_density_lies_between_two_ends(people, verdict, asked, short, over):
    rule = {"rule": "measure", "measure": "density", "least": 10000, "most": 30000}
    finding = judged(rule, unit(population=people, area_km2=1.0))
    assert (finding.verdict, finding.required) == (verdict, asked)
    assert (finding.shortfall, finding.surplus) == (short, over)


TARGET = {
    "rule": "target",
    "level": "district",
    "total": 21,
    "steps": [{"by": "2023-12-31", "share": 0.4}, {"by": "2024-12-31", "share": 0.8}],
}


@pytest.mark.parametrize(
    ("day", "rows", "verdict", "needed"),
    [
        (date(2023, 12, 30), [(date(2023, 6, 1), 3.0)], "not_applicable", None),
        (date(2023, 12, 31), [(date(2023, 6, 1), 9.0)], "served", 9),
        (date(2023, 12, 31), [(date(2023, 6, 1), 8.0)], "lacking", 9),
        (date(2024, 12, 31), [(date(2024, 1, 1), 21.0)], "served", 17),
        (date(2024, 12, 31), [(date(2025, 1, 1), 21.0)], "unknown", 17),
        (date(2024, 12, 31), [], "unknown", 17),
        (None, [(date(2024, 1, 1), 21.0)], "unknown", None),
    ],
)
def test_a_dated_target_is_cumulative_and_may_be_exceeded(day, rows, verdict, needed):
    facts = unit(level="district", progress={"R": tuple(rows)}, on=day)
    finding = judged(TARGET, facts)
    assert (finding.verdict, finding.required) == (verdict, needed)
    assert verdict != "served" or finding.shortfall == 0


def test_added_numbers_add_up():
    steps = [{"by": "2022-12-31", "added": 35}, {"by": "2023-12-31", "added": 30}]
    asked = {"rule": "target", "level": "district", "steps": steps}
    facts = unit(level="district", progress={"R": ((date(2023, 5, 1), 60.0),)}, on=date(2024, 1, 1))
    assert judged(asked, facts).shortfall == 5


@pytest.mark.parametrize(
    ("grades", "verdict"),
    [
        (["提升型", "premium", "improved", "提升型", "基础型"], "served"),
        (["提升型", "提升型", "improved", "基础型", "基础型"], "lacking"),
        (["提升型", "提升型", "improved", None, "基础型"], "unknown"),
        ([None, None], "unknown"),
        ([], "unknown"),
    ],
)
def test_eighty_percent_of_circles_reach_a_grade_or_better(grades, verdict):
    asked = {"rule": "grade_share", "level": "district", "grade": "提升型", "least": 0.8}
    facts = unit(level="district", children=tuple((f"C{n}", g) for n, g in enumerate(grades)))
    assert judged(asked, facts).verdict == verdict


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (True, "served"),
        (False, "lacking"),
        ("是", "served"),
        ("没有", "lacking"),
        (None, "unknown"),
        ("", "unknown"),
        ("待核", "unknown"),
        (1.0, "served"),
        (0, "lacking"),
    ],
)
def test_evidence_is_yes_no_or_missing(answer, verdict):
    asked = {"rule": "qualitative", "question": "是否建立机制"}
    assert judged(asked, unit(evidence={"R": answer})).verdict == verdict


def test_text_is_kept_and_never_judged():
    finding = judged({"rule": "text", "text": "鼓励发展"}, unit())
    assert finding.verdict == "not_applicable"
    assert "不作判定" in finding.reason


# ------------------------------------------------------------------ hours, rounding


@pytest.mark.parametrize(
    ("hours", "all_day", "at_seven", "length"),
    [
        ("24小时", True, True, 24),
        ("00:00-24:00", True, True, 24),
        ("0:00—23:59", True, True, 24),
        ("24/7", True, True, 24),
        ("10:00-24:00", False, False, 14),
        ("20:00-24:00", False, False, 4),
        ("06:30-10:00，16:00-20:00", False, True, 7.5),
        ("18:00-次日08:00", False, True, 14),
        ("07:00-07:00", True, True, 24),
        ("周一至周五 8:00-18:00，周末 9:00-17:00", False, False, 8),
        ("周一至周五24小时，周末8:00-20:00", False, False, 12),
        ("周一至周六6:00-22:00", False, False, 0),
        ("看心情", None, None, None),
        (None, None, None, None),
    ],
)
def test_written_hours_are_read_or_left_open(hours, all_day, at_seven, length):
    assert open_all_day(hours) is all_day
    assert open_at(hours, "07:00") is at_seven
    assert open_for(hours) == length


@given(st.integers(1, 100_000), st.integers(1, 20_000))
def test_rounding_up_is_the_least_number_that_serves_everyone(people, size):
    needed = Rounding()(people / size)
    assert needed * size >= people
    assert needed == 1 or (needed - 1) * size < people


@given(st.integers(0, 100_000), st.integers(1, 20_000))
def test_the_three_roundings_never_cross(people, size):
    low, middle, high = (Rounding.whole(people / size, m) for m in ("floor", "round", "ceil"))
    assert low <= middle <= high <= low + 1
