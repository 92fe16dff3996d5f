"""Compare sites: where to add what, how good the choice is, and what was close."""

import json
import uuid

import shapely
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse

from livingcircle_platform.assessment import actions
from livingcircle_platform.assessment.models import SiteChoice
from livingcircle_platform.assessment.policies import SITE_CHOICES
from livingcircle_platform.errors import MissingError
from livingcircle_platform.workbench.forms import SiteForm


def choices(request: HttpRequest) -> HttpResponse:
    """List what was asked of sites."""
    rows = SiteChoice.objects.visible_to(request.user).select_related("run__district", "job")
    may_add = SITE_CHOICES.may(request.user, "add")
    return render(request, "workbench/site_choices.html", {"rows": rows[:50], "may_add": may_add})


def new_choice(request: HttpRequest) -> HttpResponse:
    """Ask where to add what."""
    form = SiteForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        made = actions.ask_sites(form.choice(), acting_user=request.user)
        return HttpResponseRedirect(reverse("core:job", args=[made.job_id]))
    return render(request, "workbench/new_site_choice.html", {"form": form})


def choice(request: HttpRequest, choice_id: uuid.UUID) -> HttpResponse:
    """Show a plan: rooms, trades, people, the proof, the curve, and what was close."""
    found = _choice(request, choice_id)
    # What a choice is weighed by is not a number of residents, and must not read as one.
    unit = "个业态" if found.wish.get("question") == "fewest" else "加权人"
    options = list(found.options.all())
    context = {
        "choice": found, "run": found.run, "options": options, "unit": unit,
        # One place may take several trades, each a row of its own.
        "places": len({one.order for one in options}),
    }  # fmt: skip
    return render(request, "workbench/site_choice.html", context)


def layer(request: HttpRequest, choice_id: uuid.UUID) -> JsonResponse:
    """Return the chosen rooms as GeoJSON."""
    found = _choice(request, choice_id)
    features = [
        {
            "type": "Feature",
            "geometry": json.loads(shapely.to_geojson(one.place)),
            "properties": {
                "id": str(one.pk), "name": f"{one.space_name}：{one.trade_name}",
                "tone": "planned", "mark": str(one.order),
            },
        }
        for one in found.options.exclude(place=None)
    ]  # fmt: skip
    return JsonResponse({"type": "FeatureCollection", "features": features})


def _choice(request: HttpRequest, choice_id: uuid.UUID) -> SiteChoice:
    rows = SiteChoice.objects.visible_to(request.user).select_related("run__district", "job")
    found = rows.filter(pk=choice_id).first()
    if found is None:
        raise MissingError("没有这个选址方案，或不在您的范围内", remedy="从选址比较的列表进入")
    return found
