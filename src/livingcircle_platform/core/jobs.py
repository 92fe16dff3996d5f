"""Run background work that survives the page, the worker and the machine.

A task is a function ``name(handle, **arguments)`` in some room's ``tasks.py``; it returns the
address of the page that shows its result. It may be run again after a worker died or the database
was away, so it writes in one transaction or picks up where it stopped.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from functools import partial
from typing import Any
from typing import TypeVar

from django.conf import settings
from django.db import InterfaceError
from django.db import OperationalError
from django.db import close_old_connections
from django.db import connection
from django.db import transaction
from django.db.models import F
from django.db.models import Q
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from livingcircle_platform.core.disk import is_nearly_full
from livingcircle_platform.core.models import Job
from livingcircle_platform.errors import PlatformError

MOST_ATTEMPTS = 3
_WHOLE = 1_000
_BEATS = 4  # times that a lease is renewed before it would run out
_LONGEST_PAUSE = 8.0  # seconds between two tries to reach a database that is away
_AWAY = (OperationalError, InterfaceError)  # being restarted, cut off, or busy for too long
Found = TypeVar("Found")
_HOME = "livingcircle_platform."
_log = logging.getLogger(__name__)


class CancelledError(Exception):
    """The job should stop; what was not finished leaves no trace."""


class Handle:
    """Let a task tell how far it is, and learn whether it should stop.

    ``kept`` belongs to the worker and outlives one job: what a task puts there spares the next one
    work, and is never needed for a right answer.
    """

    def __init__(self, job: Job, kept: dict[str, Any], stop: threading.Event | None = None) -> None:
        self.job = job
        self.kept = kept
        self.stop = stop or threading.Event()
        self._thread = threading.get_ident()

    def tell(self, done: int, total: int, step: str = "") -> None:
        """Write down progress, which never goes back, and stop here if asked to.

        A second attempt begins at the start, but the bar waits where the first one left it.

        Raises
        ------
        CancelledError
            If somebody asked for it, or another worker took the job over.
        """
        job = self.job
        if done * max(job.total, 1) >= job.done * max(total, 1):
            job.done, job.total = done, total
        if not held(job).update(
            done=job.done, total=job.total, step=step, lease_until=_lease_end()
        ):
            raise CancelledError
        self.stop_if_asked()

    def part(self, begin: float, end: float) -> Callable[[int, int, str], None]:
        """Return a ``tell`` for one part of the work, from one share of the whole to another."""

        def tell(done: int, total: int, step: str = "") -> None:
            share = begin + (end - begin) * done / max(total, 1)
            self.tell(round(share * _WHOLE), _WHOLE, step)

        return tell

    def stop_if_asked(self) -> None:
        """Raise :class:`CancelledError` if the job should stop."""
        if self.is_cancelled():
            raise CancelledError

    def is_cancelled(self) -> bool:
        """Say whether to stop: somebody asked, the worker ends, or another took the job over.

        A solver asks from threads of its own; what one of them opens to the database, it closes.
        """
        if self.stop.is_set():
            return True
        wanted = held(self.job).filter(cancel_asked=False).exists()
        if threading.get_ident() != self._thread:
            connection.close()
        return not wanted


def claim(worker: str) -> Job | None:
    """Take the next job: one that waits, or one whose worker stopped renewing its lease."""
    now = timezone.now()
    waiting = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    for job in Job.objects.filter(waiting).order_by("asked_at")[:20]:
        taken = Job.objects.filter(waiting, pk=job.pk, attempts=job.attempts).update(
            state=Job.State.RUNNING, worker=worker, lease_until=_lease_end(),
            attempts=F("attempts") + 1, begun_at=job.begun_at or now,
        )  # fmt: skip
        if taken:
            job.refresh_from_db()
            return job
    return None


def held(job: Job) -> QuerySet[Job]:
    """Find the job as long as nobody else took it over.

    A worker that was only slow must not write beside the one that replaced it.
    """
    return Job.objects.filter(
        pk=job.pk, state=Job.State.RUNNING, worker=job.worker, attempts=job.attempts
    )


def run(job: Job, kept: dict[str, Any], stop: threading.Event | None = None) -> None:
    """Run one claimed job to its end, whatever that is; one stopped half-way is given back."""
    stop = stop or threading.Event()
    if job.cancel_asked:
        _end(job, stop, Job.State.CANCELLED)
        return
    if job.attempts > MOST_ATTEMPTS:
        problem = f"试了{MOST_ATTEMPTS}次都中途停了。请管理员查看服务器内存和日志，再重新提交。"
        _end(job, stop, Job.State.FAILED, problem=problem)
        return
    try:
        with _lease(job):
            result = _task(job.task)(Handle(job, kept, stop), **job.arguments)
    except CancelledError:
        _give_back(job, stop)
        _end(job, stop, Job.State.CANCELLED)
    except PlatformError as problem:
        _end(job, stop, Job.State.FAILED, problem=str(problem))
    except _AWAY:
        _log.exception("the database was away during job %s; it is tried again", job.pk)
        _patiently(lambda: held(job).update(lease_until=timezone.now()), stop)
    except Exception as problem:  # noqa: BLE001 - the worker must outlive any one job
        _log.exception("job %s failed", job.pk)
        sentence = getattr(problem, "what", None) and str(problem)
        number = str(job.pk)[:8]
        usual = f"程序出错，已记入日志（编号 {number}）。已保存的不受影响，可以把编号告诉管理员。"
        _end(job, stop, Job.State.FAILED, problem=sentence or usual)
    else:
        _end(job, stop, Job.State.DONE, result=result or "")


def work(stop: threading.Event, *, pause: float = 1.0, once: bool = False) -> int:
    """Run jobs until told to stop; return how many were run."""
    worker = f"{socket.gethostname()}-{os.getpid()}"
    kept: dict[str, Any] = {}
    ran = 0
    while not stop.is_set():
        close_old_connections()
        # A full disk takes the database down; nothing is begun until there is room again.
        job = None if is_nearly_full() else _patiently(lambda: claim(worker), stop)
        if job is not None:
            run(job, kept, stop)
            ran += 1
        elif once:
            break
        else:
            stop.wait(pause)
    return ran


def ask(
    task: Callable[..., str],
    *,
    title: str,
    acting_user: Any,  # noqa: ANN401 - the room below knows no users
    area: Any,  # noqa: ANN401
    arguments: dict[str, Any],
    job_id: Any = None,  # noqa: ANN401
) -> Job:
    """Put a job into the queue; the same id twice is one job."""
    name = f"{task.__module__}.{task.__qualname__}"
    told = {"task": name, "title": title, "arguments": arguments, "area": area}
    if job_id is None:
        return Job.objects.create(asked_by=acting_user, **told)
    return Job.objects.get_or_create(pk=job_id, defaults={"asked_by": acting_user, **told})[0]


def cancel(job: Job) -> None:
    """Ask a job to stop; one that has not begun is over at once."""
    Job.objects.filter(pk=job.pk).update(cancel_asked=True)
    waiting = Job.objects.filter(pk=job.pk, state=Job.State.QUEUED)
    waiting.update(state=Job.State.CANCELLED, ended_at=timezone.now())


def _task(name: str) -> Callable[..., str]:
    """Return the function a job names, from our own rooms only."""
    if not name.startswith(_HOME) or ".tasks." not in name:
        raise PlatformError(f"不认识的后台任务“{name}”")
    return import_string(name)


def _end(
    job: Job,
    stop: threading.Event,
    state: Any,  # noqa: ANN401 - a state
    *,
    problem: str = "",
    result: str = "",
) -> None:
    done = {"done": F("total")} if state == Job.State.DONE else {}
    _patiently(
        lambda: held(job).update(
            state=state, problem=problem, result=result, ended_at=timezone.now(),
            lease_until=None, **done,
        ),
        stop,
    )  # fmt: skip


def _give_back(job: Job, stop: threading.Event) -> None:
    """Put a job back in the queue whose worker was told to end; the attempt does not count."""
    if stop.is_set():
        again = {"state": Job.State.QUEUED, "lease_until": None, "attempts": F("attempts") - 1}
        _patiently(lambda: held(job).filter(cancel_asked=False).update(**again), stop)


def _patiently(do: Callable[[], Found], stop: threading.Event) -> Found | None:
    """Do something with the database, waiting for one that is away until told to stop."""
    pause = 0.5
    while True:
        try:
            return do()
        except _AWAY as problem:
            if connection.in_atomic_block:
                raise
            _log.warning("the database does not answer, trying again in %.1f s: %s", pause, problem)
            close_old_connections()
            if stop.wait(pause):
                return None
            pause = min(pause * 2, _LONGEST_PAUSE)


def _lease_end() -> Any:  # noqa: ANN401 - a moment
    return timezone.now() + settings.JOB_LEASE


@contextmanager
def _lease(job: Job) -> Iterator[None]:
    """Renew the lease from a thread of its own while the task runs."""
    over = threading.Event()
    beat = threading.Thread(target=partial(_beat, job, over), daemon=True)
    beat.start()
    try:
        yield
    finally:
        over.set()
        beat.join()


def _beat(job: Job, over: threading.Event) -> None:
    while not over.wait(settings.JOB_LEASE.total_seconds() / _BEATS):
        # A database that is away is asked again at the next beat.
        with suppress(*_AWAY):
            close_old_connections()
            held(job).update(lease_until=_lease_end())
    connection.close()


def finish(job: Job, write: Callable[[], str]) -> str:
    """Write a task's result in one transaction, unless another worker took the job over.

    The job stays locked until it is written.
    """
    with transaction.atomic():
        # "exists" would ask without the lock that keeps another worker out until we are done.
        if held(job).select_for_update().filter(cancel_asked=False).first() is None:
            raise CancelledError
        return write()
