"""Edit circles on a map: merge, split, move, draw, undo, each told with what it comes to.

A desk holds one set of circles on its land. What the land needs is prepared once, when the desk
is opened; an operation then takes milliseconds. The steps can be stored as JSON, and a desk be
opened from them in another process.
"""

import json
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import shapely

from livingcircle.circle_edits import draw
from livingcircle.circle_edits import merge
from livingcircle.circle_edits import move
from livingcircle.circle_edits import split
from livingcircle.circle_files import from_record
from livingcircle.circle_files import to_record
from livingcircle.circle_kinds import six_fields
from livingcircle.circle_kinds import suggest_kinds
from livingcircle.circle_set import Change
from livingcircle.circle_set import CircleSet
from livingcircle.delineation import Wishes
from livingcircle.delineation import existing_circles
from livingcircle.delineation import propose_circles
from livingcircle.district import District
from livingcircle.errors import InputError
from livingcircle.io.folder import read_district
from livingcircle.memory import Memory
from livingcircle_platform.assessment.inputs import Pinned
from livingcircle_platform.assessment.rows import rows_of
from livingcircle_platform.assessment.running import folder_of

STARTS = ("existing", "propose")


@dataclass(frozen=True)
class DraftCheck:
    """Hold how one circle is drawn against one rule, and by how much it breaks it."""

    circle_id: str
    circle_name: str
    check: str
    name: str
    value: float | None
    limit: str | float | None
    excess: float | None
    unit: str
    severity: str
    verdict: str
    reason: str


@dataclass(frozen=True)
class DraftCircle:
    """Hold one circle of a draft with its indicators, what it breaks, and its shape in degrees.

    ``members`` are ids of communities, each with whether only a part of it belongs.
    """

    circle_id: str
    name: str
    formation: str
    communities: str
    community_count: int
    split_communities: int
    subdistricts: str
    area_km2: float
    population: float | None
    density: float | None
    walk_minutes: float | None
    walk_beyond: float | None
    compactness: float
    contiguous: bool
    crossings: str
    members: tuple[tuple[str, bool], ...]
    tiles: tuple[str, ...]
    broken: tuple[DraftCheck, ...]
    geometry: shapely.Geometry


@dataclass(frozen=True)
class DraftChange:
    """Hold what an operation made, or would make.

    Attributes
    ----------
    version
        Number of the version it comes to.
    changed
        The circles it touched, as they are afterwards.
    removed
        Ids of circles that are no more.
    lineage
        Pairs of circle ids, old and new.
    """

    version: int
    operation: str
    changed: tuple[DraftCircle, ...]
    removed: tuple[str, ...]
    lineage: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TileRow:
    """Hold one community, or part of one, that is moved as a whole."""

    tile_id: str
    name: str
    community_id: str
    circle_id: str
    geometry: shapely.Geometry


class Desk:
    """Edit one set of circles; owned by one person's session or one worker at a time.

    Open one with :func:`open_desk` or :func:`reopen_desk`.
    """

    def __init__(self, start: CircleSet, district: District, memory: Memory | None) -> None:
        self._versions = [start]
        self._district, self._memory = district, memory

    @property
    def version(self) -> int:
        """Return the number of the version on the desk."""
        return self._now.version

    @property
    def circles(self) -> tuple[DraftCircle, ...]:
        """Return every circle."""
        return _circles(self._now, [circle.id for circle in self._now.circles])

    @property
    def tiles(self) -> tuple[TileRow, ...]:
        """Return what can be moved, with the circle each is in; ``""`` where in none."""
        land, of = self._now.land, self._now.of_tile
        shapes = land.grid.unproject(land.tiles.shapes)
        rows = zip(land.tiles.ids, land.tiles.names, land.tiles.communities, shapes, strict=True)
        return tuple(
            TileRow(tile, name, community, of.get(number, ""), shape)
            for number, (tile, name, community, shape) in enumerate(rows)
        )

    @property
    def hints(self) -> dict[str, dict[str, str]]:
        """Return for each circle what its figures suggest of kind and six fields, in words.

        Every hint names what it was read from; none is an answer.
        """
        kinds, sheets = suggest_kinds(self._now)[0], six_fields(self._now)
        told = kinds.rename(columns={"kind": "code", "kind_hint": "kind", "subtype": "subcode",
                                     "subtype_hint": "subtype"})  # fmt: skip
        told = told[["kind", "subtype"]].join(sheets.drop(columns="name"))
        return {
            str(one): {str(name): str(words) for name, words in row.items()}
            for one, row in told.to_dict("index").items()
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what was missing or unsure when the land was laid out."""
        return tuple(self._now.land.notes)

    def merge(
        self,
        circles: Sequence[str],
        *,
        name: str = "",
        reason: str = "",
        on: date | None = None,
        commit: bool = True,
    ) -> DraftChange:
        """Make two or more circles one; without ``commit`` only tell what it would come to."""
        return self._do(
            lambda some: merge(some, circles, name=name, reason=reason, on=_day(on)), commit=commit
        )

    def split(
        self,
        circle: str,
        members: Sequence[str] = (),
        *,
        reason: str = "",
        on: date | None = None,
        commit: bool = True,
    ) -> DraftChange:
        """Make two circles of one: some members and the rest, or the best division there is."""
        return self._do(
            lambda some: split(some, circle, members, reason=reason, on=_day(on)), commit=commit
        )

    def move(
        self,
        community: str,
        to: str,
        *,
        reason: str = "",
        on: date | None = None,
        commit: bool = True,
    ) -> DraftChange:
        """Put a community, or a part of one, into another circle."""
        return self._do(
            lambda some: move(some, community, to, reason=reason, on=_day(on)), commit=commit
        )

    def draw(
        self,
        boundary: shapely.Geometry,
        circle: str = "",
        *,
        name: str = "",
        reason: str = "",
        on: date | None = None,
        commit: bool = True,
    ) -> DraftChange:
        """Give a circle a boundary in degrees; a new circle if none is named."""
        return self._do(
            lambda some: draw(some, boundary, circle, name=name, reason=reason, on=_day(on)),
            commit=commit,
        )

    def undo(self) -> DraftChange:
        """Take back the last operation, also one from before the desk was opened.

        Raises
        ------
        InputError
            If the first version is on the desk.
        """
        after = self._now
        if len(after.steps) == 1:
            raise InputError("已经是第一版，没有可以撤销的操作")
        if len(self._versions) == 1:
            told = to_record(after)
            earlier = {**told, "steps": told["steps"][:-1]}
            self._versions = [from_record(earlier, self._district, memory=self._memory)]
        else:
            self._versions.pop()
        return _told(after, self._now, "undo", ())

    def fork(self) -> "Desk":
        """Return a desk of its own with the same circles: what is done there is not done here."""
        return Desk(self._now, self._district, self._memory)

    def record(self) -> dict[str, Any]:
        """Return the first version and every step since, as JSON gives it back."""
        told: dict[str, Any] = json.loads(json.dumps(to_record(self._now)))
        return told

    @property
    def _now(self) -> CircleSet:
        return self._versions[-1]

    def _do(self, edit: Callable[[CircleSet], Change], *, commit: bool) -> DraftChange:
        before = self._now
        after = edit(before).set
        if commit:
            self._versions.append(after)
        step = after.steps[-1]
        return _told(before, after, step.operation, step.lineage)


def open_desk(
    pinned: Pinned | Path | str,
    *,
    start: str = "existing",
    wishes: Wishes | None = None,
    memory: Memory | None = None,
) -> Desk:
    """Open a desk on a pinned district.

    Parameters
    ----------
    start
        ``"existing"`` for the circles the district has, ``"propose"`` for new ones drawn from
        nothing.
    wishes
        Band, limits and what circles do not cross; the usual if not given.
    memory
        Of an earlier run of the district, for the streets.

    Raises
    ------
    InputError
        If there is nothing to begin with.
    """
    if start not in STARTS:
        raise InputError(f"不能从“{start}”开始划圈", remedy=f"从这些里选：{'、'.join(STARTS)}")
    district = read_district(folder_of(pinned), memory=memory)
    if start == "propose":
        return Desk(propose_circles(district, wishes, memory=memory).set, district, memory)
    return Desk(existing_circles(district, wishes, memory=memory), district, memory)


def reopen_desk(
    pinned: Pinned | Path | str, record: Mapping[str, Any], *, memory: Memory | None = None
) -> Desk:
    """Open a desk where it was left, from the record it gave.

    Raises
    ------
    InputError
        If the record is damaged, or the communities have changed since.
    """
    district = read_district(folder_of(pinned), memory=memory)
    return Desk(from_record(record, district, memory=memory), district, memory)


def _told(
    before: CircleSet, after: CircleSet, operation: str, lineage: tuple[tuple[str, str], ...]
) -> DraftChange:
    """Return what differs between two versions."""
    old, new = (
        {c.id: (c.name, frozenset(some.land.tiles.ids[t] for t in c.tiles)) for c in some.circles}
        for some in (before, after)
    )
    changed = [one for one, held in new.items() if old.get(one) != held]
    removed = tuple(one for one in old if one not in new)
    return DraftChange(after.version, operation, _circles(after, changed), removed, lineage)


def _circles(some: CircleSet, wanted: Sequence[str]) -> tuple[DraftCircle, ...]:
    """Return some circles of a version."""
    if not wanted:
        return ()
    figures = some.indicators(wanted).reset_index()
    checks = some.checks(wanted)
    broken = rows_of(DraftCheck, checks[checks["verdict"] == "lacking"])
    by_circle: dict[str, list[DraftCheck]] = {}
    for one in broken:
        by_circle.setdefault(one.circle_id, []).append(one)
    held = [sorted(some.circle(one).tiles) for one in wanted]
    land = some.land
    shapes = [land.grid.unproject(shapely.union_all(land.tiles.shapes[tiles])) for tiles in held]
    judged = [some.judged(some.circle(one)) for one in wanted]
    told = figures.assign(
        members=_column([tuple((c, c in one.split) for c in one.communities) for one in judged]),
        tiles=_column([tuple(land.tiles.ids[t] for t in tiles) for tiles in held]),
        broken=_column([tuple(by_circle.get(one, ())) for one in wanted]),
        geometry=_column(shapes),
    )
    return rows_of(DraftCircle, told)


def _column(values: Sequence[object]) -> pd.Series:
    """Return values as they are, none of them taken apart."""
    return pd.Series(list(values), dtype=object)


def _day(on: date | None) -> str:
    return "" if on is None else on.isoformat()
