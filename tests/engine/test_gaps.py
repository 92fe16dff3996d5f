"""Check what is to be done about a gap, how, and how soon."""

import math

import numpy as np
import pandas as pd
import pytest

from livingcircle._rules.remedies import Todo
from livingcircle.assessment import assess
from livingcircle.door_verdicts import DoorVerdicts
from livingcircle.gaps import MEASURES
from livingcircle.gaps import Affected
from livingcircle.gaps import affected
from livingcircle.gaps import burden
from livingcircle.gaps import measure
from livingcircle.gaps import number_gaps
from livingcircle.gaps import urgency
from livingcircle.residents import People
from livingcircle.units import Unit
from livingcircle.verdicts import CODES
from tests.factories.district import draw_district
from tests.factories.standards import count
from tests.factories.standards import reach
from tests.factories.standards import write_standard

NAN = math.nan


def test_too_many_is_never_answered_by_adding():
    todo = Todo("早餐店减少2个", fewer=True)
    assert measure("pharmacy", 300, todo, cramped=False) == MEASURES["fewer"]
    assert todo.near_blind_doors() == todo


@pytest.mark.parametrize(
    ("trade", "radius", "todo", "cramped", "key"),
    [
        ("pharmacy", 500, Todo("", adds=True), False, "often"),
        ("laundry", 1000, Todo("", adds=True), False, "seldom"),
        ("pharmacy", 500, Todo("", adds=True), True, "cramped"),
        ("parcel_point", 300, Todo("", adds=True), True, "machine"),
        ("", np.inf, Todo(""), False, "improve"),
        ("", np.inf, Todo("", manage=True), False, "manage"),
    ],
)
def test_measure_suits_the_trade_and_the_place(trade, radius, todo, cramped, key):
    assert measure(trade, radius, todo, cramped=cramped) == MEASURES[key]


def hurt(people, doors=1):
    """Return who is hit by a gap: so many people."""
    return Affected(people=people, elders=NAN, infants=NAN, nearest_m=NAN, doors=doors)


def test_burden_weighs_people_need_and_reach():
    assert burden("basic", 1000, hurt(100), blind=False) == 100
    assert burden("basic", 500, hurt(100), blind=False) == 200
    assert burden("basic", 500, hurt(100), blind=True) == 300
    assert burden("enhanced", 1000, hurt(100), blind=False) == 25
    assert burden("basic", 1000, hurt(NAN, doors=7), blind=False) == 7


def test_the_heaviest_half_is_urgent_and_the_rest_follows():
    # 40, 20, 15, 10, 10, 5 of 100: heavier ones before them make 0, 40, 60, 75, 75, 95.
    got = urgency(np.array([40.0, 20.0, 15.0, 10.0, 10.0, 5.0]))
    assert got.tolist() == [1, 1, 2, 3, 3, 4]


def test_gaps_of_one_weight_are_equally_urgent():
    assert urgency(np.full(7, 3.0)).tolist() == [1] * 7
    assert urgency(np.array([])).tolist() == []
    assert urgency(np.zeros(2)).tolist() == [4, 4]


def gap(name, burden, people, priority=1, family=0):
    """Return the columns of a gap that decide its place."""
    return {
        "requirement_id": name,
        "burden": burden,
        "people": people,
        "circle_id": "c1",
        "priority": priority,
        "family": family,
    }


def test_gaps_are_numbered_by_urgency_then_people_unknown_last():
    rows = [gap("a", 1, 900), gap("b", 50, NAN), gap("c", 50, 10), gap("d", 50, 20)]
    table = number_gaps(rows)
    assert table["requirement_id"].tolist() == ["d", "c", "b", "a"]
    assert table["gap_id"].tolist() == ["G0001", "G0002", "G0003", "G0004"]
    assert table["urgency"].tolist() == [1, 1, 1, 4]


def test_the_plans_own_priority_and_precedence_order_equally_urgent_gaps():
    rows = [
        gap("size", 9, 90, family=2),
        gap("reach", 9, 10, family=0),
        gap("first", 9, 1, priority=0, family=2),
    ]
    assert number_gaps(rows)["requirement_id"].tolist() == ["first", "reach", "size"]


def test_a_gap_of_number_and_reach_stands_where_the_reach_does():
    """密云 附件1.1 四 2: 服务半径优先于规模."""
    asked = count("breakfast"), reach("breakfast"), reach("pharmacy"), count("bank", least=2)
    standard = write_standard(*asked, precedence=["reach", "count", "size"])
    trades = ("breakfast", "pharmacy", "bank")
    district = draw_district([(60, 0, ["bank"])], [(50, 0, 10)], complete=trades)
    gaps = assess(district, standard).gaps
    order = gaps[gaps["circle_id"] == "c1"].sort_values("gap_id")["requirement_id"].tolist()
    # Of breakfast the number and the reach are told in one row; the bank is short in number only.
    assert order == ["count_breakfast", "reach_pharmacy", "count_bank"]


def test_no_gaps_still_have_columns():
    assert {"gap_id", "remedy", "people"} <= set(number_gaps([]).columns)


def hit(verdicts, residents):
    """Return who is affected in a unit of the first three of four doors."""
    count = len(verdicts)
    unit = Unit("circle", "c1", "甲圈", "c1", np.array([0]), np.arange(3), np.arange(0))
    people = People(np.array(residents, dtype=float), np.full(count, 1.0), np.full(count, NAN))
    metres = np.array([100.0, 400.0, 600.0, 900.0])
    codes = np.array([CODES[word] for word in verdicts], dtype=np.int8)
    doors = DoorVerdicts(codes, np.zeros(count), np.zeros(count), metres, metres)
    return affected(unit, people, doors)


def test_affected_are_those_who_lack_it():
    got = hit(["served", "lacking", "lacking", "lacking"], [1, 20, 300, 4000])
    assert (got.people, got.elders, got.nearest_m) == (320.0, 2.0, 500.0)
    assert math.isnan(got.infants)


def test_affected_are_all_where_only_the_number_is_short():
    assert hit(["served"] * 4, [1, 20, 300, 4000]).people == 321.0


def test_nobody_known_is_not_nobody():
    assert math.isnan(hit(["lacking"] * 4, [NAN] * 4).people)
    assert pd.isna(hit(["served"] * 4, [NAN] * 4).people)
