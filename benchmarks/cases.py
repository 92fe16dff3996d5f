"""Hold the streets that distances are measured on, the same for every engine.

Lengths are rounded to whole millimetres before anybody sees them, so that ours and a peer's answers
can be compared to the millimetre.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from benchmarks.made_up import make_network
from livingcircle._routing.hierarchy import Hierarchy
from livingcircle._routing.hierarchy import contract
from livingcircle._routing.hierarchy import order_nodes
from livingcircle._routing.links import Direct
from livingcircle._routing.links import Links
from livingcircle._routing.links import Places
from livingcircle._routing.streets import DoorLists
from livingcircle._routing.streets import Streets
from livingcircle.coordinates import LocalGrid
from livingcircle.io.osm import read_osm
from livingcircle.network import build_network
from livingcircle.tables import conform
from livingcircle.walkers import WALKERS

TRADES, SHARE, SAMPLE, SEED = 50, 100, 1000, 7
_TINY = 400
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Lengths = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Case:
    """Hold one street network with the outlets of every trade at some of its nodes.

    Attributes
    ----------
    name
        What it is, for the reader.
    xy, tail, head, millimetres
        Nodes, and streets both ways between them, no two between the same nodes.
    shops
        Nodes with an outlet of each trade, all trades alike many, shape (trades, outlets).
    sample
        Nodes at which answers are compared.
    """

    name: str
    xy: Floats
    tail: Ints
    head: Ints
    millimetres: Lengths
    shops: Ints
    sample: Ints

    @property
    def count(self) -> int:
        """Return the number of nodes."""
        return len(self.xy)

    @property
    def metres(self) -> Floats:
        """Return the lengths as peers want them."""
        return self.millimetres / 1000.0

    @cached_property
    def both(self) -> tuple[Ints, Ints, Lengths]:
        """Return tail, head and length of the streets in both directions."""
        return (
            np.concatenate([self.tail, self.head]),
            np.concatenate([self.head, self.tail]),
            np.tile(self.millimetres, 2),
        )


def made_up_case(nodes: int, trades: int = TRADES) -> Case:
    """Return a generated network of about so many nodes."""
    made = make_network(nodes)
    name = f"生成路网，{len(made.xy):,} 个节点"
    return case_of(name, made.xy, made.tail, made.head, made.metres, trades)


def street_case(path: Path, name: str, trades: int = TRADES) -> Case:
    """Return the walking streets of an OpenStreetMap extract."""
    streets = conform("streets", read_osm(path).streets)
    grid = LocalGrid.around(streets.geometry)
    made = build_network(streets, grid=grid, walker=WALKERS["standard"])
    name = f"{name}，{made.node_count:,} 个节点"
    return case_of(name, made.xy, made.tail, made.head, made.metres, trades)


def case_of(name: str, xy: Floats, tail: Ints, head: Ints, metres: Floats, trades: int) -> Case:
    """Keep the shortest of parallel streets and no loops: SciPy would add parallel ones up."""
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    order = np.lexsort((metres, high, low))
    low, high, metres = low[order], high[order], metres[order]
    first = np.ones(len(low), dtype=np.bool_)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    kept = first & (low != high)
    whole = np.maximum(np.round(metres[kept] * 1000), 1).astype(np.uint32)
    rng = np.random.default_rng(SEED)
    count = len(xy)
    each = max(1, count // SHARE)
    shops = np.stack([rng.choice(count, each, replace=False) for _ in range(trades)])
    sample = rng.choice(count, min(SAMPLE, count), replace=False)
    return Case(name, xy, low[kept], high[kept], whole, shops, sample)


def warm_up() -> None:
    """Load the machine code, so that nobody's first search pays for it."""
    prepare(made_up_case(_TINY), 1_000_000)


def prepare(case: Case, limit: int) -> Hierarchy:
    """Return the streets in order with short cuts, from the list of edges."""
    rank = order_nodes(case.xy, case.tail, case.head)
    return contract(rank, *case.both, limit)


def at_nodes(hierarchy: Hierarchy, doors: Ints, places: Ints) -> Streets:
    """Return streets whose doors and outlets stand on nodes: peers know no other places."""
    none = np.empty(0, dtype=np.int64)
    nothing = none.astype(np.uint32)

    def on(nodes: Ints) -> Links:
        return Links(np.arange(len(nodes)), nodes, np.zeros(len(nodes), dtype=np.uint32))

    return Streets(
        "metres", hierarchy, on(doors), on(places), Direct(none, none, nothing),
        Links(none, none, nothing), (len(doors), len(places)),
        DoorLists(hierarchy, on(doors), len(doors), Places(none, none, nothing, nothing, nothing)),
    )  # fmt: skip


def scipy_graph(case: Case) -> csr_array:
    """Return the streets as SciPy wants them."""
    tail, head, _ = case.both
    return csr_array((np.tile(case.metres, 2), (tail, head)), shape=(case.count, case.count))
