"""Say how large each workload is, in a full run and in a quick one, and who gets how long."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path

from benchmarks.peers import EVERYONE
from benchmarks.peers import Answer

SAMPLE = Path(__file__).parents[1] / "src" / "livingcircle" / "sample" / "streets.osm.pbf"
# Beyond so many nodes a peer takes longer than anybody waits for.
MOST_NODES = {
    "pandana": 1_100_000,
    "networkit": 1_100_000,
    "igraph": 1_100_000,
    "cityseer": 310_000,
}
# Peers that search streets; spopt makes regions and is asked by ``benchmarks.circles`` alone.
SEARCHING = tuple(MOST_NODES)


@dataclass(frozen=True)
class Plan:
    """Hold the sizes of a run.

    Attributes
    ----------
    nearest, counts
        Nodes of each generated network of W1 and of W2.
    isochrones
        Nodes and origins of W3.
    covering
        Nodes, candidates and doors of W4.
    siting
        Names of the questions of W5.
    circles
        Communities of each made-up district that is divided into circles.
    whole
        Doors and outlets of the made-up district; edits are made to it as well.
    cities
        Districts, doors and outlets of each made-up city.
    growing
        Nodes of the growing networks; trades and radii grow on the last but one.
    limits
        Seconds after which an engine is stopped.
    runs
        How often ours is timed; the median counts.
    compiling
        Whether the compilation of a fresh installation is timed.
    extracts
        OpenStreetMap extracts besides the demonstration district.
    """

    nearest: tuple[int, ...]
    counts: tuple[int, ...]
    isochrones: tuple[int, int]
    covering: tuple[int, int, int]
    siting: tuple[str, ...]
    circles: tuple[int, ...]
    whole: tuple[int, int]
    cities: tuple[tuple[int, int, int], ...]
    growing: tuple[int, ...]
    limits: Mapping[str, float]
    runs: int
    compiling: bool
    extracts: tuple[Path, ...] = ()


def _limits(scipy: float, peers: float, pandana: float) -> dict[str, float]:
    # SciPy has no counts of its own: in W2 it only shows how slow one search by node is.
    counting = {"scipy counts": scipy / 2}
    return {"scipy": scipy, **counting, **dict.fromkeys(EVERYONE, peers), "pandana": pandana}


FULL = Plan(
    nearest=(100_000, 1_000_000, 4_000_000),
    counts=(300_000,),
    isochrones=(70_000, 1_000),
    covering=(100_000, 5_000, 20_000),
    siting=("小", "疏", "密", "大而疏", "大而密", "全覆盖", "步行最少"),
    circles=(500, 2_000, 5_000),
    whole=(50_000, 10_000),
    cities=((5, 250_000, 125_000), (20, 1_000_000, 500_000)),
    growing=(30_000, 100_000, 300_000, 1_000_000),
    limits=_limits(100, 90, 240),
    runs=5,
    compiling=True,
)
QUICK = Plan(
    nearest=(10_000,),
    counts=(5_000,),
    isochrones=(10_000, 100),
    covering=(10_000, 500, 2_000),
    siting=("小",),
    circles=(100,),
    whole=(5_000, 1_000),
    cities=((2, 4_000, 2_000),),
    growing=(10_000, 20_000, 40_000),
    limits=_limits(15, 15, 15),
    runs=3,
    compiling=False,
)


def with_sizes(plan: Plan, nodes: Sequence[str], extracts: Sequence[Path]) -> Plan:
    """Return a plan with other networks for W1, and with extracts."""
    sizes = tuple(int(float(word)) for word in nodes) or plan.nearest
    return replace(plan, nearest=sizes, extracts=tuple(extracts))


def who(nodes: int) -> tuple[tuple[str, ...], dict[str, Answer]]:
    """Return the peers asked on so many nodes, and why the others are not."""
    asked = tuple(name for name in SEARCHING if nodes <= MOST_NODES[name])
    reason = "超过 {:,} 个节点不量：等不起"
    return asked, {
        name: Answer(reason=reason.format(MOST_NODES[name]))
        for name in SEARCHING
        if name not in asked
    }
