"""Make one vector tile of a layer: by ST_AsMVT on PostGIS, by mapbox_vector_tile on SQLite.

Both make the same features, and thin them alike; the answer's ``X-Thinned`` says how many of how
many are kept.
"""

import math
from collections.abc import Callable
from collections.abc import Iterable
from typing import Any

import mapbox_vector_tile
import shapely
from django.db import connection
from django.db.models import QuerySet

from livingcircle_platform.api import postgis_tiles
from livingcircle_platform.api.layers import Layer
from livingcircle_platform.api.places import BUFFER
from livingcircle_platform.api.places import CELL
from livingcircle_platform.api.places import EXTENT
from livingcircle_platform.api.places import HEAVIEST
from livingcircle_platform.api.places import NAME
from livingcircle_platform.api.places import POINTS
from livingcircle_platform.api.places import Place
from livingcircle_platform.api.places import Tile
from livingcircle_platform.core.fields import CodesField


def tile_of(layer: Layer, rows: Callable[[], QuerySet[Any]], place: Place, key: str) -> Tile:
    """Return a tile of some rows of a layer; the same key never stands for other rows."""
    if connection.vendor == "postgresql":
        return postgis_tiles.make(layer, rows, place, key)
    return by_python(layer, rows(), place)


def by_python(layer: Layer, rows: QuerySet[Any], place: Place) -> Tile:
    """Return a tile made row by row; the other way must give the same."""
    found = list(_inside(layer, rows, place).order_by("pk"))
    features = [_point(layer, row, place) for row in found] if not layer.shape else [
        made for row in found if (made := _area(layer, row, place)) is not None
    ]  # fmt: skip
    total, kept = len(features), features
    if not layer.shape and total > POINTS:
        kept = _first_of_cells(features, CELL)
    body, cell = _encoded(layer, kept), CELL
    while len(body) > HEAVIEST:
        cell *= 2
        kept = _large(features, cell) if layer.shape else _first_of_cells(features, cell)
        body = _encoded(layer, kept)
    return Tile.of(body, len(kept), total)


def _inside(layer: Layer, rows: QuerySet[Any], place: Place) -> QuerySet[Any]:
    """Return the rows that a tile may show."""
    west, south, east, north = place.box()
    if layer.shape:
        box = shapely.box(west, south, east, north)
        return rows.filter(**{f"{layer.shape}__bboxoverlaps": box})
    return rows.filter(lon__range=(west, east), lat__range=(south, north))


def _point(layer: Layer, row: Any, place: Place) -> dict[str, Any]:  # noqa: ANN401
    across, down = (math.floor(one) for one in place.units(row.lon, row.lat))
    return {"geometry": shapely.Point(across, down), "properties": {**_told(layer, row), "n": 1}}


def _area(layer: Layer, row: Any, place: Place) -> dict[str, Any] | None:  # noqa: ANN401
    """Return an area cut to the tile; nothing where it only comes near, or is too small to see."""
    moved = shapely.transform(
        getattr(row, layer.shape),
        lambda points: [place.units(lon, lat) for lon, lat in points],
    )
    frame = shapely.box(-BUFFER, -BUFFER, EXTENT + BUFFER, EXTENT + BUFFER)
    cut = shapely.set_precision(shapely.intersection(shapely.make_valid(moved), frame), 1.0)
    parts = [one for one in shapely.get_parts(cut) if one.area > 0]
    if not parts:
        return None
    return {"geometry": shapely.MultiPolygon(parts), "properties": _told(layer, row)}


def _told(layer: Layer, row: Any) -> dict[str, Any]:  # noqa: ANN401
    told = {"id": str(row.pk)}
    for name in layer.columns:
        value = getattr(row, name)
        if isinstance(row._meta.get_field(name), CodesField):  # noqa: SLF001
            value = CodesField().get_prep_value(value)
        if value is not None:
            told[name] = value[:NAME] if name == "name" else value
    return told


def _first_of_cells(features: Iterable[dict[str, Any]], cell: int) -> list[dict[str, Any]]:
    """Keep the first point of each cell, and tell how many stand there."""
    kept: dict[tuple[int, int], dict[str, Any]] = {}
    for one in features:
        at = (int(one["geometry"].x // cell), int(one["geometry"].y // cell))
        known = kept.get(at)
        if known is None:
            kept[at] = {**one, "properties": {**one["properties"], "n": 1}}
        else:
            known["properties"]["n"] += 1
    return list(kept.values())


def _large(features: Iterable[dict[str, Any]], size: int) -> list[dict[str, Any]]:
    """Keep the areas that are at least so wide and high together."""
    spans = ((one, one["geometry"].bounds) for one in features)
    return [one for one, (w, s, e, n) in spans if (e - w) + (n - s) >= size]


def _encoded(layer: Layer, features: list[dict[str, Any]]) -> bytes:
    if not features:
        return b""
    options = {"extents": EXTENT, "y_coord_down": True}
    body: bytes = mapbox_vector_tile.encode(
        [{"name": layer.name, "features": features}], default_options=options
    )
    return body
