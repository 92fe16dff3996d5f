"""Choose sites from the command line: assess, choose, tell how far it has come, write."""

import math
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from livingcircle import _report
from livingcircle._commands.districts import Plan
from livingcircle._siting.answers import Progress
from livingcircle._terminal import err
from livingcircle._terminal import out
from livingcircle._terminal import progress
from livingcircle._terminal import say
from livingcircle.assessment import Assessment
from livingcircle.candidates import Candidates
from livingcircle.candidates import frontage_candidates
from livingcircle.candidates import ledger_candidates
from livingcircle.documents import write_plan_sheets
from livingcircle.documents.site_plan import FILE_NAME
from livingcircle.documents.site_plan import summary
from livingcircle.documents.site_plan import write_site_plan
from livingcircle.documents.site_reports import ADVICE
from livingcircle.documents.site_reports import CENTRES
from livingcircle.documents.site_reports import MOBILE
from livingcircle.documents.site_reports import WALKING
from livingcircle.documents.site_reports import write_advice
from livingcircle.documents.site_reports import write_centres
from livingcircle.documents.site_reports import write_mobile
from livingcircle.documents.site_reports import write_walking
from livingcircle.errors import InputError
from livingcircle.errors import SitingError
from livingcircle.io.folder import read_district
from livingcircle.lacking import Weights
from livingcircle.least_walking import site_walking
from livingcircle.mobile_supply import Timetable
from livingcircle.mobile_supply import plan_mobile
from livingcircle.relocation import advise
from livingcircle.results import fresh_folder
from livingcircle.results import write_results
from livingcircle.service_centres import site_centres
from livingcircle.site_options import Terms
from livingcircle.site_tables import chosen_sites
from livingcircle.siting import SitePlan
from livingcircle.siting import Wish
from livingcircle.siting import site_fewest
from livingcircle.siting import site_most
from livingcircle.trades import match_names
from livingcircle.trades import suggest
from livingcircle.walkers import check_hour

Answer = TypeVar("Answer")
WAIT = 0.2  # seconds between looks for somebody who wants to stop
MOST = 1_000_000.0  # of any number that is typed
TELL = 1.0  # seconds between two lines of progress


@dataclass(frozen=True)
class Asked:
    """Hold what was typed: where to look, what for, and how much.

    Attributes
    ----------
    trades
        Names of trades as typed, ``""`` for all basic ones.
    frontage
        Metres between places along streets; None to use the space ledger.
    let
        Whether rooms let for now are offered too.
    sheets
        Whether all plan sheets are written anew with the chosen sites in them.
    """

    trades: str = ""
    count: int | None = None
    budget: float | None = None
    frontage: float | None = None
    let: bool = False
    apart: float = 0.0
    related: float = 1.0
    elders: float = 1.0
    infants: float = 1.0
    least: float = 1.0
    seconds: float = 30.0
    gap: float = 0.0
    seed: int = 0
    sheets: bool = True

    def wish(self, stop: Callable[[], bool] | None = None) -> Wish:
        """Return the same for the engine, refused where it means nothing."""
        for name, value in (
            ("--apart", self.apart), ("--related", self.related), ("--elders", self.elders),
            ("--infants", self.infants), ("--least", self.least), ("--gap", self.gap),
            ("--seconds", self.seconds), ("--budget", self.budget or 0.0),
        ):  # fmt: skip
            if not (math.isfinite(value) and 0 <= value <= MOST):
                raise InputError(f"“{value:g}”不合适", where=name, remedy=f"写 0 到 {MOST:,.0f}")
        return Wish(
            trades=read_trades(self.trades),
            count=self.count,
            budget=self.budget,
            weights=Weights(self.elders, self.infants),
            terms=Terms(self.apart, self.related),
            least_people=self.least,
            seconds=self.seconds,
            gap=self.gap,
            seed=self.seed,
            progress=_teller(),
            stop=stop,
        )

    def candidates(self, assessment: Assessment) -> Candidates:
        """Return where to look."""
        if self.frontage is not None:
            return frontage_candidates(assessment.situation, self.frontage)
        day = "" if assessment.on is None else assessment.on.isoformat()
        return ledger_candidates(assessment.situation, day, let=self.let)


def read_trades(text: str) -> tuple[str, ...]:
    """Return the codes of trades as typed, separated by any comma.

    Raises
    ------
    InputError
        If a word names no trade.
    """
    codes: list[str] = []
    for word in re.split(r"[,，、;；\s]+", text.strip()):
        if not word:
            continue
        found = match_names(word)
        if found.unmatched or not found.codes:
            near = "、".join(suggest(word))
            remedy = f"可能想写：{near}" if near else "写业态表里的名称，如 药店"
            raise InputError(f"认不出的业态“{word}”", where="--trade", remedy=remedy)
        codes.append(found.codes[0])
    return tuple(dict.fromkeys(codes))


def most(plan: Plan, asked: Asked, folder: Path) -> None:
    """Choose the sites that newly serve most people; with none at all, say what else helps."""
    if asked.count == 0 or asked.budget == 0:
        relocate(plan, asked, folder)
        return
    _choose(plan, asked, folder, site_most)


def fewest(plan: Plan, asked: Asked, folder: Path) -> None:
    """Choose the fewest sites with which every unit meets its standard; none without money."""
    if asked.budget == 0:
        relocate(plan, asked, folder)
        return
    _choose(plan, asked, folder, site_fewest)


def _choose(
    plan: Plan,
    asked: Asked,
    folder: Path,
    solve: Callable[[Assessment, Candidates, Wish], SitePlan],
) -> None:
    """Assess, choose, write the workbook and, if wanted, all sheets with the sites in them."""
    asked.wish()
    with fresh_folder(folder) as work:
        assessment = _assess(plan)
        candidates = asked.candidates(assessment)
        chosen = interruptible(lambda stop: solve(assessment, candidates, asked.wish(stop)))
        told = replace(assessment, chosen=chosen_sites(chosen))
        write_site_plan(chosen, work / FILE_NAME)
        if asked.sheets:
            with progress("写结果表") as step:
                write_results(told, work, step)
            with progress("写一图一单一账两表") as step:
                write_plan_sheets(told, work, step)
    _report.show_sites(out, chosen, folder)
    say(out, summary(chosen))


def relocate(plan: Plan, asked: Asked, folder: Path) -> None:
    """Say what moving, widening and sharing alone would do."""
    asked.wish()
    trades = read_trades(asked.trades)
    with fresh_folder(folder) as work:
        assessment = _assess(plan)
        advice = advise(assessment, _rooms_or_none(assessment, asked), trades)
        write_advice(assessment, advice, work / ADVICE)
    _report.show_advice(out, advice)
    say(out, f"已写出：{folder / ADVICE}")


def _rooms_or_none(assessment: Assessment, asked: Asked) -> Candidates | None:
    """Return the rooms that can be had, or say why there are none."""
    try:
        return asked.candidates(assessment)
    except SitingError as problem:
        say(err, f"没有可用的空间：{problem}", style="yellow")
        return None


def centres(plan: Plan, asked: Asked, folder: Path) -> None:
    """Choose where service centres should stand."""
    asked.wish()
    with fresh_folder(folder) as work:
        assessment = _assess(plan)
        candidates = asked.candidates(assessment)
        found = interruptible(lambda stop: site_centres(assessment, candidates, asked.wish(stop)))
        write_centres(assessment, found, work / CENTRES)
    _report.show_centres(out, found)
    say(out, f"已写出：{folder / CENTRES}")


def walking(plan: Plan, asked: Asked, capacity: float | None, folder: Path) -> None:
    """Choose sites so that everybody walks least, each outlet serving only so many."""
    asked.wish()
    with fresh_folder(folder) as work:
        assessment = _assess(plan)
        candidates = asked.candidates(assessment)
        found = interruptible(
            lambda stop: site_walking(assessment, candidates, asked.wish(stop), capacity)
        )
        write_walking(assessment, found, work / WALKING)
    _report.show_walking(out, assessment, found)
    say(out, f"已写出：{folder / WALKING}")


def mobile(
    plan: Plan, asked: Asked, timetable: Timetable, folder: Path, *, everybody: bool
) -> None:
    """Plan stops and hours of mobile supply for whom no room of the ledger could serve."""
    asked.wish()
    with fresh_folder(folder) as work:
        assessment = _assess(plan)
        beyond = None if everybody else _rooms_or_none(assessment, asked)
        found = interruptible(
            lambda stop: plan_mobile(assessment, asked.wish(stop), timetable, beyond)
        )
        write_mobile(assessment, found, work / MOBILE)
    _report.show_stops(out, found)
    say(out, f"已写出：{folder / MOBILE}")


def timetable(stops: int, vehicles: int, begins: str, stay: int) -> Timetable:
    """Return how mobile supply goes round, as typed."""
    check_hour(begins)
    hour, minute = begins.split(":")
    return Timetable(stops, vehicles, int(hour) * 60 + int(minute), stay)


def _assess(plan: Plan) -> Assessment:
    """Read the folder and assess it."""
    with progress("读取并检查") as step:
        district = read_district(plan.folder, progress=step)
    if len(district.issues):
        many = len(district.issues)
        told = f"文件里有{many}处问题，有的行没有采用；看详情用 livingcircle check。"
        say(err, told, style="yellow")
    with progress("沿街道测算") as step:
        return plan.run(district, step)


def interruptible(solve: Callable[[Callable[[], bool]], Answer]) -> Answer:
    """Return an answer; whoever presses Ctrl-C gets the best that was found by then."""
    stopped = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(solve, stopped.is_set)
        while True:
            try:
                return future.result(timeout=WAIT)
            except TimeoutError:
                continue
            except KeyboardInterrupt:
                say(err, "正在停下，取目前最好的方案……", style="yellow")
                stopped.set()


def _teller() -> Callable[[Progress], None]:
    """Return who tells how far the models have come, a line a second at most."""
    last = [-TELL]

    def tell(now: Progress) -> None:
        if now.seconds - last[0] >= TELL:
            last[0] = now.seconds
            bound = f"，界{now.bound:,.0f}" if math.isfinite(now.bound) else ""
            value = f"：目前{now.value:,.0f}" if math.isfinite(now.value) else ""
            say(err, f"  {now.seconds:.0f}秒，{now.stage}{value}{bound}")

    return tell
