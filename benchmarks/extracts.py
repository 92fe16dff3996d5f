"""Measure how long an OpenStreetMap extract takes to become a district folder, by megabyte."""

import tempfile
from pathlib import Path

from benchmarks.rows import OURS
from benchmarks.rows import Row
from benchmarks.rows import median
from benchmarks.rows import peak_megabytes
from livingcircle.io.osm import read_osm
from livingcircle.io.starter import start_district

NAME = "from-osm"


def measure(path: Path, name: str, runs: int) -> list[Row]:
    """Return the rows of reading one extract, and of making a district folder from it."""
    size = path.stat().st_size / 1e6
    reading = median(lambda: read_osm(path), runs)

    def make() -> None:
        with tempfile.TemporaryDirectory() as folder:
            start_district(path, Path(folder) / "district", name="测试")

    making = median(make, runs)
    memory = peak_megabytes()
    where = f"{name}，{size:.2f} MB"
    jobs = {"读成表": reading, "建成地区文件夹": making}
    return [
        Row(NAME, where, f"{OURS}，{what}", 1, seconds, megabytes=memory,
            note=f"{seconds / size:.2f} 秒/MB")
        for what, seconds in jobs.items()
    ]  # fmt: skip
