"""Print how fast distances are found, as ratios against named peers in the same run.

``python -m benchmarks.distances [NODES …]`` measures W1 (nearest outlet of 50 trades, each on 1 %
of the nodes, within 1,000 m) and W2 (counts within 300, 500 and 1,000 m) on made-up street-like
networks; peers run in an environment of their own, which ``--peers`` makes.
"""

import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.made_up import Network
from benchmarks.made_up import make_network
from livingcircle._kernels.base import FAR
from livingcircle._kernels.base import LANES
from livingcircle._kernels.base import NOTHING
from livingcircle._kernels.sweeps import sweep_nearest
from livingcircle._kernels.sweeps import sweep_owner
from livingcircle._routing.around import Wanted
from livingcircle._routing.hierarchy import THREADS
from livingcircle._routing.hierarchy import Hierarchy
from livingcircle._routing.hierarchy import contract
from livingcircle._routing.hierarchy import order_nodes
from livingcircle._routing.links import Direct
from livingcircle._routing.links import Links
from livingcircle._routing.streets import Streets

HERE = Path(__file__).parent
PEERS = ("pandana", "networkit", "igraph")
TRADES, SHARE, LIMIT = 50, 100, 1_000_000
RUNS = 5
Ints = npt.NDArray[np.int64]


def median(job: Callable[[], object], runs: int = RUNS) -> float:
    """Return the median seconds of a job, after one run to warm up."""
    job()
    took = []
    for _ in range(runs):
        start = time.perf_counter()
        job()
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def prepared(network: Network) -> tuple[Hierarchy, float, float]:
    """Return the network in order, and the seconds ordering and contracting took."""
    both = (
        np.concatenate([network.tail, network.head]),
        np.concatenate([network.head, network.tail]),
    )
    length = np.tile(np.round(network.metres * 1000).astype(np.uint32), 2)
    start = time.perf_counter()
    rank = order_nodes(network.xy, network.tail, network.head)
    middle = time.perf_counter()
    hierarchy = contract(rank, *both, length, LIMIT)
    return hierarchy, middle - start, time.perf_counter() - middle


def sweeps(hierarchy: Hierarchy, shops: list[Ints]) -> tuple[float, float]:
    """Return the median seconds of W1, and of W1 with whose outlet it is."""
    blocks, count = -(-len(shops) // LANES), len(hierarchy.rank)
    first = np.full((blocks, count, LANES), FAR, dtype=np.uint32)
    owned_first = np.full(first.shape, NOTHING, dtype=np.uint64)
    for lane, nodes in enumerate(shops):
        at = lane // LANES, hierarchy.rank[nodes], lane % LANES
        first[at], owned_first[at] = 0, nodes
    lists = hierarchy.start, hierarchy.to, hierarchy.out, hierarchy.back
    near, whose = first.copy(), owned_first.copy()

    def plain() -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda b: sweep_nearest(*lists, near[b]), range(blocks)))

    def with_owner() -> None:
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda b: sweep_owner(*lists, whose[b]), range(blocks)))

    took = []
    for job in (plain, with_owner):
        times = []
        for _ in range(RUNS + 1):
            near[:], whose[:] = first, owned_first
            start = time.perf_counter()
            job()
            times.append(time.perf_counter() - start)
        took.append(statistics.median(times[1:]))
    return took[0], took[1]


def counts(hierarchy: Hierarchy, shops: list[Ints]) -> float:
    """Return the median seconds of W2: counts of every trade within three radii of every node."""
    count = len(hierarchy.rank)
    everywhere = np.arange(count)
    place = np.concatenate(shops)
    zero = np.zeros(len(place), dtype=np.uint32)
    none = np.empty(0, dtype=np.int64)
    streets = Streets(
        "metres", hierarchy, Links(everywhere, everywhere, np.zeros(count, dtype=np.uint32)),
        Links(np.arange(len(place)), place, zero), Direct(none, none, none.astype(np.uint32)),
        Links(none, none, none.astype(np.uint32)), (count, len(place)),
    )  # fmt: skip
    trade = np.repeat(np.arange(len(shops)), [len(s) for s in shops])
    radii = np.array([300, 500, 1000], dtype=np.uint32)[:, None] * np.uint32(1000)
    wanted = Wanted(
        offers=np.eye(len(shops), dtype=bool)[trade],
        radii=np.repeat(radii, len(shops), axis=1),
        limit=LIMIT,
        nearest=0,
        door_group=np.full(count, -1),
        outlet_group=np.full(len(place), -1),
        units=(),
        seen=np.ones(len(place), dtype=bool),
    )
    return median(lambda: streets.around(wanted), 3)


def scipy_nearest(network: Network, shops: list[Ints]) -> float:
    """Return the seconds SciPy takes for W1, one search a trade."""
    count = len(network.xy)
    ends = (
        np.concatenate([network.tail, network.head]),
        np.concatenate([network.head, network.tail]),
    )
    graph = csr_array((np.tile(network.metres, 2), ends), shape=(count, count))

    def job() -> None:
        for nodes in shops:
            dijkstra(graph, indices=nodes, min_only=True, limit=1000.0)

    return median(job, 1)


def peer(name: str, workload: str, network: Network, shops: list[Ints]) -> dict[str, float] | None:
    """Return the seconds of a peer by stage; None where it is not installed or takes too long."""
    python = HERE / ".venv" / "bin" / "python"
    if not python.exists():
        return None
    with tempfile.NamedTemporaryFile(suffix=".npz") as file:
        np.savez(file, xy=network.xy, tail=network.tail, head=network.head,
                 metres=network.metres, shops=np.array(shops))  # fmt: skip
        file.flush()
        command = [str(python), str(HERE / "peers.py"), name, workload, file.name]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=1500, check=True)
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
            return None
    return dict(json.loads(done.stdout.splitlines()[-1]))


def make_peers() -> None:
    """Install the peers into an environment of their own."""
    subprocess.run([sys.executable, "-m", "venv", str(HERE / ".venv")], check=True)
    pip = [str(HERE / ".venv" / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "pandana", "networkit", "igraph", "numpy", "pandas"], check=True)


def measure(nodes: int) -> list[tuple[str, str, float, float]]:
    """Return (workload, engine, seconds, times as long as ours) for one network."""
    network = make_network(nodes)
    count = len(network.xy)
    rng = np.random.default_rng(7)
    shops = [rng.choice(count, max(1, count // SHARE), replace=False) for _ in range(TRADES)]
    prepared(make_network(400))
    hierarchy, order, short_cuts = prepared(network)
    plain, owner = sweeps(hierarchy, shops)
    rows = [
        ("准备", "本引擎：排序 + 缩约", order + short_cuts, 1.0),
        ("W1 最近网点", "本引擎", plain, 1.0),
        ("W1 最近网点", "本引擎，含是哪一家", owner, owner / plain),
    ]
    took = scipy_nearest(network, shops)
    rows.append(("W1 最近网点", "SciPy csgraph", took, took / plain))
    rows.append(("W1 含准备", "SciPy csgraph", took, took / (plain + order + short_cuts)))
    for name in PEERS:
        clock = peer(name, "nearest", network, shops)
        if clock is not None:
            rows.append(("W1 最近网点", name, clock["query"], clock["query"] / plain))
    if count <= 300_000:  # noqa: PLR2004 - beyond, the peers take hours
        ours = counts(hierarchy, shops)
        rows.append(("W2 范围内个数", "本引擎", ours, 1.0))
        clock = peer("pandana", "counts", network, shops)
        if clock is not None:
            rows.append(("W2 范围内个数", "pandana", clock["query"], clock["query"] / ours))
    return rows


def main() -> None:
    """Measure every size asked for, and print the ratios."""
    if "--peers" in sys.argv:
        make_peers()
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()] or [100_000, 1_000_000]
    out = Console(width=100)
    out.print(f"{platform.processor() or platform.machine()}，Python {platform.python_version()}")
    for nodes in sizes:
        table = Table(
            "工作", "引擎", "秒（中位数）", "是本引擎的几倍", title=f"{nodes:,}个节点，50种业态"
        )
        for workload, engine, seconds, ratio in measure(nodes):
            table.add_row(workload, engine, f"{seconds:.3f}", f"{ratio:.1f}")
        out.print(table)


if __name__ == "__main__":
    main()
