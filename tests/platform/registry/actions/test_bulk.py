"""Change many at once: counted first, one batch, taken back as one."""

import pytest

from livingcircle_platform.accounts.models import Role
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.errors import NotAllowedError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import actions
from livingcircle_platform.registry.ledger import LEDGERS
from livingcircle_platform.registry.models import Merchant
from livingcircle_platform.registry.models import Outlet
from tests.platform import make
from tests.platform.registry.conftest import kept

OUTLETS = LEDGERS["outlet"]
STATE = OUTLETS.column("state")


def shops(town, many=3):
    return [make.outlet(town.a1, f"店{number}") for number in range(many)]


def seen(outlets):
    return [(one.pk, one.version) for one in outlets]


def do(outlets, user, value="closed"):
    return actions.change_many(OUTLETS, seen(outlets), STATE, value, acting_user=user)


def test_the_preview_counts(town):
    both = make.user("both", (Role.COMMUNITY, town.a1), (Role.LEADER, town.district))
    rows = [*shops(town), make.outlet(town.a1, state="closed"), make.outlet(town.b1)]
    hidden = make.outlet(town.elsewhere_a1)
    ids = [one.pk for one in [*rows, hidden]]
    found = actions.preview_many(OUTLETS, ids, STATE, "closed", acting_user=both)
    assert [len(part) for part in found] == [3, 1, 1]
    assert Entry.objects.count() == 0


def test_it_is_one_batch(town, clerk):
    batch = do(shops(town), clerk)
    assert batch.changed == 3
    assert set(Outlet.objects.values_list("state", flat=True)) == {"closed"}
    told = batch.entry.after
    assert (told["first"], told["last"]) == (1, 3)
    assert batch.entry.object_name == "批量改网点的“状态”：3条"


def test_it_goes_back_as_one(town, clerk):
    batch = do(shops(town), clerk)
    assert actions.undo(batch.entry.number, acting_user=clerk) == (3, [])
    assert set(Outlet.objects.values_list("state", flat=True)) == {"open"}
    with pytest.raises(RefusedError, match="已经撤回过"):
        actions.undo(batch.entry.number, acting_user=clerk)


def test_what_was_changed_since_is_left_and_named(town, clerk):
    rows = shops(town)
    batch = do(rows, clerk)
    one = Outlet.objects.get(pk=rows[1].pk)
    actions.change(one, {"state": "planned"}, seen=2, acting_user=clerk)
    assert actions.undo(batch.entry.number, acting_user=clerk) == (2, ["店1"])
    assert Outlet.objects.get(pk=one.pk).state == "planned"


def test_what_moved_on_after_the_preview_is_left(town, clerk):
    rows = shops(town)
    pairs = seen(rows)
    actions.change(rows[0], {"hours": "早"}, seen=1, acting_user=clerk)
    batch = actions.change_many(OUTLETS, pairs, STATE, "closed", acting_user=clerk)
    assert (batch.changed, batch.moved_on) == (2, [rows[0]])


def test_one_that_is_not_theirs_stops_all(town, unchanged):
    both = make.user("both", (Role.COMMUNITY, town.a1), (Role.LEADER, town.district))
    rows = [make.outlet(town.a1), make.outlet(town.b1)]
    unchanged()
    with pytest.raises(NotAllowedError, match="1条您无权修改"):
        do(rows, both)


def test_an_owner_changes_no_batch(town, owner, unchanged):
    shop = make.outlet(town.a1, merchant=kept(Merchant, town.a1, user=owner))
    unchanged()
    with pytest.raises(NotAllowedError):
        do([shop], owner)


def test_names_are_not_set_for_many(town, clerk, unchanged):
    rows = shops(town)
    unchanged()
    with pytest.raises(RefusedError, match="不能批量改"):
        actions.change_many(OUTLETS, seen(rows), OUTLETS.column("name"), "同名", acting_user=clerk)


def test_there_is_an_upper_limit(town, clerk):
    ids = range(actions.BULK_LIMIT + 1)
    with pytest.raises(RefusedError, match="一次最多改1,000条"):
        actions.preview_many(OUTLETS, ids, STATE, "closed", acting_user=clerk)


def test_the_taking_back_of_a_batch_is_no_batch(town, clerk):
    batch = do(shops(town), clerk).entry
    actions.undo(batch.number, acting_user=clerk)
    taken_back = Entry.objects.get(action="bulk.undo")
    with pytest.raises(RefusedError):
        actions.undo(taken_back.number, acting_user=clerk)
