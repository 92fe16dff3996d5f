"""Hold the reading of one file to what a whole folder would say of it."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from livingcircle.coordinates import from_wgs84
from livingcircle.errors import CoordinateError
from livingcircle.errors import InputError
from livingcircle.errors import TableError
from livingcircle.io.one_file import layers_of
from livingcircle.io.one_file import preview_file
from livingcircle.io.one_file import read_file
from livingcircle.io.one_file import sheets_of
from livingcircle.tables import How
from tests.engine.io.bad_files import good_xlsx
from tests.engine.io.osm_files import write_osm

LEDGER = """店铺台账,,,,
店铺名,分类,X,Y,备注二
甲,药店,118.78,32.04,
,药店,118.78,32.04,没有店名
,,,,
乙,早餐店,118.79,32.05,
"""
MAPPING = {"店铺名": "name", "分类": "trades"}


def ledger(folder, text=LEDGER):
    (folder / "o.csv").write_text(text, encoding="utf-8")
    return folder / "o.csv"


def test_a_mapping_finds_a_header_of_foreign_words(tmp_path):
    path = ledger(tmp_path)
    with pytest.raises(TableError, match="缺少“业态”"):
        read_file(path, "outlets", coordinates="WGS-84")
    (part,) = read_file(path, "outlets", coordinates="WGS-84", columns=MAPPING).parts
    assert part.rows["name"].tolist() == ["甲", "乙"]
    assert part.rows["row"].tolist() == [3, 6]
    assert [(m.title, m.how) for m in part.headers] == [
        ("店铺名", How.GIVEN),
        ("分类", How.GIVEN),
        ("X", How.ALIAS),
        ("Y", How.ALIAS),
        ("备注二", How.UNUSED),
    ]


def test_every_row_ends_in_one_of_three_places(tmp_path):
    (part,) = read_file(ledger(tmp_path), "outlets", coordinates="WGS-84", columns=MAPPING).parts
    assert part.refused.index.tolist() == [4]
    assert part.skipped.index.tolist() == [5]
    assert part.head.index.tolist() == [3, 4, 5, 6]


def test_a_row_refused_for_its_place_stands_among_the_refused(tmp_path):
    text = "网点名称,业态,经度,纬度\n甲,药店,118.78,32.04\n乙,药店,0,0\n丙,药店,,\n"
    (part,) = read_file(ledger(tmp_path, text), "outlets", coordinates="WGS-84").parts
    assert part.rows["name"].tolist() == ["甲"]
    assert part.refused.index.tolist() == [3, 4]


def test_a_file_that_cannot_be_read_as_the_table_is_shown_all_the_same(tmp_path):
    text = "某区店铺台账,,\n字号,做什么,在哪里\n甲,卖药,南门\n乙,早点,北门\n"
    path = ledger(tmp_path, text)
    with pytest.raises(TableError, match="没有找到网点的表头"):
        read_file(path, "outlets")
    shown = preview_file(path, "outlets")
    assert [match.title for match in shown.headers] == ["字号", "做什么", "在哪里"]
    assert shown.rows == (("甲", "卖药", "南门"), ("乙", "早点", "北门"))
    assert shown.first == 3


def test_sheets_are_read_once_and_named(tmp_path):
    path = good_xlsx(tmp_path / "a.xlsx", [("网点名称", "业态"), ("甲", "药店")])
    sheets = sheets_of(path)
    assert [sheet.name for sheet in sheets] == ["网点"]
    path.unlink()
    shown = preview_file(path, "outlets", sheets=sheets)
    assert shown.sheet == "网点"
    assert shown.rows == (("甲", "药店"),)
    with pytest.raises(TableError, match="没有名为“别的”的工作表"):
        preview_file(path, "outlets", sheet="别的", sheets=sheets)


def test_a_layer_is_shown_and_its_columns_matched(tmp_path):
    box = shapely.box(118.78, 32.04, 118.79, 32.05)
    frame = gpd.GeoDataFrame({"社区": ["甲"], "人数": [1200]}, geometry=[box], crs="EPSG:4326")
    frame.to_file(tmp_path / "c.gpkg", layer="图一")
    frame.to_file(tmp_path / "c.gpkg", layer="图二")
    assert layers_of(tmp_path / "c.gpkg") == ["图一", "图二"]
    with pytest.raises(TableError, match="有 2 个图层"):
        preview_file(tmp_path / "c.gpkg", "communities")
    shown = preview_file(tmp_path / "c.gpkg", "communities", sheet="图二")
    assert shown.rows == (("甲", "1200"),)
    assert shown.first == 1
    mapping = {"社区": "name", "人数": "population"}
    (part,) = read_file(tmp_path / "c.gpkg", "communities", sheet="图二", columns=mapping).parts
    assert part.rows["population"].tolist() == [1200]
    assert part.sheet == "图二"


def test_an_extract_gives_the_table_asked_for_first(tmp_path):
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0, {"shop": "bakery", "name": "甲"})}
    path = write_osm(
        tmp_path / "a.osm.pbf", nodes=nodes, ways=[(9, [1, 2], {"highway": "residential"})]
    )
    assert [part.table for part in read_file(path, "outlets").parts] == ["outlets", "entrances"]
    assert read_file(path, "gates").parts[0].table == "gates"
    assert len(read_file(path, "streets").parts[0].rows) == 1
    with pytest.raises(InputError, match="没有社区（村）表"):
        read_file(path, "communities")


def test_a_wrong_label_is_doubted_when_there_are_streets(tmp_path):
    lines = [
        shapely.LineString([(118.78 + k * 0.01, 32.0), (118.78 + k * 0.01, 32.1)]) for k in range(6)
    ]
    streets = gpd.GeoDataFrame(geometry=lines, crs="EPSG:4326")
    lon = [118.7801 + (k % 6) * 0.01 for k in range(40)]
    lat = [32.001 + k * 0.002 for k in range(40)]
    shifted = from_wgs84(lon, lat, "GCJ-02")
    frame = pd.DataFrame(
        {"网点名称": [f"店{k}" for k in range(40)], "业态": "药店"}
        | dict(zip(("经度", "纬度"), shifted, strict=True))
    )
    frame.to_csv(tmp_path / "o.csv", index=False)
    wrong = read_file(tmp_path / "o.csv", "outlets", coordinates="WGS-84", streets=streets)
    assert [found.likely for found in wrong.suspicions] == ["GCJ-02"]
    right = read_file(tmp_path / "o.csv", "outlets", coordinates="GCJ-02", streets=streets)
    assert right.suspicions == ()
    with pytest.raises(CoordinateError, match="没有写明经纬度是哪种坐标系"):
        read_file(tmp_path / "o.csv", "outlets", streets=streets)


def test_a_table_that_is_not_uploaded_is_named(tmp_path):
    with pytest.raises(InputError, match="没有叫“scenarios”的表"):
        read_file(ledger(tmp_path), "scenarios")


def test_two_rows_that_may_be_one_shop_are_asked_about(tmp_path):
    text = "网点名称,业态,经度,纬度\n张记药店,药店,118.78,32.04\n张记药店,药店,118.7801,32.04\n"
    (part,) = read_file(ledger(tmp_path, text), "outlets", coordinates="WGS-84").parts
    assert [(i.row, i.severity) for i in part.issues] == [(3, "review")]


def test_an_encoding_that_is_said_is_followed(tmp_path):
    (tmp_path / "o.csv").write_bytes("网点名称,业态\n甲,药店\n".encode("utf-16-le"))
    shown = preview_file(tmp_path / "o.csv", "outlets", encoding="UTF-16-LE")
    assert shown.rows == (("甲", "药店"),)
