"""Find every way an account of writes can be tampered with."""

import datetime as dt

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from livingcircle_platform.audit import actions
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


def test_an_entry_put_behind_the_head_is_found(five):
    last = Entry.objects.get(number=5)
    made = Entry(number=6, at=last.at, actor_name="x", action="a.b", kind="a", object_id="1",
                 object_name="x", previous_hash=last.hash)  # fmt: skip
    made.hash = chain.fingerprint(made)
    made.save(force_insert=True)
    assert broken() == [6]


def test_an_entry_put_before_the_first_is_found(five):
    first = Entry.objects.get(number=1)
    first.number, first.hash = 0, "0" * 64
    first.save(force_insert=True)
    assert broken()[0] in {0, 1}


@pytest.mark.parametrize(
    "column", ["actor_name", "action", "kind", "object_id", "object_name", "reason", "hash"]
)
def test_every_text_column_counts(five, column):
    Entry.objects.filter(number=5).update(**{column: "x"})
    assert 5 in broken()


def test_every_other_column_counts(five, town, clerk):
    at = Entry.objects.get(number=5).at + dt.timedelta(microseconds=1)
    for changed in (
        {"at": at}, {"actor": None}, {"area": None}, {"area": town.b}, {"before": None},
        {"after": {"note": "x"}}, {"undoes_id": 1},
    ):  # fmt: skip
        kept = Entry.objects.filter(number=5).values(*changed).get()
        Entry.objects.filter(number=5).update(**changed)
        assert broken() == [5], changed
        Entry.objects.filter(number=5).update(**kept)
    assert broken() == []


def test_text_cannot_be_moved_from_one_column_into_the_next(five):
    """Shift the border between two columns: the joined text would be the same."""
    entry = Entry.objects.get(number=5)
    moved = f"{entry.actor_name}\x1e{entry.action}"
    Entry.objects.filter(number=5).update(actor_name=moved, action="", kind=entry.kind)
    assert broken() == [5]
    entry.actor_name = moved
    with pytest.raises(ValueError, match="mark"):
        chain.fingerprint(entry)


def test_the_mark_between_columns_is_left_out_of_what_people_write(town, clerk):
    made = make.Outlet(name="甲\x1e乙", code="1", area=town.a1)
    writing.add(made, acting_user=clerk, reason="新\x1e开")
    assert Entry.objects.get().reason == "新开"
    assert broken() == []


def test_a_whole_second_counts_like_any_other(five, monkeypatch):
    noon = dt.datetime(2026, 1, 2, 12, tzinfo=dt.UTC)
    monkeypatch.setattr(timezone, "now", lambda: noon)
    writing.change(five, {"note": "正午"}, seen=five.version, acting_user=None)
    assert Entry.objects.get(number=6).at == noon
    assert broken() == []


def test_progress_is_told(five):
    told = []
    list(chain.verify(tell=lambda done, total: told.append((done, total))))
    assert told == [(5, 5)]


def test_a_blanked_entry_is_found(five):
    assert Entry.objects.filter(number=1, before=None).exists()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET before = '' WHERE number = 1")
    assert broken() == [1]


def test_a_head_set_back_is_told_though_nothing_can_be_put_behind_it(five, clerk):
    Head.objects.update(number=F("number") - 1)
    told = actions.verify(acting_user=clerk).findings
    assert any("链头" in what for _, what in told)
    assert "没能记进" in told[-1][1]
    assert Entry.objects.count() == 5
