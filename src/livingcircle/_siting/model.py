"""Bring a question of siting into the one form that every method reads.

Standing options are taken out, all limits become rows of the same kind ("packs": so much taken, so
much there), and weights are rounded so that sums of them are exact whatever their order. Ties are
then real ties, and the answer does not depend on the order in which numbers were added.
"""

import math
from dataclasses import dataclass
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from livingcircle._siting.instance import Bools
from livingcircle._siting.instance import Floats
from livingcircle._siting.instance import Instance
from livingcircle._siting.instance import Ints
from livingcircle._siting.instance import Limits

Small = npt.NDArray[np.int32]
Arrays = tuple[Any, ...]  # what kernels read
_EXACT = 52  # bits of a float that hold whole numbers
_SLACK = 1e-9  # sums of square metres or money may be off by so much of the limit


@dataclass(frozen=True)
class Packs:
    """Hold what options take of what is limited: one row a limit, listed by option.

    Attributes
    ----------
    start, row, amount
        Which limits each option counts towards and how much, as shares of ``limit``.
    limit
        How much there is, shape (limits,).
    main
        The limit that binds nearly always (the count, else the budget), -1 where there is none.
    """

    start: Ints
    row: Ints
    amount: Floats
    limit: Floats
    main: int


@dataclass(frozen=True)
class Model:
    """Hold options, demand and limits as the methods read them; standing options are gone.

    The worth of a choice is the sum of ``weight`` × the need met (at most ``need``) over the rows,
    and of ``worth`` over the chosen.

    Attributes
    ----------
    start, rows, back, options
        Which rows an option covers; by which options a row is covered, both ascending.
    weight, need
        Worth of each time a row is covered, as often as it needs, shape (rows,).
    worth
        Of an option by itself, below 0 where it costs, shape (options,).
    packs
        What is limited.
    site, opened
        Site of each option; sites open anyway.
    toll, most
        What opening a site takes of what is limited by site (their number, money), shape
        (limits, sites); and how much there is of it, shape (limits,).
    number, row_number
        Number of each option, and of a row among those merged, in the question asked.
    hard
        Whether every need must be met, instead of being worth its weight.
    """

    start: Ints
    rows: Small
    back: Ints
    options: Small
    weight: Floats
    need: Small
    worth: Floats
    packs: Packs
    site: Ints
    opened: Bools
    toll: Floats
    most: Floats
    number: Ints
    row_number: Ints
    hard: bool = False

    @property
    def count(self) -> int:
        """Return how many options there are."""
        return len(self.number)

    @property
    def arrays(self) -> Arrays:
        """Return what kernels read, in their order."""
        packs = self.packs
        return (
            self.start, self.rows, self.back, self.options, self.weight, self.need, self.worth,
            packs.start, packs.row, packs.amount, packs.limit * (1 + _SLACK) + _SLACK,
            self.site, self.opened, self.toll, self.most * (1 + _SLACK) + _SLACK,
        )  # fmt: skip


def model_of(
    instance: Instance, limits: Limits, weight: Floats, need: Ints, worth: Floats
) -> Model:
    """Return the model of a question.

    Parameters
    ----------
    instance, limits
        The question.
    weight, need
        Worth of covering a row once, and how often it counts, standing options included.
    worth
        Worth of choosing each option by itself.
    """
    fixed = np.flatnonzero(instance.fixed)
    met = np.bincount(
        np.concatenate([instance.covers(int(one)) for one in fixed] or [np.empty(0, np.int64)]),
        minlength=instance.demand,
    )
    left = np.maximum(need - met, 0)
    open_ = np.zeros(len(instance.capacity), dtype=np.bool_)
    open_[instance.site[fixed]] = True
    number = np.flatnonzero(~instance.fixed & ~_barred(instance))
    packs = _packs(instance, limits, number)
    start, rows = _lists(instance.start, instance.rows, number)
    back, options = transposed(start, rows, instance.demand)
    tolls = _tolls(instance, limits)
    return Model(
        start, rows, back, options, weight, left.astype(np.int32), worth[number], packs,
        instance.site[number], open_, *tolls, number, np.arange(instance.demand),
    )  # fmt: skip


def exact(*columns: Floats) -> tuple[Floats, ...]:
    """Return numbers rounded to one power of two, so that every sum of them is exact."""
    total = math.fsum(np.abs(np.concatenate(columns)).tolist())
    if total <= 0 or not math.isfinite(total):
        return columns
    grain = 2.0 ** (math.frexp(total)[1] - _EXACT)
    return tuple(np.round(column / grain) * grain for column in columns)


def grain(*columns: Floats) -> float:
    """Return a step of which all numbers are multiples: 1 where they are whole, else 0."""
    return float(all(bool(np.all(column == np.round(column))) for column in columns))


def transposed(start: Ints, rows: npt.NDArray[Any], demand: int) -> tuple[Ints, Small]:
    """Return the lists the other way round: by which options each row is covered, ascending."""
    option = np.repeat(np.arange(len(start) - 1, dtype=np.int32), np.diff(start))
    order = np.argsort(rows, kind="stable")
    back = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=demand))])
    return back.astype(np.int64), option[order]


def only(model: Model, kept: Bools) -> Model:
    """Return the model with some of its options only."""
    number = np.flatnonzero(kept)
    start, rows = _lists(model.start, model.rows, number)
    back, options = transposed(start, rows, len(model.weight))
    packs = model.packs
    pack_start, at = _picks(packs.start, number)
    some = replace(packs, start=pack_start, row=packs.row[at], amount=packs.amount[at])
    return replace(
        model, start=start, rows=rows, back=back, options=options, packs=some,
        worth=model.worth[number], site=model.site[number], number=model.number[number],
    )  # fmt: skip


def only_rows(model: Model, kept: Ints, weight: Floats) -> Model:
    """Return the model with some of its rows only, at other weights."""
    new = np.full(len(model.weight), -1, dtype=np.int32)
    new[kept] = np.arange(len(kept))
    there = new[model.rows] >= 0
    start = np.concatenate([[0], np.cumsum(there)])[model.start]
    rows = new[model.rows[there]]
    back, options = transposed(start, rows, len(kept))
    return replace(
        model, start=start, rows=rows, back=back, options=options, weight=weight,
        need=model.need[kept], row_number=model.row_number[kept],
    )  # fmt: skip


def _picks(start: Ints, some: Ints) -> tuple[Ints, Ints]:
    """Return the lists of some only: where each begins, and which entries they hold."""
    sizes = np.diff(start)[some]
    begin = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    at = np.arange(begin[-1]) + np.repeat(start[:-1][some] - begin[:-1], sizes)
    return begin, at


def _lists(start: Ints, rows: npt.NDArray[Any], some: Ints) -> tuple[Ints, Small]:
    begin, at = _picks(start, some)
    return begin, rows[at].astype(np.int32)


def _barred(instance: Instance) -> Bools:
    """Return which options may not stand beside a fixed one, or beside themselves."""
    barred = np.zeros(instance.options, dtype=np.bool_)
    one, other = instance.apart.T
    barred[one[instance.fixed[other]]] = True
    barred[other[instance.fixed[one]]] = True
    barred[one[one == other]] = True
    return barred


def _tolls(instance: Instance, limits: Limits) -> tuple[Floats, Floats]:
    """Return what opening each site takes of each limit by site, and how much there is of it."""
    sites = len(instance.capacity)
    given = []
    if limits.sites is not None:
        given.append((np.ones(sites), float(limits.sites)))
    if limits.opening is not None:
        largest = max(float(instance.opening.max(initial=0.0)), 1.0)
        given.append((instance.opening[:sites] / largest, limits.opening / largest))
    toll = np.array([one for one, _ in given], dtype=np.float64).reshape(len(given), sites)
    return toll, np.array([limit for _, limit in given], dtype=np.float64)


def _packs(instance: Instance, limits: Limits, number: Ints) -> Packs:
    """Return everything that is limited as one sparse table, listed by option."""
    size = len(number)
    everyone = np.arange(size)
    taken: list[tuple[Ints, Ints, Floats]] = []  # limit, option, amount
    room: list[Floats] = []
    main = -1
    if limits.budget is not None:
        main = 0
        taken.append((np.zeros(size, dtype=np.int64), everyone, instance.cost[number]))
        room.append(np.array([limits.budget]))
    if limits.count is not None:
        main = len(room)
        taken.append((np.full(size, len(room)), everyone, np.ones(size)))
        room.append(np.array([float(limits.count)]))
    if limits.per_kind is not None:
        kind = instance.kind[number]
        some = np.flatnonzero(kind < len(limits.per_kind))
        taken.append((kind[some] + _height(room), some, np.ones(len(some))))
        room.append(limits.per_kind.astype(np.float64))
    used = np.bincount(
        instance.site[instance.fixed], instance.room[instance.fixed], len(instance.capacity)
    )
    scarce = np.isfinite(instance.capacity)[instance.site[number]] & (instance.room[number] > 0)
    some = np.flatnonzero(scarce)
    taken.append((instance.site[number][some] + _height(room), some, instance.room[number][some]))
    room.append(np.maximum(instance.capacity - used, 0.0))
    pairs = _pairs(instance, number)
    at = np.repeat(np.arange(len(pairs)) + _height(room), 2)
    taken.append((at, pairs.ravel(), np.ones(2 * len(pairs))))
    room.append(np.ones(len(pairs)))
    return _bundle(taken, np.concatenate(room), size, main)


def _height(room: list[Floats]) -> int:
    return sum(len(one) for one in room)


def _pairs(instance: Instance, number: Ints) -> Ints:
    """Return the pairs of options that may not both be chosen, each once, by their new numbers."""
    new = np.full(instance.options, -1, dtype=np.int64)
    new[number] = np.arange(len(number))
    pairs = np.sort(new[instance.apart], axis=1)
    return np.unique(pairs[(pairs[:, 0] >= 0) & (pairs[:, 0] != pairs[:, 1])], axis=0)


def _bundle(taken: list[tuple[Ints, Ints, Floats]], room: Floats, size: int, main: int) -> Packs:
    """Return the table by option, without limits that can never bind; all amounts at most 1."""
    row, option, amount = (np.concatenate(part) for part in zip(*taken, strict=True))
    total = np.bincount(row, amount, len(room))
    binding = total > room
    if main >= 0:
        binding[main] = True
    largest = np.ones(len(room))
    np.maximum.at(largest, row, amount)
    new = np.cumsum(binding) - 1
    kept = binding[row] & (amount > 0)
    row, option, amount = row[kept], option[kept], amount[kept]
    order = np.lexsort((row, option))
    start = np.concatenate([[0], np.cumsum(np.bincount(option, minlength=size))]).astype(np.int64)
    return Packs(
        start, new[row[order]], (amount / largest[row])[order], (room / largest)[binding],
        int(new[main]) if main >= 0 else -1,
    )  # fmt: skip
