"""Find every way an account of writes can be tampered with."""

import pytest
from django.db.models import F

from livingcircle_platform.audit import chain
from livingcircle_platform.audit import writing
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.audit.models import Head
from tests.platform import make


@pytest.fixture
def five(town, clerk):
    """Return an outlet that was added once and changed four times."""
    made = make.Outlet(name="果园药店", code="1", area=town.a1, trades=("pharmacy",))
    writing.add(made, acting_user=clerk)
    for turn in range(4):
        writing.change(made, {"note": f"第{turn}次"}, seen=made.version, acting_user=clerk)
    return made


def broken():
    return [one.number for one in chain.verify()]


def test_an_untouched_chain_holds(five):
    assert Entry.objects.count() == 5
    assert broken() == []
    number, tail = chain.head()
    assert number == 5
    assert list(chain.verify(printed=tail)) == []


def test_an_edited_entry_is_found(five):
    Entry.objects.filter(number=2).update(reason="改写")
    assert broken() == [2]


def test_an_edited_entry_with_a_new_hash_is_found_at_the_next(five):
    entry = Entry.objects.get(number=2)
    entry.reason = "改写"
    Entry.objects.filter(number=2).update(reason="改写", hash=chain.fingerprint(entry))
    assert broken() == [3]


def test_a_removed_entry_is_found(five):
    Entry.objects.filter(number=3).delete()
    assert broken() == [3]


def test_two_that_changed_places_are_found(five):
    Entry.objects.filter(number=2).update(number=99)
    Entry.objects.filter(number=3).update(number=2)
    Entry.objects.filter(number=99).update(number=3)
    assert set(broken()) >= {2, 3}


def test_a_tail_that_was_cut_off_is_found(five):
    Entry.objects.filter(number=5).delete()
    assert broken() == [5]


def test_a_tail_cut_off_with_its_head_is_found_by_a_printed_head(five):
    _, printed = chain.head()
    Entry.objects.filter(number=5).delete()
    last = Entry.objects.get(number=4)
    Head.objects.update(number=F("number") - 1, hash=last.hash)
    assert broken() == []
    assert [one.number for one in chain.verify(printed=printed)] == [0]
