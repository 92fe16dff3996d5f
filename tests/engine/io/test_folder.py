"""Hold the reading of a whole folder against districts small enough to draw on paper."""

import re
import shutil
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import xlsxwriter

import livingcircle
from livingcircle.coordinates import from_wgs84
from livingcircle.district import Status
from livingcircle.errors import CoordinateError
from livingcircle.errors import InputError
from livingcircle.errors import TableError
from livingcircle.errors import UnsafeFileError
from livingcircle.io import folder as folder_module
from livingcircle.io._folder.description import SECTIONS
from livingcircle.io.excel import write_template
from livingcircle.io.folder import read_district
from livingcircle.memory import Memory
from livingcircle.tables import TABLES
from tests.engine.io.bad_files import far_cells
from tests.engine.io.osm_files import write_osm

SAMPLE = Path(livingcircle.__file__).parent / "sample"
LON, LAT, STEP = 118.78, 32.04, 0.001
HEAD = '[district]\nname = "小区"\ncoordinates = "WGS-84"\n'


def streets(folder: Path) -> str:
    """Draw a cross of two streets in OpenStreetMap, with a shop on it."""
    nodes = {i: (i - 1, 0) for i in range(1, 6)} | {i: (2, i - 8) for i in range(6, 11)}
    nodes[99] = (1, 1, {"shop": "convenience", "name": "路口便利店"})
    ways = [
        (1, [1, 2, 3, 4, 5], {"highway": "residential"}),
        (2, [6, 7, 8, 9, 10], {"highway": "footway"}),
    ]
    write_osm(folder / "a.osm.pbf", nodes=nodes, ways=ways, box=(118.77, 32.03, 118.79, 32.05))
    return '[[roads]]\nfile = "a.osm.pbf"\n'


def ledger(folder: Path, rows: str, name: str = "o.csv", more: str = "") -> str:
    (folder / name).write_text("网点编号,网点名称,业态,经度,纬度\n" + rows, encoding="utf-8")
    return f'[[outlets]]\nfile = "{name}"\n{more}\n'


def read(folder: Path, *sections: str, head: str = HEAD):
    (folder / "district.toml").write_text(head + "".join(sections), encoding="utf-8")
    return read_district(folder)


def polygons(path: Path, **columns) -> None:
    count = len(next(iter(columns.values())))
    boxes = [
        shapely.box(LON + i * STEP, LAT, LON + (i + 1) * STEP, LAT + STEP) for i in range(count)
    ]
    gpd.GeoDataFrame(columns, geometry=boxes, crs="EPSG:4326").to_file(path)


def said(district) -> str:
    return "\n".join(district.issues["sentence"])


ONE = f"A1,甲店,药店、便利店,{LON},{LAT}\n"


def test_a_small_district_is_read_whole(tmp_path):
    steps = []
    (tmp_path / "district.toml").write_text(
        HEAD + streets(tmp_path) + ledger(tmp_path, ONE + f"A2,乙店,菜市场,{LON},{LAT}\n"),
        encoding="utf-8",
    )
    district = read_district(tmp_path, progress=lambda *step: steps.append(step))
    assert steps == [(0, 2, "读取 a.osm.pbf"), (1, 2, "读取 o.csv"), (2, 2, "读取完毕")]
    assert district.name == "小区"
    assert district.outlets.index.tolist() == ["A1", "A2"]
    assert district.outlet_trades.to_numpy().tolist() == [
        ["A1", "convenience_store"], ["A1", "pharmacy"], ["A2", "vegetable"], ["A2", "wet_market"],
    ]  # fmt: skip
    assert district.extent.bounds == pytest.approx((118.77, 32.03, 118.79, 32.05))
    assert len(district.streets) == 2
    assert len(district.issues) == 0


def test_tables_that_are_not_given_are_there_and_empty(tmp_path):
    district = read(tmp_path, ledger(tmp_path, ONE))
    for name in SECTIONS.values():
        table, rows = TABLES[name], getattr(district, name)
        assert rows.index.name == table.id
        assert {column.name for column in table.columns[1:]} <= set(rows.columns), name
        assert rows.crs == "EPSG:4326"
        if name != "outlets":
            assert len(rows) == 0
    assert district.extent is None
    assert list(district.circle_members.columns) == ["circle_id", "community_id", "part"]


def test_a_source_says_whose_it_is_and_what_it_is_complete_for(tmp_path):
    more = 'status = "made_up"\ntitle = "台账"\ndate = 2026-06-01\nlicence = "CC0"\nnote = "虚构"'
    source = read(tmp_path, ledger(tmp_path, ONE, more=more)).sources[0]
    assert (source.table, source.file, source.status) == ("outlets", "o.csv", Status.MADE_UP)
    assert (source.title, source.date, source.licence, source.note) == (
        "台账",
        "2026-06-01",
        "CC0",
        "虚构",
    )
    assert len(source.sha256) == 64
    assert source.rows == 1
    assert source.complete_for == {"pharmacy", "convenience_store"}


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ('complete_for = "none"', set()),
        ('complete_for = "listed"', {"pharmacy", "convenience_store"}),
        ('complete_for = ["早餐店", "pharmacy"]', {"breakfast", "pharmacy"}),
    ],
)
def test_a_ledger_is_complete_for_what_it_says(tmp_path, line, codes):
    assert read(tmp_path, ledger(tmp_path, ONE, more=line)).complete_trades() == codes


def test_openstreetmap_is_complete_for_nothing(tmp_path):
    roads = streets(tmp_path)
    district = read(tmp_path, roads, roads.replace("roads", "outlets"))
    assert district.outlets["name"].tolist() == ["路口便利店"]
    assert district.outlet_trades["trade"].tolist() == ["convenience_store"]
    assert district.complete_trades() == frozenset()
    assert {s.licence for s in district.sources} == {"ODbL"}
    by_option = read(tmp_path, roads, "[options]\nuse_osm_outlets = true\n")
    assert by_option.outlets.index.tolist() == district.outlets.index.tolist()


def test_bad_rows_become_issues_and_good_rows_go_on(tmp_path):
    rows = ONE + "A2,,药店,118.78,32.04\nA3,丙,药店,0,0\n合计,3,,,\n"
    district = read(tmp_path, ledger(tmp_path, rows))
    assert district.outlets.index.tolist() == ["A1"]
    assert district.issues["row"].tolist() == [3, 4, 5]
    assert set(district.issues["severity"]) == {"error"}


def test_ids_of_two_bureaus_are_kept_apart(tmp_path):
    two = ledger(tmp_path, f"A1,乙店,药店,{LON},{LAT}\n", "b.csv")
    district = read(tmp_path, ledger(tmp_path, ONE), two)
    assert district.outlets.index.tolist() == ["A1", "b:A1"]
    assert "b.csv：有 1 个编号在别的文件里用过，已在前面加上“b:”" in said(district)


def test_people_and_boundaries_of_communities_may_come_apart(tmp_path):
    polygons(tmp_path / "c.gpkg", 社区名称=["甲社区", "乙社区"], 户数=[100, 90])
    (tmp_path / "p.csv").write_text(
        "社区名称,常住人口,户数\n甲,900,120\n丙社区,5,1\n", encoding="utf-8"
    )
    entries = '[[communities]]\nfile = "c.gpkg"\n[[communities]]\nfile = "p.csv"\n'
    district = read(tmp_path, entries)
    found = district.communities.set_index("name")
    assert found["population"].to_dict() == pytest.approx(
        {"甲社区": 900, "乙社区": float("nan"), "丙社区": 5}, nan_ok=True
    )
    assert found.geometry.isna().to_dict() == {"甲社区": False, "乙社区": False, "丙社区": True}
    assert found.loc["甲社区", "households"] == 100
    assert "“甲”的户数是 120.0，与 c.gpkg 里的 100.0 不一致，采用后者" in said(district)


def test_two_communities_of_one_name_in_one_street_are_told(tmp_path):
    (tmp_path / "p.csv").write_text(
        "社区编号,社区名称,所属街道\n1,甲社区,东街\n2,甲社区,东街\n3,甲社区,西街\n",
        encoding="utf-8",
    )
    text = said(read(tmp_path, '[[communities]]\nfile = "p.csv"\n'))
    assert "社区（村）“甲社区”在东街出现了 2 次（第 2 行、第 3 行）" in text
    assert text.count("出现了") == 1


CIRCLES = (
    "生活圈编号,生活圈名称,生活圈类型,覆盖社区,服务人口(万人)\n1,甲圈,老城区住宅,甲社区乙社区,0.3\n"
)


def test_circles_alone_make_their_communities_by_name(tmp_path):
    (tmp_path / "q.csv").write_text(CIRCLES, encoding="utf-8")
    district = read(tmp_path, '[[circles]]\nfile = "q.csv"\n')
    assert district.communities["name"].tolist() == ["乙社区", "甲社区"]
    assert district.circles["population"].tolist() == [3000.0]
    assert len(district.circle_members) == 2
    made = [s for s in district.sources if s.table == "communities"]
    assert [s.status for s in made] == [Status.DERIVED]
    assert "没有社区表，社区按名称建立" in said(district)


def test_circles_may_be_drawn_only(tmp_path):
    polygons(tmp_path / "q.gpkg", 生活圈名称=["甲圈"])
    district = read(tmp_path, '[[circles]]\nfile = "q.gpkg"\n')
    assert len(district.circles) == 1
    assert len(district.circle_members) == 0
    assert len(district.issues) == 0


def test_doors_name_their_community_or_leave_it_to_their_place(tmp_path):
    polygons(tmp_path / "c.gpkg", 社区编号=["C1"], 社区名称=["甲社区"])
    rows = f"D1,5,甲,{LON},{LAT}\nD2,5,C1,{LON},{LAT}\nD3,5,丁社区,{LON},{LAT}\nD4,5,,{LON},{LAT}\n"
    (tmp_path / "d.csv").write_text(
        "楼门编号,居住人口,所属社区,经度,纬度\n" + rows, encoding="utf-8"
    )
    entries = '[[communities]]\nfile = "c.gpkg"\n[[doors]]\nfile = "d.csv"\n'
    district = read(tmp_path, entries)
    assert district.doors["community"].tolist() == ["C1", "C1", "", ""]
    assert "社区表里没有“丁社区”（1 个楼门这样写），这些楼门按位置归社区" in said(district)


def test_streets_may_be_a_line_layer_and_extent_their_box(tmp_path):
    lines = [
        shapely.LineString([(LON, LAT), (LON + STEP, LAT)]),
        shapely.MultiLineString(
            [[(LON, LAT), (LON, LAT + STEP)], [(LON + 1e-2, LAT), (LON + 1e-2, LAT + STEP)]]
        ),
    ]
    frame = gpd.GeoDataFrame({"name": ["一街", "二街"]}, geometry=lines, crs="EPSG:4326")
    frame.to_crs(4549).to_file(tmp_path / "s.gpkg")
    district = read(tmp_path, '[[roads]]\nfile = "s.gpkg"\n')
    assert district.streets["name"].tolist() == ["一街", "二街", "二街"]
    assert district.streets.geom_type.unique().tolist() == ["LineString"]
    assert district.streets[["access", "layer", "steps", "oneway"]].iloc[0].tolist() == [
        "public",
        0,
        False,
        0,
    ]
    assert district.extent.bounds == pytest.approx((LON, LAT, LON + 1e-2, LAT + STEP))


def test_an_extent_may_be_a_file(tmp_path):
    polygons(tmp_path / "e.geojson", name=["范围"])
    head = HEAD + 'extent = "e.geojson"\n'
    district = read(tmp_path, ledger(tmp_path, ONE), head=head)
    assert district.extent.bounds == pytest.approx((LON, LAT, LON + STEP, LAT + STEP))


def test_a_line_table_with_wkt_is_read(tmp_path):
    line = f"LINESTRING ({LON} {LAT}, {LON} {LAT + STEP})"
    text = f'segment_id,highway,wkt\nR1,footway,"{line}"\nR2,footway,x\n'
    (tmp_path / "s.csv").write_text(text, encoding="utf-8")
    district = read(tmp_path, '[[roads]]\nfile = "s.csv"\n')
    assert district.streets.index.tolist() == ["R1"]
    assert "“wkt”列：这一格不是 WKT 图形" in said(district)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = 1", "district.toml：不认识“name”"),
        ("[district", "district.toml：格式读不通"),
        ("", "district.toml：缺少 [district] 一节"),
        (
            '[district]\nnmae = "x"',
            "[district]：不认识“nmae”。是不是“name”？可用的有：name、standard",
        ),
        ("[district]\nname = 3", "name 要写成文字"),
        ('[district]\ncoordinates = "火星系"', "不认识坐标系“火星系”"),
        (HEAD + '[[shops]]\nfile = "o.csv"', "不认识“shops”"),
        (HEAD + '[[outlets]]\nfiel = "o.csv"', "第 1 个 [[outlets]]：不认识“fiel”。是不是“file”？"),
        (HEAD + '[[outlets]]\ntitle = "o"', "第 1 个 [[outlets]]：没有写 file"),
        (
            HEAD + '[[outlets]]\nfile = "../o.csv"',
            "“../o.csv”指向了文件夹外面。把文件放进这个文件夹",
        ),
        (HEAD + '[[outlets]]\nfile = "/etc/passwd"', "“/etc/passwd”指向了文件夹外面"),
        (HEAD + "[[outlets]]\nfile = 'C:\\\\o.csv'", "指向了文件夹外面"),
        (HEAD + "[[outlets]]\nfile = '..\\\\o.csv'", "指向了文件夹外面"),
        (HEAD + '[[outlets]]\nfile = "p.csv"', "没有文件“p.csv”。是不是“o.csv”？"),
        (HEAD + '[[outlets]]\nfile = "o.csv"\nstatus = "true"', "不认识 status“true”"),
        (HEAD + '[[outlets]]\nfile = "o.csv"\ncolumns = "x"', "columns 写法不对"),
        (HEAD + '[[outlets]]\nfile = "o.csv"\ncomplete_for = ["量子店"]', "不认识业态“量子店”"),
        (HEAD + '[[outlets]]\nfile = "o.csv"\ncomplete_for = 3', "complete_for 写法不对"),
        (HEAD + '[options]\nwalkr = "x"', "[options]：不认识“walkr”。是不是“walker”？"),
    ],
)
def test_a_slip_in_district_toml_is_named(tmp_path, text, words):
    ledger(tmp_path, ONE)
    (tmp_path / "district.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(words)):
        read_district(tmp_path)


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    ledger(tmp_path, ONE)
    (inside / "o.csv").symlink_to(tmp_path / "o.csv")
    with pytest.raises(InputError, match="指向了文件夹外面"):
        read(inside, '[[outlets]]\nfile = "o.csv"\n')


def test_a_folder_without_its_description(tmp_path):
    with pytest.raises(InputError, match=re.escape("文件夹里没有 district.toml")):
        read_district(tmp_path)
    with pytest.raises(InputError, match="没有这个文件夹"):
        read_district(tmp_path / "x")
    (tmp_path / "district.toml").write_bytes('[district]\nname = "区"'.encode("gbk"))
    with pytest.raises(InputError, match="文字不是 UTF-8 编码"):
        read_district(tmp_path)


def test_what_stops_the_reading_names_the_file(tmp_path):
    one = ledger(tmp_path, ONE)
    with pytest.raises(TableError, match=re.escape("文件“o.csv”在 [[outlets]] 里列了两次")):
        read(tmp_path, one, one)
    with pytest.raises(
        CoordinateError, match=re.escape("o.csv，第 2 行：没有写明经纬度是哪种坐标系")
    ):
        read(tmp_path, one, head='[district]\nname = "区"\n')
    far_cells(tmp_path / "f.xlsx")
    with pytest.raises(UnsafeFileError, match=re.escape("f.xlsx：第 1048576 行超出了")):
        read(tmp_path, '[[outlets]]\nfile = "f.xlsx"\n')
    with pytest.raises(InputError, match=re.escape(".osm.pbf 里没有社区（村）表")):
        read(tmp_path, streets(tmp_path).replace("roads", "communities"))


def test_a_file_in_which_nothing_is_right_says_so(tmp_path):
    district = read(tmp_path, ledger(tmp_path, "A1,甲,药店,0,0\n"))
    assert len(district.outlets) == 0
    assert "o.csv：没有一行能用的网点" in said(district)


def test_a_sheet_without_rows_says_so_and_points_at_no_rows_above(tmp_path):
    write_template("outlets", tmp_path / "t.xlsx")
    told = said(read(tmp_path, ledger(tmp_path, ",,,,\n,,,,\n"), '[[outlets]]\nfile = "t.xlsx"\n'))
    assert "o.csv：只有表头，没有一行网点（空行和示例行不算）" in told
    assert "t.xlsx，工作表“网点”：只有表头，没有一行网点" in told
    assert "按上面各行" not in told


def test_a_mapping_and_a_sheet_are_followed(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    for title in ("旧", "新"):
        sheet = book.add_worksheet(title)
        sheet.write_row(0, 0, ["招牌", "业态", "经度", "纬度"])
        sheet.write_row(1, 0, [f"{title}店", "药店", LON, LAT])
    book.close()
    entry = '[[outlets]]\nfile = "a.xlsx"\nsheet = "新"\ncolumns = { "招牌" = "网点名称" }\n'
    district = read(tmp_path, entry)
    assert district.outlets["name"].tolist() == ["新店"]
    assert district.outlets.index.tolist() == ["a-新-2"]


def test_the_same_folder_gives_the_same_tables(tmp_path):
    sections = (streets(tmp_path), ledger(tmp_path, ONE))
    first, second = read(tmp_path, *sections), read(tmp_path, *sections)
    for name in SECTIONS.values():
        pd.testing.assert_frame_equal(getattr(first, name), getattr(second, name))
    assert first.sources == second.sources


@pytest.fixture(scope="module")
def sample():
    return read_district(SAMPLE)


def gcj02_ledger(folder: Path, outlets: gpd.GeoDataFrame, declared: str) -> str:
    """Write the made-up outlets that stand in the sample district, as 高德 would give them."""
    made_up = outlets[outlets.index.str.startswith("YS-")].iloc[::6]
    lon, lat = from_wgs84(made_up.geometry.x, made_up.geometry.y, "GCJ-02")
    rows = [
        f"A{i},店{i},药店,{x:.7f},{y:.7f}\n" for i, (x, y) in enumerate(zip(lon, lat, strict=True))
    ]
    shutil.copy(SAMPLE / "streets.osm.pbf", folder)
    roads = '[[roads]]\nfile = "streets.osm.pbf"\n'
    return roads + ledger(folder, "".join(rows), more=f'coordinates = "{declared}"')


def test_a_label_the_streets_contradict_is_told_and_the_rows_stay(tmp_path, sample):
    district = read(tmp_path, gcj02_ledger(tmp_path, sample.outlets, "WGS-84"))
    told = district.issues[district.issues["file"] == "o.csv"]
    warning = told[told["problem"].str.contains("坐标写明是")]
    assert warning["severity"].tolist() == ["warning"]
    assert re.fullmatch(
        r"o\.csv：坐标写明是 WGS-84，但更像 GCJ-02：按 WGS-84，一半的点离最近的街道超过 \d+ 米，"
        r"按 GCJ-02 是 \d+ 米，两者相差 \d{3} 米。"
        r'核对来源，属实就在 district\.toml 里把这个文件写成 coordinates = "GCJ-02"。',
        warning["sentence"].iloc[0],
    )
    assert len(district.outlets) > 30


def test_a_label_the_streets_agree_with_is_not_doubted(tmp_path, sample):
    assert "更像" not in said(read(tmp_path, gcj02_ledger(tmp_path, sample.outlets, "GCJ-02")))
    assert "更像" not in said(sample)


def test_what_was_read_before_is_not_read_again(tmp_path, monkeypatch):
    shutil.copytree(SAMPLE, tmp_path / "a")
    memory = Memory()
    first = read_district(tmp_path / "a", memory=memory)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    gates = tmp_path / "b" / "gates.csv"
    gates.write_text(gates.read_text("utf-8").replace("居民专用", "公共"), "utf-8")
    opened = []
    read = folder_module.read_part
    monkeypatch.setattr(
        folder_module, "read_part", lambda *told: opened.append(told[0].file) or read(*told)
    )
    second = read_district(tmp_path / "b", memory=memory)
    assert opened == ["gates.csv"]
    plain = read_district(tmp_path / "b")
    assert second.gates.equals(plain.gates)
    assert not second.gates.equals(first.gates)
    assert second.outlets.equals(plain.outlets)
    assert (second.sources, second.issues.equals(plain.issues)) == (plain.sources, True)


def test_a_file_described_otherwise_is_read_again(tmp_path):
    shutil.copytree(SAMPLE, tmp_path / "a")
    memory = Memory()
    read_district(tmp_path / "a", memory=memory)
    toml = tmp_path / "a" / "district.toml"
    toml.write_text(toml.read_text("utf-8").replace('"listed"', '["药店"]'), "utf-8")
    assert read_district(tmp_path / "a", memory=memory).complete_trades() == {"pharmacy"}
