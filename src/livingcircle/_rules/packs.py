"""Read a standard pack: every key known, every mistake told at once."""

import difflib
import hashlib
from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from typing import Final

from livingcircle._rules.applies import KINDS
from livingcircle._rules.applies import SUBTYPES
from livingcircle._rules.applies import Applies
from livingcircle._rules.asked import Asked
from livingcircle._rules.asked import read_asked
from livingcircle._rules.asked import read_weights
from livingcircle._rules.asked import weight_words
from livingcircle._rules.conditions import Where
from livingcircle._rules.counts import TIERS
from livingcircle._rules.counts import Rule
from livingcircle._rules.defaults import LEVEL_WORDS
from livingcircle._rules.defaults import LEVELS
from livingcircle._rules.defaults import SHARINGS
from livingcircle._rules.defaults import Defaults
from livingcircle._rules.fields import Fields
from livingcircle._rules.linking import link
from livingcircle._rules.naming import trade_codes
from livingcircle._rules.requirement import SEVERITIES
from livingcircle._rules.requirement import Requirement
from livingcircle._rules.requirement import Standard
from livingcircle._rules.sense import refuse_nonsense
from livingcircle._rules.shapes import MEANT_FOR
from livingcircle._rules.shapes import SHAPE_NAMES
from livingcircle._rules.shapes import SHAPES
from livingcircle._rules.toml_text import read_toml
from livingcircle._rules.trade_names import OWN_CODE
from livingcircle._rules.trade_names import TradeNames
from livingcircle._rules.trade_names import TradeRow
from livingcircle.errors import StandardError
from livingcircle.trades import TRADES
from livingcircle.trades import match_names

MATCHES: Final = {"any": "任一", "all": "全部"}


def parse_pack(content: bytes, label: str) -> tuple[Standard | None, list[StandardError]]:
    """Return the standard in a pack with everything that is wrong with it."""
    values, unreadable = read_toml(content, label)
    if values is None:
        return None, unreadable
    problems: list[StandardError] = []
    top = Fields(values, label, problems)
    head = top.table("standard") or Fields({}, f"{label}的“standard”", problems)
    defaults = Defaults.parse(top.table("defaults") or Fields({}, label, problems))
    words = _Words(
        {**KINDS, **_words(head, "kinds")}, {**SUBTYPES, **_words(head, "subtypes")}, defaults
    )
    trades = _trade_rows(top, label)
    top.names = TradeNames(trades)
    rows = top.tables("requirement")
    requirements = link(
        [r for row in rows for r in _requirements(row, label, words, trades, head)], top
    )
    _refuse_twins(requirements, trades, top)
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


def _trade_rows(top: Fields, label: str) -> tuple[TradeRow, ...]:
    """Read every ``[[trade]]``; a wider trade may be one that is defined further down."""
    rows = [(row, _trade_row(row, label)) for row in top.tables("trade")]
    names = TradeNames(tuple(read for _, read in rows))
    settled = []
    for row, read in rows:
        wider = names.find(read.broader)[:1] if read.broader else ()
        if read.broader and not wider:
            row.report(f"不认识“broader”里的业态“{read.broader}”", "写业态目录里的代码或名称")
        settled.append(replace(read, broader="".join(wider)))
    return tuple(settled)


def _trade_row(row: Fields, label: str) -> TradeRow:
    """Read one ``[[trade]]``."""
    written = row.text("trade")
    row.where = f"{label}，业态“{written}”"
    name, aliases = row.text("name", ""), row.texts("aliases")
    broader = row.text("broader", "")
    trade = _trade_code(row, written, (name, *aliases)) if written else ""
    if broader and trade in TRADES:
        row.report("目录里的业态不用写“broader”", "删去它；只有自己另立的业态才写")
    read = TradeRow(
        trade=trade,
        name=name or (TRADES[trade].name if trade in TRADES else trade),
        tier=row.choice("tier", TIERS),
        group=row.text("group", ""),
        level=row.choice("level", LEVELS, "circle", LEVEL_WORDS),
        aliases=aliases,
        broader=broader,
    )
    row.close()
    return read


def _trade_code(row: Fields, written: str, words: tuple[str, ...]) -> str:
    """Return the code of a ``[[trade]]``: the catalogue's, or one of the pack's own."""
    own = OWN_CODE.fullmatch(written) and written not in TRADES and not match_names(written).codes
    if not own:
        codes = trade_codes(row, (written,))
        if len(codes) > 1:
            row.report(f"“{written}”是{len(codes)}种业态", "一个 [[trade]] 写一种业态")
        return codes[0] if codes else ""
    if not words[0]:
        near = difflib.get_close_matches(written, list(TRADES), n=1)
        hint = f"可能想写“{near[0]}”；" if near else ""
        remedy = f"{hint}要另立目录里没有的业态，补上中文名称“name”"
        row.report(f"业态目录里没有代码“{written}”", remedy)
    official = [trade for trade in match_names(words[0]).codes if TRADES[trade].name == words[0]]
    if official:
        remedy = f'不用另立，写 trade = "{official[0]}"，name 写本方案的叫法'
        row.report(f"“{words[0]}”已经是目录里的业态", remedy)
    return written


def _requirements(
    row: Fields, label: str, words: _Words, sorted_trades: tuple[TradeRow, ...], head: Fields
) -> list[Requirement]:
    """Read one ``[[requirement]]``; with ``each = true`` it stands for one a trade."""
    name = row.text("id")
    row.where = f"{label}，配置要求“{name}”"
    shape = SHAPES.get(row.choice("rule", SHAPE_NAMES))
    if shape is None:
        return []  # which keys belong here cannot be told before the rule is
    told = len(row.problems)
    asked = read_asked(row, sorted_trades)
    each = bool(row.flag("each", default=False))
    if (shape.needs_trades or each) and not asked.trades:
        if not asked.tried:
            row.report("缺少“trades”", '写业态代码或名称，例如 trades = ["药店"]')
        elif len(row.problems) == told:
            row.report("这样选，一种业态也没有", "先用 [[trade]] 把业态分类，或直接写“trades”")
    _refuse_idle_keys(row, shape)
    one = _requirement(row, name, shape, asked, words, head)
    if len(row.problems) == told and not each:
        refuse_nonsense(row, one, sorted_trades)
    row.close()
    if not each:
        return [one]
    called = {trade: row.names.name(trade) for trade in one.trades}
    own = row.text("subject", "")
    return [
        replace(
            one,
            id=f"{name}.{trade}",
            trades=(trade,),
            every=False,
            subject=f"{own}（{called[trade]}）" if own else called[trade],
        )
        for trade in one.trades
    ]


def _refuse_idle_keys(row: Fields, shape: type[Rule]) -> None:
    """Report general keys that this shape of rule would not look at."""
    for key, shapes in MEANT_FOR.items():
        if row.has(key) and shape.name not in shapes:
            fitting = "、".join(name for name in SHAPE_NAMES if name in shapes)
            row.report(f"“{key}”对规则“{shape.name}”不起作用", f"删去它；它只用于：{fitting}")


def _requirement(
    row: Fields, name: str, shape: type[Rule], asked: Asked, words: _Words, head: Fields
) -> Requirement:
    """Read everything of a requirement but its number."""
    where, applies = row.table("where"), row.table("applies")
    day, every = row.day, row.choice("match", MATCHES, "any") == "all"
    title, weights = row.text("title", ""), read_weights(row, asked)
    return Requirement(
        id=name,
        title=title,
        level=row.choice("level", LEVELS, "circle", LEVEL_WORDS),
        rule=shape.parse(row, words.defaults),
        trades=asked.trades,
        every=every,
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
        subject=row.text("subject", "") or asked.subject(row.names, shape.name, title, every=every),
        weights=weights,
        weight_words=weight_words(weights, asked, row.names),
    )


def _refuse_twins(
    requirements: Iterable[Requirement], trades: Iterable[TradeRow], top: Fields
) -> None:
    """Report ids and trades that occur twice, and a pack that requires nothing."""
    ids = Counter(one.id for one in requirements)
    for name in (name for name, times in ids.items() if times > 1):
        top.report(f"要求编号“{name}”重复", "给每条要求不同的编号")
    rows = Counter(row.trade for row in trades if row.trade)
    for trade in (trade for trade, times in rows.items() if times > 1):
        remedy = "每种业态只写一个 [[trade]]，删去多余的"
        top.report(f"业态“{top.names.name(trade)}”（{trade}）写了不止一次", remedy)
    if not ids and not top.problems:
        top.report("没有任何配置要求", "至少写一个 [[requirement]]")
