"""Hold measurements as rows, and the few ways in which all of them are timed."""

import math
import statistics
import time
from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from typing import TypeVar

Result = TypeVar("Result")
OURS = "本引擎"


@dataclass(frozen=True)
class Row:
    """Hold what one engine took for one piece of work.

    Attributes
    ----------
    workload, network, engine
        What was done, on which streets, by whom.
    threads
        How many threads did it.
    seconds
        Median; NaN where the engine could not do it, which ``note`` explains.
    ratio
        Times as long as ours; None where there is nothing to compare with.
    over
        The time limit struck, so that seconds and ratio are at least these.
    megabytes
        Most memory its process held; NaN where it was not measured alone.
    wrong, checked
        How many of the compared answers differ; nothing was compared where ``checked`` is 0.
    note
        Anything a reader must know.
    """

    workload: str
    network: str
    engine: str
    threads: int = 1
    seconds: float = math.nan
    ratio: float | None = None
    over: bool = False
    megabytes: float = math.nan
    wrong: int = 0
    checked: int = 0
    note: str = ""


def timed(job: Callable[[], Result]) -> tuple[Result, float]:
    """Return what a job returns, and its seconds."""
    start = time.perf_counter()
    result = job()
    return result, time.perf_counter() - start


def median(job: Callable[[], object], runs: int) -> float:
    """Return the median seconds of a job, after one run to warm up."""
    job()
    return statistics.median(timed(job)[1] for _ in range(runs))


def interleaved(jobs: Mapping[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Return the median seconds of several jobs that take turns, after one run of each.

    What else the machine does then falls on all of them alike.
    """
    for job in jobs.values():
        job()
    took: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(runs):
        for name, job in jobs.items():
            took[name].append(timed(job)[1])
    return {name: statistics.median(times) for name, times in took.items()}


def with_ratios(rows: Sequence[Row]) -> list[Row]:
    """Return rows with their ratio to the first row of ours on the same work and streets."""
    ours: dict[tuple[str, str], float] = {}
    for row in rows:
        if row.engine.startswith(OURS):
            ours.setdefault((row.workload, row.network), row.seconds)
    found = []
    for row in rows:
        base = ours.get((row.workload, row.network))
        known = base is not None and not math.isnan(row.seconds)
        found.append(replace(row, ratio=row.seconds / base if base and known else None))
    return found


def peak_megabytes() -> float:
    """Return the most memory this process has held.

    What ``resource`` tells of a child begins with the peak of its parent; the kernel's own note of
    the running program does not.
    """
    held = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(held["VmHWM"].split()[0]) / 1024


def alone(job: Callable[..., Result], *arguments: Any) -> Result:
    """Return what a job returns in a process of its own: the peak of a process never comes down."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(job, *arguments).result()
