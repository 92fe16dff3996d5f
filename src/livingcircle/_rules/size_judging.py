"""Judge rules about floor areas, shares and other measured numbers.

What is not reported opens an interval: the verdict is given only where both of its ends agree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import replace
from operator import attrgetter

from livingcircle._rules.conditions import all_of
from livingcircle._rules.conditions import within
from livingcircle._rules.count_judging import no_size
from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.fields import Span
from livingcircle._rules.outcome import SLACK
from livingcircle._rules.outcome import Outcome
from livingcircle._rules.outcome import between
from livingcircle._rules.requirement import Requirement
from livingcircle._rules.requirement import Standard
from livingcircle._rules.samples import sample_words
from livingcircle._rules.sizes import AreaRule
from livingcircle._rules.sizes import FloorShareRule
from livingcircle._rules.sizes import MeasureRule
from livingcircle._rules.sizes import ShareRule
from livingcircle._rules.sizes import SiteAreaRule
from livingcircle._rules.tally import NO_LEDGER
from livingcircle._rules.tally import is_known
from livingcircle._rules.tally import tally
from livingcircle._rules.wording import measured_words
from livingcircle._rules.wording import number_words
from livingcircle._rules.wording import span_words
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import NOT_APPLICABLE
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN

INFINITE = float("inf")


@dataclass(frozen=True)
class _Floor:
    """Hold floor area that is sure, the most it can be, and why the two differ."""

    sure: float
    most: float
    blank: int
    reason: str


def _inside(requirement: Requirement, facts: UnitFacts) -> dict[OutletFacts, bool]:
    """Return the physical outlets inside that are asked about, each once, and whether sure."""
    inside = facts.inside_of(requirement.trades)
    found = tally(requirement, inside)
    counted = found.sure | found.maybe
    return {
        one: one.outlet_id in found.sure
        for one in sorted(inside, key=attrgetter("outlet_id"))
        if one.outlet_id in counted
    }


def _floor(requirement: Requirement, facts: UnitFacts, standard: Standard) -> _Floor:
    """Add up the floor area of the asked outlets; shops inside a counted centre are part of it."""
    held = _inside(requirement, facts)
    centres = {one.outlet_id for one in held if one.area_m2 is not None}
    held = {one: sure for one, sure in held.items() if one.service_centre_id not in centres}
    known = sum(one.area_m2 or 0.0 for one, sure in held.items() if sure)
    doubtful = sum(one.area_m2 or 0.0 for one, sure in held.items() if not sure)
    blank = sum(one.area_m2 is None for one in held)
    complete = is_known(requirement, facts, standard)
    most = INFINITE if blank or not complete else known + doubtful
    why = [(blank > 0, "有网点没有登记面积"), (doubtful > 0, "有网点未核实"), (True, NO_LEDGER)]
    return _Floor(known, most, blank, next(words for holds, words in why if holds))


def area(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge floor area per 1,000 persons; only the lower end binds unless the rule says so."""
    rule = requirement.rule
    assert isinstance(rule, AreaRule)  # noqa: S101
    per = "community_count" if rule.per == "communities" else rule.per
    size = 1.0 if per == "unit" else facts.quantity(per)
    if size is None:
        return Outcome(UNKNOWN, unit="平方米", reason=no_size(rule.per, "面积"))
    scale = 1.0 if per == "unit" else size / rule.size
    floor = _floor(requirement, facts, standard)
    low, high = (None if end is None else end * scale for end in rule.span)
    verdict = between(floor.sure, floor.most, (low, high if rule.most_binds else None))
    over = 0.0 if high is None or not rule.most_binds else max(0.0, floor.sure - high)
    above = high is not None and floor.sure > high + SLACK
    needed = high if high is not None and (low is None or over > SLACK) else low
    short = 0.0 if low is None else max(0.0, low - floor.sure)
    numbers = f"{_asked_area(low, high)}，已登记{floor.sure:,.0f}平方米"
    numbers += f"（另有{floor.blank}家没有登记面积）" if floor.blank else ""
    numbers += "，超过上限" if above else ""
    return Outcome(
        verdict,
        required=round(needed or 0.0, 1),
        found=round(floor.sure, 1),
        found_strict=round(floor.sure, 1),
        shortfall=round(short, 1),
        surplus=round(over, 1),
        unit="平方米",
        numbers=numbers,
        reason=floor.reason if verdict == UNKNOWN else "",
    )


def _asked_area(low: float | None, high: float | None) -> str:
    """Write the square metres asked for."""
    if low is None:
        return f"不应超过{high or 0.0:,.0f}平方米"
    return f"应配{low:,.0f}" + (f"–{high:,.0f}" if high is not None else "") + "平方米"


def site_area(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge the size of every single site."""
    rule = requirement.rule
    assert isinstance(rule, SiteAreaRule)  # noqa: S101
    sites = _inside(requirement, facts)
    if not sites:
        known = is_known(requirement, facts, standard)
        verdict, reason = (NOT_APPLICABLE, "范围内没有这类网点") if known else (UNKNOWN, NO_LEDGER)
        return Outcome(verdict, unit="处", reason=reason)
    fits = {one: _fits(one.area_m2, rule) for one in sites}
    wrong = sum(fits[one] is False for one, sure in sites.items() if sure)
    good = sum(fits[one] is True for one, sure in sites.items() if sure)
    verdict = LACKING if wrong else UNKNOWN if good < len(sites) else SERVED
    blank = sum(answer is None for answer in fits.values())
    return Outcome(
        verdict,
        required=float(len(sites)),
        found=float(good),
        found_strict=float(good),
        shortfall=float(wrong),
        unit="处",
        numbers=f"{len(sites)}处中{wrong}处面积不符、{blank}处没有登记面积",
        reason="有网点未核实或没有登记面积" if verdict == UNKNOWN else "",
    )


def _fits(square_metres: float | None, rule: SiteAreaRule) -> bool | None:
    """Answer whether one size lies in any of the ranges."""
    if square_metres is None:
        return None
    return any(within(square_metres, span) for span in rule.ranges)


def floor_share(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge outlets' floor area as a share of all floor area."""
    rule = requirement.rule
    assert isinstance(rule, FloorShareRule)  # noqa: S101
    whole = facts.quantity("floor_area_m2")
    if not whole:
        return Outcome(UNKNOWN, unit="%", reason="缺少总建筑面积")
    floor = _floor(requirement, facts, standard)
    low, high = floor.sure / whole, max(floor.sure / whole, min(1.0, floor.most / whole))
    outcome = _share_outcome(low, high, rule.span, rule.tolerance)
    numbers = f"网点{floor.sure:,.0f}平方米，总建筑面积{whole:,.0f}平方米，{outcome.numbers}"
    outcome = outcome.saying(numbers)
    return outcome.being(UNKNOWN, floor.reason) if outcome.verdict == UNKNOWN else outcome


def share(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge the share of outlets or trades with an attribute, between its worst and best case.

    The share is of the outlets in the register; each physical shop counts once.
    """
    rule = requirement.rule
    assert isinstance(rule, ShareRule)  # noqa: S101
    outlets = _inside(requirement, facts)
    if not outlets:
        known = is_known(requirement, facts, standard)
        verdict, reason = (NOT_APPLICABLE, "范围内没有网点") if known else (UNKNOWN, NO_LEDGER)
        return Outcome(verdict, unit="%", reason=reason)
    by_outlets, by_trades = (
        _of_outlets(rule, outlets, standard),
        _of_trades(rule, outlets, standard),
    )
    chosen, other = (by_trades, by_outlets) if rule.base == "trades" else (by_outlets, by_trades)
    if chosen.total == 0:
        return Outcome(UNKNOWN, unit="%", reason="范围内的网点没有标准所列的业态")
    if not any(outlets.values()):
        return Outcome(UNKNOWN, unit="%", reason="范围内的网点都未核实")
    outcome = _share_outcome(chosen.low, chosen.high, rule.span, rule.tolerance)
    complete = is_known(requirement, facts, standard)
    words = f"{'' if complete else '已登记的'}{chosen.words()}，{outcome.numbers}"
    if (rule.tiers or rule.trades) and other.total:
        words += f"（若按{other.what}计，{_percents(other.low, other.high)}）"
    if not complete and outcome.verdict != UNKNOWN:
        outcome = outcome.being(outcome.verdict, "台账不完整，只按已登记的网点计")
    return outcome.saying(words)


@dataclass(frozen=True)
class _Portion:
    """Hold a share between its worst and best case, and what it is a share of."""

    low: float
    high: float
    total: int
    yes: int
    blank: int
    what: str

    def words(self) -> str:
        """Write how many there are of each."""
        unit = "家网点" if self.what == "网点数" else "种业态"
        blank = f"，{self.blank}{unit[0]}未登记或未核实" if self.blank else ""
        return f"{self.total}{unit}中{self.yes}{unit[0]}符合{blank}"


def _of_outlets(rule: ShareRule, outlets: dict[OutletFacts, bool], standard: Standard) -> _Portion:
    """Return the share among outlets; one that is not verified may also not exist."""
    rows = [
        (all_of([_wanted(one.trades, rule, standard), rule.having.test(one)]), sure)
        for one, sure in outlets.items()
    ]
    sure_yes = rows.count((True, True))
    sure_no, maybe_no = rows.count((False, True)), rows.count((False, False))
    open_sure = rows.count((None, True))
    maybe = sum(not sure for _, sure in rows)
    worst_base = sure_yes + sure_no + open_sure + (maybe - rows.count((True, False)))
    best_yes = sure_yes + open_sure + (maybe - maybe_no)
    low = sure_yes / worst_base if worst_base else 0.0
    high = best_yes / (best_yes + sure_no) if best_yes + sure_no else 0.0
    return _Portion(low, high, len(rows), sure_yes, open_sure + maybe, "网点数")


def _of_trades(rule: ShareRule, outlets: dict[OutletFacts, bool], standard: Standard) -> _Portion:
    """Return the share among the trades present that the standard sorts."""
    sorted_trades, names = frozenset(row.trade for row in standard.trades), standard.names
    # Many shops hold the same trades; which are known to be there is asked once for each kind.
    kinds: dict[frozenset[str], bool] = {}
    for one, known in outlets.items():
        kinds[one.trades] = known or kinds.get(one.trades, False)
    held = {trades: names.narrowest(trades, sorted_trades) for trades in kinds}
    sure = frozenset().union(*(held[trades] for trades, known in kinds.items() if known))
    perhaps = frozenset().union(*held.values())
    yes, maybe_yes = (
        sum(_wanted(frozenset([trade]), rule, standard) for trade in held)
        for held in (sure, perhaps - sure)
    )
    no, maybe_no = len(sure) - yes, len(perhaps - sure) - maybe_yes
    low = yes / (len(sure) + maybe_no) if sure or maybe_no else 0.0
    high = (yes + maybe_yes) / (yes + maybe_yes + no) if yes + maybe_yes + no else 0.0
    return _Portion(low, high, len(perhaps), yes, maybe_yes + maybe_no, "业态数")


def _wanted(trades: Iterable[str], rule: ShareRule, standard: Standard) -> bool:
    """Return whether trades belong to the numerator of a share."""
    held = frozenset(trades)
    if rule.trades and not held & frozenset(rule.trades):
        return False
    return not rule.tiers or any(standard.tier(trade) in rule.tiers for trade in held)


def _share_outcome(low: float, high: float, span: Span, tolerance: float) -> Outcome:
    """Return the outcome of a share known to lie between two ends."""
    least, most = span
    verdict = between(low, high, _slackened(span, tolerance))
    short, over = (0.0, 0.0) if verdict == SERVED else _off(low, span)
    asked = most if over or least is None else least
    return Outcome(
        verdict,
        required=round(100 * (asked or 0.0), 2),
        found=round(100 * low, 2),
        found_strict=round(100 * low, 2),
        shortfall=round(100 * short, 2),
        surplus=round(100 * over, 2),
        unit="%",
        numbers=_percents(low, high),
        reason="有网点没有登记这一项，或未核实" if verdict == UNKNOWN else "",
    )


def _off(value: float, span: Span) -> tuple[float, float]:
    """Return by how much a value falls short of a range and by how much it exceeds it."""
    low, high = span
    return (
        0.0 if low is None else max(0.0, low - value),
        0.0 if high is None else max(0.0, value - high),
    )


def _percents(low: float, high: float) -> str:
    """Write a share, or the range it lies in."""
    first, last = f"{100 * low:.4g}%", f"{100 * high:.4g}%"
    return f"占比{first}" if first == last else f"占比在{first}到{last}之间"


def _slackened(span: Span, tolerance: float) -> Span:
    """Widen a range by a tolerance at both ends."""
    low, high = span
    return (
        None if low is None else low - tolerance,
        None if high is None else high + tolerance,
    )


def measure(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge a measured number of the unit."""
    del standard
    rule = requirement.rule
    assert isinstance(rule, MeasureRule)  # noqa: S101
    value = facts.quantity(rule.measure)
    if value is None:
        return Outcome(UNKNOWN, unit=rule.unit, reason=f"没有{rule.label}的数据")
    if rule.unit == "%" and value > 1:
        reason = f"{rule.label}写成了{number_words(value)}，占比用小数写，例如0.9"
        return Outcome(UNKNOWN, unit=rule.unit, reason=reason)
    scale = 100.0 if rule.unit == "%" else 1.0
    low, high = rule.span
    verdict = between(value, value, _slackened(rule.span, rule.tolerance))
    below = low is not None and value < low
    asked = low if below or high is None else high
    short, over = (0.0, 0.0) if verdict == SERVED else _off(value, rule.span)
    outcome = Outcome(
        verdict,
        required=None if asked is None else round(asked * scale, 3),
        found=round(value * scale, 3),
        shortfall=round(short * scale, 3),
        surplus=round(over * scale, 3),
        unit=rule.unit,
    )
    first, last = (None if end is None else end * scale for end in rule.span)
    said = _measured(value * scale, (first, last), verdict)
    sample = facts.samples.get(rule.measure)
    if rule.unit == "%" and sample:
        said += f"%{sample_words(value, sample, low)}"
    else:
        said += rule.unit
    return replace(outcome, numbers=f"实际{said}，应{span_words((first, last), rule.unit)}")


def _measured(value: float, span: Span, verdict: str) -> str:
    """Write a measured number, in full where shortened it would look like what is asked."""
    short = measured_words(value)
    ends = {number_words(end) for end in span if end is not None}
    return number_words(value) if verdict == LACKING and short in ends else short
