"""Hold coordinates against independent libraries, and labels against streets drawn here."""

import warnings

import eviltransform
import geopandas as gpd
import numpy as np
import prcoords
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from livingcircle.coordinates import LocalGrid
from livingcircle.coordinates import from_wgs84
from livingcircle.coordinates import geodesic_area
from livingcircle.coordinates import geodesic_length
from livingcircle.coordinates import is_projected
from livingcircle.coordinates import outside_china
from livingcircle.coordinates import parse_angle
from livingcircle.coordinates import suspect_label
from livingcircle.coordinates import system_name
from livingcircle.coordinates import to_wgs84
from livingcircle.errors import CoordinateError

GEOD = Geod(ellps="GRS80")
WGS84_GEOD = Geod(ellps="WGS84")
MILLIMETRE = 1e-8  # degrees
# eviltransform lays the formula on another ellipsoid (6,378,137 m instead of 6,378,245 m).
TWO_CENTIMETRES = 3e-7
LON, LAT = st.floats(75.0, 134.0), st.floats(5.0, 53.0)
SYSTEMS = ["WGS-84", "CGCS2000", "GCJ-02", "BD-09"]


# ── datums ──────────────────────────────────────────────────────────────────────────────────────


@given(LON, LAT, st.sampled_from([*SYSTEMS, "EPSG:4547", "EPSG:4490", "EPSG:3857"]))
def test_there_and_back_is_less_than_a_millimetre(lon, lat, system):
    if system == "EPSG:4547":
        lon = 114.0 + (lon - 105.0) / 20.0
    there = from_wgs84(lon, lat, system)
    assert to_wgs84(*there, system) == pytest.approx((lon, lat), abs=MILLIMETRE)


@given(LON, LAT)
def test_two_other_libraries_agree(lon, lat):
    here = from_wgs84(lon, lat, "GCJ-02")
    east, north = eviltransform.wgs2gcj(lat, lon)[::-1]
    assert here == pytest.approx((east, north), abs=TWO_CENTIMETRES)
    theirs = prcoords.wgs_gcj((lat, lon))
    assert here == pytest.approx((theirs.lon, theirs.lat), abs=MILLIMETRE)
    baidu = from_wgs84(lon, lat, "BD-09")
    theirs = prcoords.wgs_bd((lat, lon))
    assert baidu == pytest.approx((theirs.lon, theirs.lat), abs=MILLIMETRE)
    assert baidu == pytest.approx(eviltransform.wgs2bd(lat, lon)[::-1], abs=TWO_CENTIMETRES)


@given(LON, LAT)
def test_our_inverse_is_at_least_as_exact_as_theirs(lon, lat):
    there = from_wgs84(lon, lat, "GCJ-02")
    theirs = eviltransform.gcj2wgs_exact(there[1], there[0])[::-1]
    # Theirs stops within about a metre; ours goes on.
    assert to_wgs84(*there, "GCJ-02") == pytest.approx(theirs, abs=3e-5)
    assert to_wgs84(*there, "GCJ-02") == pytest.approx((lon, lat), abs=MILLIMETRE)


def test_the_shift_over_beijing_is_half_a_kilometre():
    lon, lat = np.meshgrid(np.linspace(116.0, 117.0, 20), np.linspace(39.5, 40.5, 20))
    moved = from_wgs84(lon.ravel(), lat.ravel(), "GCJ-02")
    shift = WGS84_GEOD.inv(lon.ravel(), lat.ravel(), *moved)[2]
    assert 480 < shift.min() < shift.max() < 620


def test_arrays_keep_their_shape_and_nan_stays():
    lon, _ = to_wgs84([[116.3, np.nan]], [[39.9, 39.9]], "BD-09")
    assert lon.shape == (1, 2)
    assert np.isnan(lon[0, 1])
    assert np.isfinite(lon[0, 0])


def test_nothing_is_shifted_abroad():
    assert outside_china([2.35, 116.4], [48.86, 39.9]).tolist() == [True, False]
    for system in ("GCJ-02", "BD-09"):
        assert from_wgs84(2.35, 48.86, system) == (2.35, 48.86)
        assert to_wgs84(2.35, 48.86, system) == (2.35, 48.86)


def test_projected_coordinates_are_east_then_north():
    lon, lat = to_wgs84(500_000.0, 3_540_000.0, "EPSG:4547")
    assert lon == pytest.approx(114.0)
    assert 31.9 < lat < 32.1
    assert np.isnan(to_wgs84(1e12, 1e12, "EPSG:4547")).all()


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("wgs84", "WGS-84"), ("ＷＧＳ－８４", "WGS-84"), ("EPSG:4326", "WGS-84"),
        ("天地图", "WGS-84"),
        ("国家2000", "CGCS2000"), ("4490", "CGCS2000"), ("高德", "GCJ-02"), ("gcj02", "GCJ-02"),
        ("火星坐标", "GCJ-02"), ("百度", "BD-09"), ("bd09ll", "BD-09"), ("epsg：4547", "EPSG:4547"),
        ("4547", "EPSG:4547"),
    ],
)  # fmt: skip
def test_systems_go_by_many_names(written, name):
    assert system_name(written) == name
    assert is_projected(written) == (name == "EPSG:4547")


@pytest.mark.parametrize("written", ["", "北京54", "EPSG:99999", "EPSG:12"])
def test_an_unknown_system_is_told(written):
    with pytest.raises(CoordinateError, match="不认识坐标系"):
        system_name(written)


# ── angles ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("written", "degrees"),
    [
        (116.35, 116.35), (116, 116.0), ("116.35", 116.35), ("１１６．３５", 116.35),
        ("116,35", 116.35), (" 116 . 35 ", 116.35), ("116.35°", 116.35), ("+116.35", 116.35),
        ("-33.5", -33.5), ("−33.5", -33.5), ("116°21′00″E", 116.35), ("116°21'00\"", 116.35),
        ("116°21'", 116.35), ("116º 21’ 00”", 116.35), ("东经116度21分0秒", 116.35),
        ("东经116°21′", 116.35), ("E116°21′00″", 116.35), ("116 21 00", 116.35),
        ("116:21:00", 116.35), ("40°22′36.5″N", 40.376805556), ("北纬40°", 40.0),
        ("33°30′S", -33.5), ("西经0.5", -0.5), ("116.35,", 116.35), ("0", 0.0),
    ],
)  # fmt: skip
def test_angles_as_people_type_them(written, degrees):
    assert parse_angle(written) == pytest.approx(degrees, abs=1e-9)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("", "经纬度是空的"), ("   ", "经纬度是空的"), ("约300", "不是经纬度"),
        ("abc", "不是经纬度"), ("116E21", "不是经纬度"),
        ("116°61′", "不小于 60"), ("116°21′75″", "不小于 60"), ("116.35,39.9", "一格"),
        ("116.35E 39.9N", "一格"), ("4471234.5", "超出经纬度的范围"), (float("nan"), "超出"),
        ("1e5", "不是经纬度"), ("116..35", "不是经纬度"),
    ],
)  # fmt: skip
def test_what_is_no_angle_is_told(written, says):
    with pytest.raises(CoordinateError, match=says):
        parse_angle(written)


# ── metres ──────────────────────────────────────────────────────────────────────────────────────


@given(
    st.floats(-179.0, 179.0), st.floats(-60.0, 60.0),
    st.floats(-10_000, 10_000), st.floats(-10_000, 10_000),
    st.floats(0.0, 360.0), st.floats(1.0, 5_000.0),
)  # fmt: skip
def test_grid_lengths_are_ground_lengths(lon0, lat0, east, north, heading, length):
    grid = LocalGrid(round(lon0, 1), round(lat0, 1))
    start = grid.unproject_xy(east, north)
    end = GEOD.fwd(*start, heading, length)[:2]
    x, y = grid.project_xy(*np.column_stack([start, end]))
    assert np.hypot(x[1] - x[0], y[1] - y[0]) == pytest.approx(length, rel=1e-5)


@given(st.floats(-20_000, 20_000), st.floats(-20_000, 20_000))
def test_the_grid_goes_there_and_back(east, north):
    grid = LocalGrid(116.8, 40.4)
    assert grid.project_xy(*grid.unproject_xy(east, north)) == pytest.approx(
        (east, north), abs=1e-6
    )


def test_one_district_always_gets_one_grid():
    box = shapely.box(118.76, 32.03, 118.79, 32.06)
    grid = LocalGrid.around(box)
    assert grid == LocalGrid(118.8, 32.0)
    assert grid == LocalGrid.around(box.bounds) == LocalGrid.around(gpd.GeoSeries([box]))
    assert grid == LocalGrid.around([box, None])


def test_geometries_keep_their_kind_index_and_gaps():
    grid = LocalGrid(118.8, 32.0)
    series = gpd.GeoSeries([shapely.Point(118.8, 32.0), None], index=["a", "b"], crs="EPSG:4326")
    plane = grid.project(series)
    assert plane.index.tolist() == ["a", "b"]
    assert plane.crs == grid.crs
    assert plane["b"] is None
    assert shapely.get_coordinates(plane["a"]) == pytest.approx(np.zeros((1, 2)), abs=1e-6)
    back = grid.unproject(plane)
    assert back["a"].equals_exact(series["a"], 1e-9)
    with pytest.raises(CoordinateError, match="已经是投影坐标"):
        grid.project(plane)


@pytest.mark.parametrize("place", [(np.nan, 0, 1, 1), (400_000, 3_500_000, 400_100, 3_500_100)])
def test_a_grid_needs_a_place_on_earth(place):
    with pytest.raises(CoordinateError):
        LocalGrid.around(place)


def test_lengths_and_areas_agree_with_geographiclib():
    shapes, areas = [], []
    rng = np.random.default_rng(0)
    for _ in range(50):
        lon, lat = rng.uniform(80, 130), rng.uniform(18, 50)
        angles = np.sort(rng.uniform(0, 2 * np.pi, 12))
        ring = np.column_stack([lon + 0.01 * np.cos(angles), lat + 0.01 * np.sin(angles)])
        shapes.append(shapely.Polygon(ring))
        areas.append(abs(WGS84_GEOD.polygon_area_perimeter(*ring.T)[0]))
    assert geodesic_area(shapes) == pytest.approx(areas, rel=1e-3)
    on_grid = [shapely.area(LocalGrid.around(one).project(one)) for one in shapes]
    assert on_grid == pytest.approx(areas, rel=1e-3)
    lines = [one.exterior for one in shapes]
    expected = [WGS84_GEOD.line_length(*np.array(line.coords).T) for line in lines]
    assert geodesic_length(lines) == pytest.approx(expected, rel=1e-3)
    assert geodesic_length(lines[0]) == pytest.approx(expected[0], rel=1e-3)


def test_lines_measured_together_are_as_long_as_each_alone():
    rng = np.random.default_rng(3)
    lines = [
        shapely.LineString(np.array([116.8, 40.4]) + rng.uniform(-0.01, 0.01, (n, 2)))
        for n in (2, 3, 40, 2)
    ]
    lines += [shapely.MultiLineString(lines[:2]), shapely.LineString(), None, lines[2]]
    alone = [0.0 if line is None else geodesic_length(line) for line in lines]
    assert geodesic_length(np.array(lines, dtype=object)).tolist() == alone
    assert geodesic_length([]).tolist() == []


def test_holes_take_area_away_whatever_way_they_turn():
    outer, inner = shapely.box(118, 32, 118.02, 32.02), shapely.box(118.005, 32.005, 118.01, 32.01)
    for hole in (inner.exterior.coords, inner.exterior.coords[::-1]):
        ring = shapely.Polygon(outer.exterior.coords, [list(hole)])
        left = geodesic_area(outer) - geodesic_area(inner)
        assert geodesic_area(ring) == pytest.approx(left, rel=1e-9)
    assert geodesic_area([None, outer])[0] == 0.0


# ── labels ──────────────────────────────────────────────────────────────────────────────────────

GRID = LocalGrid(118.8, 32.0)


def town(seed: int) -> np.ndarray:
    """Draw an irregular town of 2.4 km: streets 60 to 180 m apart, one point every 10 m."""
    rng = np.random.default_rng(seed)
    along = np.arange(0.0, 2400.0, 10.0)
    rows = []
    for axis in (0, 1):
        for at in np.cumsum(rng.uniform(60, 180, 18)):
            bent = at + 15 * np.sin(along / rng.uniform(150, 400) + rng.uniform(0, 6))
            street = np.column_stack([along, bent])
            rows.append(street if axis == 0 else street[:, ::-1])
    return np.concatenate(rows)


def shops(streets: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Stand shops 5 to 40 m beside the streets."""
    rng = np.random.default_rng(seed)
    turn, away = rng.uniform(0, 2 * np.pi, count), rng.uniform(5, 40, count)
    aside = np.column_stack([np.cos(turn), np.sin(turn)]) * away[:, None]
    return streets[rng.integers(0, len(streets), count)] + aside


def degrees(xy: np.ndarray) -> np.ndarray:
    return np.column_stack(GRID.unproject_xy(*xy.T))


def file_of(places: np.ndarray, true: str, declared: str) -> np.ndarray:
    """Return what is read from a file that holds ``true`` coordinates and says ``declared``."""
    return np.column_stack(to_wgs84(*from_wgs84(*places.T, true), declared))


@pytest.mark.parametrize("true", ["WGS-84", "GCJ-02", "BD-09"])
@pytest.mark.parametrize("declared", ["WGS-84", "CGCS2000", "GCJ-02", "BD-09"])
def test_every_mix_up_is_found_and_no_right_label_doubted(true, declared):
    right = true == declared or {true, declared} == {"WGS-84", "CGCS2000"}
    for seed in range(8):
        streets = town(seed)
        places = degrees(shops(streets, 40, seed))
        found = suspect_label(file_of(places, true, declared), degrees(streets), declared)
        if right:
            assert found is None
        else:
            assert (found.declared, found.likely, found.swapped) == (declared, true, False)
            assert found.shift_m > 100
            assert found.likely_m < 20 < found.declared_m


def test_the_sentence_says_what_how_far_and_what_to_write():
    streets = town(1)
    places = file_of(degrees(shops(streets, 60, 1)), "GCJ-02", "WGS-84")
    found = suspect_label(places, degrees(streets), "wgs84")
    assert found.sentence == (
        f"坐标写明是 WGS-84，但更像 GCJ-02：按 WGS-84，一半的点离最近的街道超过 "
        f"{found.declared_m:.0f} 米，按 GCJ-02 是 {found.likely_m:.0f} 米，两者相差 "
        f"{found.shift_m:.0f} 米。核对来源，属实就在 district.toml 里把这个文件写成 "
        f'coordinates = "GCJ-02"。'
    )
    assert 400 < found.shift_m < 700


def test_swapped_columns_are_found():
    streets = town(2)
    places = degrees(shops(streets, 30, 2))[:, ::-1]
    found = suspect_label(places, degrees(streets), "WGS-84")
    assert found.swapped
    assert found.sentence.startswith("经度和纬度像是整列填反了")
    assert np.isnan(found.declared_m)


def test_neighbouring_zones_are_told_apart():
    streets = town(3)
    raw = from_wgs84(*degrees(shops(streets, 30, 3)).T, "EPSG:4548")
    places = np.column_stack(to_wgs84(*raw, "EPSG:4549"))
    found = suspect_label(places, degrees(streets), "EPSG:4549")
    assert found.likely == "EPSG:4548"
    assert 'coordinates = "EPSG:4548"' in found.remedy


def test_shifted_degrees_that_were_projected_cannot_be_declared():
    streets = town(4)
    places = file_of(degrees(shops(streets, 40, 4)), "GCJ-02", "WGS-84")
    found = suspect_label(places, degrees(streets), "EPSG:4548")
    assert found.likely == "GCJ-02"
    assert "重新导出" in found.remedy


@pytest.mark.parametrize("count", [0, 1, 4])
def test_few_points_decide_nothing(count):
    streets = town(5)
    places = file_of(degrees(shops(streets, count, 5)), "GCJ-02", "WGS-84")
    assert suspect_label(places, degrees(streets), "WGS-84") is None


def test_many_shops_at_one_place_are_one_witness():
    streets = town(6)
    places = file_of(degrees(np.repeat(shops(streets, 4, 6), 25, axis=0)), "GCJ-02", "WGS-84")
    assert suspect_label(places, degrees(streets), "WGS-84") is None


def test_nothing_is_said_where_there_are_no_streets_or_points():
    places = degrees(shops(town(7), 30, 7))
    assert suspect_label(places, np.empty((0, 2)), "WGS-84") is None
    assert suspect_label(np.full((30, 2), np.nan), places, "WGS-84") is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert suspect_label(places + 30.0, degrees(town(7)), "WGS-84") is None
