"""Say to which units a requirement applies; an unreported field leaves it unknown."""

from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from typing import Final
from typing import Self

from livingcircle._rules.conditions import all_of
from livingcircle._rules.conditions import any_of
from livingcircle._rules.facts import AGES
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.fields import OPEN
from livingcircle._rules.fields import Fields
from livingcircle._rules.outcome import SLACK
from livingcircle._rules.wording import number_words
from livingcircle._rules.wording import percent_words
from livingcircle._rules.wording import span_words

KINDS: Final[Mapping[str, str]] = {
    "old_town": "老城区住宅",
    "commercial_cultural": "商业文化",
    "new_residential": "新兴住宅",
    "urban_fringe": "城乡结合部",
}
SUBTYPES: Final[Mapping[str, str]] = {"technology": "科技产业", "university": "高校"}
FORMATIONS: Final[Mapping[str, str]] = {"merged": "合并", "split": "拆分", "single": "独立"}
COMMUNITY_KINDS: Final[Mapping[str, str]] = {"community": "社区", "village": "村"}
_YEAR: Final = "built_year"
_SPANS: Final[Mapping[str, tuple[str, str]]] = {
    "density": ("人口密度", "人/平方公里"),
    "population": ("常住人口", "人"),
    "households": ("户数", "户"),
    "dwellings": ("住宅", "套"),
    "community_count": ("社区数", "个"),
    "area_km2": ("面积", "平方公里"),
    "floor_area_m2": ("总建筑面积", "平方米"),
    "elders": ("60岁及以上人口", "人"),
    **{f"age_{age}": (f"{label}人口", "人") for age, label in AGES.items()},
    _YEAR: ("建成年份", "年"),
}


@dataclass(frozen=True)
class Range:
    """Hold a range whose ends may belong to it or not."""

    low: float | None = None
    high: float | None = None
    above: bool = False
    below: bool = False

    @classmethod
    def parse(cls, fields: Fields, key: str) -> Self | None:
        """Read ``[10000, 20000]`` or ``{ from = 10000, below = 20000 }``."""
        if not isinstance(fields.raw(key), dict):
            span = fields.span(key)
            return None if span == OPEN else cls(*span)
        inner = fields.table(key)
        assert inner is not None  # noqa: S101 - it is a table
        least, above = inner.number("from"), inner.number("above")
        most, below = inner.number("to"), inner.number("below")
        inner.close()
        low = least if above is None else above
        high = most if below is None else below
        twice = None not in (least, above) or None not in (most, below)
        if twice or (low is None and high is None):
            inner.report(
                "没有写清范围",
                "下限写 from（含本数）或 above（不含），上限写 to（含本数）或 below（不含）",
            )
        elif low is not None and high is not None and low > high:
            inner.report(f"下限{low:g}大于上限{high:g}", "核对原文后改正其中一个")
        return cls(low, high, above is not None, below is not None)

    def holds(self, value: float) -> bool:
        """Tell whether a number lies in the range."""
        over = self.low is None or value > self.low or (value == self.low and not self.above)
        under = self.high is None or value < self.high or (value == self.high and not self.below)
        return over and under

    def holds_all(self, spread: tuple[float, float] | None) -> bool | None:
        """Tell whether everything between two numbers lies in the range; None where some does."""
        if spread is None:
            return None
        first, last = (self.holds(end) for end in spread)
        if first and last:
            return True
        beside = self.low is not None and spread[1] <= self.low
        beside = beside or (self.high is not None and spread[0] >= self.high)
        return False if beside and not (first or last) else None

    def describe(self, unit: str) -> str:
        """Write the range in Chinese."""
        if unit == _SPANS[_YEAR][1]:
            return self._years()
        if self.low and self.high is not None and not (self.above or self.below):
            return span_words((self.low, self.high), unit)
        words = []
        if self.low or self.high is None:
            least = "多于" if self.above else "不少于"
            words.append(f"{least}{number_words(self.low or 0.0)}{unit}")
        if self.high is not None:
            most = "少于" if self.below else "不多于"
            words.append(f"{most}{number_words(self.high)}{unit}")
        return "、".join(words)

    def _years(self) -> str:
        """Write a range of years."""
        words = []
        if self.low:
            words.append(f"{'晚于' if self.above else '不早于'}{self.low:.0f}年")
        if self.high is not None:
            words.append(f"{'早于' if self.below else '不晚于'}{self.high:.0f}年")
        return "、".join(words)


@dataclass(frozen=True)
class WordTest:
    """Ask whether a word of the unit is one of several.

    Attributes
    ----------
    name, label
        Of the fact.
    options
        Words asked for, code and label.
    known
        Every word that the pack understands here; empty where any word may stand.
    """

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    known: frozenset[str] = frozenset()

    def test(self, facts: UnitFacts) -> bool | None:
        """Answer whether the unit's word is one of those asked for."""
        value = self._value(facts)
        if value in _forms(self.options):
            return True
        return False if value and (not self.known or value in self.known) else None

    def _value(self, facts: UnitFacts) -> str:
        return str(getattr(facts, self.name)).strip()

    def describe(self) -> str:
        """Write what is asked for."""
        return f"{self.label}为{'或'.join(label for _, label in self.options)}"

    def doubt(self, facts: UnitFacts) -> str:
        """Say why nobody can tell."""
        value = self._value(facts)
        return f"标准里没有{self.label}“{value}”" if value else f"缺少“{self.describe()}”的信息"

    def refusal(self, facts: UnitFacts) -> str:
        """Say why the unit is none of these; free words are told, for they may be misspelt."""
        told = "" if self.known else f"，这里的{self.label}是{self._value(facts)}"
        return f"只适用于{self.describe()}的单元{told}"


@dataclass(frozen=True)
class SpanTest:
    """Ask whether a number of the unit lies in a range."""

    name: str
    span: Range

    def test(self, facts: UnitFacts) -> bool | None:
        """Answer whether the number lies in the range."""
        if self.name == _YEAR:
            return self.span.holds_all(facts.built_years)
        value = facts.quantity(self.name)
        return None if value is None else self.span.holds(value)

    @property
    def label(self) -> str:
        """Return what is asked about."""
        return _SPANS[self.name][0]

    def describe(self) -> str:
        """Write what is asked for."""
        label, unit = _SPANS[self.name]
        return f"{label}{self.span.describe(unit)}"

    def doubt(self, facts: UnitFacts) -> str:
        """Say why nobody can tell."""
        if self.name == _YEAR and facts.built_years is not None:
            return "各社区的建成年份有的符合、有的不符合"
        return f"缺少“{self.describe()}”的信息"

    def refusal(self, facts: UnitFacts) -> str:
        """Say why the unit does not lie in the range."""
        del facts
        return f"只适用于{self.describe()}的单元"


@dataclass(frozen=True)
class AgeTrigger:
    """Say which share of residents of an age group sets a requirement off."""

    age: str
    least: float | None = None
    more_than: float | None = None
    above_district: bool = False

    @classmethod
    def parse(cls, fields: Fields) -> Self:
        """Read ``{ age = "60_plus", least = 0.25 }``."""
        trigger = cls(
            age=fields.choice("age", AGES),
            least=fields.number("least", most=1.0),
            more_than=fields.number("more_than", most=1.0),
            above_district=bool(fields.flag("above_district", default=False)),
        )
        keys = ("least", "more_than", "above_district")
        if trigger == cls(trigger.age) and not any(fields.has(key) for key in keys):
            fields.report(
                "没有写人口占比的门槛",
                "写 least（达到）、more_than（超过）或 above_district = true（高于全区平均）",
            )
        fields.close()
        return trigger

    def test(self, facts: UnitFacts) -> bool | None:
        """Answer whether the unit has at least (or more than) the share."""
        share = facts.ages.get(self.age)
        average = facts.reference_ages.get(self.age)
        if share is None or (self.above_district and average is None):
            return None
        return (
            (self.least is None or share >= self.least - SLACK)
            and (self.more_than is None or share > self.more_than + SLACK)
            and (average is None or not self.above_district or share > average + SLACK)
        )

    def describe(self) -> str:
        """Write the trigger in Chinese."""
        words = []
        if self.least is not None:
            words.append(f"达到{percent_words(self.least)}")
        if self.more_than is not None:
            words.append(f"超过{percent_words(self.more_than)}")
        if self.above_district:
            words.append("高于全区平均")
        return f"{AGES.get(self.age, self.age)}人口占比{'且'.join(words)}"


@dataclass(frozen=True)
class AgeTest:
    """Ask for any, or for all, of several age triggers."""

    label: ClassVar[str] = "年龄构成"

    triggers: tuple[AgeTrigger, ...]
    every: bool

    def test(self, facts: UnitFacts) -> bool | None:
        """Answer whether the triggers are set off."""
        answers = (one.test(facts) for one in self.triggers)
        return all_of(answers) if self.every else any_of(answers)

    def describe(self) -> str:
        """Write what is asked for."""
        return ("且" if self.every else "或").join(one.describe() for one in self.triggers)

    def doubt(self, facts: UnitFacts) -> str:
        """Say why nobody can tell."""
        del facts
        return f"缺少“{self.describe()}”的信息"

    def refusal(self, facts: UnitFacts) -> str:
        """Say why the triggers are not set off."""
        del facts
        return f"只适用于{self.describe()}的单元"


@dataclass(frozen=True)
class Applies:
    """Hold every condition on the unit; all of them must be met."""

    tests: tuple[WordTest | SpanTest | AgeTest, ...] = ()

    @classmethod
    def parse(cls, fields: Fields, kinds: Mapping[str, str], subtypes: Mapping[str, str]) -> Self:
        """Read ``applies = { kinds = ["old_town"], ages_any = [ … ] }``."""
        tests: list[WordTest | SpanTest | AgeTest] = [
            WordTest(
                name, label, tuple((code, words[code]) for code in codes), _forms(words.items())
            )
            for key, name, label, words in (
                ("kinds", "kind", "生活圈类型", kinds),
                ("subtypes", "subtype", "亚类", subtypes),
                ("formations", "formation", "划分方式", FORMATIONS),
                ("community_kinds", "community_kind", "社区类别", COMMUNITY_KINDS),
            )
            if (codes := fields.choices(key, words))
        ]
        if zones := fields.texts("zones"):
            tests.append(WordTest("zone", "区位", tuple((zone, zone) for zone in zones)))
        spans = ((name, Range.parse(fields, name)) for name in _SPANS)
        tests += [SpanTest(name, span) for name, span in spans if span is not None]
        for key in ("ages_any", "ages_all"):
            if triggers := tuple(AgeTrigger.parse(row) for row in fields.tables(key)):
                tests.append(AgeTest(triggers, every=key == "ages_all"))
        fields.close()
        return cls(tuple(tests))

    @property
    def always(self) -> bool:
        """Tell whether there is no condition at all."""
        return not self.tests

    @property
    def zones(self) -> tuple[str, ...]:
        """Return the zones asked for, words of the plan that no list confirms."""
        words = (one for one in self.tests if isinstance(one, WordTest) and one.name == "zone")
        return tuple(zone for one in words for zone, _ in one.options)

    def test(self, facts: UnitFacts) -> tuple[bool | None, str]:
        """Answer whether the requirement applies, with the reason where it does not surely."""
        undecided = ""
        for one in self.tests:
            answer = one.test(facts)
            if answer is False:
                return False, one.refusal(facts)
            if answer is None:
                undecided = undecided or one.doubt(facts)
        return (None, f"无法判断是否适用：{undecided}") if undecided else (True, "")

    def missing(self, facts: UnitFacts) -> list[str]:
        """Return what is not known of a unit, so that nobody can tell whether it applies."""
        return [one.label for one in self.tests if one.test(facts) is None]

    def describe(self) -> str:
        """Write the conditions in Chinese; empty if there are none."""
        return "，".join(one.describe() for one in self.tests)


def _forms(words: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return every way to write some words: code, label, and the label with 生活圈 behind it."""
    return frozenset(
        form for code, label in words for form in (code, label, label + "生活圈") if form
    )
