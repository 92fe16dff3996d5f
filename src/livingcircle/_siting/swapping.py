"""Exchange open outlets for others while people walk less, those nearest to each other first."""

import numpy as np

from livingcircle._kernels.base import fast
from livingcircle._kernels.base import inner
from livingcircle._siting.instance import Bools
from livingcircle._siting.instance import Floats
from livingcircle._siting.instance import Ints
from livingcircle._siting.model import Arrays
from livingcircle._siting.walks import Walks

WORK = 1_000_000_000  # pairs looked at


def swapped(walks: Walks, opened: Bools, saves: Floats) -> Bools:
    """Return a choice after exchanges of one for another, as long as any makes people walk less.

    Who walks where is taken roughly: those nearest to each other first, as long as there is room.

    Parameters
    ----------
    walks, opened
        The question, and a choice to begin from.
    saves
        What each option seems to save (below 0): the most promising are tried first.
    """
    option = np.repeat(np.arange(len(opened)), np.diff(walks.start))
    order = np.argsort(walks.distance, kind="stable")
    pairs = option[order], walks.rows[order], walks.distance[order]
    tried = np.flatnonzero(~walks.fixed)
    tried = tried[np.argsort(saves[tried], kind="stable")]
    now = opened.copy()
    _exchange(pairs, (walks.weight, walks.capacity, walks.far), now, walks.fixed, tried, WORK)
    return now


@inner
def _rough(pairs: Arrays, about: Arrays, opened: Bools, left: Floats, room: Floats) -> float:
    """Return the person-metres if those nearest to each other go together first."""
    option, row, distance = pairs
    weight, capacity, far = about
    left[:] = weight
    room[:] = capacity
    total = weight.sum()
    cost = far * total
    for k in range(len(option)):
        if opened[option[k]] and left[row[k]] > 0 and room[option[k]] > 0:
            people = min(left[row[k]], room[option[k]])
            left[row[k]] -= people
            room[option[k]] -= people
            cost -= people * (far - distance[k])
    return float(cost)


@fast
def _exchange(
    pairs: Arrays, about: Arrays, opened: Bools, fixed: Bools, tried: Ints, work: int
) -> None:
    left, room = np.empty_like(about[0]), np.empty_like(about[1])
    now = _rough(pairs, about, opened, left, room)
    at, idle = 0, 0
    while idle < len(tried) and work > 0:
        coming = tried[at]
        at = at + 1 if at + 1 < len(tried) else 0
        idle += 1
        if opened[coming]:
            continue
        best, least = -1, now
        opened[coming] = True
        for leaving in tried:
            if opened[leaving] and leaving != coming and not fixed[leaving]:
                opened[leaving] = False
                cost = _rough(pairs, about, opened, left, room)
                work -= len(pairs[0])
                opened[leaving] = True
                if cost < least:
                    best, least = leaving, cost
        if best >= 0:
            opened[best] = False
            now, idle = least, 0
        else:
            opened[coming] = False
