"""Open outlets so that everybody walks least, none of them over full."""

import math

import pytest

from livingcircle.errors import SitingError
from livingcircle.least_walking import site_walking
from livingcircle.siting import Wish
from tests.factories.siting import PHARMACY
from tests.factories.siting import assess_street
from tests.factories.siting import rooms_of
from tests.factories.standards import count

DOORS = [(0, 10), (200, 10), (400, 10)]
WISH = Wish(trades=("pharmacy",), count=1, seconds=20.0)


def walking(doors=DOORS, how=WISH, capacity=100.0, rules=(PHARMACY,), **street):
    """Return the plan of a street on which everybody walks least."""
    assessment = assess_street(doors, rules=rules, **street)
    return site_walking(assessment, rooms_of(assessment), how, capacity)


def test_one_outlet_stands_in_the_middle():
    plan = walking(spaces=[0, 200, 400])
    assert plan.outlets["id"].tolist() == ["s1"]
    # Two walk 200 m and one nothing, all of them 15 m of legs.
    assert plan.after["mean_m"] == pytest.approx((215 + 15 + 215) / 3, abs=0.5)
    assert (plan.before["unserved"], plan.after["unserved"]) == (30.0, 0.0)
    assert math.isnan(plan.before["mean_m"])
    assert plan.choice.status == "proven"


def test_an_outlet_there_stays_open_and_shares_the_people():
    plan = walking(spaces=[200, 400], outlets=[(0, ["pharmacy"])])
    told = plan.outlets.set_index("id")["people"]
    assert told.to_dict() == {"s1": 10.0, "o0": 20.0} or told.to_dict() == {"s0": 20.0, "o0": 10.0}
    assert plan.before["mean_m"] > plan.after["mean_m"]


def test_nobody_goes_where_it_is_full():
    plan = walking(spaces=[200], capacity=15.0)
    assert (plan.after["served"], plan.after["unserved"]) == (15.0, 15.0)
    assert plan.outlets["people"].max() <= 15.0 + 1e-6


def test_people_are_conserved():
    plan = walking(spaces=[0, 400], capacity=12.0)
    for told in (plan.before, plan.after):
        assert told["served"] + told["unserved"] == pytest.approx(30.0)


def test_the_standard_says_how_many_one_serves():
    rules = (PHARMACY, count("pharmacy", per="population", size=12))
    assert walking(spaces=[200], capacity=None, rules=rules).capacity == 12.0


def test_doors_with_unknown_people_are_told():
    doors = [*DOORS, (100, float("nan"))]
    plan = walking(doors, spaces=[200])
    assert plan.unknown_doors == 1
    assert plan.after["served"] == 30.0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"how": Wish(trades=("pharmacy",))}, "一次只能选一种业态"),
        ({"how": Wish(trades=("pharmacy", "laundry"), count=1)}, "一次只能选一种业态"),
        ({"capacity": None}, "没有规定一处药店服务多少人"),
        ({"capacity": 0.0}, "一处服务 0 人"),
        ({"how": Wish(trades=("laundry",), count=1)}, "没有规定洗染店"),
        ({"doors": [(0, float("nan"))]}, "没有一个楼门登记了居民"),
    ],
)
def test_what_cannot_be_answered_is_refused(change, said):
    with pytest.raises(SitingError, match=said):
        walking(spaces=[200], **change)
