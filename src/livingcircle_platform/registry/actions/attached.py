"""Attach entrances and photographs to outlets, stops to mobile services, and take them away."""

import datetime as dt
import uuid
from typing import Any

from django.db import transaction

from livingcircle_platform.audit import writing
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import pictures
from livingcircle_platform.registry import policies
from livingcircle_platform.registry.models import Entrance
from livingcircle_platform.registry.models import MobileStop
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import Photo
from livingcircle_platform.registry.models import Space


@transaction.atomic
def add_entrance(entrance: Entrance, *, acting_user: Any) -> Entrance:  # noqa: ANN401
    """Add a further entrance to an outlet.

    Raises
    ------
    NotAllowedError
        If the person may not change the outlet's place.
    """
    _require_place(entrance.outlet, acting_user)
    require_on_earth(entrance.lon, entrance.lat)
    return writing.add(entrance, acting_user=acting_user)


@transaction.atomic
def remove_entrance(entrance: Entrance, *, seen: int, acting_user: Any) -> Entrance:  # noqa: ANN401
    """Take an entrance away.

    Raises
    ------
    NotAllowedError
        If the person may not change the outlet's place.
    """
    _require_place(entrance.outlet, acting_user)
    return writing.remove(entrance, seen=seen, acting_user=acting_user)


@transaction.atomic
def add_stop(stop: MobileStop, *, acting_user: Any) -> MobileStop:  # noqa: ANN401
    """Say where and when a mobile service stops.

    Raises
    ------
    NotAllowedError
        If the person may not change the service.
    RefusedError
        If the times or weekdays cannot be.
    """
    policies.MOBILE_SERVICES.require(acting_user, "change", stop.service)
    require_on_earth(stop.lon, stop.lat)
    wrong = {}
    if not stop.weekdays or not set(stop.weekdays) <= set("1234567"):
        wrong["weekdays"] = "至少选一天（周一到周日）"
    if stop.ends <= stop.begins:
        wrong["ends"] = "结束要晚于开始；跨过零点的分成两条"
    if wrong:
        told = "；".join(wrong.values())
        raise RefusedError(f"没有保存：{told}", remedy="改好再保存", fields=wrong)
    return writing.add(stop, acting_user=acting_user)


@transaction.atomic
def remove_stop(stop: MobileStop, *, seen: int, acting_user: Any) -> MobileStop:  # noqa: ANN401
    """Take a stop away.

    Raises
    ------
    NotAllowedError
        If the person may not change the service.
    """
    policies.MOBILE_SERVICES.require(acting_user, "change", stop.service)
    return writing.remove(stop, seen=seen, acting_user=acting_user)


def add_photo(
    shown: Outlet | Space,
    contents: Any,  # noqa: ANN401 - an open file
    *,
    acting_user: Any,  # noqa: ANN401
    caption: str = "",
    taken_on: dt.date | None = None,
    photo_id: uuid.UUID | None = None,
) -> Photo:
    """Keep a photograph of an outlet or a room, made anew from its pixels.

    Raises
    ------
    NotAllowedError
        If the person may not.
    RefusedError
        If it is no photograph, or too large.
    """
    where = {"outlet": shown} if isinstance(shown, Outlet) else {"space": shown}
    photo = Photo(pk=photo_id or uuid.uuid4(), caption=caption.strip(), taken_on=taken_on, **where)
    policies.policy_of(type(shown)).require(acting_user, "view", shown)
    policies.PHOTOS.require(acting_user, "add", photo)
    # Before the transaction of the entry: nobody else writes while one is open on SQLite.
    picture = pictures.made_anew(contents)
    photo.sha256, photo.width, photo.height = picture.sha256, picture.width, picture.height
    pictures.store(picture)
    return writing.add(photo, acting_user=acting_user)


@transaction.atomic
def remove_photo(photo: Photo, *, seen: int, acting_user: Any) -> Photo:  # noqa: ANN401
    """Take a photograph away.

    Raises
    ------
    NotAllowedError
        If the person may not.
    """
    policies.PHOTOS.require(acting_user, "remove", photo)
    return writing.remove(photo, seen=seen, acting_user=acting_user)


def require_on_earth(lon: float, lat: float) -> None:
    """Refuse a place that is nowhere.

    Raises
    ------
    RefusedError
        If longitude or latitude is out of range.
    """
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):  # noqa: PLR2004 - the earth's
        raise RefusedError(
            "没有保存：经度要在-180到180之间，纬度要在-90到90之间", remedy="在地图上核对位置再保存"
        )


def _require_place(outlet: Outlet, acting_user: Any) -> None:  # noqa: ANN401
    """Let only those who keep the ledger say where a shop is."""
    policies.OUTLETS.require(acting_user, "change", outlet)
    policies.OUTLETS.require_in(acting_user, "change", outlet.area)
