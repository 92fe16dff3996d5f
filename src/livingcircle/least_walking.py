"""Choose sites so that everybody together walks least, when an outlet can serve only so many.

密云 附件1.1 一 counts outlets per N persons: an outlet of a trade serves that many. Who lives
near a full one walks on to the next. Outlets there are stay open and serve as many.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle._rules.counts import CountRule
from livingcircle._siting.answers import Choice
from livingcircle._siting.walking import walk_least
from livingcircle._siting.walks import Walking
from livingcircle._siting.walks import Walks
from livingcircle.assessment import Assessment
from livingcircle.candidates import Candidates
from livingcircle.candidates import doors_near
from livingcircle.errors import SitingError
from livingcircle.siting import Wish
from livingcircle.siting import sharing

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Nobody is sent farther than this many radii; who is served by nobody counts as walking more.
LISTED, FAR = 2.0, 3.0
MOST_SERVED = 10_000_000.0


@dataclass(frozen=True)
class WalkingPlan:
    """Hold where to open outlets of one trade so that everybody walks least.

    Attributes
    ----------
    trade, capacity
        Which trade, and the people one outlet serves.
    choice
        What was chosen, in person-metres, the unserved included, with bound and gap.
    outlets
        One row for each outlet, old and new: id, name, new, people, mean_m; new ones first.
    before, after
        mean_m (of those served), served and unserved people.
    unknown_doors
        Doors with an unknown number of people; nobody is assigned from there.
    """

    trade: str
    capacity: float
    choice: Choice
    outlets: pd.DataFrame
    before: dict[str, float]
    after: dict[str, float]
    unknown_doors: int


def site_walking(
    assessment: Assessment, candidates: Candidates, wish: Wish, capacity: float | None = None
) -> WalkingPlan:
    """Return where to open ``wish.count`` outlets of one trade.

    Parameters
    ----------
    assessment, candidates, wish
        As for :func:`livingcircle.siting.site_most`; one trade, and a count.
    capacity
        People one outlet serves; what the standard says without it.

    Raises
    ------
    SitingError
        If not exactly one trade is named, no number is given, nobody's number of people is
        known, the ledger of the trade is not complete, or the standard does not say how many one
        outlet serves. Weights, separation and budget of the wish have no part in this question.
    """
    if len(wish.trades) != 1 or wish.count is None:
        remedy = "用 --trade 写一种业态，用 --count 写新设几处"
        raise SitingError("走得最少一次只能选一种业态，并要写明新设几处", remedy=remedy)
    (trade,) = wish.trades
    _refuse_unlisted(assessment, trade)
    serves = _capacity(assessment, trade) if capacity is None else capacity
    if not 0 < serves <= MOST_SERVED:
        what = f"一处服务 {serves:g} 人不合适"
        remedy = f"写大于 0、不超过 {MOST_SERVED:,.0f} 的数"
        raise SitingError(what, where="--capacity", remedy=remedy)
    walks, names = _walks(assessment, candidates, trade, serves)
    effort = sharing(wish)
    now = walk_least(walks, 0, effort())
    then = walk_least(walks, wish.count, effort())
    residents = assessment.situation.doors["residents"]
    return WalkingPlan(
        trade=trade,
        capacity=serves,
        choice=then.choice,
        outlets=_outlet_table(walks, then, names),
        before=_summary(walks, now),
        after=_summary(walks, then),
        unknown_doors=int(residents.isna().sum()),
    )


def _refuse_unlisted(assessment: Assessment, trade: str) -> None:
    """Raise where nobody knows all outlets of the trade: who has none near is not known either."""
    if trade not in assessment.district.complete_trades():
        name = assessment.standard.name_of(trade)
        what = f"{name}没有完整的台账，不知道现在有几处、在哪里"
        remedy = "补齐网点台账，在 district.toml 的 complete_for 里写上这种业态"
        raise SitingError(what, where="选址", remedy=remedy)


def _capacity(assessment: Assessment, trade: str) -> float:
    """Return how many people one outlet serves by the standard."""
    found = [
        one.rule.size / one.rule.least
        for one in assessment.standard.requirements
        if isinstance(one.rule, CountRule)
        and one.rule.per == "population"
        and one.rule.least
        and trade in one.trades
    ]
    if not found:
        name = assessment.standard.name_of(trade)
        what = f"配置标准没有规定一处{name}服务多少人"
        raise SitingError(what, where="选址", remedy="用 --capacity 写明，如 --capacity 3000")
    return float(min(found))


def _walks(
    assessment: Assessment, candidates: Candidates, trade: str, capacity: float
) -> tuple[Walks, list[tuple[str, str]]]:
    """Return who is near which outlet, old ones first, and the ids and names of all."""
    situation = assessment.situation
    radius = _radius(assessment, trade)
    outlets = assessment.district.outlets
    offers = assessment.supply.offers[:, assessment.supply.needs.index(trade)]
    old = np.flatnonzero(offers)
    new = np.array([bool(space.fits((trade,))) for space in candidates.spaces], dtype=np.bool_)
    if not new.any():
        what = f"没有一个候选空间可以设{assessment.standard.name_of(trade)}"
        remedy = "核对空间台账的适合业态，或改用沿街位置（--frontage）"
        raise SitingError(what, where="选址", remedy=remedy)
    lists = [
        _lists(doors_near(situation.reader, len(outlets), LISTED * radius, "metres"), old),
        _lists(candidates.doors_within(LISTED * radius), np.flatnonzero(new)),
    ]
    residents = situation.doors["residents"].to_numpy(dtype=np.float64)
    people = np.flatnonzero(residents > 0)
    if len(people) == 0:
        what = "没有一个楼门登记了居民，算不出怎样走得最少"
        raise SitingError(what, where="选址", remedy="补上楼门或社区的常住人口")
    row_of = np.full(len(residents), -1, dtype=np.int64)
    row_of[people] = np.arange(len(people))
    option = np.concatenate([lists[0][0], lists[1][0] + len(old)])
    row = row_of[np.concatenate([lists[0][1], lists[1][1]])]
    metres = np.concatenate([lists[0][2], lists[1][2]])
    option, row, metres = option[row >= 0], row[row >= 0], metres[row >= 0]
    order = np.lexsort((row, option))
    count = len(old) + int(new.sum())
    walks = Walks(
        start=np.searchsorted(option[order], np.arange(count + 1)),
        rows=row[order],
        distance=metres[order],
        weight=residents[people],
        capacity=np.full(count, capacity),
        fixed=np.arange(count) < len(old),
        far=FAR * radius,
    )
    named = [(str(outlets.index[one]), str(outlets["name"].iloc[one])) for one in old]
    fits = zip(candidates.spaces, new.tolist(), strict=True)
    return walks, [*named, *((space.space_id, space.name) for space, yes in fits if yes)]


def _lists(found: tuple[Ints, Ints, Floats], some: Ints) -> tuple[Ints, Ints, Floats]:
    """Return place, door and metres of some places, numbered anew."""
    start, door, metres = found
    place = np.repeat(np.arange(len(start) - 1), np.diff(start))
    new = np.full(len(start) - 1, -1, dtype=np.int64)
    new[some] = np.arange(len(some))
    mine = new[place] >= 0
    return new[place[mine]], door[mine], metres[mine]


def _radius(assessment: Assessment, trade: str) -> float:
    """Return the walking radius of a trade in metres, the widest that is stated."""
    speed = assessment.situation.walker.metres_per_minute
    found = [
        min(service.far, service.far_minutes * speed)
        for _, service in assessment.needs.services
        if trade in service.trades
    ]
    found = [one for one in found if math.isfinite(one)]
    if not found:
        name = assessment.standard.name_of(trade)
        what = f"配置标准没有规定{name}的步行服务半径"
        raise SitingError(what, where="选址", remedy="换一种业态，或在配置标准里写上服务半径")
    return max(found)


def _outlet_table(walks: Walks, walking: Walking, names: list[tuple[str, str]]) -> pd.DataFrame:
    """Return how many each outlet serves, and how far they walk; new ones first."""
    count = len(names)
    people = np.bincount(walking.option, walking.people, minlength=count)
    metres = np.bincount(walking.option, walking.people * _metres(walks, walking), minlength=count)
    with np.errstate(invalid="ignore"):
        mean = metres / people
    new = np.zeros(count, dtype=np.bool_)
    new[walking.choice.chosen] = True
    told = walks.fixed | new
    table = pd.DataFrame(
        {
            "id": [one for one, _ in names],
            "name": [name for _, name in names],
            "new": new,
            "people": people,
            "mean_m": mean,
        }
    )[told]
    return table.sort_values(
        ["new", "people", "id"], ascending=[False, False, True], ignore_index=True
    )


def _metres(walks: Walks, walking: Walking) -> Floats:
    """Return how far each flow walks."""
    place = np.repeat(np.arange(len(walks.start) - 1), np.diff(walks.start))
    rows = len(walks.weight)
    keys = place * rows + walks.rows
    found = np.searchsorted(keys, walking.option * rows + walking.row)
    return walks.distance[found]


def _summary(walks: Walks, walking: Walking) -> dict[str, float]:
    """Return the mean walk of those served, and how many are and are not."""
    served = float(walking.people.sum())
    metres = float((walking.people * _metres(walks, walking)).sum())
    return {
        "mean_m": metres / served if served else math.nan,
        "served": served,
        "unserved": float(walking.unserved.sum()),
    }
