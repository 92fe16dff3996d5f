"""Suspect outlets that stand twice in the ledger; a person decides.

A pair is suspected when two outlets stand within 80 m of each other and either their telephone
numbers agree or their names are nearly the same once branch words are put aside. Outlets that
share no trade are two shops, whatever they are called.
"""

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Max
from django.db.models import Min
from django.db.models import Q
from rapidfuzz import fuzz

from livingcircle_platform.audit import chain
from livingcircle_platform.registry import policies
from livingcircle_platform.registry.models import Different
from livingcircle_platform.registry.models import Outlet

NEAR_METRES = 80.0
ALIKE = 85.0
_DEGREE = 111_320.0  # metres along a meridian
_BRANCH = re.compile(r"[（(][^（）()]*[）)]|有限(责任)?公司|分店|总店|旗舰店|店$|\s")
_NAMELESS = "未标店名"
_DIGITS = re.compile(r"\D")
_SHORTEST_PHONE = 7
_REMEMBERED = 600  # seconds; a write anywhere makes a new key


class Suspect(NamedTuple):
    """Name two outlets that may be one: how far apart, how alike, and why."""

    first: Any
    second: Any
    metres: float
    alike: float
    why: str


class _Shop(NamedTuple):
    pk: Any
    name: str
    phone: str
    x: float
    y: float
    trades: frozenset[str]


def suspects(user: Any, area: Any = None) -> list[Suspect]:  # noqa: ANN401
    """Return the pairs that a person may decide about, the most alike first."""
    key = f"suspects:{user.pk}:{area.pk if area else 'all'}:{chain.head()[0]}"
    known: list[Suspect] | None = cache.get(key)
    if known is None:
        known = sorted(_look(user, area), key=lambda one: (-one.alike, one.metres, str(one.first)))
        cache.set(key, known, _REMEMBERED)
    return known


def suspects_of(outlet: Outlet, user: Any) -> list[Suspect]:  # noqa: ANN401
    """Return the outlets that may be the same as one."""
    if outlet.lon is None or outlet.lat is None:
        return []
    west, south, (east, north) = _around(outlet.lon, outlet.lat)
    near = _decidable(user).filter(lon__range=(west, east), lat__range=(south, north))
    shops = list(_shops(near))
    told = _told_apart([shop.pk for shop in shops])
    return [one for one in pairs(shops, told) if outlet.pk in (one.first, one.second)]


def pairs(shops: Iterable[_Shop], told_apart: set[tuple[Any, Any]]) -> Iterator[Suspect]:
    """Yield each suspected pair once, except those that were told apart."""
    cells: defaultdict[tuple[int, int], list[_Shop]] = defaultdict(list)
    for shop in shops:
        column, row = int(shop.x // NEAR_METRES), int(shop.y // NEAR_METRES)
        for near in (
            other
            for across in (-1, 0, 1)
            for up in (-1, 0, 1)
            for other in cells.get((column + across, row + up), ())
        ):
            found = _compared(near, shop)
            if found is not None and (found.first, found.second) not in told_apart:
                yield found
        cells[column, row].append(shop)


def plain_name(name: str) -> str:
    """Return a shop's name without width, case, branch and company words."""
    return _BRANCH.sub("", unicodedata.normalize("NFKC", name).casefold())


def _compared(one: _Shop, other: _Shop) -> Suspect | None:
    if one.trades and other.trades and not one.trades & other.trades:
        return None
    metres = math.hypot(one.x - other.x, one.y - other.y)
    if metres > NEAR_METRES:
        return None
    same_phone = bool(one.phone) and one.phone == other.phone
    nameless = not one.name or not other.name or _NAMELESS in {one.name, other.name}
    alike = 0.0 if nameless else fuzz.ratio(one.name, other.name, score_cutoff=ALIKE)
    if not same_phone and alike < ALIKE:
        return None
    why = "电话相同" if same_phone else f"名称相似{alike:.0f}%"
    first, second = sorted((one.pk, other.pk), key=lambda pk: pk.hex)
    return Suspect(first, second, round(metres, 1), 100.0 if same_phone else round(alike, 1), why)


def _look(user: Any, area: Any) -> Iterator[Suspect]:  # noqa: ANN401
    """Yield the pairs of an area, with one of a pair perhaps just over its border."""
    rows = _decidable(user)
    if area is None:
        yield from pairs(_shops(rows), _told_apart())
        return
    inside = rows.filter(area__path__startswith=area.path)
    ids = set(inside.values_list("pk", flat=True))
    box = inside.aggregate(Min("lon"), Min("lat"), Max("lon"), Max("lat"))
    if box["lon__min"] is None or box["lat__min"] is None:
        return
    west, south, _ = _around(box["lon__min"], box["lat__min"])
    _, _, (east, north) = _around(box["lon__max"], box["lat__max"])
    near = rows.filter(lon__range=(west, east), lat__range=(south, north))
    found = pairs(_shops(near), _told_apart())
    yield from (one for one in found if one.first in ids or one.second in ids)


def _around(lon: float, lat: float) -> tuple[float, float, tuple[float, float]]:
    """Return the corners of the box that reaches as far as a pair may be apart."""
    high = NEAR_METRES / _DEGREE
    wide = high / max(math.cos(math.radians(lat)), 0.01)
    return lon - wide, lat - high, (lon + wide, lat + high)


def _decidable(user: Any) -> Any:  # noqa: ANN401 - a queryset
    return policies.OUTLETS.visible(Outlet.objects.visible_to(user), user, "merge")


def _shops(rows: Any) -> Iterator[_Shop]:  # noqa: ANN401
    """Read outlets with a place, laid out in metres; within a district the error is small."""
    wanted = ("pk", "name", "phone", "lon", "lat", "trades")
    placed = rows.exclude(Q(lon=None) | Q(lat=None)).order_by("code", "pk")
    across = 0.0
    for pk, name, phone, lon, lat, trades in placed.values_list(*wanted).iterator():
        across = across or _DEGREE * math.cos(math.radians(lat))
        number = _DIGITS.sub("", phone)
        phone_kept = number if len(number) >= _SHORTEST_PHONE else ""
        yield _Shop(
            pk, plain_name(name), phone_kept, lon * across, lat * _DEGREE, frozenset(trades)
        )


def _told_apart(ids: list[Any] | None = None) -> set[tuple[Any, Any]]:
    rows = Different.objects.filter(removed_at=None)
    if ids is not None:
        rows = rows.filter(first__in=ids, second__in=ids)
    return set(rows.values_list("first_id", "second_id"))
