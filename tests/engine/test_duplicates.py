"""Check which pairs of shops are suspected to be one, on places a few metres apart."""

import pytest

from livingcircle.duplicates import plain_name
from livingcircle.duplicates import suspect_duplicates
from tests.factories.district import draw_outlets


def suspected(*places):
    """Return the suspected pairs of shops given as (x, y, trades, columns)."""
    pairs = suspect_duplicates(*draw_outlets(*places))
    return list(zip(pairs["first"], pairs["second"], strict=True))


def shop(x, name, trades=("pharmacy",), phone=""):
    return (x, 0, list(trades), {"name": name, "phone": phone})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("百姓大药房", "百姓大药房（中山路店）"),
        ("百姓大药房有限公司", "百姓大药房 分店"),
        ("ＡＢＣ药房", "abc药房"),
    ],
)
def test_one_shop_under_two_names_is_suspected(first, second):
    assert suspected(shop(0, first), shop(30, second)) == [("o0", "o1")]


def test_the_same_name_a_street_away_is_another_branch():
    assert suspected(shop(0, "百姓大药房"), shop(90, "百姓大药房")) == []


def test_the_same_telephone_settles_it():
    assert suspected(shop(0, "甲", phone="025-1"), shop(30, "乙", phone="025-1")) == [("o0", "o1")]


def test_different_names_or_trades_are_two_shops():
    assert suspected(shop(0, "百姓大药房"), shop(10, "同仁堂药店")) == []
    assert suspected(shop(0, "幸福"), shop(10, "幸福", ["laundry"])) == []


def test_a_shop_of_unknown_trade_may_be_anything():
    assert suspected(shop(0, "幸福里"), shop(10, "幸福里", [])) == [("o0", "o1")]


def test_shops_without_a_name_on_the_map_are_not_the_same():
    assert suspected(shop(0, "未标店名的药店"), shop(10, "未标店名的药店")) == []


def test_one_shop_or_none_is_no_pair():
    assert suspected(shop(0, "百姓大药房")) == []


def test_plain_name_keeps_who_and_drops_which_branch():
    assert plain_name("老百姓大药房（新街口店）") == "老百姓大药房"
