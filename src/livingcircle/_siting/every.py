"""Meet every need with the fewest or the cheapest outlets (LSCP, Toregas et al. 1971).

A need may be for several outlets around. What cannot be met is told row by row, and the rest is
still solved: first as much need is met as can be, by weight; then with as little as possible.
"""

from dataclasses import replace
from typing import Literal

import numpy as np

from livingcircle._siting.answers import SAME
from livingcircle._siting.answers import Choice
from livingcircle._siting.answers import Clock
from livingcircle._siting.answers import Effort
from livingcircle._siting.exact import solve
from livingcircle._siting.improving import Best
from livingcircle._siting.improving import refine
from livingcircle._siting.improving import start
from livingcircle._siting.improving import tidy
from livingcircle._siting.instance import NO_LIMITS
from livingcircle._siting.instance import Floats
from livingcircle._siting.instance import Instance
from livingcircle._siting.instance import Ints
from livingcircle._siting.instance import Limits
from livingcircle._siting.model import Model
from livingcircle._siting.model import Small
from livingcircle._siting.model import exact
from livingcircle._siting.model import grain
from livingcircle._siting.model import model_of
from livingcircle._siting.most import best_of
from livingcircle._siting.most import counted
from livingcircle._siting.most import in_order
from livingcircle._siting.most import told
from livingcircle._siting.proving import prove
from livingcircle._siting.reduce import merged
from livingcircle._siting.reduce import reduced
from livingcircle._siting.search import become
from livingcircle._siting.search import exchange
from livingcircle._siting.search import nothing_chosen
from livingcircle.errors import SitingError

# An outlet fewer is worth so much of the dearest one where the cheapest are wanted.
FEWER = 1e-6


def cover_all(
    instance: Instance,
    need: Ints,
    effort: Effort | None = None,
    limits: Limits = NO_LIMITS,
    by: Literal["count", "cost"] = "count",
) -> Choice:
    """Return the fewest or the cheapest options that meet every need.

    Where cost is wanted, value and bound are money, and an option fewer is worth a millionth of
    the dearest one.

    Parameters
    ----------
    instance
        Options, demand and what must be kept to. Weights say which needs come first where not
        all can be met.
    need
        How many options must cover each row, standing ones included, shape (rows,).
    effort
        How hard to try; by default a minute.
    limits
        How much may be opened at most.
    by
        Whether few or cheap ones are wanted.
    """
    if len(need) != instance.demand or bool(np.any(np.asarray(need) < 0)):
        what = f"need 应有 {instance.demand} 项，且不小于 0"
        raise SitingError(what, where="选址", remedy="请为每项需求写明要几处")
    clock = Clock(effort or Effort())
    need = np.asarray(need, dtype=np.int64)
    prices = _prices(instance, by)
    (weight,) = exact(instance.weight)
    model = model_of(instance, limits, weight, need, -prices)
    model = replace(model, need=_within_reach(model))
    best = _with_all_met(model, clock)
    if _meets_all(best):
        lost = 0.0
    else:
        best, lost = _with_most_met(model, clock)
    return _choice(instance, need, model, best, lost, by, clock)


def _prices(instance: Instance, by: str) -> Floats:
    """Return what each option counts for."""
    dearest = float(instance.cost.max(initial=0.0))
    if by == "count" or dearest == 0:
        return np.ones(instance.options)
    return instance.cost + FEWER * dearest


def _within_reach(model: Model) -> Small:
    """Return how much of each need could be met if everything were opened."""
    return np.minimum(model.need, np.diff(model.back)).astype(np.int32)


def _with_all_met(model: Model, clock: Clock) -> Best:
    """Return the best choice that meets all needs; one that does not if none was found."""
    penalty = 2.0 ** np.ceil(np.log2(2 * np.abs(model.worth).sum() + 1))
    weight, worth = exact(np.full(len(model.weight), penalty), model.worth)
    hard = reduced(replace(model, weight=weight, worth=worth, hard=True))
    best = Best(hard, grain(hard.worth))
    start(best, -hard.worth)
    best.tell(clock, "贪心与交换")
    if not _meets_all(best):
        return best
    pricing = refine(best, clock, "改进与下界")
    prove(best, pricing.best, clock)
    tidy(best)
    return best


def _meets_all(best: Best) -> bool:
    """Return whether a choice of a model with hard needs meets them."""
    return best.value >= float(best.model.worth.sum()) - 1 / 2


def _with_most_met(model: Model, clock: Clock) -> tuple[Best, float]:
    """Return the best choice among those that meet most, and the need by weight it may yet miss.

    First as much is met as can be; then, with no less, as little is opened as can be.
    """
    alone = replace(model, worth=np.zeros(model.count))
    most = best_of(alone, None, clock.part(1 / 2))
    slack = most.bound - most.value
    best = Best(merged(model), grain(model.worth))
    chosen = np.searchsorted(model.number, most.model.number[most.chosen])
    chosen = _without_idle(model, chosen)
    best.take(chosen, float(model.worth[chosen].sum()), most.ways[0])

    def hear(value: float, bound: float) -> None:
        clock.tell("精确求解", -max(value, best.value), -bound)

    nobody = np.zeros(model.count, dtype=np.bool_)
    found = solve(best.model, nobody, best.chosen, clock, hear, most.value)
    if found.chosen is not None and _met(model, found.chosen) >= most.value:
        best.take(found.chosen, float(model.worth[found.chosen].sum()), "HiGHS 分支定界")
    best.lower(found.bound, "HiGHS 分支定界")
    best.lower(0.0, "不开任何一处")
    return best, slack


def _without_idle(model: Model, chosen: Ints) -> Ints:
    """Return a choice without those that meet no need that the others do not."""
    plain = replace(model, worth=np.full(model.count, -(2.0**-30)))
    state = nothing_chosen(plain.arrays)
    become(plain.arrays, state, chosen)
    exchange(plain.arrays, state, np.zeros(model.count, dtype=np.bool_))
    return np.sort(state[3][: state[4][0]])


def _met(model: Model, chosen: Ints) -> float:
    """Return the weight of need that a choice meets."""
    state = nothing_chosen(model.arrays)
    become(model.arrays, state, chosen)
    return float(model.weight @ (model.need - np.maximum(state[0], 0)))


def _choice(
    instance: Instance, need: Ints, model: Model, best: Best, lost: float, by: str, clock: Clock
) -> Choice:
    """Return the answer in the words of the question."""
    alone = replace(model, worth=np.zeros(model.count))
    chosen, gains = in_order(alone, best.model.number[best.chosen])
    covered = counted(instance, chosen)
    shortfall = np.maximum(need - covered, 0)
    counts = by == "count"
    value = float(len(chosen)) if counts else float(instance.cost[chosen].sum())
    bound = max(0.0, value - (best.bound - best.value))
    unmet = float(instance.weight @ shortfall)
    # What is met is proven as everything is: to a share of all that is needed.
    alike = max(clock.effort.gap * unmet, SAME * float(instance.weight @ need))
    proven = best.enough(clock.effort.gap) and lost <= alike
    lost = lost if lost > alike else 0.0
    return Choice(
        chosen, gains, value, bound, clock.status(proven=proven), clock.seconds,
        clock.effort.seed, told(best), covered, shortfall, unmet, max(0.0, unmet - lost),
    )  # fmt: skip
