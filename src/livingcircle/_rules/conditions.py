"""Ask conditions of an outlet, with three answers: yes, no, and not known.

``None`` is the third answer: the field that would decide has not been reported.
"""

import re
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from typing import Self

from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.fields import OPEN
from livingcircle._rules.fields import Fields
from livingcircle._rules.fields import Span
from livingcircle._rules.outcome import SLACK
from livingcircle._rules.wording import number_words
from livingcircle._rules.wording import span_words
from livingcircle.hours import open_spans

SUPPLIES: Final[Mapping[str, str]] = {
    "fixed": "固定",
    "mobile": "移动",
    "temporary": "临时",
    "online": "线上",
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
        low, high = where.area
        if low is not None and high is not None and low > high:
            fields.report(
                f"“area_min”（{low:,g}）大于“area_max”（{high:,g}）", "核对原文后改正其中一个"
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
        return "，".join(self.words())

    def words(self) -> list[str]:
        """Return each condition in Chinese."""
        words = [] if self.area == OPEN else [f"建筑面积{span_words(self.area, '平方米')}"]
        words += [_FLAGS[name][0 if wanted else 1] for name, wanted in self.flags]
        if self.all_day:
            words.append("24小时营业")
        if self.open_at:
            words.append(f"{self.open_at}在营业")
        if self.open_hours_min is not None:
            words.append(f"每天营业不少于{number_words(self.open_hours_min)}小时")
        if self.supply:
            words.append("供给方式为" + "或".join(SUPPLIES[name] for name in self.supply))
        if self.in_service_centre is not None:
            words.append("位于综合体内" if self.in_service_centre else "不在综合体内")
        return words


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
