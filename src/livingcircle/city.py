"""Assess a whole city, district by district, in as many processes or machines as there are.

The unit of work is one district with its belt: its own doors, communities and circles, and the
outlets and streets of its neighbours as far as anybody walks. Any
:class:`concurrent.futures.Executor` may do the work; results are the same to the byte. What is
finished is kept, so a run that stopped goes on where it was.
"""

import shutil
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from concurrent.futures import Executor
from concurrent.futures import Future
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import as_completed
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import date
from pathlib import Path

from livingcircle import __version__
from livingcircle._city.admission import named_districts
from livingcircle._city.admission import refuse_loss
from livingcircle._city.belt import neighbours
from livingcircle._city.description import BELT_METRES
from livingcircle._city.description import FILE
from livingcircle._city.description import City
from livingcircle._city.description import read_city
from livingcircle._city.description import write_city_file
from livingcircle._city.inputs import Sums
from livingcircle._city.inputs import key_of
from livingcircle._city.inputs import latest_day
from livingcircle._city.inputs import longest_reach
from livingcircle._city.layout import check_name
from livingcircle._city.layout import district_of
from livingcircle._city.layout import parts_of
from livingcircle._city.layout import write_json
from livingcircle._city.layout import write_whole
from livingcircle._city.packing import write_district
from livingcircle._city.rollup import roll_up
from livingcircle._city.working import DRAFTS
from livingcircle._city.working import RUNS
from livingcircle._city.working import TABLES as RESULTS
from livingcircle._city.working import Outcome
from livingcircle._city.working import Task
from livingcircle._city.working import finished
from livingcircle._city.working import forget
from livingcircle._city.working import work
from livingcircle.district import District
from livingcircle.errors import InputError
from livingcircle.errors import LivingCircleError
from livingcircle.errors import OutputError
from livingcircle.errors import WorkerError
from livingcircle.io.folder import read_district
from livingcircle.results import adopt
from livingcircle.results import fresh_folder
from livingcircle.standards import Standard
from livingcircle.walkers import Walker
from livingcircle.walkers import check_hour
from livingcircle.walkers import find_walker

__all__ = [
    "BELT_METRES",
    "City",
    "CityRun",
    "assess_city",
    "longest_reach",
    "pack_city",
    "pack_districts",
    "read_city",
]

Progress = Callable[[int, int, str], None]
CITY_RECORD = "city.json"
MARK = ".livingcircle-city"
# How Dask says that workers died under a task, again and again.
_DEAD = ("KilledWorker", "FutureCancelledError")
_MARK_LINE = "由 livingcircle 写出；重新运行会替换这里的结果。\n"


@dataclass(frozen=True)
class CityRun:
    """Tell how a run over a city ended.

    Attributes
    ----------
    out
        Where the results are.
    done
        Districts whose results are there, in the order of the city.
    kept
        Those among them that were finished before and not computed again.
    failed
        Districts without results, each with the sentence that says why.
    totals
        Doors, residents, outlets and gaps of the finished districts; None where nobody knows.
    """

    out: Path
    done: tuple[str, ...]
    kept: tuple[str, ...]
    failed: Mapping[str, str]
    totals: Mapping[str, float | None] = field(default_factory=dict)


def pack_city(
    folders: Sequence[Path | str],
    out: Path | str,
    *,
    name: str = "",
    belt: float = BELT_METRES,
    update: bool = False,
    progress: Progress | None = None,
) -> City:
    """Make a city of ordinary district folders, each read and checked once.

    Parameters
    ----------
    folders
        District folders with a district.toml.
    out
        The new city; something else that stands there is not overwritten, nor a city that holds
        other districts.
    name, belt
        What city.toml will say; a city that is updated keeps its own.
    update
        Put the districts into the city that is at ``out``, in place of older ones of their names.
    progress
        Called with (done, total, what is being done).

    Raises
    ------
    InputError
        When a district cannot be read, two have one name, or the city that is at ``out`` would
        lose districts.
    """
    out = Path(out)
    refuse_loss(named_districts(folders, out), out, update=update)
    standards: set[str] = set()

    def districts() -> Iterable[District]:
        for number, folder in enumerate(folders):
            if progress is not None:
                progress(number, len(folders), f"读取 {Path(folder).name}")
            district = read_district(folder)
            standards.add(district.standard)
            yield district

    if update:
        city = read_city(out)
        packed = pack_districts(districts(), out)
        names = [one.name for one in city.districts]
        names += [one for one in packed if one not in names]
        if names != [one.name for one in city.districts]:
            write_city_file(out, city.name, names, standard=city.standard, belt=city.belt)
        adopt(out, [path for one in packed for path in parts_of(one)])
    else:
        with fresh_folder(out) as work_folder:
            packed = pack_districts(districts(), work_folder)
            common = standards.pop() if len(standards) == 1 else ""
            called = name or out.resolve().name
            write_city_file(work_folder, called, packed, standard=common, belt=belt)
    if progress is not None:
        progress(len(folders), len(folders), FILE)
    return read_city(out)


def pack_districts(districts: Iterable[District], city: Path) -> list[str]:
    """Write districts into the folder of a city, one after the other; return their names."""
    names: list[str] = []
    for district in districts:
        name = check_name(district.name, "district.toml")
        if name in names:
            remedy = "在 district.toml 里给每个区不同的 name"
            raise InputError(f"有两个区都叫“{name}”", where=str(city)[-80:], remedy=remedy)
        write_district(district, city, name)
        names.append(name)
    return names


def assess_city(
    city: City,
    standard: Standard,
    out: Path | str,
    *,
    executor: Executor | None = None,
    walker: str = "standard",
    at: str = "10:00",
    on: date | None = None,
    belt: float | None = None,
    again: bool = False,
    progress: Progress | None = None,
) -> CityRun:
    """Assess every district of a city with its belt, and add them up.

    Parameters
    ----------
    city
        From :func:`read_city`.
    standard
        Rules, from :func:`livingcircle.load_standard`.
    out
        Folder of the results. Districts finished there before, from the same inputs in the same
        way, are not computed again.
    executor
        Who works: processes, threads, a cluster. None works in this process. Workers must see
        the city and ``out`` under the same paths.
    walker, at, on
        As in :func:`livingcircle.assess`; ``on`` is by default the latest date that any
        district's data name.
    belt
        Metres of the belt, instead of the city's own.
    again
        Compute finished districts again.
    progress
        Called with (done, total, which district is done).

    Raises
    ------
    InputError
        If the belt is narrower than the standard's longest radius.
    WorkerError
        If workers died. What was finished is kept; running again goes on from there.
    """
    check_hour(at)
    out, metres = Path(out).resolve(), city.belt if belt is None else belt
    _check_belt(metres, standard, find_walker(walker))
    city = replace(city, folder=city.folder.resolve())
    _prepare(city, out)
    day = on or latest_day(city)
    sums = Sums(city)
    tasks = [
        Task(city, one.name, near, metres, standard, walker, at, day, out, key)
        for one in city.districts
        for near in [tuple(other.name for other in neighbours(one, city.districts, metres))]
        for key in [key_of(sums, one.name, near, metres, standard, find_walker(walker), at, day)]
    ]
    kept = [t for t in tasks if not again and finished(out, t.district, t.key) is not None]
    known = {task.district for task in kept}
    rest = [task for task in tasks if task.district not in known]
    outcomes, lost = _run(rest, executor, len(kept), progress)
    failed = {one.district: one.problem for one in outcomes if one.problem}
    run = _conclude(city, out, tasks, kept, failed, lost)
    left = [name for name in lost if name not in run.done]
    if left:
        raise _lost(left)
    return run


def _check_belt(metres: float, standard: Standard, walker: Walker) -> None:
    """Refuse a belt in which people could walk farther than was read."""
    longest = longest_reach(standard, walker)
    if metres < longest:
        what = f"带宽{metres:,.0f}米，比标准里最长的服务半径{longest:,.0f}米短，边界附近会判错"
        remedy = f"把 {FILE} 里的 belt 或 --belt 改成{longest:,.0f}以上"
        raise InputError(what, where=FILE, remedy=remedy)


def _prepare(city: City, out: Path) -> None:
    """Make the folder of results ours, and take away districts the city no longer has."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        strange = sorted(one.name for one in out.iterdir())
        if strange and MARK not in strange:
            raise OutputError(
                f"这个位置已有别的内容（{strange[0]}），没有覆盖",
                where=str(out)[-80:],
                remedy="换一个输出文件夹，或先移走里面的文件",
            )
        write_whole(out / MARK, _MARK_LINE.encode())
        shutil.rmtree(out / DRAFTS, ignore_errors=True)
        known = {one.name for one in city.districts}
        present = {district_of(path.name) for path in (out / RUNS).glob("*")}
        present |= {district_of(path.name) for path in (out / RESULTS).glob("*/*")}
        for name in sorted(one for one in present if one is not None and one not in known):
            forget(out, name)
    except OSError as problem:
        raise OutputError(
            f"不能在这里写文件（{problem.strerror}）",
            where=str(out)[-80:],
            remedy="换一个有写权限的文件夹",
        ) from problem


def _run(
    tasks: Sequence[Task], executor: Executor | None, before: int, progress: Progress | None
) -> tuple[list[Outcome], list[str]]:
    """Hand out the tasks; return how they ended, and the districts whose workers died."""
    if executor is None:
        with ThreadPoolExecutor(1) as own:
            return _run(tasks, own, before, progress)
    total = before + len(tasks)
    futures: dict[Future[Outcome], str] = {}
    outcomes: list[Outcome] = []
    lost: list[str] = []
    try:
        for task in tasks:
            futures[executor.submit(work, task)] = task.district
        for done, future in enumerate(as_completed(futures), start=before + 1):
            district = futures[future]
            problem = future.exception()
            if problem is None:
                outcomes.append(future.result())
            elif isinstance(problem, BrokenExecutor) or type(problem).__name__ in _DEAD:
                lost.append(district)
            else:
                outcomes.append(Outcome(district, _unforeseen(problem)))
            if progress is not None:
                progress(done, total, district)
    except BrokenExecutor:  # the pool broke while work was still being handed out
        told = {one.district for one in outcomes}
        lost = [task.district for task in tasks if task.district not in told]
    finally:
        for future in futures:
            future.cancel()
    return outcomes, lost


def _unforeseen(problem: BaseException) -> str:
    """Return a sentence on an error nobody foresaw; the other districts go on."""
    if isinstance(problem, LivingCircleError):
        return str(problem)
    return f"程序出错（{type(problem).__name__}：{str(problem)[:200]}）。请把这句话报告给开发者。"


def _conclude(
    city: City,
    out: Path,
    tasks: Sequence[Task],
    kept: Sequence[Task],
    failed: Mapping[str, str],
    lost: Sequence[str],
) -> CityRun:
    """Add the finished districts up and write down which they are and which are missing."""
    shutil.rmtree(out / DRAFTS, ignore_errors=True)  # what a worker left that was killed
    keys = {task.district: task.key for task in tasks}
    found = {one.name: finished(out, one.name, keys[one.name]) for one in city.districts}
    records = {name: record for name, record in found.items() if record is not None}
    unfinished = "没有算完。再运行一次就接着算。"
    missing = {name: failed.get(name, unfinished) for name in found if name not in records}
    totals = roll_up(out, city.name, records) if records else {}
    any_task = tasks[0]
    write_json(
        out / CITY_RECORD,
        {
            "city": city.name,
            "engine": __version__,
            "standard": any_task.standard.id,
            "standard_sha256": any_task.standard.sha256,
            "walker": any_task.walker,
            "at": any_task.at,
            "on": any_task.on.isoformat() if any_task.on else "",
            "belt": any_task.belt,
            "districts": [
                {"district": name, "key": keys[name], "problem": missing.get(name, "")}
                for name in found
            ],
            "complete": not missing,
            "totals": totals,
        },
    )
    again = {task.district for task in kept}
    return CityRun(
        out=out,
        done=tuple(records),
        kept=tuple(name for name in records if name in again),
        failed={name: told for name, told in missing.items() if name not in lost},
        totals=totals,
    )


def _lost(districts: Sequence[str]) -> WorkerError:
    """Return the error that says whose workers died."""
    problem = WorkerError(
        f"工作进程中途退出，{'、'.join(districts)}没有算完",
        remedy="多半是内存不够：减少进程数后再运行一次，已完成的区不会重算",
    )
    problem.districts = tuple(districts)
    return problem
