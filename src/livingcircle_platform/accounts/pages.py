"""Tell every page who is looking: name, roles, and which rooms of the menu are open."""

from typing import Any

from django.http import HttpRequest

from livingcircle_platform.accounts.lending import is_of_a_shared_room
from livingcircle_platform.accounts.scope import scope_of


class Can:
    """Answer ``can.outlet_add`` in a template: may this person do it anywhere at all."""

    def __init__(self, user: Any) -> None:  # noqa: ANN401
        self._user = user

    def __getitem__(self, name: str) -> bool:
        """Return whether the action ``outlet.add`` is open."""
        kind, _, verb = name.rpartition("_")
        return not scope_of(self._user, f"{kind.replace('_', '-')}.{verb}").is_empty


def who(request: HttpRequest) -> dict[str, Any]:
    """Return what the frame needs to know of the person looking."""
    user = getattr(request, "user", None)
    shared = getattr(request, "shared", None)
    if user is None or not user.is_authenticated or shared is not None:
        return {"can": {}, "memberships": [], "shared": shared}
    match = request.resolver_match
    return {
        "can": Can(user),
        "memberships": user.memberships_now(),
        "shared": None,
        "is_shareable": request.method == "GET" and bool(match) and is_of_a_shared_room(match),
    }
