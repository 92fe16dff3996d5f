"""Show areas and who lives there, as of any day, and let them be changed."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse

from livingcircle_platform.core.numbers import number_in
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.territory import actions
from livingcircle_platform.territory import history
from livingcircle_platform.territory import layers
from livingcircle_platform.territory.forms import AreaForm
from livingcircle_platform.territory.forms import ProfileForm
from livingcircle_platform.territory.forms import day_of
from livingcircle_platform.territory.forms import tell
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import AreaProfile
from livingcircle_platform.territory.models import Circle
from livingcircle_platform.territory.models import CircleSet
from livingcircle_platform.territory.policies import AREAS


def areas(request: HttpRequest) -> HttpResponse:
    """Show the tree of areas with the people of a day; one district at a time."""
    day = day_of(request.GET.get("on", ""))
    visible = Area.objects.visible_to(request.user).defer("boundary")
    districts = list(visible.filter(level=Area.Level.DISTRICT))
    asked = request.GET.get("district", "")
    chosen = next((one for one in districts if str(one.pk) == asked), None)
    chosen = chosen or (districts[0] if districts else None)
    rows = visible
    if chosen is not None:
        rows = visible.filter(path__startswith=chosen.path)
    above = list(visible.filter(level=Area.Level.CITY))
    context = {
        "lines": history.tree(list(rows), day), "day": day, "district": chosen,
        "districts": districts, "above": above,
        "may_change": AREAS.may(request.user, "change"),
    }  # fmt: skip
    return render(request, "territory/areas.html", context)


def area(request: HttpRequest, area_id: uuid.UUID) -> HttpResponse:
    """Show one area: its people over time, its boundary, what lies in it, its circles."""
    found = area_of(request, area_id)
    day = day_of(request.GET.get("on", ""))
    visible = Area.objects.visible_to(request.user)
    inside = list(visible.under(found).defer("boundary")) if found else []
    lines = history.tree(inside, day)
    members = Circle.objects.visible_to(request.user).filter(
        members__community__path__startswith=found.path,
        circle_set__in=CircleSet.objects.as_of(day),
    )
    context = {
        "area": found, "day": day, "line": lines[0],
        "lines": [one for one in lines[1:] if one.area.parent_id == found.pk],
        "profiles": found.profiles.filter(removed_at=None).select_related("source"),
        "now": history.profiles_on([found], day).get(found.pk),
        "circles": members.select_related("circle_set").distinct().defer("boundary"),
        "crumbs": crumbs(request, found),
        "ground": found.district.pk if found.district else "",
        "may_change": AREAS.may(request.user, "change", found),
        "may_add": AREAS.may(request.user, "change", found) and actions.levels_below(found),
    }  # fmt: skip
    return render(request, "territory/area.html", context)


def area_layer(request: HttpRequest, area_id: uuid.UUID) -> JsonResponse:
    """Return the boundary of an area, and of what lies directly in it."""
    found = area_of(request, area_id)
    below = Area.objects.visible_to(request.user).filter(parent=found)
    return JsonResponse(layers.area_layer([*below] or [found]))


def add_area(request: HttpRequest, area_id: uuid.UUID) -> HttpResponse:
    """Add an area to the one of this address."""
    parent = area_of(request, area_id)
    form = AreaForm(
        request.POST or None, request.FILES or None, levels=actions.levels_below(parent)
    )

    def save() -> Area:
        told = {"level": form.cleaned_data["level"], **form.values()}
        made = Area(pk=form.cleaned_data["id"] or uuid.uuid4(), parent=parent, **told)
        reason = form.cleaned_data["reason"]
        return actions.add_area(made, acting_user=request.user, reason=reason)

    return _asked(request, form, save, f"添加到{parent}", parent)


def change_area(request: HttpRequest, area_id: uuid.UUID) -> HttpResponse:
    """Change an area."""
    found = area_of(request, area_id)
    form = AreaForm(request.POST or None, request.FILES or None, instance=_copy(found))

    def save() -> Area:
        return actions.change_area(
            found, form.values(), seen=form.cleaned_data["seen"] or 0, acting_user=request.user,
            reason=form.cleaned_data["reason"],
        )  # fmt: skip

    return _asked(request, form, save, f"修改{found}", found)


def remove_area(request: HttpRequest, area_id: uuid.UUID) -> HttpResponse:
    """Take out an area that nothing hangs on."""
    found = area_of(request, area_id)
    seen = number_in(request.POST.get("seen")) or 0
    actions.remove_area(found, seen=seen, acting_user=request.user)
    messages.success(request, f"已移除“{found}”")
    return HttpResponseRedirect(reverse("territory:areas"))


def add_profile(request: HttpRequest, area_id: uuid.UUID) -> HttpResponse:
    """Add who lives in an area as of one more day."""
    found = area_of(request, area_id)
    form = ProfileForm(request.POST or None)

    def save() -> Area:
        key = form.cleaned_data["id"] or uuid.uuid4()
        made = AreaProfile(pk=key, area=found, **form.values())
        actions.add_profile(made, acting_user=request.user)
        return found

    return _asked(request, form, save, f"{found}：添加人口数据", found)


def correct_profile(request: HttpRequest, profile_id: uuid.UUID) -> HttpResponse:
    """Correct figures that were wrong on their own day."""
    rows = AreaProfile.objects.filter(removed_at=None, area__in=_visible(request))
    profile = rows.select_related("area").filter(pk=profile_id).first()
    if profile is None:
        raise MissingError("没有这份人口数据，或不在您的范围内", remedy="从行政区页面重新进入")
    form = ProfileForm(request.POST or None, instance=_copy(profile))

    def save() -> Area:
        actions.correct_profile(
            profile, form.values(), seen=form.cleaned_data["seen"] or 0, acting_user=request.user,
            reason=form.cleaned_data["reason"],
        )  # fmt: skip
        return profile.area

    return _asked(request, form, save, f"{profile.area}：更正{profile.as_of}的数据", profile.area)


def area_of(request: HttpRequest, area_id: uuid.UUID) -> Area:
    """Return an area that this person may see.

    Raises
    ------
    MissingError
        If there is none.
    """
    found = _visible(request).select_related("parent__parent__parent").filter(pk=area_id).first()
    if found is None:
        raise MissingError("没有这个行政区，或不在您的范围内", remedy="从行政区列表重新进入")
    return found


def crumbs(request: HttpRequest, found: Area) -> list[tuple[str, str]]:
    """Return the way down to an area, as far as this person may see it."""
    path, above = [], found.parent
    while above is not None:
        path.append(above)
        above = above.parent
    seen = set(
        _visible(request).filter(pk__in=[one.pk for one in path]).values_list("pk", flat=True)
    )
    way = [(reverse("territory:area", args=[one.pk]), str(one)) for one in reversed(path)
           if one.pk in seen]  # fmt: skip
    return [(reverse("territory:areas"), "行政区与人口"), *way]


def _visible(request: HttpRequest) -> Any:  # noqa: ANN401 - rows of areas
    return Area.objects.visible_to(request.user)


def _asked(request: HttpRequest, form: Any, save: Any, title: str, area: Area) -> HttpResponse:  # noqa: ANN401
    """Show a form, or save what it holds and go to the area; a refusal stands by its field."""
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                saved = save()
            except RefusedError as problem:
                tell(form, problem)
            else:
                messages.success(request, "已保存")
                return HttpResponseRedirect(reverse("territory:area", args=[saved.pk]))
    way = [*crumbs(request, area), (reverse("territory:area", args=[area.pk]), str(area))]
    context = {"form": form, "title": title, "area": area, "crumbs": way}
    return render(request, "territory/form.html", context, status=status)


def _copy(record: Any) -> Any:  # noqa: ANN401
    """Return the record once more: a form writes into it before anybody knows whether it may."""
    return type(record).objects.get(pk=record.pk)
