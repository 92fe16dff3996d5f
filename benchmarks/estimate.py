"""Estimate on paper what a city and the country would take, from measured districts alone."""

from dataclasses import dataclass

import numpy as np

from benchmarks.sheets import Sheet
from benchmarks.whole import Run


@dataclass(frozen=True)
class Place:
    """Hold the size of a place to be estimated."""

    name: str
    circles: int
    doors: int
    outlets: int


# 22 people behind a door, as about a million doors for Beijing's 22 million.
BEIJING = Place("北京（2,200 万人）", 856, 1_000_000, 500_000)
COUNTRY = Place("全国（2 亿人）", 10_000, 200_000_000 // 22, 2_500_000)
PLACES = (BEIJING, COUNTRY)
_HOUR, _MINUTE = 3600, 60


@dataclass(frozen=True)
class Costs:
    """Hold what a whole run costs: at the start, by door, and by outlet.

    Attributes
    ----------
    start, door, outlet
        Seconds.
    start_bytes, door_bytes, outlet_bytes
        Peak memory of the process.
    written
        Bytes of the results by door.
    district_doors
        Doors of the district that was measured, the unit that larger places are cut into.
    """

    start: float
    door: float
    outlet: float
    start_bytes: float
    door_bytes: float
    outlet_bytes: float
    written: float
    district_doors: int


def costs(sparse: Run, dense: Run, half: Run) -> Costs:
    """Return the costs that three cold runs tell.

    An outlet may cost less than nothing: where there are more of them, fewer blind areas are drawn.

    Parameters
    ----------
    sparse, dense
        The same doors with fewer and with more outlets, on either side of what is estimated.
    half
        Half of everything in ``dense``.
    """
    runs = dense, half, sparse
    sizes = np.array([[1.0, run.doors, run.outlets] for run in runs])
    seconds = np.linalg.solve(sizes, [run.seconds for run in runs]).tolist()
    held = np.linalg.solve(sizes, [run.megabytes * 2**20 for run in runs]).tolist()
    return Costs(*seconds, *held, dense.written / dense.doors, dense.doors)


def estimate(costs: Costs, place: Place) -> tuple[int, float, float, float]:
    """Return districts, seconds of one process, its peak bytes, and bytes of results."""
    districts = -(-place.doors // costs.district_doors)
    seconds = districts * costs.start + costs.door * place.doors + costs.outlet * place.outlets
    share = place.outlets / districts
    peak = (
        costs.start_bytes
        + costs.door_bytes * min(place.doors, costs.district_doors)
        + costs.outlet_bytes * share
    )
    return districts, seconds, peak, costs.written * place.doors


def sheets(found: Costs) -> list[Sheet]:
    """Return the measured costs, and what they come to in each place."""
    measured = Sheet(
        "由三次冷运行解出",
        ("", "起步", "每个楼门", "每个网点"),
        (
            ("时间", f"{found.start:.2f} 秒", _micro(found.door), _micro(found.outlet)),
            ("内存峰值", f"{found.start_bytes / 2**20:,.0f} MB", _kilo(found.door_bytes),
             _kilo(found.outlet_bytes)),
            ("写出的结果", "", _kilo(found.written), ""),
        ),
    )  # fmt: skip
    rows = []
    for place in PLACES:
        districts, seconds, peak, written = estimate(found, place)
        rows.append((
            place.name, f"{place.circles:,}", f"{place.doors:,}", f"{place.outlets:,}",
            f"{districts:,}", _duration(seconds), f"{seconds / place.circles:.2f} 秒",
            f"{peak / 2**30:.1f} GB", f"{written / 1e9:,.1f} GB",
        ))  # fmt: skip
    head = ("**估算，不是实测**", "生活圈", "楼门", "网点", "分成几片", "一个进程跑完",
            "每个生活圈", "一个进程的内存", "结果")  # fmt: skip
    return [measured, Sheet("代入公式", head, tuple(rows))]


def _micro(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} 微秒"


def _kilo(held: float) -> str:
    return f"{held / 1e3:.1f} KB"


def _duration(seconds: float) -> str:
    if seconds >= _HOUR:
        return f"{seconds / _HOUR:.1f} 小时"
    return f"{seconds / _MINUTE:.1f} 分钟" if seconds >= _MINUTE else f"{seconds:.1f} 秒"
