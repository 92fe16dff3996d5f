"""Count what is short in number, unit by unit, as needs that options inside can make up."""

from livingcircle.shortage import find_shortages
from tests.factories.siting import PHARMACY
from tests.factories.siting import assess_street
from tests.factories.standards import count

DOORS = [(0, 10), (300, 20), (1500, 40)]


def shortages(*rules, trades=(), **street):
    """Return (unit, missing, people) of every shortage of a street."""
    found = find_shortages(assess_street(DOORS, rules=rules, **street), trades)
    return [(one.unit.unit_id, one.short, one.people) for one in found.all]


def test_what_is_missing_of_each_unit_is_a_shortage():
    rule = count("laundry", least=3)
    assert shortages(rule, outlets=[(100, ["laundry"])]) == [("c1", 2, 30.0), ("c2", 3, 40.0)]


def test_fractions_are_rounded_up_to_whole_outlets():
    rule = count("laundry", per="population", size=20)
    assert shortages(rule) == [("c1", 2, 30.0), ("c2", 2, 40.0)]


def test_only_named_trades_and_only_what_must_be_there():
    rules = count("laundry"), count("pharmacy"), count("breakfast", severity="should")
    assert shortages(*rules, trades=("pharmacy",)) == [("c1", 1, 30.0), ("c2", 1, 40.0)]
    assert len(shortages(*rules)) == 4


def test_a_radius_is_no_number():
    assert shortages(PHARMACY) == []


def test_what_is_not_known_to_be_short_is_left_alone():
    assert shortages(count("laundry"), complete=()) == []


def test_several_trades_each_are_left_out_in_words():
    both = count("laundry", "pharmacy", match="all", subject="两样")
    found = find_shortages(assess_street(DOORS, rules=(both,)))
    assert found.all == ()
    assert found.left_out[0] == "甲圈两样：几种业态各要几个，没有算进来"
