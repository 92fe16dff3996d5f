"""Ask the authorisation table once for every request, whoever comes by whatever way.

Session, token and share link all pass here; the same table answers for all of them.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseBase
from django.http import JsonResponse
from django.utils import timezone

from livingcircle_platform.accounts.matrix import EVERYBODY
from livingcircle_platform.accounts.matrix import actions_by_route
from livingcircle_platform.accounts.models import Token
from livingcircle_platform.accounts.scope import scope_of
from livingcircle_platform.core.pages import problem_page
from livingcircle_platform.core.pages import wants_json
from livingcircle_platform.errors import NotAllowedError

Answer = Callable[[HttpRequest], HttpResponseBase]
_BEARER = "Bearer "


class Gate:
    """Let a request through to its view, or answer in its place."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Take on a token's user, then go on."""
        header = request.headers.get("Authorization", "")
        if header.startswith(_BEARER):
            request.user = user_of_token(header.removeprefix(_BEARER).strip())
            # A token is sent on purpose; no browser adds it by itself.
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined] # noqa: SLF001
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Answer in the view's place where the table does not allow it."""
        match = request.resolver_match
        method = "GET" if request.method in {"HEAD", "OPTIONS"} else request.method
        action = actions_by_route().get((str(method), match.view_name if match else ""))
        if action == EVERYBODY:
            return None
        if not request.user.is_authenticated:
            return _sign_in(request)
        if action is None or scope_of(request.user, action).is_empty:
            refused = NotAllowedError(
                "您的角色没有这个页面", remedy="需要的话找本区管理员开通，或从首页重新进入"
            )
            return problem_page(request, refused)
        return None


def user_of_token(secret: str) -> Any:  # noqa: ANN401 - a user or nobody
    """Return the person a token acts for, limited to its actions; nobody if it does not hold."""
    rows = Token.objects.filter(
        digest=Token.digest_of(secret), removed_at=None, until__gte=timezone.localdate()
    )
    token = rows.select_related("user").first()
    if token is None or not token.user.is_active:
        return AnonymousUser()
    user = token.user
    user.token_actions = frozenset(token.actions)
    rows.update(used_at=timezone.now())
    return user


def _sign_in(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        told = {"what": "需要登录或令牌", "remedy": "在 Authorization 里带上 Bearer 令牌"}
        return JsonResponse({"error": told}, status=401)
    return redirect_to_login(request.get_full_path())
