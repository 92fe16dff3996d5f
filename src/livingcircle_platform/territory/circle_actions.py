"""Draft versions of circles, keep what a desk made of them, and put one in force.

An adopted version never changes again: whoever wants other circles drafts the next version.
"""

import datetime as dt
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.db import transaction
from django.utils import timezone

from livingcircle_platform.audit import writing
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.territory.circle_versions import new_version
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import Circle
from livingcircle_platform.territory.models import CircleMember
from livingcircle_platform.territory.models import CircleSet
from livingcircle_platform.territory.policies import CIRCLE_SETS

# What a person wrote of a circle: it goes with the code from version to version.
SHEET = (
    "name", "kind", "subtype", "population", "households", "dwellings", "planned_year",
    *Circle.SIX_FIELDS,
)  # fmt: skip


@dataclass(frozen=True)
class DrawnCircle:
    """Hold one circle as a desk draws it.

    Attributes
    ----------
    members
        Ids of communities, each with whether only a part of it belongs.
    parents
        Codes of the version in force that it came from; its own alone where it lives on.
    figures
        What the desk measured.
    """

    code: str
    name: str
    formation: str
    members: Sequence[tuple[Any, bool]]
    parents: Sequence[str]
    boundary: shapely.Geometry
    figures: Mapping[str, Any]


@transaction.atomic
def draft_set(
    district: Area,
    key: Any,  # noqa: ANN401 - an id made by whoever asks
    *,
    title: str,
    settings: Mapping[str, Any],
    acting_user: Any,  # noqa: ANN401
) -> CircleSet:
    """Begin the next version of a district's circles; the same id twice is one draft."""
    CIRCLE_SETS.require_in(acting_user, "change", district)
    known = CircleSet.objects.filter(pk=key).first()
    if known is not None:
        return known
    Area.objects.select_for_update().get(pk=district.pk)  # two drafts get two numbers
    made = new_version(district, pk=key, title=title, settings=dict(settings))
    _note("draft", made, acting_user, after=made.told())
    return made


@transaction.atomic
def save_drawing(
    draft: CircleSet,
    circles: Sequence[DrawnCircle],
    *,
    steps: Sequence[Mapping[str, Any]],
    settings: Mapping[str, Any],
    told: Mapping[str, Any],
    seen: int,
    acting_user: Any,  # noqa: ANN401
    reason: str = "",
) -> CircleSet:
    """Keep what a desk did to a draft, and its circles as they are now.

    Parameters
    ----------
    steps, settings
        The desk's record: enough to draw the same circles again.
    told
        What was done, for the audit and for whoever comes second.

    Raises
    ------
    ConflictError
        If somebody else drew on the same draft meanwhile.
    RefusedError
        If it is a draft no more.
    """
    CIRCLE_SETS.require(acting_user, "change", draft)
    _refuse_settled(draft)
    fields = {"steps": list(steps), "settings": dict(settings)}
    rows = CircleSet.objects.filter(pk=draft.pk, version=seen, state=CircleSet.State.DRAFT)
    if not rows.update(version=seen + 1, changed_at=timezone.now(), **fields):
        raise moved_on(draft, told)
    draft.refresh_from_db()
    _lay_out(draft, circles)
    _note("draw", draft, acting_user, after=told, reason=reason)
    return draft


@transaction.atomic
def change_sheet(
    circle: Circle,
    values: Mapping[str, Any],
    *,
    seen: int,
    acting_user: Any,  # noqa: ANN401
) -> Circle:
    """Change kind, name or the six fields of a circle of a draft.

    Raises
    ------
    RefusedError
        If the version is in force or past, or the name is another circle's.
    """
    CIRCLE_SETS.require(acting_user, "change", circle.circle_set)
    _refuse_settled(circle.circle_set)
    name = values.get("name", circle.name)
    others = circle.circle_set.circles.exclude(pk=circle.pk)
    if others.filter(name=name).exists():
        told = f"这一版已经有一个“{name}”"
        raise RefusedError(told, remedy="换一个名称", fields={"name": told})
    return writing.change(circle, values, seen=seen, acting_user=acting_user)


@transaction.atomic
def adopt(
    draft: CircleSet,
    day: dt.date,
    *,
    seen: int,
    reason: str,
    acting_user: Any,  # noqa: ANN401
) -> CircleSet:
    """Put a draft in force from a day on, in the place of the version before.

    Raises
    ------
    RefusedError
        If it is no draft, holds no circle, breaks a rule without a word why, or the day does
        not follow the one of the version before.
    """
    CIRCLE_SETS.require(acting_user, "adopt", draft)
    _refuse_settled(draft)
    Area.objects.select_for_update().get(pk=draft.district_id)
    current = draft.district.circle_sets.filter(state=CircleSet.State.ADOPTED).first()
    _refuse_day(day, current)
    _refuse_unfit(draft, reason)
    if current is not None:
        ended = {"state": CircleSet.State.REPLACED, "in_force_until": day}
        writing.change(current, ended, seen=current.version, acting_user=acting_user,
                       reason=f"由第{draft.number}版替代", action="replace")  # fmt: skip
    values = {"state": CircleSet.State.ADOPTED, "in_force_from": day, "reason": reason}
    return writing.change(
        draft, values, seen=seen, acting_user=acting_user, reason=reason, action="adopt"
    )


@transaction.atomic
def discard(draft: CircleSet, *, seen: int, acting_user: Any) -> CircleSet:  # noqa: ANN401
    """Put a draft away that is not wanted; its number is not given again."""
    CIRCLE_SETS.require(acting_user, "change", draft)
    _refuse_settled(draft)
    return writing.remove(draft, seen=seen, acting_user=acting_user)


def moved_on(draft: CircleSet, yours: Mapping[str, Any]) -> ConflictError:
    """Return the refusal of a step that did not see somebody else's, with both side by side."""
    now = CircleSet.objects.get(pk=draft.pk)
    last = now.settings.get("last", {})
    return ConflictError(
        "您打开之后，别人已经改过这一版，您这一步没有保存",
        remedy="重新打开这一版，看过对方的改动后再做这一步",
        theirs={"第几步": len(now.steps), **last},
        yours={"第几步": len(draft.steps) + 1, **yours},
        version=now.version,
    )


def _lay_out(draft: CircleSet, circles: Sequence[DrawnCircle]) -> None:
    """Write a draft's circles anew, each with what was ever written of its code.

    A circle that is merged away and comes back by undo has its words back.
    """
    sheets = _sheets(draft)
    draft.circles.all().delete()
    for one in circles:
        sheet = {**sheets.get(one.code, {"name": one.name})}
        made = Circle.objects.create(
            circle_set=draft, code=one.code, formation=one.formation, boundary=one.boundary,
            is_drawn=any(part for _, part in one.members), parents=list(one.parents),
            figures=dict(one.figures), **sheet,
        )  # fmt: skip
        CircleMember.objects.bulk_create(
            CircleMember(circle=made, community_id=community, part=part)
            for community, part in one.members
        )
    CircleSet.objects.filter(pk=draft.pk).update(settings={**draft.settings, "sheets": sheets})
    draft.refresh_from_db()


def _sheets(draft: CircleSet) -> dict[str, dict[str, Any]]:
    """Return what is written of each code: in the version before, earlier in this draft, now."""
    before = draft.made_from.circles.all() if draft.made_from_id else ()
    found = {one.code: one.told(SHEET) for one in before}
    found |= draft.settings.get("sheets", {})
    return found | {one.code: one.told(SHEET) for one in draft.circles.all()}


def _refuse_settled(some: CircleSet) -> None:
    if some.state != CircleSet.State.DRAFT:
        what = f"{some}已经启用过，不再改动"
        raise RefusedError(what, remedy="从它起草新的一版，再在新版里调整")


def _refuse_day(day: dt.date, current: CircleSet | None) -> None:
    told = ""
    if day > timezone.localdate():
        told = "启用日期还没有到"
    elif current and current.in_force_from and day <= current.in_force_from:
        told = f"现行的第{current.number}版从{current.in_force_from}起启用，新版要晚于这一天"
    if told:
        raise RefusedError(told, remedy="换一个启用日期", fields={"day": told})


def _refuse_unfit(draft: CircleSet, reason: str) -> None:
    circles = list(draft.circles.all())
    if not circles:
        raise RefusedError("这一版还没有圈，不能启用", remedy="等圈层打开或生成完，再启用")
    broken = [one for one in circles if any(b["severity"] != "info" for b in one.broken)]
    if broken and not reason.strip():
        names = "、".join(one.name for one in broken[:3])
        told = f"{names}等{len(broken)}个圈有不符合的约束，启用要写明理由"
        remedy = "在划分说明里写明为什么这样划（密云 三（一））"
        raise RefusedError(told, remedy=remedy, fields={"reason": told})


def _note(
    verb: str,
    some: CircleSet,
    acting_user: Any,  # noqa: ANN401
    *,
    after: Mapping[str, Any],
    reason: str = "",
) -> None:
    writing.note(
        f"circleset.{verb}", acting_user=acting_user, kind="circleset", object_id=some.pk,
        object_name=str(some), area=some.district, after=after, reason=reason,
    )  # fmt: skip
