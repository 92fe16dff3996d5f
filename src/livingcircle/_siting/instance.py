"""Hold a question of siting: what may be opened, whom it would serve, and what must be kept to.

An *option* is one trade at one place; several options may stand at the same *site*. A *row* is one
piece of demand: the people behind a door who lack a trade, say. Lists are sparse: what an option
cannot serve is never written down.
"""

from dataclasses import dataclass
from dataclasses import field
from typing import Any

import numpy as np
import numpy.typing as npt

from livingcircle.errors import SitingError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Instance:
    """Hold options that can be chosen, and the demand each of them covers.

    Only the first three must be given; the rest has the usual meaning of "nothing special".

    Attributes
    ----------
    start
        Where the list of each option begins in ``rows``, shape (options + 1,).
    rows
        Which demand rows each option covers, ascending within an option, shape (pairs,).
    weight
        People behind each row, possibly weighted; finite and not negative, shape (rows,).
    bonus
        What choosing an option is worth by itself, in people, not negative, shape (options,).
    cost
        Money an option takes, shape (options,); unknown costs are not for this model to guess.
    site
        Which place each option stands in, shape (options,); by default one each.
    room
        Square metres an option takes of its site, shape (options,).
    capacity
        Square metres of each site, infinite where there is no limit, shape (sites,).
    opening
        Money that opening each site takes, once however many options it holds, shape (sites,).
    kind
        Number of the trade of each option, shape (options,).
    apart
        Pairs of options that may not both be chosen, shape (pairs, 2).
    fixed
        Whether an option stands already: it is part of every answer, takes its room and keeps
        others apart, but costs nothing and counts towards no limit, shape (options,).
    """

    start: Ints
    rows: npt.NDArray[np.integer[Any]]
    weight: Floats
    bonus: Floats = field(default_factory=lambda: np.empty(0))
    cost: Floats = field(default_factory=lambda: np.empty(0))
    site: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    room: Floats = field(default_factory=lambda: np.empty(0))
    capacity: Floats = field(default_factory=lambda: np.empty(0))
    opening: Floats = field(default_factory=lambda: np.empty(0))
    kind: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    apart: Ints = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    fixed: Bools = field(default_factory=lambda: np.empty(0, dtype=np.bool_))

    def __post_init__(self) -> None:
        """Fill in what was left out, bring all to one type each, and refuse what contradicts."""
        options = len(self.start) - 1
        sites = self.site if len(self.site) else np.arange(options)
        usual = {
            "start": (self.start, np.int64),
            "rows": (self.rows, np.int32),
            "weight": (self.weight, np.float64),
            "bonus": (_or(self.bonus, options, 0.0), np.float64),
            "cost": (_or(self.cost, options, 0.0), np.float64),
            "site": (sites, np.int64),
            "room": (_or(self.room, options, 0.0), np.float64),
            "capacity": (_or(self.capacity, int(sites.max(initial=-1)) + 1, np.inf), np.float64),
            "opening": (_or(self.opening, int(sites.max(initial=-1)) + 1, 0.0), np.float64),
            "kind": (_or(self.kind, options, 0), np.int64),
            "apart": (self.apart, np.int64),
            "fixed": (_or(self.fixed, options, fill=False), np.bool_),
        }
        for name, (value, kind) in usual.items():
            object.__setattr__(self, name, np.ascontiguousarray(value, dtype=kind))
        _check(self)

    @property
    def options(self) -> int:
        """Return how many options there are."""
        return len(self.start) - 1

    @property
    def demand(self) -> int:
        """Return how many rows of demand there are."""
        return len(self.weight)

    def covers(self, option: int) -> npt.NDArray[np.integer[Any]]:
        """Return the rows an option covers."""
        return self.rows[self.start[option] : self.start[option + 1]]


@dataclass(frozen=True)
class Limits:
    """Say how much may be opened; what is None is not limited.

    Attributes
    ----------
    count
        Most options chosen.
    budget
        Most money spent.
    per_kind
        Most options of each trade, shape (kinds,).
    sites
        Most distinct sites in which something is opened; sites with a fixed option are free.
    opening
        Most money spent on opening sites; those with a fixed option are paid for.
    """

    count: int | None = None
    budget: float | None = None
    per_kind: Ints | None = None
    sites: int | None = None
    opening: float | None = None

    def __post_init__(self) -> None:
        """Refuse limits below nothing."""
        given = [self.count, self.budget, self.sites, self.opening]
        least = min((one for one in given if one is not None), default=0)
        if self.per_kind is not None:
            least = min(least, int(np.min(self.per_kind, initial=0)))
        if not least >= 0:
            what = "选址的上限不能小于 0"
            raise SitingError(what, remedy="请改为 0 或更大的数")


NO_LIMITS = Limits()


def _or(values: npt.ArrayLike, count: int, fill: float) -> npt.ArrayLike:
    """Return values, or as many of the usual one where none are given."""
    return values if len(np.asarray(values)) else np.full(count, fill)


def _check(one: Instance) -> None:
    """Raise where columns have other lengths than they should, or numbers that mean nothing."""
    for name in ("bonus", "cost", "site", "room", "kind", "fixed"):
        found = len(getattr(one, name))
        if found != one.options:
            what = f"{name} 有 {found} 项，应有 {one.options} 项"
            raise SitingError(what, where="选址", remedy="请为每个候选点给一项")
    for name in ("weight", "bonus", "cost", "room", "opening"):
        if not np.all(np.isfinite(getattr(one, name)) & (getattr(one, name) >= 0)):
            what = f"{name} 里有负数或空缺"
            raise SitingError(what, where="选址", remedy="请先补全，或剔除这些候选点")
    lists_hold = (
        one.start[0] == 0
        and one.start[-1] == len(one.rows)
        and bool(np.all(np.diff(one.start) >= 0))
        and _within(one.rows, one.demand)
        and _ascending(one)
    )
    if not lists_hold:
        what = "覆盖清单前后不一致"
        raise SitingError(what, where="选址", remedy="请按候选点逐个升序列出需求")
    numbers_hold = (
        _within(one.site, min(len(one.capacity), len(one.opening)))
        and bool(np.all(one.kind >= 0))
        and one.apart.shape[1:] == (2,)
        and _within(one.apart.ravel(), one.options)
        and not np.any(np.isnan(one.capacity))
    )
    if not numbers_hold:
        what = "场所、业态或互斥的编号超出范围"
        raise SitingError(what, where="选址", remedy="请核对候选点清单")


def _within(numbers: npt.NDArray[np.integer[Any]], end: int) -> bool:
    return len(numbers) == 0 or (int(numbers.min()) >= 0 and int(numbers.max()) < end)


def _ascending(one: Instance) -> bool:
    """Return whether the rows of every option ascend, none twice."""
    rising = np.ones(len(one.rows), dtype=np.bool_)
    rising[1:] = np.diff(one.rows) > 0
    inner = one.start[:-1]
    rising[inner[inner < len(one.rows)]] = True
    return bool(rising.all())
