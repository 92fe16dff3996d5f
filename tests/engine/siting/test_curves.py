"""What each further outlet adds, and which plans were close."""

import numpy as np
from hypothesis import given
from hypothesis import settings

from livingcircle._siting.curves import alternatives
from livingcircle._siting.curves import curve
from livingcircle._siting.instance import Limits
from livingcircle._siting.most import cover_most
from tests.engine.siting.questions import choices
from tests.engine.siting.questions import permitted
from tests.engine.siting.questions import question
from tests.engine.siting.questions import questions
from tests.engine.siting.questions import worth
from tests.engine.siting.test_most import PEOPLE
from tests.engine.siting.test_most import ROW


def test_the_curve_falls_and_ends_where_everyone_is_served():
    found = curve(question(ROW, PEOPLE), Limits(), 4)
    assert found.chosen.tolist() == [2, 0]
    assert found.gains.tolist() == [70, 30]
    assert found.value.tolist() == [70, 100]
    assert found.bound[0] >= 70
    assert found.bound[1] == 100 or np.isclose(found.bound[1], 100)


def test_a_curve_of_nothing_is_empty():
    assert len(curve(question([], [5]), Limits(), 3).gains) == 0
    assert len(curve(question([{0}], [5]), Limits(), 0).gains) == 0


def test_the_plans_that_were_close_are_told_with_what_they_lose():
    instance = question([{0, 1}, {1, 2}, {2, 3}, {3}], PEOPLE)
    found = alternatives(instance, Limits(count=1), cover_most(instance, Limits(count=1)))
    assert found.out.tolist() == [2, 2, 2]
    assert found.into.tolist() == [1, 3, 0]
    assert found.loss.tolist() == [20, 30, 40]


@given(questions())
@settings(max_examples=30, deadline=None)
def test_bounds_hold_for_every_number_and_losses_are_exact(drawn):
    instance, limits = drawn
    free = Limits(budget=limits.budget, per_kind=limits.per_kind, sites=limits.sites)
    found = curve(instance, free, 3)
    for count in range(1, len(found.gains) + 1):
        some = Limits(count, free.budget, free.per_kind, free.sites)
        best = max(worth(instance, one) for one in choices(instance, some))
        assert found.value[count - 1] <= best <= found.bound[count - 1] + 1e-6
    choice = cover_most(instance, limits)
    swaps = alternatives(instance, limits, choice)
    for out, into, loss in zip(swaps.out, swaps.into, swaps.loss, strict=True):
        other = np.append(choice.chosen[choice.chosen != out], into)
        assert permitted(instance, limits, other)
        assert worth(instance, other) == choice.value - loss
        assert loss >= 0
