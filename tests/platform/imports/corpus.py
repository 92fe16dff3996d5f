"""Make files as they are uploaded: good ones in every format, and bad ones of every kind.

Everything in them is made up.
"""

import io
import json
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path

import geopandas as gpd
import openpyxl
import shapely

from livingcircle.coordinates import from_wgs84
from livingcircle_platform.imports.judging import judge
from livingcircle_platform.imports.limits import Limits
from livingcircle_platform.imports.reading import Reading
from tests.engine.io.bad_files import SHEET
from tests.engine.io.bad_files import far_cells
from tests.engine.io.bad_files import good_xlsx
from tests.engine.io.bad_files import rebuilt
from tests.engine.io.osm_files import write_osm

LON, LAT = 118.78, 32.04
BOX = shapely.box(LON, LAT, LON + 0.01, LAT + 0.01)
HEADER = ("网点名称", "业态", "经度", "纬度")
SHOPS = (("甲", "药店", LON, LAT), ("乙", "早餐店", LON + 0.01, LAT))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DTD = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
KML = """<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Placemark><name>甲</name><description>药店</description><Point><coordinates>118.78,32.04</coordinates></Point></Placemark>
</Document></kml>"""


@dataclass(frozen=True)
class Case:
    """Name one upload: how it is made, what is said of it, and what must come of it.

    ``good`` is the number of good rows, ``words`` what the sentences must say; ``kind`` is that
    of the rejection, empty where the file is read.
    """

    name: str
    make: Callable[[Path], object]
    table: str = "outlets"
    told: dict = field(default_factory=lambda: {"coordinates": "WGS-84"})
    good: int = 2
    refused: int = 0
    words: str = ""
    kind: str = ""


def judged(path: Path, work: Path, table: str = "outlets", **told) -> Reading:
    """Judge a file in this process, as the child does in its own."""
    work.mkdir(exist_ok=True)
    said = {"columns": {}, "coordinates": "", "sheet": "", "encoding": "", "streets": ""}
    job = {**said, "path": str(path), "work": str(work), "key": "k", "table": table, **told}
    judge(job, Limits(), lambda _done, _what: None)
    return Reading.load(work)


def text(*rows, encoding="utf-8", comma=","):
    """Return a maker of a text table of shops."""
    lines = "\n".join(comma.join(map(str, row)) for row in (HEADER, *(rows or SHOPS)))
    return data(lines.encode(encoding))


def data(content: bytes):
    """Return a maker of a file with this content."""
    return lambda path: path.write_bytes(content)


def book(*rows, header=HEADER):
    """Return a maker of a workbook of shops."""
    return lambda path: good_xlsx(path, (header, *(rows or SHOPS)))


def layer(*shapes, **options):
    """Return a maker of a map layer, by the ending of its path."""

    def make(path: Path) -> None:
        kept = list(shapes or (BOX, shapely.transform(BOX, lambda xy: xy + 0.02)))
        named = {"名称": [f"社区{k}" for k in range(len(kept))]}
        frame = gpd.GeoDataFrame(named, geometry=kept, crs="EPSG:4326")
        if path.suffix == ".parquet":
            frame.to_parquet(path)
        else:
            frame.to_file(path, **options)

    return make


def shapefile(*, without=(), encoding="utf-8"):
    """Return a maker of a shapefile, parts of which were not uploaded."""

    def make(path: Path) -> None:
        layer(encoding=encoding)(path)
        for ending in without:
            path.with_suffix(ending).unlink()

    return make


def geojson(*features, crs=None):
    """Return a maker of a GeoJSON file of (properties, geometry) pairs."""
    said = [{"type": "Feature", "properties": told, "geometry": shape} for told, shape in features]
    whole = {"type": "FeatureCollection", "features": said}
    if crs:
        whole["crs"] = {"type": "name", "properties": {"name": crs}}
    return data(json.dumps(whole, ensure_ascii=False).encode())


def polygon(*points):
    """Return a GeoJSON polygon."""
    return {"type": "Polygon", "coordinates": [[[LON + x, LAT + y] for x, y in points]]}


def extract(path: Path) -> Path:
    """Write a small street extract with one shop."""
    nodes = {1: (0, 0), 2: (1, 0), 3: (2, 0, {"shop": "bakery", "name": "甲"})}
    return write_osm(path, nodes=nodes, ways=[(9, [1, 2], {"highway": "residential"})])


def packed(**names: bytes):
    """Return a maker of a workbook with further parts in its package."""
    return lambda path: rebuilt(book()(path), add=names)


def with_part(name: str, content: bytes = b"x"):
    """Return a maker of a workbook with one further part."""
    return lambda path: rebuilt(book()(path), add={name: content})


def part_changed(change: Callable[[bytes], bytes], part: str = SHEET):
    """Return a maker of a workbook with one part changed."""
    return lambda path: rebuilt(book()(path), change={part: change})


def named(wrong: str, make: Callable[[Path], object]):
    """Return a maker of a file that carries another format's ending."""

    def build(path: Path) -> None:
        real = path.with_name(wrong)
        make(real)
        real.rename(path)

    return build


def many_entries(path: Path) -> None:
    """Write a workbook of 100,000 parts."""
    book()(path)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(100_000):
            archive.writestr(f"xl/media/{number}", b"")


def cut(make: Callable[[Path], object], tenths: int):
    """Return a maker of the first tenths of a file."""

    def build(path: Path) -> None:
        make(path)
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) * tenths // 10 - 1])

    return build


def encrypted(path: Path) -> None:
    """Write the beginning of a workbook with a password."""
    path.write_bytes(OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600))


def nan_points(path: Path) -> None:
    """Write a layer of points, two of which are nowhere."""
    shapes = [shapely.Point(LON, LAT), shapely.Point(float("nan"), LAT), shapely.Point()]
    frame = gpd.GeoDataFrame(
        {"名称": ["甲", "乙", "丙"], "业态": "药店"}, geometry=shapes, crs="EPSG:4326"
    )
    frame.to_parquet(path)


def infinite(path: Path) -> None:
    """Write a shapefile whose first point lies at infinity."""
    frame = gpd.GeoDataFrame(
        {"名称": ["甲", "乙"], "业态": "药店"},
        geometry=[shapely.Point(LON, LAT), shapely.Point(LON, LAT + 0.01)],
        crs="EPSG:4326",
    )
    frame.to_file(path, encoding="utf-8")
    whole = bytearray(path.read_bytes())
    whole[112:120] = struct.pack("<d", float("inf"))
    path.write_bytes(bytes(whole))


def formulas(path: Path) -> None:
    """Write a workbook of texts that look like formulas."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(HEADER)
    for name in ("=1+1", "+86", "@甲", "-乙"):
        sheet.append((name, "药店", LON, LAT + sheet.max_row * 0.01))
        sheet.cell(sheet.max_row, 1).data_type = "s"
    made.save(path)


def old_workbook(path: Path) -> None:
    """Write what many systems call .xls: a web page with a table."""
    path.write_text("<html><table><tr><td>网点名称</td></tr></table></html>", encoding="utf-8")


def degrees(system: str) -> tuple:
    """Return the two shops in another system."""
    lon, lat = from_wgs84([LON, LON + 0.01], [LAT, LAT], system)
    return tuple((*shop[:2], x, y) for shop, x, y in zip(SHOPS, lon, lat, strict=True))


def bomb(megabytes: int) -> Callable[[bytes], bytes]:
    """Return what fills a sheet with spaces."""
    return lambda whole: whole.replace(
        b"</sheetData>", b" " * megabytes * 1024**2 + b"</sheetData>"
    )


def inner_zip() -> bytes:
    """Return a small archive."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.txt", "x")
    return held.getvalue()


NOTHING: dict = {}
LINES = '路段编号,名称,WKT\n1,甲路,"LINESTRING (118.78 32.04, 118.79 32.04)"\n'
POPULATION = ("社区名称", "常住人口", "户数")

ACCEPTED = [
    Case("a.xlsx", book()),
    Case("a.csv", text()),
    Case("bom.csv", text(encoding="utf-8-sig")),
    Case("gb18030.csv", text(encoding="gb18030")),
    Case("utf16.csv", text(encoding="utf-16")),
    Case("big5.csv", data("店名,業態\n藥師堂,藥店\n".encode("big5")), "outlets",
         {"columns": {"店名": "name", "業態": "trades"}}, good=0, refused=1, words="藥師堂"),
    Case("a.tsv", text(comma="\t")),
    Case("semicolons.txt", text(comma=";")),
    Case("gcj.csv", text(*degrees("GCJ-02")), told={"coordinates": "GCJ-02"}),
    Case("bd.csv", text(*degrees("BD-09")), told={"coordinates": "百度"}),
    Case("zone.csv", text(*degrees("EPSG:4549")), told={"coordinates": "EPSG:4549"}),
    Case("dms.csv", text(("甲", "药店", "118°46′48″E", "32°2′24″N")), good=1),
    Case("wide.csv", text(("甲", "药店", "１１８．７８", "３２．０４")), good=1),
    Case("formulas.xlsx", formulas, good=4),
    Case("swapped.csv", text(*[(f"店{k}", "药店", LAT, LON) for k in range(4)]), good=0,
         refused=4, words="整列填反了"),
    Case("zero.csv", text(("甲", "药店", 0, 0), SHOPS[1]), good=1, refused=1, words="坐标是 0"),
    Case("copies.csv", text(SHOPS[0], SHOPS[0]), good=1, refused=1, words="完全相同"),
    Case("total.csv", text(SHOPS[0], ("合计", "", "", "")), good=1, refused=1, words="合计"),
    Case("trade.csv", text(("甲", "卖鸟的", LON, LAT)), good=1, words="不认识业态“卖鸟的”"),
    Case("header.csv", data(",".join(HEADER).encode()), good=0, words="只有表头"),
    Case("many.xlsx", book(("甲", 1_000_000_000, ""), ("乙", 800, 900), ("丙", 800, 300),
                           header=POPULATION), "communities", NOTHING, good=1, refused=2,
         words="多于"),
    Case("date.csv", data("网点编号,业态,核实日期\n1,药店,2024-02-31\n".encode()), "reports",
         NOTHING, good=0, kind="table"),
    Case("a.gpkg", layer(), "communities", NOTHING),
    Case("a.geojson", layer(), "communities", NOTHING),
    Case("a.parquet", layer(), "communities", NOTHING),
    Case("a.shp", shapefile(), "communities", NOTHING),
    Case("no_cpg.shp", shapefile(without=[".cpg"], encoding="gbk"), "communities", NOTHING),
    Case("no_prj.shp", shapefile(without=[".prj"]), "communities"),
    Case("a.kml", data(KML.encode()), told={"columns": {"description": "业态"}}, good=1),
    Case("a.osm.pbf", extract, good=1),
    Case("streets.osm.pbf", extract, "streets", NOTHING, good=1),
    Case("doors.osm.pbf", extract, "doors", NOTHING, good=0),
    Case("bow.geojson", geojson(({"名称": "甲"}, polygon((0, 0), (0.01, 0.01), (0.01, 0),
                                                       (0, 0.01), (0, 0)))),
         "communities", NOTHING, good=1, words="自"),
    Case("open.geojson", geojson(({"名称": "甲"}, polygon((0, 0), (0.01, 0), (0.01, 0.01)))),
         "communities", NOTHING, good=1),
    Case("none.geojson", geojson(({"名称": "甲"}, None)), "communities", NOTHING, good=1),
    Case("nan.parquet", nan_points, good=1, refused=2, words="不知道在哪里"),
    Case("lines.csv", data(LINES.encode()),
         "streets", good=1),
]  # fmt: skip

REJECTED = [
    Case("far.xlsx", far_cells, words="1048576", kind="unsafe"),
    Case("bomb.xlsx", part_changed(bomb(40)), words="膨胀", kind="unsafe"),
    Case("large.xlsx", part_changed(bomb(310)), words="解压后有", kind="unsafe"),
    Case("nested.xlsx", with_part("xl/a.zip", inner_zip()), words="嵌了别的文件", kind="unsafe"),
    Case("entries.xlsx", many_entries, words="超过 2,000 个", kind="unsafe"),
    Case("up.xlsx", with_part("../../evil.xml"), words="指向外面的路径", kind="unsafe"),
    Case("root.xlsx", with_part("/etc/evil.xml"), words="指向外面的路径", kind="unsafe"),
    Case("password.xlsx", encrypted, words="打开密码", kind="unsafe"),
    Case("password.xls", encrypted, words="打开密码", kind="unsafe"),
    Case("page.xls", old_workbook, words="内容却是网页", kind="unsafe"),
    Case("page.xlsx", old_workbook, words="内容却是网页", kind="unsafe"),
    Case("page.csv", old_workbook, words="内容却是网页", kind="unsafe"),
    Case("book.csv", named("b.xlsx", book()), words="内容却是Excel", kind="unsafe"),
    Case("new.xls", named("b.xlsx", book()), words="内容却是新版", kind="unsafe"),
    Case("old.xlsx", data(OLE + bytes(600)), words="内容却是旧版", kind="unsafe"),
    Case("text.xlsx", text(), words="内容却是别的文件", kind="unsafe"),
    Case("a.xlsm", book(), words="带宏", kind="unsafe"),
    Case("macro.xlsx", with_part("xl/vbaProject.bin"), words="有宏", kind="unsafe"),
    Case("link.xlsx", with_part("xl/externalLinks/externalLink1.xml", b"<x/>"),
         words="链接到了外面", kind="unsafe"),
    Case("data.xlsx", with_part("xl/connections.xml", b"<x/>"), words="链接到了", kind="unsafe"),
    Case("entity.xlsx", part_changed(lambda _: DTD + b"<worksheet>&a;</worksheet>"),
         kind="unsafe"),
    Case("entity.kml", data(DTD + b"<kml>&a;</kml>"), kind="unsafe"),
    Case("entity.osm", data(DTD + b"<osm/>"), words=".osm.pbf", kind="unsafe"),
    Case("entity.svg", data(DTD + b"<svg/>"), words="图片", kind="unsafe"),
    Case("entity.gpx", data(DTD + b"<gpx/>"), words="轨迹", kind="unsafe"),
    Case("a.zip", data(inner_zip()), words="压缩包不收", kind="unsafe"),
    Case("a.exe", data(b"MZ"), words="不认识这种文件", kind="unsafe"),
    Case("empty.xlsx", data(b""), words="文件是空的", kind="unsafe"),
    Case("empty.csv", data(b""), words="文件是空的", kind="unsafe"),
    Case("binary.csv", data(bytes(range(256)) * 9), words="二进制", kind="unsafe"),
    Case("blank.xlsx", lambda path: openpyxl.Workbook().save(path), words="没有数据",
         kind="table"),
    Case("foreign.csv", data("字号,做什么\n甲,卖药\n".encode()), words="没有找到网点的表头",
         kind="table"),
    Case("half.csv", data("网点名称,地址\n甲,南门\n".encode()), words="缺少“业态”列",
         kind="table"),
    Case("twice.csv", data("网点名称,业态,业态\n甲,药店,药店\n".encode()), words="出现了两次",
         kind="table"),
    Case("nowhere.csv", text(), told=NOTHING, words="哪种坐标系", kind="coordinates"),
    Case("no_prj2.shp", shapefile(without=[".prj"]), "communities", NOTHING,
         words="没有写明坐标系", kind="coordinates"),
    Case("crs.geojson", geojson(({"名称": "甲"}, polygon((0, 0), (1, 0), (1, 1), (0, 0))),
                                crs="EPSG:999999"), "communities", NOTHING, words="不认识",
         kind="coordinates"),
    Case("no_dbf.shp", shapefile(without=[".dbf"]), "communities", NOTHING, words="缺少同名的 .dbf",
         kind="unsafe"),
    Case("no_shx.shp", shapefile(without=[".shx"]), "communities", NOTHING, words="缺少同名的 .shx",
         kind="unsafe"),
    Case("area.osm.pbf", extract, "communities", NOTHING, words="没有社区", kind="input"),
    Case("fake.gpkg", text(), "communities", words="内容却是别的文件", kind="unsafe"),
    Case("fake.parquet", text(), "communities", words="内容却是别的文件", kind="unsafe"),
    Case("fake.osm.pbf", text(), words="内容却是别的文件", kind="unsafe"),
    Case("fake.shp", text(), "communities", words="内容却是别的文件", kind="unsafe"),
    Case("list.geojson", data(b"[1]"), "communities", words="内容却是别的文件", kind="unsafe"),
    Case("table.csv", text(), "scenarios", words="没有叫“scenarios”的表", kind="input"),
]  # fmt: skip
