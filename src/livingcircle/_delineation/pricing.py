"""Price what could be a circle: how far it is from what is wanted.

price = circle + Σ over soft limits (fault + rate × excess) + balance × |people ÷ mean − 1|
+ shape × (1 − compactness) + arterial × roads crossed + split × parts of communities
+ subdistrict × further 街道 + move × tiles moved + touch × (old circle cut). Compactness is that
of Polsby and Popper (1991), 4π × area ÷ edge².
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from livingcircle._delineation.groups import Group
from livingcircle._delineation.land import Land

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Priced:
    """Hold groups with their price before balance and number are known.

    Attributes
    ----------
    groups
        What could be a circle.
    base
        Price of each without what a circle costs and without balance.
    people
        Residents of each, NaN where unknown.
    weight
        What balance costs.
    """

    groups: list[Group]
    base: Floats
    people: Floats
    weight: float

    def prices(self, circle: float, mean: float) -> Floats:
        """Return the whole prices where a circle costs so much and should hold ``mean`` people."""
        if not mean > 0:
            return self.base + circle
        off = np.abs(self.people / mean - 1.0)
        return np.asarray(self.base + circle + self.weight * np.nan_to_num(off, nan=0.0))


def price(land: Land, groups: list[Group], old: Ints | None = None) -> Priced:
    """Return groups with their prices.

    Parameters
    ----------
    old
        The circle that each tile belonged to, -1 for none; None where there is no set to keep.
    """
    prices, limits = land.wishes.prices, land.wishes.limits
    km2, people, walk, edge = (
        np.array([getattr(group, name) for group in groups], dtype=np.float64)
        for name in ("km2", "people", "walk", "edge")
    )
    walk = np.minimum(walk, land.walks.reach)
    base = _over(km2, limits.area_km2, prices.fault, prices.area)
    base += _over(walk, land.wishes.band, prices.fault, prices.walk)
    base += prices.density * _outside(people / km2, limits.density)
    base += prices.shape * (1.0 - np.minimum(1.0, 4.0 * np.pi * km2 * 1e6 / edge**2))
    base += np.array([_of_members(land, group) for group in groups])
    if old is not None:
        labels, sizes = old.tolist(), Counter(old.tolist())
        base += np.array([_of_moves(land, group, labels, sizes) for group in groups])
    return Priced(groups, base, people, prices.balance)


def _over(values: Floats, limit: float, fault: float, rate: float) -> Floats:
    """Return what exceeding a limit costs."""
    excess = np.maximum(values / limit - 1.0, 0.0)
    return np.where(excess > 0, fault + rate * excess, 0.0)


def _outside(density: Floats, limits: tuple[float, float]) -> Floats:
    """Return how far densities lie outside a range, as shares of it; 0 where unknown."""
    low, high = limits
    under = np.maximum(1.0 - density / low, 0.0) if low else np.zeros(len(density))
    return np.nan_to_num(under + np.maximum(density / high - 1.0, 0.0), nan=0.0)


def _of_members(land: Land, group: Group) -> float:
    """Return what the members of a group cost: roads between them, parts, further 街道."""
    prices, tiles = land.wishes.prices, land.tiles
    cost = prices.arterial * (len({land.block_list[t] for t in group.tiles}) - 1)
    some = {tiles.subdistricts[t] for t in group.tiles} - {""}
    cost += prices.subdistrict * max(len(some) - 1, 0)
    held = Counter(tiles.communities[t] for t in group.tiles if land.part_list[t])
    cost += prices.split * sum(count < land.parts_of[c] for c, count in held.items())
    return cost


def _of_moves(land: Land, group: Group, old: Sequence[int], sizes: Counter[int]) -> float:
    """Return what a group costs by changing an old set."""
    held = Counter(old[t] for t in group.tiles if old[t] >= 0)
    if not held:
        return 0.0
    main, count = min(held.items(), key=lambda one: (-one[1], one[0]))
    prices = land.wishes.prices
    return prices.move * (held.total() - count) + prices.touch * (count < sizes[main])
