"""Plan what to do about a gap: by which quarter, and in which of the registered spaces."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry

from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import Assessed
from livingcircle.documents._assessed import circle_shape
from livingcircle.documents._assessed import records
from livingcircle.documents._provenance import Provenance
from livingcircle.standards import Requirement
from livingcircle.tables import TABLES
from livingcircle.trades import match_names
from livingcircle.trades import with_broader

# The first quarter after the assessment for 1 紧急, two later for each step down.
QUARTERS_BY_URGENCY = {1: 1, 2: 2, 3: 4}
LAST_QUARTER = 8
# 附件1.3: what a circle was drawn by.
DIVISION_COLUMNS = (
    "resident_profile",
    "trade_completeness",
    "built_profile",
    "location_resources",
    "openness",
    "cooperation",
)
DIVISION_LABELS = tuple(TABLES["circles"][name].title for name in DIVISION_COLUMNS)
EVERYWHERE = shapely.box(-180, -90, 180, 90)
SPACES_NAMED = 3


@dataclass(frozen=True, order=True)
class Quarter:
    """Name one quarter of a year, 1 to 4."""

    year: int
    number: int

    def later(self, quarters: int) -> "Quarter":
        """Return the quarter that many quarters on."""
        count = self.year * 4 + self.number - 1 + quarters
        return Quarter(count // 4, count % 4 + 1)

    @property
    def label(self) -> str:
        """Write the quarter as a column heading."""
        return f"{self.year}年第{self.number}季度"


def first_quarter(facts: Provenance) -> Quarter | None:
    """Return the quarter after the assessment, where a plan can begin; None without a day."""
    day = facts.day
    return None if day is None else Quarter(day.year, (day.month - 1) // 3 + 1).later(1)


def planned_year(assessed: Assessed, circle_id: str) -> int | None:
    """Return 预计建成年份 as a number, however it was written (``2025``, ``2025年``)."""
    written = assessed.district.circles["planned_year"].get(circle_id)
    found = re.search(r"\d{4}", str(written)) if wording.known(written) else None
    return int(found[0]) if found else None


def is_past(year: int | None, start: Quarter | None) -> bool:
    """Say whether the year a circle should be finished has passed."""
    return year is not None and start is not None and year < start.year


def propose(urgency: object, start: Quarter | None, planned: int | None) -> Quarter | None:
    """Propose the quarter by which a gap is closed; None where there is no day to count from.

    1 紧急 within a quarter, 2 较急 within two, 3 一般 within a year, the rest within two years;
    never after the year the circle should be finished (附件1.3 预计建成年份), unless that year has
    already passed.
    """
    if start is None:
        return None
    step = QUARTERS_BY_URGENCY.get(int(urgency), LAST_QUARTER) if wording.known(urgency) else 4  # type: ignore[call-overload]
    wanted = start.later(step - 1)
    if planned is None or is_past(planned, start):
        return wanted
    return max(start, min(wanted, Quarter(planned, 4)))


def unit_shape(assessed: Assessed, row: Any) -> BaseGeometry | None:  # noqa: ANN401 - a gap
    """Return the ground on which a gap can be closed: its circle, else its own unit."""
    if row.circle_id:
        return circle_shape(assessed, row.circle_id)
    communities = assessed.district.communities
    if row.level == "community":
        return communities.geometry.get(row.unit_id)
    if row.level == "subdistrict":
        inside = communities.geometry[communities["subdistrict"] == row.unit_id].dropna()
        return shapely.union_all(list(inside)) if len(inside) else None
    return EVERYWHERE


@dataclass(frozen=True)
class _Space:
    """Hold one registered space and the trades it may and may not take."""

    label: str
    point: BaseGeometry | None
    suitable: frozenset[str]
    excluded: frozenset[str]
    named: bool
    doubtful: bool

    def fits(self, trades: Sequence[str]) -> bool | None:
        """Say whether any of the trades may come here; None where a word names no trade we know.

        A space that names no trade may take any. One for a 菜市场 serves who asks for 菜篮子; one
        that may take no 餐饮 takes no kind of it.
        """
        left = {one for one in trades if not self.excluded.intersection(with_broader((one,)))}
        if not left:
            return False
        if not self.named or self.suitable & left:
            return True
        return None if self.doubtful else False


class Spaces:
    """Find registered spaces for a gap."""

    def __init__(self, register: gpd.GeoDataFrame) -> None:
        self._spaces = [_space(row) for row in records(register)]

    def fitting(self, shape: BaseGeometry | None, trades: Sequence[str]) -> str:
        """Name the spaces inside a shape that may take any of the trades.

        What cannot be decided is counted, not dropped: spaces without a place, and such whose
        trades are written in words that no trade goes by.
        """
        if not trades:
            return wording.NONE
        if not self._spaces:
            return f"{wording.UNKNOWN}（没有空间资源台账）"
        if shape is None:
            return f"{wording.UNKNOWN}（没有边界）"
        found: list[str] = []
        doubtful = 0
        for space in self._spaces:
            answer = space.fits(trades)
            if answer is False or (space.point is not None and not space.point.within(shape)):
                continue
            if answer and space.point is not None:
                found.append(space.label)
            else:
                doubtful += 1
        return _told(found, doubtful)


class Sites:
    """Find spaces for many gaps, each question asked once."""

    def __init__(self, assessed: Assessed) -> None:
        self._assessed = assessed
        self._spaces = Spaces(assessed.district.spaces)
        self._shapes: dict[tuple[str, ...], BaseGeometry | None] = {}
        self._told: dict[tuple[tuple[str, ...], str], str] = {}

    def fitting(self, row: Any, one: Requirement) -> str:  # noqa: ANN401 - a gap
        """Name the spaces where a gap in a requirement can be closed."""
        unit = (row.circle_id,) if row.circle_id else (row.level, row.unit_id)
        if unit not in self._shapes:
            self._shapes[unit] = unit_shape(self._assessed, row)
        if (unit, one.id) not in self._told:
            self._told[unit, one.id] = self._spaces.fitting(self._shapes[unit], one.trades)
        return self._told[unit, one.id]


def _told(found: Sequence[str], doubtful: int) -> str:
    rest = f"{doubtful}处没有登记位置或适合业态不明" if doubtful else ""
    if not found:
        return f"{wording.UNKNOWN}（{rest}）" if rest else "台账中没有合适的空间"
    return wording.listed(found, SPACES_NAMED) + (f"；另有{rest}" if rest else "")


def _space(row: Any) -> _Space:  # noqa: ANN401 - a row of spaces
    suitable, excluded = match_names(row.suitable_trades), match_names(row.excluded_trades)
    area = wording.quantity(row.area_m2, "平方米") if wording.known(row.area_m2) else "面积未核实"
    about = [part for part in (row.kind, area, row.occupancy) if wording.known(part)]
    placed = row.geometry is not None and not row.geometry.is_empty
    return _Space(
        label=f"{row.name}（{'，'.join(about)}）",
        point=row.geometry.representative_point() if placed else None,
        suitable=frozenset(with_broader(suitable.codes)),
        excluded=frozenset(excluded.codes),
        named=bool(row.suitable_trades),
        doubtful=bool(suitable.unmatched),
    )
