"""Write one table of the record as GeoParquet that the engine reads back as it was."""

import math
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from livingcircle.district import Status
from livingcircle.errors import InputError
from livingcircle.errors import TableError
from livingcircle.io.folder import SECTIONS
from livingcircle.tables import TABLES
from livingcircle.tables import Table
from livingcircle.tables import keeps_id
from livingcircle.trades import trade_name

DEGREES = "EPSG:4326"
_SAME_DEGREES = (4326, 4490)  # centimetres apart in China, as everywhere in the engine
_PLACE = ("lon", "lat", "coordinates")
# Columns that a table read by the engine bears besides its own.
_FOREIGN = frozenset({"geometry", "row", "source", "sheet", "declared"})
_MOST_EXACT = 1e15


@dataclass(frozen=True)
class Provenance:
    """Say where a table of the record comes from and how far to believe it.

    ``complete_for`` is for outlets: codes of the trades for which a missing row is a missing
    shop, ``"listed"`` for all that occur in it, ``"none"`` for none.
    """

    title: str
    status: Status = Status.REAL
    date: str = ""
    licence: str = ""
    note: str = ""
    complete_for: str | frozenset[str] = ""


@dataclass(frozen=True)
class RecordTable:
    """Hold rows of one table with their provenance; one table may come in several of these.

    Attributes
    ----------
    table
        ``outlets``, ``communities``, ``circles``, ``spaces``, ``reports``, ``entrances`` or any
        other table of the engine.
    rows
        Columns by the engine's identifiers, the id as index or as column, places as geometry in
        degrees. Cells may be typed or text; a missing one means that nobody knows.
    """

    table: str
    rows: pd.DataFrame
    provenance: Provenance


def write_record(one: RecordTable, path: Path) -> None:
    """Write a table, its rows sorted by id and every cell as text.

    Raises
    ------
    TableError
        If it is no table of a district, or has a column that the engine does not know.
    """
    table = _table(one)
    rows = with_id(one)
    cells = {name: _texts(rows[name]) for name in _columns(table, rows)}
    frame = pd.DataFrame({table.id: rows.index.astype(object), **cells}).astype("str")
    shapes = _shapes(rows)
    for name in _PLACE:  # a shape says it better, and only one may speak
        if name in frame:
            frame[name] = frame[name].where(shapely.is_missing(shapes), "")
    gpd.GeoDataFrame(frame, geometry=shapes, crs=DEGREES).to_parquet(path, index=False)


def with_id(one: RecordTable) -> pd.DataFrame:
    """Return the rows indexed by their id as text, in its order.

    Raises
    ------
    InputError
        If an id is blank, or would be read as another one.
    """
    name = _table(one).id
    rows = one.rows.set_index(name) if name in one.rows.columns else one.rows
    ids = [str(value) for value in rows.index]
    strange = [text for text in ids if not keeps_id(text)]
    if strange:
        what = f"编号“{strange[0]}”不能照原样保存"
        remedy = "编号不能留空，不能用全角字符、首尾空格，或“-”“无数据”之类的词"
        raise InputError(what, where=_table(one).title, remedy=remedy)
    return rows.set_axis(pd.Index(ids, dtype="str", name=name), axis=0).sort_index(kind="stable")


def refuse_repeated_ids(record: Sequence[RecordTable]) -> None:
    """Refuse ids that stand twice in one table, whichever part of it they stand in.

    Raises
    ------
    InputError
        Naming the first of them.
    """
    seen: dict[str, set[str]] = {}
    for one in record:
        known = seen.setdefault(one.table, set())
        for text in with_id(one).index:
            if text in known:
                what = f"编号“{text}”出现了两次"
                raise InputError(what, where=_table(one).title, remedy="改成不重复的编号")
            known.add(text)


def trades_cell(codes: Iterable[str], words: Iterable[str] = ()) -> str:
    """Return the trades of an outlet as a cell: names of codes, then words nobody could place."""
    return "、".join(dict.fromkeys([*map(trade_name, codes), *words]))


def _table(one: RecordTable) -> Table:
    if one.table not in set(SECTIONS.values()):
        what = f"没有“{one.table}”这张表"
        raise TableError(what, remedy=f"从这些里选：{'、'.join(SECTIONS.values())}")
    return TABLES[one.table]


def _columns(table: Table, rows: pd.DataFrame) -> list[str]:
    """Return the columns that are written, in the table's own order."""
    known = [column.name for column in table.columns[1:]]
    unknown = [str(name) for name in rows.columns if name not in {*known, *_FOREIGN}]
    if unknown:
        what = f"{table.title}表没有“{unknown[0]}”这一列"
        raise TableError(what, remedy="核对列名，列名见输入表的说明")
    return [name for name in known if name in rows.columns]


def _texts(cells: pd.Series) -> list[str]:
    return [_text(value) for value in cells.astype(object)]


def _text(value: object) -> str:
    """Return a cell as the text a person would type; nothing where nobody knows."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, bool | np.bool_):
        return "是" if value else "否"
    if isinstance(value, float | np.floating):
        number = float(value)
        if math.isnan(number):
            return ""
        return (
            str(int(number)) if number.is_integer() and abs(number) < _MOST_EXACT else repr(number)
        )
    return str(value)


def _shapes(rows: pd.DataFrame) -> np.ndarray:
    """Return the places in degrees, None where there is none."""
    if "geometry" not in rows.columns:
        return np.full(len(rows), None, dtype=object)
    if isinstance(rows, gpd.GeoDataFrame) and rows.crs is not None:
        known = rows.crs.to_epsg() in _SAME_DEGREES
        rows = rows if known else rows.to_crs(DEGREES)
    return np.asarray(shapely.force_2d(rows["geometry"].to_numpy()), dtype=object)
