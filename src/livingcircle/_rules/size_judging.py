"""Judge rules about floor areas, shares, measured numbers and service centres."""

from livingcircle._rules.conditions import all_of
from livingcircle._rules.conditions import within
from livingcircle._rules.counts import CompositeRule
from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.fields import Span
from livingcircle._rules.outcome import LACKING
from livingcircle._rules.outcome import NOT_APPLICABLE
from livingcircle._rules.outcome import SERVED
from livingcircle._rules.outcome import UNKNOWN
from livingcircle._rules.outcome import Outcome
from livingcircle._rules.outcome import between
from livingcircle._rules.requirement import Requirement
from livingcircle._rules.requirement import Standard
from livingcircle._rules.sizes import AreaRule
from livingcircle._rules.sizes import FloorShareRule
from livingcircle._rules.sizes import MeasureRule
from livingcircle._rules.sizes import ShareRule
from livingcircle._rules.sizes import SiteAreaRule
from livingcircle._rules.tally import NO_LEDGER
from livingcircle._rules.tally import is_known
from livingcircle._rules.tally import tally


def _inside(requirement: Requirement, facts: UnitFacts) -> list[OutletFacts]:
    """Return the physical outlets inside that a requirement is about, each once."""
    found = tally(requirement, facts.inside.values())
    return [one for one in facts.inside.values() if one.outlet_id in found.sure | found.maybe]


def _floor(outlets: list[OutletFacts]) -> tuple[float, int]:
    """Return the known floor area and how many outlets have none reported."""
    areas = [one.area_m2 for one in outlets]
    return sum(a for a in areas if a is not None), sum(a is None for a in areas)


def area(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge floor area per 1,000 persons; only the lower end binds unless the rule says so."""
    del standard
    rule = requirement.rule
    assert isinstance(rule, AreaRule)  # noqa: S101
    size = 1.0 if rule.per == "unit" else facts.quantity(rule.per)
    if size is None:
        return Outcome(UNKNOWN, unit="平方米", reason="缺少人口、户数或套数，算不出应配面积")
    scale = 1.0 if rule.per == "unit" else size / rule.size
    total, blank = _floor(_inside(requirement, facts))
    span = _scaled((rule.span[0], rule.span[1] if rule.most_binds else None), scale)
    needed = span[0] or 0.0
    numbers = f"应配{needed:,.0f}平方米，已登记{total:,.0f}平方米"
    numbers += f"（另有{blank}家没有登记面积）" if blank else ""
    outcome = Outcome(
        UNKNOWN,
        required=round(needed, 1),
        found=round(total, 1),
        shortfall=round(max(0.0, needed - total), 1),
        unit="平方米",
        numbers=numbers,
    )
    known = is_known(requirement, facts) if requirement.trades else True
    verdict = between(total, float("inf") if blank or not known else total, span)
    reason = ("有网点没有登记面积" if blank else NO_LEDGER) if verdict == UNKNOWN else ""
    return outcome.being(verdict, reason)


def _scaled(span: Span, scale: float) -> Span:
    """Return both ends of a range times a factor."""
    low, high = span
    return (None if low is None else low * scale, None if high is None else high * scale)


def site_area(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge the size of every single site."""
    del standard
    rule = requirement.rule
    assert isinstance(rule, SiteAreaRule)  # noqa: S101
    sites = _inside(requirement, facts)
    if not sites:
        return Outcome(NOT_APPLICABLE, unit="处", reason="范围内没有这类网点")
    wrong = [one for one in sites if one.area_m2 is not None and not _fits(one.area_m2, rule)]
    blank = sum(one.area_m2 is None for one in sites)
    outcome = Outcome(
        SERVED,
        required=float(len(sites)),
        found=float(len(sites) - len(wrong) - blank),
        shortfall=float(len(wrong)),
        unit="处",
        numbers=f"{len(sites)}处中{len(wrong)}处面积不符、{blank}处没有登记面积",
    )
    if wrong:
        return outcome.being(LACKING)
    return outcome.being(UNKNOWN, "有网点没有登记面积") if blank else outcome


def _fits(square_metres: float, rule: SiteAreaRule) -> bool:
    """Return whether one size lies in any of the ranges."""
    return any(within(square_metres, span) for span in rule.ranges)


def floor_share(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge outlets' floor area as a share of all floor area."""
    del standard
    rule = requirement.rule
    assert isinstance(rule, FloorShareRule)  # noqa: S101
    whole = facts.quantity("floor_area_m2")
    if not whole:
        return Outcome(UNKNOWN, unit="%", reason="缺少总建筑面积")
    total, blank = _floor(_inside(requirement, facts))
    return _share_outcome(total / whole, 1.0 if blank else total / whole, rule.span, rule.tolerance)


def share(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge the share of outlets or trades with an attribute, between its worst and best case."""
    rule = requirement.rule
    assert isinstance(rule, ShareRule)  # noqa: S101
    outlets = _inside(requirement, facts)
    if not outlets:
        return Outcome(UNKNOWN, unit="%", reason="范围内没有登记网点")
    if rule.base == "trades":
        held = sorted(frozenset().union(*(one.trades for one in outlets)))
        answers: list[bool | None] = [_wanted(frozenset([trade]), rule, standard) for trade in held]
    else:
        answers = [
            all_of([_wanted(one.trades, rule, standard), rule.having.test(one)]) for one in outlets
        ]
    yes, blank = sum(a is True for a in answers), sum(a is None for a in answers)
    low, high = yes / len(answers), (yes + blank) / len(answers)
    outcome = _share_outcome(low, high, rule.span, rule.tolerance)
    what = "种业态" if rule.base == "trades" else "家网点"
    return outcome.saying(f"{len(answers)}{what}中{yes}{what[0]}符合、{blank}{what[0]}未登记")


def _wanted(trades: frozenset[str], rule: ShareRule, standard: Standard) -> bool:
    """Return whether trades belong to the numerator of a share."""
    if rule.trades and not trades & frozenset(rule.trades):
        return False
    return not rule.tiers or any(standard.tier(trade) in rule.tiers for trade in trades)


def _share_outcome(low: float, high: float, span: Span, tolerance: float) -> Outcome:
    """Return the outcome of a share known to lie between two ends."""
    least, most = span
    slack: Span = (
        None if least is None else least - tolerance,
        None if most is None else most + tolerance,
    )
    verdict = between(low, high, slack)
    asked = least if least is not None else most or 0.0
    return Outcome(
        verdict,
        required=round(100 * asked, 1),
        found=round(100 * low, 1),
        shortfall=round(max(0.0, 100 * (asked - low)), 1) if least is not None else 0.0,
        unit="%",
        numbers=f"在{100 * low:.1f}%到{100 * high:.1f}%之间",
        reason="有网点没有登记这一项" if verdict == UNKNOWN else "",
    )


def measure(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge a measured number of the unit."""
    del standard
    rule = requirement.rule
    assert isinstance(rule, MeasureRule)  # noqa: S101
    value = facts.quantity(rule.measure)
    if value is None:
        value = facts.measures.get(requirement.id)
    if value is None:
        return Outcome(UNKNOWN, unit=rule.unit, reason=f"没有{rule.label}的数据")
    low, high = rule.span
    slack: Span = (
        None if low is None else low - rule.tolerance,
        None if high is None else high + rule.tolerance,
    )
    asked = low if low is not None and (high is None or value < low) else high
    off = max((low or value) - value, value - (high if high is not None else value), 0.0)
    return Outcome(
        between(value, value, slack),
        required=asked,
        found=round(value, 3),
        shortfall=round(off, 3),
        unit=rule.unit,
        numbers=f"实际{value:,.4g}{rule.unit}",
    )


def composite(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge every service centre by the trades it holds and its floor area."""
    rule = requirement.rule
    assert isinstance(rule, CompositeRule)  # noqa: S101
    centres = _inside(requirement, facts)
    if not centres:
        return Outcome(NOT_APPLICABLE, unit="处", reason="范围内没有综合体")
    answers = [_one_centre(rule, one, facts, standard) for one in centres]
    good, bad = sum(a is True for a in answers), sum(a is False for a in answers)
    verdict = LACKING if bad else UNKNOWN if good < len(answers) else SERVED
    return Outcome(
        verdict,
        required=float(len(answers)),
        found=float(good),
        shortfall=float(bad),
        unit="处",
        numbers=f"{len(answers)}处综合体中{good}处符合、{bad}处不符合",
        reason="有综合体没有登记业态构成或面积" if verdict == UNKNOWN else "",
    )


def _one_centre(
    rule: CompositeRule, centre: OutletFacts, facts: UnitFacts, standard: Standard
) -> bool | None:
    """Answer whether one service centre holds what it should."""
    parts = [p for p in facts.everywhere.values() if p.service_centre_id == centre.outlet_id]
    held = centre.trades.union(*(part.trades for part in parts))
    answers: list[bool | None] = []
    for tier, number in rule.kinds:
        enough = (
            sum(standard.tier(t) == tier for t in held - frozenset(["service_centre"])) >= number
        )
        # A centre whose parts nobody listed may hold anything.
        answers.append(True if enough else (False if parts else None))
    floor = centre.area_m2
    if rule.area_of == "parts":
        known = [part.area_m2 for part in parts]
        floor = sum(a for a in known if a is not None) if known and None not in known else None
    answers.append(within(floor, rule.area))
    return all_of(answers)
