"""Show runs and what they found; every number leads to why."""

import json
import uuid
from pathlib import Path
from typing import Any

import shapely
from django.db.models import Q
from django.http import FileResponse
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse

from livingcircle_platform.assessment import actions
from livingcircle_platform.assessment import comparing
from livingcircle_platform.assessment import folders
from livingcircle_platform.assessment.forms import RunForm
from livingcircle_platform.assessment.models import BlindArea
from livingcircle_platform.assessment.models import Finding
from livingcircle_platform.assessment.models import Gap
from livingcircle_platform.assessment.models import IndexValue
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.models import Unit
from livingcircle_platform.assessment.policies import RUNS
from livingcircle_platform.assessment.tasks import sheets_of
from livingcircle_platform.core.paging import page_of
from livingcircle_platform.errors import MissingError
from livingcircle_platform.registry.asking import trade_names

_LAYERS = {"circles": (Unit, "boundary"), "blind": (BlindArea, "shape")}


def runs(request: HttpRequest) -> HttpResponse:
    """List the runs that a person may see, the latest first."""
    found = Run.objects.visible_to(request.user).select_related("district", "circle_set", "job")
    page = page_of(request, found)
    context = {"page": page, "may_add": RUNS.may(request.user, "add")}
    return render(request, "assessment/runs.html", context)


def new_run(request: HttpRequest) -> HttpResponse:
    """Ask for a run."""
    form = RunForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        made = actions.ask_run(form.run(), acting_user=request.user)
        return HttpResponseRedirect(reverse("core:job", args=[made.job_id]))
    return render(request, "assessment/new_run.html", {"form": form})


def run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Show one run: its circles, the most urgent gaps, the files, and what it was made from."""
    found = run_of(request, run_id)
    units = Unit.objects.visible_to(request.user, found)
    whole = units.filter(level="district").defer("boundary").first()
    others = Run.objects.visible_to(request.user).done().filter(district=found.district)
    context = {
        "run": found,
        "circles": units.filter(level="circle").defer("boundary"),
        "gaps": Gap.objects.visible_to(request.user, found).select_related("unit")[:10],
        "files": _files(found),
        "others": others.exclude(pk=found.pk)[:12],
        "whole": whole,
        "totals": found.summary if whole or not found.finished_at else _own_totals(request, found),
    }
    return render(request, "assessment/run.html", context)


def _own_totals(request: HttpRequest, found: Run) -> dict[str, int]:
    """Return what a run comes to where a person may look, who may not look at all of it."""
    seen = (request.user, found)
    gaps = Gap.objects.visible_to(*seen)
    rows = {
        "circles": Unit.objects.visible_to(*seen).filter(level="circle"),
        "gaps": gaps,
        "urgent": gaps.filter(urgency=1),
        "blind_areas": BlindArea.objects.visible_to(*seen),
        "unknown": Finding.objects.visible_to(*seen).filter(verdict="unknown"),
    }
    return {name: some.distinct().values("pk").count() for name, some in rows.items()}


def circle(request: HttpRequest, run_id: uuid.UUID, circle: str) -> HttpResponse:
    """Show one circle: four answers, what it lacks, blind areas, rates, and its plan sheets."""
    found = run_of(request, run_id)
    unit = _unit(request, found, circle)
    own = Q(unit=unit) | Q(unit__circle_code=circle)
    gaps = Gap.objects.visible_to(request.user, found).filter(Q(unit=unit) | Q(circle_code=circle))
    context = {
        "run": found,
        "unit": unit,
        "gaps": gaps.select_related("unit").distinct(),
        "blind_areas": BlindArea.objects.visible_to(request.user, found)
        .filter(circle_code=circle)
        .defer("shape")[:30],
        "indices": IndexValue.objects.filter(run=found, unit=unit),
        "unknown": Finding.objects.visible_to(request.user, found)
        .filter(own, verdict="unknown")
        .select_related("unit")
        .defer("walk")[:30],
        "files": [one for one in _files(found) if unit.name in one["name"] or not one["of_circle"]],
    }
    return render(request, "assessment/circle.html", context)


def circle_sheets(request: HttpRequest, run_id: uuid.UUID, circle: str) -> HttpResponse:
    """Ask for one circle's plan sheets anew."""
    found = run_of(request, run_id)
    _unit(request, found, circle)
    job = actions.ask_circle_sheets(found, circle, acting_user=request.user)
    return HttpResponseRedirect(reverse("core:job", args=[job.pk]))


def gaps(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """List the gaps of a run, most urgent first; by circle, trade and level."""
    found = run_of(request, run_id)
    rows = Gap.objects.visible_to(request.user, found).select_related("unit")
    choices = {
        "circles": sorted(
            set(rows.exclude(circle_code="").values_list("circle_code", "circle_name"))
        ),
        "trades": sorted(set(rows.values_list("trade", "trade_name"))),
    }
    for name in ("circle_code", "trade", "urgency"):
        if request.GET.get(name):
            rows = rows.filter(**{name: request.GET[name]})
    page = page_of(request, rows)
    return render(request, "assessment/gaps.html", {"run": found, "page": page, **choices})


def why(request: HttpRequest, run_id: uuid.UUID, finding_id: int) -> HttpResponse:
    """Tell why something is lacking: rule, clause, nearest outlet, and the walk on the map."""
    found = run_of(request, run_id)
    rows = Finding.objects.visible_to(request.user, found).select_related("unit")
    finding = rows.filter(pk=finding_id).first()
    if finding is None:
        raise MissingError("没有这一条结论，或不在您的范围内", remedy="从缺口清单重新进入")
    line = None
    if finding.walk is not None:
        line = _geojson([_feature("walk", finding.walk, name="步行路线")])
    walk = finding.told.get("walk")
    context = {"run": found, "finding": finding, "walk": walk, "line": line}
    partial = getattr(request, "htmx", False) and not request.htmx.boosted
    name = "assessment/why_fragment.html" if partial else "assessment/why.html"
    return render(request, name, context)


def compare(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Show what changed from another run to this one."""
    found = run_of(request, run_id)
    RUNS.require_in(request.user, "compare", found.district)
    others = Run.objects.visible_to(request.user).done().filter(district=found.district)
    others = others.exclude(pk=found.pk)
    asked = request.GET.get("with", "")
    other = others.filter(pk=asked).first() if _is_uuid(asked) else None
    context: dict[str, Any] = {"run": found, "others": others[:50], "other": other}
    if other is not None:
        told = comparing.compare(folders.results_of(other), folders.results_of(found))
        names = trade_names()
        context["told"] = told
        context["people"] = [(one, names.get(one.trade, one.trade)) for one in told.people]
    return render(request, "assessment/compare.html", context)


def file(request: HttpRequest, run_id: uuid.UUID, name: str) -> HttpResponse | FileResponse:
    """Hand out one file of a run, as a download and nothing else."""
    found = run_of(request, run_id)
    RUNS.require_in(request.user, "download", found.district)
    results = folders.results_of(found).resolve()
    path = (results / name).resolve()
    if results not in path.parents or path not in sheets_of(found):
        raise MissingError("这次评估没有这个文件", remedy="从评估页面的文件列表里下载")
    response = FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def layer(request: HttpRequest, run_id: uuid.UUID, layer: str) -> HttpResponse:
    """Return one layer of a run as GeoJSON: circles or blind areas."""
    found = run_of(request, run_id)
    if layer not in _LAYERS:
        raise MissingError("没有这个图层", remedy="图层有 circles 和 blind")
    model, shape = _LAYERS[layer]
    rows = model.objects.visible_to(request.user, found).exclude(**{shape: None})
    if layer == "circles":
        rows = rows.filter(level="circle")
        features = [
            _feature(one.unit_id, one.boundary, name=one.name, tone=one.presence.get("verdict"))
            for one in rows
        ]
    else:
        rows = rows.filter(trade=request.GET["trade"]) if request.GET.get("trade") else rows
        features = [_feature(one.pk, one.shape, name=one.place, tone="lacking") for one in rows]
    return JsonResponse(_geojson(features))


def run_of(request: HttpRequest, run_id: uuid.UUID) -> Run:
    """Return a run that this person may see.

    Raises
    ------
    MissingError
        If there is none.
    """
    rows = Run.objects.visible_to(request.user).select_related("district", "circle_set", "job")
    found = rows.filter(pk=run_id).first()
    if found is None:
        raise MissingError("没有这次评估，或不在您的范围内", remedy="从评估列表重新进入")
    return found


def _unit(request: HttpRequest, found: Run, code: str) -> Unit:
    rows = Unit.objects.visible_to(request.user, found).filter(level="circle", unit_id=code)
    unit = rows.first()
    if unit is None:
        raise MissingError("没有这个生活圈，或不在您的范围内", remedy="从评估页面的圈层列表进入")
    return unit


def _files(found: Run) -> list[dict[str, Any]]:
    results = folders.results_of(found)
    if not results.is_dir():
        return []
    return [
        {
            "path": path.relative_to(results).as_posix(),
            "name": path.name,
            "folder": _parent(path, results),
            "of_circle": path.parent != results,
            "bytes": path.stat().st_size,
        }
        for path in sheets_of(found)
    ]


def _parent(path: Path, results: Path) -> str:
    return "" if path.parent == results else path.parent.relative_to(results).as_posix()


def _feature(key: object, shape: Any, **told: object) -> dict[str, Any]:  # noqa: ANN401
    geometry = json.loads(shapely.to_geojson(shapely.set_precision(shape, 1e-6)))
    properties = {"id": str(key), **{name: value for name, value in told.items() if value}}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _geojson(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
