"""Hold a standard as read: how it sorts trades, what it requires, and in whose words."""

from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Final
from typing import Self

from livingcircle._rules.applies import Applies
from livingcircle._rules.conditions import Where
from livingcircle._rules.counts import CountRule
from livingcircle._rules.counts import LadderRule
from livingcircle._rules.counts import Rule
from livingcircle._rules.defaults import SHARINGS
from livingcircle._rules.defaults import Defaults
from livingcircle._rules.facts import PHYSICAL
from livingcircle._rules.facts import TRANSITIONAL
from livingcircle._rules.plans import TextRule
from livingcircle._rules.reaches import ReachRule
from livingcircle._rules.shapes import MEANT_FOR
from livingcircle._rules.sizes import ShareRule
from livingcircle._rules.trade_names import TradeNames
from livingcircle._rules.trade_names import TradeRow
from livingcircle.errors import StandardError

SEVERITIES: Final = {"must": "必须", "should": "应当或鼓励", "info": "参考"}


@dataclass(frozen=True)
class Requirement:
    """Hold one 配置要求 with its rule, its reach and its source.

    Attributes
    ----------
    rule
        What is asked, one of the shapes in ``docs/reference/standard-format.md``.
    trades
        Trade codes it is about; empty where it is about all outlets.
    every
        True where each of the trades is asked for, False where any one will do.
    where, applies
        Conditions on the outlet and on the unit.
    severity
        ``must``, ``should`` or ``info``: only a must makes a gap.
    sharing
        Which outlets count, overriding the pack's default for the level; may be empty.
    online_substitute
        Whether same-day online service may stand in (密云 附件1.1 一 note **).
    count_mobile
        Whether mobile and temporary supply counts.
    weights
        What an outlet of a trade counts, where that is not one.
    text
        The plan's own words.
    """

    id: str
    title: str
    level: str
    rule: Rule
    trades: tuple[str, ...]
    every: bool
    where: Where
    applies: Applies
    severity: str
    priority: int
    sharing: str
    online_substitute: bool
    count_mobile: bool
    document: str
    clause: str
    valid_from: date | None
    valid_to: date | None
    text: str
    explanation: str
    subject: str
    weights: tuple[tuple[str, float], ...] = ()
    weight_words: str = ""

    def stands_for(self, name: str) -> bool:
        """Tell whether an id means this requirement, which may be one of several trades."""
        return self.id == name or self.id.startswith(f"{name}.")

    @cached_property
    def supplies(self) -> frozenset[str]:
        """Return the ways of supply that count; one that a condition names does."""
        named = set(self.where.supply)
        if isinstance(self.rule, ShareRule):
            named |= set(self.rule.having.supply)
        return PHYSICAL | named | (TRANSITIONAL if self.count_mobile else frozenset())

    @property
    def name(self) -> str:
        """Return what the requirement is about in a few words, such as 药店 or 连锁化率."""
        return self.subject if self.trades else self.title or self.subject

    def describe(self) -> str:
        """Return the rule in one Chinese sentence, its conditions included."""
        return self._described

    @cached_property
    def _described(self) -> str:
        """Put the rule into words, once for all the units it is asked of."""
        conditions = self.where.describe()
        subject = f"{self.subject}（{conditions}）" if conditions else self.subject
        if self.every and isinstance(self.rule, CountRule | LadderRule):
            said = self.rule.describe_each(subject, self.level)
        else:
            said = self.rule.describe(subject, self.level)
        return "，".join([said, *self._notes()])

    def _notes(self) -> list[str]:
        """Return what else decides, in words."""
        notes = [self.weight_words] if self.weights else []
        if self.count_mobile and self.rule.name in MEANT_FOR["count_mobile"]:
            notes.append("移动和临时供给也计入")
        notes += [SHARINGS[self.sharing]] if self.sharing else []
        notes += ["可由线上当日服务替代"] if self.online_substitute else []
        return notes if self.applies.always else [*notes, f"适用于{self.applies.describe()}"]

    def in_force(self, on: date | None) -> bool:
        """Return whether the requirement is valid on a day; without a day it is."""
        if on is None:
            return True
        return (self.valid_from or on) <= on <= (self.valid_to or on)


@dataclass(frozen=True)
class Standard:
    """Hold one 配置标准: how trades are sorted and what is required."""

    id: str
    title: str
    document: str
    issuer: str
    issued: str
    status: str
    valid_from: date | None
    valid_to: date | None
    replaces: str
    note: str
    defaults: Defaults
    trades: tuple[TradeRow, ...]
    requirements: tuple[Requirement, ...]
    sha256: str

    def requirement(self, requirement_id: str) -> Requirement:
        """Return one requirement.

        Raises
        ------
        StandardError
            If there is none of that id.
        """
        for one in self.requirements:
            if one.id == requirement_id:
                return one
        raise StandardError(f"标准“{self.id}”里没有要求“{requirement_id}”")

    @cached_property
    def names(self) -> TradeNames:
        """Return what the standard calls its trades, its own among them."""
        return TradeNames(self.trades)

    def standing_for(self, name: str) -> list[Requirement]:
        """Return the requirement of an id, or each of those that ``each = true`` made of it."""
        return [one for one in self.requirements if one.stands_for(name)]

    def row(self, trade: str) -> TradeRow | None:
        """Return how the standard sorts a trade, or None."""
        return next((row for row in self.trades if row.trade == trade), None)

    def tier(self, trade: str) -> str:
        """Return ``basic``, ``enhanced``, ``local`` or ``""``."""
        row = self.row(trade)
        return row.tier if row else ""

    def group(self, trade: str) -> str:
        """Return the 类别 of a trade, such as 购物消费类."""
        row = self.row(trade)
        return row.group if row else ""

    def name_of(self, trade: str) -> str:
        """Return what the standard calls a trade."""
        return self.names.name(trade)

    @property
    def blank(self) -> bool:
        """Tell whether it is a form that nobody has filled in: nothing in it can be judged."""
        return all(isinstance(one.rule, TextRule) for one in self.requirements)

    def reach(self, trade: str, on: date | None = None) -> Requirement | None:
        """Return the first requirement on the walking radius of a trade on a day, or None."""
        for one in self.requirements:
            walked = isinstance(one.rule, ReachRule) and one.rule.mode == "walk"
            if walked and trade in one.trades and one.in_force(on):
                return one
        return None

    def on(self, day: date) -> Self:
        """Return the standard with the requirements in force on a day."""
        return replace(self, requirements=tuple(r for r in self.requirements if r.in_force(day)))

    def describe(self) -> str:
        """Return the whole standard as readable Chinese text."""
        lines = [f"{self.title}（{self.id}）", f"文件：{self.document}", f"发文单位：{self.issuer}"]
        lines += [f"状态：{self.status}"] if self.status else []
        lines += [self.note] if self.note else []
        lines += ["", self.defaults.describe(), ""]
        for one in self.requirements:
            lines.append(f"[{one.id}] {SEVERITIES[one.severity]}｜{one.describe()}")
            lines += [f"    原文：{one.text}"] if one.text else []
            lines += [f"    说明：{one.explanation}"] if one.explanation else []
            lines.append(f"    依据：{one.clause}")
        return "\n".join(lines)
