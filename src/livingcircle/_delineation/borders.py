"""Say which tiles are neighbours: those that share a border along which nothing parts them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from livingcircle.circles import MARGIN_METRES
from livingcircle.severance import GAP_METRES

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

# Two tiles that touch in a corner only are no neighbours.
LEAST_BORDER = 20.0
_NONE = frozenset[int]()


@dataclass(frozen=True)
class Borders:
    """Hold the borders between tiles, one entry for each pair, the lower tile first.

    Attributes
    ----------
    a, b
        The two tiles.
    metres
        How long their common border is.
    open_metres
        How much of it nothing hard runs along.
    neighbours
        The tiles that each tile can be joined with.
    opposite
        The tiles that face each tile across something hard, and nowhere else.
    shared
        The common border with each tile that touches, by tile.
    """

    a: Ints
    b: Ints
    metres: Floats
    open_metres: Floats
    neighbours: tuple[frozenset[int], ...]
    opposite: tuple[frozenset[int], ...]
    shared: tuple[dict[int, float], ...]

    @classmethod
    def of(cls, a: Ints, b: Ints, metres: Floats, open_metres: Floats, count: int) -> Self:
        """Return the borders of so many tiles, listed by tile."""
        can = open_metres >= LEAST_BORDER
        shared: list[dict[int, float]] = [{} for _ in range(count)]
        for one, other, long in zip(a.tolist(), b.tolist(), metres.tolist(), strict=True):
            shared[one][other] = shared[other][one] = long
        joined, parted = (_by_tile(a[some], b[some], count) for some in (can, ~can))
        return cls(a, b, metres, open_metres, joined, parted, tuple(shared))

    @property
    def count(self) -> int:
        """Return how many tiles there are."""
        return len(self.shared)

    @property
    def passable(self) -> Bools:
        """Return which borders can be crossed at all."""
        return self.open_metres >= LEAST_BORDER

    def recut(self, tile: int, found: "Borders", numbers: Ints) -> "Borders":
        """Return the borders where a tile lies in two: the second piece is the last of all.

        Parameters
        ----------
        tile
            The tile, which is its first piece from now on.
        found
            The borders of the two pieces with those around them, numbered by themselves.
        numbers
            The numbers those tiles have here.
        """
        name, new = numbers.tolist(), self.count
        neighbours, opposite = [*self.neighbours, _NONE], [*self.opposite, _NONE]
        shared: list[dict[int, float]] = [*self.shared, {}]
        for place, other in enumerate(name):
            own = other in (tile, new)
            kept = {} if own else {t: m for t, m in self.shared[other].items() if t != tile}
            fresh = found.shared[place].items()
            shared[other] = {**kept, **{name[t]: m for t, m in fresh}}
            for some, more in ((neighbours, found.neighbours), (opposite, found.opposite)):
                old = _NONE if own else some[other] - {tile}
                some[other] = old | {name[t] for t in more[place]}
        mine = (self.a == tile) | (self.b == tile)
        return Borders(
            np.concatenate([self.a[~mine], numbers[found.a]]),
            np.concatenate([self.b[~mine], numbers[found.b]]),
            np.concatenate([self.metres[~mine], found.metres]),
            np.concatenate([self.open_metres[~mine], found.open_metres]),
            tuple(neighbours),
            tuple(opposite),
            tuple(shared),
        )

    @cached_property
    def cells(self) -> Ints:
        """Return the cell of each tile: what hangs together without crossing anything hard."""
        return _components(self.a[self.passable], self.b[self.passable], self.count)

    def connected(self, tiles: frozenset[int]) -> bool:
        """Return whether tiles hang together over borders that can be crossed."""
        return len(self.reached(tiles)) == len(tiles)

    def reached(self, tiles: frozenset[int]) -> frozenset[int]:
        """Return the tiles that hang together with the lowest of them."""
        if not tiles:
            return tiles
        seen = waiting = frozenset([min(tiles)])
        while waiting:
            beyond = frozenset[int]().union(*(self.neighbours[t] for t in waiting))
            waiting = (beyond & tiles) - seen
            seen |= waiting
        return seen


def _by_tile(a: Ints, b: Ints, count: int) -> tuple[frozenset[int], ...]:
    """Return the other tile of some borders, by tile."""
    lists: list[list[int]] = [[] for _ in range(count)]
    for one, other in zip(a.tolist(), b.tolist(), strict=True):
        lists[one].append(other)
        lists[other].append(one)
    return tuple(frozenset(ones) for ones in lists)


def _components(a: Ints, b: Ints, count: int) -> Ints:
    """Return the component of each tile, numbered by its lowest tile."""
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(count, count)).tocsr()
    _, labels = connected_components(graph, directed=False)
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def find_borders(shapes: Shapes, hard: Shapes) -> Borders:
    """Return the borders between tiles.

    Parameters
    ----------
    shapes
        Boundaries of the tiles in metres.
    hard
        Lines and waters that part for good.
    """
    a, b = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=GAP_METRES)
    a, b = a[a < b], b[a < b]
    order = np.lexsort((b, a))
    a, b = a[order], b[order]
    return borders_of(shapes, (a, b), hard, len(shapes))


def borders_of(shapes: Shapes, pairs: tuple[Ints, Ints], hard: Shapes, count: int) -> Borders:
    """Return the borders of some pairs of tiles; pairs without any are left out."""
    a, b = pairs
    lines = common_lines(shapes, a, b)
    metres = np.asarray(shapely.length(lines), dtype=np.float64)
    kept = metres >= LEAST_BORDER
    a, b, lines, metres = a[kept], b[kept], lines[kept], metres[kept]
    passed = np.asarray(shapely.length(_uncovered(lines, hard)), dtype=np.float64)
    return Borders.of(a.astype(np.int64), b.astype(np.int64), metres, passed, count)


def common_lines(shapes: Shapes, a: Ints, b: Ints) -> Shapes:
    """Return the common border of each pair: where they touch, or pass each other closely."""
    edges = shapely.boundary(shapes)
    lines = np.asarray(shapely.intersection(edges[a], edges[b]), dtype=object)
    apart = np.flatnonzero(shapely.length(lines) < LEAST_BORDER)
    if len(apart):
        near = shapely.buffer(shapes[b[apart]], GAP_METRES)
        close = shapely.intersection(edges[a[apart]], near)
        # Around a corner in which two tiles meet, twice the gap of each edge is close as well.
        long = shapely.length(close) >= LEAST_BORDER + 4 * GAP_METRES
        lines[apart[long]] = close[long]
    return lines


def _uncovered(lines: Shapes, severing: Shapes) -> Shapes:
    """Return what is left of each line where nothing severing runs within a wide street of it."""
    left = lines.copy()
    if len(lines) == 0 or len(severing) == 0:
        return left
    line, of = shapely.STRtree(severing).query(lines, predicate="dwithin", distance=MARGIN_METRES)
    for number in np.unique(line):
        near = shapely.union_all(severing[of[line == number]])
        left[number] = shapely.difference(lines[number], shapely.buffer(near, MARGIN_METRES))
    return left
