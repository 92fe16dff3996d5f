"""Every need met with the fewest or the cheapest, and what cannot be met told row by row."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle._siting.answers import Effort
from livingcircle._siting.every import cover_all
from livingcircle._siting.instance import NO_LIMITS
from livingcircle._siting.instance import Limits
from livingcircle.errors import SitingError
from tests.engine.siting.questions import choices
from tests.engine.siting.questions import permitted
from tests.engine.siting.questions import question
from tests.engine.siting.questions import questions
from tests.engine.siting.questions import unmet
from tests.engine.siting.test_most import larger

ONCE = np.ones(6, dtype=np.int64)


def test_two_do_where_the_greedy_takes_three():
    covers = [{0, 1, 2}, {3, 4, 5}, {1, 2, 3, 4}]
    choice = cover_all(question(covers, ONCE), ONCE)
    assert sorted(choice.chosen.tolist()) == [0, 1]
    assert (choice.value, choice.bound, choice.status) == (2, 2, "proven")
    assert choice.unmet == 0


def test_a_need_for_two_takes_two():
    choice = cover_all(question([{0}, {0, 1}, {1}], [1, 1]), np.array([2, 1]))
    assert sorted(choice.chosen.tolist()) == [0, 1]
    assert choice.covered.tolist() == [2, 1]


def test_a_standing_outlet_meets_its_part():
    instance = question([{0}, {0, 1}, {1}], [1, 1], fixed=[True, False, False])
    choice = cover_all(instance, np.array([2, 1]))
    assert choice.chosen.tolist() == [1]


def test_cheap_ones_are_taken_where_money_counts():
    instance = question([{0, 1}, {0}, {1}], [1, 1], cost=[9.0, 2.0, 3.0])
    few, cheap = (cover_all(instance, np.array([1, 1]), by=by) for by in ("count", "cost"))
    assert few.chosen.tolist() == [0]
    assert sorted(cheap.chosen.tolist()) == [1, 2]
    assert cheap.value == 5
    assert cheap.bound == pytest.approx(5)


def test_what_costs_nothing_comes_to_no_money():
    choice = cover_all(question([{0}], [1], cost=[0.0]), np.array([1]), by="cost")
    assert choice.chosen.tolist() == [0]
    assert (choice.value, choice.bound, choice.status) == (0, 0, "proven")


def test_what_nobody_can_meet_is_told_and_the_rest_is_solved():
    choice = cover_all(question([{0}, {1}], [5, 5, 7]), np.array([1, 2, 1]))
    assert sorted(choice.chosen.tolist()) == [0, 1]
    assert choice.shortfall.tolist() == [0, 1, 1]
    assert (choice.unmet, choice.unmet_bound, choice.status) == (12, 12, "proven")


def test_where_limits_do_not_allow_all_most_people_come_first():
    instance = question([{0}, {1}, {2}], [5, 9, 7], apart=[[1, 2]])
    choice = cover_all(instance, np.array([1, 1, 1]))
    assert sorted(choice.chosen.tolist()) == [0, 1]
    assert choice.shortfall.tolist() == [0, 0, 1]
    few = cover_all(instance, np.array([1, 1, 1]), limits=Limits(count=1))
    assert few.chosen.tolist() == [1]


@pytest.mark.parametrize("covers", [[], [set()], [{0}]])
def test_where_nothing_is_needed_nothing_is_opened(covers):
    choice = cover_all(question(covers, [4]), np.array([0]))
    assert (choice.chosen.tolist(), choice.value, choice.status) == ([], 0, "proven")


def test_needs_that_do_not_fit_the_demand_are_refused():
    with pytest.raises(SitingError, match="need"):
        cover_all(question([{0}], [4]), np.array([1, 1]))


@given(questions(), st.data())
@settings(max_examples=120, deadline=None)
def test_as_much_as_can_be_is_met_with_as_few_as_can_be(drawn, data):
    instance, limits = drawn
    limits = data.draw(st.sampled_from([limits, NO_LIMITS]))
    need = np.array(data.draw(st.lists(st.integers(0, 2), min_size=instance.demand,
                                       max_size=instance.demand)), dtype=np.int64)  # fmt: skip
    by = data.draw(st.sampled_from(["count", "cost"]))

    def price(chosen):
        return len(chosen) if by == "count" else instance.cost[chosen].sum()

    def rank(chosen):
        return unmet(instance, need, chosen), price(chosen), len(chosen)

    # Rows without weight count only where all needs can be met.
    best = min(rank(chosen) for chosen in choices(instance, limits))
    choice = cover_all(instance, need, limits=limits, by=by)
    assert permitted(instance, limits, choice.chosen)
    assert choice.unmet == best[0]
    assert choice.unmet_bound <= best[0] + 1e-9
    assert choice.shortfall.tolist() == np.maximum(need - choice.covered, 0).tolist()
    if (instance.weight > 0).all():
        assert choice.value == pytest.approx(best[1])
        assert choice.bound == pytest.approx(best[1])
        assert choice.status == "proven"


@given(st.integers(0, 30), st.integers(1, 2), st.sampled_from(["count", "cost"]))
@settings(max_examples=8, deadline=None)
def test_in_haste_the_bound_still_holds(seed, times, by):
    instance = larger(seed, 40, 200)
    need = np.full(instance.demand, times)
    best = cover_all(instance, need, by=by)
    hasty = cover_all(instance, need, Effort(0.0), by=by)
    assert best.status == "proven"
    assert hasty.bound <= best.value + 1e-6
    assert hasty.value >= best.value - 1e-6
    assert hasty.unmet == best.unmet
