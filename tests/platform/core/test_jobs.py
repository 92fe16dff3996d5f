"""Test the queue: leases, progress, stopping, and a database that is away for a while."""

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from livingcircle_platform.core import jobs
from livingcircle_platform.core.models import Job

# A worker closes connections between jobs, as no test inside one transaction would allow.
pytestmark = pytest.mark.django_db(transaction=True)
TASK = "livingcircle_platform.core.tasks.try_out"


@pytest.fixture
def ask(town, clerk, monkeypatch):
    """Put a job into the queue that runs a function of ours."""

    def put(function):
        monkeypatch.setattr(jobs, "_task", lambda _: function)
        return Job.objects.create(task=TASK, title="试一试", asked_by=clerk, area=town.district)

    return put


def lapse(job):
    """Let a lease run out."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_progress_never_goes_back(ask):
    job = ask(None)
    first = jobs.Handle(jobs.claim("one"), {}, threading.Event())
    first.tell(60, 100, "读")
    lapse(job)
    second = jobs.Handle(jobs.claim("two"), {}, threading.Event())
    seen = []
    for done, total in [(0, 100), (10, 100), (50, 100), (7, 10), (90, 100)]:
        second.tell(done, total, "读")
        job.refresh_from_db()
        seen.append((job.percent, job.total))
    assert seen == [(60, 100), (60, 100), (60, 100), (70, 10), (90, 100)]


def test_parts_share_one_bar(ask):
    job = ask(None)
    handle = jobs.Handle(jobs.claim("one"), {}, threading.Event())
    seen = []
    for begin, end, done, total in [(0, 0.4, 1, 2), (0, 0.4, 2, 2), (0.4, 1, 1, 3), (0.4, 1, 3, 3)]:
        handle.part(begin, end)(done, total, "步骤")
        job.refresh_from_db()
        seen.append(job.percent)
    assert seen == [20, 40, 60, 100]


def test_a_slow_worker_does_not_speak_for_the_one_that_replaced_it(ask):
    job = ask(None)
    slow = jobs.claim("slow")
    lapse(job)
    quick = jobs.claim("quick")
    with pytest.raises(jobs.CancelledError):
        jobs.Handle(slow, {}, threading.Event()).tell(99, 100)
    with pytest.raises(jobs.CancelledError):
        jobs.finish(slow, lambda: pytest.fail("written beside the other"))
    jobs._end(slow, threading.Event(), Job.State.CANCELLED)
    job.refresh_from_db()
    assert (job.state, job.worker, job.done) == (Job.State.RUNNING, "quick", 0)
    assert jobs.finish(quick, lambda: "written") == "written"


def test_a_worker_told_to_end_gives_its_job_back(ask):
    stop = threading.Event()

    def task(handle):
        stop.set()
        handle.tell(1, 2)
        pytest.fail("went on")

    job = ask(task)
    assert jobs.work(stop) == 1
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until) == (Job.State.QUEUED, 0, None)
    ask(lambda _: "/done/")
    jobs.work(threading.Event(), once=True)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.result) == (Job.State.DONE, 1, "/done/")


def test_a_cancelled_job_is_not_given_back(ask):
    stop = threading.Event()

    def task(handle):
        jobs.cancel(handle.job)
        stop.set()
        handle.stop_if_asked()

    job = ask(task)
    jobs.work(stop)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED


def test_a_job_is_tried_again_after_the_database_was_away_but_not_for_ever(ask):
    tries = []

    def task(handle):
        tries.append(handle.job.attempts)
        raise OperationalError

    job = ask(task)
    jobs.work(threading.Event(), once=True)
    job.refresh_from_db()
    assert tries == [1, 2, 3]
    assert job.state == Job.State.FAILED
    assert "试了3次" in job.problem


def test_claim_and_end_wait_for_a_database_that_is_away(monkeypatch):
    monkeypatch.setattr(jobs, "connection", type("Outside", (), {"in_atomic_block": False}))
    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)
    pauses = []
    stop = threading.Event()
    monkeypatch.setattr(stop, "wait", pauses.append)
    answers = [OperationalError("away"), OperationalError("away"), "found"]

    def do():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert jobs._patiently(do, stop) == "found"
    assert pauses == [0.5, 1.0]
    stop = threading.Event()
    stop.set()
    answers[:] = [OperationalError("away")]
    assert jobs._patiently(do, stop) is None


def test_nothing_is_begun_on_a_full_disk(ask, monkeypatch):
    job = ask(lambda _: "")
    monkeypatch.setattr(jobs, "is_nearly_full", lambda: True)
    assert jobs.work(threading.Event(), once=True) == 0
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED
    monkeypatch.setattr(jobs, "is_nearly_full", lambda: False)
    assert jobs.work(threading.Event(), once=True) == 1


def test_a_job_is_claimed_once(ask):
    job = ask(None)
    assert jobs.claim("one").pk == job.pk
    assert jobs.claim("two") is None


def test_a_cancelled_job_writes_nothing(ask):
    ask(None)
    held = jobs.claim("one")
    jobs.cancel(held)
    with pytest.raises(jobs.CancelledError):
        jobs.finish(held, lambda: pytest.fail("wrote"))


def test_a_job_that_kills_its_worker_is_given_up_with_a_sentence(ask):
    job = ask(None)
    for turn in range(jobs.MOST_ATTEMPTS):
        assert jobs.claim(f"w{turn}") is not None
        lapse(job)
    jobs.run(jobs.claim("last"), {})
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "试了3次" in job.problem


def test_only_tasks_of_our_own_rooms_are_run(town, clerk):
    told = {"title": "试一试", "asked_by": clerk, "area": town.district}
    job = Job.objects.create(task="os.system", **told)
    jobs.run(jobs.claim("one"), {})
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert "不认识的后台任务" in job.problem
