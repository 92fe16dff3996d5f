"""Judge how many outlets there are: by number, by steps, and for every one of several trades."""

from collections.abc import Sequence
from dataclasses import replace

from livingcircle._rules.counts import CountRule
from livingcircle._rules.counts import LadderRule
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.outcome import Outcome
from livingcircle._rules.outcome import worst
from livingcircle._rules.requirement import Requirement
from livingcircle._rules.requirement import Standard
from livingcircle._rules.tally import NO_LEDGER
from livingcircle._rules.tally import Tally
from livingcircle._rules.tally import counted
from livingcircle._rules.tally import is_known
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN

NO_SIZE = "缺少人口、户数或套数，算不出应配数量"


def count(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge a number of outlets per unit, person, household or dwelling."""
    rule = requirement.rule
    assert isinstance(rule, CountRule | LadderRule)  # noqa: S101 - chosen by the judge's table
    if requirement.every and len(requirement.trades) > 1:
        return _every(requirement, facts, standard)
    by = rule.per if isinstance(rule, CountRule) else rule.by
    size = facts.quantity("community_count" if by == "communities" else by)
    strict, shared = counted(requirement, facts, standard)
    known = is_known(requirement, facts, standard)
    outcome = _enough(requirement, strict, shared, rule.needed(size), known=known)
    if isinstance(rule, CountRule) and rule.most is not None:
        outcome = _not_too_many(outcome, rule, strict, rule.allowed(size), known=known)
    return outcome.saying(outcome.numbers + _alternatives(rule, size))


def _alternatives(rule: CountRule | LadderRule, size: float | None) -> str:
    """Write what the other two ways of rounding would have asked for."""
    if size is None or (isinstance(rule, LadderRule) and not rule.rounds):
        return ""
    if isinstance(rule, CountRule) and (rule.per == "unit" or rule.least is None):
        return ""
    return f"（若{rule.rounding.alternatives(rule.exact(size))}）"


def _enough(
    requirement: Requirement, strict: Tally, shared: Tally, needed: int | None, *, known: bool
) -> Outcome:
    """Compare what was counted with what is needed."""
    found = len(shared.sure)
    outcome = Outcome(
        SERVED,
        required=None if needed is None else float(needed),
        found=float(found),
        found_strict=float(len(strict.sure)),
        found_shared=float(found),
        shortfall=None if needed is None else float(max(0, needed - found)),
        unit="个",
        numbers=f"范围内{len(strict.sure)}个、计入{found}个",
    )
    if needed is None:
        return outcome.being(*_unsized(requirement, shared, known=known))
    outcome = outcome.saying(f"应配{needed}个，{outcome.numbers}")
    if found >= needed:
        return outcome
    return outcome.being(*_short(requirement, shared, needed - found, known=known))


def _unsized(requirement: Requirement, shared: Tally, *, known: bool) -> tuple[str, str]:
    """Return verdict and reason where the size of the unit is not known."""
    rule = requirement.rule
    least = rule.minimum if isinstance(rule, CountRule | LadderRule) else 0
    if shared.online:
        return SERVED, f"无论应配几个，都有{len(shared.online)}个线上当日服务替代，单列"
    none_left = len(shared.sure) + len(shared.maybe) < least and not shared.maybe_online
    return (LACKING if known and none_left else UNKNOWN), NO_SIZE


def _short(requirement: Requirement, shared: Tally, short: int, *, known: bool) -> tuple[str, str]:
    """Return verdict and reason where some outlets are short."""
    if requirement.online_substitute and shared.online:
        return SERVED, f"实体网点缺{short}个，由{len(shared.online)}个线上当日服务替代，单列"
    if len(shared.maybe) >= short:
        return UNKNOWN, f"另有{len(shared.maybe)}个网点未核实"
    if shared.maybe_online:
        return UNKNOWN, f"另有{len(shared.maybe_online)}个线上服务是否当日送达未核实"
    if not known:
        return UNKNOWN, NO_LEDGER
    passing = len(shared.passing)
    return LACKING, f"过渡：移动或临时供给{passing}个，不计入" if passing else ""


def _not_too_many(
    outcome: Outcome, rule: CountRule, strict: Tally, allowed: int | None, *, known: bool
) -> Outcome:
    """Hold the outcome against the largest number allowed; only what stands inside counts."""
    sure, maybe = len(strict.sure), len(strict.maybe)
    limit = "上限算不出" if allowed is None else f"最多{allowed}个"
    numbers = (
        f"{outcome.numbers}，{limit}" if rule.least is not None else f"{limit}，范围内{sure}个"
    )
    outcome = outcome.saying(numbers)
    if rule.least is None:
        outcome = replace(outcome, required=None if allowed is None else float(allowed))
    if allowed is None:
        return outcome if outcome.verdict == LACKING else outcome.being(UNKNOWN, NO_SIZE)
    outcome = replace(outcome, surplus=float(max(0, sure - allowed)))
    if sure > allowed:
        # What is too many stands inside; shops across the border are nobody's to take away.
        over = replace(outcome, required=float(allowed), found=float(sure), shortfall=0.0)
        return over.being(LACKING, f"多出{sure - allowed}个")
    if outcome.verdict != SERVED:
        return outcome
    if sure + maybe > allowed:
        return outcome.being(UNKNOWN, f"另有{maybe}个网点未核实，可能超过上限")
    return outcome if known else outcome.being(UNKNOWN, NO_LEDGER)


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
