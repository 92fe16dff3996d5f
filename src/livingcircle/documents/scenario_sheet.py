"""Write scenarios side by side: what was done, and how many people it serves before and after."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import records
from livingcircle.documents._assessed import trade_label
from livingcircle.documents._desk import at_desk
from livingcircle.documents._provenance import provenance
from livingcircle.documents._workbook import Field
from livingcircle.documents._workbook import Sheet
from livingcircle.documents._workbook import write_workbook
from livingcircle.documents.change_list import NOTHING
from livingcircle.documents.change_list import diff_edit
from livingcircle.scenarios import Outcome

FILE_NAME = "方案对比.xlsx"
TOTAL_FIELDS = (
    Field("方案", 18),
    Field("做什么", 50),
    Field("缺口项数（前）", 9, "number"),
    Field("缺口项数（后）", 9, "number"),
    Field("够不着的居民减少（人×业态）", 14, "number"),
    Field("已覆盖的居民增加（人×业态）", 14, "number"),
    Field("未核实的居民增加（人×业态）", 14, "number"),
    Field("基本保障类步行覆盖率（前，%）", 12, "decimal"),
    Field("基本保障类步行覆盖率（后，%）", 12, "decimal"),
)
PEOPLE_FIELDS = (
    Field("方案", 16),
    Field("层级", 10, "short"),
    Field("单位", 18, "short"),
    Field("业态", 14, "short"),
    Field("够不着（前）", 10, "number"),
    Field("够不着（后）", 10, "number"),
    Field("已覆盖（前）", 10, "number"),
    Field("已覆盖（后）", 10, "number"),
    Field("未核实（前）", 10, "number"),
    Field("未核实（后）", 10, "number"),
)
CHANGE_FIELDS = (Field("方案", 16), Field("变化", 90))
INDEX = "basic_coverage"


def write_scenarios(outcomes: Sequence[Outcome], path: Path) -> Path:
    """Write scenarios to ``path`` and return it; they all start from the same assessment."""
    facts = provenance(at_desk(outcomes[0].before))
    sheets = (
        Sheet(
            "方案总览", f"{facts.district}方案对比", TOTAL_FIELDS,
            [_total(one) for one in outcomes],
            ("每个方案都从现状出发，各方案互不相加；结论由整套评估重新算出，与重新运行一遍相同。",),
            freeze=1,
        ),
        Sheet(
            "居民前后对比", "各单位、各业态的居民前后对比", PEOPLE_FIELDS,
            [row for one in outcomes for row in _people(one)],
            ("只列有变化的；人数未知处按楼门计。",),
            empty="没有一处居民的结论改变。", freeze=4,
        ),
        Sheet(
            "变化说明", "逐条变化", CHANGE_FIELDS,
            [row for one in outcomes for row in _changes(one)],
            paper="A4", empty=NOTHING, freeze=1,
        ),
    )  # fmt: skip
    return write_workbook(path, facts, f"{facts.district}方案对比", sheets)


def _total(one: Outcome) -> list[object]:
    """Return a scenario in one row."""
    district = one.people[one.people["level"] == "district"]
    fewer = float((district["lacking_before"] - district["lacking_after"]).sum())
    more, doubt = (
        float((district[f"{one}_after"] - district[f"{one}_before"]).sum())
        for one in ("served", "unknown")
    )
    return [
        one.scenario.name, "；".join(step.words for step in one.scenario.steps),
        len(one.before.gaps), len(one.after.gaps), fewer, more, doubt,
        *(_index(table) for table in (one.before.indices, one.after.indices)),
    ]  # fmt: skip


def _index(indices: pd.DataFrame) -> object:
    """Return the share of residents within reach of the basic trades."""
    rows = indices[(indices["index"] == INDEX) & (indices["level"] == "district")]
    return rows["value"].iloc[0] if len(rows) else wording.UNKNOWN


def _people(one: Outcome) -> list[list[object]]:
    """Return who is served before and after, where that changed."""
    coverage = one.before.coverage.drop_duplicates(["level", "unit_id"])
    names = coverage.set_index(["level", "unit_id"])["unit_name"].to_dict()
    return [
        [
            one.scenario.name, wording.level(row.level).short,
            names.get((row.level, row.unit_id), row.unit_id), trade_label(one.before, row.trade),
            row.lacking_before, row.lacking_after, row.served_before, row.served_after,
            row.unknown_before, row.unknown_after,
        ]
        for row in records(one.people)
    ]  # fmt: skip


def _changes(one: Outcome) -> list[list[object]]:
    """Return what changed of the findings, in sentences."""
    changes = diff_edit(one.before, one.after)
    return [[one.scenario.name, sentence] for sentence in changes["sentence"]]
