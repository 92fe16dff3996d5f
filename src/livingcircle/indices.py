"""Compute rates and indices with their formulas: every number names what it was divided by.

便利性指数 has no published formula. Ours is the share of (community × function) pairs that are
known to be met, times 100, which gives 西城's “便利性指数 100 %” exactly when every community has
every function. Pairs nobody can judge count as not met, and how many they are stands beside it.
"""

import math
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from livingcircle._rules.facts import PHYSICAL
from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.facts import UnitFacts
from livingcircle.access import Access
from livingcircle.reach import Services
from livingcircle.situation import Situation
from livingcircle.standards import Standard
from livingcircle.units import Unit
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN

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


@dataclass(frozen=True)
class Rate:
    """Hold a rate with what is known and unknown about it.

    Attributes
    ----------
    numerator, denominator
        Yes, and yes or no.
    unknown
        Neither yes nor no, as far as anybody knows.
    strict
        Whether the value counts the unknown as no.
    """

    numerator: float
    denominator: float
    unknown: float
    strict: bool = False

    @property
    def value(self) -> float:
        """Return the share in per cent, or NaN: among the known, or among all if strict."""
        if self.strict:
            return self.low
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


def rate_of_flag(flags: Sequence[bool | None]) -> Rate:
    """Return the rate of a yes or no of each physical outlet, None where nobody told.

    连锁化率 = chain outlets ÷ outlets whose chain status is known. Blank cells are 未核实: they
    are neither yes nor no.
    """
    yes, unknown = flags.count(True), flags.count(None)
    return Rate(float(yes), float(len(flags) - unknown), float(unknown))


def convenience(verdicts: pd.Series) -> Rate:
    """Return 便利性指数 over (community × function) verdicts.

    西城 keeps it at 100 % only when every function is known to be there, so what nobody has
    verified does not count as met; ``high`` says how far it may still rise.
    """
    met, lacking, unknown = (float((verdicts == word).sum()) for word in (SERVED, LACKING, UNKNOWN))
    return Rate(met, met + lacking, unknown, strict=True)


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
        "denominator": rate.denominator + (rate.unknown if rate.strict else 0.0),
        "unknown": rate.unknown,
        "low": low,
        "high": high,
        "unit": "%",
        "formula": formula,
    }


def _three(rate: Rate) -> tuple[float, float, float]:
    """Return a rate's value and its two ends."""
    return rate.value, rate.low, rate.high


def measure_indices(
    situation: Situation,
    standard: Standard,
    units: Sequence[Unit],
    facts: Sequence[UnitFacts],
    services: Services,
    functions: pd.DataFrame,
    access: Access,
) -> pd.DataFrame:
    """Return indices and rates for each circle, 街道 and the district.

    ``functions`` are the findings by the standard of the eight basic functions that 便利性指数 is
    defined on, whatever standard is assessed.
    """
    judged = functions[(functions["level"] == "community") & (functions["severity"] == "must")]
    ids = situation.members.communities
    rows = []
    for unit, fact in zip(units, facts, strict=True):
        if unit.level == "community":
            continue
        label = (unit.level, unit.unit_id, unit.name)
        own = judged.loc[judged["unit_id"].isin(ids[unit.communities]), "verdict"]
        formula = "已覆盖的（社区×8项功能）÷全部（社区×8项功能）×100，未核实的不算已覆盖"
        rows.append(index_row(label, "convenience_index", "便利性指数", convenience(own), formula))
        rows += _rates(label, fact.inside.values(), standard)
        rows.append(_coverage_row(label, situation, standard, services, unit))
        rows.append(_crossing_row(label, situation, access, standard, unit))
    return pd.DataFrame(rows, columns=INDEX_COLUMNS)


def _rates(
    label: tuple[str, str, str], outlets: Iterable[OutletFacts], standard: Standard
) -> list[dict[str, object]]:
    """Return chain, online and brand rates; each physical outlet counts once."""
    real = [one for one in outlets if one.status == "open" and one.supply in PHYSICAL]
    basic = {row.trade for row in standard.trades if row.tier == "basic"}
    columns = (
        (
            "chain_rate",
            "连锁化率",
            [one.chain for one in real],
            "连锁网点÷已登记是否连锁的实体网点×100",
        ),
        (
            "chain_rate_basic",
            "连锁化率（基本保障类）",
            [one.chain for one in real if one.trades & basic],
            "连锁网点÷已登记的基本保障类实体网点×100（北京口径）",
        ),
        (
            "online_rate",
            "线上入驻率",
            [one.online for one in real],
            "入驻线上平台的网点÷已登记的实体网点×100",
        ),
        (
            "quality_brand_share",
            "优质品牌占比",
            [one.quality_brand for one in real],
            "优质品牌网点÷已登记的实体网点×100",
        ),
    )
    return [
        index_row(label, code, name, rate_of_flag(flags), formula)
        for code, name, flags, formula in columns
    ]


def _coverage_row(
    label: tuple[str, str, str],
    situation: Situation,
    standard: Standard,
    services: Services,
    unit: Unit,
) -> dict[str, object]:
    """Return the share of (resident × basic trade) pairs that are served."""
    residents = situation.doors["residents"].to_numpy(dtype=np.float64)[unit.doors]
    weight = np.ones(len(residents)) if np.isnan(residents).all() else np.nan_to_num(residents)
    sums = {"served": 0.0, "lacking": 0.0, "unknown": 0.0}
    for row in standard.trades:
        if row.tier == "basic" and row.trade in services.by_trade:
            verdicts = services.by_trade[row.trade].doors
            for word in sums:
                sums[word] += float(weight[verdicts.are(word)[unit.doors]].sum())
    rate = Rate(sums["served"], sums["served"] + sums["lacking"], sums["unknown"])
    formula = "Σ业态 服务半径内的居民 ÷ Σ业态 已核实的居民 ×100"
    return index_row(label, "basic_coverage", "基本保障类步行覆盖率", rate, formula)


def _crossing_row(
    label: tuple[str, str, str],
    situation: Situation,
    access: Access,
    standard: Standard,
    unit: Unit,
) -> dict[str, object]:
    """Return the share of walking minutes that crossings and stairs add to plain walking."""
    columns = [
        access.column(row.trade)
        for row in standard.trades
        if row.tier == "basic" and row.trade in access.needs
    ]
    metres = access.table("metres", columns)[unit.doors]
    minutes = access.table("minutes", columns)[unit.doors]
    known = np.isfinite(metres) & np.isfinite(minutes)
    total = float(minutes[known].sum())
    plain = float(metres[known].sum()) / situation.walker.metres_per_minute
    formula = "1−（Σ步行米数÷步速）÷Σ步行分钟数，楼门到每种基本保障类业态的最近网点"
    rate = Rate(max(0.0, total - plain), total, 0.0)
    return index_row(label, "crossing_share", "过街等候与台阶占步行时间", rate, formula)
