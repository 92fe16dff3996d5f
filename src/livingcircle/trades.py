"""Know the trades (业态): their names, the words people use for them, and foreign codes for them.

The catalogue is data, in ``trades.toml`` beside this file. A ledger's own words are resolved by
:func:`match_names`; OpenStreetMap tags, GB/T 4754 classes, vendors' categories and shop names
each have their own door. None of them guesses: what no rule proves comes back empty, and the
outlet goes to a person for review.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any

from livingcircle import _trade_words as words
from livingcircle.errors import InputError

_NOT_OUTLETS = "_not_outlets"
# Tags that say "a shop" or "food" and no more; there, and only there, the name may say the rest.
_NAMED_BY_NAME = frozenset(
    {
        *(("shop", value) for value in ("yes", "kiosk", "general", "food", "farm")),
        *(("amenity", value) for value in ("marketplace", "restaurant", "fast_food", "canteen")),
        *(("amenity", value) for value in ("clinic", "doctors", "dentist", "social_facility")),
    }
)
Pair = tuple[str, str]
OsmRule = tuple[int, str, tuple[Pair, ...]]


@dataclass(frozen=True)
class Trade:
    """Describe one trade of the catalogue.

    Attributes
    ----------
    code, name
        The identifier and the official short Chinese name.
    broader
        Code of a wider trade that an outlet of this one also serves; empty for none.
    aliases, osm, gbt4754, vendor, names, not_names, not_with
        How the trade is recognised; see the head of ``trades.toml``.
    """

    code: str
    name: str
    broader: str = ""
    aliases: tuple[str, ...] = ()
    osm: tuple[str, ...] = ()
    gbt4754: tuple[str, ...] = ()
    vendor: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    not_names: tuple[str, ...] = ()
    not_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """Hold what a written list of trades was found to mean.

    Attributes
    ----------
    codes
        Trades in the order written, each once.
    unmatched
        The words that name no trade here; they go to review, never away.
    suggestions
        For each of those words the names of the nearest trades, possibly none.
    """

    codes: tuple[str, ...]
    unmatched: tuple[str, ...]
    suggestions: Mapping[str, tuple[str, ...]]


def trade_name(code: str) -> str:
    """Return the official Chinese name of a trade.

    Raises
    ------
    InputError
        When the catalogue has no such trade.
    """
    trade = TRADES.get(code)
    if trade is None:
        what = f"业态目录里没有代码“{code}”"
        near = difflib.get_close_matches(code, list(TRADES), n=1)
        remedy = f"是不是“{near[0]}”？" if near else "在 docs/glossary.md 的业态目录里查代码"
        raise InputError(what, remedy=remedy)
    return trade.name


def match_names(text: str) -> Match:
    """Resolve a cell such as ``"便利店、早餐"`` into trades, one shop possibly having several.

    A word is known by its name, an alias or a code, after NFKC, without spaces and punctuation,
    and with or without 店/点/铺 at the end. Words not known stay in ``unmatched``.
    """
    codes: list[str] = []
    unmatched: list[str] = []
    parts = words.split(text)
    start = 0
    while start < len(parts):
        found, end = _longest_run(parts, start)
        if not found:
            found, left = _of_part(parts[start])
            unmatched.extend(left)
        codes.extend(found)
        start = end
    review = tuple(dict.fromkeys(unmatched))
    hints = MappingProxyType({word: suggest(word) for word in review})
    return Match(tuple(dict.fromkeys(codes)), review, hints)


def suggest(word: str, *, most: int = 3) -> tuple[str, ...]:
    """Name the trades nearest to a word that is not in the catalogue, best first."""
    key = words.key(word)
    if not key:
        return ()
    inside = sorted((alias for alias in _WORDS if len(alias) > 1 and alias in key), key=len)
    near = difflib.get_close_matches(key, list(_WORDS), n=most, cutoff=0.5)
    by_name = from_shop_name(word)
    codes = [*by_name, *(code for alias in [*inside[::-1], *near] for code in _WORDS[alias])]
    return tuple(TRADES[code].name for code in dict.fromkeys(codes))[:most]


def from_osm_tags(tags: Mapping[str, str]) -> tuple[str, ...]:
    """Return the trades that OpenStreetMap tags prove; often none, sometimes several.

    ``amenity=fast_food`` is food, not breakfast. Where the tag only says "a shop", "a market" or
    "a clinic", the name is asked as well.
    """
    held = {key: tags[key] for key in _OSM_KEYS & tags.keys()}
    values = {key: {one.strip() for one in value.split(";")} for key, value in held.items()}
    pairs = [(key, one) for key, given in values.items() for one in (*given, "*")]
    fits = {
        (rank, code)
        for pair in pairs
        for rank, code, conditions in _OSM_RULES.get(pair, ())
        if all(_holds(condition, values) for condition in conditions)
    }
    codes = [code for _, code in sorted(fits)]
    if not _NAMED_BY_NAME.isdisjoint(pairs):
        codes.extend(from_shop_name(tags.get("name:zh") or tags.get("name", "")))
    return tuple(dict.fromkeys(codes))


def from_gbt4754(code: str) -> tuple[str, ...]:
    """Return the trades of a class of GB/T 4754-2017, e.g. ``"5213"`` or ``"F5213"``.

    A first guess for imports from the business register: a class of several trades gives all of
    them, and breakfast, 物业 hours or parcel lockers have no class at all.
    """
    digits = re.sub(r"\D", "", words.plain(code))
    fits = {
        (len(known), trade.code)
        for trade in TRADES.values()
        for known in trade.gbt4754
        if digits.startswith(known)
    }
    longest = max((length for length, _ in fits), default=0)
    return tuple(code for code in TRADES if (longest, code) in fits)


def from_vendor(category: str, name: str = "") -> tuple[str, ...]:
    """Return the trades of a map vendor's category (百度, 高德), helped by the shop's name.

    A category that is no outlet at all (停车场, 住宅区, 公司) stops the name from being asked:
    “华润超市停车场” is a car park.
    """
    for part in words.category_parts(category):
        if part in _NOT_OUTLET_WORDS:
            return ()
        if part in _VENDOR_WORDS:
            told = _VENDOR_WORDS[part]
            more = (c for c in from_shop_name(name) if not set(TRADES[c].not_with) & set(told))
            return tuple(dict.fromkeys((*told, *more)))
    return from_shop_name(name)


def from_shop_name(name: str) -> tuple[str, ...]:
    """Return the trades that a shop's name tells: “…大药房” a pharmacy, “…菜鸟驿站” parcels.

    What stands in brackets for the branch (“(邮局店)”) and before 对面 or 旁 is where the shop
    is, not what it is.
    """
    whole = words.without_branch(name, is_trade=lambda word: bool(_codes_of(word)))
    text = words.own_part(whole)
    if not text or any(pattern.search(whole) for pattern in _NOT_OUTLET_NAMES):
        return ()
    return _named(words.without_shop_in_brackets(text)) or _named(text)


def _named(text: str) -> tuple[str, ...]:
    return tuple(
        code
        for code, (wanted, barred) in _NAME_RULES.items()
        if wanted.search(text) and not (barred is not None and barred.search(text))
    )


def with_broader(codes: Iterable[str]) -> tuple[str, ...]:
    """Add to the trades the wider ones they also serve: a 菜市场 is a 菜篮子 as well."""
    found: dict[str, None] = {}
    for code in codes:
        step = code
        while step and step not in found:
            found[step] = None
            step = TRADES[step].broader if step in TRADES else ""
    return tuple(found)


def _longest_run(parts: list[str], start: int) -> tuple[tuple[str, ...], int]:
    """Match as many parts together as name one trade: “婴幼儿、儿童用品店” is a single word."""
    for end in range(len(parts), start + 1, -1):
        found = _WORDS_WITH_SEPARATORS.get(words.key("".join(parts[start:end])))
        if found:
            return found, end
    return (), start + 1


def _of_part(part: str) -> tuple[tuple[str, ...], list[str]]:
    """Resolve one part of a list: whole, or split at spaces, dots and dashes that hide a list."""
    pieces = words.split_loosely(part)
    answers = [_exact(part)] if len(pieces) == 1 or _exact(part) else list(map(_of_piece, pieces))
    if len(answers) == 1 or not any(answers):
        codes = _of_piece(part)
        return codes, [] if codes else [part]
    left = [piece for piece, codes in zip(pieces, answers, strict=True) if not codes]
    return tuple(code for codes in answers for code in codes), left


def _of_piece(piece: str) -> tuple[str, ...]:
    dashed = [_codes_of(one) for one in words.split_dashes(piece)]
    whole = _codes_of(piece)
    return whole if whole or not all(dashed) else tuple(code for codes in dashed for code in codes)


def _codes_of(word: str) -> tuple[str, ...]:
    """Look a word up: whole, then without its end, then head and brackets apart."""
    found = _exact(word)
    if found:
        return found
    head, notes, adds = words.brackets(word)
    if not notes:
        return ()
    of_notes = tuple(code for note in notes for code in _codes_of(note))
    of_head = _codes_of(head)
    if adds:
        return tuple(dict.fromkeys((*of_head, *of_notes))) if of_head else ()
    return of_head or tuple(dict.fromkeys(of_notes))


def _exact(word: str) -> tuple[str, ...]:
    key = words.key(word)
    return _WORDS.get(key) or _WORDS_WITHOUT_END.get(words.without_end(key)) or ()


def _holds(condition: Pair, held: Mapping[str, set[str]]) -> bool:
    key, value = condition
    given = held.get(key, set())
    return value in given or (value == "*" and bool(given - {"no"}))


def _by_condition(trades: Mapping[str, Trade]) -> Mapping[Pair, tuple[OsmRule, ...]]:
    """File every OpenStreetMap rule under its first condition: thousands of tags ask thousands."""
    filed: dict[Pair, list[OsmRule]] = {}
    for rank, (code, trade) in enumerate(trades.items()):
        for rule in trade.osm:
            conditions = tuple(_pair(condition) for condition in rule.split("&"))
            filed.setdefault(conditions[0], []).append((rank, code, conditions))
    return MappingProxyType({first: tuple(rules) for first, rules in filed.items()})


def _pair(condition: str) -> Pair:
    key, _, value = condition.partition("=")
    return key, value


def _read_catalogue() -> tuple[Mapping[str, Trade], Mapping[str, list[str]]]:
    text = resources.files("livingcircle").joinpath("trades.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    not_outlets = tables.pop(_NOT_OUTLETS)
    trades = {code: _trade(code, table) for code, table in tables.items()}
    return MappingProxyType(trades), MappingProxyType(not_outlets)


def _trade(code: str, table: Mapping[str, Any]) -> Trade:
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in table.items()
    }
    return Trade(code=code, **values)


def _index(pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for word, code in pairs:
        if word and code not in found.get(word, ()):
            found[word] = (*found.get(word, ()), code)
    return MappingProxyType(found)


def _either(patterns: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return re.compile(joined) if joined else None


TRADES, _NOT_OUTLET = _read_catalogue()
_OSM_RULES = _by_condition(TRADES)
_OSM_KEYS = frozenset(
    key for rules in _OSM_RULES.values() for _, _, conditions in rules for key, _ in conditions
) | frozenset(key for key, _ in _NAMED_BY_NAME)
_WORDS = _index(
    (words.key(word), trade.code)
    for trade in TRADES.values()
    for word in (trade.code, trade.name, *trade.aliases)
)
_WORDS_WITHOUT_END = _index(
    (words.without_end(word), code) for word, codes in _WORDS.items() for code in codes
)
_WORDS_WITH_SEPARATORS = _index(
    (words.key(word), trade.code)
    for trade in TRADES.values()
    for word in (trade.name, *trade.aliases)
    if len(words.split(word)) > 1
)
_VENDOR_WORDS = _index(
    (words.key(word), trade.code) for trade in TRADES.values() for word in trade.vendor
)
_NOT_OUTLET_WORDS = frozenset(words.key(word) for word in _NOT_OUTLET["vendor"])
_NOT_OUTLET_NAMES = tuple(re.compile(pattern) for pattern in _NOT_OUTLET["names"])
_NAME_RULES = MappingProxyType(
    {
        code: (wanted, _either(trade.not_names))
        for code, trade in TRADES.items()
        if (wanted := _either(trade.names)) is not None
    }
)
