"""Keep the whole record in one folder that can be checked, and bring it back from there.

A backup holds the database, every kept file, the runs, the inputs of drawing desks and the base
maps, and a manifest with the checksum of each file, the rows of each table and the end of the audit
chain. The database is copied first: whatever it names was kept before and never changes, so that
the files copied after it are at least those it needs.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from livingcircle_platform.audit import chain
from livingcircle_platform.audit import database_copies
from livingcircle_platform.errors import RefusedError

MANIFEST = "manifest.json"
_FORMAT = 1
# The rest (prepared streets, caches, collected page files) is made again when it is needed.
_KEPT = ("files", "basemaps", "runs", "drafts")
_OTHER = "用另一份备份，或从备份所在的机器重新拷贝"


@dataclass(frozen=True)
class Manifest:
    """Tell what a backup holds, so that a restored record can be held against it."""

    made_at: str
    database: str
    audit_number: int
    audit_head: str
    tables: dict[str, int]
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = _FORMAT


def back_up(target: Path) -> Manifest:
    """Write a backup into a new folder, whole or not at all.

    Raises
    ------
    RefusedError
        If the folder exists already, or the database cannot be copied.
    """
    if target.exists():
        raise RefusedError(f"文件夹“{target}”已经有了", remedy="换一个名字，备份不覆盖旧的")
    work = target.with_name(f".part-{target.name}")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True, mode=0o700)
    try:
        facts = database_copies.copy_out(work)
        _copy_tree(Path(settings.DATA), work)
        files = {name: _told(work / name) for name in _names(work)}
        manifest = Manifest(
            timezone.localtime().isoformat(), connection.vendor, facts.number, facts.head,
            facts.tables, files,
        )  # fmt: skip
        _write(work / MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        work.rename(target)
        _force(target.parent)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return manifest


def read(folder: Path) -> Manifest:
    """Return the manifest of a backup after checking every file against it.

    Raises
    ------
    RefusedError
        If this is no backup, or a file is missing, cut off or changed.
    """
    try:
        told = json.loads((folder / MANIFEST).read_text("utf-8"))
        manifest = Manifest(**told)
    except (OSError, ValueError, TypeError) as problem:
        what = f"“{folder}”不是完整的备份：清单 {MANIFEST} 不在或读不出"
        raise RefusedError(what, remedy=_OTHER) from problem
    if manifest.format != _FORMAT:
        raise RefusedError("这份备份是更新版本的平台做的", remedy="先升级平台，再恢复")
    for name, wanted in manifest.files.items():
        _refuse_changed(folder / name, name, wanted)
    return manifest


def restore(folder: Path) -> Manifest:
    """Bring a record back into an empty platform, and prove that it is the one backed up.

    Raises
    ------
    RefusedError
        If the backup is damaged, the platform is not empty, or what came back is not what the
        manifest says.
    """
    manifest = read(folder)
    if manifest.database != connection.vendor:
        what = f"这份备份来自 {manifest.database}，现在的数据库是 {connection.vendor}"
        raise RefusedError(what, remedy="用同一种数据库恢复")
    database_copies.refuse_filled()
    _copy_tree(folder, Path(settings.DATA))
    database_copies.copy_in(folder)
    _refuse_different(manifest)
    call_command("migrate", verbosity=0)
    printed = manifest.audit_head if manifest.audit_number else ""
    broken = next(chain.verify(printed=printed), None)
    if broken is not None:
        raise RefusedError(
            f"恢复出的审计记录第{broken.number}条对不上：{broken.what}", remedy=_OTHER
        )
    return manifest


def prune(home: Path, keep: int) -> list[Path]:
    """Remove all but the latest whole backups of a folder, and return those removed."""
    found = sorted(path.parent for path in home.glob(f"*/{MANIFEST}"))
    old = found[:-keep] if keep else []
    for folder in old:
        shutil.rmtree(folder)
    return old


def _refuse_different(manifest: Manifest) -> None:
    facts = database_copies.look()
    different = [
        f"{table} {count} 行变成 {facts.tables.get(table, 0)} 行"
        for table, count in manifest.tables.items()
        if facts.tables.get(table) != count
    ]
    if different:
        raise RefusedError(f"恢复出的数据与清单不同：{'、'.join(different[:3])}", remedy=_OTHER)
    if (facts.number, facts.head) != (manifest.audit_number, manifest.audit_head):
        raise RefusedError("恢复出的审计链头与清单不同", remedy=_OTHER)


def _refuse_changed(path: Path, name: str, wanted: dict[str, Any]) -> None:
    if not path.is_file():
        raise RefusedError(f"备份里缺少 {name}", remedy=_OTHER)
    size = path.stat().st_size
    if size != wanted["size"]:
        what = f"备份里的 {name} 应有 {wanted['size']} 字节，现在是 {size}：被截断或改动过"
        raise RefusedError(what, remedy=_OTHER)
    if _sha256(path) != wanted["sha256"]:
        raise RefusedError(f"备份里的 {name} 内容变了，校验值对不上", remedy=_OTHER)


def _copy_tree(source: Path, target: Path) -> None:
    """Copy what is kept; files that share their content there share it here."""
    known: dict[tuple[int, int], Path] = {}
    for name in _names(source, _KEPT):
        come_from, go_to = source / name, target / name
        go_to.parent.mkdir(parents=True, exist_ok=True)
        go_to.unlink(missing_ok=True)
        place = come_from.stat()
        twin = known.setdefault((place.st_dev, place.st_ino), go_to)
        if twin is go_to or not _linked(twin, go_to):
            _copy(come_from, go_to)


def _linked(twin: Path, name: Path) -> bool:
    try:
        os.link(twin, name)
    except OSError:
        return False
    return True


def _copy(source: Path, target: Path) -> None:
    shutil.copy2(source, target)
    _force(target)


def _names(folder: Path, only: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every whole file under a folder by its path in it, in order."""
    roots = [folder / name for name in only] if only else [folder]
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.is_file() and not path.name.startswith(".part-") and path.name != MANIFEST:
                yield path.relative_to(folder).as_posix()


def _told(path: Path) -> dict[str, Any]:
    return {"size": path.stat().st_size, "sha256": _sha256(path)}


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")
    _force(path)


def _force(path: Path) -> None:
    """Have a file or folder on the disk, not only on its way there."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
