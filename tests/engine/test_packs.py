"""Write plans of invented cities as packs, and judge them on cases checkable by pencil."""

from datetime import date

import pandas as pd
import pytest

from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.facts import read_register
from livingcircle._rules.packs import parse_pack
from livingcircle.errors import StandardError
from livingcircle.findings import judge
from livingcircle.standards import load_standard
from livingcircle.standards import minimum_counts
from livingcircle.standards import validate

LINJIANG = """
[standard]
id = "linjiang"
title = "临江市一刻钟便民生活圈配置导则"
document = "临商〔2024〕5号"
kinds = { industrial = "产业园区" }

[defaults]
grades = ["三星", "四星", "五星"]
community_sharing = "strict"
circle_sharing = "strict"

[[trade]]
trade = "便利店"
tier = "基本保障类"
level = "社区"
[[trade]]
trade = "药店"
tier = "基本保障类"
[[trade]]
trade = "菜市场"
tier = "基本保障类"

[[requirement]]
id = "per_households"
level = "社区"
rule = "count"
trades = ["便利店"]
least = 1
per = "households"
size = 1000
text = "每1000户不少于1个便利店"

[[requirement]]
id = "ladder"
level = "社区"
rule = "ladder"
trades = ["药店"]
steps = [{ from = 0, least = 1 }, { from = 100000, least = 2 }]
text = "10万人以上社区2个药店"

[[requirement]]
id = "all_day"
rule = "count"
trades = ["药店"]
least = 1
where = { all_day = true }
text = "每个生活圈至少1家24小时药店"

[[requirement]]
id = "either"
rule = "reach"
trades = ["菜市场", "生鲜超市"]
metres = 500
share = 0.9
text = "90%的居民500米内有菜市场或生鲜超市"

[[requirement]]
id = "apart"
level = "全区"
rule = "separation"
trades = ["菜市场"]
metres = 800
text = "相邻菜市场间距不小于800米"

[[requirement]]
id = "no_car_wash"
level = "社区"
rule = "prohibited"
trades = ["洗车行"]
applies = { kinds = ["产业园区"] }
text = "产业园区生活圈内不得设置洗车行"

[[requirement]]
id = "graded"
level = "全区"
rule = "grade_share"
grade = "四星"
least = 0.8
text = "80%的生活圈达到四星以上"

[[requirement]]
id = "built"
level = "全区"
rule = "target"
steps = [{ by = 2023-12-31, least = 30 }, { by = 2024-12-31, added = 30 }]
text = "2023年底30个，2024年底累计60个"

[[requirement]]
id = "canteen"
level = "街道"
rule = "count"
trades = ["社区食堂"]
least = 1
per = "population"
size = 20000
rounding = "floor"
minimum = 0
text = "每2万人1个社区食堂"

[[requirement]]
id = "both"
rule = "count"
trades = ["便利店", "药店"]
match = "all"
least = 1
where = { step_free = true, area_min = 40 }
text = "均应设置有无障碍出入口、40平方米以上的便利店和药店"

[[requirement]]
id = "words"
rule = "text"
text = "坚持问需于民"
"""
KNOWN = frozenset({"convenience_store", "pharmacy", "wet_market", "car_wash", "community_canteen"})


@pytest.fixture(scope="module")
def linjiang():
    standard, problems = parse_pack(LINJIANG.encode(), "linjiang.toml")
    assert [str(one) for one in problems] == []
    return standard


def outlets(*rows):
    """Return outlets given as (trade, attributes), numbered in order."""
    index = pd.Index([f"o{n}" for n in range(len(rows))], name="outlet_id")
    held = [{"trades": frozenset([t]), **more} for t, more in rows]
    return pd.DataFrame(held, index=index, columns=None if rows else ["trades"])


def found(standard, requirement_id, *rows, known=KNOWN, **facts):
    one = standard.requirement(requirement_id)
    unit = UnitFacts(
        level=one.level,
        unit_id="u",
        unit_name="单元",
        inside=read_register(outlets(*rows)),
        known_trades=known,
        **facts,
    )
    return judge(one, unit, standard)


@pytest.mark.parametrize(("households", "needed"), [(1, 1), (1000, 1), (1001, 2), (2500, 3)])
def test_a_count_per_thousand_households_rounds_up(linjiang, households, needed):
    one = found(linjiang, "per_households", households=households)
    assert (one.verdict, one.required, one.shortfall) == ("lacking", needed, needed)


def test_households_nobody_reported_leave_the_count_open_unless_there_is_none(linjiang):
    some = ("convenience_store", {})
    assert found(linjiang, "per_households", some).verdict == "unknown"
    assert found(linjiang, "per_households").verdict == "lacking"  # one at the very least
    assert found(linjiang, "per_households", known=frozenset()).verdict == "unknown"


@pytest.mark.parametrize(("people", "needed"), [(99_999, 1), (100_000, 2), (400_000, 2)])
def test_a_ladder_steps_up_at_its_size(linjiang, people, needed):
    one = found(linjiang, "ladder", ("pharmacy", {}), population=people)
    assert one.required == needed
    assert one.verdict == ("served" if needed == 1 else "lacking")


@pytest.mark.parametrize(
    ("hours", "verdict"),
    [("24小时", "served"), ("00:00-24:00", "served"), ("8:00-20:00", "lacking"), (None, "unknown")],
)
def test_an_all_day_pharmacy_is_known_by_its_hours(linjiang, hours, verdict):
    assert found(linjiang, "all_day", ("pharmacy", {"hours": hours})).verdict == verdict


@pytest.mark.parametrize(
    ("people", "verdict"),
    [((90, 10, 0), "served"), ((80, 11, 9), "lacking"), ((80, 5, 15), "unknown")],
)
def test_reach_for_nine_in_ten_counts_people(linjiang, people, verdict):
    assert found(linjiang, "either", reach={"either": people}).verdict == verdict


@pytest.mark.parametrize(("metres", "verdict"), [(799.9, "lacking"), (800.0, "served")])
def test_markets_stand_at_least_800_metres_apart(linjiang, metres, verdict):
    pair = [("wet_market", {"x": 0.0, "y": 0.0}), ("wet_market", {"x": metres, "y": 0.0})]
    assert found(linjiang, "apart", *pair).verdict == verdict


def test_a_ban_needs_the_kind_and_a_complete_register(linjiang):
    shop = ("car_wash", {})
    assert found(linjiang, "no_car_wash", shop, kind="industrial").verdict == "lacking"
    assert found(linjiang, "no_car_wash", kind="industrial").verdict == "served"
    assert found(linjiang, "no_car_wash", kind="industrial", known=frozenset()).verdict == "unknown"
    assert found(linjiang, "no_car_wash", shop, kind="old_town").verdict == "not_applicable"
    assert found(linjiang, "no_car_wash", shop).verdict == "unknown"


@pytest.mark.parametrize(
    ("grades", "verdict"),
    [("四五四五三", "served"), ("四五三五三", "lacking"), ("四五三五？", "unknown")],
)
def test_four_in_five_circles_reach_a_grade_of_the_citys_own(linjiang, grades, verdict):
    children = tuple((str(n), None if g == "？" else f"{g}星") for n, g in enumerate(grades))
    assert found(linjiang, "graded", children=children).verdict == verdict


def test_a_target_counts_up_and_may_be_exceeded(linjiang):
    def at(day, *progress):
        return found(linjiang, "built", on=day, progress={"built": progress})

    assert at(date(2023, 6, 1)).verdict == "not_applicable"
    assert at(date(2024, 12, 31)).verdict == "unknown"
    late = at(date(2024, 12, 31), (date(2024, 12, 1), 59))
    assert (late.verdict, late.required, late.shortfall) == ("lacking", 60, 1)
    assert at(date(2024, 12, 31), (date(2024, 12, 1), 75)).verdict == "served"
    assert at(date(2024, 12, 30), (date(2024, 12, 1), 30)).required == 30


@pytest.mark.parametrize(("people", "needed"), [(19_999, 0), (20_000, 1), (59_999, 2)])
def test_one_rule_may_round_otherwise_than_its_pack(linjiang, people, needed):
    assert found(linjiang, "canteen", population=people).required == needed


def test_every_trade_is_asked_for_with_its_attributes(linjiang):
    good = {"step_free": True, "area_m2": 40.0}
    shop, chemist = ("convenience_store", good), ("pharmacy", good)
    assert found(linjiang, "both", shop, chemist).verdict == "served"
    assert found(linjiang, "both", shop).verdict == "lacking"
    small = ("pharmacy", {"step_free": True, "area_m2": 39.9})
    assert found(linjiang, "both", shop, small).verdict == "lacking"
    unsaid = ("pharmacy", {"step_free": pd.NA, "area_m2": 40.0})
    assert found(linjiang, "both", shop, unsaid).verdict == "unknown"


def test_text_is_kept_and_never_counts_as_met(linjiang):
    one = found(linjiang, "words")
    assert one.verdict == "not_applicable"
    assert "不作判定" in one.explanation
    assert "坚持问需于民" in linjiang.describe()


def test_least_numbers_follow_households_too(linjiang):
    circles = pd.DataFrame(
        [{"name": "甲圈", "community_count": 2, "population": 9000, "households": 3400}]
    )
    least = minimum_counts(circles, linjiang).set_index("requirement_id")["required"]
    assert least["per_households"] == 4  # no split of 3,400 households asks for fewer
    assert least["ladder"] == 2


def test_all_mistakes_of_a_pack_are_told_at_once_each_with_its_place(tmp_path):
    text = LINJIANG.replace('match = "all"', 'macth = "all"').replace(
        "metres = 800", 'metres = "x"'
    )
    text = text.replace('trades = ["洗车行"]', 'trades = ["洗飞机店"]').replace(
        'grade = "四星"', 'grade = "六星"'
    )
    path = tmp_path / "坏.toml"
    path.write_text(text, "utf-8")
    told = validate(path)
    for place, word in (
        ("both", "macth"),
        ("apart", "metres"),
        ("no_car_wash", "洗飞机店"),
        ("graded", "六星"),
    ):
        assert any(place in one and word in one and "坏.toml" in one for one in told), (place, told)
    assert any("可能想写“match”" in one for one in told)
    with pytest.raises(StandardError, match="validate"):
        load_standard(path)


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        (["vegetable", "pharmacy", "laundry", "florist"], "served"),
        (["vegetable", "pharmacy", "laundry", "fishing_tackle"], "served"),
        (["vegetable", "pharmacy", "laundry", "bakery"], "lacking"),
        (["vegetable", "pharmacy", "florist", "bakery"], "lacking"),
        ([], "unknown"),
    ],
)
def test_a_miyun_centre_holds_three_basic_trades_and_one_of_the_districts_own(parts, verdict):
    inside = [(trade, {"service_centre_id": "o0"}) for trade in parts]
    miyun = load_standard("miyun_2023")
    assert found(miyun, "centre_parts", ("service_centre", {}), *inside).verdict == verdict


@pytest.mark.parametrize(
    "sentence",
    [
        "须优先配齐、配优",
        "进行有选择的差异化配置",
        "社区生鲜-本地农场-生态旅游体验的商业模式",
        "大型菜市场建筑面积最小规模为2000~2500平方米/每处",
        "不单独占地",
        "细分为15分钟（800-1000米）、10分钟（500米）、5分钟（200-300米）三种可达类型",
        "应遵循以下3点优先原则",
        "成年人设施群（文化、体育设施-购物中心-各类开放空间）",
        "充分考虑空间限制，灵活布置网点",
        "打造街区商业服务示范区",
        "尽量减少在社区围墙内封闭区域配置社区便民商业设施",
        "探索“政府建设、企业运营”、“企业投资、政府奖励”等市场化驱动模式",
        "成年兴趣培训、职业培训中心等业态",
        "建议配置老年餐桌、老年人活动中心、老年学校等商业设施",
    ],
)
def test_no_sentence_of_miyuns_annex_is_dropped(sentence):
    miyun = load_standard("miyun_2023")
    holders = [one for one in miyun.requirements if sentence in one.text]
    assert holders
    assert all(one.clause.startswith("附件1.1") for one in holders)


def test_beijings_indicators_change_on_the_day_the_new_ones_come_into_force():
    def indicators(day):
        in_force = load_standard("beijing_eight").on(day).requirements
        return {one.id for one in in_force if one.id.startswith("indicators_")}

    assert indicators(date(2025, 11, 30)) == {"indicators_2015"}
    assert indicators(date(2025, 12, 1)) == {"indicators_2025"}


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("qingdao_2022", [15, 35, 65, 115, 175]),
        ("xicheng_ten_minute", [25, 40, 50]),
        ("miyun_2023", [9, 17, 21]),
    ],
)
def test_yearly_numbers_add_up_to_the_plans_total(name, numbers):
    rule = load_standard(name).requirement("targets").rule
    assert [one.least for one in rule.milestones] == numbers
