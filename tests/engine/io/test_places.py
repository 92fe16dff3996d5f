"""Hold the placing of rows against coordinates gone wrong in every usual way."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from livingcircle import tables
from livingcircle.coordinates import from_wgs84
from livingcircle.errors import CoordinateError
from livingcircle.io._folder.places import place_rows
from livingcircle.tables import TABLES

LON, LAT = 118.78, 32.04
AREA = shapely.box(118.76, 32.03, 118.80, 32.06)
OUTLETS = TABLES["outlets"]


def place(lon, lat, *, system="WGS-84", area=AREA, **columns):
    count = len(lon)
    frame = pd.DataFrame(
        {
            "网点名称": [f"店{i}" for i in range(count)],
            "业态": ["药店"] * count,
            "经度": lon,
            "纬度": lat,
        }
        | columns
    )
    rows = tables.check("outlets", frame, file="a.xlsx").rows.reset_index()
    return place_rows(rows, OUTLETS, file="a.xlsx", system=system, area=area)


def said(placed) -> str:
    return "\n".join(issue.sentence for issue in placed.issues)


@pytest.mark.parametrize("system", ["WGS-84", "CGCS2000", "GCJ-02", "BD-09", "EPSG:4549"])
def test_each_declared_system_ends_in_the_same_place(system):
    lon, lat = from_wgs84([LON], [LAT], system)
    placed = place(lon.astype(str).tolist(), lat.astype(str).tolist(), system=system)
    point = placed.rows.geometry.iloc[0]
    assert (point.x, point.y) == pytest.approx((LON, LAT), abs=1e-8)
    assert placed.rows[["lon", "lat"]].iloc[0].tolist() == pytest.approx([LON, LAT], abs=1e-8)
    assert placed.rows["coordinates"].tolist() == ["WGS-84"]
    assert not placed.issues


def test_a_row_may_name_its_own_system():
    lon, lat = from_wgs84([LON], [LAT], "GCJ-02")
    placed = place([LON, *lon], [LAT, *lat], 坐标系=["", "高德"])
    assert np.ptp(shapely.get_coordinates(placed.rows.geometry.to_numpy()), axis=0).max() < 1e-8


def test_nobody_guesses_a_system():
    with pytest.raises(CoordinateError, match="第 2 行：没有写明经纬度是哪种坐标系"):
        place([LON], [LAT], system="")


def test_degrees_minutes_seconds_and_wide_digits_are_read():
    placed = place(["118°46′48″E", "１１８．７８"], ["北纬32度2分24秒", "３２．０４"])
    assert placed.rows["lon"].tolist() == pytest.approx([LON, LON])
    assert placed.rows["lat"].tolist() == pytest.approx([LAT, LAT])


def test_each_wrong_place_is_refused_with_its_reason():
    placed = place(
        [LAT, 0, None, 500000.0, LON + 5, LON + 0.1, LON],
        [LON, 0, None, 3500000.0, LAT, LAT, LAT],
    )
    lines = said(placed).splitlines()
    assert len(placed.rows) == 2
    assert placed.refused == 5
    expected = [
        (2, "“店0”的经度和纬度填反了。把经度和纬度对调"),
        (3, "“店1”的坐标是 0，不是真实位置"),
        (4, "“店2”没有经纬度，不知道在哪里"),
        (
            5,
            "“店3”的坐标不是经纬度，看起来是以米为单位的投影坐标",
        ),
        (6, "“店4”离街道数据的范围超过 50 公里，不在这个区"),
        (7, "“店5”在街道数据的范围之外，那里的步行距离不清楚"),
    ]
    for row, words in expected:
        assert any(f"第 {row} 行" in line and words in line for line in lines), words
    assert [i.severity for i in placed.issues if i.row == 7] == ["warning"]
    # Also where there is nothing yet, it is these two cells that want something.
    assert {issue.column for issue in placed.issues} == {"经度、纬度"}


def test_a_whole_column_swapped_is_told_once_more_for_the_headers():
    placed = place([LAT] * 5, [LON] * 5)
    assert "“经度”“纬度”两列整列填反了（5 行）。把两列的列名对调后重新导入" in said(placed)


def test_swapped_rows_are_seen_without_streets_too():
    assert "填反了" in said(place([LAT], [LON], area=None))
    assert not place([LON], [LAT], area=None).issues


def test_a_shape_of_the_wrong_kind_is_refused():
    line = shapely.LineString([(LON, LAT), (LON + 0.001, LAT)])
    square = shapely.box(LON, LAT, LON + 0.001, LAT + 0.001)
    frame = pd.DataFrame({"name": ["线", "面"], "trades": ["药店"] * 2, "geometry": [line, square]})
    rows = tables.check("outlets", frame, file="a.gpkg").rows.reset_index()
    placed = place_rows(rows, OUTLETS, file="a.gpkg", area=AREA)
    assert "“线”图形是线，网点应该是点或面" in said(placed)
    assert placed.rows.geometry.geom_type.tolist() == ["Point"]
    assert square.contains(placed.rows.geometry.iloc[0])


def test_a_space_may_have_no_place():
    rows = tables.check("spaces", pd.DataFrame({"空间名称": ["车棚"]}), file="s.xlsx").rows
    placed = place_rows(rows.reset_index(), TABLES["spaces"], file="s.xlsx", area=AREA)
    assert (len(placed.rows), placed.issues) == (1, [])
    assert isinstance(placed.rows, gpd.GeoDataFrame)
