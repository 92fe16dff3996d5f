"""Sum doors up into tables: access by trade, people covered by unit, blind areas with names.

Every figure is a weighted sum over the same doors; communities, circles and the district are
views of them, so people are conserved.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle.access import Access
from livingcircle.access import band_of
from livingcircle.door_verdicts import DoorVerdicts
from livingcircle.door_verdicts import TradeVerdicts
from livingcircle.situation import Situation
from livingcircle.units import circle_of_community
from livingcircle.units import unit_names
from livingcircle.units import unit_numbers
from livingcircle.verdicts import NOT_APPLICABLE
from livingcircle.verdicts import VERDICTS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

NO_RADIUS = "配置标准没有规定这类业态的服务半径"


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
    ids = pd.Index(situation.doors.index)
    # The last place answers for outlet number -1: none.
    outlets = np.array([*situation.district.outlets.index, None], dtype=object)
    parts = [
        _access_part(access, trade, judged.get(trade), outlets).assign(door_id=ids, trade=trade)
        for trade in trades
    ]
    if not parts:  # a standard that names no trade has no distances to tell
        parts = [_access_part(access, "", None, outlets).iloc[:0].assign(door_id=[], trade=[])]
    table = pd.concat(parts, ignore_index=True)
    for column in ("trade", "band", "verdict", "reason"):
        table[column] = table[column].astype("category")
    first = ["door_id", "trade"]
    return table[[*first, *(c for c in table.columns if c not in first)]]


def _access_part(
    access: Access, trade: str, said: TradeVerdicts | None, outlets: npt.NDArray[np.object_]
) -> pd.DataFrame:
    """Return the rows of one trade, from the columns its verdicts were made from."""
    count = len(access.metres)
    nothing = np.full(count, "", dtype=object)
    verdict = said.doors.verdict if said else np.full(count, NOT_APPLICABLE, dtype=object)
    column = said.column if said else np.full(count, access.column(trade) if trade else -1)
    cell = np.arange(count), column
    return pd.DataFrame(
        {
            "metres": _finite(access.metres[cell], 1),
            "minutes": _finite(access.minutes[cell], 2),
            "outlet_id": pd.array(outlets[access.outlet[cell]], dtype="str"),
            "circle_metres": _finite(access.circle_metres[cell], 1),
            "circle_outlet_id": pd.array(outlets[access.circle_outlet[cell]], dtype="str"),
            "count_good": access.count_good[cell],
            "count_pass": access.count_pass[cell],
            "band": band_of(access.minutes[cell]),
            "verdict": verdict,
            "reason": said.doors.reason if said else nothing + NO_RADIUS,
            "method": access.method,
        }
    )


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
        _covered(level, ids, number, residents, trade, one.doors)
        for level, (ids, number) in unit_numbers(situation).items()
        for trade, one in judged.items()
        if len(ids)
    ]
    table = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=COVERAGE_COLUMNS)
    known = (table["served"] + table["lacking"]).astype("float64")
    table["share"] = (table["served"].astype("float64") / known.where(known > 0)).round(4)
    table["unit_name"] = [
        names[lv][u] for lv, u in zip(table["level"], table["unit_id"], strict=True)
    ]
    table["circle_id"] = [
        u if lv == "circle" else circle_of.get(u, "")
        for lv, u in zip(table["level"], table["unit_id"], strict=True)
    ]
    return table.round(dict.fromkeys((*VERDICTS, "people", "good"), 1))


def _covered(
    level: str, ids: pd.Index, number: Ints, residents: Floats, trade: str, doors: DoorVerdicts
) -> pd.DataFrame:
    """Return the coverage of one trade in every unit of one level."""
    count = len(ids)
    known = _sum(number, count, np.isfinite(residents).astype(np.float64)) > 0
    weight = np.where(known[number], np.nan_to_num(residents), 1.0)
    sums = {word: _sum(number, count, weight * (doors.verdict == word)) for word in VERDICTS}
    return pd.DataFrame(
        {
            "level": level,
            "unit_id": ids.to_numpy(dtype=object),
            "trade": trade,
            "doors": np.bincount(number[number >= 0], minlength=count),
            "people": np.where(known, _sum(number, count, weight), np.nan),
            **sums,
            "good": _sum(number, count, weight * doors.good),
            "counted": np.where(known, "people", "doors"),
        }
    )


def _sum(number: Ints, count: int, weight: Floats) -> Floats:
    """Return the sum of a weight over each unit's doors."""
    inside = number >= 0
    return np.bincount(number[inside], weights=weight[inside], minlength=count).astype(np.float64)
