"""Run one named peer on one workload, in an environment of its own, and print seconds as JSON.

Called by ``benchmarks.distances``; the engine itself never imports a peer.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

LIMIT = 1000.0
Clock = dict[str, float]


def timed(clock: Clock, name: str, job: Callable[[], object]) -> object:
    """Return what a job returns, and note how long it took."""
    start = time.perf_counter()
    result = job()
    clock[name] = time.perf_counter() - start
    return result


def pandana(data: dict[str, np.ndarray], workload: str) -> Clock:
    """Run pandana: nearest of each trade, or counts within three radii."""
    import pandana as pdna
    import pandas as pd

    clock: Clock = {}
    xy, edges = data["xy"], pd.DataFrame({"m": data["metres"]})
    net = timed(clock, "build", lambda: pdna.Network(
        pd.Series(xy[:, 0]), pd.Series(xy[:, 1]), pd.Series(data["tail"]),
        pd.Series(data["head"]), edges, twoway=True))  # fmt: skip
    timed(clock, "prepare", lambda: net.precompute(LIMIT))
    if workload == "nearest":

        def job() -> None:
            for trade, nodes in enumerate(data["shops"]):
                name = f"t{trade}"
                net.set_pois(name, LIMIT, 1, pd.Series(xy[nodes, 0]), pd.Series(xy[nodes, 1]))
                net.nearest_pois(LIMIT, name, num_pois=1)
    else:

        def job() -> None:
            for trade, nodes in enumerate(data["shops"]):
                name = f"t{trade}"
                net.set(pd.Series(nodes), name=name)
                for radius in (300, 500, 1000):
                    net.aggregate(radius, type="count", decay="flat", name=name)

    timed(clock, "query", job)
    return clock


def igraph(data: dict[str, np.ndarray], workload: str) -> Clock:
    """Run igraph: a super-source for each trade."""
    import igraph as ig

    if workload != "nearest":
        raise SystemExit(3)
    clock: Clock = {}
    count, lanes = len(data["xy"]), len(data["shops"])
    ends = [*zip(data["tail"].tolist(), data["head"].tolist(), strict=True)]
    ends += [(count + t, int(n)) for t, nodes in enumerate(data["shops"]) for n in nodes]
    weights = [*data["metres"].tolist(), *([0.0] * (len(ends) - len(data["tail"])))]
    graph = timed(clock, "build", lambda: ig.Graph(count + lanes, ends))

    def job() -> None:
        for trade in range(lanes):
            graph.distances(source=[count + trade], weights=weights)

    timed(clock, "query", job)
    return clock


def networkit(data: dict[str, np.ndarray], workload: str) -> Clock:
    """Run networkit: multi-target Dijkstra from a super-source for each trade."""
    import networkit as nk

    if workload != "nearest":
        raise SystemExit(3)
    clock: Clock = {}
    count, lanes = len(data["xy"]), len(data["shops"])

    def build() -> object:
        graph = nk.Graph(count + lanes, weighted=True)
        for a, b, m in zip(
            data["tail"].tolist(), data["head"].tolist(), data["metres"].tolist(), strict=True
        ):
            graph.addEdge(a, b, m)
        for trade, nodes in enumerate(data["shops"]):
            for node in nodes.tolist():
                graph.addEdge(count + trade, node, 1e-6)
        return graph

    graph = timed(clock, "build", build)

    def job() -> None:
        for trade in range(lanes):
            nk.distance.Dijkstra(graph, count + trade, False, False).run()

    timed(clock, "query", job)
    return clock


def main() -> None:
    """Read the workload, run the peer, print its clock."""
    peer, workload, path = sys.argv[1:]
    table = np.load(Path(path), allow_pickle=False)
    data = {name: table[name] for name in table.files}
    clock = {"pandana": pandana, "igraph": igraph, "networkit": networkit}[peer](data, workload)
    sys.stdout.write(json.dumps(clock) + "\n")


if __name__ == "__main__":
    main()
