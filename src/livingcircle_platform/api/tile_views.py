"""Hand out the tiles of each layer."""

import uuid

from django.http import HttpRequest
from django.http import HttpResponse

from livingcircle_platform.api import tile_memory
from livingcircle_platform.api.layers import Layer
from livingcircle_platform.api.places import Place
from livingcircle_platform.api.routes.assessment import run_of
from livingcircle_platform.api.schemas import who
from livingcircle_platform.api.tiles import tile_of
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.audit.head import last_number
from livingcircle_platform.errors import MissingError


def tile(request: HttpRequest, layer: Layer, z: int, x: int, y: int) -> HttpResponse:
    """Return a tile of a layer of the record."""
    return _answer(request, layer, None, Place(z, x, y))


def tile_of_run(
    request: HttpRequest, layer: Layer, run_id: uuid.UUID, z: int, x: int, y: int
) -> HttpResponse:
    """Return a tile of a layer of a run."""
    return _answer(request, layer, run_of(request, run_id), Place(z, x, y))


def _answer(request: HttpRequest, layer: Layer, run: Run | None, place: Place) -> HttpResponse:
    if not place.exists:
        raise MissingError("没有这张瓦片", remedy="z 不超过 22，x、y 小于 2 的 z 次方")
    key, name = layer.key(who(request), run), "/".join(map(str, place))
    # Asked before the tile is made: what is written meanwhile counts as later.
    known: int | None = getattr(request, "last_number", None)
    number = last_number() if known is None else known
    made = tile_memory.remembered(key, name, number)
    if made is None:
        made = tile_of(layer, lambda: layer.visible(who(request), run), place, key)
        tile_memory.remember(key, name, number, made)
    request.tile_key = key  # type: ignore[attr-defined] # what the door may remember
    return tile_memory.answer(request, made)
