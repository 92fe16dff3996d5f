"""Read opening hours as shopkeepers write them; what is not understood is not guessed."""

from datetime import datetime

import pytest

from livingcircle.hours import open_spans
from livingcircle.hours import read_hours

WEEK = 7 * 24 * 60


def daily(text):
    """Return the open stretches of each day, as hours, Monday first; over midnight is cut."""
    spans = open_spans(text)
    if spans is None:
        return None
    days = []
    for day in range(7):
        first, last = day * 1440, (day + 1) * 1440
        cut = [(max(a, first) - first, min(b, last) - first) for a, b in spans]
        days.append([(a / 60, b / 60) for a, b in cut if b > a])
    return days


@pytest.mark.parametrize(
    "text",
    [
        *(
            "24h",
            "7×24",
            "7*24小时",
            "24小时",
            "24 小时营业",
            "24/7",
            "全天候",
            "全天",
            "00：00－24：00",
        ),
        *(
            "0:00~24:00",
            "0:00—23:59",
            "６：００至次日６：００",
            "24小时自助柜",
            "周一至周日 24小时",
        ),
    ],
)
def test_some_never_shut(text):
    assert open_spans(text) == ((0, WEEK),)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("8:00-20:00", [(8, 20)]),
        ("8：00～20：00", [(8, 20)]),
        ("08:00–20:00", [(8, 20)]),
        ("08:00——20:00", [(8, 20)]),
        ("8点到20点", [(8, 20)]),
        ("8时30分至17时30分", [(8.5, 17.5)]),
        ("6点-10点", [(6, 10)]),
        ("早8点到晚10点", [(8, 22)]),
        ("早八点至晚十点半", [(8, 22.5)]),
        ("早9晚6", [(9, 18)]),
        ("中午12点-晚12点", [(12, 24)]),
        ("0800-2200", [(8, 22)]),
        ("8.30-20.30", [(8.5, 20.5)]),
        ("8-20", [(8, 20)]),
        ("上午8:30-11:30 下午1:30-5:00", [(8.5, 11.5), (13.5, 17)]),
        ("8:00-12:00；14:00-18:00", [(8, 12), (14, 18)]),
        ("营业时间：07:00—22:00（节假日不休）", [(7, 22)]),
        ("24小时自助柜；8:00-20:00", [(8, 20)]),
        ("8:00—20:00，7×24小时自助取件", [(8, 20)]),
        ("06:00至次日02:00", [(0, 2), (6, 24)]),
        ("晚6点-凌晨2点", [(0, 2), (18, 24)]),
    ],
)
def test_every_day_is_alike(text, hours):
    assert daily(text) == [hours] * 7


@pytest.mark.parametrize(
    ("text", "weekday", "saturday", "sunday"),
    [
        ("周一至周五24小时，周末8:00-20:00", [(0, 24)], [(8, 20)], [(8, 20)]),
        ("周一至周五 8:00-18:00 周六9:00-17:00 周日休息", [(8, 18)], [(9, 17)], []),
        ("8:00-18:00（周一至周五），9:00-17:00（周末及节假日）", [(8, 18)], [(9, 17)], [(9, 17)]),
        ("周日闭馆，9:00-17:00", [(9, 17)], [(9, 17)], []),
        ("10:00-22:00，周六、日10:00-23:00", [(10, 22)], [(10, 23)], [(10, 23)]),
        ("工作日9:00-17:00", [(9, 17)], [], []),
        ("星期一到星期六 9:00-17:00", [(9, 17)], [(9, 17)], []),
        ("Mo-Fr 08:00-18:00; Sa 09:00-12:00", [(8, 18)], [(9, 12)], []),
    ],
)
def test_days_differ(text, weekday, saturday, sunday):
    assert daily(text) == [weekday] * 5 + [saturday, sunday]


@pytest.mark.parametrize(
    "text",
    [
        *("", "　", "看心情", "8:00", "9-5", "25:00-26:00", "周一至周五", "周日休息"),
        *("夏季8:00-20:00，冬季8:00-18:00", "8:00-20:00 以店内公告为准"),
    ],
)
def test_what_is_not_understood_is_not_read(text):
    assert read_hours(text) is None
    assert open_spans(text) is None


def test_hours_can_be_asked_at_any_time():
    hours = read_hours("周一至周五 6点半-22点")
    wednesday, saturday = (datetime.fromisoformat(f"2024-06-{day}T06:30") for day in (12, 15))
    assert hours.is_open(wednesday)
    assert not hours.is_open(saturday)
