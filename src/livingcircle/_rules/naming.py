"""Turn trades as a pack names them, by code or in Chinese, into codes."""

from collections.abc import Iterable

from livingcircle._rules.fields import Fields
from livingcircle._rules.fields import list_words
from livingcircle._trade_words import split
from livingcircle.trades import TRADES
from livingcircle.trades import match_names
from livingcircle.trades import suggest


def read_trades(fields: Fields, key: str) -> tuple[str, ...]:
    """Read a list of trades written as codes or Chinese names, each once."""
    return trade_codes(fields, fields.texts(key))


def trade_codes(fields: Fields, words: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of trades, reporting every word that names none.

    What the pack itself calls a trade goes first: its “社区超市（便利店）” may be a 便利店.
    """
    codes: list[str] = []
    for word in words:
        whole = (word,) if word in TRADES else fields.names.named(word)
        parts = [] if whole else split(word)
        if not any(fields.names.named(part) for part in parts):
            parts = [] if whole else [word]
        codes += whole
        for part in parts:
            codes += fields.names.named(part) or _of_catalogue(fields, part)
    return tuple(dict.fromkeys(codes))


def _of_catalogue(fields: Fields, word: str) -> tuple[str, ...]:
    """Return the catalogue's trades of a word, reporting what names none."""
    match = match_names(word)
    for stranger in match.unmatched or (() if match.codes else (word,)):
        near = list_words(f"“{name}”" for name in suggest(stranger))
        hint = f"可能想写{near}；" if near else ""
        remedy = f"{hint}写业态目录里的代码或名称；目录里没有的，先用 [[trade]] 另立"
        fields.report(f"不认识业态“{stranger}”", remedy)
    return match.codes


def names_of(fields: Fields, trades: Iterable[str], joint: str = "、") -> str:
    """Join what the pack calls trades."""
    return joint.join(dict.fromkeys(fields.names.name(trade) for trade in trades))
