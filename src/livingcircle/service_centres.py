"""Choose where a 综合体 should stand, and which trades it should hold.

密云 二（一）2, 附件1.1: a service centre holds at least three basic trades and one of local
character, on 1,000–3,000 m². What it must hold and how large it must be, the standard says. Each
room is given the trades that newly serve most people there; then the rooms are compared. Of several
centres the best one is fixed first, then the next for whom it leaves.
"""

import math
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import Bounds
from scipy.optimize import LinearConstraint
from scipy.optimize import milp

from livingcircle._rules.mixes import CompositeRule
from livingcircle._rules.sizes import SiteAreaRule
from livingcircle.assessment import Assessment
from livingcircle.candidates import Candidates
from livingcircle.errors import SitingError
from livingcircle.errors import SolverError
from livingcircle.lacking import Lacking
from livingcircle.lacking import composite_trades
from livingcircle.lacking import find_lacking
from livingcircle.site_options import Near
from livingcircle.site_options import usual_rooms
from livingcircle.siting import Wish
from livingcircle.spaces import Space
from livingcircle.trades import with_broader

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_OPTIMAL, _INFEASIBLE = 0, 2  # what milp says of itself


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
    proven
        Whether no other room, with whatever trades, would newly serve more. Of several centres
        the best one is fixed first, then the next: that is not proven.
    """

    rule: CentreRule
    rooms: pd.DataFrame
    misfits: pd.DataFrame
    proven: bool


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
                named = tuple(t.trade for t in standard.trades if t.tier == tier)
                of_tier = tuple(t for t in named if t not in trades)
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
    demand = find_lacking(assessment, wish.trades, wish.weights)
    trades = _trades(assessment, rule)
    usual = _sizes(assessment, trades)
    reasons = [rule.misfit(space) for space in candidates.spaces]
    covered = _covered(candidates, demand)
    left, taken, rooms = demand.weight.copy(), set[int](), list[_Room]()
    for _ in range(1 if wish.count is None else wish.count):
        found = []
        for place, space in enumerate(candidates.spaces):
            if reasons[place] or _circle(candidates, place) in taken:
                continue
            fill = _fill(space, covered[place], demand, left, rule, usual)
            if isinstance(fill, str):
                reasons[place] = fill
            else:
                found.append(_Room(place, fill, float(left[fill.rows].sum())))
        best = max(found, key=lambda one: (one.value, -one.place), default=None)
        rooms = [one for one in rooms if one.chosen] + found
        if best is None:
            break
        rooms[rooms.index(best)] = replace(best, chosen=True)
        rooms = [one for one in rooms if one.chosen or one.place != best.place]
        left[best.fill.rows] = 0.0
        circle = _circle(candidates, best.place)
        taken |= {circle} if circle >= 0 else set()
    misfits = [
        (space.space_id, space.name, why)
        for space, why in zip(candidates.spaces, reasons, strict=True)
        if why
    ]
    misfits += list(candidates.left_out.itertuples(index=False, name=None))
    return CentrePlan(
        rule=rule,
        rooms=_room_table(assessment, candidates, demand, rooms),
        misfits=pd.DataFrame(misfits, columns=["space_id", "name", "reason"]),
        proven=sum(one.chosen for one in rooms) == 1,
    )


@dataclass(frozen=True)
class _Room:
    """Hold a room that could become a centre, what it would hold, and what that is worth."""

    place: int
    fill: _Bundle
    value: float
    chosen: bool = False


def _circle(candidates: Candidates, place: int) -> int:
    return int(candidates.units[1][place])


def _trades(assessment: Assessment, rule: CentreRule) -> tuple[str, ...]:
    """Return every trade that a centre may hold; not a centre itself."""
    held = [row.trade for row in assessment.standard.trades]
    grouped = [trade for _, trades, _ in rule.groups for trade in trades]
    return tuple(t for t in dict.fromkeys([*held, *grouped]) if t not in rule.trades)


def _sizes(assessment: Assessment, trades: tuple[str, ...]) -> Mapping[str, tuple[float, bool]]:
    """Return the floor each trade takes, and whether that is known: the mean where it is not."""
    rooms = usual_rooms(assessment, trades)
    known = rooms[~np.isnan(rooms)]
    mean = float(known.mean()) if len(known) else 0.0
    return {
        trade: (mean if math.isnan(room) else room, not math.isnan(room))
        for trade, room in zip(trades, rooms.tolist(), strict=True)
    }


def _covered(candidates: Candidates, demand: Lacking) -> list[dict[int, Ints]]:
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
    demand: Lacking,
    left: Floats,
    rule: CentreRule,
    sizes: Mapping[str, tuple[float, bool]],
) -> _Bundle | str:
    """Return the trades with which a room serves most, or why it cannot hold what it must.

    Maximise Σ gain·z, z ≤ Σ x of the trades that answer the service, Σ room·x ≤ area, and of
    every group at least its number; x and z are 0 or 1. A trade whose need of floor nobody knows
    takes the mean of the others and is named.
    """
    allowed = [t for t in sizes if space.excluded.isdisjoint(with_broader((t,)))]
    for name, members, least in rule.groups:
        if len(set(members).intersection(allowed)) < least:
            return f"排除的业态太多，必须有的{name}不到{least}种"
    services = [one for one in covered if left[covered[one]].sum() > 0]
    solved = _solve(space.area_m2, allowed, services, (covered, demand, left), rule, sizes)
    if solved is None:
        return f"{space.area_m2:g}平方米放不下必须有的业态"
    chosen = tuple(t for t, yes in zip(allowed, solved.tolist(), strict=True) if yes)
    rows = [covered[one] for one in services if answering(chosen, demand.asked[one].trades)]
    return _Bundle(
        trades=chosen,
        rows=np.unique(np.concatenate([np.empty(0, dtype=np.int64), *rows])),
        used=float(sum(sizes[t][0] for t in chosen)),
        unsized=tuple(t for t in chosen if not sizes[t][1]),
    )


def answering(held: Sequence[str], asked: Sequence[str]) -> bool:
    """Return whether any trade that is held is, or is a kind of, one that is asked for."""
    return not set(asked).isdisjoint(with_broader(tuple(held)))


def _solve(
    area: float,
    allowed: Sequence[str],
    services: Sequence[int],
    about: tuple[Mapping[int, Ints], Lacking, Floats],
    rule: CentreRule,
    sizes: Mapping[str, tuple[float, bool]],
) -> npt.NDArray[np.bool_] | None:
    """Return which of the allowed trades to take; None where the floor does not hold the musts."""
    covered, demand, left = about
    gains = np.array([left[covered[one]].sum() for one in services], dtype=np.float64)
    count, many = len(services), len(allowed)
    room = np.array([sizes[t][0] for t in allowed], dtype=np.float64)
    answers = np.array(
        [[answering((t,), demand.asked[one].trades) for t in allowed] for one in services],
        dtype=np.float64,
    ).reshape(count, many)
    groups = np.array(
        [[t in members for t in allowed] for _, members, _ in rule.groups], dtype=np.float64
    ).reshape(len(rule.groups), many)
    least = np.array([number for _, _, number in rule.groups], dtype=np.float64)
    # Among trades that serve nobody new, the fewest and smallest are enough.
    slight = 1e-6 * max(gains.sum(), 1.0) / max(room.sum() + many, 1.0)
    limits = [
        LinearConstraint(np.hstack([np.eye(count), -answers]), -np.inf, 0.0),
        LinearConstraint(np.concatenate([np.zeros(count), room])[None], -np.inf, area),
        LinearConstraint(np.hstack([np.zeros((len(least), count)), groups]), least, np.inf),
    ]
    worth = np.concatenate([-gains, slight * (room + 1.0)])
    solved = milp(worth, constraints=limits, bounds=Bounds(0, 1), integrality=np.ones(count + many))
    if solved.status not in (_OPTIMAL, _INFEASIBLE):
        raise SolverError("求解器没有算成", remedy="请把输入和这句话报告给开发者")
    return None if solved.x is None else np.asarray(solved.x[count:] > 0.5)  # noqa: PLR2004


def _room_table(
    assessment: Assessment, candidates: Candidates, demand: Lacking, rooms: Sequence[_Room]
) -> pd.DataFrame:
    """Return every room that could become a service centre, the chosen first, then the best."""
    circles = candidates.situation.members.circles
    name_of = assessment.standard.name_of
    rows = []
    for one in rooms:
        space, circle, fill = candidates.spaces[one.place], _circle(candidates, one.place), one.fill
        _, first = np.unique(demand.door[fill.rows], return_index=True)
        people = demand.people[fill.rows[first]]
        rows.append(
            {
                "space_id": space.space_id,
                "name": space.name,
                "area_m2": space.area_m2,
                "used_m2": fill.used,
                "circle_id": str(circles[circle]) if circle >= 0 else "",
                "trades": "、".join(fill.trades),
                "trade_names": "、".join(name_of(t) for t in fill.trades),
                "unsized": "、".join(name_of(t) for t in fill.unsized),
                "people": float(np.nansum(people)) if (~np.isnan(people)).any() else math.nan,
                "value": one.value,
                "chosen": one.chosen,
            }
        )
    columns = ["space_id", "name", "area_m2", "used_m2", "circle_id", "trades", "trade_names",
               "unsized", "people", "value", "chosen"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values(
        ["chosen", "value", "space_id"], ascending=[False, False, True], ignore_index=True
    )
