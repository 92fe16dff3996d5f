"""Run background jobs until told to stop."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from livingcircle_platform.core import jobs


class Command(BaseCommand):
    """Work through the queue of jobs."""

    help = "处理后台任务（导入、评估）；可以同时开几个，中断后由别的接着做"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what can be asked for."""
        parser.add_argument("--once", action="store_true", help="做完排队的任务就结束")

    def handle(self, *_: object, once: bool, **__: Any) -> None:  # noqa: ANN401
        """Work until a signal or, if asked, until nothing waits."""
        stop = threading.Event()
        # The job at hand is finished first; a second signal ends at once and the lease runs out.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        ran = jobs.work(stop, once=once)
        self.stdout.write(f"做完 {ran} 个任务")
