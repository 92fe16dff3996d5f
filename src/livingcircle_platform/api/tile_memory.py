"""Remember tiles, and for a few seconds whom they may be shown to.

A map asks for dozens of tiles at once. The first one passes the gate like every request; its
answer leaves a pass: these credentials may see this layer, and are this person with these roles.
For three seconds the same credentials get further tiles of the layer without another look at
session and roles; then the gate is asked again. So whatever is taken away from somebody is gone
from the map within three seconds, and a tile made for one scope is never shown to another.

A remembered tile is good while nobody wrote anything: the number of the last audit entry is part of
its name.
"""

import hashlib
import time
from collections.abc import Callable

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseBase
from django.urls import Resolver404
from django.urls import resolve

from livingcircle_platform.api.places import Tile
from livingcircle_platform.audit.head import last_number
from livingcircle_platform.core.pages import problem_page
from livingcircle_platform.errors import PlatformError

Answer = Callable[[HttpRequest], HttpResponseBase]
START = "/api/tiles/"
PASS_SECONDS = 3
TILE_SECONDS = 3_600


class TileDoor:
    """Answer for a tile before the rest of the house wakes up."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Show a tile to whoever holds a pass; send everybody else on, and note who was let in."""
        if request.method != "GET" or not request.path.startswith(START):
            return self.get_response(request)
        layer, place = apart(request.path)
        name, began = _pass(request, layer), time.time()
        key = caches["moment"].get(name)
        if key is not None:
            request.last_number = last_number()  # type: ignore[attr-defined] # for the view too
            tile = remembered(key, place, request.last_number)  # type: ignore[attr-defined]
            return answer(request, tile) if tile is not None else self._make(request, name)
        response = self.get_response(request)
        admit(request, name, PASS_SECONDS - (time.time() - began))
        return response

    def _make(self, request: HttpRequest, name: str) -> HttpResponseBase:
        """Let the view make a tile for the person the pass names; that renews no pass."""
        user = caches["moment"].get(f"{name}-person")
        try:
            match = resolve(request.path_info)
        except Resolver404:
            match = None
        if user is None or match is None:
            return self.get_response(request)
        request.user = user
        try:
            return match.func(request, *match.args, **match.kwargs)
        except PlatformError as problem:
            return problem_page(request, problem)


def admit(request: HttpRequest, name: str, seconds: float) -> None:
    """Leave a pass for whoever the view has just shown a tile; the seconds count from the gate."""
    key = getattr(request, "tile_key", None)
    if key is not None and seconds > 0:
        caches["moment"].set(f"{name}-person", request.user, seconds)
        caches["moment"].set(name, key, seconds)


def apart(path: str) -> tuple[str, str]:
    """Return the layer's part of a tile's address, and the rest: ``z/x/y``."""
    layer, *place = path.removesuffix(".mvt").rsplit("/", 3)
    return layer, "/".join(place)


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
