"""Solve a model to proof with HiGHS, from the best choice known, until the time is over."""

from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np

from livingcircle._highs import run_solver
from livingcircle._siting.answers import Clock
from livingcircle._siting.instance import Bools
from livingcircle._siting.instance import Floats
from livingcircle._siting.instance import Ints
from livingcircle._siting.model import Model
from livingcircle._siting.model import Small
from livingcircle._siting.sides import sides_of

_BY_ROW = 2  # HiGHS's name for a matrix listed by row
_MAXIMISE = -1
EVERY = 1.0  # seconds between two words on how far it has come


@dataclass(frozen=True)
class Solved:
    """Hold what HiGHS found.

    Attributes
    ----------
    chosen
        Options of the best choice, None where it found none.
    bound
        No choice is worth more.
    proven
        Whether it came to its end.
    """

    chosen: Ints | None
    bound: float
    proven: bool


@dataclass(frozen=True)
class Programme:
    """Hold a mixed-integer programme, listed by row: maximise ``gain · x``."""

    gain: Floats
    upper: Floats
    whole: Small
    row_low: Floats
    row_high: Floats
    start: Ints
    column: Ints
    value: Floats


Hear = Callable[[float, float], None]


def solve(
    model: Model, sure: Bools, begin: Ints, clock: Clock, hear: Hear, floor: float = -np.inf
) -> Solved:
    """Return the best choice of a model.

    Parameters
    ----------
    model
        The model.
    sure
        Options that are chosen in any case, shape (options,).
    begin
        A choice to begin from.
    clock
        Time limit, wanted gap, whoever wants to stop it.
    hear
        Told value and bound of the model now and then.
    floor
        Least weight of need to be met.
    """
    programme = programme_of(model, floor)
    lower = np.zeros(len(programme.gain))
    lower[: model.count] = sure
    found, bound, proven = run(programme, lower, begin, clock, hear)
    chosen = None if found is None else np.flatnonzero(found[: model.count] > 1 / 2)
    return Solved(chosen, bound, proven)


def run(
    programme: Programme, lower: Floats, begin: Ints, clock: Clock, hear: Hear
) -> tuple[Floats | None, float, bool]:
    """Return the best columns of a programme, its bound, and whether it came to its end.

    Parameters
    ----------
    programme, lower
        The programme; least value of each column.
    begin
        Columns that are 1 in an answer to begin from.
    clock, hear
        As in :func:`solve`.
    """
    if len(programme.gain) == 0:
        return np.empty(0), 0.0, True
    highs = _highs(programme, clock)
    _listen(highs, clock, hear)
    every = np.arange(len(lower), dtype=np.int32)
    highs.changeColsBounds(len(lower), every, lower, programme.upper)
    if len(begin):
        highs.setSolution(len(begin), begin.astype(np.int32), np.ones(len(begin)))
    run_solver(highs)
    info, status = highs.getInfo(), highs.getModelStatus()
    if status == highspy.HighsModelStatus.kInfeasible:
        return None, -np.inf, True
    proven = status == highspy.HighsModelStatus.kOptimal
    bound = float(info.mip_dual_bound)
    if not programme.whole.any():
        bound = float(info.objective_function_value) if proven else np.inf
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.asarray(highs.getSolution().col_value) if found else None
    return values, bound, proven


def programme_of(model: Model, floor: float = -np.inf) -> Programme:
    """Return a model as a programme: columns are options, sites, and how far each row is met."""
    sides = sides_of(model)
    rows = len(model.weight)
    met = 0 if model.hard else rows
    columns = sides.columns + met
    start, column, value = model.back, model.options.astype(np.int64), np.ones(len(model.options))
    if model.hard:
        low, high = model.need.astype(np.float64), np.full(rows, np.inf)
    else:
        # What is met of a row is at most how often it is covered.
        low, high = np.full(rows, -np.inf), np.zeros(rows)
        at = model.back[1:]
        column = np.insert(column, at, sides.columns + np.arange(rows))
        value = np.insert(-value, at, 1.0)
        start = model.back + np.arange(rows + 1)
    side_start, side_column, side_value = sides.by_row()
    parts = [(start, column, value), (side_start, side_column, side_value)]
    low = np.concatenate([low, np.full(len(sides.limit), -np.inf)])
    high = np.concatenate([high, sides.limit])
    if np.isfinite(floor):
        parts.append((np.array([0, rows]), sides.columns + np.arange(rows), model.weight))
        low, high = np.append(low, floor), np.append(high, np.inf)
    gain = np.concatenate([model.worth, np.zeros(columns - model.count)])
    upper = np.ones(columns)
    if not model.hard:
        gain[sides.columns :] = 0.0 if np.isfinite(floor) else model.weight
        upper[sides.columns :] = model.need
    whole = np.zeros(columns, dtype=np.int32)
    whole[: model.count] = 1
    return Programme(gain, upper, whole, low, high, *stacked(parts))


def stacked(parts: list[tuple[Ints, Ints, Floats]]) -> tuple[Ints, Ints, Floats]:
    """Return several lists of rows as one below the other."""
    starts, before = [np.zeros(1, dtype=np.int64)], 0
    for start, column, _ in parts:
        starts.append(start[1:] + before)
        before += len(column)
    columns = np.concatenate([column for _, column, _ in parts])
    values = np.concatenate([value for _, _, value in parts])
    return np.concatenate(starts), columns, values


class _Quiet(highspy.Highs):
    """Be HiGHS, but greet nobody: its banner goes out when callbacks are enabled."""

    def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS's name
        """Enable callbacks without a word."""
        self.setOptionValue("output_flag", False)  # noqa: FBT003 - HiGHS has no names here
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def _highs(programme: Programme, clock: Clock) -> highspy.Highs:
    """Return HiGHS with the programme, its limits, and somebody who listens."""
    highs = _Quiet()  # type: ignore[no-untyped-call]
    effort = clock.effort
    for name, value in {
        "random_seed": effort.seed % (2**31 - 1),
        "time_limit": max(clock.left, 0.0),
        "mip_rel_gap": max(effort.gap, 0.0),
        "mip_abs_gap": 1e-6,
        "mip_feasibility_tolerance": 1e-7,
    }.items():
        highs.setOptionValue(name, value)
    highs.passModel(
        len(programme.gain), len(programme.row_low), len(programme.column), _BY_ROW, _MAXIMISE,
        0.0, programme.gain, np.zeros(len(programme.gain)), programme.upper, programme.row_low,
        programme.row_high, programme.start.astype(np.int32), programme.column.astype(np.int32),
        programme.value, programme.whole,
    )  # fmt: skip
    return highs


def _listen(highs: highspy.Highs, clock: Clock, hear: Hear) -> None:
    """Let the clock stop HiGHS, and tell now and then how far it has come."""
    last = [clock.seconds]

    def ask(event: highspy.HighsCallbackEvent) -> None:
        if clock.over():
            event.interrupt()

    def tell(event: highspy.HighsCallbackEvent) -> None:
        ask(event)
        if clock.seconds - last[0] > EVERY:
            last[0] = clock.seconds
            known = event.data_out
            hear(float(known.mip_primal_bound), float(known.mip_dual_bound))

    highs.cbMipInterrupt += tell
    highs.cbSimplexInterrupt += ask
    highs.cbIpmInterrupt += ask
