"""Name the files of a city and of its results; write them whole or not at all.

Both are hive-partitioned Parquet: ``TABLE/district=NAME/part-0.parquet``. A district's name may
hold any character; those that a file system or the scheme itself would take for something else
are written as %XX, which every reader of hive partitions undoes.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from livingcircle.errors import InputError

PART = "part-0.parquet"
ROWS_OF_A_GROUP = 8192  # small enough that a belt is read without most of its district
_RESERVED = re.compile(r"[%/\\:*?\"<>|=\x00-\x1f\x7f]|[. ]$")
_KEY = "district="
_LONGEST_NAME = 60

# Tables whose rows near a border the neighbours need, and those that only their district reads.
BELT_TABLES = ("outlets", "streets", "junctions", "gates", "barriers", "entrances")
OWN_TABLES = ("doors", "communities", "circles", "circle_members", "spaces", "reports", "issues")
EXTENT = "extents"
SOURCES, SOURCES_FILE = "sources", "sources.json"


def folder_of(district: str) -> str:
    """Return the name of a district's partition."""
    return _KEY + _RESERVED.sub(lambda found: f"%{ord(found[0]):02X}", district)


def district_of(folder: str) -> str | None:
    """Return the district that a partition belongs to; None where a folder is no partition."""
    if not folder.startswith(_KEY):
        return None
    name = re.sub(r"%([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), folder[len(_KEY) :])
    return name if folder_of(name) == folder else None


def check_name(district: str, where: str) -> str:
    """Return the name of a district as it stands.

    Raises
    ------
    InputError
        If it is empty or too long to be the name of a folder.
    """
    if not district.strip() or len(district) > _LONGEST_NAME:
        remedy = f"区名写1到{_LONGEST_NAME}个字"
        raise InputError(f"区名“{district[:_LONGEST_NAME]}”不能用", where=where, remedy=remedy)
    return district


def part_of(root: Path, table: str, district: str, file: str = PART) -> Path:
    """Return where one table of one district is."""
    return root / table / folder_of(district) / file


def parts_of(district: str) -> list[str]:
    """Return every file of a district in a city whose tables are where they usually are."""
    root = Path()
    tables = [*BELT_TABLES, *OWN_TABLES, EXTENT]
    files = [part_of(root, table, district) for table in tables]
    return [path.as_posix() for path in (*files, part_of(root, SOURCES, district, SOURCES_FILE))]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it there, so that nobody ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


def write_json(path: Path, record: Mapping[str, Any]) -> None:
    """Write a record that people can read too; equal records are equal bytes."""
    text = json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True)
    write_whole(path, f"{text}\n".encode())


def read_json(path: Path) -> dict[str, Any]:
    """Return a record.

    Raises
    ------
    InputError
        If it is not there or damaged.
    """
    try:
        record = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        remedy = "重新打包这个区，或删去它重新评估"
        raise InputError("记录缺失或已损坏", where=str(path)[-80:], remedy=remedy) from problem
    if not isinstance(record, dict):
        raise InputError("记录已损坏", where=str(path)[-80:], remedy="删去它重新评估")
    return record


def file_sum(path: Path) -> str:
    """Return the SHA-256 of a file, empty where there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
