"""Check severance cells on a square kilometre cut by hand."""

from dataclasses import replace

import pytest
import shapely

from livingcircle.errors import InputError
from livingcircle.severance import sever
from tests.engine.worlds import barriers
from tests.engine.worlds import world
from tests.factories.streets import GRID
from tests.factories.streets import draw_streets

EAST_WEST = shapely.LineString([(-100, 600), (1300, 600)])


def test_a_river_makes_two_cells_of_the_land():
    cells = sever(world(4, 4, severed=[("river", EAST_WEST)]), ("river",), GRID)
    assert cells["area_km2"].tolist() == pytest.approx([0.72, 0.72], abs=0.001)
    assert cells["residents"].tolist() == [8 * 1800.0] * 2
    assert cells["doors"].tolist() == [8, 8]
    # 1,200 of 3,600 metres of edge run along the river, and the corners within 25 m of it.
    assert cells["bounded_by"].tolist() == ["区界65%、河流35%"] * 2


def test_water_drawn_as_an_area_is_no_land():
    lake = shapely.box(-100, 500, 1300, 700)
    cells = sever(world(4, 4, severed=[("river", lake)]), ("river",), GRID)
    assert cells["area_km2"].tolist() == pytest.approx([0.6, 0.6], abs=0.001)


def test_only_what_is_asked_for_cuts():
    district = world(4, 4, severed=[("railway", EAST_WEST)])
    assert len(sever(district, ("river", "arterial"), GRID)) == 1
    assert len(sever(district, ("railway",), GRID)) == 2


def test_an_arterial_road_cuts_and_a_small_street_does_not():
    main = [(600, -100), (600, 1300)]
    for highway, count in (("primary", 2), ("trunk", 2), ("residential", 1)):
        district = world(4, 4, streets=draw_streets(main, highway=highway))
        assert len(sever(district, grid=GRID)) == count


def test_the_strip_between_two_carriageways_is_no_cell():
    two = [("expressway", shapely.LineString([(x, -100), (x, 1300)])) for x in (590, 615)]
    assert len(sever(world(4, 4, severed=two), ("expressway",), GRID)) == 2


def test_a_line_that_ends_inside_cuts_nothing():
    spur = shapely.LineString([(-100, 600), (600, 600)])
    assert len(sever(world(4, 4, severed=[("railway", spur)]), grid=GRID)) == 1


def test_people_nobody_counted_are_not_zero():
    cells = sever(world(2, 2, people=float("nan")), grid=GRID)
    assert cells["residents"].isna().all()


def test_an_unknown_kind_is_refused_with_those_there_are():
    with pytest.raises(InputError, match=r"城墙.*river（河流）"):
        sever(world(2, 2), ("城墙",), GRID)


def test_without_communities_the_extent_is_the_land():
    district = world(2, 2, severed=[("river", EAST_WEST)])
    blank = district.communities.assign(geometry=None).set_geometry("geometry", crs="EPSG:4326")
    extent = GRID.unproject(shapely.box(0, 0, 1200, 1200))
    bare = replace(
        district, communities=blank, extent=extent, barriers=barriers(("river", EAST_WEST))
    )
    assert len(sever(bare, grid=GRID)) == 2
