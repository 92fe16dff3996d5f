"""Merge, split, move and draw circles: four operations, each from a set of circles to the next."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from livingcircle._delineation.halving import halves
from livingcircle._delineation.land import Land
from livingcircle._delineation.recutting import cut_along
from livingcircle.circle_set import Change
from livingcircle.circle_set import Circle
from livingcircle.circle_set import CircleSet
from livingcircle.circle_set import Step
from livingcircle.circle_set import advance
from livingcircle.circle_set import formation_of
from livingcircle.circle_set import fresh_name
from livingcircle.circle_set import issued_by
from livingcircle.circle_set import next_id
from livingcircle.errors import InputError

PAIR = 2


def merge(
    before: CircleSet, circles: Sequence[str], *, name: str = "", reason: str = "", on: str = ""
) -> Change:
    """Return the set with two or more circles made one.

    Parameters
    ----------
    circles
        Their ids or names.
    name
        What the new one is called; after its largest community if not given.
    reason, on
        Why, and on what day; kept in the history.

    Raises
    ------
    InputError
        If there are fewer than two, or they do not hang together.
    """
    some = list({c.id: c for c in map(before.circle, circles)}.values())
    if len(some) < PAIR:
        raise InputError("合并至少要两个不同的圈", remedy="再写一个相邻的圈")
    tiles = frozenset[int]().union(*(circle.tiles for circle in some))
    one, issued = _issue(before)
    gone = {circle.id for circle in some}
    rest = [circle for circle in before.circles if circle.id not in gone]
    label = name or fresh_name(before.land, tiles, {circle.name for circle in rest})
    _refuse_taken(label, rest)
    arguments = {"circles": [circle.id for circle in some], "name": label}
    step = _step(before, "merge", arguments, reason, on, [(c.id, one) for c in some])
    merged = Circle(one, label, "merged", tiles)
    return advance(before, before.land, [*rest, merged], step, issued)


def split(
    before: CircleSet,
    circle: str,
    members: Sequence[str] = (),
    *,
    reason: str = "",
    on: str = "",
) -> Change:
    """Return the set with one circle made two.

    Parameters
    ----------
    circle
        Its id or name.
    members
        Communities (or parts) that make the first of the two; the best division if none is named.
    reason, on
        As for :func:`merge`.

    Raises
    ------
    InputError
        If it has one member only, the members are not its own, or nothing would be left.
    """
    old = before.circle(circle)
    if len(old.tiles) < PAIR:
        what = f"“{old.name}”只有一个成员，没有可拆的"
        raise InputError(what, remedy="要把这个社区切开，用 draw 画出其中一个圈的边界")
    if members:
        one = frozenset[int]().union(*(_own(before, old, word) for word in members))
        other = old.tiles - one
        if not other:
            raise InputError(f"写出的是“{old.name}”的全部成员", remedy="留下至少一个社区给另一个圈")
    else:
        found = halves(before.land, before.measures, old.tiles)
        if found is None:
            remedy = "用 move 调整成员，或用 draw 画边界"
            raise InputError(f"“{old.name}”分不成两个各自连片的圈", remedy=remedy)
        one, other = found
    made, issued, names = [], before.issued, {c.name for c in before.circles if c.id != old.id}
    for tiles in (one, other):
        new, issued = next_id(issued, before.known_ids)
        label = fresh_name(before.land, tiles, names)
        names.add(label)
        made.append(Circle(new, label, "split", tiles))
    arguments = {"circle": old.id, "members": [before.land.tiles.ids[t] for t in sorted(one)]}
    lineage = [(old.id, new.id) for new in made]
    step = _step(before, "split", arguments, reason, on, lineage)
    rest = [c for c in before.circles if c.id != old.id]
    return advance(before, before.land, [*rest, *made], step, issued)


def move(before: CircleSet, community: str, to: str, *, reason: str = "", on: str = "") -> Change:
    """Return the set with a community, or a part of one, in another circle.

    Parameters
    ----------
    community
        Its id or name, or those of a part.
    to
        Id or name of the circle it goes to.

    Raises
    ------
    InputError
        If it is there already, is the last member of its circle, or a circle would fall apart.
    """
    tiles, target = before.tiles_of(community), before.circle(to)
    if tiles <= target.tiles:
        raise InputError(f"“{community}”已经在“{target.name}”里", remedy="换一个圈")
    circles = []
    for circle in before.circles:
        kept = circle.tiles | tiles if circle.id == target.id else circle.tiles - tiles
        if not kept:
            what = f"“{community}”是“{circle.name}”的最后一个成员，移走后这个圈就空了"
            raise InputError(what, remedy=f"改用 merge 把“{circle.name}”并入“{target.name}”")
        circles.append(_with_tiles(before.land, circle, kept))
    arguments = {"community": community, "to": target.id}
    step = _step(before, "move", arguments, reason, on, _lineage(before.circles, circles))
    return advance(before, before.land, circles, step, before.issued)


def draw(
    before: CircleSet,
    boundary: shapely.Geometry,
    circle: str = "",
    *,
    name: str = "",
    reason: str = "",
    on: str = "",
) -> Change:
    """Return the set with the boundary of a circle as drawn; a new circle if none is named.

    Communities that the boundary cuts for real are parts from then on. What the circle loses goes
    to the neighbouring circle with the longest common border.

    Parameters
    ----------
    boundary
        An area in degrees (WGS-84).
    circle
        Id or name of the circle that is drawn.
    name
        What a new circle is called.

    Raises
    ------
    InputError
        If it is no area, holds nothing, leaves a circle empty or in pieces, or crosses something
        hard.
    """
    target = before.circle(circle) if circle else None
    # Drawn as it is written down, so that doors on the very line fall alike when done again.
    written = shapely.to_wkt(boundary, rounding_precision=9)
    boundary = shapely.from_wkt(written)
    land, inside = cut_along(before.land, _area(before, boundary))
    if not inside:
        raise InputError("画的边界里没有任何社区", remedy="核对坐标：经度在前，纬度在后，WGS-84")
    spread = _spread(before.circles, before.land, land)
    issued, left = before.issued, frozenset[int]()
    if target is None:
        key, issued = _issue(before)
        label = name or fresh_name(land, inside, {c.name for c in spread})
        _refuse_taken(label, spread)
        spread.append(Circle(key, label, formation_of(land, inside), inside))
    else:
        key = target.id
        left = _tiles(spread, key) - inside
    circles = _redrawn(land, spread, (key, inside), _heirs(land, spread, key, left))
    arguments = {"circle": circle and key, "name": name,
                 "boundary": written}  # fmt: skip
    known = spread[: len(before.circles)]  # a new circle stands at the end
    step = _step(before, "draw", arguments, reason, on, _lineage(known, circles))
    return advance(before, land, circles, step, issued)


def _redrawn(
    land: Land,
    circles: Sequence[Circle],
    drawn: tuple[str, frozenset[int]],
    given: Mapping[str, frozenset[int]],
) -> list[Circle]:
    """Return circles where one has the tiles drawn, and others those given to them of the rest."""
    key, inside = drawn
    kept = {
        c.id: inside if c.id == key else (c.tiles - inside) | given.get(c.id, frozenset())
        for c in circles
    }
    if gone := [c.name for c in circles if not kept[c.id]]:
        what = f"这样{'、'.join(f'“{name}”' for name in gone)}的成员就全部划走了"
        raise InputError(what, remedy="先用 merge 把它们合并成一个圈，再画这个圈的边界")
    return [_with_tiles(land, c, kept[c.id]) for c in circles]


def again(before: CircleSet, step: Step) -> CircleSet:
    """Return the set after a step that was taken earlier, for the same reason on the same day."""
    told: Mapping[str, Any] = step.arguments
    words = {"reason": step.reason, "on": step.on}
    if step.operation == "merge":
        return merge(before, told["circles"], name=told["name"], **words).set
    if step.operation == "split":
        return split(before, told["circle"], told["members"], **words).set
    if step.operation == "move":
        return move(before, told["community"], told["to"], **words).set
    if step.operation == "draw":
        boundary = shapely.from_wkt(told["boundary"])
        return draw(before, boundary, told["circle"], name=told["name"], **words).set
    if step.operation == "improve":
        return _as_improved(before, step)
    what = f"记录里有不认识的操作“{step.operation}”"
    raise InputError(what, remedy="记录可能由另一个版本写出，或已损坏；从当时的结果重新开始")


def _as_improved(before: CircleSet, step: Step) -> CircleSet:
    """Return the set as an improvement left it; what it weighed is not weighed again."""
    land, names = before.land, step.arguments["names"]
    circles = []
    for one, ids in step.arguments["circles"].items():
        tiles = frozenset(land.number[name] for name in ids)
        circles.append(Circle(one, names[one], formation_of(land, tiles), tiles))
    old = {circle.id: circle for circle in before.circles}
    kept = [old[c.id] if c.id in old and old[c.id].tiles == c.tiles else c for c in circles]
    issued = max(before.issued, *(issued_by(circle.id) for circle in kept))
    return advance(before, land, kept, step, issued).set


def _issue(before: CircleSet) -> tuple[str, int]:
    return next_id(before.issued, before.known_ids)


def _refuse_taken(name: str, circles: Iterable[Circle]) -> None:
    if any(circle.name == name for circle in circles):
        raise InputError(f"已有叫“{name}”的圈", remedy="换一个名称")


def _step(
    before: CircleSet,
    operation: str,
    arguments: Mapping[str, Any],
    reason: str,
    on: str,
    lineage: Iterable[tuple[str, str]],
) -> Step:
    return Step(before.version + 1, operation, arguments, reason, on, tuple(lineage))


def _own(before: CircleSet, circle: Circle, word: str) -> frozenset[int]:
    """Return the tiles that a circle has of a community."""
    tiles = before.tiles_of(word) & circle.tiles
    if not tiles:
        remedy = "只写这个圈自己的社区"
        raise InputError(f"“{word}”不在“{circle.name}”里", remedy=remedy)
    return tiles


def _with_tiles(land: Land, circle: Circle, tiles: frozenset[int]) -> Circle:
    """Return a circle with other tiles; how it was formed follows, if they differ."""
    if tiles == circle.tiles:
        return circle
    return replace(circle, tiles=tiles, formation=formation_of(land, tiles))


def _tiles(circles: Iterable[Circle], one: str) -> frozenset[int]:
    return next(circle.tiles for circle in circles if circle.id == one)


def _area(before: CircleSet, boundary: shapely.Geometry) -> shapely.Geometry:
    """Return a drawn boundary as an area in metres."""
    flat = shapely.get_dimensions(boundary) == 2 and not shapely.is_empty(boundary)  # noqa: PLR2004
    bounds = np.abs(shapely.bounds(boundary))
    if not flat or not (bounds <= [180, 90, 180, 90]).all():
        what = "画的边界不是一块用经纬度写的面"
        raise InputError(what, remedy="给出一个面（Polygon），经度在前、纬度在后，WGS-84")
    return before.land.grid.project(shapely.make_valid(boundary))


def _spread(circles: Sequence[Circle], old: Land, land: Land) -> list[Circle]:
    """Return circles with the pieces of their tiles that were cut off."""
    of: dict[int, list[int]] = {}
    for new in range(len(old.tiles), len(land.tiles)):
        # An outer piece stands at the end; its inner twin kept the place of the tile.
        inner = land.tiles.ids[new][:-1] + "1"
        of.setdefault(land.number[inner], []).append(new)
    return [
        c
        if c.tiles.isdisjoint(of)
        else replace(c, tiles=c.tiles | {new for tile in c.tiles for new in of.get(tile, ())})
        for c in circles
    ]


def _heirs(
    land: Land, circles: Sequence[Circle], key: str, left: frozenset[int]
) -> dict[str, frozenset[int]]:
    """Return which circle gets each tile that a drawn circle loses."""
    of = {tile: circle.id for circle in circles for tile in circle.tiles if circle.id != key}
    waiting, given = set(left), dict[str, frozenset[int]]()
    while waiting:
        offers = [
            (-land.borders.shared[tile].get(other, 0.0), of[other], tile)
            for tile in waiting
            for other in land.borders.neighbours[tile]
            if other in of
        ]
        if not offers:
            names = "、".join(land.tiles.names[t] for t in sorted(waiting)[:3])
            what = f"画在外面的{names}没有相邻的圈可以归入"
            raise InputError(what, remedy="把它画进来，或先用 split 拆成单独的圈")
        _, heir, tile = min(offers)
        given[heir] = given.get(heir, frozenset()) | {tile}
        of[tile] = heir
        waiting.discard(tile)
    return given


def _lineage(before: Sequence[Circle], after: Sequence[Circle]) -> list[tuple[str, str]]:
    """Return which circle gave tiles to which, those that stayed as they were left out."""
    of = {tile: circle.id for circle in before for tile in circle.tiles}
    same = {circle.id: circle.tiles for circle in before}
    pairs = []
    for circle in after:
        if same.get(circle.id) == circle.tiles:
            continue
        sources = sorted({of[t] for t in circle.tiles if t in of} | ({circle.id} & same.keys()))
        pairs += [(source, circle.id) for source in sources]
    return pairs
