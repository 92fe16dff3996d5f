"""Write sentences of other cities' plans as requirements, and judge each by pencil."""

import pytest

from livingcircle._rules.packs import parse_pack
from livingcircle.findings import judge
from tests.factories.facts import shop
from tests.factories.facts import unit

HEAD = '[standard]\nid = "plan"\ntitle = "某市方案"\n'
TRADES = """
[[trade]]
trade = "便利店"
tier = "basic"
[[trade]]
trade = "药店"
tier = "basic"
[[trade]]
trade = "菜市场"
tier = "basic"
[[trade]]
trade = "综合体"
tier = "basic"
[[trade]]
trade = "社区食堂"
tier = "enhanced"
group = "餐饮服务类"
[[trade]]
trade = "新式书店"
tier = "enhanced"
group = "文化体育类"
"""
KNOWN = ["convenience_store", "pharmacy", "wet_market", "service_centre", "community_canteen"]
KNOWN += ["bookshop"]


def verdict(sentence, rows, facts):
    """Return the verdict on one sentence, its requirement written as TOML lines."""
    text = f'{HEAD}{TRADES}[[requirement]]\nid = "R"\ntext = "{sentence}"\n{rows}\n'
    standard, problems = parse_pack(text.encode(), "plan.toml")
    assert [str(one) for one in problems] == []
    return judge(standard.requirements[0], facts, standard).verdict


def here(*rows, **more):
    return unit(*rows, known=KNOWN, **more)


def spots(trade, *places, **more):
    return [shop(trade, x=float(x), y=0.0, **more) for x in places]


@pytest.mark.parametrize(
    ("minutes", "metres", "rule_reads"),
    [
        ("", "metres = 500", (500, None)),
        ("minutes = 10", "", (None, 10)),
        ("minutes = [5, 10]", "metres = [300, 500]", (500, 10)),
    ],
)
def test_metres_and_minutes_are_kept_apart(minutes, metres, rule_reads):
    text = f"""{HEAD}[[requirement]]
id = "R"
rule = "reach"
trades = ["药店"]
{minutes}
{metres}
"""
    standard, problems = parse_pack(text.encode(), "plan.toml")
    assert problems == []
    rule = standard.requirements[0].rule
    assert (rule.pass_metres, rule.pass_minutes) == rule_reads
    assert rule.decides == ("minutes" if not metres else "metres")


def test_either_trade_within_500_metres():
    rows = 'rule = "reach"\ntrades = ["菜市场", "便利店"]\nmetres = 500\nlevel = "社区"'
    for people, answer in (((10, 0, 0), "served"), ((9, 1, 0), "lacking"), ((9, 0, 1), "unknown")):
        facts = unit(level="community", reach={"R": people})
        assert verdict("500米内有菜市场或便利店", rows, facts) == answer


def test_every_trade_of_several_and_two_out_of_three():
    both = 'rule = "count"\ntrades = ["药店", "便利店"]\nmatch = "all"\nleast = 1'
    two = 'rule = "variety"\ntrades = ["药店", "便利店", "菜市场"]\nkinds = 2'
    assert verdict("药店、便利店都要有", both, here(shop("pharmacy"))) == "lacking"
    assert verdict("三种中不少于两种", two, here(shop("pharmacy"))) == "lacking"
    assert verdict("三种中不少于两种", two, here(shop("pharmacy", "wet_market"))) == "served"


def test_a_store_open_16_hours_and_one_open_at_half_past_six():
    long = 'rule = "count"\ntrades = ["便利店"]\nleast = 1\nwhere = { open_hours_min = 16 }'
    early = 'rule = "count"\ntrades = ["便利店"]\nleast = 1\nwhere = { open_at = "06:30" }'
    for hours, lasting, opening in (
        ("6:30-22:30", "served", "served"),
        ("7:00-22:30", "lacking", "lacking"),
        ("不定", "unknown", "unknown"),
    ):
        facts = here(shop("convenience_store", hours=hours))
        assert verdict("营业不少于16小时", long, facts) == lasting
        assert verdict("早上六点半开门", early, facts) == opening


def test_an_older_quarter_and_a_dense_place_have_rules_of_their_own():
    rule = 'rule = "count"\ntrades = ["药店"]\nleast = 1\n'
    zone = rule + 'applies = { zones = ["老城"] }'
    dense = rule + "applies = { density = [20000, inf] }"
    assert verdict("老城内", zone, here(zone="新城")) == "not_applicable"
    assert verdict("老城内", zone, here(zone="老城")) == "lacking"
    assert verdict("老城内", zone, here()) == "unknown"
    crowded = here(population=20000, area_km2=1.0)
    assert verdict("2万人/平方公里以上", dense, crowded) == "lacking"
    assert verdict("2万人/平方公里以上", dense, here(population=19999, area_km2=1.0)) == (
        "not_applicable"
    )


def test_per_square_kilometre_per_two_communities_and_per_dwelling():
    rule = 'rule = "count"\ntrades = ["药店"]\nleast = 1\n'
    one = here(shop("pharmacy"), area_km2=2.5, community_count=3, dwellings=2000)
    assert verdict("每2.5平方公里1个", rule + 'per = "area_km2"\nsize = 2.5', one) == "served"
    assert verdict("每平方公里1个", rule + 'per = "平方公里"\nsize = 1', one) == "lacking"
    assert verdict("每2个社区1个", rule + 'per = "communities"\nsize = 2', one) == "lacking"
    assert verdict("每2000套1个", rule + 'per = "dwellings"\nsize = 2000', one) == "served"


@pytest.mark.parametrize(
    ("households", "answer"), [(1000, "served"), (1001, "lacking"), (None, "unknown")]
)
def test_thirty_square_metres_of_service_space_per_hundred_households(households, answer):
    rows = 'rule = "area"\ntrades = ["社区食堂"]\nper = "households"\nsize = 100\nleast = 30'
    facts = here(shop("community_canteen", area_m2=300), households=households)
    assert verdict("每百户不少于30平方米", rows, facts) == answer


@pytest.mark.parametrize(("area", "answer"), [(50, "served"), (49, "lacking"), (120, "served")])
def test_area_per_thousand_persons_with_a_range(area, answer):
    rows = 'rule = "area"\ntrades = ["菜市场"]\nleast = 50\nmost = 100'
    facts = here(shop("wet_market", area_m2=area), population=1000)
    assert verdict("50–100平方米/千人", rows, facts) == answer


def test_each_market_is_of_one_of_two_sizes():
    rows = (
        'rule = "site_area"\ntrades = ["菜市场"]\n'
        "ranges = [{ least = 500, most = 1500 }, { least = 2000 }]"
    )
    sizes = [here(shop("wet_market", area_m2=area)) for area in (1500, 1800, 9000)]
    said = [verdict("中小型500–1500，大型2000以上", rows, facts) for facts in sizes]
    assert said == ["served", "lacking", "served"]


def test_markets_800_metres_apart_and_no_bookshop_beside_a_canteen():
    apart = 'rule = "separation"\ntrades = ["菜市场"]\nmetres = 800\nlevel = "全区"'
    market = spots("wet_market", 0, 850)
    assert verdict("间距不小于800米", apart, here(*market, level="district")) == "served"
    assert verdict("间距不小于900米", apart.replace("800", "900"), here(*market)) == "lacking"
    away = 'rule = "separation"\ntrades = ["新式书店"]\nto = ["社区食堂"]\nmetres = 50'
    near = [*spots("bookshop", 0), *spots("community_canteen", 49)]
    assert verdict("距食堂50米以上", away, here(*near)) == "lacking"


def test_a_centre_of_parts_that_together_are_large_enough():
    rows = (
        'rule = "composite"\ntrades = ["综合体"]\nkinds = { basic = 2, enhanced = 1 }\n'
        'area = [1000, inf]\narea_of = "各组成部分之和"'
    )
    parts = [
        shop(trade, area_m2=400, service_centre_id="甲1")
        for trade in ("pharmacy", "convenience_store", "bookshop")
    ]
    assert verdict("综合体", rows, here(shop("service_centre"), *parts)) == "served"
    assert verdict("综合体", rows, here(shop("service_centre"), *parts[1:])) == "lacking"


def test_a_share_of_one_trade_that_is_chained():
    rows = 'rule = "share"\ntrades = ["便利店"]\nleast = 0.5\nhaving = { chain = true }'
    chain = [shop("convenience_store", chain=flag) for flag in (True, False)]
    other = shop("pharmacy", chain=False)
    assert verdict("便利店连锁化率不低于50%", rows, here(*chain, other)) == "served"


def test_a_sentence_nothing_fits_is_kept():
    assert verdict("鼓励错时营业", 'rule = "text"', here()) == "not_applicable"
