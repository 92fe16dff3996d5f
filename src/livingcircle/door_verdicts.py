"""Judge every door: served, lacking, unknown with the reason, or not applicable.

A door lacks a trade only when that is certain: the trade's ledger is complete, the door stands
on the network, no unverified outlet is near, and the data reach far enough around it. Whatever
cannot be ruled out is unknown, and unknown never turns into lacking on the way to a ranking.
"""

from collections.abc import Collection
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from livingcircle.access import Access
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import NOT_APPLICABLE
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]

NO_LEDGER = "没有这类业态的完整台账，查不到不等于没有"
OFF_NETWORK = "楼门附近没有可走的道路"
SHUT_IN = "楼门所在道路与主路网不相连"
UNVERIFIED = "附近只有未核实的网点"
LOST = "附近有网点接不上道路，走不走得到没有核实"
EDGE = "靠近数据边界，界外可能有网点"
WHICH_RULE = "缺少判断是否适用的信息"


@dataclass(frozen=True)
class Service:
    """Say what a door should reach on foot: one requirement on the service radius.

    Attributes
    ----------
    requirement_id
        The requirement it comes from.
    needs
        Columns of the access table that answer it.
    trades
        Trades they stand for.
    every
        True where all of them are needed, False where any one will do.
    good, far
        Near and far end of the radius in metres; inf where only minutes are stated.
    good_minutes, far_minutes
        The same in minutes; inf where only metres are judged.
    """

    requirement_id: str
    needs: tuple[str, ...]
    trades: tuple[str, ...]
    every: bool = False
    good: float = np.inf
    far: float = np.inf
    good_minutes: float = np.inf
    far_minutes: float = np.inf


@dataclass(frozen=True)
class Certainty:
    """Know what could make an absence doubtful.

    Attributes
    ----------
    complete
        Trades whose ledger is complete.
    off_network
        Doors that no street can be reached from, shape (doors,).
    shut_in
        Doors on a part of the network that does not lead to the main one, shape (doors,).
    edge_metres
        Straight metres from each door to where the data end; inf when there is no end.
    metres_per_minute
        The walker's speed, for radii stated in minutes.
    """

    complete: Collection[str]
    off_network: Bools
    shut_in: Bools
    edge_metres: Floats
    metres_per_minute: float = 60.0


@dataclass(frozen=True)
class DoorVerdicts:
    """Hold one service's answer for every door.

    Attributes
    ----------
    verdict, reason
        Words, shape (doors,); the reason is empty except for unknown.
    good
        Served within the near end.
    metres
        Distance that was judged; for several trades the nearest of any, or the farthest of all.
    need
        Column of the need that decided, -1 where none was found.
    """

    verdict: Words
    reason: Words
    good: Bools
    metres: Floats
    need: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Judged:
    """Hold one service with the verdict of every door."""

    service: Service
    title: str
    tier: str
    doors: DoorVerdicts


@dataclass(frozen=True)
class TradeVerdicts:
    """Hold what is said of one trade at every door.

    Attributes
    ----------
    services
        The services about the trade, in the order in which they speak.
    speaker
        Which of them speaks at each door, -1 where none applies, shape (doors,).
    doors
        Its verdict, shape (doors,).
    column
        Column of the access table with its distance and counts, shape (doors,).
    """

    services: tuple[Service, ...]
    speaker: npt.NDArray[np.int64]
    doors: DoorVerdicts
    column: npt.NDArray[np.int64]

    def service_at(self, doors: npt.NDArray[np.int64]) -> Service:
        """Return the service that speaks at most of some doors."""
        heard = self.speaker[doors]
        counted = np.bincount(heard[heard >= 0], minlength=len(self.services))
        return self.services[int(counted.argmax())]


def speak_for(trade: str, judged: Sequence[Judged], access: Access) -> TradeVerdicts:
    """Return the verdicts of the first service about a trade that applies at each door."""
    count = len(access.metres)
    speaker = np.full(count, -1, dtype=np.int64)
    first = judged[0]
    doors = {name: getattr(first.doors, name).copy() for name in DoorVerdicts.__annotations__}
    columns = [access.column(one.service.needs[one.service.trades.index(trade)]) for one in judged]
    for number, one in enumerate(judged):
        here = (speaker < 0) & (one.doors.verdict != NOT_APPLICABLE)
        speaker[here] = number
        for name, values in doors.items():
            values[here] = getattr(one.doors, name)[here]
    return TradeVerdicts(
        services=tuple(one.service for one in judged),
        speaker=speaker,
        doors=DoorVerdicts(**doors),
        column=np.array(columns, dtype=np.int64)[np.maximum(speaker, 0)],
    )


def judge_doors(
    access: Access, service: Service, certainty: Certainty, applies: Words
) -> DoorVerdicts:
    """Return the verdict of every door on one service.

    Parameters
    ----------
    access
        Distances.
    service
        What should be reached.
    certainty
        What could make an absence doubtful.
    applies
        ``"yes"``, ``"no"`` or ``"unknown"`` for each door, shape (doors,).
    """
    columns = [access.column(need) for need in service.needs]
    metres, need = _decide(access.metres[:, columns], columns, every=service.every)
    within = _within(access, columns, service.far, service.far_minutes, every=service.every)
    good = within & _within(
        access, columns, service.good, service.good_minutes, every=service.every
    )
    verdict = np.where(within, SERVED, LACKING).astype(object)
    reason = np.full(len(metres), "", dtype=object)
    for doubtful, why in _doubts(access, columns, service, certainty):
        hit = doubtful & (verdict == LACKING)
        verdict[hit], reason[hit] = UNKNOWN, why
    _apply(verdict, reason, applies)
    return DoorVerdicts(verdict, reason, good & (verdict == SERVED), metres, need)


def _within(
    access: Access, columns: list[int], metres: float, minutes: float, *, every: bool
) -> Bools:
    """Return which doors reach any, or each, of several trades within metres and minutes."""
    near = (access.metres[:, columns] <= metres) & (access.minutes[:, columns] <= minutes)
    near &= np.isfinite(access.metres[:, columns])
    return np.asarray(near.all(axis=1) if every else near.any(axis=1))


def _decide(
    values: Floats, columns: list[int], *, every: bool
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return the deciding distance of several trades and the column it belongs to."""
    pick = values.argmax(axis=1) if every else values.argmin(axis=1)
    value = values[np.arange(len(values)), pick]
    column = np.asarray(columns, dtype=np.int64)[pick]
    return value, np.where(np.isfinite(value), column, -1)


def _doubts(
    access: Access,
    columns: list[int],
    service: Service,
    certainty: Certainty,
) -> list[tuple[Bools, str]]:
    """Return what may hide an outlet, the plainest reason first."""
    reach = service.far
    if not np.isfinite(reach):
        reach = service.far_minutes * certainty.metres_per_minute
    missing = (access.metres[:, columns] > service.far) | (
        access.minutes[:, columns] > service.far_minutes
    )
    listed = np.array([t in certainty.complete for t in service.trades])
    hidden = (access.maybe_metres[:, columns] <= service.far) & (
        access.maybe_minutes[:, columns] <= service.far_minutes
    )
    lost = access.lost_metres[:, columns] <= reach
    gone = missing & listed & ~hidden & ~lost
    # Of alternatives, all must be surely missing; of a set, one that surely is will do.
    sure = gone.any(axis=1) if service.every else gone.all(axis=1)
    return [
        (certainty.off_network, OFF_NETWORK),
        (certainty.shut_in, SHUT_IN),
        (~sure & (missing & ~listed).any(axis=1), NO_LEDGER),
        (~sure & (missing & hidden).any(axis=1), UNVERIFIED),
        (~sure, LOST),
        (certainty.edge_metres < reach, EDGE),
    ]


def _apply(verdict: Words, reason: Words, applies: Words) -> None:
    """Overrule verdicts where the requirement does not apply or nobody can tell."""
    verdict[applies == "no"], reason[applies == "no"] = NOT_APPLICABLE, ""
    doubtful = (applies == UNKNOWN) & (verdict != SERVED)
    verdict[doubtful], reason[doubtful] = UNKNOWN, WHICH_RULE
