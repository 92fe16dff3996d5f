"""Judge every unit on every requirement, list the gaps, and compute the indices."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from livingcircle._rules.counts import CountRule
from livingcircle._rules.counts import LadderRule
from livingcircle._rules.counts import ReachRule
from livingcircle._rules.plans import TextRule
from livingcircle._services import Services
from livingcircle._services import radius_of
from livingcircle.gaps import LACKING
from livingcircle.indices import INDEX_COLUMNS
from livingcircle.indices import Rate
from livingcircle.indices import convenience
from livingcircle.indices import index_row
from livingcircle.indices import rate_of_flag
from livingcircle.judging import Finding
from livingcircle.judging import UnitFacts
from livingcircle.judging import judge
from livingcircle.remedies import Todo
from livingcircle.remedies import affected
from livingcircle.remedies import measure
from livingcircle.remedies import number_gaps
from livingcircle.remedies import remedy
from livingcircle.remedies import urgency
from livingcircle.situation import Situation
from livingcircle.standards import Requirement
from livingcircle.standards import Standard
from livingcircle.summaries import Judged
from livingcircle.summaries import people_of
from livingcircle.trades import TRADES
from livingcircle.units import Unit

NUMBERS = ("required", "found", "found_strict", "found_shared", "shortfall", "surplus")
FINDING_COLUMNS = [*Finding.__dataclass_fields__, "trade", "people"]


def judge_units(
    standard: Standard,
    services: Services,
    units: Sequence[Unit],
    facts: Sequence[UnitFacts],
) -> pd.DataFrame:
    """Return one finding for each unit and requirement of its level; mere text is not judged."""
    rows = []
    for unit, bare in zip(units, facts, strict=True):
        fact = replace(bare, reach=services.people[unit.level, unit.unit_id])
        for one in standard.requirements:
            if one.level == unit.level and not isinstance(one.rule, TextRule):
                finding = asdict(judge(one, fact, standard))
                rows.append(finding | {"people": fact.population})
    table = pd.DataFrame(rows, columns=[c for c in FINDING_COLUMNS if c != "trade"])
    table["trades"] = [list(held) for held in table["trades"]]
    table["trade"] = [held[0] if held else "" for held in table["trades"]]
    return table.astype(dict.fromkeys((*NUMBERS, "people"), "float64"))


def find_gaps(
    situation: Situation,
    standard: Standard,
    services: Services,
    units: Sequence[Unit],
    findings: pd.DataFrame,
) -> pd.DataFrame:
    """Return what is lacking, most urgent first; only what the plan says must be there.

    Where a unit lacks both the number and the reach of a trade, one row tells of both.
    """
    people = people_of(situation)
    by_id = {(unit.level, unit.unit_id): unit for unit in units}
    circles = situation.district.circles["name"].astype(str).to_dict()
    lacking = findings[(findings["verdict"] == LACKING) & (findings["severity"] == "must")]
    requirements = {one.id: one for one in standard.requirements}
    counted = {
        (row["level"], row["unit_id"], trade)
        for row in lacking.to_dict("records")
        if isinstance(requirements[row["requirement_id"]].rule, CountRule | LadderRule)
        and row["shortfall"] > 0
        for trade in row["trades"]
    }
    rows = []
    for row in lacking.to_dict("records"):
        one = requirements[row["requirement_id"]]
        unit = by_id[row["level"], row["unit_id"]]
        own = services.by_requirement.get(one.id)
        told = {(unit.level, unit.unit_id, trade) for trade in one.trades} <= counted
        if own is not None and own.plain and told:
            continue
        judged = own or services.by_trade.get(row["trade"])
        hit = affected(unit, people, judged)
        circle = row["circle_id"]
        rows.append(
            {
                **{k: row[k] for k in ("level", "unit_id", "unit_name", "trade", "tier")},
                **{k: row[k] for k in ("requirement_id", "required", "found", "shortfall")},
                **{k: row[k] for k in ("surplus", "unit", "reason", "clause")},
                "circle_id": circle,
                "circle_name": circles.get(circle, ""),
                "trade_name": one.name,
                "people": hit.people,
                "elders": hit.elders,
                "infants": hit.infants,
                "nearest_m": hit.nearest_m,
                **_action(situation, standard, unit, one, row, judged, hit.people),
            }
        )
    return number_gaps(rows)


def _action(
    situation: Situation,
    standard: Standard,
    unit: Unit,
    one: Requirement,
    row: Mapping[Any, Any],
    judged: Judged | None,
    people: float,
) -> dict[str, object]:
    """Return how urgent a gap is, what to add and how."""
    trade = str(row["trade"])
    speed = situation.walker.metres_per_minute
    radius = radius_of(judged.service, speed)[1] if judged else np.inf
    blind = judged is not None and bool((judged.doors.verdict[unit.doors] == LACKING).any())
    kind = ""
    if unit.circle_id in situation.district.circles.index:
        kind = str(situation.district.circles.loc[unit.circle_id, "kind"])
    if isinstance(one.rule, ReachRule):
        todo = Todo(f"在够不着的楼门附近增设{one.name}", adds=True)
    else:
        todo = remedy(one.name, row["required"], row["found"], row["shortfall"], str(row["unit"]))
        todo = todo.near_blind_doors() if blind else todo
    return {
        "urgency": urgency(standard.tier(trade), radius, people, blind=blind),
        "remedy": todo.words,
        "measure": measure(trade, radius, todo, cramped=kind == "urban_fringe"),
    }


def measure_indices(
    situation: Situation,
    standard: Standard,
    eight: Standard,
    units: Sequence[Unit],
    facts: Sequence[UnitFacts],
    services: Services,
) -> pd.DataFrame:
    """Return indices and rates for each circle, 街道 and the district.

    ``eight`` is the standard of the eight basic functions that 便利性指数 is defined on.
    """
    verdicts = _function_verdicts(eight, units, facts)
    rows = []
    for unit, fact in zip(units, facts, strict=True):
        if unit.level == "community":
            continue
        label = (unit.level, unit.unit_id, unit.name)
        own = verdicts[verdicts["community"].isin(unit.communities)]["verdict"]
        formula = "已覆盖的（社区×8项功能）÷已核实的（社区×8项功能）×100"
        rows.append(index_row(label, "convenience_index", "便利性指数", convenience(own), formula))
        rows += _rates(label, fact.outlets, standard)
        rows.append(_coverage_row(label, situation, standard, services, unit))
    return pd.DataFrame(rows, columns=INDEX_COLUMNS)


def _function_verdicts(
    eight: Standard, units: Sequence[Unit], facts: Sequence[UnitFacts]
) -> pd.DataFrame:
    """Return the verdict of every community on each of the eight functions."""
    rows = [
        (int(unit.communities[0]), one.id, judge(one, fact, eight).verdict)
        for unit, fact in zip(units, facts, strict=True)
        if unit.level == "community"
        for one in eight.requirements
        if one.level == "community" and one.id.startswith("function_")
    ]
    return pd.DataFrame(rows, columns=["community", "function", "verdict"])


def _rates(
    label: tuple[str, str, str], outlets: pd.DataFrame, standard: Standard
) -> list[dict[str, object]]:
    """Return chain, online and brand rates; each physical outlet counts once."""
    real = outlets[outlets["status"].isin(["open", ""]) & outlets["supply"].isin(["fixed", ""])]
    basic = {row.trade for row in standard.trades if row.tier == "basic"}
    is_basic = pd.Series(
        [bool(held & basic) for held in real["trades"]], index=real.index, dtype=bool
    )
    columns = (
        ("chain_rate", "连锁化率", real["chain"], "连锁网点÷已登记是否连锁的实体网点×100"),
        (
            "chain_rate_basic",
            "连锁化率（基本保障类）",
            real["chain"][is_basic],
            "连锁网点÷已登记的基本保障类实体网点×100（北京口径）",
        ),
        ("online_rate", "线上入驻率", real["online"], "入驻线上平台的网点÷已登记的实体网点×100"),
        (
            "quality_brand_share",
            "优质品牌占比",
            real["quality_brand"],
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
        if row.tier == "basic" and row.trade in services.by_trade and row.trade in TRADES:
            verdict = services.by_trade[row.trade].doors.verdict[unit.doors]
            for word in sums:
                sums[word] += float(weight[verdict == word].sum())
    rate = Rate(sums["served"], sums["served"] + sums["lacking"], sums["unknown"])
    formula = "Σ业态 服务半径内的居民 ÷ Σ业态 已核实的居民 ×100"
    return index_row(label, "basic_coverage", "基本保障类步行覆盖率", rate, formula)
