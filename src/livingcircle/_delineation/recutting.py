"""Cut tiles where somebody has drawn a boundary, keeping everything else of the prepared land.

The two pieces of a tile keep the representatives that stand in them; nothing is searched anew, so
that drawing is as quick as any other operation.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import shapely

from livingcircle._delineation.borders import Borders
from livingcircle._delineation.borders import borders_of
from livingcircle._delineation.land import Land
from livingcircle._delineation.tiles import PART
from livingcircle._delineation.tiles import Tiles
from livingcircle._delineation.tiles import measured
from livingcircle.circles import MARGIN_METRES
from livingcircle.circles import SMALLEST_SIDE
from livingcircle.errors import InputError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]
Kind = TypeVar("Kind", bound=np.generic)


def cut_along(land: Land, drawn: shapely.Geometry) -> tuple[Land, frozenset[int]]:
    """Return land whose tiles lie inside or outside a drawn area, and the tiles inside.

    A tile is cut where both pieces keep a tenth of it and more than a strip of 20 m; else it
    belongs to the side that has more of it.

    Raises
    ------
    InputError
        If the boundary cuts a tile into more than two pieces.
    """
    inside = set()
    for tile in land.tree.query(drawn, predicate="intersects").tolist():
        shape = land.tiles.shapes[tile]
        within = shapely.intersection(shape, drawn)
        without = shapely.difference(shape, drawn)
        if shapely.area(within) >= shapely.area(without):
            inside.add(tile)
        if _is_side(within, shape) and _is_side(without, shape):
            _refuse_scraps(land, tile, (within, without))
            land = _cut(land, tile, (within, without))
            inside.add(tile)
    return land, frozenset(inside)


def _is_side(piece: shapely.Geometry, whole: shapely.Geometry) -> bool:
    """Return whether a piece is a considerable part of a tile."""
    core = shapely.buffer(piece, -MARGIN_METRES)
    return bool(shapely.area(core) >= SMALLEST_SIDE / 2 * shapely.area(whole)) and bool(
        shapely.area(piece) >= SMALLEST_SIDE * shapely.area(whole)
    )


def _refuse_scraps(land: Land, tile: int, pieces: tuple[shapely.Geometry, ...]) -> None:
    """Refuse a boundary that winds through a tile."""
    least = SMALLEST_SIDE * shapely.area(land.tiles.shapes[tile])
    for piece in pieces:
        if (shapely.area(shapely.get_parts(piece)) >= least).sum() > 1:
            name = land.tiles.names[tile]
            what = f"画的边界把“{name}”切成了三块以上"
            raise InputError(what, remedy="让边界只穿过它一次，或沿着它的边走")


def _cut(land: Land, tile: int, pieces: tuple[shapely.Geometry, shapely.Geometry]) -> Land:
    """Return land with one tile in two: the inner piece in its place, the outer one at the end."""
    new = len(land.tiles)
    doors = np.flatnonzero(land.door_tile == tile)
    out = ~shapely.intersects(pieces[0], shapely.points(land.doors[doors]))
    door_tile = land.door_tile.copy()
    door_tile[doors[out]] = new
    standing = land.standing[tile]
    beyond = ~shapely.intersects(pieces[0], shapely.points(land.place[standing]))
    places = [*land.standing, standing[beyond]]
    places[tile] = standing[~beyond]
    tiles = _in_two(land, tile, pieces, (doors[~out], doors[out]))
    cut = replace(
        land,
        tiles=tiles,
        borders=_borders(land, tile, tiles.shapes),
        blocks=np.append(land.blocks, land.blocks[tile]),
        standing=tuple(places),
        door_tile=door_tile,
    )
    return _with_walks(cut, land, (tile, new))


def _in_two(
    land: Land, tile: int, pieces: tuple[shapely.Geometry, ...], doors: tuple[Ints, Ints]
) -> Tiles:
    """Return the tiles with one of them in two."""
    tiles, of = land.tiles, land.tiles.ids[tile]
    ids = [f"{of}.{n}" if PART in of else f"{of}{PART}{n}" for n in (1, 2)]
    number = ids[0].partition(PART)[2], ids[1].partition(PART)[2]
    name = tiles.names[tile].partition("（第")[0]
    km2, edge = measured(np.array(pieces, dtype=object), land.grid)
    people = [_total(land.door_people[some], tiles.people[tile]) for some in doors]

    def put(values: npt.NDArray[Kind], pair: Sequence[object]) -> npt.NDArray[Kind]:
        longer = np.append(values, values[:1])
        longer[tile], longer[-1] = pair[0], pair[1]
        return longer

    def place(words: tuple[str, ...], pair: list[str]) -> tuple[str, ...]:
        return (*words[:tile], pair[0], *words[tile + 1 :], pair[1])

    return Tiles(
        ids=place(tiles.ids, ids),
        names=place(tiles.names, [f"{name}（第{n}部分）" for n in number]),
        communities=(*tiles.communities, tiles.communities[tile]),
        subdistricts=(*tiles.subdistricts, tiles.subdistricts[tile]),
        part=put(tiles.part, [True, True]),
        shapes=put(tiles.shapes, list(pieces)),
        km2=put(tiles.km2, km2.tolist()),
        edge=put(tiles.edge, edge.tolist()),
        people=put(tiles.people, people),
        doors=put(tiles.doors, [len(some) for some in doors]),
    )


def _total(residents: Floats, whole: float) -> float:
    """Return the people behind some doors of a tile; nobody lives where no door is."""
    known = ~np.isnan(residents)
    if len(residents) == 0:
        return float("nan") if np.isnan(whole) else 0.0
    return float(residents[known].sum()) if known.any() else float("nan")


def _borders(land: Land, tile: int, shapes: Shapes) -> Borders:
    """Return the borders with those of one tile found anew for its two pieces."""
    old, new = land.borders, len(shapes) - 1
    numbers = np.array(sorted({*old.shared[tile], tile, new}), dtype=np.int64)
    others = np.flatnonzero((numbers != tile) & (numbers != new))
    first, second = int(np.flatnonzero(numbers == tile)[0]), len(numbers) - 1
    a = np.concatenate([np.minimum(others, first), others, [first]])
    b = np.concatenate([np.maximum(others, first), np.full(len(others) + 1, second)])
    hard = land.hard_shapes_near(shapes[[tile, new]])
    found = borders_of(shapes[numbers], (a, b), hard, len(numbers))
    return old.recut(tile, found, numbers)


def _with_walks(cut: Land, before: Land, pieces: tuple[int, int]) -> Land:
    """Return cut land with the walks of the two pieces from those of their representatives."""
    tile, _ = pieces
    walk = [*before.walk, {}]
    near = before.walk[tile]
    walk[tile] = {}
    for other in near:
        walk[other] = {t: m for t, m in walk[other].items() if t != tile}
    inside = np.append(before.inside, np.nan)
    for piece in pieces:
        own = cut.standing[piece]
        inside[piece] = cut.walks.between(own, own) if len(own) else np.nan
        others = (*near, *(p for p in pieces if p > piece))
        for other in others if len(own) else ():
            minutes = cut.walks.between(own, cut.standing[other])
            if np.isfinite(minutes) and len(cut.standing[other]):
                walk[piece] = {**walk[piece], other: minutes}
                walk[other] = {**walk[other], piece: minutes}
    return replace(cut, walk=tuple(walk), inside=inside)
