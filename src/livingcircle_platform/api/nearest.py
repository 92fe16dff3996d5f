"""Find the outlets nearest to a point, by the straight line, in boxes that grow until enough.

Walking metres are known from doors, after a run; from any other point only the straight line is,
and the answer says so.
"""

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

from django.db.models import ExpressionWrapper
from django.db.models import F
from django.db.models import FloatField
from django.db.models import QuerySet
from django.db.models import Value

from livingcircle_platform.assessment.opening import is_open

FARTHEST_M = 20_000.0
_FIRST_M = 500.0
_LEAST_GROWTH, _MOST_GROWTH = 1.5, 5.0
_PAGE = 64
_METRES_PER_DEGREE = 111_195.0  # of a great circle, on a sphere of 6,371 km
_EARTH_M = 6_371_000.0
_NARROWEST = 0.01  # cosine of the latitude; nobody shops nearer to a pole


class Found(NamedTuple):
    """Hold what is near.

    Attributes
    ----------
    metres
        By id, the nearest first.
    within
        How far was looked.
    unsure
        How many were left out because nobody can tell from their hours whether they are open.
    """

    metres: dict[Any, float]
    within: float
    unsure: int


def near(rows: QuerySet[Any], lon: float, lat: float, most: int, now: dt.datetime | None) -> Found:
    """Return the nearest outlets with their distance.

    Parameters
    ----------
    rows
        Where to look.
    lon, lat
        From where.
    most
        How many at most.
    now
        Keep only what is open at this moment.
    """
    radius = _FIRST_M
    while True:
        found = _within(rows, (lon, lat), most, now, radius)
        if len(found.metres) == most or radius >= FARTHEST_M:
            return found
        # As far again as it takes if shops go on as thick as so far, and a little more.
        guess = 1.2 * math.sqrt(most / max(len(found.metres), 1))
        growth = min(max(guess, _LEAST_GROWTH), _MOST_GROWTH)
        radius = min(radius * growth, FARTHEST_M)


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the length of the straight line along the ground."""
    one, other = math.radians(lat), math.radians(other_lat)
    half_lon = math.radians(other_lon - lon) / 2
    root = math.sin((other - one) / 2) ** 2 + math.cos(one) * math.cos(other) * (
        math.sin(half_lon) ** 2
    )
    return 2 * _EARTH_M * math.asin(math.sqrt(min(root, 1.0)))


def _within(
    rows: QuerySet[Any],
    centre: tuple[float, float],
    most: int,
    now: dt.datetime | None,
    radius: float,
) -> Found:
    """Return the nearest outlets that are not farther than a radius."""
    found: dict[Any, float] = {}
    unsure = 0
    for pk, lon, lat, hours in _inside(rows, *centre, radius):
        away = metres(*centre, lon, lat)
        if away > radius or len(found) == most:
            break
        answer = True if now is None else is_open(hours, now)
        unsure += answer is None
        if answer:
            found[pk] = away
    return Found(found, radius, unsure)


def _inside(
    rows: QuerySet[Any], lon: float, lat: float, radius: float
) -> Iterator[tuple[Any, float, float, str]]:
    """Yield id, place and hours of the outlets of a box, the nearest first, page by page."""
    high = radius / _METRES_PER_DEGREE
    squeeze = max(math.cos(math.radians(lat)), _NARROWEST)
    # The box is a little wider than the circle: its sides bend towards the poles.
    wide = 1.05 * high / squeeze
    east, north = F("lon") - Value(lon), F("lat") - Value(lat)
    squared = ExpressionWrapper(
        east * east * Value(squeeze**2) + north * north, output_field=FloatField()
    )
    box = rows.filter(lon__range=(lon - wide, lon + wide), lat__range=(lat - high, lat + high))
    ordered = box.order_by(squared, "pk").values_list("pk", "lon", "lat", "hours")
    begin, size = 0, _PAGE
    while page := list(ordered[begin : begin + size]):
        yield from page
        if len(page) < size:
            return
        begin, size = begin + size, size * 4
