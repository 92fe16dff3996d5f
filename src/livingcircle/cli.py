"""Run the main jobs from the command line, in plain Chinese, with progress.

Each command is one verb of the Python library; nothing is computed here.
"""

import shlex
import sys
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.resources import as_file
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn
from rich.progress import MofNCompleteColumn
from rich.progress import Progress
from rich.progress import TextColumn
from rich.progress import TimeElapsedColumn

from livingcircle import _report
from livingcircle.assessment import Assessment
from livingcircle.assessment import assess as run_assessment
from livingcircle.district import District
from livingcircle.documents import change_sentences
from livingcircle.documents import diff_assessments
from livingcircle.documents import write_change_list
from livingcircle.documents import write_plan_sheets
from livingcircle.errors import InputError
from livingcircle.errors import LivingCircleError
from livingcircle.errors import OutputError
from livingcircle.explain import explain_verdict
from livingcircle.io.excel import check_target
from livingcircle.io.excel import read_table
from livingcircle.io.excel import replacing
from livingcircle.io.excel import write_template
from livingcircle.io.excel import write_workbook
from livingcircle.io.folder import read_description
from livingcircle.io.folder import read_district
from livingcircle.io.starter import start_district
from livingcircle.readback import ISSUE_LIST
from livingcircle.readback import write_readbacks
from livingcircle.reports import check_day
from livingcircle.results import fresh_folder
from livingcircle.results import read_results
from livingcircle.results import write_results
from livingcircle.standards import Standard
from livingcircle.standards import available_standards
from livingcircle.standards import load_standard
from livingcircle.standards import minimum_counts
from livingcircle.standards import validate
from livingcircle.tables import TABLES
from livingcircle.tables import check as check_table
from livingcircle.tables import issues_frame
from livingcircle.walkers import check_hour
from livingcircle.walkers import find_walker

app = typer.Typer(
    help="一刻钟便民生活圈：从文件到一图一单一账两表。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
standards = typer.Typer(help="配置标准：列出、查看、检查。", no_args_is_help=True)
app.add_typer(standards, name="standards")
city = typer.Typer(help="一座城市：把各区打包、查看。", no_args_is_help=True)
app.add_typer(city, name="city")
out = Console()
err = Console(stderr=True, soft_wrap=True)
Step = Callable[[int, int, str], None]
_LONGEST_NAME = 250  # characters of a file name


def main() -> None:
    """Run the command line; problems a person can mend end in one sentence and status 2."""
    try:
        app()
    except LivingCircleError as problem:
        _report.say(err, f"没有做完：{problem}", style="red")
        sys.exit(2)


@contextmanager
def progress(title: str) -> Iterator[Step]:
    """Show n of m while something long runs."""
    bar = Progress(
        TextColumn("{task.description:<22}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[what]}"),
        console=out,
    )
    with bar:
        task = bar.add_task(title, total=None, what="")

        def step(done: int, total: int, what: str) -> None:
            bar.update(task, completed=done, total=total, what=escape(what))

        yield step
        bar.update(task, what="完成")


Folder = Annotated[Path, typer.Argument(help="地区文件夹，里面有 district.toml", metavar="文件夹")]
Out = Annotated[Path, typer.Option("--out", help="结果写到哪个文件夹", metavar="文件夹")]
StandardName = Annotated[
    str, typer.Option("--standard", help="配置标准的编号或文件；不写则用 district.toml 里的")
]
WalkerName = Annotated[
    str, typer.Option("--walker", help="步行者：standard（不写即是）、elder、brisk、wheelchair")
]
At = Annotated[str, typer.Option("--at", help="按几点钟判断大门是否开放，不写则 10:00")]
On = Annotated[str, typer.Option("--on", help="评估日期，如 2026-06-30，不写则用数据的最近日期")]

Workers = Annotated[int, typer.Option("--workers", min=1, help="评估城市时用几个进程")]
Dask = Annotated[str, typer.Option("--dask", help="评估城市时用 Dask 集群，写调度器地址")]
Belt = Annotated[float | None, typer.Option("--belt", min=0, help="评估城市时的带宽（米）")]
Again = Annotated[bool, typer.Option("--again", help="评估城市时，已完成的区也重算")]
Anyway = Annotated[bool, typer.Option("--anyway", help="评估城市时，预计内存不够也照样开始")]


@app.command()
def demo(folder: Out = Path("demo")) -> None:
    """用自带的示范区跑一遍全流程，结果写到 demo/。"""
    with as_file(files("livingcircle") / "sample") as sample:
        _assess(_plan(Path(sample)), folder)


@app.command()
def check(folder: Folder, report: Out = Path("check")) -> None:
    """只检查文件：列出每一处问题，写出问题清单和标红的回执表。"""
    with fresh_folder(report) as work:
        with progress("读取并检查") as step:
            district = read_district(folder, progress=step)
        written = write_readbacks(district, folder, work)
    _report.show_sources(out, district)
    _report.show_issues(out, district.issues, where=str(report / ISSUE_LIST))
    for path in written:
        _report.say(out, f"已写出：{report / path}")


@app.command()
def assess(
    folder: Folder,
    results: Out = Path("results"),
    standard: StandardName = "",
    walker: WalkerName = "",
    at: At = "",
    on: On = "",
    workers: Workers = 1,
    dask: Dask = "",
    belt: Belt = None,
    again: Again = False,  # noqa: FBT002
    anyway: Anyway = False,  # noqa: FBT002
) -> None:
    """评估一个地区，写出一图一单一账两表；或逐区评估 city pack 打包的一座城市。"""
    if (folder / "city.toml").is_file():
        from livingcircle import _city_commands as cities

        wish = cities.CityWish(standard, walker, at, on, workers, dask, belt, again, anyway)
        cities.run_city(folder, results, wish, out, progress)
        return
    _assess(_plan(folder, standard, walker, at, on), results)


@city.command()
def pack(
    folders: Annotated[list[Path], typer.Argument(help="各区的文件夹", metavar="文件夹…")],
    folder: Annotated[Path, typer.Option("--out", help="城市文件夹", metavar="文件夹")],
    name: Annotated[str, typer.Option("--name", help="城市名称；不写则用文件夹名")] = "",
    update: Annotated[bool, typer.Option("--update", help="只换掉或添上这些区")] = False,  # noqa: FBT002
) -> None:
    """读取并检查各区，打包成一座可以逐区评估的城市。"""
    from livingcircle import _city_commands as cities

    with progress("读取并打包") as step:
        cities.pack(folders, folder, name, step, update=update)
    cities.show(folder, out)


@city.command("show")
def show_city(folder: Annotated[Path, typer.Argument(help="城市文件夹", metavar="文件夹")]) -> None:
    """列出一座城市有哪些区、各有多少行，不读数据。"""
    from livingcircle import _city_commands as cities

    cities.show(folder, out)


@dataclass(frozen=True)
class Plan:
    """Hold what a run will do, checked before anything long begins."""

    folder: Path
    standard: Standard
    walker: str
    at: str
    on: date | None

    def run(self, district: District, step: Step | None = None) -> Assessment:
        """Return the assessment this plan asks for."""
        return run_assessment(
            district, self.standard, walker=self.walker, at=self.at, on=self.on, progress=step
        )


def _plan(folder: Path, standard: str = "", walker: str = "", at: str = "", on: str = "") -> Plan:
    """Settle standard, walker, hour and day: as typed, else as in district.toml, else the usual."""
    described = read_description(folder)
    named = standard or described.standard
    if len(named) > _LONGEST_NAME or not named.isprintable():
        remedy = "用 livingcircle standards list 看有哪些，或给出一个 .toml 文件"
        raise InputError("配置标准的名字太长或含有控制字符", where="--standard", remedy=remedy)
    own = folder / named
    plan = Plan(
        folder,
        load_standard(own if named.endswith(".toml") and own.is_file() else named),
        walker or str(described.options.get("walker", "standard")),
        at or str(described.options.get("at", "10:00")),
        check_day(on or str(described.options.get("on", ""))),
    )
    find_walker(plan.walker)
    check_hour(plan.at)
    return plan


def _assess(plan: Plan, results: Path) -> None:
    """Read, assess, write, and tell what was found."""
    with fresh_folder(results) as work:
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


@app.command()
def explain(
    folder: Folder,
    unit: Annotated[str, typer.Argument(help="楼门、社区或生活圈的编号或名称", metavar="对象")],
    trade: Annotated[str, typer.Argument(help="业态名称，如 药店", metavar="业态")],
    standard: StandardName = "",
    walker: WalkerName = "",
    at: At = "",
    on: On = "",
) -> None:
    """说明一个结论从何而来：哪条规定、哪些数、哪些网点、怎么走。"""
    plan = _plan(folder, standard, walker, at, on)
    district = read_district(folder)
    assessment = plan.run(district)
    for sentence in explain_verdict(assessment, unit, trade):
        _report.say(out, sentence)


@app.command()
def template(
    name: Annotated[str, typer.Argument(help="表名：outlets、communities、circles、doors 等")],
    folder: Out = Path(),
    force: Annotated[bool, typer.Option("--force", help="替换已有的同名文件")] = False,  # noqa: FBT002
) -> None:
    """写一份空白 Excel 模板：带下拉、示例行和填写说明。"""
    path = folder / f"{name}.xlsx"
    if path.exists() and not (force and path.is_file()) and name in TABLES:
        remedy = "换一个文件夹；确定不要原来的，就加上 --force"
        raise OutputError("这里已有同名的文件，没有覆盖", where=str(path), remedy=remedy)
    write_template(name, path)
    _report.say(out, f"模板：{path}")


@app.command("from-osm")
def from_osm(
    extract: Annotated[Path, typer.Argument(help="OpenStreetMap 摘录，.osm.pbf", metavar="文件")],
    folder: Annotated[Path, typer.Option("--out", help="新建的地区文件夹", metavar="文件夹")],
    name: Annotated[str, typer.Option("--name", help="地区名称")] = "",
    people: Annotated[
        int | None, typer.Option("--people", help="总人口，按住宅面积摊到楼门（模型推算）")
    ] = None,
) -> None:
    """只凭一份 OpenStreetMap 摘录，建起一个可以评估的地区文件夹。"""
    made = start_district(extract, folder, name=name, people=people)
    _report.say(out, f"已建好：{made}。接着运行：livingcircle assess {shlex.quote(str(made))}")


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(help="较早一次的结果文件夹", metavar="旧结果")],
    new: Annotated[Path, typer.Argument(help="较晚一次的结果文件夹", metavar="新结果")],
    table: Annotated[
        Path | None, typer.Option("--out", help="把变化写成 Excel", metavar="文件")
    ] = None,
) -> None:
    """比较两次评估：哪些结论变了、缺口多了还是少了。"""
    if table is not None:
        check_target(table, inputs=(old, new))
    before, after = read_results(old), read_results(new)
    for sentence in change_sentences(diff_assessments(before, after)):
        _report.say(out, sentence)
    if table is not None:
        with replacing(table) as draft:
            write_change_list(before, after, draft)
        _report.say(out, f"变化清单：{table}")


@app.command()
def requirements(
    circles: Annotated[Path, typer.Option("--circles", help="生活圈名单，.xlsx 或 .csv")],
    standard: Annotated[str, typer.Option("--standard", help="配置标准")] = "miyun_2023",
    table: Annotated[Path | None, typer.Option("--out", help="写成 Excel", metavar="文件")] = None,
    on: Annotated[
        str, typer.Option("--on", help="只按这一天有效的要求算，如 2026-06-30，不写则全部")
    ] = "",
) -> None:
    """只凭生活圈名单（社区数、人口、户数）算出最少应配多少网点，不需要地图。"""
    if table is not None:
        check_target(table, inputs=(circles,))
    pack, day = load_standard(standard), check_day(on)
    cells, sheet, notes = read_table(circles, "circles")
    checked = check_table("circles", cells, file=circles.name, sheet=sheet)
    _report.show_issues(err, issues_frame([*notes, *checked.issues]))
    counts = minimum_counts(_report.circle_sizes(checked.rows), pack, day)
    _report.show_requirements(out, counts)
    _report.show_blank(out, pack)
    if table is not None:
        write_workbook(table, {"最少应配数量": _report.requirements_sheet(counts)})
        _report.say(out, f"已写出：{table}")


@standards.command("list")
def list_standards() -> None:
    """列出自带的配置标准。"""
    for name in available_standards():
        pack = load_standard(name)
        _report.say(out, f"{name:<22}{pack.title}（{len(pack.requirements)}条）")


@standards.command()
def show(
    name: Annotated[str, typer.Argument(help="编号或 .toml 文件", metavar="标准")],
) -> None:
    """逐条列出一个标准：要求、原文、说明、出处。"""
    _report.say(out, load_standard(name).describe())


@standards.command("validate")
def validate_standard(
    name: Annotated[str, typer.Argument(help="编号或 .toml 文件", metavar="标准")],
) -> None:
    """检查一个标准文件，列出全部问题。"""
    problems = validate(name)
    for problem in problems:
        _report.say(out, f"· {problem}")
    if problems:
        raise typer.Exit(1)
    _report.say(out, f"没有发现问题：{load_standard(name).title}")
