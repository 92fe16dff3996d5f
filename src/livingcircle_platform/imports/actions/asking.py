"""Take files in, answer what the reading asks, and have a batch read or accepted by a worker."""

import uuid
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError
from django.db import transaction

from livingcircle_platform.audit import writing
from livingcircle_platform.core import files
from livingcircle_platform.core import jobs
from livingcircle_platform.errors import BusyError
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.imports import tasks
from livingcircle_platform.imports.accepting import WRITTEN
from livingcircle_platform.imports.actions import deciding
from livingcircle_platform.imports.belonging import require_place
from livingcircle_platform.imports.kinds import EXTRACT
from livingcircle_platform.imports.kinds import KINDS
from livingcircle_platform.imports.kinds import ending_of
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.policies import BATCHES
from livingcircle_platform.imports.received import received

State = Batch.State
SMALL = 500  # rows that are written while the page waits
_ANSWERS = ("columns", "coordinates", "sheet", "encoding")
_SUBMITTED = (
    "table", "area", "coordinates", "title", "status_of_source", "date", "licence",
    "complete_for", "adds",
)  # fmt: skip
_READABLE = {State.UPLOADED, State.MAPPING, State.STAGED, State.REFUSED}


def upload(
    batch: Batch,
    uploads: Sequence[UploadedFile],
    *,
    acting_user: Any,  # noqa: ANN401
) -> Batch:
    """Keep uploaded files, open a batch for them and have it read; the same batch twice is one.

    Raises
    ------
    ConflictError
        If there is a batch of this id with other contents.
    RefusedError
        If the files cannot be taken, or do not belong where they are sent.
    """
    BATCHES.require_in(acting_user, "add", batch.area)
    kind = KINDS.get(batch.table)
    if kind is None:
        raise RefusedError("没有选择上传的是什么", remedy="从列表里选一种内容")
    require_place(kind, batch.area)
    batch.files = [
        {
            "name": one.name, "bytes": one.file.size,
            "sha256": files.keep_stream(one.file.chunks()),
        }
        for one in received(uploads)
    ]  # fmt: skip
    known = Batch.objects.filter(pk=batch.pk).first()
    if known is not None:
        return _same(known, batch)
    try:
        with transaction.atomic():
            writing.add(batch, acting_user=acting_user)
            return _have_read(batch, acting_user)
    except (IntegrityError, ConflictError):  # the same form arrived twice at once
        return _same(Batch.objects.get(pk=batch.pk), batch)


@transaction.atomic
def answer(
    batch: Batch,
    answers: Mapping[str, Any],
    *,
    acting_user: Any,  # noqa: ANN401
    seen: int,
) -> Batch:
    """Say what the reading asked (columns, coordinates, sheet, encoding) and read again.

    Raises
    ------
    BusyError
        If the batch is past being read.
    """
    BATCHES.require(acting_user, "add", batch)
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state not in _READABLE and not (batch.state == State.READING and batch.is_stuck):
        state = batch.get_state_display()
        raise BusyError(f"这一批现在是“{state}”，不能重新读取", remedy="刷新页面查看进度")
    values = {name: answers[name] for name in _ANSWERS if name in answers}
    batch = writing.change(batch, values, seen=seen, acting_user=acting_user, action="answer")
    return _have_read(batch, acting_user)


@transaction.atomic
def settle(batch: Batch, *, acting_user: Any, seen: int) -> Batch:  # noqa: ANN401
    """Say that the coordinates are what the file says, whatever they look like."""
    BATCHES.require(acting_user, "add", batch)
    summary = {**batch.summary, "settled": True}
    return writing.change(
        batch, {"summary": summary}, seen=seen, acting_user=acting_user, action="settle"
    )


def have_accepted(batch: Batch, *, acting_user: Any, seen: int) -> Batch:  # noqa: ANN401
    """Accept a small batch at once; have a worker accept a large one."""
    count = batch.rows.filter(verdict__in=WRITTEN).count()
    if count <= SMALL:
        return deciding.accept(batch, acting_user=acting_user, seen=seen)
    with transaction.atomic():
        batch = deciding.waiting(batch, acting_user=acting_user, seen=seen)
        if batch.state == State.ACCEPTED or (batch.state == State.ACCEPTING and not batch.is_stuck):
            return batch
        return _hand_over(batch, State.ACCEPTING, tasks.accept, f"入库：{batch}", acting_user)


@transaction.atomic
def take_also(batch: Batch, table: str, *, acting_user: Any) -> Batch:  # noqa: ANN401
    """Take another table from an extract of a map that was uploaded already.

    Raises
    ------
    RefusedError
        If it is no extract, or holds no such table.
    """
    BATCHES.require(acting_user, "add", batch)
    kind = KINDS.get(table)
    if kind is None or not kind.from_map or ending_of(str(batch)) != EXTRACT:
        raise RefusedError("这个文件里取不出这张表", remedy="只有 .osm.pbf 可以再取别的内容")
    require_place(kind, batch.area)
    made = Batch(
        pk=uuid.uuid5(batch.pk, table), table=table, files=batch.files, area=batch.area,
        title=batch.title, status_of_source=batch.status_of_source, date=batch.date,
        licence=batch.licence, complete_for=["none"], adds=batch.adds,
    )  # fmt: skip
    known = Batch.objects.filter(pk=made.pk).first()
    if known is not None:
        return known
    writing.add(made, acting_user=acting_user)
    return _have_read(made, acting_user)


def _have_read(batch: Batch, acting_user: Any) -> Batch:  # noqa: ANN401
    return _hand_over(batch, State.READING, tasks.read, f"读取：{batch}", acting_user)


def _hand_over(
    batch: Batch,
    state: Any,  # noqa: ANN401 - a state of the model
    task: Callable[..., str],
    title: str,
    acting_user: Any,  # noqa: ANN401
) -> Batch:
    """Move a batch on and leave the rest to a worker."""
    batch.state = state
    batch.version += 1
    batch.job = jobs.ask(
        task, title=title[:200], acting_user=acting_user, area=batch.area,
        arguments={"batch": str(batch.pk), "seen": batch.version},
        job_id=uuid.uuid5(batch.pk, f"{state}/{batch.version}"),
    )  # fmt: skip
    batch.save()
    return batch


def _same(known: Batch, sent: Batch) -> Batch:
    """Return the batch that was opened by the first of two equal forms."""
    sums = [[one["sha256"] for one in batch.files] for batch in (known, sent)]
    if sums[0] == sums[1] and known.told(_SUBMITTED) == sent.told(_SUBMITTED):
        return known
    raise ConflictError(
        "这个页面已经上传过一次别的内容，这次没有保存",
        remedy="从“数据入库”重新打开上传页面，再选文件", version=known.version,
    )  # fmt: skip
