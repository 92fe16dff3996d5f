"""Start workers that die by kill -9 at a chosen statement, each a process of its own.

Started by a test as ``python -m tests.platform.imports.mortal``; every line it reads is the number
of the statement before which a new worker dies, 0 for one that lives. It answers with how many
statements the worker came to. The platform is loaded once and every worker is forked from it.
"""

import os
import signal
import sys
import threading
from importlib import import_module

import django
from django.db import connection


class Mortal:
    """Count the statements of this process, and die before one of them."""

    def __init__(self, last: int, told: int) -> None:
        self.last, self.told, self.count = last, told, 0

    def __call__(self, execute, sql, params, many, context):
        """Run a statement, unless this is the one to die before."""
        self.count += 1
        os.write(self.told, b".")
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)


def main() -> None:
    """Fork a worker for every line."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "livingcircle_platform.settings"
    django.setup()
    import_module("livingcircle_platform.imports.tasks")  # loaded once for all workers
    for line in sys.stdin:
        listen, told = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(listen)
            _work(int(line), told)
        os.close(told)
        with os.fdopen(listen, "rb") as stream:
            count = len(stream.read())
        os.waitpid(pid, 0)
        sys.stdout.write(f"{count}\n")
        sys.stdout.flush()


def _work(last: int, told: int) -> None:
    jobs = import_module("livingcircle_platform.core.jobs")
    connection.ensure_connection()
    with connection.execute_wrapper(Mortal(last, told)):
        jobs.work(threading.Event(), once=True)
    os._exit(0)


if __name__ == "__main__":
    main()
