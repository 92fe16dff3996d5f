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
from livingcircle.verdicts import CODES
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import NOT_APPLICABLE
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN
from livingcircle.verdicts import VERDICTS

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]

NO_LEDGER = "没有这类业态的完整台账，查不到不等于没有"
OFF_NETWORK = "楼门附近没有可走的道路"
SHUT_IN = "楼门所在道路与主路网不相连"
UNVERIFIED = "附近只有未核实的网点"
LOST = "附近有网点接不上道路，走不走得到没有核实"
EDGE = "靠近数据边界，界外可能有网点"
WHICH_RULE = "缺少判断是否适用的信息"
# Why a verdict is unknown, by code; the first is no reason at all.
REASONS = ("", OFF_NETWORK, SHUT_IN, NO_LEDGER, UNVERIFIED, LOST, EDGE, WHICH_RULE)


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
        Places in ``VERDICTS`` and in ``REASONS``, shape (doors,); there is no reason except for
        unknown.
    good
        Served within the near end.
    metres
        Distance that was judged; for several trades the nearest of any, or the farthest of all.
    outlet
        Whose distance it is, -1 where none was found.
    """

    verdict: Codes
    reason: Codes
    good: Bools
    metres: Floats
    outlet: npt.NDArray[np.int32]

    def are(self, word: str) -> Bools:
        """Return which doors have a verdict, given by its word."""
        return np.asarray(self.verdict == CODES[word])

    def tell(self, door: int) -> tuple[str, str]:
        """Return the verdict of one door and its reason in words."""
        return VERDICTS[self.verdict[door]], REASONS[self.reason[door]]


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
    columns = [access.column(one.service.needs[one.service.trades.index(trade)]) for one in judged]
    applies = [~one.doors.are(NOT_APPLICABLE) for one in judged]
    speaker = np.where(applies[0], 0, -1)
    doors = judged[0].doors
    for number, one in enumerate(judged[1:], start=1):
        here = (speaker < 0) & applies[number]
        if here.any():
            speaker[here] = number
            doors = _overlaid(doors, one.doors, here)
    return TradeVerdicts(
        services=tuple(one.service for one in judged),
        speaker=speaker,
        doors=doors,
        column=np.array(columns, dtype=np.int64)[np.maximum(speaker, 0)],
    )


def _overlaid(under: DoorVerdicts, over: DoorVerdicts, here: Bools) -> DoorVerdicts:
    """Return one service's verdicts at some doors, the other's elsewhere."""
    return DoorVerdicts(
        *(
            np.where(here, getattr(over, name), getattr(under, name))
            for name in DoorVerdicts.__annotations__
        )
    )


def judge_doors(
    access: Access, service: Service, certainty: Certainty, applies: Codes
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
        Whether the service applies where each door stands: the code of ``SERVED`` for yes, of
        ``NOT_APPLICABLE`` for no, of ``UNKNOWN`` where nobody can tell, shape (doors,).
    """
    columns = [access.column(need) for need in service.needs]
    ways = access.table("metres", columns), access.table("minutes", columns)
    metres, outlet = _decide(ways[0], access.table("outlet", columns), every=service.every)
    within = _within(*ways, service.far, service.far_minutes, every=service.every)
    good = within & _within(*ways, service.good, service.good_minutes, every=service.every)
    reason = np.zeros(len(metres), dtype=np.int8)
    for doubtful, why in reversed(_doubts(access, columns, service, certainty)):
        reason[doubtful] = REASONS.index(why)
    reason[within] = 0
    verdict = np.where(within, CODES[SERVED], CODES[LACKING]).astype(np.int8)
    verdict[reason > 0] = CODES[UNKNOWN]
    _apply(verdict, reason, applies)
    good &= verdict == CODES[SERVED]
    return DoorVerdicts(verdict, reason, good, metres, outlet)


def _within(
    metres: Floats, minutes: Floats, far: float, far_minutes: float, *, every: bool
) -> Bools:
    """Return which doors reach any, or each, of several trades within metres and minutes."""
    near = (metres <= far) & (minutes <= far_minutes) & np.isfinite(metres)
    return np.asarray(near.all(axis=1) if every else near.any(axis=1))


def _decide(
    metres: Floats, outlets: npt.NDArray[np.int32], *, every: bool
) -> tuple[Floats, npt.NDArray[np.int32]]:
    """Return the deciding distance of several trades, and whose it is."""
    pick = metres.argmax(axis=1) if every else metres.argmin(axis=1)
    cell = np.arange(len(metres)), pick
    return metres[cell], outlets[cell]


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
    missing = (access.table("metres", columns) > service.far) | (
        access.table("minutes", columns) > service.far_minutes
    )
    listed = np.array([t in certainty.complete for t in service.trades])
    hidden = (access.table("maybe_metres", columns) <= service.far) & (
        access.table("maybe_minutes", columns) <= service.far_minutes
    )
    lost = access.table("lost_metres", columns) <= reach
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


def _apply(verdict: Codes, reason: Codes, applies: Codes) -> None:
    """Overrule verdicts where the requirement does not apply or nobody can tell."""
    no = applies == CODES[NOT_APPLICABLE]
    verdict[no], reason[no] = CODES[NOT_APPLICABLE], 0
    doubtful = (applies == CODES[UNKNOWN]) & (verdict != CODES[SERVED])
    verdict[doubtful], reason[doubtful] = CODES[UNKNOWN], REASONS.index(WHICH_RULE)
