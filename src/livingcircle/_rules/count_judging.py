"""Judge how many outlets there are: by number, by steps, and for every one of several trades."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

from livingcircle._rules.counts import QUANTITIES
from livingcircle._rules.counts import CountRule
from livingcircle._rules.counts import LadderRule
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.outcome import SLACK
from livingcircle._rules.outcome import Outcome
from livingcircle._rules.outcome import worst
from livingcircle._rules.requirement import Requirement
from livingcircle._rules.requirement import Standard
from livingcircle._rules.tally import NO_LEDGER
from livingcircle._rules.tally import Tally
from livingcircle._rules.tally import counted
from livingcircle._rules.tally import is_known
from livingcircle._rules.tally import weigh
from livingcircle._rules.wording import number_words
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN


@dataclass(frozen=True)
class _Counted:
    """Hold what was counted inside the unit and under the sharing in force, with its weight."""

    strict: float
    sure: float
    maybe: float
    maybe_inside: float
    tally: Tally
    known: bool


def no_size(by: str, what: str = "数量") -> str:
    """Say which size of the unit is missing."""
    return f"缺少{QUANTITIES.get(by, '单元的大小')}，算不出应配{what}"


def count(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge a number of outlets per unit, person, household or dwelling."""
    rule = requirement.rule
    assert isinstance(rule, CountRule | LadderRule)  # noqa: S101 - chosen by the judge's table
    if requirement.every and len(requirement.trades) > 1:
        return _every(requirement, facts, standard)
    by = rule.per if isinstance(rule, CountRule) else rule.by
    size = facts.quantity("community_count" if by == "communities" else by)
    strict, shared = counted(requirement, facts, standard)
    found = _Counted(
        strict=weigh(requirement, facts, strict.sure),
        sure=weigh(requirement, facts, shared.sure),
        maybe=weigh(requirement, facts, shared.maybe),
        maybe_inside=weigh(requirement, facts, strict.maybe),
        tally=shared,
        known=is_known(requirement, facts, standard),
    )
    outcome = _enough(requirement, found, rule.needed(size), no_size(by))
    if isinstance(rule, CountRule) and rule.most is not None:
        outcome = _not_too_many(outcome, rule, found, rule.allowed(size), no_size(by))
    return outcome.saying(outcome.numbers + _alternatives(rule, size))


def _alternatives(rule: CountRule | LadderRule, size: float | None) -> str:
    """Write what the other two ways of rounding would have asked for, if anything else."""
    if size is None or (isinstance(rule, LadderRule) and not rule.rounds):
        return ""
    if isinstance(rule, CountRule) and (rule.per == "unit" or rule.least is None):
        return ""
    others = rule.rounding.alternatives(rule.exact(size))
    return f"（若{others}）" if others else ""


def _enough(requirement: Requirement, found: _Counted, needed: int | None, unsized: str) -> Outcome:
    """Compare what was counted with what is needed."""
    outcome = Outcome(
        SERVED,
        required=None if needed is None else float(needed),
        found=found.sure,
        found_strict=found.strict,
        found_shared=found.sure,
        shortfall=None if needed is None else max(0.0, needed - found.sure),
        unit="个",
        numbers=f"范围内{number_words(found.strict)}个、计入{number_words(found.sure)}个",
    )
    if needed is None:
        return outcome.being(*_unsized(requirement, found, unsized))
    outcome = outcome.saying(f"应配{needed}个，{outcome.numbers}")
    if found.sure >= needed - SLACK:
        return outcome
    return outcome.being(*_short(requirement, found, needed - found.sure))


def _unsized(requirement: Requirement, found: _Counted, unsized: str) -> tuple[str, str]:
    """Return verdict and reason where the size of the unit is not known."""
    rule, tally = requirement.rule, found.tally
    least = rule.minimum if isinstance(rule, CountRule | LadderRule) else 0
    if tally.online:
        return SERVED, f"无论应配几个，都有{len(tally.online)}个线上当日服务替代，单列"
    none_left = found.sure + found.maybe < least and not tally.maybe_online
    return (LACKING if found.known and none_left else UNKNOWN), unsized


def _short(requirement: Requirement, found: _Counted, short: float) -> tuple[str, str]:
    """Return verdict and reason where some outlets are short."""
    tally = found.tally
    if requirement.online_substitute and tally.online:
        lacking = number_words(short)
        return SERVED, f"实体网点缺{lacking}个，由{len(tally.online)}个线上当日服务替代，单列"
    if found.maybe >= short - SLACK:
        return UNKNOWN, f"另有{len(tally.maybe)}个网点未核实"
    if tally.maybe_online:
        return UNKNOWN, f"另有{len(tally.maybe_online)}个线上服务是否当日送达未核实"
    if not found.known:
        return UNKNOWN, NO_LEDGER
    passing = len(tally.passing)
    return LACKING, f"过渡：移动或临时供给{passing}个，不计入" if passing else ""


def _not_too_many(
    outcome: Outcome, rule: CountRule, found: _Counted, allowed: int | None, unsized: str
) -> Outcome:
    """Hold the outcome against the largest number allowed; only what stands inside counts."""
    sure, maybe = found.strict, found.maybe_inside
    limit = "上限算不出" if allowed is None else f"最多{allowed}个"
    inside = f"{limit}，范围内{number_words(sure)}个"
    outcome = outcome.saying(f"{outcome.numbers}，{limit}" if rule.least is not None else inside)
    if rule.least is None:
        outcome = replace(outcome, required=None if allowed is None else float(allowed))
    if allowed is None:
        return outcome if outcome.verdict == LACKING else outcome.being(UNKNOWN, unsized)
    outcome = replace(outcome, surplus=max(0.0, sure - allowed))
    if sure > allowed + SLACK:
        # What is too many stands inside; shops across the border are nobody's to take away.
        over = replace(outcome, required=float(allowed), found=sure, shortfall=0.0)
        return over.being(LACKING, f"多出{number_words(sure - allowed)}个")
    if outcome.verdict != SERVED:
        return outcome
    if sure + maybe > allowed + SLACK:
        return outcome.being(UNKNOWN, f"另有{number_words(maybe)}个网点未核实，可能超过上限")
    return outcome if found.known else outcome.being(UNKNOWN, NO_LEDGER)


def _every(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge a count that every one of several trades has to meet; the numbers are summed."""
    parts = [
        count(replace(requirement, trades=(trade,)), facts, standard)
        for trade in requirement.trades
    ]
    named = [standard.name_of(trade) for trade in requirement.trades]
    reasons = [
        f"{name}：{one.reason}" for name, one in zip(named, parts, strict=True) if one.reason
    ]
    return Outcome(
        worst(one.verdict for one in parts),
        required=_sum([one.required for one in parts]),
        found=_sum([one.found for one in parts]),
        found_strict=_sum([one.found_strict for one in parts]),
        found_shared=_sum([one.found_shared for one in parts]),
        shortfall=_sum([one.shortfall for one in parts]),
        surplus=_sum([one.surplus for one in parts]),
        unit="个",
        numbers="；".join(f"{name}{one.numbers}" for name, one in zip(named, parts, strict=True)),
        reason="；".join(reasons),
    )


def _sum(values: Sequence[float | None]) -> float | None:
    """Add numbers; one that is not known makes the sum unknown."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None
