"""Check that a door lacks a trade only when nothing could hide an outlet."""

import numpy as np
import pytest

from livingcircle.access import Supply
from livingcircle.access import Units
from livingcircle.access import measure
from livingcircle.door_verdicts import EDGE
from livingcircle.door_verdicts import NO_LEDGER
from livingcircle.door_verdicts import OFF_NETWORK
from livingcircle.door_verdicts import SHUT_IN
from livingcircle.door_verdicts import UNVERIFIED
from livingcircle.door_verdicts import WHICH_RULE
from livingcircle.door_verdicts import Certainty
from livingcircle.door_verdicts import Service
from livingcircle.door_verdicts import judge_doors
from livingcircle.verdicts import CODES
from tests.engine.walks import walk
from tests.factories.streets import draw_streets

SHOPS = Service("r", ("a",), ("a",), good=200.0, far=300.0)


def judge(
    door=1000,
    shops=((1400, "a"),),
    service=SHOPS,
    *,
    complete=("a", "b"),
    unverified=(),
    edge=np.inf,
    off=False,
    shut=False,
    applies="served",
):
    """Return (verdict, reason) of one door on a straight street with shops at the given places."""
    places = [(x, 0) for x, _ in shops]
    _, reader = walk(draw_streets([(0, 0), (3000, 0)]), [(door, 0)], places)
    offers = np.array([[t in word for t in "ab"] for _, word in shops])
    maybe = np.array([i in unverified for i in range(len(shops))])
    none = np.zeros(1, dtype=int)
    units = Units(none, np.zeros(len(shops), dtype=int), none)
    sure, doubtful = offers & ~maybe[:, None], offers & maybe[:, None]
    access = measure(reader, Supply(("a", "b"), sure, doubtful, offers), units, {})
    certainty = Certainty(complete, np.array([off]), np.array([shut]), np.array([float(edge)]))
    got = judge_doors(access, service, certainty, np.array([CODES[applies]], dtype=np.int8))
    return got.tell(0)


@pytest.mark.parametrize(("x", "verdict"), [(1299.9, "served"), (1300.2, "lacking")])
def test_far_end_of_the_radius_decides(x, verdict):
    assert judge(shops=((x, "a"),)) == (verdict, "")


@pytest.mark.parametrize(("minutes", "verdict"), [(5.0, "served"), (4.0, "lacking")])
def test_metres_and_minutes_must_be_met_by_one_trade(minutes, verdict):
    both = Service("r", ("a", "b"), ("a", "b"), good=300.0, far=300.0, far_minutes=minutes)
    assert judge(shops=((1290, "a"), (1295, "b")), service=both)[0] == verdict


def test_trade_without_a_complete_ledger_is_unknown_never_lacking():
    assert judge(complete=()) == ("unknown", NO_LEDGER)
    assert judge(complete=("b",)) == ("unknown", NO_LEDGER)


def test_trade_without_a_complete_ledger_is_served_where_an_outlet_is_known():
    assert judge(shops=((1100, "a"),), complete=()) == ("served", "")


def test_absence_near_the_edge_of_the_data_is_unknown():
    assert judge(edge=299) == ("unknown", EDGE)
    assert judge(edge=300) == ("lacking", "")


def test_unverified_outlet_nearby_makes_absence_unknown():
    assert judge(shops=((1400, "a"), (1250, "a")), unverified=(1,)) == ("unknown", UNVERIFIED)
    assert judge(shops=((1400, "a"), (1350, "a")), unverified=(1,)) == ("lacking", "")


def test_door_off_the_network_is_unknown():
    assert judge(off=True) == ("unknown", OFF_NETWORK)


def test_door_shut_in_without_any_way_is_unknown():
    assert judge(shops=((1400, "b"),), shut=True) == ("unknown", SHUT_IN)


def test_requirement_that_does_not_apply_says_so():
    assert judge(applies="not_applicable") == ("not_applicable", "")


def test_requirement_that_may_not_apply_is_unknown_unless_met():
    assert judge(applies="unknown") == ("unknown", WHICH_RULE)
    assert judge(shops=((1100, "a"),), applies="unknown") == ("served", "")


def test_any_of_takes_the_nearest_trade_and_all_of_the_farthest():
    shops = ((1400, "a"), (1100, "b"))
    any_of = Service("r", ("a", "b"), ("a", "b"), far=300.0)
    all_of = Service("r", ("a", "b"), ("a", "b"), every=True, far=300.0)
    assert judge(shops=shops, service=any_of)[0] == "served"
    assert judge(shops=shops, service=all_of)[0] == "lacking"


def test_doubt_about_one_alternative_is_doubt_about_all_of_them():
    either = Service("r", ("a", "b"), ("a", "b"), far=300.0)
    both = Service("r", ("a", "b"), ("a", "b"), every=True, far=300.0)
    assert judge(service=either, complete=("a",)) == ("unknown", NO_LEDGER)
    assert judge(service=both, complete=("a",)) == ("lacking", "")
    assert judge(service=both, complete=("b",), shops=((1400, "a"), (1100, "b"))) == (
        "unknown",
        NO_LEDGER,
    )


def test_minutes_are_judged_independently_of_metres():
    assert judge(service=Service("r", ("a",), ("a",), far_minutes=7.0))[0] == "served"
    assert judge(service=Service("r", ("a",), ("a",), far_minutes=6.6))[0] == "lacking"
    assert judge(service=Service("r", ("a",), ("a",), far=500.0, far_minutes=5.0))[0] == "lacking"


def test_of_a_set_the_served_half_does_not_settle_the_unverified_one():
    both = Service("r", ("a", "b"), ("a", "b"), every=True, far=300.0)
    shops = ((1100, "a"), (1100, "b"))
    assert judge(service=both, shops=shops, unverified=(1,)) == ("unknown", UNVERIFIED)


def test_a_set_judged_by_minutes_can_be_lacking():
    both = Service("r", ("a", "b"), ("a", "b"), every=True, far_minutes=5.0)
    assert judge(service=both, shops=((1100, "a"), (1400, "b"))) == ("lacking", "")
