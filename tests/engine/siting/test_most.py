"""The most people with so many outlets: always as good as the best of all choices."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle._siting.answers import Effort
from livingcircle._siting.instance import Instance
from livingcircle._siting.instance import Limits
from livingcircle._siting.most import cover_most
from tests.engine.siting.questions import choices
from tests.engine.siting.questions import permitted
from tests.engine.siting.questions import question
from tests.engine.siting.questions import questions
from tests.engine.siting.questions import times_covered
from tests.engine.siting.questions import worth

# Four homes in a row, 10, 20, 30 and 40 people; shops see their neighbours.
ROW = [{0, 1}, {1, 2}, {2, 3}, {3}]
PEOPLE = [10, 20, 30, 40]


def test_one_outlet_goes_where_most_people_are():
    choice = cover_most(question(ROW, PEOPLE), Limits(count=1))
    assert choice.chosen.tolist() == [2]
    assert (choice.value, choice.bound, choice.gap, choice.status) == (70, 70, 0, "proven")


def test_the_marginal_curve_says_what_each_adds():
    choice = cover_most(question(ROW, PEOPLE), Limits(count=3))
    assert choice.chosen.tolist() == [2, 0]
    assert choice.gains.tolist() == [70, 30]
    assert choice.shortfall.tolist() == [0, 0, 0, 0]


def test_greedy_is_not_enough():
    """The greedy takes the middle one and is then a home short."""
    covers = [{0, 1, 2}, {3, 4, 5}, {1, 2, 3, 4}]
    choice = cover_most(question(covers, [1] * 6), Limits(count=2))
    assert (choice.value, choice.status) == (6, "proven")
    assert sorted(choice.chosen.tolist()) == [0, 1]


def test_money_goes_to_two_cheap_ones_rather_than_a_dear_one():
    instance = question([{0, 1, 2}, {0, 1}, {2, 3}], [1] * 4, cost=[5.0, 2.0, 2.0])
    choice = cover_most(instance, Limits(budget=5))
    assert sorted(choice.chosen.tolist()) == [1, 2]


def test_a_room_holds_only_what_fits():
    instance = question(
        [{0}, {1}, {2}], [5, 4, 3], site=[0, 0, 1], room=[30.0, 30.0, 30.0], capacity=[50.0, 50.0]
    )
    choice = cover_most(instance, Limits())
    assert choice.chosen.tolist() == [0, 2]


def test_competitors_stay_apart_from_each_other_and_from_standing_ones():
    instance = question(
        [{0}, {1}, {2}, {3}], [5, 4, 3, 2], apart=[[0, 1], [2, 3]],
        fixed=[False, False, False, True],
    )  # fmt: skip
    choice = cover_most(instance, Limits())
    assert choice.chosen.tolist() == [0]
    assert choice.covered.tolist() == [1, 0, 0, 1]


def test_only_so_many_sites_are_opened_but_each_holds_several_trades():
    instance = question([{0}, {1}, {2}], [5, 4, 6], site=[0, 0, 1])
    choice = cover_most(instance, Limits(sites=1))
    assert choice.chosen.tolist() == [0, 1]


def test_of_choices_just_as_good_the_lowest_number_is_taken():
    choice = cover_most(question([{3}, {0}, {1}, {2}], [7, 7, 7, 7]), Limits(count=2))
    assert choice.chosen.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("covers", "weight", "limits"),
    [
        ([], [], Limits(count=3)),
        ([], [5, 5], Limits(count=3)),
        ([set(), set()], [], Limits(count=3)),
        ([{0}, {1}], [0, 0], Limits(count=3)),
        ([{0}, {1}], [5, 5], Limits(count=0)),
        ([{0}, {1}], [5, 5], Limits(budget=0)),
    ],
)
def test_where_there_is_nothing_to_choose_nothing_is_chosen(covers, weight, limits):
    instance = question(covers, weight, cost=np.ones(len(covers)))
    choice = cover_most(instance, limits)
    assert choice.chosen.tolist() == []
    assert (choice.value, choice.bound, choice.status) == (0, 0, "proven")


@given(questions())
@settings(max_examples=120, deadline=None)
def test_the_choice_is_as_good_as_the_best_of_all(drawn):
    instance, limits = drawn
    best = max(worth(instance, chosen) for chosen in choices(instance, limits))
    choice = cover_most(instance, limits)
    assert permitted(instance, limits, choice.chosen)
    assert worth(instance, choice.chosen) == choice.value == best
    assert choice.status == "proven"
    assert choice.bound == choice.value
    assert choice.gains.sum() == choice.value
    assert choice.covered.tolist() == times_covered(instance, choice.chosen).tolist()


def larger(seed, options=60, rows=300):
    """Return a made-up instance too large to try everything."""
    rng = np.random.default_rng(seed)
    place, home = rng.random((options, 2)), rng.random((rows, 2))
    near = np.hypot(*(place[:, None] - home).transpose(2, 0, 1)) < 0.13
    covers = [set(np.flatnonzero(one).tolist()) for one in near]
    return question(covers, rng.random(rows) * 40, cost=rng.integers(1, 9, options) * 1.0)


@given(st.integers(0, 50), st.integers(1, 10), st.integers(0, 40))
@settings(max_examples=15, deadline=None)
def test_the_bound_is_never_below_the_best_nor_the_value_above(seed, count, budget):
    instance, limits = larger(seed), Limits(count=count, budget=budget)
    best = cover_most(instance, limits, Effort(60))
    hasty = cover_most(instance, limits, Effort(0.0))
    lax = cover_most(instance, limits, Effort(60, gap=0.2))
    assert best.status == "proven"
    for one in (hasty, lax):
        assert one.value <= best.value * (1 + 1e-9)
        assert one.bound >= best.value * (1 - 1e-9)
    assert hasty.status in {"time", "proven"}
    assert lax.gap <= 0.2
    assert best.gap <= 1e-6


def test_the_same_question_gets_the_same_answer():
    instance = larger(3)
    one, other = (cover_most(instance, Limits(count=7), Effort(60, seed=5)) for _ in range(2))
    assert one.chosen.tolist() == other.chosen.tolist()
    assert (one.value, one.bound, one.how, one.seed) == (other.value, other.bound, other.how, 5)


def test_every_answer_tells_its_proof_its_seed_and_how_it_came():
    choice = cover_most(question([{0}, {1}], [5, 4]), Limits(count=1), Effort(9, seed=3))
    assert (choice.seed, choice.status, choice.gap) == (3, "proven", 0)
    assert choice.bound == choice.value
    assert "方案" in choice.how
    assert "界" in choice.how


def test_somebody_may_stop_it_and_hears_how_far_it_came():
    told = []
    choice = cover_most(
        larger(4, 300, 2000), Limits(count=10),
        Effort(60, progress=told.append, stop=lambda: len(told) > 0),
    )  # fmt: skip
    assert choice.status == "stopped"
    assert told[0].value <= choice.value <= choice.bound
    assert choice.gap > 0


def test_the_order_of_options_and_of_homes_does_not_change_the_worth():
    instance = larger(6)
    rng = np.random.default_rng(0)
    option, home = rng.permutation(instance.options), rng.permutation(instance.demand)
    new = np.argsort(home)
    moved = question(
        [set(new[instance.covers(one)].tolist()) for one in option], instance.weight[home]
    )
    plain = Instance(instance.start, instance.rows, instance.weight)
    one, other = (cover_most(it, Limits(count=6)) for it in (plain, moved))
    assert one.value == other.value


def test_a_site_is_paid_for_once_and_money_is_not_overspent():
    """Site 0 holds two options for 6; site 1 one for 4: with 6 it is both or the other."""
    instance = question([{0}, {1}, {2}], [2, 2, 3], site=[0, 0, 1], opening=[6.0, 4.0])
    assert cover_most(instance, Limits(opening=6.0)).value == 4.0
    assert cover_most(instance, Limits(opening=5.0)).value == 3.0
    assert cover_most(instance, Limits(opening=10.0)).value == 7.0
    assert cover_most(instance, Limits(opening=3.0)).value == 0.0
