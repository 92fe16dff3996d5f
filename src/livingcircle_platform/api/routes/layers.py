"""Describe the map layers, and hand them out whole."""

import uuid
from typing import Any
from typing import Literal

from django.http import FileResponse
from django.http import HttpRequest
from django.http import StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Router
from ninja import Schema

from livingcircle_platform.api import downloads
from livingcircle_platform.api.layers import LAYERS
from livingcircle_platform.api.layers import Layer
from livingcircle_platform.api.routes.assessment import run_of
from livingcircle_platform.api.schemas import who
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.policies import RUNS

router = Router(tags=["地图图层"])
Form = Literal["geojson", "gpkg"]
_SHALLOWEST, _DEEPEST = 6, 18
_CHINA = [73.0, 3.0, 136.0, 54.0]


class Fields(Schema):
    """Tell what one layer of a tile holds."""

    id: str
    description: str
    fields: dict[str, str]


class TileJson(Schema):
    """Tell a map program where the tiles are (TileJSON 3.0)."""

    tilejson: str
    name: str
    attribution: str
    tiles: list[str]
    minzoom: int
    maxzoom: int
    bounds: list[float]
    vector_layers: list[Fields]


def _described(request: HttpRequest, layer: Layer, run: Run | None = None) -> dict[str, Any]:
    """Return the TileJSON of a layer."""
    kind = layer.name.replace("-", "_")
    words: dict[str, Any] = {"z": 0, "x": 0, "y": 0}
    if run is not None:
        words["run_id"] = run.pk
    address = request.build_absolute_uri(reverse(f"api:tile_{kind}", kwargs=words))
    fields = {"id": "编号", **layer.columns}
    if not layer.shape:
        fields["n"] = "这里有几个（太密时一个点代表几个）"
    return {
        "tilejson": "3.0.0",
        "name": layer.title,
        "attribution": "一刻钟",
        "tiles": [address.removesuffix("0/0/0.mvt") + "{z}/{x}/{y}.mvt"],
        "minzoom": _SHALLOWEST,
        "maxzoom": _DEEPEST,
        "bounds": _CHINA,
        "vector_layers": [{"id": layer.name, "description": layer.title, "fields": fields}],
    }


def _handed_out(request: HttpRequest, layer: Layer, form: str, run: Run | None = None) -> Any:  # noqa: ANN401
    """Return a whole layer as a file."""
    rows = layer.exported(who(request), run)
    name = f"{layer.title}_{timezone.localdate().isoformat()}.{form}"
    if form == "gpkg":
        return FileResponse(
            downloads.geopackage(layer, rows),
            as_attachment=True,
            filename=name,
            content_type="application/geopackage+sqlite3",
        )
    response = StreamingHttpResponse(
        downloads.geojson(layer, rows), content_type="application/geo+json"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{layer.name}.geojson"'
    return response


@router.get("/layers/outlets/tiles.json", response=TileJson, url_name="tilejson_outlets",
            summary="网点瓦片说明")  # fmt: skip
def outlets_tilejson(request: HttpRequest) -> Any:  # noqa: ANN401 - ninja reads the schema
    """Describe the tiles of outlets."""
    return _described(request, LAYERS["outlets"])


@router.get("/layers/circles/tiles.json", response=TileJson, url_name="tilejson_circles",
            summary="生活圈瓦片说明")  # fmt: skip
def circles_tilejson(request: HttpRequest) -> Any:  # noqa: ANN401
    """Describe the tiles of circles."""
    return _described(request, LAYERS["circles"])


@router.get("/layers/communities/tiles.json", response=TileJson, url_name="tilejson_communities",
            summary="社区瓦片说明")  # fmt: skip
def communities_tilejson(request: HttpRequest) -> Any:  # noqa: ANN401
    """Describe the tiles of communities."""
    return _described(request, LAYERS["communities"])


@router.get("/runs/{run_id}/layers/blind-areas/tiles.json", response=TileJson,
            url_name="tilejson_blind_areas", summary="盲区瓦片说明")  # fmt: skip
def blind_areas_tilejson(request: HttpRequest, run_id: uuid.UUID) -> Any:  # noqa: ANN401
    """Describe the tiles of a run's blind areas."""
    return _described(request, LAYERS["blind-areas"], run_of(request, run_id))


@router.get("/layers/outlets.{form}", url_name="layer_outlets", summary="下载网点图层")
def outlets_layer(request: HttpRequest, form: Form) -> Any:  # noqa: ANN401
    """Hand out the outlets one may export."""
    return _handed_out(request, LAYERS["outlets"], form)


@router.get("/layers/circles.{form}", url_name="layer_circles", summary="下载生活圈图层")
def circles_layer(request: HttpRequest, form: Form) -> Any:  # noqa: ANN401
    """Hand out the circles in force today."""
    return _handed_out(request, LAYERS["circles"], form)


@router.get("/layers/communities.{form}", url_name="layer_communities", summary="下载社区图层")
def communities_layer(request: HttpRequest, form: Form) -> Any:  # noqa: ANN401
    """Hand out the communities."""
    return _handed_out(request, LAYERS["communities"], form)


@router.get("/runs/{run_id}/layers/blind-areas.{form}", url_name="layer_blind_areas",
            summary="下载盲区图层")  # fmt: skip
def blind_areas_layer(request: HttpRequest, run_id: uuid.UUID, form: Form) -> Any:  # noqa: ANN401
    """Hand out the blind areas of a run."""
    run = run_of(request, run_id)
    RUNS.require_in(who(request), "download", run.district)
    return _handed_out(request, LAYERS["blind-areas"], form, run)
