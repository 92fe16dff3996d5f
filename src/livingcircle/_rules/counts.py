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

from livingcircle._rules.defaults import DECIDERS
from livingcircle._rules.defaults import LEVELS
from livingcircle._rules.defaults import Defaults
from livingcircle._rules.defaults import Rounding
from livingcircle._rules.defaults import parse_rounding
from livingcircle._rules.facts import AGES
from livingcircle._rules.fields import OPEN
from livingcircle._rules.fields import Fields
from livingcircle._rules.fields import Span
from livingcircle._rules.wording import span_words

PER: Final[Mapping[str, str]] = {
    "unit": "每个单元",
    "communities": "每个社区",
    "population": "人",
    "households": "户",
    "dwellings": "套住宅",
    "area_km2": "平方公里",
    **{f"age_{age}": f"名{label}居民" for age, label in AGES.items()},
}
QUANTITIES: Final[Mapping[str, str]] = {
    "population": "常住人口",
    "households": "户数",
    "dwellings": "住宅套数",
    "communities": "社区数",
    "area_km2": "面积",
    "floor_area_m2": "总建筑面积",
    **{f"age_{age}": f"{label}人口" for age, label in AGES.items()},
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
    least: float | None
    most: float | None
    per: str
    size: float
    rounding: Rounding

    @classmethod
    def parse(cls, fields: Fields, defaults: Defaults) -> Self:
        """Read ``least``, ``most``, ``per``, ``size``, ``rounding``, ``minimum``."""
        low, high = fields.bounds()
        per = fields.choice("per", PER, "unit")
        size = fields.number("size", required=per not in ("unit", "communities"), default=1.0)
        if size == 0:
            fields.report("“size”写成了0", "写每多少人、户、套或平方公里，例如 3000")
        if per == "unit":
            _refuse_fractions(fields, low, high)
            if fields.has("size"):
                fields.report("写了“size”却没有写“per”", '写明按什么计，例如 per = "population"')
        return cls(low, high, per, size or 1.0, parse_rounding(fields, defaults.rounding))

    @property
    def minimum(self) -> int:
        """Return the number asked for even where the size of the unit is not known."""
        if self.least is None:
            return 0
        return int(self.least) if self.per == "unit" else max(self.rounding.minimum, 0)

    def exact(self, quantity: float) -> float:
        """Return the unrounded number asked for."""
        return quantity * (self.least or 0) / self.size

    def needed(self, quantity: float | None) -> int | None:
        """Return the number asked for; ``None`` where the unit's size is not known."""
        if self.least is None:
            return 0
        if self.per == "unit":
            return int(self.least)
        return None if quantity is None else self.rounding(self.exact(quantity))

    def allowed(self, quantity: float | None) -> int | None:
        """Return the largest number allowed; ``None`` where the unit's size is not known.

        Rounded like the number asked for: “不少于1个、不多于1个” per 3,000 persons must not ask
        for two and allow one.
        """
        if self.most is None or self.per == "unit":
            return None if self.most is None else int(self.most)
        return None if quantity is None else self.rounding(quantity * self.most / self.size)

    def describe(self, subject: str, level: str) -> str:
        """Say the count."""
        each = f"每{people(self.size)}{PER[self.per]}"
        if self.per == "unit":
            each = "全区" if level == "district" else f"每个{LEVELS[level]}"
        elif self.per == "communities":
            each = "每个社区" if self.size == 1 else f"每{people(self.size)}个社区"
        bounds = [f"不少于{self.least:g}个"] if self.least is not None else []
        bounds += [f"不多于{self.most:g}个"] if self.most is not None else []
        whole = self.per == "unit" or (self.per == "communities" and self.size == 1)
        note = "" if whole else f"（{self.rounding.describe()}）"
        return f"{each}{'、'.join(bounds)}{subject}{note}"


def _refuse_fractions(fields: Fields, *ends: float | None) -> None:
    """Report numbers of outlets per unit that are not whole."""
    for end in ends:
        if end is not None and end != int(end):
            fields.report(f"个数写成了{end:g}", "每个单元的网点个数写整数")


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

    @property
    def minimum(self) -> int:
        """Return the number asked for of the smallest unit: 0 where the steps start higher."""
        return self.steps[0].least if self.steps and self.steps[0].start == 0 else 0

    @property
    def rounds(self) -> bool:
        """Tell whether the number asked for can be a fraction."""
        return any(step.every for step in self.steps)

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
        unit = {**PER, "communities": "个", "floor_area_m2": "平方米"}[self.by]
        words = []
        for step in self.steps:
            more = f"，每增加{people(step.every)}{unit}增加1个" if step.every else ""
            words.append(f"{people(step.start)}{unit}及以上不少于{step.least}个{more}")
        return f"{LEVELS[level]}按{QUANTITIES[self.by]}配置{subject}：{'；'.join(words)}"


def _step(fields: Fields) -> Step:
    every = fields.number("every")
    if every == 0:
        fields.report("“every”写成了0", "写每再增加多少就多配1个，例如 10000")
    step = Step(fields.number("from", required=True) or 0.0, fields.count("least"), every)
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
        for key, (low, high) in (("metres", metres), ("minutes", minutes)):
            if low is not None and high is None:
                fields.report(f"“{key}”没有上限", "写出达标的最远距离，例如 [200, 300]")
        if OPEN in (metres, minutes):
            decides = "minutes" if metres == OPEN else "metres"
        return cls(
            metres,
            minutes,
            fields.choice("mode", MODES, "walk"),
            decides,
            fields.choice("range_end", {"upper": "上限", "lower": "下限"}, defaults.range_end),
            fields.number("share", 1.0, most=1.0) or 0.0,
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
