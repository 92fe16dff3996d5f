"""Show the overview: what stands where, what changed, what is to be done."""

from typing import Any

from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render

from livingcircle_platform.assessment.models import Gap
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.models import Unit
from livingcircle_platform.assessment.policies import RUNS
from livingcircle_platform.core.models import Job
from livingcircle_platform.registry.models import Merchant
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.territory.models import CircleSet
from livingcircle_platform.workbench.todo import tasks_of

_ANSWERS = {
    "presence": "有没有",
    "completeness": "全不全",
    "quality": "好不好",
    "appearance": "美不美",
}


def home(request: HttpRequest) -> HttpResponse:
    """Show the overview of what a person works on; who has no district sees what is theirs."""
    runs = Run.objects.visible_to(request.user).done().select_related("district", "circle_set")
    run = runs.first()
    context: dict[str, Any] = {
        "run": run,
        "sees_runs": RUNS.may(request.user, "view"),
        "outlets": Outlet.objects.visible_to(request.user).count(),
        "sets": CircleSet.objects.visible_to(request.user).filter(state="adopted"),
        "tasks": tasks_of(request.user, run),
        "own": _own(request),
        "jobs": Job.objects.filter(asked_by=request.user, state__in=["queued", "running"]),
    }
    if run is not None:
        context |= _of_run(request, run, runs.filter(district=run.district).exclude(pk=run.pk))
    return render(request, "workbench/home.html", context)


def _own(request: HttpRequest) -> list[Outlet]:
    """Return the first outlets that a person runs; most who come here run none."""
    merchants = list(Merchant.objects.filter(user=request.user.pk).values_list("pk", flat=True))
    if not merchants:
        return []
    return list(Outlet.objects.visible_to(request.user).filter(merchant__in=merchants)[:20])


def _of_run(request: HttpRequest, run: Run, earlier: Any) -> dict[str, Any]:  # noqa: ANN401
    units = Unit.objects.visible_to(request.user, run).filter(level="circle").defer("boundary")
    before = earlier.first()
    then = {}
    if before is not None:
        found = Unit.objects.visible_to(request.user, before).filter(level="circle")
        then = {one.unit_id: one for one in found.defer("boundary")}
    circles = [_line(one, then.get(one.unit_id)) for one in units]
    gaps = Gap.objects.visible_to(request.user, run).select_related("unit")
    return {
        "before": before,
        "circles": sorted(circles, key=lambda line: (-line["lacking"], line["unit"].unit_id)),
        "gaps": gaps[:8],
        "answers": list(_ANSWERS.items()),
        "counts": {name: _count(units, name) for name in _ANSWERS},
    }


def _line(unit: Unit, before: Unit | None) -> dict[str, Any]:
    """Return a circle with how many must-haves it lacks, and how that changed."""
    lacking = unit.presence.get("lacking", 0)
    change = None if before is None else lacking - before.presence.get("lacking", 0)
    return {"unit": unit, "lacking": lacking, "change": change}


def _count(units: Any, name: str) -> dict[str, int]:  # noqa: ANN401 - rows of units
    """Return how many circles have each answer."""
    told = {"served": 0, "lacking": 0, "unknown": 0, "not_applicable": 0}
    for one in units:
        verdict = getattr(one, name).get("verdict", "unknown")
        told[verdict] = told.get(verdict, 0) + 1
    return told
