"""Define the shapes of rule about how many outlets there are and how far away they stand.

Each shape is a small frozen record that reads its own keys from a pack and can say itself in
one Chinese sentence. Shapes about areas and shares are in :mod:`livingcircle._rules.sizes`,
those about plans and evidence in :mod:`livingcircle._rules.plans`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from typing import Final
from typing import Protocol
from typing import Self

from livingcircle._rules.conditions import span_words
from livingcircle._rules.defaults import DECIDERS
from livingcircle._rules.defaults import LEVELS
from livingcircle._rules.defaults import Defaults
from livingcircle._rules.defaults import Rounding
from livingcircle._rules.defaults import parse_rounding
from livingcircle._rules.fields import OPEN
from livingcircle._rules.fields import Fields
from livingcircle._rules.fields import Span

PER: Final[Mapping[str, str]] = {
    "unit": "每个单元",
    "communities": "每个社区",
    "population": "人",
    "households": "户",
    "dwellings": "套住宅",
    "area_km2": "平方公里",
}
QUANTITIES: Final[Mapping[str, str]] = {
    "population": "常住人口",
    "households": "户数",
    "dwellings": "住宅套数",
    "communities": "社区数",
    "area_km2": "面积",
    "floor_area_m2": "总建筑面积",
}
MODES: Final[Mapping[str, str]] = {
    "walk": "步行",
    "wheelchair": "轮椅",
    "cycle": "骑行",
    "drive": "驾车",
}
TIERS: Final[Mapping[str, str]] = {
    "basic": "基本保障类",
    "enhanced": "品质提升类",
    "local": "特色",
}


class Rule(Protocol):
    """Promise what every shape of rule offers."""

    name: ClassVar[str]
    family: ClassVar[str]
    needs_trades: ClassVar[bool]

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read the keys of this shape, reporting what is wrong to ``fields``."""
        ...

    def describe(self, subject: str, level: str) -> str:
        """Say the rule about ``subject`` for units of ``level`` in one Chinese sentence."""
        ...


def people(number: float) -> str:
    """Write a large number with separators, without a needless fraction."""
    return f"{number:,.0f}" if number == round(number) else f"{number:,.2f}"


@dataclass(frozen=True)
class CountRule:
    """Ask for a number of outlets per unit, per N persons, households, dwellings or km²."""

    name: ClassVar[str] = "count"
    family: ClassVar[str] = "count"
    needs_trades: ClassVar[bool] = True
    least: int | None
    most: int | None
    per: str
    size: float
    rounding: Rounding

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``least``, ``most``, ``per``, ``size``, ``rounding``, ``minimum``."""
        low, high = fields.bounds()
        per = fields.choice("per", PER, "unit")
        size = fields.number("size", required=per not in ("unit", "communities"), default=1.0)
        if not size:
            fields.report("“size”写成了0", "写每多少人、户、套或平方公里，例如 3000")
        return cls(
            None if low is None else int(low),
            None if high is None else int(high),
            per,
            size or 1.0,
            parse_rounding(fields, defaults.rounding),
        )

    @property
    def minimum(self) -> int:
        """Return the number asked for even where the size of the unit is not known."""
        if self.least is None:
            return 0
        return self.least if self.per == "unit" else max(self.rounding.minimum, 0)

    def exact(self, quantity: float) -> float:
        """Return the unrounded number asked for."""
        return quantity * (self.least or 0) / self.size

    def needed(self, quantity: float | None) -> int | None:
        """Return the number asked for; ``None`` where the unit's size is not known."""
        if self.least is None:
            return 0
        if self.per == "unit":
            return self.least
        return None if quantity is None else self.rounding(self.exact(quantity))

    def allowed(self, quantity: float | None) -> float | None:
        """Return the largest number allowed; ``None`` for no limit or an unknown size."""
        if self.most is None or (self.per != "unit" and quantity is None):
            return None
        if self.per == "unit" or quantity is None:
            return float(self.most)
        return float(Rounding.whole(quantity * self.most / self.size, "floor"))

    def describe(self, subject: str, level: str) -> str:
        """Say the count."""
        each = f"每{people(self.size)}{PER[self.per]}"
        if self.per == "unit":
            each = "全区" if level == "district" else f"每个{LEVELS[level]}"
        elif self.per == "communities":
            each = "每个社区"
        bounds = [f"不少于{self.least}个"] if self.least is not None else []
        bounds += [f"不多于{self.most}个"] if self.most is not None else []
        note = "" if self.per in ("unit", "communities") else f"（{self.rounding.describe()}）"
        return f"{each}{'、'.join(bounds)}{subject}{note}"


@dataclass(frozen=True)
class Step:
    """Ask for ``least`` outlets from a size on, and one more for each further ``every``."""

    start: float
    least: int
    every: float | None = None


@dataclass(frozen=True)
class LadderRule:
    """Ask for a number of outlets that rises in steps with the size of the unit."""

    name: ClassVar[str] = "ladder"
    family: ClassVar[str] = "count"
    needs_trades: ClassVar[bool] = True
    by: str
    steps: tuple[Step, ...]
    rounding: Rounding

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``by`` and ``steps = [{ from = 0, least = 1 }, …]``."""
        steps = tuple(_step(row) for row in fields.tables("steps"))
        starts = [step.start for step in steps]
        if not steps:
            fields.report("缺少“steps”", "写出每一档，例如 [{ from = 0, least = 1 }]")
        elif starts != sorted(set(starts)):
            fields.report("“steps”的“from”没有从小到大排列", "按人口从少到多排列各档，不要重复")
        rounding = parse_rounding(fields, defaults.rounding)
        return cls(fields.choice("by", QUANTITIES, "population"), steps, rounding)

    def exact(self, quantity: float) -> float:
        """Return the unrounded number asked for at one size; 0 below the first step."""
        reached = [step for step in self.steps if quantity >= step.start]
        if not reached:
            return 0.0
        last = reached[-1]
        return last.least + ((quantity - last.start) / last.every if last.every else 0.0)

    def needed(self, quantity: float | None) -> int | None:
        """Return the number asked for; ``None`` where the unit's size is not known."""
        if quantity is None:
            return None
        return Rounding.whole(self.exact(quantity), self.rounding.mode)

    def describe(self, subject: str, level: str) -> str:
        """Say each step."""
        unit = PER.get(self.by, "平方米" if self.by == "floor_area_m2" else "")
        unit = "个" if self.by == "communities" else unit
        words = []
        for step in self.steps:
            more = f"，每增加{people(step.every)}{unit}增加1个" if step.every else ""
            words.append(f"{people(step.start)}{unit}及以上不少于{step.least}个{more}")
        return f"{LEVELS[level]}按{QUANTITIES[self.by]}配置{subject}：{'；'.join(words)}"


def _step(fields: Fields) -> Step:
    step = Step(
        fields.number("from", required=True) or 0.0,
        fields.count("least"),
        fields.number("every"),
    )
    fields.close()
    return step


@dataclass(frozen=True)
class ReachRule:
    """Ask that residents reach an outlet within metres or minutes.

    Metres and minutes are kept apart, each with the lower end of its range ("good") and the
    upper end ("pass"); ``decides`` says which of the two gives the verdict.
    """

    name: ClassVar[str] = "reach"
    family: ClassVar[str] = "reach"
    needs_trades: ClassVar[bool] = True
    metres: Span
    minutes: Span
    mode: str
    decides: str
    range_end: str
    share: float
    served_population: Span

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``metres``, ``minutes``, ``mode``, ``share``, ``served_population``."""
        metres, minutes = fields.span("metres"), fields.span("minutes")
        if metres == OPEN and minutes == OPEN:
            fields.report(
                "缺少“metres”（米）或“minutes”（分钟）", "至少写其中一个，例如 metres = [200, 300]"
            )
        decides = fields.choice("decides", DECIDERS, defaults.decides)
        if metres == OPEN or minutes == OPEN:
            decides = "minutes" if metres == OPEN else "metres"
        return cls(
            metres,
            minutes,
            fields.choice("mode", MODES, "walk"),
            decides,
            fields.choice("range_end", {"upper": "上限", "lower": "下限"}, defaults.range_end),
            fields.number("share", 1.0, most=1.0) or 1.0,
            fields.span("served_population"),
        )

    @property
    def good_metres(self) -> float | None:
        """Return the metres within which reach is good."""
        return self.metres[0]

    @property
    def pass_metres(self) -> float | None:
        """Return the metres within which reach passes."""
        return self.metres[1 if self.range_end == "upper" else 0]

    @property
    def good_minutes(self) -> float | None:
        """Return the minutes within which reach is good."""
        return self.minutes[0]

    @property
    def pass_minutes(self) -> float | None:
        """Return the minutes within which reach passes."""
        return self.minutes[1 if self.range_end == "upper" else 0]

    def describe(self, subject: str, level: str) -> str:
        """Say the radius."""
        limits = [] if self.metres == OPEN else [span_words(self.metres, "米")]
        limits += [] if self.minutes == OPEN else [span_words(self.minutes, "分钟")]
        limit = self.pass_metres if self.decides == "metres" else self.pass_minutes
        unit = "米" if self.decides == "metres" else "分钟"
        who = "居民" if self.share >= 1 else f"不少于{self.share:.0%}的居民"
        return (
            f"{LEVELS[level]}{who}{MODES[self.mode]}{'、'.join(limits)}内有{subject}"
            f"（以{limit or 0:g}{unit}为达标线）"
        )


@dataclass(frozen=True)
class VarietyRule:
    """Ask for a minimum number of trades (种) and of groups (类)."""

    name: ClassVar[str] = "variety"
    family: ClassVar[str] = "count"
    needs_trades: ClassVar[bool] = True
    kinds: int
    classes: int

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``kinds`` and ``classes``."""
        del defaults
        rule = cls(fields.count("kinds", 0), fields.count("classes", 0))
        if not rule.kinds and not rule.classes:
            fields.report("缺少“kinds”（不少于几种）或“classes”（不少于几类）", "至少写其中一个")
        return rule

    def describe(self, subject: str, level: str) -> str:
        """Say the number of classes and kinds."""
        words = [f"{self.classes}类"] if self.classes else []
        words += [f"{self.kinds}种"] if self.kinds else []
        return f"每个{LEVELS[level]}配置不少于{'、'.join(words)}{subject}"


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
        return f"{LEVELS[level]}内不得设置{subject}"


@dataclass(frozen=True)
class SeparationRule:
    """Ask for a minimum distance between outlets, or from outlets to other trades."""

    name: ClassVar[str] = "separation"
    family: ClassVar[str] = "reach"
    needs_trades: ClassVar[bool] = True
    metres: float

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``metres``."""
        del defaults
        return cls(fields.number("metres", required=True) or 0.0)

    def describe(self, subject: str, level: str) -> str:
        """Say the distance, which is measured in a straight line."""
        del level
        return f"相邻{subject}的直线间距不小于{self.metres:g}米"


@dataclass(frozen=True)
class CompositeRule:
    """Ask what every service centre must hold: trades by tier, and its floor area."""

    name: ClassVar[str] = "composite"
    family: ClassVar[str] = "size"
    needs_trades: ClassVar[bool] = True
    kinds: tuple[tuple[str, int], ...]
    area: Span
    area_of: str
    forms: tuple[str, ...]

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``kinds = { basic = 3, local = 1 }``, ``area``, ``area_of``, ``forms``."""
        del defaults
        inner = fields.table("kinds")
        kinds = []
        if inner is not None:
            kinds = [(tier, inner.count(tier, 0)) for tier in TIERS]
            inner.close()
        rule = cls(
            tuple((tier, number) for tier, number in kinds if number),
            fields.span("area"),
            fields.choice("area_of", {"centre": "综合体", "parts": "各组成部分之和"}, "centre"),
            fields.texts("forms"),
        )
        if not rule.kinds and rule.area == OPEN:
            fields.report("缺少“kinds”或“area”", "至少写综合体的业态构成或面积其中一项")
        return rule

    def describe(self, subject: str, level: str) -> str:
        """Say what a service centre holds."""
        del level
        words = [f"{TIERS[tier]}业态不少于{number}种" for tier, number in self.kinds]
        if self.area != OPEN:
            source = "各组成部分合计" if self.area_of == "parts" else ""
            words.append(f"建筑面积{source}{span_words(self.area, '平方米')}")
        forms = f"（{'、'.join(self.forms)}）" if self.forms else ""
        return f"每处{subject}{forms}：{'，'.join(words)}"
