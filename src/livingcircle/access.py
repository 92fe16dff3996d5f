"""Measure who reaches what on foot: nearest outlet, within the circle and across its border.

For every door and trade: the least metres, the least minutes and whose they are; the nearest
inside the door's own circle; how many outlets lie within the near and the far end of the trade's
service radius; and, for every unit, which outlets its residents can reach across the border.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from livingcircle._routing.readers import Reader

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# 国家2023: 家门口 5–10 minutes, 家周边 15 minutes; 密云 附件1.1 三: 5, 10 and 15 minutes.
BANDS = (5.0, 10.0, 15.0)
DEFAULT_RADII = (800.0, 1000.0)


@dataclass(frozen=True)
class Supply:
    """Say which outlets answer each need.

    Attributes
    ----------
    needs
        One name for each column: a trade code, or the id of a requirement that asks for more
        than a trade, such as a pharmacy open all day.
    offers
        Outlets that surely answer a need: open, verified, fixed, shape (outlets, needs).
    maybe
        Outlets that would, if somebody confirmed them, shape (outlets, needs).
    present
        Every outlet that is there, mobile and unverified ones too, shape (outlets, needs): what
        a unit has within reach, whatever a rule then counts of it.
    """

    needs: tuple[str, ...]
    offers: Bools
    maybe: Bools
    present: Bools


@dataclass(frozen=True)
class Units:
    """Number the communities and circles that doors and outlets lie in; -1 is none."""

    door_circle: Ints
    outlet_circle: Ints
    door_community: Ints


@dataclass(frozen=True)
class Access:
    """Hold distances of doors × needs; inf means no way at all, -1 no outlet.

    Attributes
    ----------
    needs
        One name for each column, as in :class:`Supply`.
    metres, minutes
        Least network metres and least minutes, shape (doors, needs). The two may belong to
        different outlets.
    outlet, minutes_outlet
        Which outlet each belongs to.
    circle_metres, circle_outlet
        The nearest inside the door's own circle, up to the longest radius.
    count_good, count_pass
        Outlets within the near and far end of the radius, borders ignored.
    maybe_metres, maybe_minutes
        Metres and minutes to the nearest outlet that may answer.
    lost_metres
        Straight metres to the nearest outlet that answers or may but reaches no street: it can
        be no nearer than that.
    shared_communities, shared_circles
        For each need, (unit, outlet) pairs of what is present within the far radius of at least
        one door.
    """

    needs: tuple[str, ...]
    method: str
    metres: Floats
    minutes: Floats
    outlet: Ints
    minutes_outlet: Ints
    circle_metres: Floats
    circle_outlet: Ints
    count_good: Ints
    count_pass: Ints
    maybe_metres: Floats
    maybe_minutes: Floats
    lost_metres: Floats
    shared_communities: tuple[Ints, ...]
    shared_circles: tuple[Ints, ...]

    def column(self, need: str) -> int:
        """Return the column of a need."""
        return self.needs.index(need)


def band_of(minutes: Floats) -> npt.NDArray[np.object_]:
    """Return the walking band of each number of minutes: 5, 10, 15, 15+ or nothing."""
    place = np.searchsorted(np.array(BANDS), minutes, side="left")
    names = np.array(["5", "10", "15", "15+"], dtype=object)
    return np.where(np.isfinite(minutes), names[place], "")


def measure(
    reader: Reader,
    supply: Supply,
    units: Units,
    radii: Mapping[str, tuple[float, float]],
    lost: Floats | None = None,
) -> Access:
    """Return the distances of every door to every need.

    Parameters
    ----------
    reader
        Where distances come from.
    supply
        Who offers what.
    units
        Where doors and outlets lie.
    radii
        Near and far metres for each need; needs without use 800 and 1000.
    lost
        Straight metres to outlets without a street, from :func:`metres_to_lost`.
    """
    shape = (len(units.door_circle), len(supply.needs))
    metres, minutes = np.full(shape, np.inf), np.full(shape, np.inf)
    outlet, minutes_outlet = np.full(shape, -1), np.full(shape, -1)
    maybe, maybe_minutes = np.full(shape, np.inf), np.full(shape, np.inf)
    for column in range(len(supply.needs)):
        sources = np.flatnonzero(supply.offers[:, column])
        metres[:, column], outlet[:, column] = reader.nearest(sources, "metres")
        minutes[:, column], minutes_outlet[:, column] = reader.nearest(sources, "minutes")
        doubtful = np.flatnonzero(supply.maybe[:, column])
        maybe[:, column], _ = reader.nearest(doubtful, "metres")
        maybe_minutes[:, column], _ = reader.nearest(doubtful, "minutes")
    near = _count(reader, supply, units, [radii.get(n, DEFAULT_RADII) for n in supply.needs])
    return Access(
        needs=supply.needs,
        method=reader.method,
        metres=metres,
        minutes=minutes,
        outlet=outlet,
        minutes_outlet=minutes_outlet,
        circle_metres=near.circle_metres,
        circle_outlet=near.circle_outlet,
        count_good=near.good,
        count_pass=near.far,
        maybe_metres=maybe,
        maybe_minutes=maybe_minutes,
        lost_metres=np.full(shape, np.inf) if lost is None else lost,
        shared_communities=near.pairs(near.communities),
        shared_circles=near.pairs(near.circles),
    )


def metres_to_lost(doors: Floats, outlets: Floats, off_street: Bools, supply: Supply) -> Floats:
    """Return straight metres from every door to the nearest outlet of each need off the streets.

    Parameters
    ----------
    doors, outlets
        Places in metres, shapes (doors, 2) and (outlets, 2).
    off_street
        Outlets that no street leads to, shape (outlets,).
    supply
        Who offers what.
    """
    metres = np.full((len(doors), len(supply.needs)), np.inf)
    for column in range(len(supply.needs)):
        some = np.flatnonzero(off_street & (supply.offers | supply.maybe)[:, column])
        if len(some):
            metres[:, column] = cKDTree(outlets[some]).query(doors)[0]
    return metres


@dataclass(frozen=True)
class _Nearby:
    """Gather what the bounded searches find; arrays are filled in place."""

    circle_metres: Floats
    circle_outlet: Ints
    good: Ints
    far: Ints
    communities: list[list[Ints]]
    circles: list[list[Ints]]

    @staticmethod
    def pairs(found: list[list[Ints]]) -> tuple[Ints, ...]:
        """Return one array of distinct (unit, outlet) pairs for each need."""
        nothing = np.empty((0, 2), dtype=np.int64)
        return tuple(np.unique(np.vstack([nothing, *some]), axis=0) for some in found)


def _count(
    reader: Reader, supply: Supply, units: Units, radii: Sequence[tuple[float, float]]
) -> _Nearby:
    """Search outward from every outlet once, up to the longest radius of any need."""
    shape = (len(units.door_circle), len(supply.needs))
    near = _Nearby(
        circle_metres=np.full(shape, np.inf),
        circle_outlet=np.full(shape, -1),
        good=np.zeros(shape, dtype=np.int64),
        far=np.zeros(shape, dtype=np.int64),
        communities=[[] for _ in supply.needs],
        circles=[[] for _ in supply.needs],
    )
    limit = max((far for _, far in radii), default=0.0)
    sources = np.flatnonzero(supply.present.any(axis=1))
    for some, metres in reader.within(sources, limit):
        for column in range(len(supply.needs)):
            rows = np.flatnonzero(supply.offers[some, column])
            if len(rows):
                _gather(near, units, column, radii[column], some[rows], metres[rows])
            rows = np.flatnonzero(supply.present[some, column])
            if len(rows):
                _share(near, units, column, radii[column][1], some[rows], metres[rows])
    return near


def _gather(
    near: _Nearby,
    units: Units,
    column: int,
    radius: tuple[float, float],
    outlets: Ints,
    metres: Floats,
) -> None:
    """Count one need's outlets of one bundle, metres of shape (outlets, doors)."""
    near.good[:, column] += (metres <= radius[0]).sum(axis=0)
    near.far[:, column] += (metres <= radius[1]).sum(axis=0)
    own = units.outlet_circle[outlets][:, None] == units.door_circle[None, :]
    inside = np.where(own & (units.door_circle >= 0)[None, :], metres, np.inf)
    best = inside.argmin(axis=0)
    value = inside[best, np.arange(inside.shape[1])]
    closer = value < near.circle_metres[:, column]
    near.circle_metres[closer, column] = value[closer]
    near.circle_outlet[closer, column] = outlets[best[closer]]


def _share(
    near: _Nearby, units: Units, column: int, radius: float, outlets: Ints, metres: Floats
) -> None:
    """Note which units reach which outlets of one need."""
    row, door = np.nonzero(metres <= radius)
    for found, codes in (
        (near.communities[column], units.door_community),
        (near.circles[column], units.door_circle),
    ):
        pairs = np.column_stack([codes[door], outlets[row]])
        found.append(np.unique(pairs[pairs[:, 0] >= 0], axis=0))
