"""Start the platform on this machine: database, web server and worker, watched until stopped.

Meant for one office's own machine and for trying things out; docs/how-to/deploy.md tells how the
same parts run under systemd behind nginx.
"""

import argparse
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

_PLATFORM = (sys.executable, "-m", "livingcircle_platform")
_SAMPLE = Path(__file__).parents[1] / "livingcircle" / "sample"
_PATIENCE = 10  # seconds a child has to stop by itself
_RESTART_PAUSE = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare the record, start the parts, and keep them running."""
    asked = _parse(arguments)
    _set_environment(asked)
    _run("migrate", "--verbosity", "0")
    if asked.demo:
        _run("lay_out_demonstration", str(_SAMPLE))
    sys.stdout.write(f"\n打开 http://{asked.host}:{asked.port}/    停止：Ctrl+C\n")
    sys.stdout.flush()
    return _watch([_web(asked), [*_PLATFORM, "work"]])


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="livingcircle serve", description="启动平台。")
    parser.add_argument(
        "--database-url",
        default="",
        metavar="地址",
        help="postgresql://…；不写则用 SQLite",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("platform-data"),
        metavar="文件夹",
        help="存放文件和 SQLite 数据库的文件夹（默认 platform-data）",
    )
    parser.add_argument("--host", default="127.0.0.1", metavar="地址")
    parser.add_argument("--port", type=int, default=8000, metavar="端口")
    parser.add_argument("--workers", type=int, default=2, metavar="个数", help="网页进程数")
    parser.add_argument("--demo", action="store_true", help="空的平台里放入演示区和虚构账号")
    return parser.parse_args(arguments)  # fmt: skip


def _set_environment(asked: argparse.Namespace) -> None:
    asked.data.mkdir(parents=True, exist_ok=True)
    told = os.environ
    told.setdefault("DJANGO_SETTINGS_MODULE", "livingcircle_platform.settings")
    told["LIVINGCIRCLE_DATA"] = str(asked.data.resolve())
    if asked.database_url:
        told["LIVINGCIRCLE_DATABASE_URL"] = asked.database_url
    if asked.demo:
        told["LIVINGCIRCLE_DEMO"] = "1"
    told.setdefault("LIVINGCIRCLE_HOSTS", f"{asked.host},localhost,127.0.0.1")
    # Without a key of one's own everybody is signed out at the next start, and nothing else.
    told.setdefault("LIVINGCIRCLE_SECRET_KEY", secrets.token_urlsafe(48))


def _web(asked: argparse.Namespace) -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", "livingcircle_platform.wsgi",
        "--bind", f"{asked.host}:{asked.port}", "--workers", str(asked.workers),
        "--worker-class", "gthread", "--threads", "4", "--timeout", "60", "--preload",
        "--max-requests", "20000", "--max-requests-jitter", "2000", "--log-level", "warning",
    ]  # fmt: skip


def _run(*command: str) -> None:
    subprocess.run([*_PLATFORM, *command], check=True)  # noqa: S603 - our own command


def _watch(commands: Sequence[Sequence[str]]) -> int:
    """Keep some processes running; one that ends is started again, until a signal stops all."""
    stopping = False

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    children = [_start(command) for command in commands]
    while not stopping:
        time.sleep(_RESTART_PAUSE)
        for place, child in enumerate(children):
            if child.poll() is not None and not stopping:
                children[place] = _start(commands[place])
    for child in children:
        child.terminate()
    for child in children:
        try:
            child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
    return 0


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    # Own sessions: Ctrl+C reaches us alone, and we stop the parts in order.
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603 - our own command


if __name__ == "__main__":
    sys.exit(main())
