"""Give tests of the intake a district, its clerk, and a worker that does what waits."""

import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from livingcircle_platform.core import jobs
from livingcircle_platform.core.models import Job
from livingcircle_platform.imports import child
from livingcircle_platform.imports import judging
from livingcircle_platform.imports import marking
from livingcircle_platform.imports import readback
from livingcircle_platform.imports.actions import asking
from livingcircle_platform.imports.models import Batch
from tests.platform.make import SOUTH
from tests.platform.make import WEST

HEADER = "网点编号,网点名称,业态,经度,纬度,联系电话"


def place(column, east=0.005, north=0.005):
    """Return a place in the community of a column, in degrees from its south-western corner."""
    return WEST + 0.01 * column + east, SOUTH + north


def row(code, name, trades="药店", column=0, phone="", **at):
    """Return one line of a table of shops."""
    lon, lat = place(column, **at)
    return f"{code},{name},{trades},{lon:.6f},{lat:.6f},{phone}"


def sheet(*rows, header=HEADER, name="网点.csv"):
    """Return a text table as it is uploaded."""
    return SimpleUploadedFile(name, "\n".join((header, *rows)).encode("utf-8-sig"))


@pytest.fixture
def at_once(monkeypatch):
    """Judge and mark files in this process: starting the bound one has tests of its own."""

    def run(job, limits, **_):
        told = {name: value for name, value in job.items() if name != "task"}
        if job["task"] == "readback":
            marking.mark(told)
        else:
            judging.judge(told, limits, lambda _done, _what: None)

    monkeypatch.setattr(child, "run_child", run)
    monkeypatch.setattr(readback, "run_child", run)


@pytest.fixture
def work(at_once):
    """Return a way to do all jobs that wait."""

    def until_idle():
        jobs.work(threading.Event(), once=True)
        assert not Job.objects.filter(state__in=["queued", "running"]).exists()

    return until_idle


@pytest.fixture
def bring(town, clerk, work):
    """Return a way to upload a file and have it read."""

    def one(file, table="outlets", area=None, coordinates="WGS-84", by=None, **told):
        files = file if isinstance(file, list) else [file]
        made = Batch(table=table, area=area or town.district, coordinates=coordinates, **told)
        asking.upload(made, files, acting_user=by or clerk)
        work()
        return Batch.objects.get(pk=made.pk)

    return one
