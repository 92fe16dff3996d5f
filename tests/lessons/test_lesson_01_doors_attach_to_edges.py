"""Lesson 1: attach doors to streets, not to junctions, and charge the last metres.

Paid for by users of pandana (#170), GHSCI (#653), R5 (#934, #358), r5r (#337), GOSTnets (#24) and
OSMnx (#198): snapping to junctions made 13.5 % of the verdicts at 300 m wrong on real streets.
"""

from tests.engine.walks import metres
from tests.engine.walks import minutes
from tests.engine.walks import to_any
from tests.engine.walks import walk
from tests.factories.streets import draw_streets

# One street of 400 m without any junction in between.
STREET = draw_streets([(0, 0), (400, 0)])


def test_lesson_01_a_shop_along_the_street_is_as_far_as_it_is():
    """Snapped to junctions, this shop was 0 m or 400 m away; it is 30 m along the street."""
    assert metres(STREET, [(190, 0)], [(220, 0)]) == [30.0]


def test_lesson_01_the_last_metres_count_at_both_ends():
    """Dropped legs once turned 327 m into 300 m and “lacking” into “served”."""
    assert metres(STREET, [(50, 15)], [(350, -12)]) == [15 + 300 + 12]


def test_lesson_01_the_leg_is_walked_at_the_walkers_own_speed():
    """An elder's leg was charged at the speed of the young."""
    assert minutes(STREET, [(50, 48)], [(50, 0)], walker="elder") == [1.0]
    assert minutes(STREET, [(50, 48)], [(50, 0)], walker="brisk") == [0.64]


def test_lesson_01_street_leg_and_side_are_kept_to_be_shown():
    """Nobody could see why a door was far, because nobody had kept where it was attached."""
    _, reader = walk(STREET, [(100, 15), (100, -20)], [(300, 0)])
    distance, outlet = to_any(reader, [0], 1)
    assert distance.round(1).tolist() == [215.0, 220.0]
    assert outlet.tolist() == [0, 0]
