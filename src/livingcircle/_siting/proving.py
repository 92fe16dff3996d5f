"""Prove a choice best, or find the better one, on ever larger parts of a model.

At given prices an option of reduced worth below 0 lowers the bound by as much. So whoever leaves
out all options that lower it by more than a *margin* may solve the small rest exactly: any choice
that holds one of those left out is worth at most the bound less the margin. If the rest has a
choice worth that, it is proven; else the margin grows. (Reduced-cost fixing, and the kernel search
of Angelelli, Mansini and Speranza 2010 with a proof.)
"""

import numpy as np

from livingcircle._siting.answers import Clock
from livingcircle._siting.dual import Prices
from livingcircle._siting.exact import solve
from livingcircle._siting.improving import Best
from livingcircle._siting.instance import Bools
from livingcircle._siting.instance import Ints
from livingcircle._siting.model import only
from livingcircle._siting.reduce import merged
from livingcircle._siting.search import become
from livingcircle._siting.search import nothing_chosen

FIRST = 1 / 8  # of the gap
GROWTH = 3.0
MOST_PAIRS = 6_000_000  # beyond, HiGHS needs more memory than anybody grants


def prove(best: Best, prices: Prices, clock: Clock) -> None:
    """Solve larger and larger parts of the model until the best choice is proven.

    Parameters
    ----------
    best
        The best so far; changed.
    prices
        Prices of all its rows and limits.
    clock
        Watched.
    """
    margin = FIRST * (prices.bound - best.value)
    while not best.enough(clock.effort.gap) and not clock.over():
        whole = prices.bound - best.value
        margin = min(margin, whole)
        kept = prices.reduced >= -margin
        kept[best.chosen] = True
        part = merged(only(best.model, kept))
        if len(part.rows) > MOST_PAIRS:
            break
        sure = (prices.bound - prices.reduced <= best.value) & (prices.reduced > 0)
        begin = np.flatnonzero(kept)
        places = np.searchsorted(begin, best.chosen)
        last = margin >= whole or bool(kept.all())
        left_out = -np.inf if kept.all() else prices.bound - margin

        def hear(value: float, bound: float, least: float = left_out) -> None:
            best.tell(clock, "精确求解", value, max(bound, least))

        time = clock.part(1.0 if last else 1 / 2)
        found = solve(part, _safe(sure, best)[kept], places, time, hear)
        if found.chosen is not None:
            _consider(best, begin[found.chosen])
        best.lower(max(found.bound, left_out), "HiGHS 分支定界")
        best.tell(clock, "精确求解")
        if last:
            break
        margin *= GROWTH


def _safe(sure: Bools, best: Best) -> Bools:
    """Return what must be chosen, but only as far as the best choice has it: HiGHS begins there."""
    held = np.zeros(best.model.count, dtype=np.bool_)
    held[best.chosen] = True
    return sure & held


def _consider(best: Best, chosen: Ints) -> None:
    """Keep a choice of HiGHS if it is better, its worth counted anew."""
    state = nothing_chosen(best.model.arrays)
    become(best.model.arrays, state, chosen)
    best.take(chosen, best.worth_of(state), "HiGHS 分支定界")
