"""Turn trades as a pack names them, by code or in Chinese, into codes of the catalogue."""

from collections.abc import Iterable
from collections.abc import Mapping

from livingcircle._rules.fields import Fields
from livingcircle._rules.fields import list_words
from livingcircle.trades import TRADES
from livingcircle.trades import match_names
from livingcircle.trades import suggest


def read_trades(fields: Fields, key: str) -> tuple[str, ...]:
    """Read a list of trades written as codes or Chinese names, each once."""
    return trade_codes(fields, fields.texts(key))


def trade_codes(fields: Fields, words: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of trades, reporting every word that names none."""
    codes: list[str] = []
    for word in words:
        if word in TRADES:
            codes.append(word)
            continue
        match = match_names(word)
        codes += match.codes
        for stranger in match.unmatched or (() if match.codes else (word,)):
            _report_stranger(fields, stranger)
    return tuple(dict.fromkeys(codes))


def _report_stranger(fields: Fields, word: str) -> None:
    """Report a word that is no trade, with the nearest that are."""
    near = list_words(f"“{name}”" for name in suggest(word))
    hint = f"可能想写{near}；" if near else ""
    fields.report(f"不认识业态“{word}”", f"{hint}写业态目录里的代码或名称")


def name_of(trade: str, named: Mapping[str, str]) -> str:
    """Return what the pack calls a trade, else the catalogue's name."""
    if named.get(trade):
        return named[trade]
    return TRADES[trade].name if trade in TRADES else trade


def names_of(trades: Iterable[str], joint: str = "、") -> str:
    """Join the catalogue's names of trades."""
    return joint.join(name_of(trade, {}) for trade in trades)
