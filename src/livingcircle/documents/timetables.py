"""Write 两表: when to add what (配置时间表) and how far each circle has come (工作进度表).

密云 三（三）: “根据居民需求轻重缓急制作便民服务设施配置时间表和生活圈建设工作进度表”.
The columns of the second are those of 附件1.3, followed by progress.
"""

from dataclasses import dataclass
from pathlib import Path

from livingcircle.documents import _wording as wording
from livingcircle.documents._answers import worst_verdicts
from livingcircle.documents._assessed import circle_ids
from livingcircle.documents._assessed import community_names
from livingcircle.documents._assessed import musts
from livingcircle.documents._assessed import records
from livingcircle.documents._assessed import subdistrict_of
from livingcircle.documents._assessed import ways
from livingcircle.documents._chosen import remedy_of
from livingcircle.documents._desk import Assessed
from livingcircle.documents._desk import Parts
from livingcircle.documents._desk import at_desk
from livingcircle.documents._desk import once
from livingcircle.documents._desk import part
from livingcircle.documents._planning import DIVISION_COLUMNS
from livingcircle.documents._planning import DIVISION_LABELS
from livingcircle.documents._planning import Quarter
from livingcircle.documents._planning import first_quarter
from livingcircle.documents._planning import is_past
from livingcircle.documents._planning import planned_year
from livingcircle.documents._planning import propose
from livingcircle.documents._provenance import Provenance
from livingcircle.documents._provenance import provenance
from livingcircle.documents._workbook import Field
from livingcircle.documents._workbook import Sheet
from livingcircle.documents._workbook import or_unknown
from livingcircle.documents._workbook import write_workbook
from livingcircle.verdicts import LACKING

FILE_NAME = "两表_配置时间表和工作进度表.xlsx"
QUARTERS_SHOWN = 8
PROPOSED = "建议完成时间"
PROGRESS = "基本保障类网点进度"
DIVISION = "划分指标"
REACH = "步行够不着（基本保障类）"
ORDINALS = "一二三四五六七八"

PROVISION_FIELDS = (
    Field("序号", 5, "short"),
    Field("轻重缓急", 8, "short"),
    Field("生活圈名称", 13, "short"),
    Field("社区", 14, "short"),
    Field("业态", 16, "short"),
    Field("缺多少", 16, "short"),
    Field("影响居民（人）", 10, "number"),
    Field("补什么", 26),
    Field("如何补", 34),
    Field("预计建成年份", 14, "short"),
)
TABLE_FIELDS = (
    Field("序号", 5, "short"),
    Field("生活圈名称", 13, "short"),
    Field("生活圈类型", 11, "short"),
    Field("生活圈划分方式", 9, "short"),
    Field("覆盖社区", 22),
    Field("覆盖社区数", 7, "number"),
    Field("所属街道", 12, "short"),
    Field("服务人口（万人）", 9, "decimal"),
    Field("预计建成年份", 10, "short"),
    *(Field(title, 13, "short", DIVISION) for title in DIVISION_LABELS),
    Field("应建（个）", 7, "number", PROGRESS),
    Field("已有（个）", 7, "number", PROGRESS),
    Field("缺（个）", 7, "number", PROGRESS),
    Field("未核实（项）", 8, "number", PROGRESS),
    Field("网点数量完成率", 9, "percent", PROGRESS),
    Field("盲区内居民（人）", 9, "number", REACH),
    Field("步行覆盖率", 8, "percent", REACH),
    Field("步行盲区（处）", 8, "number", REACH),
    Field("责任单位", 11, "fill", "待填"),
    Field("本期进展", 14, "fill", "待填"),
)


@dataclass(frozen=True)
class Progress:
    """Count what a circle must have, has and lacks among the outlets of the basic tier."""

    required: int
    found: int
    unknown: int

    @property
    def shortfall(self) -> int:
        """Return what is still to be built."""
        return self.required - self.found

    @property
    def rate(self) -> float | None:
        """Return found ÷ required over what has been checked; None when nothing has."""
        return self.found / self.required if self.required else None

    def __add__(self, other: "Progress") -> "Progress":
        """Add two circles up."""
        return Progress(
            self.required + other.required, self.found + other.found, self.unknown + other.unknown
        )


def write_timetables(assessed: Assessed, path: Path) -> Path:
    """Write both tables of the district to ``path`` and return it."""
    assessed = at_desk(assessed)
    facts = provenance(assessed)
    sheets = (_provision_sheet(assessed, facts), _progress_sheet(assessed, facts))
    return write_workbook(path, facts, f"{facts.district}便民生活圈两表", sheets)


def provision_rows(assessed: Assessed, facts: Provenance) -> list[list[object]]:
    """Return one row for each gap, by urgency and people, with a mark in its proposed quarter.

    Without a day to count from the quarters stay blank.
    """
    start, how = first_quarter(facts), ways(assessed)
    columns = [start.later(step) if start else None for step in range(QUARTERS_SHOWN)]
    gaps = assessed.gaps.sort_values(["urgency", "people"], ascending=[True, False], kind="stable")
    rows: list[list[object]] = []
    for place, row in enumerate(records(gaps), start=1):
        year = planned_year(assessed, row.circle_id)
        due = propose(row.urgency, start, year)
        rows.append(
            [
                place, wording.urgency(row.urgency), wording.circle(row.circle_name, row.level),
                wording.place(row), row.trade_name,
                wording.amount(row, way=how.get(row.requirement_id, "")),
                or_unknown(row.people), remedy_of(assessed, row), row.measure,
                year_text(year, start),
                *("●" if due is not None and quarter == due else "" for quarter in columns),
            ]
        )  # fmt: skip
    return rows


def year_text(year: int | None, start: Quarter | None) -> str:
    """Write 预计建成年份, and that it has passed where it has."""
    if year is None:
        return "未填"
    return f"{year}年（已过）" if is_past(year, start) else f"{year}年"


def _provision_sheet(assessed: Assessed, facts: Provenance) -> Sheet:
    start = first_quarter(facts)
    titles = [
        start.later(step).label.replace("年", "年\n") if start else f"第{ORDINALS[step]}个季度"
        for step in range(QUARTERS_SHOWN)
    ]
    dated = "从评估日期的下一季度算起，由街道（乡镇）核定。"
    undated = "评估日期未注明，季度留空，由街道（乡镇）填写。"
    return Sheet(
        name="配置时间表",
        title=f"{facts.district}便民服务设施配置时间表",
        fields=[*PROVISION_FIELDS, *(Field(title, 9, "mark", PROPOSED) for title in titles)],
        rows=provision_rows(assessed, facts),
        notes=(
            "季度为建议：紧急一个季度内，较急两个季度内，一般一年内，可缓两年内；不晚于预计建成年份。"
            + (dated if start else undated),
        ),
        empty="没有需要补建的设施。",
        freeze=2,
    )


def progress(assessed: Assessed, circle_id: str) -> Progress:
    """Count the basic outlets of a circle; what nobody has checked stays outside the rate.

    What is met counts in full, however it is met; of what is not, everything but the shortfall
    is there, so that a surplus of one trade never hides the lack of another.
    """
    findings = musts(part(assessed, "findings", circle_id))
    counted = findings[(findings["tier"] == "basic") & (findings["unit"] == "个")]
    sized = counted["required"].notna()
    judged = counted[counted["verdict"].isin(["served", "lacking"]) & sized]
    short = judged["shortfall"].where(judged["verdict"] == "lacking").fillna(0.0)
    unsized = (counted["verdict"] == "lacking") & ~sized
    return Progress(
        required=int(judged["required"].sum()),
        found=int((judged["required"] - short).sum()),
        unknown=int(((counted["verdict"] == "unknown") | unsized).sum()),
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
                place, facts["name"], wording.kind(given["kind"], given["subtype"]),
                wording.formation(given["formation"]), "、".join(names), len(names),
                subdistrict_of(assessed, circle) or "未填", _ten_thousands(facts["population"]),
                year_text(year, None), *(given[column] or "未填" for column in DIVISION_COLUMNS),
                done.required, done.found, done.shortfall, done.unknown, done.rate,
                *_out_of_reach(assessed, circle), "", "",
            ]
        )  # fmt: skip
    return rows


def _out_of_reach(assessed: Assessed, circle_id: str) -> list[object]:
    """Return who lacks a basic trade within reach, how far reach is met, and the blind areas.

    Whoever lacks several trades is counted once. An outlet more may cut a blind area in two, so
    their number says little about progress; the people and the share do.
    """
    doors = part(assessed, "doors", circle_id)
    inside = once(assessed, Parts).places("doors", circle_id)
    out = doors[once(assessed, worst_verdicts)[inside] == LACKING]
    areas = part(assessed, "blind_areas", circle_id)
    known = doors["residents"].notna().any()
    people = float(out["residents"].sum()) if known else wording.UNKNOWN
    rows = assessed.indices
    share = rows.loc[(rows["unit_id"] == circle_id) & (rows["index"] == "basic_coverage"), "value"]
    met = float(share.iloc[0]) / 100 if len(share) else float("nan")
    return [people, or_unknown(met), int((areas["tier"] == "basic").sum())]


def _ten_thousands(population: object) -> object:
    if not wording.known(population):
        return wording.UNKNOWN
    return round(float(population) / 10_000, 4)  # type: ignore[arg-type]


def total_sentence(assessed: Assessed) -> str:
    """Add all circles up in a sentence."""
    circles = circle_ids(assessed)
    total = sum((progress(assessed, circle) for circle in circles), Progress(0, 0, 0))
    rate = "" if total.rate is None else f"，网点数量完成率{wording.share(total.rate)}"
    return (
        f"合计：{len(circles)}个生活圈，应建{wording.number(total.required)}个，"
        f"已有{wording.number(total.found)}个，缺{wording.number(total.shortfall)}个{rate}；"
        f"另有{wording.number(total.unknown)}项未核实，不计入完成率。数量够了不等于人人够得着，另看步行覆盖率。"
    )


def _progress_sheet(assessed: Assessed, facts: Provenance) -> Sheet:
    rows = progress_rows(assessed)
    return Sheet(
        name="工作进度表",
        title=f"{facts.district}一刻钟便民生活圈建设工作进度表",
        fields=TABLE_FIELDS,
        rows=rows,
        notes=(
            "已有按每项要求封顶（多出的不抵别项）；网点数量完成率＝已有÷应建，只计必须达到、已核实的个数要求，不管远近。",
            "盲区内居民＝至少有一种基本保障类业态在服务半径内步行够不着的居民，缺几种也只计一次；步行覆盖率按（居民×业态）计，人数未知处按楼门，是否够得着以此为准。",
        ),
        empty="没有生活圈。",
        freeze=2,
        tail=(total_sentence(assessed),) if rows else (),
    )
