"""Test that parts are kept running, and that none is left behind."""

import os
import signal
import sys
import threading
import time

import pytest

from livingcircle_platform import supervising
from livingcircle_platform.supervising import GaveUpError
from livingcircle_platform.supervising import Part
from livingcircle_platform.supervising import keep_running

FOREVER = [sys.executable, "-c", "import time; time.sleep(600)"]
DEAF = [
    sys.executable, "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(600)",
]  # fmt: skip


def wait_for(true, seconds=20):
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


def is_alive(pid):
    """Say whether a process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def run_beside(action):
    """Do something while parts are kept running; signals reach the main thread."""
    failed = []

    def guarded():
        try:
            action()
        except AssertionError as problem:
            failed.append(problem)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=guarded)
    thread.start()
    return thread, failed


def test_a_killed_part_is_started_again_and_a_signal_stops_all():
    parts = [Part("甲", FOREVER), Part("乙", FOREVER)]
    seen = []

    def action():
        first = wait_for(lambda: parts[0].process).pid
        other = wait_for(lambda: parts[1].process).pid
        os.kill(first, signal.SIGKILL)
        again = wait_for(lambda: parts[0].process and parts[0].process.pid != first and parts[0])
        seen.extend([first, again.process.pid, other])
        assert parts[1].process.pid == other

    thread, failed = run_beside(action)
    keep_running(parts)
    thread.join()
    assert not failed
    assert len(seen) == 3
    assert not any(is_alive(pid) for pid in seen)


def test_the_pause_grows_and_a_part_that_never_starts_is_given_up(monkeypatch):
    other = Part("乙", FOREVER)
    broken = Part("甲", [sys.executable, "-c", "raise SystemExit(3)"])
    now = [0.0]
    # Time passes only while we wait: 1 + 2 + 4 + 8 seconds of pauses in an instant.
    monkeypatch.setattr(supervising.time, "monotonic", lambda: now[0])
    pauses = []
    other.start()
    for _ in range(4):
        broken.look_after()
        broken.process.wait()
        broken.look_after()
        pauses.append(broken.not_before - now[0])
        now[0] = broken.not_before
    broken.look_after()
    broken.process.wait()
    with pytest.raises(GaveUpError, match="甲"):
        broken.look_after()
    assert pauses == [1, 2, 4, 8]
    other.process.terminate()
    other.stop()


def test_nothing_is_left_behind_when_one_part_is_given_up(monkeypatch):
    monkeypatch.setattr(supervising, "MOST_FAILURES", 1)
    parts = [Part("乙", FOREVER), Part("甲", [sys.executable, "-c", ""])]
    started = []
    start = Part.start

    def remember(part):
        start(part)
        started.append(part.process)

    monkeypatch.setattr(Part, "start", remember)
    with pytest.raises(GaveUpError, match="甲"):
        keep_running(parts)
    assert len(started) == 2
    assert all(process.poll() is not None for process in started)


def test_a_part_that_does_not_listen_is_ended_by_force(monkeypatch):
    monkeypatch.setattr(supervising, "_PATIENCE", 0.2)
    part = Part("聋", DEAF)
    part.start()
    time.sleep(0.3)
    part.process.terminate()
    part.stop()
    assert part.process.returncode == -signal.SIGKILL
