"""Say who may see and change areas, circles and base files."""

from typing import TYPE_CHECKING
from typing import Any

from django.apps import apps
from django.db.models import Q

from livingcircle_platform.accounts.policies import Policy
from livingcircle_platform.accounts.scope import scope_of

if TYPE_CHECKING:
    from livingcircle_platform.territory.models import CircleQuerySet


class DistrictWide(Policy):
    """Decide about what is about a whole district: whoever works inside it may look."""

    def may(self, user: Any, verb: str, one: Any = None) -> bool:  # noqa: ANN401
        """Say whether a person may do something to an object, or anywhere at all."""
        if verb != "view" or one is None:
            return super().may(user, verb, one)
        return bool(type(one).objects.visible_to(user).filter(pk=one.pk).exists())


AREAS = Policy("area", area="")
CIRCLE_SETS = DistrictWide("circle-set", area="district")


def districts_touched(user: Any, action: str, field: str) -> Q:  # noqa: ANN401
    """Return the filter on rows of districts that a person works in, above, or anywhere inside.

    What is about a whole district concerns whoever works in one 街道 or community of it. ``field``
    holds the district; "" for districts themselves.
    """
    scope = scope_of(user, action)
    if scope.everywhere:
        return Q()
    inside = Q(pk__in=[])
    held = f"{field}__path" if field else "path"
    for path in (*scope.below, *_paths(scope.own)):
        inside |= Q(**{f"{held}__startswith": path}) | Q(**{f"{held}__in": _over(path)})
    return inside


def _paths(ids: Any) -> list[str]:  # noqa: ANN401 - ids of areas
    areas = apps.get_model("territory", "Area")
    return list(areas.objects.filter(pk__in=ids).values_list("path", flat=True)) if ids else []


def _over(path: str) -> list[str]:
    """Return the paths of everything that an area lies in."""
    parts = path.strip("/").split("/")
    return [f"/{'/'.join(parts[:count])}/" for count in range(1, len(parts))]


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
