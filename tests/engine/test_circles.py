"""Check membership and the shape of circles on rectangles whose area is plain."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from livingcircle.circles import check_circles
from livingcircle.circles import circle_areas
from tests.factories.district import draw_district
from tests.factories.district import members_of
from tests.factories.district import table
from tests.factories.streets import GRID
from tests.factories.streets import WGS84
from tests.factories.streets import draw_streets
from tests.factories.streets import lift


def test_doors_and_outlets_belong_where_they_stand():
    district = draw_district(
        [(1500, 10, ["pharmacy"])], [(100, 0, 1.0), (1200, 0, 1.0), (2500, 0, 1.0)]
    )
    got = members_of(district)
    assert got.door_community.tolist() == [0, 1, -1]
    assert got.door_circle.tolist() == [0, 1, -1]
    assert got.outlet_circle.tolist() == [1]


def test_stated_community_wins_over_place():
    got = members_of(draw_district(doors=[(100, 0, 1.0, {"community": "m2"})]))
    assert (got.door_community.tolist(), got.door_circle.tolist()) == ([1], [1])


def test_drawn_boundary_wins_over_membership():
    drawn = table(
        "circles",
        [{"name": "甲圈"}, {"name": "乙圈"}],
        [shapely.box(0, -200, 500, 200), shapely.box(500, -200, 2000, 200)],
        ["c1", "c2"],
    )
    got = members_of(draw_district(doors=[(100, 0, 1.0), (700, 0, 1.0)], circles=drawn))
    assert got.door_circle.tolist() == [0, 1]
    assert got.door_community.tolist() == [0, 0]


def test_part_of_a_community_without_a_boundary_belongs_to_no_circle():
    parts = pd.DataFrame({"circle_id": ["c1"], "community_id": ["m1"], "part": [True]})
    got = members_of(draw_district(doors=[(100, 0, 1.0)], circle_members=parts))
    assert got.door_circle.tolist() == [-1]


def checks(district, population=(8000.0, np.nan)):
    people = pd.Series(population, index=["c1", "c2"])
    rows = check_circles(district, circle_areas(district), people, GRID)
    return rows.set_index(["circle_id", "check"])


def test_area_and_density():
    got = checks(draw_district())
    assert got.loc[("c1", "area"), "value"] == pytest.approx(0.4, abs=1e-3)
    assert got.loc[("c1", "area"), "verdict"] == "served"
    assert got.loc[("c1", "density"), "value"] == pytest.approx(2.0, abs=0.01)
    assert got.loc[("c2", "density"), "verdict"] == "unknown"
    assert got["severity"].loc[("c1", "area")] == "soft"


def test_circle_that_is_too_large_says_by_how_much():
    big = table("circles", [{"name": "大圈"}], [shapely.box(0, 0, 2000, 1500)], ["c1"])
    got = checks(draw_district(circles=big), (1000.0, 0.0)).loc[("c1", "area")]
    assert got["verdict"] == "lacking"
    assert "超出1.00平方公里" in got["reason"]


def test_river_through_a_circle_is_a_hard_fault_and_along_its_border_is_none():
    def river(x):
        line = lift([shapely.LineString([(x, -500), (x, 500)])])
        return gpd.GeoDataFrame({"kind": ["river"], "name": ["内河"]}, geometry=line, crs=WGS84)

    through = checks(draw_district(barriers=river(500)))
    assert through.loc[("c1", "crosses_river"), "verdict"] == "lacking"
    assert through.loc[("c1", "crosses_river"), "severity"] == "hard"
    assert through.loc[("c2", "crosses_river"), "verdict"] == "served"
    border = checks(draw_district(barriers=river(1000)))
    assert border.loc[("c1", "crosses_river"), "verdict"] == "served"


def test_arterial_road_through_a_circle_wants_a_reason():
    roads = draw_streets([(500, -500), (500, 500)], highway="primary")
    got = checks(draw_district(streets=roads)).loc[("c1", "crosses_arterial")]
    assert (got["verdict"], got["severity"]) == ("lacking", "soft")


def test_circle_without_a_boundary_is_unknown():
    parts = pd.DataFrame({"circle_id": ["c1"], "community_id": ["m1"], "part": [True]})
    got = checks(draw_district(circle_members=parts))
    assert set(got.loc["c1", "verdict"]) == {"unknown"}
