"""Merge two entries of one shop, take the merge back exactly, or remember that they are two."""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from livingcircle_platform.audit import writing
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import policies
from livingcircle_platform.registry.actions.keeping import lock
from livingcircle_platform.registry.ledger import Kind
from livingcircle_platform.registry.ledger import ledger_of
from livingcircle_platform.registry.models import Different
from livingcircle_platform.registry.models import Merge
from livingcircle_platform.registry.models import Outlet

# Cells that only mean something together.
_TOGETHER = (("lon", "lat"), ("verified_on", "verified_by"))
_KEPT_AS_IT_IS = frozenset(
    {"name", "code", "area", "state", "supply", "source", "status_of_source"}
)
_NAMESPACE = uuid.UUID("6f1a3c60-6d0f-4f3e-9c0d-0d5b8f3b7a11")


def taken_over(kept: Outlet, gone: Outlet) -> dict[str, Any]:
    """Return what the kept entry takes from the other: further trades, and cells it lacks."""
    found: dict[str, Any] = {}
    paired = {name for names in _TOGETHER for name in names}
    for column in ledger_of(kept).columns:
        name = column.name
        if column.kind == Kind.TRADES:
            both = tuple(dict.fromkeys([*getattr(kept, name), *getattr(gone, name)]))
            found |= {name: both} if both != tuple(getattr(kept, name)) else {}
        elif name not in _KEPT_AS_IT_IS | paired and _lacks(kept, name) and not _lacks(gone, name):
            found[name] = getattr(gone, name)
    for names in _TOGETHER:
        if _lacks(kept, names[0]) and not _lacks(gone, names[0]):
            found |= {name: getattr(gone, name) for name in names}
    return found


@transaction.atomic
def merge(
    kept: Outlet,
    gone: Outlet,
    *,
    seen_kept: int,
    seen_gone: int,
    acting_user: Any,  # noqa: ANN401
    merge_id: uuid.UUID | None = None,
    reason: str = "",
) -> Merge:
    """Make one entry of two; the other is hidden and says where it went.

    Raises
    ------
    RefusedError
        If they are the same entry, or one of them is gone already.
    NotAllowedError
        If the person may not merge in either area.
    ConflictError
        If one of them was changed meanwhile.
    """
    for one in (kept, gone):
        policies.OUTLETS.require(acting_user, "merge", one)
    if kept.pk == gone.pk:
        raise RefusedError("选的是同一条，没有合并", remedy="选两条不同的网点")
    lock(Outlet, [kept.pk, gone.pk])
    # As they are now that nobody else can change them: another merge may have been quicker.
    for one in (kept, gone):
        one.refresh_from_db()
    if kept.removed_at or gone.removed_at:
        raise RefusedError("其中一条已经移除或合并过，没有合并", remedy="刷新疑似重复的列表")
    values = taken_over(kept, gone)
    before = kept.told(values)
    writing.change(
        kept, values, seen=seen_kept, acting_user=acting_user, action="merge", reason=reason
    )
    told = {"before": before, "after": kept.told(values)}
    made = Merge(pk=merge_id or uuid.uuid4(), kept=kept, gone=gone, kept_before=told)
    hidden = {"removed_at": timezone.now(), "merged_into": kept}
    writing.change(
        gone, hidden, seen=seen_gone, acting_user=acting_user, action="merge", reason=reason
    )
    return writing.add(made, acting_user=acting_user, reason=reason)


@transaction.atomic
def undo_merge(made: Merge, *, acting_user: Any, undoes: Entry | None = None) -> Merge:  # noqa: ANN401
    """Make two entries of one again, exactly as they were.

    Raises
    ------
    RefusedError
        If it was taken back already.
    NotAllowedError
        If the person may not merge in either area.
    ConflictError
        If what the kept entry took over was changed since.
    """
    made = Merge.objects.select_for_update().get(pk=made.pk)
    kept, gone = made.kept, made.gone
    for one in (kept, gone):
        policies.OUTLETS.require(acting_user, "merge", one)
    if made.undone_at is not None:
        raise RefusedError("这次合并已经撤回过", remedy="刷新页面查看现在的样子")
    lock(Outlet, [kept.pk, gone.pk])
    before, after = made.kept_before["before"], made.kept_before["after"]
    now = kept.told(after)
    if now != after or gone.merged_into_id != kept.pk:
        raise ConflictError(
            "合并以后这一条又改过，没有撤回", remedy="先撤回后来的改动，再撤回合并",
            theirs=now, yours=before, version=kept.version,
        )  # fmt: skip
    values = {name: restored(kept, name, value) for name, value in before.items()}
    writing.change(kept, values, seen=kept.version, acting_user=acting_user, action="unmerge")
    shown = {"removed_at": None, "merged_into": None}
    writing.change(gone, shown, seen=gone.version, acting_user=acting_user, action="unmerge")
    over = {"undone_at": timezone.now()}
    return writing.change(
        made, over, seen=made.version, acting_user=acting_user, action="undo", undoes=undoes
    )


@transaction.atomic
def mark_different(one: Outlet, other: Outlet, *, acting_user: Any) -> Different:  # noqa: ANN401
    """Remember that two entries are two shops, so that nobody is asked again.

    Raises
    ------
    NotAllowedError
        If the person may not merge in either area.
    """
    for outlet in (one, other):
        policies.OUTLETS.require(acting_user, "merge", outlet)
    first, second = sorted((one, other), key=lambda outlet: outlet.pk.hex)
    known = Different.objects.filter(first=first, second=second).first()
    if known is not None and known.removed_at is not None:
        again = {"removed_at": None}
        return writing.change(known, again, seen=known.version, acting_user=acting_user)
    made = Different(
        pk=uuid.uuid5(_NAMESPACE, first.pk.hex + second.pk.hex), first=first, second=second
    )
    return writing.add(made, acting_user=acting_user)


def restored(record: Any, name: str, value: Any) -> Any:  # noqa: ANN401
    """Return a column's value from how the audit tells it."""
    field = record._meta.get_field(name)  # noqa: SLF001
    if value is None:
        return None
    if field.is_relation:
        return field.related_model._base_manager.get(pk=value)  # noqa: SLF001
    return field.to_python(value)


def _lacks(outlet: Outlet, name: str) -> bool:
    return getattr(outlet, name) in (None, "", ())
