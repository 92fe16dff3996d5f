"""Say what circles are wanted: limits, what parts them, how many, and what each fault costs."""

import math
from collections.abc import Sequence
from dataclasses import astuple
from dataclasses import dataclass
from dataclasses import field
from numbers import Integral

from livingcircle.circles import Limits
from livingcircle.errors import InputError
from livingcircle.severance import HARD
from livingcircle.severance import KINDS
from livingcircle.severance import check_kinds
from livingcircle.walkers import check_hour
from livingcircle.walkers import find_walker

SOFT = tuple(kind for kind in KINDS if kind not in HARD)
_LONGEST_BAND = 60.0


@dataclass(frozen=True)
class Prices:
    """Set what faults of a circle cost against one another; a circle itself costs ``circle``.

    Attributes
    ----------
    fault
        For each limit (area, walk) that is exceeded at all, so that none is without need.
    area, walk, density
        In proportion to the excess: for a limit exceeded by its whole.
    balance
        For people that differ from the mean by the whole mean.
    shape
        For a circle of no compactness at all.
    arterial
        For each arterial road crossed.
    split, subdistrict
        For each circle with a part of a community only; for each 街道 beyond the first.
    move, touch
        For each tile taken out of its old circle; for each piece of an old circle cut up.
    """

    circle: float = 1.0
    fault: float = 2.0
    area: float = 10.0
    walk: float = 8.0
    density: float = 0.3
    balance: float = 2.0
    shape: float = 0.5
    arterial: float = 2.5
    split: float = 0.5
    subdistrict: float = 0.5
    move: float = 0.4
    touch: float = 0.6


@dataclass(frozen=True)
class Wishes:
    """Say what is wanted.

    Attributes
    ----------
    band
        Minutes within which a circle is walked from end to end: 15, 10 or 8.
    limits
        Area and density, those of 密云 三（一） by default.
    hard, soft
        What no circle crosses, and what one crosses only for a reason.
    walker, at
        Who walks, at what hour.
    count
        How many circles; as few as the limits allow if not given.
    slack
        By how much of itself a soft limit may be exceeded by joining communities.
    most
        Most tiles in a circle.
    candidates
        Most groups of a size kept for each tile.
    prices
        What faults cost.
    """

    band: float = 15.0
    limits: Limits = field(default_factory=Limits)
    hard: Sequence[str] = HARD
    soft: Sequence[str] = SOFT
    walker: str = "standard"
    at: str = "10:00"
    count: int | None = None
    slack: float = 0.25
    most: int = 12
    candidates: int = 15
    prices: Prices = field(default_factory=Prices)

    def checked(self) -> "Wishes":
        """Return the wishes if they can be met by something.

        Raises
        ------
        InputError
            If they contradict each other or make no sense.
        """
        find_walker(self.walker)
        check_hour(self.at)
        check_kinds([*self.hard, *self.soft])
        both = [kind for kind in self.hard if kind in self.soft]
        low, high = self.limits.density
        trap, remedy = "", ""
        if both:
            trap, remedy = f"“{both[0]}”既不许跨越又可以跨越", "只放在一边"
        elif not 1 <= self.band <= _LONGEST_BAND:
            trap, remedy = f"圈内步行{self.band:g}分钟不合适", "用 1 到 60 分钟，通常 15、10 或 8"
        elif not self.limits.area_km2 > 0:
            trap, remedy = (
                f"面积上限{self.limits.area_km2:g}平方公里不合适",
                "写成大于 0 的数，通常 2",
            )
        elif not 0 <= low < high:
            trap = f"人口密度从{low:g}到{high:g}，下限不小于上限"
            remedy = "先写小的，再写大的，如 10000-30000"
        elif self.count is not None and not (isinstance(self.count, Integral) and self.count >= 1):
            trap, remedy = f"要划{self.count}个圈", "写成整数，至少划 1 个，或不写"
        elif not all(0 <= price < math.inf for price in astuple(self.prices)):
            trap, remedy = "代价里有负数、空值或无穷大", "每一项代价写成不小于 0 的数"
        elif not (self.slack >= 0 and self.most >= 1 and self.candidates >= 1):
            trap, remedy = "放宽幅度、成员数或候选数不合适", "放宽幅度不小于 0，其余至少为 1"
        if trap:
            raise InputError(trap, remedy=remedy)
        return self
