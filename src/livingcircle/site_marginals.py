"""Say what each shop of a plan adds, what one more would add, and which plans were close.

A shop is a room with all the trades that a plan places in it.
"""

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle._siting.answers import Effort
from livingcircle._siting.answers import Swaps
from livingcircle._siting.instance import Instance
from livingcircle._siting.instance import Limits
from livingcircle._siting.most import cover_most
from livingcircle.lacking import Lacking
from livingcircle.site_options import Options

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

CLOSE_PLANS = 5
MOST_MORE = 3  # how many shops beyond the plan the curve looks at


@dataclass(frozen=True)
class Closest:
    """Hold plans that were close: one shop of the plan exchanged for another.

    Attributes
    ----------
    out, into
        The options of the shop that leaves, and of the one that comes instead.
    loss
        What the exchange loses: weighted people, or outlets.
    """

    out: tuple[int, ...]
    into: tuple[int, ...]
    loss: float


def in_order(numbers: Ints) -> Ints:
    """Return numbers without repeats, in the order in which they come first."""
    return np.array(list(dict.fromkeys(numbers.tolist())), dtype=np.int64)


def first_covering(instance: Instance, chosen: Ints) -> Ints:
    """Return the first of the chosen options that covers each row, -1 for none."""
    first = np.full(instance.demand, -1, dtype=np.int64)
    for option in chosen[::-1].tolist():
        first[instance.covers(option)] = option
    return first


def by_shop(options: Options, chosen: Ints, rows: int) -> tuple[Ints, Floats]:
    """Return the chosen options shop by shop, the shop that adds most first, and what each adds.

    Within a shop the option that adds most comes first. What adds nobody is left out, unless it
    makes up a number: the rows from ``rows`` on.
    """
    instance = options.instance
    left = instance.weight.copy()
    counted = [bool((instance.covers(one) >= rows).any()) for one in range(instance.options)]
    shops: dict[int, list[int]] = {}
    for one in chosen.tolist():
        shops.setdefault(int(options.candidate[one]), []).append(one)
    order, gains = [], []
    while shops:
        worth = {shop: _worth(instance, some, left, rows) for shop, some in shops.items()}
        best = max(shops, key=lambda shop: (worth[shop], -shop))
        rest, gain = shops.pop(best), 0.0
        kept = []
        while rest:
            alone = {one: _worth(instance, [one], left, rows) for one in rest}
            first = max(rest, key=lambda one: (alone[one], -one))
            rest.remove(first)
            if alone[first] > 0 or counted[first]:
                kept.append(first)
                gain += alone[first]
                left[instance.covers(first)] = 0.0
        if kept:
            order += kept
            gains.append(gain)
    return np.array(order, dtype=np.int64), np.array(gains, dtype=np.float64)


def _worth(instance: Instance, some: Sequence[int], left: Floats, rows: int) -> float:
    """Return the weight of the rows that some options cover and nobody did before."""
    covered = np.unique(np.concatenate([instance.covers(one) for one in some]))
    return float(left[covered[covered < rows]].sum())


def people_by_shop(options: Options, chosen: Ints) -> list[float]:
    """Return the people each shop newly serves."""
    order, _ = by_shop(options, chosen, len(options.demand))
    served = first_covering(options.instance, order)[: len(options.demand)]
    people = newly(options.demand, served, options.candidate)
    return [people[shop] for shop in in_order(options.candidate[order]).tolist()]


def newly(demand: Lacking, served: Ints, group: Ints) -> dict[int, float]:
    """Return the people newly served by group of options; each once, whatever they lacked.

    Doors with an unknown number of people count as the usual one.
    """
    rows = np.flatnonzero(served >= 0)
    known = demand.people[rows]
    table = pd.DataFrame(
        {
            "group": group[served[rows]],
            "door": demand.door[rows],
            "people": np.where(np.isnan(known), demand.usual, known),
        }
    )
    sums = table.drop_duplicates(["group", "door"]).groupby("group")["people"].sum()
    found = dict.fromkeys(np.unique(group).tolist(), 0.0)
    return found | dict(zip(sums.index.tolist(), sums.tolist(), strict=True))


def further_shops(options: Options, order: Ints, effort: Callable[[], Effort]) -> Floats:
    """Return what one more shop, and another after it, would add at best, in weighted people."""
    fixed, gains = options.instance.fixed.copy(), []
    fixed[order] = True
    for _ in range(MOST_MORE):
        instance = replace(options.instance, fixed=fixed)
        choice = cover_most(instance, Limits(sites=1), effort())
        if choice.value <= 0:
            break
        gains.append(choice.value)
        fixed = fixed.copy()
        fixed[choice.chosen] = True
    return np.array(gains, dtype=np.float64)


def closest_plans(
    options: Options, order: Ints, budget: float | None, effort: Callable[[], Effort]
) -> tuple[Closest, ...]:
    """Return, for the shops that add least, the best shop that could come instead."""
    instance, shop_of = options.instance, options.candidate
    found = []
    for shop in in_order(shop_of[order])[::-1][:CLOSE_PLANS].tolist():
        leaves = order[shop_of[order] == shop]
        stays = order[shop_of[order] != shop]
        fixed = instance.fixed.copy()
        fixed[stays] = True
        rest = replace(_without(instance, shop_of == shop), fixed=fixed)
        money = None
        if budget is not None:
            spent = instance.opening[np.unique(instance.site[stays])].sum()
            money = max(budget - float(spent), 0.0)
        choice = cover_most(rest, Limits(sites=1, opening=money), effort())
        if len(choice.chosen):
            loss = _value(instance, order) - _value(instance, np.r_[stays, choice.chosen])
            into = tuple(choice.chosen.tolist())
            found.append(Closest(tuple(leaves.tolist()), into, max(loss, 0.0)))
    return tuple(sorted(found, key=lambda one: (one.loss, one.out, one.into)))


def _without(instance: Instance, gone: Bools) -> Instance:
    """Return an instance in which some options cover nothing and are worth nothing."""
    sizes = np.diff(instance.start)
    kept = np.repeat(~gone, sizes)
    start = np.concatenate([[0], np.cumsum(np.where(gone, 0, sizes))])
    bonus = np.where(gone, 0.0, instance.bonus)
    return replace(instance, start=start, rows=instance.rows[kept], bonus=bonus)


def _value(instance: Instance, some: Ints) -> float:
    """Return what some options are worth together."""
    covered = np.unique(np.concatenate([instance.covers(one) for one in some.tolist()]))
    return float(instance.weight[covered].sum() + instance.bonus[some].sum())


def exchanged(swaps: Swaps) -> tuple[Closest, ...]:
    """Return exchanges of single options as close plans."""
    pairs = zip(swaps.out.tolist(), swaps.into.tolist(), swaps.loss.tolist(), strict=True)
    return tuple(Closest((out,), (into,), loss) for out, into, loss in pairs)
