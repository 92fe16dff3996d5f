"""Ask conditions of an outlet or of a unit, with three answers: yes, no, and not known.

``None`` is the third answer: the field that would decide has not been reported.
"""

import re
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from typing import Self

from livingcircle._hours import open_spans
from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.facts import UnitFacts
from livingcircle._rules.fields import OPEN
from livingcircle._rules.fields import Fields
from livingcircle._rules.fields import Span
from livingcircle._rules.outcome import SLACK

KINDS: Final[Mapping[str, str]] = {
    "old_town": "老城区住宅",
    "commercial_cultural": "商业文化",
    "new_residential": "新兴住宅",
    "urban_fringe": "城乡结合部",
}
SUBTYPES: Final[Mapping[str, str]] = {"technology": "科技产业", "university": "高校"}
FORMATIONS: Final[Mapping[str, str]] = {"merged": "合并", "split": "拆分", "single": "独立"}
SUPPLIES: Final[Mapping[str, str]] = {
    "fixed": "固定",
    "mobile": "移动",
    "temporary": "临时",
    "online": "线上",
}
AGES: Final[Mapping[str, str]] = {
    "0_3": "0–3岁",
    "60_plus": "60岁及以上",
    "65_plus": "65岁及以上",
    "80_plus": "80岁及以上",
}
_FLAGS: Final[Mapping[str, tuple[str, str]]] = {
    "step_free": ("有无障碍出入口", "无无障碍出入口"),
    "chain": ("连锁", "非连锁"),
    "online": ("已入驻线上平台", "未入驻线上平台"),
    "quality_brand": ("优质品牌", "非优质品牌"),
    "same_day_online": ("可线上当日服务", "不可线上当日服务"),
}
_DAY: Final = 24 * 60
_CLOCK: Final = re.compile(r"([01]?\d|2[0-4])[:：]([0-5]\d)")


def all_of(answers: Iterable[bool | None]) -> bool | None:
    """Join answers by “and”: one no decides, otherwise one unknown keeps it unknown."""
    seen = list(answers)
    if False in seen:
        return False
    return None if None in seen else True


def any_of(answers: Iterable[bool | None]) -> bool | None:
    """Join answers by “or”: one yes decides, otherwise one unknown keeps it unknown."""
    seen = list(answers)
    if True in seen:
        return True
    return None if None in seen else False


def within(value: float | None, span: Span) -> bool | None:
    """Tell whether a number lies in a range, both ends included."""
    if value is None:
        return None
    low, high = span
    return (low is None or value >= low) and (high is None or value <= high)


def span_words(span: Span, unit: str) -> str:
    """Write a range in Chinese: ``不少于50平方米`` or ``1000–3000平方米``."""
    low, high = span
    if low is None or high is None:
        return f"不多于{high:g}{unit}" if high is not None else f"不少于{low:g}{unit}"
    return f"{low:g}{unit}" if low == high else f"{low:g}–{high:g}{unit}"


@dataclass(frozen=True)
class Where:
    """Say which outlets count: by area, hours, entrance, brand or way of supply."""

    area: Span = OPEN
    all_day: bool = False
    open_at: str = ""
    open_hours_min: float | None = None
    flags: tuple[tuple[str, bool], ...] = ()
    supply: tuple[str, ...] = ()
    in_service_centre: bool | None = None

    @classmethod
    def parse(cls, fields: Fields) -> Self:
        """Read ``where = { area_min = 50, all_day = true, … }``."""
        read = ((name, fields.flag(name)) for name in _FLAGS)
        where = cls(
            area=(fields.number("area_min"), fields.number("area_max")),
            all_day=bool(fields.flag("all_day", default=False)),
            open_at=fields.text("open_at", ""),
            open_hours_min=fields.number("open_hours_min", most=24.0),
            flags=tuple((name, value) for name, value in read if value is not None),
            supply=fields.choices("supply", SUPPLIES),
            in_service_centre=fields.flag("in_service_centre"),
        )
        if where.open_at and not _CLOCK.fullmatch(where.open_at):
            fields.report(f"“open_at”写成了“{where.open_at}”", '改成钟点，例如 "07:00"')
        fields.close()
        return where

    def test(self, outlet: OutletFacts) -> bool | None:
        """Answer whether one outlet meets every condition."""
        answers = [True if self.area == OPEN else within(outlet.area_m2, self.area)]
        answers += [_is(getattr(outlet, name), wanted=wanted) for name, wanted in self.flags]
        if self.all_day:
            answers.append(open_all_day(outlet.hours))
        if self.open_at:
            answers.append(open_at(outlet.hours, self.open_at))
        if self.open_hours_min is not None:
            hours = open_for(outlet.hours)
            answers.append(None if hours is None else hours >= self.open_hours_min - SLACK)
        if self.supply:
            answers.append(outlet.supply in self.supply)
        if self.in_service_centre is not None:
            answers.append((outlet.service_centre_id is not None) is self.in_service_centre)
        return all_of(answers)

    def describe(self) -> str:
        """Write the conditions in Chinese, joined for a pair of brackets; empty if none."""
        words = [] if self.area == OPEN else [f"建筑面积{span_words(self.area, '平方米')}"]
        words += [_FLAGS[name][0 if wanted else 1] for name, wanted in self.flags]
        if self.all_day:
            words.append("24小时营业")
        if self.open_at:
            words.append(f"{self.open_at}在营业")
        if self.open_hours_min is not None:
            words.append(f"每天营业不少于{self.open_hours_min:g}小时")
        if self.supply:
            words.append("供给方式为" + "或".join(SUPPLIES[name] for name in self.supply))
        if self.in_service_centre is not None:
            words.append("位于综合体内" if self.in_service_centre else "不在综合体内")
        return "，".join(words)


def open_all_day(hours: str | None) -> bool | None:
    """Tell from written opening hours whether a shop never closes, on any day of the week."""
    spans = open_spans(hours) if hours else None
    return None if spans is None else spans == ((0, 7 * _DAY),)


def open_at(hours: str | None, clock: str) -> bool | None:
    """Tell from written opening hours whether a shop is open at a time of day, every day."""
    spans = open_spans(hours) if hours else None
    if spans is None:
        return None
    hour, minute = re.split(r"[:：]", clock)
    asked = (int(hour) * 60 + int(minute)) % _DAY
    times = range(asked, 7 * _DAY, _DAY)
    return all(any(start <= time < end for start, end in spans) for time in times)


def open_for(hours: str | None) -> float | None:
    """Return for how many hours a shop is open on its shortest day; None where nobody knows."""
    spans = open_spans(hours) if hours else None
    if spans is None:
        return None
    days = [
        sum(max(0, min(end, day + _DAY) - max(start, day)) for start, end in spans)
        for day in range(0, 7 * _DAY, _DAY)
    ]
    return min(days) / 60


def _is(value: bool | None, *, wanted: bool) -> bool | None:  # noqa: FBT001 - a field's value
    return None if value is None else value is wanted


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
        if trigger.least is None and trigger.more_than is None and not trigger.above_district:
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
            words.append(f"达到{self.least:.0%}")
        if self.more_than is not None:
            words.append(f"超过{self.more_than:.0%}")
        if self.above_district:
            words.append("高于全区平均")
        return f"{AGES.get(self.age, self.age)}人口占比{'且'.join(words)}"


@dataclass(frozen=True)
class Applies:
    """Say to which units a requirement applies; an unreported field leaves it unknown."""

    words: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    spans: tuple[tuple[str, Span], ...] = ()
    ages_any: tuple[AgeTrigger, ...] = ()
    ages_all: tuple[AgeTrigger, ...] = ()

    @classmethod
    def parse(cls, fields: Fields, kinds: Mapping[str, str], subtypes: Mapping[str, str]) -> Self:
        """Read ``applies = { kinds = ["old_town"], ages_any = [ … ] }``."""
        lists = {
            "kind": (fields.choices("kinds", kinds), kinds),
            "subtype": (fields.choices("subtypes", subtypes), subtypes),
            "formation": (fields.choices("formations", FORMATIONS), FORMATIONS),
            "zone": (fields.texts("zones"), {}),
        }
        spans = ((name, fields.span(name)) for name in _SPANS)
        applies = cls(
            words=tuple(
                (name, tuple((code, labels.get(code, code)) for code in codes))
                for name, (codes, labels) in lists.items()
                if codes
            ),
            spans=tuple((name, span) for name, span in spans if span != OPEN),
            ages_any=tuple(AgeTrigger.parse(row) for row in fields.tables("ages_any")),
            ages_all=tuple(AgeTrigger.parse(row) for row in fields.tables("ages_all")),
        )
        fields.close()
        return applies

    @property
    def always(self) -> bool:
        """Tell whether there is no condition at all."""
        return not (self.words or self.spans or self.ages_any or self.ages_all)

    def test(self, facts: UnitFacts) -> tuple[bool | None, str]:
        """Answer whether the requirement applies, with the condition that decided."""
        undecided = ""
        for answer, words in self._answers(facts):
            if answer is False:
                return False, words
            if answer is None:
                undecided = undecided or words
        return (None, undecided) if undecided else (True, "")

    def _answers(self, facts: UnitFacts) -> Iterable[tuple[bool | None, str]]:
        for name, options in self.words:
            words = f"{_WORDS[name]}为{'或'.join(label for _, label in options)}"
            yield _matches(getattr(facts, name), options), words
        for name, span in self.spans:
            label, unit = _SPANS[name]
            yield within(facts.quantity(name), span), f"{label}{span_words(span, unit)}"
        if self.ages_any:
            yield any_of(one.test(facts) for one in self.ages_any), self._ages("或", self.ages_any)
        if self.ages_all:
            yield all_of(one.test(facts) for one in self.ages_all), self._ages("且", self.ages_all)

    @staticmethod
    def _ages(joint: str, triggers: tuple[AgeTrigger, ...]) -> str:
        return joint.join(one.describe() for one in triggers)

    def describe(self) -> str:
        """Write the conditions in Chinese; empty if there are none."""
        nobody = UnitFacts(level="", unit_id="", unit_name="")
        return "，".join(words for _, words in self._answers(nobody))


_WORDS: Final[Mapping[str, str]] = {
    "kind": "生活圈类型",
    "subtype": "亚类",
    "formation": "划分方式",
    "zone": "区位",
}
_SPANS: Final[Mapping[str, tuple[str, str]]] = {
    "density": ("人口密度", "人/平方公里"),
    "population": ("常住人口", "人"),
    "households": ("户数", "户"),
    "dwellings": ("住宅", "套"),
    "community_count": ("社区数", "个"),
    "area_km2": ("面积", "平方公里"),
    "floor_area_m2": ("总建筑面积", "平方米"),
}


def _matches(value: str, options: tuple[tuple[str, str], ...]) -> bool | None:
    if not value:
        return None
    accepted = {word for code, label in options for word in (code, label, label + "生活圈")}
    return value in accepted
