"""Lesson 10: optimisers need manners.

Paid for in spopt (#237: existing sites moved under another metric, #446: “Infeasible” without a
reason), AccessMod (#104: keeps building after everyone is served, #8: the order of rows changes
the answer). The gap list keeps these manners, and so does siting.
"""

import itertools

import numpy as np

from livingcircle._siting.every import cover_all
from livingcircle._siting.instance import Limits
from livingcircle._siting.most import cover_most
from livingcircle.assessment import assess
from livingcircle.site_tables import site_table
from livingcircle.siting import Wish
from livingcircle.siting import site_fewest
from livingcircle.siting import site_most
from tests.engine.siting.questions import question
from tests.factories.district import draw_district
from tests.factories.siting import PHARMACY
from tests.factories.siting import assess_street
from tests.factories.siting import rooms_of
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


def plan(rooms, *, solve=site_most, how=None, **street):
    """Return a plan for a street on which four doors lack a pharmacy."""
    doors = [(0, 10), (300, 20), (600, 30), (1500, 40)]
    assessment = assess_street(doors, spaces=rooms, **street)
    return solve(assessment, rooms_of(assessment), how or Wish(count=9))


def test_lesson_10_siting_leaves_existing_outlets_where_they_are():
    """Nobody served by one is served again, and none is closed or moved."""
    made = plan([0, 450, 1500], outlets=[(450, ["pharmacy"])])
    assert site_table(made)["space_id"].tolist() == ["s2", "s0"]
    assert (made.assessment.district.outlets["status"] == "open").all()


def test_lesson_10_siting_stops_when_everybody_is_served():
    """Nine were allowed; three serve everybody."""
    made = plan([0, 450, 1500, 1500, 480])
    assert len(made.sites) == 3
    assert (made.served >= 0).all()


def test_lesson_10_siting_tells_what_cannot_be_met_and_by_how_much():
    """Two outlets are asked for in each circle and one room is to be had: no “infeasible”."""
    rules = PHARMACY, count("pharmacy", least=2)
    made = plan([450], solve=site_fewest, how=Wish(), rules=rules)
    assert len(made.sites) == 1
    assert [one.left for one in made.shortages.all] == [1, 2]


def test_lesson_10_siting_does_not_depend_on_the_order_of_rooms():
    """Every order of the rooms serves the same people."""
    served = {
        plan(list(order), how=Wish(count=2)).choice.value
        for order in itertools.permutations([0, 300, 450, 1500])
    }
    assert len(served) == 1


def test_lesson_10_siting_says_how_good_its_answer_is():
    """A bound nobody can beat, the gap to it, the seed, and what one exchange would lose."""
    made = plan([0, 450, 460, 1500], how=Wish(count=1, seed=7))
    assert made.choice.bound >= made.choice.value
    assert (made.choice.status, made.choice.gap, made.choice.seed) == ("proven", 0.0, 7)
    assert len(made.close.loss) > 0
