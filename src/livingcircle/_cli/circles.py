"""Declare the commands that draw circles; what they do stands in ``_commands/circling.py``."""

from pathlib import Path
from typing import Annotated

import typer

from livingcircle._cli.options import At
from livingcircle._cli.options import Folder
from livingcircle._cli.options import Out
from livingcircle._cli.options import WalkerName

commands = typer.Typer(
    help="划分圈层：从头划、改进、检查、合并、拆分、移动、画边界。", no_args_is_help=True
)

Drawn = Annotated[Path, typer.Argument(help="propose 或 improve 写出的圈层文件夹", metavar="圈层")]
Band = Annotated[float, typer.Option("--band", help="从一端走到另一端几分钟：15、10 或 8")]
Count = Annotated[int | None, typer.Option("--count", min=1, help="划成几个圈；不写则尽量少")]
Area = Annotated[float, typer.Option("--area", help="面积上限，平方公里")]
Density = Annotated[str, typer.Option("--density", help="人口密度范围，人/平方公里")]
Hard = Annotated[str, typer.Option("--hard", help="绝不跨越的阻隔，用逗号隔开")]
Soft = Annotated[str, typer.Option("--soft", help="要有理由才跨越的阻隔")]
Reason = Annotated[str, typer.Option("--reason", help="理由，记入沿革")]
Dated = Annotated[str, typer.Option("--on", help="日期，如 2026-06-30，记入沿革")]

_RANGE, _HARD, _SOFT = "10000-30000", "river,railway,expressway", "arterial"


@commands.command()
def cells(
    folder: Folder,
    table: Annotated[Path, typer.Option("--out", help=".gpkg 或 .geojson", metavar="文件")],
    by: Annotated[str, typer.Option("--by", help="用哪些阻隔切开")] = f"{_HARD},{_SOFT}",
) -> None:
    """把土地按河流、铁路、快速路、主干路切成格，写成一个图层。"""
    from livingcircle._commands import circling

    circling.cells(folder, table, by)


@commands.command()
def propose(
    folder: Folder,
    out: Out = Path("circles"),
    band: Band = 15.0,
    count: Count = None,
    area: Area = 2.0,
    density: Density = _RANGE,
    hard: Hard = _HARD,
    soft: Soft = _SOFT,
    walker: WalkerName = "",
    at: At = "",
) -> None:
    """从头划出一个地区的全部生活圈。"""
    from livingcircle._commands import circling

    wish = circling.wishes(folder, band, count, area, density, (hard, soft), (walker, at))
    circling.propose(folder, out, wish)


@commands.command()
def improve(
    folder: Folder,
    out: Out = Path("circles"),
    band: Band = 15.0,
    count: Count = None,
    area: Area = 2.0,
    density: Density = _RANGE,
    hard: Hard = _HARD,
    soft: Soft = _SOFT,
    walker: WalkerName = "",
    at: At = "",
) -> None:
    """在已有的生活圈上改进，尽量少动；--count 可以把 38 个圈调成 50 个。"""
    from livingcircle._commands import circling

    wish = circling.wishes(folder, band, count, area, density, (hard, soft), (walker, at))
    circling.improve(folder, out, wish)


@commands.command()
def check(
    folder: Folder,
    band: Band = 15.0,
    area: Area = 2.0,
    density: Density = _RANGE,
    hard: Hard = _HARD,
    soft: Soft = _SOFT,
    walker: WalkerName = "",
    at: At = "",
) -> None:
    """检查已有的生活圈：哪一条不符合，差多少，不改动任何东西。"""
    from livingcircle._commands import circling

    wish = circling.wishes(folder, band, None, area, density, (hard, soft), (walker, at))
    circling.check(folder, wish)


@commands.command()
def kinds(folder: Folder, drawn: Drawn) -> None:
    """提示每个圈像哪一类（老城区住宅、商业文化、新兴住宅、城乡结合部）和依据。"""
    from livingcircle._commands import circling

    circling.kinds(folder, drawn)


@commands.command()
def merge(
    folder: Folder,
    drawn: Drawn,
    some: Annotated[list[str], typer.Argument(help="要合并的圈，编号或名称", metavar="圈…")],
    name: Annotated[str, typer.Option("--name", help="新圈的名称")] = "",
    reason: Reason = "",
    on: Dated = "",
) -> None:
    """把相邻的两个或几个圈合并成一个。"""
    from livingcircle._commands import circling

    circling.merge(folder, drawn, some, name, reason, on)


@commands.command()
def split(
    folder: Folder,
    drawn: Drawn,
    circle: Annotated[str, typer.Argument(help="要拆分的圈，编号或名称", metavar="圈")],
    member: Annotated[
        list[str] | None, typer.Option("--member", help="分到第一个圈的社区，可写多次")
    ] = None,
    reason: Reason = "",
    on: Dated = "",
) -> None:
    """把一个圈拆成两个；不写 --member 就自动找最好的分法。"""
    from livingcircle._commands import circling

    circling.split(folder, drawn, circle, member or (), reason, on)


@commands.command()
def move(
    folder: Folder,
    drawn: Drawn,
    community: Annotated[str, typer.Argument(help="社区的编号或名称", metavar="社区")],
    to: Annotated[str, typer.Argument(help="移到哪个圈", metavar="圈")],
    reason: Reason = "",
    on: Dated = "",
) -> None:
    """把一个社区移到相邻的圈。"""
    from livingcircle._commands import circling

    circling.move(folder, drawn, community, to, reason, on)


@commands.command()
def draw(
    folder: Folder,
    drawn: Drawn,
    boundary: Annotated[Path, typer.Argument(help="画好的边界，一个面的图层", metavar="文件")],
    circle: Annotated[str, typer.Option("--circle", help="改哪个圈；不写则新建一个")] = "",
    name: Annotated[str, typer.Option("--name", help="新圈的名称")] = "",
    reason: Reason = "",
    on: Dated = "",
) -> None:
    """按画好的边界改一个圈，或新建一个圈；边界切开的社区从此算两部分。"""
    from livingcircle._commands import circling

    circling.draw(folder, drawn, boundary, (circle, name), reason, on)


@commands.command()
def history(folder: Folder, drawn: Drawn) -> None:
    """列出这一套圈的沿革：每一步做了什么、为什么、哪个圈变成了哪个圈。"""
    from livingcircle._commands import circling

    circling.history(folder, drawn)
