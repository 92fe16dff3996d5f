"""Find the outlets nearest to a point, by the straight line, in boxes that grow until enough.

Walking metres are known from doors, after a run; from any other point only the straight line is,
and the answer says so.
"""

import datetime as dt
import hashlib
import math
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

from django.core.cache import caches
from django.db.models import Count
from django.db.models import ExpressionWrapper
from django.db.models import F
from django.db.models import FloatField
from django.db.models import QuerySet
from django.db.models import Value
from django.db.models.lookups import LessThanOrEqual

from livingcircle_platform.assessment.opening import is_open
from livingcircle_platform.registry.models import Outlet

FARTHEST_M = 20_000.0
_FIRST_M = 500.0
_WIDER = 1.3  # than it took the last time, because shops stand thinner a street away
_LEAST_GROWTH, _MOST_GROWTH = 1.5, 5.0
_SPARE = 14  # read with the first page: some lie in the corners of the box
_ASTRAY = 8  # the database measures on a plane; a few metres off, neighbours change places
_COMMON = 300  # ways of writing opening hours that are looked at before any row is read
_COMMON_SECONDS, _PASSED_OVER_SECONDS = 600, 120
_METRES_PER_DEGREE = 111_195.0  # of a great circle, on a sphere of 6,371 km
_EARTH_M = 6_371_000.0
_NARROWEST = 0.01  # cosine of the latitude; nobody shops nearer to a pole
Point = tuple[float, float]


class Found(NamedTuple):
    """Hold what is near.

    Attributes
    ----------
    items
        The rows, the nearest first, each with ``distance_m`` and ``open_now`` added.
    within
        How far the list is whole: to its last row, or as far as one looks at all.
    unsure
        How many were left out because nobody can tell from their hours whether they are open.
    """

    items: list[dict[str, Any]]
    within: float
    unsure: int


def near(
    rows: QuerySet[Any], centre: Point, most: int, now: dt.datetime, *,
    only_open: bool = False, kind: str = "",
) -> Found:  # fmt: skip
    """Return the nearest outlets with their distance.

    Parameters
    ----------
    rows
        Where to look: outlets as dictionaries of their columns, ``id``, ``lon``, ``lat`` and
        ``hours`` among them.
    centre
        Longitude and latitude to look from.
    most
        How many at most.
    now
        The moment that ``open_now`` tells of.
    only_open
        Keep only what is open then.
    kind
        Names what is looked for; how far one had to look for it hereabouts is remembered, and
        begun with the next time.
    """
    hereabouts = _hereabouts(centre, f"{kind}|{most}|{only_open}")
    radius = caches["moment"].get(hereabouts, _FIRST_M)
    passed_over = _passed_over(now) if only_open else _NOTHING
    looked_at = rows.exclude(hours__in=passed_over.shut + passed_over.unsure)
    found = _growing(looked_at, centre, most, radius, now, only_open=only_open)
    whole = found.items[-1]["distance_m"] if len(found.items) == most else FARTHEST_M
    begin = min(max(whole * _WIDER, _FIRST_M), FARTHEST_M)
    caches["moment"].set(hereabouts, begin, _COMMON_SECONDS)
    unsure = found.unsure
    if only_open:
        unsure += _count(rows.filter(hours__in=passed_over.unsure), centre, whole)
    return Found(found.items, whole, unsure)


def _growing(
    rows: QuerySet[Any], centre: Point, most: int, radius: float, now: dt.datetime, *,
    only_open: bool,
) -> Found:  # fmt: skip
    """Return what lies in a circle that grows until it holds enough."""
    while True:
        found = _within(rows, centre, most, radius, now, only_open=only_open)
        if len(found.items) == most or radius >= FARTHEST_M:
            return found
        # As far again as it takes if shops go on as thick as so far, and a little more.
        guess = 1.2 * math.sqrt(most / max(len(found.items), 1))
        growth = min(max(guess, _LEAST_GROWTH), _MOST_GROWTH)
        radius = min(radius * growth, FARTHEST_M)


def _count(rows: QuerySet[Any], centre: Point, radius: float) -> int:
    box, squared = _box(rows, *centre, radius)
    return box.filter(LessThanOrEqual(squared, Value((radius / _METRES_PER_DEGREE) ** 2))).count()


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the length of the straight line along the ground."""
    one, other = math.radians(lat), math.radians(other_lat)
    half_lon = math.radians(other_lon - lon) / 2
    root = math.sin((other - one) / 2) ** 2 + math.cos(one) * math.cos(other) * (
        math.sin(half_lon) ** 2
    )
    return 2 * _EARTH_M * math.asin(math.sqrt(min(root, 1.0)))


def _hereabouts(centre: Point, kind: str) -> str:
    """Name a kind of search within about ten kilometres."""
    told = f"{kind}|{centre[0]:.1f}|{centre[1]:.1f}"
    return f"near-{hashlib.sha256(told.encode()).hexdigest()}"


class _PassedOver(NamedTuple):
    """Hold common opening hours that say a shop is shut at a moment, and those nobody can read."""

    shut: tuple[str, ...]
    unsure: tuple[str, ...]


_NOTHING = _PassedOver((), ())


def _passed_over(now: dt.datetime) -> _PassedOver:
    """Return the hours whose shops the database may pass over; at night they are most of all.

    Rows with other hours are looked at one by one, so that nothing depends on how fresh this is.
    """
    moment, name = caches["moment"], f"passed-over-{now:%w-%H-%M}"
    known: _PassedOver | None = moment.get(name)
    if known is None:
        common = moment.get_or_set("common-hours", _common_hours, _COMMON_SECONDS)
        answers = {hours: is_open(hours, now) for hours in ("", *common)}
        known = _PassedOver(
            tuple(hours for hours, answer in answers.items() if answer is False),
            tuple(hours for hours, answer in answers.items() if answer is None),
        )
        moment.set(name, known, _PASSED_OVER_SECONDS)
    return known


def _common_hours() -> list[str]:
    counted = Outlet.objects.exclude(hours="").values("hours").annotate(many=Count("pk"))
    return list(counted.order_by("-many", "hours").values_list("hours", flat=True)[:_COMMON])


def _within(
    rows: QuerySet[Any], centre: Point, most: int, radius: float, now: dt.datetime, *,
    only_open: bool,
) -> Found:  # fmt: skip
    """Return the nearest outlets that are not farther than a radius."""
    found: list[dict[str, Any]] = []
    unsure = 0
    for row in _inside(rows, *centre, radius, most + _SPARE):
        away = metres(*centre, row["lon"], row["lat"])
        if away > radius or len(found) == most + _ASTRAY:
            break
        answer = is_open(row["hours"], now)
        if only_open and not answer:
            unsure += answer is None
            continue
        found.append({**row, "distance_m": away, "open_now": answer})
    found.sort(key=lambda one: one["distance_m"])
    return Found(found[:most], radius, unsure)


def _inside(
    rows: QuerySet[Any], lon: float, lat: float, radius: float, size: int
) -> Iterator[dict[str, Any]]:
    """Yield the outlets of a box, the nearest first, page by page."""
    box, squared = _box(rows, lon, lat, radius)
    ordered = box.order_by(squared, "pk")
    begin = 0
    while page := list(ordered[begin : begin + size]):
        yield from page
        if len(page) < size:
            return
        begin, size = begin + size, size * 4


def _box(
    rows: QuerySet[Any], lon: float, lat: float, radius: float
) -> tuple[QuerySet[Any], ExpressionWrapper]:
    """Return the rows of the box around a circle, and how far each is, in degrees squared."""
    high = radius / _METRES_PER_DEGREE
    squeeze = max(math.cos(math.radians(lat)), _NARROWEST)
    # The box is a little wider than the circle: its sides bend towards the poles.
    wide = 1.05 * high / squeeze
    east, north = F("lon") - Value(lon), F("lat") - Value(lat)
    squared = ExpressionWrapper(
        east * east * Value(squeeze**2) + north * north, output_field=FloatField()
    )
    box = rows.filter(lon__range=(lon - wide, lon + wide), lat__range=(lat - high, lat + high))
    return box, squared
