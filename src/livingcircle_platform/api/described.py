"""Tell programs what the API is, in OpenAPI."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.http import HttpResponse
from django.urls import reverse

from livingcircle_platform.api.service import service


def described(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Return the description of the API."""
    return HttpResponse(written(), content_type="application/json")


@cache
def written() -> str:
    """Return the description as the file in the docs holds it."""
    root = reverse("api:openapi").removesuffix("openapi.json")
    told: dict[str, Any] = service.get_openapi_schema(path_prefix=root)
    return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
