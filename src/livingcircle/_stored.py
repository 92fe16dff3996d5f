"""Store prepared arrays in a file, and trust the file only if it is whole and meant for the input.

The file begins with a checksum over this module's format, the key of what the arrays were made
of, and the arrays themselves. A file that is spoiled, cut short, foreign, or made of other input
fails the one comparison, and whoever asked prepares anew.
"""

import hashlib
import io
import os
import tempfile
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from livingcircle import __version__

Array = npt.NDArray[Any]

# Raise the number whenever the same input would be prepared otherwise than before.
FORMAT = f"livingcircle {__version__} prepared 2\n".encode()
_DIGEST = hashlib.sha256().digest_size


def key_of(*parts: Array | float | str) -> str:
    """Return a checksum of what something is made of: arrays, numbers and words, in order."""
    digest = hashlib.sha256(FORMAT)
    for part in parts:
        digest.update(_written([np.ascontiguousarray(part)]))
    return digest.hexdigest()


def store(path: Path, key: str, arrays: Mapping[str, Array]) -> None:
    """Write arrays to a file; whoever reads meanwhile sees the old file or the new one.

    A folder that cannot be written to is no error: next time is prepared anew.

    Parameters
    ----------
    path
        Where to.
    key
        Checksum of what the arrays were made of, from :func:`key_of`.
    arrays
        Named arrays of numbers or words.
    """
    body = _written([np.array(list(arrays), dtype=np.str_), *arrays.values()])
    with suppress(OSError):
        _replace(path, _checksum(key, body), body)


def stored(path: Path, key: str) -> dict[str, Array] | None:
    """Return the arrays kept in a file under a key; None unless all of it is as it was written."""
    try:
        content = memoryview(path.read_bytes())
    except OSError:
        return None
    body = content[_DIGEST:]
    if content[:_DIGEST] != _checksum(key, body):
        return None
    file = io.BytesIO(body)
    names = np.lib.format.read_array(file, allow_pickle=False).tolist()
    return {name: np.lib.format.read_array(file, allow_pickle=False) for name in names}


def _written(arrays: Sequence[Array]) -> memoryview:
    """Return arrays as bytes with type and shape; NumPy refuses those that only pickle writes."""
    buffer = io.BytesIO()
    for array in arrays:
        np.lib.format.write_array(buffer, array, allow_pickle=False)
    return buffer.getbuffer()


def _replace(path: Path, checksum: bytes, body: memoryview) -> None:
    """Write a file beside the old one, then put it in its place; leave nothing half done."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(checksum)
            file.write(body)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _checksum(key: str, body: memoryview) -> bytes:
    digest = hashlib.sha256(FORMAT)
    digest.update(key.encode() + b"\n")
    digest.update(body)
    return digest.digest()
