"""Read the outlets as the rules see them: one record a shop, those that are gone left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pandas.api.extensions import ExtensionArray

from livingcircle._rules.facts import OutletFacts
from livingcircle._rules.facts import read_register
from livingcircle.memory import Kept
from livingcircle.memory import Memory
from livingcircle.situation import Situation

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.object_]
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
    records
        The record of each outlet, None of those that are gone, shape (outlets,). A shop that did
        not change since the last run is the very same record.
    register
        Those that are not gone, by id.
    stamps
        Which reading each outlet's record is from, shape (outlets,): of two runs of one memory,
        records under the same stamp in the same place are the very same.
    turn
        How many readings there were before.
    """

    ids: Words
    places: Floats
    records: Words
    register: Mapping[str, OutletFacts]
    stamps: Ints
    turn: int = 0


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
    make = partial(_read, *inputs) if before is None else partial(_reread, before, inputs)
    return memory.recall("shops", inputs, make)


def _read(outlets: pd.DataFrame, pairs: pd.DataFrame, places: Floats) -> Shops:
    """Return the shops, every record read."""
    ids = outlets.index.to_numpy(dtype=object)
    register = read_register(_table(outlets, slice(None), _held(pairs), places))
    return Shops(ids, places, _of(register, ids), register, np.zeros(len(ids), dtype=np.int64))


def _of(register: Mapping[str, OutletFacts], ids: Words) -> Words:
    """Return the records of some outlets, None of those that are gone."""
    found = np.empty(len(ids), dtype=object)
    found[:] = [register.get(one) for one in ids]
    return found


def _held(pairs: pd.DataFrame) -> dict[str, frozenset[str]]:
    """Return the trades of each outlet."""
    held: dict[str, set[str]] = {}
    for outlet, trade in zip(pairs["outlet_id"].tolist(), pairs["trade"].tolist(), strict=True):
        held.setdefault(outlet, set()).add(trade)
    return {outlet: frozenset(trades) for outlet, trades in held.items()}


def _table(
    outlets: pd.DataFrame, rows: Ints | slice, held: Mapping[str, frozenset[str]], places: Floats
) -> pd.DataFrame:
    """Return some rows of outlets that records are read from."""
    none: frozenset[str] = frozenset()
    ids = outlets.index[rows]
    columns: dict[str, Any] = {name: outlets[name].array[rows] for name in SHOP_COLUMNS}
    columns |= {"x": places[rows, 0], "y": places[rows, 1]}
    return pd.DataFrame(columns | {"trades": [held.get(one, none) for one in ids]}, index=ids)


def _reread(
    before: Kept,
    now: tuple[pd.DataFrame, pd.DataFrame, Floats],
) -> Shops:
    """Return the shops with the records of those rows that changed read again."""
    shops: Shops = before.made
    outlets, pairs, places = now
    ids = outlets.index.to_numpy(dtype=object)
    stale = _stale(before, now, ids)
    rows = np.flatnonzero(stale)
    if len(rows) == 0 and len(ids) == len(shops.ids):
        return shops
    mine = pairs[pairs["outlet_id"].isin(outlets.index[rows])]
    fresh = read_register(_table(outlets, rows, _held(mine), places))
    stamps, records = np.zeros(len(ids), dtype=np.int64), np.empty(len(ids), dtype=object)
    both = min(len(ids), len(shops.ids))
    stamps[:both], records[:both] = shops.stamps[:both], shops.records[:both]
    stamps[rows], records[rows] = shops.turn + 1, _of(fresh, ids[rows])
    register = _exchanged(shops, fresh, ids, stale)
    return Shops(ids, places, records, register, stamps, shops.turn + 1)


def _exchanged(
    shops: Shops,
    fresh: Mapping[str, OutletFacts],
    ids: Words,
    stale: npt.NDArray[np.bool_],
) -> dict[str, OutletFacts]:
    """Return the register with some records exchanged, in the order of the table."""
    kept = shops.register
    alike = len(ids) == len(shops.ids) and np.array_equal(ids, shops.ids)
    again = ids[stale].tolist()
    if alike and all((one in kept) == (one in fresh) for one in again):
        # Everybody keeps their place.
        return {**kept, **fresh}
    return {
        one: fresh[one] if anew else kept[one]
        for one, anew in zip(ids.tolist(), stale.tolist(), strict=True)
        if one in (fresh if anew else kept)
    }


def _stale(
    before: Kept,
    now: tuple[pd.DataFrame, pd.DataFrame, Floats],
    ids: Words,
) -> npt.NDArray[np.bool_]:
    """Return which rows tell of a shop otherwise than before."""
    (old, old_pairs, old_places), shops = before.inputs, before.made
    outlets, pairs, places = now
    both = min(len(old), len(outlets))
    stale = np.ones(len(outlets), dtype=np.bool_)
    moved = (places[:both] != old_places[:both]).any(axis=1)
    stale[:both] = moved | (ids[:both] != shops.ids[:both])
    for name in SHOP_COLUMNS:
        # Slices of arrays: those of columns would sort their index first.
        stale[:both] |= _differ(outlets[name].array[:both], old[name].array[:both])
    if pairs is not old_pairs:
        other = _retraded(pairs, old_pairs)
        stale |= np.fromiter((one in other for one in ids.tolist()), np.bool_, len(ids))
    return stale


def _differ(new: ExtensionArray, old: ExtensionArray) -> npt.NDArray[np.bool_]:
    """Return which cells of two columns differ; two blanks are alike."""
    a, b = pd.Series(new), pd.Series(old)
    if a.equals(b):
        return np.zeros(len(a), dtype=np.bool_)
    blank, was = a.isna().to_numpy(), b.isna().to_numpy()
    unlike = (a != b).fillna(value=True).to_numpy(dtype=np.bool_)
    return np.asarray((unlike & ~(blank & was)) | (blank != was))


def _retraded(pairs: pd.DataFrame, old: pd.DataFrame) -> set[str]:
    """Return the ids of outlets with other trades than before.

    Of two long tables that differ in a few rows only what lies between their common beginning
    and their common end is looked at.
    """
    both = min(len(pairs), len(old))
    head = _agreeing(pairs.iloc[:both], old.iloc[:both])
    rest = both - head
    tail = _agreeing(pairs.iloc[len(pairs) - rest :][::-1], old.iloc[len(old) - rest :][::-1])
    now, was = (
        set(zip(t["outlet_id"].tolist(), t["trade"].tolist(), strict=True))
        for t in (one.iloc[head : len(one) - tail] for one in (pairs, old))
    )
    return {outlet for outlet, _ in now ^ was}


def _agreeing(a: pd.DataFrame, b: pd.DataFrame) -> int:
    """Return how many rows from the first on two tables of one length agree in."""
    unlike = np.zeros(len(a), dtype=np.bool_)
    for name in ("outlet_id", "trade"):
        unlike |= np.asarray(a[name].array != b[name].array, dtype=np.bool_)
    return int(unlike.argmax()) if unlike.any() else len(unlike)
