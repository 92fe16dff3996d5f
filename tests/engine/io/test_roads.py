"""Hold the doubts about road files against lines that can be drawn on paper."""

import geopandas as gpd
import pytest
import shapely

from livingcircle.errors import InputError
from livingcircle.io.folder import read_district
from tests.engine.io.osm_files import write_osm

HEAD = '[district]\nname = "小区"\ncoordinates = "WGS-84"\n[[roads]]\nfile = "r.gpkg"\n'
LON, LAT, STEP = 118.78, 32.04, 0.001


def line(*corners):
    return shapely.LineString([(LON + x * STEP, LAT + y * STEP) for x, y in corners])


def read(folder, shapes, **columns):
    """Read a district of nothing but the roads drawn."""
    data = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")
    data.to_file(folder / "r.gpkg")
    (folder / "district.toml").write_text(HEAD, encoding="utf-8")
    return read_district(folder)


def said(district) -> str:
    return "\n".join(district.issues["sentence"])


GRID = [line((0, k), (4, k)) for k in range(5)]


@pytest.mark.parametrize("away", [(0.0, 0.0), (LON + 2, LAT)])
def test_a_road_that_runs_far_away_is_refused_and_the_extent_stays_small(tmp_path, away):
    stray = shapely.LineString([(LON, LAT), away])
    district = read(tmp_path, [*GRID, stray, stray], name=[f"路{k}" for k in range(7)])
    assert len(district.streets) == 5
    assert "道路“路5”有一点离其余道路超过 50 公里" in said(district)
    assert district.extent.bounds[2] < LON + 0.1


def test_roads_on_both_sides_of_the_date_line_are_refused(tmp_path):
    east, west = (shapely.LineString([(x, 1), (x, 1.01)]) for x in (179.99, -179.99))
    with pytest.raises(InputError, match="180 度经线的两侧"):
        read(tmp_path, [east, west], name=["东", "西"])


def test_lengths_in_kilometres_are_not_taken_for_metres(tmp_path):
    metres = 4 * STEP * 94_500
    district = read(tmp_path, GRID, length=[metres / 1000] * 5)
    assert district.streets["length_m"].isna().all()
    assert "像是以公里为单位，这一列没有采用" in said(district)


def test_one_impossible_length_spoils_only_its_own_road(tmp_path):
    metres = 4 * STEP * 94_500
    district = read(tmp_path, GRID, length=[metres] * 4 + [9 * metres])
    assert district.streets["length_m"].notna().sum() == 4
    assert "有 1 条道路写的长度" in said(district)


def test_a_line_of_several_parts_keeps_them_all_under_its_id(tmp_path):
    parts = shapely.MultiLineString([GRID[0], GRID[2], GRID[4]])
    district = read(tmp_path, [parts, GRID[1]], segment_id=["R1", "R2"], length=[900.0, 378.0])
    assert district.streets.index.tolist() == ["R1", "R1-2", "R1-3", "R2"]
    assert district.streets["length_m"].notna().tolist() == [False, False, False, True]


def test_two_nodes_at_one_spot_and_nodes_off_the_earth_do_no_harm(tmp_path):
    nodes = {i: (i, 0) for i in range(1, 6)} | {7: (2, 1), 8: (2, 1)}
    nodes[9] = (-118_780, -32_040, {"shop": "convenience"})  # at (0, 0)
    nodes[10] = (80_000, 0, {"shop": "convenience"})  # beyond the 180th meridian
    road = {"highway": "residential"}
    ways = [(1, [1, 2, 3, 4, 5], road), (2, [7, 8], {**road, "layer": "99999999999999999999"})]
    write_osm(tmp_path / "a.osm.pbf", nodes=nodes, ways=ways)
    head = HEAD.replace("r.gpkg", "a.osm.pbf")
    ledger = "网点名称,业态,经度,纬度\n" + "".join(
        f"店{k},药店,{118.781 + k * STEP},32.0401\n" for k in range(6)
    )
    (tmp_path / "o.csv").write_text(ledger, encoding="utf-8")
    (tmp_path / "district.toml").write_text(
        head + '[[outlets]]\nfile = "o.csv"\n', encoding="utf-8"
    )
    district = read_district(tmp_path)
    assert len(district.streets) == 2
    assert district.streets["layer"].tolist() == [0, 0]
