"""Start the platform on this machine: database, web server and worker, watched until stopped.

Meant for one office's own machine and for trying things out; docs/how-to/deploy.md tells how the
same parts run under systemd behind nginx.
"""

import argparse
import errno
import logging
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from livingcircle_platform.core.fitness import reason_against
from livingcircle_platform.supervising import GaveUpError
from livingcircle_platform.supervising import Part
from livingcircle_platform.supervising import keep_running

_PLATFORM = (sys.executable, "-m", "livingcircle_platform")
_HERE = Path(__file__).parent
_SAMPLE = _HERE.parent / "livingcircle" / "sample"
_NEEDED = ("tabler-core/tabler.min.css", "htmx.org/htmx.min.js", "icons.svg")
_KEY_FILE = "secret-key"
_MOST_PORT = 65_535
_EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - only compared with


class NotReadyError(Exception):
    """The platform cannot start; the text says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Prepare the record, start the parts, and keep them running."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    asked = _parse(arguments)
    try:
        _look_at_place(asked)
        _set_environment(asked)
        sys.stdout.write(
            "正在准备……第一次放入演示区约需一分钟。\n" if asked.demo else "正在准备……\n"
        )
        sys.stdout.flush()
        _run("migrate", "--verbosity", "0")
        if asked.demo:
            _run("lay_out_demonstration", str(_SAMPLE))
        threading.Thread(target=_tell_when_open, args=(asked,), daemon=True).start()
        keep_running([Part("网页", _web(asked)), Part("后台任务", [*_PLATFORM, "work"])])
    except NotReadyError as reason:
        sys.stderr.write(f"{reason}\n")
        return 1
    except GaveUpError as part:
        sys.stderr.write(
            f"{part}一启动就停，试了几次都一样，已全部停下。看上面的报错，改正后再启动。\n"
        )
        return 1
    except KeyboardInterrupt:  # before the parts were started
        return 130
    return 0


class _Parser(argparse.ArgumentParser):
    """Speak Chinese where argparse speaks English."""

    def format_help(self) -> str:
        """Return the help with its one fixed English word translated."""
        return super().format_help().replace("usage:", "用法：", 1)

    def error(self, message: str) -> None:  # type: ignore[override]
        """Say what to do about an option that is not understood."""
        self.exit(2, f"选项写得不对（{message}）。可用的选项见 livingcircle serve --help。\n")


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = _Parser(
        prog="livingcircle serve",
        usage="livingcircle serve [选项]",
        description="在这台机器上启动平台：数据库、网页和后台任务，停止按 Ctrl+C。",
        add_help=False,
    )
    told = parser.add_argument_group("选项").add_argument
    told(
        "--data",
        type=Path,
        default=Path("platform-data"),
        metavar="文件夹",
        help="存放文件和 SQLite 数据库的文件夹（默认 platform-data）",
    )
    told(
        "--database-url",
        default="",
        metavar="地址",
        help="postgresql://用户:口令@主机/库名；不写则用 SQLite",
    )
    told("--host", default="127.0.0.1", metavar="地址", help="监听的地址（默认只有本机能打开）")
    told("--port", type=int, default=8000, metavar="端口", help="监听的端口（默认 8000）")
    told("--workers", type=int, default=3, metavar="个数", help="网页进程数（默认 3）")
    told("--demo", action="store_true", help="空的平台里放入演示区和虚构账号")
    told("-h", "--help", action="help", help="显示这段说明")
    return parser.parse_args(arguments)  # fmt: skip


def _look_at_place(asked: argparse.Namespace) -> None:
    """Refuse what cannot work before anything is written or started.

    Raises
    ------
    NotReadyError
        If files are missing, the port is taken, or data or database cannot be used.
    """
    missing = [name for name in _NEEDED if not (_HERE / "static" / "vendor" / name).is_file()]
    if missing:
        raise NotReadyError(f"缺少页面文件（{'、'.join(missing)}）。联网运行 make assets，再启动。")
    _look_at_port(asked.host, asked.port)
    try:
        asked.data.mkdir(parents=True, exist_ok=True)
        probe = asked.data / f".probe-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as problem:
        reason = problem.strerror or problem
        raise NotReadyError(
            f"写不进文件夹“{asked.data}”（{reason}）。用 --data 换一个能写的文件夹，或改它的权限。"
        ) from problem
    reason_not = reason_against(
        asked.database_url or os.environ.get("LIVINGCIRCLE_DATABASE_URL", "")
    )
    if reason_not:
        raise NotReadyError(reason_not)


def _look_at_port(host: str, port: int) -> None:
    if not 0 < port <= _MOST_PORT:
        raise NotReadyError(f"没有 {port} 这个端口。用 --port 写 1 到 {_MOST_PORT} 之间的数。")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, place = found[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(place)
    except PermissionError as problem:
        raise NotReadyError(
            f"不能使用端口 {port}：1024 以下的端口要管理员权限。用 --port 换一个。"
        ) from problem
    except socket.gaierror as problem:
        raise NotReadyError(f"不认识“{host}”这个地址。用 --host 换一个。") from problem
    except OSError as problem:
        if problem.errno == errno.EADDRNOTAVAIL:
            what = f"这台机器没有“{host}”这个地址。用 --host 换一个。"
        else:
            what = (
                f"{host} 的端口 {port} 已被别的程序占用。用 --port 换一个，例如 --port {port + 1}。"
            )
        raise NotReadyError(what) from problem


def _set_environment(asked: argparse.Namespace) -> None:
    told = os.environ
    told.setdefault("DJANGO_SETTINGS_MODULE", "livingcircle_platform.settings")
    told["LIVINGCIRCLE_DATA"] = str(asked.data.resolve())
    if asked.database_url:
        told["LIVINGCIRCLE_DATABASE_URL"] = asked.database_url
    if asked.demo:
        told["LIVINGCIRCLE_DEMO"] = "1"
    told.setdefault("LIVINGCIRCLE_HOSTS", ",".join(_names(asked.host)))
    (asked.data / "static").mkdir(exist_ok=True)  # where collected files would lie
    if not told.get("LIVINGCIRCLE_SECRET_KEY"):
        told["LIVINGCIRCLE_SECRET_KEY"] = _own_key(asked.data / _KEY_FILE)


def _names(host: str) -> list[str]:
    """Return the names under which browsers may ask for this machine."""
    names = [host, "localhost", "127.0.0.1", "[::1]"]
    if host in _EVERYWHERE:
        own = socket.gethostname()
        names.append(own)
        with suppress(OSError):
            names += [str(place[4][0]) for place in socket.getaddrinfo(own, None)]
    return list(dict.fromkeys(names))


def _own_key(file: Path) -> str:
    """Return the key kept beside the data, made at the first start; only its owner may read it."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text("utf-8")
    key = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(key)
    return key


def _web(asked: argparse.Namespace) -> list[str]:
    host = f"[{asked.host}]" if ":" in asked.host else asked.host
    return [
        sys.executable, "-m", "gunicorn", "livingcircle_platform.wsgi",
        "--bind", f"{host}:{asked.port}", "--workers", str(asked.workers),
        "--worker-class", "gthread", "--threads", "2", "--timeout", "60", "--preload",
        "--graceful-timeout", "8", "--max-requests", "20000", "--max-requests-jitter", "2000",
        "--log-level", "warning",
    ]  # fmt: skip


def _run(*command: str) -> None:
    """Run one of our own commands, which says itself what went wrong."""
    if subprocess.run([*_PLATFORM, *command], check=False).returncode:  # noqa: S603 - our own
        raise NotReadyError("准备没有完成，平台没有启动。看上面的报错，改正后再启动。")


def _tell_when_open(asked: argparse.Namespace) -> None:
    """Say where the platform is as soon as it answers."""
    place = "127.0.0.1" if asked.host in _EVERYWHERE else asked.host
    address = f"http://{f'[{place}]' if ':' in place else place}:{asked.port}/"
    while not _answers(f"{address}health/"):
        time.sleep(0.2)
    sys.stdout.write(f"\n打开 {address}    停止：Ctrl+C\n")
    sys.stdout.flush()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
