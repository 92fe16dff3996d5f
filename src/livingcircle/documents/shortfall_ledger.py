"""Write 一账, the ledger of shortfalls: one row for each place out of walking reach.

密云 三（三）: “针对便民商业设施的服务半径，划定服务覆盖范围，找寻步行服务盲区，建立短板问题台账”.
"""

from pathlib import Path

from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import Assessed
from livingcircle.documents._assessed import reach_metres
from livingcircle.documents._assessed import records
from livingcircle.documents._provenance import provenance
from livingcircle.documents._workbook import Field
from livingcircle.documents._workbook import Sheet
from livingcircle.documents._workbook import Styles
from livingcircle.documents._workbook import open_workbook
from livingcircle.documents._workbook import write_sheet
from livingcircle.documents.gap_list import source_sheet

FILE_NAME = "一账_短板问题台账.xlsx"

FIELDS = (
    Field("编号", 10),
    Field("生活圈", 14),
    Field("社区", 14),
    Field("位置", 18),
    Field("业态", 10),
    Field("类别", 11),
    Field("服务半径（米）", 8, "metres"),
    Field("影响楼门（个）", 9, "number"),
    Field("影响居民（人）", 10, "number"),
    Field("其中60岁及以上", 10, "number"),
    Field("其中0—3岁", 9, "number"),
    Field("最近替代网点", 13),
    Field("最近距离（米）", 9, "metres"),
    Field("最远距离（米）", 9, "metres"),
    Field("问题描述", 34),
    Field("责任单位", 11, "fill"),
    Field("整改措施建议", 24),
    Field("完成时限", 10, "fill"),
    Field("状态", 9, "state"),
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
            "同一楼门可缺多种业态，各行人数不可相加。",
        ),
        empty="没有发现步行服务盲区；未核实的业态不在此列，见一单“未核实与不适用”。",
        freeze=2,
    )
    with open_workbook(path, facts, title) as book:
        styles = Styles(book)
        write_sheet(book, styles, sheet, facts)
        write_sheet(book, styles, _summary_sheet(assessed), facts)
        write_sheet(book, styles, source_sheet(facts), facts)
    return path


def ledger_rows(assessed: Assessed) -> list[list[object]]:
    """Return one row for each blind area, most people first within a circle."""
    areas = assessed.blind_areas
    ordered = areas.sort_values(["circle_id", "people"], ascending=[True, False], kind="stable")
    advice = _advice(assessed)
    rows: list[list[object]] = []
    for row in records(ordered):
        reach = reach_metres(assessed, row.trade)
        rows.append(
            [
                str(row.Index), row.circle_name, row.community_names, row.place,
                row.trade_name, wording.word(wording.TIERS, row.tier), reach,
                row.doors, _or_unknown(row.people), _or_unknown(row.elders),
                _or_unknown(row.infants), row.nearest_name or "步行范围内没有",
                row.nearest_m, row.farthest_m, wording.blind_sentence(row, reach), "",
                advice.get((row.circle_id, row.trade)) or default_advice(row.trade_name),
                "", "没有",
            ]
        )  # fmt: skip
    return rows


def default_advice(trade_name: str) -> str:
    """Advise on a blind area whose circle has enough outlets, only in the wrong places."""
    return f"圈内数量已够而位置偏：新增{trade_name}优先设在此处，或引导现有网点设服务点、流动点。"


def _advice(assessed: Assessed) -> dict[tuple[str, str], str]:
    advice: dict[tuple[str, str], str] = {}
    for row in records(assessed.gaps):
        text = "；".join(part for part in (row.remedy, row.measure) if wording.known(part))
        advice.setdefault((row.circle_id, row.trade), text)
    return advice


def _or_unknown(value: object) -> object:
    return value if wording.known(value) else wording.UNKNOWN


def _summary_sheet(assessed: Assessed) -> Sheet:
    areas = assessed.blind_areas
    rows: list[list[object]] = []
    for trade, group in areas.groupby("trade", sort=True):
        worst = group.sort_values("people", ascending=False, kind="stable").iloc[0]
        rows.append(
            [
                worst["trade_name"], wording.word(wording.TIERS, worst["tier"]),
                reach_metres(assessed, str(trade)), len(group), int(group["doors"].sum()),
                group["people"].sum(min_count=1), group["elders"].sum(min_count=1),
                group["infants"].sum(min_count=1), worst["circle_name"], worst["place"],
            ]
        )  # fmt: skip
    rows.sort(key=lambda row: (-float(row[5] or 0), str(row[0])))  # type: ignore[arg-type]
    fields = (
        Field("业态", 16),
        Field("类别", 14),
        Field("服务半径（米）", 10, "metres"),
        Field("盲区（处）", 10, "number"),
        Field("影响楼门（个）", 10, "number"),
        Field("影响居民（人）", 12, "number"),
        Field("其中60岁及以上", 12, "number"),
        Field("其中0—3岁", 12, "number"),
        Field("人数最多的生活圈", 20),
        Field("人数最多的位置", 28),
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
