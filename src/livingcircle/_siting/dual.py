"""Find what no choice can be worth more than, by prices of demand.

Every row of demand gets a price for being met once. At any prices the best choice of *columns*
(options, and sites where these are limited) can be read off, and what it is worth is a bound:
nothing is solved, so nothing can go wrong numerically. Good prices are found by steps from both
sides, prices against columns (primal-dual hybrid gradient, Chambolle and Pock 2011; with restarts
and steps balanced as in Applegate et al. 2021), a pass over the lists each.
"""

from dataclasses import dataclass

import numpy as np

from livingcircle._kernels.base import fast
from livingcircle._kernels.base import inner
from livingcircle._siting.answers import Clock
from livingcircle._siting.instance import Floats
from livingcircle._siting.model import Arrays
from livingcircle._siting.model import Model
from livingcircle._siting.sides import Sides
from livingcircle._siting.sides import sides_of

STEPS = 20  # between two looks at the bound
NEAR = 1e-5  # bound and linear optimum are the same
_BETTER = 0.4  # restart once the distance has shrunk to so much
_LONGEST = 0.5  # … or after so much of all steps
_LEAST_STEPS = 100
_HALVINGS = 50
_ROUNDING = 1e-10


@dataclass(frozen=True)
class Prices:
    """Hold prices, and the bound that follows from them.

    Attributes
    ----------
    row, side
        Price of meeting each row once; of each limit.
    bound
        No choice is worth more.
    reduced
        What each option is worth at these prices: choosing one below 0, or leaving one above,
        lowers the bound by as much.
    """

    row: Floats
    side: Floats
    bound: float
    reduced: Floats


class Pricing:
    """Look for better and better prices of one model."""

    def __init__(self, model: Model) -> None:
        self._task = _Task.of(model)
        self._here = self._task.middle()
        self._mean, self._origin = self._here.zero(), self._here.copy()
        self._gap, self._done, self._since = np.inf, 0, 0
        self.best = self._task.prices(self._here)
        self.settled = len(model.number) == 0

    def look(self, steps: int, enough: float, clock: Clock) -> Prices:
        """Go some steps further, and return the best prices so far.

        Parameters
        ----------
        steps
            So many, in bundles.
        enough
            A bound as low as this is good enough.
        clock
            Watched: whatever is found when it is over is returned.
        """
        until = self._done + steps
        while self._done < until and not self.settled and not clock.over():
            if self.best.bound <= enough:
                break
            self._step()
        return self.best

    def _step(self) -> None:
        """Take a bundle of steps, look at the bound, and begin anew from a better point."""
        task = self._task
        here = self._here
        _steps(task.kernel, here.column, here.row, here.side, self._mean.arrays, here.balance)
        self._done, self._since = self._done + STEPS, self._since + STEPS
        offers = [self._here, self._mean.divided(self._since)]
        found = [task.prices(one) for one in offers]
        self.best = min([self.best, *found], key=lambda one: one.bound)
        apart = [one.bound - task.worth(it) for one, it in zip(found, offers, strict=True)]
        nearer = int(np.argmin(apart))
        self.settled = min(apart) <= NEAR * abs(self.best.bound)
        long = self._since >= max(_LONGEST * self._done, _LEAST_STEPS)
        if self._gap == np.inf:
            self._gap = apart[nearer]
        elif apart[nearer] < _BETTER * self._gap or long:
            here = offers[nearer].copy()
            here.balance = task.balanced(here, self._origin)
            self._here, self._origin, self._mean = here, here.copy(), here.zero()
            self._since, self._gap = 0, apart[nearer]


@dataclass
class _Point:
    """Hold a point of the search: columns, prices of rows and of limits; and the balance."""

    column: Floats
    row: Floats
    side: Floats
    balance: float

    @property
    def arrays(self) -> tuple[Floats, Floats, Floats]:
        return self.column, self.row, self.side

    def copy(self) -> "_Point":
        return _Point(self.column.copy(), self.row.copy(), self.side.copy(), self.balance)

    def zero(self) -> "_Point":
        return _Point(
            np.zeros_like(self.column), np.zeros_like(self.row), np.zeros_like(self.side),
            self.balance,
        )  # fmt: skip

    def divided(self, by: int) -> "_Point":
        return _Point(self.column / by, self.row / by, self.side / by, self.balance)


@dataclass(frozen=True)
class _Task:
    """Hold a model with its limits, as the steps read it."""

    model: Model
    sides: Sides
    worth_of: Floats  # of each column by itself
    ceiling: Floats  # highest price of each row
    main: Floats  # what each column takes of the main limit
    kernel: Arrays
    tau: Floats
    sigma: Floats
    sigma_side: Floats

    @staticmethod
    def of(model: Model) -> "_Task":
        sides = _without_main(model)
        extra = sides.columns - model.count
        worth = np.concatenate([model.worth, np.zeros(extra)])
        main = np.zeros(sides.columns)
        column = np.repeat(np.arange(model.count), np.diff(model.packs.start))
        is_main = model.packs.row == model.packs.main
        main[column[is_main]] = model.packs.amount[is_main]
        room = model.packs.limit[model.packs.main] if model.packs.main >= 0 else np.inf
        ceiling = np.full(len(model.weight), np.inf) if model.hard else model.weight
        pairs = np.concatenate([np.diff(model.start), np.zeros(extra, dtype=np.int64)])
        start = np.concatenate([model.start, np.full(extra, model.start[-1])])
        by_row = sides.by_row()
        total = np.zeros(sides.columns)
        np.add.at(total, np.repeat(np.arange(sides.columns), np.diff(sides.start)),
                  np.abs(sides.value))  # fmt: skip
        tau = 1 / np.maximum(pairs + total, 1e-9)
        tau = np.minimum(tau, 1.0)
        sigma = 1 / np.maximum(np.diff(model.back), 1)
        taken = np.zeros(len(sides.limit))
        np.add.at(taken, sides.row, np.abs(sides.value))
        sigma_side = 1 / np.maximum(taken, 1e-9)
        kernel = (
            (start, model.rows, model.back, model.options),
            (sides.start, sides.row, sides.value, *by_row, sides.limit),
            (worth, model.need.astype(np.float64), ceiling, main, float(room)),
            (tau, sigma, sigma_side),
        )
        return _Task(model, sides, worth, ceiling, main, kernel, tau, sigma, sigma_side)

    def middle(self) -> _Point:
        """Return where the search begins: every column a little, every price by halves."""
        count = self.sides.columns
        share = 0.5
        if self.model.packs.main >= 0 and self.main.sum() > 0:
            share = min(0.5, float(self.model.packs.limit[self.model.packs.main] / self.main.sum()))
        scale = float(np.mean(self.model.weight)) if len(self.model.weight) else 1.0
        row = self.model.weight / 2
        if self.model.hard:
            scale = float(np.abs(self.model.worth).sum()) / max(self.model.count, 1) or 1.0
            row = np.full(len(self.model.weight), scale / max(self._breadth(), 1.0))
        balance = max(scale, 1e-12) * np.sqrt(max(self._depth(), 1.0))
        return _Point(np.full(count, share), row, np.zeros(len(self.sides.limit)), balance)

    def _breadth(self) -> float:
        return len(self.model.rows) / max(self.model.count, 1)

    def _depth(self) -> float:
        return len(self.model.rows) / max(len(self.model.weight), 1)

    def prices(self, point: _Point) -> Prices:
        """Return the bound at the prices of a point."""
        model = self.model
        value = self.worth_of.copy()
        _add_prices(self.kernel[0], self.kernel[1], point.row, point.side, value)
        sure = model.need * (-point.row if model.hard else model.weight - point.row)
        base = float(sure.sum() + point.side @ self.sides.limit)
        room = self.kernel[2][4]
        if np.isfinite(room):
            toll = _toll(value, self.main, room)
            value = value - toll * self.main
            base += toll * room
        gains = np.maximum(value, 0.0)
        slip = _ROUNDING * float(np.abs(sure).sum() + gains.sum() + abs(base))
        bound = base + float(gains.sum()) + slip
        return Prices(point.row, point.side, bound, value[: model.count])

    def worth(self, point: _Point) -> float:
        """Return what a point is worth, less what it breaks at its own prices, twice."""
        model = self.model
        met, taken = np.zeros(len(model.weight)), np.zeros(len(self.sides.limit))
        _add_columns(self.kernel[0], self.kernel[1], point.column, met, taken)
        over = 2 * float(point.side @ np.maximum(taken - self.sides.limit, 0.0))
        own = float(self.worth_of @ point.column)
        if model.hard:
            return own - over - 2 * float(point.row @ np.maximum(model.need - met, 0.0))
        return own - over + float(model.weight @ np.minimum(met, model.need))

    def balanced(self, point: _Point, origin: _Point) -> float:
        """Return the balance of steps, from how far each side has gone since the last restart."""
        moved = np.sqrt(np.sum((point.column - origin.column) ** 2 / self.tau))
        paid = np.sqrt(
            np.sum((point.row - origin.row) ** 2 / self.sigma)
            + np.sum((point.side - origin.side) ** 2 / self.sigma_side)
        )
        if moved <= 0 or paid <= 0:
            return point.balance
        return float(np.sqrt(paid / moved * point.balance))


def _without_main(model: Model) -> Sides:
    """Return the limits but for the main one, which is kept exactly at every step."""
    sides = sides_of(model)
    if sides.main < 0:
        return sides
    kept = sides.row != sides.main
    counts = np.concatenate([[0], np.cumsum(kept)])
    row = sides.row[kept]
    return Sides(
        counts[sides.start], row - (row > sides.main), sides.value[kept],
        np.delete(sides.limit, sides.main), sides.columns, -1,
    )  # fmt: skip


def _toll(value: Floats, taken: Floats, room: float) -> float:
    """Return the price of the main limit at which the bound is least."""
    pays = (value > 0) & (taken > 0)
    rate = value[pays] / taken[pays]
    order = np.argsort(-rate, kind="stable")
    filled = np.cumsum(taken[pays][order])
    at = int(np.searchsorted(filled, room, side="right"))
    return float(rate[order][at]) if at < len(order) else 0.0


@fast
def _add_prices(cover: Arrays, side: Arrays, row: Floats, price: Floats, value: Floats) -> None:
    """Add what each column earns of the rows it covers, and take off what limits cost it."""
    start, rows = cover[0], cover[1]
    begin, limit, factor = side[0], side[1], side[2]
    for column in range(len(value)):
        earned = 0.0
        for one in rows[start[column] : start[column + 1]]:
            earned += row[one]
        for k in range(begin[column], begin[column + 1]):
            earned -= price[limit[k]] * factor[k]
        value[column] += earned


@fast
def _add_columns(cover: Arrays, side: Arrays, column: Floats, met: Floats, taken: Floats) -> None:
    """Add how often each row is covered, and what is taken of each limit."""
    back, options = cover[2], cover[3]
    begin, who, factor = side[3], side[4], side[5]
    for row in range(len(met)):
        total = 0.0
        for one in options[back[row] : back[row + 1]]:
            total += column[one]
        met[row] += total
    for row in range(len(taken)):
        for k in range(begin[row], begin[row + 1]):
            taken[row] += column[who[k]] * factor[k]


@inner
def _fit(wish: Floats, tau: Floats, main: Floats, room: float, out: Floats) -> None:
    """Move a wish to the nearest point between 0 and 1 that keeps to the main limit."""
    low, high = 0.0, 0.0
    total = 0.0
    for one in range(len(wish)):
        out[one] = min(max(wish[one], 0.0), 1.0)
        total += out[one] * main[one]
        if main[one] > 0:
            high = max(high, wish[one] / (tau[one] * main[one]))
    if total <= room:
        return
    for _ in range(_HALVINGS):
        toll = (low + high) / 2
        total = 0.0
        for one in range(len(wish)):
            total += main[one] * min(max(wish[one] - toll * tau[one] * main[one], 0.0), 1.0)
        if total > room:
            low = toll
        else:
            high = toll
    for one in range(len(wish)):
        out[one] = min(max(wish[one] - high * tau[one] * main[one], 0.0), 1.0)


@fast
def _steps(
    task: Arrays, column: Floats, row: Floats, price: Floats, mean: Arrays, balance: float
) -> None:
    """Take a bundle of steps in columns and prices in turn, and add them up."""
    cover, side, about, length = task
    worth, need, ceiling, main, room = about
    tau, sigma, sigma_side = length
    limit = side[6]
    value, new = np.empty_like(column), np.empty_like(column)
    met, taken = np.empty_like(row), np.empty_like(price)
    for _ in range(STEPS):
        value[:] = worth
        _add_prices(cover, side, row, price, value)
        for one in range(len(column)):
            value[one] = column[one] + tau[one] / balance * value[one]
        _fit(value, tau, main, room, new)
        for one in range(len(column)):
            ahead = 2 * new[one] - column[one]
            column[one] = new[one]
            new[one] = ahead
            mean[0][one] += column[one]
        met[:] = 0.0
        taken[:] = 0.0
        _add_columns(cover, side, new, met, taken)
        for one in range(len(row)):
            step = row[one] + sigma[one] * balance * (need[one] - met[one])
            row[one] = min(max(step, 0.0), ceiling[one])
            mean[1][one] += row[one]
        for one in range(len(price)):
            price[one] = max(
                price[one] + sigma_side[one] * balance * (taken[one] - limit[one]), 0.0
            )
            mean[2][one] += price[one]
