"""Make, for every part of an address, a thing that lies in a given area.

A new route with ``<uuid:outlet_id>`` in its address needs a line in ``THINGS`` for ``outlet_id``: a
function that makes such a thing in an area and returns what stands in the address. It returns
``None`` where there is no such thing in an area of that level. A part that names no thing of an
area (a page number, a format) is a line in ``PLAIN``.
"""

import datetime as dt
import io
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from PIL import Image

from livingcircle_platform.accounts.models import Membership
from livingcircle_platform.accounts.models import User
from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.assessment.models import Finding
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.models import Scenario
from livingcircle_platform.assessment.models import SiteChoice
from livingcircle_platform.assessment.models import Unit
from livingcircle_platform.audit import writing
from livingcircle_platform.core.models import Job
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.registry import pictures
from livingcircle_platform.registry.models import Entrance
from livingcircle_platform.registry.models import Merchant
from livingcircle_platform.registry.models import MobileService
from livingcircle_platform.registry.models import MobileStop
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import Photo
from livingcircle_platform.registry.models import SavedView
from livingcircle_platform.registry.models import ServiceCentre
from livingcircle_platform.registry.models import Space
from livingcircle_platform.territory.ground import path_of
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import AreaProfile
from livingcircle_platform.territory.models import Circle
from livingcircle_platform.territory.models import CircleMember
from livingcircle_platform.territory.models import CircleSet


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


def _kept(model):
    """Return how to make a record of a ledger."""

    def made(place):
        one = model(name="样例", code=uuid.uuid4().hex[:8], area=place.area)
        one.tidy()
        one.save()
        return one.pk

    return made


def _entrance(place):
    return Entrance.objects.create(outlet_id=_outlet(place), lon=116.3, lat=39.9).pk


def _stop(place):
    told = {"place": "南门", "begins": dt.time(9), "ends": dt.time(11), "lon": 116.3, "lat": 39.9}
    return MobileStop.objects.create(service_id=_kept(MobileService)(place), **told).pk


def _photo(place):
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, "PNG")
    file.seek(0)
    picture = pictures.made_anew(file)
    pictures.store(picture)
    told = {"sha256": picture.sha256, "width": 2, "height": 2}
    return Photo.objects.create(outlet_id=_outlet(place), **told).pk


def _saved_view(place):
    told = {"user": place.owner, "ledger": "outlet", "title": "停业的"}
    return SavedView.objects.create(query="state=closed", **told).pk


def _run(place):
    """Make a run that came to its end; runs are about districts."""
    if place.area.level != "district":
        return None
    number = Run.objects.filter(district=place.area).count() + 1
    told = {"number": number, "standard": "miyun_2023", "finished_at": timezone.now()}
    return Run.objects.create(district=place.area, **told).pk


def _unit(place):
    """Make a circle over every community of the run's district."""
    run = Run.objects.get(pk=place.made["run_id"])
    inside = Area.objects.under(run.district).filter(level="community")
    paths = " ".join(inside.values_list("path", flat=True))
    told = {"unit_id": "1", "name": "一号圈", "circle_code": "1", "paths": paths}
    return Unit.objects.get_or_create(run=run, level="circle", defaults=told)[0]


def _finding(place):
    unit = _unit(place)
    return Finding.objects.create(run=unit.run, unit=unit, requirement_id="1", verdict="lacking").pk


def _site_choice(place):
    run = _run(place)
    return None if run is None else SiteChoice.objects.create(run_id=run).pk


def _scenario(place):
    run = _run(place)
    return None if run is None else Scenario.objects.create(run_id=run, title="关一家").pk


def _ground(place):
    """Make the ground under a district's maps."""
    if place.area.level != "district":
        return None
    path = path_of(place.area.pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"PMTiles")
    return place.area.pk


def _area(place):
    return place.area.pk


def _profile(place):
    return AreaProfile.objects.create(area=place.area, as_of=dt.date(2026, 1, 1)).pk


def _draft(place):
    """Make a draft of circles with one circle; circles are drawn for districts."""
    if place.area.level != "district":
        return None
    made = CircleSet.objects.create(district=place.area, number=1)
    inside = Area.objects.under(place.area).filter(level="community").first()
    circle = Circle.objects.create(circle_set=made, code="1", name="一号圈")
    CircleMember.objects.create(circle=circle, community=inside)
    return made.pk


# Things of a district that whoever works anywhere inside may see as well.
def _batch(place):
    """Make a batch that waits to be accepted."""
    made = Batch(area=place.area, table="outlets", state=Batch.State.STAGED)
    made.files = [{"id": "1", "name": "网点.xlsx", "sha256": "0" * 64, "bytes": 1}]
    made.save()
    return made.pk


def _circle(place):
    """Make a circle of a district, or with the community, or one of the 街道, in it."""
    district = place.area.district
    if district is None:
        return None
    number = CircleSet.objects.filter(district=district).count() + 1
    made = CircleSet.objects.create(district=district, number=number, state="replaced")
    circle = Circle.objects.create(circle_set=made, code="1", name="甲圈")
    if place.area.level != Area.Level.DISTRICT:
        inside = Area.objects.under(place.area).filter(level=Area.Level.COMMUNITY).last()
        CircleMember.objects.create(circle=circle, community=inside)
    return circle.pk


SEEN_FROM_INSIDE = {"run_id", "choice_id", "scenario_id", "district_id", "set_id", "draft_id"}
THINGS = {
    "run_id": _run,
    "circle": lambda place: _unit(place).unit_id,
    "finding_id": _finding,
    "choice_id": _site_choice,
    "scenario_id": _scenario,
    "district_id": _ground,
    "user_id": _person,
    "membership_id": _membership,
    "number": _entry,
    "outlet_id": _outlet,
    "area_id": _area,
    "settings_of": lambda place: place.area.pk if place.area.level == "district" else None,
    "profile_id": _profile,
    "set_id": _draft,
    "draft_id": _draft,
    "first_id": _outlet,
    "second_id": _outlet,
    "merchant_id": _kept(Merchant),
    "service_centre_id": _kept(ServiceCentre),
    "mobile_service_id": _kept(MobileService),
    "space_id": _kept(Space),
    "entrance_id": _entrance,
    "stop_id": _stop,
    "photo_id": _photo,
    "batch_id": _batch,
    "circle_id": _circle,
}
# Things of one person: only their owner may open them, whatever the area.
MINE = {"job_id": _job, "view_id": _saved_view}
# Parts that name no thing of an area.
PLAIN = {
    "secret": "no-such-secret",
    "uidb36": "abc",
    "key": "no-such-key",
    "provider_id": "oidc",
    "name": "no-such-file.xlsx",
    "layer": "circles",
    "code": "1",
    "ledger": "outlet",
    "ending": "csv",
    "form": "geojson",
    "z": 15,
    "x": 26_960,
    "y": 12_420,
    "table": "outlets",
    "what": "issues",
    "token_id": uuid.UUID(int=1),
    "link_id": uuid.UUID(int=1),
}
# What programs send; without it they are told so before anything is looked for.
BODIES = {"api:outlet": '{"version": 1, "values": {}}', "api:verify_outlet": '{"version": 1}'}
# Addresses of which these parts are wrong on purpose answer 404 to everybody.
ANSWER_404 = {"accounts:shared", "accounts:token_take_back", "accounts:link_take_back",
              "openid_connect_login", "openid_connect_callback", "assessment:file",
              "imports:download"}  # fmt: skip
# Pages of the own account whose answer depends on it: a second step that is not switched on, a
# login that did fail. They show nothing of anybody else.
ANSWER_BY_STATE = {
    "account_reauthenticate", "mfa_reauthenticate", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_download_recovery_codes", "socialaccount_login_error",
}  # fmt: skip


def ended():
    """Return a day that is over."""
    return timezone.localdate() - dt.timedelta(days=1)
