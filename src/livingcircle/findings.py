"""Judge one requirement for one unit: met, lacking, unknown with the reason, or not applicable.

Pure functions over :class:`UnitFacts`; no geometry. Everything is three-valued: what is found is
found whatever else is unknown, and what is not found is lacking only where the register is
complete. The explanation names the rule, the numbers and what another rounding would have asked.
"""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from livingcircle._rules import count_judging
from livingcircle._rules import mix_judging
from livingcircle._rules import plan_judging
from livingcircle._rules import size_judging
from livingcircle._rules.counts import CountRule
from livingcircle._rules.counts import LadderRule
from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.gradings import ChildrenShareRule
from livingcircle._rules.gradings import GradeRule
from livingcircle._rules.mixes import CompositeRule
from livingcircle._rules.mixes import ProhibitedRule
from livingcircle._rules.mixes import SeparationRule
from livingcircle._rules.mixes import VarietyRule
from livingcircle._rules.outcome import Outcome
from livingcircle._rules.outcome import compare
from livingcircle._rules.outcome import worst
from livingcircle._rules.plans import GradeShareRule
from livingcircle._rules.plans import QualitativeRule
from livingcircle._rules.plans import TargetRule
from livingcircle._rules.plans import TextRule
from livingcircle._rules.reaches import MODES
from livingcircle._rules.reaches import ReachRule
from livingcircle._rules.sizes import AreaRule
from livingcircle._rules.sizes import FloorShareRule
from livingcircle._rules.sizes import MeasureRule
from livingcircle._rules.sizes import ShareRule
from livingcircle._rules.sizes import SiteAreaRule
from livingcircle.earlier import Changes
from livingcircle.earlier import Earlier
from livingcircle.earlier import differing
from livingcircle.earlier import differing_trades
from livingcircle.earlier import reads_afar
from livingcircle.memory import Kept
from livingcircle.memory import Memory
from livingcircle.standards import Requirement
from livingcircle.standards import Standard
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import NOT_APPLICABLE
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNIT_WORDS
from livingcircle.verdicts import UNKNOWN

__all__ = ["Finding", "judge", "judge_units"]

NUMBERS = ("required", "found", "found_strict", "found_shared", "shortfall", "surplus")


@dataclass(frozen=True)
class Finding:
    """Hold the verdict on one requirement for one unit.

    Attributes
    ----------
    subject
        What the requirement is about, in a few words.
    required, found, shortfall
        In ``unit``; None where not known or not a number.
    surplus
        By how much an upper limit is exceeded, in ``unit``; None where there is none.
    found_strict, found_shared
        Outlets located inside the unit, and those within reach as well.
    reason
        Why it is unknown or not applicable.
    explanation
        Rule, numbers and verdict as one Chinese sentence.
    people
        Residents of the unit, where known.
    """

    requirement_id: str
    subject: str
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
    surplus: float | None
    unit: str
    reason: str
    explanation: str
    clause: str
    people: float | None


FINDING_COLUMNS = [*Finding.__dataclass_fields__, "trade"]


def judge(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Finding:
    """Return the verdict on a requirement for a unit of its level."""
    if not requirement.in_force(facts.on):
        outcome = Outcome(NOT_APPLICABLE, reason=f"{facts.on}不在这条要求的起止日期之内")
        return _finding(requirement, facts, standard, outcome)
    applies, reason = requirement.applies.test(facts)
    if applies is False:
        outcome = Outcome(NOT_APPLICABLE, reason=reason)
    else:
        outcome = _JUDGES[type(requirement.rule)](requirement, facts, standard)
        # Even what is met stays open: a quality share is met or not by the subtype nobody told.
        if applies is None and outcome.verdict != NOT_APPLICABLE:
            outcome = outcome.being(UNKNOWN, reason)
    return _finding(requirement, facts, standard, outcome)


def _finding(
    requirement: Requirement, facts: UnitFacts, standard: Standard, outcome: Outcome
) -> Finding:
    """Put an outcome into words."""
    tiers = {standard.tier(trade) for trade in requirement.trades}
    said = [f"{requirement.describe()}。"]
    if outcome.numbers:
        said.append(f"{outcome.numbers}，")
    said.append(f"结论：{UNIT_WORDS[outcome.verdict]}")
    said.append(f"（{outcome.reason}）。" if outcome.reason else "。")
    return Finding(
        requirement_id=requirement.id,
        subject=requirement.name,
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
        surplus=outcome.surplus,
        unit=outcome.unit,
        reason=outcome.reason,
        explanation="".join(said),
        clause=requirement.clause,
        people=facts.population,
    )


def _reach(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge whether enough of the residents reach an outlet."""
    del standard
    rule = requirement.rule
    assert isinstance(rule, ReachRule)  # noqa: S101
    way = MODES[rule.mode]
    if requirement.id not in facts.reach:
        reason = "没有楼门" if rule.mode == "walk" else f"没有测算{way}"
        return Outcome(UNKNOWN, unit="%", reason=reason)
    served, lacking, unknown = facts.reach[requirement.id]
    total = served + lacking + unknown
    if total <= 0:
        return Outcome(UNKNOWN, unit="%", reason="没有居民人数")
    low, high = served / total, (served + unknown) / total
    verdict = compare(low, high, rule.share)
    return Outcome(
        verdict,
        required=round(100 * rule.share, 2),
        found=round(100 * low, 2),
        shortfall=round(max(0.0, 100 * (rule.share - low)), 2),
        unit="%",
        numbers=f"{way}可达的居民{served:,.0f}人、够不着{lacking:,.0f}人、未核实{unknown:,.0f}人",
        reason="部分居民的结论未核实" if verdict == UNKNOWN else "",
    )


def _grade(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Give the highest grade whose requirements are all met, and say what the next one lacks."""
    rule = requirement.rule
    assert isinstance(rule, GradeRule)  # noqa: S101
    reached, words = "", dict(rule.words)
    for step in rule.steps:
        verdicts = {name: _met(name, facts, standard) for name in step.requires}
        short = [words[name] for name, verdict in verdicts.items() if verdict == LACKING]
        left = [words[name] for name, verdict in verdicts.items() if verdict == UNKNOWN]
        if not short and not left:
            reached = step.grade_name
            continue
        what = [f"还缺：{'、'.join(short)}"] if short else []
        what += [f"未核实：{'、'.join(left)}"] if left else []
        told = f"{step.grade_name}{'；'.join(what)}"
        if reached:
            return Outcome(SERVED, numbers=f"达到{reached}；{told}")
        return Outcome(LACKING if short else UNKNOWN, numbers="没有达到最低一级", reason=told)
    return Outcome(SERVED, numbers=f"达到{reached}，是最高一级")


def _met(name: str, facts: UnitFacts, standard: Standard) -> str:
    """Return whether a unit meets a requirement, or all that one id stands for."""
    verdicts = [judge(one, facts, standard).verdict for one in standard.standing_for(name)]
    return worst(verdicts)


def _grade_range(rule: GradeRule, facts: UnitFacts, standard: Standard) -> tuple[int, int]:
    """Return the lowest and the highest rank a unit can have: what is unknown may be met."""
    ranks = [-1, -1]
    for place, failing in enumerate(({LACKING, UNKNOWN}, {LACKING})):
        for step in rule.steps:
            if any(_met(name, facts, standard) in failing for name in step.requires):
                break
            ranks[place] = standard.defaults.grade_rank(step.grade) or 0
    return ranks[0], ranks[1]


Judge = Callable[[Requirement, UnitFacts, Standard], Outcome]
_JUDGES: Final[Mapping[type, Judge]] = {
    CountRule: count_judging.count,
    LadderRule: count_judging.count,
    ReachRule: _reach,
    VarietyRule: mix_judging.variety,
    ProhibitedRule: mix_judging.prohibited,
    SeparationRule: mix_judging.separation,
    QualitativeRule: plan_judging.evidence,
    TextRule: plan_judging.text,
    TargetRule: plan_judging.target,
    GradeRule: _grade,
    GradeShareRule: plan_judging.grades,
    ChildrenShareRule: plan_judging.children,
    AreaRule: size_judging.area,
    SiteAreaRule: size_judging.site_area,
    FloorShareRule: size_judging.floor_share,
    ShareRule: size_judging.share,
    MeasureRule: size_judging.measure,
    CompositeRule: mix_judging.composite,
}


def judge_units(
    standard: Standard,
    facts: Sequence[UnitFacts],
    reached: Mapping[tuple[str, str], Mapping[str, tuple[float, float, float]]],
    memory: Memory | None = None,
    *,
    key: str = "findings",
) -> list[Finding]:
    """Return one finding for each unit and requirement of its level; mere text is not judged.

    Units come before those they belong to, which may be asked how many of them are good enough.

    Parameters
    ----------
    standard, facts
        By what, and what is known of each unit.
    reached
        People served, lacking and unknown by (level, unit) and requirement.
    memory, key
        What was found before, kept under a key; only what may have changed is judged again.
    """
    memory = Memory() if memory is None else memory
    known = _Known(standard)
    findings: list[Finding] = []
    # Judges ask the standard how trades are sorted and what its usual terms are.
    terms = standard.trades, standard.defaults
    since = _Since(terms, facts[-1].register if facts else {}, memory)
    asked: dict[str, list[Requirement]] = {}
    for one in standard.requirements:
        if not isinstance(one.rule, TextRule):
            asked.setdefault(one.level, []).append(one)
    settled = {level: not any(map(reads_afar, some)) for level, some in asked.items()}
    for bare in facts:
        unit = key, bare.level, bare.unit_id
        reach = reached.get((bare.level, bare.unit_id), {})
        fact = known.of_those_below(bare.but(reach=reach) if reach else bare)
        before = memory.last(unit)
        earlier = since.earlier(before, fact)
        same = before is not None and before.inputs[-1] is standard
        if same and settled.get(fact.level, True) and earlier.hold(fact):
            own = earlier.findings
        else:
            own = _judge_unit(asked.get(fact.level, ()), earlier, fact, standard)
        known.note(own, fact)
        findings.extend(finding for _, finding in own.values())
        memory.keep(unit, (fact, *terms, standard), own)
    return findings


def _judge_unit(
    asked: Sequence[Requirement], earlier: Earlier[Finding], fact: UnitFacts, standard: Standard
) -> dict[str, tuple[Requirement, Finding]]:
    """Return the findings on one unit, earlier ones where they still hold."""
    own = {}
    for one in asked:
        finding = earlier.finding(one, fact)
        own[one.id] = one, judge(one, fact, standard) if finding is None else finding
    return own


class _Since:
    """Say what was found of units before, and the trades of shops that differ since."""

    def __init__(
        self, terms: tuple[object, ...], register: Mapping[str, OutletFacts], memory: Memory
    ) -> None:
        self._terms, self._register, self._memory = terms, register, memory
        # Nearly all units were judged with one register.
        self._old: Mapping[str, OutletFacts] = register
        self._changed = Changes()

    def earlier(self, before: Kept | None, fact: UnitFacts) -> Earlier[Finding]:
        """Return what was found of a unit before; nothing where other terms were in force."""
        if before is None:
            return Earlier(None, {}, None)
        was, *old_terms, _ = before.inputs
        if any(old is not new for old, new in zip(old_terms, self._terms, strict=True)):
            return Earlier(None, {}, None)
        return Earlier(was, before.made, differing_trades(was, fact, self._from(was.register)))

    def _from(self, old: Mapping[str, OutletFacts]) -> Changes:
        """Return the shops that differ from an earlier register."""
        if old is not self._old:
            self._old, new = old, self._register
            # Those who judged before by another standard have asked already.
            self._changed = self._memory.recall(
                "other shops", (old, new), lambda: differing(old, new)
            )
        return self._changed


def finding_table(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return findings as a table."""
    table = pd.DataFrame([vars(one) for one in findings], columns=FINDING_COLUMNS[:-1])
    table["trades"] = [list(held) for held in table["trades"]]
    table["trade"] = [held[0] if held else "" for held in table["trades"]]
    return table.astype(dict.fromkeys((*NUMBERS, "people"), "float64"))


class _Known:
    """Remember what was found of units, for those they belong to."""

    def __init__(self, standard: Standard) -> None:
        """List the requirements whose findings somebody above asks for."""
        self._standard = standard
        self._shares: dict[str, dict[str, ChildrenShareRule]] = {}
        for one in standard.requirements:
            if isinstance(one.rule, ChildrenShareRule):
                self._shares.setdefault(one.level, {})[one.id] = one.rule
        rules = [rule for some in self._shares.values() for rule in some.values()]
        below = (one.id for rule in rules for one in standard.standing_for(rule.requirement))
        graded = (one.id for one in standard.requirements if isinstance(one.rule, GradeRule))
        noted = {*below, *graded}
        self._noted = tuple(one.id for one in standard.requirements if one.id in noted)
        self._verdicts: dict[tuple[str, str, str], str] = {}
        self._grades: dict[tuple[str, str], tuple[int, int]] = {}

    def note(self, own: Mapping[str, tuple[Requirement, Finding]], fact: UnitFacts) -> None:
        """Remember the verdicts on one unit that are asked for, and the grade they stand for."""
        for name in self._noted:
            if name not in own:
                continue
            one, finding = own[name]
            self._verdicts[name, fact.level, fact.unit_id] = finding.verdict
            if isinstance(one.rule, GradeRule) and finding.verdict != NOT_APPLICABLE:
                ranks = _grade_range(one.rule, fact, self._standard)
                self._grades.setdefault((fact.level, fact.unit_id), ranks)

    def of_those_below(self, fact: UnitFacts) -> UnitFacts:
        """Return the facts with what was found of the units below."""
        shares = self._shares.get(fact.level, {})
        if not (fact.children or fact.below) or not (shares or self._grades):
            return fact
        level = "community" if fact.level == "circle" else "circle"
        below = [child for child, _ in fact.children]
        return fact.but(
            child_grades={c: self._grades[level, c] for c in below if (level, c) in self._grades},
            child_verdicts={name: self._below(rule, fact) for name, rule in shares.items()},
        )

    def _below(self, rule: ChildrenShareRule, fact: UnitFacts) -> tuple[str, ...]:
        """Return the verdict of each unit below on what a share is about."""
        names = [one.id for one in self._standard.standing_for(rule.requirement)]
        return tuple(
            worst(self._verdicts.get((name, rule.below, child), UNKNOWN) for name in names)
            for child in fact.below.get(rule.below, ())
        )
