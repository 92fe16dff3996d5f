"""Sum a unit up as 有没有, 全不全, 好不好, 美不美; what nobody has told stays unknown.

有没有 counts the basic requirements that must be met, 全不全 the enhanced trades that are there.
好不好 and 美不美 are for people to report: the requirements on satisfaction, and those whose words
name the one or the other, say what they reported. There is no sum of the four.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from livingcircle.assessment import Assessment
from livingcircle.findings import Finding
from livingcircle.standards import Requirement
from livingcircle.standards import Standard
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN
from livingcircle_platform.assessment.rows import CircleRow
from livingcircle_platform.assessment.rows import Figure
from livingcircle_platform.assessment.rows import UnitRow

WORDS = {
    "presence": "有没有",
    "completeness": "全不全",
    "quality": "好不好",
    "appearance": "美不美",
}
SATISFACTION = "satisfaction"
NOT_ASKED = "配置标准没有相应的要求"
NOT_TOLD = "还没有上报"
_UNVERIFIED = "unverified"


def unit_rows(run: Assessment) -> tuple[tuple[CircleRow, ...], tuple[UnitRow, ...]]:
    """Return one row for each circle, and one for each community, 街道 and the district."""
    spoken = {name: _speaking(run.standard, name) for name in ("quality", "appearance")}
    found: dict[tuple[str, str], list[Finding]] = {}
    for one in run.found:
        found.setdefault((one.level, one.unit_id), []).append(one)
    below = _below(run)
    circles, others = [], []
    for unit, facts in zip(run.rows.units, run.facts, strict=True):
        own = found.get((unit.level, unit.unit_id), [])
        every = [
            *own,
            *(one for key in below[unit.level, unit.unit_id] for one in found.get(key, [])),
        ]
        told: dict[str, Any] = {
            "level": unit.level, "unit_id": unit.unit_id, "name": unit.name,
            "circle_id": unit.circle_id,
            "population": facts.population, "area_km2": facts.area_km2,
            "density": facts.quantity("density"),
            "doors": len(unit.doors), "outlets": len(facts.inside),
            "presence": _presence(every),
            "completeness": _completeness(run.standard, facts),
            **{name: _reported(own, ids, facts) for name, ids in spoken.items()},
        }  # fmt: skip
        if unit.level == "circle":
            shape = run.circles.geometry.get(unit.unit_id)
            more = {"kind": facts.kind, "communities": len(unit.communities), "geometry": shape}
            circles.append(CircleRow(**told, **more))
        else:
            others.append(UnitRow(**told))
    return tuple(circles), tuple(others)


def _below(run: Assessment) -> Mapping[tuple[str, str], list[tuple[str, str]]]:
    """Return which communities answer with each unit: a circle's own, those inside a larger one."""
    ids = run.situation.members.communities
    of_circle: dict[str, list[tuple[str, str]]] = {}
    for unit in run.rows.units:
        if unit.level == "community":
            of_circle.setdefault(unit.circle_id, []).append((unit.level, unit.unit_id))
    told = {}
    for unit in run.rows.units:
        if unit.level == "community":
            inside = []
        elif unit.level == "circle":
            inside = of_circle.get(unit.unit_id, [])
        else:
            inside = [("community", str(ids[number])) for number in unit.communities]
        told[unit.level, unit.unit_id] = inside
    return told


def _presence(found: Iterable[Finding]) -> Figure:
    """Count the basic requirements that must be met, the unit's own and its communities'."""
    asked = [one for one in found if one.tier == "basic" and one.severity == "must"]
    return _count([one.verdict for one in asked], NOT_ASKED)


def _count(verdicts: Sequence[str], otherwise: str) -> Figure:
    met, lacking, unknown = (verdicts.count(word) for word in (SERVED, LACKING, UNKNOWN))
    return Figure(met, lacking, unknown, reason="" if met + lacking + unknown else otherwise)


def _completeness(standard: Standard, facts: Any) -> Figure:  # noqa: ANN401 - facts of a unit
    """Count the enhanced trades that are there; one with no complete list may be there unseen."""
    verdicts = []
    for row in standard.trades:
        if row.tier == "enhanced":
            shops = facts.shops(facts.inside_by_trade.get(row.trade, ()))
            if any(shop.status != _UNVERIFIED for shop in shops):
                verdicts.append(SERVED)
            else:
                known = not shops and row.trade in facts.known_trades
                verdicts.append(LACKING if known else UNKNOWN)
    return _count(verdicts, NOT_ASKED)


def _speaking(standard: Standard, name: str) -> frozenset[str]:
    """Return the requirements that speak for 好不好 or 美不美."""
    return frozenset(one.id for one in standard.requirements if _speaks(one, name))


def _speaks(one: Requirement, name: str) -> bool:
    if name == "quality" and getattr(one.rule, "measure", "") == SATISFACTION:
        return True
    # Words that name all four are about the programme as a whole.
    named = [key for key, word in WORDS.items() if word in f"{one.title}{one.text}"]
    return named == [name]


def _reported(own: Iterable[Finding], ids: frozenset[str], facts: Any) -> Figure:  # noqa: ANN401
    """Count what people reported of a unit."""
    asked = [one for one in own if one.requirement_id in ids]
    figure = _count([one.verdict for one in asked], NOT_ASKED)
    value = facts.measures.get(SATISFACTION) if asked else None
    reason = figure.reason or ("" if figure.judged or value is not None else NOT_TOLD)
    return Figure(figure.met, figure.lacking, figure.unknown, value, reason)
