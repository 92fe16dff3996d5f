"""Turn findings that lack something into gaps: 缺什么, 补什么, 如何补, and how urgent.

What to add follows from the shortfall; how to add it follows the plan's own measures and the
spaces at hand. Where exactly to put it is a question of its own.
"""

import math
from dataclasses import dataclass
from dataclasses import replace
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle.blind_areas import People
from livingcircle.gaps import LACKING
from livingcircle.summaries import Judged
from livingcircle.units import Unit

Floats = npt.NDArray[np.float64]

GAP_COLUMNS = [
    "circle_id",
    "circle_name",
    "level",
    "unit_id",
    "unit_name",
    "trade",
    "trade_name",
    "tier",
    "requirement_id",
    "required",
    "found",
    "shortfall",
    "surplus",
    "unit",
    "people",
    "elders",
    "infants",
    "nearest_m",
    "urgency",
    "reason",
    "remedy",
    "measure",
    "clause",
]
# 轻重缓急: what every household needs often and nobody nearby has comes first.
OFTEN_METRES = 500.0
MANY_PEOPLE = 1000.0
# 密云 三（四）, 二（一）1 and 国家2023 三（四）: measures by what the place allows.
MEASURES = {
    "often": "利用腾退、闲置公共空间引入连锁门店，或在现有便利店、餐饮店叠加（一店多能）",
    "machine": "在小区出入口或公共空间增设智能设备",
    "seldom": "在综合体或百姓生活服务中心叠加，或由周边门店代办（一店多能）",
    "cramped": "增设箱式移动设施、直通车，或组织便民集市过渡",
    "improve": "改造提升现有网点，新设网点优先满足本项要求",
    "fewer": "不再新增，结合租约到期逐步调整",
}
# Of so many sites, some do not have the size or the parts they should.
SITES = "处"
MACHINES = frozenset({"parcel_point", "water_vending", "vending_machine"})


@dataclass(frozen=True)
class Affected:
    """Count who is hit by a gap and how far they have to go now."""

    people: float
    elders: float
    infants: float
    nearest_m: float


def affected(unit: Unit, people: People, judged: Judged | None) -> Affected:
    """Return the residents who lack the trade; all of them where only the number is short.

    Parameters
    ----------
    unit
        Community, circle or district.
    people
        People at each door.
    judged
        Door verdicts on the trade's service radius, if the standard states one.
    """
    doors = unit.doors
    metres = np.full(len(doors), np.inf)
    if judged is not None:
        lacking = doors[judged.doors.verdict[doors] == LACKING]
        doors = lacking if len(lacking) else doors
        metres = judged.doors.metres[doors]
    finite = metres[np.isfinite(metres)]
    nearest = float(np.median(finite)) if len(finite) else math.nan
    return Affected(**people.total(doors), nearest_m=round(nearest, 1))


def urgency(tier: str, radius: float, people: float, *, blind: bool) -> int:
    """Return 1 (urgent) to 4 (can wait).

    Basic trades come before others, trades used within 5–10 minutes before the rest
    (密云 三（二）, 附件1.1 四 1–2), places out of reach before places merely short in number, and
    many people before few.
    """
    if tier != "basic":
        return 4
    step = 1 if radius <= OFTEN_METRES else 2
    if not blind:
        step += 1
    if math.isfinite(people) and people < MANY_PEOPLE:
        step += 1
    return min(step, 4)


@dataclass(frozen=True)
class Todo:
    """Say what to do about a gap, and whether that adds outlets, improves them or takes away."""

    words: str
    adds: bool = False
    fewer: bool = False

    def near_blind_doors(self) -> Self:
        """Return the same, put where residents cannot reach one yet."""
        return replace(self, words=f"{self.words}，优先布在够不着的楼门附近") if self.adds else self


def remedy(name: str, required: float, found: float, shortfall: float, unit: str) -> Todo:
    """Return what to do about a number that is not met: ``增设药店1个``.

    Where nothing is short but more was found than is allowed, there is something to take away.
    """
    if math.isfinite(shortfall) and shortfall > 0 and not (unit != SITES and found > required):
        return _more(name, shortfall, unit)
    if math.isfinite(required) and found > required:
        return Todo(f"{name}{_amount(found - required, unit, '减少', '降低')}", fewer=True)
    return Todo(f"补上{name}", adds=True)


def _more(name: str, shortfall: float, unit: str) -> Todo:
    """Return what to do about something that is short."""
    if unit == "个":
        return Todo(f"增设{name}{shortfall:.0f}个", adds=True)
    if unit in ("种", "类"):
        return Todo(f"增加{name}{shortfall:.0f}{unit}", adds=True)
    if unit == SITES:
        return Todo(f"使{name}{shortfall:.0f}处的面积、构成达到规定")
    return Todo(f"{name}{_amount(shortfall, unit, '增加', '提高')}")


def _amount(amount: float, unit: str, change: str, shift: str) -> str:
    """Return by how much something is to change; shares shift by points."""
    if unit == "%":
        return f"{shift}{amount:.1f}个百分点"
    return f"{change}{amount:,.0f}{unit}"


def measure(trade: str, radius: float, todo: Todo, *, cramped: bool) -> str:
    """Return how a gap can be filled, in the plan's own words."""
    if todo.fewer:
        return MEASURES["fewer"]
    if not todo.adds:
        return MEASURES["improve"]
    if trade in MACHINES:
        return MEASURES["machine"]
    if cramped:
        return MEASURES["cramped"]
    return MEASURES["often" if radius <= OFTEN_METRES else "seldom"]


def number_gaps(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return gaps sorted by urgency and people, numbered."""
    table = pd.DataFrame(rows, columns=GAP_COLUMNS)
    table = table.sort_values(
        ["urgency", "people", "circle_id", "unit_id", "requirement_id"],
        ascending=[True, False, True, True, True],
        kind="stable",
        ignore_index=True,
    )
    table.insert(0, "gap_id", [f"G{n:04d}" for n in range(1, len(table) + 1)])
    return table
