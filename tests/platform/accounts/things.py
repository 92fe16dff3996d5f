"""Make, for every part of an address, a thing that lies in a given area.

A new route with ``<uuid:outlet_id>`` in its address needs a line in ``THINGS`` for ``outlet_id``: a
function that makes such a thing in an area and returns what stands in the address. It returns
``None`` where there is no such thing in an area of that level. A part that names no thing of an
area (a page number, a format) is a line in ``PLAIN``.
"""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from livingcircle_platform.accounts.models import Membership
from livingcircle_platform.accounts.models import User
from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.audit import writing
from livingcircle_platform.core.models import Job
from livingcircle_platform.registry.models import Outlet
from django.db import transaction


@dataclass
class Place:
    """Say where a thing should lie, whose it should be, and what was made for this address."""

    area: Any
    owner: User
    made: dict[str, Any]


def _person(place):
    """Make somebody whose only role is in the area."""
    who = User.objects.create(username=f"p-{uuid.uuid4().hex[:8]}")
    Membership.objects.create(user=who, role=Role.PLANNER, area=place.area)
    return who.pk


def _membership(place):
    return Membership.objects.get(user=_person(place)).pk


def _entry(place):
    with transaction.atomic():
        told = {"kind": "outlet", "object_id": "1", "object_name": "果园药店"}
        return writing.note("outlet.add", acting_user=None, area=place.area, **told).number


def _job(place):
    told = {"task": "livingcircle_platform.audit.tasks.verify_chain", "title": "校验"}
    return Job.objects.create(asked_by=place.owner, area=place.area, **told).pk


def _outlet(place):
    made = Outlet(name="果园药店", code=uuid.uuid4().hex[:8], area=place.area, trades=("pharmacy",))
    made.tidy()
    made.save()
    return made.pk


THINGS = {
    "user_id": _person,
    "membership_id": _membership,
    "number": _entry,
    "outlet_id": _outlet,
}
# Things of one person: only their owner may open them, whatever the area.
MINE = {"job_id": _job}
# Parts that name no thing of an area.
PLAIN = {
    "secret": "no-such-secret",
    "uidb36": "abc",
    "key": "no-such-key",
    "provider_id": "oidc",
    "token_id": uuid.UUID(int=1),
    "link_id": uuid.UUID(int=1),
}
# Addresses of which these parts are wrong on purpose answer 404 to everybody.
ANSWER_404 = {"accounts:shared", "accounts:token_take_back", "accounts:link_take_back",
              "openid_connect_login", "openid_connect_callback"}  # fmt: skip
# Pages of the own account whose answer depends on it: a second step that is not switched on, a
# login that did fail. They show nothing of anybody else.
ANSWER_BY_STATE = {
    "account_reauthenticate", "mfa_reauthenticate", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_download_recovery_codes", "socialaccount_login_error",
}  # fmt: skip


def ended():
    """Return a day that is over."""
    return timezone.localdate() - dt.timedelta(days=1)
