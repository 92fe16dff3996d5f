"""Measure a whole made-up city: seconds and peak memory by number of districts and workers.

``python -m benchmarks.city [--doors N] [--outlets N] [--districts N …] [--workers N]`` writes
cities straight to the layout of a city, assesses each as ``livingcircle assess`` does, and prints
one row for each. ``--memory`` measures instead what a door, an outlet and a street cost a process.
"""

import argparse
import os
import resource
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Self

import numpy as np
from scipy.optimize import nnls

from benchmarks.made_up import CityPlan
from benchmarks.made_up import make_city
from benchmarks.made_up import write_city
from livingcircle._city.memory import size_of
from livingcircle.assessment import assess
from livingcircle.city import assess_city
from livingcircle.city import read_city
from livingcircle.standards import Standard
from livingcircle.standards import load_standard

STANDARD = "miyun_2023"
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Row:
    """Hold one measured run over a made-up city."""

    districts: int
    doors: int
    outlets: int
    workers: int
    seconds: float
    peak_bytes: int


def measure_city(
    districts: int, doors: int, outlets: int, workers: int, folder: Path, standard: str = STANDARD
) -> Row:
    """Return how long a whole made-up city takes, and the most its processes held together.

    ``doors`` and ``outlets`` are those of the whole city.
    """
    rules = load_standard(standard)
    plan = _plan(rules, districts, doors // districts, outlets // districts)
    write_city(plan, folder / "city")
    city = read_city(folder / "city")
    with _Peak() as peak:
        start = time.perf_counter()
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            run = assess_city(city, rules, folder / "out", executor=pool)
        seconds = time.perf_counter() - start
    assert not run.failed, run.failed  # noqa: S101
    return Row(districts, doors, outlets, workers, seconds, peak.bytes)


def measure_memory(
    sizes: list[tuple[int, int, int]], standard: str = STANDARD
) -> list[tuple[int, int, int, int, int]]:
    """Return doors, outlets, streets, trades and peak bytes of one process for each size.

    Sizes are doors, outlets and street nodes along one side.
    """
    rules = load_standard(standard)
    rows = []
    for doors, outlets, nodes in sizes:
        # A new process each time: the peak of a process never comes down again.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            rows.append(pool.submit(_peak_of, doors, outlets, nodes, standard).result())
    assert all(row[3] == len(rules.trades) for row in rows)  # noqa: S101
    return rows


def fit_memory(rows: list[tuple[int, int, int, int, int]]) -> tuple[float, ...]:
    """Return bytes at the start, of a door for each trade, of an outlet and of a street.

    Nothing takes less than no memory.
    """
    doors, outlets, streets, trades, peak = np.array(rows, dtype=np.float64).T
    terms = np.column_stack([np.ones(len(rows)), doors * trades, outlets, streets])
    found, _ = nnls(terms, peak)
    return tuple(float(one) for one in found)


def _peak_of(doors: int, outlets: int, nodes: int, standard: str) -> tuple[int, int, int, int, int]:
    """Assess one made-up district and return what it took, as a worker of a city does it."""
    rules = load_standard(standard)
    plan = replace(_plan(rules, 1, doors, outlets), nodes=nodes)
    with tempfile.TemporaryDirectory() as folder:
        write_city(plan, Path(folder) / "city")
        city = read_city(Path(folder) / "city")
        size = size_of(city.districts[0], city, city.belt)
        run = assess_city(city, rules, Path(folder) / "out")
        assert not run.failed, run.failed  # noqa: S101
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return size.doors, size.outlets, size.streets, len(rules.trades), peak


def _plan(rules: Standard, districts: int, doors: int, outlets: int) -> CityPlan:
    return CityPlan(districts, doors, outlets, tuple(row.trade for row in rules.trades))


class _Peak:
    """Watch the resident memory of this process and all its children while something runs."""

    def __enter__(self) -> Self:
        self.bytes = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.1):
            self.bytes = max(self.bytes, _resident(os.getpid()))


def _resident(root: int) -> int:
    """Return the resident bytes of a process and everything it started."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                told = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            parents.setdefault(int(told[1]), []).append(int(entry.name))
    todo, total = [root], 0
    while todo:
        process = todo.pop()
        todo += parents.get(process, [])
        try:
            total += int(Path(f"/proc/{process}/statm").read_text().split()[1]) * _PAGE
        except OSError:
            continue
    return total


def warm_up(standard: str = STANDARD) -> None:
    """Compile what is compiled on first use, so that no row pays for it."""
    rules = load_standard(standard)
    (small,) = make_city(_plan(rules, 1, 50, 20))
    assess(small, rules)


def main() -> None:
    """Print the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--districts", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--doors", type=int, default=2_000, help="of one district")
    parser.add_argument("--outlets", type=int, default=1_000, help="of one district")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--memory", type=int, nargs="*", help="doors of the districts to fit by")
    told = parser.parse_args()
    warm_up()
    if told.memory is not None:
        doors = told.memory or [2_000, 5_000, 10_000]
        # Doors, outlets and streets each grow by themselves.
        sizes = [(n, n // 4, round(n**0.5)) for n in doors]
        sizes += [(doors[-1], doors[-1], sizes[-1][2]), (doors[-1], doors[-1] // 4, sizes[0][2])]
        rows = measure_memory(sizes)
        for row in rows:
            print("doors {:,} outlets {:,} streets {:,} trades {} peak {:,} bytes".format(*row))
        print("start, door x trade, outlet, street:", *(f"{one:,.0f}" for one in fit_memory(rows)))
        return
    for districts in told.districts:
        with tempfile.TemporaryDirectory() as folder:
            doors, outlets = told.doors * districts, told.outlets * districts
            row = measure_city(districts, doors, outlets, told.workers, Path(folder))
        print(
            f"{row.districts} districts, {row.doors:,} doors, {row.outlets:,} outlets, "
            f"{row.workers} workers: {row.seconds:.1f} s, {row.peak_bytes / 1e9:.2f} GB, "
            f"{1e3 * row.seconds / row.doors:.2f} ms a door"
        )


if __name__ == "__main__":
    main()
