"""Read the access table once: what every door is told of every trade.

The table has a row for each door and trade, millions in a large district. All sheets read it
through :class:`Answers`, which is made once for a run and looked up by door and by trade.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle.documents._assessed import NAMELESS
from livingcircle.documents._assessed import records
from livingcircle.documents._assessed import requirements_of
from livingcircle.documents._assessed import sought
from livingcircle.documents._desk import Assessed
from livingcircle.documents._desk import Parts
from livingcircle.documents._desk import once
from livingcircle.verdicts import CODES
from livingcircle.verdicts import LACKING
from livingcircle.verdicts import NOT_APPLICABLE
from livingcircle.verdicts import SERVED
from livingcircle.verdicts import UNKNOWN
from livingcircle.verdicts import VERDICTS

Codes = npt.NDArray[np.int8]
Words = npt.NDArray[np.object_]

SILENT = -1  # the table says nothing of this door and trade
# What outweighs what where a door is told in one word; silence is weightless.
WEIGHTS = (NOT_APPLICABLE, SERVED, UNKNOWN, LACKING)
# A distance that is none, one nobody knows, and no outlet at all, in the order they come last.
ENDLESS, UNTOLD = 1e300, 2e300


@dataclass(frozen=True)
class Answers:
    """Hold the access table with doors down and trades across.

    Attributes
    ----------
    trades
        The columns, in the order of the table.
    verdicts
        Codes of ``livingcircle.verdicts``; ``SILENT`` where there is no row.
    metres
        How far the first outlet is.
    outlets, outlet_ids
        Which outlet that is, as a place in ``outlet_ids``; ``SILENT`` where there is none.
    """

    trades: tuple[str, ...]
    verdicts: Codes
    metres: npt.NDArray[np.float64]
    outlets: npt.NDArray[np.int32]
    outlet_ids: tuple[str, ...]

    def columns(self, trades: Sequence[str]) -> list[int]:
        """Return the columns of those trades that the table has."""
        return [self.trades.index(trade) for trade in trades if trade in self.trades]


def read_answers(assessed: Assessed) -> Answers:
    """Read the access table, in one pass over its rows."""
    access = assessed.access
    trade, trades = pd.factorize(access["trade"])
    outlet, outlets = pd.factorize(access["outlet_id"])
    told, ids = pd.factorize(access["door_id"])
    # Ids are looked up one by one for the doors only, not for millions of rows.
    door = assessed.doors.index.get_indexer(pd.Index(ids))[told]
    nobody = np.flatnonzero(np.asarray(outlets == ""))
    outlet = np.where(np.isin(outlet, nobody), SILENT, outlet)
    kept = door >= 0
    where = (door[kept], trade[kept])
    shape = (len(assessed.doors), len(trades))
    verdicts = np.full(shape, SILENT, dtype=np.int8)
    verdicts[where] = pd.Categorical(access["verdict"], categories=VERDICTS).codes[kept]
    metres = np.full(shape, np.nan)
    metres[where] = access["metres"].to_numpy(dtype=np.float64)[kept]
    reached = np.full(shape, SILENT, dtype=np.int32)
    reached[where] = outlet[kept]
    return Answers(tuple(map(str, trades)), verdicts, metres, reached, tuple(map(str, outlets)))


def door_verdicts(assessed: Assessed, trade: str) -> Words:
    """Return the verdict of each door for one trade, or, without one, its worst basic verdict.

    The words stand in the order of the doors; a door that is told nothing is unknown.
    """
    answers = once(assessed, read_answers)
    basic = [row.trade for row in assessed.standard.trades if row.tier == "basic"]
    columns = answers.columns([trade] if trade else basic)
    words = np.array([*WEIGHTS, UNKNOWN], dtype=object)
    weight = np.array([*(WEIGHTS.index(word) for word in VERDICTS), SILENT])
    heaviest = weight[answers.verdicts[:, columns]].max(axis=1, initial=SILENT)
    return np.asarray(words[heaviest], dtype=object)


def worst_verdicts(assessed: Assessed) -> Words:
    """Return the worst basic verdict of each door."""
    return door_verdicts(assessed, "")


def judged_columns(answers: Answers) -> list[int]:
    """Return the columns of the trades that are judged at any door."""
    told = (answers.verdicts != SILENT) & (answers.verdicts != CODES[NOT_APPLICABLE])
    return [int(place) for place in np.flatnonzero(told.any(axis=0))]


def nearest_names(assessed: Assessed) -> dict[str, str]:
    """Return, for each gap, the outlet that most of the doors lacking the trade reach first.

    A gap in the variety of trades has no nearest outlet.
    """
    answers, asked = once(assessed, read_answers), requirements_of(assessed)
    names, parts = assessed.outlets["name"], once(assessed, Parts)
    first: dict[str, tuple[npt.NDArray[np.int32], Codes]] = {}
    found = {}
    for row in records(assessed.gaps):
        if row.requirement_id not in first:
            wanted = sought(asked.get(row.requirement_id))
            first[row.requirement_id] = _first_reached(answers, wanted)
        outlet, verdict = first[row.requirement_id]
        if row.level in {"community", "circle"}:
            inside = parts.places("doors", row.unit_id, f"{row.level}_id")
            outlet, verdict = outlet[inside], verdict[inside]
        most = _commonest(answers, outlet, verdict)
        found[str(row.gap_id)] = (str(names.get(most, "")) or NAMELESS) if most else ""
    return found


def _first_reached(answers: Answers, trades: Sequence[str]) -> tuple[npt.NDArray[np.int32], Codes]:
    """Return which outlet each door reaches first of several trades, and what it is told there."""
    columns = answers.columns(trades)
    if not columns:
        nobody = np.full(len(answers.verdicts), SILENT)
        return nobody.astype(np.int32), nobody.astype(np.int8)
    metres = np.nan_to_num(answers.metres[:, columns], nan=UNTOLD, posinf=ENDLESS)
    metres[answers.outlets[:, columns] == SILENT] = np.inf
    rows, nearest = np.arange(len(metres)), np.asarray(columns)[metres.argmin(axis=1)]
    return answers.outlets[rows, nearest], answers.verdicts[rows, nearest]


def _commonest(answers: Answers, outlet: npt.NDArray[np.int32], verdict: Codes) -> str:
    """Return the outlet most doors reach that lack the trade, else most doors; empty for none."""
    reached = outlet != SILENT
    lacking = reached & (verdict == CODES[LACKING])
    places, counts = np.unique(outlet[lacking if lacking.any() else reached], return_counts=True)
    most = [answers.outlet_ids[place] for place in places[counts == counts.max(initial=0)]]
    return min(most, default="")
