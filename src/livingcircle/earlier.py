"""Tell which earlier findings still hold after an edit: those that asked about nothing it touched.

A finding depends on what is known of its unit and on the shops its rule reads. A count of
pharmacies does not care about a hairdresser; a rule that may read any shop is judged again as soon
as one that the unit has or reaches is another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import fields
from typing import Any
from typing import Generic
from typing import TypeVar

from livingcircle._rules.counts import CountRule
from livingcircle._rules.counts import LadderRule
from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.gradings import ChildrenShareRule
from livingcircle._rules.gradings import GradeRule
from livingcircle._rules.mixes import SeparationRule
from livingcircle._rules.plans import GradeShareRule
from livingcircle._rules.plans import QualitativeRule
from livingcircle._rules.plans import TargetRule
from livingcircle._rules.reaches import ReachRule
from livingcircle._rules.sizes import MeasureRule
from livingcircle.standards import Requirement

Found = TypeVar("Found")
# Rules that read only the shops of the trades they name.
_BY_TRADE = (CountRule, LadderRule)
# Rules that read no shop at all.
_WITHOUT_SHOPS = (ReachRule, QualitativeRule, TargetRule, MeasureRule)
# Rules that read other findings, or shops wherever they are.
_AFAR = (GradeRule, GradeShareRule, ChildrenShareRule, SeparationRule)
_NOTHING: frozenset[str] = frozenset()
_NAMELESS = frozenset({""})
_OUTSIDE = frozenset({"inside", "register", "shared", "reach", "child_grades", "child_verdicts"})
_OWN = tuple(one.name for one in fields(UnitFacts) if one.name not in _OUTSIDE | {"mark"})


@dataclass(frozen=True)
class Earlier(Generic[Found]):
    """Hold what was known and found of a unit before.

    Attributes
    ----------
    facts
        What was known of it; None where it was not judged before.
    findings
        What was found, with the requirement that asked, by its id.
    trades
        Trades of shops that differ since; None where anything may.
    """

    facts: UnitFacts | None
    findings: Mapping[str, tuple[Requirement, Found]]
    trades: frozenset[str] | None

    def hold(self, facts: UnitFacts) -> bool:
        """Return whether all of them hold, whatever they are on, where none reads afar."""
        if self.facts is None or self.trades is None or self.trades:
            return False
        return self.facts.reach == facts.reach

    def finding(self, one: Requirement, facts: UnitFacts) -> Found | None:
        """Return the earlier finding on a requirement if it still holds."""
        asked, found = self.findings.get(one.id, (None, None))
        if asked is not one or self.facts is None or self.trades is None:
            return None
        rule = one.rule
        if reads_afar(one):
            return None
        if isinstance(rule, ReachRule):
            return found if self.facts.reach.get(one.id) == facts.reach.get(one.id) else None
        if isinstance(rule, _WITHOUT_SHOPS):
            return found
        if isinstance(rule, _BY_TRADE) and one.trades:
            return found if self.trades.isdisjoint(one.trades) else None
        return None if self.trades else found


def reads_afar(one: Requirement) -> bool:
    """Return whether a rule reads other findings, or shops wherever they are."""
    return isinstance(one.rule, _AFAR)


@dataclass(frozen=True)
class Changes:
    """Hold the shops that are in one register only, or another record in the other.

    Attributes
    ----------
    ids
        Their ids.
    by_trade
        The same by the trades they have or had.
    """

    ids: frozenset[str] = frozenset()
    by_trade: Mapping[str, frozenset[str]] = field(default_factory=dict)


def differing(old: Mapping[str, OutletFacts], new: Mapping[str, OutletFacts]) -> Changes:
    """Return the shops that differ between two registers."""
    if old is new:
        return Changes()
    ids = {one for one, record in new.items() if old.get(one) is not record}
    ids |= old.keys() - new.keys()
    by_trade: dict[str, set[str]] = {}
    for one in ids:
        for record in (old.get(one), new.get(one)):
            for trade in () if record is None else record.trades:
                by_trade.setdefault(trade, set()).add(one)
    return Changes(frozenset(ids), {trade: frozenset(some) for trade, some in by_trade.items()})


def differing_trades(old: UnitFacts, new: UnitFacts, changed: Changes) -> frozenset[str] | None:
    """Return the trades of shops that a unit has or reaches otherwise than before.

    ``changed`` are the shops that are another record anywhere. None where what is known of the
    unit itself differs.
    """
    if not _agree(old, new):
        return None
    ids: set[str] = {one for one in changed.ids if one in new.inside or one in old.inside}
    if old.inside is not new.inside:
        ids |= old.inside.keys() ^ new.inside.keys()
    if old.shared is not new.shared:
        if old.shared.keys() != new.shared.keys():
            return None
        for trade, now in new.shared.items():
            if (was := old.shared[trade]) is not now:
                ids |= was ^ now
    # Within reach a shop stands under its own trades only.
    for trade, some in changed.by_trade.items():
        ids |= new.shared.get(trade, _NOTHING) & some
    if not ids:
        return _NOTHING
    known = (facts.register.get(one) for facts in (old, new) for one in ids)
    # A shop without any trade is one too: it answers to no name, but rules on all shops read it.
    return frozenset().union(*(shop.trades or _NAMELESS for shop in known if shop is not None))


def _agree(old: UnitFacts, new: UnitFacts) -> bool:
    """Return whether all that was not measured is the same."""
    if old.mark is not None and old.mark is new.mark:
        return True
    return all(_equal(getattr(old, name), getattr(new, name)) for name in _OWN)


def _equal(a: Any, b: Any) -> bool:  # noqa: ANN401 - whatever a fact holds
    return a is b or bool(a == b)
