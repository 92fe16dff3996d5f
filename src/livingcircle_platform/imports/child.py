"""Read an upload in a child process that may die, and tell in words how it ended.

Everything uploaded is untrusted, and a file can make a parser abort its whole process. The child
has little memory and time, an environment and a folder of its own, and talks back by files in
``work`` and lines of JSON; whatever it does, this process goes on.
"""

import hashlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO

import livingcircle
import livingcircle_platform
from livingcircle_platform.imports.errors import LimitReachedError
from livingcircle_platform.imports.errors import ReaderDiedError
from livingcircle_platform.imports.errors import ReadingCancelledError
from livingcircle_platform.imports.errors import ReadingError
from livingcircle_platform.imports.limits import Limits
from livingcircle_platform.imports.reading import MARKER
from livingcircle_platform.imports.reading import Reading
from livingcircle_platform.imports.wording import on_a_page

__all__ = ["Cancelled", "Limits", "Progress", "read_upload", "run_child"]

Progress = Callable[[int, int, str], None]
Cancelled = Callable[[], bool]
_MODULE = "livingcircle_platform.imports.reader"
_SHAPEFILE = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
# Where compiled libraries look for their parts, if the machine says so; nothing else is inherited.
_KEPT = ("LD_LIBRARY_PATH", "PROJ_DATA", "GDAL_DATA")
_ONE_THREAD = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "NUMEXPR_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
_TICK = 0.2  # seconds between looking at the clock and asking whether to stop
_PACKAGES = (livingcircle, livingcircle_platform)
_CRASHES = frozenset(
    -number
    for number in (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL)
)
_LONGEST_LINE = 4096
_LONGEST_TOLD = 500
_LONGEST_DETAIL = 4000
_SPLIT = "分成几个文件，或只留下要用的行、列和图层，再上传"


def read_upload(
    path: Path | str,
    *,
    table: str,
    work: Path | str,
    columns: Mapping[str, str] | None = None,
    coordinates: str = "",
    sheet: str = "",
    encoding: str = "",
    limits: Limits | None = None,
    reference: Path | str | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Reading:
    """Read and check an uploaded file as one table; a reading already in ``work`` is returned.

    Parameters
    ----------
    path
        The file under the name it was uploaded with; the parts of a shapefile beside it.
    table
        A key of :data:`livingcircle.tables.TABLES`.
    work
        A folder of this upload alone, made if need be; holds the reading once it is complete.
    columns, coordinates, sheet, encoding
        What a person has said about this file: which header is which column, the coordinate
        system, the sheet or layer, the encoding of its texts.
    reference
        Streets of the district (a map layer), to hold the places against.
    progress, cancelled
        Called as ``progress(done, total, what)``; asked several times a second.

    Raises
    ------
    ReadingError
        When the reading came to no end. A file that cannot be used is no error: the reading
        says so in ``rejection``, and shows what can be shown.
    """
    path, work = Path(path).absolute(), Path(work).absolute()
    told = {
        "table": table,
        "columns": dict(columns or {}),
        "coordinates": coordinates,
        "sheet": sheet,
        "encoding": encoding,
    }
    limits = limits or Limits()
    streets = "" if reference is None else str(Path(reference).absolute())
    key = _key(path, told, streets, limits)
    if Reading.is_complete(work, key):
        return Reading.load(work)
    work.mkdir(parents=True, exist_ok=True)
    (work / MARKER).unlink(missing_ok=True)
    job = {"task": "read", "path": str(path), "work": str(work), "key": key, "streets": streets}
    run_child({**job, **told}, limits, where=path.name, progress=progress, cancelled=cancelled)
    return Reading.load(work)


def run_child(
    job: Mapping[str, object],
    limits: Limits,
    *,
    where: str,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> None:
    """Run one task of :mod:`livingcircle_platform.imports.reader` to its end.

    Raises
    ------
    ReadingError
        Saying how it ended, if not well.
    """
    with tempfile.TemporaryDirectory(prefix="upload-") as scratch:
        order, log = Path(scratch, "job.json"), Path(scratch, "log")
        text = json.dumps({**job, "limits": asdict(limits)}, ensure_ascii=False)
        order.write_text(text, encoding="utf-8")
        with log.open("wb") as stderr, _started(order, scratch, stderr) as child:
            said = _Listener(progress)
            ending = _follow(child, said, limits, cancelled)
        if ending is None and child.returncode == 0:
            return
        error = ending or _death(child.returncode, said.failure, limits)
        error.where = where
        error.detail = log.read_bytes()[-_LONGEST_DETAIL:].decode("utf-8", "replace")
        raise error


class _Listener:
    """Take the child's lines apart as they come; what is no line of ours is passed over."""

    def __init__(self, progress: Progress | None) -> None:
        self.failure: Mapping[str, str] = {}
        self._progress = progress
        self._rest = b""

    def hear(self, data: bytes) -> None:
        """Tell the progress of every whole line."""
        *lines, rest = (self._rest + data).split(b"\n")
        self._rest = rest[-_LONGEST_LINE:]
        for line in lines:
            with suppress(ValueError, TypeError, KeyError, AttributeError):
                self._take(json.loads(line))

    def _take(self, said: Mapping[str, object]) -> None:
        if "failed" in said:
            self.failure = {name: str(word)[:_LONGEST_TOLD] for name, word in said.items()}
        elif self._progress is not None:
            done, total = int(str(said["done"])), int(str(said["total"]))
            self._progress(done, total, str(said["what"])[:200])


@contextmanager
def _started(order: Path, scratch: str, log: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Start the reader in a session of its own, and leave none of its processes behind."""
    child = subprocess.Popen(  # noqa: S603 - our own module and a path that is no shell word
        [sys.executable, "-P", "-s", "-m", _MODULE, str(order)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        cwd=scratch,
        env=_environment(scratch),
        start_new_session=True,
    )
    try:
        yield child
    finally:
        # Not waited for until now, so that its number cannot belong to anybody else yet.
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        assert child.stdout is not None  # noqa: S101 - it is a pipe
        child.stdout.close()


def _environment(scratch: str) -> dict[str, str]:
    homes = (Path(package.__file__ or "").parents[1] for package in _PACKAGES)
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        **_ONE_THREAD,
        "HOME": scratch,
        "LANG": "C.UTF-8",
        "PROJ_NETWORK": "OFF",
        "PYTHONPATH": os.pathsep.join(dict.fromkeys(map(str, homes))),
        "PYTHONUTF8": "1",
        "TMPDIR": scratch,
    }


def _follow(
    child: subprocess.Popen[bytes],
    said: _Listener,
    limits: Limits,
    cancelled: Cancelled | None,
) -> ReadingError | None:
    """Listen until the child ends, time is up or somebody says stop."""
    deadline = time.monotonic() + limits.wall_seconds
    assert child.stdout is not None  # noqa: S101 - it is a pipe
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        speaking = True
        while speaking or not _has_ended(child):
            if cancelled is not None and cancelled():
                return ReadingCancelledError("读取已取消", remedy="需要时重新上传")
            if time.monotonic() > deadline:
                what = f"读了 {limits.wall_seconds} 秒还没有读完，已停止读取"
                return LimitReachedError(what, remedy=_SPLIT)
            if not speaking:
                time.sleep(_TICK / 10)
            elif selector.select(_TICK):
                data = os.read(child.stdout.fileno(), 65536)
                said.hear(data)
                speaking = bool(data)
    return None


def _has_ended(child: subprocess.Popen[bytes]) -> bool:
    """Say whether the child has ended, without taking note of it yet."""
    return os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _death(code: int, told: Mapping[str, str], limits: Limits) -> ReadingError:
    """Say in words why a reader ended before its end: by its own account, or by a signal."""
    failure = told.get("failed", "")
    if failure == "told":
        return ReadingError(on_a_page(told["what"]), remedy=on_a_page(told["remedy"]))
    if failure == "memory":
        return LimitReachedError(f"读这个文件要用的内存超过 {limits.memory_mb} MB", remedy=_SPLIT)
    if failure == "disk":
        what = f"读出的内容超过 {limits.written_mb} MB，或服务器的磁盘满了"
        return LimitReachedError(what, remedy=f"{_SPLIT}；还是这样就告诉系统管理员")
    return _killed(code, limits)


def _killed(code: int, limits: Limits) -> ReadingError:
    if code == -signal.SIGXCPU:
        what = f"读这个文件用的处理器时间超过 {limits.cpu_seconds} 秒"
        return LimitReachedError(what, remedy=_SPLIT)
    if code in _CRASHES:
        what = "读到一半，读取程序被这个文件弄停了，可能是文件损坏，或要用的内存太多"
        remedy = "打开原文件，另存为新的文件再上传，数据多就分成几个文件"
    elif code < 0:
        what = "读取程序被服务器停掉了，多半是服务器的内存不够"
        remedy = "过一会儿再上传；还是这样就分成几个文件"
    else:
        what = "读取程序自己出了错，这个文件没有读完"
        remedy = "换一种格式再上传（例如 .xlsx 或 .gpkg），并告诉系统管理员"
    return ReaderDiedError(what, remedy=remedy)


def _key(path: Path, told: Mapping[str, object], streets: str, limits: Limits) -> str:
    """Return a digest of all that decides what a reading says."""
    digest = hashlib.sha256(livingcircle.__version__.encode())
    said = {**told, "limits": asdict(limits)}
    digest.update(json.dumps(said, sort_keys=True, ensure_ascii=False).encode())
    beside = [path]
    if path.suffix.lower() == ".shp" and path.parent.is_dir():
        same = (p for p in path.parent.iterdir() if p.stem == path.stem)
        beside = sorted(p for p in same if p.suffix.lower() in _SHAPEFILE)
    for part in (*beside, *([Path(streets)] if streets else [])):
        digest.update(f"\0{part.name}\0".encode())
        with suppress(OSError, ValueError), part.open("rb") as stream:  # the child says why not
            digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()
