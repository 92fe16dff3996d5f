"""Write 两表: when to add what (配置时间表) and how far each circle has come (工作进度表).

密云 三（三）: “根据居民需求轻重缓急制作便民服务设施配置时间表和生活圈建设工作进度表”.
The columns of the second are those of 附件1.3, followed by progress.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import Assessed
from livingcircle.documents._assessed import circle_ids
from livingcircle.documents._assessed import community_names
from livingcircle.documents._assessed import of_circle
from livingcircle.documents._assessed import place_label
from livingcircle.documents._assessed import records
from livingcircle.documents._provenance import Provenance
from livingcircle.documents._provenance import provenance
from livingcircle.documents._workbook import Field
from livingcircle.documents._workbook import Sheet
from livingcircle.documents._workbook import Styles
from livingcircle.documents._workbook import open_workbook
from livingcircle.documents._workbook import write_sheet
from livingcircle.documents.gap_list import source_sheet

FILE_NAME = "两表_配置时间表和工作进度表.xlsx"
QUARTERS_SHOWN = 8
# The first quarter after the data date for 1 紧急, two later for each step down.
QUARTERS_BY_URGENCY = {1: 1, 2: 2, 3: 4}
LAST_QUARTER = 8

PROVISION_FIELDS = (
    Field("序号", 5, "number"),
    Field("轻重缓急", 10),
    Field("生活圈名称", 14),
    Field("社区", 16),
    Field("业态", 14),
    Field("应补数量", 8, "decimal"),
    Field("单位", 7),
    Field("影响居民（人）", 10, "number"),
    Field("补什么", 24),
    Field("如何补", 26),
    Field("预计建成年份", 10),
)
TABLE_FIELDS = (
    Field("序号", 5, "number"),
    Field("生活圈名称", 14),
    Field("生活圈类型", 11),
    Field("生活圈划分方式", 9),
    Field("覆盖社区", 16),
    Field("覆盖社区数", 7, "number"),
    Field("所属街道", 11),
    Field("服务人口（万人）", 9, "decimal"),
    Field("预计建成年份", 10),
    Field("人群画像", 13, "text", "划分指标"),
    Field("社区业态完备度", 13, "text", "划分指标"),
    Field("社区画像", 13, "text", "划分指标"),
    Field("区位资源", 13, "text", "划分指标"),
    Field("社区开放度", 11, "text", "划分指标"),
    Field("社区协同度", 11, "text", "划分指标"),
    Field("应建（个）", 7, "number", "基本保障类网点进度"),
    Field("已有（个）", 7, "number", "基本保障类网点进度"),
    Field("缺（个）", 7, "number", "基本保障类网点进度"),
    Field("未核实（项）", 7, "number", "基本保障类网点进度"),
    Field("完成率", 8, "percent", "基本保障类网点进度"),
    Field("步行盲区（处）", 8, "number", "短板"),
    Field("责任单位", 10, "fill", "待填"),
    Field("本期进展", 12, "fill", "待填"),
)


@dataclass(frozen=True, order=True)
class Quarter:
    """Name one quarter of a year, 1 to 4."""

    year: int
    number: int

    def later(self, quarters: int) -> "Quarter":
        """Return the quarter that many quarters on."""
        count = self.year * 4 + self.number - 1 + quarters
        return Quarter(count // 4, count % 4 + 1)

    @property
    def label(self) -> str:
        """Write the quarter as a column heading, marked as a proposal."""
        return f"{self.year}年第{self.number}季度（建议）"


@dataclass(frozen=True)
class Progress:
    """Count what a circle must have, has and lacks among the outlets of the basic tier."""

    required: int
    found: int
    shortfall: int
    unknown: int

    @property
    def rate(self) -> float | None:
        """Return found ÷ required over what has been checked; None when nothing has."""
        return self.found / self.required if self.required else None


def write_timetables(assessed: Assessed, path: Path) -> Path:
    """Write both tables of the district to ``path`` and return it."""
    facts = provenance(assessed)
    with open_workbook(path, facts, f"{facts.district}便民生活圈两表") as book:
        styles = Styles(book)
        write_sheet(book, styles, _provision_sheet(assessed, facts), facts)
        write_sheet(book, styles, _progress_sheet(assessed, facts), facts)
        write_sheet(book, styles, source_sheet(facts), facts)
    return path


def first_quarter(facts: Provenance) -> Quarter:
    """Return the quarter after the data date, where a plan can begin."""
    day = facts.created
    return Quarter(day.year, (day.month - 1) // 3 + 1).later(1)


def planned_year(assessed: Assessed, circle_id: str) -> int | None:
    """Return 预计建成年份 as a number, however it was written (``2025``, ``2025年``)."""
    written = assessed.district.circles["planned_year"].get(circle_id)
    found = re.search(r"\d{4}", str(written)) if wording.known(written) else None
    return int(found[0]) if found else None


def propose(urgency: object, start: Quarter, planned: int | None) -> Quarter:
    """Propose the quarter by which a gap is closed.

    1 紧急 within a quarter, 2 较急 within two, 3 一般 within a year, the rest within two years;
    never after the year the circle should be finished (附件1.3 预计建成年份), unless that year has
    already passed.
    """
    step = QUARTERS_BY_URGENCY.get(int(urgency), LAST_QUARTER) if wording.known(urgency) else 4  # type: ignore[call-overload]
    wanted = start.later(step - 1)
    if planned is None or planned < start.year:
        return wanted
    return max(start, min(wanted, Quarter(planned, 4)))


def provision_rows(assessed: Assessed, facts: Provenance) -> list[list[object]]:
    """Return one row for each gap, by urgency and people, with a mark in its proposed quarter."""
    start = first_quarter(facts)
    columns = [start.later(step) for step in range(QUARTERS_SHOWN)]
    gaps = assessed.gaps.sort_values(["urgency", "people"], ascending=[True, False], kind="stable")
    rows: list[list[object]] = []
    for place, row in enumerate(records(gaps), start=1):
        year = planned_year(assessed, row.circle_id)
        due = propose(row.urgency, start, year)
        rows.append(
            [
                place, wording.urgency(row.urgency), row.circle_name,
                place_label(row),
                row.trade_name, row.shortfall, row.unit,
                row.people if wording.known(row.people) else wording.UNKNOWN,
                row.remedy, row.measure, _year_text(year, start),
                *("●" if quarter == due else "" for quarter in columns),
            ]
        )  # fmt: skip
    return rows


def _year_text(year: int | None, start: Quarter) -> str:
    if year is None:
        return "未填"
    return f"{year}年（已过）" if year < start.year else f"{year}年"


def _provision_sheet(assessed: Assessed, facts: Provenance) -> Sheet:
    start = first_quarter(facts)
    quarters = [
        Field(start.later(step).label, 9, "mark", "建议完成时间") for step in range(QUARTERS_SHOWN)
    ]
    return Sheet(
        name="配置时间表",
        title=f"{facts.district}便民服务设施配置时间表",
        fields=[*PROVISION_FIELDS, *quarters],
        rows=provision_rows(assessed, facts),
        notes=(
            "季度为建议：紧急一个季度内，较急两个季度内，一般一年内，可缓两年内；不晚于预计建成年份。",
            "从数据日期的下一季度算起，由街道（乡镇）核定。",
        ),
        empty="没有需要补建的设施。",
        freeze=5,
    )


def progress(assessed: Assessed, circle_id: str) -> Progress:
    """Count the basic outlets of a circle; what nobody has checked stays outside the rate."""
    findings = of_circle(assessed.findings, circle_id)
    counted = findings[(findings["tier"] == "basic") & (findings["unit"] == "个")]
    judged = counted[counted["verdict"].isin(["served", "lacking"])]
    found = judged[["found", "required"]].min(axis=1)
    return Progress(
        required=int(judged["required"].sum()),
        found=int(found.sum()),
        shortfall=int(judged["shortfall"].fillna(0).sum()),
        unknown=int((counted["verdict"] == "unknown").sum()),
    )


def progress_rows(assessed: Assessed) -> list[list[object]]:
    """Return one row for each circle: 附件1.3, then progress."""
    circles = assessed.district.circles
    rows: list[list[object]] = []
    for place, circle in enumerate(circle_ids(assessed), start=1):
        facts, given = assessed.circle_facts.loc[circle], circles.loc[circle]
        names = community_names(assessed, circle)
        done = progress(assessed, circle)
        year = planned_year(assessed, circle)
        rows.append(
            [
                place, facts["name"], wording.word(wording.KINDS, given["kind"]),
                wording.word(wording.FORMATIONS, given["formation"]), "、".join(names),
                len(names), given["subdistrict"], _ten_thousands(facts["population"]),
                f"{year}年" if year else "未填",
                *(given[column] for column in DIVISION_COLUMNS),
                done.required, done.found, done.shortfall, done.unknown, done.rate,
                len(of_circle(assessed.blind_areas, circle)), "", "",
            ]
        )  # fmt: skip
    return rows


DIVISION_COLUMNS = (
    "resident_profile",
    "trade_completeness",
    "built_profile",
    "location_resources",
    "openness",
    "cooperation",
)


def _ten_thousands(population: object) -> object:
    if not wording.known(population):
        return wording.UNKNOWN
    return round(float(population) / 10_000, 4)  # type: ignore[arg-type]


def _total_sentence(totals: pd.DataFrame) -> str:
    required, found = totals["应建（个）"].sum(), totals["已有（个）"].sum()
    rate = f"，完成率{wording.share(found / required)}" if required else ""
    lacking, unknown = totals["缺（个）"].sum(), totals["未核实（项）"].sum()
    return (
        f"合计：{len(totals)}个生活圈，应建{wording.number(required)}个，"
        f"已有{wording.number(found)}个，缺{wording.number(lacking)}个{rate}；"
        f"另有{wording.number(unknown)}项未核实，不计入完成率。"
    )


def _progress_sheet(assessed: Assessed, facts: Provenance) -> Sheet:
    rows = progress_rows(assessed)
    totals = pd.DataFrame(rows, columns=[f.title for f in TABLE_FIELDS]) if rows else None
    tail: tuple[str, ...] = () if totals is None else (_total_sentence(totals),)
    return Sheet(
        name="工作进度表",
        title=f"{facts.district}一刻钟便民生活圈建设工作进度表",
        fields=TABLE_FIELDS,
        rows=rows,
        notes=("已有按每项要求封顶（多出的不抵别项）；完成率＝已有÷应建，只计已核实的个数要求。",),
        empty="没有生活圈。",
        freeze=2,
        tail=tail,
    )
