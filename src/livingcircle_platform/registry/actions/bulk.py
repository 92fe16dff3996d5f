"""Change one column of many records at once: first shown, then done as one batch."""

import uuid
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

from django.db import transaction

from livingcircle_platform.audit import chain
from livingcircle_platform.audit import writing
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.errors import NotAllowedError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import policies
from livingcircle_platform.registry.actions.keeping import lock
from livingcircle_platform.registry.actions.keeping import require_change
from livingcircle_platform.registry.actions.undoing import BULK
from livingcircle_platform.registry.ledger import Column
from livingcircle_platform.registry.ledger import Ledger

BULK_LIMIT = 1_000


class Preview(NamedTuple):
    """Sort the chosen records: to be changed, already so, and not this person's to change."""

    changing: list[Any]
    same: list[Any]
    barred: list[Any]


class Batch(NamedTuple):
    """Tell what a bulk edit did; ``moved_on`` were changed by others after the preview."""

    entry: Entry | None
    changed: int
    moved_on: list[Any]


def preview_many(
    ledger: Ledger,
    ids: Sequence[uuid.UUID | str],
    column: Column,
    value: Any,  # noqa: ANN401
    *,
    acting_user: Any,  # noqa: ANN401
) -> Preview:
    """Sort the chosen records without changing any.

    Raises
    ------
    RefusedError
        If there are too many, or the column is not one to set for many.
    """
    if not column.bulk or not column.editable:
        raise RefusedError(f"“{column.title}”不能批量改", remedy="逐条修改，或换一个栏目")
    if len(ids) > BULK_LIMIT:
        raise RefusedError(
            f"选了{len(ids):,}条，一次最多改{BULK_LIMIT:,}条", remedy="用筛选缩小范围，分几次改"
        )
    rows = ledger.model.objects.visible_to(acting_user)  # type: ignore[attr-defined]
    found = Preview([], [], [])
    probe = ledger.model()
    setattr(probe, column.name, value)
    wanted = probe.told([column.name])
    for record in rows.filter(pk__in=list(ids)).select_related("area").order_by("code", "pk"):
        if not _may(ledger, record, column, value, acting_user):
            found.barred.append(record)
        elif record.told([column.name]) == wanted:
            found.same.append(record)
        else:
            found.changing.append(record)
    return found


@transaction.atomic
def change_many(
    ledger: Ledger,
    seen: Iterable[tuple[uuid.UUID | str, int]],
    column: Column,
    value: Any,  # noqa: ANN401
    *,
    acting_user: Any,  # noqa: ANN401
    reason: str = "",
) -> Batch:
    """Change the records that are still as the preview showed them, as one batch.

    Raises
    ------
    RefusedError
        If there are too many, or the column is not one to set for many.
    NotAllowedError
        If one of them is not this person's to change; then none is.
    """
    versions = {str(pk): version for pk, version in seen}
    lock(ledger.model, versions)
    found = preview_many(ledger, list(versions), column, value, acting_user=acting_user)
    if found.barred:
        raise NotAllowedError(
            f"其中{len(found.barred)}条您无权修改，一条也没有改",
            remedy="重新预览，只改自己范围内的",
        )
    chain.hold()  # from here on nobody else's entry comes between ours
    first, changed, moved_on = chain.head()[0] + 1, 0, []
    for record in found.changing:
        if record.version != versions[str(record.pk)]:
            moved_on.append(record)
            continue
        require_change(record, {column.name: value}, acting_user)
        writing.change(
            record, {column.name: value}, seen=record.version, acting_user=acting_user,
            reason=reason,
        )  # fmt: skip
        changed += 1
    if not changed:
        return Batch(None, 0, moved_on)
    return Batch(_told(ledger, column, first, changed, acting_user, reason), changed, moved_on)


def _told(
    ledger: Ledger,
    column: Column,
    first: int,
    changed: int,
    acting_user: Any,  # noqa: ANN401
    reason: str,
) -> Entry:
    """Add the entry of the whole batch; its own entries stand just before it in the chain."""
    kind = ledger.model._meta.model_name or ""  # noqa: SLF001
    return writing.note(
        "bulk.change", acting_user=acting_user, kind=BULK, object_id=uuid.uuid4(),
        object_name=f"批量改{ledger.one}的“{column.title}”：{changed}条", reason=reason,
        after={"kind": kind, "column": column.name, "first": first, "last": chain.head()[0]},
    )  # fmt: skip


def _may(ledger: Ledger, record: Any, column: Column, value: Any, user: Any) -> bool:  # noqa: ANN401
    names = policies.changeable(user, record, frozenset({column.name}))
    if not names or not ledger.policy.may(user, "bulk", record):
        return False
    return column.name != "area" or ledger.policy.may_in(user, "change", value)
