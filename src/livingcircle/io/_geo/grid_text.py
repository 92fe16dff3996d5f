"""Read delimited text as rows of cells, in the encoding it really has."""

import codecs
import csv
import io
import re
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path

import chardet

from livingcircle.errors import InputError
from livingcircle.errors import UnsafeFileError

_ASK = '在 district.toml 里写明 encoding，例如 encoding = "GB18030"，或从 Excel 另存为“CSV UTF-8”'
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON_SHARE = 0.85
# First byte from, first byte to, second byte from, of the block everyday characters lie in.
_EVERYDAY = {"gb18030": (0xA1, 0xF7, 0xA1), "big5": (0xA1, 0xC6, 0x40)}
_SURE = 0.7
_CELL_LIMIT = 1_000_000
_MOST_ROWS = 100_000
_MOST_COLUMNS = 200
_MOST_MARKS = 20_000  # commas in one line, those of long texts among them
_GUARD = re.compile(r"'(?='*[=+\-@＝＋－＠])")  # as exports put it, more than once if need be
_BLANK: list[str] = []  # one and the same for every blank row; nobody changes rows


def read_grid(path: Path, encoding: str = "") -> list[list[str]]:
    """Read a .csv, .tsv or .txt as rows of cells, blank ones at the ends left out.

    Raises
    ------
    UnsafeFileError
        When it has more than 100,000 rows or 200 columns; reading stops there.
    """
    text, _ = decode(path.read_bytes(), path.name, encoding)
    # The header decides: further down, text columns hold commas and semicolons of their own.
    found = re.search(r"^.*\S.*$", text, re.MULTILINE)
    delimiter = max(",\t;|", key=(found[0] if found else "").count)
    previous = csv.field_size_limit(_CELL_LIMIT)
    try:
        rows: Iterable[list[str]] = csv.reader(
            _lines(text, delimiter, path.name), delimiter=delimiter
        )
        return _bounded(map(_unguarded, rows) if "'" in text else rows, path)
    except csv.Error as error:
        what = "文本表格的引号或换行读不通"
        raise InputError(what, where=path.name, remedy="从 Excel 重新另存为“CSV UTF-8”") from error
    finally:
        csv.field_size_limit(previous)


def _unguarded(row: list[str]) -> list[str]:
    """Take off the apostrophe that keeps a spreadsheet from running a text as a formula."""
    return [cell[1:] if _GUARD.match(cell) else cell for cell in row]


def _lines(text: str, delimiter: str, file: str) -> Iterator[str]:
    """Yield the lines; one of a million commas is refused before it is taken apart."""
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if line.count(delimiter) > _MOST_MARKS:
            what = f"第 {number} 行有 {line.count(delimiter):,} 个分隔符"
            raise UnsafeFileError(what, where=file, remedy="核对文件是不是导出坏了")
        yield line


def _bounded(reader: Iterable[list[str]], path: Path) -> list[list[str]]:
    """Collect rows within the limits; blank rows cost nothing, and none are kept at the end."""
    rows: list[list[str]] = []
    blank = 0
    for row in reader:
        while row and not row[-1].strip():
            row.pop()
        if not row:
            blank += 1
            continue
        if len(rows) + blank >= _MOST_ROWS or len(row) > _MOST_COLUMNS:
            what = f"超出了 {_MOST_ROWS:,} 行、{_MOST_COLUMNS} 列的范围"
            raise UnsafeFileError(what, where=path.name, remedy="删去空白行列，或分成几个文件")
        if blank:
            rows.extend(_BLANK for _ in range(blank))
        rows.append(row)
        blank = 0
    return rows


def decode(data: bytes, file: str, encoding: str = "") -> tuple[str, str]:
    """Turn bytes into text; return the text and the encoding it was read with.

    A declared encoding is taken at its word. Otherwise a byte-order mark, strict UTF-8 and
    strict GB18030 are tried in this order; chardet is asked last, and when even it is not sure
    the reader is asked, because a wrong guess is worse than a question.

    Raises
    ------
    InputError
        When the encoding is unknown, or the bytes do not fit the declared one.
    """
    if encoding:
        return _declared(data, file, encoding), encoding
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _declared(data, file, name), name
    for name in _candidates(data):
        text = _strict(data, name)
        if text is not None:
            return text, name
    raise InputError("看不出文字用的是哪种编码", where=file, remedy=_ASK)


def guess(data: bytes) -> str:
    """Name the encoding of a piece of text without a byte-order mark, or return ""."""
    return next((name for name in _candidates(data) if _strict(data, name) is not None), "")


def _candidates(data: bytes) -> Iterator[str]:
    """Yield encodings to try, one at a time: the later ones take longer to think of."""
    if b"\0" in data[:4096]:
        even, odd = data[:4096:2].count(0), data[1:4096:2].count(0)
        yield "utf-16-be" if even > odd else "utf-16-le"
        return
    yield "utf-8"
    yield from (name for name in _EVERYDAY if _is_everyday(data, name))
    answer = chardet.detect(data[:200_000])
    name = (answer["encoding"] or "").lower()
    if name and (answer["confidence"] or 0.0) >= _SURE and not name.startswith(("iso", "windows")):
        yield name


def _is_everyday(data: bytes, encoding: str) -> bool:
    """Say whether bytes are text of this encoding made of everyday characters.

    Almost any pair of bytes is some GBK character, Big5 text too; but everyday simplified
    Chinese lies in the GB 2312 block, and everyday traditional Chinese in the first Big5 level.
    """
    text = _strict(data, encoding)
    if text is None:
        return False
    low, high, second = _EVERYDAY[encoding]
    wide = [c.encode(encoding) for c in set(text) if ord(c) > 127]  # noqa: PLR2004 - beyond ASCII
    everyday = sum(len(p) == 2 and low <= p[0] <= high and p[1] >= second for p in wide)  # noqa: PLR2004
    return bool(wide) and everyday >= _COMMON_SHARE * len(wide)


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _declared(data: bytes, file: str, encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
        " ".encode(name)  # "hex" and its like are no encodings of text
    except (LookupError, ValueError) as error:
        what = f"没有叫“{encoding}”的编码"
        raise InputError(
            what, where=file, remedy="写成 UTF-8、GB18030、GBK、UTF-16 或 Big5"
        ) from error
    # GBK files often hold a few characters that only its superset GB18030 has.
    name = "gb18030" if name in {"gbk", "gb2312", "cp936"} else name
    name = "utf-8-sig" if name == "utf-8" else name
    try:
        return data.decode(name)
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        line = data.count(b"\n", 0, start) + 1
        what = f"第 {line} 行的文字不是 {encoding} 编码"
        raise InputError(what, where=file, remedy=_ASK) from error
