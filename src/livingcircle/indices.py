"""Compute rates and indices with their formulas: every number names what it was divided by.

便利性指数 has no published formula. Ours is the share of (community × function) pairs that are
known to be met, times 100, which gives 西城's “便利性指数 100 %” exactly when every community has
every function. Pairs nobody can judge count as not met, and how many they are stands beside it.
"""

import math
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle._rules.facts import PHYSICAL
from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.facts import UnitFacts
from livingcircle.access import Access
from livingcircle.findings import Finding
from livingcircle.memory import Memory
from livingcircle.reach import Services
from livingcircle.situation import Situation
from livingcircle.standards import Standard
from livingcircle.units import Crowd
from livingcircle.units import Unit
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

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
    facts: Sequence[UnitFacts],
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
    wider = [(u, f) for u, f in zip(units, facts, strict=True) if u.level != "community"]
    groups = tuple(unit.doors for unit, _ in wider)
    covered = _covered(situation, standard, services, groups, memory)
    walked = _walked(situation, standard, access, groups, memory)
    rows = []
    formula = "已覆盖的（社区×8项功能）÷全部（社区×8项功能）×100，未核实的不算已覆盖"
    for place, (unit, fact) in enumerate(wider):
        label = (unit.level, unit.unit_id, unit.name)
        own = [word for c in ids[unit.communities] for word in judged.get(str(c), ())]
        rows.append(index_row(label, "convenience_index", "便利性指数", convenience(own), formula))
        rows += memory.recall(
            ("rates", unit.level, unit.unit_id),
            (label, fact.inside, standard.trades),
            partial(_rates, label, fact.inside.values(), standard),
        )
        rows.append(_coverage_row(label, covered[place]))
        rows.append(_crossing_row(label, walked[place]))
    return rows


def index_table(rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Return indices and rates as a table."""
    return pd.DataFrame(rows, columns=INDEX_COLUMNS)


def _rates(
    label: tuple[str, str, str], outlets: Iterable[OutletFacts], standard: Standard
) -> list[dict[str, object]]:
    """Return chain, online and brand rates; each physical outlet counts once."""
    basic = frozenset(_basic(standard))
    real = [one for one in outlets if one.status == "open" and one.supply in PHYSICAL]
    main = [one for one in real if not basic.isdisjoint(one.trades)]
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
            [one.chain for one in main],
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
    for trade in _basic(standard):
        if trade in access.needs:
            one = access.to(trade)
            inputs = one.metres, one.minutes, groups
            sums += memory.recall(("walked", trade), inputs, partial(_ways, *inputs))
    return sums / (situation.walker.metres_per_minute, 1.0)


def _ways(metres: Floats, minutes: Floats, groups: tuple[Ints, ...]) -> Floats:
    """Return the metres and the minutes of all doors that reach something, group by group."""
    known = np.isfinite(metres) & np.isfinite(minutes)
    ways = np.stack([np.where(known, metres, 0.0), np.where(known, minutes, 0.0)], axis=1)
    return np.array([ways[doors].sum(axis=0) for doors in groups]).reshape(-1, 2)


def _crossing_row(label: tuple[str, str, str], sums: Floats) -> dict[str, object]:
    """Return the share of walking minutes that crossings and stairs add to plain walking."""
    plain, total = (float(value) for value in sums)
    formula = "1−（Σ步行米数÷步速）÷Σ步行分钟数，楼门到每种基本保障类业态的最近网点"
    rate = Rate(max(0.0, total - plain), total, 0.0)
    return index_row(label, "crossing_share", "过街等候与台阶占步行时间", rate, formula)
