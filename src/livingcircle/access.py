"""Measure who reaches what on foot: nearest outlet, within the circle and across its border.

For every door and trade: the least metres, the least minutes and whose they are; the nearest
inside the door's own circle; how many outlets lie within the near and the far end of the trade's
service radius; and, for every unit, which outlets its residents can reach across the border.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import parted
from livingcircle._routing.around import Around
from livingcircle._routing.around import Least
from livingcircle._routing.around import Wanted
from livingcircle._routing.links import METRICS
from livingcircle._routing.links import UNITS
from livingcircle._routing.readers import Reader
from livingcircle._routing.streets import whole

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Small = npt.NDArray[np.int32]

# 国家2023: 家门口 5–10 minutes, 家周边 15 minutes; 密云 附件1.1 三: 5, 10 and 15 minutes.
BANDS = (5.0, 10.0, 15.0)
BAND_NAMES = ("5", "10", "15", "15+", "")
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
class NeedAccess:
    """Hold the distances of every door to one need; inf means no way at all, -1 no outlet.

    Attributes
    ----------
    metres, minutes
        Least network metres and least minutes, shape (doors,). The two may belong to different
        outlets.
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
        (unit, outlet) pairs of what is present within the far radius of at least one door.
    """

    metres: Floats
    minutes: Floats
    outlet: Small
    minutes_outlet: Small
    circle_metres: Floats
    circle_outlet: Small
    count_good: Small
    count_pass: Small
    maybe_metres: Floats
    maybe_minutes: Floats
    lost_metres: Floats
    shared_communities: Ints
    shared_circles: Ints


@dataclass(frozen=True)
class Access:
    """Hold distances of doors to needs, need by need.

    Attributes
    ----------
    needs
        One name for each column, as in :class:`Supply`.
    method
        ``"street"`` or ``"straight_line"``.
    count
        How many doors there are.
    columns
        The distances to each need.
    """

    needs: tuple[str, ...]
    method: str
    count: int
    columns: tuple[NeedAccess, ...]

    def column(self, need: str) -> int:
        """Return the column of a need."""
        return self.needs.index(need)

    def to(self, need: str) -> NeedAccess:
        """Return the distances to a need."""
        return self.columns[self.column(need)]

    def table(self, name: str, columns: Sequence[int]) -> npt.NDArray[Any]:
        """Return one attribute of several needs side by side, shape (doors, columns)."""
        if not columns:
            return np.empty((self.count, 0))
        return np.stack([getattr(self.columns[c], name) for c in columns], axis=1)


def band_codes(minutes: Floats) -> npt.NDArray[np.int8]:
    """Return the walking band of each number of minutes as its place in ``BAND_NAMES``."""
    place = np.searchsorted(np.array(BANDS), minutes, side="left")
    return np.where(np.isfinite(minutes), place, len(BANDS) + 1).astype(np.int8)


def measure(
    reader: Reader,
    supply: Supply,
    units: Units,
    radii: Mapping[str, tuple[float, float]],
    lost: Mapping[int, Floats] | None = None,
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
        Straight metres to outlets without a street, by need, from :func:`metres_to_lost`.
    """
    ends, limit = ends_of(supply, radii)
    columns = measure_needs(reader, supply, units, ends, limit, lost)
    return Access(supply.needs, reader.method, len(units.door_circle), columns)


def ends_of(
    supply: Supply, radii: Mapping[str, tuple[float, float]]
) -> tuple[dict[str, tuple[float, float]], float]:
    """Return near and far metres of each need, and the longest of all."""
    ends = {need: radii.get(need, DEFAULT_RADII) for need in supply.needs}
    return ends, max((far for _, far in ends.values()), default=0.0)


def measure_needs(
    reader: Reader,
    supply: Supply,
    units: Units,
    ends: Mapping[str, tuple[float, float]],
    limit: float,
    lost: Mapping[int, Floats] | None = None,
) -> tuple[NeedAccess, ...]:
    """Return the distances of every door to some needs.

    ``limit`` is how far the nearest outlet inside a door's own circle is looked for, whatever
    the radius of its need; the rest is as for :func:`measure`.
    """
    count = len(units.door_circle)
    never = np.broadcast_to(np.inf, count)
    metres, outlet = _by_need(*reader.nearest(supply.offers, "metres"))
    minutes, minutes_outlet = _by_need(*reader.nearest(supply.offers, "minutes"))
    doubtful = np.flatnonzero(supply.maybe.any(axis=0)).tolist()
    maybe = [never] * len(supply.needs), [never] * len(supply.needs)
    for into, metric in zip(maybe, METRICS, strict=True):
        found = _by_need(*reader.nearest(supply.maybe[:, doubtful], metric))[0]
        for need, values in zip(doubtful, found, strict=True):
            into[need] = values
    near = reader.around(looked_for(supply, units, ends, limit))
    (inside, whose), good, within = counted(near)
    far = whole(np.array([ends[need][1] for need in supply.needs], dtype=np.float64), "metres")
    communities, circles = (shared_by(least, supply.present, far) for least in near.least)
    return tuple(
        NeedAccess(
            metres=metres[need],
            minutes=minutes[need],
            outlet=outlet[need],
            minutes_outlet=minutes_outlet[need],
            circle_metres=inside[need],
            circle_outlet=whose[need],
            count_good=good[need],
            count_pass=within[need],
            maybe_metres=maybe[0][need],
            maybe_minutes=maybe[1][need],
            lost_metres=never if lost is None else lost.get(need, never),
            shared_communities=communities[need],
            shared_circles=circles[need],
        )
        for need in range(len(supply.needs))
    )


def counted(near: Around) -> tuple[tuple[Floats, Small], Small, Small]:
    """Return the nearest inside the circle with whose it is, and both counts, need by need."""
    length, owner = parted(near.nearest[:, :, 0])
    there = length < FAR
    inside = np.where(there, length / UNITS["metres"], np.inf), np.where(there, owner, -1)
    good, within = (np.ascontiguousarray(table.T, dtype=np.int32) for table in near.counts)
    return _by_need(*inside), good, within


def _by_need(lengths: Floats, outlets: Ints | Small) -> tuple[Floats, Small]:
    """Return tables of doors × needs as one row for each need."""
    return np.ascontiguousarray(lengths.T), np.ascontiguousarray(outlets.T, dtype=np.int32)


def metres_to_lost(
    doors: Floats, outlets: Floats, off_street: Bools, supply: Supply
) -> dict[int, Floats]:
    """Return straight metres from every door to the nearest outlet of each need off the streets.

    Needs all of whose outlets have a street are left out.

    Parameters
    ----------
    doors, outlets
        Places in metres, shapes (doors, 2) and (outlets, 2).
    off_street
        Outlets that no street leads to, shape (outlets,).
    supply
        Who offers what.
    """
    metres = {}
    lost = np.flatnonzero(off_street)
    answers = (supply.offers[lost] | supply.maybe[lost]).T
    for column in np.flatnonzero(answers.any(axis=1)).tolist():
        metres[column] = cKDTree(outlets[lost[answers[column]]]).query(doors)[0]
    return metres


def looked_for(
    supply: Supply, units: Units, ends: Mapping[str, tuple[float, float]], limit: float
) -> Wanted:
    """Return what to look for around doors, up to a limit in metres."""
    radii = np.array([ends[need] for need in supply.needs], dtype=np.float64).reshape(-1, 2).T
    return Wanted(
        offers=supply.offers,
        radii=whole(radii, "metres"),
        limit=int(whole(np.array([limit]), "metres")[0]),
        nearest=1,
        door_group=units.door_circle,
        outlet_group=units.outlet_circle,
        units=(units.door_community, units.door_circle),
        seen=np.asarray(supply.present.any(axis=1)),
    )


def shared_by(found: Least, present: Bools, far: npt.NDArray[np.uint32]) -> tuple[Ints, ...]:
    """Return, for each need, the distinct (unit, outlet) pairs within its far radius.

    Pairs are sorted by unit, then by outlet.
    """
    order = np.lexsort((found[0], found[1]))
    outlet, unit, length = (part[order] for part in found)
    rows = (present[outlet, need] & (length <= far[need]) for need in range(len(far)))
    return tuple(np.column_stack([unit[row], outlet[row]]) for row in rows)
