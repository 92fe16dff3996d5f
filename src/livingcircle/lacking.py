"""Say who lacks what, door by door, as rows that new outlets can cover.

A row is one door that one requirement on the walking radius finds *lacking*. Doors that are
unknown are no rows: nobody builds for what nobody has checked; they are told apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from livingcircle._rules.mixes import CompositeRule
from livingcircle.assessment import Assessment
from livingcircle.door_verdicts import Service
from livingcircle.errors import SitingError
from livingcircle.gaps import OFTEN_METRES
from livingcircle.reach import radius_of
from livingcircle.residents import people_of
from livingcircle.standards import Requirement
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import UNKNOWN

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# 密云 附件1.1 四 1 老人、儿童优先: what old people and small children use most.
FOR_ELDERS = frozenset(
    {"vegetable", "wet_market", "fresh_store", "elderly_care", "community_canteen"}
)
FOR_INFANTS = frozenset({"childcare"})


@dataclass(frozen=True)
class Weights:
    """Say how much people count when sites are chosen; reported people are never weighted.

    Attributes
    ----------
    elders, infants
        How much more a resident of 60 and over, or under 3, counts where the trade is one that
        they use most (密云 附件1.1 四 1); 1 counts them twice.
    urgency
        Whether trades count by their priority: basic ones four times as much as others, those
        within 500 m twice as much as those farther (as gaps are ranked).
    """

    elders: float = 1.0
    infants: float = 1.0
    urgency: bool = True


@dataclass(frozen=True)
class Asked:
    """Hold one service that lacks somewhere: who asks for it, which trades answer, how near.

    Attributes
    ----------
    requirement
        The requirement it comes from.
    trades
        Any of them answers.
    needs
        The columns of the supply that say which outlets do.
    metres, minutes
        How near it has to be; infinite where that does not decide.
    """

    requirement: Requirement
    trades: tuple[str, ...]
    needs: tuple[str, ...]
    metres: float
    minutes: float

    @property
    def name(self) -> str:
        """Return what it is called."""
        return self.requirement.name

    @property
    def radius(self) -> str:
        """Say how near it has to be."""
        metres = f"{self.metres:g}米" if np.isfinite(self.metres) else ""
        minutes = f"{self.minutes:g}分钟" if np.isfinite(self.minutes) else ""
        return "、".join(word for word in (metres, minutes) if word)


@dataclass(frozen=True)
class Lacking:
    """Hold who lacks what, one row for each service and door.

    Attributes
    ----------
    asked
        The services.
    service, door
        Which of them, and which door, shape (rows,); by service, then door.
    people, elders, infants
        Who lives there, NaN where unknown, shape (rows,).
    weight
        What covering the row is worth, shape (rows,).
    unknown, unknown_doors
        People and doors for whom nobody knows whether the service is there, shape (asked,).
    usual
        People behind the usual door: so many count where nobody knows.
    """

    asked: tuple[Asked, ...]
    service: Ints
    door: Ints
    people: Floats
    elders: Floats
    infants: Floats
    weight: Floats
    unknown: Floats
    unknown_doors: Ints
    usual: float

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.door)

    @property
    def modelled(self) -> int:
        """Return how many doors that lack something have an unknown number of people."""
        return len(np.unique(self.door[np.isnan(self.people)]))

    @property
    def trades(self) -> tuple[str, ...]:
        """Return every trade that answers some row, in the standard's order."""
        return tuple(dict.fromkeys(trade for one in self.asked for trade in one.trades))

    def row_of(self, doors: int) -> Ints:
        """Return the row of each service and door, -1 for none, shape (asked, doors)."""
        table = np.full((len(self.asked), doors), -1, dtype=np.int64)
        table[self.service, self.door] = np.arange(len(self.door))
        return table


def find_lacking(
    assessment: Assessment, trades: Sequence[str] = (), weights: Weights | None = None
) -> Lacking:
    """Return who lacks some trades within the walking radius of the standard.

    Parameters
    ----------
    assessment
        Doors and their verdicts.
    trades
        Codes of trades; without any, all that the standard says must be within reach. Service
        centres are left to :mod:`livingcircle.service_centres`.
    weights
        How people count.

    Raises
    ------
    SitingError
        If the standard states no walking radius for a trade that was named.
    """
    weights = weights or Weights()
    services = _services(assessment, trades)
    residents = people_of(assessment.situation.doors)
    usual = _usual(residents.residents)
    rows = [_rows_of(assessment, one, service, part) for one, service, part in services]
    wanted = frozenset(trades)
    asked = tuple(_asked(assessment, *one, wanted) for one in services)
    door = _joined([row for row, _ in rows])
    service = np.repeat(np.arange(len(rows)), [len(row) for row, _ in rows])
    unknown = [residents.residents[doubtful] for _, doubtful in rows]
    people, elders, infants = (
        column[door] for column in (residents.residents, residents.elders, residents.infants)
    )
    return Lacking(
        asked=asked,
        service=service,
        door=door,
        people=people,
        elders=elders,
        infants=infants,
        weight=_weight(assessment, asked, service, (people, elders, infants), usual, weights),
        unknown=np.array([np.nansum(one) for one in unknown], dtype=np.float64),
        unknown_doors=np.array([len(one) for one in unknown], dtype=np.int64),
        usual=usual,
    )


def composite_trades(assessment: Assessment) -> frozenset[str]:
    """Return the trades that are made of others: 综合体."""
    return frozenset(
        trade
        for one in assessment.standard.requirements
        if isinstance(one.rule, CompositeRule)
        for trade in one.trades
    )


def _services(
    assessment: Assessment, trades: Sequence[str]
) -> list[tuple[Requirement, Service, int]]:
    """Return the services to look at; one that needs several trades at once once for each."""
    wanted = frozenset(trades)
    made_of_others = composite_trades(assessment)
    found = []
    for one, service in assessment.needs.services:
        named = wanted.intersection(service.trades)
        usual = one.severity == "must" and not made_of_others.intersection(service.trades)
        if not (named or (usual and not wanted)):
            continue
        if service.every:
            every = range(len(service.trades))
            found += [(one, service, n) for n in every if not wanted or service.trades[n] in wanted]
        else:
            found.append((one, service, -1))
    known = {trade for _, service, _ in found for trade in service.trades}
    strange = [trade for trade in trades if trade not in known]
    if strange:
        names = "、".join(assessment.standard.name_of(trade) for trade in strange)
        what = f"配置标准没有规定{names}的步行服务半径，算不出谁够不着"
        raise SitingError(what, remedy="换一种业态，或在配置标准里写上服务半径")
    return found


def _asked(
    assessment: Assessment, one: Requirement, service: Service, part: int, wanted: frozenset[str]
) -> Asked:
    """Return a service as it is asked for, answered by trades that were named if any were.

    ``part`` picks one of several trades that are needed at once.
    """
    speed = assessment.situation.walker.metres_per_minute
    metres, minutes = service.far, service.far_minutes
    if not np.isfinite(metres) and not np.isfinite(minutes):
        metres = radius_of(service, speed)[1]
    some = slice(None) if part < 0 else slice(part, part + 1)
    trades = tuple(t for t in service.trades[some] if not wanted or t in wanted)
    return Asked(one, trades, service.needs[some], metres, minutes)


def _rows_of(
    assessment: Assessment, one: Requirement, service: Service, part: int
) -> tuple[Ints, Ints]:
    """Return the doors that surely lack a service, and those where nobody knows."""
    doors = assessment.services.by_requirement[one.id].doors
    lacking, unknown = doors.are(LACKING), doors.are(UNKNOWN)
    if part >= 0:
        missing, sure = _missing(assessment, service, part)
        # Of several trades needed at once, another one may be what is lacking.
        lacking, unknown = lacking & missing & sure, (lacking | unknown) & missing & ~sure
    return np.flatnonzero(lacking), np.flatnonzero(unknown)


def _missing(assessment: Assessment, service: Service, part: int) -> tuple[Bools, Bools]:
    """Return where one of several trades is not within reach, and where that is sure."""
    column = [assessment.measured.column(service.needs[part])]

    def table(name: str) -> Floats:
        return np.asarray(assessment.measured.table(name, column)[:, 0], dtype=np.float64)

    far, minutes = service.far, service.far_minutes
    missing = (table("metres") > far) | (table("minutes") > minutes)
    hidden = (table("maybe_metres") <= far) & (table("maybe_minutes") <= minutes)
    reach = min(far, minutes * assessment.situation.walker.metres_per_minute)
    listed = service.trades[part] in assessment.district.complete_trades()
    sure = ~hidden & (table("lost_metres") > reach) if listed else np.zeros(len(hidden), np.bool_)
    return missing, sure


def _usual(residents: Floats) -> float:
    """Return the people behind the usual door: the mean of those known, or one."""
    known = residents[~np.isnan(residents)]
    return float(known.mean()) if len(known) and known.sum() > 0 else 1.0


def _weight(
    assessment: Assessment,
    asked: Sequence[Asked],
    service: Ints,
    people: tuple[Floats, Floats, Floats],
    usual: float,
    weights: Weights,
) -> Floats:
    """Return what covering each row is worth."""
    residents, elders, infants = people
    old = np.array([bool(FOR_ELDERS.intersection(one.trades)) for one in asked], dtype=np.float64)
    small = np.array(
        [bool(FOR_INFANTS.intersection(one.trades)) for one in asked], dtype=np.float64
    )
    rank = np.array([_rank(assessment, one) if weights.urgency else 1.0 for one in asked])
    weight = np.where(np.isnan(residents), usual, residents)
    if len(asked) == 0:
        return weight
    weight = weight + weights.elders * old[service] * np.nan_to_num(elders)
    weight = weight + weights.infants * small[service] * np.nan_to_num(infants)
    return np.asarray(weight * rank[service])


def _rank(assessment: Assessment, one: Asked) -> float:
    """Return how urgent a trade is against others, as gaps are ranked."""
    basic = assessment.standard.tier(one.trades[0]) == "basic"
    speed = assessment.situation.walker.metres_per_minute
    near = min(one.metres, one.minutes * speed) <= OFTEN_METRES
    return (4.0 if basic else 1.0) * (2.0 if near else 1.0)


def _joined(parts: Sequence[Ints]) -> Ints:
    """Return lists one after the other."""
    return np.concatenate(parts) if parts else np.empty(0, dtype=np.int64)
