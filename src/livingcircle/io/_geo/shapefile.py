"""Read a shapefile's texts in the encoding they really have.

A shapefile without a .cpg is read as Latin-1 by default and Chinese turns into "æœæ"; GBK is the
usual truth. The texts are therefore read as bytes first, and decoded once it is known how. A
text cut off inside its last character (a field holds a fixed number of bytes) loses that
character only.
"""

import codecs
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import pyogrio

from livingcircle.errors import InputError
from livingcircle.io._geo import grid_text

_BYTES = "ISO-8859-1"  # maps every byte to one character and back
_CODE_PAGES = {"936": "gb18030", "65001": "utf-8", "950": "big5", "utf8": "utf-8"}
_LONGEST_TAIL = 3  # bytes of an unfinished character at the end of a full field


def read_shapefile(path: Path, file: str, encoding: str = "") -> gpd.GeoDataFrame:
    """Read a shapefile; its texts are decoded with the declared, stated or found encoding."""
    frame = pyogrio.read_dataframe(path, encoding=_BYTES, on_invalid="fix")
    if len(set(frame.columns)) < len(frame.columns):
        twice = next(str(n) for n, count in Counter(frame.columns).items() if count > 1)
        what = f"属性表里有两列都叫“{_decode(twice.encode(_BYTES), 'utf-8')}”"
        raise InputError(what, where=file, remedy="改掉其中一个列名，或导出为 GeoPackage")
    named = [str(name) for name in frame.columns if name != "geometry"]
    texts = [name for name in named if not _is_number(frame, name)]
    raw = {name: [_to_bytes(value) for value in frame[name].tolist()] for name in texts}
    pieces = {piece for values in raw.values() for piece in values if piece}
    pieces |= {name.encode(_BYTES) for name in named}
    codec = _codec(path, file, encoding, [p for p in pieces if not p.isascii()])
    for name in texts:
        values = [value if value is None else _decode(value, codec) for value in raw[name]]
        frame[name] = gpd.pd.Series(values, index=frame.index, dtype="object")
    return frame.rename(columns={name: _decode(name.encode(_BYTES), codec) for name in named})


def _is_number(frame: gpd.GeoDataFrame, name: str) -> bool:
    return frame[name].dtype.kind in "iufbM"


def _to_bytes(value: object) -> bytes | None:
    return value.encode(_BYTES) if isinstance(value, str) else None


def _codec(path: Path, file: str, encoding: str, pieces: list[bytes]) -> str:
    if encoding:
        if not _fits(pieces, encoding):
            what = f"属性表的文字不是 {encoding} 编码"
            remedy = "在 district.toml 里改正 encoding，例如 UTF-8 或 GB18030"
            raise InputError(what, where=file, remedy=remedy)
        return _known(encoding)
    for name in (_stated(path), "utf-8"):
        if name and _fits(pieces, name):
            return name
    guessed = grid_text.guess(b"\n".join(_whole_pairs(pieces)))
    if guessed and _fits(pieces, guessed):
        return guessed
    remedy = '在 district.toml 里写明 encoding，例如 encoding = "GB18030"'
    raise InputError("看不出属性表的文字用的是哪种编码", where=file, remedy=remedy)


def _stated(path: Path) -> str:
    """Return the encoding named by the .cpg file beside it, or ""."""
    beside = path.with_suffix(".cpg")
    if not beside.is_file():
        return ""
    word = beside.read_bytes()[:40].decode("ascii", "ignore").strip().lower().removeprefix("cp")
    word = _CODE_PAGES.get(word, word)
    return _known(word)


def _known(name: str) -> str:
    try:
        found = codecs.lookup(name).name
        " ".encode(found)  # "hex" and its like are no encodings of text
    except (LookupError, ValueError):
        return ""
    return "gb18030" if found in {"gbk", "gb2312", "cp936"} else found


def _fits(pieces: Iterable[bytes], codec: str) -> bool:
    codec = _known(codec)
    return bool(codec) and all(_strict(piece, codec) is not None for piece in pieces)


def _strict(piece: bytes, codec: str) -> str | None:
    for cut in range(_LONGEST_TAIL + 1):
        try:
            return piece[: len(piece) - cut].decode(codec)
        except UnicodeDecodeError as error:
            if error.start < len(piece) - _LONGEST_TAIL:
                return None
    return None


def _decode(piece: bytes, codec: str) -> str:
    return _strict(piece, codec) or piece.decode(codec, "replace")


def _whole_pairs(pieces: Iterable[bytes]) -> list[bytes]:
    return [text.encode("gb18030") for p in pieces if (text := _strict(p, "gb18030")) is not None]
