"""Count what stands around doors: 64 neighbouring doors at once, every outlet in turn.

The lanes of a table row are the ways from 64 doors to one outlet; so one comparison counts the
outlet for all of them, and no list of pairs is ever made.
"""

import numpy as np
import numpy.typing as npt

from livingcircle._kernels.base import BATCH
from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import HALF
from livingcircle._kernels.base import NOTHING
from livingcircle._kernels.base import Ints
from livingcircle._kernels.base import Lengths
from livingcircle._kernels.base import Owned
from livingcircle._kernels.base import Small
from livingcircle._kernels.base import fast
from livingcircle._kernels.meeting import Lists
from livingcircle._kernels.meeting import meet
from livingcircle._kernels.meeting import seeds_of
from livingcircle._kernels.search import Ways
from livingcircle._kernels.search import room_for
from livingcircle._kernels.search import scratch_for
from livingcircle._kernels.search import search

Counts = npt.NDArray[np.int32]
# Layer of units, outlet, unit, least length between the two.
Found = tuple[Small, Small, Small, Lengths]


@fast
def tally(
    ways: tuple[Ways, Ways],
    ends: tuple[Lists, Lists, Lists],
    doors: Ints,
    span: tuple[int, int],
    offers: tuple[Ints, Ints],
    radii: Lengths,
    groups: tuple[Ints, Ints],
    unit_of: Ints,
    limit: np.uint32,
    into: tuple[Counts, Owned],
) -> Found:
    """Count the outlets of each need around some doors, and keep the nearest of them.

    Parameters
    ----------
    ways
        From every rank to higher and to lower ones.
    ends
        Ways out of doors, in the order of ``doors``; ways into outlets, by rank; ways from door
        to outlet that touch no node, in the order of ``doors``.
    doors, span
        Doors, neighbours side by side; which of them to count around: first, and behind last.
    offers
        By outlet: start, need it answers.
    radii
        For each end of the radius and each need: how far an outlet counts, shape (ends, needs).
    groups
        Group of each door and of each outlet, -1 for none: only in the door's own group is the
        nearest looked for.
    unit_of
        Units of each door, -1 for none, shape (layers, doors).
    limit
        Longest way that matters.
    into
        Counts, shape (ends, doors, needs); the nearest outlets in order, shape
        (doors, needs, how many). The rows of these doors are written.

    Returns
    -------
    For each layer: outlets and the units they lead to, with the least length; a pair may come
    several times.
    """
    scratch, reached = scratch_for(len(ends[1][0]) - 1), room_for(BATCH)
    slot = np.full(len(offers[0]) - 1, -1, dtype=np.int32)
    counts = np.empty((radii.shape[0], radii.shape[1], BATCH), dtype=np.uint32)
    best = np.empty((radii.shape[1], into[1].shape[2], BATCH), dtype=np.uint64)
    layers, outlets, units = [np.int32(0)][:0], [np.int32(0)][:0], [np.int32(0)][:0]
    lengths = [np.uint32(0)][:0]
    for first in range(span[0], span[1], BATCH):
        places = np.arange(first, min(first + BATCH, span[1]))
        some = doors[places]
        seeds = seeds_of(ends[0], places)
        used, reached = search(ways[0], ways[1], seeds, limit, scratch, reached)
        names, table = meet(reached, used, ends[1], ends[2], places, slot)
        counts[:] = 0
        best[:] = NOTHING
        _count(names, table, offers, radii, counts)
        if best.size > 0:
            _keep(names, table, offers, groups, some, limit, best)
        _write(some, counts, best, into)
        for layer in range(len(unit_of)):
            before = len(outlets)
            _least(names, table, unit_of[layer][some], limit, outlets, units, lengths)
            for _ in range(len(outlets) - before):
                layers.append(np.int32(layer))
    return np.array(layers), np.array(outlets), np.array(units), np.array(lengths)


@fast
def _count(
    names: Small, table: Lengths, offers: tuple[Ints, Ints], radii: Lengths, counts: Lengths
) -> None:
    """Count every outlet for all lanes whose way is within the radius."""
    start, need_of = offers
    lanes = np.uint64(table.shape[1])
    for i in range(np.uint64(len(names))):
        for k in range(start[names[i]], start[names[i] + 1]):
            need = np.uint64(need_of[k])
            for end in range(np.uint64(radii.shape[0])):
                radius = radii[end, need]
                for lane in range(lanes):
                    counts[end, need, lane] += np.uint32(table[i, lane] <= radius)


@fast
def _keep(
    names: Small,
    table: Lengths,
    offers: tuple[Ints, Ints],
    groups: tuple[Ints, Ints],
    doors: Ints,
    limit: np.uint32,
    best: Owned,
) -> None:
    """Keep the nearest outlets of each lane's own group, in order."""
    start, need_of = offers
    lanes = np.uint64(table.shape[1])
    group = np.full(table.shape[1], -1, dtype=np.int64)
    group[: len(doors)] = groups[0][doors]
    mine, rest = np.empty(table.shape[1], np.uint64), np.empty(table.shape[1], np.uint64)
    for i in range(np.uint64(len(names))):
        here = groups[1][names[i]]
        if here < 0:
            continue
        owner = np.uint64(names[i])
        for lane in range(lanes):
            inside = (group[lane] == here) & (table[i, lane] <= limit)
            way = (np.uint64(table[i, lane]) << HALF) | owner
            mine[lane] = way if inside else NOTHING
        for k in range(start[names[i]], start[names[i] + 1]):
            need = np.uint64(need_of[k])
            for lane in range(lanes):
                rest[lane] = mine[lane]
            for place in range(np.uint64(best.shape[1])):
                for lane in range(lanes):
                    there, now = best[need, place, lane], rest[lane]
                    best[need, place, lane] = min(there, now)
                    rest[lane] = max(there, now)


@fast
def _least(
    names: Small,
    table: Lengths,
    unit_of: Ints,
    limit: np.uint32,
    outlets: list[np.int32],
    units: list[np.int32],
    lengths: list[np.uint32],
) -> None:
    """Append, for each outlet, the units of the lanes within the limit, and the least length."""
    distinct, place = np.empty(len(unit_of), np.int64), np.empty(len(unit_of), np.int64)
    many = 0
    for lane in range(len(unit_of)):
        at = 0
        while at < many and distinct[at] != unit_of[lane]:
            at += 1
        if at == many and unit_of[lane] >= 0:
            distinct[many] = unit_of[lane]
            many += 1
        place[lane] = at
    least = np.empty(many, dtype=np.uint32)
    for i in range(len(names)):
        for k in range(many):
            least[k] = FAR
        for lane in range(len(unit_of)):
            if unit_of[lane] >= 0:
                least[place[lane]] = min(least[place[lane]], table[i, lane])
        for k in range(many):
            if least[k] <= limit:
                outlets.append(np.int32(names[i]))
                units.append(np.int32(distinct[k]))
                lengths.append(least[k])


@fast
def _write(doors: Ints, counts: Lengths, best: Owned, into: tuple[Counts, Owned]) -> None:
    """Write what the lanes came to into the rows of their doors."""
    for lane in range(len(doors)):
        for end in range(counts.shape[0]):
            for need in range(counts.shape[1]):
                into[0][end, doors[lane], need] = counts[end, need, lane]
        for need in range(best.shape[0]):
            for place in range(best.shape[1]):
                into[1][doors[lane], need, place] = best[need, place, lane]
