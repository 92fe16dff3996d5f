"""Translate checked rows of the engine into values of our records.

Values are plain JSON, so that they can wait in a staged row and be compared with what the record
holds. An empty cell is None (not known), never zero and never no.
"""

import math
from calendar import monthrange
from collections.abc import Iterator
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from livingcircle.trades import match_names
from livingcircle_platform.imports.places import Places

Row = dict[str, Any]

_OUTLET_TEXTS = (
    "name", "address", "phone", "credit_code", "hours", "brand", "supply", "verified_by", "note",
)  # fmt: skip
_OUTLET_ANSWERS = ("chain", "online", "quality_brand", "same_day_online", "step_free")
_SPACE_TEXTS = ("name", "kind", "floor", "owner", "approval_path", "occupancy", "note")
_PROFILE_NUMBERS = (
    "population", "age_0_3", "age_60_plus", "age_65_plus", "age_80_plus", "households",
    "dwellings", "floor_area_m2",
)  # fmt: skip
SIX_FIELDS = (
    "resident_profile", "trade_completeness", "built_profile", "location_resources", "openness",
    "cooperation",
)  # fmt: skip
MONTH = len("2026-06")  # letters of a month where a day is wanted
# What a row tells of each record, as both functions below give it.
OUTLET_NAMES = (
    *_OUTLET_TEXTS, *_OUTLET_ANSWERS, "trades", "trades_said", "state", "area_m2", "verified_on",
    "centre", "area", "lon", "lat",
)  # fmt: skip
SPACE_NAMES = (
    *_SPACE_TEXTS, "area_m2", "cost", "lease_end", "suitable_trades", "excluded_trades", "area",
    "lon", "lat",
)  # fmt: skip


def outlet_values(frame: gpd.GeoDataFrame, places: Places) -> Iterator[tuple[str, Row]]:
    """Yield code and values of each outlet."""
    for code, row, area, point in _placed(frame, places):
        trades, words = trades_of(row["trades"])
        yield (
            code,
            {
                **{name: _text(row[name]) for name in _OUTLET_TEXTS},
                **{name: _answer(row[name]) for name in _OUTLET_ANSWERS},
                "trades": trades,
                "trades_said": words,
                "state": _text(row["status"]),
                "area_m2": _number(row["area_m2"]),
                "verified_on": _day(row["verified_on"]),
                "centre": _text(row["service_centre_id"]),
                "area": area,
                **point,
            },
        )


def space_values(frame: gpd.GeoDataFrame, places: Places) -> Iterator[tuple[str, Row]]:
    """Yield code and values of each room."""
    for code, row, area, point in _placed(frame, places):
        yield (
            code,
            {
                **{name: _text(row[name]) for name in _SPACE_TEXTS},
                "area_m2": _number(row["area_m2"]),
                "cost": _number(row["cost"]),
                "lease_end": _day(row["lease_end"]),
                "suitable_trades": trades_of(row["suitable_trades"])[0],
                "excluded_trades": trades_of(row["excluded_trades"])[0],
                "area": area,
                **point,
            },
        )


def community_values(frame: gpd.GeoDataFrame) -> Iterator[tuple[str, Row]]:
    """Yield code and values of each community, its profile under ``profile``."""
    shapes = frame.geometry.to_numpy()
    for (code, row), shape in zip(_rows(frame), shapes, strict=True):
        yield (
            code,
            {
                "name": _text(row["name"]),
                "kind": _text(row["kind"]),
                "subdistrict": _text(row["subdistrict"]),
                "boundary": _shape(shape),
                "profile": {
                    **{name: _number(row[name]) for name in _PROFILE_NUMBERS},
                    "year": _number(row["year"]),
                    "built_year": _number(row["built_year"]),
                    "zone": _text(row["zone"]),
                },
            },
        )


def circle_values(
    frame: gpd.GeoDataFrame, members: Mapping[str, list[tuple[str, bool]]]
) -> Iterator[tuple[str, Row]]:
    """Yield code and values of each circle; members are (community code, only a part)."""
    shapes = frame.geometry.to_numpy()
    numbers = ("population", "households", "dwellings", "planned_year")
    for (code, row), shape in zip(_rows(frame), shapes, strict=True):
        yield (
            code,
            {
                **{name: _text(row[name]) for name in ("name", "kind", "subtype", "formation")},
                **{name: _text(row[name]) for name in SIX_FIELDS},
                **{name: _number(row[name]) for name in numbers},
                "boundary": _shape(shape),
                "members": sorted(list(pair) for pair in members.get(code, [])),
            },
        )


def trades_of(cell: object) -> tuple[list[str], str]:
    """Return the codes of the trades in a cell, and the words that name none we know."""
    codes, unmatched = _matched(_text(cell))
    return list(codes), unmatched


@lru_cache(maxsize=10_000)
def _matched(text: str) -> tuple[tuple[str, ...], str]:
    match = match_names(text)
    return tuple(match.codes), "、".join(match.unmatched)


def _placed(
    frame: gpd.GeoDataFrame, places: Places
) -> Iterator[tuple[str, Mapping[Any, Any], str | None, Row]]:
    """Yield each row with the community it lies in and its place."""
    shapes = shapely.point_on_surface(frame.geometry.to_numpy())
    lons = [_number(value) for value in shapely.get_x(shapes)]
    lats = [_number(value) for value in shapely.get_y(shapes)]
    areas = places.of(lons, lats)
    for (code, row), area, lon, lat in zip(_rows(frame), areas, lons, lats, strict=True):
        yield code, row, None if area is None else str(area.pk), {"lon": lon, "lat": lat}


def _rows(frame: gpd.GeoDataFrame) -> Iterator[tuple[str, Mapping[Any, Any]]]:
    told = pd.DataFrame(frame.drop(columns=frame.geometry.name)).astype(object)
    for code, row in zip(told.index, told.to_dict("records"), strict=True):
        yield str(code), row


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value)  # noqa: PLR0124


def _number(value: Any) -> float | int | None:  # noqa: ANN401
    if value is None or value is pd.NA or not math.isfinite(value):
        return None
    number = float(value)
    return int(number) if number.is_integer() else number


def _answer(value: Any) -> bool | None:  # noqa: ANN401
    return None if value is None or value is pd.NA else bool(value)


def _day(value: object) -> str | None:
    return _text(value)[:10] or None


def day_in(month: str, *, last: bool) -> str:
    """Return the first or the last day of a month written ``2026-06``."""
    year, number = map(int, month.split("-"))
    return f"{month}-{monthrange(year, number)[1] if last else 1:02d}"


def _shape(shape: Any) -> str | None:  # noqa: ANN401 - shapely geometry or nothing
    if shape is None or shape.is_empty:
        return None
    return shapely.to_wkt(shape, rounding_precision=9)
