"""Say who may ask for runs, and which rows of a run somebody may see.

A run is about a whole district; whoever works in one 街道 or community of it sees the run, and of
its rows those about circles and communities there. A circle over two 街道 shows to both.
"""

from typing import TYPE_CHECKING
from typing import Any

from django.db.models import F
from django.db.models import Q
from django.db.models import Value

from livingcircle_platform.accounts.policies import Policy
from livingcircle_platform.accounts.scope import scope_of
from livingcircle_platform.territory.models import Area

if TYPE_CHECKING:
    from livingcircle_platform.assessment.models import RunQuerySet

RUNS = Policy("run", area="district")
SITE_CHOICES = Policy("site-choice", area="run__district")
SCENARIOS = Policy("scenario", area="run__district")


def visible_runs(rows: "RunQuerySet", user: Any) -> "RunQuerySet":  # noqa: ANN401
    """Return runs of districts that a person works in, above, or anywhere inside."""
    scope = scope_of(user, "run.view")
    if scope.is_empty:
        return rows.none()
    if scope.everywhere:
        return rows
    above = Area.objects.filter(level=Area.Level.DISTRICT).annotate(start=F("path"))
    inside = Q(pk__in=[])
    for path in (*scope.below, *_paths(scope.own)):
        # The district lies under the path, or the path lies under the district.
        inside |= Q(path__startswith=path) | Q(pk__in=_holding(above, path))
    return rows.filter(district__in=Area.objects.filter(inside, level=Area.Level.DISTRICT))


def inside(user: Any, field: str) -> Q:  # noqa: ANN401
    """Return the filter on rows whose communities' paths lie where a person works."""
    scope = scope_of(user, "run.view")
    if scope.everywhere:
        return Q()
    found = Q(pk__in=[])
    for path in (*scope.below, *_paths(scope.own)):
        found |= Q(**{f"{field}__contains": path})
    return found


def _paths(ids: Any) -> list[str]:  # noqa: ANN401 - ids of areas
    return list(Area.objects.filter(pk__in=ids).values_list("path", flat=True)) if ids else []


def _holding(districts: Any, path: str) -> Any:  # noqa: ANN401 - rows of districts
    """Return the districts whose path begins a longer one."""
    return districts.annotate(asked=Value(path)).filter(asked__startswith=F("start")).values("pk")
