"""Check that what is remembered is never older than the record."""

import datetime as dt

import pytest
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from django.utils import timezone

from livingcircle_platform.accounts import actions
from livingcircle_platform.accounts.models import Membership
from livingcircle_platform.audit import head
from livingcircle_platform.registry import actions as registry
from tests.platform import make
from tests.platform.api.conftest import token_for


@pytest.fixture
def read():
    """Return what counts how often it is asked."""
    caches["moment"].clear()
    asked = []

    def answer():
        asked.append(1)
        return len(asked)

    yield answer
    caches["moment"].clear()


@pytest.mark.django_db(transaction=True)
def test_it_is_read_anew_after_any_write(town, read):
    shop = make.outlet(town.a1)
    assert [head.while_nobody_writes("x", read) for _ in range(3)] == [1, 1, 1]
    registry.remove(
        shop, seen=shop.version, acting_user=make.user("wang", ("district", town.district))
    )
    assert head.while_nobody_writes("x", read) == 2


@pytest.mark.django_db(transaction=True)
def test_it_is_read_anew_on_another_day(town, read, monkeypatch):
    assert head.while_nobody_writes("x", read) == 1
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    monkeypatch.setattr(head.timezone, "localdate", lambda: tomorrow)
    assert head.while_nobody_writes("x", read) == 2


@pytest.mark.django_db(transaction=True)
def test_what_an_open_transaction_sees_is_not_remembered(town, read):
    with transaction.atomic():
        assert [head.while_nobody_writes("x", read) for _ in range(2)] == [1, 2]
    assert head.while_nobody_writes("x", read) == 3


@pytest.mark.django_db(transaction=True)
def test_a_role_that_is_taken_away_is_gone_at_once(town, read):
    admin, clerk = (
        make.user("admin", ("admin", town.city)),
        make.user("wang", ("district", town.district)),
    )
    header, client = token_for(clerk), Client()
    assert client.get("/api/outlets", **header).status_code == 200
    assert client.get("/api/outlets", **header).status_code == 200
    held = Membership.objects.get(user=clerk)
    actions.take_role(held, seen=held.version, acting_user=admin)
    assert client.get("/api/outlets", **header).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_an_account_that_is_stopped_is_out_at_once(town, read):
    admin, clerk = (
        make.user("admin", ("admin", town.city)),
        make.user("wang", ("district", town.district)),
    )
    header, client = token_for(clerk), Client()
    assert client.get("/api/outlets", **header).status_code == 200
    actions.suspend(clerk, reason="离职", acting_user=admin)
    assert client.get("/api/outlets", **header).status_code == 401
