"""Say who lacks what as rows: once for each service and door, unknown ones told apart."""

import numpy as np
import pytest

from livingcircle.errors import SitingError
from livingcircle.lacking import Weights
from livingcircle.lacking import find_lacking
from tests.factories.siting import LAUNDRY
from tests.factories.siting import PHARMACY
from tests.factories.siting import STORE
from tests.factories.siting import assess_street
from tests.factories.standards import reach

PLAIN = Weights(0.0, 0.0, urgency=False)
DOORS = [(0, 10), (100, 20), (900, 30)]


def test_every_door_that_lacks_is_a_row():
    assessment = assess_street(DOORS, outlets=[(0, ["pharmacy"])])
    demand = find_lacking(assessment, weights=PLAIN)
    assert (demand.door.tolist(), demand.people.tolist()) == ([2], [30.0])
    assert demand.weight.tolist() == [30.0]
    assert demand.row_of(3).tolist() == [[-1, -1, 0]]


def test_services_are_rows_of_their_own_and_trades_that_answer_one_share_its_rows():
    demand = find_lacking(assess_street(DOORS, rules=(PHARMACY, STORE)), weights=PLAIN)
    assert demand.service.tolist() == [0, 0, 0, 1, 1, 1]
    assert demand.trades == ("pharmacy", "convenience_store", "supermarket")


def test_a_service_that_needs_both_lacks_each_on_its_own():
    both = reach("pharmacy", "laundry", match="all", subject="两样")
    assessment = assess_street(DOORS, rules=(both,), outlets=[(0, ["pharmacy"])])
    demand = find_lacking(assessment, weights=PLAIN)
    assert [one.trades for one in demand.asked] == [("pharmacy",), ("laundry",)]
    assert demand.door.tolist() == [2, 0, 1, 2]


def test_named_trades_only():
    demand = find_lacking(assess_street(DOORS, rules=(PHARMACY, LAUNDRY)), ["laundry"])
    assert demand.trades == ("laundry",)


def test_unknown_doors_are_no_rows_but_counted():
    assessment = assess_street(DOORS, complete=())
    demand = find_lacking(assessment)
    assert len(demand) == 0
    assert demand.unknown.tolist() == [60.0]


def test_unknown_people_count_as_the_usual_door_and_are_told():
    demand = find_lacking(assess_street([(0, 10), (100, 30), (200, np.nan)]), weights=PLAIN)
    assert demand.weight.tolist() == [10.0, 30.0, 20.0]
    assert demand.modelled == 1


def test_old_people_count_twice_where_the_trade_is_theirs():
    doors = [(0, 10, {"age_60_plus": 4}), (100, 10, {})]
    assessment = assess_street(doors, rules=(reach("vegetable"), PHARMACY))
    demand = find_lacking(assessment, weights=Weights(elders=1.0, urgency=False))
    assert demand.weight.tolist() == [14.0, 10.0, 10.0, 10.0]


def test_urgent_trades_count_more():
    far = reach("laundry", metres=(800, 1000))
    near = reach("pharmacy")
    demand = find_lacking(assess_street([(0, 10)], rules=(near, far)))
    assert demand.weight.tolist() == [80.0, 40.0]


def test_a_trade_without_a_radius_is_refused():
    with pytest.raises(SitingError, match="没有规定洗染店的步行服务半径"):
        find_lacking(assess_street(DOORS), ["laundry"])
