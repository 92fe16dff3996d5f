"""Lesson 5: crossings and severances are where the minutes go.

Paid for in osm2streets (#99: “assumes you can cross at every intersection”), R5 (#505), A/B Street
(#1127: refuses to cross at all) and spNetwork (#7: levels mixed up).
"""

import math

import shapely

from livingcircle.tables import conform
from tests.engine.walks import metres
from tests.engine.walks import minutes
from tests.factories.district import table
from tests.factories.streets import draw_streets

# Two streets on either side of an arterial, joined by one crossing of 30 m.
SIDES = [
    [(0, 0), (500, 0), (1000, 0)],
    [(0, 30), (500, 30), (1000, 30)],
    [(500, 0), (500, 30)],
]


def crossed(kind):
    """Return the minutes from one side to the other where the crossing is of one kind."""
    streets = draw_streets(*SIDES, crossing=["", "", kind])
    return minutes(streets, [(440, 0)], [(530, 30)])[0]


def test_lesson_05_waiting_is_charged_by_the_kind_of_crossing():
    """A diagonal crossing in Taipei takes five minutes; the model said no wait at all."""
    assert crossed("") == 2.0
    assert crossed("signals") == round(2.0 + 20 / 60, 3)
    assert crossed("marked") == round(2.0 + 5 / 60, 3)
    assert crossed("unmarked") == round(2.0 + 10 / 60, 3)


def test_lesson_05_waiting_costs_minutes_and_no_metres():
    """Plans state metres: a red light must not change who is within 300 m."""
    streets = draw_streets(*SIDES, crossing=["", "", "signals"])
    assert metres(streets, [(440, 0)], [(530, 30)]) == [120.0]


def test_lesson_05_a_bridge_does_not_join_what_it_flies_over():
    """Streets that cross on a drawing were joined on the ground (spNetwork #7)."""
    streets = draw_streets(
        [(-700, 0), (700, 0)], [(0, -700), (0, 700)], layer=[0, 1], structure=["", "bridge"]
    )
    assert metres(streets, [(100, 0)], [(0, 500)]) == [math.inf]


def test_lesson_05_nobody_steps_across_an_expressway():
    """A straight leg over the carriageway made the far side of the ring road the near one."""
    streets = draw_streets([(0, 0), (1000, 0)], [(1000, 0), (1000, 60)], [(1000, 60), (0, 60)])
    ring = table(
        "barriers",
        [{"kind": "expressway", "name": "环路"}],
        [shapely.LineString([(-100, 20), (990, 20)])],
        ["b0"],
    )
    door, shop = [(100, 30)], [(100, 0)]
    assert metres(streets, door, shop) == [30.0]
    barriers = conform("barriers", ring)
    assert metres(streets, door, shop, barriers=barriers) == [30 + 900 + 60 + 900]
