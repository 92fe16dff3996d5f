"""Queue outlets for a look on the spot: the longest unseen and the most depended on come first.

Urgency is age in days × influence. Influence is how many people's verdicts hang on an outlet; one
that no run has measured counts as the median of those that are. One never verified counts as last
seen two years ago. The arithmetic is done by the database on whole numbers, the same on all.
"""

import math
from typing import Any

from django.core.cache import cache
from django.db.models import F
from django.db.models import FloatField
from django.db.models import QuerySet
from django.db.models import Value
from django.db.models.functions import Cast
from django.db.models.functions import Coalesce
from django.utils import timezone

from livingcircle_platform.registry import policies
from livingcircle_platform.registry.models import Outlet

NEVER_DAYS = 730
_REMEMBERED = 600  # seconds; the order hardly hangs on it
NEAR_DEGREES = 0.02  # about two kilometres
_ROUGH = 3  # digits of a degree: about 100 m


def queue(user: Any, area: Any = None) -> QuerySet[Outlet]:  # noqa: ANN401
    """Return the outlets that a person may verify, the most urgent first."""
    rows = policies.OUTLETS.visible(Outlet.objects.visible_to(user), user, "verify")
    rows = rows.exclude(state=Outlet.State.PLANNED)
    if area is not None:
        rows = rows.filter(area__path__startswith=area.path)
    today = timezone.localdate().toordinal()
    seen = Coalesce(F("verified_day"), Value(today - NEVER_DAYS))
    age = Cast(Value(today) - seen, FloatField())
    key = f"median-influence:{user.pk}:{area.pk if area else 'all'}"
    median = cache.get_or_set(key, lambda: median_influence(rows), _REMEMBERED)
    weight = Coalesce(F("influence"), Value(median))
    return rows.annotate(urgency=age * weight).order_by("-urgency", "code", "pk")


def median_influence(rows: QuerySet[Outlet]) -> float:
    """Return the median of the known influences; one, where none is known."""
    known = rows.exclude(influence=None).order_by("influence")
    count = known.count()
    return float(known.values_list("influence", flat=True)[count // 2]) if count else 1.0


def rough_point(said: str) -> tuple[float, float] | None:
    """Return a place rounded to about 100 m, from ``lon,lat``; nothing if it is none."""
    parts = said.split(",")
    try:
        lon, lat = (round(float(part), _ROUGH) for part in parts)
    except ValueError:
        return None
    inside = math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90  # noqa: PLR2004
    return (lon, lat) if inside else None


def near(rows: QuerySet[Outlet], point: tuple[float, float]) -> QuerySet[Outlet]:
    """Return what lies within about two kilometres of a place, the nearest first."""
    lon, lat = point
    wide = NEAR_DEGREES / max(math.cos(math.radians(lat)), 0.01)
    squeeze = math.cos(math.radians(lat)) ** 2
    east, north = F("lon") - Value(lon), F("lat") - Value(lat)
    rows = rows.filter(
        lon__range=(lon - wide, lon + wide), lat__range=(lat - NEAR_DEGREES, lat + NEAR_DEGREES)
    )
    squared = east * east * Value(squeeze) + north * north
    return rows.annotate(squared=squared).order_by("squared", "-urgency", "pk")
