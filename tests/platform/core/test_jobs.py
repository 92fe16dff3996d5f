"""Let a job be spoken for by one worker only: the one that holds it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from livingcircle_platform.core import jobs
from livingcircle_platform.core.models import Job


@pytest.fixture
def asked(town, clerk):
    """Return a job in the queue."""
    task = "livingcircle_platform.audit.tasks.verify_chain"
    return Job.objects.create(task=task, title="校验", asked_by=clerk, area=town.district)


def lapse():
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_job_is_claimed_once(asked):
    assert jobs.claim("one").pk == asked.pk
    assert jobs.claim("two") is None


def test_a_slow_worker_does_not_speak_for_the_one_that_replaced_it(asked):
    slow = jobs.claim("slow")
    lapse()
    quick = jobs.claim("quick")
    jobs._end(quick, Job.State.DONE, result="/")
    jobs._end(slow, Job.State.CANCELLED)
    asked.refresh_from_db()
    assert (asked.state, asked.result) == (Job.State.DONE, "/")


def test_a_replaced_worker_stops_at_its_next_word(asked):
    handle = jobs.Handle(jobs.claim("slow"), {})
    lapse()
    jobs.claim("quick")
    with pytest.raises(jobs.CancelledError):
        handle.tell(1, 2)
    asked.refresh_from_db()
    assert asked.done == 0


def test_a_replaced_worker_writes_nothing(asked):
    slow = jobs.claim("slow")
    lapse()
    quick = jobs.claim("quick")
    written = []
    with pytest.raises(jobs.CancelledError):
        jobs.finish(slow, lambda: written.append("slow") or "")
    assert jobs.finish(quick, lambda: written.append("quick") or "/done/") == "/done/"
    assert written == ["quick"]


def test_a_cancelled_job_writes_nothing(asked):
    held = jobs.claim("one")
    jobs.cancel(held)
    with pytest.raises(jobs.CancelledError):
        jobs.finish(held, lambda: pytest.fail("wrote"))


def test_a_job_that_kills_its_worker_is_given_up_with_a_sentence(asked):
    for turn in range(jobs.MOST_ATTEMPTS):
        assert jobs.claim(f"w{turn}") is not None
        lapse()
    jobs.run(jobs.claim("last"), {})
    asked.refresh_from_db()
    assert asked.state == Job.State.FAILED
    assert "试了3次" in asked.problem


def test_only_tasks_of_our_own_rooms_are_run(asked):
    Job.objects.update(task="os.system")
    jobs.run(jobs.claim("one"), {})
    asked.refresh_from_db()
    assert asked.state == Job.State.FAILED
    assert "不认识的后台任务" in asked.problem
