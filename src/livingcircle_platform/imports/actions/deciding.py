"""Accept what was read from a batch, take the whole batch back, or leave it."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from livingcircle_platform.audit import writing
from livingcircle_platform.core import jobs
from livingcircle_platform.errors import BusyError
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.imports import accepting
from livingcircle_platform.imports import accepting_territory as territory
from livingcircle_platform.imports.belonging import require_place
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.models import StagedRow
from livingcircle_platform.imports.policies import BATCHES
from livingcircle_platform.imports.staging import id_of
from livingcircle_platform.territory.actions import ask_for_ground
from livingcircle_platform.territory.models import BaseFile
from livingcircle_platform.territory.models import CircleSet
from livingcircle_platform.territory.models import Source

UNDO_DAYS = 30
State = Batch.State
_OPEN = {State.UPLOADED, State.READING, State.MAPPING, State.STAGED, State.REFUSED}


class _Way(NamedTuple):
    """Say how a table is written into the record and taken back."""

    accept: Callable[[Batch], int]
    undo: Callable[[Batch], tuple[int, list[StagedRow]]]


_RECORDS = _Way(accepting.accept_records, accepting.undo_records)
_BASE_FILE = _Way(territory.accept_base_file, territory.undo_base_file)
_WAYS = {
    "outlets": _RECORDS,
    "spaces": _RECORDS,
    "communities": _Way(territory.accept_communities, territory.undo_communities),
    "circles": _Way(territory.accept_circles, territory.undo_circles),
}


@transaction.atomic
def accept(batch: Batch, *, acting_user: Any, seen: int) -> Batch:  # noqa: ANN401
    """Write everything that a batch brings into the record, in one transaction; twice is once.

    Raises
    ------
    BusyError
        If the batch is not waiting for this.
    ConflictError
        If it was read anew since somebody looked at it.
    """
    batch = waiting(batch, acting_user=acting_user, seen=seen)
    if batch.state == State.ACCEPTED:
        return batch
    batch.source = _source(batch)
    count = _WAYS.get(batch.table, _BASE_FILE).accept(batch)
    batch.summary = {**batch.summary, "written": count}
    batch.accepted_at = timezone.now()
    _move(batch, State.ACCEPTED)
    told = {"table": batch.table, "files": batch.files, "written": count}
    _note("accept", batch, acting_user, after={**told, "sha256": accepting.digest(batch)})
    _note_circles("adopt", batch, acting_user)
    _renew_ground(batch, acting_user)
    return batch


def waiting(batch: Batch, *, acting_user: Any, seen: int) -> Batch:  # noqa: ANN401
    """Return a batch, locked, that is ready to be accepted, or was accepted already.

    Raises
    ------
    BusyError
        If the batch is not waiting for this.
    ConflictError
        If it was read anew since somebody looked at it.
    RefusedError
        If a question about it is still open.
    """
    BATCHES.require(acting_user, "accept", batch)
    require_place(batch.kind, batch.area)
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state == State.ACCEPTED:
        return batch
    if batch.state not in {State.STAGED, State.ACCEPTING}:
        state = batch.get_state_display()
        raise BusyError(f"这一批现在是“{state}”，不能入库", remedy="刷新页面查看进度")
    if batch.version != seen:
        raise ConflictError(
            "您打开之后，这一批又读过一次，没有入库", remedy="刷新页面，核对后再确认",
            version=batch.version,
        )  # fmt: skip
    if batch.open_doubts:
        raise RefusedError(
            "坐标系还没有确认，没有入库", remedy="先在页面上选定用哪一种坐标系，再确认入库"
        )
    return batch


@transaction.atomic
def undo(batch: Batch, *, acting_user: Any, reason: str) -> tuple[int, list[StagedRow]]:  # noqa: ANN401
    """Take a whole accepted batch back; rows that somebody changed since are left and returned.

    Raises
    ------
    BusyError
        If it was not accepted, or more than 30 days ago.
    RefusedError
        If no reason is given.
    """
    BATCHES.require(acting_user, "undo", batch)
    if not reason.strip():
        raise RefusedError("没有写撤回的原因", remedy="写一句原因，审计记录里要留底")
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state != State.ACCEPTED or batch.accepted_at is None:
        raise BusyError("这一批没有入库，没有可以撤回的", remedy="从列表里选一批已入库的")
    if timezone.now() - batch.accepted_at > dt.timedelta(days=UNDO_DAYS):
        raise BusyError(
            f"入库超过{UNDO_DAYS}天，不能整批撤回", remedy="在台账里逐条改，或重新导入正确的表"
        )
    count, left = _WAYS.get(batch.table, _BASE_FILE).undo(batch)
    kept = [row.key for row in left]
    batch.summary = {**batch.summary, "put_back": count, "left": kept}
    batch.undone_at = timezone.now()
    _move(batch, State.UNDONE)
    told = {"put_back": count, "left": kept}
    _note("undo", batch, acting_user, before={"state": State.ACCEPTED}, after=told, reason=reason)
    _note_circles("undo", batch, acting_user, reason)
    _renew_ground(batch, acting_user)
    return count, left


@transaction.atomic
def discard(batch: Batch, *, acting_user: Any) -> Batch:  # noqa: ANN401
    """Leave an upload as it is, without writing anything of it into the record.

    Raises
    ------
    BusyError
        If it is in the record already, or being written.
    """
    BATCHES.require(acting_user, "add", batch)
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.state == State.DISCARDED:
        return batch
    if batch.state not in _OPEN:
        state = batch.get_state_display()
        raise BusyError(f"这一批现在是“{state}”，不能丢弃", remedy="已入库的可以整批撤回")
    if batch.job is not None:
        jobs.cancel(batch.job)
    before = {"state": batch.state}
    batch.rows.all().delete()
    _move(batch, State.DISCARDED)
    _note("discard", batch, acting_user, before=before, after={"state": batch.state})
    return batch


def _renew_ground(batch: Batch, acting_user: Any) -> None:  # noqa: ANN401
    """Have the ground under the maps drawn anew where the streets it is drawn from changed."""
    if batch.kind.section == str(BaseFile.Section.ROADS):
        ask_for_ground(batch.district, acting_user=acting_user)


def _move(batch: Batch, state: Any) -> None:  # noqa: ANN401 - a state of the model
    batch.state = state
    batch.version += 1
    batch.changed_at = timezone.now()
    batch.save()


def _note(verb: str, batch: Batch, acting_user: Any, **told: Any) -> None:  # noqa: ANN401
    writing.note(
        f"batch.{verb}", acting_user=acting_user, kind="batch", object_id=batch.pk,
        object_name=str(batch), area=batch.area, **told,
    )  # fmt: skip


def _note_circles(verb: str, batch: Batch, acting_user: Any, reason: str = "") -> None:  # noqa: ANN401
    """Tell which version of circles a batch put in force or took out of it, if any."""
    made = CircleSet.objects.filter(pk=batch.summary.get("circle_set")).first()
    if made is not None:
        writing.note(
            f"circleset.{verb}", acting_user=acting_user, kind="circleset", object_id=made.pk,
            object_name=str(made), area=made.district, after=made.told(("state",)), reason=reason,
        )  # fmt: skip


def _source(batch: Batch) -> Source:
    made, _ = Source.objects.get_or_create(
        pk=id_of(batch, "source"),
        defaults={
            "district": batch.district, "title": batch.title or str(batch), "file": str(batch),
            "status": batch.status_of_source, "date": batch.date, "licence": batch.licence,
            "complete_for": batch.complete_for,
        },
    )  # fmt: skip
    return made
