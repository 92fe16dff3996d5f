"""Count the outlets that answer a requirement: surely, perhaps, for the time being, or online."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from livingcircle._rules.conditions import Where
from livingcircle._rules.facts import GONE
from livingcircle._rules.facts import ONLINE
from livingcircle._rules.facts import TRANSITIONAL
from livingcircle._rules.facts import UNVERIFIED
from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.requirement import Requirement
from livingcircle._rules.requirement import Standard

NO_LEDGER: Final = "没有这类业态的完整台账，查不到不等于没有"


@dataclass(frozen=True)
class Tally:
    """Count the outlets that answer a requirement, each physical shop once.

    Attributes
    ----------
    sure, maybe
        Shops that count, and shops that count if what is not yet verified turns out so.
    passing
        Mobile and temporary supply that does not count (过渡).
    online, maybe_online
        Same-day service over the network, confirmed and claimed only.
    """

    sure: frozenset[str] = frozenset()
    maybe: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    online: frozenset[str] = frozenset()
    maybe_online: frozenset[str] = frozenset()


def tally(requirement: Requirement, outlets: Iterable[OutletFacts]) -> Tally:
    """Sort outlets of the asked trades: counted, doubtful, transitional, online only."""
    bins: dict[str, set[str]] = {name: set() for name in Tally.__dataclass_fields__}
    asked = frozenset(requirement.trades)
    anything = requirement.where == Where()
    for outlet in outlets:
        if asked and asked.isdisjoint(outlet.trades):
            continue
        fits = anything or requirement.where.test(outlet)
        if fits is False or outlet.status in GONE:
            continue
        doubtful = fits is None or outlet.status == UNVERIFIED
        if requirement.online_substitute:
            _note_online(bins, outlet, doubtful=doubtful)
        if outlet.supply in requirement.supplies:
            bins["maybe" if doubtful else "sure"].add(outlet.outlet_id)
        elif outlet.supply in TRANSITIONAL:
            bins["passing"].add(outlet.outlet_id)
    return Tally(**{name: frozenset(found) for name, found in bins.items()})


def _note_online(bins: dict[str, set[str]], outlet: OutletFacts, *, doubtful: bool) -> None:
    """Note same-day online service, which stands in only with evidence (密云 附件1.1 一 注**)."""
    if outlet.same_day_online and not doubtful:
        bins["online"].add(outlet.outlet_id)
    elif outlet.same_day_online or (outlet.supply == ONLINE and outlet.same_day_online is None):
        bins["maybe_online"].add(outlet.outlet_id)


def counted(requirement: Requirement, facts: UnitFacts, standard: Standard) -> tuple[Tally, Tally]:
    """Return the tally inside the unit and the one that counts under the sharing in force."""
    inside = facts.inside_of(requirement.trades)
    strict = tally(requirement, inside)
    sharing = requirement.sharing or standard.defaults.sharing.get(facts.level, "strict")
    if sharing == "strict":
        return strict, strict
    near = set().union(*(facts.within_reach(trade) for trade in requirement.trades))
    if sharing == "strict_or_shared":
        near |= {one.outlet_id for one in inside}
    return strict, tally(requirement, facts.shops(near))


def weigh(requirement: Requirement, facts: UnitFacts, outlets: Iterable[str]) -> float:
    """Return how much some outlets count: one each, or the largest weight of their trades."""
    if not requirement.weights:
        return float(sum(1 for _ in outlets))
    weights, asked = dict(requirement.weights), frozenset(requirement.trades)
    held = (one.trades & asked for one in facts.shops(outlets))
    return sum(max(weights.get(trade, 1.0) for trade in trades) for trades in held)


def is_known(requirement: Requirement, facts: UnitFacts, standard: Standard) -> bool:
    """Return whether absence means anything for the asked trades.

    A requirement on all outlets needs a complete register of every trade the standard sorts.
    """
    asked = requirement.trades or tuple(row.trade for row in standard.trades)
    return bool(asked) and facts.known_trades.issuperset(asked)
