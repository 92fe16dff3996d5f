"""Compare scenarios side by side: what each would change, who gains, who loses."""

import uuid

from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from livingcircle_platform.assessment import actions
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.models import Scenario
from livingcircle_platform.assessment.policies import SCENARIOS
from livingcircle_platform.errors import MissingError
from livingcircle_platform.workbench.forms import ScenarioForm


def board(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Show all scenarios of a run side by side."""
    run = _run(request, run_id)
    found = Scenario.objects.filter(run=run, removed_at=None)
    context = {
        "run": run, "scenarios": found, "form": ScenarioForm(),
        "may_add": SCENARIOS.may_in(request.user, "add", run.district),
    }  # fmt: skip
    return render(request, "workbench/scenarios.html", context)


def add(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Keep a scenario."""
    run = _run(request, run_id)
    SCENARIOS.require_in(request.user, "add", run.district)
    form = ScenarioForm(request.POST)
    if form.is_valid():
        actions.add_scenario(form.scenario(run), acting_user=request.user)
        return HttpResponseRedirect(reverse("workbench:scenarios", args=[run.pk]))
    found = Scenario.objects.filter(run=run, removed_at=None)
    context = {"run": run, "scenarios": found, "form": form, "may_add": True}
    return render(request, "workbench/scenarios.html", context, status=400)


def play(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Ask what all of them would change."""
    run = _run(request, run_id)
    job = actions.play_scenarios(run, acting_user=request.user)
    return HttpResponseRedirect(reverse("core:job", args=[job.pk]))


def _run(request: HttpRequest, run_id: uuid.UUID) -> Run:
    rows = Run.objects.visible_to(request.user).done().select_related("district")
    found = rows.filter(pk=run_id).first()
    if found is None:
        raise MissingError("没有这次评估，或不在您的范围内", remedy="从评估列表重新进入")
    return found
