"""List in words what a person should look at in the data: files, streets, reports."""

from typing import Any

from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import records
from livingcircle.documents._desk import Assessed
from livingcircle.documents._workbook import Field
from livingcircle.documents._workbook import Sheet

SEVERITIES = {"error": "没有采用", "warning": "采用但请核对", "review": "需要人工确定"}
REPAIRS = {
    "note": "提示",
    "no_streets": "没有道路",
    "off_network": "楼门不在路上",
    "outlet_off_street": "网点不在路上",
    "gap": "路没有接上",
    "island": "孤立的路",
    "apart": "另成一片的路",
    "gate_unknown": "大门不明",
    "gate_hours": "大门开放时间看不懂",
    "gate_off_street": "大门不在路上",
    "gate_compound": "大门没有写小区",
}
LAST = len(REPAIRS)
FIELDS = (
    Field("序号", 6, "short"),
    Field("来源", 24, "short"),
    Field("性质", 18, "short"),
    Field("位置", 24, "short"),
    Field("问题", 66),
    Field("怎么办", 40),
)


def note_sheet(assessed: Assessed) -> Sheet:
    """Return everything that was left out, doubted or set apart, in words."""
    rows = [*_issue_rows(assessed), *_repair_rows(assessed)]
    return Sheet(
        name="数据问题",
        title="读入数据和道路时发现的问题",
        fields=FIELDS,
        rows=[[place, *row] for place, row in enumerate(rows, start=1)],
        notes=("先改台账和道路再重新运行；没有采用的行不在任何一张表里，也不当作没有。",),
        paper="A4",
        empty="读入数据和道路时没有发现问题。",
        freeze=1,
    )


def _issue_rows(assessed: Assessed) -> list[list[object]]:
    order = {word: rank for rank, word in enumerate(SEVERITIES)}
    found = sorted(records(assessed.issues), key=lambda row: order.get(str(row.severity), 9))
    return [
        [
            row.file or wording.NONE, wording.word(SEVERITIES, row.severity), _cell_of(row),
            wording.sentence(row.problem), wording.sentence(row.remedy) or "核对后更正。",
        ]
        for row in found
    ]  # fmt: skip


def _cell_of(row: Any) -> str:  # noqa: ANN401 - a row of issues
    parts = [
        f"工作表“{row.sheet}”" if wording.known(row.sheet) else "",
        f"第{int(row.row)}行" if wording.known(row.row) and row.row else "",
        f"“{row.column}”列" if wording.known(row.column) else "",
    ]
    return "，".join(part for part in parts if part) or "整份文件"


def _repair_rows(assessed: Assessed) -> list[list[object]]:
    order = {kind: rank for rank, kind in enumerate(REPAIRS)}
    found = sorted(records(assessed.repairs), key=lambda row: order.get(str(row.kind), LAST))
    rows: list[list[object]] = []
    for row in found:
        told, _, todo = str(row.sentence).rpartition("；")
        here = told or todo
        rows.append(
            [
                "道路和大门", wording.word(REPAIRS, row.kind), _spot(row),
                wording.sentence(here), wording.sentence(todo) if told else "核对后更正。",
            ]
        )  # fmt: skip
    return rows


def _spot(row: Any) -> str:  # noqa: ANN401 - a row of repairs
    """Name a place, one without a name of its own by its coordinates."""
    name = str(row.place) if wording.known(row.place) else ""
    if name and not name.isascii():
        return name
    return f"{row.lon:.5f}，{row.lat:.5f}" if wording.known(row.lon) else "全区"
