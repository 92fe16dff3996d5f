"""Write with an account of it: once, at the right version, or not at all."""

import pytest

from livingcircle_platform.audit import writing
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry.models import Outlet
from tests.platform import make


def test_an_addition_tells_everything(town, clerk):
    made = Outlet(name="果园药店", code="1", area=town.a1, trades=("pharmacy",))
    writing.add(made, acting_user=clerk, reason="新开")
    entry = Entry.objects.get()
    assert (entry.action, entry.actor, entry.area) == ("outlet.add", clerk, town.a1)
    assert entry.before is None
    assert entry.after["trades"] == ["pharmacy"]
    assert entry.reason == "新开"


def test_the_same_twice_is_one(town, clerk):
    made = Outlet(name="果园药店", code="1", area=town.a1)
    writing.add(made, acting_user=clerk)
    again = Outlet(pk=made.pk, name="果园药店", code="1", area=town.a1)
    assert writing.add(again, acting_user=clerk).pk == made.pk
    assert Entry.objects.count() == 1


def test_the_same_id_with_other_contents_is_a_conflict(town, clerk):
    made = writing.add(Outlet(name="果园药店", code="1", area=town.a1), acting_user=clerk)
    other = Outlet(pk=made.pk, name="另一家", code="1", area=town.a1)
    with pytest.raises(ConflictError, match="这个编号已经用过") as hidden:
        writing.add(other, acting_user=clerk)
    assert (hidden.value.theirs, hidden.value.version) == ({}, 0)
    with pytest.raises(ConflictError) as caught:
        writing.add(other, acting_user=clerk, shows_known=True)
    assert caught.value.theirs == {"name": "果园药店"}
    assert caught.value.yours == {"name": "另一家"}


def test_a_change_tells_only_what_changed(town, clerk):
    made = make.outlet(town.a1)
    writing.change(made, {"name": "新名", "note": ""}, seen=1, acting_user=clerk)
    entry = Entry.objects.get()
    assert (entry.before, entry.after) == ({"name": "果园药店"}, {"name": "新名"})
    made.refresh_from_db()
    assert (made.version, made.line.split()[0]) == (2, "新名")


def test_a_change_that_changes_nothing_leaves_no_trace(town, clerk):
    made = make.outlet(town.a1)
    writing.change(made, {"name": made.name}, seen=1, acting_user=clerk)
    assert Entry.objects.count() == 0
    assert made.version == 1


def test_a_change_of_something_changed_meanwhile_shows_both_and_writes_nothing(town, clerk):
    made = make.outlet(town.a1)
    writing.change(Outlet.objects.get(), {"name": "先到"}, seen=1, acting_user=clerk)
    with pytest.raises(ConflictError) as caught:
        writing.change(made, {"name": "后到"}, seen=1, acting_user=clerk)
    assert caught.value.theirs == {"name": "先到"}
    assert caught.value.yours == {"name": "后到"}
    assert caught.value.version == 2
    assert Outlet.objects.get().name == "先到"
    assert Entry.objects.count() == 1


def test_what_the_columns_cannot_hold_is_refused(town, clerk):
    made = make.outlet(town.a1)
    with pytest.raises(RefusedError) as caught:
        writing.change(made, {"lon": 500.0}, seen=1, acting_user=clerk)
    assert "经度" in str(caught.value)
    assert Entry.objects.count() == 0


def test_the_same_addition_at_the_same_moment_is_one(town, clerk, monkeypatch):
    """Play the race: another request keeps the record after ours looked and before it writes."""
    made = Outlet(name="果园药店", code="1", area=town.a1)
    twin = Outlet(pk=made.pk, name="果园药店", code="1", area=town.a1)
    looked = writing.check

    def overtaken(record):
        looked(record)
        if record is made:
            writing.add(twin, acting_user=clerk)

    monkeypatch.setattr(writing, "check", overtaken)
    assert writing.add(made, acting_user=clerk).pk == twin.pk
    assert Entry.objects.count() == Outlet.objects.count() == 1
