"""Run a city on real Dask workers, kill one half-way, and get the very same bytes."""

import os
import signal
import threading
import time

import pytest

from livingcircle._city.working import finished
from livingcircle._commands import cities as commands
from livingcircle.city import assess_city
from livingcircle.errors import InputError
from livingcircle.errors import WorkerError
from tests.factories.city import STANDARD
from tests.factories.city import contents
from tests.factories.city import packed
from tests.factories.city import small_city

distributed = pytest.importorskip("distributed")
# Workers talk to the scheduler over loopback; nothing leaves the machine.
pytestmark = pytest.mark.enable_socket

PATIENCE = 60.0  # seconds


@pytest.fixture
def cluster():
    """Return a cluster of two worker processes on loopback, without a dashboard."""
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        worker_dashboard_address=None,
        silence_logs=50,
    ) as running:
        yield running


def job_of(city, out):
    """Return what the command line would do with a city."""
    return commands._Job(city, STANDARD, out, "standard", "10:00", on=None, belt=None, again=False)


def kill_when_one_is_done(out, city, pid, told):
    """Kill a worker process when the first district is finished."""
    late = time.monotonic() + PATIENCE
    while not any(finished(out, one.name) for one in city.districts):
        if time.monotonic() > late:
            return  # a run that finishes nothing must fail the test, not hang it
        time.sleep(0.01)
    told.append(sum(finished(out, one.name) is not None for one in city.districts))
    os.kill(pid, signal.SIGKILL)


def test_a_worker_killed_half_way_changes_no_byte(cluster, tmp_path):
    city = packed(small_city(5, doors=8, outlets=5), tmp_path / "city")
    run = assess_city(city, STANDARD, tmp_path / "alone")
    out = tmp_path / "cluster"
    with distributed.Client(cluster) as client:
        client.wait_for_workers(2)
        pids = client.run(os.getpid)
        told = []
        killer = threading.Thread(
            target=kill_when_one_is_done, args=(out, city, next(iter(pids.values())), told)
        )
        killer.start()
        survived = assess_city(city, STANDARD, out, executor=client.get_executor(pure=False))
        killer.join()
    assert survived.failed == {}
    assert told[0] < 5  # there was still work to lose
    assert survived.done == run.done
    assert contents(out) == contents(run.out)


def test_the_command_line_takes_an_address(cluster, tmp_path):
    city = packed(small_city(2, doors=8, outlets=5), tmp_path / "city")
    run = assess_city(city, STANDARD, tmp_path / "alone")
    job = job_of(city, tmp_path / "out")
    commands._on_cluster(job, cluster.scheduler_address, lambda *_: None)
    assert contents(tmp_path / "out") == contents(run.out)


def test_nobody_at_the_address_is_told(tmp_path, monkeypatch):
    city = packed(small_city(1), tmp_path / "city")
    job = job_of(city, tmp_path / "out")
    real = distributed.Client
    monkeypatch.setattr(distributed, "Client", lambda address, **_: real(address, timeout=0.2))
    with pytest.raises(WorkerError, match="连不上 Dask 调度器"):
        commands._on_cluster(job, "tcp://127.0.0.1:9", lambda *_: None)


def test_without_dask_the_remedy_is_named(tmp_path, monkeypatch):
    city = packed(small_city(1), tmp_path / "city")
    job = job_of(city, tmp_path / "out")

    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(commands, "import_module", missing)
    with pytest.raises(InputError, match=r"pip install 'livingcircle\[cluster\]'"):
        commands._on_cluster(job, "tcp://127.0.0.1:1", lambda *_: None)
