"""Measure what an edit costs against a whole new run: one shop moved, closed, opened longer.

A city is edited district by district; the district measured here is the one the shop stands in.
What is timed is the answer a planner waits for: new verdicts, and what changed in words.
"""

import statistics
import time
from collections.abc import Callable

from benchmarks.made_up import make_district
from benchmarks.rows import Row
from livingcircle import edits
from livingcircle.assessment import Assessment
from livingcircle.assessment import assess
from livingcircle.collector import uncollected
from livingcircle.district import District
from livingcircle.documents.change_list import change_sentences
from livingcircle.documents.change_list import diff_edit
from livingcircle.memory import Memory
from livingcircle.standards import load_standard

WORKLOAD, WHOLE = "一次改动", "整区重算"
STEP = 0.002  # degrees a shop is moved, some 170 m
Edit = Callable[[District, int], District]


def move(district: District, number: int) -> District:
    """Move an outlet a few streets away."""
    name = district.outlets.index[number]
    x, y = district.outlets.geometry[name].coords[0]
    return edits.move_outlet(district, name, (x + STEP, y))


def close(district: District, number: int) -> District:
    """Close an outlet."""
    return edits.change_outlet(district, district.outlets.index[number], {"status": "closed"})


def add(district: District, number: int) -> District:
    """Open another outlet of the same trade at the same place."""
    row = district.outlets.iloc[number]
    place = row.geometry.coords[0]
    return edits.add_outlet(district, f"new{len(district.outlets)}", [row["trades"]], place)


def lengthen(district: District, number: int) -> District:
    """Let an outlet open all day."""
    return edits.change_outlet(district, district.outlets.index[number], {"hours": "24小时"})


def settle(district: District, number: int) -> District:
    """Change how many people live behind a door."""
    return edits.change_residents(district, district.doors.index[number], 500.0)


EDITS: dict[str, Edit] = {
    "网点搬迁": move,
    "网点停业": close,
    "新增网点": add,
    "改营业时间": lengthen,
    "改居住人数": settle,
}


def measure_edit(doors: int, outlets: int, runs: int = 7) -> list[Row]:
    """Return the seconds of a whole run, and of a run after each kind of edit.

    Parameters
    ----------
    doors, outlets
        Size of the made-up district.
    runs
        How many edits of a kind; the median counts.
    """
    standard = load_standard("miyun_2023")
    trades = [row.trade for row in standard.trades]
    district, memory = make_district(doors, outlets, trades), Memory()
    before = assess(district, standard, memory=memory)
    start = time.perf_counter()
    assess(district, standard)
    whole = time.perf_counter() - start
    where = f"虚构区，{doors:,}个楼门、{outlets:,}家网点"
    rows = [Row(WORKLOAD, where, WHOLE, 2, whole)]
    for name, edit in EDITS.items():
        took = []
        for turn in range(runs + 1):
            district = edit(district, 100 + turn)
            with uncollected():  # as a worker does
                start = time.perf_counter()
                after = assess(district, standard, memory=memory)
                _tell(before, after)
                took.append(time.perf_counter() - start)
            before = after
        median = statistics.median(took[1:])
        note = f"整区重算是它的 {whole / median:.0f} 倍；最慢一次 {max(took[1:]):.3f} 秒"
        rows.append(Row(WORKLOAD, where, name, 2, median, note=note))
    return rows


def _tell(before: Assessment, after: Assessment) -> list[str]:
    """Return what changed, in words."""
    return change_sentences(diff_edit(before, after))
