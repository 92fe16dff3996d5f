"""Say each rule in one sentence that an officer can hold against the plan's own words."""

import pytest

from livingcircle._rules.packs import parse_pack
from livingcircle._rules.wording import measured_words
from livingcircle._rules.wording import number_words
from livingcircle._rules.wording import percent_words
from tests.factories.facts import judged
from tests.factories.facts import shop
from tests.factories.facts import unit
from tests.factories.standards import write_standard


def says(rule, enhanced=(), **defaults):
    pack = write_standard({"id": "R"} | rule, enhanced=enhanced, **defaults)
    return pack.requirements[0].describe()


PER = {"rule": "count", "trades": ["药店"], "least": 1, "per": "population", "size": 3000}
PER_SAYS = "生活圈每3,000人不少于1个药店（向上取整，至少1个）"
SHARE = {"rule": "share", "least": 0.125, "having": {"chain": True}, "tolerance": 0.02}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (PER, PER_SAYS),
        (PER | {"level": "community"}, "社区每3,000人不少于1个药店（向上取整，至少1个）"),
        (
            PER | {"per": "area_km2", "size": 1, "minimum": 0},
            "生活圈每平方公里不少于1个药店（向上取整）",
        ),
        (PER | {"per": "communities", "size": 1}, "生活圈内每个社区不少于1个药店"),
        (
            {"rule": "count", "trades": ["茶饮咖啡馆", "便利店"], "match": "all", "least": 2},
            "每个生活圈的茶饮咖啡馆、便利店各不少于2个",
        ),
        (
            PER | {"count_mobile": True, "sharing": "strict", "online_substitute": True},
            f"{PER_SAYS}，移动和临时供给也计入，只计范围内，可由线上当日服务替代",
        ),
        (
            {"rule": "ladder", "trades": ["药店"],
             "steps": [{"from": 0, "least": 0}, {"from": 20000, "least": 1, "every": 25000}]},
            "生活圈按常住人口配置药店：20,000人及以上不少于1个，每增加满25,000人再加1个",
        ),
        (
            {"rule": "ladder", "trades": ["药店"],
             "steps": [{"from": 0, "least": 1}, {"from": 20000, "least": 2}]},
            "生活圈按常住人口配置药店：不足20,000人的不少于1个；20,000人及以上不少于2个",
        ),
        (
            {"rule": "ladder", "trades": ["药店"], "rounding": "ceil",
             "steps": [{"from": 0, "least": 1, "every": 1000}]},
            "生活圈按常住人口配置药店：不少于1个，每增加1,000人再加1个（向上取整）",
        ),
        (
            {"rule": "area", "trades": ["健身场地"], "least": 600, "most": 700},
            "生活圈每1,000人的健身场地建筑面积600–700平方米（下限必须达到，超过上限只提示）",
        ),
        (
            {"rule": "site_area", "trades": ["健身场地"], "least": 1200000},
            "生活圈内每处健身场地建筑面积不少于1,200,000平方米",
        ),
        (SHARE, "生活圈内社区商业网点中“连锁”按网点数的占比不少于12.5%（容差2个百分点）"),
        (
            {"rule": "floor_share", "level": "community", "least": 0.05, "tolerance": 0.01},
            "社区商业网点建筑面积占社区总建筑面积的比例不少于5%（容差1个百分点）",
        ),
        (
            {"rule": "measure", "measure": "floor_area_m2", "least": 1200000, "tolerance": 1000},
            "生活圈总建筑面积不少于1,200,000平方米（容差1,000平方米）",
        ),
        (
            {"rule": "grade_share", "level": "district", "grade": "品质型", "least": 0.125,
             "tolerance": 0.02},
            "全区不少于12.5%的生活圈达到品质型及以上（容差2个百分点）",
        ),
        (
            {"rule": "grade_share", "level": "district", "grade": "品质型", "least": 1},
            "全区全部生活圈达到品质型及以上",
        ),
        (
            {"rule": "reach", "trades": ["药店"], "metres": 1000, "share": 0.125},
            "生活圈不少于12.5%的居民步行1,000米内有药店（以1,000米为达标线）",
        ),
        (
            {"rule": "count", "least": 1, "trades":
             ["药店", "银行", "花店", "书店", "洗车行", "理发店", "洗衣店"]},
            "每个生活圈不少于1个药店、银行网点、花店等7种业态",
        ),
    ],
)  # fmt: skip
def test_each_sentence_says_all_that_decides(rule, words):
    assert says(rule) == words


def test_a_tier_is_called_by_its_name_and_what_is_left_out_is_named():
    rule = {"rule": "variety", "tiers": ["basic", "enhanced"], "except": ["洗车行"], "kinds": 2}
    pack = write_standard({"id": "R"} | rule, basic=["药店", "洗车行"], enhanced=["花店", "书店"])
    assert pack.requirements[0].describe() == (
        "每个生活圈配置基本保障类、品质提升类业态（洗车行除外）不少于2种"
    )


def test_names_that_say_the_same_are_said_once():
    text = (
        '[standard]\nid = "x"\ntitle = "x"\n[[trade]]\ntrade = "菜市场"\ntier = "basic"\n'
        'name = "菜市场或生鲜超市"\n[[requirement]]\nid = "R"\nrule = "reach"\nmetres = 500\n'
        'trades = ["菜市场", "生鲜超市"]\n'
    )
    standard, problems = parse_pack(text.encode(), "x.toml")
    assert problems == []
    assert standard.requirements[0].subject == "菜市场或生鲜超市"


def test_a_subject_of_ones_own_is_kept_for_each_trade():
    rule = {"rule": "count", "trades": ["便利店", "药店"], "least": 1, "each": True}
    pack = write_standard({"id": "R", "subject": "基层网点"} | rule)
    assert [one.describe() for one in pack.requirements] == [
        "每个生活圈不少于1个基层网点（便利店）",
        "每个生活圈不少于1个基层网点（药店）",
    ]


def test_only_what_is_asked_for_is_counted_aloud():
    rule = {"rule": "variety", "trades": ["药店", "花店"]}
    facts = unit(shop("pharmacy"), known=["pharmacy", "florist"])
    assert "现有1种，" in judged(rule | {"kinds": 2}, facts).explanation
    assert "现有1类，" in judged(rule | {"classes": 1}, facts).explanation


@pytest.mark.parametrize(
    ("value", "words"),
    [(62346.12412, "62,346"), (0.12345, "0.12"), (999.5, "999.5"), (1.2e6, "1,200,000")],
)
def test_measured_numbers_are_no_more_precise_than_anybody_needs(value, words):
    assert measured_words(value) == words


def test_a_number_is_told_in_full_where_it_would_look_like_the_limit():
    rule = {"rule": "measure", "measure": "density", "most": 25000}
    finding = judged(rule, unit(population=25001, area_km2=1.00002))
    assert "实际25,000.49999人/平方公里，应不多于25,000人/平方公里" in finding.explanation


def test_no_number_is_written_with_an_exponent():
    assert [number_words(n) for n in (1.2e6, 1e13, 12.5, 0.1 + 0.2, 3.0)] == [
        *("1,200,000", "10,000,000,000,000", "12.5", "0.3", "3"),
    ]
    assert [percent_words(n) for n in (0.125, 0.07, 1)] == ["12.5%", "7%", "100%"]
