"""Look at uploaded files before anything is kept: how many, how large, under which names."""

import re
import unicodedata
from collections.abc import Iterable
from collections.abc import Sequence
from typing import NamedTuple

from django.core.files.uploadedfile import UploadedFile

from livingcircle_platform.errors import RefusedError
from livingcircle_platform.imports.kinds import SHAPEFILE
from livingcircle_platform.imports.kinds import ending_of
from livingcircle_platform.imports.kinds import most_bytes

_LONGEST_STEM = 60  # Chinese characters take three bytes each, and a name may have 255
_LONGEST_ENDING = 12
_SEPARATORS = re.compile(r"[/\\:*?\"<>|]+")
_MB = 1024**2
_NEEDED = (".shp", ".shx", ".dbf")


class Received(NamedTuple):
    """Hold one uploaded file under a name that is safe everywhere."""

    name: str
    file: UploadedFile


def received(uploads: Sequence[UploadedFile]) -> list[Received]:
    """Return the files of one upload, that to be read first.

    Raises
    ------
    RefusedError
        If they are not one file (or the parts of one shapefile), or one is empty or too large.
    """
    if not uploads:
        raise RefusedError("没有选择文件", remedy="选择一个文件再上传")
    found = [Received(tidy_name(one.name or ""), one) for one in uploads]
    for one in found:
        _check_size(one)
    if any(ending_of(one.name) in SHAPEFILE for one in found):
        return _shapefile(found)
    if len(found) > 1:
        raise RefusedError(
            f"一次选了{len(found)}个文件，没有上传",
            remedy="一次上传一个文件；只有 Shapefile 的 .shp、.shx、.dbf、.prj、.cpg 要一起选",
        )
    return found


def tidy_name(name: str) -> str:
    """Return a file's name without what some system stumbles over: paths, controls, length."""
    plain = "".join(
        character
        for character in unicodedata.normalize("NFC", name)
        if unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    plain = _SEPARATORS.sub("_", plain).strip(" .")
    ending = ending_of(plain) if "." in plain else ""
    stem = plain[: len(plain) - len(ending)].strip(" .")[:_LONGEST_STEM].strip(" .")
    return f"{stem or '文件'}{ending[:_LONGEST_ENDING]}"


def _check_size(one: Received) -> None:
    size, most = one.file.size or 0, most_bytes(one.name)
    if size == 0:
        raise RefusedError(f"“{one.name}”是空文件", remedy="打开原文件核对，另存后再上传")
    if size > most:
        raise RefusedError(
            f"“{one.name}”有 {size / _MB:.0f} MB，超过 {most // _MB} MB，没有上传",
            remedy="分成几个文件，或只留下要用的行、列和图层",
        )


def _shapefile(found: list[Received]) -> list[Received]:
    """Return the parts of one shapefile, the .shp first."""
    order = {ending: place for place, ending in enumerate((*_NEEDED, ".prj", ".cpg"))}
    stems = {one.name[: -len(ending_of(one.name))].lower() for one in found}
    endings = [ending_of(one.name) for one in found]
    if len(stems) > 1 or len(set(endings)) < len(endings) or not set(endings) <= set(order):
        raise RefusedError(
            "选的文件不是同一个 Shapefile", remedy="只选同名的 .shp、.shx、.dbf、.prj、.cpg"
        )
    _refuse_missing(ending for ending in _NEEDED if ending not in endings)
    stem = found[0].name[: -len(endings[0])]
    same = [Received(stem + ending_of(one.name), one.file) for one in found]
    return sorted(same, key=lambda one: order[ending_of(one.name)])


def _refuse_missing(endings: Iterable[str]) -> None:
    missing = "、".join(endings)
    if missing:
        raise RefusedError(
            f"Shapefile 缺少 {missing} 文件",
            remedy="把同名的 .shp、.shx、.dbf、.prj 一起选上再上传",
        )
