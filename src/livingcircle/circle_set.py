"""Keep a set of circles as versions with lineage; merge, split, move and draw on it.

A :class:`CircleSet` is never changed: every operation returns a new one, with the indicators of
the circles it touched, and remembers what was done, why, and which circle became which. What an
operation needs was prepared with the land, so it takes milliseconds. Hard rules are held by every
operation: circles hang together, nothing hard runs through them, every tile stays in one circle.
"""

import math
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import pandas as pd

from livingcircle._delineation.groups import Measures
from livingcircle._delineation.judging import Judged
from livingcircle._delineation.judging import as_frame
from livingcircle._delineation.judging import check_rows
from livingcircle._delineation.judging import judge
from livingcircle._delineation.judging import unreached
from livingcircle._delineation.land import Land
from livingcircle.circles import BARRIER_NAMES
from livingcircle.errors import InputError

INDICATORS = ["name", "formation", "communities", "community_count", "split_communities",
              "subdistricts", "area_km2", "population", "density", "walk_minutes", "walk_beyond",
              "compactness", "contiguous", "crossings"]  # fmt: skip
FORMATIONS = {"merged": "合并", "split": "拆分", "single": "独立"}


@dataclass(frozen=True)
class Circle:
    """Hold one circle of a set: what it is called, how it was drawn, and its tiles."""

    id: str
    name: str
    formation: str
    tiles: frozenset[int]


@dataclass(frozen=True)
class Step:
    """Tell how one version came of the one before.

    Attributes
    ----------
    version
        Number of the version that it made; 1 is the first.
    operation
        ``propose``, ``import``, ``improve``, ``merge``, ``split``, ``move`` or ``draw``.
    arguments
        What it was asked for, as identifiers and numbers, so that it can be done again.
    reason, on
        Why, in words, and on what day, both as given.
    lineage
        Pairs of circle ids, old and new; an old circle that nothing came of is not possible.
    """

    version: int
    operation: str
    arguments: Mapping[str, Any]
    reason: str = ""
    on: str = ""
    lineage: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class CircleSet:
    """Hold one version of the circles of a district.

    Attributes
    ----------
    land
        The district ready for drawing circles.
    origin
        The same before any boundary was drawn across it.
    circles
        The circles in the order of their making.
    steps
        Everything done so far, the first step first.
    first
        The circles of version 1, from which the steps lead here.
    issued
        How many identifiers were given out; none is given twice.
    outside
        Tiles that lie in no circle.
    """

    land: Land
    origin: Land
    circles: tuple[Circle, ...]
    steps: tuple[Step, ...]
    first: tuple[Circle, ...]
    issued: int = 0
    outside: frozenset[int] = field(default=frozenset())

    @property
    def version(self) -> int:
        """Return the number of this version."""
        return self.steps[-1].version

    @property
    def known_ids(self) -> frozenset[str]:
        """Return every id that a circle of any version has had."""
        past = {one for step in self.steps for pair in step.lineage for one in pair}
        return frozenset(past | {circle.id for circle in (*self.circles, *self.first)})

    @cached_property
    def measures(self) -> Measures:
        """Return what groups of tiles are measured by."""
        return Measures.of(self.land)

    @cached_property
    def of_tile(self) -> dict[int, str]:
        """Return the circle id of each tile that lies in one."""
        return {tile: circle.id for circle in self.circles for tile in circle.tiles}

    def circle(self, word: str) -> Circle:
        """Return the circle of that id or name.

        Raises
        ------
        InputError
            If there is none, or several of that name.
        """
        found = [c for c in self.circles if c.id == word] or [
            c for c in self.circles if c.name == word
        ]
        if len(found) == 1:
            return found[0]
        if found:
            what = f"有{len(found)}个圈都叫“{word}”"
            raise InputError(what, remedy=f"写编号：{'、'.join(c.id for c in found)}")
        known = [word for c in self.circles for word in (c.id, c.name)]
        raise InputError(f"没有“{word}”这个圈", remedy=_near(word, known, "核对圈的编号或名称"))

    def tiles_of(self, word: str) -> frozenset[int]:
        """Return the tiles of a community by id or name, or one part of it.

        Raises
        ------
        InputError
            If there is none, or it has no boundary.
        """
        tiles = self.land.tiles
        for names in (tiles.ids, tiles.communities, tiles.names):
            found = frozenset(n for n, name in enumerate(names) if name == word)
            if found:
                return found
        ids = [one for one, name in self.land.community_names.items() if word in (one, name)]
        found = frozenset(n for n, name in enumerate(tiles.communities) if name in ids)
        if found and len(ids) == 1:
            return found
        if len(ids) > 1:
            raise InputError(f"有{len(ids)}个社区都叫“{word}”", remedy=f"写编号：{'、'.join(ids)}")
        if ids:
            raise InputError(f"社区“{word}”没有边界，不能划圈", remedy="补上它的边界，重新划")
        known = [*tiles.names, *tiles.ids]
        raise InputError(f"没有“{word}”这个社区", remedy=_near(word, known, "核对社区的编号或名称"))

    def judged(self, circle: Circle) -> Judged:
        """Return what a circle comes to."""
        return judge(self.land, self.measures, circle.tiles)

    def indicators(self, circles: Iterable[str] | None = None) -> pd.DataFrame:
        """Return area, people, density, walk and crossings of circles; of all if none is named.

        One row for each circle, index ``circle_id``; areas in square kilometres on the ellipsoid,
        ``walk_minutes`` from end to end, unknown where it is longer than what was measured
        (``walk_beyond``) or nobody's door meets a street; ``crossings`` in words.
        """
        wanted = [self.circle(word) for word in circles] if circles is not None else self.circles
        rows = [_indicator_row(self, circle) for circle in wanted]
        index = pd.Index([circle.id for circle in wanted], dtype="str", name="circle_id")
        return pd.DataFrame(rows, index=index, columns=INDICATORS)

    def checks(self, circles: Iterable[str] | None = None) -> pd.DataFrame:
        """Return one row for each circle and rule: hard, soft and informational.

        Of all circles if none is named.
        """
        rows = []
        for circle in map(self.circle, circles) if circles is not None else self.circles:
            rows += check_rows(self.land, self.judged(circle), (circle.id, circle.name))
        return as_frame(rows)

    def members(self) -> pd.DataFrame:
        """Return one row for each circle and community, ``part`` where it is only a part of it."""
        rows = [
            (circle.id, community, community in judged.split)
            for circle in self.circles
            for judged in (self.judged(circle),)
            for community in judged.communities
        ]
        return pd.DataFrame(rows, columns=["circle_id", "community_id", "part"])

    def history(self) -> pd.DataFrame:
        """Return one row for each step: version, operation, reason, day, what became of what."""
        rows = [
            (step.version, step.operation, step.reason, step.on,
             "；".join(f"{old}→{new}" for old, new in step.lineage))
            for step in self.steps
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["version", "operation", "reason", "on", "lineage"])


@dataclass(frozen=True)
class Change:
    """Hold what an operation made: the new set, and the indicators of the circles it touched."""

    set: CircleSet
    indicators: pd.DataFrame


def _near(word: str, known: Sequence[str], otherwise: str) -> str:
    """Return a remedy that names what may have been meant."""
    close = get_close_matches(word, known, n=3, cutoff=0.5)
    return f"是不是{'、'.join(f'“{one}”' for one in close)}" if close else otherwise


def _indicator_row(some: CircleSet, circle: Circle) -> dict[str, object]:
    """Return the indicators of a circle."""
    judged = some.judged(circle)
    group, names = judged.group, some.land.community_names
    reached = not unreached(some.land, group)
    beyond = math.isinf(group.walk)
    return {
        "name": circle.name,
        "formation": circle.formation,
        "communities": "、".join(names[c] for c in judged.communities),
        "community_count": len(judged.communities),
        "split_communities": len(judged.split),
        "subdistricts": "、".join(judged.subdistricts),
        "area_km2": round(group.km2, 6),
        "population": group.people,
        "density": judged.density,
        "walk_minutes": group.walk if reached and not beyond else math.nan,
        "walk_beyond": some.land.walks.reach if beyond else math.nan,
        "compactness": round(judged.compactness, 4),
        "contiguous": judged.contiguous,
        "crossings": "、".join(f"{BARRIER_NAMES[k]}{m:.0f}米" for k, m in judged.crossings.items()),
    }


def begin(land: Land, groups: Sequence[tuple[str, str, frozenset[int]]], step: Step) -> CircleSet:
    """Return the first version of a set.

    Parameters
    ----------
    groups
        Id, name and tiles of each circle; a blank id or name is made up.
    step
        How it came about.
    """
    taken, names = {one for one, _, _ in groups} - {""}, {name for _, name, _ in groups} - {""}
    circles, issued = [], max((issued_by(one) for one in taken), default=0)
    for given, name, tiles in groups:
        one = given
        if not one:
            one, issued = next_id(issued, taken)
        label = name or fresh_name(land, tiles, names)
        names.add(label)
        circles.append(Circle(one, label, formation_of(land, tiles), tiles))
    made = tuple(circles)
    held = frozenset[int]().union(*(circle.tiles for circle in made))
    return CircleSet(land, land, made, (step,), made, issued,
                     frozenset(range(len(land.tiles))) - held)  # fmt: skip


def next_id(issued: int, taken: Iterable[str]) -> tuple[str, int]:
    """Return an identifier that was never given out, and how many are by now."""
    while True:
        issued += 1
        if f"Q{issued:02d}" not in taken:
            return f"Q{issued:02d}", issued


def issued_by(one: str) -> int:
    """Return the number of an identifier that was given out here, 0 for any other."""
    return int(one[1:]) if one[:1] == "Q" and one[1:].isdecimal() else 0


def fresh_name(land: Land, tiles: frozenset[int], taken: Iterable[str]) -> str:
    """Return a name after the member with most people, numbered if need be."""
    weight = {t: (-(land.tiles.people[t] if land.tiles.people[t] > 0 else 0.0), t) for t in tiles}
    main = min(tiles, key=lambda tile: weight[tile])
    of = land.community_names[land.tiles.communities[main]]
    stem = of.removesuffix("社区").removesuffix("居委会").removesuffix("村") or of
    names, number = set(taken), 1
    while (name := f"{stem}{number if number > 1 else ''}生活圈") in names:
        number += 1
    return name


def formation_of(land: Land, tiles: Iterable[int]) -> str:
    """Return how a circle is drawn: of one community, of several, or of parts only."""
    held = sorted(tiles)
    communities = {land.tiles.communities[t] for t in held}
    if len(communities) > 1:
        return "merged"
    (community,) = communities
    return "single" if land.parts_of[community] == len(held) else "split"


def advance(
    before: CircleSet,
    land: Land,
    circles: Sequence[Circle],
    step: Step,
    issued: int,
) -> Change:
    """Return the next version, once it keeps every hard rule.

    Raises
    ------
    InputError
        If a circle it touches falls apart, is crossed by something hard, or is empty.
    """
    # By id, not by number: a tile that was cut has another id where it lies.
    old = {circle.id: circle for circle in before.circles}
    touched = [c for c in circles if not _same(before.land, old.get(c.id), land, c)]
    held = frozenset[int]().union(*(circle.tiles for circle in circles))
    outside = frozenset(range(len(land.tiles))) - held
    made = replace(before, land=land, circles=tuple(circles), steps=(*before.steps, step),
                   issued=issued, outside=outside)  # fmt: skip
    for circle in touched:
        refuse_unlawful(made, circle)
    return Change(made, made.indicators([circle.id for circle in touched]))


def _same(before: Land, old: Circle | None, after: Land, new: Circle) -> bool:
    """Return whether a circle has the very tiles it had."""
    if old is None or old is new:
        return old is new
    ids = ({land.tiles.ids[t] for t in c.tiles} for land, c in ((before, old), (after, new)))
    return next(ids) == next(ids)


def refuse_unlawful(some: CircleSet, circle: Circle) -> None:
    """Refuse a circle that breaks a hard rule."""
    judged = some.judged(circle)
    if not judged.contiguous:
        alone = circle.tiles - some.land.borders.reached(circle.tiles)
        names = "、".join(some.land.tiles.names[t] for t in sorted(alone)[:3])
        across = f"，或隔着{hard_names(some.land)}" if some.land.hard else ""
        what = f"这样“{circle.name}”就断开了：{names}与其余部分不相邻{across}"
        remedy = "换一个相邻的社区或圈；原来就断开的，先用 split 把隔开的部分拆出去"
        raise InputError(what, remedy=remedy)
    hard = [kind for kind in judged.crossings if kind in some.land.hard]
    if hard:
        told = "、".join(f"{BARRIER_NAMES[kind]}{judged.crossings[kind]:.0f}米" for kind in hard)
        what = f"这样“{circle.name}”就被{told}穿过"
        raise InputError(what, remedy=f"圈不能跨越{hard_names(some.land)}，分在两边各成一圈")


def hard_names(land: Land) -> str:
    """Return what no circle crosses, in words; ``""`` where it may cross anything."""
    return "、".join(BARRIER_NAMES[kind] for kind in land.wishes.hard)
