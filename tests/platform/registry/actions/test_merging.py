"""Merge two entries and take it back exactly."""

import datetime as dt

import pytest

from livingcircle_platform.audit.models import Entry
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import actions
from livingcircle_platform.registry.models import Different
from livingcircle_platform.registry.models import Merge
from livingcircle_platform.registry.models import Outlet
from tests.platform import make


@pytest.fixture
def two(town):
    kept = make.outlet(town.a1, trades=("pharmacy",), hours="8–20")
    gone = make.outlet(
        town.a1, "果园大药房", trades=("pharmacy", "repair"), hours="9–21", phone="69012345",
        chain=True, verified_on=dt.date(2026, 5, 1), verified_by="张",
    )  # fmt: skip
    return kept, gone


def merged(two, clerk):
    return actions.merge(*two, seen_kept=1, seen_gone=1, acting_user=clerk)


def test_the_kept_one_takes_what_it_lacks(two, clerk):
    merged(two, clerk)
    kept, gone = (Outlet.objects.get(pk=one.pk) for one in two)
    assert kept.trades == ("pharmacy", "repair")
    assert (kept.hours, kept.phone, kept.chain) == ("8–20", "69012345", True)
    assert (kept.verified_on, kept.verified_by) == (dt.date(2026, 5, 1), "张")
    assert (gone.merged_into, gone.removed_at is not None) == (kept, True)
    assert list(Outlet.objects.present()) == [kept]


def test_undone_it_is_exactly_as_before(two, clerk):
    before = [one.told() for one in two]
    made = merged(two, clerk)
    actions.undo_merge(made, acting_user=clerk)
    assert [Outlet.objects.get(pk=one.pk).told() for one in two] == before
    lines = [Outlet.objects.get(pk=one.pk).line for one in two]
    assert lines == [one.line for one in two] or "69012345" not in lines[0]
    with pytest.raises(RefusedError, match="已经撤回过"):
        actions.undo_merge(made, acting_user=clerk)


def test_undone_by_its_entry(two, clerk):
    before = [one.told() for one in two]
    merged(two, clerk)
    entry = Entry.objects.get(action="merge.add")
    actions.undo(entry.number, acting_user=clerk)
    assert [Outlet.objects.get(pk=one.pk).told() for one in two] == before
    assert Merge.objects.get().undone_at is not None


def test_what_it_took_over_and_was_changed_since_stays(two, clerk, unchanged):
    made = merged(two, clerk)
    kept = Outlet.objects.get(pk=two[0].pk)
    actions.change(kept, {"phone": "110"}, seen=2, acting_user=clerk)
    unchanged()
    with pytest.raises(ConflictError) as caught:
        actions.undo_merge(made, acting_user=clerk)
    assert caught.value.theirs["phone"] == "110"


def test_what_it_did_not_take_over_may_change_meanwhile(two, clerk):
    made = merged(two, clerk)
    kept = Outlet.objects.get(pk=two[0].pk)
    actions.change(kept, {"name": "新名"}, seen=2, acting_user=clerk)
    actions.undo_merge(made, acting_user=clerk)
    kept.refresh_from_db()
    assert (kept.name, kept.phone) == ("新名", "")


def test_both_must_be_in_reach(town, worker, unchanged):
    near, far = make.outlet(town.a1), make.outlet(town.b1)
    unchanged()
    with pytest.raises(MissingError):
        actions.merge(near, far, seen_kept=1, seen_gone=1, acting_user=worker)


def test_one_entry_is_not_merged_with_itself(town, clerk, unchanged):
    shop = make.outlet(town.a1)
    unchanged()
    with pytest.raises(RefusedError, match="同一条"):
        actions.merge(shop, shop, seen_kept=1, seen_gone=1, acting_user=clerk)


def test_one_that_is_gone_is_not_merged_again(two, clerk, unchanged):
    merged(two, clerk)
    kept, gone = (Outlet.objects.get(pk=one.pk) for one in two)
    unchanged()
    with pytest.raises(RefusedError, match="已经移除或合并过"):
        actions.merge(kept, gone, seen_kept=2, seen_gone=2, acting_user=clerk)


def test_of_two_merges_that_cross_one_is_refused(town, clerk):
    one, other = make.outlet(town.a1), make.outlet(town.a1)
    stale = [Outlet.objects.get(pk=shop.pk) for shop in (other, one)]
    merged((one, other), clerk)
    with pytest.raises(RefusedError, match="已经移除或合并过"):
        merged(stale, clerk)
    assert list(Outlet.objects.present()) == [one]


def test_told_apart_twice_is_once(two, clerk):
    actions.mark_different(*two, acting_user=clerk)
    actions.mark_different(*reversed(two), acting_user=clerk)
    assert Different.objects.count() == 1
