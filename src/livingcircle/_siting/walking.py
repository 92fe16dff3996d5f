"""Open so many outlets that people walk least, none serving more than it can (Hakimi 1964).

People behind one door may be split between outlets: they are people, not parcels. Who goes where
is then a transport problem, solved exactly for whatever is open. Whom nobody near has room for is
told, and is taken to walk ``far``.
"""

import numpy as np

from livingcircle._kernels.base import fast
from livingcircle._siting.answers import SAME
from livingcircle._siting.answers import Choice
from livingcircle._siting.answers import Clock
from livingcircle._siting.answers import Effort
from livingcircle._siting.exact import Programme
from livingcircle._siting.exact import run
from livingcircle._siting.exact import stacked
from livingcircle._siting.instance import Bools
from livingcircle._siting.instance import Floats
from livingcircle._siting.instance import Ints
from livingcircle._siting.model import Arrays
from livingcircle._siting.swapping import swapped
from livingcircle._siting.walks import Walking
from livingcircle._siting.walks import Walks

ROUNDS = 400  # of prices
PATIENCE = 15  # rounds without a better bound until steps are halved
FIRST, GROWTH = 1 / 8, 3.0
ROUNDING = 1e-8  # of a bound, as a share
CLOSE = 2e-3  # so near to the bound exchanges are not worth their time
LEAST_SECONDS = 10.0  # for who walks where: without it there is no answer at all
LOOKS = 50  # rounds between two looks at who would be opened


class _Search:
    """Hold the best so far while more is tried: who is open, at what cost, and the bound."""

    def __init__(self, walks: Walks, count: int, clock: Clock) -> None:
        self.walks, self.clock = walks, clock
        self.count = min(count, int((~walks.fixed).sum()))
        self.open = walks.fixed.copy()
        self.value = self.cost(self.open)
        self.bound = 0.0
        self.ways = ("现状", "无")

    def cost(self, opened: Bools) -> float:
        """Return the person-metres if some are open, infinite where time was over before."""
        flows = flows_of(self.walks, opened, self.clock)
        return np.inf if flows is None else -flows[1]

    def take(self, opened: Bools, way: str) -> None:
        """Keep a choice if people walk less."""
        value = self.cost(opened)
        if value < self.value:
            self.open, self.value, self.ways = opened.copy(), value, (way, self.ways[1])

    def lift(self, bound: float, way: str) -> None:
        """Keep a bound if it is higher."""
        if min(bound, self.value) > self.bound:
            self.bound, self.ways = min(bound, self.value), (self.ways[0], way)

    def enough(self) -> bool:
        """Return whether value and bound are near enough."""
        gap = max(self.clock.effort.gap, SAME)
        return self.value - self.bound <= gap * self.value


def walk_least(walks: Walks, count: int, effort: Effort | None = None) -> Walking:
    """Return which options to open besides the standing ones, and who walks where.

    Parameters
    ----------
    walks
        Who is how far from what, and how many each option can serve.
    count
        Most options opened besides those that stand.
    effort
        How hard to try; by default a minute.
    """
    clock = Clock(effort or Effort())
    search = _Search(walks, count, clock)
    reduced = _price(search)
    clock.tell("价格与下界", search.value, search.bound)
    if search.value - search.bound > CLOSE * search.value and not clock.over():
        search.take(swapped(walks, search.open, reduced), "拉格朗日取整、交换")
        clock.tell("交换", search.value, search.bound)
    _prove(search, reduced, search.bound)
    return _answer(search)


def _price(search: _Search) -> Floats:
    """Look for prices of serving people; return what each option would save at the best ones."""
    walks, clock = search.walks, search.clock
    arrays = (walks.start, walks.rows, walks.distance, walks.weight, walks.capacity)
    price, scale, idle = np.full(len(walks.weight), walks.far / 2), 1.0, 0
    saves, best = np.zeros(len(walks.capacity)), -np.inf
    for turn in range(ROUNDS):
        saved, served = np.zeros(len(walks.capacity)), np.zeros((2, len(walks.weight)))
        _save(arrays, price, np.ones(len(saved), dtype=np.bool_), saved, served[0])
        opened = _best_of(saved, walks.fixed, search.count)
        _save(arrays, price, opened, np.zeros(len(saved)), served[1])
        bound = float(walks.weight @ price + saved[opened].sum())
        if bound > best:
            best, saves, idle = bound, saved, 0
        else:
            idle += 1
            scale = scale / 2 if idle % PATIENCE == 0 else scale
        search.lift(best * (1 - ROUNDING), "拉格朗日")
        if turn % LOOKS == 0:
            search.take(opened, "拉格朗日取整")
        # Whoever stays unserved at these prices is left with the price: it may rise to ``far``.
        slope = walks.weight - served[1]
        size = float(slope @ slope)
        if search.enough() or clock.over() or size == 0 or search.count == 0:
            break
        price = np.clip(price + scale * (search.value - bound) / size * slope, 0.0, walks.far)
    return saves


def _best_of(saved: Floats, fixed: Bools, count: int) -> Bools:
    """Return who is best opened: all that stand, and the most saving of the others."""
    opened = fixed.copy()
    free = np.flatnonzero(~fixed)
    opened[free[np.argsort(saved[free], kind="stable")[:count]]] = True
    return opened


@fast
def _save(lists: Arrays, price: Floats, who: Bools, saved: Floats, served: Floats) -> None:
    """Add what each option saves (below 0) by serving those who pay most over their way."""
    start, rows, distance, weight, capacity = lists
    for option in range(len(who)):
        if not who[option]:
            continue
        some = np.arange(start[option], start[option + 1])
        profit = np.empty(len(some), np.float64)
        for k in range(len(some)):
            profit[k] = distance[some[k]] - price[rows[some[k]]]
        left = capacity[option]
        for k in np.argsort(profit):
            if profit[k] >= 0 or left <= 0:
                break
            people = min(weight[rows[some[k]]], left)
            left -= people
            saved[option] += people * profit[k]
            served[rows[some[k]]] += people


def _prove(search: _Search, saves: Floats, base: float) -> None:
    """Solve larger and larger parts exactly: whoever saves little is left out, up to a margin."""
    walks, clock = search.walks, search.clock
    free = np.flatnonzero(~walks.fixed)
    if search.count == 0 or search.count >= len(free):
        search.take(np.full(len(walks.fixed), search.count > 0) | walks.fixed, "全开")
        search.lift(search.value, "全开")
        return
    edge = np.sort(saves[free])[search.count - 1]
    margin = FIRST * (search.value - base)
    while not search.enough() and not clock.over():
        whole = search.value - base
        kept = walks.fixed | search.open | (saves - edge <= min(margin, whole))
        last = margin >= whole or bool(kept.all())
        found, bound = _solve(search, kept, clock.part(1.0 if last else 1 / 2))
        if found is not None:
            search.take(found, "HiGHS 分支定界")
        rest = np.inf if kept.all() else base + min(margin, whole)
        search.lift(min(bound, rest), "HiGHS 分支定界")
        clock.tell("精确求解", search.value, search.bound)
        if last:
            break
        margin *= GROWTH


def _solve(search: _Search, kept: Bools, clock: Clock) -> tuple[Bools | None, float]:
    """Return the best choice among some options, and a bound on them."""
    some = np.flatnonzero(kept)
    programme = _programme(search.walks, some, search.count)
    lower = np.zeros(len(programme.gain))
    lower[: len(some)] = search.walks.fixed[some]
    begin = np.flatnonzero(search.open[some])

    def hear(value: float, _bound: float) -> None:
        clock.tell("精确求解", min(search.value, -value), search.bound)

    found, bound, _ = run(programme, lower, begin, clock, hear)
    if found is None:
        return None, -bound
    opened = np.zeros(len(kept), dtype=np.bool_)
    opened[some[found[: len(some)] > 1 / 2]] = True
    return opened | search.walks.fixed, -bound


def flows_of(
    walks: Walks, opened: Bools, clock: Clock
) -> tuple[tuple[Ints, Ints, Floats, Floats], float] | None:
    """Return who walks where if some options are open, and the person-metres below 0.

    The flows are option, row, people of each, and the people of each row that stay unserved.
    None where the time was over before anything was found.
    """
    some = np.flatnonzero(opened)
    programme = _programme(walks, some, len(some))
    whole = np.zeros_like(programme.whole)
    linear = Programme(
        programme.gain, programme.upper, whole, programme.row_low, programme.row_high,
        programme.start, programme.column, programme.value,
    )  # fmt: skip
    lower = np.zeros(len(programme.gain))
    lower[: len(some)] = 1.0
    patient = Clock(Effort(max(clock.left, LEAST_SECONDS), seed=clock.effort.seed))
    found, value, _ = run(linear, lower, np.empty(0, dtype=np.int64), patient, lambda *_: None)
    if found is None:
        return None
    option, at = _pairs(walks, some)
    share = found[len(some) : len(some) + len(at)]
    people = share * walks.weight[walks.rows[at]]
    moves = people > 0
    unserved = found[len(some) + len(at) :] * walks.weight
    row = walks.rows[at].astype(np.int64)
    return (some[option][moves], row[moves], people[moves], unserved), value


def _pairs(walks: Walks, some: Ints) -> tuple[Ints, Ints]:
    """Return the place among some options, and the entry of the lists, of each of their pairs."""
    sizes = np.diff(walks.start)[some]
    option = np.repeat(np.arange(len(some)), sizes)
    before = np.cumsum(sizes) - sizes
    return option, np.arange(len(option)) + np.repeat(walks.start[some] - before, sizes)


def _programme(walks: Walks, some: Ints, count: int) -> Programme:
    """Return the choice among some options as a programme.

    Columns: whether each is open; the share of a row that walks to it, by pair; the share of each
    row that nobody serves.
    """
    option, at = _pairs(walks, some)
    row = walks.rows[at].astype(np.int64)
    opens, pairs, demand = len(some), len(at), len(walks.weight)
    share = opens + np.arange(pairs)
    nobody = opens + pairs + np.arange(demand)
    gain = -np.concatenate(
        [np.zeros(opens), walks.distance[at] * walks.weight[row], walks.far * walks.weight]
    )
    upper = np.ones(len(gain))
    order = np.argsort(row, kind="stable")
    begin = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=demand))])
    # Everybody goes somewhere, or is served by nobody.
    everyone = (
        begin + np.arange(demand + 1),
        np.insert(share[order], begin[1:], nobody),
        np.ones(pairs + demand),
    )
    # Nobody goes where nothing is open.
    only_open = (
        2 * np.arange(pairs + 1), np.stack([share, option], axis=1).ravel(),
        np.tile([1.0, -1.0], pairs),
    )  # fmt: skip
    bounded = np.isfinite(walks.capacity[some])
    served = _capacities(walks, some, bounded, option, row, share)
    most = (np.array([0, opens]), np.arange(opens), np.ones(opens))
    parts = [everyone, only_open, served, most]
    low = np.concatenate([np.ones(demand), np.full(pairs + int(bounded.sum()) + 1, -np.inf)])
    limit = float(count + walks.fixed[some].sum())
    high = np.concatenate([np.ones(demand), np.zeros(pairs + int(bounded.sum())), [limit]])
    whole = np.zeros(len(gain), dtype=np.int32)
    whole[:opens] = 1
    return Programme(gain, upper, whole, low, high, *stacked(parts))


def _capacities(
    walks: Walks, some: Ints, bounded: Bools, option: Ints, row: Ints, share: Ints
) -> tuple[Ints, Ints, Floats]:
    """Return rows that let nobody serve more than it can, and nothing while closed."""
    mine = bounded[option]
    sizes = np.bincount(option, minlength=len(some))[bounded]
    ends = np.cumsum(sizes)
    column = np.insert(share[mine], ends, np.flatnonzero(bounded))
    value = np.insert(walks.weight[row[mine]], ends, -walks.capacity[some][bounded])
    start = np.concatenate([[0], ends + np.arange(1, len(ends) + 1)])
    return start.astype(np.int64), column, value


def _answer(search: _Search) -> Walking:
    """Return the answer in the words of the question."""
    walks, clock = search.walks, search.clock
    flows = flows_of(walks, search.open, clock)
    empty = np.empty(0, dtype=np.int64)
    option, row, people, unserved = (
        (empty, empty, np.empty(0), walks.weight.copy()) if flows is None else flows[0]
    )
    # Nothing is opened that nobody walks to.
    chosen = np.setdiff1d(option, np.flatnonzero(walks.fixed))
    chosen, gains = _in_order(search, chosen)
    _, at = _pairs(walks, np.concatenate([np.flatnonzero(walks.fixed), chosen]))
    near = np.bincount(walks.rows[at], minlength=len(walks.weight))
    how = f"方案：{search.ways[0]}；界：{search.ways[1]}"
    choice = Choice(
        chosen, gains, search.value, search.bound, clock.status(proven=search.enough()),
        clock.seconds, clock.effort.seed, how, near, (near == 0).astype(np.int64),
        float(unserved.sum()),
    )  # fmt: skip
    return Walking(choice, option, row, people, unserved)


def _in_order(search: _Search, chosen: Ints) -> tuple[Ints, Floats]:
    """Return chosen options in order, and what each saves those that came before.

    The order is by what each would save if nobody were turned away; the savings are exact.
    """
    walks = search.walks
    nearest = np.full(len(walks.weight), walks.far)
    for one in np.flatnonzero(walks.fixed):
        _come(walks, int(one), nearest)
    opened, left = walks.fixed.copy(), chosen.tolist()
    costs, order = [search.cost(opened)], []
    while left:
        saved = [_come(walks, one, nearest.copy()) for one in left]
        order.append(left.pop(int(np.argmax(saved))))
        _come(walks, order[-1], nearest)
        opened[order[-1]] = True
        costs.append(search.cost(opened))
    return np.array(order, dtype=np.int64), -np.diff(costs)


def _come(walks: Walks, option: int, nearest: Floats) -> float:
    """Let an option come near, and return the person-metres that saves if it serves everyone."""
    some = slice(walks.start[option], walks.start[option + 1])
    rows = walks.rows[some]
    closer = np.minimum(nearest[rows], walks.distance[some])
    saved = float(walks.weight[rows] @ (nearest[rows] - closer))
    nearest[rows] = closer
    return saved
