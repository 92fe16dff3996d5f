"""Keep the parts of the platform running until told to stop."""

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import FrameType

_PATIENCE = 15  # seconds that a part has to stop by itself
_LOOK_EVERY = 0.2
_LIVED = 30.0  # seconds after which a part counts as having started well
_LONGEST_PAUSE = 30.0
MOST_FAILURES = 5
_log = logging.getLogger(__name__)


class GaveUpError(Exception):
    """A part stopped again and again as soon as it was started."""


@dataclass
class Part:
    """Know one part: how it is started, since when it runs, how often it failed in a row."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    not_before: float = 0.0

    def start(self) -> None:
        """Start the process in a session of its own: Ctrl+C reaches us alone."""
        self.process = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603 - ours
        self.started = time.monotonic()

    def look_after(self) -> None:
        """Start the part again if it ended, after a pause that grows.

        Raises
        ------
        GaveUpError
            If it ended at once, again and again.
        """
        now = time.monotonic()
        if self.process is None:
            if now >= self.not_before:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self._end_rest()
        self.process = None
        self.failures = 1 if now - self.started > _LIVED else self.failures + 1
        if self.failures >= MOST_FAILURES:
            raise GaveUpError(self.name)
        pause = min(2.0 ** (self.failures - 1), _LONGEST_PAUSE)
        self.not_before = now + pause
        _log.warning("%s停了（%s），%.0f 秒后重新启动", self.name, code, pause)

    def stop(self) -> None:
        """End the process and wait for it; one that does not listen is ended by force."""
        if self.process is None:
            return
        try:
            self.process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._end_rest()

    def _end_rest(self) -> None:
        """End what a process that is gone had started itself; it may still hold the port."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def keep_running(parts: Sequence[Part]) -> None:
    """Run all parts until a signal says stop; none is left behind.

    Raises
    ------
    GaveUpError
        If one of them cannot be kept running.
    """
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        stopping.set()

    before = {
        number: signal.signal(number, stop)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        while not stopping.is_set():
            for part in parts:
                part.look_after()
            stopping.wait(_LOOK_EVERY)
    finally:
        for part in parts:
            if part.process is not None:
                part.process.terminate()
        for part in parts:
            part.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
