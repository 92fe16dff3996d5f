"""Which plans were close, and what they lose."""

import numpy as np
from hypothesis import given
from hypothesis import settings

from livingcircle._siting.close import alternatives
from livingcircle._siting.instance import Limits
from livingcircle._siting.most import cover_most
from tests.engine.siting.questions import permitted
from tests.engine.siting.questions import question
from tests.engine.siting.questions import questions
from tests.engine.siting.questions import worth
from tests.engine.siting.test_most import PEOPLE


def test_the_plans_that_were_close_are_told_with_what_they_lose():
    instance = question([{0, 1}, {1, 2}, {2, 3}, {3}], PEOPLE)
    found = alternatives(instance, Limits(count=1), cover_most(instance, Limits(count=1)))
    assert found.out.tolist() == [2, 2, 2]
    assert found.into.tolist() == [1, 3, 0]
    assert found.loss.tolist() == [20, 30, 40]


@given(questions())
@settings(max_examples=30, deadline=None)
def test_losses_are_exact(drawn):
    instance, limits = drawn
    choice = cover_most(instance, limits)
    swaps = alternatives(instance, limits, choice)
    for out, into, loss in zip(swaps.out, swaps.into, swaps.loss, strict=True):
        other = np.append(choice.chosen[choice.chosen != out], into)
        assert permitted(instance, limits, other)
        assert worth(instance, other) == choice.value - loss
        assert loss >= 0
