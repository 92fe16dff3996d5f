"""Take steps back: within 30 days, unless the same columns were changed since."""

import datetime as dt

import pytest
from django.utils import timezone

from livingcircle_platform.audit import chain
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import NotAllowedError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import actions
from livingcircle_platform.registry.models import Entrance
from livingcircle_platform.registry.models import Merchant
from livingcircle_platform.registry.models import Outlet
from tests.platform import make
from tests.platform.registry.conftest import kept


def last():
    return Entry.objects.first().number


def changed(shop, user, **values):
    actions.change(Outlet.objects.get(pk=shop.pk), values, seen=shop.version, acting_user=user)
    return last()


def test_a_change_goes_back(town, clerk):
    shop = make.outlet(town.a1, trades=("pharmacy",))
    before = shop.told()
    number = changed(shop, clerk, trades=("repair",), area=town.a2, chain=True, area_m2=12.5)
    actions.undo(number, acting_user=clerk)
    assert Outlet.objects.get().told() == before
    assert Entry.objects.get(pk=number).undone_by.number == last()


def test_an_addition_goes_back_and_comes_again(town, clerk):
    actions.add(Outlet(name="店", code="1", area=town.a1), acting_user=clerk)
    actions.undo(last(), acting_user=clerk)
    assert not Outlet.objects.present().exists()
    actions.undo(last(), acting_user=clerk)
    assert Outlet.objects.present().exists()


def test_a_removal_goes_back(town, clerk):
    actions.remove(make.outlet(town.a1), seen=1, acting_user=clerk)
    actions.undo(last(), acting_user=clerk)
    assert Outlet.objects.present().exists()


def test_other_columns_may_have_changed_since(town, clerk):
    shop = make.outlet(town.a1)
    number = changed(shop, clerk, hours="早")
    shop.version = 2
    changed(shop, clerk, phone="110")
    actions.undo(number, acting_user=clerk)
    shop = Outlet.objects.get()
    assert (shop.hours, shop.phone) == ("", "110")


def test_the_same_column_changed_since_shows_both(town, clerk, unchanged):
    shop = make.outlet(town.a1)
    number = changed(shop, clerk, hours="早")
    shop.version = 2
    changed(shop, clerk, hours="晚")
    unchanged()
    with pytest.raises(ConflictError) as caught:
        actions.undo(number, acting_user=clerk)
    assert (caught.value.theirs, caught.value.yours) == ({"hours": "晚"}, {"hours": ""})


def test_twice_is_refused(town, clerk, unchanged):
    number = changed(make.outlet(town.a1), clerk, hours="早")
    actions.undo(number, acting_user=clerk)
    unchanged()
    with pytest.raises(RefusedError, match="已经撤回过"):
        actions.undo(number, acting_user=clerk)


def test_after_thirty_days_it_is_refused(town, clerk, unchanged, monkeypatch):
    number = changed(make.outlet(town.a1), clerk, hours="早")
    later = timezone.now() + dt.timedelta(days=31)
    unchanged()
    monkeypatch.setattr(timezone, "now", lambda: later)
    with pytest.raises(RefusedError, match="超过30天"):
        actions.undo(number, acting_user=clerk)


def test_only_by_those_who_may(town, clerk, worker, leader, unchanged):
    number = changed(make.outlet(town.b1), clerk, hours="早")
    unchanged()
    with pytest.raises(MissingError):
        actions.undo(number, acting_user=worker)
    with pytest.raises(NotAllowedError):
        actions.undo(number, acting_user=leader)


@pytest.fixture
def own(town, owner):
    """Return the shop of the shopkeeper."""
    return make.outlet(town.a1, merchant=kept(Merchant, town.a1, user=owner))


@pytest.mark.parametrize("values", [{"name": "别名"}, {"quality_brand": True}])
def test_an_owner_takes_back_no_edit_of_the_office(own, clerk, owner, unchanged, values):
    number = changed(own, clerk, **values)
    unchanged()
    with pytest.raises(NotAllowedError):
        actions.undo(number, acting_user=owner)


def test_an_owner_takes_back_the_own_edit(own, owner):
    actions.undo(changed(own, owner, hours="早"), acting_user=owner)
    assert Outlet.objects.get().hours == ""


def test_an_owner_neither_hides_nor_shows_the_own_shop(own, clerk, owner, unchanged):
    actions.remove(own, seen=1, acting_user=clerk)
    removed = last()
    with pytest.raises(NotAllowedError):
        actions.undo(removed, acting_user=owner)
    actions.undo(removed, acting_user=clerk)
    unchanged()
    with pytest.raises(NotAllowedError):
        actions.undo(last(), acting_user=owner)


def test_an_owner_takes_back_no_entrance_and_no_look(own, clerk, owner, unchanged):
    actions.add_entrance(Entrance(outlet=own, lon=116.3, lat=39.9), acting_user=clerk)
    entrance = last()
    actions.verify(own, seen=1, acting_user=clerk)
    look = last()
    actions.undo(look, acting_user=clerk)
    unchanged()
    for number in (entrance, last()):
        with pytest.raises(NotAllowedError):
            actions.undo(number, acting_user=owner)
    assert Entrance.objects.get().removed_at is None


def test_a_code_given_away_meanwhile_stays_there(town, clerk, unchanged):
    actions.remove(make.outlet(town.a1, code="1"), seen=1, acting_user=clerk)
    number = last()
    make.outlet(town.b1, code="1")
    unchanged()
    with pytest.raises(RefusedError, match="编号“1”在东区已经用过"):
        actions.undo(number, acting_user=clerk)


def test_an_entrance_goes_back(town, clerk):
    shop = make.outlet(town.a1)
    actions.add_entrance(Entrance(outlet=shop, lon=116.3, lat=39.9), acting_user=clerk)
    actions.undo(last(), acting_user=clerk)
    assert not Entrance.objects.filter(removed_at=None).exists()


def test_the_chain_still_holds(town, clerk):
    actions.undo(changed(make.outlet(town.a1), clerk, hours="早"), acting_user=clerk)
    assert list(chain.verify()) == []
