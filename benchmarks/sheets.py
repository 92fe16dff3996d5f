"""Lay measurements out as tables, alike on the screen and on the page."""

import math
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.city import Row as CityRow
from benchmarks.growth import Step
from benchmarks.rows import Row
from benchmarks.siting import Plan as SitingPlan
from benchmarks.targets import target
from benchmarks.whole import Run

_HEAD = ("路网", "引擎", "线程", "秒", "是本引擎的几倍", "目标", "内存峰值", "与本引擎不同", "说明")
_SMALL, _LARGE = 0.1, 100


@dataclass(frozen=True)
class Sheet:
    """Hold one table of words."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """Return the table for the page, under its title if it has one."""
        lines = [self.head, tuple("---" for _ in self.head), *self.rows]
        table = "\n".join(f"| {' | '.join(_cell(word) for word in line)} |" for line in lines)
        return f"**{self.title}**\n\n{table}" if self.title else table

    def show(self, out: Console) -> None:
        """Print the table."""
        table = Table(*self.head, title=self.title or None)
        for line in self.rows:
            table.add_row(*line)
        out.print(table)


def rows_sheets(rows: Sequence[Row]) -> list[Sheet]:
    """Return one table a workload; columns in which nothing stands are left out."""
    sheets = []
    for workload in dict.fromkeys(row.workload for row in rows):
        some = [_words(row) for row in rows if row.workload == workload]
        used = [i for i in range(len(_HEAD)) if any(line[i] for line in some)]
        head = tuple(_HEAD[i] for i in used)
        sheets.append(Sheet(workload, head, tuple(tuple(line[i] for i in used) for line in some)))
    return sheets


def city_sheet(rows: Sequence[CityRow]) -> Sheet:
    """Return the table of whole cities."""
    head = ("区", "楼门", "网点", "进程", "秒", "每千楼门毫秒", "所有进程最高内存 GB")
    lines = tuple(
        (
            f"{row.districts}",
            f"{row.doors:,}",
            f"{row.outlets:,}",
            f"{row.workers}",
            f"{row.seconds:.1f}",
            f"{1e6 * row.seconds / row.doors:.0f}",
            f"{row.peak_bytes / 1e9:.1f}",
        )
        for row in rows
    )
    return Sheet("虚构的城市，从分区文件到逐区结果", head, lines)


def growth_sheets(steps: Sequence[Step]) -> list[Sheet]:
    """Return one table a curve."""
    sheets = []
    for curve in dict.fromkeys(step.curve for step in steps):
        head = (curve.partition("：")[2], "秒", "纳秒/节点/业态", "准备（秒）")
        some = [step for step in steps if step.curve == curve]
        lines = tuple(
            (f"{s.at:,}", seconds(s.seconds), f"{s.nanoseconds:.2f}",
             seconds(s.preparing) if s.preparing else "")
            for s in some
        )  # fmt: skip
        width = 4 if any(line[3] for line in lines) else 3
        sheets.append(Sheet(curve, head[:width], tuple(line[:width] for line in lines)))
    return sheets


def run_sheet(runs: Sequence[Run]) -> Sheet:
    """Return the stages of whole runs side by side."""
    names = [name for name, _ in runs[0].stages]
    head = ("阶段", *(_title(run) for run in runs))
    lines = [(name, *(seconds(run.stages[at][1]) for run in runs)) for at, name in enumerate(names)]
    lines.append(("**合计（秒）**", *(f"**{run.seconds:.1f}**" for run in runs)))
    lines.append(("内存峰值（MB）", *(f"{run.megabytes:,.0f}" for run in runs)))
    lines.append(("结果（MB）", *(f"{run.written / 1e6:,.0f}" for run in runs)))
    return Sheet("", head, tuple(lines))


def siting_sheet(plans: Sequence[SitingPlan]) -> Sheet:
    """Return the table of plans by question and engine."""
    head = ("问题", "引擎", "值", "界", "差距", "秒", "是本引擎的几倍", "说明")
    lines = tuple(
        (
            plan.question,
            plan.engine,
            "—" if math.isnan(plan.value) else f"{plan.value:,.0f}",
            "—" if math.isnan(plan.bound) else f"{plan.bound:,.0f}",
            "—" if math.isnan(plan.bound) else f"{abs(plan.bound - plan.value) / plan.value:.2%}",
            ("> " if plan.over else "") + seconds(plan.seconds),
            ("> " if plan.over else "") + _times(plan.ratio),
            plan.note,
        )
        for plan in plans
    )
    return Sheet("W5 选址", head, lines)


def seconds(value: float) -> str:
    """Return seconds with three figures that count."""
    if math.isnan(value):
        return "—"
    if value < _SMALL:
        return f"{value:.4f}"
    return f"{value:.2f}" if value < _LARGE else f"{value:.0f}"


def markdown(sheets: Iterable[Sheet]) -> str:
    """Return several tables for the page."""
    return "\n\n".join(sheet.markdown() for sheet in sheets)


def _title(run: Run) -> str:
    warmth = "热" if run.warm else "冷"
    return f"{run.doors:,} 楼门，{run.outlets:,} 网点，{run.trades} 业态（{warmth}）"


def _words(row: Row) -> tuple[str, ...]:
    least = "> " if row.over else ""
    ratio = "" if row.ratio is None else f"{least}{_times(row.ratio)}"
    unlike = f"{row.wrong:,} / {row.checked:,}" if row.checked else ""
    if row.over and not row.checked:
        unlike = "没有算完"
    return (
        row.network,
        row.engine,
        str(row.threads),
        least + seconds(row.seconds),
        ratio,
        target(row.workload, row.engine),
        "" if math.isnan(row.megabytes) else f"{row.megabytes:,.0f} MB",
        unlike,
        row.note,
    )


def _times(ratio: float) -> str:
    return f"{ratio:.1f}" if ratio < _LARGE else f"{ratio:,.0f}"


def _cell(word: str) -> str:
    return word.replace("|", "\\|").replace("\n", " ")
