"""Choose circles so that every tile lies in exactly one: set partitioning, solved by HiGHS.

minimise Σ price(g) x(g) over the listed groups g, so that Σ over groups that hold a tile = 1 for
every tile, x in {0, 1} (Garfinkel and Nemhauser 1970). Every tile by itself is a group, so there
always is an answer. The search ends after a number of branches, not of seconds: the same input
gives the same answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np
import numpy.typing as npt

# The solver itself: its Python wrapper prints a banner as soon as it is made.
from highspy.highs import _Highs as Solver  # type: ignore[attr-defined]

from livingcircle._delineation.groups import Tiles
from livingcircle._highs import run_solver

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Branches a search may take: fewer where there are more groups, since each costs more then.
BRANCHES, LEAST_BRANCHES, MOST_BRANCHES = 100_000, 3, 500
PROVEN_GAP = 1e-4


@dataclass(frozen=True)
class Choice:
    """Hold the groups chosen, and how far from the best the choice can be.

    Attributes
    ----------
    chosen
        Positions of the groups, in order.
    price
        What they cost together.
    gap
        By what share of the price a better choice among the listed groups could be cheaper; 0
        where none is.
    """

    chosen: Ints
    price: float
    gap: float


def choose(
    groups: Sequence[Tiles],
    prices: Floats,
    tiles: Sequence[int],
    start: Ints | None = None,
    number: int | None = None,
) -> Choice | None:
    """Return the cheapest choice of groups that holds every tile exactly once.

    Parameters
    ----------
    groups
        Sets of tiles, every tile by itself among them.
    prices
        What each costs, shape (groups,).
    tiles
        The tiles to hold.
    start
        A choice to begin with; a greedy one if not given.
    number
        How many groups to choose; as many as are cheapest if not given.

    Returns
    -------
    The choice, or None where no choice of so many groups was found.
    """
    solver = _model(groups, prices, tiles, number)
    start = _greedy(groups, prices, len(tiles)) if start is None else start
    if number is None:
        solution = highspy.HighsSolution()
        taken = np.zeros(len(groups))
        taken[start] = 1.0
        solution.col_value = taken.tolist()
        solver.setSolution(solution)
    run_solver(solver)
    value = np.array(solver.getSolution().col_value)
    bound = float(solver.getInfo().mip_dual_bound)
    found = np.flatnonzero(value > 0.5) if len(value) == len(groups) else start  # noqa: PLR2004
    if sum(len(groups[n]) for n in found) != len(tiles):
        found = start
    if number is not None and len(found) != number:
        return None
    price = float(prices[found].sum())
    gap = max(0.0, (price - bound) / max(abs(price), 1e-9)) if np.isfinite(bound) else np.inf
    return Choice(found, price, 0.0 if gap < PROVEN_GAP else gap)


def _model(
    groups: Sequence[Tiles], prices: Floats, tiles: Sequence[int], number: int | None
) -> Solver:
    """Return the solver with its model: a row for each tile, and one that counts the groups."""
    row = {tile: n for n, tile in enumerate(tiles)}
    counted = [] if number is None else [len(tiles)]
    index = [sorted(row[tile] for tile in group) + counted for group in groups]
    sides = np.ones(len(tiles)) if number is None else np.append(np.ones(len(tiles)), number)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(groups), len(sides)
    model.col_cost_ = prices
    model.col_lower_, model.col_upper_ = np.zeros(len(groups)), np.ones(len(groups))
    model.row_lower_ = model.row_upper_ = sides
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.cumsum([0, *(len(rows) for rows in index)])
    model.a_matrix_.index_ = np.concatenate([np.array(rows, dtype=np.int32) for rows in index])
    model.a_matrix_.value_ = np.ones(len(model.a_matrix_.index_))
    model.integrality_ = [highspy.HighsVarType.kInteger] * len(groups)
    solver = Solver()
    for option, value in (
        ("output_flag", False),
        ("random_seed", 0),
        ("mip_max_nodes", min(max(BRANCHES // len(groups), LEAST_BRANCHES), MOST_BRANCHES)),
        ("mip_rel_gap", PROVEN_GAP),
    ):
        solver.setOptionValue(option, value)
    solver.passModel(model)
    return solver


def _greedy(groups: Sequence[Tiles], prices: Floats, count: int) -> Ints:
    """Return a choice made by taking the cheapest group by tile again and again."""
    by_tile = prices / np.array([len(group) for group in groups])
    taken: set[int] = set()
    chosen = []
    for n in np.argsort(by_tile, kind="stable").tolist():
        if taken.isdisjoint(groups[n]):
            chosen.append(n)
            taken |= groups[n]
            if len(taken) == count:
                break
    return np.array(sorted(chosen), dtype=np.int64)
