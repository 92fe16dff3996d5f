"""Measure W1: the nearest outlet of each of 50 trades from every node, within 1,000 m."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.cases import Case
from benchmarks.cases import at_nodes
from benchmarks.cases import prepare
from benchmarks.cases import scipy_graph
from benchmarks.cases import warm_up
from benchmarks.peers import ask
from benchmarks.peers import rows_of
from benchmarks.rows import OURS
from benchmarks.rows import Row
from benchmarks.rows import interleaved
from benchmarks.rows import median
from benchmarks.rows import peak_megabytes
from benchmarks.rows import timed
from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import LANES
from livingcircle._kernels.base import parted
from livingcircle._kernels.sweeps import sweep_nearest
from livingcircle._routing.hierarchy import THREADS
from livingcircle._routing.hierarchy import Hierarchy
from livingcircle._routing.hierarchy import find_nearest
from livingcircle._routing.hierarchy import nearest

LIMIT = 1_000_000
PLAIN, OWNER, WHOLE = "W1 最近网点", "W1 最近网点，含是哪一家", "W1 最近网点，从边表算起"
SCIPY = "SciPy csgraph"
BY_DOOR = f"{OURS}，逐门成表"
ALONE, ANEW = f"{OURS}，只要距离", f"{OURS}，连同向系统要内存"
LEAST = "下限：只把这些数组填一遍、读写两遍"
MOST_NODES_WITH_OWNER = 1_000_000
PEER_MILLIMETRES = 10  # pandana and cityseer reckon in 32-bit floats
Metres = npt.NDArray[np.float64]
Jobs = dict[str, Callable[[], object]]


class Sweeps:
    """Sweep for all trades, into arrays that are used again."""

    def __init__(self, case: Case, hierarchy: Hierarchy) -> None:
        self.case, self.hierarchy = case, hierarchy
        self.blocks = -(-len(case.shops) // LANES)
        self.near = np.empty((self.blocks, case.count, LANES), dtype=np.uint32)

    def run(self, threads: int = THREADS) -> None:
        """Find the length to the nearest outlet of each trade from every node."""
        self.near.fill(FAR)
        rank, lists = self.hierarchy.rank, _lists(self.hierarchy)
        for lane, nodes in enumerate(self.case.shops):
            self.near[lane // LANES, rank[nodes], lane % LANES] = 0
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda block: sweep_nearest(*lists, block), self.near))

    def touch(self) -> None:
        """Fill the arrays and go through them twice: going up and down cannot take less."""

        def through(block: npt.NDArray[np.uint32]) -> None:
            for _ in range(2):
                np.bitwise_or(block, 0, out=block)

        self.near.fill(FAR)
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(through, self.near))

    def at(self, nodes: npt.NDArray[np.int64]) -> Metres:
        """Return what was found at some nodes, in metres; inf beyond the limit."""
        found = np.moveaxis(self.near[:, self.hierarchy.rank[nodes]], 0, 1)
        return _within(found.reshape(len(nodes), -1)[:, : len(self.case.shops)])


def _lists(hierarchy: Hierarchy) -> tuple[npt.NDArray[np.generic], ...]:
    return hierarchy.start, hierarchy.to, hierarchy.out, hierarchy.back


def _within(lengths: npt.NDArray[np.uint32]) -> Metres:
    return np.where(lengths <= LIMIT, lengths / 1000.0, np.inf)


class Owners:
    """Search for lengths with the outlet they lead to, into arrays that are used again."""

    def __init__(self, case: Case, hierarchy: Hierarchy) -> None:
        lane, node = np.repeat(np.arange(len(case.shops)), case.shops.shape[1]), case.shops.ravel()
        self.seeds = lane, node, np.zeros(len(node), dtype=np.uint32), node
        self.hierarchy, self.lanes = hierarchy, len(case.shops)
        self.near = self.anew()

    def anew(self) -> npt.NDArray[np.uint64]:
        """Search as the engine does, into memory the system hands out for it."""
        return nearest(self.hierarchy, self.seeds, self.lanes)

    def run(self) -> None:
        """Search into the same memory as before, as :class:`Sweeps` does."""
        find_nearest(self.hierarchy, self.seeds, self.near)


def scipy_nearest(
    case: Case, graph: csr_array, limit: float, *, owner: bool
) -> tuple[Metres, float, bool]:
    """Return what SciPy finds at the sample, its seconds, and whether the time limit stopped it."""
    found = np.full((len(case.sample), len(case.shops)), np.inf)
    start = time.perf_counter()
    for trade, nodes in enumerate(case.shops):
        near = dijkstra(
            graph, indices=nodes, min_only=True, limit=LIMIT / 1000, return_predecessors=owner
        )
        found[:, trade] = (near[0] if owner else near)[case.sample]
        if time.perf_counter() - start > limit and trade + 1 < len(case.shops):
            return found, time.perf_counter() - start, True
    return found, time.perf_counter() - start, False


def differing(ours: Metres, theirs: Metres, most: int = 0) -> tuple[int, int]:
    """Return how many lengths differ by more than some whole millimetres, of how many."""
    theirs = np.where(theirs < LIMIT / 1000, theirs, np.inf)
    ours = np.where(ours < LIMIT / 1000, ours, np.inf)
    both = np.isfinite(ours) & np.isfinite(theirs)
    apart = np.isfinite(ours) != np.isfinite(theirs)
    apart[both] = np.abs(np.round(ours[both] * 1000) - np.round(theirs[both] * 1000)) > most
    return int(apart.sum()), apart.size


def measure(case: Case, peers: tuple[str, ...], limits: dict[str, float], runs: int) -> list[Row]:
    """Return the rows of W1 on some streets.

    Parameters
    ----------
    case
        Streets and outlets.
    peers
        Which peers are asked besides SciPy.
    limits
        Seconds after which each engine is stopped.
    runs
        How often ours is timed; SciPy takes turns with it where it is quick.
    """
    warm_up()
    hierarchy, preparing = timed(lambda: prepare(case, LIMIT))
    sweeps = Sweeps(case, hierarchy)
    sweeps.run()
    memory = peak_megabytes()
    found = sweeps.at(case.sample)
    graph, building = timed(lambda: scipy_graph(case))
    theirs, slow, over = scipy_nearest(case, graph, limits["scipy"], owner=False)
    jobs: Jobs = {
        "two": sweeps.run,
        "one": lambda: sweeps.run(1),
        "least": sweeps.touch,
    }
    quick = slow * runs < limits["scipy"] / 4
    if quick:
        jobs["scipy"] = lambda: scipy_nearest(case, graph, limits["scipy"], owner=False)
    both = {"scipy": slow, **interleaved(jobs, runs)}
    wrong = (0, 0) if over else differing(found, theirs)
    whole = preparing + both["two"]
    rows = [
        Row(PLAIN, case.name, f"{OURS}", THREADS, both["two"], megabytes=memory),
        Row(PLAIN, case.name, f"{OURS}，单线程", 1, both["one"]),
        Row(PLAIN, case.name, LEAST, THREADS, both["least"]),
        Row(PLAIN, case.name, SCIPY, 1, both["scipy"], None, over, float("nan"), *wrong),
        Row(WHOLE, case.name, OURS, THREADS, whole, note=f"准备 {preparing:.2f} 秒"),
        Row(WHOLE, case.name, SCIPY, 1, building + both["scipy"], None, over, float("nan"), *wrong),
        *_with_owner((sweeps, graph), limits["scipy"], runs, quick=quick),
    ]
    for name in peers:
        answer = ask(name, "nearest", case, limits[name])
        wrong = (0, 0) if answer.found is None else differing(found, answer.found, PEER_MILLIMETRES)
        rows += rows_of(name, answer, {PLAIN: False, WHOLE: True}, case.name, wrong)
    return rows


def _with_owner(
    ready: tuple[Sweeps, csr_array], limit: float, runs: int, *, quick: bool
) -> list[Row]:
    """Return the rows of W1 where the engine also says whose outlet it is.

    The distance alone takes turns with it: what the owner costs is a matter of tenths.
    """
    sweeps, graph = ready
    case, hierarchy = sweeps.case, sweeps.hierarchy
    search = Owners(case, hierarchy)
    length, _ = parted(search.near)
    near = np.moveaxis(length[:, hierarchy.rank[case.sample]], 0, 1)
    ours = _within(near.reshape(len(case.sample), -1)[:, : len(case.shops)])
    jobs: Jobs = {"ours": search.run, "alone": sweeps.run, "anew": search.anew}
    if case.count > MOST_NODES_WITH_OWNER:
        took, other = interleaved(jobs, runs), f"超过 {MOST_NODES_WITH_OWNER:,} 个节点不量"
        return [
            Row(OWNER, case.name, OURS, THREADS, took["ours"]),
            Row(OWNER, case.name, ALONE, THREADS, took["alone"]),
            Row(OWNER, case.name, ANEW, THREADS, took["anew"]),
            Row(OWNER, case.name, BY_DOOR, THREADS, note=f"{other}：整张表要几个 GB"),
            Row(OWNER, case.name, SCIPY, 1, note=f"{other}：与只要距离相近"),
        ]
    theirs, slow, over = scipy_nearest(case, graph, limit, owner=True)
    wrong = (0, 0) if over else differing(ours, theirs)
    if quick:
        jobs["scipy"] = lambda: scipy_nearest(case, graph, limit, owner=True)
    took = {"scipy": slow, **interleaved(jobs, runs)}
    streets = at_nodes(hierarchy, np.arange(case.count), case.shops.ravel())
    trade = np.repeat(np.arange(len(case.shops)), case.shops.shape[1])
    offers = np.eye(len(case.shops), dtype=np.bool_)[trade]
    by_door = median(lambda: streets.nearest(offers), max(1, runs // 2))
    note = "每个节点当作一个楼门，读成楼门 × 业态的表"
    return [
        Row(OWNER, case.name, OURS, THREADS, took["ours"]),
        Row(OWNER, case.name, ALONE, THREADS, took["alone"]),
        Row(OWNER, case.name, ANEW, THREADS, took["anew"]),
        Row(OWNER, case.name, BY_DOOR, THREADS, by_door, note=note),
        Row(OWNER, case.name, SCIPY, 1, took["scipy"], None, over, float("nan"), *wrong),
    ]
