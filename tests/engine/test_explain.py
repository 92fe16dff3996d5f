"""Check that every answer names its rule, clause, numbers, outlets and the way there."""

import functools
from dataclasses import replace

import pytest

from livingcircle.assessment import assess
from livingcircle.errors import AssessmentError
from livingcircle.explain import explain_verdict
from livingcircle.explain import nearest_routes
from livingcircle.tables import empty
from tests.factories.district import draw_district
from tests.factories.standards import count
from tests.factories.standards import reach
from tests.factories.standards import write_standard
from tests.factories.streets import draw_streets

STREETS = draw_streets([(-500, 0), (500, 0)], [(500, 0), (2500, 0)], name=["西街", "东街"])
SHOPS = [
    (300, 30, ["pharmacy"], {"name": "康民药店"}),
    (1400, 0, ["pharmacy"], {"name": "东街药店"}),
    (110, 0, ["pharmacy"], {"name": "送药车", "supply": "mobile"}),
]


@functools.cache
def run(*, streets=True, complete=("pharmacy",)):
    """Return the assessment of two doors and three shops along two streets."""
    roads = STREETS if streets else empty("streets")
    doors = [(100, 12, 40), (900, 0, 60)]
    district = draw_district(SHOPS, doors, complete=complete, streets=roads)
    standard = write_standard(count("pharmacy", per="population", size=40), reach("pharmacy"))
    return assess(district, standard)


def test_door_names_rule_clause_distance_leg_outlets_and_way():
    said = explain_verdict(run(), "d00", "pharmacy")
    assert said[0] == "楼门楼0，药店：已覆盖。"
    assert said[1] == "  规定：生活圈居民步行200–300米内有药店（以300米为达标线）（手写三）"
    assert "沿道路步行最近242米" in said[2]
    assert "服务半径近端内0家、远端内1家" in said[2]
    assert said[3] == "  楼门到西街直线12米，已计入。"
    assert said[4] == "  去康民药店：共242米：出门到道路12米 → 西街200米 → 离开道路30米"
    assert said[5].startswith("  去东街药店：共1312米：出门到道路12米 → 西街400米 → 东街900米")
    assert len(said) == 6


def test_routes_lead_only_to_shops_that_count():
    assert [shop for shop, _ in nearest_routes(run(), "d00", "pharmacy")] == [
        "康民药店",
        "东街药店",
    ]


def test_unknown_tells_the_reason():
    said = explain_verdict(run(complete=()), "d01", "药店")
    assert said[0].endswith("药店：未核实。")
    assert said[1] == "  原因：没有这类业态的完整台账，查不到不等于没有。"


def test_circle_names_rule_numbers_and_clause():
    said = "\n".join(explain_verdict(run(), "甲圈", "药店"))
    assert "应配3个，范围内1个、计入1个" in said
    assert "过渡：移动或临时供给1个，不计入" in said
    assert "步行可达的居民40人、够不着60人、未核实0人" in said
    assert "依据：手写一（count_pharmacy）" in said
    assert "依据：手写三（reach_pharmacy）" in said
    assert explain_verdict(run(), "c1", "药店") == explain_verdict(run(), "甲圈", "药店")


def test_straight_line_estimate_says_so():
    said = explain_verdict(run(streets=False), "d00", "pharmacy")
    assert any("直线×1.3估算" in sentence for sentence in said)


def test_door_in_no_circle_says_so():
    lonely = replace(run().district, circle_members=run().district.circle_members.iloc[1:])
    said = explain_verdict(assess(lonely, run().standard), "d00", "pharmacy")
    assert any("楼门不在任何生活圈" in sentence for sentence in said)


def test_trade_without_a_rule_says_so():
    assert explain_verdict(run(), "甲圈", "银行") == ["甲圈：配置标准对银行网点没有要求。"]


@pytest.mark.parametrize(
    ("unit", "trade", "word"),
    [("丙圈", "药店", "丙圈"), ("甲圈", "飞船", "飞船")],
)
def test_nobody_by_that_name_ends_in_a_sentence(unit, trade, word):
    with pytest.raises(AssessmentError, match=word):
        explain_verdict(run(), unit, trade)


def test_a_circle_names_the_outlets_it_counts_and_who_cannot_reach_one():
    said = "\n".join(explain_verdict(run(), "甲圈", "药店"))
    assert "  范围内计入：康民药店\n" in said
    assert "  过渡供给，不计入：送药车\n" in said
    assert "  够不着：东街一带居民60人，最近的东街药店在500米外。\n" in said


def test_an_outlet_across_the_border_is_named_as_such():
    district = draw_district(
        [(1020, 0, ["pharmacy"], {"name": "界外药店"})], [(990, 0, 10)], complete=["pharmacy"]
    )
    standard = write_standard(count("pharmacy"), reach("pharmacy"))
    said = "\n".join(explain_verdict(assess(district, standard), "c1", "药店"))
    assert "  界外可达计入：界外药店\n" in said
