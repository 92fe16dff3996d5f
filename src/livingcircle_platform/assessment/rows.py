"""Name the rows of a run as plain records that can be stored as they are.

Columns have the engine's names; what nobody knows is ``None``; places are shapely geometry in
degrees. Each record is filled from a table of the engine by :func:`rows_of`.
"""

import math
from dataclasses import dataclass
from dataclasses import fields
from typing import Any
from typing import TypeVar

import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

Row = TypeVar("Row")


@dataclass(frozen=True)
class Figure:
    """Hold one of 有没有, 全不全, 好不好, 美不美 as a count of three answers.

    Attributes
    ----------
    met, lacking, unknown
        How many of the things asked for are known to be there, known to be missing, and neither.
    value
        A number that was reported besides, such as the satisfaction in per cent.
    reason
        Why nothing is known, in words; ``""`` where something is.
    """

    met: int
    lacking: int
    unknown: int
    value: float | None = None
    reason: str = ""

    @property
    def judged(self) -> int:
        """Return how many were judged either way."""
        return self.met + self.lacking

    @property
    def verdict(self) -> str:
        """Return the whole in one word: lacking goes before unknown, unknown before served.

        Where the standard asks for nothing the question does not apply.
        """
        if self.lacking:
            return "lacking"
        if self.unknown:
            return "unknown"
        return "served" if self.met else "not_applicable"


@dataclass(frozen=True)
class UnitRow:
    """Tell of one community, circle, 街道 or the district: how large, and how well provided."""

    level: str
    unit_id: str
    name: str
    circle_id: str
    population: float | None
    area_km2: float | None
    density: float | None
    doors: int
    outlets: int
    presence: Figure
    completeness: Figure
    quality: Figure
    appearance: Figure


@dataclass(frozen=True)
class CircleRow(UnitRow):
    """Tell of one circle, its kind and the boundary that was used as well."""

    kind: str
    communities: int
    geometry: BaseGeometry | None


@dataclass(frozen=True)
class FindingRow:
    """Hold the verdict on one requirement for one unit."""

    requirement_id: str
    subject: str
    level: str
    unit_id: str
    unit_name: str
    circle_id: str
    trade: str
    trades: tuple[str, ...]
    tier: str
    severity: str
    verdict: str
    required: float | None
    found: float | None
    found_strict: float | None
    found_shared: float | None
    shortfall: float | None
    surplus: float | None
    unit: str
    reason: str
    explanation: str
    clause: str
    people: float | None


@dataclass(frozen=True)
class GapRow:
    """Hold one thing that must be there and is not: 缺什么, 补什么, 如何补."""

    gap_id: str
    circle_id: str
    circle_name: str
    level: str
    unit_id: str
    unit_name: str
    trade: str
    trade_name: str
    tier: str
    requirement_id: str
    required: float | None
    found: float | None
    shortfall: float | None
    surplus: float | None
    unit: str
    people: float | None
    elders: float | None
    infants: float | None
    nearest_m: float | None
    urgency: int
    reason: str
    remedy: str
    measure: str
    clause: str


@dataclass(frozen=True)
class BlindAreaRow:
    """Hold one group of neighbouring doors that lack a trade, with its drawing."""

    blind_area_id: str
    circle_id: str
    circle_name: str
    community_ids: str
    community_names: str
    trade: str
    trade_name: str
    tier: str
    requirement_id: str
    radius_m: float | None
    doors: int
    people: float | None
    elders: float | None
    infants: float | None
    nearest_m: float | None
    farthest_m: float | None
    nearest_outlet_id: str
    nearest_name: str
    place: str
    geometry: BaseGeometry | None


@dataclass(frozen=True)
class IndexRow:
    """Hold one rate or index of a unit, what it was divided by, how far it may still move."""

    level: str
    unit_id: str
    unit_name: str
    index: str
    name: str
    value: float | None
    numerator: float | None
    denominator: float | None
    unknown: float | None
    low: float | None
    high: float | None
    unit: str
    formula: str


@dataclass(frozen=True)
class CoverageRow:
    """Hold how many people of a unit reach a trade, surely do not, or nobody knows."""

    level: str
    unit_id: str
    unit_name: str
    trade: str
    people: float | None
    served: float | None
    lacking: float | None
    unknown: float | None
    not_applicable: float | None
    good: float | None
    share: float | None
    counted: str


@dataclass(frozen=True)
class IssueRow:
    """Point at one problem of the inputs: where, what, and what to do."""

    file: str
    sheet: str
    row: int
    column: str
    value: str
    severity: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class CheckRow:
    """Hold how one circle is drawn, held against one limit."""

    circle_id: str
    circle_name: str
    check: str
    name: str
    value: float | None
    limit: str | float | None
    unit: str
    severity: str
    verdict: str
    reason: str


@dataclass(frozen=True)
class RepairRow:
    """Point at something on the streets that a person should look at."""

    kind: str
    place: str
    lon: float | None
    lat: float | None
    length_m: float | None
    sentence: str


def rows_of(kind: type[Row], table: pd.DataFrame) -> tuple[Row, ...]:
    """Return the rows of a table as records of a dataclass, one column for every field."""
    names = [one.name for one in fields(kind)]  # type: ignore[arg-type]
    columns = [[plain(value) for value in table[name].astype(object)] for name in names]
    return tuple(kind(**dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True))


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    """Return a cell as Python has it, ``None`` where nothing is known."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return tuple(value) if isinstance(value, list) else value
