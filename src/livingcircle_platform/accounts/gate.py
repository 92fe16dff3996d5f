"""Ask the authorisation table once for every request, whoever comes by whatever way.

Session, token and share link are all measured here; the same table answers for all of them.
"""

from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.auth.views import redirect_to_login
from django.core.cache import cache
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseBase
from django.http import JsonResponse
from django.urls import ResolverMatch
from django.utils import timezone

from livingcircle_platform.accounts.matrix import EVERYBODY
from livingcircle_platform.accounts.matrix import actions_by_route
from livingcircle_platform.accounts.models import Token
from livingcircle_platform.accounts.models import User
from livingcircle_platform.accounts.models import digest_of
from livingcircle_platform.accounts.scope import scope_of
from livingcircle_platform.audit.head import while_nobody_writes
from livingcircle_platform.core.pages import problem_page
from livingcircle_platform.core.pages import wants_json
from livingcircle_platform.errors import NotAllowedError

Answer = Callable[[HttpRequest], HttpResponseBase]
_BEARER = "bearer "
_USE_TOLD_EVERY = timedelta(minutes=5)


class Gate:
    """Let a request through to its view, or answer in its place."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Take on a token's user, then go on; a token that does not hold ends here."""
        header = request.headers.get("Authorization", "")
        if header.lower().startswith(_BEARER):
            user = user_of_token(header[len(_BEARER) :].strip())
            if user is None:
                return _refuse_token("令牌不对、已收回或过期", "在“我的账号”里生成新的令牌")
            request.user = user
            # A token is sent on purpose; no browser adds it by itself.
            request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined] # noqa: SLF001
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Answer in the view's place where the table does not allow it."""
        action = action_of(request.resolver_match, str(request.method))
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


class SessionActivity:
    """Note where and when a session was last used, every few minutes instead of every time."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Note it before the view, which may list the sessions."""
        key = request.session.session_key
        writable = not getattr(request, "is_read_only", False)
        if key and writable and request.user.is_authenticated:
            seconds = _USE_TOLD_EVERY.total_seconds()
            if cache.add(f"session-used-{key}", 1, seconds):
                UserSession.objects.create_from_request(request)
        return self.get_response(request)


def action_of(match: ResolverMatch | None, method: str) -> str | None:
    """Return the action that a request needs, or nothing where no row names it."""
    asked = "GET" if method in {"HEAD", "OPTIONS"} else method
    return actions_by_route().get((asked, match.view_name if match else ""))


def user_of_token(secret: str) -> User | None:
    """Return the person a token acts for, limited to its actions; nobody if it does not hold."""
    token: Token | None = while_nobody_writes(
        f"token-{digest_of(secret)}", lambda: Token.objects.holding(secret)
    )
    if token is None:
        return None
    now, seconds = timezone.now(), _USE_TOLD_EVERY.total_seconds()
    long_ago = token.used_at is None or now - token.used_at > _USE_TOLD_EVERY
    if long_ago and cache.add(f"token-used-{token.pk}", 1, seconds):
        Token.objects.filter(pk=token.pk).update(used_at=now)
    user: User = token.user
    user.token_actions = frozenset(token.actions)
    return user


def _sign_in(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return _refuse_token("需要登录或令牌", "在 Authorization 里带上 Bearer 令牌")
    return redirect_to_login(request.get_full_path())


def _refuse_token(what: str, remedy: str) -> HttpResponse:
    headers = {"WWW-Authenticate": "Bearer"}
    return JsonResponse({"error": {"what": what, "remedy": remedy}}, status=401, headers=headers)
