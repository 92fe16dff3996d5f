"""Say who may see and change the things of the registry."""

from typing import Any

from livingcircle_platform.accounts.policies import Policy

OUTLETS = Policy("outlet", owner="merchant__user")
MERCHANTS = Policy("merchant", owner="user")
SERVICE_CENTRES = Policy("service-centre")
MOBILE_SERVICES = Policy("mobile-service")
SPACES = Policy("space")
PHOTOS = Policy("photo", area="outlet__area")
SAVED_VIEWS = Policy("saved-view", owner="user")

BY_MODEL = {
    "outlet": OUTLETS,
    "merchant": MERCHANTS,
    "servicecentre": SERVICE_CENTRES,
    "mobileservice": MOBILE_SERVICES,
    "space": SPACES,
}


def policy_of(model: Any) -> Policy:  # noqa: ANN401 - a model class
    """Return the policy of a kind of record."""
    return BY_MODEL[model._meta.model_name]  # noqa: SLF001
