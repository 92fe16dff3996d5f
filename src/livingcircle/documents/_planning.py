"""Plan what to do about a gap: by which quarter."""

import re
from dataclasses import dataclass

from livingcircle.documents import _wording as wording
from livingcircle.documents._desk import Assessed
from livingcircle.documents._provenance import Provenance
from livingcircle.tables import TABLES

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
