"""Say who may see and change areas, circles and base files."""

from typing import TYPE_CHECKING
from typing import Any

from django.db.models import Q

from livingcircle_platform.accounts.policies import Policy
from livingcircle_platform.accounts.scope import scope_of

if TYPE_CHECKING:
    from livingcircle_platform.territory.models import CircleQuerySet

AREAS = Policy("area", area="")
CIRCLE_SETS = Policy("circle-set", area="district")
CIRCLES = Policy("circle", area="circle_set__district")
BASE_FILES = Policy("base-file", area="district")


def visible_circles(rows: "CircleQuerySet", user: Any) -> "CircleQuerySet":  # noqa: ANN401
    """Return circles of districts that a person may see, or with a member community inside.

    A circle may reach over several 街道; each of them sees it whole, because its gaps are theirs.
    """
    scope = scope_of(user, "circle.view")
    if scope.is_empty:
        return rows.none()
    district = scope.where("circle_set__district")
    member = scope.where("members__community")
    inside = rows.model._base_manager.filter(district | member).values("pk")  # noqa: SLF001
    return rows.filter(Q(pk__in=inside), removed_at=None)


def may_see_circle(user: Any, circle: Any) -> bool:  # noqa: ANN401
    """Say whether a person may see one circle."""
    return type(circle).objects.visible_to(user).filter(pk=circle.pk).exists()
