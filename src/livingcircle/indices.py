"""Compute rates and indices with their formulas: every number names what it was divided by.

便利性指数 has no published formula. Ours is the share of (community × function) pairs that are
known to be met, times 100, which gives 西城's “便利性指数 100 %” exactly when every community has
every function. Pairs nobody can judge count as not met, and how many they are stands beside it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle._rules.facts import PHYSICAL
from livingcircle.access import Access
from livingcircle.findings import Finding
from livingcircle.memory import Memory
from livingcircle.reach import Services
from livingcircle.residents import numbered
from livingcircle.shops import Shops
from livingcircle.situation import Situation
from livingcircle.standards import Standard
from livingcircle.units import Crowd
from livingcircle.units import Unit
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

YES, NO, UNTOLD, OUT = 1, 0, -1, -2
# Rates of all physical outlets, or of those of basic trades: code, name, flag, formula.
RATES = (
    ("chain_rate", "连锁化率", "chain", "连锁网点÷已登记是否连锁的实体网点×100"),
    (
        "chain_rate_basic",
        "连锁化率（基本保障类）",
        "chain",
        "连锁网点÷已登记的基本保障类实体网点×100（北京口径）",
    ),
    ("online_rate", "线上入驻率", "online", "入驻线上平台的网点÷已登记的实体网点×100"),
    ("quality_brand_share", "优质品牌占比", "quality_brand", "优质品牌网点÷已登记的实体网点×100"),
)
_OF_BASIC = [code for code, *_ in RATES].index("chain_rate_basic")
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


def rates_of_flag(flags: Codes, groups: Sequence[Ints]) -> list[Rate]:
    """Return, for some groups of outlets, the rate of a yes or no.

    连锁化率 = chain outlets ÷ outlets whose chain status is known. Blank cells are 未核实: they
    are neither yes nor no.

    Parameters
    ----------
    flags
        ``YES``, ``NO`` or ``UNTOLD`` of each outlet; ``OUT`` of those that are out of it.
    groups
        Outlets of each group.
    """
    outlets, number = numbered(groups)
    told = flags[outlets]
    counts = (
        np.bincount(number[told == code], minlength=len(groups)).astype(np.float64).tolist()
        for code in (YES, NO, UNTOLD)
    )
    return [Rate(yes, yes + no, unknown) for yes, no, unknown in zip(*counts, strict=True)]


def convenience(verdicts: Sequence[str]) -> Rate:
    """Return 便利性指数 over (community × function) verdicts.

    西城 keeps it at 100 % only when every function is known to be there, so what nobody has
    verified does not count as met; ``high`` says how far it may still rise.
    """
    met, lacking, unknown = (float(verdicts.count(word)) for word in (SERVED, LACKING, UNKNOWN))
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
    shops: Shops,
    services: Services,
    functions: Sequence[Finding],
    access: Access,
    memory: Memory | None = None,
) -> list[dict[str, object]]:
    """Return indices and rates for each circle, 街道 and the district, as rows of a table.

    ``functions`` are the findings by the standard of the eight basic functions that 便利性指数 is
    defined on, whatever standard is assessed.
    """
    memory = Memory() if memory is None else memory
    judged: dict[str, list[str]] = {}
    for one in functions:
        if one.level == "community" and one.severity == "must":
            judged.setdefault(one.unit_id, []).append(one.verdict)
    ids = situation.members.communities.to_numpy(dtype=object)
    wider = [unit for unit in units if unit.level != "community"]
    groups = tuple(unit.doors for unit in wider)
    flags = _flags(shops, frozenset(_basic(standard)), memory)
    held = tuple(unit.shops for unit in wider)
    rates = memory.recall(
        "rates", (flags, held), lambda: [rates_of_flag(told, held) for told in flags.T]
    )
    covered = _covered(situation, standard, services, groups, memory)
    walked = _walked(situation, standard, access, groups, memory)
    rows = []
    formula = "已覆盖的（社区×8项功能）÷全部（社区×8项功能）×100，未核实的不算已覆盖"
    for place, unit in enumerate(wider):
        label = (unit.level, unit.unit_id, unit.name)
        own = [word for c in ids[unit.communities] for word in judged.get(str(c), ())]
        rows.append(index_row(label, "convenience_index", "便利性指数", convenience(own), formula))
        rows += [
            index_row(label, code, name, told[place], words)
            for (code, name, _, words), told in zip(RATES, rates, strict=True)
        ]
        rows.append(_coverage_row(label, covered[place]))
        rows.append(_crossing_row(label, walked[place]))
    return rows


def index_table(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Return indices and rates as a table."""
    return pd.DataFrame(rows, columns=INDEX_COLUMNS)


def _flags(shops: Shops, basic: frozenset[str], memory: Memory) -> Codes:
    """Return what is told of every outlet, shape (outlets, rates); only physical ones count."""

    def tell(some: Ints) -> tuple[Codes, ...]:
        told = np.full((len(some), len(RATES)), OUT, dtype=np.int8)
        for row, one in enumerate(shops.records[some]):
            if one is None or one.status != "open" or one.supply not in PHYSICAL:
                continue
            flags = [getattr(one, flag) for _, _, flag, _ in RATES]
            told[row] = [UNTOLD if flag is None else YES if flag else NO for flag in flags]
            if basic.isdisjoint(one.trades):
                told[row, _OF_BASIC] = OUT
        return (told,)

    (flags,) = memory.recall_rows("flags", (basic,), shops.stamps, tell)
    return flags


def _basic(standard: Standard) -> list[str]:
    """Return the basic trades of a standard."""
    return [row.trade for row in standard.trades if row.tier == "basic"]


def _covered(
    situation: Situation,
    standard: Standard,
    services: Services,
    groups: tuple[Ints, ...],
    memory: Memory,
) -> Floats:
    """Return (resident × basic trade) pairs served, lacking and unknown, shape (groups, 3)."""
    lived = situation.doors["residents"]
    crowd = memory.recall(
        "wider crowd", (lived.array, groups), lambda: Crowd.of(groups, lived.to_numpy(np.float64))
    )
    sums = np.zeros((len(groups), 3))
    for trade in _basic(standard):
        said = services.by_trade.get(trade)
        if said is not None:
            verdict = said.doors.verdict
            sums += memory.recall(
                ("covered", trade), (verdict, crowd), partial(crowd.by_verdict, verdict)
            )
    return sums


def _coverage_row(label: tuple[str, str, str], sums: Floats) -> dict[str, object]:
    """Return the share of (resident × basic trade) pairs that are served."""
    served, lacking, unknown = (float(value) for value in sums)
    rate = Rate(served, served + lacking, unknown)
    formula = "Σ业态 服务半径内的居民 ÷ Σ业态 已核实的居民 ×100"
    return index_row(label, "basic_coverage", "基本保障类步行覆盖率", rate, formula)


def _walked(
    situation: Situation,
    standard: Standard,
    access: Access,
    groups: tuple[Ints, ...],
    memory: Memory,
) -> Floats:
    """Return minutes on plain streets and all minutes to basic trades, shape (groups, 2)."""
    sums = np.zeros((len(groups), 2))
    wider = memory.recall("wider doors", groups, lambda: numbered(groups))
    for trade in _basic(standard):
        if trade in access.needs:
            one = access.to(trade)
            inputs = one.metres, one.minutes, wider
            sums += memory.recall(
                ("walked", trade), inputs, partial(_ways, *inputs, count=len(groups))
            )
    return sums / (situation.walker.metres_per_minute, 1.0)


def _ways(metres: Floats, minutes: Floats, wider: tuple[Ints, Ints], *, count: int) -> Floats:
    """Return the metres and the minutes of all doors that reach something, group by group."""
    known = np.isfinite(metres) & np.isfinite(minutes)
    doors, number = wider
    ways = (np.where(known, length, 0.0)[doors] for length in (metres, minutes))
    return np.stack([np.bincount(number, way, minlength=count) for way in ways], axis=1)


def _crossing_row(label: tuple[str, str, str], sums: Floats) -> dict[str, object]:
    """Return the share of walking minutes that crossings and stairs add to plain walking."""
    plain, total = (float(value) for value in sums)
    formula = "1−（Σ步行米数÷步速）÷Σ步行分钟数，楼门到每种基本保障类业态的最近网点"
    rate = Rate(max(0.0, total - plain), total, 0.0)
    return index_row(label, "crossing_share", "过街等候与台阶占步行时间", rate, formula)
