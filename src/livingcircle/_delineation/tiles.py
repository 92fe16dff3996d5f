"""Cut communities into tiles: a community, or the parts into which a severance really splits it.

Parts are those of the check (:func:`livingcircle.circles.sides_of`): a sliver along the border is
none. Together the tiles of a community are the community, to the square metre, and every door
belongs to exactly one of them.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from livingcircle.circles import MARGIN_METRES
from livingcircle.circles import SMALLEST_SIDE
from livingcircle.circles import sides_of
from livingcircle.coordinates import LocalGrid
from livingcircle.coordinates import geodesic_area

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]
PART = "#"


@dataclass(frozen=True)
class Tiles:
    """Hold what circles are put together from, one entry for each tile.

    Attributes
    ----------
    ids, names
        ``community_id``, with ``#1``, ``#2`` … for parts; and how a reader knows it.
    communities, subdistricts
        ``community_id`` and 街道 (``""`` where not known), shape (tiles,).
    part
        Whether it is a part of a community only.
    shapes
        Boundaries in metres.
    km2
        Area on the ellipsoid.
    edge
        Length of the boundary in metres.
    people, doors
        Residents of its doors, NaN where nobody knows; how many doors.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    communities: tuple[str, ...]
    subdistricts: tuple[str, ...]
    part: Bools
    shapes: Shapes
    km2: Floats
    edge: Floats
    people: Floats
    doors: Ints

    def __len__(self) -> int:
        """Return how many tiles there are."""
        return len(self.ids)


@dataclass(frozen=True)
class Piece:
    """Hold one tile before its people are counted."""

    community: int
    number: int
    shape: shapely.Geometry


def cut_communities(shapes: Shapes, severing: Mapping[str, Shapes]) -> list[Piece]:
    """Return the tiles of communities with a boundary; number 0 is a whole community.

    Parameters
    ----------
    shapes
        Boundaries in metres, None where unknown.
    severing
        Lines and waters that part for good, by kind.
    """
    trees = {kind: shapely.STRtree(some) for kind, some in severing.items()}
    hulls = shapely.convex_hull(shapes)
    pieces = []
    for number, shape in enumerate(shapes):
        if shape is None or shapely.is_empty(shape):
            continue
        hull = hulls[number]
        near = [severing[k][trees[k].query(hull, predicate="intersects")] for k in severing]
        kinds = [some for some in near if len(some)]
        parts = [part for block in blocks_of(shape, kinds) for part in part_by(block, kinds)]
        first = 0 if len(parts) == 1 else 1
        pieces += [Piece(number, first + n, part) for n, part in enumerate(parts)]
    return pieces


def blocks_of(shape: shapely.Geometry, kinds: Sequence[Shapes]) -> list[shapely.Geometry]:
    """Return the pieces of an area in several parts between which a line or a water lies.

    Parts with nothing between them stay one; so does what is too small to be a side.
    """
    parts = shapely.get_parts(shape)
    if len(parts) == 1 or not kinds:
        return [shape]
    parts = parts[np.lexsort((*shapely.bounds(parts).T[:2], -shapely.area(parts)))]
    large = shapely.area(parts) >= SMALLEST_SIDE * shapely.area(shape)
    wall = shapely.union_all(np.concatenate(kinds))
    a, b = np.triu_indices(int(large.sum()), 1)
    free = ~shapely.intersects(shapely.shortest_line(parts[a], parts[b]), wall)
    graph = coo_array((free[free], (a[free], b[free])), shape=(large.sum(), large.sum()))
    label = connected_components(graph, directed=False)[1]
    near = shapely.distance(parts[:, None], parts[large]).argmin(axis=1)
    return [shapely.union_all(parts[label[near] == n]) for n in range(int(label.max()) + 1)]


def part_by(shape: shapely.Geometry, kinds: Sequence[Shapes]) -> list[shapely.Geometry]:
    """Return the sides that lines and waters leave of an area, nothing lost and nothing twice.

    It is parted by all kinds together, else by the first that parts it alone; then each part in
    turn, for what is a sliver of the whole may be considerable beside a part.
    """
    for severing in (np.concatenate([np.empty(0, dtype=object), *kinds]), *kinds):
        sides = sides_of(shape, severing) if len(severing) else severing
        if len(sides) > 1:
            parts = _divided(shape, sides, severing)
            return [piece for part in parts for piece in part_by(part, kinds)]
    return [shape]


def _divided(shape: shapely.Geometry, sides: Shapes, severing: Shapes) -> list[shapely.Geometry]:
    """Cut an area along lines; a piece that is no side goes to the nearest one."""
    sides = sides[np.lexsort(shapely.bounds(sides).T[:2])]
    edges = np.where(shapely.get_dimensions(severing) == 2, shapely.boundary(severing), severing)  # noqa: PLR2004
    lines = shapely.union_all([shapely.boundary(shape), *edges])
    pieces = shapely.get_parts(shapely.polygonize([lines]))
    pieces = pieces[shapely.intersects(shape, shapely.point_on_surface(pieces))]
    parts: list[list[shapely.Geometry]] = [[] for _ in sides]
    for piece in pieces:
        here = np.flatnonzero(shapely.intersects(piece, sides))
        if len(here) > 1:
            for number, own in zip(here, _around_ends(piece, sides[here]), strict=True):
                parts[number].append(own)
        else:
            parts[int(shapely.distance(sides, piece).argmin())].append(piece)
    return [shapely.union_all(own) for own in parts]


def _around_ends(piece: shapely.Geometry, sides: Shapes) -> list[shapely.Geometry]:
    """Divide a piece whose sides are joined by a neck, where a line ends short of the border."""
    grown, left = [], piece
    for side in sides:
        grown.append(shapely.intersection(shapely.buffer(side, 1.5 * MARGIN_METRES), left))
        left = shapely.difference(left, grown[-1])
    scraps = shapely.get_parts(left)
    scraps = scraps[shapely.area(scraps) > 0]
    owner = shapely.distance(np.asarray(grown, dtype=object)[:, None], scraps).argmin(axis=0)
    return [shapely.union_all([own, *scraps[owner == number]]) for number, own in enumerate(grown)]


def tile_of_doors(pieces: Sequence[Piece], community: Ints, points: Shapes) -> Ints:
    """Return the tile of each door: that of its community, the nearest where there are several.

    ``community`` is the number of each door's community, -1 outside all; so is the answer.
    """
    of: dict[int, list[int]] = {}
    for tile, piece in enumerate(pieces):
        of.setdefault(piece.community, []).append(tile)
    found = np.full(len(points), -1, dtype=np.int64)
    order = np.argsort(community, kind="stable")
    for number, tiles in of.items():
        low, high = np.searchsorted(community[order], [number, number + 1])
        doors = order[low:high]
        if len(tiles) == 1:
            found[doors] = tiles[0]
            continue
        away = np.stack([shapely.distance(pieces[t].shape, points[doors]) for t in tiles])
        found[doors] = np.array(tiles)[away.argmin(axis=0)] if len(doors) else -1
    return found


def count_people(tile: Ints, residents: Floats, tiles: int) -> tuple[Floats, Ints]:
    """Return people and doors of each tile; NaN where not one of its doors tells."""
    here, known = tile >= 0, ~np.isnan(residents)
    told = np.bincount(tile[here & known], minlength=tiles)
    people = np.bincount(tile[here & known], weights=residents[here & known], minlength=tiles)
    return np.where(told > 0, people, np.nan), np.bincount(tile[here], minlength=tiles)


def cell_of_tiles(shapes: Shapes, tile: Ints, doors: Floats, cells: Shapes) -> Ints:
    """Return the severance cell in which most doors of each tile stand, or most of its ground.

    Tiles that lie in no cell, such as a verge, are numbered after all cells, each by itself.
    """
    lived = np.zeros((len(shapes), len(cells)))
    if len(cells):
        door, cell = shapely.STRtree(cells).query(shapely.points(doors), predicate="intersects")
        inside = tile[door] >= 0
        np.add.at(lived, (tile[door[inside]], cell[inside]), 1.0)
        empty = np.flatnonzero(lived.sum(axis=1) == 0)
        place, cell = shapely.STRtree(cells).query(shapes[empty], predicate="intersects")
        common = shapely.area(shapely.intersection(shapes[empty[place]], cells[cell]))
        lived[empty[place], cell] = common
    alone = lived.sum(axis=1) == 0
    most = lived.argmax(axis=1) if len(cells) else np.zeros(len(shapes), dtype=np.int64)
    return np.where(alone, len(cells) + np.arange(len(shapes)), most)


def measured(shapes: Shapes, grid: LocalGrid) -> tuple[Floats, Floats]:
    """Return areas on the ellipsoid in square kilometres, and edges in metres."""
    globe = np.asarray(grid.unproject(shapes), dtype=object)
    return geodesic_area(globe) / 1e6, np.asarray(shapely.length(shapes), dtype=np.float64)


def as_tiles(
    pieces: Sequence[Piece],
    communities: pd.DataFrame,
    counted: tuple[Floats, Ints],
    grid: LocalGrid,
) -> Tiles:
    """Return pieces of communities with their names and people as tiles."""
    ids = communities.index.astype(str).to_numpy()
    names = communities["name"].astype(str).to_numpy()
    of = np.array([piece.community for piece in pieces], dtype=np.int64)
    number = np.array([piece.number for piece in pieces], dtype=np.int64)
    shapes = np.array([piece.shape for piece in pieces], dtype=object)
    subdistricts = communities["subdistrict"].fillna("").astype(str).to_numpy()
    tails = [f"{PART}{n}" if n else "" for n in number]
    words = [f"（第{n}部分）" if n else "" for n in number]
    people, doors = counted
    # A community whose people are known and whose doors are all elsewhere has nobody here; one
    # without a single door and without a figure is simply not known.
    lived = set(of[doors > 0].tolist())
    empty = np.array([doors[t] == 0 and of[t] in lived for t in range(len(pieces))], dtype=bool)
    return Tiles(
        ids=tuple(f"{ids[c]}{tail}" for c, tail in zip(of, tails, strict=True)),
        names=tuple(f"{names[c]}{word}" for c, word in zip(of, words, strict=True)),
        communities=tuple(ids[of]),
        subdistricts=tuple(subdistricts[of]),
        part=number > 0,
        shapes=shapes,
        km2=measured(shapes, grid)[0],
        edge=measured(shapes, grid)[1],
        people=np.where(empty, 0.0, people),
        doors=doors,
    )
