"""Turn findings that lack something into gaps: 缺什么, 补什么, 如何补, and how urgent.

What to add follows from the shortfall; how to add it follows the plan's own measures and the
spaces at hand. Where exactly to put it is a question of its own.
"""

import math
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from operator import is_
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle._rules.counts import CountRule
from livingcircle._rules.counts import LadderRule
from livingcircle._rules.reaches import ReachRule
from livingcircle._rules.remedies import Missed
from livingcircle._rules.remedies import Todo
from livingcircle._rules.remedies import remedy
from livingcircle.door_verdicts import DoorVerdicts
from livingcircle.door_verdicts import Judged
from livingcircle.door_verdicts import Service
from livingcircle.door_verdicts import TradeVerdicts
from livingcircle.findings import Finding
from livingcircle.memory import Memory
from livingcircle.memory import Some
from livingcircle.reach import Services
from livingcircle.reach import is_plain
from livingcircle.reach import radius_of
from livingcircle.residents import People
from livingcircle.residents import people_of
from livingcircle.situation import Situation
from livingcircle.standards import Requirement
from livingcircle.standards import Standard
from livingcircle.units import Unit
from livingcircle.verdicts import LACKING

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

GAP_COLUMNS = [
    "circle_id",
    "circle_name",
    "level",
    "unit_id",
    "unit_name",
    "trade",
    "trade_name",
    "tier",
    "requirement_id",
    "required",
    "found",
    "shortfall",
    "surplus",
    "unit",
    "people",
    "elders",
    "infants",
    "nearest_m",
    "urgency",
    "reason",
    "remedy",
    "measure",
    "clause",
]
# 轻重缓急: what every household needs often and nobody nearby has comes first.
OFTEN_METRES = 500.0
URGENCY_SHARES = (0.5, 0.75, 0.9)
# 密云 三（四）, 二（一）1 and 国家2023 三（四）: measures by what the place allows.
MEASURES = {
    "often": "利用腾退、闲置公共空间引入连锁门店，或在现有便利店、餐饮店叠加（一店多能）",
    "machine": "在小区出入口或公共空间增设智能设备",
    "seldom": "在综合体或百姓生活服务中心叠加，或由周边门店代办（一店多能）",
    "cramped": "增设箱式移动设施、直通车，或组织便民集市过渡",
    "improve": "改造提升现有网点，新设网点优先满足本项要求",
    "fewer": "不再新增，结合租约到期逐步调整",
    "manage": "由责任单位列出办法和完成时间，逐项落实",
}
_ORDER = ("burden", "priority", "family")
MACHINES = frozenset({"parcel_point", "water_vending", "vending_machine"})


@dataclass(frozen=True)
class Affected:
    """Count who is hit by a gap and how far they have to go now."""

    people: float
    elders: float
    infants: float
    nearest_m: float
    doors: int


def affected(unit: Unit, people: People, verdicts: DoorVerdicts | None) -> Affected:
    """Return the residents who lack the trade; all of them where only the number is short.

    Parameters
    ----------
    unit
        Community, circle or district.
    people
        People at each door.
    verdicts
        Door verdicts on the trade's service radius, if the standard states one.
    """
    doors = unit.doors
    metres = np.full(len(doors), np.inf)
    if verdicts is not None:
        lacking = doors[verdicts.are(LACKING)[doors]]
        doors = lacking if len(lacking) else doors
        metres = verdicts.metres[doors]
    finite = metres[np.isfinite(metres)]
    nearest = float(np.median(finite)) if len(finite) else math.nan
    return Affected(**people.total(doors), nearest_m=round(nearest, 1), doors=len(doors))


def burden(tier: str, radius: float, hit: Affected, *, blind: bool) -> float:
    """Return how much a gap weighs: people affected times how badly they need the trade.

    Basic trades weigh more than others, trades used within 5–10 minutes twice as much as the
    rest (密云 三（二）, 附件1.1 四 1–2), places out of reach half as much again as places merely
    short in number. Where nobody knows the people, doors are counted.
    """
    many = hit.people if math.isfinite(hit.people) else float(hit.doors)
    need = 1.0 if tier == "basic" else 0.25
    return many * need * (2.0 if radius <= OFTEN_METRES else 1.0) * (1.5 if blind else 1.0)


def urgency(burdens: Floats) -> npt.NDArray[np.int64]:
    """Return 1 (urgent) to 4 (can wait) for gaps by their share of the whole burden.

    The heaviest gaps that together make up half of it are urgent; the next quarter, the next
    15 % and the rest follow. Gaps of one weight are equally urgent.
    """
    total = float(burdens.sum())
    if total <= 0:
        return np.full(len(burdens), len(URGENCY_SHARES) + 1, dtype=np.int64)
    weights = np.sort(burdens)[::-1]
    # How many are heavier, and what they come to together.
    many = np.searchsorted(-weights, -burdens, side="left")
    heavier = np.concatenate([[0.0], np.cumsum(weights)])[many] / total
    steps = np.searchsorted(np.array(URGENCY_SHARES), heavier + 1e-9, side="right") + 1
    return np.asarray(steps, dtype=np.int64)


def measure(trade: str, radius: float, todo: Todo, *, cramped: bool) -> str:
    """Return how a gap can be filled, in the plan's own words."""
    if todo.fewer or todo.manage:
        return MEASURES["fewer" if todo.fewer else "manage"]
    if not todo.adds:
        return MEASURES["improve"]
    if trade in MACHINES:
        return MEASURES["machine"]
    if cramped:
        return MEASURES["cramped"]
    return MEASURES["often" if radius <= OFTEN_METRES else "seldom"]


def number_gaps(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return gaps with their urgency, sorted by it, and numbered.

    Within one urgency the plan's own ``priority`` goes first, then its ``precedence`` of radius,
    number and size (密云 附件1.1 四 2: 服务半径优先于规模), then the people affected.
    """
    table = pd.DataFrame(rows, columns=[*GAP_COLUMNS, *_ORDER])
    table["urgency"] = urgency(table["burden"].to_numpy(dtype=np.float64))
    table = table.sort_values(
        ["urgency", "priority", "family", "people", "circle_id", "unit_id", "requirement_id"],
        ascending=[True, True, True, False, True, True, True],
        kind="stable",
        ignore_index=True,
    ).drop(columns=list(_ORDER))
    table.insert(0, "gap_id", [f"G{n:04d}" for n in range(1, len(table) + 1)])
    return table


def find_gaps(
    situation: Situation,
    standard: Standard,
    services: Services,
    units: Sequence[Unit],
    findings: Sequence[Finding],
    memory: Memory | None = None,
) -> list[dict[str, object]]:
    """Return what is lacking as rows for :func:`number_gaps`; only what must be there.

    Where a unit lacks both the number and the reach of a trade, one row tells of both.
    ``memory`` holds earlier rows; those that nothing touched are used again.
    """
    memory = Memory() if memory is None else memory
    people = people_of(situation.doors)
    inputs = situation.district.circles, situation.walker, standard.defaults, standard.trades
    place = memory.recall("gap place", inputs, lambda: _Place(situation, standard))
    # Of each unit, a mark that is another as soon as other people live there.
    lived = memory.recall(
        "people of gaps", (situation.doors,), lambda: np.column_stack(list(vars(people).values()))
    )
    marks = memory.recall_each(
        "marks of gaps",
        {(unit.level, unit.unit_id): (unit, Some(lived, unit.doors)) for unit in units},
        lambda *_: object(),
    )
    mark_of = {(unit.level, unit.unit_id): mark for unit, mark in zip(units, marks, strict=True)}
    by_id = {(unit.level, unit.unit_id): unit for unit in units}
    lacking = [one for one in findings if one.verdict == LACKING and one.severity == "must"]
    requirements = {one.id: one for one in standard.requirements}
    counted = _short_in_number(lacking, requirements)
    plain = {one.id for one in standard.requirements if is_plain(one)} & {*services.by_requirement}
    told_by_number = {
        (row.requirement_id, row.level, row.unit_id): subjects
        for row in lacking
        if row.requirement_id in plain and (subjects := _subjects(row)) <= counted
    }
    out_of_reach = frozenset().union(*told_by_number.values())
    told_of: dict[tuple[str, str, str], tuple[Any, ...]] = {}
    for row in lacking:
        gap = row.requirement_id, row.level, row.unit_id
        if gap in told_by_number:
            continue
        one, unit = requirements[row.requirement_id], by_id[row.level, row.unit_id]
        said = services.by_requirement.get(one.id) or services.by_trade.get(_first(row))
        both = _is_of_number(one) and not out_of_reach.isdisjoint(_subjects(row))
        told_of[gap] = row, one, both, unit, said, place, mark_of[row.level, row.unit_id]

    def tell(gap: tuple[str, str, str], _: dict[str, object] | None) -> dict[str, object]:
        row, one, both, unit, said, place, _ = told_of[gap]
        return {**_gap(row, one, unit, said, place, people), "family": place.rank(one, both=both)}

    return memory.recall_each("gaps", told_of, tell, _Then().alike)


class _Then:
    """Tell whether a gap is told as before: of all that is said only its own doors matter."""

    def __init__(self) -> None:
        # By what was said and what is said now, both held by whoever compares.
        self._unlike: dict[tuple[int, int], Bools] = {}

    def alike(self, old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
        """Return whether nothing that a gap is told from has changed."""
        (*things, unit, was, place, mark), (*others, now_unit, now, now_place, now_mark) = old, new
        same = unit is now_unit and place is now_place and mark is now_mark
        return same and all(map(is_, things, others)) and self._said_alike(was, now, unit.doors)

    def _said_alike(
        self,
        old: Judged | TradeVerdicts | None,
        new: Judged | TradeVerdicts | None,
        doors: npt.NDArray[np.int64],
    ) -> bool:
        """Return whether the same is said at some doors."""
        if old is None or new is None or old is new:
            return old is new
        pair = id(old), id(new)
        if pair not in self._unlike:
            self._unlike[pair] = _unlike(old, new)
        return not self._unlike[pair][doors].any()


def _unlike(old: Judged | TradeVerdicts, new: Judged | TradeVerdicts) -> Bools:
    """Return the doors at which something else is said; all, where it is of other services."""
    unlike = np.ones(len(new.doors.verdict), dtype=np.bool_)
    if len(old.doors.verdict) != len(unlike) or _about(old) != _about(new):
        return unlike
    unlike[:] = False
    for name in ("verdict", "metres"):
        unlike |= getattr(old.doors, name) != getattr(new.doors, name)
    if isinstance(old, TradeVerdicts) and isinstance(new, TradeVerdicts):
        unlike |= old.speaker != new.speaker
    return unlike


def _about(said: Judged | TradeVerdicts) -> Service | tuple[Service, ...]:
    """Return the service or services that something is said of."""
    return said.services if isinstance(said, TradeVerdicts) else said.service


def _service(said: Judged | TradeVerdicts, doors: npt.NDArray[np.int64]) -> Service:
    """Return the service verdicts are about; at most of the doors where there are several."""
    return said.service_at(doors) if isinstance(said, TradeVerdicts) else said.service


class _Place:
    """Hold what every gap of a district is told with."""

    def __init__(self, situation: Situation, standard: Standard) -> None:
        self.tiers, self.precedence = standard.tier, standard.defaults.precedence
        self.speed = situation.walker.metres_per_minute
        circles = situation.district.circles
        self.names = dict(zip(circles.index, circles["name"].astype(str), strict=True))
        self.kinds = dict(zip(circles.index, circles["kind"].astype(str), strict=True))

    def rank(self, one: Requirement, *, both: bool) -> int:
        """Return where a gap stands in the standard's precedence.

        What is short in number and out of reach as well is told in one row, and stands where
        the first of the two does.
        """
        families = (one.rule.family, ReachRule.family) if both else (one.rule.family,)
        return min(map(self.precedence.index, families))


def _short_in_number(
    lacking: Sequence[Finding], requirements: Mapping[str, Requirement]
) -> set[tuple[str, str, str]]:
    """Return the (level, unit, trade) that lack outlets by number."""
    return {
        subject
        for row in lacking
        if _is_of_number(requirements[row.requirement_id]) and (row.shortfall or 0.0) > 0
        for subject in _subjects(row)
    }


def _is_of_number(one: Requirement) -> bool:
    """Return whether a requirement asks for a number of outlets."""
    return isinstance(one.rule, CountRule | LadderRule)


def _subjects(row: Finding) -> frozenset[tuple[str, str, str]]:
    """Return (level, unit, trade) of what a finding is about."""
    return frozenset((row.level, row.unit_id, trade) for trade in row.trades)


def _first(row: Finding) -> str:
    """Return the trade a finding is told under."""
    return row.trades[0] if row.trades else ""


def _gap(
    row: Finding,
    one: Requirement,
    unit: Unit,
    said: Judged | TradeVerdicts | None,
    place: _Place,
    people: People,
) -> dict[str, object]:
    """Return one gap with who is hit, how urgent it is and what to do."""
    trade, verdicts = _first(row), None if said is None else said.doors
    radius = np.inf if said is None else radius_of(_service(said, unit.doors), place.speed)[1]
    blind = verdicts is not None and bool(verdicts.are(LACKING)[unit.doors].any())
    hit = affected(unit, people, verdicts)
    todo = _todo(one, row, blind=blind)
    cramped = place.kinds.get(unit.circle_id) == "urban_fringe"
    told = {name: getattr(row, name) for name in ("level", "unit_id", "unit_name", "tier")}
    told |= {name: getattr(row, name) for name in ("requirement_id", "unit", "reason", "clause")}
    return {
        **told,
        **{name: _number(getattr(row, name)) for name in ("required", "found", "shortfall")},
        "surplus": _number(row.surplus),
        "trade": trade,
        "circle_id": row.circle_id,
        "circle_name": place.names.get(unit.circle_id, ""),
        "trade_name": one.name,
        "people": hit.people,
        "elders": hit.elders,
        "infants": hit.infants,
        "nearest_m": hit.nearest_m,
        "burden": burden(place.tiers(trade), radius, hit, blind=blind),
        "priority": one.priority,
        "remedy": todo.words,
        "measure": measure(trade, radius, todo, cramped=cramped),
    }


def _number(value: float | None) -> float:
    """Return a number, NaN where there is none."""
    return math.nan if value is None else float(value)


def _todo(one: Requirement, row: Finding, *, blind: bool) -> Todo:
    """Return what to do about a gap."""
    missed = Missed(
        required=_number(row.required),
        found=_number(row.found),
        shortfall=_number(row.shortfall),
        unit=row.unit,
        reason=row.reason,
        surplus=_number(row.surplus),
    )
    todo = remedy(one, missed)
    return todo.near_blind_doors() if blind and not isinstance(one.rule, ReachRule) else todo
