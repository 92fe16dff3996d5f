"""Say what the units of judgement are: communities, circles, 街道, the district.

Communities, circles and 街道 are views over the same doors; nothing is counted here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle.circles import whole_members
from livingcircle.memory import Memory
from livingcircle.residents import numbered
from livingcircle.situation import Situation
from livingcircle.verdicts import CODES
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN
from livingcircle.verdicts import VERDICTS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DISTRICT = "district"


@dataclass(frozen=True)
class Unit:
    """Name one unit of judgement and say who belongs to it.

    ``communities`` are numbers of its whole communities; ``doors`` and ``shops`` positions of
    everything located inside.
    """

    level: str
    unit_id: str
    name: str
    circle_id: str
    communities: Ints
    doors: Ints
    shops: Ints


def list_units(situation: Situation, memory: Memory | None = None) -> list[Unit]:
    """Return every community, circle, 街道 and the district, in that order.

    ``memory`` holds earlier ones; they are the same as long as nobody moved to another unit.
    """
    memory = Memory() if memory is None else memory
    district, members = situation.district, situation.members
    layers = district.communities, district.circles, district.circle_members
    lived = members.door_community, members.door_circle, *layers
    answering = memory.recall(
        "answering", (*lived, situation.doors), lambda: answering_circles(situation)
    )
    homes = memory.recall("homes of units", lived, lambda: _homes(situation))
    units = memory.recall(
        "units",
        (members, answering, homes, district.name),
        lambda: _list(situation, answering, homes),
    )
    # One that did not change is the very same, whatever became of the others.
    inputs = {(one.level, one.unit_id): tuple(vars(one).values()) for one in units}
    made = {(one.level, one.unit_id): one for one in units}
    return memory.recall_each("each unit", inputs, lambda unit, _: made[unit])


@dataclass(frozen=True)
class _Homes:
    """Hold the communities and doors of every unit, which no outlet changes.

    Attributes
    ----------
    communities, circles
        Doors of each.
    whole
        Communities that belong to each circle as a whole.
    offices
        Communities and doors of each 街道.
    everyone
        All doors.
    """

    communities: list[Ints]
    circles: list[Ints]
    whole: list[Ints]
    offices: dict[str, tuple[Ints, Ints]]
    everyone: Ints


def _homes(situation: Situation) -> _Homes:
    """Return the communities and doors of every unit."""
    members = situation.members
    count = len(members.circles)
    whole = whole_members(situation.district, members.communities, members.circles)[:-1]
    names = situation.district.communities["subdistrict"].fillna("").to_numpy(dtype=object)
    offices = {}
    for name in sorted(set(names) - {""}):
        some = np.flatnonzero(names == name)
        offices[str(name)] = some, np.flatnonzero(np.isin(members.door_community, some))
    return _Homes(
        communities=_groups(members.door_community, len(members.communities)),
        circles=_groups(members.door_circle, count),
        whole=_groups(whole, count),
        offices=offices,
        everyone=np.arange(len(members.door_community)),
    )


def _groups(numbers: Ints, count: int) -> list[Ints]:
    """Return the places of each number from 0 up."""
    order = np.argsort(numbers, kind="stable")
    ends = np.searchsorted(numbers[order], np.arange(count + 1))
    return [order[low:high] for low, high in pairwise(ends)]


def _list(situation: Situation, circle_of: Ints, homes: _Homes) -> list[Unit]:
    """List the units; ``circle_of`` says which circle answers for each community."""
    district, members = situation.district, situation.members
    shops = _groups(members.outlet_community, len(members.communities))
    circle_shops = _groups(members.outlet_circle, len(members.circles))
    units = []
    for number, (unit, name) in enumerate(district.communities["name"].items()):
        circle = circle_of[number]
        units.append(
            Unit(
                "community",
                str(unit),
                str(name),
                str(members.circles[circle]) if circle >= 0 else "",
                np.array([number]),
                homes.communities[number],
                shops[number],
            )
        )
    for number, (unit, name) in enumerate(district.circles["name"].items()):
        held = homes.whole[number], homes.circles[number], circle_shops[number]
        units.append(Unit("circle", str(unit), str(name), str(unit), *held))
    for office, (some, doors) in homes.offices.items():
        mine = np.flatnonzero(np.isin(members.outlet_community, some))
        units.append(Unit("subdistrict", office, office, "", some, doors, mine))
    return [*units, _whole(situation, homes.everyone)]


def answering_circles(situation: Situation) -> Ints:
    """Return the number of the circle that answers for each community, or -1.

    That is the circle it belongs to as a whole or else, where it is split between circles, the
    one where most of its residents live: one circle has to answer for it.
    """
    members = situation.members
    whole = whole_members(situation.district, members.communities, members.circles)[:-1]
    people = situation.doors["residents"].fillna(0.0).to_numpy(dtype=np.float64) + 1e-6
    inside = (members.door_community >= 0) & (members.door_circle >= 0)
    shape = (len(members.communities), len(members.circles))
    lived = np.zeros(shape)
    np.add.at(lived, (members.door_community[inside], members.door_circle[inside]), people[inside])
    most = lived.argmax(axis=1) if shape[1] else np.zeros(shape[0], dtype=np.int64)
    split = np.where(lived.sum(axis=1) > 0, most, -1)
    return np.where(whole >= 0, whole, split).astype(np.int64)


def _whole(situation: Situation, doors: Ints) -> Unit:
    """Return the district; outlets of the belt around it are not its own."""
    members = situation.members
    mine = (members.outlet_community >= 0) | (members.outlet_circle >= 0)
    if len(members.communities) == 0 and len(members.circles) == 0:
        mine = ~situation.district.outlets.index.isin(situation.district.belt)
    return Unit(
        DISTRICT,
        DISTRICT,
        situation.district.name,
        "",
        np.arange(len(members.communities)),
        doors,
        np.flatnonzero(mine),
    )


def unit_numbers(situation: Situation) -> dict[str, tuple[pd.Index, Ints]]:
    """Return, for each level, the unit ids and the unit number of each door (-1 for none)."""
    members = situation.members
    everyone = np.zeros(len(situation.doors), dtype=np.int64)
    return {
        "community": (members.communities, members.door_community),
        "circle": (members.circles, members.door_circle),
        "district": (pd.Index(["district"]), everyone),
    }


def unit_names(situation: Situation) -> dict[str, dict[str, str]]:
    """Return the printed name of every unit of every level."""
    district = situation.district
    return {
        "community": district.communities["name"].astype(str).to_dict(),
        "circle": district.circles["name"].astype(str).to_dict(),
        "district": {"district": district.name},
    }


def circle_of_community(situation: Situation) -> dict[str, str]:
    """Return the circle that answers for each community; those without one are left out."""
    circles = situation.members.circles
    return {
        str(community): str(circles[number])
        for community, number in zip(
            situation.members.communities, answering_circles(situation), strict=True
        )
        if number >= 0
    }


@dataclass(frozen=True)
class Crowd:
    """Hold the people of some groups of doors.

    Where nobody knows how many live behind any door of a group, its doors are counted.

    Attributes
    ----------
    doors
        The doors of all groups, group by group.
    number
        Whose doors they are.
    weight
        How many people each stands for.
    count
        How many groups there are.
    """

    doors: Ints
    number: Ints
    weight: Floats
    count: int

    @classmethod
    def of(cls, groups: Sequence[Ints], residents: Floats) -> Self:
        """Return the people of some groups of doors, NaN where unknown."""
        doors, number = numbered(groups)
        people = residents[doors]
        known = np.bincount(number, ~np.isnan(people), minlength=len(groups)) > 0
        weight = np.where(known[number], np.nan_to_num(people), 1.0)
        return cls(doors, number, weight, len(groups))

    def by_verdict(self, verdict: npt.NDArray[np.int8]) -> Floats:
        """Return people served, lacking and unknown in each group, shape (groups, 3).

        ``verdict`` are places in ``VERDICTS``, one for each door.
        """
        codes = [CODES[word] for word in (SERVED, LACKING, UNKNOWN)]
        cell = self.number * len(VERDICTS) + verdict[self.doors]
        sums = np.bincount(cell, self.weight, minlength=self.count * len(VERDICTS))
        return np.asarray(sums.reshape(-1, len(VERDICTS))[:, codes], dtype=np.float64)

    def listed(self, verdict: npt.NDArray[np.int8]) -> list[list[float]]:
        """Return the same as plain numbers, group by group."""
        listed: list[list[float]] = self.by_verdict(verdict).tolist()
        return listed
