"""Take a file in, accept what was read from it, or take the whole batch back."""

import datetime as dt
import uuid
from collections.abc import Callable
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from livingcircle_platform.audit import writing
from livingcircle_platform.core import files
from livingcircle_platform.errors import BusyError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.imports import accepting
from livingcircle_platform.imports import accepting_territory as territory
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.models import ColumnMapping
from livingcircle_platform.imports.models import StagedRow
from livingcircle_platform.imports.policies import BATCHES
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import Source

UNDO_DAYS = 30
State = Batch.State
# Tables that stay in their file, by the section of district.toml.
BASE_SECTIONS = {
    "streets": "roads", "doors": "doors", "gates": "gates", "barriers": "barriers",
    "entrances": "entrances", "junctions": "junctions", "reports": "reports",
}  # fmt: skip


class _Way(NamedTuple):
    """Say how a table is written into the record and taken back."""

    accept: Callable[[Batch], int]
    undo: Callable[[Batch], tuple[int, list[StagedRow]]]


_WAYS = {
    "outlets": _Way(accepting.accept_records, accepting.undo_records),
    "spaces": _Way(accepting.accept_records, accepting.undo_records),
    "communities": _Way(territory.accept_communities, territory.undo_communities),
    "circles": _Way(territory.accept_circles, territory.undo_circles),
}


def upload(
    batch: Batch,
    uploads: Sequence[UploadedFile],
    *,
    acting_user: Any,  # noqa: ANN401
) -> Batch:
    """Keep uploaded files and open a batch for them; the same batch twice is one batch."""
    BATCHES.require_in(acting_user, "add", batch.area)
    if not uploads:
        raise RefusedError("没有选择文件", remedy="选择一个文件再上传")
    batch.files = [
        {
            "id": str(uuid.uuid5(batch.pk, one.name or "")), "name": one.name, "bytes": one.size,
            "sha256": files.keep_stream(one.chunks()),
        }
        for one in uploads
    ]  # fmt: skip
    return writing.add(batch, acting_user=acting_user)


@transaction.atomic
def accept(batch: Batch, *, acting_user: Any, seen: int) -> Batch:  # noqa: ANN401
    """Write everything that a batch brings into the record, in one transaction.

    Raises
    ------
    BusyError
        If the batch is not waiting for this.
    """
    BATCHES.require(acting_user, "accept", batch)
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state == State.ACCEPTED:
        return batch
    if batch.state not in {State.STAGED, State.ACCEPTING}:
        state = batch.get_state_display()
        raise BusyError(f"这一批现在是“{state}”，不能入库", remedy="刷新页面查看进度")
    batch.source = _source(batch)
    way = _WAYS.get(batch.table)
    count = (
        way.accept(batch) if way else territory.accept_base_file(batch, BASE_SECTIONS[batch.table])
    )
    batch.summary = {**batch.summary, "written": count}
    batch.state, batch.accepted_at = State.ACCEPTED, timezone.now()
    batch.version = seen + 1
    batch.save()
    told = {"table": batch.table, "files": batch.files, "written": count}
    writing.note(
        "batch.accept", acting_user=acting_user, kind="batch", object_id=batch.pk,
        object_name=str(batch), area=batch.area, before=None,
        after={**told, "sha256": accepting.digest(batch)},
    )  # fmt: skip
    return batch


@transaction.atomic
def undo(batch: Batch, *, acting_user: Any, reason: str = "") -> tuple[int, list[StagedRow]]:  # noqa: ANN401
    """Take a whole accepted batch back; rows that somebody changed since are left and returned.

    Raises
    ------
    BusyError
        If it was not accepted, or more than 30 days ago.
    """
    BATCHES.require(acting_user, "undo", batch)
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != State.ACCEPTED or batch.accepted_at is None:
        raise BusyError("这一批没有入库，没有可以撤回的", remedy="从列表里选一批已入库的")
    if timezone.now() - batch.accepted_at > dt.timedelta(days=UNDO_DAYS):
        raise BusyError(
            f"入库超过{UNDO_DAYS}天，不能整批撤回", remedy="在台账里逐条改，或重新导入正确的表"
        )
    way = _WAYS.get(batch.table)
    count, left = way.undo(batch) if way else territory.undo_base_file(batch)
    batch.state, batch.undone_at = State.UNDONE, timezone.now()
    batch.version += 1
    batch.save()
    writing.note(
        "batch.undo", acting_user=acting_user, kind="batch", object_id=batch.pk,
        object_name=str(batch), area=batch.area, before={"state": State.ACCEPTED},
        after={"state": State.UNDONE, "put_back": count, "left": [row.key for row in left]},
        reason=reason,
    )  # fmt: skip
    return count, left


def remember_columns(batch: Batch, headers: str, columns: dict[str, str]) -> None:
    """Remember what a bureau's headers mean, for the next file with the same headers."""
    ColumnMapping.objects.update_or_create(
        area=batch.area, table=batch.table, headers=headers, defaults={"columns": columns}
    )


def _source(batch: Batch) -> Source:
    district = batch.area.above(Area.Level.DISTRICT) or batch.area
    made, _ = Source.objects.get_or_create(
        pk=uuid.uuid5(batch.pk, "source"),
        defaults={
            "district": district, "title": batch.title or str(batch), "file": str(batch),
            "status": batch.status_of_source, "date": batch.date, "licence": batch.licence,
            "complete_for": batch.complete_for,
        },
    )  # fmt: skip
    return made
