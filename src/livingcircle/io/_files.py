"""Write a file whole or not at all: beside its place, to the disk, then renamed."""

import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

from livingcircle.errors import OutputError


@contextmanager
def replacing(path: Path | str) -> Iterator[Path]:
    """Give a temporary path in the same folder; put it in place when the block succeeds.

    Raises
    ------
    OutputError
        When the folder cannot be written; whatever stood at ``path`` is still there.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(
            prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent
        )
        os.close(handle)
    except OSError as error:
        what = f"这个位置写不了文件（{error.strerror}）"
        raise OutputError(
            what, where=str(path)[:80], remedy="换一个文件夹，或腾出磁盘空间"
        ) from error
    draft = Path(name)
    try:
        yield draft
        _to_disk(draft)
        draft.chmod(0o644)
        draft.replace(path)
        _to_disk(path.parent)
    except OSError as error:
        what = f"文件没有写成（{error.strerror}）"
        raise OutputError(
            what, where=path.name, remedy="关掉正在打开它的程序，或腾出磁盘空间"
        ) from error
    finally:
        draft.unlink(missing_ok=True)


def check_target(path: Path | str, *, inputs: Sequence[Path] = (), replace: bool = True) -> None:
    """Refuse to write a workbook over anything but a workbook we wrote ourselves.

    Parameters
    ----------
    inputs
        Files and folders that are being read: never a place to write.
    replace
        Whether one of our own results may be written anew.

    Raises
    ------
    OutputError
        Before anything is done.
    """
    path = Path(path)
    trap = ""
    try:
        whole = path.resolve()
        if any(whole.is_relative_to(one.resolve()) for one in inputs):
            trap = "这正是要读的文件"
        elif path.suffix.lower() != ".xlsx":
            trap = "要写成 .xlsx 文件"
        elif path.is_dir():
            trap = "这是一个文件夹，不是文件"
        elif path.exists() and not (path.is_file() and replace and _is_ours(path)):
            trap = "这个位置已有别的文件，没有覆盖"
    except (OSError, ValueError) as error:
        raise OutputError(
            "这个文件名写不了文件", where=str(path)[:80], remedy="换一个短一些的普通文件名"
        ) from error
    if trap:
        raise OutputError(trap, where=str(path), remedy="换一个文件名，或先移走原来的文件")


def _is_ours(path: Path) -> bool:
    """Say whether a workbook is a result of ours: neither a stranger's nor a filled template."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            about = archive.read("docProps/core.xml") if "docProps/core.xml" in names else b""
            custom = archive.read("docProps/custom.xml") if "docProps/custom.xml" in names else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, zlib.error):
        return False
    ours = b"livingcircle" in about.lower() or "运行编号".encode() in about
    return ours and b"livingcircle_template" not in custom


def _to_disk(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a folder to flush it
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
