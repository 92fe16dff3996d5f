"""Edit a district, one thing at a time: a shop, a gate, the people behind a door.

Every edit returns a new district that shares all untouched tables with the old one, so that a
:class:`~livingcircle.memory.Memory` sees at once what is the same. Nothing is changed in place.
"""

import math
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from livingcircle.coordinates import LocalGrid
from livingcircle.district import District
from livingcircle.errors import InputError
from livingcircle.tables import TABLES
from livingcircle.tables import Column
from livingcircle.tables import Kind
from livingcircle.trades import with_broader

Cell = str | float | bool | None
JOIN_METRES = 50.0
_NUMBERS = (Kind.NUMBER, Kind.PEOPLE, Kind.INTEGER, Kind.YEAR)


def add_outlet(
    district: District,
    outlet_id: str,
    trades: Sequence[str],
    place: tuple[float, float],
    cells: Mapping[str, Cell] | None = None,
) -> District:
    """Return the district with one more outlet.

    Parameters
    ----------
    outlet_id
        A new id.
    trades
        Codes of its trades; broader ones are added.
    place
        Longitude and latitude.
    cells
        Other columns of the outlet table, such as ``hours`` or ``area_m2``.

    Raises
    ------
    InputError
        If there is such an outlet already, or the table has no such column.
    """
    if outlet_id in district.outlets.index:
        raise InputError("已有这个编号的网点", where=outlet_id, remedy="换一个编号")
    usual = {"name": outlet_id, "status": "open", "supply": "fixed", "trades": "、".join(trades)}
    row: dict[str, Cell] = {**usual, **(cells or {})}
    blank = district.outlets.iloc[:0].reindex([outlet_id])
    point = _point(outlet_id, place)
    blank = _with_cells("outlets", _as_typed(blank, district.outlets), outlet_id, row)
    crs = district.outlets.crs
    blank = blank.set_geometry(gpd.GeoSeries([point], index=[outlet_id], crs=crs))
    outlets = pd.concat([district.outlets, blank])
    pairs = pd.DataFrame({"outlet_id": outlet_id, "trade": list(with_broader(list(trades)))})
    told = pd.concat([district.outlet_trades, pairs.astype(district.outlet_trades.dtypes)])
    return replace(
        district,
        outlets=outlets.rename_axis(district.outlets.index.name),
        outlet_trades=told.sort_values(["outlet_id", "trade"], ignore_index=True),
    )


def change_outlet(district: District, outlet_id: str, cells: Mapping[str, Cell]) -> District:
    """Return the district with some cells of an outlet changed: status, hours, area and so on.

    An outlet is closed with ``{"status": "closed"}``.

    Raises
    ------
    InputError
        If there is no such outlet or column.
    """
    if "trades" in cells:
        remedy = "另建一家业态不同的网点，再把这一家改为停业"
        raise InputError("业态不能这样改", where=outlet_id, remedy=remedy)
    return replace(district, outlets=_with_cells("outlets", district.outlets, outlet_id, cells))


def move_outlet(district: District, outlet_id: str, place: tuple[float, float]) -> District:
    """Return the district with an outlet at another longitude and latitude."""
    row = _row(district.outlets, outlet_id)
    shapes = district.outlets.geometry.array.copy()
    shapes[row] = _point(outlet_id, place)
    return replace(district, outlets=district.outlets.set_geometry(shapes))


def change_residents(district: District, door_id: str, residents: float) -> District:
    """Return the district with another number of people behind a door."""
    doors = _with_cells("doors", district.doors, door_id, {"residents": residents})
    return replace(district, doors=doors)


def change_gate(district: District, gate_id: str, cells: Mapping[str, Cell]) -> District:
    """Return the district with some cells of a gate changed: its class, compound or hours."""
    return replace(district, gates=_with_cells("gates", district.gates, gate_id, cells))


def add_footbridge(
    district: District, name: str, start: tuple[float, float], end: tuple[float, float]
) -> District:
    """Return the district with a footbridge between two streets.

    Each end joins the nearest street on the ground within 50 m, at the nearest point of it.

    Parameters
    ----------
    name
        A new segment id.
    start, end
        Longitude and latitude of its ends.

    Raises
    ------
    InputError
        If there is such a segment already, an end is near no street, or both meet in one point.
    """
    if name in district.streets.index:
        raise InputError("已有这个编号的路段", where=name, remedy="换一个编号")
    streets, ends = district.streets, []
    for place in (start, end):
        streets, foot = _joined(streets, name, _point(name, place))
        ends.append(foot)
    if ends[0] == ends[1]:
        raise InputError("天桥两端接在同一处", where=name, remedy="核对两端的坐标")
    blank = _as_typed(streets.iloc[:0].reindex([name]), streets)
    row: dict[str, Cell] = {
        "name": name, "highway": "footway", "structure": "bridge", "crossing": "footbridge",
        "access": "public", "layer": 0, "oneway": 0,
    }  # fmt: skip
    blank = _with_cells("streets", blank, name, row)
    blank = blank.set_geometry(
        gpd.GeoSeries([shapely.LineString(ends)], index=[name], crs=streets.crs)
    )
    found = pd.concat([streets, blank]).rename_axis(streets.index.name)
    return replace(district, streets=found)


def _joined(
    streets: gpd.GeoDataFrame, name: str, place: shapely.Point
) -> tuple[gpd.GeoDataFrame, tuple[float, float]]:
    """Return the streets with a vertex at the point of them nearest to a place, and that point."""
    grid = LocalGrid.around(place)
    on_ground = (streets["layer"] == 0) & (streets["structure"].fillna("") == "")
    ground = np.flatnonzero(on_ground)
    lines = np.asarray(grid.project(streets.geometry.to_numpy()[ground]), dtype=object)
    point = grid.project(place)
    metres = shapely.distance(lines, point)
    if not len(metres) or metres.min() > JOIN_METRES:
        what = f"{JOIN_METRES:g}米内没有可以接上的道路"
        raise InputError(what, where=name, remedy="把天桥的一端移到路边")
    nearest = int(metres.argmin())
    line = lines[nearest]
    along = shapely.line_locate_point(line, point)
    # Lengths along the line, not places located on it: a loop ends where it begins.
    steps = np.hypot(*np.diff(shapely.get_coordinates(line), axis=0).T)
    at = np.concatenate([[0.0], np.cumsum(steps)])
    shapes = streets.geometry.array.copy()
    row = int(ground[nearest])
    known = shapely.get_coordinates(shapes[row])
    if np.abs(at - along).min() < 1.0:
        return streets, tuple(known[int(np.abs(at - along).argmin())])
    foot = shapely.get_coordinates(grid.unproject(shapely.line_interpolate_point(line, along)))
    shapes[row] = shapely.LineString(
        np.insert(known, int(np.searchsorted(at, along)), foot, axis=0)
    )
    return streets.set_geometry(shapes), tuple(foot[0])


def _row(table: gpd.GeoDataFrame, name: str) -> int:
    """Return the place of a row in a table."""
    if name not in table.index:
        raise InputError("没有这个编号", where=name, remedy="核对编号")
    return int(table.index.get_loc(name))


def _point(name: str, place: tuple[float, float]) -> shapely.Point:
    """Return a place as a point, refused where it is none."""
    lon, lat = place
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 - also false for NaN
        what = f"“{lon}, {lat}”不是经度和纬度"
        raise InputError(what, where=name, remedy="先写经度，再写纬度，如 (118.78, 32.04)")
    return shapely.Point(lon, lat)


def _with_cells(kind: str, table: Any, name: str, cells: Mapping[str, Cell]) -> Any:  # noqa: ANN401
    """Return a copy of a table with some cells of one row changed; other columns are shared."""
    row = _row(table, name)
    known = {column.name: column for column in TABLES[kind].columns}
    for column, value in cells.items():
        if column not in table.columns or column == table.geometry.name:
            raise InputError(f"没有“{column}”这一列", where=name, remedy="核对列名")
        if column in known:
            _check(known[column], name, value)
        values = table[column].array.copy()
        values[row] = value
        table = table.assign(**{column: values})
    return table


def _check(column: Column, name: str, value: Cell) -> None:
    """Refuse a value that the column cannot hold; blank is always possible."""
    if pd.isna(value) or value == "":
        return
    codes = set(column.choices.values())
    if column.kind == Kind.CHOICE and not column.free and value not in codes:
        asked = f"写成{'、'.join(sorted(codes))}之一"
    elif column.kind in _NUMBERS and not _fits(column, value):
        asked = "写成合理的数"
    elif column.kind == Kind.BOOLEAN and not isinstance(value, bool):
        asked = "写成 True 或 False"
    else:
        return
    raise InputError(f"“{column.title}”不能是“{value}”", where=name, remedy=asked)


def _fits(column: Column, value: Cell) -> bool:
    """Return whether a value is a number within the limits of a column."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    low, high = column.low, column.high
    return (low is None or value >= low) and (high is None or value <= high)


def _as_typed(rows: gpd.GeoDataFrame, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return rows with the column types of a table; whole numbers have no blank, hence zero."""
    types = {c: t for c, t in table.dtypes.items() if c != table.geometry.name}
    whole = {c: 0 for c, t in types.items() if t.kind in "iu" and rows[c].isna().all()}
    return rows.fillna(whole).astype(types)
