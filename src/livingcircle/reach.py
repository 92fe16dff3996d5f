"""Turn the requirements on walking radius into services, and judge every door on each."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from livingcircle._rules.conditions import Where
from livingcircle._rules.counts import ReachRule
from livingcircle._rules.facts import PHYSICAL
from livingcircle._rules.facts import TRANSITIONAL
from livingcircle._rules.facts import UnitFacts
from livingcircle.access import DEFAULT_RADII
from livingcircle.access import Access
from livingcircle.access import Supply
from livingcircle.door_verdicts import Certainty
from livingcircle.door_verdicts import Judged
from livingcircle.door_verdicts import Service
from livingcircle.door_verdicts import judge_doors
from livingcircle.facts import shop_table
from livingcircle.situation import Situation
from livingcircle.standards import Requirement
from livingcircle.standards import Standard
from livingcircle.units import Unit
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Needs:
    """Say what distances a standard wants measured.

    Attributes
    ----------
    trades
        Trades to report, in the standard's order.
    supply
        Who answers each need: one column a trade, and one for each requirement with conditions.
    radii
        Near and far metres of each need.
    services
        Requirements on the walking radius with the service each stands for.
    """

    trades: tuple[str, ...]
    supply: Supply
    radii: Mapping[str, tuple[float, float]]
    services: tuple[tuple[Requirement, Service], ...]


@dataclass(frozen=True)
class Services:
    """Hold every judged service, found by requirement and by trade."""

    by_requirement: Mapping[str, Judged]
    by_trade: Mapping[str, Judged]
    to_draw: Mapping[str, Judged]
    people: Mapping[tuple[str, str], Mapping[str, tuple[float, float, float]]]


def list_needs(
    situation: Situation, standard: Standard, also: Sequence[str] = (), *, on: date | None = None
) -> Needs:
    """Return what has to be measured for a standard on a day, and for further trades."""
    listed = [row.trade for row in standard.trades]
    asked = [trade for one in standard.requirements for trade in one.trades]
    trades = tuple(dict.fromkeys([*listed, *asked, *also]))
    speed = situation.walker.metres_per_minute
    services = []
    special: dict[str, Requirement] = {}
    for one in standard.requirements:
        if not isinstance(one.rule, ReachRule) or not _on_foot(one.rule, situation):
            continue
        if not one.in_force(on):
            continue
        plain = one.where == Where() and not one.count_mobile
        needs = one.trades if plain else tuple(f"{one.id}|{trade}" for trade in one.trades)
        special |= {} if plain else dict.fromkeys(needs, one)
        services.append((one, _service(one, one.rule, needs)))
    radii: dict[str, tuple[float, float]] = {}
    for _, service in reversed(services):
        radii |= dict.fromkeys(service.needs, radius_of(service, speed))
    return Needs(trades, _supply(situation, trades, special), radii, tuple(services))


def _on_foot(rule: ReachRule, situation: Situation) -> bool:
    """Return whether the walker at hand can answer for the rule's way of moving."""
    return rule.mode in {"walk", situation.walker.name}


def _service(one: Requirement, rule: ReachRule, needs: tuple[str, ...]) -> Service:
    """Return the service a requirement stands for."""
    far = rule.pass_metres if rule.decides == "metres" else rule.pass_minutes
    good = rule.good_metres if rule.decides == "metres" else rule.good_minutes
    far = np.inf if far is None else far
    good = far if good is None else good
    if rule.decides == "metres":
        return Service(one.id, needs, one.trades, every=one.every, good=good, far=far)
    return Service(one.id, needs, one.trades, every=one.every, good_minutes=good, far_minutes=far)


def radius_of(service: Service, speed: float) -> tuple[float, float]:
    """Return a service's near and far metres, minutes turned into metres."""
    if np.isfinite(service.far):
        return service.good, service.far
    if np.isfinite(service.far_minutes):
        return service.good_minutes * speed, service.far_minutes * speed
    return DEFAULT_RADII


def _supply(
    situation: Situation, trades: tuple[str, ...], special: Mapping[str, Requirement]
) -> Supply:
    """Return who surely and who perhaps answers each need."""
    shops = UnitFacts("", "", "", outlets=shop_table(situation)).inside
    row = {outlet: n for n, outlet in enumerate(situation.district.outlets.index)}
    needs = (*trades, *special)
    offers = np.zeros((len(row), len(needs)), dtype=np.bool_)
    maybe = offers.copy()
    column = {need: n for n, need in enumerate(needs)}
    by_trade: dict[str, list[tuple[int, Requirement]]] = {}
    for need, one in special.items():
        by_trade.setdefault(need.rpartition("|")[2], []).append((column[need], one))
    for outlet in shops.values():
        place = row[outlet.outlet_id]
        sure = outlet.status == "open"
        for trade in outlet.trades:
            if outlet.supply == "fixed" and trade in column:
                (offers if sure else maybe)[place, column[trade]] = True
            for number, one in by_trade.get(trade, ()):
                fits = one.where.test(outlet)
                counted = PHYSICAL | (TRANSITIONAL if one.count_mobile else frozenset())
                if fits is False or outlet.supply not in counted:
                    continue
                (offers if sure and fits else maybe)[place, number] = True
    return Supply(needs, offers, maybe)


def judge_services(
    situation: Situation,
    access: Access,
    needs: Needs,
    standard: Standard,
    units: Sequence[Unit],
    facts: Sequence[UnitFacts],
) -> Services:
    """Judge every door on every service, and count people by verdict for each unit."""
    certainty = Certainty(
        complete=situation.district.complete_trades(),
        off_network=situation.off_network,
        shut_in=situation.shut_in,
        edge_metres=situation.edge_metres,
        metres_per_minute=situation.walker.metres_per_minute,
    )
    by_requirement: dict[str, Judged] = {}
    for one, service in needs.services:
        applies = _applies(one, units, facts, len(situation.doors))
        doors = judge_doors(access, service, certainty, applies)
        judged = Judged(service, one.subject, standard.tier(one.trades[0]), doors)
        by_requirement[one.id] = judged
    musts = {one.id for one in standard.requirements if one.severity == "must"}
    drawn = {name: judged for name, judged in by_requirement.items() if name in musts}
    people = _people(situation, needs, by_requirement, units)
    by_trade = _by_trade(by_requirement.values())
    return Services(by_requirement, by_trade, drawn, people)


def _by_trade(judged: Iterable[Judged]) -> dict[str, Judged]:
    """Return the service that speaks for each trade: the first that asks for no more than it."""
    found: dict[str, Judged] = {}
    for one in judged:
        for trade in one.service.trades:
            held = found.get(trade)
            if held is None or (one.plain and not held.plain):
                found[trade] = one
    return found


def _applies(
    one: Requirement, units: Sequence[Unit], facts: Sequence[UnitFacts], count: int
) -> Words:
    """Return for each door whether a requirement applies where it stands."""
    if one.applies.always:
        return np.full(count, "yes", dtype=object)
    answers = np.full(count, "unknown", dtype=object)
    words = {True: "yes", False: "no", None: "unknown"}
    for unit, fact in zip(units, facts, strict=True):
        if unit.level == one.level:
            answers[unit.doors] = words[one.applies.test(fact)[0]]
    return answers


def _people(
    situation: Situation,
    needs: Needs,
    judged: Mapping[str, Judged],
    units: Sequence[Unit],
) -> dict[tuple[str, str], dict[str, tuple[float, float, float]]]:
    """Return people served, lacking and unknown for each unit and requirement of its level.

    Where nobody knows how many live behind any of a unit's doors, doors are counted instead.
    """
    residents = situation.doors["residents"].to_numpy(dtype=np.float64)
    found: dict[tuple[str, str], dict[str, tuple[float, float, float]]] = {}
    for unit in units:
        weight = residents[unit.doors]
        weight = np.ones(len(weight)) if np.isnan(weight).all() else np.nan_to_num(weight)
        rows = found.setdefault((unit.level, unit.unit_id), {})
        for one, _ in needs.services:
            if one.level != unit.level or len(unit.doors) == 0:
                continue
            verdict = judged[one.id].doors.verdict[unit.doors]
            served, lacking, unknown = (
                float(weight[verdict == word].sum()) for word in (SERVED, LACKING, UNKNOWN)
            )
            rows[one.id] = (served, lacking, unknown)
    return found
