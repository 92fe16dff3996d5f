"""Lesson 2: prune islands for each kind of walker, then attach, then check again.

The same bug for fourteen years: OTP #408 (2011) to #7153 (2025), valhalla #711, #897, #5821, R5
#105 and #373: a place lands on a footbridge or a parking loop that is joined to nothing.
"""

from dataclasses import replace

from livingcircle.assessment import assess
from tests.engine.walks import metres
from tests.engine.walks import walk
from tests.factories.district import draw_district
from tests.factories.standards import reach
from tests.factories.standards import write_standard
from tests.factories.streets import draw_streets

MAIN = [(0, 0), (100, 0), (200, 0), (1500, 0)]
LOOP = [(100, 40), (160, 40), (160, 60), (100, 60), (100, 40)]


def test_lesson_02_a_door_beside_a_parking_loop_walks_on_the_street():
    """Attached to the loop 5 m away, the whole building had no way to anywhere."""
    assert metres(draw_streets(MAIN, LOOP), [(120, 45)], [(500, 0)]) == [45 + 380]


def test_lesson_02_islands_are_listed_for_repair_and_not_thrown_away():
    """Whole cemeteries vanished from a network without a word (r5r #361)."""
    network, _ = walk(draw_streets(MAIN, LOOP), [(120, 45)], [(500, 0)])
    assert network.repairs["kind"].tolist() == ["island"]
    assert network.repairs["length_m"].round().tolist() == [160.0]
    assert network.summary()["segments"] == 2


def test_lesson_02_what_stairs_cut_off_is_an_island_only_on_wheels():
    """Attaching before knowing who walks put wheelchairs on platforms above a flight of stairs."""
    streets = draw_streets(
        MAIN, [(200, 0), (200, 20)], [(200, 20), (260, 20)], steps=[False, True, False]
    )
    door, shop = [(250, 25)], [(500, 0)]
    assert metres(streets, door, shop) == [5 + 50 + 20 + 300]
    assert metres(streets, door, shop, walker="wheelchair") == [25 + 250]


def test_lesson_02_mending_the_gap_puts_the_doors_back():
    """After an edit the old attachment stayed until somebody noticed."""
    shops, doors = [(500, 0, ["pharmacy"])], [(120, 45, 10)]
    standard = write_standard(reach("pharmacy", metres=(300, 500)))
    broken = draw_district(shops, doors, streets=draw_streets(MAIN, LOOP))
    mended = replace(broken, streets=draw_streets(MAIN, LOOP, [(100, 40), (100, 0)]))
    legs = [assess(one, standard).doors.loc["d00", "leg_m"] for one in (broken, mended)]
    assert legs == [45.0, 5.0]
