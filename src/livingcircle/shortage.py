"""Say how many outlets are short in which community, circle or 街道, as needs to be made up."""

import math
from dataclasses import dataclass
from dataclasses import replace
from typing import Self

import numpy as np
import numpy.typing as npt

from livingcircle._rules.counts import CountRule
from livingcircle._rules.counts import LadderRule
from livingcircle._rules.reaches import ReachRule
from livingcircle._siting.instance import Instance
from livingcircle.assessment import Assessment
from livingcircle.candidates import Candidates
from livingcircle.candidates import standing_in
from livingcircle.lacking import composite_trades
from livingcircle.site_options import Options
from livingcircle.standards import Requirement
from livingcircle.trades import with_broader
from livingcircle.units import Unit
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import UNKNOWN

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Shortage:
    """Hold one number that is short.

    Attributes
    ----------
    requirement_id, name, trades
        Which requirement, what it is called, and the trades any of which counts.
    unit
        Where.
    short
        How many are missing.
    people
        Who lives there; NaN where unknown.
    left
        How many are still missing after the plan.
    """

    requirement_id: str
    name: str
    trades: tuple[str, ...]
    unit: Unit
    short: int
    people: float
    left: int = 0


@dataclass(frozen=True)
class Shortages:
    """Hold all numbers that are short, and those that siting cannot make up, in words."""

    all: tuple[Shortage, ...]
    left_out: tuple[str, ...] = ()

    @classmethod
    def none(cls) -> Self:
        """Return no shortages."""
        return cls(())

    @property
    def trades(self) -> tuple[str, ...]:
        """Return the trades that are short somewhere."""
        return tuple(dict.fromkeys(trade for one in self.all for trade in one.trades))

    def join(
        self, instance: Instance, options: Options, candidates: Candidates
    ) -> tuple[Instance, Ints]:
        """Return an instance in which every shortage is one more row, and the need of each row.

        An option counts towards a unit's number when it stands in the unit; of several in one
        room only one does, for a shop is counted once.
        """
        pairs = [np.repeat(np.arange(len(options)), np.diff(instance.start))], [instance.rows]
        for number, one in enumerate(self.all):
            counts = [not set(one.trades).isdisjoint(with_broader((t,))) for t in options.trades]
            inside = standing_in(one.unit, candidates)[options.candidate]
            some = np.flatnonzero(np.array(counts, dtype=np.bool_)[options.trade] & inside)
            _, first = np.unique(options.candidate[some], return_index=True)
            pairs[0].append(some[first])
            pairs[1].append(np.full(len(first), instance.demand + number))
        option, row = (np.concatenate(part).astype(np.int64) for part in pairs)
        order = np.lexsort((row, option))
        people = np.array([one.people for one in self.all], dtype=np.float64)
        joined = replace(
            instance,
            start=np.searchsorted(option[order], np.arange(len(options) + 1)),
            rows=row[order],
            weight=np.concatenate([instance.weight, np.where(np.isnan(people), 1.0, people)]),
        )
        short = np.array([one.short for one in self.all], dtype=np.int64)
        return joined, np.concatenate([np.ones(instance.demand, dtype=np.int64), short])

    def after(self, left: Ints) -> Self:
        """Return the same with how many are still missing."""
        told = zip(self.all, left.tolist(), strict=True)
        return replace(self, all=tuple(replace(one, left=int(many)) for one, many in told))


def find_shortages(assessment: Assessment, trades: tuple[str, ...] = ()) -> Shortages:
    """Return the numbers that are short of some trades, or of all; only what must be there.

    What a number per unit cannot say is left out in words: several trades each, trades that count
    by halves, what nobody knows, and what is not a number of outlets at all.
    """
    made_of_others = composite_trades(assessment)
    asked = {one.id: one for one in assessment.standard.requirements}
    units = {(unit.level, unit.unit_id): unit for unit in assessment.rows.units}
    residents = assessment.situation.doors["residents"].to_numpy(dtype=np.float64)
    found, left_out, doubtful, others = [], [], 0, 0
    for row in assessment.found:
        one = asked[row.requirement_id]
        if one.severity != "must" or made_of_others.intersection(one.trades):
            continue
        if trades and set(trades).isdisjoint(one.trades):
            continue
        counted = isinstance(one.rule, CountRule | LadderRule)
        doubtful += int(counted and row.verdict == UNKNOWN)
        placed = counted or isinstance(one.rule, ReachRule)
        others += int(not placed and row.verdict == LACKING)
        short = row.shortfall or 0.0
        if not counted or row.verdict != LACKING or short <= 0:
            continue
        odd = _odd(one)
        if odd:
            left_out.append(f"{row.unit_name}{one.name}：{odd}，没有算进来")
            continue
        unit = units[row.level, row.unit_id]
        here = residents[unit.doors]
        people = float(np.nansum(here)) if (~np.isnan(here)).any() else math.nan
        many = math.ceil(round(short, 6))
        found.append(Shortage(one.id, one.name, one.trades, unit, many, people))
    if doubtful:
        left_out.append(f"{doubtful}项数量没有核实，核实后再选")
    if others:
        left_out.append(f"{others}项不是数量和半径的缺项（种类、面积、占比等），不由选址解决")
    return Shortages(tuple(found), tuple(left_out))


def _odd(one: Requirement) -> str:
    """Say why a number cannot be made up outlet by outlet, or ``""``."""
    if one.every and len(one.trades) > 1:
        return "几种业态各要几个"
    return "几种业态折算计数" if one.weights else ""
