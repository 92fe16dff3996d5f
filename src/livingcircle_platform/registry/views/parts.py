"""Take entrances, photographs, stops and approvals of a record; show a photograph."""

import datetime as dt
import math
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseBase
from django.http import JsonResponse
from django.utils import timezone

from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import actions
from livingcircle_platform.registry import pictures
from livingcircle_platform.registry import policies
from livingcircle_platform.registry.ledger import LEDGERS
from livingcircle_platform.registry.ledger import Ledger
from livingcircle_platform.registry.models import Entrance
from livingcircle_platform.registry.models import MobileStop
from livingcircle_platform.registry.models import Photo
from livingcircle_platform.registry.views.finding import back
from livingcircle_platform.registry.views.finding import find
from livingcircle_platform.registry.views.finding import find_outlet
from livingcircle_platform.registry.views.finding import id_in
from livingcircle_platform.registry.views.finding import last_entry
from livingcircle_platform.registry.views.finding import page_of
from livingcircle_platform.registry.views.finding import seen_in

_YESNO = {"yes": True, "no": False}
_TONES = {"open": "served", "closed": "lacking", "planned": "planned"}


def verify(request: HttpRequest, outlet_id: UUID) -> HttpResponse:
    """Tell that an outlet was looked at today; perhaps that it is open or closed."""
    outlet = find_outlet(request.user, outlet_id)
    state = request.POST.get("state", "")
    values = {"state": state} if state else {}
    actions.verify(outlet, seen=seen_in(request), acting_user=request.user, values=values)
    done = last_entry(outlet, request.user)
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"id": str(outlet.pk), "version": outlet.version, "entry": done})
    messages.success(request, f"“{outlet}”记为今天核实过")
    return back(request, page_of(outlet), done)


def point(request: HttpRequest, outlet_id: UUID) -> HttpResponse:
    """Return an outlet and its entrances for the map."""
    outlet = find_outlet(request.user, outlet_id)
    tone = _TONES.get(outlet.state, "unknown")
    features = []
    if outlet.lon is not None and outlet.lat is not None:
        features.append(_feature(outlet.pk, outlet.lon, outlet.lat, outlet.name, tone, "店"))
    features += [
        _feature(one.pk, one.lon, one.lat, "出入口", "planned", "门")
        for one in outlet.entrances.filter(removed_at=None)
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features})


def entrance_add(request: HttpRequest, outlet_id: UUID) -> HttpResponse:
    """Keep a further entrance."""
    outlet = find_outlet(request.user, outlet_id)
    lon, lat = _place(request)
    step_free = _YESNO.get(request.POST.get("step_free", ""))
    made = Entrance(pk=id_in(request), outlet=outlet, lon=lon, lat=lat, step_free=step_free)
    actions.add_entrance(made, acting_user=request.user)
    messages.success(request, "已增加一个出入口")
    return back(request, page_of(outlet), last_entry(made, request.user))


def entrance_remove(request: HttpRequest, entrance_id: UUID) -> HttpResponse:
    """Take an entrance away."""
    found = (
        Entrance.objects.filter(pk=entrance_id, removed_at=None)
        .select_related("outlet__area")
        .first()
    )
    outlet = find_outlet(request.user, found.outlet_id) if found else None
    if found is None or outlet is None:
        raise _missing("出入口")
    actions.remove_entrance(found, seen=seen_in(request), acting_user=request.user)
    return back(request, page_of(outlet), last_entry(found, request.user))


def stop_add(request: HttpRequest, mobile_service_id: UUID) -> HttpResponse:
    """Keep a stop of a mobile service."""
    service = find(LEDGERS["mobile_service"], request.user, mobile_service_id)
    lon, lat = _place(request)
    stop = MobileStop(
        pk=id_in(request), service=service, place=request.POST.get("place", "").strip(),
        weekdays=tuple(request.POST.getlist("weekdays")), begins=_time(request, "begins"),
        ends=_time(request, "ends"), lon=lon, lat=lat,
    )  # fmt: skip
    actions.add_stop(stop, acting_user=request.user)
    messages.success(request, f"已增加停靠点“{stop.place}”")
    return back(request, page_of(service), last_entry(stop, request.user))


def stop_remove(request: HttpRequest, stop_id: UUID) -> HttpResponse:
    """Take a stop away."""
    found = MobileStop.objects.filter(pk=stop_id, removed_at=None).first()
    service = find(LEDGERS["mobile_service"], request.user, found.service_id) if found else None
    if found is None or service is None:
        raise _missing("停靠点")
    actions.remove_stop(found, seen=seen_in(request), acting_user=request.user)
    return back(request, page_of(service), last_entry(found, request.user))


def photo_add(request: HttpRequest, ledger: Ledger, pk: UUID) -> HttpResponse:
    """Keep a photograph of an outlet or a room."""
    shown = find(ledger, request.user, pk)
    file = request.FILES.get("photo")
    if file is None:
        raise RefusedError("还没有选照片", remedy="拍一张，或从相册里选")
    photo = actions.add_photo(
        shown, file, acting_user=request.user, caption=request.POST.get("caption", ""),
        taken_on=timezone.localdate() if request.POST.get("today") else None,
        photo_id=id_in(request),
    )  # fmt: skip
    messages.success(request, "照片已保存")
    return back(request, page_of(shown), last_entry(photo, request.user))


def photo(request: HttpRequest, photo_id: UUID) -> HttpResponseBase:
    """Send a photograph to whoever may see what it shows; never as anything but a picture."""
    found = _photo(photo_id)
    policies.PHOTOS.require(request.user, "view", found)
    path = pictures.path_of(found.sha256)
    if not path.exists():
        raise _missing("照片文件")
    response = FileResponse(path.open("rb"), content_type="image/jpeg")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def photo_remove(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """Take a photograph away."""
    found = _photo(photo_id)
    policies.PHOTOS.require(request.user, "view", found)
    actions.remove_photo(found, seen=seen_in(request), acting_user=request.user)
    return back(request, page_of(found.outlet or found.space), last_entry(found, request.user))


def approve(request: HttpRequest, space_id: UUID) -> HttpResponse:
    """Take a room's approval one step on."""
    space = find(LEDGERS["space"], request.user, space_id)
    said = request.POST.get("on", "")
    try:
        day = dt.date.fromisoformat(said) if said else timezone.localdate()
    except ValueError as error:
        raise RefusedError(f"日期认不出“{said}”", remedy="写成 2026-06-01 这样") from error
    actions.approve(
        space, request.POST.get("approval", ""), seen=seen_in(request), on=day,
        acting_user=request.user, document=request.POST.get("document", ""),
        note=request.POST.get("note", ""), step_id=id_in(request),
    )  # fmt: skip
    messages.success(request, f"审批进度已到“{space.get_approval_display()}”")
    return back(request, page_of(space), last_entry(space, request.user))


def _photo(pk: UUID) -> Photo:
    rows = Photo.objects.select_related("outlet__area", "outlet__merchant", "space__area")
    found = rows.filter(pk=pk, removed_at=None).first()
    if found is None:
        raise _missing("照片")
    return found


def _feature(pk: Any, lon: float, lat: float, name: str, tone: str, mark: str) -> dict[str, Any]:  # noqa: ANN401
    return {
        "type": "Feature",
        "id": str(pk),
        "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {"id": str(pk), "name": name, "tone": tone, "mark": mark},
    }


def _place(request: HttpRequest) -> tuple[float, float]:
    try:
        lon, lat = float(request.POST.get("lon", "")), float(request.POST.get("lat", ""))
    except ValueError as error:
        raise RefusedError("经度和纬度要填数字，没有保存", remedy="在地图上核对位置再填") from error
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise RefusedError("经度和纬度要填数字，没有保存", remedy="在地图上核对位置再填")
    return lon, lat


def _time(request: HttpRequest, name: str) -> dt.time:
    said = request.POST.get(name, "")
    try:
        return dt.time.fromisoformat(said)
    except ValueError as error:
        raise RefusedError(f"时间认不出“{said}”，没有保存", remedy="写成 08:30 这样") from error


def _missing(what: str) -> MissingError:
    return MissingError(f"没有这个{what}，或不在您的范围内", remedy="从列表里重新进入")
