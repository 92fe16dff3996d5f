"""Ask to whom a requirement applies: words of the city's own, ranges, villages, years, people."""

import pandas as pd
import pytest

import livingcircle as lc
from livingcircle import tables
from livingcircle._rules.packs import parse_pack
from livingcircle.findings import judge
from tests.factories.district import draw_district
from tests.factories.facts import judged
from tests.factories.facts import shop
from tests.factories.facts import unit
from tests.factories.standards import count
from tests.factories.standards import write_standard

PHARMACY = {"rule": "count", "trades": ["pharmacy"], "least": 1}


def verdict(applies, **facts):
    return judged(PHARMACY | {"applies": applies}, unit(shop("pharmacy"), **facts)).verdict


def says(applies):
    pack = write_standard({"id": "R", "applies": applies} | PHARMACY)
    return pack.requirements[0].describe().partition("适用于")[2]


@pytest.mark.parametrize(
    ("asked", "words", "inside", "outside"),
    [
        ([10000, 20000], "常住人口10,000–20,000人", [10000, 20000], [9999, 20001]),
        (
            {"from": 10000, "below": 20000},
            "常住人口不少于10,000人、少于20,000人",
            [10000, 19999],
            [9999, 20000],
        ),
        ({"above": 10000}, "常住人口多于10,000人", [10001], [10000]),
        ({"to": 999}, "常住人口不多于999人", [999], [1000]),
        ([0, 999], "常住人口不多于999人", [0, 999], [1000]),
    ],
)
def test_a_range_may_leave_an_end_out(asked, words, inside, outside):
    assert says({"population": asked}) == words
    assert {verdict({"population": asked}, population=n) for n in inside} == {"served"}
    assert {verdict({"population": asked}, population=n) for n in outside} == {"not_applicable"}
    assert verdict({"population": asked}) == "unknown"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("{ from = 1, above = 2 }", "没有写清范围"),
        ("{ }", "没有写清范围"),
        ("{ from = 3, below = 2 }", "下限3大于上限2"),
        ("{ form = 3 }", "可能想写“from”"),
        ("[30000, 10000]", "从小到大"),
    ],
)
def test_a_range_that_is_none_is_told(asked, told):
    text = (
        '[standard]\nid = "x"\ntitle = "x"\n[[requirement]]\nid = "R"\nrule = "count"\nleast = 1\n'
        f'trades = ["药店"]\napplies = {{ population = {asked} }}\n'
    )
    said = [str(one) for one in parse_pack(text.encode(), "x.toml")[1]]
    assert any(told in one for one in said), said


def test_villages_have_rules_of_their_own():
    village = {"community_kinds": ["村"]}
    assert verdict(village, community_kind="village") == "served"
    assert verdict(village, community_kind="community") == "not_applicable"
    assert verdict(village) == "unknown"
    assert says(village) == "社区类别为村"


@pytest.mark.parametrize(
    ("years", "answer"),
    [
        ((1990, 2000), "served"),
        ((2001, 2010), "not_applicable"),
        ((1990, 2001), "unknown"),
        (None, "unknown"),
    ],
)
def test_all_of_a_units_communities_were_built_by_a_year(years, answer):
    assert verdict({"built_year": [0, 2000]}, built_years=years) == answer


def test_years_are_written_as_years():
    assert says({"built_year": [0, 2000]}) == "建成年份不晚于2000年"
    assert says({"built_year": [1980, 2000]}) == "建成年份不早于1980年、不晚于2000年"
    assert says({"built_year": {"below": 2000}}) == "建成年份早于2000年"


def test_heads_are_shares_of_the_people():
    many = {"elders": [500, float("inf")]}
    assert verdict(many, population=2000, ages={"60_plus": 0.25}) == "served"
    assert verdict(many, population=1998, ages={"60_plus": 0.25}) == "served"  # 499.5 is 500
    assert verdict(many, population=1990, ages={"60_plus": 0.25}) == "not_applicable"
    assert verdict(many, population=2000) == "unknown"
    assert says({"age_80_plus": [100, float("inf")]}) == "80岁及以上人口不少于100人"


def test_a_number_per_elders():
    per = PHARMACY | {"per": "age_60_plus", "size": 300}
    facts = unit(shop("pharmacy"), known=["pharmacy"], population=2000, ages={"60_plus": 0.3})
    finding = judged(per, facts)
    assert (finding.verdict, finding.required) == ("lacking", 2)
    assert "每300名60岁及以上居民不少于1个药店" in finding.explanation


def test_half_a_per_cent_is_not_rounded_away():
    asked = {"ages_any": [{"age": "60_plus", "more_than": 0.325}]}
    assert says(asked) == "60岁及以上人口占比超过32.5%"


KINDS = (
    '[standard]\nid = "x"\ntitle = "x"\nkinds = { industrial = "产业社区" }\n'
    'subtypes = { tod = "轨道交通" }\n[[requirement]]\nid = "R"\nrule = "count"\nleast = 1\n'
    'trades = ["药店"]\napplies = { kinds = ["产业社区"] }\n'
)


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("产业社区", "served"),
        ("industrial", "served"),
        ("产业社区生活圈", "served"),
        ("old_town", "not_applicable"),
        ("老城区住宅", "not_applicable"),
        ("乡村社区", "unknown"),
        ("", "unknown"),
    ],
)
def test_kinds_of_the_citys_own_are_known_by_code_or_name(kind, answer):
    standard, problems = parse_pack(KINDS.encode(), "x.toml")
    assert problems == []
    finding = judge(standard.requirements[0], unit(shop("pharmacy"), kind=kind), standard)
    assert finding.verdict == answer
    if kind == "乡村社区":
        assert finding.reason == "无法判断是否适用：标准里没有生活圈类型“乡村社区”"


def test_the_table_of_circles_keeps_a_kind_that_only_a_standard_knows():
    cells = {
        "生活圈名称": ["甲圈", "乙圈"],
        "生活圈类型": ["产业社区", "老城区"],
        "亚类": ["轨道交通", "高校"],
    }
    checked = tables.check("circles", pd.DataFrame(cells), file="a.xlsx")
    assert checked.rows["kind"].tolist() == ["产业社区", "old_town"]
    assert checked.rows["subtype"].tolist() == ["轨道交通", "university"]
    assert [issue.severity for issue in checked.issues] == ["warning"] * 2
    assert "“产业社区”不是自带的生活圈类型，照原样保留" in checked.issues[0].problem


def test_villages_years_and_a_circles_own_households_are_read_from_the_tables():
    own = tables.conform("circles", draw_district().circles.assign(households=[700.0, None]))
    district = draw_district(
        doors=[(500, 0, 100), (1500, 0, 100)],
        complete=["pharmacy"],
        west={"kind": "village", "built_year": 1995, "households": 300, "zone": "老城区"},
        east={"kind": "community", "built_year": 2015, "households": 300, "zone": "新城"},
        circles=own,
    )
    pack = write_standard(
        count("pharmacy", name="old", level="community", applies={"built_year": [0, 2000]}),
        count("pharmacy", name="village", level="community", applies={"community_kinds": ["村"]}),
        count("pharmacy", name="per", per="households", size=300),
        count("pharmacy", name="zone", level="community", applies={"zones": ["老城"]}),
    )
    assessment = lc.assess(district, pack)
    found = assessment.findings.set_index(["requirement_id", "unit_id"])
    assert found["verdict"]["old", "m1"] == found["verdict"]["village", "m1"] == "lacking"
    assert found["verdict"]["old", "m2"] == found["verdict"]["village", "m2"] == "not_applicable"
    assert found["required"]["per", "c1"] == 3  # 700 households, whatever the community says
    assert found["required"]["per", "c2"] == 1
    assert found["reason"]["zone", "m1"] == "只适用于区位为老城的单元，这里的区位是老城区"
    assert any("社区表里写的有：新城、老城区" in one for one in assessment.issues["problem"])


@pytest.mark.parametrize("word", ["街道", "乡镇", "镇", "街道（乡镇）", "subdistrict"])
def test_a_township_is_a_subdistrict(word):
    one = write_standard(count("pharmacy", level=word)).requirements[0]
    assert one.level == "subdistrict"
    assert one.describe() == "每个街道（乡镇）不少于1个药店"
