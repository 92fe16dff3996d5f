"""Declare the commands: names, arguments and help, in plain Chinese.

What a command does stands in :mod:`livingcircle._commands` and is imported when it is asked for,
so that help and a mistyped argument are answered at once.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from livingcircle import _terminal
from livingcircle._cli.circles import commands as circles
from livingcircle._cli.options import At
from livingcircle._cli.options import Folder
from livingcircle._cli.options import On
from livingcircle._cli.options import Out
from livingcircle._cli.options import StandardName
from livingcircle._cli.options import WalkerName
from livingcircle._cli.sites import site
from livingcircle.errors import LivingCircleError

app = typer.Typer(
    help="一刻钟便民生活圈：从文件到一图一单一账两表。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
standards = typer.Typer(help="配置标准：列出、查看、检查。", no_args_is_help=True)
app.add_typer(standards, name="standards")
app.add_typer(site, name="site")
city = typer.Typer(help="一座城市：把各区打包、查看。", no_args_is_help=True)
app.add_typer(city, name="city")
app.add_typer(circles, name="circles")


def main() -> None:
    """Run the command line; problems a person can mend end in one sentence and status 2."""
    try:
        app()
    except LivingCircleError as problem:
        _terminal.say(_terminal.err, f"没有做完：{problem}", style="red")
        sys.exit(2)


Workers = Annotated[int, typer.Option("--workers", min=1, help="评估城市时用几个进程")]
Dask = Annotated[str, typer.Option("--dask", help="评估城市时用 Dask 集群，写调度器地址")]
Belt = Annotated[float | None, typer.Option("--belt", min=0, help="评估城市时的带宽（米）")]
Again = Annotated[bool, typer.Option("--again", help="评估城市时，已完成的区也重算")]
Anyway = Annotated[bool, typer.Option("--anyway", help="评估城市时，预计内存不够也照样开始")]


@app.command()
def demo(folder: Out = Path("demo")) -> None:
    """用自带的示范区跑一遍全流程，结果写到 demo/。"""
    from livingcircle._commands import districts

    districts.demo(folder)


@app.command()
def check(folder: Folder, report: Out = Path("check")) -> None:
    """只检查文件：列出每一处问题，写出问题清单和标红的回执表。"""
    from livingcircle._commands import districts

    districts.check(folder, report)


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
        from livingcircle._commands import cities

        wish = cities.CityWish(standard, walker, at, on, workers, dask, belt, again, anyway)
        cities.run_city(folder, results, wish)
        return
    from livingcircle._commands import districts

    districts.assess(districts.plan(folder, standard, walker, at, on), results)


@city.command()
def pack(
    folders: Annotated[list[Path], typer.Argument(help="各区的文件夹", metavar="文件夹…")],
    folder: Annotated[Path, typer.Option("--out", help="城市文件夹", metavar="文件夹")],
    name: Annotated[str, typer.Option("--name", help="城市名称；不写则用文件夹名")] = "",
    update: Annotated[bool, typer.Option("--update", help="只换掉或添上这些区")] = False,  # noqa: FBT002
) -> None:
    """读取并检查各区，打包成一座可以逐区评估的城市。"""
    from livingcircle._commands import cities

    cities.pack(folders, folder, name, update=update)


@city.command("show")
def show_city(folder: Annotated[Path, typer.Argument(help="城市文件夹", metavar="文件夹")]) -> None:
    """列出一座城市有哪些区、各有多少行，不读数据。"""
    from livingcircle._commands import cities

    cities.show(folder)


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
    from livingcircle._commands import districts

    districts.explain(districts.plan(folder, standard, walker, at, on), unit, trade)


@app.command()
def isochrones(
    folder: Folder,
    table: Annotated[Path, typer.Option("--out", help=".gpkg 或 .geojson", metavar="文件")],
    door: Annotated[
        list[str] | None, typer.Option("--door", help="从哪个楼门出发，可写多次", metavar="编号")
    ] = None,
    outlet: Annotated[
        list[str] | None, typer.Option("--outlet", help="走到哪个网点，可写多次", metavar="编号")
    ] = None,
    point: Annotated[
        list[str] | None, typer.Option("--point", help="从哪一点出发", metavar="经度,纬度")
    ] = None,
    minutes: Annotated[str, typer.Option(help="几分钟，不写则 5,10,15", metavar="数,数")] = "",
    metres: Annotated[str, typer.Option(help="改按多少米，如 300,500", metavar="数,数")] = "",
    exact: Annotated[bool, typer.Option("--exact", help="逐条街画准，慢得多")] = False,  # noqa: FBT002
    walker: WalkerName = "",
    at: At = "",
) -> None:
    """画出步行几分钟能到哪里：从楼门、从任意一点，或走到网点。"""
    from livingcircle._commands import mapping

    asked = mapping.ask(door or (), outlet or (), point or (), (minutes, metres), exact=exact)
    mapping.isochrones(folder, table, asked, walker, at)


@app.command()
def template(
    name: Annotated[str, typer.Argument(help="表名：outlets、communities、circles、doors 等")],
    folder: Out = Path(),
    force: Annotated[bool, typer.Option("--force", help="替换已有的同名文件")] = False,  # noqa: FBT002
) -> None:
    """写一份空白 Excel 模板：带下拉、示例行和填写说明。"""
    from livingcircle._commands import starting

    starting.template(name, folder, force=force)


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
    from livingcircle._commands import starting

    starting.from_osm(extract, folder, name, people)


@app.command()
def compare(
    old: Annotated[Path, typer.Argument(help="较早一次的结果文件夹", metavar="旧结果")],
    new: Annotated[Path, typer.Argument(help="较晚一次的结果文件夹", metavar="新结果")],
    table: Annotated[
        Path | None, typer.Option("--out", help="把变化写成 Excel", metavar="文件")
    ] = None,
) -> None:
    """比较两次评估：哪些结论变了、缺口多了还是少了。"""
    from livingcircle._commands import comparing

    comparing.compare(old, new, table)


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
    from livingcircle._commands import counting

    counting.requirements(circles, standard, table, on)


@app.command()
def scenario(
    folder: Folder,
    sheet: Annotated[Path, typer.Argument(help="方案表，.xlsx 或 .csv", metavar="方案表")],
    table: Annotated[
        Path | None, typer.Option("--out", help="对比写成哪个 Excel", metavar="文件")
    ] = None,
    standard: StandardName = "",
    walker: WalkerName = "",
    at: At = "",
    on: On = "",
) -> None:
    """假如……会怎样：新增、停业、迁移网点，开小区门，建天桥，前后对比。"""
    from livingcircle._commands import districts
    from livingcircle._commands import what_if

    what_if.scenario(districts.plan(folder, standard, walker, at, on), sheet, table)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def serve(ctx: typer.Context) -> None:
    """启动平台：在浏览器里管理台账、圈层和评估；选项见 serve --help。"""
    from livingcircle._commands import serving

    serving.serve(ctx.args)


@standards.command("list")
def list_standards() -> None:
    """列出自带的配置标准。"""
    from livingcircle._commands import packs

    packs.list_standards()


@standards.command()
def show(
    name: Annotated[str, typer.Argument(help="编号或 .toml 文件", metavar="标准")],
) -> None:
    """逐条列出一个标准：要求、原文、说明、出处。"""
    from livingcircle._commands import packs

    packs.show(name)


@standards.command("validate")
def validate_standard(
    name: Annotated[str, typer.Argument(help="编号或 .toml 文件", metavar="标准")],
) -> None:
    """检查一个标准文件，列出全部问题。"""
    from livingcircle._commands import packs

    if not packs.validate(name):
        raise typer.Exit(1)
