"""Run a city from the command line: workers, memory, what failed, what to do next."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path

import pandas as pd

from livingcircle._city.admission import shared_doors
from livingcircle._city.memory import GIGABYTE
from livingcircle._city.memory import Forecast
from livingcircle._city.memory import forecast
from livingcircle._city.rollup import FOLDER
from livingcircle._rules.shapes import SHAPE_NAMES
from livingcircle._terminal import out as console
from livingcircle._terminal import progress
from livingcircle._terminal import say
from livingcircle.city import City
from livingcircle.city import CityRun
from livingcircle.city import assess_city
from livingcircle.city import pack_city
from livingcircle.city import read_city
from livingcircle.errors import AssessmentError
from livingcircle.errors import InputError
from livingcircle.errors import WorkerError
from livingcircle.reports import check_day
from livingcircle.standards import Standard
from livingcircle.standards import load_standard
from livingcircle.walkers import check_hour
from livingcircle.walkers import find_walker

Progress = Callable[[int, int, str], None]
_SHOWN = 8
_LEVELS = {"community": "社区", "circle": "生活圈", "subdistrict": "街道", "district": "全区"}


@dataclass(frozen=True)
class CityWish:
    """Hold what somebody typed after ``assess`` for a city; empty words mean the usual."""

    standard: str = ""
    walker: str = ""
    at: str = ""
    on: str = ""
    workers: int = 1
    dask: str = ""
    belt: float | None = None
    again: bool = False
    anyway: bool = False


def run_city(
    folder: Path,
    out: Path,
    wish: CityWish,
) -> CityRun:
    """Assess a city as asked and tell what was found.

    Raises
    ------
    AssessmentError
        If a district failed; everything else is there.
    WorkerError
        If workers kept dying.
    """
    city = read_city(folder)
    job = _job(city, out, wish)
    workers = wish.workers
    if not wish.dask:
        needed = forecast(city, len(job.standard.trades), workers, wish.belt)
        workers = _fitting(needed, wish)
    with progress("逐区评估") as step:
        run = _on_cluster(job, wish.dask, step) if wish.dask else _on_machine(job, workers, step)
    _show(city, job.standard, run)
    if run.failed:
        told = "；".join(f"{name}（{problem}）" for name, problem in run.failed.items())
        raise AssessmentError(f"{len(run.failed)}个区没有结果：{told}", where=city.name)
    return run


@dataclass(frozen=True)
class _Job:
    """Hold a city with everything settled that a run needs, whoever does the work."""

    city: City
    standard: Standard
    out: Path
    walker: str
    at: str
    on: date | None
    belt: float | None
    again: bool

    def on_workers(
        self, executor: Executor | None, step: Progress, *, again: bool | None = None
    ) -> CityRun:
        """Run on some workers."""
        return assess_city(
            self.city,
            self.standard,
            self.out,
            executor=executor,
            walker=self.walker,
            at=self.at,
            on=self.on,
            belt=self.belt,
            again=self.again if again is None else again,
            progress=step,
        )


def _job(city: City, out: Path, wish: CityWish) -> _Job:
    """Settle standard, walker, hour and day before anything long begins."""
    job = _Job(
        city,
        load_standard(wish.standard or city.standard),
        out,
        wish.walker or "standard",
        wish.at or "10:00",
        check_day(wish.on),
        wish.belt,
        wish.again,
    )
    find_walker(job.walker)
    check_hour(job.at)
    return job


def _fitting(needed: Forecast, wish: CityWish) -> int:
    """Announce the memory a run will take; return how many workers fit.

    Raises
    ------
    InputError
        If not even one does.
    """
    say(console, needed.sentence())
    fit = needed.fitting
    if wish.anyway or fit == needed.workers:
        return needed.workers
    if fit == 0:
        what = f"内存不够评估“{needed.largest}”：预计要{needed.each / GIGABYTE:.1f} GB"
        remedy = "关掉别的程序，换内存大的机器，或把这个区分成几份；确实要试，加上 --anyway"
        raise InputError(what, remedy=remedy)
    told = f"内存只够{fit}个进程，已减到{fit}个；确实要用更多，加上 --anyway。"
    say(console, told, style="yellow")
    return fit


def _on_machine(job: _Job, workers: int, step: Progress) -> CityRun:
    """Run in processes of this machine, with half as many each time some of them die."""
    again: bool | None = None
    while True:
        try:
            with _processes(workers) as pool:
                return job.on_workers(pool, step, again=again)
        except WorkerError:
            if workers == 1:
                raise
        # What was finished a moment ago is not done again, even where --again was asked for.
        workers, again = workers // 2, False


def _processes(workers: int) -> Executor:
    """Return workers that start clean: a forked process would share locks it cannot open."""
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


def _on_cluster(job: _Job, address: str, step: Progress) -> CityRun:
    """Run on a Dask cluster; it gives the work of workers that die to others by itself.

    Raises
    ------
    InputError
        If Dask is not installed.
    WorkerError
        If nobody answers at the address.
    """
    try:
        distributed = import_module("distributed")
    except ImportError as problem:
        remedy = "先安装：pip install 'livingcircle[cluster]'"
        what = "没有安装 Dask，不能用 --dask"
        raise InputError(what, remedy=remedy) from problem
    try:
        client = distributed.Client(address, timeout=10)
    except (OSError, ValueError) as problem:
        remedy = "核对地址，形如 tcp://10.0.0.5:8786，并确认调度器已启动"
        what = "连不上 Dask 调度器"
        raise WorkerError(what, where=address[:80], remedy=remedy) from problem
    with client:
        return job.on_workers(client.get_executor(pure=False), step)


def _show(city: City, standard: Standard, run: CityRun) -> None:
    """Tell what was found in the whole city and where it is."""
    kept = f"，其中{len(run.kept)}个区早已算好" if run.kept else ""
    whole = f"{len(run.done)}/{len(city.districts)}个区{kept}"
    say(console, f"\n{city.name}，按《{standard.title}》：{whole}。", style="bold")
    if run.done:
        _show_totals(run)
        _show_gaps(run.out, standard)
    for name, problem in run.failed.items():
        say(console, f"“{name}”没有结果：{problem}", style="red")
    say(console, f"结果在 {run.out}/：全市汇总 city/，各区 tables/，记录 city.json。")


def _show_totals(run: CityRun) -> None:
    """Tell the figures of the city, and in which districts nobody knows the residents."""
    totals = run.totals
    known = totals["residents"]
    people = "居民人数未核实" if known is None else f"{known:,.0f}位居民"
    told = f"{totals['doors']:,.0f}个楼门、{people}、"
    told += f"{totals['outlets']:,.0f}家网点、{totals['gaps']:,.0f}项缺口"
    districts = pd.read_parquet(run.out / FOLDER / "districts.parquet")
    blank = districts[districts["residents"].isna()]["district"].tolist()
    if blank and known is not None:
        shown = "、".join(blank[:_SHOWN]) + (f"等{len(blank)}个区" if len(blank) > _SHOWN else "")
        told += f"；其中{shown}居民人数未核实"
    say(console, f"{told}。")


def _show_gaps(out: Path, standard: Standard) -> None:
    """List the requirements that most residents miss."""
    gaps = pd.read_parquet(out / FOLDER / "gaps.parquet")
    top = gaps.sort_values(["people", "gaps"], ascending=False, kind="stable").head(_SHOWN)
    for name, row in zip(_labels(top, standard), top.to_dict("records"), strict=True):
        people = f"，影响{row['people']:,.0f}人" if row["people"] > 0 else ""
        say(console, f"  · {name}：{row['gaps']}处缺口，{row['districts']}个区{people}")


def _labels(gaps: pd.DataFrame, standard: Standard) -> list[str]:
    """Name requirements by trade and level; those that look alike also by what they ask."""
    asked = [
        (row["trade_name"], _LEVELS[row["level"]], row["requirement_id"])
        for row in gaps.to_dict("records")
    ]
    shapes = [SHAPE_NAMES[standard.requirement(one).rule.name] for _, _, one in asked]
    plain = Counter(one[:2] for one in asked)
    shaped = Counter((*one[:2], shape) for one, shape in zip(asked, shapes, strict=True))
    names = []
    for (trade, level, key), shape in zip(asked, shapes, strict=True):
        words = [level]
        words += [shape] if plain[trade, level] > 1 else []
        words += [key] if shaped[trade, level, shape] > 1 else []
        names.append(f"{trade}（{'，'.join(words)}）")
    return names


def pack(folders: list[Path], folder: Path, name: str, *, update: bool) -> None:
    """Make a city of district folders, or put them into one, and tell what it holds."""
    with progress("读取并打包") as step:
        pack_city(folders, folder, name=name, update=update, progress=step)
    show(folder)
    for (one, other), count in shared_doors(read_city(folder)).items():
        told = (
            f"“{one}”和“{other}”有{count:,}个楼门在同一个位置，居民会算两次：核对是不是同一份数据。"
        )
        say(console, told, style="yellow")


def show(folder: Path) -> None:
    """Tell what a city holds, district by district, without reading a row."""
    city = read_city(folder)
    say(console, f"{city.name}：{len(city.districts)}个区，带宽{city.belt:,.0f}米。")
    for one in city.districts:
        counts = [("楼门", "doors"), ("网点", "outlets"), ("街道路段", "streets")]
        told = "，".join(f"{title}{one.rows(table):,}" for title, table in counts)
        broken = "；".join(part.problem for part in one.parts.values() if part.problem)
        say(console, f"  {one.name}：{told}{'；' + broken if broken else ''}")
