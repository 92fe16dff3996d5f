"""Judge which trades stand together, apart, or not at all."""

from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from livingcircle._rules.conditions import all_of
from livingcircle._rules.conditions import within
from livingcircle._rules.facts import UNVERIFIED
from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.mixes import CompositeRule
from livingcircle._rules.mixes import SeparationRule
from livingcircle._rules.mixes import VarietyRule
from livingcircle._rules.outcome import Outcome
from livingcircle._rules.outcome import compare
from livingcircle._rules.outcome import worst
from livingcircle._rules.requirement import Requirement
from livingcircle._rules.requirement import Standard
from livingcircle._rules.tally import NO_LEDGER
from livingcircle._rules.tally import Tally
from livingcircle._rules.tally import counted
from livingcircle._rules.tally import is_known
from livingcircle._rules.tally import tally
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import NOT_APPLICABLE
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN


def variety(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge a minimum number of trades and of groups."""
    rule = requirement.rule
    assert isinstance(rule, VarietyRule)  # noqa: S101
    held = {
        trade: counted(replace(requirement, trades=(trade,)), facts, standard)
        for trade in requirement.trades
    }
    stands = _stands_for(requirement, facts, standard)
    strict = {trade for trade, (one, _) in held.items() if stands(trade, one.sure)}
    present = {trade for trade, (_, one) in held.items() if stands(trade, one.sure)}
    unverified = {trade for trade, (_, one) in held.items() if stands(trade, one.maybe)} - present
    open_ends = set(requirement.trades) - facts.known_trades - present
    possible = present | unverified | open_ends
    classes, more, inside = (_groups(some, standard) for some in (present, possible, strict))
    kinds, most, own = ({rule.kind_of(t) for t in some} for some in (present, possible, strict))
    by_kinds = compare(len(kinds), len(most), rule.kinds)
    by_classes = compare(len(classes), len(more), rule.classes)
    verdict = worst([by_kinds, by_classes])
    # Tell the number that decides, which is not always the number of trades.
    kinds_decide = rule.kinds > 0 and (by_kinds == verdict or not rule.classes)
    found, needed = (len(kinds), rule.kinds) if kinds_decide else (len(classes), rule.classes)
    said = [f"{len(classes)}类"] if rule.classes else []
    said += [f"{len(kinds)}种"] if rule.kinds else []
    return Outcome(
        verdict,
        required=float(needed),
        found=float(found),
        found_strict=float(len(own if kinds_decide else inside)),
        found_shared=float(found),
        shortfall=float(max(0, needed - found)),
        unit="种" if kinds_decide else "类",
        numbers=f"现有{'、'.join(said)}",
        reason=_why_open(unverified) if verdict == UNKNOWN else "",
    )


def _stands_for(
    requirement: Requirement, facts: UnitFacts, standard: Standard
) -> Callable[[str, frozenset[str]], bool]:
    """Return a function that tells whether any of some outlets stands for a trade.

    One that is there only because a narrower trade implies it, does not: a 菜市场 is a 菜篮子 as
    well, and still one kind of shop.
    """
    names = standard.names
    narrower = {trade: names.narrower(trade, requirement.trades) for trade in requirement.trades}

    def stands(trade: str, outlets: frozenset[str]) -> bool:
        others = narrower[trade]
        if not others:
            return bool(outlets)
        return any(not one.trades & others for one in facts.shops(outlets))

    return stands


def _groups(trades: Iterable[str], standard: Standard) -> set[str]:
    """Return the 类别 of some trades."""
    return {standard.group(trade) for trade in trades} - {""}


def _why_open(unverified: set[str]) -> str:
    """Say why the number of trades is not settled."""
    return "有网点未核实" if unverified else "有的业态没有完整台账"


def prohibited(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge a negative list; only what stands inside counts.

    That there is nothing of the kind is only sure where somebody keeps a complete register.
    """
    inside = tally(replace(requirement, count_mobile=True), facts.inside_of(requirement.trades))
    found = float(len(inside.sure))
    outcome = Outcome(
        SERVED,
        required=0.0,
        found=found,
        found_strict=found,
        surplus=found,
        unit="个",
        numbers=f"范围内{found:g}个",
    )
    if found:
        return outcome.being(LACKING, f"有{found:g}个不得设置的网点")
    if inside.maybe:
        return outcome.being(UNKNOWN, "有网点未核实")
    known = is_known(requirement, facts, standard)
    return outcome if known else outcome.being(UNKNOWN, NO_LEDGER)


def separation(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge the straight distance from outlets inside to the nearest other one known."""
    rule = requirement.rule
    assert isinstance(rule, SeparationRule)  # noqa: S101
    mine = tally(requirement, facts.inside_of(requirement.trades))
    asked = replace(requirement, trades=rule.to) if rule.to else requirement
    # Two markets may stand too close although no door of the unit reaches the other one.
    others = tally(asked, (facts.register or facts.inside).values())
    near = _nearest(facts, mine.sure, others.sure)
    close = sum(gap < rule.metres for gap in near)
    least = round(min(near), 1) if near else None
    outcome = Outcome(
        LACKING if close else SERVED,
        required=rule.metres,
        found=least,
        shortfall=0.0 if least is None else max(0.0, rule.metres - least),
        unit="米",
        numbers="没有成对的网点" if least is None else f"最近的相距{least:g}米，{close}处过近",
    )
    if close:
        return outcome
    known = is_known(requirement, facts, standard) and is_known(asked, facts, standard)
    perhaps = _nearest(facts, mine.sure | mine.maybe, others.sure | others.maybe)
    doubtful = any(gap < rule.metres for gap in perhaps)
    return outcome.being(*_sure_apart(facts, mine, others, doubtful=doubtful, known=known))


def _nearest(facts: UnitFacts, mine: frozenset[str], others: frozenset[str]) -> list[float]:
    """Return the metres from each outlet to the nearest other, where both have a place."""
    start, end = _places(facts, mine), _places(facts, others)
    if not start or not end:
        return []
    names = list(end)
    tree = cKDTree(np.array([end[name] for name in names]))
    metres, rows = tree.query(np.array([start[name] for name in start]), k=min(2, len(names)))
    metres, rows = metres.reshape(len(start), -1), rows.reshape(len(start), -1)
    gaps = []
    for name, lengths, found in zip(start, metres, rows, strict=True):
        other = [m for m, row in zip(lengths, found, strict=True) if names[row] != name]
        gaps += [float(other[0])] if other else []
    return gaps


def _places(facts: UnitFacts, outlets: frozenset[str]) -> dict[str, tuple[float, float]]:
    """Return the place of every outlet that has one, in a fixed order."""
    known = facts.register or facts.inside
    shops = [known[name] for name in sorted(outlets)]
    return {
        one.outlet_id: (one.x, one.y) for one in shops if one.x is not None and one.y is not None
    }


def _sure_apart(
    facts: UnitFacts, mine: Tally, others: Tally, *, doubtful: bool, known: bool
) -> tuple[str, str]:
    """Return verdict and reason where no two known outlets stand too close."""
    everyone = mine.sure | others.sure
    if len(_places(facts, everyone)) < len(everyone):
        return UNKNOWN, "有网点没有坐标"
    if doubtful:
        return UNKNOWN, "有网点未核实"
    return (SERVED, "") if known else (UNKNOWN, NO_LEDGER)


def composite(requirement: Requirement, facts: UnitFacts, standard: Standard) -> Outcome:
    """Judge every service centre by the trades it holds and its floor area."""
    rule = requirement.rule
    assert isinstance(rule, CompositeRule)  # noqa: S101
    inside = tally(requirement, facts.inside_of(requirement.trades))
    centres = [facts.inside[name] for name in sorted(inside.sure | inside.maybe)]
    if not centres:
        known = is_known(requirement, facts, standard)
        verdict, reason = (NOT_APPLICABLE, "范围内没有综合体") if known else (UNKNOWN, NO_LEDGER)
        return Outcome(verdict, unit="处", reason=reason)
    answers = {one.outlet_id: _one_centre(rule, one, facts, standard) for one in centres}
    good = sum(answers[name] is True for name in inside.sure)
    bad = sum(answers[name] is False for name in inside.sure)
    verdict = LACKING if bad else UNKNOWN if good < len(centres) else SERVED
    return Outcome(
        verdict,
        required=float(len(centres)),
        found=float(good),
        found_strict=float(good),
        shortfall=float(bad),
        unit="处",
        numbers=f"{len(centres)}处综合体中{good}处符合、{bad}处不符合",
        reason="有综合体未核实，或没有登记业态构成、面积" if verdict == UNKNOWN else "",
    )


def _one_centre(
    rule: CompositeRule, centre: OutletFacts, facts: UnitFacts, standard: Standard
) -> bool | None:
    """Answer whether one service centre holds what it should."""
    parts = [p for p in facts.everywhere.values() if p.service_centre_id == centre.outlet_id]
    sure = centre.trades.union(*(p.trades for p in parts if p.status != UNVERIFIED))
    perhaps = centre.trades.union(*(p.trades for p in parts))
    held = [centre.trades - {"service_centre"}, *(part.trades for part in parts)]
    sure_held = [held[0], *(part.trades for part in parts if part.status != UNVERIFIED)]
    answers = [
        _holds(
            len(_of_tier(sure_held, tier, standard)),
            len(_of_tier(held, tier, standard)),
            number,
            listed=bool(parts),
        )
        for tier, number in rule.kinds
    ]
    answers += [
        _holds(
            len(sure & frozenset(part.trades)),
            len(perhaps & frozenset(part.trades)),
            part.least,
            listed=bool(parts),
        )
        for part in rule.parts
    ]
    floor = centre.area_m2
    if rule.area_of == "parts":
        known = [part.area_m2 for part in parts]
        floor = sum(a for a in known if a is not None) if known and None not in known else None
    answers.append(True if rule.area == (None, None) else within(floor, rule.area))
    return all_of(answers)


def _of_tier(held: Iterable[frozenset[str]], tier: str, standard: Standard) -> frozenset[str]:
    """Return the trades of a tier that some shops stand for."""
    asked = frozenset(row.trade for row in standard.trades if row.tier == tier)
    return frozenset().union(*(standard.names.narrowest(trades, asked) for trades in held))


def _holds(sure: int, perhaps: int, least: int, *, listed: bool) -> bool | None:
    """Answer whether enough trades are there; one whose parts nobody listed may hold anything."""
    if sure >= least:
        return True
    return None if perhaps >= least or not listed else False
