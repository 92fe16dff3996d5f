"""Choose sites for what is lacking (补什么、如何补), with how far from the best a choice can be."""

import math
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import shapely

from livingcircle.assessment import Assessment
from livingcircle.candidates import Candidates
from livingcircle.candidates import frontage_candidates
from livingcircle.candidates import ledger_candidates
from livingcircle.errors import InputError
from livingcircle.lacking import Weights
from livingcircle.site_options import Terms
from livingcircle.site_tables import close_table
from livingcircle.site_tables import curve_table
from livingcircle.site_tables import distinct_people
from livingcircle.site_tables import gap_table
from livingcircle.site_tables import left_out_table
from livingcircle.site_tables import proof
from livingcircle.site_tables import served_table
from livingcircle.site_tables import shortage_table
from livingcircle.site_tables import site_table
from livingcircle.siting import SitePlan
from livingcircle.siting import Wish
from livingcircle.siting import site_fewest
from livingcircle.siting import site_most
from livingcircle_platform.assessment.errors import Cancelled
from livingcircle_platform.assessment.rows import plain
from livingcircle_platform.assessment.rows import rows_of

QUESTIONS: Mapping[str, Callable[[Assessment, Candidates, Wish], SitePlan]] = {
    "most": site_most,
    "fewest": site_fewest,
}
Told = Callable[[float, float, float, str], None]


@dataclass(frozen=True)
class SiteWish:
    """Say what is wanted of new sites.

    Attributes
    ----------
    question
        ``"most"`` for the sites that newly serve most people, ``"fewest"`` for the fewest with
        which every unit meets its standard.
    trades
        Codes of trades; without any, all that must be within reach.
    count, budget
        Most new shops, and most money in 万元; ``"most"`` needs one of them.
    frontage
        Metres between places along streets; the rooms of the space ledger where none are given.
    let
        Whether rooms let for now are offered too.
    apart, related
        Metres that shops of one trade keep from each other; what related trades in one room count.
    elders, infants
        How much people of 60 and over, and of 3 and under, count against one other.
    least_people
        A further shop that would newly serve fewer than this is not proposed.
    seconds, gap, seed
        How long to look for better answers, what gap is good enough, what lots are drawn with.
    """

    question: str = "most"
    trades: tuple[str, ...] = ()
    count: int | None = None
    budget: float | None = None
    frontage: float | None = None
    let: bool = False
    apart: float = 0.0
    related: float = 1.0
    elders: float = 1.0
    infants: float = 1.0
    least_people: float = 1.0
    seconds: float = 30.0
    gap: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class SiteRow:
    """Hold one trade in one chosen room, and whom it newly serves."""

    order: int
    space_id: str
    space_name: str
    kind: str
    floor: str
    area_m2: float | None
    approval_path: str
    use: str
    source: str
    community_id: str
    circle_id: str
    circle_name: str
    trade: str
    trade_name: str
    small: bool
    cost: float | None
    requirements: str
    conditions: str
    people: float | None
    elders: float | None
    infants: float | None
    doors: int
    geometry: shapely.Point | None


@dataclass(frozen=True)
class ServedRow:
    """Hold how many people of a circle lack one thing before, and how many of them get it."""

    trade_name: str
    requirement_id: str
    radius: str
    circle_id: str
    circle_name: str
    lacking: float | None
    served: float | None
    left: float | None
    out_of_reach: float | None
    unknown_people: float | None
    unknown_doors: float | None
    people_known: bool
    online: bool


@dataclass(frozen=True)
class CurveRow:
    """Hold what the first, second, … shop adds, and what one more would."""

    number: int
    planned: bool
    shop: str
    adds: float
    total: float
    share: float | None


@dataclass(frozen=True)
class CloseRow:
    """Hold a plan that was close: which shop for which, and what is lost by it."""

    out: str
    into: str
    loss: float


@dataclass(frozen=True)
class ShortageRow:
    """Hold a number that was short, and how many are still missing."""

    unit_name: str
    level: str
    trade_name: str
    requirement_id: str
    short: int
    left: int
    people: float | None


@dataclass(frozen=True)
class HelpRow:
    """Hold which site helps which gap, and how many of its people it newly serves."""

    gap_id: str
    order: int
    space_id: str
    space_name: str
    trade: str
    trade_name: str
    people: float | None
    counts: bool


@dataclass(frozen=True)
class LeftOutRow:
    """Hold what could not be considered, and why."""

    what: str
    reason: str


@dataclass(frozen=True)
class SiteOutcome:
    """Hold where to add what, and how good that is.

    Attributes
    ----------
    value, bound, gap
        What the choice comes to (weighted people, or trades placed), what no choice can beat, and
        how far apart they are as a share; 0 is proven best.
    people
        Residents newly served with anything, each once; ``None`` where nobody knows.
    stopped
        Why no more were added, in a sentence, or ``""``.
    """

    question: str
    value: float | None
    bound: float | None
    gap: float | None
    status: str
    how: str
    people: float | None
    stopped: str
    sites: tuple[SiteRow, ...]
    served: tuple[ServedRow, ...]
    curve: tuple[CurveRow, ...]
    close: tuple[CloseRow, ...]
    shortages: tuple[ShortageRow, ...]
    helps: tuple[HelpRow, ...]
    left_out: tuple[LeftOutRow, ...]
    proof: dict[str, Any]


def choose_sites(
    made: Assessment,
    wish: SiteWish,
    *,
    told: Told | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> SiteOutcome:
    """Return the best sites that were found, and how good they are known to be.

    Parameters
    ----------
    made
        The run whose gaps are to be filled, from ``Outcome.run``.
    told
        Called with (seconds, value, bound, stage) while the search goes on.
    cancelled
        Asked during the search; a search that is stopped is not answered by halves.

    Raises
    ------
    SitingError
        If there is nothing to choose, with what to do about it.
    Cancelled
        If ``cancelled`` said so.
    """
    solve = QUESTIONS.get(wish.question)
    if solve is None:
        remedy = f"从这些里选：{'、'.join(QUESTIONS)}"
        raise InputError(f"不认识选址问题“{wish.question}”", remedy=remedy)
    plan = solve(made, _candidates(made, wish), _wish(wish, told, cancelled))
    if cancelled is not None and cancelled():
        raise Cancelled
    return _outcome(plan)


def _candidates(made: Assessment, wish: SiteWish) -> Candidates:
    """Return where to look."""
    if wish.frontage is not None:
        return frontage_candidates(made.situation, wish.frontage)
    day = "" if made.on is None else made.on.isoformat()
    return ledger_candidates(made.situation, day, let=wish.let)


def _wish(wish: SiteWish, told: Told | None, cancelled: Callable[[], bool] | None) -> Wish:
    """Return the wish as the engine knows it, refused where a number means nothing."""
    numbers = {
        "间距": wish.apart, "相关业态权重": wish.related, "老年人权重": wish.elders,
        "婴幼儿权重": wish.infants, "最少服务人数": wish.least_people, "求解时间": wish.seconds,
        "允许差距": wish.gap, "预算": wish.budget or 0.0, "处数": wish.count or 0,
    }  # fmt: skip
    for name, value in numbers.items():
        if not (math.isfinite(value) and value >= 0):
            raise InputError(f"“{value:g}”不合适", where=name, remedy="写一个不小于 0 的数")

    def tell(now: Any) -> None:  # noqa: ANN401 - the engine's own progress
        if told is not None:
            told(now.seconds, now.value, now.bound, now.stage)

    return Wish(
        trades=wish.trades,
        count=wish.count,
        budget=wish.budget,
        weights=Weights(wish.elders, wish.infants),
        terms=Terms(wish.apart, wish.related),
        least_people=wish.least_people,
        seconds=wish.seconds,
        gap=wish.gap,
        seed=wish.seed,
        progress=tell,
        stop=cancelled,
    )


def _outcome(plan: SitePlan) -> SiteOutcome:
    """Return a plan as rows."""
    told = dict(proof(plan))
    return SiteOutcome(
        question=plan.question,
        value=plain(float(told["value"])),
        bound=plain(float(told["bound"])),
        gap=plain(float(told["gap"])),
        status=str(told["status"]),
        how=str(told["how"]),
        people=plain(distinct_people(plan)),
        stopped=plan.stopped,
        sites=rows_of(SiteRow, site_table(plan)),
        served=rows_of(ServedRow, _worded(served_table(plan))),
        curve=rows_of(CurveRow, curve_table(plan)),
        close=rows_of(CloseRow, close_table(plan)),
        shortages=rows_of(ShortageRow, shortage_table(plan)),
        helps=rows_of(HelpRow, gap_table(plan)),
        left_out=rows_of(LeftOutRow, left_out_table(plan)),
        proof={key: plain(value) for key, value in told.items()},
    )


def _worded(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose ids are words: a row about the whole district names no circle."""
    return table.assign(circle_id=table["circle_id"].fillna(""))
