"""Hold every door against files made to do harm, and against files spoiled at random."""

import random
import shutil
import sqlite3
import struct
import zlib
from contextlib import closing
from contextlib import suppress
from pathlib import Path

import geopandas as gpd
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from livingcircle.errors import InputError
from livingcircle.errors import LivingCircleError
from livingcircle.errors import UnsafeFileError
from livingcircle.io.excel import read_sheets
from livingcircle.io.excel import write_readback
from livingcircle.io.geo import read_layer
from livingcircle.io.guard import check_file
from livingcircle.io.osm import read_osm
from livingcircle.tables import ERROR
from livingcircle.tables import Issue
from tests.engine.io.osm_files import write_osm

BOX = shapely.box(118.78, 32.04, 118.79, 32.05)
VRT = """<OGRVRTDataSource><OGRVRTLayer name="s"><SrcDataSource>{}</SrcDataSource>
<GeometryField encoding="WKT" field="WKT"/></OGRVRTLayer></OGRVRTDataSource>"""

KML = """<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Placemark><name>x</name><Point><coordinates>118.78,32.04</coordinates></Point></Placemark>
</Document></kml>"""


def layer(path: Path, **options) -> Path:
    frame = gpd.GeoDataFrame({"name": ["甲", "乙"]}, geometry=[BOX, BOX], crs="EPSG:4326")
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".kml":
        path.write_text(KML, encoding="utf-8")
    else:
        frame.to_file(path, **options)
    return path


@pytest.mark.parametrize("before", ["", "<!-- x -->", "<kml/>", "\ufeff<?xml version='1.0'?>"])
def test_a_virtual_layer_in_disguise_reads_no_other_file(tmp_path, before):
    (tmp_path / "s.csv").write_text('name,WKT\n机密,"POINT (118 32)"\n', encoding="utf-8")
    (tmp_path / "a.kml").write_text(before + VRT.format(tmp_path / "s.csv"), encoding="utf-8")
    with pytest.raises(UnsafeFileError, match="虚拟图层"):
        read_layer(tmp_path / "a.kml")


def test_another_format_under_a_map_name_is_refused(tmp_path):
    (tmp_path / "a.kml").write_text("<gml:FeatureCollection xmlns:gml='g'/>", encoding="utf-8")
    with pytest.raises(UnsafeFileError, match="不是 KML"):
        read_layer(tmp_path / "a.kml")
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as base:
        base.execute("create table a(b)")
        base.commit()
    with pytest.raises(UnsafeFileError, match="别的数据库"):
        read_layer(tmp_path / "a.gpkg")


def test_a_view_that_never_ends_is_refused(tmp_path):
    path = layer(tmp_path / "a.gpkg", layer="a")
    with closing(sqlite3.connect(path)) as base:
        base.execute(
            "create view v as with recursive n(i) as (select 1 union all select i + 1 from n)"
            " select n.i as fid, geom from n, a"
        )
        base.execute(
            "insert into gpkg_contents(table_name, data_type, identifier, srs_id)"
            " values ('v', 'features', 'v', 4326)"
        )
        base.commit()
    with pytest.raises(UnsafeFileError, match="图层“v”是数据库视图"):
        read_layer(path)


def test_more_rows_than_a_district_has_are_refused_before_they_are_read(tmp_path):
    rows = 600_000
    column = pa.array(["甲"]).take(pa.array([0] * rows, pa.int32()))
    pq.write_table(pa.table({"name": column}), tmp_path / "a.parquet")
    with pytest.raises(UnsafeFileError, match="有 600,000 个要素"):
        read_layer(tmp_path / "a.parquet")
    (tmp_path / "a.csv").write_text("名称\n" + "甲\n" * 100_001, encoding="utf-8")
    with pytest.raises(UnsafeFileError, match="超出了 100,000 行、200 列"):
        read_sheets(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text("名称,业态\n甲" + "," * 100_000 + "乙\n", encoding="utf-8")
    with pytest.raises(UnsafeFileError, match="有 100,000 个分隔符"):
        read_sheets(tmp_path / "b.csv")


def test_blank_rows_and_columns_cost_nothing(tmp_path):
    (tmp_path / "a.csv").write_text("名称\n甲,,,\n\n乙\n" + "\n" * 300_000, encoding="utf-8")
    (sheet,) = read_sheets(tmp_path / "a.csv")
    assert list(sheet.rows) == [["名称"], ["甲"], [], ["乙"]]
    book = openpyxl.Workbook()
    book.active["B3"], book.active["A5"], book.active["F90"] = "甲", "#N/A", " "
    book.active["A5"].data_type = "e"
    book.save(tmp_path / "a.xlsx")
    (sheet,) = read_sheets(tmp_path / "a.xlsx")
    assert sheet.rows[:5] == [[], [], ["", "甲"], [], ["#N/A"]]


def test_a_far_cell_does_not_fill_the_workbook_that_goes_back(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["名称", "居住人口"])
    book.active.append(["甲", -3])
    book.active.cell(90_000, 190).value = "x"
    book.save(tmp_path / "a.xlsx")
    issues = [Issue("a.xlsx", "", 2, "居住人口", "-3", ERROR, "是负数")]
    marked = write_readback(tmp_path / "a.xlsx", issues, tmp_path / "b.xlsx")
    assert marked.stat().st_size < 50_000


def field(tag: int, data: bytes) -> bytes:
    return bytes([tag << 3 | 2]) + number(len(data)) + data


def number(value: int) -> bytes:
    low, rest = value & 127, value >> 7
    return bytes([low | 128]) + number(rest) if rest else bytes([low])


def block(kind: str, raw: bytes) -> bytes:
    blob = b"\x10" + number(len(raw)) + field(3, zlib.compress(raw, 9))
    head = field(1, kind.encode()) + b"\x18" + number(len(blob))
    return struct.pack(">I", len(head)) + head + blob


def test_a_street_extract_that_unpacks_a_thousandfold_is_refused(tmp_path):
    head = block("OSMHeader", field(4, b"OsmSchema-V0.6"))
    (tmp_path / "a.osm.pbf").write_bytes(head + block("OSMData", bytes(20_000_000)) * 2)
    with pytest.raises(UnsafeFileError, match="与文件大小不相称"):
        check_file(tmp_path / "a.osm.pbf")


@pytest.mark.parametrize("encoding", ["hex", "rot13", "undefined", "没有", "a\0b"])
def test_what_is_no_encoding_of_text_is_refused(tmp_path, encoding):
    (tmp_path / "a.csv").write_text("名称\n甲\n", encoding="utf-8")
    with pytest.raises(InputError, match="编码"):
        read_sheets(tmp_path / "a.csv", encoding=encoding)


def test_a_workbook_of_charts_alone_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.create_chartsheet("图")
    book.remove(book.worksheets[0])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(InputError, match="没有工作表"):
        read_sheets(tmp_path / "a.xlsx")


def test_a_file_nobody_may_read_is_told(tmp_path, monkeypatch):
    (tmp_path / "a.csv").write_text("名称\n甲\n", encoding="utf-8")

    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="文件打不开"):
        check_file(tmp_path / "a.csv")


def test_an_overlong_name_is_told(tmp_path):
    with pytest.raises(InputError, match="文件名太长"):
        check_file(tmp_path / ("长" * 300 + ".csv"))


def test_two_columns_of_one_name_in_a_shapefile_are_told(tmp_path):
    path = tmp_path / "a.shp"
    frame = gpd.GeoDataFrame({"aa": ["甲"], "ab": ["乙"]}, geometry=[BOX], crs="EPSG:4326")
    frame.to_file(path, encoding="utf-8")
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace(b"ab\0", b"aa\0", 1))
    with pytest.raises(InputError, match="aa"):
        read_layer(path)


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - no secret


def spoiled(data: bytes, dice: random.Random) -> bytes:
    """Change, cut out or repeat a few bytes."""
    new = bytearray(data)
    place = dice.randrange(len(new))
    match dice.randrange(4):
        case 0:
            for _ in range(dice.choice([1, 5, 40])):
                new[dice.randrange(len(new))] = dice.randrange(256)
        case 1:
            new[place : place + 60] = dice.randbytes(60)
        case 2:
            del new[place : place + dice.choice([1, 100])]
        case _:
            new[place:place] = new[place : place + 150]
    return bytes(new)


@pytest.mark.parametrize(
    "name", ["a.shp", "a.dbf", "a.shx", "a.gpkg", "a.geojson", "a.parquet", "a.kml"]
)
def test_a_layer_spoiled_at_random_is_read_or_refused_in_words(tmp_path, name):
    good = tmp_path / "good"
    good.mkdir()
    main = Path(name).with_suffix(".shp" if name[2:] in {"dbf", "shx"} else Path(name).suffix)
    layer(good / main)
    for seed in range(30):
        folder = tmp_path / str(seed)
        shutil.copytree(good, folder)
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(spoiled(data, dice(seed)))
        with suppress(LivingCircleError):
            read_layer(folder / main, fallback="WGS-84")


def test_streets_spoiled_at_random_are_read_or_refused_in_words(tmp_path):
    nodes = {i: (i, 0, {"shop": "bakery"} if i % 5 == 0 else {}) for i in range(1, 60)}
    ways = [(k, list(range(k, k + 9)), {"highway": "residential"}) for k in range(1, 50, 4)]
    good = write_osm(tmp_path / "good.osm.pbf", nodes=nodes, ways=ways).read_bytes()
    for seed in range(15):
        path = tmp_path / "a.osm.pbf"
        path.write_bytes(spoiled(good, dice(seed)))
        with suppress(LivingCircleError):
            check_file(path)
            read_osm(path)
