"""Measure W5: where to add outlets, against spopt on the same lists.

What spopt is timed for is building its model and solving it; the table of distances that it wants
is made before the clock starts.
"""

import math
import time
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks.cases import SEED
from benchmarks.cases import at_nodes
from benchmarks.cases import made_up_case
from benchmarks.cases import prepare
from benchmarks.cases import warm_up
from benchmarks.covering import pick
from benchmarks.made_up import PEOPLE
from benchmarks.peers import ask_of
from benchmarks.rows import OURS
from livingcircle._routing.readers import StreetReader
from livingcircle._routing.readers import cover
from livingcircle._siting.answers import Choice
from livingcircle._siting.answers import Effort
from livingcircle._siting.every import cover_all
from livingcircle._siting.instance import Instance
from livingcircle._siting.instance import Limits
from livingcircle._siting.most import cover_most
from livingcircle._siting.walking import walk_least
from livingcircle._siting.walks import Walks

FAR = 3000.0  # metres a person without any outlet is taken to walk
SPARE = 1.2  # capacity of all chosen outlets, as a multiple of all people


@dataclass(frozen=True)
class Question:
    """Hold how large a question of siting is.

    Attributes
    ----------
    asked
        ``"most"`` people, ``"all"`` needs, or least ``"walking"``.
    nodes, options, doors
        Of the made-up streets; how many candidates and doors stand on them.
    metres, count
        Radius; how many outlets.
    seconds, gap
        Time and gap granted to us.
    peers, limit
        Solvers spopt is asked with, and its time limit.
    """

    asked: Literal["most", "all", "walking"]
    nodes: int
    options: int
    doors: int
    metres: int
    count: int = 0
    seconds: float = 60.0
    gap: float = 0.0
    peers: tuple[str, ...] = ("CBC",)
    limit: float = 90.0


QUESTIONS = {
    "小": Question("most", 5_000, 200, 2_000, 800, 10, peers=("CBC", "HiGHS")),
    "疏": Question("most", 20_000, 2_000, 20_000, 500, 50, peers=("CBC", "HiGHS"), limit=240),
    "密": Question("most", 20_000, 2_000, 20_000, 1_900, 20, 30),
    "大而疏": Question("most", 20_000, 5_000, 20_000, 500, 125, limit=150),
    "大而密": Question("most", 20_000, 5_000, 20_000, 1_920, 40, gap=0.01, limit=240),
    "全覆盖": Question("all", 20_000, 5_000, 20_000, 500, seconds=30),
    "步行最少": Question("walking", 5_000, 200, 2_000, 1_000, 20, peers=()),
}
WORDS = {"most": "覆盖人数最多", "all": "网点最少而全覆盖", "walking": "步行最少（容量有限）"}


@dataclass(frozen=True)
class Plan:
    """Hold what one engine found for one question.

    Attributes
    ----------
    question, engine
        What was asked, of whom.
    value, bound
        What it found, counted by us; what nobody can beat, NaN where it says nothing.
    seconds, over, ratio
        Time, whether it was stopped then, and as a multiple of ours.
    note
        How it ended.
    """

    question: str
    engine: str
    value: float
    bound: float
    seconds: float
    over: bool
    ratio: float
    note: str


def measure(name: str) -> list[Plan]:
    """Return the plans of all engines for a question."""
    asked = QUESTIONS[name]
    warm_up()
    _answer(_lists(Question("most", 400, 20, 50, 300, 3)), Question("most", 400, 20, 50, 300, 3))
    _answer(_lists(Question("all", 400, 20, 50, 300)), Question("all", 400, 20, 50, 300))
    lists = _lists(asked)
    start = time.perf_counter()
    choice = _answer(lists, asked)
    took = time.perf_counter() - start
    what = f"{WORDS[asked.asked]}，{asked.options:,} × {asked.doors:,}，{len(lists.rows):,} 对"
    what += f"，{asked.count} 处" if asked.count else ""
    status = {"proven": "已证明", "time": "到时限", "stopped": "被叫停"}[choice.status]
    if asked.gap:
        status += f"（容许差距 {asked.gap:.0%}）"
    note = f"{status}；{choice.how}"
    ours = Plan(what, OURS, choice.value, choice.bound, took, False, 1.0, note)
    return [ours, *(_peer(what, lists, asked, solver, took) for solver in asked.peers)]


def _lists(asked: Question) -> Walks:
    """Return who is how far from what, on made-up streets."""
    case = made_up_case(asked.nodes)
    options, doors = pick(case, asked.options, asked.doors)
    streets = at_nodes(prepare(case, asked.metres * 1000), doors, options)
    reader = StreetReader({"metres": streets})
    start, rows, length = cover(reader, np.arange(len(options)), asked.metres)
    people = np.random.default_rng(SEED).integers(*PEOPLE, len(doors)).astype(np.float64)
    room = SPARE * people.sum() / max(asked.count, 1)
    capacity, fixed = np.full(len(options), room), np.zeros(len(options), dtype=np.bool_)
    return Walks(start, rows, length / 1000.0, people, capacity, fixed, FAR)


def _answer(lists: Walks, asked: Question) -> Choice:
    """Return our answer."""
    effort = Effort(asked.seconds, gap=asked.gap)
    instance = Instance(lists.start, lists.rows, lists.weight)
    if asked.asked == "most":
        return cover_most(instance, Limits(count=asked.count), effort)
    if asked.asked == "all":
        return cover_all(instance, np.ones(instance.demand, dtype=np.int64), effort)
    return walk_least(lists, asked.count, effort).choice


def _peer(what: str, lists: Walks, asked: Question, solver: str, ours: float) -> Plan:
    """Return what spopt found with a solver; what nobody can cover is kept from it."""
    engine = f"spopt（{solver}）"
    instance = Instance(lists.start, lists.rows, lists.weight)
    near = np.bincount(lists.rows, minlength=len(lists.weight)) > 0
    new = np.cumsum(near) - 1
    given = {
        "start": lists.start, "rows": new[lists.rows], "weight": lists.weight[near],
        "count": np.array(asked.count),
    }  # fmt: skip
    answer = ask_of("spopt", f"{asked.asked} {solver}", given, asked.limit)
    if answer.reason:
        return Plan(what, engine, math.nan, math.nan, math.nan, False, math.nan, answer.reason)
    seconds, over = answer.seconds(whole=True)
    if answer.found is None:
        note = "到时限还在" + {"build": "建模", "query": "求解"}.get(answer.stopped, "准备")
        return Plan(what, engine, math.nan, math.nan, seconds, over, seconds / ours, note)
    chosen = np.flatnonzero(answer.found)
    covered = np.zeros(instance.demand, dtype=np.bool_)
    for one in chosen:
        covered[instance.covers(int(one))] = True
    value = float(lists.weight[covered].sum()) if asked.asked == "most" else float(len(chosen))
    note = f"建模 {answer.clock['build']:.1f} 秒，求解 {answer.clock['query']:.1f} 秒"
    return Plan(what, engine, value, math.nan, seconds, over, seconds / ours, note)
