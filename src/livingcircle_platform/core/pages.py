"""Put together what every page shows, and the page that tells a problem."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import JsonResponse
from django.shortcuts import render

from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import PlatformError
from livingcircle_platform.errors import RefusedError

LOOKS = ("normal", "elder", "contrast")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame around every page needs."""
    look = request.COOKIES.get("look", "normal")
    return {
        "look": look if look in LOOKS else "normal",
        "is_read_only": getattr(request, "is_read_only", False),
        "is_demo": settings.DEMO,
        "can_mail": settings.CAN_MAIL,
        "map_settings": map_settings(),
    }


def map_settings() -> dict[str, str]:
    """Return what every map shows besides the district's own ground.

    An operator may switch 天地图 on by a browser key, or any WMTS by its address with ``{z}``,
    ``{x}`` and ``{y}``; the browser fetches the tiles, the server never does.
    """
    raster, source = settings.WMTS_URL, settings.WMTS_SOURCE
    if settings.TIANDITU_KEY:
        raster = " ".join(_tianditu(layer) for layer in ("vec", "cva"))
        source = "天地图"
    return {"approval": settings.MAP_APPROVAL, "raster": raster, "raster_source": source}


def _tianditu(layer: str) -> str:
    asked = "SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    place = "TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"
    host = "https://t0.tianditu.gov.cn"
    return f"{host}/{layer}_w/wmts?{asked}&LAYER={layer}&{place}&tk={settings.TIANDITU_KEY}"


def wants_json(request: HttpRequest) -> bool:
    """Say whether a machine asks."""
    return request.path.startswith("/api/") or "application/json" in request.headers.get(
        "Accept", ""
    )


def problem_page(request: HttpRequest, problem: PlatformError) -> HttpResponse:
    """Return a refusal as JSON for a machine, a fragment for HTMX, or a page."""
    told: dict[str, Any] = {"what": problem.what, "remedy": problem.remedy}
    if isinstance(problem, ConflictError):
        told |= {"theirs": problem.theirs, "yours": problem.yours, "version": problem.version}
    if isinstance(problem, RefusedError) and wants_json(request):
        told |= {"fields": problem.fields}
    if wants_json(request):
        return JsonResponse({"error": told}, status=problem.status)
    context = {"problem": problem, **told, "kept": _typed(request)}
    partial = getattr(request, "htmx", False) and not request.htmx.boosted
    name = "core/problem_fragment.html" if partial else "core/problem.html"
    response = render(request, name, context, status=problem.status)
    if partial:
        response.headers["HX-Retarget"] = "#notices"
        response.headers["HX-Reswap"] = "innerHTML"
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was typed into a refused form, so that nothing has to be typed again."""
    secret = {
        "csrfmiddlewaretoken",
        "password",
        "password1",
        "password2",
        "oldpassword",
        "code",
        "id",
    }
    return [
        (name, value)
        for name, values in request.POST.lists()
        if name not in secret
        for value in values
        if value
    ]


def json_for_script(value: object) -> str:
    """Return JSON for a data attribute."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
