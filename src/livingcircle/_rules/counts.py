"""Define the shapes of rule about how many outlets there are.

Each shape is a small frozen record that reads its own keys from a pack and can say itself in
one Chinese sentence. How far away they stand is in :mod:`livingcircle._rules.reaches`, areas and
shares in :mod:`livingcircle._rules.sizes`, plans and evidence in :mod:`livingcircle._rules.plans`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from itertools import zip_longest
from typing import ClassVar
from typing import Final
from typing import Protocol
from typing import Self

from livingcircle._rules.defaults import LEVELS
from livingcircle._rules.defaults import ROUNDINGS
from livingcircle._rules.defaults import Defaults
from livingcircle._rules.defaults import Rounding
from livingcircle._rules.defaults import each_unit
from livingcircle._rules.defaults import in_unit
from livingcircle._rules.defaults import parse_rounding
from livingcircle._rules.facts import AGES
from livingcircle._rules.fields import Fields
from livingcircle._rules.wording import number_words

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


def scope_words(level: str, per: str, size: float) -> str:
    """Say in what unit, and for how much of it, something is asked for."""
    if per == "unit":
        return each_unit(level)
    many = "" if size == 1 else number_words(size)
    if per == "communities":
        return f"{'' if level == 'community' else in_unit(level)}每{many}个社区"
    return f"{LEVELS[level]}每{many}{PER[per]}"


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
        told = len(fields.problems)
        per = fields.choice("per", PER, "unit")
        understood = len(fields.problems) == told
        size = fields.number("size", required=per not in ("unit", "communities"), default=1.0)
        if size == 0:
            fields.report("“size”写成了0", "写每多少人、户、套或平方公里，例如 3000")
        rounding = parse_rounding(fields, defaults.rounding)
        if per == "unit" and understood:
            _refuse_fractions(fields, low, high)
            if fields.has("size"):
                fields.report("写了“size”却没有写“per”", '写明按什么计，例如 per = "population"')
            for key in ("rounding", "minimum"):
                if fields.has(key):
                    fields.report(f"按单元计的个数用不上“{key}”", "删去它，或用“per”写明按什么计")
        if low is None and fields.has("rounding") and rounding.mode != "floor":
            fields.report("上限总是向下取整，用不上“rounding”", "删去它")
        return cls(low, high, per, size or 1.0, rounding)

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

        Rounded down, for two are more than one per 5,000 of 6,000 persons; but never below what
        the same rule asks for at least.
        """
        if self.most is None or self.per == "unit":
            return None if self.most is None else int(self.most)
        if quantity is None:
            return None
        most = Rounding.whole(quantity * self.most / self.size, "floor")
        return max(most, self.rounding.minimum, self.needed(quantity) or 0)

    def describe(self, subject: str, level: str) -> str:
        """Say the count."""
        scope = scope_words(level, self.per, self.size)
        return f"{scope}{self._bounds()}{subject}{self._note()}"

    def describe_each(self, subjects: str, level: str) -> str:
        """Say the count where it holds for each of several trades."""
        scope = scope_words(level, self.per, self.size)
        return f"{scope}的{subjects}各{self._bounds()}{self._note()}"

    def _bounds(self) -> str:
        bounds = [] if self.least is None else [f"不少于{number_words(self.least)}个"]
        bounds += [] if self.most is None else [f"不多于{number_words(self.most)}个"]
        return "、".join(bounds)

    def _note(self) -> str:
        """Say how fractions are rounded, where there can be any."""
        if self.per == "unit" or (self.per == "communities" and self.size == 1):
            return ""
        if self.least is None:
            least = f"，最少按{self.rounding.minimum}个" if self.rounding.minimum else ""
            return f"（向下取整{least}）"
        most = "" if self.most is None else "；上限向下取整"
        return f"（{self.rounding.describe()}{most}）"


def _refuse_fractions(fields: Fields, *ends: float | None) -> None:
    """Report numbers of outlets per unit that are not whole."""
    for end in ends:
        if end is not None and end != int(end):
            fields.report(f"个数写成了{number_words(end)}", "每个单元的网点个数写整数")


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
        del defaults  # “每增加20000人增加1个” is one more for each full step, whatever the pack
        steps = tuple(_step(row) for row in fields.tables("steps"))
        starts = [step.start for step in steps]
        if not steps and not fields.has("steps"):
            fields.report("缺少“steps”", "写出每一档，例如 [{ from = 0, least = 1 }]")
        elif starts != sorted(set(starts)):
            fields.report("“steps”的“from”没有从小到大排列", "按人口从少到多排列各档，不要重复")
        rule = cls(
            fields.choice("by", QUANTITIES, "population"),
            steps,
            parse_rounding(fields, Rounding("floor", 0)),
        )
        if starts == sorted(set(starts)):
            rule.refuse_falling(fields)
        return rule

    def refuse_falling(self, fields: Fields) -> None:
        """Report a step that asks for fewer than the one before has grown to."""
        for before, step in pairwise(self.steps):
            grown = (step.start - before.start) / before.every if before.every else 0.0
            # Just below the next step, where a full one may not yet be reached.
            more = Rounding.whole(grown, "ceil") - (1 if self.rounding.mode == "floor" else 0)
            reached = before.least + max(0, more)
            if step.least < reached:
                fields.report(
                    f"“steps”到{number_words(step.start)}反而从{reached}个减到{step.least}个",
                    "核对各档的“least”，后一档写到这一档为止的总数",
                )

    @property
    def minimum(self) -> int:
        """Return the number asked for of the smallest unit: 0 where the steps start higher."""
        first = self.steps[0] if self.steps else Step(0.0, 0)
        return max(first.least, self.rounding.minimum) if first.start == 0 and first.least else 0

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
        exact = self.exact(quantity)
        return self.rounding(exact) if exact else 0

    def describe(self, subject: str, level: str) -> str:
        """Say each step."""
        return f"{LEVELS[level]}按{QUANTITIES[self.by]}配置{subject}：{self._steps()}"

    def describe_each(self, subjects: str, level: str) -> str:
        """Say each step where they hold for each of several trades."""
        return f"{LEVELS[level]}的{subjects}各按{QUANTITIES[self.by]}配置：{self._steps()}"

    def _steps(self) -> str:
        unit = {**PER, "communities": "个社区", "floor_area_m2": "平方米"}[self.by]
        unit = "人" if self.by.startswith("age_") else unit
        ends = [step.start for step in self.steps[1:]]
        words = []
        for step, end in zip_longest(self.steps, ends):
            if not step.least and not step.every:
                continue
            start = f"{number_words(step.start)}{unit}及以上"
            if step.start == 0:
                start = f"不足{number_words(end)}{unit}的" if end is not None else ""
            words.append(f"{start}不少于{step.least}个{self._more(step, unit)}")
        least = f"；最少{self.rounding.minimum}个" if self.rounding.minimum else ""
        return "；".join(words) + least

    def _more(self, step: Step, unit: str) -> str:
        if not step.every:
            return ""
        every = f"{number_words(step.every)}{unit}"
        if self.rounding.mode == "floor":
            return f"，每增加满{every}再加1个"
        return f"，每增加{every}再加1个（{ROUNDINGS[self.rounding.mode]}）"


def _step(fields: Fields) -> Step:
    every = fields.number("every")
    if every == 0:
        fields.report("“every”写成了0", "写每再增加多少就多配1个，例如 10000")
    step = Step(fields.number("from", required=True) or 0.0, fields.count("least"), every)
    fields.close()
    return step
