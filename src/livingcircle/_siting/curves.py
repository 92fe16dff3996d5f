"""Tell what the first, the second, … outlet adds, and which plans were close."""

from dataclasses import replace

import numpy as np

from livingcircle._siting.answers import Choice
from livingcircle._siting.answers import Clock
from livingcircle._siting.answers import Curve
from livingcircle._siting.answers import Effort
from livingcircle._siting.answers import Swaps
from livingcircle._siting.dual import Pricing
from livingcircle._siting.improving import ALL
from livingcircle._siting.instance import Instance
from livingcircle._siting.instance import Ints
from livingcircle._siting.instance import Limits
from livingcircle._siting.model import Model
from livingcircle._siting.model import exact
from livingcircle._siting.model import model_of
from livingcircle._siting.reduce import reduced
from livingcircle._siting.search import become
from livingcircle._siting.search import choose_greedily
from livingcircle._siting.search import exchanges
from livingcircle._siting.search import nothing_chosen

STEPS = 200  # of prices for each count looked at


def curve(instance: Instance, limits: Limits, most: int, effort: Effort | None = None) -> Curve:
    """Return what a growing number of new outlets reaches, and what no choice of so many can beat.

    Parameters
    ----------
    instance, limits
        The question; its own count does not matter.
    most
        Up to so many outlets.
    effort
        How long to look for better bounds.
    """
    clock = Clock(effort or Effort())
    weight, bonus = exact(instance.weight, instance.bonus)
    need = np.ones(instance.demand, dtype=np.int64)
    model = model_of(instance, replace(limits, count=most), weight, need, bonus)
    state = nothing_chosen(model.arrays)
    among = np.ones(model.count, dtype=np.bool_)
    gains = choose_greedily(model.arrays, state, among, np.ones(model.count), ALL)
    size = len(gains)
    bound = np.full(size, np.inf)
    small, at = reduced(model), size
    while at >= 1:
        # Prices made for one count bound every other count as well, if less well far away.
        pricing = Pricing(_with_count(small, at))
        pricing.look(STEPS, -np.inf, clock)
        bound = np.minimum(bound, pricing.by_count(size))
        at //= 2
    value = np.cumsum(gains)
    chosen = model.number[state[3][:size]]
    return Curve(chosen, gains, value, np.maximum(bound, value))


def _with_count(model: Model, count: int) -> Model:
    """Return the model with another count; options take 1 of it each."""
    limit = model.packs.limit.copy()
    limit[model.packs.main] = count
    return replace(model, packs=replace(model.packs, limit=limit))


def alternatives(
    instance: Instance, limits: Limits, choice: Choice, most: int = 5, need: Ints | None = None
) -> Swaps:
    """Return the best exchanges of one option of a choice for another, the least loss first.

    Parameters
    ----------
    instance, limits
        The question.
    choice
        Its answer.
    most
        So many at most, each with another option coming in.
    need
        How many options must cover each row, where every need was to be met; by default one.
    """
    weight, bonus = exact(instance.weight, instance.bonus)
    times = np.ones(instance.demand, dtype=np.int64) if need is None else np.asarray(need)
    model = model_of(instance, limits, weight, times, bonus)
    state = nothing_chosen(model.arrays)
    become(model.arrays, state, np.searchsorted(model.number, choice.chosen))
    leaving, change = exchanges(model.arrays, state)
    coming = np.flatnonzero(leaving >= 0)
    order = coming[np.lexsort((coming, -change[coming]))][:most]
    return Swaps(model.number[leaving[order]], model.number[order], -change[order])
