"""Work out where somebody may do something: memberships × the authorisation table."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from livingcircle_platform.accounts.matrix import EVERYBODY
from livingcircle_platform.accounts.matrix import SIGNED_IN
from livingcircle_platform.accounts.matrix import Reach
from livingcircle_platform.accounts.matrix import rules


@dataclass(frozen=True)
class Scope:
    """Hold the areas in which one action is allowed to one person.

    Attributes
    ----------
    everywhere
        No limit.
    below
        Paths of areas that count with everything under them.
    own
        Ids of areas that count alone.
    mine
        Whether things that belong to the person count.
    """

    everywhere: bool = False
    below: frozenset[str] = frozenset()
    own: frozenset[Any] = frozenset()
    mine: bool = False

    @property
    def is_empty(self) -> bool:
        """Say whether it is allowed nowhere."""
        return not (self.everywhere or self.below or self.own or self.mine)

    def covers(self, area: Any) -> bool:  # noqa: ANN401 - the room of areas lies above
        """Say whether an area is inside."""
        if self.everywhere:
            return True
        if area is None:
            return False
        return area.pk in self.own or any(area.path.startswith(path) for path in self.below)

    def where(self, field: str = "area", mine: Q | None = None) -> Q:
        """Return the filter on rows whose ``field`` is an area inside; "" for areas themselves."""
        if self.everywhere:
            return Q()
        prefix = f"{field}__" if field else ""
        inside = Q(pk__in=[])
        for path in self.below:
            inside |= Q(**{f"{prefix}path__startswith": path})
        if self.own:
            inside |= Q(**{f"{prefix}pk__in": self.own})
        return inside | mine if self.mine and mine is not None else inside


def scope_of(user: Any, action: str) -> Scope:  # noqa: ANN401 - a user or nobody
    """Return where a person may do something; an unknown action is allowed nowhere."""
    rule = rules().get(action)
    if rule is None:
        return Scope()
    if action == EVERYBODY:
        return Scope(everywhere=True)
    if not user.is_authenticated or not _token_allows(user, action):
        return Scope()
    if action == SIGNED_IN:
        return Scope(everywhere=True)
    held = [(one, rule.reach[one.role]) for one in user.memberships_now()]
    return Scope(
        everywhere=any(reach == Reach.ANY for _, reach in held),
        below=frozenset(one.area.path for one, reach in held if reach == Reach.BELOW),
        own=frozenset(one.area_id for one, reach in held if reach == Reach.OWN),
        mine=any(reach == Reach.MINE for _, reach in held),
    )


def _token_allows(user: Any, action: str) -> bool:  # noqa: ANN401
    """Say whether the token that somebody came with, if any, includes an action."""
    actions = getattr(user, "token_actions", None)
    return actions is None or action in actions
