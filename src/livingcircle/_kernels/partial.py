"""Walk out from one source and say exactly how far along every segment the walk gets.

A *stroke* is a walk along one segment: it begins somewhere on it (at an end, or where the source
stands), goes up towards the head or down towards the tail, and has so much way already behind it.
Strokes are found once for the longest limit; cut at any shorter one they give its partial edges.
"""

import heapq

import numpy as np
import numpy.typing as npt

from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import Ints
from livingcircle._kernels.base import Lengths
from livingcircle._kernels.base import Small
from livingcircle._kernels.base import fast

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

# Columns of strokes: which segment, from where on it, up (1) or down (-1), way already walked.
SEGMENT, AT, STEP, BEGUN = 0, 1, 2, 3
# Columns of pieces: which limit, which segment, from where to where on it, drawn before.
OF_LIMIT, ON, LOW, HIGH, KNOWN = 0, 1, 2, 3, 4


@fast
def walk_out(
    arcs: tuple[Ints, Small, Lengths, Small, Small, Lengths],
    room: Lengths,
    seeds: tuple[Small, Lengths],
    own: Ints,
    limit: np.uint32,
    best: Lengths,
) -> Ints:
    """List the strokes of one source.

    Parameters
    ----------
    arcs
        By node: start, other end, length; segment (-1 off the street), step along it (1 from its
        tail, -1 from its head), and the wait before the first step onto it.
    room
        Length of each segment, waits left out.
    seeds
        Nodes the source stands at, and the way there.
    own
        Strokes along the segments the source stands on.
    limit
        Longest way that matters.
    best
        Scratch of ``FAR``, shape (nodes,); left as it was found.
    """
    start, other, length, segment, step, wait = arcs
    heap = [np.int64(0) for _ in range(0)]
    found = np.empty((len(own) + 64, 4), dtype=np.int64)
    found[: len(own)] = own
    used = len(own)
    for i in range(len(seeds[0])):
        if seeds[1][i] <= limit and seeds[1][i] < best[seeds[0][i]]:
            best[seeds[0][i]] = seeds[1][i]
            heapq.heappush(heap, (np.int64(seeds[1][i]) << 32) | np.int64(seeds[0][i]))
    settled = [np.int64(0) for _ in range(0)]
    while len(heap) > 0:
        key = heapq.heappop(heap)
        node, here = key & 0xFFFFFFFF, key >> 32
        if here > best[node]:
            continue
        settled.append(node)
        for e in range(start[node], start[node + 1]):
            begun, there = here + np.int64(wait[e]), here + np.int64(length[e])
            if segment[e] >= 0 and begun < limit and room[segment[e]] > 0:
                if used == len(found):
                    found = _doubled(found)
                found[used, 0], found[used, 1] = segment[e], 0 if step[e] > 0 else room[segment[e]]
                found[used, 2], found[used, 3] = step[e], begun
                used += 1
            if there <= limit and there < best[other[e]]:
                best[other[e]] = there
                heapq.heappush(heap, (there << 32) | np.int64(other[e]))
    for node in settled:
        best[node] = FAR
    return found[:used].copy()


@fast
def cut_at(strokes: Ints, room: Lengths, limits: Lengths) -> Ints:
    """List the pieces of street within each limit: disjoint, by limit and segment.

    Parameters
    ----------
    strokes
        From :func:`walk_out`, by segment.
    room
        Length of each segment.
    limits
        From the least to the longest.
    """
    pieces = np.empty((len(strokes) * len(limits), 5), dtype=np.int64)
    full = np.zeros(len(strokes), dtype=np.bool_)
    ends = np.empty((len(strokes), 2), dtype=np.int64)
    used = 0
    for k in range(len(limits)):
        first = 0
        while first < len(strokes):
            on = strokes[first, 0]
            last, count = first, 0
            while last < len(strokes) and strokes[last, 0] == on:
                count = _insert(ends, count, strokes[last], room[on], limits[k])
                last += 1
            i = 0
            while i < count:
                low, high = ends[i, 0], ends[i, 1]
                i += 1
                while i < count and ends[i, 0] <= high:
                    high = max(high, ends[i, 1])
                    i += 1
                pieces[used, 0], pieces[used, 1] = k, on
                pieces[used, 2], pieces[used, 3], pieces[used, 4] = low, high, full[first]
                used += 1
                full[first] = high - low == np.int64(room[on])
            first = last
    return pieces[:used].copy()


@fast
def _insert(ends: Ints, count: int, stroke: Ints, room: np.uint32, limit: np.uint32) -> int:
    """Put the stretch of a stroke within a limit among those of its segment, lowest first."""
    left = np.int64(limit) - stroke[3]
    low = high = stroke[1]
    if stroke[2] > 0:
        high = min(np.int64(room), low + left)
    else:
        low = max(0, high - left)
    if left <= 0 or high <= low:
        return count
    i = count
    while i > 0 and ends[i - 1, 0] > low:
        ends[i] = ends[i - 1]
        i -= 1
    ends[i, 0], ends[i, 1] = low, high
    return count + 1


@fast
def draw_pieces(pieces: Ints, room: Lengths, first: Ints, xy: Floats) -> tuple[Floats, Ints]:
    """Return the pieces as lines: points one behind the other, and where each line starts.

    Parameters
    ----------
    pieces
        From :func:`cut_at`.
    room
        Length of each segment.
    first, xy
        Points of the drawn segments, and where those of each segment start. A stated length may
        differ from the drawn one; positions keep their share of the line.
    """
    most = 0
    for piece in pieces:
        most += first[piece[1] + 1] - first[piece[1]] + 1
    points = np.empty((most, 2), dtype=np.float64)
    starts = np.zeros(len(pieces) + 1, dtype=np.int64)
    used = 0
    for p in range(len(pieces)):
        on, low, high = pieces[p, 1], pieces[p, 2], pieces[p, 3]
        line = xy[first[on] : first[on + 1]]
        drawn = 0.0
        for i in range(len(line) - 1):
            drawn += np.hypot(line[i + 1, 0] - line[i, 0], line[i + 1, 1] - line[i, 1])
        begin = drawn * low / room[on] if low > 0 else -1.0
        end = drawn * high / room[on] if high < np.int64(room[on]) else np.inf
        used = _draw_part(line, begin, end, points, used)
        starts[p + 1] = used
    return points[:used].copy(), starts


@fast
def _draw_part(line: Floats, begin: float, end: float, points: Floats, used: int) -> int:
    """Write the points of a line between two distances along it; return how many are used.

    A line is drawn from its very beginning or to its very end where these lie beyond it.
    """
    if begin < 0:
        points[used] = line[0]
        used += 1
    along = 0.0
    for i in range(len(line) - 1):
        step = np.hypot(line[i + 1, 0] - line[i, 0], line[i + 1, 1] - line[i, 1])
        if step > 0 and along <= begin < along + step:
            points[used] = line[i] + (line[i + 1] - line[i]) * ((begin - along) / step)
            used += 1
        if along + step >= end:
            share = (end - along) / step if step > 0 else 0.0
            points[used] = line[i] + (line[i + 1] - line[i]) * share
            return used + 1
        if along + step > begin:
            points[used] = line[i + 1]
            used += 1
        along += step
    return used


@fast
def _doubled(table: Ints) -> Ints:
    """Return twice the room, what was there kept."""
    more = np.empty((2 * len(table), table.shape[1]), dtype=np.int64)
    more[: len(table)] = table
    return more
