"""Choose where a 综合体 should stand, and which trades it should hold.

密云 二（一）2, 附件1.1: a service centre holds at least three basic trades and one of local
character, on 1,000–3,000 m². What it must hold and how large it must be, the standard says. Each
room is given the trades that newly serve most people there; then the rooms are compared.
"""

import math
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import Bounds
from scipy.optimize import LinearConstraint
from scipy.optimize import milp

from livingcircle._rules.mixes import CompositeRule
from livingcircle._rules.sizes import SiteAreaRule
from livingcircle._siting.answers import Choice
from livingcircle._siting.instance import Instance
from livingcircle._siting.instance import Limits
from livingcircle._siting.most import cover_most
from livingcircle.assessment import Assessment
from livingcircle.candidates import Candidates
from livingcircle.demand import Demand
from livingcircle.demand import composite_trades
from livingcircle.demand import lacking_demand
from livingcircle.errors import SitingError
from livingcircle.site_options import Near
from livingcircle.site_options import usual_rooms
from livingcircle.siting import Wish
from livingcircle.spaces import Space

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class CentreRule:
    """Say what a service centre must hold and how large it must be.

    Attributes
    ----------
    trades
        Codes that service centres go by.
    groups
        Name, trades and least number of each group it must hold some of.
    low, high
        Square metres; 0 and infinite where the standard says nothing.
    """

    trades: frozenset[str]
    groups: tuple[tuple[str, tuple[str, ...], int], ...]
    low: float
    high: float

    def misfit(self, space: Space) -> str:
        """Say why a room cannot become a service centre, or ``""``."""
        if math.isnan(space.area_m2):
            return "面积未核实"
        if space.area_m2 < self.low:
            short = self.low - space.area_m2
            return f"面积{space.area_m2:g}平方米，比规定的{self.low:g}平方米少{short:g}平方米"
        if space.area_m2 > self.high:
            return f"面积{space.area_m2:g}平方米，超过规定的{self.high:g}平方米"
        fits = space.fits(tuple(self.trades))
        if fits is None:
            return "适合业态的写法认不出，未核实"
        return "" if fits else "登记的适合业态里没有综合体"


@dataclass(frozen=True)
class CentrePlan:
    """Hold where service centres should stand and what they should hold.

    Attributes
    ----------
    rule
        What the standard asks of one.
    rooms
        Every room that could become one: space_id, name, area_m2, used_m2, circle_id, trades,
        trade_names, unsized (trades whose need of floor nobody knows), people (who would newly be
        served by it alone), value (weighted), chosen; best first.
    misfits
        Rooms that could not, and why.
    choice
        Which of the rooms were chosen, with value, bound and gap; None where there is no room.
    """

    rule: CentreRule
    rooms: pd.DataFrame
    misfits: pd.DataFrame
    choice: Choice | None


@dataclass(frozen=True)
class _Bundle:
    """Hold the trades one room is given, and the rows of demand they cover."""

    trades: tuple[str, ...]
    rows: Ints
    used: float
    unsized: tuple[str, ...]


def centre_rule(assessment: Assessment) -> CentreRule:
    """Return what the standard asks of a service centre.

    Raises
    ------
    SitingError
        If it asks nothing.
    """
    trades = composite_trades(assessment)
    if not trades:
        what = "这个配置标准没有规定综合体的构成"
        raise SitingError(what, remedy="换一个标准，如 miyun_2023，或在标准里写上 composite 要求")
    standard = assessment.standard
    groups: list[tuple[str, tuple[str, ...], int]] = []
    low, high = 0.0, math.inf
    for one in standard.requirements:
        if not trades.intersection(one.trades):
            continue
        spans = []
        if isinstance(one.rule, CompositeRule):
            spans = [one.rule.area]
            for tier, number in one.rule.kinds:
                of_tier = tuple(t.trade for t in standard.trades if t.tier == tier)
                groups.append((tier, of_tier, number))
            groups += [(part.name, part.trades, part.least) for part in one.rule.parts]
        elif isinstance(one.rule, SiteAreaRule):
            spans = [
                (
                    min((a for a, _ in one.rule.ranges if a is not None), default=None),
                    max((b for _, b in one.rule.ranges if b is not None), default=None),
                )
            ]
        for least, most in spans:
            low = max(low, least or 0.0)
            high = min(high, most if most is not None else math.inf)
    return CentreRule(trades, tuple(groups), low, high)


def site_centres(assessment: Assessment, candidates: Candidates, wish: Wish) -> CentrePlan:
    """Return the rooms in which service centres newly serve most people.

    ``wish.count`` says how many, one without it; no two in one circle. ``wish.trades`` are the
    trades whose lack is looked at, all basic ones without.

    Raises
    ------
    SitingError
        If the standard says nothing of service centres.
    """
    rule = centre_rule(assessment)
    demand = lacking_demand(assessment, wish.trades, wish.weights)
    reasons = [rule.misfit(space) for space in candidates.spaces]
    misfits = [
        (space.space_id, space.name, why)
        for space, why in zip(candidates.spaces, reasons, strict=True)
        if why
    ]
    misfits += list(candidates.left_out.itertuples(index=False, name=None))
    fit = [place for place, why in enumerate(reasons) if not why]
    bundles = _bundles(assessment, candidates, demand, rule, fit)
    choice = None
    if fit:
        choice = cover_most(
            _instance(candidates, demand, fit, bundles),
            Limits(count=1 if wish.count is None else wish.count, per_kind=_one_each(candidates)),
            wish.effort,
        )
    rooms = _room_table(assessment, candidates, demand, fit, bundles, choice)
    return CentrePlan(
        rule, rooms, pd.DataFrame(misfits, columns=["space_id", "name", "reason"]), choice
    )


def _one_each(candidates: Candidates) -> Ints:
    """Return one for each circle, and as many as there are outside any circle."""
    circles = len(candidates.situation.members.circles)
    return np.array([1] * circles + [len(candidates)], dtype=np.int64)


def _instance(
    candidates: Candidates, demand: Demand, fit: Sequence[int], bundles: Sequence[_Bundle]
) -> Instance:
    """Return the choice among rooms, each with its trades, for the models."""
    circle = candidates.units[1][fit]
    outside = len(candidates.situation.members.circles)
    many = [len(one.rows) for one in bundles]
    return Instance(
        start=np.concatenate([[0], np.cumsum(many)]).astype(np.int64),
        rows=np.concatenate([one.rows for one in bundles]),
        weight=demand.weight,
        kind=np.where(circle >= 0, circle, outside),
    )


def _bundles(
    assessment: Assessment,
    candidates: Candidates,
    demand: Demand,
    rule: CentreRule,
    fit: Sequence[int],
) -> list[_Bundle]:
    """Return the trades each room is given."""
    held = tuple(t.trade for t in assessment.standard.trades if t.trade not in rule.trades)
    grouped = tuple(trade for _, trades, _ in rule.groups for trade in trades)
    trades = tuple(dict.fromkeys([*held, *grouped]))
    usual = dict(zip(trades, usual_rooms(assessment, trades).tolist(), strict=True))
    covered = _covered(candidates, demand)
    return [
        _fill(candidates.spaces[place], covered[place], demand, rule, trades, usual)
        for place in fit
    ]


def _covered(candidates: Candidates, demand: Demand) -> list[dict[int, Ints]]:
    """Return the rows of each service that each candidate could cover."""
    doors = len(candidates.situation.doors)
    row_of = demand.row_of(doors)
    found: list[dict[int, Ints]] = [{} for _ in range(len(candidates))]
    near = Near(candidates.reader, (doors, len(candidates)), demand.asked)
    for service, one in enumerate(demand.asked):
        place, door = near.within(one)
        row = row_of[service, door]
        place, row = place[row >= 0], row[row >= 0]
        ends = np.searchsorted(place, np.arange(len(candidates) + 1))
        for number in np.unique(place).tolist():
            found[number][service] = np.sort(row[ends[number] : ends[number + 1]])
    return found


def _fill(
    space: Space,
    covered: Mapping[int, Ints],
    demand: Demand,
    rule: CentreRule,
    trades: tuple[str, ...],
    usual: Mapping[str, float],
) -> _Bundle:
    """Return the trades with which a room serves most, all that it must hold among them.

    Maximise Σ gain·z, z ≤ Σ x of the trades that answer the service, Σ room·x ≤ area, and of
    every group at least its number; x and z are 0 or 1. A trade whose need of floor nobody knows
    takes none here and is named.
    """
    allowed = [t for t in trades if not space.excluded.intersection({t})]
    services = list(covered)
    gains = np.array([demand.weight[covered[one]].sum() for one in services])
    count, many = len(services), len(allowed)
    room = np.nan_to_num(np.array([usual[t] for t in allowed]))
    answers = np.array(
        [[t in demand.asked[one].trades for t in allowed] for one in services], dtype=np.float64
    ).reshape(count, many)
    groups = np.array(
        [[t in members for t in allowed] for _, members, _ in rule.groups], dtype=np.float64
    ).reshape(len(rule.groups), many)
    least = np.array([number for _, _, number in rule.groups], dtype=np.float64)
    # Among trades that serve nobody new, the fewest and smallest are enough.
    slight = 1e-6 * max(gains.sum(), 1.0) / max(room.sum() + many, 1.0)
    limits = [
        LinearConstraint(np.hstack([np.eye(count), -answers]), -np.inf, 0.0),
        LinearConstraint(np.concatenate([np.zeros(count), room])[None], -np.inf, space.area_m2),
        LinearConstraint(
            np.hstack([np.zeros((len(least), count)), groups]),
            np.minimum(least, groups.sum(axis=1)),
            np.inf,
        ),
    ]
    worth = np.concatenate([-gains, slight * (room + 1.0)])
    solved = milp(worth, constraints=limits, bounds=Bounds(0, 1), integrality=np.ones(count + many))
    taken = np.zeros(many, dtype=np.bool_) if solved.x is None else solved.x[count:] > 0.5  # noqa: PLR2004
    chosen = tuple(t for t, yes in zip(allowed, taken.tolist(), strict=True) if yes)
    answered = [one for one in services if set(chosen) & set(demand.asked[one].trades)]
    rows = [covered[one] for one in answered]
    return _Bundle(
        trades=chosen,
        rows=np.sort(np.concatenate([np.empty(0, dtype=np.int64), *rows])),
        used=float(room[taken].sum()),
        unsized=tuple(t for t in chosen if math.isnan(usual[t])),
    )


def _room_table(
    assessment: Assessment,
    candidates: Candidates,
    demand: Demand,
    fit: Sequence[int],
    bundles: Sequence[_Bundle],
    choice: Choice | None,
) -> pd.DataFrame:
    """Return every room that could become a service centre, best first."""
    chosen = set() if choice is None else set(choice.chosen.tolist())
    circles = candidates.situation.members.circles
    name_of = assessment.standard.name_of
    rows = []
    for number, (place, one) in enumerate(zip(fit, bundles, strict=True)):
        space, circle = candidates.spaces[place], int(candidates.units[1][place])
        _, first = np.unique(demand.door[one.rows], return_index=True)
        people = demand.people[one.rows[first]]
        rows.append(
            {
                "space_id": space.space_id,
                "name": space.name,
                "area_m2": space.area_m2,
                "used_m2": one.used,
                "circle_id": str(circles[circle]) if circle >= 0 else "",
                "trades": "、".join(one.trades),
                "trade_names": "、".join(name_of(t) for t in one.trades),
                "unsized": "、".join(name_of(t) for t in one.unsized),
                "people": float(np.nansum(people)) if (~np.isnan(people)).any() else math.nan,
                "value": float(demand.weight[one.rows].sum()),
                "chosen": number in chosen,
            }
        )
    columns = ["space_id", "name", "area_m2", "used_m2", "circle_id", "trades", "trade_names",
               "unsized", "people", "value", "chosen"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(
        ["chosen", "value", "space_id"], ascending=[False, False, True], ignore_index=True
    )
