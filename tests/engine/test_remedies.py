"""Word what to do about each shape of rule that is not met."""

import math

import pytest

import livingcircle as lc
from livingcircle._rules.remedies import Missed
from livingcircle._rules.remedies import remedy
from tests.factories.district import draw_district
from tests.factories.standards import count
from tests.factories.standards import write_standard

PHARMACY = {"rule": "count", "trades": ["药店"], "least": 1}
CHAIN = {"rule": "share", "least": 0.3, "having": {"chain": True}}
NAN = math.nan


def todo(requirement, *numbers, enhanced=()):
    pack = write_standard({"id": "R", "level": "circle"} | requirement, enhanced=enhanced)
    return remedy(pack.requirements[0], Missed(*numbers))


@pytest.mark.parametrize(
    ("rule", "numbers", "words"),
    [
        (PHARMACY, (2, 0, 2, "个"), "增设药店2个"),
        (PHARMACY, (1, 0.5, 0.5, "个"), "增设药店1个"),
        (PHARMACY | {"where": {"all_day": True}}, (1, 0, 1, "个"), "增设24小时营业的药店1个"),
        (
            PHARMACY | {"where": {"area_min": 60, "step_free": True}},
            (1, 0, 1, "个"),
            "增设建筑面积不少于60平方米、有无障碍出入口的药店1个",
        ),
        (
            PHARMACY | {"trades": ["药店", "银行"], "match": "all"},
            (2, 1, 1, "个"),
            "补齐药店、银行网点，共缺1个",
        ),
        (PHARMACY, (NAN, 0, NAN, "个"), "补上药店"),
        (PHARMACY | {"least": 0, "most": 1}, (1, 3, 0, "个"), "药店减少2个"),
        (
            {"rule": "ladder", "trades": ["药店"], "steps": [{"from": 0, "least": 1}]},
            (1, 0, 1, "个"),
            "增设药店1个",
        ),
        (
            {"rule": "reach", "trades": ["药店"], "metres": 300, "where": {"all_day": True}},
            (100, 50, 50, "%"),
            "在够不着的楼门附近增设24小时营业的药店",
        ),
        (
            {"rule": "variety", "trades": ["药店", "花店"], "kinds": 2},
            (2, 1, 1, "种"),
            "在药店、花店中增加1种",
        ),
        (
            {"rule": "prohibited", "trades": ["洗车行"]},
            (0, 2, NAN, "个"),
            "调整迁出不得设置的洗车行2个",
        ),
        (
            {"rule": "separation", "trades": ["菜市场"], "metres": 800},
            (800, 255.4, 544.6, "米"),
            "把相距不足800米的菜市场错开，现最近255.4米",
        ),
        (
            {"rule": "separation", "trades": ["彩票销售点"], "to": ["托育机构"], "metres": 200},
            (200, 99, 101, "米"),
            "把与托育机构相距不足200米的彩票销售点错开，现最近99米",
        ),
        (
            {"rule": "composite", "trades": ["综合体"], "area": 1000},
            (3, 1, 2, "处"),
            "使2处社区便民商业服务综合体的业态构成、面积达到规定",
        ),
        (
            {"rule": "site_area", "trades": ["药店"], "least": 50},
            (3, 1, 2, "处"),
            "使2处药店的面积达到规定",
        ),
        (
            {"rule": "area", "trades": ["药店"], "least": 600},
            (1200, 200, 1000, "平方米"),
            "药店建筑面积增加1,000平方米",
        ),
        (
            {"rule": "area", "trades": ["药店"], "most": 600},
            (600, 700, 0, "平方米"),
            "药店建筑面积减少100平方米",
        ),
        (
            {"rule": "floor_share", "least": 0.1},
            (10, 8, 2, "%"),
            "社区商业网点建筑面积占比提高2.0个百分点",
        ),
        (CHAIN, (30, 0, 30, "%"), "连锁化率提高30.0个百分点"),
        (
            CHAIN | {"trades": ["便利店", "早餐店"]},
            (30, 28.4, 1.6, "%"),
            "便利店或早餐店的连锁化率提高1.6个百分点",
        ),
        (CHAIN | {"having": {"online": True}}, (30, 20, 10, "%"), "线上入驻率提高10.0个百分点"),
        (
            {"rule": "share", "most": 0.1, "having": {"supply": ["mobile"]}},
            (10, 50, 0, "%"),
            "供给方式为移动的网点占比降低40.0个百分点",
        ),
        (
            {"rule": "share", "most": 0.3, "having": {"trades": ["餐饮"]}},
            (30, 36.4, 0, "%"),
            "大众餐饮店占比降低6.4个百分点",
        ),
        (
            {
                "rule": "share",
                "trades": ["花店", "餐饮"],
                "most": 0.3,
                "having": {"trades": ["餐饮"]},
            },
            (30, 36.4, 0, "%"),
            "花店或大众餐饮店中大众餐饮店占比降低6.4个百分点",
        ),
        (
            {"rule": "measure", "measure": "area_km2", "least": 0.1, "most": 1.5},
            (0.1, 0.0512, 0.0488, "平方公里"),
            "把面积从0.05平方公里调到不少于0.1平方公里",
        ),
        (
            {"rule": "measure", "measure": "density", "most": 25000},
            (25000, 62346.12412, 37346.12412, "人/平方公里"),
            "把人口密度从62,346人/平方公里调到不多于25,000人/平方公里",
        ),
        (
            {"rule": "measure", "measure": "s", "label": "满意度", "unit": "%", "least": 0.9},
            (90, 88.5, 1.5, "%"),
            "满意度提高1.5个百分点，现为88.5%",
        ),
        (
            {"rule": "measure", "measure": "s", "label": "空置率", "unit": "%", "most": 0.1},
            (10, 12.5, 0, "%"),
            "空置率降低2.5个百分点，现为12.5%",
        ),
        (
            {"rule": "grade_share", "level": "district", "grade": "提升型", "least": 0.8},
            (80, 60, 20, "%"),
            "提升型及以上的生活圈占比提高20.0个百分点",
        ),
        (
            {"rule": "target", "steps": [{"by": "2024-12-31", "least": 60}]},
            (60, 45, 15, "个"),
            "再完成15个",
        ),
        ({"rule": "qualitative", "question": "是否建立台账"}, (), "落实“是否建立台账”"),
    ],
)
def test_each_rule_words_its_own_remedy(rule, numbers, words):
    assert todo(rule, *numbers).words == words


def test_a_share_of_a_tier_is_called_by_it():
    share = {"rule": "share", "least": 0.25, "having": {"tiers": ["enhanced"]}}
    said = todo(share, 25, 20, 5, "%", enhanced=["florist"]).words
    assert said == "品质提升类占比提高5.0个百分点"


def test_what_is_too_much_or_too_close_is_never_answered_by_adding():
    assert todo(PHARMACY | {"least": 0, "most": 1}, 1, 3, 0, "个").fewer
    apart = {"rule": "separation", "trades": ["菜市场"], "metres": 800}
    assert todo(apart, 800, 255, 545, "米").fewer
    assert todo(PHARMACY, 1, 0, 1, "个").adds


def test_gaps_carry_the_words():
    district = draw_district(
        [(100, 0, ["pharmacy"], {"hours": "8:00-20:00"})], [(100, 0, 10)], complete=["pharmacy"]
    )
    asked = [
        count("pharmacy", name="night", where={"all_day": True}),
        {"id": "g", "rule": "grade", "grades": [{"grade": "基础型", "requires": ["night"]}]},
        {
            "id": "share",
            "rule": "children_share",
            "level": "district",
            "requirement": "night",
            "least": 0.8,
        },
    ]
    gaps = lc.assess(district, write_standard(*asked)).gaps
    west = gaps[gaps["unit_id"] != "c2"].set_index("requirement_id")["remedy"]
    night = "每个生活圈不少于1个药店（24小时营业）"
    assert west["night"] == "增设24小时营业的药店1个"
    assert west["g"] == f"逐项补齐：基础型还缺：{night}"
    assert west["share"] == f"达到“{night}”的生活圈占比提高80.0个百分点"
