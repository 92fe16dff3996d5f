"""Add, change, remove and verify one record of a ledger."""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from livingcircle_platform.audit import writing
from livingcircle_platform.core.records import Record
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import NotAllowedError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import policies
from livingcircle_platform.registry.ledger import Kind
from livingcircle_platform.registry.ledger import ledger_of
from livingcircle_platform.registry.models import Kept
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import Trade
from livingcircle_platform.territory.models import Area

Thing = TypeVar("Thing", bound=Kept)


@transaction.atomic
def add(record: Thing, *, acting_user: Any, reason: str = "") -> Thing:  # noqa: ANN401
    """Keep a new record of a ledger; sent twice, it is one.

    Raises
    ------
    NotAllowedError
        If the person may not add anything in its area.
    MissingError
        If the id is taken by something the person may not see.
    RefusedError
        If a value cannot be kept, or the district has its code already.
    """
    policy = policies.policy_of(type(record))
    policy.require_in(acting_user, "add", record.area if record.area_id else None)
    known = type(record)._base_manager.filter(pk=record.pk).first()  # noqa: SLF001
    if known is not None and not policy.may(acting_user, "view", known):
        raise MissingError("这个编号已经用过", remedy="刷新页面重新填写")
    values = {one.name: getattr(record, one.name) for one in ledger_of(record).columns}
    require_known(record, values, acting_user)
    _refuse_taken(record, record.code, district_of(record.area))
    return writing.add(record, acting_user=acting_user, reason=reason, shows_known=True)


@transaction.atomic
def change(
    record: Thing,
    values: Mapping[str, Any],
    *,
    seen: int,
    acting_user: Any,  # noqa: ANN401
    reason: str = "",
) -> Thing:
    """Change some columns of a record that is still at the version that was seen.

    Raises
    ------
    NotAllowedError
        If the person may not change it, or these columns, or not in the area it moves to.
    MissingError
        If the person may not see it.
    ConflictError
        If somebody changed it meanwhile.
    RefusedError
        If a value cannot be kept, or the district has its code already.
    """
    require_change(record, values, acting_user)
    require_free_code(record, values)
    return writing.change(record, values, seen=seen, acting_user=acting_user, reason=reason)


@transaction.atomic
def remove(record: Thing, *, seen: int, acting_user: Any, reason: str = "") -> Thing:  # noqa: ANN401
    """Hide a record; what hangs on it must go first.

    Raises
    ------
    NotAllowedError
        If the person may not.
    RefusedError
        If other records still point at it.
    """
    policies.policy_of(type(record)).require(acting_user, "remove", record)
    outlets = getattr(record, "outlets", None)
    if outlets is not None and outlets.filter(removed_at=None).exists():
        many = outlets.filter(removed_at=None).count()
        raise RefusedError(f"还有{many}个网点写着它，没有移除", remedy="先把这些网点改到别处")
    return writing.remove(record, seen=seen, acting_user=acting_user, reason=reason)


@transaction.atomic
def verify(
    outlet: Outlet,
    *,
    seen: int,
    acting_user: Any,  # noqa: ANN401
    values: Mapping[str, Any] | None = None,
) -> Outlet:
    """Tell that an outlet was looked at today, and what was found.

    Raises
    ------
    NotAllowedError
        If the person may not verify it, or not change what was found.
    ConflictError
        If somebody changed it meanwhile.
    """
    policies.OUTLETS.require(acting_user, "verify", outlet)
    found = dict(values or {})
    if found:
        require_change(outlet, found, acting_user)
    who = str(acting_user)[: Outlet._meta.get_field("verified_by").max_length]  # noqa: SLF001
    found |= {"verified_on": timezone.localdate(), "verified_by": who}
    return writing.change(outlet, found, seen=seen, acting_user=acting_user, action="verify")


def require_change(record: Kept, values: Mapping[str, Any], acting_user: Any) -> None:  # noqa: ANN401
    """Refuse a change that the person may not make, before anything is written.

    Raises
    ------
    NotAllowedError
        If the person may not change it, or these columns, or not in the area it moves to.
    MissingError
        If the person may not see it.
    """
    policy = policies.policy_of(type(record))
    policy.require(acting_user, "change", record)
    allowed = policies.changeable(acting_user, record, ledger_of(record).editable)
    barred = [name for name in values if name not in allowed]
    if barred:
        titles = "、".join(_title(record, name) for name in barred)
        raise NotAllowedError(f"您不能改“{titles}”，没有保存", remedy="需要改的话找所在社区或街道")
    if "area" in values:
        policy.require_in(acting_user, "change", values["area"])
    require_known(record, values, acting_user)


def require_known(record: Kept, values: Mapping[str, Any], acting_user: Any) -> None:  # noqa: ANN401
    """Refuse codes that the catalogue does not have, and links to what the person cannot see.

    Raises
    ------
    RefusedError
        With one sentence for each column.
    """
    wrong: dict[str, str] = {}
    for column in ledger_of(record).columns:
        value = values.get(column.name)
        if not value:
            continue
        if column.kind == Kind.TRADES:
            wrong |= _unknown_trades(column.name, value)
        linked = column.kind == Kind.LINK
        if linked and not policies.policy_of(type(value)).may(acting_user, "view", value):
            wrong[column.name] = f"没有这个{column.title}，或不在您的范围内"
    if wrong:
        raise RefusedError(
            f"没有保存：{'；'.join(wrong.values())}", remedy="改好再保存", fields=wrong
        )


def require_free_code(record: Kept, values: Mapping[str, Any]) -> None:
    """Refuse a change that would give a district the same code twice.

    Raises
    ------
    RefusedError
        If another record of the kind has the code.
    """
    code, area = values.get("code", record.code), values.get("area", record.area)
    moves = (code, district_of(area)) != (record.code, district_of(record.area))
    if moves or values.get("removed_at", "") is None:
        _refuse_taken(record, code, district_of(area))


def district_of(area: Area) -> Area:
    """Return the district in which a code stands for one thing; a city stands for its own."""
    return area.district or area


def hold_codes(district: Area) -> None:
    """Let nobody else give out codes in a district until the transaction is over."""
    rows = Area.objects.select_for_update(no_key=True).filter(pk=district.pk)
    list(rows.values_list("pk"))


def _refuse_taken(record: Kept, code: str, district: Area) -> None:
    hold_codes(district)
    same = type(record).objects.in_district(district).filter(code=code)
    if same.exclude(pk=record.pk).exists():
        # Not named: it may lie where the person sees nothing.
        told = f"编号“{code}”在{district}已经用过"
        remedy = "换一个编号；如果就是同一条，打开已有的那一条来改"
        raise RefusedError(f"{told}，没有保存", remedy=remedy, fields={"code": told})


def _unknown_trades(name: str, codes: Iterable[str]) -> dict[str, str]:
    wanted = set(codes)
    known = set(Trade.objects.filter(code__in=wanted).values_list("code", flat=True))
    missing = sorted(wanted - known)
    return {name: f"业态目录里没有“{'、'.join(missing)}”"} if missing else {}


def _title(record: Kept, name: str) -> str:
    return str(record._meta.get_field(name).verbose_name)  # noqa: SLF001


def lock(model: type[Record], ids: Iterable[Any]) -> None:
    """Hold several records before the chain is held, always in the same order: no deadlock."""
    rows = model._base_manager.select_for_update().filter(pk__in=list(ids))  # noqa: SLF001
    list(rows.order_by("pk").values_list("pk"))
