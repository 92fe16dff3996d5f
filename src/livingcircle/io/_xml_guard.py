"""Refuse XML that defines entities or a document type, by reading its bytes once."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from livingcircle.errors import UnsafeFileError

CHUNK = 1024**2
OVERLAP = 256
_DTD = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.\-]+)", re.IGNORECASE)
_ENCODINGS = {b"utf-8", b"utf8", b"utf-16", b"us-ascii", b"gb2312", b"gbk", b"gb18030"}


def chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """Read a stream in overlapping pieces, UTF-16 narrowed so that ASCII marks can be found."""
    tail = b""
    while piece := stream.read(CHUNK):
        yield tail + piece.replace(b"\0", b"")
        tail = piece.replace(b"\0", b"")[-OVERLAP:]


def find_trap(piece: bytes, *, first: bool) -> str:
    """Name what makes this piece of XML unsafe, or return ""."""
    if _DTD.search(piece):
        return "文件里定义了文档类型或实体（DTD）"
    if first:
        plain = re.sub(rb"^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)", b"", piece)
        encoding = _ENCODING.match(plain)
        if encoding and encoding[1].lower() not in _ENCODINGS:
            return f"XML 声明了少见的编码 {encoding[1].decode('ascii')}"
        if not plain.lstrip().startswith(b"<"):
            return "内容不是 XML"
    return ""


def check_xml(path: Path) -> None:
    """Refuse an XML file with a document type, entities or a strange encoding."""
    with path.open("rb") as stream:
        for number, piece in enumerate(chunks(stream)):
            trap = find_trap(piece, first=number == 0)
            if trap:
                raise UnsafeFileError(
                    trap, where=path.name, remedy="从原来的软件重新导出一份再导入"
                )
