"""Cut long lists into pages."""

from typing import Any

from django.core.paginator import Page
from django.core.paginator import Paginator
from django.http import HttpRequest

SIZE = 50


def page_of(request: HttpRequest, rows: Any, size: int = SIZE) -> Page:  # noqa: ANN401
    """Return the page that is asked for; a number that is none is the first or last."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
