"""Refuse an .xlsx by its zip directory and one streamed pass over its parts.

Nothing is parsed: sizes come from the directory, cell addresses from a regular expression run
over the inflating bytes. A good sheet of 50,000 × 20 cells costs well under a second.
"""

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from livingcircle.errors import UnsafeFileError
from livingcircle.io import _xml_guard


@dataclass(frozen=True)
class Limits:
    """Bound what a workbook may unpack to."""

    unpacked_bytes: int = 300 * 1024**2
    ratio: float = 100.0
    entries: int = 2_000
    rows: int = 100_000
    columns: int = 200


_RESAVE = "在 Excel 里打开，另存为新的 .xlsx 再导入"
_NESTED = re.compile(
    r"\.(?:zip|xlsx|xlsm|xls|jar|7z|rar|gz|docx|pptx|ole)$|/embeddings/", re.IGNORECASE
)
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']\s*(\$?[A-Za-z]{0,8}\$?)(\d+)\s*[\"']")
# Only addresses that can be too far: three letters, beyond GR (column 200), or six digits.
_SUSPECT = re.compile(
    rb"\br\s*=\s*[\"']\s*(?:[A-Za-z]{3,}\d+|(?:[Gg][S-Zs-z]|[H-Zh-z][A-Za-z])\d+|[A-Za-z]*\d{6,}"
    rb"|[^\"']{0,20}&)"
)
_EXTERNAL = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>")
_SMALL = 1024**2  # below this, the ratio says nothing: an empty sheet packs very well


def check_workbook(path: Path, limits: Limits) -> None:
    """Refuse a workbook that is broken, a bomb, has macros, links outside, or far cells."""
    try:
        with zipfile.ZipFile(path) as archive:
            _check_directory(path, archive, limits)
            for info in archive.infolist():
                if info.filename.lower().endswith((".xml", ".rels", ".vml")):
                    with archive.open(info) as stream:
                        _check_part(path, info.filename, stream, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        what = "文件不完整或已损坏，可能没有传完"
        raise UnsafeFileError(
            what, where=path.name, remedy="重新传送，或在 Excel 里修复后另存"
        ) from error
    except (NotImplementedError, RuntimeError) as error:
        raise UnsafeFileError(
            "文件用了读不了的压缩方式", where=path.name, remedy=_RESAVE
        ) from error


def _check_directory(path: Path, archive: zipfile.ZipFile, limits: Limits) -> None:
    entries = archive.infolist()
    names = [info.filename for info in entries]
    unpacked = sum(info.file_size for info in entries)
    packed = max(path.stat().st_size, 1)
    trap = ""
    if len(entries) > limits.entries:
        trap = f"压缩包里有 {len(entries):,} 个文件，超过 {limits.entries:,} 个"
    elif unpacked > limits.unpacked_bytes:
        size = limits.unpacked_bytes // 1024**2
        trap = f"解压后有 {unpacked / 1024**2:,.0f} MB，超过 {size} MB"
    elif unpacked > _SMALL and unpacked / packed > limits.ratio:
        trap = f"解压后膨胀 {unpacked / packed:,.0f} 倍，超过 {limits.ratio:.0f} 倍"
    elif any(info.flag_bits & 0x1 for info in entries):
        trap = "文件设了密码"
    elif len({name.lower() for name in names}) < len(names):
        trap = "压缩包里有重名的文件"
    elif any(_leaves(name) for name in names):
        trap = "压缩包里有指向外面的路径"
    elif any(_NESTED.search(name) for name in names):
        trap = "里面嵌了别的文件或压缩包"
    if trap:
        raise UnsafeFileError(trap, where=path.name, remedy=_RESAVE)
    _check_parts_present(path, names)


def _check_parts_present(path: Path, names: list[str]) -> None:
    lower = [name.lower() for name in names]
    if any("vbaproject" in name or "/macrosheets/" in name for name in lower):
        remedy = "在 Excel 里另存为“Excel 工作簿（.xlsx）”再导入"
        raise UnsafeFileError("工作簿里有宏", where=path.name, remedy=remedy)
    if any("/externallinks/" in name or name.endswith("connections.xml") for name in lower):
        remedy = "在“数据—编辑链接”里断开链接，保存后再导入"
        raise UnsafeFileError("工作簿链接到了外面的文件或数据库", where=path.name, remedy=remedy)
    if "[content_types].xml" not in lower or not any(n.endswith("workbook.xml") for n in lower):
        what = "扩展名是 .xlsx，内容却是别的压缩包"
        raise UnsafeFileError(what, where=path.name, remedy="用 Excel 打开后另存为 .xlsx 再导入")


def _leaves(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in name or "\0" in name


def _check_part(path: Path, name: str, stream: IO[bytes], limits: Limits) -> None:
    cells = "sharedstrings" not in name.lower()
    for number, piece in enumerate(_xml_guard.chunks(stream)):
        trap = _xml_guard.find_trap(piece, first=number == 0)
        if not trap and cells:
            trap = _far_cell(piece, limits)
        if not trap and name.endswith(".rels"):
            trap = _outside_link(piece)
        if trap:
            raise UnsafeFileError(trap, where=path.name, remedy=_remedy(trap))


def _remedy(trap: str) -> str:
    if "超出了" in trap:
        return "选中表格外的空白行列，整行整列删除后保存；数据确实很多时分成几个文件"
    return _RESAVE


def _outside_link(piece: bytes) -> str:
    for link in _EXTERNAL.findall(piece):
        if b"/hyperlink" not in link:  # a web address in a cell is only text
            return "工作簿链接到了外面的文件"
    return ""


def _far_cell(piece: bytes, limits: Limits) -> str:
    for suspect in _SUSPECT.finditer(piece):
        if suspect[0].endswith(b"&"):
            return "单元格地址写法异常"
        address = _REFERENCE.match(piece, suspect.start())
        if address is None:
            continue
        column, row = _column_number(address[1]), int(address[2])
        if row > limits.rows or column > limits.columns:
            cell = (address[1] + address[2]).decode("ascii")
            place = f"单元格 {cell} " if address[1] else f"第 {row} 行"
            return f"{place}超出了 {limits.rows:,} 行、{limits.columns} 列的范围"
    return ""


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.replace(b"$", b"").upper():
        number = number * 26 + letter - 64
    return number
