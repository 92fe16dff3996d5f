"""Count the outlets that answer a requirement: surely, perhaps, for the time being, or online."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from livingcircle._rules.facts import GONE
from livingcircle._rules.facts import ONLINE
from livingcircle._rules.facts import PHYSICAL
from livingcircle._rules.facts import TRANSITIONAL
from livingcircle._rules.facts import UNVERIFIED
from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.requirement import Requirement
from livingcircle._rules.requirement import Standard

NO_LEDGER: Final = "没有这类业态的完整台账，查不到不等于没有"


@dataclass(frozen=True)
class Tally:
    """Count the outlets that answer a requirement, each physical shop once."""

    sure: frozenset[str] = frozenset()
    maybe: frozenset[str] = frozenset()
    passing: frozenset[str] = frozenset()
    online: frozenset[str] = frozenset()


def tally(requirement: Requirement, outlets: Iterable[OutletFacts]) -> Tally:
    """Sort outlets of the asked trades: counted, doubtful, transitional, online only."""
    bins: dict[str, set[str]] = {"sure": set(), "maybe": set(), "passing": set(), "online": set()}
    asked = frozenset(requirement.trades)
    for outlet in outlets:
        if asked and not outlet.trades & asked:
            continue
        fits = requirement.where.test(outlet)
        if fits is False or outlet.status in GONE:
            continue
        if outlet.supply == ONLINE or (outlet.same_day_online and requirement.online_substitute):
            bins["online"].add(outlet.outlet_id)
        if outlet.supply in TRANSITIONAL and not requirement.count_mobile:
            bins["passing"].add(outlet.outlet_id)
        elif outlet.supply in PHYSICAL | TRANSITIONAL:
            doubtful = fits is None or outlet.status == UNVERIFIED
            bins["maybe" if doubtful else "sure"].add(outlet.outlet_id)
    return Tally(**{name: frozenset(found) for name, found in bins.items()})


def counted(requirement: Requirement, facts: UnitFacts, standard: Standard) -> tuple[Tally, Tally]:
    """Return the tally inside the unit and the one that counts under the sharing in force."""
    strict = tally(requirement, facts.inside.values())
    sharing = requirement.sharing or standard.defaults.sharing.get(facts.level, "strict")
    if sharing == "strict":
        return strict, strict
    near = set().union(*(facts.within_reach(trade) for trade in requirement.trades))
    reachable = [one for key, one in facts.everywhere.items() if key in near]
    return strict, tally(requirement, reachable)


def is_known(requirement: Requirement, facts: UnitFacts) -> bool:
    """Return whether absence means anything for the asked trades."""
    return all(trade in facts.known_trades for trade in requirement.trades)
