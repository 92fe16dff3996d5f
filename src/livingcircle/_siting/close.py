"""Tell which plans were close: one option exchanged for another."""

import numpy as np

from livingcircle._siting.answers import Choice
from livingcircle._siting.answers import Swaps
from livingcircle._siting.instance import Instance
from livingcircle._siting.instance import Ints
from livingcircle._siting.instance import Limits
from livingcircle._siting.model import exact
from livingcircle._siting.model import model_of
from livingcircle._siting.search import become
from livingcircle._siting.search import exchanges
from livingcircle._siting.search import nothing_chosen


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
