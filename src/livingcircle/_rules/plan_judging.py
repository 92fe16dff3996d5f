"""Judge plans and what people confirm: dated targets, grades of the units below, evidence."""

import sys
from typing import Final

from livingcircle._rules.defaults import LEVELS
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.gradings import ChildrenShareRule
from livingcircle._rules.outcome import Outcome
from livingcircle._rules.outcome import compare
from livingcircle._rules.plans import GradeShareRule
from livingcircle._rules.plans import TargetRule
from livingcircle._rules.requirement import Requirement
from livingcircle._rules.requirement import Standard
from livingcircle._rules.wording import number_words
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import NOT_APPLICABLE
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN

YES: Final = frozenset({"是", "有", "达标", "符合", "已完成", "已建立", "yes", "true", "1"})
NO: Final = frozenset(
    {"否", "无", "没有", "不达标", "不符合", "未完成", "未建立", "no", "false", "0"}
)


def evidence(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge what a person has confirmed."""
    del standard
    answer = _answer(facts.evidence.get(requirement.id))
    if answer is None:
        return Outcome(UNKNOWN, reason="尚无佐证材料，或没有写明是或否")
    return Outcome(SERVED if answer else LACKING, numbers="已有人工确认")


def _answer(value: object) -> bool | None:
    """Read yes or no from a cell; anything else is not an answer."""
    if isinstance(value, bool):
        return value
    word = f"{value:g}" if isinstance(value, int | float) else str(value or "").strip().lower()
    if word in YES | NO:
        return word in YES
    return None


def text(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Keep a sentence that is not judged."""
    del requirement, facts, standard
    return Outcome(NOT_APPLICABLE, reason="保留原文，不作判定")


def target(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge a dated cumulative target; doing more is never a fault."""
    del standard
    rule = requirement.rule
    assert isinstance(rule, TargetRule)  # noqa: S101
    if facts.on is None:
        return Outcome(UNKNOWN, unit=rule.unit, reason="没有评估日期")
    due = [one for one in rule.milestones if one.by <= facts.on]
    reported = [row for row in facts.progress.get(requirement.id, ()) if row[0] <= facts.on]
    done = max(reported)[1] if reported else None
    if not due:
        first = rule.milestones[0].by.isoformat()
        reason = f"第一个期限是{first}，还没有到"
        return Outcome(NOT_APPLICABLE, reason=reason, found=done, unit=rule.unit)
    needed = due[-1].least
    asked = f"到{due[-1].by.isoformat()}应累计{number_words(needed)}{rule.unit}"
    if done is None:
        return Outcome(
            UNKNOWN, required=needed, unit=rule.unit, numbers=asked, reason="没有进度数据"
        )
    return Outcome(
        SERVED if done >= needed else LACKING,
        required=needed,
        found=done,
        shortfall=max(0.0, needed - done),
        unit=rule.unit,
        numbers=f"{asked}，已完成{number_words(done)}{rule.unit}",
    )


def grades(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge the share of units below at a grade or better."""
    rule = requirement.rule
    assert isinstance(rule, GradeShareRule)  # noqa: S101
    rank = standard.defaults.grade_rank
    wanted = rank(rule.grade)
    ranks = [
        _ranks(child, None if grade is None else rank(grade), facts)
        for child, grade in facts.children
    ]
    if not ranks or wanted is None:
        return Outcome(UNKNOWN, unit="%", reason="没有下一级的评级")
    good = sum(lowest >= wanted for lowest, _ in ranks)
    blank = sum(lowest < wanted <= highest for lowest, highest in ranks)
    low, high = good / len(ranks), (good + blank) / len(ranks)
    numbers = f"{len(ranks)}个中{good}个达到{rule.grade_name}，{blank}个未评级"
    return _share_of_units(rule, low, high, numbers, "有单元未评级")


def _share_of_units(
    rule: GradeShareRule | ChildrenShareRule, low: float, high: float, numbers: str, doubt: str
) -> Outcome:
    """Return the outcome of a share of units below that lies between two ends."""
    verdict = compare(low + rule.tolerance, high + rule.tolerance, rule.least)
    return Outcome(
        verdict,
        required=round(100 * rule.least, 2),
        found=round(100 * low, 2),
        shortfall=0.0 if verdict == SERVED else round(max(0.0, 100 * (rule.least - low)), 2),
        unit="%",
        numbers=numbers,
        reason=doubt if verdict == UNKNOWN else "",
    )


def _ranks(child: str, reported: int | None, facts: UnitFacts) -> tuple[int, int]:
    """Return the lowest and the highest rank a unit below can have; what was reported decides."""
    anything = (-1, sys.maxsize)
    return facts.child_grades.get(child, anything) if reported is None else (reported, reported)


def children(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge the share of units below that meet a requirement; those it does not concern are out."""
    del standard
    rule = requirement.rule
    assert isinstance(rule, ChildrenShareRule)  # noqa: S101
    told = facts.child_verdicts.get(requirement.id, ())
    verdicts = [verdict for verdict in told if verdict != NOT_APPLICABLE]
    who = LEVELS.get(rule.below, "单元")
    if not verdicts:
        verdict = NOT_APPLICABLE if told else UNKNOWN
        return Outcome(verdict, unit="%", reason=f"没有适用的{who}" if told else f"没有{who}")
    good, bad = (sum(one == word for one in verdicts) for word in (SERVED, LACKING))
    low, high = good / len(verdicts), 1 - bad / len(verdicts)
    left = len(verdicts) - good - bad
    numbers = f"{len(verdicts)}个{who}中{good}个达到、{bad}个没有达到、{left}个未核实"
    return _share_of_units(rule, low, high, numbers, f"有{who}未核实")
