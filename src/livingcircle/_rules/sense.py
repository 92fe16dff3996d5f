"""Refuse what a requirement asks though it can never be met, or never means anything."""

from collections.abc import Sequence

from livingcircle._rules.counts import TIERS
from livingcircle._rules.fields import Fields
from livingcircle._rules.mixes import CompositeRule
from livingcircle._rules.mixes import VarietyRule
from livingcircle._rules.requirement import Requirement
from livingcircle._rules.sizes import ShareRule
from livingcircle._rules.trade_names import TradeRow


def refuse_nonsense(row: Fields, one: Requirement, sorted_trades: Sequence[TradeRow]) -> None:
    """Report numbers that the trades of a requirement can never reach."""
    rule = one.rule
    if isinstance(rule, VarietyRule):
        _variety(row, one, rule, sorted_trades)
    elif isinstance(rule, CompositeRule):
        for tier, number in rule.kinds:
            _too_many(row, number, _of_tier(tier, sorted_trades), f"{TIERS[tier]}业态")
        for part in rule.parts:
            _too_many(row, part.least, len(part.trades), part.name)
    elif isinstance(rule, ShareRule):
        for tier in rule.tiers:
            if not _of_tier(tier, sorted_trades):
                row.report(f"没有一种业态是{TIERS[tier]}", "先用 [[trade]] 把业态分类")


def _variety(
    row: Fields, one: Requirement, rule: VarietyRule, sorted_trades: Sequence[TradeRow]
) -> None:
    """Report more kinds or groups than there are."""
    strange = [trade for trades in rule.as_one for trade in trades if trade not in one.trades]
    if strange:
        names = "、".join(map(row.names.name, strange))
        row.report(f"“as_one”里的{names}不在这条要求的业态里", "先写进“trades”")
    kinds = {rule.kind_of(trade) for trade in one.trades}
    _too_many(row, rule.kinds, len(kinds), "所列业态")
    groups = {known.group for known in sorted_trades if known.trade in one.trades} - {""}
    if rule.classes > len(groups):
        what = f"要{rule.classes}类，所列业态却只有{len(groups)}类"
        row.report(what, "类别写在 [[trade]] 的“group”里；按种数要求的写“kinds”")


def _too_many(row: Fields, asked: int, there: int, what: str) -> None:
    """Report more kinds than are listed."""
    if asked > there:
        row.report(f"要{asked}种，{what}却只有{there}种", "补全业态，或改小种数")


def _of_tier(tier: str, sorted_trades: Sequence[TradeRow]) -> int:
    """Return how many trades a pack sorts into a tier."""
    return sum(one.tier == tier for one in sorted_trades)
