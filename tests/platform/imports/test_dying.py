"""Kill the worker at every statement of a reading and an acceptance: all or nothing, never twice.

The workers are real processes, killed by SIGKILL; another takes the job over once the lease, made
short by the setting an operator has too, has run out.
"""

import os
import shutil
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from livingcircle_platform.audit import chain
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.core.models import Job
from livingcircle_platform.imports import workplace
from livingcircle_platform.imports.actions import asking
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.registry.models import Outlet
from tests.platform.imports.conftest import row
from tests.platform.imports.conftest import sheet

pytestmark = pytest.mark.django_db(transaction=True)
LEASE = 0.3
ROWS = [row(f"A-{number}", f"店{number}", column=number % 4) for number in range(1, 8)]
WAITING = ["queued", "running"]
# Every statement takes minutes; every third one shows the same unless somebody moved a write.
STEP = int(os.environ.get("LIVINGCIRCLE_SWEEP_STEP", "3"))


def address():
    told = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{told['NAME']}"
    return f"postgresql://{told['USER']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"


@pytest.fixture
def worker(town):
    """Return a way to run a worker that dies before its n-th statement, or lives."""
    told = {
        "LIVINGCIRCLE_DATA": str(settings.DATA),
        "LIVINGCIRCLE_DATABASE_URL": address(),
        "LIVINGCIRCLE_SECRET_KEY": settings.SECRET_KEY,
        "LIVINGCIRCLE_JOB_LEASE": str(LEASE),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.platform.imports.mortal"],
        env={**os.environ, **told}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as house:  # fmt: skip

        def run(last=0):
            house.stdin.write(f"{last}\n")
            house.stdin.flush()
            return int(house.stdout.readline())

        yield run
        house.stdin.close()
        house.wait()


@pytest.fixture
def fresh(town, clerk, worker):
    """Return a way to upload the same file once more, its reading there already."""
    made = []

    def upload():
        Job.objects.filter(state__in=WAITING).delete()
        batch = Batch(table="outlets", area=town.district, coordinates="WGS-84")
        if made:
            kept = workplace.reading_folder(made[0]).parent
            shutil.copytree(kept, workplace.reading_folder(batch).parent)
        made.append(batch)
        return asking.upload(batch, [sheet(*ROWS)], acting_user=clerk)

    return upload


def taken_over(worker):
    """Let another worker do what was left, as soon as the lease of the dead one is over."""
    deadline = time.monotonic() + 30
    while Job.objects.filter(state__in=WAITING).exists():
        assert time.monotonic() < deadline
        time.sleep(LEASE / 3)
        worker()


def read(batch):
    batch.refresh_from_db()
    return batch.state, sorted(batch.rows.values_list("row", "key", "verdict")), batch.counts


def record():
    return sorted(Outlet.objects.present().values_list("code", "name", "version", "area__code"))


def test_a_reading_killed_at_every_statement_ends_the_same(fresh, worker):
    fresh()
    worker()  # reads the file; from here on the reading is there already
    batch = fresh()
    statements = worker()
    expected = read(batch)
    assert (expected[0], len(expected[1])) == ("staged", 7)
    assert statements > 10
    for last in range(1, statements + 1, STEP):
        batch = fresh()
        assert worker(last) == last
        state, rows, _ = read(batch)
        assert (state, rows) in [("reading", []), expected[:2]]
        taken_over(worker)
        assert read(batch) == expected, f"killed before statement {last}"


def test_an_acceptance_killed_at_every_statement_is_all_or_nothing(
    fresh, worker, work, clerk, monkeypatch
):
    monkeypatch.setattr(asking, "SMALL", 0)  # so that a worker does it

    def staged():
        Outlet.objects.all().delete()
        batch = fresh()
        work()
        batch.refresh_from_db()
        return asking.have_accepted(batch, acting_user=clerk, seen=batch.version)

    batch = staged()
    statements = worker()
    expected = record()
    assert len(expected) == 7
    for last in range(1, statements + 1, STEP):
        batch = staged()
        assert worker(last) == last
        batch.refresh_from_db()
        assert record() == (expected if batch.state == "accepted" else [])
        taken_over(worker)
        batch.refresh_from_db()
        assert (batch.state, batch.summary["written"]) == ("accepted", 7)
        assert record() == expected, f"killed before statement {last}"
        noted = Entry.objects.filter(action="batch.accept", object_id=str(batch.pk))
        assert noted.count() == 1
    assert list(chain.verify()) == []
