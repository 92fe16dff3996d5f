"""Run the platform as real processes on a record of its own, to be killed at will."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from livingcircle_platform.supervising import Part

_PREPARE = """
from importlib import import_module
from django.conf import settings
from livingcircle_platform.accounts.models import Role
from tests.platform import make
town = make.town()
make.circles(town.district, ("一圈", [town.a1, town.a2]))
town.district.standard = "miyun_2023"
town.district.save()
user = make.user("clerk", (Role.DISTRICT, town.district))
store = import_module(settings.SESSION_ENGINE).SessionStore()
store.update({
    "_auth_user_id": str(user.pk),
    "_auth_user_backend": "allauth.account.auth_backends.AuthenticationBackend",
    "_auth_user_hash": user.get_session_auth_hash(),
})
store.save()
print(store.session_key, town.district.pk)
"""
CSRF = "c" * 32


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(true: Any, seconds: float = 60) -> Any:
    """Wait until something is true, and return it."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
    return found


@dataclass
class Platform:
    """Know one running record: where it lies, how it is asked, and how to sign in."""

    data: Path
    environment: dict[str, str]
    port: int
    log: Path
    session: str = ""
    district: str = ""

    def run(self, *command: str) -> str:
        """Run an operator's command, and return what it tells."""
        done = subprocess.run(
            [sys.executable, "-m", "livingcircle_platform", *command],
            env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ask(self, question: str) -> str:
        """Evaluate an expression over the models in a process of its own."""
        rooms = "from livingcircle_platform.assessment.models import *;"
        more = "from livingcircle_platform.core.models import *;import json;"
        audit = "from livingcircle_platform.audit.models import *;"
        return self.run(
            "shell", "--no-imports", "-c", f"{rooms}{more}{audit}print({question})"
        ).strip()

    def prepare(self) -> None:
        """Make the tables, a small town, and somebody who is signed in."""
        self.run("migrate", "--verbosity", "0")
        self.session, self.district = self.run("shell", "--no-imports", "-c", _PREPARE).split()

    def web(self, workers: int = 2) -> Part:
        """Return the web server, not started yet."""
        command = [
            sys.executable, "-m", "gunicorn", "livingcircle_platform.wsgi", "--workers",
            str(workers), "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread",
            "--threads", "4", "--preload", "--log-level", "critical",
        ]  # fmt: skip
        return self.part("网页", command)

    def worker(self) -> Part:
        """Return a worker, not started yet."""
        return self.part("后台任务", [sys.executable, "-m", "livingcircle_platform", "work"])

    def part(self, name: str, command: list[str]) -> Part:
        """Return a part that runs in our environment and tells its log."""
        log = f'exec >>{self.data.parent}/log 2>&1; exec "$@"'
        told = [f"{key}={value}" for key, value in self.environment.items()]
        return Part(name, ["/usr/bin/env", "-i", *told, "sh", "-c", log, "sh", *command])

    def http(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """Ask once as the clerk; 0 where nobody answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": f"sessionid={self.session}; csrftoken={CSRF}", "X-CSRFToken": CSRF}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, urlencode(form or {}), headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            connection.close()

    def ask_run(self, run: str) -> int:
        """Post the form that asks for an assessment, under an id made here."""
        form = {
            "id": run, "district": self.district, "standard": "", "walker": "standard",
            "at": "10:00", "title": "故障演练",
        }  # fmt: skip
        return self.http("POST", "/assessment/new/", form)[0]

    def is_up(self) -> bool:
        """Say whether the web server answers."""
        return self.http("GET", "/health/")[0] == 200


def platform_in(folder: Path, address: str, log: Path | None = None, **more: str) -> Platform:
    """Return a platform that keeps its record there."""
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    bare = {k: v for k, v in os.environ.items() if not k.startswith(("LIVINGCIRCLE_", "DJANGO_"))}
    root = str(Path(__file__).parents[2])
    environment = bare | {
        "DJANGO_SETTINGS_MODULE": "livingcircle_platform.settings",
        "LIVINGCIRCLE_SECRET_KEY": "only-for-tests-" + "x" * 40,
        "LIVINGCIRCLE_DATA": str(data),
        "LIVINGCIRCLE_DATABASE_URL": address or f"sqlite:///{data}/platform.sqlite3",
        "LIVINGCIRCLE_JOB_LEASE": "2",
        "LIVINGCIRCLE_FREE_DISK_WANTED": "0",
        "PYTHONPATH": os.pathsep.join([f"{root}/src", root]),
        **more,
    }
    (data / "static").mkdir(exist_ok=True)
    return Platform(data, environment, free_port(), log or folder / "log")


@contextmanager
def started(*parts: Part) -> Any:
    """Start parts, and leave none of them behind."""
    try:
        for part in parts:
            part.start()
        yield
    finally:
        for part in parts:
            if part.process is not None:
                part.process.kill()
            part.stop()


class PostgreSQL:
    """Run a PostgreSQL of our own, which may be stopped as if the power had gone."""

    def __init__(self) -> None:
        homes = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: one.parent.name)
        if not homes or not list(Path("/usr/share/postgresql").glob("*/extension/postgis.control")):
            pytest.skip("这台机器没有 PostgreSQL 和 PostGIS")
        folder = Path(tempfile.mkdtemp(prefix="postgresql-"))  # where its own user may come
        self.bin, self.folder, self.port = homes[-1], folder, free_port()
        self.as_ = []
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
            self.as_ = ["runuser", "-u", "postgres", "--"]
        self._tool("initdb", "-U", "livingcircle", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()

    @property
    def address(self) -> str:
        """Return the address of its one database."""
        return f"postgresql://livingcircle@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -c unix_socket_directories={self.folder}"
        self._tool("pg_ctl", "-w", "-l", f"{self.folder}/log", "-o", options, "start")

    def cut_the_power(self) -> None:
        """Stop it without a word to anybody; it recovers from its log at the next start."""
        self._tool("pg_ctl", "-w", "-m", "immediate", "stop")

    def remove(self) -> None:
        """Leave nothing of it behind."""
        try:
            self.cut_the_power()
        finally:
            shutil.rmtree(self.folder)

    def _tool(self, tool: str, *arguments: str) -> None:
        command = [*self.as_, str(self.bin / tool), "-D", f"{self.folder}/db", *arguments]
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False, cwd="/"
        )
        assert done.returncode == 0, done.stderr


def new_id() -> str:
    """Return an id as a browser makes it."""
    return str(uuid.uuid4())
