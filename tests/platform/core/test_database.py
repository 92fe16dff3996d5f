"""Test what is promised of a database when many use it at once."""

import threading
import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db import transaction

from livingcircle_platform.audit import chain
from livingcircle_platform.audit import writing
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.core.database import from_url
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.registry.models import Outlet
from tests.platform import make

WRITERS, TIMES = 20, 3


def test_addresses_are_read():
    told = from_url("postgresql://li:a%2Fb%40c@db.example:5433/circle?sslmode=require")
    assert (told["USER"], told["PASSWORD"], told["HOST"]) == ("li", "a/b@c", "db.example")
    assert (told["PORT"], told["NAME"]) == ("5433", "circle")
    assert told["OPTIONS"] == {"sslmode": "require"}
    assert told["CONN_HEALTH_CHECKS"]
    local = from_url("postgresql://li@/circle")
    assert (local["HOST"], local["PORT"], local["NAME"]) == ("", "", "circle")
    assert from_url("sqlite:////data/%E5%BA%93.sqlite3")["NAME"] == "/data/库.sqlite3"
    with pytest.raises(ImproperlyConfigured, match="不认识的数据库地址“mysql”"):
        from_url("mysql://a/b")


@pytest.mark.django_db(transaction=True)
def test_sqlite_waits_for_its_turn_and_forces_every_write():
    if connection.vendor != "sqlite":
        pytest.skip("只和 SQLite 有关")

    def pragma(name):
        with connection.cursor() as cursor:
            return cursor.execute(f"PRAGMA {name}").fetchone()[0]

    assert [pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys")] == ["wal", 2, 1]
    assert pragma("busy_timeout") == 30_000
    with transaction.atomic():
        other = threading.Thread(target=_try_to_write, args=(found := [],))
        other.start()
        other.join()
    assert found == ["locked"]  # taken at BEGIN, before anything is written


def _try_to_write(found):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
    try:
        with transaction.atomic():
            found.append("written")
    except Exception as problem:  # noqa: BLE001 - told to the test
        found.append("locked" if "locked" in str(problem) else repr(problem))
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_long_write_keeps_no_reader_waiting(town):
    make.outlet(town.a1)
    begun, over = threading.Event(), threading.Event()

    def write_for_long():
        try:
            with transaction.atomic():
                make.outlet(town.a2)
                begun.set()
                over.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=write_for_long)
    writer.start()
    try:
        assert begun.wait(20)
        began = time.monotonic()
        assert Outlet.objects.count() == 1  # and sees nothing half-written
        assert time.monotonic() - began < 1
    finally:
        over.set()
        writer.join()
    assert Outlet.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_twenty_writers_lose_nothing(town, clerk):
    shop = make.outlet(town.a1, area_m2=0)
    failed = []

    def write():
        try:
            for _ in range(TIMES):
                _count_up(shop.pk, clerk)
        except Exception as problem:  # noqa: BLE001 - told to the test
            failed.append(problem)
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    shop.refresh_from_db()
    assert shop.area_m2 == WRITERS * TIMES
    assert Entry.objects.count() == WRITERS * TIMES
    assert list(chain.verify()) == []


def _count_up(pk, clerk):
    """Read, add one, write; begin again if somebody else was first."""
    while True:
        shop = Outlet.objects.get(pk=pk)
        try:
            writing.change(
                shop,
                {"area_m2": shop.area_m2 + 1},
                seen=shop.version,
                acting_user=clerk,
            )
        except ConflictError:
            continue
        return
