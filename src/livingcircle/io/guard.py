"""Refuse a file before any parser opens it: too large, a bomb, encrypted, disguised, half a file.

Everything a person uploads is untrusted. A 4.7 KB workbook with one cell at XFD1048576 makes a
fast reader ask for 549 GB and abort the process; an entity bomb hides in any XML part. This
module reads only headers, zip directories and a stream of bytes, and never more than the limits.
"""

import re
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

from livingcircle.errors import InputError
from livingcircle.errors import UnsafeFileError
from livingcircle.io import _xml_guard
from livingcircle.io._excel import guard as workbook_guard
from livingcircle.io._geo import guard as layer_guard
from livingcircle.io._osm.guard import check_extract


@dataclass(frozen=True)
class Limits:
    """Say how large a file may be; the platform may be stricter than the command line."""

    office_bytes: int = 50 * 1024**2  # xlsx, xls, csv, geojson, kml
    layer_bytes: int = 300 * 1024**2  # gpkg, shp, parquet: not compressed, so not expanded
    streets_bytes: int = 1024**3  # .osm.pbf, read as a stream
    workbook: workbook_guard.Limits = field(default_factory=workbook_guard.Limits)


DEFAULT_LIMITS = Limits()
_MB = 1024**2
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TEXT_KINDS = {"csv", "txt", "tsv"}
_REFUSED = {
    "xlsm": ("带宏的工作簿不收", "在 Excel 里另存为“Excel 工作簿（.xlsx）”再导入"),
    "xltm": ("带宏的模板不收", "在 Excel 里另存为“Excel 工作簿（.xlsx）”再导入"),
    "xlsb": ("二进制工作簿不收", "在 Excel 里另存为“Excel 工作簿（.xlsx）”再导入"),
    "et": ("WPS 专用格式不收", "在 WPS 里另存为“Excel 工作簿（.xlsx）”再导入"),
    "ods": ("OpenDocument 表格不收", "另存为“Excel 工作簿（.xlsx）”再导入"),
    "numbers": ("Numbers 表格不收", "导出为“Excel 工作簿（.xlsx）”再导入"),
    "zip": ("压缩包不收", "解压后把里面的文件放进文件夹再导入"),
    "rar": ("压缩包不收", "解压后把里面的文件放进文件夹再导入"),
    "7z": ("压缩包不收", "解压后把里面的文件放进文件夹再导入"),
    "kmz": ("压缩的 KML 不收", "解压成 .kml，或另存为 GeoPackage 再导入"),
    "svg": ("图片不是数据表", "导入 Excel、CSV、GeoPackage、GeoJSON 或 Shapefile"),
    "gpx": ("轨迹文件不收", "另存为 GeoPackage 或 GeoJSON 再导入"),
    "osm": ("文本格式的 OSM 数据不收", "转换成 .osm.pbf 再导入"),
    "pdf": ("PDF 不是数据表", "导入它的 Excel 原件"),
    "doc": ("Word 文档不是数据表", "把表格复制到 Excel 里再导入"),
    "docx": ("Word 文档不是数据表", "把表格复制到 Excel 里再导入"),
    "dwg": ("CAD 图不收", "导出为 GeoPackage、GeoJSON 或 Shapefile 再导入"),
}
KINDS = ("xlsx", "xls", "csv", "txt", "tsv", "gpkg", "geojson", "json", "shp", "parquet",
         "geoparquet", "kml", "osm.pbf")  # fmt: skip


def file_kind(path: Path) -> str:
    """Return the kind a file claims to be by its name: ``"xlsx"``, ``"osm.pbf"`` and so on."""
    name = path.name.lower()
    return "osm.pbf" if name.endswith(".osm.pbf") else name.rpartition(".")[2]


def check_file(path: Path | str, *, limits: Limits = DEFAULT_LIMITS) -> str:
    """Look at a file without opening it in any parser, and refuse it if it is not what it says.

    Returns
    -------
    str
        The kind of the file, one of :data:`KINDS`.

    Raises
    ------
    UnsafeFileError
        With a sentence that says why and what to do instead.
    InputError
        When there is no such file.
    """
    path = Path(path)
    kind = file_kind(path)
    try:
        there, folder = path.is_file(), path.is_dir()
    except (OSError, ValueError) as error:
        what = "文件名太长，或含有控制字符"
        raise InputError(what, where=path.name[:80], remedy="换一个普通的文件名") from error
    if not there:
        what = "这是一个文件夹，不是文件" if folder else "没有这个文件"
        raise InputError(what, where=path.name, remedy="核对文件名和它所在的文件夹")
    if kind in _REFUSED:
        what, remedy = _REFUSED[kind]
        raise UnsafeFileError(what, where=path.name, remedy=remedy)
    if kind not in KINDS:
        remedy = "导入 .xlsx、.xls、.csv、.gpkg、.geojson、.shp、.parquet 或 .osm.pbf 文件"
        raise UnsafeFileError("不认识这种文件", where=path.name, remedy=remedy)
    try:
        _check_size(path, kind, limits)
        _check_content(path, kind, limits)
    except OSError as error:
        what = f"文件打不开（{error.strerror}）"
        raise InputError(what, where=path.name, remedy="核对文件的读取权限") from error
    return kind


def _check_size(path: Path, kind: str, limits: Limits) -> None:
    size = path.stat().st_size
    if size == 0:
        raise UnsafeFileError(
            "文件是空的", where=path.name, remedy="核对是不是没有保存完，重新导出"
        )
    limit = limits.office_bytes
    if kind in {"gpkg", "shp", "parquet", "geoparquet"}:
        limit = limits.layer_bytes
    elif kind == "osm.pbf":
        limit = limits.streets_bytes
    if size > limit:
        what = f"文件有 {size / _MB:.1f} MB，超过 {limit // _MB} MB"
        raise UnsafeFileError(what, where=path.name, remedy="分成几个文件，或只留下本区的数据")


def _check_content(path: Path, kind: str, limits: Limits) -> None:
    with path.open("rb") as stream:
        head = stream.read(4096)
    if kind == "xlsx":
        _check_xlsx(path, head, limits)
    elif kind == "xls":
        _check_xls(path, head)
    elif kind in _TEXT_KINDS:
        _check_text(path, head)
    elif kind in {"geojson", "json"}:
        _check_json(path, head)
        layer_guard.check_content(path, kind)
    elif kind == "kml":
        _xml_guard.check_xml(path)
        layer_guard.check_content(path, kind)
    else:
        _check_magic(path, kind, head)


def _check_xlsx(path: Path, head: bytes, limits: Limits) -> None:
    if head.startswith(_ZIP):
        workbook_guard.check_workbook(path, limits.workbook)
        return
    if head.startswith(_OLE):
        _refuse_encrypted(path)
        _disguised(path, "旧版 Excel 工作簿（.xls）", "把扩展名改成 .xls，或另存为 .xlsx 再导入")
    _refuse_web_page(path, head)
    if head.startswith(_EMPTY_ZIP):
        raise UnsafeFileError("文件里什么也没有", where=path.name, remedy="重新从 Excel 保存一次")
    _disguised(path, "别的文件", "用 Excel 打开后另存为 .xlsx 再导入")


def _check_xls(path: Path, head: bytes) -> None:
    if head.startswith(_ZIP):
        _disguised(path, "新版 Excel 工作簿（.xlsx）", "把扩展名改成 .xlsx 再导入")
    _refuse_web_page(path, head)
    if not head.startswith(_OLE):
        _disguised(path, "别的文件", "用 Excel 打开后另存为 .xlsx 再导入")
    _refuse_encrypted(path)


def _check_text(path: Path, head: bytes) -> None:
    if head.startswith((_ZIP, _OLE)):
        _disguised(path, "Excel 工作簿", "把扩展名改成 .xlsx（旧版改成 .xls）再导入")
    _refuse_web_page(path, head)
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff")) or _is_utf16(head)
    if b"\0" in head and not wide:
        _disguised(path, "二进制文件", "从 Excel 另存为“CSV UTF-8”再导入")


def _is_utf16(head: bytes) -> bool:
    pairs = max(len(head) // 2, 1)
    return max(head[::2].count(0), head[1::2].count(0)) > pairs // 4


def _check_json(path: Path, head: bytes) -> None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text.startswith(b"{"):
        _disguised(path, "别的文件", "从 GIS 软件重新导出为 GeoJSON（UTF-8）")
    with path.open("rb") as stream:
        stream.seek(max(path.stat().st_size - 64, 0))
        tail = stream.read().rstrip(b" \t\r\n\0")
    if not tail.endswith(b"}"):
        raise UnsafeFileError(
            "文件不完整，结尾缺了一截", where=path.name, remedy="重新传送或重新导出"
        )


def _check_magic(path: Path, kind: str, head: bytes) -> None:
    if kind == "gpkg" and not head.startswith(b"SQLite format 3\0"):
        _disguised(path, "别的文件", "从 GIS 软件重新导出为 GeoPackage")
    if kind == "gpkg":
        layer_guard.check_content(path, kind)
    if kind == "shp":
        _check_shapefile(path, head)
    if kind in {"parquet", "geoparquet"}:
        with path.open("rb") as stream:
            stream.seek(max(path.stat().st_size - 4, 0))
            tail = stream.read()
        if not head.startswith(b"PAR1"):
            _disguised(path, "别的文件", "重新导出为 GeoParquet")
        if tail != b"PAR1":
            raise UnsafeFileError("文件不完整，结尾缺了一截", where=path.name, remedy="重新传送")
    if kind == "osm.pbf" and b"OSMHeader" not in head[:64]:
        _disguised(path, "别的文件", "重新下载 .osm.pbf 数据")
    if kind == "osm.pbf":
        check_extract(path)


def _check_shapefile(path: Path, head: bytes) -> None:
    if not head.startswith(b"\x00\x00\x27\x0a"):
        _disguised(path, "别的文件", "从 GIS 软件重新导出")
    claimed = int.from_bytes(head[24:28], "big") * 2
    if claimed > path.stat().st_size:
        raise UnsafeFileError(
            "文件不完整，结尾缺了一截", where=path.name, remedy="重新传送或重新导出"
        )
    names = {sibling.name.lower() for sibling in path.parent.iterdir()}
    missing = [s for s in (".shx", ".dbf") if path.with_suffix(s).name.lower() not in names]
    if missing:
        what = f"Shapefile 缺少同名的 {'、'.join(missing)} 文件"
        raise UnsafeFileError(
            what, where=path.name, remedy="把 .shp、.shx、.dbf、.prj 一起放进文件夹"
        )


def _refuse_encrypted(path: Path) -> None:
    # An encrypted workbook is an OLE container whose directory names an EncryptedPackage stream.
    if "EncryptedPackage".encode("utf-16-le") in path.read_bytes():
        remedy = "在 Excel 里取消打开密码，保存后再导入"
        raise UnsafeFileError("工作簿设了打开密码", where=path.name, remedy=remedy)


def _refuse_web_page(path: Path, head: bytes) -> None:
    text = head.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if re.match(rb"<(?:!doctype|html|table|head|meta|\?xml|!--|script)", text):
        _disguised(path, "网页", "用 Excel 打开后另存为 .xlsx 再导入")


def _disguised(path: Path, really: str, remedy: str) -> None:
    what = f"扩展名是 .{file_kind(path)}，内容却是{really}"
    raise UnsafeFileError(what, where=path.name, remedy=remedy)
