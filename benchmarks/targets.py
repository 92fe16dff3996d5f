"""State the ratios that were set out to be reached."""

from benchmarks import counts
from benchmarks import nearest

# Workload, as its name begins, and engine: how many times as long as ours.
TARGETS = {
    (nearest.PLAIN, nearest.SCIPY): "≥ 60（1 百万节点）",
    (nearest.WHOLE, nearest.SCIPY): "≥ 4（1 百万节点）",
    (nearest.WHOLE, "pandana"): "≥ 100（1 百万节点）",
    (counts.NAME, "pandana"): "≥ 80",
}


def target(workload: str, engine: str) -> str:
    """Return the ratio aimed at, or nothing where none was set."""
    for (name, who), ratio in TARGETS.items():
        exact = name in (workload, workload.partition("（")[0])
        if exact and who == engine:
            return ratio
    return ""
