"""Check opening hours at a moment."""

import datetime as dt

import pytest

from livingcircle_platform.assessment.opening import is_open

WEDNESDAY, SUNDAY = dt.date(2026, 11, 25), dt.date(2026, 11, 29)


@pytest.mark.parametrize(
    ("hours", "day", "hour", "answer"),
    [
        ("每天8:00-20:00", WEDNESDAY, 7, False),
        ("每天8:00-20:00", WEDNESDAY, 8, True),
        ("每天8:00-20:00", WEDNESDAY, 20, False),
        ("周一至周五9:00-17:00", WEDNESDAY, 12, True),
        ("周一至周五9:00-17:00", SUNDAY, 12, False),
        ("每天20:00-02:00", WEDNESDAY, 1, True),
        ("每天20:00-02:00", dt.date(2026, 11, 30), 1, True),
        ("看情况", WEDNESDAY, 12, None),
        ("", WEDNESDAY, 12, None),
    ],
)
def test_a_shop_is_open_shut_or_nobody_can_tell(hours, day, hour, answer):
    assert is_open(hours, dt.datetime.combine(day, dt.time(hour))) is answer
