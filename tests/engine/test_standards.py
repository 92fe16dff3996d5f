"""Check bundled standards, and the least numbers Miyun's 21 circles need (密云 附件1.1, 1.3)."""

from datetime import date

import pandas as pd
import pytest

from livingcircle.errors import StandardError
from livingcircle.standards import available_standards
from livingcircle.standards import load_standard
from livingcircle.standards import minimum_counts
from livingcircle.standards import validate
from tests.factories.standards import count
from tests.factories.standards import write_standard

MIYUN_CIRCLES = [
    ("檀城社区生活圈", "新兴住宅生活圈", 3, 18717),
    ("花园社区生活圈", "老城区住宅生活圈", 3, 13092),
    ("果园生活圈", "老城区住宅生活圈", 2, 18000),
    ("康居生活圈", "老城区住宅生活圈", 2, 4940),
    ("久润生活圈", "老城区住宅生活圈", 2, 12000),
    ("长安社区生活圈", "商业文化生活圈", 3, 16732),
    ("鼓楼社区生活圈", "商业文化生活圈", 3, 14299),
    ("宾阳社区生活圈", "老城区住宅生活圈", 3, 17056),
    ("宾阳里社区生活圈", "老城区住宅生活圈", 3, 17929),
    ("季庄生活圈", "老城区住宅生活圈", 3, 13000),
    ("阳光社区生活圈", "新兴住宅生活圈", 2, 13116),
    ("太扬家园社区生活圈", "新兴住宅生活圈", 2, 9542),
    ("御东园社区生活圈", "新兴住宅生活圈", 4, 19643),
    ("云秀社区生活圈", "新兴住宅生活圈", 3, 14613),
    ("兴云生活圈", "老城区住宅生活圈", 3, 12000),
    ("学府生活圈", "老城区住宅生活圈", 2, 7000),
    ("密西生活圈", "老城区住宅生活圈", 2, 13000),
    ("瑞和园生活圈", "新兴住宅生活圈", 1, 8000),
    ("上河湾生活圈", "新兴住宅生活圈", 3, 10000),
    ("檀营生活圈", "老城区住宅生活圈", 2, 11000),
    ("密云镇北区生活圈", "城乡结合部生活圈", 5, 7900),
]


def circles(rows=MIYUN_CIRCLES):
    return pd.DataFrame(rows, columns=["name", "kind", "community_count", "population"])


def miyun_with(rounding, minimum=1):
    """Return the least numbers under another way of rounding, everything else as bundled."""
    asked = [
        count("breakfast", per="population", size=3000, rounding=rounding, minimum=minimum),
        count("pharmacy", per="population", size=7000, rounding=rounding, minimum=minimum),
    ]
    return minimum_counts(circles(), write_standard(*asked)).groupby("trade")["required"].sum()


def test_the_list_of_circles_is_the_plans():
    listed = circles()
    assert len(listed) == 21
    assert listed["population"].sum() == 271_579
    assert listed["community_count"].sum() == 56


def test_miyun_needs_742_outlets_at_least():
    least = minimum_counts(circles(), load_standard("miyun_2023"))
    by_trade = least.groupby("trade")["required"].sum()
    by_circle = least.groupby("circle")["required"].sum()
    assert least["required"].sum() == 742
    assert by_trade["breakfast"] == 99
    assert by_trade["pharmacy"] == 48
    assert by_trade["vegetable"] == 2 * 56
    assert by_trade["convenience_store"] == 56
    assert by_trade["service_centre"] == 21
    assert by_circle["瑞和园生活圈"] == 20
    assert by_circle["密云镇北区生活圈"] == 52
    assert len(by_trade) == 16


@pytest.mark.parametrize(
    ("rounding", "minimum", "breakfast", "pharmacy"),
    [("ceil", 1, 99, 48), ("floor", 0, 81, 28), ("round", 0, 91, 40), ("floor", 1, 81, 29)],
)
def test_other_roundings_ask_for_fewer(rounding, minimum, breakfast, pharmacy):
    least = miyun_with(rounding, minimum)
    assert (least["breakfast"], least["pharmacy"]) == (breakfast, pharmacy)


def test_a_size_nobody_reported_leaves_the_number_open():
    rows = [("甲圈", "", 2, None), ("乙圈", "", None, 3001)]
    least = minimum_counts(circles(rows), load_standard("miyun_2023"))
    table = least.pivot_table(
        index="circle", columns="trade", values="required", aggfunc="first", dropna=False
    )
    assert pd.isna(table.loc["甲圈", "breakfast"])
    assert table.loc["甲圈", "vegetable"] == 4
    assert pd.isna(table.loc["乙圈", "vegetable"])
    assert table.loc["乙圈", "breakfast"] == 2


def test_what_is_missing_is_named():
    rows = circles([("甲圈", "", 2, None), ("乙圈", "", None, 3001)])
    old = {"kinds": ["老城区住宅"]}
    pack = write_standard(
        count("breakfast", per="population", size=3000),
        count("pharmacy", per="households", size=1000, level="community"),
        count("bank", applies=old),
    )
    least = minimum_counts(rows, pack).set_index(["circle", "trade"])["missing"]
    assert least["甲圈", "breakfast"] == "常住人口"
    assert least["乙圈", "breakfast"] == ""
    assert least["乙圈", "pharmacy"] == "户数、社区数"
    assert least["甲圈", "bank"] == "生活圈类型"


def test_households_of_a_circle_count():
    rows = circles([("甲圈", "", 2, 9000)]).assign(households=4500, dwellings=4600)
    pack = write_standard(
        count("pharmacy", per="households", size=1000), count("bank", per="dwellings", size=2000)
    )
    assert minimum_counts(rows, pack)["required"].tolist() == [5, 3]


def test_a_largest_number_is_no_least_number():
    pack = write_standard(
        {"id": "few", "rule": "count", "level": "circle", "trades": ["breakfast"], "most": 3},
        count("pharmacy"),
    )
    assert minimum_counts(circles(), pack)["trade"].unique().tolist() == ["pharmacy"]


def test_only_what_is_in_force_on_the_day_is_counted():
    pack = write_standard(
        count("pharmacy", valid_to=date(2024, 12, 31)),
        count("pharmacy", name="more", least=2, valid_from=date(2025, 1, 1)),
        {"id": "near", "rule": "reach", "trades": ["pharmacy"], "metres": 300,
         "valid_to": date(2024, 12, 31)},
        {"id": "far", "rule": "reach", "trades": ["pharmacy"], "metres": 500},
    )  # fmt: skip

    def asked(on):
        return minimum_counts(circles(MIYUN_CIRCLES[:1]), pack, on)["required"].tolist()

    assert asked(None) == [1, 2]
    assert asked(date(2024, 12, 31)) == [1]
    assert asked(date(2025, 1, 1)) == [2]
    assert pack.reach("pharmacy").id == pack.reach("pharmacy", date(2024, 6, 1)).id == "near"
    assert pack.reach("pharmacy", date(2025, 6, 1)).id == "far"


def test_only_the_empty_form_is_blank():
    blank = [name for name in available_standards() if load_standard(name).blank]
    assert blank == ["template_401_2023"]


def test_miyun_sorts_16_basic_and_35_enhanced_trades_in_6_groups():
    standard = load_standard("miyun_2023")
    tiers = pd.Series([row.tier for row in standard.trades]).value_counts()
    groups = pd.Series([row.group for row in standard.trades if row.tier == "enhanced"])
    assert tiers["basic"] == 16
    assert tiers["enhanced"] == 35
    assert groups.value_counts().to_dict() == {
        "购物消费类": 10,
        "餐饮服务类": 5,
        "健康养生类": 3,
        "文化体育类": 5,
        "社交娱乐类": 3,
        "生活服务类": 9,
    }


def test_community_level_trades_are_those_of_the_plan():
    standard = load_standard("miyun_2023")
    named = {row.name for row in standard.trades if row.level == "community"}
    assert named == {
        *("菜篮子", "便利店", "社区超市", "理发店", "末端配送（快递柜）", "自助取水机"),
        *("物业服务点", "自动贩售机", "智慧商店", "社区食堂", "社区养老服务机构"),
        "托育机构（含托育点）",
    }


@pytest.mark.parametrize("name", available_standards())
def test_every_bundled_pack_is_sound_and_cites_its_clauses(name):
    assert validate(name) == []
    standard = load_standard(name)
    assert standard.id == name
    for one in standard.requirements:
        assert one.clause, one.id
        assert one.text, one.id
        assert one.trades or one.title, one.id
        assert one.document, one.id
        assert one.describe(), one.id


def test_available_standards_are_the_promised_ones():
    assert {
        *("miyun_2023", "national_247_2021", "national_2023", "beijing_eight"),
        *("xicheng_ten_minute", "qingdao_2022", "template_401_2023"),
    } <= set(available_standards())


@pytest.mark.parametrize("name", ["", "青岛", "没有.toml", "../pyproject"])
def test_a_pack_that_is_not_there_is_named_with_what_there_is(name):
    with pytest.raises(StandardError) as told:
        load_standard(name)
    assert "miyun_2023" in str(told.value)
    with pytest.raises(StandardError):
        validate(name)


@pytest.mark.parametrize(
    ("sentence", "clause"),
    [
        ("优质品牌（新消费品牌、网红品牌、国际品牌、老字号）网点占比不低于15%", "一（二）"),
        ("基本完成覆盖城区的21个便民生活圈的范围划定及分类工作", "三（一）二"),
        ("推动步行服务盲区便民商业服务的全覆盖", "三（三）"),
        ("要利用好现有的车棚、车库等资源", "三（四）一"),
        ("健康养生类设施为必备配置", "三（五）二"),
        ("搭载代扣代缴、代收代发、打印复印等便民服务", "三（六）二"),
        ("按照信用等级进行分类管理", "三（八）二"),
        ("完成9-10个便民生活圈建设", "附件1.2 二"),
    ],
)
def test_the_plans_goals_and_steps_are_kept_in_its_own_words(sentence, clause):
    standard = load_standard("miyun_2023")
    assert clause in {one.clause for one in standard.requirements if sentence in one.text}
