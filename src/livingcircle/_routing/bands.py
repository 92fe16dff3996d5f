"""Draw the ground around reached streets: fast on a grid for thousands, or exact, one by one.

A drawing is all ground within a margin of a reached stretch of street, or of the leg between the
place and its street. It is a picture; nothing is ever computed from it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from livingcircle._kernels.contours import sort_rings
from livingcircle._kernels.contours import stamp
from livingcircle._kernels.contours import trace_rings
from livingcircle._routing.partial_edges import Reached

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]

# Cells of the grid to a margin. Below 1.5 a reached place could fall out of its drawing.
CELLS = 3.0
# Distances are kept this many cells beyond the margin; the ring needs 1.5.
RIM = 2.0
# Holes of fewer cells are specks: nowhere in them is farther than a cell beyond the margin.
SPECK = 2.0


@dataclass(frozen=True)
class Rings:
    """Hold polygons one behind the other.

    Attributes
    ----------
    points
        Closed rings in metres, shape (points, 2).
    ring_sizes
        Points of each ring.
    polygon_sizes
        Rings of each polygon, the outline first.
    """

    points: Floats
    ring_sizes: Ints
    polygon_sizes: Ints


def draw_on_grid(reached: Reached, limits: int, margin: float) -> list[Rings]:
    """Return the drawing of every limit; each holds the one before.

    Parameters
    ----------
    limits
        How many limits there are.
    margin
        How far around the streets, in metres.
    """
    cell = margin / CELLS
    points = np.concatenate([reached.points, reached.legs.reshape(-1, 2)])
    if len(points) == 0:
        return [_none()] * limits
    leg_starts = len(reached.points) + 2 * np.arange(1, len(reached.legs) + 1)
    starts = np.concatenate([reached.starts, leg_starts])
    first_drawn = np.concatenate(
        [np.where(reached.pieces[:, 4] == 1, limits, reached.pieces[:, 0]), reached.leg_limit]
    )
    rim = CELLS + RIM
    least, most = bounds_of(points)
    low = np.floor(least / cell - rim)
    columns, rows = (np.ceil(most / cell + rim) - low).astype(np.int64) + 1
    field = np.full((rows, columns), rim**2, dtype=np.float32)
    lines = points / cell - low, starts
    frame = np.array([rows, -1, columns, -1])
    drawn = []
    for limit in range(limits):
        stamp(field, lines, np.flatnonzero(first_drawn == limit), CELLS + RIM - 0.5, frame)
        inner = np.ascontiguousarray(field[frame[0] : frame[1] + 1, frame[2] : frame[3] + 1])
        rings, begin = trace_rings(inner, CELLS)
        drawn.append(_sorted(rings, begin, low + frame[[2, 0]], cell))
    return drawn


def bounds_of(points: Floats) -> tuple[Floats, Floats]:
    """Return the least and the greatest of each coordinate."""
    x, y = points[:, 0], points[:, 1]  # column by column is ten times as fast as by axis
    return np.array([x.min(), y.min()]), np.array([x.max(), y.max()])


def _sorted(rings: Floats, begin: Ints, low: Floats, cell: float) -> Rings:
    """Return rings in cells as polygons in metres."""
    order, many = sort_rings(rings, begin, SPECK)
    size = np.diff(begin)[order]
    at = np.repeat(begin[order] - np.cumsum(size) + size, size) + np.arange(size.sum())
    return Rings((rings[at] + low) * cell, size, many)


def _none() -> Rings:
    none = np.empty(0, dtype=np.int64)
    return Rings(np.empty((0, 2)), none, none)


def as_shapes(some: Sequence[Rings], points: Floats) -> Shapes:
    """Return drawings as one multipolygon each, whose points lie at the given places."""
    sizes = [[rings.ring_sizes for rings in some], [rings.polygon_sizes for rings in some]]
    each = [np.array([len(rings.polygon_sizes) for rings in some], dtype=np.int64)]
    offsets = [np.concatenate([[0], np.cumsum(np.concatenate(s))]) for s in (*sizes, each)]
    kind = shapely.GeometryType.MULTIPOLYGON
    return np.asarray(shapely.from_ragged_array(kind, points, tuple(offsets)), dtype=object)


def draw_exactly(reached: Reached, limits: int, margin: float) -> Shapes:
    """Return the drawing of every limit as the union of everything within a margin, in metres."""
    legs = np.asarray(shapely.linestrings(reached.legs), dtype=object).reshape(-1)
    drawn = []
    for limit in range(limits):
        lines = np.concatenate([reached.lines(limit), legs[reached.leg_limit <= limit]])
        whole = shapely.union_all(shapely.buffer(lines, margin))
        parts = shapely.get_parts(whole)
        drawn.append(shapely.multipolygons(parts))
    return np.array(drawn, dtype=object)
