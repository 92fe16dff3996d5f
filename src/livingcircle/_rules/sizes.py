"""Define the shapes of rule about floor areas, shares and other measured numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from typing import Final
from typing import Self

from livingcircle._rules.conditions import Where
from livingcircle._rules.counts import PER
from livingcircle._rules.counts import TIERS
from livingcircle._rules.counts import scope_words
from livingcircle._rules.defaults import BASES
from livingcircle._rules.defaults import LEVELS
from livingcircle._rules.defaults import Defaults
from livingcircle._rules.defaults import in_unit
from livingcircle._rules.fields import Fields
from livingcircle._rules.fields import Span
from livingcircle._rules.naming import names_of
from livingcircle._rules.naming import read_trades
from livingcircle._rules.wording import number_words
from livingcircle._rules.wording import percent_span_words
from livingcircle._rules.wording import slack_words
from livingcircle._rules.wording import span_words

MEASURES: Final[Mapping[str, tuple[str, str]]] = {
    "area_km2": ("面积", "平方公里"),
    "density": ("人口密度", "人/平方公里"),
    "population": ("常住人口", "人"),
    "households": ("户数", "户"),
    "dwellings": ("住宅套数", "套"),
    "community_count": ("覆盖社区数", "个"),
    "floor_area_m2": ("总建筑面积", "平方米"),
}

RATES: Final[Mapping[str, str]] = {
    "chain": "连锁化率",
    "online": "线上入驻率",
    "quality_brand": "优质品牌占比",
}


@dataclass(frozen=True)
class AreaRule:
    """Ask for floor area per 1,000 persons (or households, dwellings)."""

    name: ClassVar[str] = "area"
    family: ClassVar[str] = "size"
    needs_trades: ClassVar[bool] = False
    span: Span
    per: str
    size: float
    most_binds: bool

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``least``, ``most``, ``per``, ``size`` and ``most_binds``."""
        del defaults
        per = fields.choice("per", PER, "population")
        usual = 1000.0 if per in ("population", "households", "dwellings") else 1.0
        size = fields.number("size", usual)
        if size == 0:
            fields.report("“size”写成了0", "写每多少人、户或套，例如 1000")
        size = size or usual
        span = fields.bounds()
        # An upper bound alone would otherwise never decide anything.
        binds = bool(fields.flag("most_binds", default=span[0] is None))
        return cls(span, per, size, binds)

    def describe(self, subject: str, level: str) -> str:
        """Say the area; only the lower bound is mandatory unless the pack says otherwise."""
        loose = self.span[1] is not None and not self.most_binds
        binds = "（下限必须达到，超过上限只提示）" if loose else ""
        scope = scope_words(level, self.per, self.size)
        return f"{scope}的{subject}建筑面积{span_words(self.span, '平方米')}{binds}"


@dataclass(frozen=True)
class SiteAreaRule:
    """Ask that every single site has a size within one of the ranges."""

    name: ClassVar[str] = "site_area"
    family: ClassVar[str] = "size"
    needs_trades: ClassVar[bool] = True
    ranges: tuple[Span, ...]

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``least`` and ``most``, or ``ranges = [{ least = 500, most = 1500 }, …]``."""
        del defaults
        rows = fields.tables("ranges")
        if not rows:
            return cls((fields.bounds(),))
        ranges = []
        for row in rows:
            ranges.append(row.bounds())
            row.close()
        return cls(tuple(ranges))

    def describe(self, subject: str, level: str) -> str:
        """Say the size of one site."""
        words = "或".join(span_words(span, "平方米") for span in self.ranges)
        return f"{in_unit(level)}每处{subject}建筑面积{words}"


@dataclass(frozen=True)
class FloorShareRule:
    """Ask for outlets' floor area as a share of all floor area of the unit."""

    name: ClassVar[str] = "floor_share"
    family: ClassVar[str] = "size"
    needs_trades: ClassVar[bool] = False
    span: Span
    tolerance: float

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``least``, ``most`` and ``tolerance`` as fractions of one."""
        span = _fractions(fields)
        return cls(span, fields.number("tolerance", defaults.tolerance, most=1.0) or 0.0)

    def describe(self, subject: str, level: str) -> str:
        """Say the share."""
        share = percent_span_words(self.span)
        slack = slack_words(self.tolerance)
        return f"{subject}建筑面积占{LEVELS[level]}总建筑面积的比例{share}{slack}"


@dataclass(frozen=True)
class ShareRule:
    """Ask for the share of outlets (or trades) that have an attribute or belong to a tier."""

    name: ClassVar[str] = "share"
    family: ClassVar[str] = "count"
    needs_trades: ClassVar[bool] = False
    span: Span
    tolerance: float
    base: str
    having: Where
    tiers: tuple[str, ...]
    trades: tuple[str, ...]
    trade_names: str

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``least``, ``most``, ``tolerance``, ``base`` and ``having = { … }``."""
        inner = fields.table("having") or Fields({}, fields.where, [])
        tiers, trades = inner.choices("tiers", TIERS), read_trades(inner, "trades")
        rule = cls(
            span=_fractions(fields),
            tolerance=fields.number("tolerance", defaults.tolerance, most=1.0) or 0.0,
            base=fields.choice("base", BASES, defaults.share_base),
            having=Where.parse(inner),
            tiers=tiers,
            trades=trades,
            trade_names=names_of(fields, trades, "或"),
        )
        by_trade = bool(rule.tiers or rule.trades)
        if not by_trade and rule.having == Where():
            fields.report("缺少“having”", "写占比的分子是哪些网点，例如 having = { chain = true }")
        if rule.base == "trades" and not by_trade:
            fields.report("按业态数计的占比缺少“tiers”或“trades”", "在 having 中写明是哪些业态")
        return rule

    def describe(self, subject: str, level: str) -> str:
        """Say the share."""
        who = self._who()
        return (
            f"{in_unit(level)}{subject}中“{who}”按{BASES[self.base]}的占比"
            f"{percent_span_words(self.span)}{slack_words(self.tolerance)}"
        )

    def _who(self) -> str:
        """Say which outlets are the numerator."""
        words = [*(TIERS[tier] for tier in self.tiers), self.trade_names, self.having.describe()]
        return "、".join(word for word in words if word)

    def rate(self) -> str:
        """Return what the share is called: 连锁化率 has a name of its own."""
        plain = not (self.tiers or self.trades)
        for flag, name in RATES.items():
            if plain and self.having == Where(flags=((flag, True),)):
                return name
        return f"{self._who()}{'' if self.having == Where() else '的网点'}占比"


@dataclass(frozen=True)
class MeasureRule:
    """Ask that a measured number lies in a range: area, density, satisfaction and the like."""

    name: ClassVar[str] = "measure"
    family: ClassVar[str] = "size"
    needs_trades: ClassVar[bool] = False
    measure: str
    label: str
    unit: str
    span: Span
    tolerance: float

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``measure``, ``label``, ``unit``, ``least``, ``most`` and ``tolerance``."""
        del defaults
        measure = fields.text("measure")
        label, standard_unit = MEASURES.get(measure, (measure, ""))
        unit = fields.text("unit", standard_unit)
        span = _fractions(fields) if unit == "%" else fields.bounds()
        tolerance = fields.number("tolerance", 0.0) or 0.0
        return cls(measure, fields.text("label", label), unit, span, tolerance)

    def describe(self, subject: str, level: str) -> str:
        """Say the range."""
        del subject
        if self.unit == "%":
            words = percent_span_words(self.span) + slack_words(self.tolerance)
        else:
            slack = f"（容差{number_words(self.tolerance)}{self.unit}）" if self.tolerance else ""
            words = span_words(self.span, self.unit) + slack
        return f"{LEVELS[level]}{self.label}{words}"


def _fractions(fields: Fields) -> Span:
    span = fields.bounds()
    for end in span:
        if end is not None and end > 1:
            fields.report(f"占比写成了{end:g}", f"用小数写占比：{end:g}%写成{end / 100:g}")
    return span
