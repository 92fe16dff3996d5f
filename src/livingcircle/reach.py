"""Turn the requirements on walking radius into services, and judge every door on each.

A trade may have several radii: one for old town and one for the fringe, one that must be met and
one that should. Each radius has its own counts; the rule that speaks for a trade at a door is the
first that applies there, musts before others, plain rules before ones with conditions.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from functools import partial

import numpy as np
import numpy.typing as npt

from livingcircle._rules.conditions import Where
from livingcircle._rules.facts import PHYSICAL
from livingcircle._rules.facts import TRANSITIONAL
from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.reaches import ReachRule
from livingcircle._rules.requirement import SEVERITIES
from livingcircle.access import DEFAULT_RADII
from livingcircle.access import Access
from livingcircle.access import Supply
from livingcircle.door_verdicts import Certainty
from livingcircle.door_verdicts import Judged
from livingcircle.door_verdicts import Service
from livingcircle.door_verdicts import TradeVerdicts
from livingcircle.door_verdicts import judge_doors
from livingcircle.door_verdicts import speak_for
from livingcircle.memory import Memory
from livingcircle.shops import Shops
from livingcircle.situation import Situation
from livingcircle.standards import Requirement
from livingcircle.standards import Standard
from livingcircle.units import Crowd
from livingcircle.units import Unit
from livingcircle.verdicts import CODES
from livingcircle.verdicts import NOT_APPLICABLE
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]
# For each trade, the rules that may say what "within reach" means, each with its need.
Sharing = Mapping[str, tuple[tuple[Requirement | None, str], ...]]


@dataclass(frozen=True)
class Needs:
    """Say what distances a standard wants measured.

    Attributes
    ----------
    trades
        Trades to report, in the standard's order.
    names
        One name for each column to measure: a trade, or ``requirement|trade`` where a
        requirement has a radius or conditions of its own.
    radii
        Near and far metres of each need.
    services
        Requirements on the walking radius with the service each stands for.
    sharing
        What "within reach" means for each trade.
    """

    trades: tuple[str, ...]
    names: tuple[str, ...]
    radii: Mapping[str, tuple[float, float]]
    services: tuple[tuple[Requirement, Service], ...]
    sharing: Sharing


@dataclass(frozen=True)
class Services:
    """Hold every judged service, found by requirement and by trade."""

    by_requirement: Mapping[str, Judged]
    by_trade: Mapping[str, TradeVerdicts]
    to_draw: Mapping[str, Judged]
    people: Mapping[tuple[str, str], Mapping[str, tuple[float, float, float]]]


@dataclass
class _Columns:
    """Collect the needs of a standard while its requirements are read."""

    radii: dict[str, tuple[float, float]] = field(default_factory=dict)
    sharing: dict[str, list[tuple[Requirement | None, str]]] = field(default_factory=dict)

    def add(self, one: Requirement, trade: str, radius: tuple[float, float], *, plain: bool) -> str:
        """Return the need that answers a requirement for a trade, a new one where it must be."""
        own = f"{one.id}|{trade}"
        if plain and self.radii.get(trade, radius) == radius:
            own = trade
        self.radii[own] = radius
        if plain:
            self.sharing.setdefault(trade, []).append((one, own))
        return own


def list_needs(
    situation: Situation, standard: Standard, *, on: date | None = None, prefix: str = ""
) -> Needs:
    """Return what has to be measured for a standard on a day.

    Parameters
    ----------
    situation
        Whose walker decides which rules are walked and what minutes are in metres.
    standard
        The rules.
    on
        Rules not in force on that day are left out.
    prefix
        Put before every need, so that two standards do not read each other's columns.
    """
    listed = [row.trade for row in standard.trades]
    asked = [trade for one in standard.requirements for trade in one.trades]
    trades = tuple(dict.fromkeys([*listed, *asked]))
    columns = _Columns()
    services: dict[str, tuple[Requirement, Service]] = {}
    for one in sorted(_walked(standard, situation, on), key=_first):
        assert isinstance(one.rule, ReachRule)  # noqa: S101
        plain = is_plain(one)
        bare = _service(one, one.rule, ())
        radius = radius_of(bare, situation.walker.metres_per_minute)
        needs = tuple(prefix + columns.add(one, t, radius, plain=plain) for t in one.trades)
        services[one.id] = one, _service(one, one.rule, needs)
    for trade in trades:
        # A trade with conditional radii only is within reach at the first of them.
        named = (r for need, r in columns.radii.items() if need.rpartition("|")[2] == trade)
        columns.radii.setdefault(trade, next(named, DEFAULT_RADII))
        columns.sharing.setdefault(trade, [(None, trade)])
    return Needs(
        trades=trades,
        names=tuple(prefix + need for need in dict.fromkeys([*trades, *columns.radii])),
        radii={prefix + need: radius for need, radius in columns.radii.items()},
        services=tuple(services[one.id] for one in standard.requirements if one.id in services),
        sharing={
            trade: tuple((one, prefix + need) for one, need in found)
            for trade, found in columns.sharing.items()
        },
    )


def _walked(standard: Standard, situation: Situation, on: date | None) -> list[Requirement]:
    """Return the requirements on the radius that the walker at hand can answer for on a day."""
    return [
        one
        for one in standard.requirements
        if isinstance(one.rule, ReachRule)
        and one.rule.mode in {"walk", situation.walker.name}
        and one.in_force(on)
    ]


def _first(one: Requirement) -> tuple[bool, int]:
    """Return who speaks before whom: plain rules first, then musts; the pack's order last."""
    return not is_plain(one), list(SEVERITIES).index(one.severity)


def is_plain(one: Requirement) -> bool:
    """Return whether any fixed outlet of the trade answers, whatever its hours or size."""
    return one.where == Where() and not one.count_mobile


def _service(one: Requirement, rule: ReachRule, needs: tuple[str, ...]) -> Service:
    """Return the service a requirement stands for; what does not decide is endless."""
    far = np.inf if rule.decides == "minutes" else rule.pass_metres
    good = np.inf if rule.decides == "minutes" else rule.good_metres
    far_minutes = np.inf if rule.decides == "metres" else rule.pass_minutes
    good_minutes = np.inf if rule.decides == "metres" else rule.good_minutes
    return Service(
        one.id,
        needs,
        one.trades,
        every=one.every,
        good=_first_known(good, far),
        far=_first_known(far),
        good_minutes=_first_known(good_minutes, far_minutes),
        far_minutes=_first_known(far_minutes),
    )


def _first_known(*numbers: float | None) -> float:
    """Return the first number that is stated; endless where none is."""
    return next((number for number in numbers if number is not None), np.inf)


def radius_of(service: Service, speed: float) -> tuple[float, float]:
    """Return a service's near and far metres, minutes turned into metres."""
    good = min(service.good, service.good_minutes * speed)
    far = min(service.far, service.far_minutes * speed)
    return (good, far) if np.isfinite(far) else DEFAULT_RADII


def supply_of(
    shops: Shops, needs: Needs, memory: Memory | None = None, *, key: str = "supply"
) -> Supply:
    """Return who surely and who perhaps answers each need, and who is there at all.

    Parameters
    ----------
    shops
        The outlets.
    needs
        What is asked for.
    memory, key
        Who answered before, kept under a key; only outlets that changed are asked again.
    """
    memory = Memory() if memory is None else memory
    tables = memory.recall_rows(
        key, (needs,), shops.stamps, lambda some: _answers(shops.records[some], needs)
    )
    return memory.recall((key, "table"), (needs, tables), lambda: Supply(needs.names, *tables))


def _answers(
    records: npt.NDArray[np.object_], needs: Needs
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which of some outlets answer which need: surely, perhaps, by being there at all."""
    special = {
        need: one for one, service in needs.services for need in service.needs if not is_plain(one)
    }
    shape = (len(records), len(needs.names))
    offers, maybe, present = (np.zeros(shape, dtype=np.bool_) for _ in range(3))
    by_trade: dict[str, list[tuple[int, Requirement | None]]] = {}
    for column, need in enumerate(needs.names):
        by_trade.setdefault(need.rpartition("|")[2], []).append((column, special.get(need)))
    for place, outlet in enumerate(records):
        if outlet is None:
            continue
        for trade in outlet.trades:
            for column, one in by_trade.get(trade, ()):
                _note(outlet, one, place, column, (offers, maybe, present))
    return offers, maybe, present


def _note(
    outlet: OutletFacts,
    one: Requirement | None,
    place: int,
    column: int,
    into: tuple[npt.NDArray[np.bool_], ...],
) -> None:
    """Note whether one outlet answers one need."""
    offers, maybe, present = into
    fits = True if one is None else one.where.test(outlet)
    counted = PHYSICAL if one is None else one.supplies
    if fits is False:
        return
    present[place, column] = outlet.supply in PHYSICAL | TRANSITIONAL | counted
    if outlet.supply in counted:
        (offers if outlet.status == "open" and fits else maybe)[place, column] = True


def judge_services(
    situation: Situation,
    access: Access,
    needs: Needs,
    standard: Standard,
    units: Sequence[Unit],
    facts: Sequence[UnitFacts],
    memory: Memory | None = None,
) -> Services:
    """Judge every door on every service, and count people by verdict for each unit.

    ``memory`` holds what was judged before; only services whose distances changed, or that
    apply elsewhere now, are judged again.
    """
    memory = Memory() if memory is None else memory
    certainty = _certainty(situation, memory)
    by_requirement: dict[str, Judged] = {}
    doors = tuple(unit.doors for unit in units)
    told = tuple(one.mark for one in facts), doors, len(situation.doors)
    # Whether a rule applies somewhere depends on nothing that was measured there.
    told_alike = memory.recall("told alike", told, object)
    for one, service in needs.services:
        applies = memory.recall(
            ("applies", one.id),
            (one, told_alike),
            partial(_applies, one, units, facts, len(situation.doors)),
        )
        columns = tuple(access.to(need) for need in service.needs)
        known = standard.tier(one.trades[0]), certainty
        by_requirement[one.id] = memory.recall(
            ("judged", one.id),
            (columns, one, service, known, applies),
            partial(_judged, access, one, service, known, applies),
        )
    musts = {one.id for one in standard.requirements if one.severity == "must"}
    drawn = {name: judged for name, judged in by_requirement.items() if name in musts}
    people = _people(situation, needs, by_requirement, units, memory)
    said = _by_trade(access, needs, by_requirement, memory)
    return Services(by_requirement, said, drawn, people)


def _judged(
    access: Access,
    one: Requirement,
    service: Service,
    known: tuple[str, Certainty],
    applies: Codes,
) -> Judged:
    """Return one service judged at every door; ``known`` are its tier and what is certain."""
    tier, certainty = known
    return Judged(service, one.subject, tier, judge_doors(access, service, certainty, applies))


def _certainty(situation: Situation, memory: Memory) -> Certainty:
    """Return what could make an absence doubtful."""
    inputs = (
        situation.district.complete_trades(),
        situation.off_network,
        situation.shut_in,
        situation.edge_metres,
        situation.walker.metres_per_minute,
    )
    return memory.recall("certainty", inputs, lambda: Certainty(*inputs))


def _by_trade(
    access: Access, needs: Needs, judged: Mapping[str, Judged], memory: Memory
) -> dict[str, TradeVerdicts]:
    """Return what is said of each trade at every door."""
    speakers: dict[str, list[Judged]] = {}
    for one, _ in sorted(needs.services, key=lambda pair: _first(pair[0])):
        for trade in one.trades:
            speakers.setdefault(trade, []).append(judged[one.id])
    return {
        trade: memory.recall(
            ("said", trade),
            (tuple(speakers[trade]), access.needs),
            partial(speak_for, trade, speakers[trade], access),
        )
        for trade in needs.trades
        if trade in speakers
    }


def _applies(
    one: Requirement, units: Sequence[Unit], facts: Sequence[UnitFacts], count: int
) -> Codes:
    """Return for each door whether a requirement applies where it stands, as ``judge_doors`` asks.

    Nobody can tell for a door that is in no unit of the requirement's level.
    """
    if one.applies.always:
        return np.full(count, CODES[SERVED], dtype=np.int8)
    answers = np.full(count, CODES[UNKNOWN], dtype=np.int8)
    codes = {True: CODES[SERVED], False: CODES[NOT_APPLICABLE], None: CODES[UNKNOWN]}
    for unit, fact in zip(units, facts, strict=True):
        if unit.level == one.level:
            answers[unit.doors] = codes[one.applies.test(fact)[0]]
    return answers


def _people(
    situation: Situation,
    needs: Needs,
    judged: Mapping[str, Judged],
    units: Sequence[Unit],
    memory: Memory,
) -> dict[tuple[str, str], dict[str, tuple[float, float, float]]]:
    """Return people served, lacking and unknown for each unit and requirement of its level.

    Where nobody knows how many live behind any of a unit's doors, doors are counted instead.
    """
    lived = situation.doors["residents"]
    levels: dict[str, list[Unit]] = {}
    for unit in units:
        if len(unit.doors):
            levels.setdefault(unit.level, []).append(unit)
    found: dict[tuple[str, str], dict[str, tuple[float, float, float]]] = {
        (unit.level, unit.unit_id): {} for unit in units
    }
    for level, some in levels.items():
        groups = tuple(unit.doors for unit in some)
        crowd = memory.recall(
            ("crowd", level),
            (lived.array, groups),
            partial(Crowd.of, groups, lived.to_numpy(np.float64)),
        )
        asked = [one.id for one, _ in needs.services if one.level == level]
        sums = [
            memory.recall(
                ("people", one),
                (judged[one].doors, crowd),
                partial(crowd.listed, judged[one].doors.verdict),
            )
            for one in asked
        ]
        for unit, told in zip(some, zip(*sums, strict=True), strict=bool(sums)):
            found[level, unit.unit_id] = dict(zip(asked, map(tuple, told), strict=True))
    return found
