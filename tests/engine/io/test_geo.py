"""Hold the layer reader against small layers in every format, system and encoding."""

import json
import re
import warnings
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from livingcircle.coordinates import from_wgs84
from livingcircle.errors import CoordinateError
from livingcircle.errors import InputError
from livingcircle.errors import TableError
from livingcircle.io import geo
from livingcircle.io._geo.shapes import repair

LON, LAT = 116.843, 40.377
POINTS = [shapely.Point(LON, LAT), shapely.Point(LON + 0.01, LAT)]
BOW_TIE = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
NAMES = ["果园便民超市", "北京药店"]


def layer(shapes=None, names=None, crs="EPSG:4326") -> gpd.GeoDataFrame:
    shapes = POINTS if shapes is None else shapes
    return gpd.GeoDataFrame({"name": names or NAMES[: len(shapes)]}, geometry=shapes, crs=crs)


def shapefile(folder: Path, frame: gpd.GeoDataFrame, encoding: str, cpg: str | None = None) -> Path:
    path = folder / "a.shp"
    with warnings.catch_warnings():  # GDAL says when it cuts a long text
        warnings.simplefilter("ignore", RuntimeWarning)
        pyogrio.write_dataframe(frame, path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    return path


def close_to(rows: gpd.GeoDataFrame, shapes=POINTS) -> bool:
    found = shapely.get_coordinates(rows.geometry.to_numpy())
    return bool(np.abs(found - shapely.get_coordinates(shapes)).max() < 1e-7)


@pytest.mark.parametrize("kind", ["gpkg", "geojson", "parquet"])
def test_layers_come_back_in_degrees_with_their_numbers(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    frame = layer()
    if kind == "parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    read = geo.read_layer(path)
    assert read.rows["name"].tolist() == NAMES
    assert read.rows.index.tolist() == [1, 2]
    assert close_to(read.rows)
    assert (read.system, read.issues) == ("WGS-84", [])


@pytest.mark.parametrize("number", [4490, 4547, 4548, 4527, 32650, 3857])
def test_the_declared_system_of_a_layer_is_honoured(tmp_path, number):
    layer().to_crs(number).to_file(tmp_path / "a.gpkg")
    assert close_to(geo.read_layer(tmp_path / "a.gpkg").rows)


def test_a_prj_file_of_a_three_degree_zone_is_honoured(tmp_path):
    path = shapefile(tmp_path, layer().to_crs(4548), "UTF-8")
    assert "Gauss" in path.with_suffix(".prj").read_text()
    assert close_to(geo.read_layer(path).rows)


@pytest.mark.parametrize(
    ("encoding", "cpg"),
    [("UTF-8", None), ("UTF-8", "UTF-8"), ("GBK", None), ("GBK", "GBK"), ("GBK", "936"),
     ("GBK", "UTF-8"), ("UTF-8", "ISO-8859-1x")],
)  # fmt: skip
def test_shapefiles_are_read_in_the_encoding_they_really_have(tmp_path, encoding, cpg):
    frame = layer().rename(columns={"name": "名称"})
    read = geo.read_layer(shapefile(tmp_path, frame, encoding, cpg))
    assert list(read.rows.columns) == ["名称", "geometry"]
    assert read.rows["名称"].tolist() == NAMES


def test_a_text_cut_inside_its_last_character_loses_only_that(tmp_path):
    long = "果" * 60 + "a" + "园" * 67  # 255 bytes end in the middle of a character
    read = geo.read_layer(shapefile(tmp_path, layer(names=[long, "乙"]), "GBK"))
    text = read.rows["name"].iloc[0]
    assert long.startswith(text)
    assert len(text) >= 126


def test_a_declared_encoding_that_does_not_fit_is_told(tmp_path):
    path = shapefile(tmp_path, layer(), "GBK")
    with pytest.raises(InputError, match="属性表的文字不是 UTF-8 编码"):
        geo.read_layer(path, encoding="UTF-8")


def test_a_layer_without_a_system_is_never_guessed_at(tmp_path):
    path = shapefile(tmp_path, layer(), "UTF-8")
    path.with_suffix(".prj").unlink()
    with pytest.raises(
        CoordinateError, match=re.escape("文件没有写明坐标系。在 district.toml 里用 coordinates")
    ):
        geo.read_layer(path)
    assert close_to(geo.read_layer(path, fallback="WGS-84").rows)
    assert geo.read_layer(path, coordinates="CGCS2000").system == "CGCS2000"


def test_a_declared_gcj02_is_stronger_than_a_label_of_4326(tmp_path):
    lon, lat = from_wgs84(*shapely.get_coordinates(POINTS).T, "GCJ-02")
    layer(shapely.points(lon, lat)).to_file(tmp_path / "a.gpkg")
    assert not close_to(geo.read_layer(tmp_path / "a.gpkg").rows)
    read = geo.read_layer(tmp_path / "a.gpkg", coordinates="GCJ-02")
    assert close_to(read.rows)
    assert read.system == "GCJ-02"


def test_a_geojson_that_does_not_say_takes_the_district_s_system(tmp_path):
    lon, lat = from_wgs84([LON], [LAT], "GCJ-02")
    point = {"type": "Point", "coordinates": [float(lon[0]), float(lat[0])]}
    feature = {"type": "Feature", "properties": {"name": "甲"}, "geometry": point}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert geo.read_layer(path).system == "WGS-84"
    assert close_to(geo.read_layer(path, fallback="GCJ-02").rows, POINTS[:1])


def test_a_layer_among_several_is_asked_for(tmp_path):
    path = tmp_path / "a.gpkg"
    geo.write_geopackage(path, {"一": layer(), "outlets": layer(POINTS[:1])})
    with pytest.raises(
        TableError, match=re.escape("有 2 个图层：一、outlets。在 district.toml 里用 layer 写明")
    ):
        geo.read_layer(path)
    with pytest.raises(TableError, match="没有名为“二”的图层"):
        geo.read_layer(path, layer="二")
    assert len(geo.read_layer(path, prefer=("outlets",)).rows) == 1
    assert len(geo.read_layer(path, layer="一").rows) == 2


def test_a_bow_tie_keeps_both_halves_and_the_change_is_told():
    fixed, issues = repair(gpd.GeoSeries([BOW_TIE], index=[7]), "a.gpkg", "")
    assert fixed.iloc[0].area == pytest.approx(0.5)  # buffer(0) would keep 0.25
    assert "a.gpkg，第 7 行：图形自己相交，修复后面积变化 100%" in issues[0].sentence
    assert issues[0].severity == "review"


def test_a_tiny_repair_is_only_noted():
    spike = shapely.Polygon([(0, 0), (1, 0), (1, 1), (0.5, 1), (0.5, 1.2), (0.5, 1), (0, 1)])
    fixed, issues = repair(gpd.GeoSeries([spike], index=[1]), "a", "")
    assert fixed.iloc[0].geom_type == "Polygon"
    assert "已修复，面积变化 0.00%" in issues[0].sentence


def test_a_ring_that_is_not_closed_is_closed(tmp_path):
    ring = [[LON, LAT], [LON + 0.01, LAT], [LON + 0.01, LAT + 0.01], [LON, LAT + 0.01]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"name": "甲"}, "geometry": shape}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert geo.read_layer(path).rows.geometry.iloc[0].area == pytest.approx(1e-4)


def test_shapes_with_nan_or_nothing_are_emptied():
    with np.errstate(invalid="ignore"):
        broken = shapely.linestrings([[0, 0], [np.nan, 1], [2, 2]])
    series = gpd.GeoSeries([broken, shapely.Point(), None, POINTS[0]], index=[1, 2, 3, 4])
    fixed, issues = repair(series, "a", "")
    assert [shape is None for shape in fixed] == [True, True, True, False]
    assert "不是数字的坐标" in issues[0].sentence
    assert len(issues) == 1


def test_heights_are_dropped(tmp_path):
    layer([shapely.Point(LON, LAT, 50.0)]).to_file(tmp_path / "a.gpkg")
    assert not geo.read_layer(tmp_path / "a.gpkg").rows.geometry.iloc[0].has_z


def test_text_layers_with_wkt_or_degrees(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"name,wkt\n甲,POINT ({LON} {LAT})\n乙,\n", encoding="gbk")
    rows = geo.read_layer(path, coordinates="WGS-84").rows
    assert rows.geometry.iloc[0].equals(POINTS[0])
    assert rows.geometry.iloc[1] is None
    path.write_text(f"name,经度,纬度\n甲,116°50′34.8″E,{LAT}\n乙,,\n", encoding="utf-8")
    rows = geo.read_layer(path, coordinates="WGS-84").rows
    assert close_to(rows.iloc[:1], POINTS[:1])
    assert rows.geometry.iloc[1] is None
    path.write_text("name\n甲\n", encoding="utf-8")
    with pytest.raises(TableError, match="没有坐标列"):
        geo.read_layer(path, coordinates="WGS-84")


def test_kml_without_entities_is_read(tmp_path):
    point = f"<Point><coordinates>{LON},{LAT}</coordinates></Point>"
    place = f"<Placemark><name>甲</name>{point}</Placemark>"
    text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{place}</Document></kml>'
    (tmp_path / "a.kml").write_text(text, encoding="utf-8")
    assert close_to(geo.read_layer(tmp_path / "a.kml").rows, POINTS[:1])


def test_a_damaged_layer_is_a_sentence(tmp_path):
    (tmp_path / "a.gpkg").write_bytes(b"SQLite format 3\0" + b"\xff" * 52 + b"GPKG" + b"\xff" * 500)
    with pytest.raises(InputError, match="这个图层读不出来，可能已损坏"):
        geo.read_layer(tmp_path / "a.gpkg")
    (tmp_path / "a.parquet").write_bytes(b"PAR1" + b"\xff" * 50 + b"PAR1")
    with pytest.raises(InputError, match="这个图层读不出来"):
        geo.read_layer(tmp_path / "a.parquet")


def geoparquet(path, about=None, shapes=None, **column):
    """Write a GeoParquet file, parts of its description or its shapes replaced."""
    gpd.GeoDataFrame({"name": ["甲"]}, geometry=[shapely.Point(LON, LAT)], crs=4326).to_parquet(
        path
    )
    table = pq.read_table(path)
    told = json.loads(table.schema.metadata[b"geo"])
    told["columns"]["geometry"] |= column
    told |= about or {}
    if shapes is not None:
        table = table.set_column(1, "geometry", shapes)
    table = table.replace_schema_metadata({b"geo": json.dumps(told).encode()})
    pq.write_table(table, path)
    return path


@pytest.mark.parametrize(
    "spoiled",
    [
        {"about": {"primary_column": "shape"}},
        {"about": {"columns": {}}},
        {"about": {"columns": {"geometry": 3}}},
        {"encoding": "XYZ"},
        {"crs": "nonsense"},
        {"shapes": pa.array([b"\x01junk"])},
        {"shapes": pa.array(["POINT (118.78 32.04)"])},
        {"shapes": pa.array([[118.78, 32.04]])},
    ],
)
def test_a_geoparquet_that_lies_about_itself_is_a_sentence(tmp_path, spoiled):
    assert close_to(geo.read_layer(geoparquet(tmp_path / "a.parquet")).rows, POINTS[:1])
    with pytest.raises(InputError, match="这个图层读不出来，可能已损坏"):
        geo.read_layer(geoparquet(tmp_path / "a.parquet", **spoiled))


def test_a_geoparquet_without_a_system_is_never_guessed_at(tmp_path):
    path = geoparquet(tmp_path / "a.parquet", crs=None)
    with pytest.raises(CoordinateError, match="没有写明坐标系"):
        geo.read_layer(path)
    assert geo.read_layer(path, coordinates="WGS-84").system == "WGS-84"


def test_a_plain_parquet_needs_columns_for_the_place(tmp_path):
    pd.DataFrame({"name": ["甲"], "lon": [LON], "lat": [LAT]}).to_parquet(tmp_path / "a.parquet")
    rows = geo.read_layer(tmp_path / "a.parquet", coordinates="WGS-84").rows
    assert close_to(rows, POINTS[:1])
