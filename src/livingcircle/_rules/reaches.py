"""Define the shape of rule about how far residents walk."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from typing import Final
from typing import Self

from livingcircle._rules.defaults import DECIDERS
from livingcircle._rules.defaults import LEVELS
from livingcircle._rules.defaults import Defaults
from livingcircle._rules.fields import OPEN
from livingcircle._rules.fields import Fields
from livingcircle._rules.fields import Span
from livingcircle._rules.wording import number_words
from livingcircle._rules.wording import percent_words
from livingcircle._rules.wording import span_words

MODES: Final[Mapping[str, str]] = {
    "walk": "步行",
    "wheelchair": "轮椅",
    "cycle": "骑行",
    "drive": "驾车",
}


@dataclass(frozen=True)
class ReachRule:
    """Ask that residents reach an outlet within metres or minutes.

    Metres and minutes are kept apart, each with the lower end of its range ("good") and the
    upper end ("pass"); ``decides`` says which of the two gives the verdict, or that both do.
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
        if not fields.has("metres") and not fields.has("minutes"):
            fields.report(
                "缺少“metres”（米）或“minutes”（分钟）", "至少写其中一个，例如 metres = [200, 300]"
            )
        for key, (low, high) in (("metres", metres), ("minutes", minutes)):
            if low is not None and high is None:
                fields.report(f"“{key}”没有上限", "写出达标的最远距离，例如 [200, 300]")
        decides = fields.choice("decides", DECIDERS, defaults.decides)
        for key in ("metres", "minutes"):
            if fields.has("decides") and decides in (key, "both") and not fields.has(key):
                fields.report(f"“decides”要看“{key}”，却没有写它", f"补上“{key}”，或删去“decides”")
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
        """Say the radius, the line that decides, and how many people one is meant to serve."""
        limits = [] if self.metres == OPEN else [span_words(self.metres, "米")]
        limits += [] if self.minutes == OPEN else [span_words(self.minutes, "分钟")]
        who = "居民" if self.share >= 1 else f"不少于{percent_words(self.share)}的居民"
        lines = [] if self.decides == "minutes" else [f"{number_words(self.pass_metres or 0)}米"]
        lines += [] if self.decides == "metres" else [f"{number_words(self.pass_minutes or 0)}分钟"]
        both = "，两样都要达到" if self.decides == "both" else ""
        served = self.served_population
        note = "" if served == OPEN else f"；服务人口{span_words(served, '人')}，只作说明"
        return (
            f"{LEVELS[level]}{who}{MODES[self.mode]}{'、'.join(limits)}内有{subject}"
            f"（以{'、'.join(lines)}为达标线{both}{note}）"
        )
