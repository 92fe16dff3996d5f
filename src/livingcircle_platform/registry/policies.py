"""Say who may see and change the things of the registry."""

from typing import Any

from django.db.models import Q

from livingcircle_platform.accounts.policies import Policy
from livingcircle_platform.accounts.scope import scope_of

OUTLETS = Policy("outlet", owner="merchant__user")
MERCHANTS = Policy("merchant", owner="user")
SERVICE_CENTRES = Policy("service-centre")
MOBILE_SERVICES = Policy("mobile-service")
SPACES = Policy("space")
# A photograph lies where the shop or room it shows lies.
PHOTOS = Policy("photo", area="audit_area", owner="outlet__merchant__user")
SAVED_VIEWS = Policy("saved-view", owner="user")

BY_MODEL = {
    "outlet": OUTLETS,
    "merchant": MERCHANTS,
    "servicecentre": SERVICE_CENTRES,
    "mobileservice": MOBILE_SERVICES,
    "space": SPACES,
}
# What a shopkeeper may say of the own shop; the rest is for those who keep the ledger.
OWNERS_MAY_CHANGE = {
    "outlet": frozenset({"state", "hours", "phone", "online", "same_day_online", "step_free"}),
    "merchant": frozenset({"contact", "phone"}),
}


def policy_of(model: Any) -> Policy:  # noqa: ANN401 - a model class
    """Return the policy of a kind of record."""
    return BY_MODEL[model._meta.model_name]  # noqa: SLF001


def changeable(user: Any, one: Any, names: frozenset[str]) -> frozenset[str]:  # noqa: ANN401
    """Return which of some columns of a record a person may change; an owner only a few."""
    policy = policy_of(type(one))
    if policy.may_in(user, "change", policy.area_of(one)):
        return names
    if not policy.may(user, "change", one):
        return frozenset()
    return names & OWNERS_MAY_CHANGE.get(one._meta.model_name, frozenset())  # noqa: SLF001


def where_areas(policy: Policy, user: Any, verb: str) -> Q:  # noqa: ANN401
    """Return the filter on areas in which a person may do something to a kind of record."""
    return scope_of(user, f"{policy.kind}.{verb}").where("")
