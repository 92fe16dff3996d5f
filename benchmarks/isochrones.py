"""Measure W3: how fast isochrones are drawn and how true they are, beside the usual recipes.

Polygons of 5, 10 and 15 minutes (300, 600 and 900 m) around 1,000 points on a made-up street-like
network. Truth is the exact union of
buffered partial edges; the slow engines draw fewer origins, and their seconds are scaled up.
"""

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.made_up import GRID
from benchmarks.made_up import draw_streets
from benchmarks.made_up import make_network
from benchmarks.rows import OURS
from benchmarks.rows import Row
from benchmarks.rows import peak_megabytes
from benchmarks.rows import timed
from livingcircle._routing.hierarchy import THREADS
from livingcircle.attachment import attach
from livingcircle.isochrones import MARGIN_METRES
from livingcircle.isochrones import isochrones_on
from livingcircle.network import Network
from livingcircle.network import build_network
from livingcircle.walkers import WALKERS

SLOW_ORIGINS = 60
MINUTES = (5, 10, 15)
WORKLOAD = "W3 步行范围"
Shapes = npt.NDArray[np.object_]
Ints = npt.NDArray[np.int64]


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


def measure(nodes: int, origins: int) -> list[Row]:
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
    fast, took = timed(lambda: ours(origins, exact=False))
    memory = peak_megabytes()
    drawn, slow = timed(lambda: ours(some, exact=True))
    truth = plane(drawn)
    names = f"生成路网，{network.node_count:,} 个节点", origins
    rows = [
        _row(f"{OURS}，栅格等值线", took / origins, (plane(fast), truth), names),
        _row(f"{OURS}，逐条街精确合并", slow / some, (truth, truth), names),
    ]
    rows[0] = replace(rows[0], megabytes=memory)
    for name, draw in (("凸包", recipe.hulls), ("OSMnx 式缓冲", recipe.buffers)):
        drawn, took = timed(lambda draw=draw: each(draw))
        rows.append(replace(_row(name, took / some, (drawn, truth), names), threads=1))
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


def _row(engine: str, seconds: float, shapes: tuple[Shapes, Shapes], names: tuple[str, int]) -> Row:
    """Return the row of an engine from its seconds per origin, its shapes and the true ones."""
    drawn, truth = shapes
    network, origins = names
    mine, theirs = drawn[: len(truth)], truth[: len(drawn)]
    known = ~shapely.is_missing(theirs) & ~shapely.is_missing(mine)
    common = shapely.area(shapely.intersection(mine[known], theirs[known]))
    whole = shapely.area(shapely.union(mine[known], theirs[known]))
    iou = float(np.mean(common[whole > 0] / whole[whole > 0]))
    note = f"{seconds * 1000:.2f} 毫秒/起点，重合度 {iou:.3f}"
    name = f"{WORKLOAD}（{origins:,} 个起点 × {len(MINUTES)} 个时限）"
    return Row(name, network, engine, THREADS, seconds * origins, note=note)
