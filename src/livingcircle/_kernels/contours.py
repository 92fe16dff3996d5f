"""Draw the ground within a margin of some lines: distances on a grid, and rings around them.

Distances are exact at the corners of the grid's cells and taken as straight between them, so a
ring is off by a small part of a cell only. Lines may be added and rings drawn again: what more
lines enclose always holds what fewer enclosed.
"""

import numpy as np
import numpy.typing as npt

from livingcircle._kernels.base import Ints
from livingcircle._kernels.base import Small
from livingcircle._kernels.base import fast

Floats = npt.NDArray[np.float64]
Field = npt.NDArray[np.float32]

# A ring never passes through a corner of a cell, so that it never touches itself.
ASIDE = 1e-3


@fast
def stamp(field: Field, lines: tuple[Floats, Ints], some: Ints, pad: float, frame: Ints) -> None:
    """Lower the squared distances on a grid to those from some lines, as far as a pad around.

    Parameters
    ----------
    field
        Squared distances in cells, changed in place, shape (rows, columns).
    lines
        Points in cells, and where each line starts.
    some
        Which lines.
    pad
        How far around a line distances matter, in cells.
    frame
        First and last row, first and last column with a line near; widened in place.
    """
    points, starts = lines
    for one in some:
        for i in range(starts[one], starts[one + 1] - 1):
            _stamp_straight(field, points[i], points[i + 1], pad, frame)


@fast
def _stamp_straight(field: Field, a: Floats, b: Floats, pad: float, frame: Ints) -> None:
    """Lower the squared distances to those from one straight piece."""
    rows, columns = field.shape
    way_x, way_y = np.float32(b[0] - a[0]), np.float32(b[1] - a[1])
    square = way_x * way_x + way_y * way_y
    scale = np.float32(1.0) / square if square > 0 else np.float32(0.0)
    low, high = min(a[1], b[1]), max(a[1], b[1])
    first, last = max(0, int(np.ceil(low - pad))), min(rows - 1, int(high + pad))
    frame[0], frame[1] = min(frame[0], first), max(frame[1], last)
    for row in range(first, last + 1):
        # Only what lies within a pad of this row can be within a pad of its cells.
        near, far = a[0], b[0]
        if abs(b[1] - a[1]) > ASIDE:
            slope = (b[0] - a[0]) / (b[1] - a[1])
            near = a[0] + (min(max(row - pad, low), high) - a[1]) * slope
            far = a[0] + (min(max(row + pad, low), high) - a[1]) * slope
        begin = max(0, int(np.ceil(min(near, far) - pad)))
        end = min(columns - 1, int(max(near, far) + pad)) + 1
        frame[2], frame[3] = min(frame[2], begin), max(frame[3], end - 1)
        off_y = np.float32(row - a[1])
        for column in range(begin, end):
            off_x = np.float32(column - a[0])
            share = (off_x * way_x + off_y * way_y) * scale
            share = min(max(share, np.float32(0.0)), np.float32(1.0))
            x, y = off_x - share * way_x, off_y - share * way_y
            field[row, column] = min(field[row, column], x * x + y * y)


@fast
def trace_rings(field: Field, margin: float) -> tuple[Floats, Ints]:
    """Return the rings around all that is nearer than a margin, closed, inside on the left.

    Parameters
    ----------
    field
        Squared distances in cells; its rim is farther than the margin.
    margin
        In cells.

    Returns
    -------
    Points in cells, and where each ring starts.
    """
    after = _link_crossings(field, np.float32(margin * margin))
    points = np.empty((2 * np.sum(after >= 0), 2), dtype=np.float64)
    starts = [np.int64(0)]
    used = 0
    for first in range(len(after)):
        edge = first
        while after[edge] >= 0:
            _cross(field, edge, margin, points[used])
            used += 1
            left, edge = edge, int(after[edge])
            after[left] = -1
        if used > starts[-1]:
            points[used] = points[starts[-1]]
            used += 1
            starts.append(np.int64(used))
    return points[:used].copy(), np.array(starts)


@fast
def _link_crossings(field: Field, level: np.float32) -> Small:
    """Return which crossing follows each crossing of a cell's edge, -1 where nothing crosses.

    The edge from a corner to the next in its row has twice the corner's number, that to the next
    in its column one more.
    """
    rows, columns = field.shape
    after = np.full(2 * rows * columns, -1, dtype=np.int32)
    inside = np.empty(4, dtype=np.bool_)
    edges = np.empty(4, dtype=np.int64)
    corners = np.empty(columns, dtype=np.uint8)
    for row in range(rows - 1):
        # How many corners of each cell are inside: found for a whole row at once.
        for column in range(columns - 1):
            low = np.uint8(field[row, column] < level) + np.uint8(field[row, column + 1] < level)
            high = np.uint8(field[row + 1, column] < level)
            high += np.uint8(field[row + 1, column + 1] < level)
            corners[column] = low + high
        for column in range(columns - 1):
            if corners[column] & 3 == 0:
                continue
            a, b = field[row, column], field[row, column + 1]
            c, d = field[row + 1, column + 1], field[row + 1, column]
            # Corners and edges one after the other, turning left.
            inside[0], inside[1], inside[2], inside[3] = a < level, b < level, c < level, d < level
            corner = row * columns + column
            edges[0], edges[1] = 2 * corner, 2 * (corner + 1) + 1
            edges[2], edges[3] = 2 * (corner + columns), 2 * corner + 1
            joined = np.sqrt(a) + np.sqrt(b) + np.sqrt(c) + np.sqrt(d) < 4 * np.sqrt(level)
            for k in range(4):
                if inside[k] and not inside[(k + 1) & 3]:
                    # Out of the inside here, back into it at the next or the last crossing.
                    turn = 1 if joined else 3
                    m = (k + turn) & 3
                    while inside[m] or not inside[(m + 1) & 3]:
                        m = (m + turn) & 3
                    after[edges[k]] = edges[m]
    return after


@fast
def _cross(field: Field, edge: int, margin: float, point: Floats) -> None:
    """Write where a ring crosses an edge."""
    columns = field.shape[1]
    corner, down = edge // 2, edge % 2
    row, column = corner // columns, corner % columns
    here = np.sqrt(np.float64(field[row, column]))
    there = np.sqrt(np.float64(field[row + down, column + 1 - down]))
    share = min(max((margin - here) / (there - here), ASIDE), 1.0 - ASIDE)
    point[0] = column + share * (1 - down)
    point[1] = row + share * down


@fast
def sort_rings(points: Floats, starts: Ints, speck: float) -> tuple[Ints, Ints]:
    """Return the rings in order, every outline before its holes, and how many each polygon has.

    Holes smaller than a speck are left out: no larger drawing can have them either.
    """
    count = len(starts) - 1
    area = np.zeros(count)
    for r in range(count):
        for i in range(starts[r], starts[r + 1] - 1):
            area[r] += points[i, 0] * points[i + 1, 1] - points[i + 1, 0] * points[i, 1]
        area[r] /= 2.0
    outlines = np.flatnonzero(area > 0)
    holes = np.flatnonzero(area < -speck)
    home = np.full(count, outlines[0] if len(outlines) == 1 else -1)
    for hole in holes:
        # With one outline all holes are its own; else a hole is in the least outline around it.
        for outline in outlines:
            closer = home[hole] < 0 or area[outline] < area[home[hole]]
            ring = points[starts[outline] : starts[outline + 1]]
            if closer and _holds(ring, points[starts[hole]]):
                home[hole] = outline
    order = np.empty(count, dtype=np.int64)
    many = [np.int64(0) for _ in range(0)]
    used = 0
    for outline in outlines:
        order[used] = outline
        begin, used = used, used + 1
        for hole in holes[home[holes] == outline]:
            order[used] = hole
            used += 1
        many.append(np.int64(used - begin))
    return order[:used].copy(), np.array(many)


@fast
def _holds(ring: Floats, point: Floats) -> bool:
    """Return whether a ring goes round a point."""
    inside = False
    for i in range(len(ring) - 1):
        here, there = ring[i], ring[i + 1]
        if (here[1] > point[1]) != (there[1] > point[1]):
            share = (point[1] - here[1]) / (there[1] - here[1])
            inside ^= point[0] < here[0] + share * (there[0] - here[0])
    return inside


@fast
def look_up(points: Floats, corner: Floats, spacing: float, lattice: Floats) -> Floats:
    """Return what stands on a lattice at some points, taken as straight between its nodes.

    Parameters
    ----------
    corner, spacing
        Where the lattice's first node lies, and how far apart the nodes are.
    lattice
        Two values for every node, shape (rows, columns, 2).
    """
    found = np.empty_like(points)
    for i in range(len(points)):
        x, y = (points[i, 0] - corner[0]) / spacing, (points[i, 1] - corner[1]) / spacing
        column, row = int(x), int(y)
        x, y = x - column, y - row
        for k in range(2):
            low = lattice[row, column, k] * (1 - x) + lattice[row, column + 1, k] * x
            high = lattice[row + 1, column, k] * (1 - x) + lattice[row + 1, column + 1, k] * x
            found[i, k] = low * (1 - y) + high * y
    return found
