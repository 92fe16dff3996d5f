"""Tell why something is lacking: rule, numbers, outlets, and the walk from one door as a line.

All walks of a run are traced together, so that a district's hundreds of explanations take no
longer than a few.
"""

import math
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from livingcircle.assessment import Assessment
from livingcircle.door_verdicts import TradeVerdicts
from livingcircle.explain import explain_findings
from livingcircle.residents import people_of
from livingcircle.routes import Route
from livingcircle.routes import trace_all
from livingcircle.units import Unit
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import UNKNOWN
from livingcircle_platform.assessment.rows import plain

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

STRAIGHT = "没有道路数据，按直线×1.3估算"
NO_WAY = "全部数据里没有走得到的"
_NO_OUTLET = -1
_SLACK = 1.0  # metre, so that the longest walk itself is found


@dataclass(frozen=True)
class Walk:
    """Hold the walk from the door that speaks for a finding to its nearest outlet.

    Of the doors that lack, that is the one with most person-metres: many people, far away.

    Attributes
    ----------
    people
        Who lives behind the door.
    outlet_id, outlet_name
        The nearest outlet, ``""`` where none can be walked to.
    metres, minutes
        How far it is; minutes where they were measured to the same outlet.
    sentence
        The walk street by street.
    line
        The walk in degrees; ``None`` where there are no streets, or no way.
    """

    door_id: str
    door_name: str
    place: shapely.Point
    people: float | None
    outlet_id: str
    outlet_name: str
    metres: float | None
    minutes: float | None
    sentence: str
    line: shapely.LineString | None


@dataclass(frozen=True)
class ExplanationRow:
    """Tell why one unit has its verdict on one requirement."""

    requirement_id: str
    level: str
    unit_id: str
    verdict: str
    rule: str
    clause: str
    required: float | None
    found: float | None
    unit: str
    lines: tuple[str, ...]
    walk: Walk | None


@dataclass(frozen=True)
class _Ends:
    """Hold the door and the outlet of a walk by position, and how far it is."""

    door: int
    outlet: int
    metres: float
    minutes: float


def explain(
    run: Assessment, verdicts: Iterable[str] = (LACKING, UNKNOWN)
) -> tuple[ExplanationRow, ...]:
    """Return an explanation of every finding with one of some verdicts, in the findings' order."""
    wanted = frozenset(verdicts)
    rows = [
        row for row in run.findings.astype(object).to_dict("records") if row["verdict"] in wanted
    ]
    units = {(unit.level, unit.unit_id): unit for unit in run.rows.units}
    ends = [_ends(run, row, units[row["level"], row["unit_id"]]) for row in rows]
    walks = iter(_walks(run, [one for one in ends if one is not None]))
    said = explain_findings(run, rows)
    told = []
    for row, one, lines in zip(rows, ends, said, strict=True):
        requirement = run.standard.requirement(row["requirement_id"])
        told.append(
            ExplanationRow(
                requirement_id=row["requirement_id"],
                level=row["level"],
                unit_id=row["unit_id"],
                verdict=row["verdict"],
                rule=requirement.describe(),
                clause=row["clause"],
                required=plain(row["required"]),
                found=plain(row["found"]),
                unit=row["unit"],
                lines=tuple(line.strip() for line in lines),
                walk=None if one is None else next(walks),
            )
        )
    return tuple(told)


def _ends(run: Assessment, row: dict[Any, Any], unit: Unit) -> _Ends | None:
    """Return who speaks for a finding and the nearest outlet; None where it has no radius."""
    by_requirement, by_trade = run.services.by_requirement, run.services.by_trade
    said = by_requirement.get(row["requirement_id"]) or by_trade.get(row["trade"])
    if said is None or not len(unit.doors):
        return None
    same = unit.doors[said.doors.are(row["verdict"])[unit.doors]]
    doors = same if len(same) else unit.doors
    door = _speaker(run, doors, said.doors.metres[doors])
    outlet = int(said.doors.outlet[door])
    service = said.service_at(np.array([door])) if isinstance(said, TradeVerdicts) else said.service
    minutes = [
        float(needed.minutes[door])
        for needed in map(run.measured.to, service.needs)
        if outlet != _NO_OUTLET and outlet == needed.outlet[door] == needed.minutes_outlet[door]
    ]
    return _Ends(door, outlet, float(said.doors.metres[door]), minutes[0] if minutes else math.nan)


def _speaker(run: Assessment, doors: Ints, metres: Floats) -> int:
    """Return the door with most person-metres; where nobody can get at all is farthest."""
    residents = people_of(run.situation.doors).residents[doors]
    known = metres[np.isfinite(metres)]
    beyond = 2.0 * float(known.max(initial=1.0))
    weight = np.where(np.isnan(residents), 1.0, residents)
    return int(doors[np.argmax(weight * np.where(np.isfinite(metres), metres, beyond))])


def _walks(run: Assessment, ends: Sequence[_Ends]) -> Iterator[Walk]:
    """Yield a walk for each pair of ends."""
    situation = run.situation
    doors, outlets = run.doors, run.district.outlets
    goals = [one for one in ends if one.outlet != _NO_OUTLET]
    traced: Iterator[Route | None] = iter([None] * len(goals))
    if situation.network is not None and situation.graph is not None:
        start = situation.grid.project(doors.geometry.to_numpy())
        goal = situation.grid.project(outlets.geometry.to_numpy())
        pairs = [((e.door, start[e.door]), (e.outlet, goal[e.outlet])) for e in goals]
        longest = max((one.metres for one in goals), default=0.0) + _SLACK
        traced = iter(trace_all(situation.network, situation.graph, pairs, longest))
    for one in ends:
        route = next(traced) if one.outlet != _NO_OUTLET else None
        yield _walk(run, one, route)


def _walk(run: Assessment, ends: _Ends, route: Route | None) -> Walk:
    door, nowhere = run.doors.iloc[ends.door], ends.outlet == _NO_OUTLET
    outlets = run.district.outlets
    sentence = NO_WAY if nowhere else STRAIGHT if route is None else route.sentence()
    return Walk(
        door_id=str(run.doors.index[ends.door]),
        door_name=str(door["name"]),
        place=door.geometry,
        people=plain(door["residents"]),
        outlet_id="" if nowhere else str(outlets.index[ends.outlet]),
        outlet_name="" if nowhere else str(outlets["name"].iloc[ends.outlet]),
        metres=plain(round(ends.metres, 1)),
        minutes=plain(round(ends.minutes, 2)),
        sentence=sentence,
        line=None if route is None else run.situation.grid.unproject(route.line),
    )
