"""Judge rules on floor areas and shares by hand-made facts."""

import pytest

from livingcircle.findings import judge
from livingcircle.standards import load_standard
from tests.factories.facts import judged
from tests.factories.facts import shop
from tests.factories.facts import unit

ENHANCED = ("florist", "bookshop", "fitness", "tea_coffee")
HALL = shop("service_centre", area_m2=2000)


def part(*trades, **more):
    return shop(*trades, service_centre_id="甲1", **more)


# ------------------------------------------------------------------ areas

PER_1000 = {"rule": "area", "trades": ["fitness"], "least": 600, "most": 700}


def gyms(*areas, **more):
    return unit(*[shop("fitness", area_m2=one) for one in areas], known=["fitness"], **more)


@pytest.mark.parametrize(
    ("area", "verdict"), [(1200, "served"), (1199, "lacking"), (1500, "served"), (None, "unknown")]
)
def test_only_the_lower_end_of_the_area_binds(area, verdict):
    finding = judged(PER_1000, gyms(area, population=2000))
    assert (finding.verdict, finding.required) == (verdict, 1200)
    assert ("超过上限" in finding.explanation.partition("）")[2]) is (area == 1500)


def test_the_upper_end_binds_where_the_pack_says_so_or_stands_alone():
    facts = gyms(1500, population=2000)
    over = judged(PER_1000 | {"most_binds": True}, facts)
    assert (over.verdict, over.required, over.shortfall, over.surplus) == ("lacking", 1400, 0, 100)
    alone = {"rule": "area", "trades": ["fitness"], "most": 700}
    assert judged(alone, facts).verdict == "lacking"
    assert judged(PER_1000 | {"most_binds": True}, gyms(1300, None, population=2000)).verdict == (
        "unknown"
    )


def test_area_is_open_without_people_register_or_verification():
    assert judged(PER_1000, gyms(10)).verdict == "unknown"
    some = shop("fitness", area_m2=10)
    assert judged(PER_1000, unit(some, population=1000)).verdict == "unknown"
    doubt = shop("fitness", area_m2=600, status="unverified")
    assert judged(PER_1000, unit(doubt, known=["fitness"], population=1000)).verdict == "unknown"


def test_a_shop_of_two_trades_gives_its_area_once_and_a_centre_covers_its_parts():
    total = {"rule": "area", "least": 600}
    twice = unit(shop("fitness", "bookshop", area_m2=400), population=1000)
    assert judged(total, twice).found == 400
    hall = unit(HALL, part("fitness", area_m2=300), population=1000)
    assert judged(total, hall).found == 2000
    empty_hall = unit(shop("service_centre"), part("fitness", area_m2=300), population=1000)
    assert judged(total, empty_hall).found == 300


def test_area_of_all_shops_is_lacking_only_where_every_register_is_complete():
    total = {"rule": "area", "least": 600}
    some = shop("fitness", area_m2=400)
    both = ["fitness", "bookshop"]
    facts = unit(some, known=["fitness"], population=1000)
    assert judged(total, facts, enhanced=both).verdict == "unknown"
    assert judged(total, unit(some, known=both, population=1000), enhanced=both).verdict == (
        "lacking"
    )


SITE = {"rule": "site_area", "trades": ["fitness"], "least": 600, "most": 2000}


@pytest.mark.parametrize(
    ("areas", "verdict"),
    [
        ((600, 2000), "served"),
        ((599,), "lacking"),
        ((2001, None), "lacking"),
        ((700, None), "unknown"),
        ((), "not_applicable"),
    ],
)
def test_every_single_site_has_a_size_in_the_range(areas, verdict):
    assert judged(SITE, gyms(*areas)).verdict == verdict


def test_a_site_may_fit_any_of_several_ranges():
    ranges = [{"least": 500, "most": 1500}, {"least": 2000, "most": 2500}]
    asked = {"rule": "site_area", "trades": ["fitness"], "ranges": ranges}
    verdicts = [judged(asked, gyms(area)).verdict for area in (500, 1700, 2500)]
    assert verdicts == ["served", "lacking", "served"]


def test_that_there_is_no_site_at_all_needs_a_register_and_a_doubtful_site_is_never_wrong():
    assert judged(SITE, unit()).verdict == "unknown"
    doubt = unit(shop("fitness", area_m2=1, status="unverified"), known=["fitness"])
    assert judged(SITE, doubt).verdict == "unknown"


@pytest.mark.parametrize(
    ("whole", "verdict"), [(4000, "served"), (4001, "lacking"), (None, "unknown")]
)
def test_floor_share_is_of_all_floor_area(whole, verdict):
    share = {"rule": "floor_share", "least": 0.1}
    facts = unit(shop("fitness", area_m2=400), known=["fitness"], floor_area_m2=whole)
    assert judged(share, facts, enhanced=["fitness"]).verdict == verdict


# ------------------------------------------------------------------ shares


def mixed(basic, enhanced, *more):
    return unit(*[shop("pharmacy")] * basic, *[shop("tea_coffee")] * enhanced, *more)


@pytest.mark.parametrize(
    ("least", "enhanced", "verdict"),
    [
        (0.25, 5, "served"),
        (0.3, 6, "served"),
        (0.2, 4, "served"),
        (0.25, 4, "lacking"),
        (0.3, 5, "lacking"),
        (0.2, 3, "lacking"),
    ],
)
def test_quality_share_is_met_exactly_at_its_number(least, enhanced, verdict):
    share = {"rule": "share", "least": least, "having": {"tiers": ["enhanced"]}}
    facts = mixed(20 - enhanced, enhanced)
    assert judged(share, facts, basic=["pharmacy"], enhanced=ENHANCED).verdict == verdict


@pytest.mark.parametrize(
    ("subtype", "technology", "university"),
    [
        ("technology", "lacking", "not_applicable"),
        ("university", "not_applicable", "served"),
        ("", "unknown", "unknown"),
    ],
)
def test_the_quality_share_of_a_new_circle_hangs_on_its_subtype(subtype, technology, university):
    standard = load_standard("miyun_2023")
    more = mixed(15, 5)
    facts = type(more)(**(vars(more) | {"kind": "new_residential", "subtype": subtype}))
    names = ("share_enhanced_technology", "share_enhanced_university")
    verdicts = [judge(standard.requirement(name), facts, standard).verdict for name in names]
    assert verdicts == [technology, university]


CHAIN = {"rule": "share", "least": 0.3, "having": {"chain": True}}


def chains(*flags):
    return unit(*[shop("pharmacy", "bank", chain=flag) for flag in flags])


def test_a_shop_of_two_trades_is_one_shop_in_a_share():
    assert judged(CHAIN, chains(*[True], *[False] * 2)).found == pytest.approx(33.33)


@pytest.mark.parametrize(
    ("flags", "verdict"),
    [
        ([True] * 3 + [False] * 7, "served"),
        ([True] * 2 + [False] * 8, "lacking"),
        ([True] * 2 + [None] + [False] * 7, "unknown"),
        ([True] * 3 + [None] * 7, "served"),
        ([True] + [None] + [False] * 8, "lacking"),
    ],
)
def test_a_flag_nobody_reported_opens_a_range(flags, verdict):
    assert judged(CHAIN, chains(*flags)).verdict == verdict


def test_a_share_of_no_shops_is_not_zero():
    assert judged(CHAIN, unit()).verdict == "unknown"
    complete = unit(known=["pharmacy"])
    assert judged(CHAIN, complete, basic=["pharmacy"]).verdict == "not_applicable"


def test_an_unverified_shop_may_be_or_not_be():
    doubt = shop("pharmacy", chain=False, status="unverified")
    sure = [shop("pharmacy", chain=True)] * 3
    no = [shop("pharmacy", chain=False)] * 7
    assert judged(CHAIN, unit(*sure, *no, doubt)).verdict == "unknown"
    assert judged(CHAIN, unit(*sure, *no[1:], doubt)).verdict == "served"
    assert judged(CHAIN, unit(doubt)).verdict == "unknown"


def test_a_share_by_trades_counts_each_sorted_trade_once_and_tells_the_other_base():
    share = {
        "rule": "share",
        "least": 0.5,
        "base": "trades",
        "having": {"tiers": ["enhanced"]},
    }
    facts = mixed(8, 1, shop("wet_market", "vegetable"))
    finding = judged(share, facts, basic=["pharmacy"], enhanced=["tea_coffee"])
    assert (finding.verdict, finding.found) == ("served", 50)
    assert "若按网点数计，占比10%" in finding.explanation


def test_a_tolerance_lets_a_share_fall_short_a_little():
    almost = chains(*[True] * 28, *[False] * 72)
    assert judged(CHAIN, almost).verdict == "lacking"
    finding = judged(CHAIN | {"tolerance": 0.02}, almost)
    assert (finding.verdict, finding.shortfall) == ("served", 0)


def test_a_share_of_mobile_supply_counts_the_mobile_ones():
    share = {"rule": "share", "most": 0.1, "having": {"supply": ["mobile", "temporary"]}}
    facts = unit(shop("breakfast"), shop("breakfast", supply="mobile"), known=["breakfast"])
    finding = judged(share, facts, basic=["breakfast"])
    assert (finding.verdict, finding.found) == ("lacking", 50)


def test_a_share_of_named_trades_in_a_base_of_named_trades():
    share = {
        "rule": "share",
        "trades": ["pharmacy", "tea_coffee"],
        "most": 0.4,
        "having": {"trades": ["药店"]},
    }
    assert judged(share, mixed(2, 3, shop("bank"))).verdict == "served"
    over = judged(share, mixed(3, 3, shop("bank")))
    assert (over.verdict, over.required) == ("lacking", 40)
    assert (over.shortfall, over.surplus) == (0, pytest.approx(over.found - 40))
