"""Measure the main job on a made-up district: from files to Parquet and GeoPackage."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.made_up import make_district
from benchmarks.made_up import write_district
from benchmarks.rows import peak_megabytes
from benchmarks.rows import timed
from livingcircle.assessment import assess
from livingcircle.collector import uncollected
from livingcircle.io.folder import read_district
from livingcircle.memory import PREPARED
from livingcircle.memory import Memory
from livingcircle.results import write_results
from livingcircle.standards import load_standard

STANDARD = "miyun_2023"
READING, WRITING = "读文件并检查", "写 Parquet 和 GPKG"


@dataclass(frozen=True)
class Run:
    """Hold one whole run.

    Attributes
    ----------
    doors, outlets, trades
        How large the district is.
    warm
        Whether it had been done before: streets are prepared and kept beside the files, and the
        machine code is loaded.
    stages
        Seconds of each stage, in order.
    megabytes
        Most memory the process had held by its end.
    written
        Bytes of the results.
    """

    doors: int
    outlets: int
    trades: int
    warm: bool
    stages: tuple[tuple[str, float], ...]
    megabytes: float
    written: int

    @property
    def seconds(self) -> float:
        """Return the seconds of all stages."""
        return sum(seconds for _, seconds in self.stages)


def write_files(doors: int, outlets: int, folder: Path) -> None:
    """Write the files of a made-up district, apart from who reads them."""
    trades = [one.trade for one in load_standard(STANDARD).trades]
    write_district(make_district(doors, outlets, trades), folder)


def run_twice(folder: Path) -> list[Run]:
    """Return a first run in this process, and a second, as a bureau makes one every night."""
    runs = []
    for warm in (False, True):
        with uncollected():  # as the command does
            runs.append(_run(folder, warm=warm))
    return runs


def _run(folder: Path, *, warm: bool) -> Run:
    standard = load_standard(STANDARD)
    district, reading = timed(lambda: read_district(folder))
    stages = [(READING, reading)]
    told: list[tuple[float, str]] = []
    assessment = assess(
        district,
        standard,
        progress=lambda _d, _t, what: told.append((time.perf_counter(), what)),
        memory=Memory(folder / PREPARED),
    )
    stages += [(told[i][1], told[i + 1][0] - told[i][0]) for i in range(len(told) - 1)]
    with tempfile.TemporaryDirectory() as out:
        _, writing = timed(lambda: write_results(assessment, out))
        written = sum(file.stat().st_size for file in Path(out).rglob("*") if file.is_file())
    stages.append((WRITING, writing))
    return Run(
        len(assessment.doors), len(assessment.outlets), len(standard.trades), warm,
        tuple(stages), peak_megabytes(), written,
    )  # fmt: skip
