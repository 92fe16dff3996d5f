"""Look around every door at once: how many outlets within reach, the nearest few, and for whom.

Doors are taken 64 neighbours at a time; nothing is held for every door × every outlet.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import NOTHING
from livingcircle._kernels.base import Owned
from livingcircle._kernels.meeting import Lists
from livingcircle._kernels.search import Ways
from livingcircle._kernels.tallies import Found
from livingcircle._kernels.tallies import tally

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Lengths = npt.NDArray[np.uint32]
# Outlet, unit and least length between the two; outlets in order, then units.
Least = tuple[Ints, Ints, Lengths]


@dataclass(frozen=True)
class Wanted:
    """Say what to look for around every door.

    Attributes
    ----------
    offers
        Which outlet answers which need, shape (outlets, needs).
    radii
        Whole units within which an outlet counts, shape (ends, needs).
    limit
        Longest way that matters, in whole units; beyond it no radius is looked at.
    nearest
        How many of the nearest outlets of each need to keep.
    door_group, outlet_group
        The nearest are looked for only among outlets of the door's own group; -1 is none.
    units
        Layers of units that doors lie in, -1 for none: each of shape (doors,).
    seen
        Outlets that matter at all; others are passed by, shape (outlets,).
    """

    offers: Bools
    radii: Lengths
    limit: int
    nearest: int
    door_group: Ints
    outlet_group: Ints
    units: Sequence[Ints]
    seen: Bools


@dataclass(frozen=True)
class Around:
    """Hold what stands around doors.

    Attributes
    ----------
    counts
        Outlets of each need within each end of its radius, shape (ends, doors, needs).
    nearest
        Lengths with owners of the nearest of each need, the nearest first and of equals the
        lowest number; ``NOTHING`` where there are fewer; shape (doors, needs, how many).
    least
        For each layer of units: which outlets lie within the limit of a door, and how far.
    """

    counts: npt.NDArray[np.int32]
    nearest: Owned
    least: tuple[Least, ...]


# Lists of ways as in :func:`livingcircle._kernels.tallies.tally`, doors, and a span of them.
Part = tuple[tuple[Lists, Lists, Lists], Ints, tuple[int, int]]


class Run(Protocol):
    """Apply a function to every part, one after the other or side by side."""

    def __call__(self, job: Callable[[Part], Found], parts: Iterable[Part], /) -> Iterable[Found]:
        """Return what the function gives for each part, in order."""


def look_around(
    ways: tuple[Ways, Ways], parts: Iterable[Part], wanted: Wanted, run: Run = map
) -> Around:
    """Return what stands around all doors.

    Parameters
    ----------
    ways
        Ways from every rank to higher and to lower ones, in walking direction.
    parts
        Doors in parts, each door in one of them.
    wanted
        What to look for.
    run
        How to work through the parts.
    """
    shape = (len(wanted.door_group), wanted.offers.shape[1])
    counts = np.zeros((len(wanted.radii), *shape), dtype=np.int32)
    nearest = np.full((*shape, wanted.nearest), NOTHING, dtype=np.uint64)
    offers = by_outlet(wanted.offers)
    layers = np.array(wanted.units, dtype=np.int64).reshape(-1, shape[0])
    groups = wanted.door_group.astype(np.int64), wanted.outlet_group.astype(np.int64)
    limit, into = np.uint32(min(wanted.limit, int(FAR) - 1)), (counts, nearest)
    radii = np.minimum(wanted.radii, limit)

    def look(part: Part) -> Found:
        ends, doors, span = part
        return tally(ways, ends, doors, span, offers, radii, groups, layers, limit, into)

    return Around(counts, nearest, _by_layer(list(run(look, parts)), len(layers)))


def _by_layer(found: list[Found], layers: int) -> tuple[Least, ...]:
    """Return the least length of each outlet and unit, layer by layer."""
    none = np.empty(0, dtype=np.int64)
    if not found:
        return tuple((none, none, none.astype(np.uint32)) for _ in range(layers))
    which, outlet, unit, length = (
        np.concatenate([one[part] for one in found]) for part in range(4)
    )
    sorted_out = []
    for layer in range(layers):
        some = np.flatnonzero(which == layer)
        key = (outlet[some].astype(np.int64) << 32) | unit[some]
        order = np.argsort(key, kind="stable")
        key, ways = key[order], length[some][order]
        first = np.flatnonzero(np.diff(key, prepend=-1))
        least = np.minimum.reduceat(ways, first) if len(first) else ways
        sorted_out.append((key[first] >> 32, key[first] & 0xFFFFFFFF, least))
    return tuple(sorted_out)


def by_outlet(offers: Bools) -> tuple[Ints, Ints]:
    """Return the needs of each outlet as start and need."""
    outlet, need = np.nonzero(offers)
    start = np.searchsorted(outlet, np.arange(len(offers) + 1)).astype(np.int64)
    return start, need.astype(np.int64)
