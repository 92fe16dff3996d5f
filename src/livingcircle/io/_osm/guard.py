"""Refuse an .osm.pbf that unpacks to far more than it holds, by the heads of its blocks.

A block of eight million nodes at one place packs into a few kilobytes; the reader would ask for
gigabytes. Each block states how large it becomes, so that nothing has to be unpacked to know.
"""

from pathlib import Path
from typing import IO

from livingcircle.errors import UnsafeFileError

_MOST_BYTES = 2 * 1024**3  # unpacked; a province has less
_MOST_TIMES = 30.0  # real extracts unpack to two or three times their size
_SMALL = 16 * 1024**2  # below this, the ratio says nothing
_LONGEST_HEAD = 64 * 1024  # the format's own limit
_REMEDY = "重新下载；文件确实很大时，只提取本区及周边"


def check_extract(path: Path) -> None:
    """Refuse an extract whose blocks state too large a size; what is cut short is left to say."""
    packed = path.stat().st_size
    unpacked = 0
    with path.open("rb") as stream:
        while (size := _block(stream)) is not None:
            unpacked += size
            if unpacked > _MOST_BYTES or (
                unpacked > _SMALL and unpacked / max(packed, 1) > _MOST_TIMES
            ):
                what = f"解压后超过 {unpacked // 1024**2:,} MB，与文件大小不相称"
                raise UnsafeFileError(what, where=path.name, remedy=_REMEDY)


def _block(stream: IO[bytes]) -> int | None:
    """Read the head of one block, step over it, and return the size it states; None at the end."""
    length = int.from_bytes(stream.read(4), "big")
    if not 0 < length <= _LONGEST_HEAD:
        return None
    fields = _fields(stream.read(length))
    data = fields.get(3, 0)  # BlobHeader.datasize
    if data <= 0:
        return None
    start = stream.tell()
    stated = _fields(stream.read(min(data, 64))).get(2, data)  # Blob.raw_size
    stream.seek(start + data)
    return stated


def _fields(head: bytes) -> dict[int, int]:
    """Return the whole numbers among the fields of a protobuf message, as far as it goes."""
    found: dict[int, int] = {}
    place = 0
    while place < len(head):
        tag, place = _number(head, place)
        value, place = _number(head, place)
        if tag & 7 == 0:
            found[tag >> 3] = value
        elif tag & 7 == 2:  # noqa: PLR2004 - a field of bytes: step over it
            place += value
        else:
            break
    return found


def _number(head: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while place < len(head):
        byte = head[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:  # noqa: PLR2004 - the last byte of a number
            break
    return value, place
