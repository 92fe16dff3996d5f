"""Kill processes, pull the plug of the database, fill the disk: nothing acknowledged is lost."""

import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.platform.running import PostgreSQL
from tests.platform.running import new_id
from tests.platform.running import platform_in
from tests.platform.running import started
from tests.platform.running import wait_for

pytestmark = pytest.mark.enable_socket


TEST_DATABASE = os.environ.get("LIVINGCIRCLE_TEST_DATABASE", "")


@pytest.fixture
def address():
    """Return the address of an empty database of the kind these tests run on."""
    if not TEST_DATABASE:
        yield ""
        return
    with psycopg.connect(
        urlsplit(TEST_DATABASE)._replace(path="/postgres").geturl(), autocommit=True
    ) as server:
        server.execute(f"CREATE DATABASE faults_{os.getpid()}")
        yield urlsplit(TEST_DATABASE)._replace(path=f"/faults_{os.getpid()}").geturl()
        server.execute(f"DROP DATABASE faults_{os.getpid()} WITH (FORCE)")


class Clients:
    """Post runs from a few threads, each until it is acknowledged, and remember which were."""

    def __init__(self, platform, threads=3):
        self.platform, self.over = platform, threading.Event()
        self.sent, self.acknowledged, self.failed = [], [], []
        self.threads = [threading.Thread(target=self._post) for _ in range(threads)]

    def __enter__(self):
        """Begin to post."""
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        """Let each thread get its last one through."""
        self.over.set()
        for thread in self.threads:
            thread.join()

    def _post(self):
        while not self.over.is_set():
            run = new_id()
            self.sent.append(run)
            end = time.monotonic() + 60
            while (status := self.platform.ask_run(run)) != 302 and time.monotonic() < end:
                self.failed.append(status)
                time.sleep(0.1)
            if status == 302:
                self.acknowledged.append(run)


def prove_nothing_lost(platform, clients):
    """Hold what is kept against what was acknowledged: all of it, each once, the chain whole."""
    told = platform.ask(
        "json.dumps([[str(one) for one in Run.objects.values_list('pk', flat=True)],"
        " list(Entry.objects.filter(action__startswith='run').values_list('object_id', flat=True)),"
        " Job.objects.count()])"
    )
    runs, entries, jobs = json.loads(told)
    assert set(clients.acknowledged) == set(clients.sent)
    assert sorted(runs) == sorted(clients.sent)
    assert sorted(entries) == sorted(clients.sent)
    assert jobs == len(clients.sent)
    assert "操作记录完整" in platform.run("verify_audit")


def processes_of(group):
    """Return the processes of a group."""
    told = subprocess.run(
        ["ps", "-e", "-o", "pid=,pgid="], capture_output=True, text=True, check=True
    ).stdout.split()
    pairs = zip(map(int, told[::2]), map(int, told[1::2]), strict=True)
    return [pid for pid, of in pairs if of == group]


def test_killed_web_processes_lose_and_double_nothing(tmp_path, address):
    platform = platform_in(tmp_path, address)
    platform.prepare()
    web = platform.web()
    dice = random.Random(7)  # noqa: S311 - which process dies
    with started(web):
        wait_for(platform.is_up)
        with Clients(platform) as clients:
            for _ in range(8):
                wait_for(platform.is_up)
                time.sleep(0.3)
                os.kill(dice.choice(processes_of(web.process.pid)), signal.SIGKILL)
                time.sleep(0.1)
                web.look_after()
                web.not_before = 0
                web.failures = 0
                web.look_after()
    assert clients.failed  # it did hurt
    assert len(clients.sent) > 10
    prove_nothing_lost(platform, clients)


def test_the_database_losing_power_loses_nothing_and_nobody_needs_a_restart(tmp_path):
    if not TEST_DATABASE:
        pytest.skip("数据库断电由 make postgis 的那一遍检查")
    database = PostgreSQL()
    platform = platform_in(tmp_path, database.address)
    try:
        platform.prepare()
        web, worker = platform.web(), platform.worker()
        with started(web, worker):
            wait_for(platform.is_up)
            group = set(processes_of(web.process.pid))
            with Clients(platform) as clients:
                for _ in range(3):
                    time.sleep(1)
                    database.cut_the_power()
                    time.sleep(0.5)
                    database.start()
                    began = time.monotonic()
                    wait_for(platform.is_up)
                    assert time.monotonic() - began < 10
            assert clients.failed
            # The same processes go on: web, and a worker that ends every job it finds.
            assert set(processes_of(web.process.pid)) == group
            left = "Job.objects.exclude(state__in=['done', 'failed']).count()"
            wait_for(lambda: platform.ask(left) == "0", 120)
            assert worker.process.poll() is None
        prove_nothing_lost(platform, clients)
    finally:
        database.remove()


@pytest.fixture
def small_disk(tmp_path):
    """Return a folder on a disk of 48 MB."""
    if TEST_DATABASE:
        pytest.skip("磁盘写满由 SQLite 的那一遍检查")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = shutil.which("mount") and not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(folder)],
        capture_output=True, check=False,
    ).returncode  # fmt: skip
    if not mounted:
        pytest.skip("这里不能挂载 tmpfs（要管理员权限）")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path, free: int) -> Path:
    """Fill a disk until so many bytes are free."""
    ballast = folder / "ballast"
    with ballast.open("ab") as stream:
        stream.write(b"\0" * max(shutil.disk_usage(folder).free - free, 0))
    return ballast


def test_a_full_disk_stops_writing_not_reading_and_heals_by_itself(small_disk):
    platform = platform_in(
        small_disk, "", small_disk.with_name("log"), LIVINGCIRCLE_FREE_DISK_WANTED="0.10"
    )
    platform.prepare()
    with started(platform.web(workers=1)):
        wait_for(platform.is_up)
        assert platform.ask_run(new_id()) == 302
        ballast = fill(small_disk, 3 * 1024**2)
        wait_for(lambda: "暂时只能查看" in platform.http("GET", "/jobs/")[1], 15)
        status, told = platform.http("POST", "/assessment/new/", {"title": "我填的话"})
        assert status == 503
        assert "服务器磁盘快满了" in told
        assert "我填的话" in told
        fill(small_disk, 0)
        for path in ("/jobs/", "/assessment/", "/health/"):
            assert platform.http("GET", path)[0] == 200, path
        assert platform.ask_run(new_id()) == 503
        ballast.unlink()
        kept = new_id()
        wait_for(lambda: platform.ask_run(kept) == 302, 15)
    assert platform.ask("Run.objects.count()") == "2"


FACTS = (
    "json.dumps([[one.digest, one.summary, one.finished_at is not None,"
    " sorted(map(str, Gap.objects.filter(run=one).values_list('gap_id', 'trade', 'shortfall',"
    " 'people', 'nearest_m', 'urgency', 'reason'))),"
    " Finding.objects.filter(run=one).count(), Unit.objects.filter(run=one).count()]"
    " for one in Run.objects.order_by('number')])"
)
PROGRESS = (
    "json.dumps(list(Job.objects.order_by('asked_at').values_list('state', 'done', 'total')))"
)


def test_a_killed_worker_is_replaced_and_the_result_is_the_same(tmp_path, pytestconfig, address):
    platform = platform_in(tmp_path, address)
    platform.run("migrate", "--verbosity", "0")
    platform.run("lay_out_demonstration", str(pytestconfig.rootpath / "src/livingcircle/sample"))
    platform.ask("Job.objects.exclude(task__endswith='assess').delete()")
    platform.run("work", "--once")
    again = (
        "from livingcircle_platform.accounts.models import User;"
        "from livingcircle_platform.assessment.actions import ask_run;"
        "from livingcircle_platform.assessment.models import Run;"
        "first = Run.objects.get();"
        "ask_run(Run(district=first.district, title='again'),"
        " acting_user=User.objects.get(username='admin'))"
    )
    platform.run("shell", "--no-imports", "-c", again)
    shares = [0]

    def share():
        (*_, (state, done, total)) = json.loads(platform.ask(PROGRESS))
        assert state != "failed"
        shares.append(done / total if total else 0)
        return state if state == "done" else shares[-1]

    worker = platform.worker()
    with started(worker):
        wait_for(lambda: share() not in (0, "done"))
        os.kill(worker.process.pid, signal.SIGKILL)
    dead = time.monotonic()
    with started(platform.worker()):
        wait_for(lambda: platform.ask("Job.objects.filter(attempts=2).count()") == "1", 60)
        assert time.monotonic() - dead < 60
        wait_for(lambda: share() == "done", 300)
    assert shares == sorted(shares)  # the bar never went back
    first, second = json.loads(platform.ask(FACTS))
    assert len(first[3]) == 119
    assert first == second
