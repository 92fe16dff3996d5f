"""Tell whether a shop is open, from its opening hours as they are written."""

import datetime as dt

from livingcircle.hours import open_spans

_DAY = 24 * 60


def is_readable(hours: str) -> bool:
    """Say whether opening hours can be read as they are written."""
    return open_spans(hours) is not None


def is_open(hours: str, at: dt.datetime) -> bool | None:
    """Say whether a shop is open at a moment of an ordinary week; ``None`` where nobody can tell.

    Holidays are not looked at: what is written for 节假日 seldom says which days those are.
    """
    spans = open_spans(hours) if hours.strip() else None
    if spans is None:
        return None
    minute = at.weekday() * _DAY + at.hour * 60 + at.minute
    return any(first <= minute < last or first <= minute + 7 * _DAY < last for first, last in spans)
