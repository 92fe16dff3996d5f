"""Let many people edit at once: nothing is lost, and nothing is written twice."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db import connections

from livingcircle_platform.accounts.models import User
from livingcircle_platform.audit import chain
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.registry import actions
from livingcircle_platform.registry.ledger import LEDGERS
from livingcircle_platform.registry.models import Outlet
from tests.platform import make

THREADS, EDITS = 20, 5

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def town(transactional_db):
    """Return the small city, seen by every thread."""
    return make.town()


def at_once(work):
    """Do something in twenty threads, and return what each returned."""

    def run(number):
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def needs_postgis():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite 一次只有一个人写，这里测的是 PostGIS")


def test_nothing_is_lost(town, clerk):
    needs_postgis()
    shop = make.outlet(town.a1, note="")

    def write(number):
        user, conflicts = User.objects.get(pk=clerk.pk), 0
        for turn in range(EDITS):
            while True:
                now = Outlet.objects.get(pk=shop.pk)
                values = {"note": f"{now.note} {number}-{turn}".strip()}
                try:
                    actions.change(now, values, seen=now.version, acting_user=user)
                    break
                except ConflictError:
                    conflicts += 1
        return conflicts

    at_once(write)
    shop.refresh_from_db()
    wanted = {f"{number}-{turn}" for number in range(THREADS) for turn in range(EDITS)}
    assert set(shop.note.split()) == wanted
    assert shop.version == 1 + THREADS * EDITS
    assert Entry.objects.count() == THREADS * EDITS
    assert list(chain.verify()) == []


def test_bulk_edits_merges_and_single_edits_do_not_block_each_other(town, clerk):
    needs_postgis()
    shops = [make.outlet(town.a1, f"店{number}") for number in range(THREADS)]
    ledger = LEDGERS["outlet"]

    def write(number):
        user = User.objects.get(pk=clerk.pk)
        rows = list(Outlet.objects.present().order_by("code" if number % 2 else "-code"))
        try:
            if number % 3 == 0:
                seen = [(one.pk, one.version) for one in rows]
                column = ledger.column("hours")
                actions.change_many(ledger, seen, column, f"{number}", acting_user=user)
            elif number % 3 == 1:
                one, other = rows[0], rows[-1]
                actions.merge(
                    one, other, seen_kept=one.version, seen_gone=other.version, acting_user=user
                )
            else:
                one = rows[number % len(rows)]
                actions.change(one, {"note": f"{number}"}, seen=one.version, acting_user=user)
        except ConflictError:
            return 0
        return 1

    assert sum(at_once(write)) >= 1
    assert len(shops) == Outlet.objects.count()
    assert list(chain.verify()) == []


def test_the_same_step_taken_back_at_once_goes_back_once(town, clerk):
    needs_postgis()
    shop = make.outlet(town.a1)
    actions.change(shop, {"hours": "早"}, seen=1, acting_user=clerk)
    number = Entry.objects.get().number

    def take_back(_):
        user = User.objects.get(pk=clerk.pk)
        try:
            return actions.undo(number, acting_user=user).many
        except Exception as problem:  # noqa: BLE001 - told below
            return type(problem).__name__

    told = at_once(take_back)
    assert told.count(1) == 1
    assert set(told) <= {1, "ConflictError", "RefusedError"}
    assert Outlet.objects.get().version == 3
