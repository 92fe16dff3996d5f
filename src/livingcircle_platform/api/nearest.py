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
_FIRST_M, _FIRST_FILTERED_M = 800.0, 2_500.0  # one trade alone stands much thinner
_LEAST_GROWTH, _MOST_GROWTH = 1.5, 5.0
_SPARE = 14  # read with the first page: some lie in the corners of the box
_OFTEN_SHUT = 4  # so many more are read where only the open ones count
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
        How far was looked.
    unsure
        How many were left out because nobody can tell from their hours whether they are open.
    """

    items: list[dict[str, Any]]
    within: float
    unsure: int


def near(
    rows: QuerySet[Any], centre: Point, most: int, now: dt.datetime, *,
    only_open: bool = False, is_filtered: bool = False,
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
    is_filtered
        Whether the rows are few of all, as those of one trade are.
    """
    radius = _FIRST_FILTERED_M if is_filtered else _FIRST_M
    while True:
        found = _within(rows, centre, most, radius, now, only_open=only_open)
        if len(found.items) == most or radius >= FARTHEST_M:
            return found
        # As far again as it takes if shops go on as thick as so far, and a little more.
        guess = 1.2 * math.sqrt(most / max(len(found.items), 1))
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
    rows: QuerySet[Any], centre: Point, most: int, radius: float, now: dt.datetime, *,
    only_open: bool,
) -> Found:  # fmt: skip
    """Return the nearest outlets that are not farther than a radius."""
    found: list[dict[str, Any]] = []
    unsure = 0
    size = most * (_OFTEN_SHUT if only_open else 1) + _SPARE
    for row in _inside(rows, *centre, radius, size):
        away = metres(*centre, row["lon"], row["lat"])
        if away > radius or len(found) == most:
            break
        answer = is_open(row["hours"], now)
        if only_open and not answer:
            unsure += answer is None
            continue
        found.append({**row, "distance_m": away, "open_now": answer})
    return Found(found, radius, unsure)


def _inside(
    rows: QuerySet[Any], lon: float, lat: float, radius: float, size: int
) -> Iterator[dict[str, Any]]:
    """Yield the outlets of a box, the nearest first, page by page."""
    high = radius / _METRES_PER_DEGREE
    squeeze = max(math.cos(math.radians(lat)), _NARROWEST)
    # The box is a little wider than the circle: its sides bend towards the poles.
    wide = 1.05 * high / squeeze
    east, north = F("lon") - Value(lon), F("lat") - Value(lat)
    squared = ExpressionWrapper(
        east * east * Value(squeeze**2) + north * north, output_field=FloatField()
    )
    box = rows.filter(lon__range=(lon - wide, lon + wide), lat__range=(lat - high, lat + high))
    ordered = box.order_by(squared, "pk")
    begin = 0
    while page := list(ordered[begin : begin + size]):
        yield from page
        if len(page) < size:
            return
        begin, size = begin + size, size * 4
