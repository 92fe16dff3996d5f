"""Start the platform, or the bare stack, as an office does, and stop it again.

On PostgreSQL that is nginx before gunicorn, both told what ``deploy/`` tells them; on SQLite it is
``livingcircle serve``.
"""

import contextlib
import getpass
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql

ROOT = Path(__file__).parents[2]
HOST, PORT = "127.0.0.1", 8765
BASE = f"http://{HOST}:{PORT}"
_PATIENCE = 120


@dataclass(frozen=True)
class Place:
    """Hold where the record lies: a folder, and the address of its database."""

    data: Path
    database: str

    @property
    def environment(self) -> dict[str, str]:
        """Return what every process of the platform needs to know."""
        return {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
            "DJANGO_SETTINGS_MODULE": "livingcircle_platform.settings",
            "LIVINGCIRCLE_SECRET_KEY": "only-for-measuring-" + "x" * 40,
            "LIVINGCIRCLE_DATA": str(self.data),
            "LIVINGCIRCLE_DATABASE_URL": self.database,
            "LIVINGCIRCLE_FREE_DISK_WANTED": "0",
        }


def prepare(place: Place, outlets: int) -> dict[str, Any]:
    """Make the tables and the city; return what the load needs."""
    place.data.mkdir(parents=True, exist_ok=True)
    if not place.database.startswith("sqlite"):
        _create(place.database)
    command = [sys.executable, "-m", "livingcircle_platform", "migrate", "--verbosity", "0"]
    subprocess.run(command, check=True, env=place.environment, cwd=ROOT)
    command = [sys.executable, "-m", "benchmarks.serving.made_up_city", "--outlets", str(outlets)]
    said = subprocess.run(
        command, check=True, env=place.environment, cwd=ROOT, capture_output=True, text=True
    ).stdout
    told: dict[str, Any] = json.loads(said)
    return told


def import_twice(place: Place, rows: int) -> dict[str, Any]:
    """Import a workbook of so many rows, and again with some changed; return the seconds."""
    command = [sys.executable, "-m", "benchmarks.serving.importing", "--rows", str(rows)]
    said = subprocess.run(
        command, check=True, env=place.environment, cwd=ROOT, capture_output=True, text=True
    ).stdout
    return {"rows": rows, **json.loads(said)}


def _create(address: str) -> None:
    """Make the database that the throw-away server does not have yet."""
    server, _, name = address.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


@contextlib.contextmanager
def platform(place: Place, *, settings: str = "") -> Iterator[psutil.Process]:
    """Run the platform with its web server, as it is installed on this database."""
    more = {"DJANGO_SETTINGS_MODULE": settings} if settings else {}
    environment = {**place.environment, **more}
    command = _serve(place)
    with contextlib.ExitStack() as stack:
        if is_deployed(place):
            command = _gunicorn(place)
            environment["LIVINGCIRCLE_BEHIND_PROXY"] = "1"
            stack.enter_context(_nginx(place))
        yield stack.enter_context(_running(command, environment, "/health/"))


@contextlib.contextmanager
def bare(place: Place) -> Iterator[psutil.Process]:
    """Run the bare stack under the same server."""
    command = [*_gunicorn(place, "benchmarks.serving.bare")]
    if not is_deployed(place):
        command[command.index("--bind") + 1] = f"{HOST}:{PORT}"
    with contextlib.ExitStack() as stack:
        if is_deployed(place):
            stack.enter_context(_nginx(place))
        ready = "/api/near?lon=116.3&lat=39.9"
        yield stack.enter_context(_running(command, place.environment, ready))


def is_deployed(place: Place) -> bool:
    """Say whether the platform is run behind nginx: on PostgreSQL, where nginx is installed."""
    return not place.database.startswith("sqlite") and shutil.which("nginx") is not None


def _serve(place: Place) -> list[str]:
    """Return the command of somebody who has neither nginx nor services."""
    return [
        sys.executable, "-m", "livingcircle_platform.serving", "--data", str(place.data),
        "--database-url", place.database, "--host", HOST, "--port", str(PORT),
    ]  # fmt: skip


def _gunicorn(place: Place, app: str = "livingcircle_platform.wsgi") -> list[str]:
    """Return how the service file starts the web pages, on a socket of our own."""
    service = (ROOT / "deploy" / "livingcircle-web.service").read_text("utf-8")
    start = service.partition("ExecStart=")[2].replace("\\\n", " ").partition("\n")[0]
    words = shlex.split(start)
    words[words.index("--bind") + 1] = f"unix:{place.data / 'web.sock'}"
    words[words.index("livingcircle_platform.wsgi")] = app
    return [sys.executable, *words[1:]]


def _nginx_told(place: Place) -> Path:
    """Write what nginx is told: the deployment's own passing on, without TLS."""
    deployed = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    passing = re.findall(r"    location / \{.*?\n    \}", deployed, re.DOTALL)[0]
    folders = "\n".join(
        f"  {name}_temp_path {place.data}/nginx-{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # Its workers may not be anybody else: the socket lies in a folder of our own.
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    told = place.data / "nginx.conf"
    told.write_text(
        f"""{user} worker_processes 1; daemon off; pid {place.data}/nginx.pid;
error_log {place.data}/nginx.log; events {{ worker_connections 512; }}
http {{
  access_log off;
{folders}
  upstream livingcircle {{ server unix:{place.data}/web.sock fail_timeout=0; }}
  server {{
    listen {HOST}:{PORT};
{passing}
  }}
}}
""",
        "utf-8",
    )
    return told


def megabytes(process: psutil.Process) -> float:
    """Return what a process and all its children hold that nobody else holds."""
    found = 0
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            found += one.memory_full_info().uss
    return found / 1e6


def cpu_seconds(process: psutil.Process, place: Place) -> float:
    """Return what a server and its database have worked since they began.

    Unlike answers a second, this says the same on a machine that others load too.
    """
    roots = [process]
    if not place.database.startswith("sqlite"):
        with psycopg.connect(place.database) as connection:
            roots.append(psutil.Process(connection.info.backend_pid).parent())
    found = 0.0
    for one in [each for root in roots for each in (root, *root.children(recursive=True))]:
        with contextlib.suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            # Those that ended meanwhile are counted by their parent.
            found += times.user + times.system + times.children_user + times.children_system
    return found


def connections(process: psutil.Process, port: int) -> int:
    """Return how many connections to the database a process and its children hold."""
    found = 0
    for one in [process, *process.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            found += sum(c.raddr.port == port for c in one.net_connections() if c.raddr)
    return found


@contextlib.contextmanager
def _nginx(place: Place) -> Iterator[None]:
    child = subprocess.Popen(
        [shutil.which("nginx") or "", "-p", str(place.data), "-c", str(_nginx_told(place))]
    )
    try:
        yield
    finally:
        child.terminate()
        child.wait(30)


@contextlib.contextmanager
def _running(
    command: list[str], environment: Mapping[str, str], ready: str
) -> Iterator[psutil.Process]:
    # A session of its own: whatever the server stops when it ends, it is not us.
    child = subprocess.Popen(
        command, env=dict(environment), cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True
    )
    try:
        _wait(ready)
        yield psutil.Process(child.pid)
    finally:
        child.terminate()
        child.wait(30)
        _until_gone()


def _wait(path: str) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            urllib.request.urlopen(BASE + path, timeout=5).read()
        except (urllib.error.URLError, ConnectionError, TimeoutError):  # 502 too
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return


def _until_gone() -> None:
    """Wait until nobody answers, so that the next server does not find the port taken."""
    with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
        while True:
            urllib.request.urlopen(BASE + "/health/", timeout=5).read()
            time.sleep(0.5)
