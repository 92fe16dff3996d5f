"""Make one vector tile of a layer: by ST_AsMVT on PostGIS, by mapbox_vector_tile on SQLite.

Both make the same features. A tile never weighs more than 200 KB: where more points than fit lie in
one, a grid is laid over it and each cell shows its first point, with the number of all in ``n``;
of areas, those too small to see are left out. The answer's ``X-Thinned`` says how many of how many.
"""

import hashlib
import math
from collections.abc import Iterable
from typing import Any
from typing import NamedTuple

import mapbox_vector_tile
import shapely
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from livingcircle_platform.api.layers import Layer
from livingcircle_platform.core.fields import CodesField

EXTENT, BUFFER = 4096, 64
HEAVIEST = 200_000  # bytes
DEEPEST = 22
_POINTS = 1_500  # of so many nothing is left out
_CELL = 112  # units of the first grid: 37 × 37 cells
_NAME = 20  # characters
_FAR = 13
_LAT_MOST = 85.0511


class Tile(NamedTuple):
    """Hold one tile: its bytes, their fingerprint, and how many features of how many."""

    body: bytes
    etag: str
    kept: int
    total: int


class Place(NamedTuple):
    """Name a tile."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        """Say whether there is such a tile."""
        return self.z <= DEEPEST and self.x < 2**self.z and self.y < 2**self.z

    def box(self) -> tuple[float, float, float, float]:
        """Return the degrees it covers with its margin: west, south, east, north."""
        margin = BUFFER / EXTENT
        west, east = (self._lon(self.x - margin), self._lon(self.x + 1 + margin))
        south, north = (self._lat(self.y + 1 + margin), self._lat(self.y - margin))
        return west, south, east, north

    def units(self, lon: float, lat: float) -> tuple[float, float]:
        """Return where a point stands in the tile, y downwards."""
        radians = math.radians(min(max(lat, -_LAT_MOST), _LAT_MOST))
        down = (1 - math.log(math.tan(radians) + 1 / math.cos(radians)) / math.pi) / 2
        across = (lon + 180) / 360
        return (across * 2**self.z - self.x) * EXTENT, (down * 2**self.z - self.y) * EXTENT

    def _lon(self, x: float) -> float:
        return x / 2**self.z * 360 - 180

    def _lat(self, y: float) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / 2**self.z))))


def tile_of(layer: Layer, rows: QuerySet[Any], place: Place) -> Tile:
    """Return a tile of some rows of a layer."""
    make = _by_postgis if connection.vendor == "postgresql" else by_python
    return make(layer, rows, place)


def by_python(layer: Layer, rows: QuerySet[Any], place: Place) -> Tile:
    """Return a tile made row by row; the other way must give the same."""
    found = list(_inside(layer, rows, place).order_by("pk"))
    features = [_point(layer, row, place) for row in found] if not layer.shape else [
        made for row in found if (made := _area(layer, row, place)) is not None
    ]  # fmt: skip
    total, kept = len(features), features
    if not layer.shape and total > _POINTS:
        kept = _first_of_cells(features, _CELL)
    body, cell = _encoded(layer, kept), _CELL
    while len(body) > HEAVIEST:
        cell *= 2
        kept = _large(features, cell) if layer.shape else _first_of_cells(features, cell)
        body = _encoded(layer, kept)
    return _tile(body, len(kept), total)


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
            told[name] = value[:_NAME] if name == "name" else value
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


def _by_postgis(layer: Layer, rows: QuerySet[Any], place: Place) -> Tile:
    """Return a tile made by the database."""
    names = ("id", *layer.columns)
    needed = [layer.shape] if layer.shape else ["lon", "lat"]
    asked = _inside(layer, rows, place).order_by().values_list(*names, *needed)
    try:
        inner, params = asked.query.sql_with_params()
    except EmptyResultSet:
        return _tile(b"", 0, 0)
    make, first = (_areas_sql, 0) if layer.shape else (_points_sql, _CELL)
    # Far out most tiles are crowded: counting first saves making one in vain.
    far = place.z <= _FAR and not layer.shape
    size = first if far and asked.count() > _POINTS else 0
    while True:
        body, kept, total = _ask(make(layer, inner, place, size), params)
        if len(body) <= HEAVIEST and (layer.shape or size or total <= _POINTS):
            return _tile(body, kept, total)
        size = size * 2 or _CELL


def _points_sql(layer: Layer, inner: str, place: Place, cell: int) -> str:
    """Return the statement that makes a tile of points; without a cell, nothing is left out.

    A web mercator point is two lines of arithmetic; PROJ would take ten times as long.
    """
    scale = 2**place.z
    across = f"floor(((lon + 180) / 360 * {scale} - {place.x}) * {EXTENT})"
    lat = f"radians(least(greatest(lat, -{_LAT_MOST}), {_LAT_MOST}))"
    down = f"(1 - ln(tan({lat}) + 1 / cos({lat})) / pi()) / 2"
    down = f"floor(({down} * {scale} - {place.y}) * {EXTENT})"
    columns = _columns(layer)
    plain = f"SELECT {columns}, {across} AS px, {down} AS py FROM ({inner}) AS rows"  # noqa: S608
    if not cell:
        kept = f"SELECT *, 1 AS n, count(*) OVER () AS total FROM ({plain}) AS placed"  # noqa: S608
        kept = f"{kept} LIMIT {_POINTS + 1}"
    else:
        at = f"floor(px / {cell}), floor(py / {cell})"
        kept = (
            f"SELECT DISTINCT ON ({at}) *, count(*) OVER (PARTITION BY {at})::int AS n,"  # noqa: S608
            f" count(*) OVER () AS total FROM ({plain}) AS placed ORDER BY {at}, id"
        )
    return _packed(layer, kept, "n, ST_MakePoint(px, py) AS shape")


def _areas_sql(layer: Layer, inner: str, place: Place, size: int) -> str:
    """Return the statement that makes a tile of areas, each at least so large."""
    frame = f"ST_TileEnvelope({place.z}, {place.x}, {place.y})"
    shape = f"ST_Transform({layer.shape}, 3857)"
    cut = (
        f"SELECT {_columns(layer)}, ST_AsMVTGeom({shape}, {frame}, {EXTENT}, {BUFFER}, true)"  # noqa: S608
        f" AS shape FROM ({inner}) AS rows"
    )
    wide = "ST_XMax(shape) - ST_XMin(shape) + ST_YMax(shape) - ST_YMin(shape)"
    seen = f"SELECT *, count(*) OVER () AS total FROM ({cut}) AS cut WHERE shape IS NOT NULL"  # noqa: S608
    return _packed(layer, f"SELECT * FROM ({seen}) AS seen WHERE {wide} >= {size}", "shape")  # noqa: S608


def _packed(layer: Layer, kept: str, rest: str) -> str:
    """Return the statement that packs rows into a tile, and counts them: kept and in all."""
    names = ", ".join(("id", *layer.columns))
    told = f"SELECT {names}, {rest} FROM kept"  # noqa: S608
    return (
        f"WITH kept AS ({kept}) SELECT"  # noqa: S608
        f" (SELECT ST_AsMVT(told, '{layer.name}', {EXTENT}, 'shape') FROM ({told}) AS told),"
        " (SELECT count(*) FROM kept), (SELECT max(total) FROM kept)"
    )


def _columns(layer: Layer) -> str:
    """Return the columns as a tile tells them."""
    told = {"name": f"left(name, {_NAME}) AS name"}
    return ", ".join(("id::text AS id", *(told.get(name, name) for name in layer.columns)))


def _ask(statement: str, params: Iterable[Any]) -> tuple[bytes, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, tuple(params))
        body, kept, total = cursor.fetchone()
    return bytes(body or b""), kept, total or 0


def _tile(body: bytes, kept: int, total: int) -> Tile:
    return Tile(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"', kept, total)
