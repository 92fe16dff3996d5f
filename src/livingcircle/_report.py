"""Tell on the terminal what was read, what was found and where the files are."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from livingcircle._terminal import say
from livingcircle.assessment import Assessment
from livingcircle.district import District
from livingcircle.documents._goodness import how_good
from livingcircle.documents.site_reports import walking_sentence
from livingcircle.io._folder.members import split_members
from livingcircle.least_walking import WalkingPlan
from livingcircle.mobile_supply import MobilePlan
from livingcircle.readback import ISSUE_LIST
from livingcircle.readback import by_gravity
from livingcircle.relocation import Advice
from livingcircle.scenarios import Outcome
from livingcircle.service_centres import CentrePlan
from livingcircle.site_tables import served_table
from livingcircle.site_tables import site_table
from livingcircle.siting import SitePlan
from livingcircle.standards import Standard
from livingcircle.tables import ERROR
from livingcircle.tables import REVIEW
from livingcircle.tables import TABLES
from livingcircle.tables import WARNING
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import UNIT_WORDS

TOP = 8
# What a rule counts by, and the column of the circles that says it.
_SIZES = {
    "population": "population",
    "households": "households",
    "dwellings": "dwellings",
    "communities": "community_count",
    "area_km2": "area_km2",
}
SEVERITIES = {ERROR: "没有采用", REVIEW: "需要人工确定", WARNING: "采用但请核对"}


def plain_table(title: str, columns: Sequence[str], right: Sequence[str] = ()) -> Table:
    """Return a table in which long names are folded, never cut off."""
    table = Table(title=escape(title), title_justify="left", box=None)
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


def show_sources(console: Console, district: District) -> None:
    """List the files that were read and how far each may be believed."""
    columns = ("图层", "性质", "文件", "行数", "说明")
    table = plain_table(f"{district.name}：读入的数据", columns, right=("行数",))
    for source in district.sources:
        name = TABLES[source.table].title if source.table in TABLES else source.table
        words = (name, source.status.label, source.file, f"{source.rows:,}", source.title)
        table.add_row(*map(escape, words))
    console.print(table)


def show_issues(
    console: Console, issues: pd.DataFrame, limit: int = 12, where: str = ISSUE_LIST
) -> None:
    """List what is wrong with the files, the gravest kinds first, and how many more there are."""
    if len(issues) == 0:
        say(console, "文件里没有发现问题。")
        return
    ranked = by_gravity(issues)
    counts = ranked["severity"].value_counts()
    parts = [f"{word}{counts[s]}处" for s, word in SEVERITIES.items() if s in counts]
    say(console, f"发现{len(ranked)}处问题：{'，'.join(parts)}。")
    for row in ranked.head(limit).itertuples():
        say(console, f"  · [{SEVERITIES[str(row.severity)]}] {row.sentence}")
    if len(ranked) > limit:
        say(console, f"  · 还有{len(ranked) - limit}处，都在 {where} 里。")


def show_assessment(console: Console, assessment: Assessment, out: Path) -> None:
    """Tell what was found: the top gaps with people affected, the unknowns, the files."""
    show_sources(console, assessment.district)
    show_issues(console, assessment.issues, limit=5, where=str(out / ISSUE_LIST))
    _show_conclusion(console, assessment)
    show_blank(console, assessment.standard)
    _show_gaps(console, assessment)
    _show_files(console, out)


def _show_conclusion(console: Console, assessment: Assessment) -> None:
    """Say in a few sentences how many verdicts there are of each kind."""
    counts = assessment.findings["verdict"].value_counts()
    people = assessment.doors["residents"].sum(min_count=1)
    who = "居民人数未知" if pd.isna(people) else f"{people:,.0f}位居民"
    say(
        console,
        f"\n{assessment.district.name}，按《{assessment.standard.title}》，"
        f"{assessment.run['walker_label']}，{len(assessment.doors):,}个楼门、{who}。",
        style="bold",
    )
    words = {**UNIT_WORDS, LACKING: "缺"}
    parts = [f"{word}{counts.get(v, 0)}项" for v, word in words.items()]
    say(console, f"对照结果（要求×单位）：{'，'.join(parts)}。“未核实”不等于没有。")
    if assessment.run["method"] == "straight_line":
        say(console, "没有道路数据：所有距离按直线×1.3估算，只能作参考。", style="yellow")


def _show_gaps(console: Console, assessment: Assessment) -> None:
    """List the gaps that come first, in the order of the table of gaps."""
    gaps = assessment.gaps
    if len(gaps) == 0:
        lacking = int((assessment.findings["verdict"] == LACKING).sum())
        rest = f"；上面缺的{lacking}项是应当或鼓励的，不列为任务" if lacking else ""
        say(console, f"必须的缺项：没有可以确认的{rest}。")
        return
    top = gaps.head(TOP)
    columns = ("轻重缓急", "在哪里", "缺什么", "应配", "现有", "影响居民", "最近的在")
    title = f"最该先补的{len(top)}项（任务共{len(gaps)}项，同一单）"
    table = plain_table(title, columns, right=columns[3:])
    for row in top.itertuples():
        table.add_row(
            str(row.urgency),
            escape(str(row.unit_name)),
            escape(str(row.trade_name)),
            _number(row.required, str(row.unit)),
            _number(row.found, str(row.unit)),
            _number(row.people, "人"),
            _number(row.nearest_m, "米"),
        )
    console.print(table)


def _number(value: object, unit: str = "") -> str:
    """Write a number, or say that it is not known."""
    return "未核实" if pd.isna(value) else f"{value:,.0f}{unit}"  # type: ignore[call-overload]


def _show_files(console: Console, out: Path) -> None:
    """Say where the files are."""
    say(console, f"\n结果在 {out}/", style="bold")
    for path in sorted(out.iterdir()):
        if not path.name.startswith("."):
            say(console, f"  {path.name}{'/' if path.is_dir() else ''}")


def circle_sizes(circles: pd.DataFrame) -> pd.DataFrame:
    """Return what counting needs of a list of circles; communities are counted if not stated."""
    named = [len(split_members(str(text))) or None for text in circles["members"]]
    stated = circles["community_count"]
    return circles.assign(community_count=stated.fillna(pd.Series(named, index=circles.index)))


def show_requirements(console: Console, counts: pd.DataFrame) -> None:
    """Show the least number of outlets by circle, and in total by trade."""
    if len(counts) == 0:
        say(console, "这份配置标准没有规定最少几个的要求，算不出最少应配数量。")
        return
    totals = counts.groupby("trade_name", sort=False)["required"].sum(min_count=1)
    table = plain_table("最少应配数量", ("生活圈", "合计"), right=("合计",))
    for circle, rows in counts.groupby("circle", sort=False):
        table.add_row(escape(str(circle)), _number(rows["required"].sum(min_count=1)))
    table.add_row("[bold]全部[/]", f"[bold]{_number(counts['required'].sum(min_count=1))}[/]")
    console.print(table)
    parts = [f"{name}{_number(count)}" for name, count in totals.items()]
    say(console, "其中：" + "，".join(parts))
    blank = counts[counts["required"].isna()]
    lacking = [
        f"{circle}（缺{'、'.join(sorted(set('、'.join(rows['missing']).split('、'))))}）"
        for circle, rows in blank.groupby("circle", sort=False)
    ]
    if lacking:
        say(console, f"没有算全：{'；'.join(lacking)}")


def show_blank(console: Console, standard: Standard) -> None:
    """Say that a standard is a form nobody has filled in, where it is."""
    if standard.blank:
        told = f"《{standard.title}》是空白模板：只有原文，没有可以判定的要求。"
        say(console, told, style="yellow")
        say(console, "写进业态和要求后再用，写法见 docs/how-to/write-a-standard.md。")


def requirements_sheet(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the counts under the plan's own headings."""
    names = {"circle": "生活圈名称", "trade_name": "业态", "required": "最少应配", "clause": "依据"}
    return counts[list(names)].rename(columns=names)


def show_sites(console: Console, plan: SitePlan, folder: Path) -> None:
    """Show the chosen sites, most telling first, and where the files are."""
    columns = ("次序", "拟设业态", "空间", "生活圈", "新服务居民")
    table = plain_table("选址方案", columns, right=("次序", "新服务居民"))
    sites = site_table(plan)
    for row in sites.head(TOP * 2).itertuples():
        table.add_row(
            str(row.order),
            escape(str(row.trade_name)),
            escape(str(row.space_name)),
            escape(str(row.circle_name) or "圈外"),
            _number(row.people, "人"),
        )
    console.print(table)
    if len(sites) > TOP * 2:
        say(console, f"还有{len(sites) - TOP * 2}行，都在选址方案.xlsx里。")
    served = served_table(plan)
    lost = served["out_of_reach"].sum()
    if lost > 0:
        unit = "人次" if served["people_known"].all() else "个楼门×业态"
        say(
            console,
            f"另有{lost:,.0f}{unit}没有候选空间够得着：补登空间，或用 site mobile 安排直通车。",
        )
    if plan.stopped:
        say(console, plan.stopped)
    _show_files(console, folder)


def show_advice(console: Console, advice: Advice) -> None:
    """Show what moving, widening and sharing would do."""
    for title, rows, words in (
        ("迁移一家网点", advice.moves, "space_name"),
        ("达到营业时间等条件", advice.raises, "needs"),
        ("在已有网点里叠加业态", advice.taken_in, "needs"),
    ):
        if len(rows) == 0:
            say(console, f"{title}：没有能多服务居民的。")
            continue
        table = plain_table(title, ("业态", "网点", "怎么做", "净增居民"), right=("净增居民",))
        for row in rows.head(TOP).to_dict("records"):
            cells = (row["trade_name"], row["outlet_name"], row[words])
            table.add_row(*(escape(str(cell)) for cell in cells), _number(row["people"], "人"))
        console.print(table)


def show_centres(console: Console, plan: CentrePlan) -> None:
    """Show where service centres should stand, or why nowhere."""
    if len(plan.rooms) == 0:
        say(console, "台账里没有一处空间符合综合体的要求：", style="yellow")
        for row in plan.misfits.head(TOP).to_dict("records"):
            say(console, f"  · {row['name']}：{row['reason']}")
        return
    columns = ("选定", "编号", "空间", "放哪些业态", "新服务居民")
    table = plain_table("综合体选址", columns, right=("新服务居民",))
    for row in plan.rooms.head(TOP).to_dict("records"):
        mark = "●" if row["chosen"] else ""
        cells = (str(row["space_id"]), str(row["name"]), str(row["trade_names"]))
        table.add_row(mark, *map(escape, cells), _number(row["people"], "人"))
    console.print(table)


def show_walking(console: Console, assessment: Assessment, plan: WalkingPlan) -> None:
    """Show where outlets should open so that everybody walks least."""
    columns = ("拟设", "服务居民", "平均步行")
    table = plain_table("走得最少的选址", columns, right=columns[1:])
    for row in plan.outlets[plan.outlets["new"]].to_dict("records"):
        cells = (_number(row["people"], "人"), _number(row["mean_m"], "米"))
        table.add_row(escape(str(row["name"])), *cells)
    console.print(table)
    said = walking_sentence(plan, assessment.standard.name_of(plan.trade))
    say(console, f"{said}{how_good(plan.choice, '下界')}。")


def show_stops(console: Console, plan: MobilePlan) -> None:
    """Show the stops of mobile supply."""
    columns = ("车次", "到达", "离开", "停靠位置", "业态", "服务居民")
    table = plain_table("移动供给时间表", columns, right=("服务居民",))
    for row in plan.stops.to_dict("records"):
        cells = (row["vehicle"], row["arrives"], row["leaves"], row["place"], row["trade_names"])
        table.add_row(*(escape(str(cell)) for cell in cells), _number(row["people"], "人"))
    console.print(table)


def show_outcomes(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Show what scenarios come to."""
    columns = ("方案", "做什么", "缺口项数", "够不着的居民（人×业态）")
    table = plain_table("方案对比", columns, right=columns[2:])
    for one in outcomes:
        rows = one.people[one.people["level"] == "district"]
        was, now = rows["lacking_before"].sum(), rows["lacking_after"].sum()
        table.add_row(
            escape(one.scenario.name),
            escape("；".join(step.words for step in one.scenario.steps)),
            f"{len(one.before.gaps)} → {len(one.after.gaps)}",
            f"{now - was:+,.0f}",
        )
    console.print(table)
