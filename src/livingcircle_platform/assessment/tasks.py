"""Do the work of runs, sites and scenarios in a worker; each may be run again after a crash."""

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils import timezone

from livingcircle.assessment import Assessment
from livingcircle.collector import uncollected
from livingcircle.errors import LivingCircleError
from livingcircle.memory import Memory
from livingcircle_platform.assessment import folders
from livingcircle_platform.assessment import running
from livingcircle_platform.assessment import site_choice
from livingcircle_platform.assessment import what_if
from livingcircle_platform.assessment.desks import first_desk
from livingcircle_platform.assessment.desks import keep_first
from livingcircle_platform.assessment.desks import pin_draft
from livingcircle_platform.assessment.errors import Cancelled
from livingcircle_platform.assessment.incremental import Workshop
from livingcircle_platform.assessment.influence import influence_of
from livingcircle_platform.assessment.inputs import Pinned
from livingcircle_platform.assessment.inputs import Terms
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.assessment.models import Scenario
from livingcircle_platform.assessment.models import SiteChoice
from livingcircle_platform.assessment.models import SiteOption
from livingcircle_platform.assessment.pinning import pin_record
from livingcircle_platform.assessment.running import How
from livingcircle_platform.assessment.running import Progress
from livingcircle_platform.assessment.storing import store
from livingcircle_platform.audit import writing
from livingcircle_platform.core import jobs
from livingcircle_platform.core.jobs import CancelledError
from livingcircle_platform.core.jobs import Handle
from livingcircle_platform.core.models import Job
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.territory.models import CircleSet

_CHUNK = 1_000
_ASSESSED = 0.4  # share of a run's time until the plan sheets are begun
_MOST_WORKSHOPS = 2  # districts a worker remembers at a time


def assess(handle: Handle, run: str) -> str:
    """Pin the inputs of a run, assess them, store what was found, and write the plan sheets."""
    asked = Run.objects.select_related("district", "circle_set").get(pk=run)
    pinned = pin(asked)
    with _stoppable(), uncollected():
        outcome = _workshop(handle, asked).run(
            pinned, folders.results_of(asked), how=_how(asked),
            progress=handle.part(0, _ASSESSED),
            cancelled=handle.is_cancelled,
        )  # fmt: skip
    jobs.finish(handle.job, lambda: _store(asked, pinned, outcome, handle.job))
    handle.kept["last run"] = (run, outcome.run)
    sheets = handle.part(_ASSESSED, 1)
    running.write_sheets(outcome.run, folders.results_of(asked), sheets)
    return reverse("assessment:run", args=[run])


def write_circle_sheets(handle: Handle, run: str, circle: str) -> str:
    """Write the plan sheets of one circle again."""
    made = _assessment(handle, Run.objects.select_related("district").get(pk=run))
    asked = Run(pk=run)
    running.write_sheets_of_circle(made, circle, folders.results_of(asked))
    return reverse("assessment:circle", args=[run, circle])


def choose_sites(handle: Handle, choice: str) -> str:
    """Look for sites after a run, and store the plan with its proof."""
    asked = SiteChoice.objects.select_related("run__district").get(pk=choice)
    made = _assessment(handle, asked.run)
    told: dict[str, Any] = asked.wish
    wish = site_choice.SiteWish(**{**told, "trades": tuple(told.get("trades", ()))})
    with _stoppable():
        found = site_choice.choose_sites(made, wish, cancelled=handle.is_cancelled)
    jobs.finish(handle.job, lambda: _store_sites(asked, found, handle.job))
    return reverse("workbench:site_choice", args=[choice])


def open_draft(handle: Handle, draft: str) -> str:
    """Lay a draft's circles on the desk for the first time: those in force, or new ones."""
    asked = CircleSet.objects.select_related("district", "made_from").get(pk=draft)
    if not asked.steps:  # an earlier attempt may have come this far
        handle.tell(0, 2, "固定道路、人口和社区边界")
        pin_draft(asked)
        handle.tell(1, 2, "量面积、步行和阻隔，摆上圈层")
        desk = first_desk(asked, _workshop(handle, asked).memory)
        jobs.finish(handle.job, lambda: keep_first(asked, desk, acting_user=handle.job.asked_by))
    return reverse("workbench:circle_desk", args=[draft])


def play_scenarios(handle: Handle, run: str) -> str:
    """Play all scenarios of a run, and store what each would change."""
    asked = Run.objects.select_related("district").get(pk=run)
    made = _assessment(handle, asked)
    scenarios = list(Scenario.objects.filter(run=asked, removed_at=None))
    memory = _workshop(handle, asked).memory
    for place, one in enumerate(scenarios):
        part = handle.part(place / len(scenarios), (place + 1) / len(scenarios))
        with _stoppable(), uncollected():
            one.answer = _answer(made, one, memory, part, handle.is_cancelled)
    jobs.finish(handle.job, lambda: _store_scenarios(scenarios, handle.job))
    return reverse("workbench:scenarios", args=[run])


def _answer(
    made: Assessment, scenario: Scenario, memory: Memory, tell: Progress, stop: Callable[[], bool]
) -> dict[str, Any]:
    """Return what a scenario comes to, or why it cannot be played; the others go on."""
    key = str(scenario.pk)
    try:
        (row,) = what_if.what_if(
            made, steps_of(scenario), memory=memory,
            progress=lambda done, total, what: tell(done, total, what.replace(key, scenario.title)),
            cancelled=stop,
        )  # fmt: skip
    except Cancelled:
        raise
    except LivingCircleError as problem:
        return {"problem": str(problem).replace(key, scenario.title)}
    return {**asdict(row), "scenario": scenario.title}


def steps_of(scenario: Scenario) -> list[what_if.ScenarioStep]:
    """Return the steps of a scenario; its id stands for its name, which another may bear too."""
    key = str(scenario.pk)
    return [what_if.ScenarioStep(**{**step, "scenario": key}) for step in scenario.steps]


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let the engine's word for "stopped" be the job's."""
    try:
        yield
    except Cancelled as stopped:
        raise CancelledError from stopped


def pin(run: Run) -> Pinned:
    """Pin the record as it is at one moment; what an earlier attempt pinned is used again."""
    terms = Terms(standard=run.standard, walker=run.walker, at=run.at, on=run.on)
    pinned, head = pin_record(folders.inputs_of(run), run.district, run.circle_set, terms)
    if head:
        Run.objects.filter(pk=run.pk).update(audit_head=head)
    return pinned


def _workshop(handle: Handle, run: Run | CircleSet) -> Workshop:
    """Return what this worker remembers of a district."""
    kept: dict[Any, Workshop] = handle.kept.setdefault("workshops", {})
    workshop = kept.pop(run.district_id, None) or Workshop(folders.prepared_of(run.district))
    kept[run.district_id] = workshop
    while len(kept) > _MOST_WORKSHOPS:
        kept.pop(next(iter(kept)))
    return workshop


def _assessment(handle: Handle, run: Run) -> Any:  # noqa: ANN401 - the engine's own
    """Return the assessment of a finished run, remembered or made again from its inputs."""
    known, made = handle.kept.get("last run", ("", None))
    if known != str(run.pk):
        pinned = folders.inputs_of(run)
        workshop = _workshop(handle, run)
        district = workshop.read(pinned)
        made = running.assess_district(district, pinned, how=_how(run), memory=workshop.memory)
        handle.kept["last run"] = (str(run.pk), made)
    return made


def _how(run: Run) -> How:
    return How(standard=run.standard, walker=run.walker, at=run.at, on=run.on)


def _store(run: Run, pinned: Pinned, outcome: running.Outcome, job: Job) -> str:
    store(run, outcome)
    run.digest, run.record = pinned.digest, outcome.record
    run.summary = _summary(outcome)
    run.finished_at = timezone.now()
    run.save(update_fields=["digest", "record", "summary", "finished_at"])
    _tell_influence(run, outcome)
    _note_finished(run, job)
    return ""


def _note_finished(done: Run | SiteChoice | Scenario, job: Job) -> None:
    """Tell the audit: what was drawn or shown before it is not the present state any more."""
    kind = str(done._meta.model_name)  # noqa: SLF001
    writing.note(
        f"{kind}.finish", acting_user=job.asked_by, kind=kind, object_id=done.pk,
        object_name=str(done), area=done.audit_area,
        after={"finished_at": f"{done.finished_at:%Y-%m-%dT%H:%M:%S%z}"},
    )  # fmt: skip


def _summary(outcome: running.Outcome) -> dict[str, Any]:
    return {
        "circles": len(outcome.circles),
        "gaps": len(outcome.gaps),
        "urgent": sum(row.urgency == 1 for row in outcome.gaps),
        "blind_areas": len(outcome.blind_areas),
        "unknown": sum(row.verdict == "unknown" for row in outcome.findings),
        "issues": len(outcome.issues),
        "checks_broken": sum(row.verdict == "lacking" for row in outcome.checks),
    }


def _tell_influence(run: Run, outcome: running.Outcome) -> None:
    """Write down how many people's verdicts hang on each outlet, for the order of checking."""
    people = influence_of(outcome.run)
    found = Outlet.objects.in_district(run.district).only("pk", "code", "influence")
    changed = []
    for one in found:
        # The run knows nothing of an outlet that was added after its inputs were pinned.
        new = people.get(one.code, one.influence)
        if one.influence != new:
            one.influence = new
            changed.append(one)
    Outlet.objects.bulk_update(changed, ["influence"], batch_size=_CHUNK)


def _store_sites(choice: SiteChoice, found: site_choice.SiteOutcome, job: Job) -> str:
    SiteOption.objects.filter(choice=choice).delete()
    SiteOption.objects.bulk_create(
        SiteOption(
            choice=choice, order=row.order, space_code=row.space_id, space_name=row.space_name,
            kind=row.kind, area_m2=row.area_m2, circle_code=row.circle_id or "",
            circle_name=row.circle_name or "", trade=row.trade, trade_name=row.trade_name,
            cost=row.cost, approval_path=row.approval_path or "", conditions=row.conditions or "",
            people=row.people, elders=row.elders, infants=row.infants, place=row.geometry,
        )
        for row in found.sites
    )  # fmt: skip
    choice.value, choice.bound, choice.gap = found.value, found.bound, found.gap
    choice.people = found.people
    choice.answer = {
        "status": found.status, "how": found.how, "stopped": found.stopped,
        "served": [asdict(row) for row in found.served],
        "curve": [asdict(row) for row in found.curve],
        "close": [asdict(row) for row in found.close],
        "shortages": [asdict(row) for row in found.shortages],
        "helps": [asdict(row) for row in found.helps],
        "left_out": [asdict(row) for row in found.left_out],
        "proof": found.proof,
    }  # fmt: skip
    choice.finished_at = timezone.now()
    choice.save()
    _note_finished(choice, job)
    return ""


def _store_scenarios(scenarios: list[Scenario], job: Job) -> str:
    for one in scenarios:
        one.finished_at = timezone.now()
        one.save(update_fields=["answer", "finished_at"])
        _note_finished(one, job)
    return ""


def sheets_of(run: Run) -> list[Path]:
    """Return the files of a run that somebody may want to have, the plan sheets first."""
    results = folders.results_of(run)
    wanted = (".xlsx", ".docx", ".pdf", ".html", ".gpkg", ".png")
    found = [path for path in results.rglob("*") if path.suffix.lower() in wanted]
    return sorted(found, key=lambda path: (len(path.relative_to(results).parts), path.name))
