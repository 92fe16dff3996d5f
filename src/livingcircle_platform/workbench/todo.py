"""List what waits for somebody, and since when it is overdue."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from livingcircle_platform.accounts.scope import scope_of
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.core.models import Job
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import Space

# An outlet not looked at for half a year may be gone; a quarter without an assessment is overdue,
# because the programme is evaluated by quarters (北京二十条 19).
UNSEEN_DAYS = 180
RUN_DAYS = 90
LETTER_DAYS = 30
_WAITING = (Space.Approval.ASKED, Space.Approval.SUBDISTRICT_AGREED)


class Task(NamedTuple):
    """Tell one thing to do: what, how many, where, and whether it is overdue."""

    title: str
    number: int
    address: str
    overdue: bool


def tasks_of(user: Any, run: Run | None) -> list[Task]:  # noqa: ANN401
    """Return what waits for a person, overdue things first."""
    found = [one for one in _tasks(user, run) if one.number]
    return sorted(found, key=lambda one: not one.overdue)


def _tasks(user: Any, run: Run | None) -> Iterator[Task]:  # noqa: ANN401
    today = timezone.localdate()
    if not scope_of(user, "batch.accept").is_empty:
        waiting = Batch.objects.visible_to(user).filter(state=Batch.State.STAGED)
        yield Task("批导入等待确认", waiting.count(), reverse("imports:batches"), overdue=False)
    if not scope_of(user, "outlet.verify").is_empty:
        before = today - dt.timedelta(days=UNSEEN_DAYS)
        unseen = Outlet.objects.visible_to(user).exclude(state=Outlet.State.CLOSED)
        unseen = unseen.filter(Q(verified_on=None) | Q(verified_on__lt=before))
        title = f"家网点超过{UNSEEN_DAYS}天没有核实"
        yield Task(title, unseen.count(), reverse("registry:freshness"), overdue=True)
    if not scope_of(user, "space.view").is_empty:
        spaces = Space.objects.visible_to(user).filter(approval__in=_WAITING)
        late = spaces.filter(changed_at__date__lt=today - dt.timedelta(days=LETTER_DAYS))
        address = reverse("registry:space_list")
        yield Task("处空间等待审批", spaces.count(), address, overdue=late.exists())
    failed = Job.objects.filter(asked_by=user, state=Job.State.FAILED)
    recent = failed.filter(ended_at__date__gte=today - dt.timedelta(days=7))
    yield Task("个后台任务没有做完", recent.count(), reverse("core:jobs"), overdue=True)
    if run is not None and run.finished_at is not None:
        age = (today - timezone.localtime(run.finished_at).date()).days
        if age > RUN_DAYS:
            address = reverse("assessment:runs")
            yield Task(f"天没有重新评估（按季度应在{RUN_DAYS}天内）", age, address, overdue=True)
