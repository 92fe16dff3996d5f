"""Read a standard pack: every key known, every mistake told at once."""

import hashlib
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from typing import Final

from livingcircle._rules.conditions import KINDS
from livingcircle._rules.conditions import SUBTYPES
from livingcircle._rules.conditions import Applies
from livingcircle._rules.conditions import Where
from livingcircle._rules.counts import TIERS
from livingcircle._rules.counts import CompositeRule
from livingcircle._rules.counts import CountRule
from livingcircle._rules.counts import LadderRule
from livingcircle._rules.counts import ProhibitedRule
from livingcircle._rules.counts import ReachRule
from livingcircle._rules.counts import Rule
from livingcircle._rules.counts import SeparationRule
from livingcircle._rules.counts import VarietyRule
from livingcircle._rules.defaults import LEVELS
from livingcircle._rules.defaults import SHARINGS
from livingcircle._rules.defaults import Defaults
from livingcircle._rules.fields import Fields
from livingcircle._rules.plans import GradeShareRule
from livingcircle._rules.plans import QualitativeRule
from livingcircle._rules.plans import TargetRule
from livingcircle._rules.plans import TextRule
from livingcircle._rules.requirement import SEVERITIES
from livingcircle._rules.requirement import Requirement
from livingcircle._rules.requirement import Standard
from livingcircle._rules.requirement import TradeRow
from livingcircle._rules.sizes import AreaRule
from livingcircle._rules.sizes import FloorShareRule
from livingcircle._rules.sizes import MeasureRule
from livingcircle._rules.sizes import ShareRule
from livingcircle._rules.sizes import SiteAreaRule
from livingcircle.errors import StandardError
from livingcircle.trades import TRADES
from livingcircle.trades import match_names

SHAPES: Final[Mapping[str, type[Rule]]] = {
    shape.name: shape
    for shape in (
        CountRule,
        LadderRule,
        ReachRule,
        VarietyRule,
        ProhibitedRule,
        SeparationRule,
        CompositeRule,
        AreaRule,
        SiteAreaRule,
        FloorShareRule,
        ShareRule,
        MeasureRule,
        GradeShareRule,
        TargetRule,
        QualitativeRule,
        TextRule,
    )
}
MATCHES: Final = {"any": "任一", "all": "全部"}


def parse_pack(content: bytes, label: str) -> tuple[Standard | None, list[StandardError]]:
    """Return the standard in a pack with everything that is wrong with it."""
    try:
        values = tomllib.loads(content.decode("utf-8"))
    except UnicodeDecodeError:
        return None, [StandardError("不是 UTF-8 文本", where=label, remedy="另存为 UTF-8 编码")]
    except tomllib.TOMLDecodeError as problem:
        remedy = "按提示的行列改正；文字要加引号，日期写成 2025-12-31"
        return None, [StandardError(f"写法不对（{problem}）", where=label, remedy=remedy)]
    problems: list[StandardError] = []
    top = Fields(values, label, problems)
    head = top.table("standard") or Fields({}, f"{label}的“standard”", problems)
    defaults = Defaults.parse(top.table("defaults") or Fields({}, label, problems))
    words = _Words(
        {**KINDS, **_words(head, "kinds")}, {**SUBTYPES, **_words(head, "subtypes")}, defaults
    )
    trades = tuple(_trade_row(row, label) for row in top.tables("trade"))
    rows = top.tables("requirement")
    requirements = [r for row in rows for r in _requirements(row, label, words, trades, head)]
    _refuse_twins(requirements, top)
    standard = _standard(head, defaults, trades, requirements, content)
    top.close()
    return standard, problems


@dataclass(frozen=True)
class _Words:
    """Hold the words a pack may use for kinds and subtypes, and its parameters."""

    kinds: Mapping[str, str]
    subtypes: Mapping[str, str]
    defaults: Defaults


def _words(head: Fields, key: str) -> dict[str, str]:
    """Read further circle kinds or subtypes that a city has of its own."""
    inner = head.table(key)
    if inner is None:
        return {}
    return {code: inner.text(code) for code in list(inner.values)}


def _standard(
    head: Fields,
    defaults: Defaults,
    trades: tuple[TradeRow, ...],
    requirements: Iterable[Requirement],
    content: bytes,
) -> Standard:
    """Read the header and put the standard together."""
    standard = Standard(
        id=head.text("id"),
        title=head.text("title"),
        document=head.text("document", ""),
        issuer=head.text("issuer", ""),
        issued=head.text("issued", ""),
        status=head.text("status", ""),
        valid_from=head.day("valid_from"),
        valid_to=head.day("valid_to"),
        replaces=head.text("replaces", ""),
        note=head.text("note", ""),
        defaults=defaults,
        trades=trades,
        requirements=tuple(requirements),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    head.close()
    return standard


def _trade_row(row: Fields, label: str) -> TradeRow:
    """Read one ``[[trade]]``."""
    code = row.text("trade")
    row.where = f"{label}，业态“{code}”"
    codes = _codes(row, (code,)) if code else ()
    trade = codes[0] if codes else ""
    read = TradeRow(
        trade=trade,
        name=row.text("name", TRADES[trade].name if trade else ""),
        tier=row.choice("tier", TIERS),
        group=row.text("group", ""),
        level=row.choice("level", LEVELS, "circle"),
    )
    row.close()
    return read


def _codes(row: Fields, words: Iterable[str]) -> tuple[str, ...]:
    """Return trade codes for codes or Chinese names, reporting what nobody knows."""
    codes: list[str] = []
    for word in words:
        found = (word,) if word in TRADES else match_names(word).codes
        if not found:
            row.report(f"不认识业态“{word}”", "写业态目录（docs/glossary.md）里的代码或名称")
        codes += [code for code in found if code not in codes]
    return tuple(codes)


def _requirements(
    row: Fields, label: str, words: _Words, sorted_trades: tuple[TradeRow, ...], head: Fields
) -> list[Requirement]:
    """Read one ``[[requirement]]``; with ``each = true`` it stands for one a trade."""
    name = row.text("id")
    row.where = f"{label}，配置要求“{name}”"
    shape = row.choice("rule", {key: key for key in SHAPES})
    trades = _asked_trades(row, sorted_trades)
    each = bool(row.flag("each", default=False))
    if SHAPES.get(shape, TextRule).needs_trades and not trades:
        row.report("缺少“trades”", '写业态代码或名称，例如 trades = ["药店"]')
    one = _requirement(row, name, SHAPES.get(shape, TextRule), trades, words, head)
    row.close()
    named = {sorted_.trade: sorted_.name for sorted_ in sorted_trades}
    one = replace(one, subject=one.subject or _subject(one, named))
    if not each:
        return [one]
    return [
        replace(one, id=f"{name}.{trade}", trades=(trade,), subject=named.get(trade, _name(trade)))
        for trade in trades
    ]


def _asked_trades(row: Fields, sorted_trades: tuple[TradeRow, ...]) -> tuple[str, ...]:
    """Return the trades a requirement names one by one, by tier or by group."""
    codes = list(_codes(row, row.texts("trades")))
    tiers, groups = row.choices("tiers", TIERS), row.texts("groups")
    known = {one.group for one in sorted_trades}
    for group in groups:
        if group not in known:
            row.report(f"没有类别“{group}”", f"可用的类别：{'、'.join(sorted(known - {''}))}")
    excepted = set(_codes(row, row.texts("except")))
    for one in sorted_trades:
        if (one.tier in tiers or one.group in groups) and one.trade not in codes:
            codes.append(one.trade)
    return tuple(code for code in codes if code not in excepted)


def _name(trade: str) -> str:
    """Return the catalogue's name of a trade."""
    return TRADES[trade].name if trade in TRADES else trade


def _subject(one: Requirement, named: Mapping[str, str]) -> str:
    """Return what a requirement is about, in words."""
    many = 6
    if not one.trades:
        return "社区商业网点"
    joint = "和" if one.every else "或"
    names = [named.get(trade, _name(trade)) for trade in one.trades]
    if len(names) > many:
        return f"{one.title or '所列业态'}"
    return joint.join(names)


def _requirement(
    row: Fields, name: str, shape: type[Rule], trades: tuple[str, ...], words: _Words, head: Fields
) -> Requirement:
    """Read everything of a requirement but its number."""
    where, applies = row.table("where"), row.table("applies")
    day = row.day
    return Requirement(
        id=name,
        title=row.text("title", ""),
        level=row.choice("level", LEVELS, "circle"),
        rule=shape.parse(row, words.defaults),
        trades=trades,
        every=row.choice("match", MATCHES, "any") == "all",
        where=Where.parse(where) if where else Where(),
        applies=Applies.parse(applies, words.kinds, words.subtypes) if applies else Applies(),
        severity=row.choice("severity", SEVERITIES, "must"),
        priority=row.count("priority", 1),
        sharing=row.choice("sharing", SHARINGS, ""),
        online_substitute=bool(row.flag("online_substitute", default=False)),
        count_mobile=bool(row.flag("count_mobile", default=words.defaults.count_mobile)),
        document=row.text("document", head.text("document", "")),
        clause=row.text("clause", ""),
        valid_from=day("valid_from"),
        valid_to=day("valid_to"),
        text=row.text("text", ""),
        explanation=row.text("explanation", ""),
        subject=row.text("subject", ""),
    )


def _refuse_twins(requirements: Iterable[Requirement], top: Fields) -> None:
    """Report requirement ids that occur twice."""
    seen: set[str] = set()
    for one in requirements:
        if one.id in seen:
            top.report(f"要求编号“{one.id}”重复", "给每条要求不同的编号")
        seen.add(one.id)
