"""Read opening hours as people in China write them.

OpenStreetMap's notation is understood by a library; Chinese forms are put into it first. What
is not wholly understood is not read at all: half of an opening time is a wrong one.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timedelta
from functools import lru_cache
from typing import Final

from opening_hours import OpeningHours
from opening_hours import State
from opening_hours import validate

_DAY: Final = 24 * 60
_NOON: Final = 12
_LUNCH: Final = 3
Spans = tuple[tuple[int, int], ...]

# A week without a holiday; it begins on a Monday.
_MONDAY: Final = datetime(2024, 6, 17)  # noqa: DTZ001 - wall clock
_DAYS: Final = dict(
    zip("一二三四五六日天", ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "Su"), strict=True)
)
_NUMERALS: Final = {
    "十": "10",
    "十一": "11",
    "十二": "12",
    **dict(zip("零一二两三四五六七八九", "01223456789", strict=True)),
}
_WEEK: Final = r"(?:周|星期|礼拜)"
_JOINT: Final = r"[、,和及\s]*"

_DASHES: Final = re.compile(r"\s*(?:[-‐‑‒–—―−~〜]+|至|到)\s*")
_NEVER_SHUT: Final = re.compile(
    r"(?:全年|节假日|法定节假日|假日|春节|周末)(?:均|都|照常)?(?:无休|不休息?|不打烊|营业)"
)
_ALL_DAY: Final = re.compile(
    r"(?:7\s*[x×*/]\s*24|24\s*[x×*/]\s*7)\s*(?:小时|h)?|24\s*(?:小时|hours?|h)|全天候?|全日|昼夜",
    re.IGNORECASE,
)
_MORNING_TO_EVENING: Final = re.compile(r"(早上?\d{1,2}点?)(?=晚)")
_NUMERAL: Final = re.compile(r"(十[一二]|[零一二两三四五六七八九十])(?=[点时])")
_BLOCK: Final = re.compile(r"(?<!\d)(\d{2})(\d{2})-(\d{2})(\d{2})(?!\d)")
_CLOCK: Final = (
    r"(?P<next{0}>次日|第二天|翌日)?(?P<part{0}>凌晨|清晨|早上|早晨|早|上午|中午|下午|午后|傍晚|晚上|晚间|晚|夜间|夜里|夜)?"
    r"\s*(?P<hour{0}>\d{{1,2}})(?P<clock{0}>[:.点时](?:(?P<minute{0}>\d{{1,2}})分?|(?P<half{0}>半)|整)?)?"
)
_SPAN: Final = re.compile(_CLOCK.format(1) + "-" + _CLOCK.format(2))
_RANGE: Final = re.compile(rf"{_WEEK}([一二三四五六日天])-{_WEEK}?([一二三四五六日天])")
_LIST: Final = re.compile(rf"{_WEEK}[一二三四五六日天](?:{_JOINT}{_WEEK}?[一二三四五六日天])*")
_NAMED: Final = (
    (re.compile(r"周六日|双休日|周末"), "Sa-Su"),
    (re.compile(r"工作日|平日|平时"), "Mo-Fr"),
    (re.compile(r"每天|每日|天天"), "Mo-Su"),
    (re.compile(r"法定节假日|法定假日|节假日|假日"), "PH"),
)
_TOKEN: Final = re.compile(r"<([^<>]+)>|(\d\d:\d\d-\d\d:\d\d)|(休息|不营业|闭馆|停业|关门|除外|休)")
# Times in front, the days they belong to in brackets behind them.
_DAYS_BEHIND: Final = re.compile(rf"((?:\d\d:\d\d-\d\d:\d\d{_JOINT})+)\(((?:<[^<>]+>{_JOINT})+)\)")
_BREAKS: Final = re.compile(r"[;,、。.|/()\[\]\s和及]+")
_FILLERS: Final = re.compile(r"(?:营业|开放|服务|经营|工作|开门|时间|时段|不打烊|无休|为|的|:)+")
# What is open at these hours is a part of the shop, not the shop.
_PARTS: Final = re.compile(
    r"自助|自动|无人|智能|柜|机|atm|窗口|急诊|值班|线上|网上|外卖|电话", re.IGNORECASE
)


def read_hours(text: str) -> OpeningHours | None:
    """Return written opening hours, or None where they cannot be read as a whole."""
    written = _in_osm(text)
    return OpeningHours(written) if written else None


@lru_cache(maxsize=4096)
def open_spans(text: str) -> Spans | None:
    """Return when a shop is open in an ordinary week, in minutes from Monday 0:00.

    None where the hours cannot be read.
    """
    hours = read_hours(text)
    if hours is None:
        return None
    week: list[tuple[int, int]] = []
    for start, end, state, *_ in hours.intervals(_MONDAY, _MONDAY + timedelta(days=7)):
        if state != State.OPEN:
            continue
        first, last = (round((edge - _MONDAY).total_seconds() / 60) for edge in (start, end))
        if week and week[-1][1] == first:
            first = week.pop()[0]
        week.append((first, last))
    return tuple(week)


@lru_cache(maxsize=4096)
def _in_osm(text: str) -> str:
    """Return opening hours in OpenStreetMap's notation; empty where they cannot be read."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text).strip())
    plain = re.sub(r"23:59(?!\d)", "24:00", plain)
    # To OpenStreetMap a second rule overrides the first; “8:00-12:00；14:00-18:00” means both.
    own = re.search(r"[A-Za-z]", plain) is not None and validate(plain)
    written = plain if own else _translated(plain)
    return written if written and validate(written) else ""


def _translated(plain: str) -> str:
    """Return Chinese opening hours in OpenStreetMap's notation; empty where a word is strange."""
    text = _NEVER_SHUT.sub(" ", plain)
    text = _MORNING_TO_EVENING.sub(r"\1-", _ALL_DAY.sub("00:00-24:00", text))
    text = _BLOCK.sub(r"\1:\2-\3:\4", _NUMERAL.sub(lambda found: _NUMERALS[found[1]], text))
    for pattern, days in _NAMED:
        text = pattern.sub(f"<{days}>", text)
    text = _RANGE.sub(lambda found: f"<{_DAYS[found[1]]}-{_DAYS[found[2]]}>", text)
    text = _LIST.sub(lambda found: f"<{','.join(_DAYS[c] for c in found[0] if c in _DAYS)}>", text)
    text = _DAYS_BEHIND.sub(r"\2\1 ", _SPAN.sub(_span, text))
    return _joined(_chunks(text))


def _span(found: re.Match[str]) -> str:
    """Write a stretch of time as ``HH:MM-HH:MM``; one that nobody can be sure of stays as it is."""
    start, end = (_minutes(found, side) for side in (1, 2))
    afternoon = found["part1"] and not found["part2"] and not found["next2"]
    if afternoon and end <= start < end + _NOON * 60:
        end += _NOON * 60  # 下午1:30-5:00
    bare = not (found["clock1"] or found["clock2"] or found["part1"] or found["part2"])
    if found["next2"] or (end <= start and not bare):
        end += _DAY
    if not 0 <= start < end <= 2 * _DAY or start >= _DAY:
        return found[0]
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def _minutes(found: re.Match[str], side: int) -> int:
    """Return one end of a stretch in minutes from midnight, 下午 and 晚 added in."""
    hour, part = int(found[f"hour{side}"]), found[f"part{side}"] or ""
    minute = 30 if found[f"half{side}"] else int(found[f"minute{side}"] or 0)
    night = part[:1] in ("晚", "夜")
    later = night or part[:1] in ("下", "午", "傍") or (part == "中午" and hour <= _LUNCH)
    if later and (hour < _NOON or (night and hour == _NOON)):
        hour += _NOON
    elif part == "凌晨" and hour == _NOON:
        hour = 0
    return hour * 60 + minute


@dataclass
class _Chunk:
    """Hold the tokens of one stretch of text, and whether they are about a part of the shop."""

    tokens: list[tuple[str, str, str]]
    partial: bool


def _chunks(text: str) -> list[_Chunk]:
    """Take a text apart at its punctuation; nothing where a word in it is not understood."""
    # Weekdays are lists with commas of their own.
    found = []
    for piece in _BREAKS.split(re.sub(r"(?<=[A-Z][a-z]),(?=[A-Z][a-z])", "+", text)):
        strange = _FILLERS.sub("", _TOKEN.sub("", piece))
        if strange and not _PARTS.search(strange):
            return []
        tokens = _TOKEN.findall(piece)
        if tokens:
            found.append(_Chunk(tokens, partial=bool(strange)))
    whole = [chunk for chunk in found if not chunk.partial]
    timed = any(span for chunk in whole for _, span, _ in chunk.tokens)
    return whole if timed else found


@dataclass
class _Rule:
    """Collect the hours of some days."""

    days: list[str] = field(default_factory=list)
    spans: list[str] = field(default_factory=list)
    off: bool = False

    @property
    def told(self) -> bool:
        """Tell whether anything is said of these days yet."""
        return self.off or bool(self.spans)

    def __str__(self) -> str:
        """Write the rule in OpenStreetMap's notation."""
        days = ",".join(self.days).replace("+", ",")
        return f"{days} {'off' if self.off else ','.join(self.spans)}".strip()


def _joined(chunks: Iterable[_Chunk]) -> str:
    """Return the rules of all chunks, those for every day first; empty where days have no hours."""
    rules = [_Rule()]
    for days, span, off in (token for chunk in chunks for token in chunk.tokens):
        if (days and rules[-1].told) or (span and rules[-1].off):
            rules.append(_Rule())
        if days:
            rules[-1].days.append(days)
        elif span:
            rules[-1].spans.append(span)
        rules[-1].off |= bool(off)
    rules = [rule for rule in rules if rule.days or rule.told]
    timed = any(rule.spans for rule in rules)
    if not timed or not all(rule.told and (rule.days or not rule.off) for rule in rules):
        return ""
    return "; ".join(str(rule) for rule in sorted(rules, key=lambda rule: bool(rule.days)))
