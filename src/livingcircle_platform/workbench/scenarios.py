"""Compare scenarios side by side: what each would change, who gains, who loses."""

import uuid

from django.contrib import messages
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
from livingcircle_platform.registry.views.finding import seen_in
from livingcircle_platform.territory.policies import districts_touched
from livingcircle_platform.workbench.forms import ScenarioForm


def latest(request: HttpRequest) -> HttpResponse:
    """Go to the scenarios of the latest run, or to where one begins."""
    run = Run.objects.visible_to(request.user).done().first()
    if run is None:
        messages.info(request, "还没有可以比较方案的评估，先运行一次")
        return HttpResponseRedirect(reverse("assessment:runs"))
    return HttpResponseRedirect(reverse("workbench:scenarios", args=[run.pk]))


def board(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Show all scenarios of a run side by side."""
    return _page(request, _run(request, run_id), ScenarioForm())


def add(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Keep a scenario."""
    run = _run(request, run_id)
    SCENARIOS.require_in(request.user, "add", run.district)
    form = ScenarioForm(request.POST)
    if form.is_valid():
        actions.add_scenario(form.scenario(run), acting_user=request.user)
        return HttpResponseRedirect(reverse("workbench:scenarios", args=[run.pk]))
    return _page(request, run, form)


def remove(request: HttpRequest, scenario_id: uuid.UUID) -> HttpResponse:
    """Take out a scenario."""
    found = Scenario.objects.visible_to(request.user).select_related("run__district")
    one = found.filter(pk=scenario_id).first()
    if one is None:
        raise MissingError("没有这个方案，或不在您的范围内", remedy="从方案对比重新进入")
    SCENARIOS.require_in(request.user, "add", one.run.district)
    actions.remove_scenario(one, seen=seen_in(request), acting_user=request.user)
    return HttpResponseRedirect(reverse("workbench:scenarios", args=[one.run_id]))


def play(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Ask what all of them would change."""
    run = _run(request, run_id)
    job = actions.play_scenarios(run, acting_user=request.user)
    return HttpResponseRedirect(reverse("core:job", args=[job.pk]))


def _page(request: HttpRequest, run: Run, form: ScenarioForm) -> HttpResponse:
    """Show the scenarios of a run beside a form for one more."""
    context = {
        "run": run, "form": form,
        "scenarios": Scenario.objects.visible_to(request.user).filter(run=run),
        "may_add": SCENARIOS.may_in(request.user, "add", run.district),
    }  # fmt: skip
    status = 400 if form.errors else 200
    return render(request, "workbench/scenarios.html", context, status=status)


def _run(request: HttpRequest, run_id: uuid.UUID) -> Run:
    """Return a finished run whose scenarios this person may see."""
    touched = districts_touched(request.user, "scenario.view", "district")
    rows = Run.objects.visible_to(request.user).done().filter(touched).select_related("district")
    found = rows.filter(pk=run_id).first()
    if found is None:
        raise MissingError("没有这次评估，或不在您的范围内", remedy="从评估列表重新进入")
    return found
