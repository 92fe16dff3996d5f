"""Describe who is walking: how fast, over what, and how long they wait to cross.

Compliance is judged on metres, because the plans state metres; minutes always name the walker
they were computed for. Speeds: 60 m/min is the pace implied by 密云 附件1.1 三 (5 minutes =
200–300 m, 15 minutes = 800–1000 m); elder and brisk are our assumptions and can be replaced.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from types import MappingProxyType

from livingcircle.errors import NetworkError

# Mean waiting times. A footbridge or underpass costs its own stairs and length, nothing more.
CROSSING_SECONDS: Mapping[str, float] = MappingProxyType(
    {
        "signals": 20.0,
        "marked": 5.0,
        "unmarked": 10.0,
        "footbridge": 0.0,
        "underpass": 0.0,
        "crossing_signals": 20.0,
        "crossing_marked": 5.0,
        "crossing_unmarked": 10.0,
        "elevator": 30.0,
    }
)


@dataclass(frozen=True)
class Walker:
    """Describe one kind of walker.

    Parameters
    ----------
    metres_per_minute
        Speed on the level, on and off the street.
    steps_factor
        Share of that speed kept on stairs.
    uses_steps
        False for wheels: stairs are then no way at all.
    seconds
        Delay by kind of crossing, signal or lift; missing kinds cost nothing.
    """

    name: str
    label: str
    metres_per_minute: float
    steps_factor: float = 0.5
    uses_steps: bool = True
    seconds: Mapping[str, float] = field(default_factory=lambda: CROSSING_SECONDS)

    def describe(self) -> str:
        """Return the Chinese phrase printed beside every number of minutes."""
        steps = "" if self.uses_steps else "，不走台阶"
        return f"{self.label}（每分钟{self.metres_per_minute:g}米{steps}）"


WALKERS: Mapping[str, Walker] = MappingProxyType(
    {
        "standard": Walker("standard", "普通步行者", 60.0),
        "elder": Walker("elder", "老年步行者", 48.0),
        "brisk": Walker("brisk", "快步者", 75.0),
        "wheelchair": Walker("wheelchair", "轮椅使用者", 60.0, uses_steps=False),
    }
)


def find_walker(name: str) -> Walker:
    """Return the walker of that name.

    Raises
    ------
    NetworkError
        If there is no such walker.
    """
    if name not in WALKERS:
        known = "、".join(WALKERS)
        raise NetworkError(f"没有名为“{name}”的步行者类型", remedy=f"可用的有：{known}")
    return WALKERS[name]


def check_hour(at: str) -> None:
    """Refuse an hour that is not ``HH:MM``.

    Raises
    ------
    NetworkError
        If it is not a time of day.
    """
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", at):
        raise NetworkError(f"“{at}”不是钟点", remedy="写成两位小时和两位分钟，如 09:30")
