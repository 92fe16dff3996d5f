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

from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import parted
from livingcircle._routing.around import Around
from livingcircle._routing.around import Least
from livingcircle._routing.around import Wanted
from livingcircle._routing.links import UNITS
from livingcircle._routing.readers import Reader
from livingcircle._routing.streets import whole

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
    metres, outlet = reader.nearest(supply.offers, "metres")
    minutes, minutes_outlet = reader.nearest(supply.offers, "minutes")
    maybe, maybe_minutes = np.full(shape, np.inf), np.full(shape, np.inf)
    doubtful = np.flatnonzero(supply.maybe.any(axis=0))
    if len(doubtful):
        maybe[:, doubtful], _ = reader.nearest(supply.maybe[:, doubtful], "metres")
        maybe_minutes[:, doubtful], _ = reader.nearest(supply.maybe[:, doubtful], "minutes")
    ends = [radii.get(need, DEFAULT_RADII) for need in supply.needs]
    near = _look(reader, supply, units, ends)
    length, owner = parted(near.nearest[:, :, 0])
    found = length < FAR
    far = whole(np.array([end for _, end in ends], dtype=np.float64), "metres")
    return Access(
        needs=supply.needs,
        method=reader.method,
        metres=metres,
        minutes=minutes,
        outlet=outlet,
        minutes_outlet=minutes_outlet,
        circle_metres=np.where(found, length / UNITS["metres"], np.inf),
        circle_outlet=np.where(found, owner.astype(np.int64), -1),
        count_good=near.counts[0].astype(np.int64),
        count_pass=near.counts[1].astype(np.int64),
        maybe_metres=maybe,
        maybe_minutes=maybe_minutes,
        lost_metres=np.full(shape, np.inf) if lost is None else lost,
        shared_communities=_shared(near.least[0], supply.present, far),
        shared_circles=_shared(near.least[1], supply.present, far),
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


def _look(
    reader: Reader, supply: Supply, units: Units, radii: Sequence[tuple[float, float]]
) -> Around:
    """Look around every door once, up to the longest radius of any need."""
    ends = np.array(radii, dtype=np.float64).reshape(-1, 2).T
    limit = whole(np.array([ends[1].max(initial=0.0)]), "metres")
    wanted = Wanted(
        offers=supply.offers,
        radii=whole(ends, "metres"),
        limit=int(limit[0]),
        nearest=1,
        door_group=units.door_circle,
        outlet_group=units.outlet_circle,
        units=(units.door_community, units.door_circle),
        seen=np.asarray(supply.present.any(axis=1)),
    )
    return reader.around(wanted)


def _shared(found: Least, present: Bools, far: npt.NDArray[np.uint32]) -> tuple[Ints, ...]:
    """Return, for each need, the distinct (unit, outlet) pairs within its far radius."""
    order = np.lexsort((found[0], found[1]))
    outlet, unit, length = (part[order] for part in found)
    rows = (present[outlet, need] & (length <= far[need]) for need in range(len(far)))
    return tuple(np.column_stack([unit[row], outlet[row]]) for row in rows)
