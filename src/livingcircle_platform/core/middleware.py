"""Guard every answer: security headers, plain words for errors, read-only on a full disk."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseBase

from livingcircle_platform.core.disk import is_nearly_full
from livingcircle_platform.core.pages import problem_page
from livingcircle_platform.errors import PlatformError
from livingcircle_platform.errors import ReadOnlyError
from livingcircle_platform.errors import RefusedError

Answer = Callable[[HttpRequest], HttpResponseBase]
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Signing in and out writes a session row; without it nobody could read either.
_ALWAYS = ("/accounts/login/", "/accounts/logout/", "/accounts/2fa/authenticate/")


class SecurityHeaders:
    """Forbid everything that our own pages do not need."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        tiles = " ".join(_origins())
        self.policy = "; ".join(
            [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                f"img-src 'self' data: blob: {tiles}".strip(),
                f"connect-src 'self' {tiles}".strip(),
                "font-src 'self'",
                "worker-src 'self'",
                "manifest-src 'self'",
                "form-action 'self'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
            ]
        )

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add the headers to an answer."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", "geolocation=(self), camera=(self)")
        # Offices share machines: what one person saw must not come back from the disk for the next.
        response.headers.setdefault("Cache-Control", "private, no-cache, no-store")
        return response


def _origins() -> list[str]:
    """Return the map services that an operator switched on; none by default."""
    origins = []
    if settings.TIANDITU_KEY:
        origins += [f"https://t{number}.tianditu.gov.cn" for number in range(8)]
    if settings.WMTS_URL:
        origins.append("/".join(settings.WMTS_URL.split("/")[:3]))
    return origins


class PlainErrors:
    """Answer our own refusals with a page, a fragment or JSON that says what to do."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Turn one of our own refusals into an answer; leave every other error alone."""
        return problem_page(request, problem) if isinstance(problem, PlatformError) else None


class NoNulls:
    """Refuse the one character that a database cannot hold, before it gets anywhere."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look into the address."""
        query = request.META.get("QUERY_STRING", "")
        if "\0" in request.path or "%00" in query or "\0" in query:
            return problem_page(request, _UNREADABLE)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Look into a form, which was read by now to find its token; the API reads its own."""
        is_form = request.method == "POST" and not request.path.startswith("/api/")
        if is_form and any("\0" in one for _, sent in request.POST.lists() for one in sent):
            return problem_page(request, _UNREADABLE)
        return None


_UNREADABLE = RefusedError("地址或表单里有认不出的字符，没有处理", remedy="去掉后再试")


class ReadOnlyWhenFull:
    """Stop writing before the disk is full: a full disk takes the database down, reads included."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Refuse writes while the disk is nearly full."""
        request.is_read_only = is_nearly_full()  # type: ignore[attr-defined]
        writes = request.method not in _SAFE and request.path not in _ALWAYS
        if writes and request.is_read_only:  # type: ignore[attr-defined]
            return problem_page(
                request,
                ReadOnlyError(
                    "服务器磁盘快满了，暂时只能查看，刚才填的没有保存",
                    remedy="管理员清出空间后会自动恢复，到时再提交一次",
                ),
            )
        return self.get_response(request)
