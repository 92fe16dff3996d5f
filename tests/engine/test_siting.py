"""Choose sites on a drawn street, and find what a pencil finds."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

import livingcircle as lc
from livingcircle.edits import add_outlet
from livingcircle.errors import SitingError
from livingcircle.lacking import Weights
from livingcircle.site_options import Terms
from livingcircle.site_tables import site_table
from livingcircle.siting import Wish
from livingcircle.siting import site_fewest
from livingcircle.siting import site_most
from tests.factories.siting import DAY
from tests.factories.siting import LAUNDRY
from tests.factories.siting import PHARMACY
from tests.factories.siting import STORE
from tests.factories.siting import assess_street
from tests.factories.siting import rooms_of
from tests.factories.standards import count
from tests.factories.standards import reach

PLAIN = Weights(0.0, 0.0, urgency=False)
TERMS = Terms(related=0.0)
DOORS = [(0, 10), (300, 20), (600, 30), (1500, 40)]


def wish(**more):
    """Return a wish in which people count as they are."""
    return Wish(weights=PLAIN, terms=TERMS, seconds=20.0, **more)


def most(how, doors=DOORS, **street):
    """Return the plan that serves most."""
    assessment = assess_street(doors, **street)
    return site_most(assessment, rooms_of(assessment), how)


def names(plan):
    """Return (room, trade) of everything that is opened, in order."""
    table = site_table(plan)
    return list(zip(table["space_id"], table["trade"], strict=True))


def test_one_site_goes_where_it_newly_serves_most():
    plan = most(wish(count=1), spaces=[100, 450, 1500])
    assert names(plan) == [("s1", "pharmacy")]
    assert (plan.choice.value, plan.choice.bound, plan.choice.status) == (50.0, 50.0, "proven")


def test_existing_outlets_stay_and_whom_they_serve_is_not_served_again():
    plan = most(wish(count=1), spaces=[100, 450, 1500], outlets=[(500, ["pharmacy"])])
    assert names(plan) == [("s2", "pharmacy")]


def test_two_sites_are_better_than_the_best_one_and_the_next():
    """Greedy takes the middle first; the two at the ends serve more together."""
    doors = [(0, 10), (280, 10), (320, 10), (600, 10)]
    plan = most(wish(count=2), doors=doors, spaces=[100, 300, 500])
    assert {space for space, _ in names(plan)} in ({"s0", "s2"}, {"s0", "s1"}, {"s1", "s2"})
    assert plan.choice.value == 40.0


def test_no_site_is_added_that_serves_nobody_new():
    plan = most(wish(count=4), spaces=[100, 100, 450, 1500])
    assert len(plan.sites) == 3
    assert plan.choice.value == 100.0


def test_a_site_that_serves_too_few_is_not_added_and_the_plan_says_so():
    plan = most(wish(count=3, least_people=15.0), spaces=[0, 450, 1500])
    assert {space for space, _ in names(plan)} == {"s1", "s2"}
    assert plan.stopped == "第3处只能新服务10人，少于15人，所以只设2处"


def test_fewer_shops_are_chosen_anew_and_not_cut_off_the_end():
    """One shop in the middle serves 100; of the best two each serves 70 only."""
    doors = [(0, 20), (280, 50), (480, 50), (760, 20)]
    plan = most(wish(count=2, least_people=80.0), doors=doors, spaces=[140, 380, 620])
    assert [space for space, _ in names(plan)] == ["s1"]
    assert plan.choice.value == 100.0


def test_a_kind_of_a_trade_serves_who_lacks_the_trade():
    """A market is a vegetable shop too, in the plan as in the assessment."""
    rules = (reach("vegetable"), count("wet_market"))
    plan = fewest(rules, doors=[(0, 10)], spaces=[(0, {"suitable_trades": "菜市场"})])
    assert plan.choice.value == 1.0
    assert (plan.served >= 0).all()


def test_a_room_too_small_for_a_requirement_does_not_answer_it():
    rule = reach("pharmacy", where={"area_min": 80}, subject="大药房")
    with pytest.raises(SitingError, match="太远"):
        most(wish(count=1), doors=[(0, 10)], spaces=[(0, {"area_m2": 20.0})], rules=(rule,))


def test_only_the_trades_that_were_named_are_placed():
    plan = most(wish(count=1, trades=("convenience_store",)), spaces=[100], rules=(STORE,))
    assert names(plan) == [("s0", "convenience_store")]


def test_what_serves_nobody_new_is_not_placed_for_its_bonus():
    near = replace(wish(count=1), terms=Terms(related=5.0))
    shops = [(450, ["supermarket"]), (440, ["training", "vegetable"])]
    plan = most(near, spaces=[450], rules=(PHARMACY, reach("vegetable")), outlets=shops)
    assert names(plan) == [("s0", "pharmacy")]


def test_what_the_standard_forbids_is_not_placed():
    ban = {"id": "ban", "rule": "prohibited", "trades": ["pharmacy"], "level": "circle",
           "clause": "一"}  # fmt: skip
    with pytest.raises(SitingError, match="配置标准不许设在这里"):
        most(wish(count=1), spaces=[100], rules=(PHARMACY, ban))


def test_several_trades_share_a_room_and_count_as_one_shop():
    shops = [(2500, ["pharmacy"], {"area_m2": 60.0}), (2500, ["laundry"], {"area_m2": 30.0})]
    plan = most(wish(count=1), spaces=[450], rules=(PHARMACY, LAUNDRY), outlets=shops)
    assert sorted(names(plan)) == [("s0", "laundry"), ("s0", "pharmacy")]
    assert plan.choice.value == 100.0
    narrow = most(
        wish(count=1), spaces=[(450, {"area_m2": 70.0})], rules=(PHARMACY, LAUNDRY), outlets=shops
    )
    assert len(names(narrow)) == 1


def test_a_budget_buys_the_best_that_it_pays_for():
    spaces = [(450, {"cost": 90.0}), (100, {"cost": 40.0}), (1500, {"cost": 50.0}), 600]
    plan = most(wish(budget=90.0), spaces=spaces)
    assert {space for space, _ in names(plan)} == {"s1", "s2"}
    assert plan.choice.value == 70.0


def test_a_room_is_paid_once_however_many_trades_it_takes():
    """For 50 one room takes both trades; two rooms with one each would cost 80."""
    shops = [(2500, ["pharmacy"], {"area_m2": 30.0}), (2500, ["laundry"], {"area_m2": 30.0})]
    spaces = [(450, {"cost": 50.0}), (450, {"cost": 40.0, "area_m2": 40.0})]
    plan = most(wish(budget=50.0), spaces=spaces, rules=(PHARMACY, LAUNDRY), outlets=shops)
    assert sorted(names(plan)) == [("s0", "laundry"), ("s0", "pharmacy")]
    assert plan.choice.status == "proven"


def test_new_outlets_keep_apart():
    near = replace(wish(count=2), terms=Terms(separation=500.0, related=0.0))
    plan = most(near, spaces=[100, 450, 1500])
    assert {space for space, _ in names(plan)} == {"s1", "s2"}


def test_neither_number_nor_money_is_refused():
    with pytest.raises(SitingError, match="没有说要设多少"):
        most(wish(), spaces=[100])


def test_nobody_who_lacks_and_nobody_who_is_known_to_lack_are_told_apart():
    with pytest.raises(SitingError, match="没有居民缺药店，不需要"):
        most(wish(count=1), doors=[(0, 10)], spaces=[0], outlets=[(0, ["pharmacy"])])
    with pytest.raises(SitingError, match="没有居民确认缺药店，但有1个楼门没有核实"):
        most(wish(count=1), doors=[(0, 10)], spaces=[0], complete=())


def test_rooms_too_far_from_who_lacks_are_refused_with_the_remedy():
    with pytest.raises(SitingError, match=r"离缺药店的楼门太远.*补登空间"):
        most(wish(count=1), doors=[(0, 10)], spaces=[1900])


def test_rooms_that_may_not_take_the_trade_are_refused_with_the_reason():
    with pytest.raises(SitingError, match="1项登记的适合业态里没有这一种"):
        most(wish(count=1), spaces=[(100, {"suitable_trades": "洗染店"})])


def test_the_order_of_rooms_does_not_change_what_is_served():
    for order in itertools.permutations([100, 450, 1500]):
        assert most(wish(count=2), spaces=list(order)).choice.value == 90.0


def test_the_curve_goes_on_beyond_the_plan():
    plan = most(wish(count=1), spaces=[100, 450, 1500])
    assert plan.choice.gains.tolist() == [50.0]
    assert plan.further.tolist() == [40.0, 10.0]


def fewest(rules, doors=DOORS, how=None, **street):
    """Return the plan with the fewest outlets."""
    assessment = assess_street(doors, rules=rules, **street)
    return site_fewest(assessment, rooms_of(assessment), how or wish())


def test_the_fewest_that_reach_everybody():
    plan = fewest((PHARMACY,), spaces=[100, 450, 350, 1500])
    assert {space for space, _ in names(plan)} in ({"s0", "s1", "s3"}, {"s0", "s2", "s3"})
    assert (plan.choice.value, plan.choice.bound) == (3.0, 3.0)


def test_numbers_that_are_short_are_made_up_inside_the_unit():
    rules = (count("laundry", least=2),)
    plan = fewest(rules, spaces=[0, 100, 1500, 1600, 1700])
    assert [(one.unit.unit_id, one.short, one.left) for one in plan.shortages.all] == [
        ("c1", 2, 0), ("c2", 2, 0),
    ]  # fmt: skip
    assert plan.choice.value == 4.0


def test_what_no_room_can_mend_is_told_by_how_much_and_the_rest_is_solved():
    plan = fewest((PHARMACY, count("pharmacy", least=3)), spaces=[100, 450, 1500])
    left = {one.unit.unit_id: one.left for one in plan.shortages.all}
    assert left == {"c1": 1, "c2": 2}
    assert len(plan.sites) == 3
    assert plan.choice.unmet > 0


def test_a_shop_of_two_trades_makes_up_a_number_once():
    """Two shops of either trade are asked for; one room with both is one shop."""
    rule = count("convenience_store", "supermarket", least=2, subject="店")
    plan = fewest((rule,), doors=[(0, 10)], spaces=[0])
    assert [(one.unit.unit_id, one.left) for one in plan.shortages.all] == [("c1", 1), ("c2", 2)]


def test_what_is_no_number_of_outlets_is_named():
    doubtful = count("breakfast", least=2)
    plan = fewest((PHARMACY, doubtful), spaces=[100], complete=("pharmacy",))
    assert plan.shortages.left_out == ("2项数量没有核实，核实后再选",)


def test_radius_and_number_are_met_by_the_same_outlet():
    plan = fewest((PHARMACY, count("pharmacy", least=1)), doors=[(0, 10)], spaces=[100])
    assert plan.choice.value == 1.0
    assert [one.left for one in plan.shortages.all] == [0, 1]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), min_size=1, max_size=6),
    st.lists(st.integers(0, 40), min_size=1, max_size=4),
    st.integers(1, 3),
)
def test_no_choice_of_rooms_serves_more(doors, rooms, many):
    """Try every set of rooms; people are conserved: served and left make up all who lacked."""
    assessment = assess_street([(x * 50, n) for x, n in doors], spaces=[x * 50 for x in rooms])
    try:
        plan = site_most(assessment, rooms_of(assessment), wish(count=many))
    except SitingError:
        return
    instance = plan.options.instance
    best = max(
        instance.weight[np.unique(np.concatenate([instance.covers(o) for o in some]))].sum()
        for some in itertools.combinations(range(instance.options), min(many, instance.options))
    )
    assert plan.choice.value == pytest.approx(best)
    assert plan.choice.bound >= plan.choice.value - 1e-6
    served = plan.options.demand.people[plan.served >= 0].sum()
    assert served == pytest.approx(plan.choice.value)


def test_the_plan_says_how_good_it_is_and_what_one_exchange_would_lose():
    plan = most(wish(count=1, seed=7), spaces=[0, 450, 460, 1500])
    assert plan.choice.bound >= plan.choice.value
    assert (plan.choice.status, plan.choice.gap, plan.choice.seed) == ("proven", 0.0, 7)
    assert plan.close[0].loss == 0.0


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), min_size=1, max_size=6),
    st.lists(st.integers(0, 40), min_size=1, max_size=4, unique=True),
    st.integers(1, 3),
    st.sampled_from([(PHARMACY,), (PHARMACY, LAUNDRY), (STORE,)]),
)
def test_a_plan_that_is_carried_out_does_what_it_says(doors, rooms, many, rules):
    """Open what was chosen, assess again: exactly those it claims are no longer lacking."""
    assessment = assess_street(
        [(x * 50, n) for x, n in doors], spaces=[x * 50 for x in rooms], rules=rules
    )
    try:
        plan = site_most(assessment, rooms_of(assessment), wish(count=many))
    except SitingError:
        return
    district = assessment.district
    for number, row in enumerate(site_table(plan).itertuples()):
        place = row.geometry.x, row.geometry.y
        district = add_outlet(district, f"new{number}", [row.trade], place)
    after = lc.assess(district, assessment.standard, on=DAY)
    for service, one in enumerate(plan.options.demand.asked):
        mine = plan.options.demand.service == service
        claimed = plan.options.demand.door[mine & (plan.served >= 0)]
        before, now = (
            run.services.by_requirement[one.requirement.id].doors.are("lacking")
            for run in (assessment, after)
        )
        assert np.flatnonzero(before & ~now).tolist() == sorted(claimed.tolist())
