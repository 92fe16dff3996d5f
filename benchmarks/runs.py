"""Run each part of a plan, every piece of work in a process of its own."""

import tempfile
from collections.abc import Callable
from collections.abc import Iterable
from pathlib import Path

from benchmarks import circles
from benchmarks import city as cities
from benchmarks import counts
from benchmarks import covering
from benchmarks import edits
from benchmarks import estimate
from benchmarks import extracts
from benchmarks import growth
from benchmarks import isochrones
from benchmarks import nearest
from benchmarks import siting
from benchmarks import startup
from benchmarks import whole
from benchmarks.cases import Case
from benchmarks.cases import made_up_case
from benchmarks.cases import street_case
from benchmarks.peers import rows_of
from benchmarks.plan import SAMPLE
from benchmarks.plan import Plan
from benchmarks.plan import who
from benchmarks.rows import Row
from benchmarks.rows import alone
from benchmarks.rows import with_ratios
from benchmarks.sheets import Sheet
from benchmarks.sheets import city_sheet
from benchmarks.sheets import growth_sheets
from benchmarks.sheets import rows_sheets
from benchmarks.sheets import run_sheet
from benchmarks.sheets import siting_sheet

WORKERS = 2
COVERING_LIMIT = 60.0  # seconds: whoever takes longer for lists is out of the question
Place = int | tuple[str, Path]
Blocks = dict[str, list[Sheet]]  # what stands in which block of the page


def streets(plan: Plan) -> list[tuple[str, Path]]:
    """Return the extracts with their names, the demonstration district first."""
    return [("示范区", SAMPLE), *((path.name.partition(".")[0], path) for path in plan.extracts)]


def run_nearest(plan: Plan) -> Blocks:
    """Return the tables of W1."""
    found = (alone(_nearest, place, plan) for place in [*streets(plan), *plan.nearest])
    return {"W1": _tables(found)}


def run_counts(plan: Plan) -> Blocks:
    """Return the tables of W2."""
    found = (alone(_counts, place, plan) for place in [*streets(plan), *plan.counts])
    return {"W2": _tables(found)}


def run_isochrones(plan: Plan) -> Blocks:
    """Return the table of W3."""
    return {"W3": _tables([alone(isochrones.measure, *plan.isochrones)])}


def run_covering(plan: Plan) -> Blocks:
    """Return the table of W4."""
    return {"W4": _tables([alone(_covering, plan)])}


def run_siting(plan: Plan) -> Blocks:
    """Return the table of W5."""
    answers = [one for name in plan.siting for one in alone(siting.measure, name)]
    return {"W5": [siting_sheet(answers)]}


def run_circles(plan: Plan) -> Blocks:
    """Return how circles are drawn, and how long an edit of them takes."""
    limit = plan.limits["spopt"]
    found = [alone(circles.measure, size, limit) for size in plan.circles]
    tables = [
        Sheet(title, sheets[0].head, tuple(row for sheet in sheets for row in sheet.rows))
        for title, sheets in zip(("划分圈层", "改动一步"), zip(*found, strict=True), strict=True)
    ]
    return {"circles": tables}


def run_whole(plan: Plan) -> Blocks:
    """Return the stages of a district, and what follows from them for larger places."""
    doors, outlets = plan.whole
    # Beijing has an outlet for two doors; half of that shows what belongs to the start.
    sizes = (doors, outlets), (doors, doors // 2), (doors // 2, doors // 4)
    runs = [run for size in sizes for run in _whole(*size)]
    cold = [run for run in runs if not run.warm]
    estimated = estimate.sheets(estimate.costs(*cold))
    return {"whole": [run_sheet(runs)], "estimate": estimated}


def run_edits(plan: Plan) -> Blocks:
    """Return the table of edits."""
    return {"edits": rows_sheets(alone(edits.measure_edit, *plan.whole))}


def run_cities(plan: Plan) -> Blocks:
    """Return the table of whole cities, on as many processes as cores."""
    rows = []
    for size in plan.cities:
        with tempfile.TemporaryDirectory() as folder:
            rows.append(cities.measure_city(*size, WORKERS, Path(folder)))
    return {"city": [city_sheet(rows)]}


def run_startup(plan: Plan) -> Blocks:
    """Return the table of starting up."""
    return {"startup": rows_sheets(startup.measure(plan.runs, compiling=plan.compiling))}


def run_extracts(plan: Plan) -> Blocks:
    """Return the table of reading extracts."""
    found = (alone(extracts.measure, path, name, plan.runs) for name, path in streets(plan))
    return {"osm": rows_sheets([row for rows in found for row in rows])}


def run_growth(plan: Plan) -> Blocks:
    """Return the curves."""
    middle = plan.growing[-2]
    steps = [alone(growth.by_nodes, nodes, plan.runs) for nodes in plan.growing]
    for curve in (growth.by_trades, growth.by_radius, growth.counts_by_radius):
        steps += alone(curve, middle, plan.runs)
    return {"growth": growth_sheets(steps)}


RUNNERS: dict[str, Callable[[Plan], Blocks]] = {
    "W1": run_nearest,
    "W2": run_counts,
    "W3": run_isochrones,
    "W4": run_covering,
    "W5": run_siting,
    "circles": run_circles,
    "whole": run_whole,
    "edits": run_edits,
    "city": run_cities,
    "startup": run_startup,
    "osm": run_extracts,
    "growth": run_growth,
}


def _tables(found: Iterable[list[Row]]) -> list[Sheet]:
    return rows_sheets(with_ratios([row for rows in found for row in rows]))


def _load(place: Place) -> Case:
    if isinstance(place, int):
        return made_up_case(place)
    name, path = place
    return street_case(path, name)


def _nearest(place: Place, plan: Plan) -> list[Row]:
    case = _load(place)
    asked, others = who(case.count)
    rows = nearest.measure(case, asked, dict(plan.limits), plan.runs)
    for name, answer in others.items():
        rows += rows_of(name, answer, {nearest.PLAIN: False}, case.name, (0, 0))
    return rows


def _counts(place: Place, plan: Plan) -> list[Row]:
    case = _load(place)
    asked, others = who(case.count)
    rows = counts.measure(case, asked, dict(plan.limits), plan.runs)
    for name, answer in others.items():
        rows += rows_of(name, answer, {counts.NAME: False}, case.name, (0, 0))
    return rows


def _covering(plan: Plan) -> list[Row]:
    nodes, *sizes = plan.covering
    case = made_up_case(nodes)
    asked, _ = who(case.count)
    limits = {name: min(most, COVERING_LIMIT) for name, most in plan.limits.items()}
    return covering.measure(case, (sizes[0], sizes[1]), asked, limits, plan.runs)


def _whole(doors: int, outlets: int) -> list[whole.Run]:
    with tempfile.TemporaryDirectory() as folder:
        district = Path(folder) / "district"
        alone(whole.write_files, doors, outlets, district)
        return alone(whole.run_twice, district)
