"""Keep files under their checksum: the same content once, never changed, never half-written."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.conf import settings

_PIECE = 1024**2


def path_of(sha256: str) -> Path:
    """Return where the content with a checksum lies, or would."""
    return Path(settings.MEDIA_ROOT) / "content" / sha256[:2] / sha256


def keep(source: Path | str) -> str:
    """Keep a copy of a file and return its checksum."""
    with Path(source).open("rb") as stream:
        return keep_stream(iter(lambda: stream.read(_PIECE), b""))


def keep_stream(chunks: Iterator[bytes]) -> str:
    """Keep what comes in pieces and return its checksum.

    Written beside its place, forced to disk and moved there whole, so that a power cut leaves
    either all of it or nothing.
    """
    home = Path(settings.MEDIA_ROOT) / "content"
    home.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    handle, name = tempfile.mkstemp(prefix=".part-", dir=home)
    try:
        with os.fdopen(handle, "wb") as stream:
            for chunk in chunks:
                digest.update(chunk)
                stream.write(chunk)
            _force(stream)
        target = path_of(digest.hexdigest())
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            Path(name).rename(target)
            _force_folder(target.parent)
    finally:
        Path(name).unlink(missing_ok=True)
    return digest.hexdigest()


def lay_out(sha256: str, name: str, folder: Path) -> Path:
    """Put a kept file under its own name into a folder, without copying where links are possible.

    Raises
    ------
    FileNotFoundError
        If the content is not kept (any more).
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / Path(name).name
    target.unlink(missing_ok=True)
    try:
        os.link(path_of(sha256), target)
    except OSError:
        shutil.copyfile(path_of(sha256), target)
    return target


def _force(stream: IO[bytes]) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def _force_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
