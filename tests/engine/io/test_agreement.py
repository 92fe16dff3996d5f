"""Hold the tables of a folder against each other: what is listed twice, lies apart or overlaps."""

import json

import pytest
import shapely

from livingcircle.coordinates import from_wgs84
from livingcircle.errors import CoordinateError
from livingcircle.errors import InputError
from livingcircle.errors import TableError
from livingcircle.io.folder import read_district
from livingcircle.io.geo import read_layer
from tests.engine.io.osm_files import write_osm

HEAD = '[district]\nname = "小区"\ncoordinates = "WGS-84"\n'
LON, LAT, STEP = 118.78, 32.04, 0.001
SHOPS = "".join(f"S{k},店{k},药店,{LON + k * STEP},{LAT}\n" for k in range(4))


def read(folder, toml, head=HEAD, **files):
    """Write text files (``o_csv="…"``) and district.toml, and read the district."""
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    (folder / "district.toml").write_text(head + toml, encoding="utf-8")
    return read_district(folder)


def said(district) -> str:
    return "\n".join(district.issues["sentence"])


def ledger(rows=SHOPS, more=""):
    return f"网点编号,网点名称,业态,经度,纬度{more}\n{rows}"


def area(x, width=2.0):
    left, right = LON + x * STEP, LON + (x + width) * STEP
    return shapely.box(left, LAT - STEP, right, LAT + STEP)


def geojson(shapes, crs=None, **columns):
    features = [
        {
            "type": "Feature",
            "properties": {name: values[k] for name, values in columns.items()},
            "geometry": None if shape is None else json.loads(shapely.to_geojson(shape)),
        }
        for k, shape in enumerate(shapes)
    ]
    told = {"crs": {"type": "name", "properties": {"name": crs}}} if crs else {}
    return json.dumps({"type": "FeatureCollection", **told, "features": features})


OUTLETS = '[[outlets]]\nfile = "o.csv"\n'
COMMUNITIES = '[[communities]]\nfile = "c.geojson"\n'


def test_one_ledger_under_two_names_is_refused(tmp_path):
    copies = OUTLETS + OUTLETS.replace("o.csv", "b.csv")
    with pytest.raises(TableError, match="同样的网点，会算两次"):
        read(tmp_path, copies, o_csv=ledger(), b_csv=ledger())


def test_shops_of_one_extract_are_taken_once(tmp_path):
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0, {"shop": "convenience"})}
    write_osm(tmp_path / "a.osm.pbf", nodes=nodes, ways=[(1, [1, 2], {"highway": "residential"})])
    toml = '[[roads]]\nfile = "a.osm.pbf"\n[[outlets]]\nfile = "a.osm.pbf"\n'
    with pytest.raises(TableError, match="不要再写 use_osm_outlets"):
        read(tmp_path, toml + "[options]\nuse_osm_outlets = true\n")
    with pytest.raises(InputError, match="只能是 true 或 false"):
        read(tmp_path, toml + '[options]\nuse_osm_outlets = "false"\n')


def test_three_folders_with_equal_names_and_ids_are_kept_apart(tmp_path):
    toml = ""
    for k, sub in enumerate("abc"):
        (tmp_path / sub).mkdir()
        (tmp_path / sub / "o.csv").write_text(ledger().replace("店", f"{k}号店"), encoding="utf-8")
        toml += f'[[outlets]]\nfile = "{sub}/o.csv"\n'
    district = read(tmp_path, toml)
    assert len(district.outlets) == 12
    assert district.outlets.index.is_unique


def test_entrances_of_nobody_and_far_away_are_told(tmp_path):
    doors = f"对象类型,对象编号,经度,纬度\n网点,S9,{LON},{LAT}\n网点,S1,{LON + 0.02},{LAT}\n"
    district = read(
        tmp_path, OUTLETS + '[[entrances]]\nfile = "e.csv"\n', o_csv=ledger(), e_csv=doors
    )
    assert "没有编号为“S9”的网点" in said(district)
    assert "出入口离它所属的网点“S1”有 1,7" in said(district)


def test_communities_without_a_boundary_and_over_each_other_are_told(tmp_path):
    text = geojson([area(0), area(1), None], name=["甲", "乙", "丙"])
    district = read(tmp_path, COMMUNITIES, c_geojson=text)
    assert "社区“丙”没有可用的边界" in said(district)
    assert "“乙”与“甲”的边界重叠，重叠部分占较小一个的 50%" in said(district)


def test_a_circle_of_nothing_is_told(tmp_path):
    toml = COMMUNITIES + '[[circles]]\nfile = "k.csv"\n'
    circles = "生活圈名称,覆盖社区\n甲圈,甲\n空圈,\n"
    district = read(tmp_path, toml, c_geojson=geojson([area(0)], name=["甲"]), k_csv=circles)
    assert "生活圈“空圈”既没有边界，也没有找得到的社区" in said(district)
    assert "“甲圈”既没有" not in said(district)


@pytest.mark.parametrize(
    ("extent", "words"),
    [(shapely.box(116, 39, 116.1, 39.1), "没有一处重叠$"), (shapely.box(32, 118, 33, 119), "写反")],
)
def test_an_extent_elsewhere_is_refused(tmp_path, extent, words):
    head = HEAD + 'extent = "e.geojson"\n'
    with pytest.raises(InputError, match="没有一处重叠") as told:
        read(tmp_path, OUTLETS, head, o_csv=ledger(), e_geojson=geojson([extent]))
    assert words.rstrip("$") in told.value.what


def test_a_system_no_register_knows_is_refused(tmp_path):
    path = tmp_path / "c.geojson"
    path.write_text(geojson([area(0)], crs="EPSG:999999", name=["甲"]), encoding="utf-8")
    with pytest.raises(CoordinateError, match="“EPSG:999999”不认识"):
        read_layer(path)
    path.write_text(geojson([area(0)], crs="urn:ogc:def:crs:OGC:1.3:CRS84", name=["甲"]))
    assert read_layer(path).system == "WGS-84"


def test_tables_of_a_header_alone_are_told(tmp_path):
    assert "只有表头，没有一行网点" in said(read(tmp_path, OUTLETS, o_csv=ledger("")))


def test_each_declared_system_is_doubted_apart_and_the_remedy_fits(tmp_path):
    nodes = {i: (i, 0) for i in range(60)}
    road = [(1, list(nodes), {"highway": "residential"})]
    write_osm(tmp_path / "a.osm.pbf", nodes=nodes, ways=road)
    rows = ""
    for k in range(30):
        lon, lat = LON + k * STEP, LAT + 0.0001
        rows += f"A{k},店{k},药店,{lon},{lat},WGS-84\n"
        shifted = from_wgs84(lon, lat, "BD-09")
        rows += f"B{k},铺{k},药店,{float(shifted[0])},{float(shifted[1])},WGS-84\n"
    toml = '[[roads]]\nfile = "a.osm.pbf"\n' + OUTLETS
    right = "".join(line + "\n" for line in rows.splitlines() if line.startswith("A"))
    wrong = "".join(line + "\n" for line in rows.splitlines() if line.startswith("B"))
    head = HEAD.replace("WGS-84", "GCJ-02")
    fine = read(tmp_path, toml, head, o_csv=ledger(right, ",坐标系"))
    assert "更像" not in said(fine)
    doubted = read(tmp_path, toml, head, o_csv=ledger(wrong, ",坐标系"))
    assert "坐标写明是 WGS-84，但更像 BD-09" in said(doubted)
    assert "把这些行的“坐标系”改成 BD-09" in said(doubted)


def test_a_thousand_equal_rows_are_one_question(tmp_path):
    rows = "".join(f"A{k},便民店,便利店,{LON},{LAT}\n" for k in range(1000))
    district = read(tmp_path, OUTLETS, o_csv=ledger(rows))
    asked = district.issues[district.issues["problem"].str.contains("像是同一家")]
    assert len(asked) == 1
    assert "o.csv 第 2 行的“便民店”" in asked["problem"].iloc[0]
    assert "等 999 行" in asked["problem"].iloc[0]


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 20_000, "a = " + "9" * 5_000, '[district]\n[[gates]]\nfile = "a\\u0000"'],
)
def test_a_spoiled_description_is_refused_in_words(tmp_path, text):
    with pytest.raises(InputError, match=r"district\.toml"):
        read(tmp_path, text, head="")
