"""Measure how our own searches grow with nodes, trades and radius."""

from dataclasses import dataclass

from benchmarks.cases import made_up_case
from benchmarks.cases import prepare
from benchmarks.cases import warm_up
from benchmarks.counts import count_around
from benchmarks.nearest import LIMIT
from benchmarks.nearest import Sweeps
from benchmarks.rows import median
from benchmarks.rows import timed

TRADES = (32, 50, 64, 128)
RADII = (500, 1000, 2000, 5000)
COUNT_RADII = (300, 500, 1000, 1500)


@dataclass(frozen=True)
class Step:
    """Hold one point of a curve.

    Attributes
    ----------
    curve
        What is measured against what.
    at
        Nodes, trades or metres.
    seconds
        Median seconds of the search.
    nanoseconds
        The same by node and trade (or by node, where there is one answer for all).
    preparing
        Seconds of ordering and contraction, 0 where they are the same throughout.
    """

    curve: str
    at: int
    seconds: float
    nanoseconds: float
    preparing: float = 0.0


def by_nodes(nodes: int, runs: int) -> Step:
    """Return W1 for 50 trades on so many nodes."""
    warm_up()
    case = made_up_case(nodes)
    hierarchy, preparing = timed(lambda: prepare(case, LIMIT))
    seconds = median(Sweeps(case, hierarchy).run, runs)
    each = seconds / case.count / len(case.shops) * 1e9
    return Step("W1：节点数", case.count, seconds, each, preparing)


def by_trades(nodes: int, runs: int) -> list[Step]:
    """Return W1 for more and more trades."""
    warm_up()
    hierarchy = prepare(made_up_case(nodes), LIMIT)
    steps = []
    for trades in TRADES:
        case = made_up_case(nodes, trades)
        seconds = median(Sweeps(case, hierarchy).run, runs)
        steps.append(Step("W1：业态数", trades, seconds, seconds / case.count / trades * 1e9))
    return steps


def by_radius(nodes: int, runs: int) -> list[Step]:
    """Return W1 for longer and longer ways."""
    warm_up()
    case = made_up_case(nodes)
    steps = []
    for metres in RADII:
        hierarchy, preparing = timed(lambda metres=metres: prepare(case, metres * 1000))
        seconds = median(Sweeps(case, hierarchy).run, runs)
        each = seconds / case.count / len(case.shops) * 1e9
        steps.append(Step("W1：最远距离（米）", metres, seconds, each, preparing))
    return steps


def counts_by_radius(nodes: int, runs: int) -> list[Step]:
    """Return W2 for one radius after the other."""
    warm_up()
    case = made_up_case(nodes)
    steps = []
    for metres in COUNT_RADII:
        hierarchy = prepare(case, metres * 1000)
        seconds = median(lambda m=metres, h=hierarchy: count_around(case, h, (m,)), runs)
        each = seconds / case.count / len(case.shops) * 1e9
        steps.append(Step("W2：半径（米）", metres, seconds, each))
    return steps
