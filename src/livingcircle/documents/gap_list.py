"""Write 一单: what each circle lacks, what to add and how, in the plan's own words.

密云 三（三）: “对标生活圈配置标准……制定‘缺什么’、‘补什么’任务清单”. What is lacking, what nobody
has checked and what does not apply are three sheets' worth of different answers; they never
share a cell or a colour.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from livingcircle.documents import _wording as wording
from livingcircle.documents._answers import nearest_names
from livingcircle.documents._assessed import circle_ids
from livingcircle.documents._assessed import records
from livingcircle.documents._assessed import requirement_text
from livingcircle.documents._assessed import requirements_of
from livingcircle.documents._assessed import subdistrict_of
from livingcircle.documents._assessed import ways
from livingcircle.documents._chosen import remedy_of
from livingcircle.documents._data_notes import note_sheet
from livingcircle.documents._desk import Assessed
from livingcircle.documents._desk import at_desk
from livingcircle.documents._desk import once
from livingcircle.documents._provenance import provenance
from livingcircle.documents._spaces import Sites
from livingcircle.documents._standard_sheets import matrix_sheets
from livingcircle.documents._standard_sheets import open_sheet
from livingcircle.documents._standard_sheets import rule_sheet
from livingcircle.documents._standard_sheets import text_sheet
from livingcircle.documents._standard_sheets import tier_of
from livingcircle.documents._workbook import Field
from livingcircle.documents._workbook import Sheet
from livingcircle.documents._workbook import or_unknown
from livingcircle.documents._workbook import write_workbook

FILE_NAME = "一单_缺什么补什么清单.xlsx"

GAP_FIELDS = (
    Field("序号", 5, "short"),
    Field("生活圈名称", 11, "short"),
    Field("所属街道", 9, "short"),
    Field("配置层级", 11, "short"),
    Field("社区", 11, "short"),
    Field("业态", 14, "short"),
    Field("类别", 11, "short"),
    Field("配置标准", 24),
    Field("标准条款", 10, "short"),
    Field("应配数量", 7, "decimal"),
    Field("现有数量（圈内）", 7, "decimal"),
    Field("现有数量（可达）", 7, "decimal"),
    Field("缺少数量", 15, "decimal"),
    Field("超出数量", 15, "decimal"),
    Field("单位", 5, "short"),
    Field("影响居民（人）", 8, "number"),
    Field("其中60岁及以上", 8, "number"),
    Field("其中0—3岁", 7, "number"),
    Field("最近网点", 12),
    Field("最近距离（米）", 8, "metres"),
    Field("缺什么", 17),
    Field("补什么", 18),
    Field("如何补", 25),
    Field("可用空间", 20),
    Field("轻重缓急", 7, "short"),
    Field("状态", 6, "state"),
)


def write_gap_list(assessed: Assessed, path: Path) -> Path:
    """Write the gap list of the district to ``path`` and return it."""
    assessed = at_desk(assessed)
    facts = provenance(assessed)
    title = f"{facts.district}便民服务“缺什么、补什么”任务清单"
    sheets = (
        _gap_sheet(assessed, title),
        *matrix_sheets(assessed),
        open_sheet(assessed),
        rule_sheet(assessed),
        text_sheet(assessed),
        note_sheet(assessed),
    )
    return write_workbook(path, facts, title, sheets)


def gap_rows(assessed: Assessed) -> list[list[object]]:
    """Return the rows of 缺什么补什么, the most urgent and most people first within a circle.

    Gaps that no single circle answers for come last.
    """
    gaps = assessed.gaps.assign(_last=assessed.gaps["circle_id"] == "")
    gaps = gaps.sort_values(
        ["_last", "circle_id", "urgency", "people"],
        ascending=[True, True, True, False],
        kind="stable",
    )
    row_of, near = _Rows(assessed), once(assessed, nearest_names)
    return [
        [place, *row_of(row, near[row.gap_id])] for place, row in enumerate(records(gaps), start=1)
    ]


class _Rows:
    """Turn gaps into rows, everything they share looked up once."""

    def __init__(self, assessed: Assessed) -> None:
        self._assessed = assessed
        self._asked = requirements_of(assessed)
        self._ways = ways(assessed)
        self._counts = _counts(assessed.findings)
        self._streets = _subdistricts(assessed)
        self._sites = once(assessed, Sites)

    def __call__(self, row: Any, nearest: str) -> Sequence[object]:  # noqa: ANN401 - a gap
        """Return the cells of one gap."""
        one = self._asked[row.requirement_id]
        way = self._ways.get(one.id, "")
        inside, reach = self._counts[row.requirement_id, row.unit_id]
        circle = wording.circle(row.circle_name, row.level)
        return [
            circle, self._street(row), wording.level(row.level).title,
            wording.place(row), row.trade_name, tier_of(row.tier, one),
            requirement_text(one), row.clause,
            *_amounts(row, None if way else inside, row.found if way else reach),
            or_unknown(row.people), or_unknown(row.elders), or_unknown(row.infants),
            nearest, row.nearest_m if nearest else None,
            wording.lacking_brief(row, way=way), remedy_of(self._assessed, row), row.measure,
            self._sites.fitting(row.gap_id),
            wording.urgency(row.urgency), state(row),
        ]  # fmt: skip

    def _street(self, row: Any) -> str:  # noqa: ANN401 - a gap
        if row.level == "subdistrict":
            return str(row.unit_name)
        return self._streets.get(row.unit_id) or self._streets.get(row.circle_id) or wording.NONE


def _amounts(row: Any, inside: object, reach: object) -> list[object]:  # noqa: ANN401 - a gap
    """Return what is asked, there, short and over, with the unit; shares are told in words."""
    over = wording.exceeds(row)
    there = [row.required, inside, reach]
    apart = [None if over else row.shortfall, row.surplus if over else None]
    if row.unit != "%":
        return [*there, *apart, row.unit or wording.NONE]
    shares = [wording.quantity(one, "%") if wording.known(one) else None for one in there]
    points = [wording.difference(one, "%") if wording.known(one) else None for one in apart]
    return [*shares, *points, wording.SHARE]


def state(row: Any) -> str:  # noqa: ANN401 - a gap
    """Say in a word whether there is none, too few or too many."""
    if wording.exceeds(row):
        return "超出"
    return "没有" if row.found == 0 else "缺"


def _subdistricts(assessed: Assessed) -> dict[str, str]:
    """Return the 街道 of every community and circle."""
    stated = assessed.district.communities["subdistrict"]
    named = {str(unit): str(street) for unit, street in stated.items() if wording.known(street)}
    return named | {circle: subdistrict_of(assessed, circle) for circle in circle_ids(assessed)}


def _counts(findings: pd.DataFrame) -> dict[tuple[str, str], tuple[object, object]]:
    """Return what each unit has inside and within reach, by requirement."""
    return {
        (row.requirement_id, row.unit_id): (row.found_strict, row.found_shared)
        for row in records(findings)
    }


def _gap_sheet(assessed: Assessed, title: str) -> Sheet:
    lacking = assessed.findings["verdict"] == "lacking"
    must = lacking & (assessed.findings["severity"] == "must")
    rows = gap_rows(assessed)
    counted = (
        f"对照结果（要求×单位）“缺”{int(lacking.sum())}项，其中必须达到的{int(must.sum())}项；"
        f"同一单位同一业态的数量和半径合并后，是本表的{len(rows)}项任务，"
        "地图和一圈一策的“缺项”即此数。"
    )
    return Sheet(
        name="缺什么补什么",
        title=title,
        fields=GAP_FIELDS,
        rows=rows,
        notes=(
            counted,
            "“没有”＝台账齐全而一个也没有；“缺”＝有但不够；“超出”＝多于上限。没有核实过的不在本表。",
            "单位写“占比”的，是步行够得着的居民（人数未知处为楼门）占比，或标准规定的其他占比，差额以百分点计；最近距离是够不着的楼门步行距离的中位数。",
        ),
        empty="各项要求都已达到，或尚未核实（见“未核实与不适用”）。",
        freeze=2,
    )
