"""Build the walking network of one district for one walker at one hour.

The network knows segments between junctions, what each costs in metres and minutes, where gates
stop people, which parts only residents may use, and which parts are islands joined to nothing.
Doors and outlets are attached to it in :mod:`livingcircle.attachment`.
"""

from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.csgraph import dijkstra

from livingcircle._streets import costs
from livingcircle._streets.gates import MINOR
from livingcircle._streets.gates import REPAIR_COLUMNS
from livingcircle._streets.gates import GatePlan
from livingcircle._streets.gates import plan_gates
from livingcircle._streets.topology import build_topology
from livingcircle.coordinates import LocalGrid
from livingcircle.walkers import Walker

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# A piece of street shorter than the longest service radius cannot serve anyone by itself.
ISLAND_METRES = 1000.0
GAP_METRES = 1.0
# A part with this share of all streets stands by itself: a river may part a city for real.
OWN_SHARE = 0.1
# Paths and service lanes say less about where the public streets are than streets do.
MINOR_WEIGHT = 0.1


_ARRAYS = ["tail", "head", "metres", "pace", "wait_tail", "wait_head", "forward", "backward"]
_ARRAYS += ["resident_only", "xy", "island", "gated", "raised", "exits"]


@dataclass(frozen=True)
class Network:
    """Hold the segments a walker may use and what they cost.

    Attributes
    ----------
    lines
        Segment geometry in metres on ``grid``, shape (segments,).
    tail, head
        Node numbers, shape (segments,); nodes 0 … ``node_count`` − 1.
    metres
        Length on the ground, shape (segments,).
    pace
        Minutes per metre along the segment, mid-block crossings included, shape (segments,).
    wait_tail, wait_head
        Minutes charged at each end: half of that junction's delay, shape (segments,).
    forward, backward
        Whether the walker may pass from tail to head, and back, shape (segments,).
    resident_only
        Whether only residents may use it, shape (segments,).
    name
        Street name or kind, shape (segments,).
    component
        Component number of each segment, main component first, shape (segments,).
    island
        Whether the segment is quarantined, shape (segments,).
    gated
        Whether it lies behind residents' gates, shape (segments,).
    raised
        Whether it is a bridge or a tunnel, off the ground that buildings open onto, shape
        (segments,).
    apart
        Whether it hangs on no other street, though it is too long to be an island: most likely a
        join is missing, shape (segments,).
    shut_in
        Whether no walk leads from it to the main streets: it is apart, or behind a gate that is
        closed to all, shape (segments,).
    exits
        Arcs (inner node, outer node) that residents may take out of their compound, shape (n, 2).
    passes
        Gates inside open compounds: (node, node, compound name, gate id).
    repairs
        What a person should look at: islands, gaps, unknown gates.
    """

    grid: LocalGrid
    walker: Walker
    lines: npt.NDArray[np.object_]
    tail: Ints
    head: Ints
    metres: Floats
    pace: Floats
    wait_tail: Floats
    wait_head: Floats
    forward: Bools
    backward: Bools
    resident_only: Bools
    name: npt.NDArray[np.object_]
    xy: Floats
    component: Ints
    island: Bools
    gated: Bools
    raised: Bools
    apart: Bools
    shut_in: Bools
    exits: Ints
    passes: tuple[tuple[int, int, str, str], ...]
    barriers: npt.NDArray[np.object_]
    repairs: pd.DataFrame

    @cached_property
    def parts(self) -> tuple[npt.NDArray[np.generic] | float | str, ...]:
        """Return the numbers that everything laid on the network depends on."""
        lines, walls = (shapely.get_coordinates(some) for some in (self.lines, self.barriers))
        sizes = shapely.get_num_coordinates(self.lines), shapely.get_num_coordinates(self.barriers)
        arrays = (getattr(self, name) for name in _ARRAYS)
        passes = [f"{a} {b} {compound}" for a, b, compound, _ in self.passes]
        walker, grid = self.walker, self.grid
        speeds = walker.metres_per_minute, walker.steps_factor, grid.lon0, grid.lat0
        return (*arrays, lines, walls, *sizes, "\n".join(passes), *speeds)

    @cached_property
    def walkable(self) -> tuple[Ints, shapely.STRtree]:
        """Return the segments that are no islands, and where they are."""
        usable = np.flatnonzero(~self.island)
        return usable, shapely.STRtree(self.lines[usable])

    @property
    def node_count(self) -> int:
        """Return the number of nodes."""
        return len(self.xy)

    def summary(self) -> dict[str, float | int | str]:
        """Return the figures a reader wants first: length, pieces, share on the main one."""
        total = float(self.metres.sum())
        main = float(self.metres[self.component == 0].sum())
        return {
            "walker": self.walker.describe(),
            "kilometres": round(total / 1000, 1),
            "segments": len(self.lines),
            "components": int(self.component.max()) + 1 if len(self.component) else 0,
            "main_share": round(main / total, 4) if total else 0.0,
            "island_kilometres": round(float(self.metres[self.island].sum()) / 1000, 2),
        }


def build_network(
    streets: gpd.GeoDataFrame,
    *,
    grid: LocalGrid,
    walker: Walker,
    junctions: gpd.GeoDataFrame | None = None,
    gates: gpd.GeoDataFrame | None = None,
    barriers: gpd.GeoDataFrame | None = None,
    at: str = "10:00",
) -> Network:
    """Return the walking network of a street table.

    Parameters
    ----------
    streets
        Street table in longitude and latitude; see the ``streets`` table.
    grid
        The district's metre grid.
    walker
        Who walks; decides on stairs and minutes.
    junctions
        Crossings, signals and lifts at street nodes, indexed by node number.
    gates, barriers
        Gates with class and hours; lines or areas nobody steps across off the street.
    at
        Hour for which gates are judged, ``"HH:MM"``.

    Raises
    ------
    NetworkError
        If no street can be walked at all.
    """
    usable = costs.walkable(streets, walker)
    streets = streets[usable]
    topology = build_topology(streets, np.asarray(grid.project(streets.geometry.to_numpy())))
    places = _places(gates, grid)
    plan = plan_gates(topology, streets, gates, places, at=at)
    metres, pace = costs.costs(plan.topology, streets, walker)
    wait = costs.waits(plan.topology, junctions, walker)
    row = plan.topology.row
    oneway = streets["oneway"].fillna(0).to_numpy(dtype=np.int64)[row]
    network = Network(
        grid=grid,
        walker=walker,
        lines=plan.topology.lines,
        tail=plan.topology.tail,
        head=plan.topology.head,
        metres=metres,
        pace=pace,
        wait_tail=wait[plan.topology.tail],
        wait_head=wait[plan.topology.head],
        forward=oneway >= 0,
        backward=oneway <= 0,
        resident_only=plan.resident_only,
        name=costs.names(streets)[row],
        xy=plan.topology.xy,
        component=np.zeros(len(row), dtype=np.int64),
        island=np.zeros(len(row), dtype=np.bool_),
        gated=np.zeros(len(row), dtype=np.bool_),
        raised=(streets["structure"].fillna("") != "").to_numpy(dtype=np.bool_)[row],
        apart=np.zeros(len(row), dtype=np.bool_),
        shut_in=np.zeros(len(row), dtype=np.bool_),
        exits=np.empty((0, 2), dtype=np.int64),
        passes=(),
        barriers=_barrier_lines(barriers, grid),
        repairs=plan.repairs,
    )
    minor = streets["highway"].isin(MINOR).to_numpy(dtype=np.bool_)[row]
    return _sort_out_components(network, plan, metres * np.where(minor, MINOR_WEIGHT, 1.0))


def _places(gates: gpd.GeoDataFrame | None, grid: LocalGrid) -> npt.NDArray[np.object_]:
    """Return gate points in metres."""
    if gates is None or len(gates) == 0:
        return np.empty(0, dtype=object)
    return np.asarray(grid.project(gates.geometry.to_numpy()), dtype=object)


def _barrier_lines(barriers: gpd.GeoDataFrame | None, grid: LocalGrid) -> npt.NDArray[np.object_]:
    """Return barrier geometry in metres."""
    if barriers is None or len(barriers) == 0:
        return np.empty(0, dtype=object)
    return np.asarray(grid.project(barriers.geometry.to_numpy()), dtype=object)


def _sort_out_components(network: Network, plan: GatePlan, public: Floats) -> Network:
    """Rank the components, open compounds towards the street, quarantine islands.

    ``public`` is each segment's length as far as it counts as public street.
    """
    part = _node_components(network)
    part = _ranked(part, network, public)
    depth = _depths(plan, part)
    exits, passes = _compound_ways(plan, part, depth)
    # What a gate has shut in is no mapping error: with all gates open it hangs on the street.
    group = _groups(part, [(a, b) for a, b, *_ in plan.links] + plan.shut_pairs)
    component = part[network.tail]
    metres = np.bincount(group[component], weights=network.metres)
    total = float(metres.sum())
    small = metres < ISLAND_METRES
    lost = metres < OWN_SHARE * total
    small[group[0]] = lost[group[0]] = False
    network = replace(
        network,
        component=component,
        island=small[group][component],
        gated=(depth > 0)[component],
        apart=lost[group][component] & ~small[group][component],
        shut_in=~_leads_out(group, lost, part[exits[:, 0]])[component],
        exits=exits,
        passes=passes,
    )
    repairs = [plan.repairs, _nameless_passes(network), _detached(network)]
    return replace(network, repairs=pd.concat(repairs))


def _leads_out(group: Ints, lost: Bools, behind_gates: Ints) -> Bools:
    """Return which components are main streets of their own or lead to them through gates.

    ``lost`` are groups too small to stand by themselves, ``behind_gates`` the components that
    residents can leave.
    """
    # Components are numbered by public street, so the first of each group is its main one.
    _, roots = np.unique(group, return_index=True)
    fine = np.zeros(len(group), dtype=np.bool_)
    fine[roots] = True
    fine[behind_gates] = True
    return fine & ~lost[group]


def _ranked(part: Ints, network: Network, public: Floats) -> Ints:
    """Return components numbered by their public streets, the main one first."""
    count = int(part.max()) + 1
    length = np.bincount(part[network.tail], weights=public, minlength=count)
    rank = np.empty(count, dtype=np.int64)
    rank[np.lexsort((np.arange(count), -length))] = np.arange(count)
    return rank[part]


def _groups(part: Ints, pairs: list[tuple[int, int]]) -> Ints:
    """Return the group of each component when the given pairs of nodes are joined."""
    count = int(part.max()) + 1
    ends = part[np.array(pairs, dtype=np.int64).reshape(-1, 2)]
    linked = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count))
    return np.asarray(connected_components(linked.tocsr(), directed=False)[1], dtype=np.int64)


def _nameless_passes(network: Network) -> pd.DataFrame:
    """Return one repair row for each residents' gate that nobody can be let through.

    It lies in an open compound, so only the doors that name the compound could use it.
    """
    rows = []
    for node, _, compound, gate in network.passes:
        if not compound:
            lon, lat = network.grid.unproject_xy(*network.xy[node])
            rows.append(
                {
                    "kind": "gate_compound",
                    "place": gate,
                    "lon": round(float(lon), 6),
                    "lat": round(float(lat), 6),
                    "length_m": np.nan,
                    "sentence": f"居民专用门“{gate}”没有写属于哪个小区，"
                    "谁也没有从这里通过；补上小区名称",
                }
            )
    return pd.DataFrame(rows, columns=REPAIR_COLUMNS)


def _node_components(network: Network) -> Ints:
    """Return the component of each node, directions ignored."""
    ones = np.ones(len(network.tail))
    count = network.node_count
    graph = coo_array((ones, (network.tail, network.head)), shape=(count, count))
    _, labels = connected_components(graph.tocsr(), directed=False)
    return np.asarray(labels, dtype=np.int64)


def _compound_ways(
    plan: GatePlan, part: Ints, depth: Ints
) -> tuple[Ints, tuple[tuple[int, int, str, str], ...]]:
    """Tell gates that close a compound off from gates inside an open one.

    A compound behind residents' gates only is a component of its own; its residents may walk out
    towards the bigger part and strangers may not walk in. A gate whose two sides hang together
    another way is a short cut for the residents of the compound it names.
    """
    exits = []
    passes = []
    for a, b, compound, gate in plan.links:
        if part[a] == part[b]:
            passes.append((a, b, compound, gate))
        elif depth[part[a]] > depth[part[b]]:
            exits.append((a, b))
        elif depth[part[a]] < depth[part[b]]:
            exits.append((b, a))
    return np.array(exits, dtype=np.int64).reshape(-1, 2), tuple(passes)


def _depths(plan: GatePlan, part: Ints) -> Ints:
    """Return how many residents' gates lie between each component and the open streets.

    Of the components that gates link together, the one with most public street is the open one:
    a campus may have more paths than the town around it has streets.
    """
    count = int(part.max()) + 1
    ends = part[np.array([link[:2] for link in plan.links], dtype=np.int64).reshape(-1, 2)]
    shape = (count, count)
    linked = coo_array((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=shape).tocsr()
    _, group = connected_components(linked, directed=False)
    # Components are numbered by public street, so the first of each group has most of it.
    _, roots = np.unique(group, return_index=True)
    steps = dijkstra(linked, directed=False, unweighted=True, indices=roots, min_only=True)
    return np.asarray(steps, dtype=np.int64)


def _detached(network: Network) -> pd.DataFrame:
    """Return one repair row for each component that does not lead to the main streets."""
    rows = []
    loose = network.island | network.apart
    main = shapely.STRtree(network.lines[~loose])
    for number in np.unique(network.component[loose]):
        here = network.component == number
        whole = shapely.union_all(network.lines[here])
        if whole.is_empty:  # two nodes at one spot
            whole = shapely.get_point(network.lines[here][0], 0)
        _, gap = main.query_nearest(whole, return_distance=True, all_matches=False)
        place = network.grid.unproject(np.array([shapely.centroid(whole)]))[0]
        near = float(gap[0]) if len(gap) else np.nan
        length = float(network.metres[here].sum())
        island = bool(network.island[here].any())
        outcome = "已隔离，不用于计算" if island else "那里的楼门按未核实处理"
        kind = "gap" if near <= GAP_METRES else "island" if island else "apart"
        rows.append(
            {
                "kind": kind,
                "place": str(network.name[here][0]),
                "lon": round(place.x, 6),
                "lat": round(place.y, 6),
                "length_m": round(length, 1),
                "sentence": f"一段{length:.0f}米的路与路网不相连，最近处相距{near:.1f}米，"
                f"{outcome}；补上连接后重新运行",
            }
        )
    return pd.DataFrame(rows, columns=REPAIR_COLUMNS)
