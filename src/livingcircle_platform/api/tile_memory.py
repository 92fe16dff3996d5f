"""Remember tiles, and for a few seconds whom they may be shown to.

A map asks for dozens of tiles at once. The first one passes the gate like every request; its
answer leaves a pass: these credentials may see this layer, by this scope. For three seconds the
same credentials get remembered tiles of the same scope without another look at session and roles;
what is not remembered, and everything after, passes the gate again. So whatever is taken away from
somebody is gone from the map within three seconds, and a tile made for one scope is never shown
to another.

A remembered tile is good while nobody wrote anything: the number of the last audit entry is part of
its name.
"""

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseBase

from livingcircle_platform.api.tiles import Tile

START = "/api/tiles/"
PASS_SECONDS = 3
TILE_SECONDS = 3_600


class TileDoor:
    """Answer for a remembered tile before the rest of the house wakes up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Show a remembered tile to whoever holds a pass; send everybody else on."""
        if request.method == "GET" and request.path.startswith(START):
            layer, place = apart(request.path)
            key = caches["moment"].get(_pass(request, layer))
            if key is not None:
                tile = remembered(key, place, stamp())
                if tile is not None:
                    return answer(request, tile)
        return self.get_response(request)


def stamp() -> int:
    """Return the number of the last thing written; it is asked for with every tile, so by hand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM audit_head WHERE id = 1")
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def apart(path: str) -> tuple[str, str]:
    """Return the layer's part of a tile's address, and the rest: ``z/x/y``."""
    layer, *place = path.removesuffix(".mvt").rsplit("/", 3)
    return layer, "/".join(place)


def admit(request: HttpRequest, key: str) -> None:
    """Leave a pass for whoever was just shown a tile."""
    layer, _ = apart(request.path)
    caches["moment"].set(_pass(request, layer), key, PASS_SECONDS)


def remembered(key: str, place: str, number: int) -> Tile | None:
    """Return a tile as it was made when nothing later had been written."""
    tile: Tile | None = caches["tiles"].get(_name(key, place, number))
    return tile


def remember(key: str, place: str, number: int, tile: Tile) -> None:
    """Keep a tile that was made after the entry ``number`` was the last."""
    caches["tiles"].set(_name(key, place, number), tile, TILE_SECONDS)


def answer(request: HttpRequest, tile: Tile) -> HttpResponse:
    """Return a tile, or that the browser has it already."""
    same = tile.etag in request.headers.get("If-None-Match", "")
    response = HttpResponse(
        b"" if same else tile.body,
        status=304 if same else 200,
        content_type="application/vnd.mapbox-vector-tile",
    )
    response.headers["ETag"] = tile.etag
    # Kept by the browser alone, and asked about each time: what was taken away stays away.
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie, Authorization"
    if tile.kept < tile.total:
        response.headers["X-Thinned"] = f"{tile.kept}/{tile.total}"
    return response


def _pass(request: HttpRequest, layer: str) -> str:
    """Name the pass of these credentials for a layer; of both kinds, as the gate reads both."""
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    told = f"{request.headers.get('Authorization', '')}\n{session}\n{layer}"
    return hashlib.sha256(told.encode()).hexdigest()


def _name(key: str, place: str, number: int) -> str:
    return hashlib.sha256(f"{key}\n{place}\n{number}".encode()).hexdigest()
