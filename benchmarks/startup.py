"""Measure how long a person waits before anything begins: each in a fresh process."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.rows import Row
from benchmarks.rows import timed

NAME = "启动"
_KERNEL = """
import numpy as np
from livingcircle._kernels.sweeps import sweep_owner
none = np.zeros(0, np.uint32)
sweep_owner(np.zeros(3, np.int64), none.astype(np.int32), none, none, np.zeros((2, 32), np.uint64))
"""
_DISTRICT = """
from benchmarks.made_up import make_district
from livingcircle.assessment import assess
from livingcircle.standards import load_standard
assess(make_district(300, 60, ['vegetable', 'pharmacy']), load_standard('miyun_2023'))
"""
JOBS = {
    "空的 Python": ["-c", "pass"],
    "import livingcircle": ["-c", "import livingcircle"],
    "livingcircle --help": ["-m", "livingcircle", "--help"],
    "第一次调用内核（机器码已在缓存）": ["-c", _KERNEL],
}


def measure(runs: int, *, compiling: bool) -> list[Row]:
    """Return the rows of starting up; ``compiling`` adds the once of every installation."""
    rows = []
    for name, words in JOBS.items():
        _start(words)
        seconds = statistics.median(
            timed(lambda words=words: _start(words))[1] for _ in range(runs)
        )
        rows.append(Row(NAME, "", name, 1, seconds))
    if compiling:
        with tempfile.TemporaryDirectory() as folder:
            fresh = {"NUMBA_CACHE_DIR": folder}
            names = "小区域从头评估，机器码从未编译", "小区域从头评估，机器码已在缓存"
            for name in names:
                _, seconds = timed(lambda: _start(["-c", _DISTRICT], fresh))
                rows.append(Row(NAME, "", name, 1, seconds))
    return rows


def _start(words: list[str], more: Mapping[str, str] | None = None) -> None:
    """Run Python once, as a person would, and wait for its end."""
    subprocess.run(
        [sys.executable, *words], check=True, capture_output=True,
        env={**os.environ, **(more or {})}, cwd=Path(__file__).parents[1],
    )  # fmt: skip
