"""Lesson 10: optimisers need manners.

Paid for in spopt (#237: existing sites moved under another metric, #446: “Infeasible” without a
reason), AccessMod (#104: keeps building after everyone is served, #8: the order of rows changes
the answer). The gap list keeps these manners, and so do the solvers it feeds.
"""

import numpy as np

from livingcircle._siting.every import cover_all
from livingcircle._siting.instance import Limits
from livingcircle._siting.most import cover_most
from livingcircle.assessment import assess
from tests.engine.siting.questions import question
from tests.factories.district import draw_district
from tests.factories.standards import count
from tests.factories.standards import reach
from tests.factories.standards import write_standard

STANDARD = write_standard(
    count("pharmacy", per="population", size=100), reach("pharmacy", metres=(200, 500))
)
DOORS = [(100, 0, 150), (900, 0, 100), (1500, 0, 60)]


def gaps(shops, doors=DOORS):
    """Return the gap list of some shops and doors."""
    return assess(draw_district(shops, doors, complete=["pharmacy"]), STANDARD).gaps


def test_lesson_10_existing_outlets_are_taken_off_what_is_asked():
    """Three are needed and one stands: two are to be added, not three."""
    row = gaps([(150, 0, ["pharmacy"])]).set_index("unit_id").loc["c1"]
    assert (row["required"], row["found"], row["shortfall"]) == (3.0, 1.0, 2.0)
    assert row["remedy"].startswith("增设药店2个")
    # The same of siting: what stands is part of every plan, and is not paid for again.
    homes = question([{0, 1, 2}, {2, 3}, {3, 4}], [10] * 5, fixed=[True, False, False])
    choice = cover_most(homes, Limits(count=1))
    assert (choice.chosen.tolist(), choice.value) == ([2], 20)
    assert choice.covered.tolist() == [1, 1, 1, 1, 1]
    assert cover_all(homes, np.ones(5, dtype=np.int64)).chosen.tolist() == [2]


def test_lesson_10_nothing_is_added_once_everyone_is_served():
    """The greedy went on building for its own sake."""
    shops = [(100, 0, ["pharmacy"]), (600, 0, ["pharmacy"]), (900, 0, ["pharmacy"])]
    assert len(gaps([*shops, (1500, 0, ["pharmacy"])])) == 0
    # Five may be opened; two serve everybody, and three stay closed.
    choice = cover_most(question([{0, 1}, {2, 3}, {0}, {1, 2}, {3}], [5] * 4), Limits(count=5))
    assert choice.chosen.tolist() == [0, 1]


def test_lesson_10_a_shortfall_is_told_and_not_a_bare_no():
    """“Infeasible” helps nobody: every gap says what is short, for how many, by which clause."""
    table = gaps([])
    assert (table["shortfall"] > 0).all()
    assert (table["people"] > 0).all()
    assert (table["clause"] != "").all()
    assert (table["remedy"] != "").all()
    # Nobody reaches the last home, and two competitors keep apart: the rest is still solved.
    choice = cover_all(question([{0}, {1}, {2}], [3, 9, 7, 5], apart=[[1, 2]]), np.ones(4))
    assert choice.shortfall.tolist() == [0, 0, 1, 1]
    assert (choice.unmet, choice.unmet_bound, choice.status) == (12, 12, "proven")


def test_lesson_10_the_order_of_rows_does_not_change_the_answer():
    """Two sites at the same distance swapped places when a row was moved."""
    shops = [(150, 0, ["pharmacy"]), (700, 0, ["pharmacy"]), (2400, 0, ["pharmacy"])]
    moved = gaps(shops[::-1], DOORS[::-1])
    columns = ["unit_id", "requirement_id", "people", "shortfall", "urgency", "nearest_m"]
    assert moved[columns].to_dict("records") == gaps(shops)[columns].to_dict("records")
    # Weights with many decimals, added in another order, made other ties.
    rng = np.random.default_rng(1)
    covers = [set(rng.choice(40, 8, replace=False).tolist()) for _ in range(25)]
    people, order, homes = rng.random(40), rng.permutation(25), rng.permutation(40)
    place = np.argsort(homes)
    turned = [{int(place[row]) for row in covers[one]} for one in order]
    one = cover_most(question(covers, people), Limits(count=4))
    other = cover_most(question(turned, people[homes]), Limits(count=4))
    assert one.status == other.status == "proven"
    assert one.value == other.value
