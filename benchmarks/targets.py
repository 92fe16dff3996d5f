"""State the ratios that the design set out to reach: those of its prototype on a quiet machine."""

from benchmarks import counts
from benchmarks import covering
from benchmarks import isochrones
from benchmarks import nearest

# Workload, as its name begins, and engine: how many times as long as ours.
TARGETS = {
    (nearest.PLAIN, nearest.SCIPY): "107–210",
    (nearest.PLAIN, "pandana"): "约 1,000",
    (counts.NAME, "pandana"): "约 175",
    (counts.NAME, "cityseer"): "约 1,000",
    (covering.NAME, nearest.SCIPY): "50–147",
    (isochrones.WORKLOAD, "OSMnx 式缓冲"): "8–32",
}


def target(workload: str, engine: str) -> str:
    """Return the ratio aimed at, or nothing where none was set."""
    for (name, who), ratio in TARGETS.items():
        exact = name in (workload, workload.partition("（")[0])
        if exact and who == engine:
            return ratio
    return ""
