"""Add, change, remove and verify: only what somebody may, only where, and told to the audit."""

import pytest
from django.utils import timezone

from livingcircle_platform.audit.models import Entry
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import NotAllowedError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import actions
from livingcircle_platform.registry.models import Merchant
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import ServiceCentre
from tests.platform import make
from tests.platform.registry.conftest import kept


def test_a_worker_adds_in_the_own_community(town, worker):
    made = actions.add(Outlet(name="新店", code="1", area=town.a1), acting_user=worker)
    assert Outlet.objects.get() == made
    assert Entry.objects.get().actor == worker


def test_a_worker_adds_nothing_next_door(town, worker, unchanged):
    unchanged()
    with pytest.raises(NotAllowedError):
        actions.add(Outlet(name="新店", code="1", area=town.a2), acting_user=worker)


def test_a_leader_changes_nothing(town, leader, unchanged):
    shop = make.outlet(town.a1)
    unchanged()
    with pytest.raises(NotAllowedError):
        actions.change(shop, {"name": "新名"}, seen=1, acting_user=leader)
    with pytest.raises(NotAllowedError):
        actions.remove(shop, seen=1, acting_user=leader)
    with pytest.raises(NotAllowedError):
        actions.verify(shop, seen=1, acting_user=leader)


def test_what_lies_elsewhere_is_missing(town, worker, unchanged):
    shop = make.outlet(town.b1)
    unchanged()
    for act in (actions.remove, actions.verify):
        with pytest.raises(MissingError):
            act(shop, seen=1, acting_user=worker)


def test_moving_needs_rights_in_both_places(town, worker, street, unchanged):
    shop = make.outlet(town.a1)
    with pytest.raises(NotAllowedError, match="不在您的范围内"):
        actions.change(shop, {"area": town.a2}, seen=1, acting_user=worker)
    shop = Outlet.objects.get()
    actions.change(shop, {"area": town.a2}, seen=1, acting_user=street)
    unchanged()
    with pytest.raises(NotAllowedError):
        actions.change(shop, {"area": town.b1}, seen=2, acting_user=street)


def test_an_owner_changes_a_few_things_only(town, owner, unchanged):
    shop = make.outlet(town.a1, merchant=kept(Merchant, town.a1, user=owner))
    actions.change(shop, {"hours": "8:00–20:00"}, seen=1, acting_user=owner)
    unchanged()
    for values in ({"chain": True}, {"area": town.a2}, {"merchant": None}):
        with pytest.raises(NotAllowedError):
            actions.change(Outlet.objects.get(), values, seen=2, acting_user=owner)


def test_nobody_sets_by_hand_what_steps_set(town, clerk, unchanged):
    shop = make.outlet(town.a1)
    unchanged()
    with pytest.raises(NotAllowedError):
        actions.change(shop, {"verified_on": timezone.localdate()}, seen=1, acting_user=clerk)


def test_a_code_stands_for_one_shop_in_a_district(town, clerk, unchanged):
    make.outlet(town.a1, code="1")
    shop = make.outlet(town.b1, code="2")
    unchanged()
    with pytest.raises(RefusedError) as caught:
        actions.add(Outlet(name="店", code="1", area=town.b2), acting_user=clerk)
    assert caught.value.fields == {"code": "编号“1”在东区已经用过"}
    with pytest.raises(RefusedError, match="编号“1”在东区已经用过"):
        actions.change(shop, {"code": "1"}, seen=1, acting_user=clerk)


def test_a_code_may_come_again_elsewhere_or_for_another_kind(town, clerk):
    make.outlet(town.elsewhere_a1, code="1")
    actions.remove(make.outlet(town.a1, code="1"), seen=1, acting_user=clerk)
    shop = actions.add(Outlet(name="店", code="1", area=town.a1), acting_user=clerk)
    actions.add(ServiceCentre(name="店", code="1", area=town.a1), acting_user=clerk)
    actions.change(shop, {"code": "1", "area": town.b1}, seen=1, acting_user=clerk)
    assert Outlet.objects.present().filter(code="1").count() == 2


def test_a_trade_that_the_catalogue_lacks_is_refused(town, clerk, unchanged):
    unchanged()
    new = Outlet(name="店", code="1", area=town.a1, trades=("tea",))
    with pytest.raises(RefusedError) as caught:
        actions.add(new, acting_user=clerk)
    assert caught.value.fields == {"trades": "业态目录里没有“tea”"}


def test_a_link_to_what_one_cannot_see_is_refused(town, worker, unchanged):
    shop, far = make.outlet(town.a1), kept(Merchant, town.b1)
    unchanged()
    with pytest.raises(RefusedError, match="没有这个经营主体"):
        actions.change(shop, {"merchant": far}, seen=1, acting_user=worker)


def test_the_id_of_a_hidden_record_tells_nothing(town, worker, unchanged):
    hidden = make.outlet(town.b1, "秘密店")
    unchanged()
    new = Outlet(pk=hidden.pk, name="店", code="1", area=town.a1)
    with pytest.raises(MissingError) as caught:
        actions.add(new, acting_user=worker)
    assert "秘密店" not in str(caught.value)


def test_a_centre_with_outlets_stays(town, clerk, unchanged):
    centre = kept(ServiceCentre, town.a1)
    make.outlet(town.a1, service_centre=centre)
    unchanged()
    with pytest.raises(RefusedError, match="还有1个网点"):
        actions.remove(centre, seen=1, acting_user=clerk)


def test_verifying_tells_who_and_when(town, worker):
    shop = make.outlet(town.a1, state="unverified")
    actions.verify(shop, seen=1, acting_user=worker, values={"state": "open"})
    shop.refresh_from_db()
    today = timezone.localdate()
    assert (shop.state, shop.verified_on, shop.verified_by) == ("open", today, "worker")
    assert shop.verified_day == today.toordinal()
    assert Entry.objects.get().action == "outlet.verify"


def test_two_who_change_at_once_see_both(town, clerk, unchanged):
    make.outlet(town.a1)
    one, other = Outlet.objects.get(), Outlet.objects.get()
    actions.change(one, {"hours": "早"}, seen=1, acting_user=clerk)
    unchanged()
    with pytest.raises(ConflictError) as caught:
        actions.change(other, {"hours": "晚"}, seen=1, acting_user=clerk)
    assert (caught.value.theirs, caught.value.yours) == ({"hours": "早"}, {"hours": "晚"})
