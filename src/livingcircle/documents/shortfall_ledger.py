"""Write 一账, the ledger of shortfalls: one row for each place out of walking reach.

密云 三（三）: “针对便民商业设施的服务半径，划定服务覆盖范围，找寻步行服务盲区，建立短板问题台账”.
"""

from pathlib import Path
from typing import Any

from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import records
from livingcircle.documents._desk import Assessed
from livingcircle.documents._provenance import provenance
from livingcircle.documents._workbook import Field
from livingcircle.documents._workbook import Sheet
from livingcircle.documents._workbook import or_unknown
from livingcircle.documents._workbook import write_workbook

FILE_NAME = "一账_短板问题台账.xlsx"
BY_TIME = "按时间"
NOBODY_NEAR = "步行范围内没有"

FIELDS = (
    Field("编号", 9, "short"),
    Field("生活圈", 13, "short"),
    Field("社区", 18),
    Field("位置", 20),
    Field("业态", 14, "short"),
    Field("类别", 11, "short"),
    Field("服务半径（米）", 8, "metres"),
    Field("影响楼门（个）", 8, "number"),
    Field("影响居民（人）", 9, "number"),
    Field("其中60岁及以上", 9, "number"),
    Field("其中0—3岁", 8, "number"),
    Field("最近替代网点", 17),
    Field("最近距离（米）", 8, "metres"),
    Field("最远距离（米）", 8, "metres"),
    Field("问题描述", 36),
    Field("责任单位", 12, "fill"),
    Field("整改措施建议", 38),
    Field("完成时限", 11, "fill"),
    Field("整改状态", 9, "short"),
)


def write_shortfall_ledger(assessed: Assessed, path: Path) -> Path:
    """Write the ledger of the district to ``path`` and return it."""
    facts = provenance(assessed)
    title = f"{facts.district}便民商业设施短板问题台账"
    sheet = Sheet(
        name="短板问题台账",
        title=title,
        fields=FIELDS,
        rows=ledger_rows(assessed),
        notes=(
            "一行是一处步行服务盲区：与路网连通、步行距离超过服务半径的楼门。",
            "同一楼门可缺多种业态，各行人数不可相加。责任单位、完成时限由街道（乡镇）填写。",
        ),
        empty="没有发现步行服务盲区；未核实的业态不在此列，见一单“未核实与不适用”。",
        freeze=2,
    )
    return write_workbook(path, facts, title, (sheet, _summary_sheet(assessed)))


def ledger_rows(assessed: Assessed) -> list[list[object]]:
    """Return one row for each blind area, most people first within a circle."""
    areas = assessed.blind_areas
    ordered = areas.sort_values(["circle_id", "people"], ascending=[True, False], kind="stable")
    measures = _measures(assessed)
    return [
        [
            str(row.Index), row.circle_name, row.community_names, row.place or wording.NONE,
            row.trade_name, wording.tier(row.tier), _radius(row.radius_m),
            row.doors, or_unknown(row.people), or_unknown(row.elders),
            or_unknown(row.infants), row.nearest_name or NOBODY_NEAR,
            row.nearest_m, row.farthest_m, wording.blind_brief(row), "",
            advice(row, measures.get((row.circle_id, row.trade), "")), "", "待整改",
        ]
        for row in records(ordered)
    ]  # fmt: skip


def _radius(metres: float) -> object:
    return metres if wording.known(metres) else BY_TIME


def advice(row: Any, measure: str) -> str:  # noqa: ANN401 - a row of blind_areas
    """Advise on a blind area; its circle may have enough outlets, only in the wrong places."""
    if measure:
        return wording.sentence(f"在此处附近增设{row.trade_name}：{measure}")
    return (
        f"圈内数量已够而位置偏：新增{row.trade_name}优先设在此处，或引导现有网点设服务点、流动点。"
    )


def _measures(assessed: Assessed) -> dict[tuple[str, str], str]:
    """Return how a trade is to be added, for each circle that is short of it."""
    gaps = assessed.gaps
    short = gaps[~(gaps["surplus"] > 0)]
    return {
        (row.circle_id, row.trade): row.measure
        for row in records(short.iloc[::-1])
        if row.trade and wording.known(row.measure)
    }


def _summary_sheet(assessed: Assessed) -> Sheet:
    rows: list[list[object]] = []
    for _, group in assessed.blind_areas.groupby("requirement_id", sort=True):
        worst = group.sort_values("people", ascending=False, kind="stable").iloc[0]
        people = group[["people", "elders", "infants"]].sum(min_count=1)
        rows.append(
            [
                worst["trade_name"], wording.tier(worst["tier"]), _radius(worst["radius_m"]),
                len(group), int(group["doors"].sum()), *(or_unknown(count) for count in people),
                worst["circle_name"], worst["place"] or worst["community_names"],
            ]
        )  # fmt: skip
    rows.sort(key=lambda row: (-row[5] if isinstance(row[5], float) else 0.0, str(row[0])))
    fields = (
        Field("业态", 20, "short"),
        Field("类别", 14, "short"),
        Field("服务半径（米）", 10, "metres"),
        Field("盲区（处）", 10, "number"),
        Field("影响楼门（个）", 10, "number"),
        Field("影响居民（人）", 12, "number"),
        Field("其中60岁及以上", 12, "number"),
        Field("其中0—3岁", 12, "number"),
        Field("人数最多的生活圈", 20, "short"),
        Field("人数最多的位置", 34),
    )
    return Sheet(
        name="按业态汇总",
        title="步行服务盲区按业态汇总",
        fields=fields,
        rows=rows,
        notes=("同一楼门可缺多种业态，各业态人数不可相加。",),
        paper="A4",
        empty="没有发现步行服务盲区。",
        freeze=1,
    )
