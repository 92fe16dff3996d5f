"""Keep prepared arrays in a file, and trust the file only if it is whole and meant for the input.

The file begins with a checksum over this module's format, the key of what the arrays were made
of, and the arrays themselves. A file that is spoiled, cut short, foreign, or made of other input
fails the one comparison, and whoever asked prepares anew.
"""

import hashlib
import io
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

# Raise the number whenever the same input would be prepared otherwise than before.
FORMAT = b"livingcircle prepared 1\n"
_DIGEST = hashlib.sha256().digest_size


def key_of(*parts: Array | float | str) -> str:
    """Return a checksum of what something is made of: arrays, numbers and words, in order."""
    digest = hashlib.sha256(FORMAT)
    for part in parts:
        array = np.ascontiguousarray(part)
        _refuse_objects("key", array)
        digest.update(f"{array.dtype.str}{array.shape};".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def keep(path: Path, key: str, arrays: Mapping[str, Array]) -> None:
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
    for name, array in arrays.items():
        _refuse_objects(name, array)
    buffer = io.BytesIO()
    # Names stand in an array of their own: as keywords some would mean something else.
    np.savez(buffer, np.array(list(arrays), dtype=np.str_), *arrays.values())
    body = buffer.getbuffer()
    with suppress(OSError):
        _replace(path, _checksum(key, body), body)


def kept(path: Path, key: str) -> dict[str, Array] | None:
    """Return the arrays kept in a file under a key; None unless all of it is as it was written."""
    try:
        content = memoryview(path.read_bytes())
    except OSError:
        return None
    body = content[_DIGEST:]
    if content[:_DIGEST] != _checksum(key, body):
        return None
    with np.load(io.BytesIO(body), allow_pickle=False) as table:
        names = table["arr_0"].tolist()
        return {name: table[f"arr_{place}"] for place, name in enumerate(names, start=1)}


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


def _refuse_objects(name: str, array: Array) -> None:
    """Stop what only pickle could write, before it is written."""
    if array.dtype.hasobject:
        message = f"{name}: arrays of objects cannot be kept; pass numbers or words"
        raise TypeError(message)
