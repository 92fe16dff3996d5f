"""Make photographs anew from their pixels, and keep each under its checksum.

What a file carries besides its pixels (place, device, thumbnails, other data behind the end) does
not survive. Files lie outside every served path and are read only by the page that asks the policy.
"""

import hashlib
import io
import os
import tempfile
from pathlib import Path
from typing import BinaryIO
from typing import NamedTuple

from django.conf import settings
from PIL import Image
from PIL import ImageOps
from PIL import UnidentifiedImageError

from livingcircle_platform.errors import RefusedError

MOST_BYTES = 15 * 1024**2
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 1_600
_QUALITY = 82
_KINDS = ("JPEG", "PNG", "WEBP")


class Picture(NamedTuple):
    """Hold a photograph made anew."""

    jpeg: bytes
    sha256: str
    width: int
    height: int


def made_anew(contents: BinaryIO) -> Picture:
    """Return a photograph as plain JPEG, upright, no longer than 1,600 pixels.

    Raises
    ------
    RefusedError
        If it is too large, or no photograph that we can read.
    """
    data = contents.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise RefusedError("照片超过15MB，没有保存", remedy="在手机上选“中等大小”再传")
    try:
        with Image.open(io.BytesIO(data), formats=_KINDS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise RefusedError("照片的像素太多，没有保存", remedy="缩小到6000万像素以内再传")
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise _unreadable() from error
    except Image.DecompressionBombError as error:
        raise _unreadable() from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A new image takes the pixels only; the old one's metadata stays behind.
    plain = Image.frombytes("RGB", upright.size, upright.tobytes())
    kept = io.BytesIO()
    plain.save(kept, "JPEG", quality=_QUALITY, optimize=True)
    jpeg = kept.getvalue()
    return Picture(jpeg, hashlib.sha256(jpeg).hexdigest(), *plain.size)


def store(picture: Picture) -> Path:
    """Keep a photograph under its checksum; the same one twice is one file."""
    path = path_of(picture.sha256)
    if path.exists():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
    with os.fdopen(handle, "wb") as file:
        file.write(picture.jpeg)
        file.flush()
        os.fsync(file.fileno())
    Path(name).replace(path)
    return path


def path_of(sha256: str) -> Path:
    """Return where a photograph lies."""
    return Path(settings.MEDIA_ROOT) / "photos" / sha256[:2] / f"{sha256}.jpg"


def _unreadable() -> RefusedError:
    return RefusedError(
        "这个文件不是能读的照片，没有保存", remedy="存成 JPEG、PNG 或 WebP 再传；苹果手机选“最兼容”"
    )
