"""Find the outlets nearest to a point, by the straight line, in boxes that grow until enough.

Walking metres are known from doors, after a run; from any other point only the straight line is,
and the answer says so.
"""

import datetime as dt
import math
from collections.abc import Iterator
from typing import Any

from django.db.models import ExpressionWrapper
from django.db.models import F
from django.db.models import FloatField
from django.db.models import QuerySet
from django.db.models import Value

from livingcircle_platform.assessment.opening import is_open

FARTHEST_M = 20_000.0
_FIRST_M, _GROWTH = 500.0, 3.0
_PAGE = 64
_METRES_PER_DEGREE = 111_195.0  # of a great circle, on a sphere of 6,371 km
_EARTH_M = 6_371_000.0
_NARROWEST = 0.01  # cosine of the latitude; nobody shops nearer to a pole


def near(
    rows: QuerySet[Any], lon: float, lat: float, most: int, now: dt.datetime | None
) -> tuple[list[dict[str, Any]], float, int]:
    """Return the nearest outlets with their distance, how far was looked, and how many were unsure.

    Parameters
    ----------
    rows
        Where to look, as plain columns.
    lon, lat
        From where.
    most
        How many at most.
    now
        Keep only what is open at this moment; shops whose hours cannot be read are counted.
    """
    radius = _FIRST_M
    while True:
        found: list[dict[str, Any]] = []
        unsure = 0
        for outlet in _inside(rows, lon, lat, radius):
            outlet["distance_m"] = metres(lon, lat, outlet["lon"], outlet["lat"])
            if outlet["distance_m"] > radius or len(found) == most:
                break
            answer = None if now is None else is_open(outlet["hours"], now)
            unsure += now is not None and answer is None
            if now is None or answer:
                found.append(outlet)
        if len(found) == most or radius >= FARTHEST_M:
            return found, radius, unsure
        radius = min(radius * _GROWTH, FARTHEST_M)


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Return the length of the straight line along the ground."""
    one, other = math.radians(lat), math.radians(other_lat)
    half_lon = math.radians(other_lon - lon) / 2
    root = math.sin((other - one) / 2) ** 2 + math.cos(one) * math.cos(other) * (
        math.sin(half_lon) ** 2
    )
    return 2 * _EARTH_M * math.asin(math.sqrt(min(root, 1.0)))


def _inside(rows: QuerySet[Any], lon: float, lat: float, radius: float) -> Iterator[Any]:
    """Yield the outlets of a box around a point, the nearest first, page by page."""
    high = radius / _METRES_PER_DEGREE
    squeeze = max(math.cos(math.radians(lat)), _NARROWEST)
    # The box is a little wider than the circle: its sides bend towards the poles.
    wide = 1.05 * high / squeeze
    east, north = F("lon") - Value(lon), F("lat") - Value(lat)
    squared = east * east * Value(squeeze**2) + north * north
    box = rows.filter(lon__range=(lon - wide, lon + wide), lat__range=(lat - high, lat + high))
    ordered = box.annotate(away=ExpressionWrapper(squared, FloatField())).order_by("away", "pk")
    begin, size = 0, _PAGE
    while page := list(ordered[begin : begin + size]):
        for one in page:
            del one["away"]
            yield one
        if len(page) < size:
            return
        begin, size = begin + size, size * 4
