"""Compute rates and indices with their formulas: every number names what it was divided by.

便利性指数 has no published formula. Ours is the share of (community × function) pairs that are
met, times 100, which gives 西城's “便利性指数 100 %” exactly when every community has every
function. Pairs nobody can judge are left out and counted beside the number.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

INDEX_COLUMNS = [
    "level",
    "unit_id",
    "unit_name",
    "index",
    "name",
    "value",
    "numerator",
    "denominator",
    "unknown",
    "low",
    "high",
    "unit",
    "formula",
]
# The two-sided 95 % point of the normal distribution.
Z95 = 1.959963984540054


@dataclass(frozen=True)
class Rate:
    """Hold a rate with what is known and unknown about it."""

    numerator: float
    denominator: float
    unknown: float

    @property
    def value(self) -> float:
        """Return the share among the known, in per cent, or NaN."""
        return 100.0 * self.numerator / self.denominator if self.denominator else math.nan

    @property
    def low(self) -> float:
        """Return the share if every unknown one turned out a no."""
        total = self.denominator + self.unknown
        return 100.0 * self.numerator / total if total else math.nan

    @property
    def high(self) -> float:
        """Return the share if every unknown one turned out a yes."""
        total = self.denominator + self.unknown
        return 100.0 * (self.numerator + self.unknown) / total if total else math.nan


def wilson(successes: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Return Wilson's interval for a share measured on a sample, in 0–1.

    Parameters
    ----------
    successes, n
        How many said yes, and how many were asked.

    Returns
    -------
    Lower and upper end; (0, 1) when nobody was asked.
    """
    if n <= 0:
        return 0.0, 1.0
    share = successes / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return (max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale))


def rate_of_flag(flags: pd.Series) -> Rate:
    """Return the rate of a yes/no/unknown column, counting each physical outlet once.

    连锁化率 = chain outlets ÷ outlets whose chain status is known. Blank cells are 未核实: they
    are neither yes nor no.
    """
    known = flags.dropna()
    return Rate(float(known.sum()), float(len(known)), float(flags.isna().sum()))


def convenience(verdicts: pd.Series) -> Rate:
    """Return 便利性指数 over (community × function) verdicts."""
    met = float((verdicts == "served").sum())
    return Rate(
        met, met + float((verdicts == "lacking").sum()), float((verdicts == "unknown").sum())
    )


def coverage(people: pd.Series, verdicts: pd.Series) -> Rate:
    """Return the share of people served; people whose verdict is unknown stand apart."""
    weight = people.fillna(0.0)
    served = float(weight[verdicts == "served"].sum())
    lacking = float(weight[verdicts == "lacking"].sum())
    return Rate(served, served + lacking, float(weight[verdicts == "unknown"].sum()))


def index_row(
    unit: tuple[str, str, str], index: str, name: str, rate: Rate, formula: str
) -> dict[str, object]:
    """Return one row of the index table; ``unit`` is level, id and name."""
    value, low, high = (round(v, 2) if math.isfinite(v) else np.nan for v in _three(rate))
    return {
        "level": unit[0],
        "unit_id": unit[1],
        "unit_name": unit[2],
        "index": index,
        "name": name,
        "value": value,
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "unknown": rate.unknown,
        "low": low,
        "high": high,
        "unit": "%",
        "formula": formula,
    }


def _three(rate: Rate) -> tuple[float, float, float]:
    """Return a rate's value and its two ends."""
    return rate.value, rate.low, rate.high
