"""Define the shapes of rule about which trades stand together, apart, or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from typing import Final
from typing import Self

from livingcircle._rules.counts import TIERS
from livingcircle._rules.defaults import Defaults
from livingcircle._rules.defaults import each_unit
from livingcircle._rules.defaults import in_unit
from livingcircle._rules.fields import OPEN
from livingcircle._rules.fields import Fields
from livingcircle._rules.fields import Span
from livingcircle._rules.naming import names_of
from livingcircle._rules.naming import read_trades
from livingcircle._rules.naming import trade_codes
from livingcircle._rules.wording import number_words
from livingcircle._rules.wording import span_words

AREAS_OF: Final[Mapping[str, str]] = {"centre": "综合体", "parts": "各组成部分之和"}


@dataclass(frozen=True)
class VarietyRule:
    """Ask for a minimum number of trades (种) and of groups (类).

    Trades of one list in ``as_one`` are one kind together.
    """

    name: ClassVar[str] = "variety"
    family: ClassVar[str] = "count"
    needs_trades: ClassVar[bool] = True
    kinds: int
    classes: int
    as_one: tuple[tuple[str, ...], ...] = ()
    as_one_words: str = ""

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``kinds``, ``classes`` and ``as_one``."""
        del defaults
        together = tuple(trade_codes(fields, words) for words in fields.groups("as_one"))
        said = (f"{names_of(fields, trades)}合算一种" for trades in together)
        kinds, classes = fields.count("kinds", 0), fields.count("classes", 0)
        if not fields.has("kinds") and not fields.has("classes"):
            fields.report("缺少“kinds”（不少于几种）或“classes”（不少于几类）", "至少写其中一个")
        return cls(kinds, classes, together, "，".join(said))

    def describe(self, subject: str, level: str) -> str:
        """Say the number of classes and kinds."""
        words = [f"{self.classes}类"] if self.classes else []
        words += [f"{self.kinds}种"] if self.kinds else []
        note = f"（{self.as_one_words}）" if self.as_one else ""
        return f"{each_unit(level)}配置{subject}不少于{'、'.join(words)}{note}"

    def kind_of(self, trade: str) -> str:
        """Return the kind that a trade stands for."""
        return next((trades[0] for trades in self.as_one if trade in trades), trade)


@dataclass(frozen=True)
class ProhibitedRule:
    """Forbid trades (a negative list)."""

    name: ClassVar[str] = "prohibited"
    family: ClassVar[str] = "count"
    needs_trades: ClassVar[bool] = True

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read nothing beyond the trades."""
        del fields, defaults
        return cls()

    def describe(self, subject: str, level: str) -> str:
        """Say what must not be there."""
        return f"{in_unit(level)}不得设置{subject}"


@dataclass(frozen=True)
class SeparationRule:
    """Ask for a minimum distance between outlets, or from outlets to those of other trades."""

    name: ClassVar[str] = "separation"
    family: ClassVar[str] = "reach"
    needs_trades: ClassVar[bool] = True
    metres: float
    to: tuple[str, ...] = ()
    to_name: str = ""

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``metres`` and ``to``, the other trades to keep away from."""
        del defaults
        metres, to = fields.number("metres", required=True), read_trades(fields, "to")
        return cls(metres or 0.0, to, names_of(fields, to, "或"))

    def describe(self, subject: str, level: str) -> str:
        """Say the distance, which is measured in a straight line."""
        between = f"{subject}与{self.to_name}" if self.to else f"相邻{subject}"
        return f"{in_unit(level)}{between}的直线间距不小于{number_words(self.metres)}米"


@dataclass(frozen=True)
class Part:
    """Ask a service centre for some of a list of trades, such as those of local character."""

    name: str
    trades: tuple[str, ...]
    least: int

    @classmethod
    def parse(cls, fields: Fields) -> Self:
        """Read ``{ name = "密云特色业态", trades = [ … ], least = 1 }``."""
        trades = read_trades(fields, "trades")
        if not trades:
            fields.report("缺少“trades”", '写业态代码或名称，例如 trades = ["药店"]')
        part = cls(fields.text("name", names_of(fields, trades)), trades, fields.count("least", 1))
        fields.close()
        return part


@dataclass(frozen=True)
class CompositeRule:
    """Ask what every service centre must hold: trades by tier or by name, and its floor area."""

    name: ClassVar[str] = "composite"
    family: ClassVar[str] = "size"
    needs_trades: ClassVar[bool] = True
    kinds: tuple[tuple[str, int], ...]
    parts: tuple[Part, ...]
    area: Span
    area_of: str
    forms: tuple[str, ...]

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``kinds = { basic = 3 }``, ``parts``, ``area``, ``area_of``, ``forms``."""
        del defaults
        inner = fields.table("kinds")
        kinds = []
        if inner is not None:
            kinds = [(tier, inner.count(tier, 0)) for tier in TIERS]
            inner.close()
        rule = cls(
            tuple((tier, number) for tier, number in kinds if number),
            tuple(Part.parse(row) for row in fields.tables("parts")),
            fields.span("area"),
            fields.choice("area_of", AREAS_OF, "centre"),
            fields.texts("forms"),
        )
        if not rule.kinds and not rule.parts and rule.area == OPEN:
            fields.report("缺少“kinds”“parts”或“area”", "至少写综合体的业态构成或面积其中一项")
        return rule

    def describe(self, subject: str, level: str) -> str:
        """Say what a service centre holds."""
        words = [f"{TIERS[tier]}业态不少于{number}种" for tier, number in self.kinds]
        words += [f"{part.name}不少于{part.least}种" for part in self.parts]
        if self.area != OPEN:
            source = "各组成部分合计" if self.area_of == "parts" else ""
            words.append(f"建筑面积{source}{span_words(self.area, '平方米')}")
        forms = f"（{'、'.join(self.forms)}）" if self.forms else ""
        return f"{in_unit(level)}每处{subject}{forms}：{'，'.join(words)}"
