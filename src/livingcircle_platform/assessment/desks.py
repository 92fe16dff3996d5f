"""Keep drawing desks as drafts in the record: preview an operation, take it, take it back.

Between two requests a desk is nothing but its record, the first circles and every step since, in
the draft. Its inputs are pinned once, so that any process opens the same desk from it; the last
few desks stay open, under the very record they were opened from.
"""

import json
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import asdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import shapely
from django.utils import timezone

from livingcircle.circle_set import issued_by
from livingcircle.delineation import Wishes
from livingcircle.errors import LivingCircleError
from livingcircle.memory import PREPARED
from livingcircle.memory import Memory
from livingcircle_platform.assessment import folders
from livingcircle_platform.assessment.drafting import Desk
from livingcircle_platform.assessment.drafting import DraftChange
from livingcircle_platform.assessment.drafting import DraftCircle
from livingcircle_platform.assessment.drafting import open_desk
from livingcircle_platform.assessment.drafting import reopen_desk
from livingcircle_platform.assessment.inputs import Pinned
from livingcircle_platform.assessment.inputs import Terms
from livingcircle_platform.assessment.pinning import pin_record
from livingcircle_platform.errors import BusyError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.territory.circle_actions import DrawnCircle
from livingcircle_platform.territory.circle_actions import save_drawing
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import Circle
from livingcircle_platform.territory.models import CircleMember
from livingcircle_platform.territory.models import CircleSet

_MOST_DESKS = 4
_OPENING = Lock()  # what is remembered of the streets is not made for two threads at a time
_USUAL_STANDARD = "miyun_2023"  # a desk judges by no standard, but a folder names one
# What the command line calls them, and what the page does.
_BUTTONS = {
    " merge ": "“合并”", " split ": "“拆分”", " move ": "“移动社区”", " draw ": "“画边界”"
}  # fmt: skip
_FIGURES = (
    "area_km2", "population", "density", "walk_minutes", "walk_beyond", "compactness",
    "contiguous", "crossings", "subdistricts",
)  # fmt: skip


@dataclass(frozen=True)
class Operation:
    """Say what is to be done on a desk.

    Attributes
    ----------
    name
        ``merge``, ``split``, ``move`` or ``draw``.
    circles
        Codes: those to be merged, the one to be split, moved to or drawn (none draws a new one).
    tiles
        Ids of communities or parts: those split off, or the one that moves.
    boundary
        What was drawn, in degrees.
    """

    name: str
    circles: tuple[str, ...] = ()
    tiles: tuple[str, ...] = ()
    boundary: shapely.Geometry | None = None
    title: str = ""


@dataclass(frozen=True)
class Preview:
    """Hold the circles an operation touches, before and after."""

    before: tuple[DraftCircle, ...]
    change: DraftChange


def pin_draft(draft: CircleSet) -> Pinned:
    """Pin what a draft is drawn on, once and for all."""
    start = draft.made_from if draft.settings["start"] == "existing" else None
    terms = Terms(standard=draft.district.standard or _USUAL_STANDARD)
    return pin_record(folders.drawing_of(draft), draft.district, start, terms)[0]


def first_desk(draft: CircleSet, memory: Memory | None = None) -> Desk:
    """Return the desk a draft begins with, drawn by the engine or as the circles are in force."""
    told = draft.settings
    wishes = Wishes(walker=draft.district.walker or "standard", **told.get("wishes", {}))
    return open_desk(folders.drawing_of(draft), start=told["start"], wishes=wishes, memory=memory)


def keep_first(draft: CircleSet, desk: Desk, *, acting_user: Any) -> str:  # noqa: ANN401
    """Keep the first circles of a draft, under codes that no circle of the district ever had."""
    record = _numbered(desk.record(), draft)
    again = reopen(draft, record)
    told = {"这一步": "摆上圈层", "圈数": len(again.circles)}
    _keep(draft, again, record, told, seen=draft.version, acting_user=acting_user)
    return ""


def desk_of(draft: CircleSet) -> Desk:
    """Return the desk of a draft as it was left; it is shared, so fork it before doing anything.

    Raises
    ------
    BusyError
        If the draft is still being opened.
    """
    if not draft.steps:
        raise BusyError("圈层还在打开或生成", remedy="完成后再做这一步，进度在“后台任务”里")
    return reopen(draft, record_of_desk(draft))


def preview(draft: CircleSet, operation: Operation) -> Preview:
    """Return what an operation would come to; nothing is kept.

    Raises
    ------
    RefusedError
        If a hard rule or the operation itself forbids it.
    """
    desk = desk_of(draft)
    with _plain():
        change = _do(desk, operation, commit=False)
    touched = {*change.removed, *(one.circle_id for one in change.changed)}
    before = tuple(one for one in desk.circles if one.circle_id in touched)
    return Preview(before, change)


def take(
    draft: CircleSet,
    operation: Operation,
    *,
    seen: int,
    key: str,
    acting_user: Any,  # noqa: ANN401
    reason: str = "",
) -> CircleSet:
    """Do an operation and keep it; the same key twice is one operation.

    Raises
    ------
    ConflictError
        If somebody else drew on the draft meanwhile.
    RefusedError
        If a hard rule or the operation itself forbids it.
    """
    if key and draft.settings.get("key") == key:
        return draft
    desk = desk_of(draft).fork()
    with _plain():
        done = _do(desk, operation, commit=True, reason=reason)
    record = {**desk.record(), "issued_first": record_of_desk(draft)["issued_first"]}
    told = {"这一步": say(operation, draft), "圈数": len(desk.circles)}
    told["新的圈"] = "、".join(one.name for one in done.changed)
    return _keep(
        draft, desk, record, told, seen=seen, key=key, acting_user=acting_user, reason=reason
    )


def undo(draft: CircleSet, *, seen: int, acting_user: Any) -> CircleSet:  # noqa: ANN401
    """Take back the last operation of a draft.

    Raises
    ------
    RefusedError
        If nothing was done yet.
    """
    record = record_of_desk(draft)
    if len(record["steps"]) <= 1:
        raise RefusedError("没有可以撤销的操作", remedy="已经是这份草稿的第一步")
    record = {**record, "steps": record["steps"][:-1]}
    desk = reopen(draft, record)
    told = {"这一步": "撤销上一步", "圈数": len(desk.circles)}
    return _keep(draft, desk, record, told, seen=seen, acting_user=acting_user)


def say(operation: Operation, draft: CircleSet) -> str:
    """Return an operation as a person would say it."""
    names = {code: sheet["name"] for code, sheet in draft.settings.get("sheets", {}).items()}
    names |= dict(draft.circles.values_list("code", "name"))
    circles = "、".join(f"“{names.get(one, one)}”" for one in operation.circles)
    tiles = {one["id"]: one["name"] for one in draft.settings.get("tiles", ())}
    members = "、".join(tiles.get(one, one) for one in operation.tiles)
    return {
        "merge": f"合并{circles}",
        "split": f"拆分{circles}" + (f"，分出{members}" if members else ""),
        "move": f"把{members}移到{circles}",
        "draw": f"画{circles}的边界" if circles else "画一个新的圈",
    }[operation.name]


def record_of_desk(draft: CircleSet) -> dict[str, Any]:
    """Return the record of a draft's desk."""
    return {**draft.settings["record"], "steps": draft.steps}


def reopen(draft: CircleSet, record: Mapping[str, Any]) -> Desk:
    """Open a desk from a record, or return the one that is open under it."""
    text = json.dumps(record, ensure_ascii=False, sort_keys=True)
    prepared = folders.prepared_of(draft.district) / PREPARED
    with _plain(), _OPENING:
        return _opened(folders.drawing_of(draft), prepared, text)


@lru_cache(maxsize=_MOST_DESKS)
def _opened(pinned: Path, prepared: Path, record: str) -> Desk:
    """Return the desk of a record; inputs and record never change, so neither does the desk."""
    return reopen_desk(pinned, json.loads(record), memory=_memory(prepared))


@lru_cache(maxsize=_MOST_DESKS)
def _memory(prepared: Path) -> Memory:
    """Return what this process remembers of a district's streets."""
    return Memory(prepared)


def _do(desk: Desk, operation: Operation, *, commit: bool, reason: str = "") -> DraftChange:
    told: dict[str, Any] = {"reason": reason, "commit": commit}
    if commit:
        told["on"] = timezone.localdate()
    circle = operation.circles[0] if operation.circles else ""
    if operation.name == "merge":
        return desk.merge(operation.circles, name=operation.title, **told)
    if operation.name == "split":
        return desk.split(circle, operation.tiles, **told)
    if operation.name == "move":
        return desk.move(operation.tiles[0], circle, **told)
    return desk.draw(operation.boundary, circle, name=operation.title, **told)


def _keep(
    draft: CircleSet,
    desk: Desk,
    record: Mapping[str, Any],
    told: Mapping[str, Any],
    *,
    seen: int,
    acting_user: Any,  # noqa: ANN401
    key: str = "",
    reason: str = "",
) -> CircleSet:
    """Keep a record with the circles it comes to."""
    tiles = [
        {
            "id": one.tile_id,
            "name": one.name,
            "circle": one.circle_id,
            "community": one.community_id,
        }
        for one in desk.tiles
    ]
    settings = {
        **draft.settings, "record": {k: v for k, v in record.items() if k != "steps"},
        "tiles": tiles, "notes": list(desk.notes), "key": key,
        "last": {**told, "谁": str(acting_user)},
    }  # fmt: skip
    return save_drawing(
        draft, _drawn(draft, desk, record), steps=record["steps"], settings=settings, told=told,
        seen=seen, acting_user=acting_user, reason=reason,
    )  # fmt: skip


def _drawn(draft: CircleSet, desk: Desk, record: Mapping[str, Any]) -> list[DrawnCircle]:
    """Return the circles of a desk as the record keeps them."""
    ids = dict(
        Area.objects.under(draft.district)
        .filter(level=Area.Level.COMMUNITY)
        .values_list("code", "pk")
    )
    origins = _origins(draft, record)
    return [
        DrawnCircle(
            code=one.circle_id, name=one.name, formation=one.formation,
            members=[(ids[code], part) for code, part in one.members if code in ids],
            parents=_parents(one, origins), boundary=one.geometry, figures=figures_of(one),
        )
        for one in desk.circles
    ]  # fmt: skip


def figures_of(one: DraftCircle) -> dict[str, Any]:
    """Return what a desk measured of a circle, with every rule it breaks."""
    told = {name: getattr(one, name) for name in _FIGURES}
    return {**told, "broken": [asdict(rule) for rule in one.broken]}


def _origins(draft: CircleSet, record: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return which circles in force each circle came from: by steps, or by what they share."""
    if draft.settings["start"] == "existing":
        first = {one["id"]: {one["id"]} for one in record["first"]}
    else:
        first = {one["id"]: _sharing(draft, one["tiles"]) for one in record["first"]}
    for step in record["steps"]:
        came: dict[str, set[str]] = {}
        for old, new in step["lineage"]:
            came.setdefault(new, set()).update(first.get(old, ()))
        first |= came
    return first


def _sharing(draft: CircleSet, tiles: Sequence[str]) -> set[str]:
    """Return the codes of circles in force that hold a community of some tiles."""
    codes = {one.partition("#")[0] for one in tiles}
    rows = CircleMember.objects.filter(circle__circle_set=draft.made_from_id)
    return set(rows.filter(community__code__in=codes).values_list("circle__code", flat=True))


def _parents(one: DraftCircle, origins: Mapping[str, set[str]]) -> list[str]:
    found = sorted(origins.get(one.circle_id, ()))
    return [] if found == [one.circle_id] else found


def _numbered(record: dict[str, Any], draft: CircleSet) -> dict[str, Any]:
    """Return a first record whose new circles have codes that were never given out."""
    ever = Circle.objects.filter(circle_set__district=draft.district)
    last = max((issued_by(code) for code in ever.values_list("code", flat=True)), default=0)
    first = record["first"]
    if draft.settings["start"] == "propose":
        first = [{**one, "id": f"Q{last + n:02d}"} for n, one in enumerate(first, start=1)]
        last += len(first)
    return {**record, "first": first, "issued_first": last}


@contextmanager
def _plain() -> Iterator[None]:
    """Let a refusal of the engine be one of the platform's, in the same words."""
    try:
        yield
    except LivingCircleError as problem:
        remedy = problem.remedy
        for command, button in _BUTTONS.items():
            remedy = remedy.replace(command, button)
        raise RefusedError(problem.what, remedy=remedy) from problem
