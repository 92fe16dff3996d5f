"""Lay out people, their roles and what these let them do, for the administrator's pages."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from django.db.models import QuerySet

from livingcircle_platform.accounts.matrix import EVERYBODY
from livingcircle_platform.accounts.matrix import SIGNED_IN
from livingcircle_platform.accounts.matrix import Reach
from livingcircle_platform.accounts.matrix import rules
from livingcircle_platform.accounts.models import Membership
from livingcircle_platform.accounts.models import User

_REACH = {
    Reach.ANY: "全部范围",
    Reach.BELOW: "{area}及以下",
    Reach.OWN: "{area}",
    Reach.MINE: "只限本人的",
}


class Person(NamedTuple):
    """Show one line of the list."""

    user: User
    roles: list[Membership]


class Right(NamedTuple):
    """Say one thing that somebody may do, and where."""

    title: str
    where: list[str]


def memberships_inside(user: User) -> QuerySet[Membership]:
    """Return the roles, past ones included, in the areas that somebody looks after."""
    scope = user.scope("user.view")
    if scope.is_empty:
        return Membership.objects.none()
    return Membership.objects.filter(scope.where("area"))


def with_roles(people: Iterable[User], viewer: User) -> list[Person]:
    """Return people with the roles that the viewer may know of, read in one go."""
    found = list(people)
    held = memberships_inside(viewer).filter(user__in=found, removed_at=None)
    ordered = held.select_related("area").order_by("user_id", "role", "created_at")
    of = {key: list(group) for key, group in groupby(ordered, key=lambda one: one.user_id)}
    return [Person(one, of.get(one.pk, [])) for one in found]


def rights_of(person: User) -> list[Right]:
    """Return what somebody may do today, as the authorisation table says it."""
    rights = []
    for rule in rules().values():
        if rule.action in {EVERYBODY, SIGNED_IN}:
            continue
        held = [(one, rule.reach[one.role]) for one in person.memberships_now()]
        where = [_REACH[reach].format(area=one.area) for one, reach in held if reach in _REACH]
        if where:
            rights.append(Right(rule.title, list(dict.fromkeys(where))))
    return rights
