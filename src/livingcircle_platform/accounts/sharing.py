"""Show a shared page: the same view, asked for by its maker, with every write refused."""

import copy
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.http import HttpRequest
from django.http import HttpResponseBase
from django.http import QueryDict
from django.template.response import SimpleTemplateResponse

from livingcircle_platform.accounts.lending import shared_match
from livingcircle_platform.accounts.models import ShareLink
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import NotAllowedError

# A transaction by itself changes nothing.
_READS = ("SELECT", "WITH", "EXPLAIN", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")
_HEADERS = {
    "Cache-Control": "private, no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


def shared(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Show the page behind a link exactly as its maker sees it, without the menus.

    Raises
    ------
    MissingError
        If the link was taken back, has ended, or its maker's account is closed.
    """
    link = ShareLink.objects.holding(secret)
    if link is None:
        raise MissingError("这个分享地址已经收回或过期", remedy="找分享给您的人要一个新的地址")
    match = shared_match(link.path, link.user)
    with connection.execute_wrapper(_refuse_writes):
        response = match.func(_as_its_maker(request, link), *match.args, **match.kwargs)
        if isinstance(response, SimpleTemplateResponse):
            response.render()
    for name, value in _HEADERS.items():
        response.headers[name] = value
    return response  # type: ignore[no-any-return]


def _as_its_maker(request: HttpRequest, link: ShareLink) -> HttpRequest:
    """Return the request that its maker would send; the visitor's own is left as it is."""
    parts = urlsplit(link.path)
    asked = copy.copy(request)
    asked.user = link.user
    asked.path = asked.path_info = parts.path
    asked.META = {**request.META, "PATH_INFO": parts.path, "QUERY_STRING": parts.query}
    asked.GET = QueryDict(parts.query)
    asked.resolver_match = shared_match(link.path, link.user)
    asked.shared = link  # type: ignore[attr-defined] # the frame leaves its menus out
    return asked


def _refuse_writes(execute: Callable[..., Any], sql: str, *told: Any) -> Any:  # noqa: ANN401
    if not sql.lstrip(" (").upper().startswith(_READS):
        raise NotAllowedError("分享的页面只能看，没有改动任何内容")
    return execute(sql, *told)
