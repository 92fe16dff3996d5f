"""Tests: walkers say who they are, and an hour is an hour."""

import pytest

from livingcircle.errors import NetworkError
from livingcircle.walkers import WALKERS
from livingcircle.walkers import check_hour
from livingcircle.walkers import find_walker


def test_the_default_pace_is_that_of_the_plan():
    """密云 附件1.1 三: 15 minutes are 800–1000 m, 5 minutes 200–300 m."""
    pace = find_walker("standard").metres_per_minute
    assert 800 <= 15 * pace <= 1000
    assert 200 <= 5 * pace <= 300


def test_only_wheels_never_take_stairs():
    assert [name for name, walker in WALKERS.items() if not walker.uses_steps] == ["wheelchair"]


def test_every_walker_names_pace_and_limits_in_chinese():
    assert find_walker("elder").describe() == "老年步行者（每分钟48米）"
    assert find_walker("wheelchair").describe() == "轮椅使用者（每分钟60米，不走台阶）"


def test_an_unknown_walker_is_told_the_known_ones():
    with pytest.raises(NetworkError, match="standard、elder、brisk、wheelchair"):
        find_walker("runner")


@pytest.mark.parametrize("at", ["00:00", "09:30", "23:59"])
def test_hours_of_the_day_pass(at):
    check_hour(at)


@pytest.mark.parametrize("at", ["24:00", "9:30", "12:60", "noon", ""])
def test_anything_else_is_refused(at):
    with pytest.raises(NetworkError, match="不是钟点"):
        check_hour(at)
