"""Find entries: by who, what, kind, day, and how far the person asking may see."""

import datetime as dt
from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date

from livingcircle_platform.audit.models import Entry

FILTERS = ("who", "verb", "kind", "day", "object")


def asked_of(told: Mapping[str, str]) -> dict[str, str]:
    """Return the filters that were asked for."""
    return {name: str(told.get(name, "")).strip() for name in FILTERS}


def narrowed(rows: QuerySet[Entry], asked: Mapping[str, str]) -> QuerySet[Entry]:
    """Return the entries that the filters leave, the latest first."""
    if asked["who"]:
        rows = rows.filter(actor_name__icontains=asked["who"])
    if asked["verb"]:
        rows = rows.filter(action__endswith=f".{asked['verb']}")
    if asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    if asked["object"]:
        rows = rows.filter(object_id=asked["object"])
    day = _day(asked["day"])
    if day is not None:
        begin = timezone.make_aware(dt.datetime.combine(day, dt.time()))
        rows = rows.filter(at__gte=begin, at__lt=begin + dt.timedelta(days=1))
    return rows.order_by("-number")


def _day(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
