"""Read which trades a requirement is about, how much each counts, and call them by name."""

import re
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from livingcircle._rules.counts import TIERS
from livingcircle._rules.fields import Fields
from livingcircle._rules.naming import read_trades
from livingcircle._rules.naming import trade_codes
from livingcircle._rules.trade_names import TradeNames
from livingcircle._rules.trade_names import TradeRow
from livingcircle._rules.wording import number_words

# So many names make a sentence; of more, the first few.
_MANY: Final = 6
_FEW: Final = 3
_BRACKETS: Final = re.compile(r"[（(][^（）()]*[）)]")


@dataclass(frozen=True)
class Asked:
    """Hold the trades a requirement is about, and how the pack names them.

    Attributes
    ----------
    trades
        All of them.
    named, tiers, groups, excepted
        Those named beside the tiers and groups asked for, and what was taken out of these.
    tried
        True where the pack names some, even if none is known.
    """

    trades: tuple[str, ...]
    named: tuple[str, ...]
    tiers: tuple[str, ...]
    groups: tuple[str, ...]
    excepted: tuple[str, ...]
    tried: bool

    def subject(self, names: TradeNames, shape: str, title: str, *, every: bool) -> str:
        """Return what the requirement is about, in words."""
        if not self.trades:
            return "社区商业网点"
        if (self.tiers or self.groups) and (len(self.trades) > 1 or shape == "variety"):
            kinds = [*(TIERS[tier] for tier in self.tiers), *self.groups]
            words = "、".join([f"{'、'.join(kinds)}业态", *map(names.name, self.named)])
            out = "、".join(map(names.name, self.excepted))
            return f"{words}（{out}除外）" if out else words
        called = distinct([names.name(trade) for trade in self.trades])
        if len(called) > _MANY:
            return title or f"{'、'.join(called[:_FEW])}等{len(called)}种业态"
        if shape == "variety" or (every and shape != "reach"):
            return "、".join(called)
        return ("和" if every else "或").join(called)


def read_asked(row: Fields, sorted_trades: Sequence[TradeRow]) -> Asked:
    """Read the trades a requirement names one by one, by tier or by group."""
    named = read_trades(row, "trades")
    tiers, groups = row.choices("tiers", TIERS), row.texts("groups")
    known = {one.group for one in sorted_trades}
    for group in groups:
        if group not in known:
            row.report(f"没有类别“{group}”", f"可用的类别：{'、'.join(sorted(known - {''}))}")
    excepted = read_trades(row, "except")
    of_kinds = [one.trade for one in sorted_trades if one.tier in tiers or one.group in groups]
    trades = dict.fromkeys([*named, *of_kinds])
    return Asked(
        trades=tuple(trade for trade in trades if trade and trade not in excepted),
        named=tuple(trade for trade in named if trade not in of_kinds),
        tiers=tiers,
        groups=groups,
        excepted=tuple(trade for trade in excepted if trade in trades),
        tried=any(row.has(key) for key in ("trades", "tiers", "groups")),
    )


def distinct(names: Iterable[str]) -> list[str]:
    """Return names once each, those left out that are part of another.

    A pack that calls one trade “菜市场或生鲜超市” has said 生鲜超市 already.
    """
    once = list(dict.fromkeys(names))
    parts = [re.split("[或、和]", _BRACKETS.sub("", name)) for name in once]
    told = {part for several in parts if len(several) > 1 for part in several}
    return [
        name
        for name, several in zip(once, parts, strict=True)
        if len(several) > 1 or several[0] not in told
    ]


def read_weights(row: Fields, asked: Asked) -> tuple[tuple[str, float], ...]:
    """Read ``weights = { vegetable_shop = 0.5 }``: what an outlet of a trade counts."""
    inner = row.table("weights")
    if inner is None:
        return ()
    weights: dict[str, float] = {}
    for word in list(inner.values):
        weight = inner.number(word, required=True, most=100.0)
        if weight == 0:
            inner.report(f"“{word}”写成了0", "写一家算几家，例如 0.5；不算的从“trades”里删去")
        for trade in trade_codes(inner, (word,)):
            weights[trade] = weight or 1.0
            if trade not in asked.trades:
                called = row.names.name(trade)
                inner.report(f"“{called}”不在这条要求的业态里", "先写进“trades”")
    if row.raw("match") in ("all", "全部"):
        row.report('“weights”和 match = "all" 不能同时写', "每种都要够时谁也不能代替谁，删去一个")
    if asked.trades and set(asked.trades) <= set(weights):
        row.report("“weights”给每种业态都写了折算", "至少留一种业态按一家算一家")
    return tuple(weights.items())


def weight_words(weights: Sequence[tuple[str, float]], asked: Asked, names: TradeNames) -> str:
    """Say how trades stand in for each other: ``1个菜市场可由2个菜店代替``."""
    weighed = dict(weights)
    whole = "或".join(distinct(names.name(one) for one in asked.trades if one not in weighed))
    said = []
    for trade, weight in weighed.items():
        called, instead = names.name(trade), round(1 / weight, 6)
        if instead >= 1 and instead == int(instead):
            said.append(f"1个{whole}可由{number_words(instead)}个{called}代替")
        else:
            said.append(f"1个{called}算{number_words(weight)}个")
    return "，".join(said)
