"""Tests: what there is, laid out as tables."""

from dataclasses import replace

import pytest
import shapely

from livingcircle.assessment import assess
from livingcircle.inventory import circle_limits
from livingcircle.standards import load_standard
from tests.factories.district import draw_district
from tests.factories.standards import reach
from tests.factories.standards import write_standard
from tests.factories.streets import lift

PHARMACY = reach("pharmacy")


def run(outlets=(), doors=((500, 5, 10),), requirements=(PHARMACY,), **layers):
    """Return an assessment of a hand-drawn district."""
    return assess(draw_district(outlets, doors, **layers), write_standard(*requirements))


def test_doors_and_outlets_name_their_units_and_streets():
    got = run([(1500, -7, ["pharmacy"])])
    door, shop = got.doors.iloc[0], got.outlets.iloc[0]
    assert (door["community_id"], door["circle_id"], door["leg_m"]) == ("m1", "c1", 5.0)
    assert (shop["community_id"], shop["circle_id"], shop["side"]) == ("m2", "c2", "right")


def test_outlets_that_no_street_leads_to_are_listed_for_repair():
    got = run([(1500, 300, ["pharmacy"])])
    assert got.repairs["kind"].tolist() == ["outlet_off_street"]
    assert "1家网点" in got.repairs["sentence"][0]


def test_an_outlet_nobody_can_reach_makes_absence_doubtful():
    """An open shop 250 m away by the crow, walled in, used to count as no shop at all."""
    got = run([(500, 255, ["pharmacy"])], complete=["pharmacy"])
    row = got.access.iloc[0]
    assert (row["verdict"], "接不上道路" in row["reason"]) == ("unknown", True)
    far = run([(500, 900, ["pharmacy"])], complete=["pharmacy"])
    assert far.access.iloc[0]["verdict"] == "lacking"


@pytest.mark.parametrize(
    ("rules", "area", "density"),
    [
        ([], 2.0, (10_000.0, 30_000.0)),
        ([{"id": "a", "rule": "measure", "measure": "area_km2", "most": 1.5}], 1.5, (1e4, 3e4)),
        (
            [{"id": "d", "rule": "measure", "measure": "density", "least": 5000, "most": 9000}],
            2.0,
            (5000.0, 9000.0),
        ),
    ],
)
def test_circles_are_held_against_the_standards_own_limits(rules, area, density):
    limits = circle_limits(write_standard(PHARMACY, *rules))
    assert (limits.area_km2, limits.density) == (area, density)


def test_miyun_limits_its_circles_to_two_square_kilometres():
    assert circle_limits(load_standard("miyun_2023")).area_km2 == 2.0


def test_a_split_community_answers_to_the_circle_where_most_of_it_lives():
    """Its gaps used to belong to no circle, and to no circle's plan."""
    district = draw_district(
        [], [(100, 0, 10), (600, 0, 70), (900, 0, 30), (1500, 0, 5)], complete=["pharmacy"]
    )
    members = district.circle_members.iloc[[0, 0, 1]].assign(
        circle_id=["c1", "c2", "c2"], part=[True, True, False]
    )
    drawn = lift([shapely.box(0, -200, 650, 200), shapely.box(650, -200, 2000, 200)])
    split = replace(
        district,
        circle_members=members.reset_index(drop=True),
        circles=district.circles.set_geometry(drawn, crs="EPSG:4326"),
    )
    gaps = assess(split, write_standard(reach("pharmacy", level="community"))).gaps
    assert set(gaps.loc[gaps["unit_id"] == "m1", "circle_id"]) == {"c1"}


def test_outlets_of_a_community_nobody_drew_are_its_own_stock():
    """Without a polygon every shop used to stand outside, and the stock was zero."""
    district = draw_district([(480, 0, ["pharmacy"]), (1500, 0, ["pharmacy"])], [])
    shapes = district.communities.geometry.copy()
    shapes["m1"] = None
    doors = draw_district([], [(500, 5, 10)]).doors.assign(community="m1")
    undrawn = replace(district, communities=district.communities.set_geometry(shapes), doors=doors)
    got = assess(undrawn, write_standard(PHARMACY))
    assert got.outlets["community_id"].tolist() == ["m1", "m2"]
