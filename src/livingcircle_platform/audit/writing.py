"""Write records: every change carries its audit entry in the same transaction.

The rooms' ``actions.py`` call these after asking their policy. A change says which version it was
looking at; a creation carries an id made by whoever created it.
"""

from collections.abc import Mapping
from typing import Any
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db import transaction
from django.utils import timezone

from livingcircle_platform.audit import chain
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.core.records import Record
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import RefusedError

Kept = TypeVar("Kept", bound=Record)


def note(
    action: str,
    *,
    acting_user: Any,  # noqa: ANN401 - this room lies below the one that knows users
    kind: str,
    object_id: object,
    object_name: str,
    area: Any = None,  # noqa: ANN401
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    undoes: Entry | None = None,
) -> Entry:
    """Add an entry about something done inside the running transaction."""
    return chain.append(
        Entry(
            actor=acting_user,
            actor_name=str(acting_user) if acting_user is not None else "系统",
            action=action,
            kind=kind,
            object_id=str(object_id),
            object_name=object_name[:200],
            area=area,
            before=None if before is None else dict(before),
            after=None if after is None else dict(after),
            reason=reason,
            undoes=undoes,
        )
    )


@transaction.atomic
def add(
    record: Kept,
    *,
    acting_user: Any,  # noqa: ANN401
    reason: str = "",
    shows_known: bool = False,
) -> Kept:
    """Keep a new record; the same one twice is one record.

    Parameters
    ----------
    shows_known
        Whether this person may view the record that has the id already. Otherwise a known id
        tells nothing but that it is used: ids of others can be guessed from links and exports.

    Raises
    ------
    ConflictError
        If there is another record of that id.
    RefusedError
        If a value cannot be kept.
    """
    known = type(record)._default_manager.filter(pk=record.pk).first()  # noqa: SLF001
    if known is not None:
        return _same(known, record, shows_known=shows_known)
    check(record)
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError:
        # The same form sent twice at once: the other one was first.
        known = type(record)._default_manager.filter(pk=record.pk).first()  # noqa: SLF001
        if known is None:
            raise
        return _same(known, record, shows_known=shows_known)
    _entry("add", record, acting_user, None, record.told(), reason)
    return record


@transaction.atomic
def change(
    record: Kept,
    values: Mapping[str, Any],
    *,
    seen: int,
    acting_user: Any,  # noqa: ANN401
    reason: str = "",
    action: str = "change",
    undoes: Entry | None = None,
) -> Kept:
    """Change some columns of a record that is still at the version that was seen.

    Raises
    ------
    ConflictError
        If somebody changed it meanwhile; both values stand in the error.
    RefusedError
        If a value cannot be kept.
    """
    before = record.told(values)
    for name, value in values.items():
        setattr(record, name, value)
    check(record)
    after = record.told(values)
    changed = [name for name in values if before[name] != after[name]]
    if not changed and record.version == seen:
        return record
    record.version, record.changed_at = seen + 1, timezone.now()
    names = [*changed, *record.derived, "version", "changed_at"]
    fields = {name: getattr(record, record._meta.get_field(name).attname) for name in names}  # noqa: SLF001
    rows = type(record)._base_manager.filter(pk=record.pk, version=seen)  # noqa: SLF001
    if not rows.update(**fields):
        raise _conflict(record, {name: after[name] for name in values})
    kept = [{name: told[name] for name in changed} for told in (before, after)]
    _entry(action, record, acting_user, kept[0], kept[1], reason, undoes)
    return record


def remove(
    record: Kept,
    *,
    seen: int,
    acting_user: Any,  # noqa: ANN401
    reason: str = "",
) -> Kept:
    """Hide a record; undo brings it back."""
    values = {"removed_at": timezone.now()}
    return change(
        record, values, seen=seen, acting_user=acting_user, reason=reason, action="remove"
    )


def check(record: Record) -> None:
    """Refuse values that the columns cannot hold, each with its sentence.

    Raises
    ------
    RefusedError
        With one sentence for each field.
    """
    tidy = getattr(record, "tidy", None)
    if tidy is not None:
        tidy()
    try:
        record.full_clean(validate_unique=False, validate_constraints=True)
    except ValidationError as error:
        fields = {name: "；".join(messages) for name, messages in error.message_dict.items()}
        told = "；".join(fields.values())
        raise RefusedError(f"没有保存：{told}", remedy="改好再保存", fields=fields) from error


def _same(known: Kept, sent: Kept, *, shows_known: bool) -> Kept:
    theirs, yours = known.told(), sent.told()
    differing = [name for name in yours if theirs[name] != yours[name]]
    if not differing:
        return known
    if not shows_known:
        raise ConflictError("这个编号已经用过，没有保存", remedy="刷新页面重新填写")
    raise ConflictError(
        "已经有一条相同编号的记录，内容不同",
        remedy="核对两边的内容；要新建的话刷新页面重新填写",
        theirs={name: theirs[name] for name in differing},
        yours={name: yours[name] for name in differing},
        version=known.version,
    )


def _conflict(record: Record, yours: Mapping[str, Any]) -> ConflictError:
    now = type(record)._base_manager.get(pk=record.pk)  # noqa: SLF001
    return ConflictError(
        "您打开之后，别人已经改过这一条，没有覆盖",
        remedy="核对两边的值，选择保留哪一个",
        theirs=now.told(yours),
        yours=yours,
        version=now.version,
    )


def _entry(
    verb: str,
    record: Record,
    acting_user: Any,  # noqa: ANN401
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    reason: str,
    undoes: Entry | None = None,
) -> Entry:
    kind = record._meta.model_name or ""  # noqa: SLF001
    return note(
        f"{kind}.{verb}",
        acting_user=acting_user,
        kind=kind,
        object_id=record.pk,
        object_name=str(record),
        area=getattr(record, "audit_area", None),
        before=before,
        after=after,
        reason=reason,
        undoes=undoes,
    )
