"""Answer the same questions with nothing around: one WSGI function, a pool, plain SQL.

No session, no roles, no scope, no checks, no schema. It is the floor that the house is measured
against, on the same database, under the same server.
"""

import functools
import json
import math
import os
from collections.abc import Callable
from collections.abc import Iterable
from urllib.parse import parse_qs

from psycopg_pool import ConnectionPool

_TILE = """
SELECT ST_AsMVT(told, 'outlets', 4096, 'shape') FROM (
  SELECT id::text, code, name, trades, state, ST_AsMVTGeom(
    ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 3857),
    ST_TileEnvelope(%(z)s, %(x)s, %(y)s)) AS shape
  FROM registry_outlet WHERE lon BETWEEN %(w)s AND %(e)s AND lat BETWEEN %(s)s AND %(n)s
) AS told
"""
_SEARCH = "SELECT id::text, code, name, lon, lat FROM registry_outlet WHERE line LIKE %s LIMIT 50"
_NEAR = """
SELECT id::text, code, name, lon, lat FROM registry_outlet
WHERE lon BETWEEN %(x)s - 0.02 AND %(x)s + 0.02 AND lat BETWEEN %(y)s - 0.015 AND %(y)s + 0.015
ORDER BY (lon - %(x)s) ^ 2 + (lat - %(y)s) ^ 2 LIMIT 50
"""


@functools.cache
def pool() -> ConnectionPool:
    """Return the connections of this process, opened after it has begun."""
    address = os.environ["LIVINGCIRCLE_DATABASE_URL"]
    return ConnectionPool(address, min_size=1, max_size=4, open=True)


def application(environ: dict, start_response: Callable) -> Iterable[bytes]:
    """Answer a tile, a search or what is near."""
    parts = environ["PATH_INFO"].strip("/").split("/")
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    with pool().connection() as connection:
        if parts[1] == "tiles":
            z, x, y = (int(one.removesuffix(".mvt")) for one in parts[-3:])
            row = connection.execute(_TILE, _box(z, x, y)).fetchone()
            body = bytes(row[0])
        elif parts[1] == "near":
            where = {"x": float(asked["lon"]), "y": float(asked["lat"])}
            body = json.dumps(connection.execute(_NEAR, where).fetchall()).encode()
        else:
            needle = (f"%{asked['q']}%",)
            body = json.dumps(connection.execute(_SEARCH, needle).fetchall()).encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


def _box(z: int, x: int, y: int) -> dict[str, float]:
    def lat(line: float) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * line / 2**z))))

    return {
        "z": z, "x": x, "y": y, "w": x / 2**z * 360 - 180, "e": (x + 1) / 2**z * 360 - 180,
        "s": lat(y + 1), "n": lat(y),
    }  # fmt: skip
