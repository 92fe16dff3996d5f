"""Make one vector tile in PostGIS, by statements that the database prepares once.

What a layer shows to somebody is one statement, whoever asks for which tile; it is kept for a
minute, and the tile's place only fills its blanks. Writing it out by Django and planning it anew
would take as long as making the tile.
"""

import hashlib
from collections.abc import Callable
from typing import Any
from typing import NamedTuple

import psycopg
from django.core.cache import caches
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from livingcircle_platform.api.layers import Layer
from livingcircle_platform.api.places import BUFFER
from livingcircle_platform.api.places import CELL
from livingcircle_platform.api.places import EXTENT
from livingcircle_platform.api.places import HEAVIEST
from livingcircle_platform.api.places import LAT_MOST
from livingcircle_platform.api.places import NAME
from livingcircle_platform.api.places import POINTS
from livingcircle_platform.api.places import Place
from livingcircle_platform.api.places import Tile
from livingcircle_platform.core.geometry import SRID

_FAR = 12
_KEPT_SECONDS = 60
# Where the tile is: each statement begins with these blanks.
_PLACE = (
    "WITH place AS (SELECT %s::float8 AS scale, %s::float8 AS x, %s::float8 AS y,"
    " %s::float8 AS cell, %s::float8 AS west, %s::float8 AS south, %s::float8 AS east,"
    " %s::float8 AS north)"
)
# A web mercator point is two lines of arithmetic; PROJ would take ten times as long.
_ACROSS = f"floor(((lon + 180) / 360 * scale - x) * {EXTENT})"
_LAT = f"radians(least(greatest(lat, -{LAT_MOST}), {LAT_MOST}))"
_DOWN = f"floor(((1 - ln(tan({_LAT}) + 1 / cos({_LAT})) / pi()) / 2 * scale - y) * {EXTENT})"
_INSIDE = "lon BETWEEN west AND east AND lat BETWEEN south AND north"


class _Rows(NamedTuple):
    """Hold the statement that reads a layer's rows, and its values; empty where there is none."""

    statement: str
    values: tuple[Any, ...]


def make(layer: Layer, rows: Callable[[], QuerySet[Any]], place: Place, key: str) -> Tile:
    """Return a tile of a layer.

    Parameters
    ----------
    layer, place
        Of what, and where.
    rows
        Returns the layer's rows for whoever asks.
    key
        Names those rows: the same key never stands for others.
    """
    inner = _rows(layer, rows, key)
    if not inner.statement:
        return Tile.of(b"", 0, 0)
    if layer.shape:
        return _light(lambda size: _ask(_areas(layer, inner), inner, place, size), 0)
    if place.z <= _FAR:  # most tiles are crowded: thinning first saves making one in vain
        made = _thinned(layer, inner, place)
        if made.total > POINTS:
            return made
    made = _ask(_points(layer, inner), inner, place, 0)
    if made.total <= POINTS and len(made.body) <= HEAVIEST:
        return made
    return _thinned(layer, inner, place)


def _rows(layer: Layer, rows: Callable[[], QuerySet[Any]], key: str) -> _Rows:
    name = f"tile-rows-{hashlib.sha256(key.encode()).hexdigest()}"
    known: _Rows | None = caches["moment"].get(name)
    if known is not None:
        return known
    needed = [layer.shape] if layer.shape else ["lon", "lat"]
    asked = rows().order_by().values_list("id", *layer.columns, *needed)
    try:
        found = _Rows(*asked.query.sql_with_params())
    except EmptyResultSet:
        found = _Rows("", ())
    caches["moment"].set(name, found, _KEPT_SECONDS)
    return found


def _thinned(layer: Layer, inner: _Rows, place: Place) -> Tile:
    return _light(lambda size: _ask(_cells(layer, inner), inner, place, size), CELL)


def _light(made_with: Callable[[int], Tile], size: int) -> Tile:
    """Return a tile that is not too heavy, leaving out more until it is not."""
    while True:
        made = made_with(size)
        if len(made.body) <= HEAVIEST:
            return made
        size = size * 2 or CELL


def _ask(statement: str, inner: _Rows, place: Place, size: int) -> Tile:
    """Ask by a prepared statement, past Django's cursor, which fills the blanks by itself."""
    values = (2.0**place.z, place.x, place.y, size, *place.box(), *inner.values)
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute(statement.encode(), values, prepare=True)
        body, kept, total = cursor.fetchone() or (b"", 0, 0)
    return Tile.of(bytes(body or b""), kept, total or 0)


def _points(layer: Layer, inner: _Rows) -> str:
    """Return the statement that makes a tile of points; of too many it reads one more and stops."""
    kept = (
        f"SELECT {_columns(layer)}, {_ACROSS} AS px, {_DOWN} AS py, 1 AS n,"  # noqa: S608
        f" count(*) OVER () AS total FROM ({inner.statement}) AS rows, place WHERE {_INSIDE}"
        f" LIMIT {POINTS + 1}"
    )
    return _packed(layer, kept, "n, ST_MakePoint(px, py) AS shape")


def _cells(layer: Layer, inner: _Rows) -> str:
    """Return the statement that makes a tile of the first point of each cell.

    Counted by hashing: windows over the same rows would sort them twice, with all they carry.
    """
    placed = (
        f"SELECT {_columns(layer)}, {_ACROSS} AS px, {_DOWN} AS py, cell"  # noqa: S608
        f" FROM ({inner.statement}) AS rows, place WHERE {_INSIDE}"
    )
    cells = (
        "SELECT min(id) AS first, count(*)::int AS n, sum(count(*)) OVER ()::bigint AS total"
        " FROM placed GROUP BY floor(px / cell), floor(py / cell)"
    )
    kept = (
        f"SELECT placed.*, n, total FROM ({cells}) AS cells"  # noqa: S608
        " JOIN placed ON id = first ORDER BY id"
    )
    steps = f", placed AS MATERIALIZED ({placed})"
    return _packed(layer, kept, "n, ST_MakePoint(px, py) AS shape", steps)


def _areas(layer: Layer, inner: _Rows) -> str:
    """Return the statement that makes a tile of areas, each at least so large."""
    frame = "ST_TileEnvelope(round(log(2, scale::numeric))::int, x::int, y::int)"
    cut = (
        f"SELECT {_columns(layer)}, ST_AsMVTGeom(ST_Transform({layer.shape}, 3857), {frame},"  # noqa: S608
        f" {EXTENT}, {BUFFER}, true) AS shape, cell FROM ({inner.statement}) AS rows, place"
        f" WHERE {layer.shape} && ST_MakeEnvelope(west, south, east, north, {SRID})"
    )
    wide = "ST_XMax(shape) - ST_XMin(shape) + ST_YMax(shape) - ST_YMin(shape)"
    seen = f"SELECT *, count(*) OVER () AS total FROM ({cut}) AS cut WHERE shape IS NOT NULL"  # noqa: S608
    return _packed(layer, f"SELECT * FROM ({seen}) AS seen WHERE {wide} >= cell", "shape")  # noqa: S608


def _packed(layer: Layer, kept: str, rest: str, steps: str = "") -> str:
    """Return the statement that packs rows into a tile, and counts them: kept and in all."""
    names = ", ".join(("id", *layer.columns))
    told = f"SELECT {names}, {rest} FROM kept"  # noqa: S608
    return (
        f"{_PLACE}{steps}, kept AS ({kept}) SELECT"  # noqa: S608
        f" (SELECT ST_AsMVT(told, '{layer.name}', {EXTENT}, 'shape') FROM ({told}) AS told),"
        " (SELECT count(*) FROM kept), (SELECT max(total) FROM kept)"
    )


def _columns(layer: Layer) -> str:
    """Return the columns as a tile tells them."""
    told = {"name": f"left(name, {NAME}) AS name"}
    return ", ".join(("id::text AS id", *(told.get(name, name) for name in layer.columns)))
