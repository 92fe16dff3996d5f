"""The parts of the solvers one by one: exact sums, smaller models, prices, proofs, descents."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle._siting.answers import Clock
from livingcircle._siting.answers import Effort
from livingcircle._siting.dual import Pricing
from livingcircle._siting.every import cover_all
from livingcircle._siting.exact import solve
from livingcircle._siting.improving import Descent
from livingcircle._siting.instance import NO_LIMITS
from livingcircle._siting.instance import Instance
from livingcircle._siting.instance import Limits
from livingcircle._siting.model import exact
from livingcircle._siting.model import model_of
from livingcircle._siting.reduce import merged
from livingcircle._siting.reduce import reduced
from livingcircle._siting.search import add
from livingcircle._siting.search import become
from livingcircle._siting.search import nothing_chosen
from livingcircle._siting.search import remove
from livingcircle.errors import SitingError
from tests.engine.siting.questions import choices
from tests.engine.siting.questions import question
from tests.engine.siting.questions import questions
from tests.engine.siting.questions import worth
from tests.engine.siting.test_most import larger

QUIET = Effort(60)


def model(instance, limits=NO_LIMITS):
    """Return the model of covering the most."""
    weight, bonus = exact(instance.weight, instance.bonus)
    return model_of(instance, limits, weight, np.ones(instance.demand, dtype=np.int64), bonus)


def solved(one):
    """Return the best worth of a model by HiGHS alone."""
    nobody, nothing = np.zeros(one.count, dtype=bool), np.empty(0, dtype=np.int64)
    found = solve(one, nobody, nothing, Clock(QUIET), lambda *_: None)
    state = nothing_chosen(one.arrays)
    become(one.arrays, state, found.chosen)
    return state[9][0]


def test_sums_of_weights_do_not_depend_on_their_order():
    rng = np.random.default_rng(0)
    (weight,) = exact(rng.random(1000) * 40)
    sums = {float(np.add.reduce(rng.permutation(weight))) for _ in range(20)}
    sums |= {float(np.cumsum(rng.permutation(weight))[-1]) for _ in range(20)}
    assert len(sums) == 1


def test_homes_in_the_same_reach_become_one_and_lonely_ones_go():
    small = merged(model(question([{0, 1}, {0, 1, 2}], [3, 4, 5, 6])))
    assert small.weight.tolist() == [7, 5]


def test_an_option_that_another_covers_goes_unless_it_is_cheaper_or_stands_elsewhere():
    covers = [{0, 1}, {0}]
    assert reduced(model(question(covers, [1, 1]))).number.tolist() == [0]
    dear = question(covers, [1, 1], cost=[5.0, 2.0])
    assert reduced(model(dear, Limits(budget=6))).number.tolist() == [0, 1]
    cheap = question(covers, [1, 1], cost=[2.0, 5.0])
    assert reduced(model(cheap, Limits(budget=6))).number.tolist() == [0]
    assert reduced(model(question(covers, [1, 1]), Limits(sites=1))).number.tolist() == [0, 1]


@given(questions())
@settings(max_examples=30, deadline=None)
def test_smaller_models_and_highs_alone_find_the_same_worth(drawn):
    instance, limits = drawn
    whole = model(instance, limits)
    best = max(worth(instance, one) for one in choices(instance, limits))
    assert solved(whole) == solved(reduced(whole)) == best


@given(questions())
@settings(max_examples=30, deadline=None)
def test_prices_bound_the_best(drawn):
    instance, limits = drawn
    whole = model(instance, limits)
    prices = Pricing(whole).look(60, -np.inf, Clock(QUIET))
    assert prices.bound >= max(worth(instance, one) for one in choices(instance, limits))


@given(st.lists(st.integers(0, 59), max_size=60), st.integers(0, 9), st.integers(1, 2))
@settings(max_examples=30, deadline=None)
def test_adding_and_removing_keeps_the_books(moves, seed, need):
    """What is kept up step by step is what is found by counting anew."""
    one = replace(model(larger(seed)), need=np.full(300, need, dtype=np.int32))
    state = nothing_chosen(one.arrays)
    for option in moves:
        (remove if state[2][option] else add)(one.arrays, state, option)
    fresh = nothing_chosen(one.arrays)
    become(one.arrays, fresh, np.flatnonzero(state[2]))
    assert state[9][0] == fresh[9][0]
    for option in np.flatnonzero(state[2]):
        lighter = nothing_chosen(one.arrays)
        become(one.arrays, lighter, np.setdiff1d(np.flatnonzero(state[2]), [option]))
        assert state[5][option] == state[9][0] - lighter[9][0]


def test_a_descent_finds_what_the_greedy_misses():
    """The greedy takes the long middle one first and then needs one on either side."""
    covers = [{0, 1, 2}, {3, 4, 5}, {1, 2, 3, 4}]
    whole = model(question(covers, [1] * 6))
    hard = replace(whole, hard=True, worth=-np.ones(3))
    state = nothing_chosen(hard.arrays)
    become(hard.arrays, state, np.array([0, 1, 2]))
    descent = Descent(hard, state, np.array([7], dtype=np.uint64))
    descent.run(1, Clock(QUIET))
    assert np.flatnonzero(state[2]).tolist() == [0, 1]


def test_a_larger_set_is_covered_with_as_few_as_highs_alone_finds():
    instance = larger(11, 80, 400)
    need = np.ones(instance.demand, dtype=np.int64)
    choice = cover_all(instance, need)
    reach = np.bincount(instance.rows, minlength=instance.demand) > 0
    hard = replace(
        model(instance), hard=True, worth=-np.ones(instance.options),
        need=reach.astype(np.int32),
    )  # fmt: skip
    found = solve(hard, np.zeros(80, dtype=bool), np.empty(0, dtype=np.int64), Clock(QUIET),
                  lambda *_: None)  # fmt: skip
    assert choice.value == len(found.chosen)
    assert choice.status == "proven"


@pytest.mark.parametrize(
    ("start", "rows", "weight", "more", "said"),
    [
        ([0, 2], [1, 0], [1, 1], {}, "覆盖清单"),
        ([0, 1], [5], [1, 1], {}, "覆盖清单"),
        ([0, 1], [0], [-1.0], {}, "weight"),
        ([0, 1], [0], [1], {"cost": np.array([np.nan])}, "cost"),
        ([0, 1], [0], [1], {"cost": np.array([1.0, 2.0])}, "cost"),
        ([0, 1], [0], [1], {"apart": np.array([[0, 3]])}, "编号"),
    ],
)
def test_questions_that_contradict_themselves_are_refused(start, rows, weight, more, said):
    with pytest.raises(SitingError, match=said):
        Instance(np.array(start), np.array(rows), np.array(weight, dtype=float), **more)


def test_limits_below_nothing_are_refused():
    with pytest.raises(SitingError, match="上限"):
        Limits(count=-1)
