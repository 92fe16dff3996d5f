"""Declare the commands that choose sites."""

from pathlib import Path
from typing import Annotated

import typer

from livingcircle._cli.options import At
from livingcircle._cli.options import Folder
from livingcircle._cli.options import On
from livingcircle._cli.options import StandardName
from livingcircle._cli.options import WalkerName

site = typer.Typer(help="选址：在哪里补什么，补几个，有多好。", no_args_is_help=True)
Trades = Annotated[
    str, typer.Option("--trade", help="业态，多个用逗号分开；不写则全部必须步行可达的业态")
]
Count = Annotated[
    int | None, typer.Option("--count", min=0, help="最多新设几处；一处放几种业态只算一处")
]
Budget = Annotated[
    float | None, typer.Option("--budget", help="预算（万元）；只用登记了估算投入的空间")
]
Frontage = Annotated[
    float | None,
    typer.Option("--frontage", help="不用空间台账，改用沿街位置，每隔几米一个，如 100"),
]
Let = Annotated[bool, typer.Option("--let", help="租约未到期的空间也算，等到期后用")]
Apart = Annotated[float, typer.Option("--apart", help="同一业态的网点步行至少相距几米")]
Related = Annotated[float, typer.Option("--related", help="附近每有一种关联业态，按多服务几人计")]
Elders = Annotated[float, typer.Option("--elders", help="老人常用业态，每位老人多计几人")]
Infants = Annotated[float, typer.Option("--infants", help="托育，每位婴幼儿多计几人")]
Least = Annotated[float, typer.Option("--least", help="一处新服务不到几人就不再增加")]
Seconds = Annotated[float, typer.Option("--seconds", help="最多找几秒；按 Ctrl-C 取目前最好的")]
Gap = Annotated[float, typer.Option("--gap", help="与上界差多少就够，如 0.01")]
Seed = Annotated[int, typer.Option("--seed", help="随机种子")]
NoSheets = Annotated[bool, typer.Option("--only-plan", help="只写选址方案，不重写一图一单一账两表")]
Everybody = Annotated[bool, typer.Option("--all", help="台账里有空间够得着的居民也算")]
Sites = Annotated[Path, typer.Option("--out", help="结果写到哪个文件夹", metavar="文件夹")]


@site.command()
def most(
    folder: Folder,
    results: Sites = Path("sites"),
    trade: Trades = "",
    count: Count = None,
    budget: Budget = None,
    frontage: Frontage = None,
    let: Let = False,  # noqa: FBT002
    apart: Apart = 0.0,
    related: Related = 1.0,
    elders: Elders = 1.0,
    infants: Infants = 1.0,
    least: Least = 1.0,
    seconds: Seconds = 30.0,
    gap: Gap = 0.0,
    seed: Seed = 0,
    only_plan: NoSheets = False,  # noqa: FBT002
    standard: StandardName = "",
    walker: WalkerName = "",
    at: At = "",
    on: On = "",
) -> None:
    """给定几处或多少预算，怎样新服务最多的居民；数量或预算为 0 时，说明只迁移、调整能做到什么。"""
    from livingcircle._commands import districts
    from livingcircle._commands import siting

    asked = siting.Asked(
        trade, count, budget, frontage, let, apart, related, elders, infants, least, seconds, gap,
        seed, not only_plan,
    )  # fmt: skip
    siting.most(districts.plan(folder, standard, walker, at, on), asked, results)


@site.command()
def fewest(
    folder: Folder,
    results: Sites = Path("sites-fewest"),
    trade: Trades = "",
    budget: Budget = None,
    frontage: Frontage = None,
    let: Let = False,  # noqa: FBT002
    apart: Apart = 0.0,
    seconds: Seconds = 30.0,
    gap: Gap = 0.0,
    seed: Seed = 0,
    only_plan: NoSheets = False,  # noqa: FBT002
    standard: StandardName = "",
    walker: WalkerName = "",
    at: At = "",
    on: On = "",
) -> None:
    """最少新设几处，能让每个生活圈、社区达到数量和半径要求；做不到的说明差多少。"""
    from livingcircle._commands import districts
    from livingcircle._commands import siting

    asked = siting.Asked(
        trade, None, budget, frontage, let, apart, seconds=seconds, gap=gap, seed=seed,
        sheets=not only_plan,
    )  # fmt: skip
    siting.fewest(districts.plan(folder, standard, walker, at, on), asked, results)


@site.command()
def walking(
    folder: Folder,
    trade: Annotated[str, typer.Option("--trade", help="一种业态，如 药店")],
    count: Annotated[int, typer.Option("--count", min=0, help="新设几处")],
    results: Sites = Path("sites-walking"),
    capacity: Annotated[
        float | None, typer.Option("--capacity", help="一处服务多少人；不写则按配置标准")
    ] = None,
    frontage: Frontage = None,
    let: Let = False,  # noqa: FBT002
    seconds: Seconds = 30.0,
    seed: Seed = 0,
    standard: StandardName = "",
    walker: WalkerName = "",
    at: At = "",
    on: On = "",
) -> None:
    """新设几处、每处服务人口有限时，怎样让全体居民走得最少。"""
    from livingcircle._commands import districts
    from livingcircle._commands import siting

    asked = siting.Asked(trade, count, None, frontage, let, seconds=seconds, seed=seed)
    plan = districts.plan(folder, standard, walker, at, on)
    siting.walking(plan, asked, capacity, results)


@site.command()
def centre(
    folder: Folder,
    results: Sites = Path("sites-centre"),
    count: Count = 1,
    trade: Trades = "",
    let: Let = False,  # noqa: FBT002
    seconds: Seconds = 30.0,
    seed: Seed = 0,
    standard: StandardName = "",
    walker: WalkerName = "",
    at: At = "",
    on: On = "",
) -> None:
    """综合体建在哪处空间、放哪些业态，新服务的居民最多。"""
    from livingcircle._commands import districts
    from livingcircle._commands import siting

    asked = siting.Asked(trade, count, let=let, seconds=seconds, seed=seed)
    siting.centres(districts.plan(folder, standard, walker, at, on), asked, results)


@site.command()
def mobile(
    folder: Folder,
    results: Sites = Path("sites-mobile"),
    trade: Trades = "",
    stops: Annotated[int, typer.Option("--stops", min=1, help="最多几个停靠点")] = 6,
    vehicles: Annotated[int, typer.Option("--vehicles", min=1, help="几辆车")] = 1,
    begins: Annotated[str, typer.Option("--begins", help="第一站几点开始")] = "07:00",
    stay: Annotated[int, typer.Option("--stay", min=1, help="每站停留几分钟")] = 60,
    everybody: Everybody = False,  # noqa: FBT002
    seconds: Seconds = 30.0,
    seed: Seed = 0,
    standard: StandardName = "",
    walker: WalkerName = "",
    at: At = "",
    on: On = "",
) -> None:
    """没有空间可用的地方，直通车、集市停在哪里、几点到，服务多少人。"""
    from livingcircle._commands import districts
    from livingcircle._commands import siting

    timetable = siting.timetable(stops, vehicles, begins, stay)
    asked = siting.Asked(trade, seconds=seconds, seed=seed)
    plan = districts.plan(folder, standard, walker, at, on)
    siting.mobile(plan, asked, timetable, results, everybody=everybody)


@site.command()
def relocate(
    folder: Folder,
    results: Sites = Path("sites-relocate"),
    trade: Trades = "",
    frontage: Frontage = None,
    let: Let = False,  # noqa: FBT002
    standard: StandardName = "",
    walker: WalkerName = "",
    at: At = "",
    on: On = "",
) -> None:
    """不花钱新设：只迁移网点、调整营业时间、叠加业态，能多服务多少人。"""
    from livingcircle._commands import districts
    from livingcircle._commands import siting

    asked = siting.Asked(trade, frontage=frontage, let=let)
    siting.relocate(districts.plan(folder, standard, walker, at, on), asked, results)
