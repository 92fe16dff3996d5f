"""Ask for runs, sites and scenarios; the work itself is done by a worker."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from livingcircle.errors import InputError
from livingcircle_platform.assessment import tasks
from livingcircle_platform.assessment import what_if
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.models import Scenario
from livingcircle_platform.assessment.models import SiteChoice
from livingcircle_platform.assessment.policies import RUNS
from livingcircle_platform.assessment.policies import SCENARIOS
from livingcircle_platform.assessment.policies import SITE_CHOICES
from livingcircle_platform.audit import writing
from livingcircle_platform.core import jobs
from livingcircle_platform.core.models import Job
from livingcircle_platform.errors import BusyError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.territory import circle_actions
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import CircleSet

START_TITLES = {"existing": "从现行圈层改", "propose": "按路网和人口生成"}


@transaction.atomic
def ask_run(run: Run, *, acting_user: Any) -> Run:  # noqa: ANN401
    """Ask for an assessment of a district; the same id twice is one run.

    Raises
    ------
    RefusedError
        If the district has no standard or no circles to assess.
    """
    RUNS.require_in(acting_user, "add", run.district)
    known = Run.objects.filter(pk=run.pk).first()
    if known is not None:
        return known
    run.standard = run.standard or run.district.standard
    if not run.standard:
        raise RefusedError("还没有选配置标准", remedy="在区的设置里选一个配置标准，再运行评估")
    if run.circle_set is None:
        run.circle_set = run.district.circle_sets.filter(state=CircleSet.State.ADOPTED).first()
    # What somebody asks for today is told as of today, whatever days the layers carry.
    run.on = run.on or timezone.localdate()
    earlier = Run.objects.filter(district=run.district)
    run.number = (earlier.aggregate(last=Max("number"))["last"] or 0) + 1
    run.made_from = earlier.done().first()
    run.job = jobs.ask(
        tasks.assess, title=f"评估{run.district}", acting_user=acting_user, area=run.district,
        arguments={"run": str(run.pk)},
    )  # fmt: skip
    return writing.add(run, acting_user=acting_user)


@transaction.atomic
def ask_circle_sheets(run: Run, circle_code: str, *, acting_user: Any) -> Any:  # noqa: ANN401
    """Ask for the plan sheets of one circle of a finished run."""
    RUNS.require_in(acting_user, "download", run.district)
    _refuse_unfinished(run)
    return jobs.ask(
        tasks.write_circle_sheets, title=f"{run}：编制一圈一策", acting_user=acting_user,
        area=run.district, arguments={"run": str(run.pk), "circle": circle_code},
    )  # fmt: skip


@transaction.atomic
def ask_draft(
    district: Area,
    key: Any,  # noqa: ANN401 - an id made by whoever asks
    *,
    start: str,
    wishes: Mapping[str, Any],
    acting_user: Any,  # noqa: ANN401
) -> Job:
    """Begin a draft of a district's circles and ask for its desk; the same id twice is one draft.

    Raises
    ------
    RefusedError
        If it shall begin with the circles in force, and there are none.
    """
    current = district.circle_sets.filter(state=CircleSet.State.ADOPTED).first()
    if start == "existing" and current is None:
        raise RefusedError("还没有现行圈层", remedy="改选“按路网和人口生成”，或先导入已有的圈层")
    title = START_TITLES[start]
    told = {"start": start, "wishes": dict(wishes)}
    draft = circle_actions.draft_set(
        district, key, title=title, settings=told, acting_user=acting_user
    )
    return jobs.ask(
        tasks.open_draft, title=f"{draft}：{title}", acting_user=acting_user, area=district,
        arguments={"draft": str(draft.pk)}, job_id=draft.pk,
    )  # fmt: skip


@transaction.atomic
def ask_sites(choice: SiteChoice, *, acting_user: Any) -> SiteChoice:  # noqa: ANN401
    """Ask where to add what after a run; the same id twice is one question."""
    SITE_CHOICES.require_in(acting_user, "add", choice.run.district)
    known = SiteChoice.objects.filter(pk=choice.pk).first()
    if known is not None:
        return known
    _refuse_unfinished(choice.run)
    choice.job = jobs.ask(
        tasks.choose_sites, title=f"{choice.run}：{choice}", acting_user=acting_user,
        area=choice.run.district, arguments={"choice": str(choice.pk)},
    )  # fmt: skip
    return writing.add(choice, acting_user=acting_user)


@transaction.atomic
def add_scenario(scenario: Scenario, *, acting_user: Any) -> Scenario:  # noqa: ANN401
    """Keep a scenario of a few steps.

    Raises
    ------
    RefusedError
        If a step cannot be read; it says which.
    """
    SCENARIOS.require_in(acting_user, "add", scenario.run.district)
    try:
        what_if.read_steps(tasks.steps_of(scenario))
    except InputError as problem:
        what = f"{problem.where}：{problem.what}"
        raise RefusedError(what, remedy=problem.remedy) from problem
    return writing.add(scenario, acting_user=acting_user)


def remove_scenario(
    scenario: Scenario,
    *,
    seen: int,
    acting_user: Any,  # noqa: ANN401
) -> Scenario:
    """Take out a scenario, so that the others can be played without it; undo brings it back."""
    SCENARIOS.require(acting_user, "add", scenario)
    return writing.remove(scenario, seen=seen, acting_user=acting_user)


@transaction.atomic
def play_scenarios(run: Run, *, acting_user: Any) -> Any:  # noqa: ANN401
    """Ask what all scenarios of a run would change, side by side."""
    SCENARIOS.require_in(acting_user, "add", run.district)
    _refuse_unfinished(run)
    if not Scenario.objects.filter(run=run, removed_at=None).exists():
        raise RefusedError("这次评估还没有方案", remedy="先添加一个方案，再比较")
    return jobs.ask(
        tasks.play_scenarios, title=f"{run}：方案对比", acting_user=acting_user,
        area=run.district, arguments={"run": str(run.pk)},
    )  # fmt: skip


def _refuse_unfinished(run: Run) -> None:
    if run.finished_at is None:
        raise BusyError(f"{run}还没有完成", remedy="等评估完成后再做这一步")
