"""Know the trades as one pack calls them, and those it adds to the catalogue."""

import re
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Final

from livingcircle._trade_words import key
from livingcircle._trade_words import without_end
from livingcircle.trades import TRADES
from livingcircle.trades import match_names
from livingcircle.trades import with_broader

# How the code of a trade of one's own is written: shared_study.
OWN_CODE: Final = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class TradeRow:
    """Say how a standard sorts one trade, and what it calls it.

    ``aliases`` and ``broader`` are those the pack states, not the catalogue's.
    """

    trade: str
    name: str
    tier: str
    group: str
    level: str
    aliases: tuple[str, ...] = ()
    broader: str = ""


@dataclass(frozen=True)
class TradeNames:
    """Find trades by what a pack calls them, before the catalogue is asked."""

    rows: tuple[TradeRow, ...] = ()

    @cached_property
    def _rows(self) -> Mapping[str, TradeRow]:
        """Return the rows by trade."""
        return MappingProxyType({row.trade: row for row in self.rows})

    @cached_property
    def _called(self) -> Mapping[str, tuple[str, ...]]:
        """Return the trades by every word the pack has for them."""
        found: dict[str, dict[str, None]] = {}
        for row in self.rows:
            for word in (row.name, *row.aliases):
                for form in (key(word), without_end(key(word))):
                    if form:
                        found.setdefault(form, {})[row.trade] = None
        return MappingProxyType({word: tuple(codes) for word, codes in found.items()})

    def named(self, word: str) -> tuple[str, ...]:
        """Return the trades the pack calls so; none where only the catalogue may know."""
        if word in self._rows:
            return (word,)
        plain = key(word)
        return self._called.get(plain) or self._called.get(without_end(plain), ())

    @cached_property
    def own(self) -> tuple[TradeRow, ...]:
        """Return the trades that the catalogue does not have."""
        return tuple(row for row in self.rows if row.trade and row.trade not in TRADES)

    def find(self, word: str) -> tuple[str, ...]:
        """Return the trades of one word: a code, the pack's word for it, or the catalogue's."""
        return (word,) if word in TRADES else self.named(word) or match_names(word).codes

    def name(self, trade: str) -> str:
        """Return what the pack calls a trade, else the catalogue's name."""
        row = self._rows.get(trade)
        if row is not None and row.name:
            return row.name
        return TRADES[trade].name if trade in TRADES else trade

    def wider(self, trades: Iterable[str]) -> tuple[str, ...]:
        """Add to trades the wider ones they also serve, by the pack and by the catalogue."""
        found: dict[str, None] = {}
        waiting = list(trades)
        while waiting:
            trade = waiting.pop(0)
            if trade in found:
                continue
            found[trade] = None
            row = self._rows.get(trade)
            waiting += [*with_broader([trade])[1:], *([row.broader] if row and row.broader else [])]
        return tuple(found)

    @cached_property
    def _implied(self) -> Mapping[str, frozenset[str]]:
        """Return the wider trades that each trade has."""
        return MappingProxyType(
            {trade: frozenset(self.wider([trade])[1:]) for trade in (*TRADES, *self._rows)}
        )

    def narrower(self, trade: str, among: Iterable[str]) -> frozenset[str]:
        """Return which of some trades a trade is the wider one of."""
        nothing: frozenset[str] = frozenset()
        return frozenset(one for one in among if trade in self._implied.get(one, nothing))

    def narrowest(self, held: frozenset[str], among: frozenset[str]) -> frozenset[str]:
        """Return which of some trades a shop stands for, those left out that follow from others.

        A 菜市场 is a 菜篮子 as well, but it is not two kinds of shop.
        """
        asked, nothing = held & among, frozenset[str]()
        return asked.difference(*(self._implied.get(trade, nothing) for trade in asked))
