"""Check that kinds follow their evidence, that every hint says it is one, and unknown stays so."""

from dataclasses import replace

import pytest

from livingcircle.circle_kinds import HINT
from livingcircle.circle_kinds import KINDS
from livingcircle.circle_kinds import SHEET
from livingcircle.circle_kinds import six_fields
from livingcircle.circle_kinds import suggest_kinds
from livingcircle.delineation import existing_circles
from tests.engine.worlds import with_circles
from tests.engine.worlds import world
from tests.factories.district import draw_outlets
from tests.factories.streets import draw_gates


def a_set(columns=None, *, outlets=(), people=1800.0, **layers):
    shops, trades = draw_outlets(*((x, y, t, more) for x, y, t, more in outlets))
    layers = {"outlets": shops, "outlet_trades": trades, **layers}
    district = world(1, 2, people=people, columns_of=lambda _: columns or {}, **layers)
    return existing_circles(with_circles(district, [[0, 1]]))


def kind_of(some):
    return suggest_kinds(some)[0].loc["c0", "kind"]


OLD = {"built_year": 1985, "age_60_plus": 600, "zone": "老城", "kind": "community"}
NEW = {"built_year": 2015, "age_60_plus": 100, "age_0_3": 90, "zone": "新城", "kind": "community"}
RURAL = {"built_year": 1995, "age_60_plus": 200, "zone": "郊区", "kind": "village"}
BUSY = [(20 + i, 20, ["cinema" if i % 2 else "bookshop"], {}) for i in range(60)]


@pytest.mark.parametrize(
    ("columns", "told", "kind"),
    [
        (OLD, {}, "old_town"),
        (NEW, {}, "new_residential"),
        (RURAL, {"people": 300.0}, "urban_fringe"),
        ({"built_year": 1985, "age_60_plus": 100, "zone": "新城"}, {"outlets": BUSY},
         "commercial_cultural"),
    ],
)  # fmt: skip
def test_the_kind_is_that_most_signs_speak_for(columns, told, kind):
    some = a_set(columns, **told)
    assert kind_of(some) == kind
    hint = suggest_kinds(some)[0].loc["c0", "kind_hint"]
    assert hint.startswith(HINT)
    assert KINDS[kind] in hint
    assert "由人确定" in hint


def test_without_any_evidence_nothing_is_suggested():
    some = a_set(people=float("nan"))
    assert kind_of(some) == ""
    suggestions, evidence = suggest_kinds(some)
    assert "未核实" in suggestions.loc["c0", "kind_hint"]
    assert set(evidence["supports"]) == {"未核实"}


def test_an_outlet_that_is_not_listed_is_not_lacking():
    _, evidence = suggest_kinds(a_set(OLD, outlets=[(30, 30, ["pharmacy"], {})]))
    row = evidence[evidence["evidence"] == "每千人网点数"].iloc[0]
    assert (row["value"], row["supports"]) == ("0.3", "未核实")


def test_evidence_that_speaks_for_two_kinds_decides_nothing():
    some = a_set({"built_year": 1985, "zone": "新城"})  # old houses, not in the old town
    assert kind_of(some) == ""
    assert "请人工判断" in suggest_kinds(some)[0].loc["c0", "kind_hint"]


@pytest.mark.parametrize(
    ("name", "subtype", "word"),
    [("某某大学北门超市", "university", "高校"), ("某某科技园咖啡", "technology", "科技产业")],
)
def test_names_tell_of_universities_and_technology_parks(name, subtype, word):
    suggestions, _ = suggest_kinds(a_set(NEW, outlets=[(30, 30, ["tea_coffee"], {"name": name})]))
    assert suggestions.loc["c0", "subtype"] == subtype
    assert f"{word}（{name}）" in suggestions.loc["c0", "subtype_hint"]


def test_six_fields_are_hints_with_figures_a_pencil_can_check():
    gates = draw_gates((30, 30, "public", "", ""), (40, 30, "residents", "甲", ""))
    shops = [(30, 30, ["pharmacy"], {}), (60, 60, ["bank"], {}),
             (90, 90, ["elderly_care"], {}), (95, 90, ["bank"], {"status": "closed"})]  # fmt: skip
    some = a_set(OLD | {"subdistrict": "甲街道"}, outlets=shops, gates=gates)
    row = six_fields(some).loc["c0"]
    assert all(row[field].startswith(HINT) for field in SHEET)
    assert "3,600人，60岁及以上占33.3%，0-3岁未核实" in row["resident_profile"]
    assert "16类基本保障类业态中的2类" in row["trade_completeness"]
    assert "不等于没有" in row["trade_completeness"]
    assert "1985年前后，人口密度2.00万人" in row["built_profile"]
    assert "营业网点3家" in row["location_resources"]
    assert "大门2处（公共1、居民专用1）" in row["openness"]
    assert "含2个社区，分属1个街道（甲街道）" in row["cooperation"]
    assert "健身台账上1处" in row["cooperation"]


def test_what_no_table_tells_is_not_known():
    some = a_set(people=float("nan"))
    row = six_fields(some).loc["c0"]
    assert "常住未核实" in row["resident_profile"]
    assert "没有网点台账" in row["trade_completeness"]
    assert "大门未登记" in row["openness"]
    assert "所属街道未核实" in row["cooperation"]


def test_outlets_of_the_belt_are_the_neighbours():
    some = a_set(OLD, outlets=[(30, 30, ["pharmacy"], {})])
    land = replace(some.land, district=replace(some.land.district, belt=frozenset({"o0"})))
    row = six_fields(replace(some, land=land)).loc["c0"]
    assert "营业网点0家" in row["location_resources"]
