"""Derive grades from other requirements, and ask how many units below are good enough."""

from dataclasses import replace

import pytest

import livingcircle as lc
from livingcircle._rules.packs import parse_pack
from livingcircle.findings import finding_table
from livingcircle.findings import judge
from livingcircle.findings import judge_units
from tests.factories.district import draw_district
from tests.factories.facts import shop
from tests.factories.facts import unit

STARS = """
[standard]
id = "stars"
title = "星级评定办法"

[defaults]
grades = ["三星", "四星", "五星"]

[[requirement]]
id = "basic"
title = "基本业态2种"
rule = "variety"
trades = ["便利店", "药店", "早餐店"]
kinds = 2

[[requirement]]
id = "quality"
text = "有书店"
rule = "count"
trades = ["书店"]
least = 1

[[requirement]]
id = "star"
rule = "grade"
grades = [{ grade = "三星", requires = ["basic"] }, { grade = "四星", requires = ["quality"] }]

[[requirement]]
id = "half"
level = "全区"
rule = "grade_share"
grade = "四星"
least = 0.5

[[requirement]]
id = "care"
level = "社区"
rule = "count"
trades = ["托育机构"]
least = 1

[[requirement]]
id = "four_in_five"
level = "全区"
rule = "children_share"
requirement = "care"
least = 0.8
"""
KNOWN = ["convenience_store", "pharmacy", "breakfast", "bookshop", "childcare"]


def pack(text=STARS):
    standard, problems = parse_pack(text.encode(), "stars.toml")
    assert [str(one) for one in problems] == []
    return standard


def star(*trades, known=KNOWN):
    standard = pack()
    return judge(standard.requirement("star"), unit(*map(shop, trades), known=known), standard)


def test_a_grade_says_what_it_asks_for():
    assert pack().requirement("star").describe() == (
        "生活圈分级：三星须达到“基本业态2种”；四星还须达到“有书店”"
    )


@pytest.mark.parametrize(
    ("trades", "verdict", "told"),
    [
        (["pharmacy"], "lacking", "没有达到最低一级，结论：不达标（三星还缺：基本业态2种）"),
        (["pharmacy", "breakfast"], "served", "达到三星；四星还缺：有书店，结论：达标"),
        (["pharmacy", "bookshop"], "lacking", "三星还缺"),
        (["pharmacy", "breakfast", "bookshop"], "served", "达到四星，是最高一级，结论：达标"),
    ],
)
def test_a_grade_is_the_highest_whose_requirements_are_all_met(trades, verdict, told):
    finding = star(*trades)
    assert finding.verdict == verdict
    assert told in finding.explanation


def test_what_nobody_knows_leaves_the_next_grade_open():
    assert star("pharmacy", known=[]).verdict == "unknown"
    finding = star("pharmacy", "breakfast", known=[])
    assert finding.verdict == "served"
    assert "达到三星；四星未核实：有书店" in finding.explanation


def graded(*circles, reported=()):
    """Return the verdict on the share of circles at 四星, each circle given by its trades."""
    facts = [
        replace(unit(*map(shop, trades), known=known), unit_id=f"C{n}")
        for n, (trades, known) in enumerate(circles)
    ]
    children = tuple((f"C{n}", dict(reported).get(n)) for n in range(len(circles)))
    whole = unit(level="district", children=children)
    found = finding_table(judge_units(pack(), [*facts, whole], {})).set_index("requirement_id")
    return found["verdict"]["half"]


GOOD = (["pharmacy", "breakfast", "bookshop"], KNOWN)
FAIR = (["pharmacy", "breakfast"], KNOWN)
OPEN = (["pharmacy", "breakfast"], [])


def test_grades_that_nobody_reported_follow_from_the_requirements():
    assert graded(GOOD, FAIR) == "served"
    assert graded(FAIR, FAIR, GOOD) == "lacking"
    assert graded(FAIR, OPEN) == "unknown"
    assert graded(GOOD, OPEN) == "served"


def test_a_reported_grade_goes_before_a_derived_one():
    assert graded(FAIR, FAIR, reported=[(0, "四星级")]) == "served"
    assert graded(GOOD, FAIR, reported=[(0, "不达标")]) == "lacking"


@pytest.mark.parametrize("word", ["不达标", "未达标", "无"])
def test_below_the_lowest_grade_is_an_answer(word):
    defaults = pack().defaults
    assert defaults.grade_rank(word) == -1
    assert defaults.grade_rank("三星级") == defaults.grade_rank("三星") == 0
    assert defaults.grade_rank("二星") is None


def test_a_share_of_communities_meets_a_requirement():
    district = draw_district(
        [(100, 0, ["childcare"])], [(100, 0, 10), (1900, 0, 10)], complete=KNOWN
    )
    found = lc.assess(district, pack()).findings.set_index("requirement_id")
    one = found.loc["four_in_five"]
    assert (one["verdict"], one["found"], one["required"]) == ("lacking", 50, 80)
    assert "2个社区中1个达到、1个没有达到、0个未核实" in one["explanation"]
    assert one["explanation"].startswith("全区不少于80%的社区达到“每个社区不少于1个托育机构”。")


def test_units_a_requirement_does_not_concern_are_left_out_of_its_share():
    old = STARS.replace(
        'trades = ["托育机构"]\n', 'trades = ["托育机构"]\napplies = { zones = ["老城"] }\n'
    )
    shops, doors = [(100, 0, ["childcare"])], [(100, 0, 10), (1900, 0, 10)]
    zones = {"west": {"zone": "老城"}, "east": {"zone": "新城"}}
    district = draw_district(shops, doors, complete=KNOWN, **zones)
    found = lc.assess(district, pack(old)).findings.set_index("requirement_id")
    assert found["verdict"]["four_in_five"] == "served"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('requirement = "care"', 'requirement = "cure"'), "没有要求“cure”"),
        (('requirement = "care"', 'requirement = "half"'), "不在全区之下"),
        (('requires = ["quality"]', 'requires = ["care"]'), "先用 children_share 写成占比"),
        (('requires = ["quality"]', 'requires = ["star"]'), "自己没有达标与否的结论"),
        (('requires = ["quality"]', "needs = 1"), "缺少“requires”"),
        (('grade = "三星", requires', 'grade = "五星", requires'), "没有从低到高"),
        (("grades = [{", "steps = [{"), "缺少“grades”"),
    ],
)
def test_what_a_grade_cannot_rest_on_is_told(change, told):
    spoiled = STARS.replace(*change)
    assert spoiled != STARS
    said = [str(one) for one in parse_pack(spoiled.encode(), "stars.toml")[1]]
    assert any(told in one for one in said), said


def test_a_grade_may_rest_on_a_requirement_for_each_of_several_trades():
    each = STARS.replace('trades = ["书店"]', 'trades = ["书店", "花店"]\neach = true')
    standard = pack(each)
    one = standard.requirement("star")
    facts = unit(*map(shop, ["pharmacy", "breakfast", "bookshop"]), known=[*KNOWN, "florist"])
    assert "四星还缺：有书店" in judge(one, facts, standard).explanation
