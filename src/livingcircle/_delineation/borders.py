"""Say which tiles are neighbours: those that share a border along which nothing parts them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from livingcircle.circles import MARGIN_METRES

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

# Hand-drawn boundaries miss each other by a few metres.
GAP_METRES = 5.0
# Two tiles that touch in a corner only are no neighbours.
LEAST_BORDER = 20.0


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
    count
        How many tiles there are.
    """

    a: Ints
    b: Ints
    metres: Floats
    open_metres: Floats
    count: int

    @property
    def passable(self) -> Bools:
        """Return which borders can be crossed at all."""
        return self.open_metres >= LEAST_BORDER

    @cached_property
    def neighbours(self) -> tuple[frozenset[int], ...]:
        """Return the tiles that each tile can be joined with."""
        return self._lists(self.passable)

    def _lists(self, some: Bools) -> tuple[frozenset[int], ...]:
        """Return the other tile of some borders, by tile."""
        lists: list[list[int]] = [[] for _ in range(self.count)]
        for a, b in zip(self.a[some].tolist(), self.b[some].tolist(), strict=True):
            lists[a].append(b)
            lists[b].append(a)
        return tuple(frozenset(ones) for ones in lists)

    @cached_property
    def opposite(self) -> tuple[frozenset[int], ...]:
        """Return the tiles that face each tile across something hard, and nowhere else."""
        return self._lists(~self.passable)

    @cached_property
    def shared(self) -> tuple[dict[int, float], ...]:
        """Return the common border with each neighbour, by tile."""
        maps: list[dict[int, float]] = [{} for _ in range(self.count)]
        for a, b, metres in zip(self.a.tolist(), self.b.tolist(), self.metres.tolist(),
                                strict=True):  # fmt: skip
            maps[a][b] = maps[b][a] = metres
        return tuple(maps)

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
    return Borders(a.astype(np.int64), b.astype(np.int64), metres, passed, count)


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
