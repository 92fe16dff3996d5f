"""Lesson 6: decide from network times; the polygon is only a picture.

Paid for in valhalla (#3741: an isodistance held a point at 1.6 × the limit), openrouteservice
(#382: jumps water), graphhopper (#1393) and planwise (#11). A circle drawn with a compass called
69 % of the doors served where 37 % were.
"""

import shapely

from livingcircle.assessment import assess
from livingcircle.isochrones import isochrones
from livingcircle.situation import lay_out
from livingcircle.walkers import WALKERS
from tests.factories.district import draw_district
from tests.factories.district import table
from tests.factories.standards import reach
from tests.factories.standards import write_standard
from tests.factories.streets import GRID
from tests.factories.streets import draw_streets

PHARMACY = write_standard(reach("pharmacy"))
# A hairpin: 40 m apart as the crow flies, 1,240 m on foot.
HAIRPIN = draw_streets([(0, 0), (700, 0)], [(700, 0), (700, 40)], [(700, 40), (0, 40)])


def blind(doors, shops=((100, 0, ["pharmacy"]),), **layers):
    """Return an assessment of some doors by the hairpin."""
    district = draw_district(shops, doors, complete=["pharmacy"], **layers)
    return assess(district, PHARMACY)


def test_lesson_06_near_on_the_map_is_not_near_on_foot():
    """The compass says 40 m and served; the street says 1,240 m."""
    row = blind([(100, 40, 10)], streets=HAIRPIN).access.iloc[0]
    assert (row["metres"], row["verdict"]) == (1240.0, "lacking")


def test_lesson_06_the_drawing_holds_no_served_door():
    """People pointed at the map and said: but I live there and the shop is downstairs."""
    assessment = blind([(110, 0, 5), (110, 40, 10), (125, 40, 10)], streets=HAIRPIN)
    (area,) = assessment.blind_areas.geometry
    inside = [area.intersects(point) for point in assessment.doors.geometry]
    assert inside == [False, True, True]


def test_lesson_06_the_drawing_leaves_water_out_and_nobody_with_it():
    """Blind areas in the middle of a lake made the whole map laughable."""
    shape = shapely.box(80, 60, 150, 200)
    lake = table("barriers", [{"kind": "river", "name": "湖"}], [shape], ["b0"])
    dry = blind([(110, 40, 10)], streets=HAIRPIN).blind_areas
    wet = blind([(110, 40, 10)], streets=HAIRPIN, barriers=lake).blind_areas
    assert wet.geometry.iloc[0].area < dry.geometry.iloc[0].area
    assert wet.geometry.iloc[0].intersection(lake.geometry.iloc[0]).area < 1e-15
    assert wet["people"].tolist() == dry["people"].tolist() == [10.0]


def test_lesson_06_an_isochrone_does_not_jump_to_the_far_bank():
    """Two banks 200 m apart, the bridge 600 m away: the far bank is no part of the picture."""
    banks = draw_streets([(0, 0), (700, 0)], [(700, 0), (700, 200)], [(700, 200), (0, 200)])
    district = draw_district((), [(100, 10, 5)], streets=banks)
    drawn = isochrones(
        lay_out(district, WALKERS["standard"]), doors=["d00"], limits=[500, 900], by="metres"
    )
    near, far = GRID.project(drawn.geometry.to_numpy())
    assert near.bounds[3] < 40
    # 900 less 10 to the street, 600 to the bridge and 200 across leaves 90 of the far bank.
    beyond = far.intersection(shapely.box(-100, 150, 640, 300))
    assert beyond.is_empty or beyond.bounds[0] > 575
    assert far.contains(shapely.Point(650, 200))
