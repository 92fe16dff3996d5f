"""Print how fast isochrones are drawn and how true they are, beside the usual recipes.

``python -m benchmarks.isochrones [NODES]`` measures W3: polygons of 5, 10 and 15 minutes (300, 600
and 900 m) around 1,000 points on a made-up street-like network. Truth is the exact union of
buffered partial edges; the slow engines draw fewer origins, and their seconds are scaled up.
"""

import platform
import sys
import time
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from rich.console import Console
from rich.table import Table
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.made_up import GRID
from benchmarks.made_up import draw_streets
from benchmarks.made_up import make_network
from livingcircle.attachment import attach
from livingcircle.isochrones import MARGIN_METRES
from livingcircle.isochrones import isochrones_on
from livingcircle.network import Network
from livingcircle.network import build_network
from livingcircle.walkers import WALKERS

NODES, ORIGINS, SLOW_ORIGINS = 70_000, 1000, 60
MINUTES = (5, 10, 15)
WORKLOAD = "W3 步行范围"
Shapes = npt.NDArray[np.object_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Row:
    """Hold one measurement: 1,000 origins × 3 limits by one engine."""

    workload: str
    engine: str
    seconds: float
    ms_per_origin: float
    iou: float


@dataclass(frozen=True)
class Recipe:
    """Hold what the recipes from nodes need: a graph, its streets, and a node for each origin."""

    graph: csr_array
    network: Network
    nodes: Ints

    def reached(self, origin: int) -> list[Ints]:
        """Return the nodes within each limit of one origin."""
        most = max(MINUTES) * self.network.walker.metres_per_minute
        far = dijkstra(self.graph, indices=self.nodes[origin], limit=most)
        limits = [minutes * self.network.walker.metres_per_minute for minutes in MINUTES]
        return [np.flatnonzero(far <= limit) for limit in limits]

    def hulls(self, origin: int) -> list[shapely.Geometry]:
        """Return the convex hulls of the nodes within each limit."""
        xy = self.network.xy
        return [shapely.convex_hull(shapely.multipoints(xy[some])) for some in self.reached(origin)]

    def buffers(self, origin: int) -> list[shapely.Geometry]:
        """Return buffers of the streets whose both ends are within each limit, holes filled.

        This is the recipe of the OSMnx gallery (edge buffer 25 m, no node buffer, infilled), with
        SciPy's search instead of NetworkX's.
        """
        drawn = []
        for some in self.reached(origin):
            inside = np.zeros(self.network.node_count, dtype=np.bool_)
            inside[some] = True
            both = inside[self.network.tail] & inside[self.network.head]
            lines = np.concatenate(
                [self.network.lines[both], shapely.points(self.network.xy[some])]
            )
            whole = shapely.union_all(shapely.buffer(lines, MARGIN_METRES))
            rings = [part.exterior for part in shapely.get_parts(whole)]
            drawn.append(shapely.union_all(shapely.polygons(rings)))
        return drawn


def measure(nodes: int = NODES, origins: int = ORIGINS) -> list[Row]:
    """Return one row an engine: seconds for all origins, and IoU against exact buffers."""
    made = make_network(nodes)
    network = build_network(draw_streets(made), grid=GRID, walker=WALKERS["standard"])
    rng = np.random.default_rng(7)
    xy = rng.uniform(network.xy.min(axis=0), network.xy.max(axis=0), (origins, 2))
    places = np.asarray(shapely.points(xy), dtype=object)
    points = gpd.GeoSeries(GRID.unproject(places), crs="EPSG:4326")
    some = min(SLOW_ORIGINS, origins)
    recipe = _recipe(network, places[:some])

    def ours(count: int, *, exact: bool) -> Shapes:
        drawn = isochrones_on(network, points.iloc[:count], limits=MINUTES, exact=exact)
        return np.asarray(drawn.geometry.to_numpy(), dtype=object)

    def plane(drawn: Shapes) -> Shapes:
        return np.asarray(network.grid.project(drawn[: len(MINUTES) * some]), dtype=object)

    def each(draw: Callable[[int], Sequence[shapely.Geometry]]) -> Shapes:
        return np.array([shape for origin in range(some) for shape in draw(origin)], dtype=object)

    ours(min(4, origins), exact=False)  # machine code is made on first use
    drawn, took = _timed(lambda: ours(some, exact=True))
    truth = plane(drawn)
    rows = [_row("本引擎，逐条街精确合并", took / some, truth, truth, origins)]
    fast, took = _timed(lambda: ours(origins, exact=False))
    rows.insert(0, _row("本引擎，栅格等值线", took / origins, plane(fast), truth, origins))
    for name, draw in (("凸包", recipe.hulls), ("OSMnx 式缓冲", recipe.buffers)):
        drawn, took = _timed(lambda draw=draw: each(draw))
        rows.append(_row(name, took / some, drawn, truth, origins))
    return rows


def _recipe(network: Network, places: Shapes) -> Recipe:
    """Return the streets as the recipes know them, every origin snapped to its nearest node."""
    ends = attach(network, places, np.arange(len(places)), residents=False)
    segment = np.maximum(ends.segment, 0)
    nearer_tail = ends.along < network.metres[segment] / 2
    nodes = np.where(nearer_tail, network.tail[segment], network.head[segment])
    both = (
        np.concatenate([network.tail, network.head]),
        np.concatenate([network.head, network.tail]),
    )
    shape = network.node_count, network.node_count
    return Recipe(csr_array((np.tile(network.metres, 2), both), shape=shape), network, nodes)


def _timed(job: Callable[[], Shapes]) -> tuple[Shapes, float]:
    """Return what a job returns, and its seconds."""
    start = time.perf_counter()
    found = job()
    return found, time.perf_counter() - start


def _row(engine: str, seconds: float, drawn: Shapes, truth: Shapes, origins: int) -> Row:
    """Return a measurement of seconds per origin."""
    mine, theirs = drawn[: len(truth)], truth[: len(drawn)]
    known = ~shapely.is_missing(theirs) & ~shapely.is_missing(mine)
    common = shapely.area(shapely.intersection(mine[known], theirs[known]))
    whole = shapely.area(shapely.union(mine[known], theirs[known]))
    iou = float(np.mean(common[whole > 0] / whole[whole > 0]))
    return Row(WORKLOAD, engine, seconds * origins, seconds * 1000, iou)


def main() -> None:
    """Measure and print the table."""
    nodes = next((int(word) for word in sys.argv[1:] if word.isdigit()), NODES)
    out = Console(width=100)
    out.print(f"{platform.processor() or platform.machine()}，Python {platform.python_version()}")
    title = f"{nodes:,}个节点，{ORIGINS:,}个起点 × {len(MINUTES)}个时限"
    table = Table("工作", "引擎", "秒", "毫秒/起点", "与精确图形的重合度 IoU", title=title)
    for row in measure(nodes):
        table.add_row(
            row.workload, row.engine, f"{row.seconds:.2f}",
            f"{row.ms_per_origin:.2f}", f"{row.iou:.3f}",
        )  # fmt: skip
    out.print(table)


if __name__ == "__main__":
    main()
