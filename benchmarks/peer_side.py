"""Run one named peer on one workload, in an environment of its own.

Called by ``benchmarks.peers``. Each stage is told as a line of JSON when it ends, so that whoever
stops the peer knows how far it came; what it found at the sample is written to a file.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

LIMIT = 1000.0
CHUNK = 50
Given = dict[str, np.ndarray]
NOT_POSSIBLE = "没有这项功能，或只能逐点算"


def stage(name: str, job: Callable[[], object]) -> object:
    """Return what a job returns, and tell when it began and how long it took."""
    tell(stage=name, begun=time.time())
    start = time.perf_counter()
    result = job()
    tell(**{name: time.perf_counter() - start})
    return result


def tell(**what: float | str) -> None:
    """Say something to whoever started this."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def with_sources(given: Given, workload: str) -> tuple[np.ndarray, np.ndarray]:
    """Return arcs both ways and their metres; for the nearest, with a source before each trade.

    Arcs from the sources lead one way: otherwise ways would pass through the sources.
    """
    count, (lanes, each) = len(given["xy"]), given["shops"].shape
    ends = [np.stack([given["tail"], given["head"]]), np.stack([given["head"], given["tail"]])]
    metres = np.tile(given["metres"], 2)
    if workload == "nearest":
        ends.append(np.stack([np.repeat(np.arange(lanes), each) + count, given["shops"].ravel()]))
        metres = np.concatenate([metres, np.zeros(lanes * each)])
    return np.concatenate(ends, axis=1), metres


def pandana(given: Given, workload: str) -> np.ndarray:
    """Run pandana on any workload."""
    import pandana as pdna
    import pandas as pd

    xy, edges = given["xy"], pd.DataFrame({"m": given["metres"]})
    net = stage("build", lambda: pdna.Network(
        pd.Series(xy[:, 0]), pd.Series(xy[:, 1]), pd.Series(given["tail"]),
        pd.Series(given["head"]), edges, twoway=True))  # fmt: skip
    stage("prepare", lambda: net.precompute(LIMIT))

    def nearest() -> np.ndarray:
        found = []
        for trade, nodes in enumerate(given["shops"]):
            name = f"t{trade}"
            net.set_pois(name, LIMIT, 1, pd.Series(xy[nodes, 0]), pd.Series(xy[nodes, 1]))
            found.append(net.nearest_pois(LIMIT, name, num_pois=1)[1])
        return np.stack([near.to_numpy()[given["sample"]] for near in found], axis=1)

    def counts() -> np.ndarray:
        found = []
        for trade, nodes in enumerate(given["shops"]):
            name = f"t{trade}"
            net.set(pd.Series(nodes), name=name)
            found.append([
                net.aggregate(int(radius), type="count", decay="flat", name=name)
                for radius in given["radii"]
            ])  # fmt: skip
        table = [[one.to_numpy()[given["sample"]] for one in trade] for trade in found]
        return np.array(table).transpose(1, 2, 0)

    def covering() -> np.ndarray:
        near = net.nodes_in_range(given["candidates"], LIMIT)
        near = near[near["destination"].isin(given["doors"])]
        return np.stack([near["source"], near["destination"], near["m"]], axis=1)

    return stage("query", {"nearest": nearest, "counts": counts, "covering": covering}[workload])


def igraph(given: Given, workload: str) -> np.ndarray:
    """Run igraph: a super-source for each trade, or from every candidate to all doors."""
    import igraph as ig

    if workload == "counts":
        raise SystemExit(NOT_POSSIBLE)
    ends, metres = with_sources(given, workload)
    count, lanes = len(given["xy"]), len(given["shops"])
    weights = metres.tolist()
    graph = stage("build", lambda: ig.Graph(count + lanes, ends.T.tolist(), directed=True))

    def nearest() -> np.ndarray:
        found = []
        for lane in range(lanes):
            (far,) = graph.distances(source=[count + lane], weights=weights)
            found.append(np.array(far)[given["sample"]])
        return np.stack(found, axis=1)

    def covering() -> np.ndarray:
        found = []
        doors = given["doors"].tolist()
        for begin in range(0, len(given["candidates"]), CHUNK):
            some = given["candidates"][begin : begin + CHUNK]
            far = np.array(graph.distances(source=some.tolist(), target=doors, weights=weights))
            row, column = np.nonzero(far <= LIMIT)
            found.append(np.stack([some[row], given["doors"][column], far[row, column]], axis=1))
        return np.concatenate(found)

    return stage("query", {"nearest": nearest, "covering": covering}[workload])


def networkit(given: Given, workload: str) -> np.ndarray:
    """Run networkit: Dijkstra from a super-source for each trade, its arcs one-way."""
    import networkit as nk

    if workload != "nearest":
        raise SystemExit(NOT_POSSIBLE)
    count, lanes = len(given["xy"]), len(given["shops"])

    def build() -> object:
        ends, metres = with_sources(given, workload)
        return nk.GraphFromCoo((metres, tuple(ends)), n=count + lanes, weighted=True, directed=True)

    graph = stage("build", build)

    def nearest() -> np.ndarray:
        found = []
        for lane in range(lanes):
            search = nk.distance.Dijkstra(graph, count + lane, False, False)
            search.run()
            found.append(np.array(search.getDistances())[given["sample"]])
        return np.stack(found, axis=1)

    return stage("query", nearest)


def bent_lines(start: np.ndarray, stop: np.ndarray, metres: np.ndarray) -> np.ndarray:
    """Return lines of given lengths between points, bent in the middle: some measure lines."""
    import shapely

    way = stop - start
    straight = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)
    aside = np.sqrt(np.maximum((metres / 2) ** 2 - (straight / 2) ** 2, 0.0))
    across = np.stack([-way[:, 1], way[:, 0]], axis=1) / straight[:, None]
    middle = (start + stop) / 2 + across * aside[:, None]
    return shapely.linestrings(np.stack([start, middle, stop], axis=1))


def cityseer(given: Given, workload: str) -> np.ndarray:
    """Run cityseer, which counts and finds the nearest in one go."""
    import geopandas as gpd
    import pandas as pd
    import shapely
    from cityseer import config
    from cityseer.metrics import layers
    from cityseer.rustalgos import graph

    if workload == "covering":
        raise SystemExit(NOT_POSSIBLE)
    config.QUIET_MODE = True
    xy, crs = given["xy"], "EPSG:32650"
    keys = [str(node) for node in range(len(xy))]

    def build() -> tuple[object, object]:
        net = graph.NetworkStructure()
        places = [
            net.add_street_node(k, x, y, True, 1.0)
            for k, (x, y) in zip(keys, xy.tolist(), strict=True)
        ]
        line = bent_lines(xy[given["tail"]], xy[given["head"]], given["metres"])
        there, here = (
            shapely.to_wkt(one, rounding_precision=9) for one in (line, shapely.reverse(line))
        )
        ends = zip(given["tail"].tolist(), given["head"].tolist(), there, here, strict=True)
        for a, b, ahead, back in ends:
            net.add_street_edge(places[a], places[b], 0, keys[a], keys[b], ahead, 1.0)
            net.add_street_edge(places[b], places[a], 0, keys[b], keys[a], back, 1.0)
        net.validate()
        net.build_edge_rtree()
        columns = {"ns_node_idx": places, "x": xy[:, 0], "y": xy[:, 1], "live": True, "weight": 1.0}
        nodes = gpd.GeoDataFrame(
            pd.DataFrame(columns, index=keys), geometry=shapely.points(xy), crs=crs
        )
        return net, nodes

    net, nodes = stage("build", build)
    names = [f"t{trade}" for trade in range(len(given["shops"]))]
    data = gpd.GeoDataFrame(
        {"trade": np.repeat(names, given["shops"].shape[1])},
        geometry=shapely.points(xy[given["shops"].ravel()]),
        crs=crs,
    )
    radii = [int(LIMIT)] if workload == "nearest" else given["radii"].tolist()

    def query() -> np.ndarray:
        found = layers.compute_accessibilities(
            data, "trade", names, nodes, net, distances=radii, max_netw_assign_dist=1
        )
        rows = found.iloc[given["sample"]]
        if workload == "nearest":
            wanted = [f"cc_{name}_nearest_max_{radii[0]}" for name in names]
            return rows[wanted].fillna(np.inf).to_numpy()
        wanted = [[f"cc_{name}_{radius}_nw" for name in names] for radius in radii]
        return np.stack([rows[some].to_numpy() for some in wanted])

    return stage("query", query)


def spopt(given: Given, workload: str) -> np.ndarray:
    """Run spopt: its covering models with one of PuLP's solvers, or a method for regions."""
    import pulp
    from spopt.locate import LSCP
    from spopt.locate import MCLP

    asked, _, solver = workload.partition(" ")
    if asked not in {"most", "all"}:
        return _regions(given, workload)
    start, rows, weight = given["start"], given["rows"], given["weight"]
    far = np.full((len(weight), len(start) - 1), 2.0)
    far[rows, np.repeat(np.arange(len(start) - 1), np.diff(start))] = 1.0
    if asked == "most":
        count = int(given["count"])
        model = stage("build", lambda: MCLP.from_cost_matrix(far, weight, 1.0, count))
    else:
        model = stage("build", lambda: LSCP.from_cost_matrix(far, 1.0))
    tool = pulp.HiGHS(msg=False) if solver == "HiGHS" else pulp.PULP_CBC_CMD(msg=False)
    stage("query", lambda: model.solve(tool))
    return np.array([round(one.value()) == 1 for one in model.fac_vars])


def _regions(given: Given, workload: str) -> np.ndarray:
    """Run a method of spopt that makes regions: max-p, SKATER, or region k-means."""
    import geopandas as gpd
    import shapely
    from libpysal.weights import W
    from spopt.region import MaxPHeuristic
    from spopt.region import RegionKMeansHeuristic
    from spopt.region import Skater

    count, circles = len(given["ids"]), int(given["circles"])
    np.random.seed(0)  # noqa: NPY002 - what spopt draws from

    def build() -> object:
        beside: dict[int, list[int]] = {n: [] for n in range(count)}
        for a, b in zip(given["a"].tolist(), given["b"].tolist(), strict=True):
            beside[a].append(b)
        columns = {"x": given["xy"][:, 0], "y": given["xy"][:, 1], "people": given["people"]}
        table = gpd.GeoDataFrame(columns, geometry=shapely.points(given["xy"]))
        return W(beside, silence_warnings=True), table

    weights, table = stage("build", build)

    def query() -> np.ndarray:
        if workload == "maxp":
            model = MaxPHeuristic(table, weights, ["x", "y"], "people", float(given["floor"]), 2,
                                  max_iterations_construction=10)  # fmt: skip
        elif workload == "skater":
            model = Skater(table, weights, ["x", "y"], n_clusters=circles)
        else:
            model = RegionKMeansHeuristic(given["xy"], circles, weights)
        model.solve()
        return np.asarray(model.labels_, dtype=np.int64)

    return stage("query", query)


PEERS = {
    "pandana": pandana,
    "igraph": igraph,
    "networkit": networkit,
    "cityseer": cityseer,
    "spopt": spopt,
}


def main() -> None:
    """Read the workload, run the peer, write what it found."""
    peer, workload, path, out = sys.argv[1:]
    table = np.load(Path(path), allow_pickle=False)
    given = {name: table[name] for name in table.files}
    np.save(out, PEERS[peer](given, workload))
    held = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    tell(megabytes=int(held["VmHWM"].split()[0]) / 1024)


if __name__ == "__main__":
    main()
