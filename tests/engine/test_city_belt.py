"""Hold the belt to its promise: never narrower than asked, never wider than need be."""

from dataclasses import replace

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from livingcircle._city.belt import grow
from livingcircle._city.belt import joined_extent
from livingcircle._city.belt import touch
from livingcircle._city.belt import zone_of
from livingcircle._city.layout import district_of
from livingcircle._city.layout import folder_of
from livingcircle._city.reading import read_with_belt
from tests.factories.city import packed
from tests.factories.district import draw_district
from tests.factories.streets import lift

GROUND = Geod(ellps="GRS80")


@given(st.floats(-60, 60), st.floats(70, 130), st.floats(1, 10_000), st.floats(0, 360))
def test_nothing_within_the_belt_is_left_out(lat, lon, metres, azimuth):
    """Whoever walks so far in any direction is still in the box."""
    box = grow((lon, lat, lon, lat), metres)
    x, y, _ = GROUND.fwd(lon, lat, azimuth, metres)
    assert touch(box, (x, y, x, y))
    # Nor is it much wider: half as far again is outside, along one axis at least.
    for way in (0, 90, 180, 270):
        x, y, _ = GROUND.fwd(lon, lat, way, 1.5 * metres + 1)
        assert not touch(box, (x, y, x, y))


def test_a_ring_does_not_read_what_lies_in_its_hole():
    """Doors on a ring of 6 km around a centre leave the centre out of a belt of 1 km."""
    ring = shapely.Point(0, 0).buffer(6000).exterior
    doors = gpd.GeoSeries(lift([ring.interpolate(m) for m in range(0, 37_000, 100)]))
    nothing = gpd.GeoSeries([None, shapely.Polygon()])
    zone = zone_of([doors, nothing], 1000.0)
    centre, near = lift([shapely.Point(0, 0), shapely.Point(5100, 0)])
    assert not zone.contains(centre)
    assert zone.contains(near)
    assert shapely.box(*zone.bounds).contains(centre)


def test_borders_drawn_apart_leave_no_hole_in_what_is_known():
    """Thirty metres between two extents are a slip of the pen, three hundred are not."""
    left = lift([shapely.box(0, 0, 1000, 1000)])[0]
    zone = lift([shapely.box(-5000, -5000, 5000, 5000)])[0]
    for gap, holds in ((30, True), (300, False)):
        right = lift([shapely.box(1000 + gap, 0, 2000, 1000)])[0]
        between = lift([shapely.Point(1000 + gap / 2, 500)])[0]
        assert joined_extent([left, right], zone).contains(between) is holds
    assert joined_extent([left], zone).area == pytest.approx(left.area)


def test_a_neighbour_that_promises_nothing_is_told(tmp_path):
    own = draw_district([(500, 10, ["pharmacy"])], [(400, 10, 90)], complete=["pharmacy"])
    other = draw_district([(700, 10, ["pharmacy"])], [(900, 10, 50)])
    city = packed([replace(own, name="南区"), replace(other, name="北区")], tmp_path / "city")
    back, _ = read_with_belt(city, "南区", ("北区",), 1000.0)
    assert list(back.issues["problem"].str.contains("没有保证哪个业态登记全了")) == [True]
    assert back.complete_trades() == {"pharmacy"}
    back, _ = read_with_belt(city, "北区", ("南区",), 1000.0)
    assert len(back.issues) == 0
    # What the neighbour promises, 北区 does not.
    assert back.complete_trades() == frozenset()
    assert [source.file for source in back.sources] == ["outlets.xlsx", "南区/outlets.xlsx"]


def test_streets_of_neighbours_do_not_stand_in_for_ones_own(tmp_path):
    """A district without streets is measured by straight lines, as it always was."""
    bare = draw_district([], [(400, 10, 90)])
    bare = replace(bare, name="南区", streets=bare.streets.iloc[:0])
    city = packed([bare, replace(draw_district(), name="北区")], tmp_path / "city")
    back, _ = read_with_belt(city, "南区", ("北区",), 1000.0)
    assert len(back.streets) == 0


@given(st.text(min_size=1, max_size=20))
def test_any_name_comes_back_from_its_folder(name):
    folder = folder_of(name)
    assert "/" not in folder
    assert not folder.endswith((".", " "))
    assert district_of(folder) == name
    assert district_of(name) is None or name.startswith("district=")
