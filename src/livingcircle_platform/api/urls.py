"""Give addresses to the operations and the tiles; who may use which stands in the table."""

from django.urls import path

from livingcircle_platform.api import tile_views
from livingcircle_platform.api.described import described
from livingcircle_platform.api.layers import LAYERS
from livingcircle_platform.api.layers import Layer
from livingcircle_platform.api.routes import assessment
from livingcircle_platform.api.routes import layers
from livingcircle_platform.api.routes import near
from livingcircle_platform.api.routes import territory
from livingcircle_platform.api.routes import writing
from livingcircle_platform.api.service import service

app_name = "api"
# The router of writing is the registry's own: one address, several methods.
for room in (territory, writing, near, assessment, layers):
    service.add_router("", room.router)


def _operations() -> list:  # type: ignore[type-arg] # Django's own patterns
    """Return the patterns of the operations, each under the house's guard against forged forms.

    Ninja takes its own views out of that guard; a browser's session can reach ours, so they stay
    in. A token is exempt at the gate.
    """
    found = [one for one in service.urls[0] if one.name != "api-root"]
    for pattern in found:
        pattern.callback.csrf_exempt = False
    return found


def _tile(layer: Layer) -> object:
    of_run = "runs/<uuid:run_id>/" if layer.of_run else ""
    view = tile_views.tile_of_run if layer.of_run else tile_views.tile
    address = f"tiles/{of_run}{layer.name}/<int:z>/<int:x>/<int:y>.mvt"
    return path(address, view, {"layer": layer}, name=f"tile_{layer.name.replace('-', '_')}")


urlpatterns = [
    path("openapi.json", described, name="openapi"),
    *map(_tile, LAYERS.values()),
    *_operations(),
]
