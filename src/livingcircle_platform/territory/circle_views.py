"""Show versions of circles: the one of a day, what it breaks, what changed, where it came from."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from livingcircle_platform.core.numbers import number_in
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.territory import circle_actions
from livingcircle_platform.territory import history
from livingcircle_platform.territory import layers
from livingcircle_platform.territory.forms import AdoptForm
from livingcircle_platform.territory.forms import day_of
from livingcircle_platform.territory.forms import tell
from livingcircle_platform.territory.models import Circle
from livingcircle_platform.territory.models import CircleSet
from livingcircle_platform.territory.policies import CIRCLE_SETS


def versions(request: HttpRequest) -> HttpResponse:
    """List all versions, with those in force on a day on top."""
    day = day_of(request.GET.get("on", ""))
    rows = CircleSet.objects.visible_to(request.user).select_related("district", "made_from")
    then = [
        (one, Circle.objects.visible_to(request.user).filter(circle_set=one).defer("boundary"))
        for one in rows.as_of(day).order_by("district__code")
    ]
    context = {"then": then, "rows": rows.order_by("district__code", "-number"), "day": day,
               "is_past": day != timezone.localdate()}  # fmt: skip
    return render(request, "territory/circle_sets.html", context)


def version(request: HttpRequest, set_id: uuid.UUID) -> HttpResponse:
    """Show one version: its circles, what they break, where they came from."""
    found = set_of(request, set_id)
    circles = _circles(request, found)
    names = dict(found.made_from.circles.values_list("code", "name")) if found.made_from else {}
    context = {
        "set": found, "circles": circles, "names": names,
        "others": _others(request, found),
        "may_change": found.state == "draft" and CIRCLE_SETS.may(request.user, "change", found),
        "may_adopt": found.state == "draft" and CIRCLE_SETS.may(request.user, "adopt", found),
    }  # fmt: skip
    return render(request, "territory/circle_set.html", context)


def layer(request: HttpRequest, set_id: uuid.UUID) -> JsonResponse:
    """Return the circles of a version as GeoJSON."""
    return JsonResponse(layers.circle_layer(_circles(request, set_of(request, set_id))))


def sheet(request: HttpRequest, set_id: uuid.UUID) -> HttpResponse:
    """Show the six fields of all circles of a version as a table for paper."""
    found = set_of(request, set_id)
    context = {"set": found, "circles": _circles(request, found)}
    return render(request, "territory/sheet.html", context)


def compare(request: HttpRequest, set_id: uuid.UUID) -> HttpResponse:
    """Show which communities moved, with how many people, from another version to this one."""
    found = set_of(request, set_id)
    others = _others(request, found)
    asked = request.GET.get("with", "") or str(found.made_from_id or "")
    other = next((one for one in others if str(one.pk) == asked), None)
    context: dict[str, Any] = {"set": found, "others": others, "other": other}
    if other is not None:
        day = found.in_force_from or timezone.localdate()
        context |= {"told": history.compare(other, found, day), "day": day}
    return render(request, "territory/compare.html", context)


def adopt(request: HttpRequest, set_id: uuid.UUID) -> HttpResponse:
    """Put a draft in force."""
    found = set_of(request, set_id)
    start = {"seen": found.version, "day": timezone.localdate(), "reason": found.reason}
    form = AdoptForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            circle_actions.adopt(found, told["day"], seen=told["seen"], reason=told["reason"],
                                 acting_user=request.user)  # fmt: skip
        except RefusedError as problem:
            tell(form, problem)
        else:
            messages.success(request, f"{found}已启用")
            return HttpResponseRedirect(reverse("territory:circle_set", args=[found.pk]))
    circles = list(_circles(request, found))
    broken = [one for one in circles if any(rule["severity"] != "info" for rule in one.broken)]
    context = {"set": found, "form": form, "circles": circles, "broken": broken}
    status = 400 if form.errors else 200
    return render(request, "territory/adopt.html", context, status=status)


def discard(request: HttpRequest, set_id: uuid.UUID) -> HttpResponse:
    """Put away a draft that is not wanted."""
    found = set_of(request, set_id)
    seen = number_in(request.POST.get("seen")) or 0
    circle_actions.discard(found, seen=seen, acting_user=request.user)
    messages.success(request, f"已放弃{found}")
    return HttpResponseRedirect(reverse("territory:circle_sets"))


def set_of(request: HttpRequest, set_id: uuid.UUID) -> CircleSet:
    """Return a version that this person may see.

    Raises
    ------
    MissingError
        If there is none.
    """
    rows = CircleSet.objects.visible_to(request.user).select_related("district", "made_from")
    found = rows.filter(pk=set_id).first()
    if found is None:
        raise MissingError("没有这一版圈层，或不在您的范围内", remedy="从圈层版本列表重新进入")
    return found


def _circles(request: HttpRequest, found: CircleSet) -> Any:  # noqa: ANN401 - rows of circles
    rows = Circle.objects.visible_to(request.user).filter(circle_set=found)
    return rows.prefetch_related("members__community")


def _others(request: HttpRequest, found: CircleSet) -> list[CircleSet]:
    rows = CircleSet.objects.visible_to(request.user).filter(district=found.district)
    return list(rows.exclude(pk=found.pk).exclude(circles=None).distinct())
