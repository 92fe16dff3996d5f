"""List what could be opened: who is reached, what fits, what stands too close, what is shared."""

import numpy as np

from livingcircle.lacking import Weights
from livingcircle.lacking import find_lacking
from livingcircle.site_options import DOUBTFUL
from livingcircle.site_options import NO_COST
from livingcircle.site_options import TOO_CLOSE
from livingcircle.site_options import UNFIT
from livingcircle.site_options import Terms
from livingcircle.site_options import list_options
from tests.factories.siting import LAUNDRY
from tests.factories.siting import PHARMACY
from tests.factories.siting import STORE
from tests.factories.siting import assess_street
from tests.factories.siting import rooms_of
from tests.factories.standards import reach

DOORS = [(0, 10), (300, 20), (600, 30), (1500, 40)]


def options_of(terms=None, trades=(), **street):
    """Return the options of a street."""
    assessment = assess_street(DOORS, **street)
    demand = find_lacking(assessment, weights=Weights(0.0, 0.0, urgency=False))
    return list_options(assessment, rooms_of(assessment), demand, terms or Terms(), trades)


def covered(options):
    """Return room, trade and covered doors of each option."""
    demand = options.demand
    return [
        (
            int(options.candidate[n]),
            options.trade_of(n),
            demand.door[options.instance.covers(n)].tolist(),
        )
        for n in range(len(options))
    ]


def test_every_trade_in_every_room_covers_the_doors_within_its_radius():
    options = options_of(spaces=[100, 500], rules=(PHARMACY, reach("laundry", metres=(500, 600))))
    assert covered(options) == [
        (0, "pharmacy", [0, 1]),
        (0, "laundry", [0, 1, 2]),
        (1, "pharmacy", [1, 2]),
        (1, "laundry", [0, 1, 2]),
    ]


def test_trades_that_answer_one_service_cover_the_same_rows():
    options = options_of(spaces=[100], rules=(STORE,))
    assert covered(options) == [
        (0, "convenience_store", [0, 1]), (0, "supermarket", [0, 1]),
    ]  # fmt: skip
    assert options.instance.rows.tolist() == [0, 1, 0, 1]


def test_a_radius_in_metres_and_minutes_needs_both():
    rule = reach("pharmacy", metres=(200, 300), minutes=[2, 3], decides="both")
    assert covered(options_of(spaces=[0], rules=(rule,)))[0][2] == [0]


def test_rooms_take_only_what_they_suit():
    only = (100, {"suitable_trades": "洗染店"})
    never = (500, {"excluded_trades": "药店"})
    strange = (550, {"suitable_trades": "小文创"})
    options = options_of(spaces=[only, never, strange])
    assert len(options) == 0
    assert (options.left_out[UNFIT], options.left_out[DOUBTFUL]) == (2, 1)


def test_rooms_without_a_cost_are_left_out_where_money_counts():
    options = options_of(Terms(costed=True), spaces=[(100, {"cost": 12.0}), 500])
    assert options.candidate.tolist() == [0]
    assert options.instance.opening.tolist() == [12.0, 0.0]
    assert options.left_out[NO_COST] == 1


def test_new_outlets_keep_their_distance_on_foot_from_old_ones_and_from_each_other():
    old = [(820, ["pharmacy"])]
    options = options_of(Terms(separation=250.0), spaces=[0, 200, 700], outlets=old)
    assert options.candidate.tolist() == [0, 1]
    assert options.left_out[TOO_CLOSE] == 1
    assert options.instance.apart.tolist() == [[0, 1]]


def test_a_closed_rival_keeps_nobody_away():
    assessment = assess_street(DOORS, spaces=[700], outlets=[(820, ["pharmacy"])])
    shut = assessment.district.outlets.assign(status="closed")
    object.__setattr__(assessment.district, "outlets", shut)
    demand = find_lacking(assessment)
    options = list_options(assessment, rooms_of(assessment), demand, Terms(separation=250.0))
    assert options.left_out[TOO_CLOSE] == 0


def test_distances_the_standard_asks_are_kept_in_a_straight_line():
    apart = {"id": "apart", "rule": "separation", "metres": 150, "trades": ["pharmacy"],
             "level": "circle", "clause": "一"}  # fmt: skip
    options = options_of(
        spaces=[0, 100, 700], rules=(PHARMACY, apart), outlets=[(840, ["pharmacy"])]
    )
    assert options.candidate.tolist() == [0, 1]
    assert options.instance.apart.tolist() == [[0, 1]]


def test_trades_share_a_floor_that_holds_them():
    shops = [(2100, ["pharmacy"]), (2100, ["laundry"])]
    assessment = assess_street(DOORS, spaces=[100], outlets=shops, rules=(PHARMACY, LAUNDRY))
    sized = assessment.district.outlets.assign(area_m2=[60.0, 30.0])
    object.__setattr__(assessment.district, "outlets", sized)
    demand = find_lacking(assessment)
    instance = list_options(assessment, rooms_of(assessment), demand, Terms()).instance
    assert instance.room.tolist() == [60.0, 30.0]
    assert instance.capacity.tolist() == [100.0]


def test_a_floor_or_a_need_nobody_knows_is_not_shared():
    options = options_of(spaces=[(100, {"area_m2": np.nan}), 120], rules=(PHARMACY, LAUNDRY))
    instance = options.instance
    assert (instance.room == instance.capacity[instance.site]).all()


def test_a_room_smaller_than_the_standard_asks_is_kept_and_marked():
    large = {"id": "size", "rule": "site_area", "least": 150, "trades": ["pharmacy"],
             "level": "circle", "clause": "二"}  # fmt: skip
    options = options_of(spaces=[100, (500, {"area_m2": 200.0})], rules=(PHARMACY, large))
    assert options.small.tolist() == [True, False]
    assert options.instance.room.tolist() == [100.0, 150.0]


def test_related_trades_near_are_worth_a_little():
    near = [(150, ["training", "supermarket"]), (1400, ["supermarket"])]
    options = options_of(
        Terms(related=3.0), spaces=[0, 1300], outlets=near, rules=(reach("vegetable"),)
    )
    assert options.instance.bonus.tolist() == [6.0, 3.0]


def test_trades_that_only_have_to_be_made_up_in_number_are_options_too():
    options = options_of(spaces=[100], trades=("laundry",))
    assert covered(options) == [(0, "pharmacy", [0, 1]), (0, "laundry", [])]
