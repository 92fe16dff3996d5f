"""Tell which earlier findings hold: those whose shops and whose unit did not change."""

from dataclasses import replace

import pytest

from livingcircle.earlier import Changes
from livingcircle.earlier import Earlier
from livingcircle.earlier import differing
from livingcircle.earlier import differing_trades
from tests.factories.facts import shop
from tests.factories.facts import unit as bare_unit
from tests.factories.standards import count
from tests.factories.standards import reach
from tests.factories.standards import write_standard

COUNT, NONE = count("pharmacy"), Changes()


def unit(*inside, **more):
    """Return the facts of a unit in which both trades were measured."""
    facts = bare_unit(*inside, **more)
    return replace(facts, shared=dict.fromkeys(("pharmacy", "bank"), frozenset()) | facts.shared)


def requirement(fields):
    """Return one requirement of a circle."""
    return write_standard(fields).requirements[0]


def holds(one, old, new, changed=NONE):
    """Return whether a finding on a unit still holds."""
    trades = differing_trades(old, new, changed)
    return Earlier(old, {one.id: (one, "found")}, trades).finding(one, new) == "found"


def test_a_count_of_one_trade_does_not_mind_another():
    one = requirement(COUNT)
    before = unit(shop("pharmacy"))
    assert holds(one, before, unit(shop("pharmacy"), shop("bank")))
    assert not holds(one, before, unit(shop("pharmacy"), shop("pharmacy")))
    assert not holds(one, before, unit())


def test_a_shop_across_the_border_counts_where_it_is_shared():
    one = requirement(COUNT)
    before = unit(shop("pharmacy"))
    assert not holds(one, before, unit(shop("pharmacy"), outside=(shop("pharmacy"),)))
    assert holds(one, before, unit(shop("pharmacy"), outside=(shop("bank"),)))


def test_another_record_of_the_same_shop_is_another_shop():
    one, before, after = requirement(COUNT), unit(shop("pharmacy")), unit(shop("pharmacy"))
    for changed in differing(before.register, after.register), Changes(frozenset({"甲1"})):
        assert not holds(one, before, after, changed=changed)


def test_a_shop_within_reach_that_is_another_record_is_found_under_its_trade():
    one, far = requirement(COUNT), {"outside": (shop("pharmacy"),)}
    before, after = unit(**far), unit(**far)
    changed = differing(before.register, after.register)
    assert list(changed.by_trade) == ["pharmacy"]
    assert not holds(one, before, after, changed=changed)
    assert holds(requirement(count("bank")), before, after, changed=changed)


@pytest.mark.parametrize(
    "more", [{"population": 1.0}, {"kind": "old_town"}, {"known": ("pharmacy",)}]
)
def test_whatever_is_known_of_the_unit_itself_counts(more):
    assert not holds(requirement(COUNT), unit(shop("pharmacy")), unit(shop("pharmacy"), **more))


def test_another_requirement_of_the_same_id_is_asked_anew():
    one, before = requirement(COUNT), unit(shop("pharmacy"))
    earlier = Earlier(before, {one.id: (replace(one), "found")}, frozenset())
    assert earlier.finding(one, before) is None


def test_people_reached_decide_a_radius():
    one = requirement(reach("pharmacy"))
    before = replace(unit(), reach={one.id: (1.0, 0.0, 0.0)})
    assert holds(one, before, replace(unit(), reach={one.id: (1.0, 0.0, 0.0)}))
    assert not holds(one, before, replace(unit(), reach={one.id: (0.0, 1.0, 0.0)}))


def test_registers_differ_by_records_not_by_names():
    old = unit(shop("bank"), shop("bank")).register
    assert differing(old, old) == NONE
    assert differing(old, dict(old)) == NONE
    assert differing(old, {"甲1": old["甲1"]}) == Changes(
        frozenset({"甲2"}), {"bank": frozenset({"甲2"})}
    )
    changed = {**old, "甲1": replace(old["甲1"], trades=frozenset({"pharmacy"}))}
    found = differing(old, changed)
    assert found.ids == {"甲1"}
    assert found.by_trade == {"bank": {"甲1"}, "pharmacy": {"甲1"}}
