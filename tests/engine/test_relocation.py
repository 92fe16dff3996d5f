"""Say what moving, widening and sharing would do without a new room."""

from livingcircle.relocation import advise
from tests.factories.siting import PHARMACY
from tests.factories.siting import assess_street
from tests.factories.siting import rooms_of
from tests.factories.standards import reach

DOORS = [(0, 10), (100, 20), (1000, 300)]


def advice(doors=DOORS, *, rooms=True, **street):
    """Return the advice for a street."""
    assessment = assess_street(doors, **street)
    return advise(assessment, rooms_of(assessment) if rooms else None)


def test_an_outlet_that_stands_beside_another_moves_for_nothing():
    twins = [(0, ["pharmacy"]), (50, ["pharmacy"])]
    row = advice(spaces=[900], outlets=twins).moves.iloc[0]
    assert (row["outlet_id"], row["space_id"]) == ("o0", "s0")
    assert (row["gains"], row["loses"], row["people"]) == (300.0, 0.0, 300.0)


def test_of_the_outlets_that_could_take_a_room_the_best_is_told():
    twins = [(0, ["pharmacy"]), (50, ["pharmacy"]), (100, ["pharmacy"])]
    moves = advice(spaces=[900], outlets=twins).moves
    assert moves[["outlet_id", "space_id"]].to_numpy().tolist() == [["o0", "s0"]]


def test_whom_only_the_old_place_serves_is_counted_as_lost():
    row = advice(spaces=[900], outlets=[(0, ["pharmacy"])]).moves.iloc[0]
    assert (row["gains"], row["loses"], row["people"]) == (300.0, 30.0, 270.0)


def test_who_is_near_the_new_place_too_is_kept():
    row = advice([(0, 10), (250, 20), (500, 300)], spaces=[400], outlets=[(100, ["pharmacy"])])
    assert row.moves[["gains", "loses", "people"]].to_numpy().tolist() == [[300.0, 10.0, 290.0]]


def test_a_move_that_gains_nothing_is_not_told():
    assert len(advice(spaces=[50], outlets=[(0, ["pharmacy"])]).moves) == 0
    assert len(advice(rooms=False, outlets=[(0, ["pharmacy"])]).moves) == 0


def test_an_outlet_that_could_come_up_to_a_condition_is_told_with_whom_it_would_serve():
    night = reach("pharmacy", name="night", where={"all_day": True}, subject="夜间药店")
    by_day = (50, ["pharmacy"], {"hours": "09:00-18:00"})
    told = advice(rooms=False, outlets=[by_day], rules=(PHARMACY, night)).raises
    assert told[["requirement_id", "outlet_id", "people"]].to_numpy().tolist() == [
        ["night", "o0", 30.0]
    ]
    assert told["needs"].tolist() == ["24小时营业"]


def test_a_shop_can_take_in_a_trade_that_needs_a_counter_only():
    shops = [(100, ["convenience_store"]), (1000, ["bank"])]
    told = advice(
        rooms=False, outlets=shops, rules=(reach("parcel_point"),), complete=("parcel_point",)
    )
    assert told.taken_in[["outlet_id", "people"]].to_numpy().tolist() == [["o0", 30.0]]
    assert told.taken_in["needs"].tolist() == ["叠加末端配送"]
