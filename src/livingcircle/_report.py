"""Tell on the terminal what was read, what was found and where the files are."""

from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from livingcircle.assessment import Assessment
from livingcircle.district import District
from livingcircle.io._folder.members import split_members
from livingcircle.standards import Standard
from livingcircle.tables import ERROR
from livingcircle.tables import TABLES
from livingcircle.tables import WARNING
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import UNIT_WORDS

TOP = 8
SEVERITIES = {ERROR: "没有采用", WARNING: "采用但请核对", "review": "需要人工确定"}


def show_sources(console: Console, district: District) -> None:
    """List the files that were read and how far each may be believed."""
    table = Table(title=f"{district.name}：读入的数据", title_justify="left", box=None)
    for title in ("图层", "性质", "文件", "行数", "说明"):
        table.add_column(title, justify="right" if title == "行数" else "left")
    for source in district.sources:
        name = TABLES[source.table].title if source.table in TABLES else source.table
        table.add_row(name, source.status.label, source.file, f"{source.rows:,}", source.title)
    console.print(table)


def show_issues(console: Console, issues: pd.DataFrame, limit: int = 12) -> None:
    """List what is wrong with the files, the worst first, and how many more there are."""
    if len(issues) == 0:
        console.print("文件里没有发现问题。")
        return
    order = {severity: rank for rank, severity in enumerate(SEVERITIES)}
    ranked = issues.sort_values("severity", key=lambda s: s.map(order), kind="stable")
    counts = ranked["severity"].value_counts()
    parts = [f"{word}{counts[s]}处" for s, word in SEVERITIES.items() if s in counts]
    console.print(f"发现{len(ranked)}处问题：{'，'.join(parts)}。", highlight=False)
    for row in ranked.head(limit).itertuples():
        console.print(
            f"  · [{SEVERITIES[str(row.severity)]}] {row.sentence}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    if len(ranked) > limit:
        console.print(
            f"  · 还有{len(ranked) - limit}处，见结果里的 issues 表和回执。", highlight=False
        )


def show_assessment(console: Console, assessment: Assessment, out: Path) -> None:
    """Tell what was found: the top gaps with people affected, the unknowns, the files."""
    show_sources(console, assessment.district)
    show_issues(console, assessment.issues, limit=5)
    _show_conclusion(console, assessment)
    show_blank(console, assessment.standard)
    _show_gaps(console, assessment)
    _show_files(console, out)


def _show_conclusion(console: Console, assessment: Assessment) -> None:
    """Say in a few sentences how many verdicts there are of each kind."""
    counts = assessment.findings["verdict"].value_counts()
    people = assessment.doors["residents"].sum(min_count=1)
    who = "居民人数未知" if pd.isna(people) else f"{people:,.0f}位居民"
    console.print(
        f"\n[bold]{assessment.district.name}[/]，按《{assessment.standard.title}》，"
        f"{assessment.run['walker_label']}，{len(assessment.doors):,}个楼门、{who}。",
        highlight=False,
    )
    words = {**UNIT_WORDS, LACKING: "缺"}
    parts = [f"{word}{counts.get(v, 0)}项" for v, word in words.items()]
    console.print(
        f"对照结果（要求×单位）：{'，'.join(parts)}。“未核实”不等于没有。", highlight=False
    )
    if assessment.run["method"] == "straight_line":
        console.print("[yellow]没有道路数据：所有距离按直线×1.3估算，只能作参考。[/]")


def _show_gaps(console: Console, assessment: Assessment) -> None:
    """List the gaps that touch most people."""
    gaps = assessment.gaps
    if len(gaps) == 0:
        console.print("没有可以确认的缺项。")
        return
    top = gaps.sort_values(["urgency", "people"], ascending=[True, False], kind="stable").head(TOP)
    table = Table(
        title=f"最该先补的{len(top)}项（任务共{len(gaps)}项，同一单）",
        title_justify="left",
        box=None,
    )
    for title, justify in (
        ("轻重缓急", "left"),
        ("在哪里", "left"),
        ("缺什么", "left"),
        ("应配", "right"),
        ("现有", "right"),
        ("影响居民", "right"),
        ("最近的在", "right"),
    ):
        table.add_column(title, justify="right" if justify == "right" else "left")
    for row in top.itertuples():
        table.add_row(
            str(row.urgency),
            str(row.unit_name),
            str(row.trade_name),
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
    console.print(f"\n[bold]结果在 {out}/[/]", highlight=False)
    for path in sorted(out.iterdir()):
        if not path.name.startswith("."):
            console.print(f"  {path.name}{'/' if path.is_dir() else ''}", highlight=False)


def circle_sizes(circles: pd.DataFrame) -> pd.DataFrame:
    """Return what counting needs of a list of circles; communities are counted if not stated."""
    named = [len(split_members(str(text))) or None for text in circles["members"]]
    stated = circles["community_count"]
    return circles.assign(community_count=stated.fillna(pd.Series(named, index=circles.index)))


def show_requirements(console: Console, counts: pd.DataFrame) -> None:
    """Show the least number of outlets by circle, and in total by trade."""
    if len(counts) == 0:
        console.print("这份配置标准没有规定最少几个的要求，算不出最少应配数量。")
        return
    totals = counts.groupby("trade_name", sort=False)["required"].sum(min_count=1)
    table = Table(title="最少应配数量", title_justify="left", box=None)
    table.add_column("生活圈")
    table.add_column("合计", justify="right")
    for circle, rows in counts.groupby("circle", sort=False):
        table.add_row(str(circle), _number(rows["required"].sum(min_count=1)))
    table.add_row("[bold]全部[/]", f"[bold]{_number(counts['required'].sum(min_count=1))}[/]")
    console.print(table)
    parts = [f"{name}{_number(count)}" for name, count in totals.items()]
    console.print("其中：" + "，".join(parts), highlight=False, soft_wrap=True)
    blank = counts[counts["required"].isna()]
    lacking = [
        f"{circle}（缺{'、'.join(sorted(set('、'.join(rows['missing']).split('、'))))}）"
        for circle, rows in blank.groupby("circle", sort=False)
    ]
    if lacking:
        console.print(f"没有算全：{'；'.join(lacking)}", highlight=False, soft_wrap=True)


def show_blank(console: Console, standard: Standard) -> None:
    """Say that a standard is a form nobody has filled in, where it is."""
    if standard.blank:
        console.print(
            f"[yellow]《{standard.title}》是空白模板：只有原文，没有可以判定的要求。[/]"
            "写进业态和要求后再用，写法见 docs/how-to/write-a-standard.md。",
            highlight=False,
            soft_wrap=True,
        )


def requirements_sheet(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the counts under the plan's own headings."""
    names = {"circle": "生活圈名称", "trade_name": "业态", "required": "最少应配", "clause": "依据"}
    return counts[list(names)].rename(columns=names)
