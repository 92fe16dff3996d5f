"""Sum doors up into tables: access by trade, people covered by unit, blind areas with names.

Every figure is a weighted sum over the same doors; communities, circles and the district are
views of them, so people are conserved.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle.access import BAND_NAMES
from livingcircle.access import Access
from livingcircle.access import band_codes
from livingcircle.door_verdicts import REASONS
from livingcircle.door_verdicts import TradeVerdicts
from livingcircle.situation import Situation
from livingcircle.units import circle_of_community
from livingcircle.units import unit_names
from livingcircle.units import unit_numbers
from livingcircle.verdicts import CODES
from livingcircle.verdicts import NOT_APPLICABLE
from livingcircle.verdicts import VERDICTS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NO_RADIUS = "配置标准没有规定这类业态的服务半径"
# What the access table takes from the measured distances.
_MEASURED = ["metres", "minutes", "outlet", "circle_metres", "circle_outlet"]
_MEASURED += ["count_good", "count_pass"]
_COLUMNS = [*_MEASURED, "verdict", "reason"]


def access_table(
    situation: Situation,
    access: Access,
    judged: Mapping[str, TradeVerdicts],
    trades: tuple[str, ...],
) -> pd.DataFrame:
    """Return one row for each door and trade.

    Parameters
    ----------
    situation, access
        Doors and their distances.
    judged
        The service that judges each trade; trades without one are not applicable.
    trades
        Trades to list, in this order.
    """
    count = len(situation.doors)
    parts = [_access_part(access, trade, judged.get(trade), count) for trade in trades]
    # A standard that names no trade has no distances to tell.
    nothing = np.empty(0, dtype=np.int8)
    told: dict[str, npt.NDArray[Any]] = {
        name: np.concatenate([part[name] for part in parts]) if parts else nothing
        for name in _COLUMNS
    }
    door = np.tile(np.arange(count), len(trades))
    outlets = situation.district.outlets.index
    return pd.DataFrame(
        {
            "door_id": _taken(situation.doors.index, door),
            "trade": _category(np.repeat(np.arange(len(trades)), count), trades),
            "metres": _finite(told["metres"], 1),
            "minutes": _finite(told["minutes"], 2),
            "outlet_id": _taken(outlets, told["outlet"]),
            "circle_metres": _finite(told["circle_metres"], 1),
            "circle_outlet_id": _taken(outlets, told["circle_outlet"]),
            "count_good": told["count_good"],
            "count_pass": told["count_pass"],
            "band": _category(band_codes(told["minutes"]), BAND_NAMES),
            "verdict": _category(told["verdict"], VERDICTS),
            "reason": _category(told["reason"], (*REASONS, NO_RADIUS)),
            "method": _category(np.zeros(len(door), dtype=np.int8), (access.method,)),
        }
    )


def _access_part(
    access: Access, trade: str, said: TradeVerdicts | None, count: int
) -> dict[str, npt.NDArray[Any]]:
    """Return the rows of one trade, from the columns its verdicts were made from."""
    if said is None:
        part = {name: getattr(access.to(trade), name) for name in _MEASURED}
        verdict = np.full(count, CODES[NOT_APPLICABLE], dtype=np.int8)
        return {**part, "verdict": verdict, "reason": np.full(count, len(REASONS), np.int8)}
    used = np.unique(said.column)
    part = {name: getattr(access.columns[used[0]], name) for name in _MEASURED}
    for number in used[1:]:
        here = said.column == number
        other = access.columns[number]
        part = {name: np.where(here, getattr(other, name), old) for name, old in part.items()}
    return {**part, "verdict": said.doors.verdict, "reason": said.doors.reason}


def _taken(ids: pd.Index, places: npt.NDArray[Any]) -> pd.api.extensions.ExtensionArray:
    """Return the ids at some places as text; none where the place is -1."""
    words = pd.array(ids.to_numpy(dtype=object), dtype="str")
    return words.take(places, allow_fill=True)


def _category(codes: npt.NDArray[Any], words: Sequence[str]) -> Any:  # noqa: ANN401
    """Return words as a category of those that occur, in alphabetical order."""
    present = np.flatnonzero(np.bincount(codes, minlength=len(words)))
    order = sorted(present.tolist(), key=lambda code: words[code])
    place = np.zeros(len(words), dtype=np.int16)
    place[order] = np.arange(len(order))
    names = pd.Index([words[code] for code in order], dtype="str")
    return pd.Categorical.from_codes(place[codes], dtype=pd.CategoricalDtype(names))


def _finite(values: Floats, digits: int) -> Floats:
    """Round, and write nothing where there is no way."""
    return np.where(np.isfinite(values), np.round(values, digits), np.nan)


COVERAGE_COLUMNS = ["level", "unit_id", "trade", "doors", "people", *VERDICTS, "good", "counted"]


def coverage_table(situation: Situation, judged: Mapping[str, TradeVerdicts]) -> pd.DataFrame:
    """Return people by verdict for each unit and trade.

    Where nobody knows how many live behind any of a unit's doors, ``people`` is missing and the
    verdicts count doors; ``counted`` says which of the two they count.
    """
    names = unit_names(situation)
    circle_of = circle_of_community(situation)
    residents = situation.doors["residents"].to_numpy(dtype=np.float64)
    rows = [
        _covered(level, ids, number, residents, judged)
        for level, (ids, number) in unit_numbers(situation).items()
        if len(ids) and judged
    ]
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=COVERAGE_COLUMNS)
    known = (table["served"] + table["lacking"]).astype("float64")
    table["share"] = (table["served"].astype("float64") / known.where(known > 0)).round(4)
    units = list(zip(table["level"], table["unit_id"], strict=True))
    table["unit_name"] = [names[level][unit] for level, unit in units]
    table["circle_id"] = [u if level == "circle" else circle_of.get(u, "") for level, u in units]
    return table.round(dict.fromkeys((*VERDICTS, "people", "good"), 1))


def _covered(
    level: str,
    ids: pd.Index,
    number: Ints,
    residents: Floats,
    judged: Mapping[str, TradeVerdicts],
) -> pd.DataFrame:
    """Return the coverage of every trade in every unit of one level, trade by trade."""
    count = len(ids)
    inside = number >= 0
    number, residents = number[inside], residents[inside]
    known = np.bincount(number, weights=np.isfinite(residents), minlength=count) > 0
    weight = np.where(known[number], np.nan_to_num(residents), 1.0)
    sums, good = np.empty((len(judged), count, len(VERDICTS))), np.empty((len(judged), count))
    for row, one in enumerate(judged.values()):
        cell = number * len(VERDICTS) + one.doors.verdict[inside]
        sums[row] = np.bincount(cell, weight, minlength=sums[row].size).reshape(sums[row].shape)
        good[row] = np.bincount(number, weight * one.doors.good[inside], minlength=count)
    people = np.where(known, np.bincount(number, weight, minlength=count), np.nan)
    return pd.DataFrame(
        {
            "level": level,
            "unit_id": np.tile(ids.to_numpy(dtype=object), len(judged)),
            "trade": np.repeat(np.array(list(judged), dtype=object), count),
            "doors": np.tile(np.bincount(number, minlength=count), len(judged)),
            "people": np.tile(people, len(judged)),
            **{word: sums[..., code].ravel() for word, code in CODES.items()},
            "good": good.ravel(),
            "counted": np.tile(np.where(known, "people", "doors").astype(object), len(judged)),
        }
    )
