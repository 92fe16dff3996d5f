"""Measure W4: which doors lie within 1,000 m of each candidate, and how far."""

import time

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.cases import SEED
from benchmarks.cases import Case
from benchmarks.cases import Ints
from benchmarks.cases import at_nodes
from benchmarks.cases import prepare
from benchmarks.cases import scipy_graph
from benchmarks.nearest import LIMIT
from benchmarks.nearest import PEER_MILLIMETRES
from benchmarks.peers import ask
from benchmarks.peers import rows_of
from benchmarks.rows import OURS
from benchmarks.rows import Row
from benchmarks.rows import interleaved
from benchmarks.rows import peak_megabytes
from livingcircle._routing.hierarchy import THREADS
from livingcircle._routing.readers import StreetReader
from livingcircle._routing.readers import cover

NAME = "W4 候选点覆盖的楼门"
BATCH = 64
Pairs = npt.NDArray[np.float64]


def pick(case: Case, candidates: int, doors: int) -> tuple[Ints, Ints]:
    """Return so many nodes as candidates, and as doors."""
    rng = np.random.default_rng(SEED)
    return (
        rng.choice(case.count, min(candidates, case.count), replace=False),
        rng.choice(case.count, min(doors, case.count), replace=False),
    )


def scipy_cover(
    graph: csr_array, candidates: Ints, doors: Ints, limit: float
) -> tuple[Pairs, bool]:
    """Return candidate, door and metres of every pair, and whether the time was over."""
    found: list[Pairs] = []
    start = time.perf_counter()
    for begin in range(0, len(candidates), BATCH):
        some = candidates[begin : begin + BATCH]
        far = dijkstra(graph, indices=some, limit=LIMIT / 1000 + 1e-6)[:, doors]
        row, column = np.nonzero(np.round(far * 1000) <= LIMIT)
        found.append(np.stack([some[row], doors[column], far[row, column]], axis=1))
        if time.perf_counter() - start > limit:
            return np.concatenate(found), True
    return np.concatenate(found), False


def differing(ours: Pairs, theirs: Pairs, most: int = 0) -> tuple[int, int]:
    """Return how many pairs only one side has, or at other lengths, of how many of both."""
    tables = [{(int(a), int(b)): round(m * 1000) for a, b, m in side} for side in (ours, theirs)]
    everything = tables[0].keys() | tables[1].keys()
    far = 10 * LIMIT
    apart = sum(
        abs(tables[0].get(pair, -far) - tables[1].get(pair, far)) > most for pair in everything
    )
    return apart, len(everything)


def measure(
    case: Case,
    sizes: tuple[int, int],
    peers: tuple[str, ...],
    limits: dict[str, float],
    runs: int,
) -> list[Row]:
    """Return the rows of W4 on some streets, for some number of candidates and of doors."""
    candidates, doors = pick(case, *sizes)
    streets = at_nodes(prepare(case, LIMIT), doors, candidates)
    reader = StreetReader({"metres": streets})
    numbers = np.arange(len(candidates))
    start, door, length = cover(reader, numbers, LIMIT / 1000)
    memory = peak_megabytes()
    place = np.repeat(candidates, np.diff(start))
    ours = np.stack([place, doors[door], length / 1000.0], axis=1)
    graph = scipy_graph(case)
    theirs, over = scipy_cover(graph, candidates, doors, limits["scipy"])
    wrong = (0, 0) if over else differing(ours, theirs)
    took = interleaved(
        {
            "ours": lambda: cover(reader, numbers, LIMIT / 1000),
            "scipy": lambda: scipy_cover(graph, candidates, doors, limits["scipy"]),
        },
        1 if over else runs,
    )
    name = f"{NAME}（{len(candidates):,} × {len(doors):,}）"
    note = f"{len(length):,} 对"
    rows = [
        Row(name, case.name, OURS, THREADS, took["ours"], megabytes=memory, note=note),
        Row(name, case.name, "SciPy csgraph", 1, took["scipy"], None, over, float("nan"), *wrong),
    ]
    for peer in peers:
        answer = ask(peer, "covering", case, limits[peer], candidates=candidates, doors=doors)
        wrong = (0, 0)
        if answer.found is not None:
            wrong = differing(ours, answer.found, PEER_MILLIMETRES)
        rows += rows_of(peer, answer, {name: False}, case.name, wrong)
    return rows
