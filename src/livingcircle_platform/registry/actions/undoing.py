"""Take back what an audit entry tells, within 30 days, unless it was changed since."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from livingcircle_platform.accounts.policies import Policy
from livingcircle_platform.audit import writing
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.core.records import Record
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import models
from livingcircle_platform.registry import policies
from livingcircle_platform.registry.actions.approving import STEPS
from livingcircle_platform.registry.actions.keeping import lock
from livingcircle_platform.registry.actions.keeping import require_change
from livingcircle_platform.registry.actions.keeping import require_free_code
from livingcircle_platform.registry.actions.merging import restored
from livingcircle_platform.registry.actions.merging import undo_merge

DAYS = 30
BULK = "bulk"


class Undone(NamedTuple):
    """Tell how many records went back, and the names of those changed since and left alone."""

    many: int
    left: list[str]


class _Way(NamedTuple):
    """Say which record a kind of entry is about, and whose rights decide."""

    model: type[Record]
    policy: Policy
    holder: str = ""  # the record that the policy looks at; "" is the record itself
    verb: str = ""  # what one must be allowed to do where it lies; "" is decided by column


_WAYS: Mapping[str, _Way] = MappingProxyType(
    {
        **{
            model._meta.model_name: _Way(model, policies.policy_of(model))  # noqa: SLF001
            for model in (
                models.Outlet, models.Merchant, models.ServiceCentre, models.MobileService,
                models.Space,
            )
        },
        "photo": _Way(models.Photo, policies.PHOTOS),
        "entrance": _Way(models.Entrance, policies.OUTLETS, "outlet", "change"),
        "mobilestop": _Way(models.MobileStop, policies.MOBILE_SERVICES, "service", "change"),
        "different": _Way(models.Different, policies.OUTLETS, "first", "merge"),
    }
)  # fmt: skip
# A look at a shop writes these; nobody sets them by hand.
_LOOK = frozenset({"verified_on", "verified_by"})
# These are written by their own step and go back with it.
_BY_THEIR_STEP = frozenset({"outlet.merge", "outlet.unmerge", "merge.undo", "bulk.undo"})


def undo(number: int, *, acting_user: Any) -> Undone:  # noqa: ANN401
    """Take back one entry, or every entry of a bulk edit.

    Raises
    ------
    MissingError
        If there is no such entry, or it is about something the person may not see.
    NotAllowedError
        If the person may not take it back.
    RefusedError
        If it was taken back before, is older than 30 days, or cannot be.
    ConflictError
        If the columns were changed since; both values stand in the error.
    """
    with transaction.atomic():
        entry = Entry.objects.filter(pk=number).first()
        if entry is None:
            raise _missing()
        if entry.kind == BULK and entry.action not in _BY_THEIR_STEP:
            return _undo_bulk(entry, acting_user)
        _undo_one(entry, acting_user)
    return Undone(1, [])


def may_undo(entry: Entry, *, now: dt.datetime | None = None) -> bool:
    """Say whether an entry can still be offered for taking back."""
    age = (now or timezone.now()) - entry.at
    known = entry.kind in {*_WAYS, BULK, "merge"} and entry.action not in _BY_THEIR_STEP
    return known and age <= dt.timedelta(days=DAYS) and not hasattr(entry, "undone_by")


def _undo_one(entry: Entry, acting_user: Any) -> None:  # noqa: ANN401
    if entry.kind == "merge" and entry.action == "merge.add":
        made = models.Merge.objects.get(pk=entry.object_id)
        _visible(policies.OUTLETS, made.kept, acting_user)
        _require_open(entry)
        undo_merge(made, acting_user=acting_user, undoes=entry)
        return
    way = _WAYS.get(entry.kind)
    if way is None or entry.action in _BY_THEIR_STEP:
        raise RefusedError("这一步不能单独撤回", remedy="在合并记录里撤回合并，或另做一次改动")
    record = way.model._base_manager.filter(pk=entry.object_id).first()  # noqa: SLF001
    if record is None:
        raise _missing()
    holder = getattr(record, way.holder) if way.holder else record
    _visible(way.policy, holder, acting_user)
    if entry.action.endswith(".approve"):
        _undo_approval(entry, record, acting_user)
        return
    values = _values_before(entry, record)
    _require_right(way, record, values, acting_user)
    _require_open(entry)
    _require_unchanged(entry, record)
    if isinstance(record, models.Kept):
        require_free_code(record, values)
    writing.change(
        record, values, seen=record.version, acting_user=acting_user, action="undo", undoes=entry
    )


def _require_right(way: _Way, record: Any, values: Mapping[str, Any], acting_user: Any) -> None:  # noqa: ANN401
    """Ask for the same right as setting these columns anew would take.

    Raises
    ------
    NotAllowedError
        If the person lacks it.
    """
    if way.verb:
        holder = getattr(record, way.holder)
        way.policy.require(acting_user, way.verb, holder)
        # Having a shop is not enough: its owner does not say where it is.
        way.policy.require_in(acting_user, way.verb, way.policy.area_of(holder))
        return
    if "removed_at" in values:
        verb = "add" if values["removed_at"] is None else "remove"
        way.policy.require(acting_user, verb, record)
    if _LOOK & values.keys():
        way.policy.require(acting_user, "verify", record)
    written = {name: value for name, value in values.items() if name not in {"removed_at", *_LOOK}}
    if written:
        require_change(record, written, acting_user)


def _values_before(entry: Entry, record: Record) -> dict[str, Any]:
    """Return the columns as they were before an entry; one that was added is hidden again."""
    if entry.before is None:
        return {"removed_at": timezone.now()}
    return {name: restored(record, name, value) for name, value in dict(entry.before).items()}


def _require_unchanged(entry: Entry, record: Record) -> None:
    """Leave alone what somebody changed since.

    Raises
    ------
    ConflictError
        If somebody did; both values stand in the error.
    """
    told = dict(entry.after or {})
    now = record.told(told)
    differing = [name for name in told if now[name] != told[name]]
    if differing:
        before = dict(entry.before or {})
        raise ConflictError(
            "这一步之后，同样的栏目又改过，没有撤回", remedy="核对两边的值，需要的话手工改回",
            theirs={name: now[name] for name in differing},
            yours={name: before.get(name) for name in differing},
            version=record.version,
        )  # fmt: skip


def _undo_approval(entry: Entry, space: Any, acting_user: Any) -> None:  # noqa: ANN401
    """Take back the last step of an approval; earlier ones go back in turn."""
    before, after = str(dict(entry.before)["approval"]), str(dict(entry.after)["approval"])
    policies.SPACES.require(acting_user, STEPS[before, after], space)
    _require_open(entry)
    lock(models.Space, [space.pk])
    _require_unchanged(entry, space)
    values = _values_before(entry, space)
    step = space.steps.filter(removed_at=None).order_by("-created_at").first()
    if step is not None and step.approval == after:
        writing.remove(step, seen=step.version, acting_user=acting_user)
    writing.change(
        space, values, seen=space.version, acting_user=acting_user, action="undo", undoes=entry
    )


def _undo_bulk(batch: Entry, acting_user: Any) -> Undone:  # noqa: ANN401
    """Take back a bulk edit; records changed since are left as they are, and named."""
    told = dict(batch.after or {})
    _require_open(batch)
    between = Entry.objects.filter(number__gte=told["first"], number__lte=told["last"])
    entries = list(between.filter(kind=told["kind"]).order_by("-number"))
    lock(_WAYS[told["kind"]].model, [entry.object_id for entry in entries])
    count, left = 0, []
    for entry in entries:
        try:
            with transaction.atomic():
                _undo_one(entry, acting_user)
            count += 1
        except (ConflictError, RefusedError):
            left.append(entry.object_name)
    writing.note(
        "bulk.undo", acting_user=acting_user, kind=BULK, object_id=batch.object_id,
        object_name=batch.object_name, area=batch.area, undoes=batch,
        after={"undone": count, "left": len(left)},
    )  # fmt: skip
    return Undone(count, left)


def _visible(policy: Policy, holder: Any, acting_user: Any) -> None:  # noqa: ANN401
    if not policy.may(acting_user, "view", holder):
        raise _missing()


def _require_open(entry: Entry) -> None:
    if hasattr(entry, "undone_by"):
        raise RefusedError("这一步已经撤回过", remedy="刷新页面查看现在的样子")
    if timezone.now() - entry.at > dt.timedelta(days=DAYS):
        raise RefusedError(f"这一步已经超过{DAYS}天，不能撤回", remedy="需要的话手工改回")


def _missing() -> MissingError:
    return MissingError("没有这一步，或不在您的范围内", remedy="从记录的“修改历史”里重新进入")
