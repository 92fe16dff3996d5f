"""Cover the most people with a number of outlets or a budget (MCLP, Church and ReVelle 1974)."""

import numpy as np

from livingcircle._siting.answers import Choice
from livingcircle._siting.answers import Clock
from livingcircle._siting.answers import Effort
from livingcircle._siting.improving import ALL
from livingcircle._siting.improving import Best
from livingcircle._siting.improving import refine
from livingcircle._siting.improving import start
from livingcircle._siting.improving import tidy
from livingcircle._siting.instance import Floats
from livingcircle._siting.instance import Instance
from livingcircle._siting.instance import Ints
from livingcircle._siting.instance import Limits
from livingcircle._siting.model import Model
from livingcircle._siting.model import exact
from livingcircle._siting.model import grain
from livingcircle._siting.model import model_of
from livingcircle._siting.proving import prove
from livingcircle._siting.reduce import reduced
from livingcircle._siting.search import choose_greedily
from livingcircle._siting.search import nothing_chosen


def cover_most(instance: Instance, limits: Limits, effort: Effort | None = None) -> Choice:
    """Return the choice that covers the most people.

    What is covered by a standing option already counts as covered and adds nothing. Of choices
    just as good, one is returned of which no single option can be exchanged for a lower number.

    Parameters
    ----------
    instance
        Options, demand and what must be kept to.
    limits
        How much may be opened.
    effort
        How hard to try; by default a minute.
    """
    clock = Clock(effort or Effort())
    weight, bonus = exact(instance.weight, instance.bonus)
    need = np.ones(instance.demand, dtype=np.int64)
    model = model_of(instance, limits, weight, need, bonus)
    prices = instance.cost[model.number] if limits.budget is not None else None
    best = best_of(model, prices, clock)
    chosen, gains = in_order(model, best.model.number[best.chosen])
    covered = counted(instance, chosen)
    return Choice(
        chosen, gains, best.value, best.bound, clock.status(proven=best.enough(clock.effort.gap)),
        clock.seconds, clock.effort.seed, told(best), covered, np.maximum(1 - covered, 0),
    )  # fmt: skip


def best_of(model: Model, prices: Floats | None, clock: Clock) -> Best:
    """Return the best choice of a model whose needs are met as far as they pay.

    Parameters
    ----------
    model
        The model, not yet reduced.
    prices
        Money of each option, where money is limited.
    clock
        Time limit and wanted gap.
    """
    small = reduced(model)
    best = Best(small, grain(small.weight, small.worth))
    if prices is not None:
        prices = prices[np.searchsorted(model.number, small.number)]
    start(best, prices)
    best.tell(clock, "贪心与交换")
    pricing = refine(best, clock, "改进与上界")
    prove(best, pricing.best, clock)
    tidy(best)
    return best


def in_order(model: Model, chosen: Ints) -> tuple[Ints, Floats]:
    """Return chosen options in the order in which they add most, and what each adds."""
    among = np.isin(model.number, chosen)
    state = nothing_chosen(model.arrays)
    gains = choose_greedily(model.arrays, state, among.copy(), np.ones(model.count), ALL)
    order = state[3][: state[4][0]].copy()
    among[order] = False
    rest = np.flatnonzero(among)  # chosen, though it adds nothing
    return (
        np.concatenate([model.number[order], model.number[rest]]),
        np.concatenate([gains, np.zeros(len(rest))]),
    )


def counted(instance: Instance, chosen: Ints) -> Ints:
    """Return by how many options each row is covered, standing ones included."""
    every = np.concatenate([np.flatnonzero(instance.fixed), chosen])
    rows = np.concatenate([instance.covers(one) for one in every] or [np.empty(0, np.int64)])
    return np.bincount(rows, minlength=instance.demand).astype(np.int64)


def told(best: Best) -> str:
    """Return how value and bound were found."""
    return f"方案：{best.ways[0]}；界：{best.ways[1]}"
