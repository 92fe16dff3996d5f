"""Read the outlets as the rules see them: one record a shop, those that are gone left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.facts import read_register
from livingcircle.memory import Kept
from livingcircle.memory import Memory
from livingcircle.situation import Situation

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
SHOP_COLUMNS = (
    "area_m2",
    "chain",
    "online",
    "quality_brand",
    "hours",
    "step_free",
    "status",
    "supply",
    "service_centre_id",
    "same_day_online",
)


@dataclass(frozen=True)
class Shops:
    """Hold every outlet as the rules see it.

    Attributes
    ----------
    ids
        All outlets, in the order of the outlet table.
    places
        Where they are in metres, shape (outlets, 2).
    register
        Those that are not gone, by id. A shop that did not change since the last run is the very
        same record.
    """

    ids: npt.NDArray[np.object_]
    places: Floats
    register: Mapping[str, OutletFacts]

    @property
    def records(self) -> npt.NDArray[np.object_]:
        """Return the record of each outlet, None of those that are gone, shape (outlets,)."""
        found = np.empty(len(self.ids), dtype=object)
        found[:] = [self.register.get(one) for one in self.ids]
        return found


def list_shops(situation: Situation, memory: Memory | None = None) -> Shops:
    """Return the outlets of a district; only those that changed are read again."""
    memory = Memory() if memory is None else memory
    outlets, pairs = situation.district.outlets, situation.district.outlet_trades
    grid, lonlat = situation.grid, shapely.get_coordinates(outlets.geometry.to_numpy())
    (places,) = memory.recall_rows(
        "shop places", (grid,), lonlat, lambda some: (grid.project_pairs(lonlat[some]),)
    )
    inputs = outlets, pairs, places
    before = memory.last("shops")
    if before is None:
        register = read_register(_table(outlets, _held(pairs), places))
        shops = Shops(outlets.index.to_numpy(dtype=object), places, register)
        return memory.recall("shops", inputs, lambda: shops)
    return memory.recall("shops", inputs, lambda: _reread(before, inputs))


def _held(pairs: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return the trades of each outlet."""
    held: dict[str, set[str]] = {}
    for outlet, trade in zip(pairs["outlet_id"].tolist(), pairs["trade"].tolist(), strict=True):
        held.setdefault(outlet, set()).add(trade)
    return {outlet: frozenset(trades) for outlet, trades in held.items()}


def _table(
    outlets: pd.DataFrame, held: Mapping[str, frozenset[str]], places: Floats
) -> pd.DataFrame:
    """Return the rows of some outlets that records are read from."""
    none: frozenset[str] = frozenset()
    trades = pd.Series([held.get(o, none) for o in outlets.index], outlets.index, dtype=object)
    table = pd.DataFrame(outlets[list(SHOP_COLUMNS)])
    return table.assign(trades=trades, x=places[:, 0], y=places[:, 1])


def _reread(
    before: Kept,
    now: tuple[pd.DataFrame, pd.DataFrame, Floats],
) -> Shops:
    """Return the shops with the records of those rows that changed read again."""
    (old, old_pairs, old_places), shops = before.inputs, before.made
    outlets, pairs, places = now
    ids = outlets.index.to_numpy(dtype=object)
    both = min(len(old), len(outlets))
    stale = np.ones(len(outlets), dtype=np.bool_)
    moved = (places[:both] != old_places[:both]).any(axis=1)
    stale[:both] = moved | (ids[:both] != shops.ids[:both])
    for name in SHOP_COLUMNS:
        stale[:both] |= _differ(outlets[name].iloc[:both], old[name].iloc[:both])
    if pairs is not old_pairs:
        stale |= np.isin(ids.astype(str), _retraded(pairs, old_pairs))
    rows = np.flatnonzero(stale)
    some = outlets.iloc[rows]
    mine = pairs[pairs["outlet_id"].isin(some.index)]
    fresh = read_register(_table(some, _held(mine), places[rows]))
    kept = shops.register
    register = {
        one: fresh[one] if again else kept[one]
        for one, again in zip(ids.tolist(), stale.tolist(), strict=True)
        if one in (fresh if again else kept)
    }
    return Shops(ids, places, register)


def _differ(new: "pd.Series[Any]", old: "pd.Series[Any]") -> npt.NDArray[np.bool_]:
    """Return which cells of two columns differ; two blanks are alike."""
    if new.array.equals(old.array):
        return np.zeros(len(new), dtype=np.bool_)
    a, b = new.reset_index(drop=True), old.reset_index(drop=True)
    blank, was = a.isna().to_numpy(), b.isna().to_numpy()
    unlike = (a != b).fillna(value=True).to_numpy(dtype=np.bool_)
    return np.asarray((unlike & ~(blank & was)) | (blank != was))


def _retraded(pairs: pd.DataFrame, old: pd.DataFrame) -> npt.NDArray[np.str_]:
    """Return the ids of outlets with other trades than before."""
    now, was = (
        set(zip(t["outlet_id"].tolist(), t["trade"].tolist(), strict=True)) for t in (pairs, old)
    )
    return np.array(sorted({outlet for outlet, _ in now ^ was}), dtype=str)
