"""Measure W2: outlets of each of 50 trades within 300, 500 and 1,000 m of every node."""

import time

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.cases import Case
from benchmarks.cases import at_nodes
from benchmarks.cases import prepare
from benchmarks.cases import scipy_graph
from benchmarks.peers import ask
from benchmarks.peers import rows_of
from benchmarks.rows import OURS
from benchmarks.rows import Row
from benchmarks.rows import median
from benchmarks.rows import peak_megabytes
from livingcircle._routing.around import Around
from livingcircle._routing.around import Wanted
from livingcircle._routing.hierarchy import THREADS
from livingcircle._routing.hierarchy import Hierarchy

NAME = "W2 范围内个数"
RADII = (300, 500, 1000)
BATCH = 64
Counts = npt.NDArray[np.int32]


def wanted(case: Case, radii: tuple[int, ...]) -> Wanted:
    """Return the question: how many outlets of each trade within each radius."""
    trades, outlets = len(case.shops), case.shops.size
    trade = np.repeat(np.arange(trades), case.shops.shape[1])
    ends = np.array(radii, dtype=np.uint32)[:, None] * np.uint32(1000)
    return Wanted(
        offers=np.eye(trades, dtype=np.bool_)[trade],
        radii=np.repeat(ends, trades, axis=1),
        limit=1000 * max(radii),
        nearest=0,
        door_group=np.full(case.count, -1),
        outlet_group=np.full(outlets, -1),
        units=(),
        seen=np.ones(outlets, dtype=np.bool_),
    )


def count_around(case: Case, hierarchy: Hierarchy, radii: tuple[int, ...] = RADII) -> Around:
    """Return what our engine finds around every node."""
    streets = at_nodes(hierarchy, np.arange(case.count), case.shops.ravel())
    return streets.around(wanted(case, radii))


def scipy_counts(
    case: Case, graph: csr_array, nodes: npt.NDArray[np.int64], limit: float
) -> tuple[Counts, int]:
    """Return SciPy's counts around some nodes, and how many it came to within the time.

    It searches from 64 nodes at once, and a sparse product counts the outlets within each radius.
    """
    trade = np.repeat(np.arange(len(case.shops)), case.shops.shape[1])
    shape = case.count, len(case.shops)
    sold = csr_array((np.ones(len(trade)), (case.shops.ravel(), trade)), shape=shape)
    found = np.zeros((len(RADII), len(nodes), len(case.shops)), dtype=np.int32)
    start = time.perf_counter()
    for begin in range(0, len(nodes), BATCH):
        some = slice(begin, begin + BATCH)
        far = dijkstra(graph, indices=nodes[some], limit=float(max(RADII)) + 1e-6)
        row, node = np.nonzero(np.isfinite(far))
        for at, radius in enumerate(RADII):
            near = np.round(far[row, node] * 1000) <= radius * 1000
            ones = np.ones(int(near.sum()))
            inside = csr_array((ones, (row[near], node[near])), shape=far.shape)
            found[at, some] = (inside @ sold).toarray()
        if time.perf_counter() - start > limit:
            return found, min(begin + BATCH, len(nodes))
    return found, len(nodes)


def measure(case: Case, peers: tuple[str, ...], limits: dict[str, float], runs: int) -> list[Row]:
    """Return the rows of W2 on some streets; the sample alone is compared."""
    hierarchy = prepare(case, 1000 * max(RADII))
    found = count_around(case, hierarchy)
    memory = peak_megabytes()
    ours = found.counts[:, case.sample]
    seconds = median(lambda: count_around(case, hierarchy), runs)
    rows = [Row(NAME, case.name, OURS, THREADS, seconds, megabytes=memory)]
    rows.append(_scipy(case, ours, limits["scipy counts"]))
    for name in peers:
        answer = ask(name, "counts", case, limits[name], radii=np.array(RADII))
        wrong = 0 if answer.found is None else int((answer.found != ours).sum())
        checked = 0 if answer.found is None else ours.size
        rows += rows_of(name, answer, {NAME: False}, case.name, (wrong, checked))
    return rows


def _scipy(case: Case, ours: Counts, limit: float) -> Row:
    """Let SciPy answer for the sample first, which is compared, and then for all nodes."""
    graph = scipy_graph(case)
    theirs, _ = scipy_counts(case, graph, case.sample, np.inf)
    wrong = int((theirs != ours).sum())
    start = time.perf_counter()
    _, came = scipy_counts(case, graph, np.arange(case.count), limit)
    seconds = time.perf_counter() - start
    over = came < case.count
    note = f"到时限时算完 {came:,} 个节点" if over else ""
    compared = wrong, ours.size
    return Row(
        NAME, case.name, "SciPy csgraph", 1, seconds, None, over, float("nan"), *compared, note
    )
