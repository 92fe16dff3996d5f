"""Lesson 4: gates, entrances and private land decide access.

Paid for in OTP (#2303, #2669), OSRM (#3386), valhalla (#5399, #1059), Organic Maps (#1669) and
GHSCI (#669): in a Chinese city the gate of the compound decides what lies within five minutes.
"""

import math
from dataclasses import replace

from livingcircle.assessment import assess
from tests.engine.walks import metres
from tests.factories.district import draw_district
from tests.factories.standards import reach
from tests.factories.standards import write_standard
from tests.factories.streets import draw_gates
from tests.factories.streets import draw_streets

# A lane runs north from the street into a compound and ends in its yard.
STREETS = draw_streets([(0, 0), (500, 0), (1500, 0)], [(500, 0), (500, 300)])
YARD, STREET = (500, 250), (600, 0)
BLOCK = draw_streets(
    [(0, 0), (500, 0), (1500, 0)],
    [(500, 0), (500, 400)],
    [(0, 400), (500, 400), (1500, 400)],
    [(1500, 0), (1500, 400)],
)


def test_lesson_04_residents_pass_their_own_gate_and_strangers_do_not():
    """A gate was either a wall for everybody or not there at all."""
    gates = draw_gates((500, 50, "residents", "花园", ""))
    assert metres(STREETS, [YARD], [STREET], gates=gates) == [350.0]
    assert metres(STREETS, [STREET], [YARD], gates=gates) == [math.inf]


def test_lesson_04_nobody_cuts_through_a_compound():
    """Routes through housing estates made half of a district look well served."""
    two = draw_gates((500, 50, "residents", "花园", ""), (500, 350, "residents", "花园", ""))
    assert metres(BLOCK, [(500, 0)], [(500, 400)], gates=two) == [1000 + 400 + 1000]


def test_lesson_04_a_gate_is_shut_outside_its_hours():
    """The night pharmacy beyond the park was counted as reached at night."""
    gates = draw_gates((500, 50, "public", "", "06:00-22:00"))
    assert metres(STREETS, [YARD], [STREET], gates=gates, at="21:59") == [350.0]
    assert metres(STREETS, [YARD], [STREET], gates=gates, at="22:30") == [math.inf]


def test_lesson_04_a_gate_nobody_knows_is_open_and_listed():
    """A guess that nobody is told of is a fact to everybody who reads the result."""
    district = draw_district([(600, 0, ["pharmacy"])], [(500, 150, 9)], streets=STREETS)
    gates = draw_gates((500, 50, "unknown", "花园", ""))
    assessment = assess(replace(district, gates=gates), write_standard(reach("pharmacy")))
    assert assessment.access.iloc[0]["metres"] == 250.0
    assert "gate_unknown" in set(assessment.repairs["kind"])
