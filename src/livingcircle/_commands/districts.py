"""Check, assess and explain a district from the command line."""

from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from importlib.resources import as_file
from importlib.resources import files
from pathlib import Path

from livingcircle import _report
from livingcircle._terminal import Step
from livingcircle._terminal import out
from livingcircle._terminal import progress
from livingcircle._terminal import say
from livingcircle.assessment import Assessment
from livingcircle.assessment import assess as run_assessment
from livingcircle.collector import uncollected
from livingcircle.district import District
from livingcircle.documents import write_plan_sheets
from livingcircle.errors import InputError
from livingcircle.explain import explain_verdict
from livingcircle.io.folder import read_description
from livingcircle.io.folder import read_district
from livingcircle.memory import PREPARED
from livingcircle.memory import Memory
from livingcircle.readback import ISSUE_LIST
from livingcircle.readback import write_readbacks
from livingcircle.reports import check_day
from livingcircle.results import fresh_folder
from livingcircle.results import write_results
from livingcircle.standards import Standard
from livingcircle.standards import load_standard
from livingcircle.walkers import check_hour
from livingcircle.walkers import find_walker

_LONGEST_NAME = 250  # characters of a file name


@dataclass(frozen=True)
class Plan:
    """Hold what a run will do, checked before anything long begins."""

    folder: Path
    standard: Standard
    walker: str
    at: str
    on: date | None
    prepared: Path | None = None

    def run(
        self, district: District, step: Step | None = None, memory: Memory | None = None
    ) -> Assessment:
        """Return the assessment this plan asks for; prepared streets are kept beside the data."""
        return run_assessment(
            district,
            self.standard,
            walker=self.walker,
            at=self.at,
            on=self.on,
            progress=step,
            memory=Memory(self.prepared) if memory is None else memory,
        )


def plan(folder: Path, standard: str = "", walker: str = "", at: str = "", on: str = "") -> Plan:
    """Settle standard, walker, hour and day: as typed, else as in district.toml, else the usual."""
    described = read_description(folder)
    named = standard or described.standard
    if len(named) > _LONGEST_NAME or not named.isprintable():
        remedy = "用 livingcircle standards list 看有哪些，或给出一个 .toml 文件"
        raise InputError("配置标准的名字太长或含有控制字符", where="--standard", remedy=remedy)
    own = folder / named
    settled = Plan(
        folder,
        load_standard(own if named.endswith(".toml") and own.is_file() else named),
        walker or str(described.options.get("walker", "standard")),
        at or str(described.options.get("at", "10:00")),
        check_day(on or str(described.options.get("on", ""))),
        folder / PREPARED,
    )
    find_walker(settled.walker)
    check_hour(settled.at)
    return settled


def demo(folder: Path) -> None:
    """Assess the district that comes with the library."""
    with as_file(files("livingcircle") / "sample") as sample:
        # Nothing is written into the library itself.
        assess(replace(plan(Path(sample)), prepared=None), folder)


def check(folder: Path, report: Path) -> None:
    """Read the files of a district and write down everything that is wrong with them."""
    with fresh_folder(report) as work:
        with progress("读取并检查") as step:
            district = read_district(folder, progress=step)
        written = write_readbacks(district, folder, work)
    _report.show_sources(out, district)
    _report.show_issues(out, district.issues, where=str(report / ISSUE_LIST))
    for path in written:
        say(out, f"已写出：{report / path}")


def assess(plan: Plan, results: Path) -> None:
    """Read, assess, write, and tell what was found."""
    with fresh_folder(results) as work, uncollected():
        with progress("读取并检查") as step:
            district = read_district(plan.folder, progress=step)
        with progress("沿街道测算") as step:
            assessment = plan.run(district, step)
        write_readbacks(district, plan.folder, work)
        with progress("写结果表") as step:
            write_results(assessment, work, step)
        with progress("写一图一单一账两表") as step:
            write_plan_sheets(assessment, work, step)
    _report.show_assessment(out, assessment, results)


def explain(plan: Plan, unit: str, trade: str) -> None:
    """Tell sentence by sentence where one verdict comes from."""
    assessment = plan.run(read_district(plan.folder))
    for sentence in explain_verdict(assessment, unit, trade):
        say(out, sentence)
