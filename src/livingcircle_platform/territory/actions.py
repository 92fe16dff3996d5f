"""Change areas and the dated profiles of who lives there; every write stands in the audit."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from livingcircle_platform.audit import writing
from livingcircle_platform.core import jobs
from livingcircle_platform.core.models import Job
from livingcircle_platform.core.records import Record
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.territory import tasks
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import AreaProfile
from livingcircle_platform.territory.policies import AREAS

_BELOW: Mapping[Any, tuple[Any, ...]] = {
    Area.Level.CITY: (Area.Level.DISTRICT,),
    Area.Level.DISTRICT: (Area.Level.SUBDISTRICT, Area.Level.COMMUNITY),
    Area.Level.SUBDISTRICT: (Area.Level.COMMUNITY,),
    Area.Level.COMMUNITY: (),
}
_HELD = {
    "area": "下级区域", "source": "数据来源", "circleset": "圈层", "basefile": "底图数据",
    "membership": "有角色的账号", "outlet": "网点", "merchant": "经营主体", "space": "空间资源",
    "servicecentre": "综合体", "run": "评估",
}  # fmt: skip


def levels_below(area: Area) -> tuple[Any, ...]:
    """Return what may lie directly in an area."""
    return _BELOW[area.level]


@transaction.atomic
def add_area(area: Area, *, acting_user: Any, reason: str = "") -> Area:  # noqa: ANN401
    """Add an area to the one it lies in; the same one twice is one area.

    Raises
    ------
    RefusedError
        If its level does not belong there, or the code is taken.
    """
    AREAS.require_in(acting_user, "change", area.parent)
    if area.parent is None or area.level not in levels_below(area.parent):
        where = area.parent.get_level_display() if area.parent else "最上一级"
        told = f"{where}下面不能直接放{area.get_level_display()}"
        raise RefusedError(told, remedy="从它所在的上一级页面添加", fields={"level": told})
    _refuse_taken(area)
    return writing.add(area, acting_user=acting_user, reason=reason)


@transaction.atomic
def change_area(
    area: Area,
    values: Mapping[str, Any],
    *,
    seen: int,
    acting_user: Any,  # noqa: ANN401
    reason: str = "",
) -> Area:
    """Change name, code, kind, boundary or settings of an area."""
    AREAS.require(acting_user, "change", area)
    if values.get("code", area.code) != area.code:
        _refuse_taken(Area(pk=area.pk, parent=area.parent, code=values["code"]))
    return writing.change(area, values, seen=seen, acting_user=acting_user, reason=reason)


@transaction.atomic
def remove_area(
    area: Area,
    *,
    seen: int,
    acting_user: Any,  # noqa: ANN401
    reason: str = "",
) -> Area:
    """Take out an area that nothing hangs on any more.

    Raises
    ------
    RefusedError
        If something does, named by what it is.
    """
    AREAS.require(acting_user, "change", area)
    held = held_by(area)
    if held:
        what = f"“{area}”下面还有{'、'.join(held)}，没有移除"
        raise RefusedError(what, remedy="先移走或移除它们，再移除这个区域")
    return writing.remove(area, seen=seen, acting_user=acting_user, reason=reason)


@transaction.atomic
def add_profile(profile: AreaProfile, *, acting_user: Any) -> AreaProfile:  # noqa: ANN401
    """Add the profile of one more day; those of other days stay.

    Raises
    ------
    RefusedError
        If the day has one already, or is still to come.
    """
    AREAS.require(acting_user, "change", profile.area)
    _refuse_future(profile)
    known = AreaProfile.objects.filter(area=profile.area, as_of=profile.as_of, removed_at=None)
    if known.exclude(pk=profile.pk).exists():
        told = f"{profile.as_of:%Y年%-m月%-d日}已经有一份人口数据"
        remedy = "有误的话更正那一份并写明理由；新的数据用新的日期"
        raise RefusedError(told, remedy=remedy, fields={"as_of": told})
    return writing.add(profile, acting_user=acting_user)


@transaction.atomic
def correct_profile(
    profile: AreaProfile,
    values: Mapping[str, Any],
    *,
    seen: int,
    acting_user: Any,  # noqa: ANN401
    reason: str,
) -> AreaProfile:
    """Correct figures that were wrong on their own day; the reason is part of the record.

    Raises
    ------
    RefusedError
        If no reason is given.
    """
    AREAS.require(acting_user, "change", profile.area)
    if not reason.strip():
        told = "更正要写明理由"
        remedy = "写明哪里错了、按什么改；人口有了变化不是更正，另加一份新日期的数据"
        raise RefusedError(told, remedy=remedy, fields={"reason": told})
    _refuse_future(profile)
    return writing.change(profile, values, seen=seen, acting_user=acting_user, reason=reason)


def held_by(area: Area) -> list[str]:
    """Return what hangs on an area, in words; its profiles go with it."""
    held = []
    # Hidden ones too: most rooms above do not ask an area for its rows.
    fields = Area._meta.get_fields(include_hidden=True)  # noqa: SLF001
    for relation in (one for one in fields if one.one_to_many):
        model = relation.related_model
        if not issubclass(model, Record) or model is AreaProfile:
            continue
        rows = model._default_manager.filter(**{relation.field.name: area}, removed_at=None)  # noqa: SLF001
        if rows.exists():
            held.append(_HELD.get(model._meta.model_name or "", "其他记录"))  # noqa: SLF001
    if area.circle_members.filter(circle__circle_set__removed_at=None).exists():
        held.append("生活圈的成员关系")
    return sorted(set(held))


def _refuse_taken(area: Area) -> None:
    others = Area.objects.filter(parent=area.parent, code=area.code, removed_at=None)
    other = others.exclude(pk=area.pk).first()
    if other is not None:
        told = f"编号“{area.code}”已经是“{other}”的"
        raise RefusedError(told, remedy="换一个编号", fields={"code": told})


def _refuse_future(profile: AreaProfile) -> None:
    if profile.as_of > timezone.localdate():
        told = "截至日期还没有到"
        raise RefusedError(told, remedy="写统计的那一天", fields={"as_of": told})


def ask_for_ground(district: Area, *, acting_user: Any) -> Job:  # noqa: ANN401
    """Ask a worker to build the ground of a district anew."""
    return jobs.ask(
        tasks.build_ground, title=f"{district}的底图", acting_user=acting_user, area=district,
        arguments={"district": str(district.pk)},
    )  # fmt: skip
