"""Write a file whole or not at all: beside its place, to the disk, then renamed."""

import os
import tempfile
from collections.abc import Iterator
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
        raise OutputError(what, where=str(path), remedy="换一个文件夹，或腾出磁盘空间") from error
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


def _to_disk(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open a folder to flush it
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
