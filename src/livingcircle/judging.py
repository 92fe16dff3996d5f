"""Judge one requirement for one unit: met, lacking, unknown with the reason, or not applicable.

Pure functions over :class:`UnitFacts`; no geometry. Everything is three-valued: what is found is
found whatever else is unknown, and what is not found is lacking only where the register is
complete. The explanation names the rule, the numbers and what another rounding would have asked.
"""

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from typing import Final

from livingcircle._rules import size_judging
from livingcircle._rules.counts import CompositeRule
from livingcircle._rules.counts import CountRule
from livingcircle._rules.counts import LadderRule
from livingcircle._rules.counts import ProhibitedRule
from livingcircle._rules.counts import ReachRule
from livingcircle._rules.counts import SeparationRule
from livingcircle._rules.counts import VarietyRule
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.outcome import LACKING
from livingcircle._rules.outcome import NOT_APPLICABLE
from livingcircle._rules.outcome import SERVED
from livingcircle._rules.outcome import UNKNOWN
from livingcircle._rules.outcome import Outcome
from livingcircle._rules.outcome import compare
from livingcircle._rules.plans import GradeShareRule
from livingcircle._rules.plans import QualitativeRule
from livingcircle._rules.plans import TargetRule
from livingcircle._rules.plans import TextRule
from livingcircle._rules.sizes import AreaRule
from livingcircle._rules.sizes import FloorShareRule
from livingcircle._rules.sizes import MeasureRule
from livingcircle._rules.sizes import ShareRule
from livingcircle._rules.sizes import SiteAreaRule
from livingcircle._rules.tally import NO_LEDGER
from livingcircle._rules.tally import Tally
from livingcircle._rules.tally import counted
from livingcircle._rules.tally import is_known
from livingcircle._rules.tally import tally
from livingcircle.standards import Requirement
from livingcircle.standards import Standard

__all__ = ["Finding", "UnitFacts", "judge"]

VERDICT_WORDS: Final[Mapping[str, str]] = {
    SERVED: "达标",
    LACKING: "不达标",
    UNKNOWN: "未核实",
    NOT_APPLICABLE: "不适用",
}


@dataclass(frozen=True)
class Finding:
    """Hold the verdict on one requirement for one unit.

    Attributes
    ----------
    required, found, shortfall
        In ``unit``; None where not known or not a number.
    found_strict, found_shared
        Outlets located inside the unit, and those within reach as well.
    reason
        Why it is unknown or not applicable.
    explanation
        Rule, numbers and verdict as one Chinese sentence.
    """

    requirement_id: str
    level: str
    unit_id: str
    unit_name: str
    circle_id: str
    trades: tuple[str, ...]
    tier: str
    severity: str
    verdict: str
    required: float | None
    found: float | None
    found_strict: float | None
    found_shared: float | None
    shortfall: float | None
    unit: str
    reason: str
    explanation: str
    clause: str


def judge(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Finding:
    """Return the verdict on a requirement for a unit of its level."""
    applies, condition = requirement.applies.test(facts)
    if applies is False:
        outcome = Outcome(NOT_APPLICABLE, reason=f"只适用于{condition}的单元")
    else:
        outcome = _JUDGES[type(requirement.rule)](requirement, facts, standard)
        if applies is None and outcome.verdict != SERVED:
            outcome = Outcome(UNKNOWN, reason=f"无法判断是否适用：缺少“{condition}”的信息")
    return _finding(requirement, facts, standard, outcome)


def _finding(
    requirement: Requirement, facts: UnitFacts, standard: Standard, outcome: Outcome
) -> Finding:
    """Put an outcome into words."""
    tiers = {standard.tier(trade) for trade in requirement.trades}
    said = [f"{requirement.describe()}。"]
    if outcome.numbers:
        said.append(f"{outcome.numbers}，")
    said.append(f"结论：{VERDICT_WORDS[outcome.verdict]}")
    said.append(f"（{outcome.reason}）。" if outcome.reason else "。")
    return Finding(
        requirement_id=requirement.id,
        level=facts.level,
        unit_id=facts.unit_id,
        unit_name=facts.unit_name,
        circle_id=facts.circle_id,
        trades=requirement.trades,
        tier=tiers.pop() if len(tiers) == 1 else "",
        severity=requirement.severity,
        verdict=outcome.verdict,
        required=outcome.required,
        found=outcome.found,
        found_strict=outcome.found_strict,
        found_shared=outcome.found_shared,
        shortfall=outcome.shortfall,
        unit=outcome.unit,
        reason=outcome.reason,
        explanation="".join(said),
        clause=requirement.clause,
    )


def _count(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge a number of outlets per unit, person, household or dwelling."""
    rule = requirement.rule
    assert isinstance(rule, CountRule | LadderRule)  # noqa: S101 - chosen by the table below
    if requirement.every and len(requirement.trades) > 1:
        return _every(requirement, facts, standard)
    by = rule.per if isinstance(rule, CountRule) else rule.by
    size = (
        facts.quantity("community_count" if by == "communities" else by) if by != "unit" else None
    )
    strict, shared = counted(requirement, facts, standard)
    needed = rule.needed(size)
    allowed = rule.allowed(size) if isinstance(rule, CountRule) else None
    if allowed is not None and len(strict.sure) > allowed:
        return _too_many(strict, allowed)
    outcome = _enough(requirement, facts, strict, shared, needed)
    if needed is not None and by != "unit" and size is not None:
        words = rule.rounding.alternatives(rule.exact(size))
        return outcome.saying(f"{outcome.numbers}（若{words}）")
    return outcome


def _enough(
    requirement: Requirement, facts: UnitFacts, strict: Tally, shared: Tally, needed: int | None
) -> Outcome:
    """Compare what was counted with what is needed."""
    found, maybe = len(shared.sure), len(shared.maybe)
    outcome = Outcome(
        SERVED,
        required=None if needed is None else float(needed),
        found=float(found),
        found_strict=float(len(strict.sure)),
        found_shared=float(found),
        shortfall=None if needed is None else float(max(0, needed - found)),
        unit="个",
        numbers=f"范围内{len(strict.sure)}个、可达{found}个",
    )
    if needed is None:
        least = requirement.rule.minimum if isinstance(requirement.rule, CountRule) else 1
        sure_none = is_known(requirement, facts) and found + maybe < least
        reason = "缺少人口、户数或套数，算不出应配数量"
        return outcome.being(LACKING if sure_none else UNKNOWN, reason)
    outcome = outcome.saying(f"应配{needed}个，{outcome.numbers}")
    if found >= needed:
        return outcome
    return outcome.being(*_short(requirement, facts, shared, needed - found))


def _short(
    requirement: Requirement, facts: UnitFacts, shared: Tally, short: int
) -> tuple[str, str]:
    """Return verdict and reason where some outlets are short."""
    if requirement.online_substitute and shared.online:
        online = len(shared.online)
        return SERVED, f"实体网点缺{short}个，由{online}个线上当日服务替代，单列"
    if len(shared.maybe) >= short:
        return UNKNOWN, f"另有{len(shared.maybe)}个网点未核实"
    if not is_known(requirement, facts):
        return UNKNOWN, NO_LEDGER
    passing = len(shared.passing)
    return LACKING, f"过渡：移动或临时供给{passing}个，不计入" if passing else ""


def _too_many(strict: Tally, allowed: float) -> Outcome:
    """Say that there are more outlets than the plan allows."""
    found = float(len(strict.sure))
    return Outcome(
        LACKING,
        required=allowed,
        found=found,
        found_strict=found,
        found_shared=found,
        unit="个",
        numbers=f"最多{allowed:g}个，范围内{found:g}个",
        reason=f"多出{found - allowed:g}个",
    )


def _every(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge a count that every one of several trades has to meet."""
    parts = [
        _count(replace(requirement, trades=(trade,)), facts, standard)
        for trade in requirement.trades
    ]
    worst = min(
        parts, key=lambda one: (LACKING, UNKNOWN, NOT_APPLICABLE, SERVED).index(one.verdict)
    )
    names = "；".join(
        f"{standard.name_of(trade)}{one.numbers}"
        for trade, one in zip(requirement.trades, parts, strict=True)
    )
    return worst.saying(names)


def _reach(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge whether enough of the residents reach an outlet."""
    del standard
    rule = requirement.rule
    assert isinstance(rule, ReachRule)  # noqa: S101
    if requirement.id not in facts.reach:
        return Outcome(
            UNKNOWN, reason="没有测算这一出行方式" if rule.mode != "walk" else "没有楼门"
        )
    served, lacking, unknown = facts.reach[requirement.id]
    total = served + lacking + unknown
    if total <= 0:
        return Outcome(UNKNOWN, reason="没有居民人数")
    low, high = served / total, (served + unknown) / total
    verdict = SERVED if low >= rule.share else LACKING if high < rule.share else UNKNOWN
    return Outcome(
        verdict,
        required=round(100 * rule.share, 1),
        found=round(100 * low, 1),
        shortfall=round(max(0.0, 100 * (rule.share - low)), 1),
        unit="%",
        numbers=f"步行可达的居民{served:,.0f}人、够不着{lacking:,.0f}人、未核实{unknown:,.0f}人",
        reason="部分居民的结论未核实" if verdict == UNKNOWN else "",
    )


def _variety(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge a minimum number of trades and of groups."""
    rule = requirement.rule
    assert isinstance(rule, VarietyRule)  # noqa: S101
    _, shared = counted(requirement, facts, standard)
    everywhere = facts.everywhere
    held = frozenset().union(*(everywhere[one].trades for one in shared.sure))
    present = held & frozenset(requirement.trades)
    open_ends = frozenset(requirement.trades) - facts.known_trades - present
    classes = {standard.group(trade) for trade in present} - {""}
    more = {standard.group(trade) for trade in open_ends} - {""} - classes
    words = [compare(len(present), len(present | open_ends), rule.kinds)]
    words += [compare(len(classes), len(classes | more), rule.classes)]
    verdict = next(v for v in (LACKING, UNKNOWN, SERVED) if v in words)
    kinds_unit = rule.kinds > 0
    found, needed = (len(present), rule.kinds) if kinds_unit else (len(classes), rule.classes)
    return Outcome(
        verdict,
        required=float(needed),
        found=float(found),
        found_shared=float(found),
        shortfall=float(max(0, needed - found)),
        unit="种" if kinds_unit else "类",
        numbers=f"现有{len(classes)}类、{len(present)}种",
        reason="有的业态没有完整台账" if verdict == UNKNOWN else "",
    )


def _prohibited(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge a negative list; only what stands inside counts."""
    del standard
    inside = tally(requirement, facts.inside.values())
    found = len(inside.sure | inside.passing)
    outcome = Outcome(
        SERVED, required=0.0, found=float(found), unit="个", numbers=f"范围内{found}个"
    )
    if found:
        return outcome.being(LACKING, f"有{found}个不得设置的网点")
    if inside.maybe:
        return outcome.being(UNKNOWN, "有网点未核实")
    return outcome if is_known(requirement, facts) else outcome.being(UNKNOWN, NO_LEDGER)


def _separation(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge the straight distance between neighbouring outlets."""
    del standard
    rule = requirement.rule
    assert isinstance(rule, SeparationRule)  # noqa: S101
    inside = tally(requirement, facts.inside.values())
    placed = [one for one in facts.inside.values() if one.outlet_id in inside.sure]
    gaps = [
        ((a.x - b.x) ** 2 + (a.y - b.y) ** 2) ** 0.5
        for i, a in enumerate(placed)
        for b in placed[:i]
        if a.x is not None and a.y is not None and b.x is not None and b.y is not None
    ]
    if not gaps:
        return Outcome(SERVED, required=rule.metres, unit="米", numbers="不足两处")
    least = round(min(gaps), 1)
    verdict = SERVED if least >= rule.metres else LACKING
    return Outcome(
        verdict,
        required=rule.metres,
        found=least,
        shortfall=max(0.0, rule.metres - least),
        unit="米",
        numbers=f"最近的两处相距{least:g}米",
    )


def _evidence(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge what a person has confirmed."""
    del standard
    answer = facts.evidence.get(requirement.id)
    if answer is None:
        return Outcome(UNKNOWN, reason="尚无佐证材料")
    return Outcome(SERVED if answer else LACKING, numbers="已有人工确认")


def _text(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Keep a sentence that is not judged."""
    del requirement, facts, standard
    return Outcome(NOT_APPLICABLE, reason="保留原文，不作判定")


def _target(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge a dated cumulative target; doing more is never a fault."""
    del standard
    rule = requirement.rule
    assert isinstance(rule, TargetRule)  # noqa: S101
    if facts.on is None or not facts.progress:
        return Outcome(UNKNOWN, reason="没有进度数据")
    due = [one for one in rule.milestones if one.by <= facts.on]
    done = max((n for day, n in facts.progress if day <= facts.on), default=0.0)
    if not due:
        return Outcome(NOT_APPLICABLE, reason="还没有到第一个期限", found=done, unit=rule.unit)
    needed = due[-1].least
    return Outcome(
        SERVED if done >= needed else LACKING,
        required=needed,
        found=done,
        shortfall=max(0.0, needed - done),
        unit=rule.unit,
        numbers=f"到{due[-1].by.isoformat()}应累计{needed:g}{rule.unit}，已完成{done:g}{rule.unit}",
    )


def _grades(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge the share of units below at a grade or better."""
    rule = requirement.rule
    assert isinstance(rule, GradeShareRule)  # noqa: S101
    rank = standard.defaults.grade_rank
    wanted = rank(rule.grade)
    ranks = [None if grade is None else rank(grade) for _, grade in facts.children]
    if not ranks or wanted is None:
        return Outcome(UNKNOWN, reason="没有下一级的评级")
    good = sum(one is not None and one >= wanted for one in ranks)
    blank = sum(one is None for one in ranks)
    low, high = good / len(ranks), (good + blank) / len(ranks)
    verdict = compare(low + rule.tolerance, high + rule.tolerance, rule.least)
    return Outcome(
        verdict,
        required=round(100 * rule.least, 1),
        found=round(100 * low, 1),
        shortfall=round(max(0.0, 100 * (rule.least - low)), 1),
        unit="%",
        numbers=f"{len(ranks)}个中{good}个达到{rule.grade_name}，{blank}个未评级",
        reason="有单元未评级" if verdict == UNKNOWN else "",
    )


Judge = Callable[[Requirement, UnitFacts, Standard], Outcome]
_JUDGES: Final[Mapping[type, Judge]] = {
    CountRule: _count,
    LadderRule: _count,
    ReachRule: _reach,
    VarietyRule: _variety,
    ProhibitedRule: _prohibited,
    SeparationRule: _separation,
    QualitativeRule: _evidence,
    TextRule: _text,
    TargetRule: _target,
    GradeShareRule: _grades,
    AreaRule: size_judging.area,
    SiteAreaRule: size_judging.site_area,
    FloorShareRule: size_judging.floor_share,
    ShareRule: size_judging.share,
    MeasureRule: size_judging.measure,
    CompositeRule: size_judging.composite,
}
