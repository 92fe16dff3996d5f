"""Hold the guard against every trap a file can be; each is refused with its sentence."""

import time
import zipfile
from pathlib import Path

import pytest

from livingcircle.errors import InputError
from livingcircle.errors import UnsafeFileError
from livingcircle.io import guard
from livingcircle.io.guard import check_file
from tests.engine.io.bad_files import SHEET
from tests.engine.io.bad_files import far_cells
from tests.engine.io.bad_files import good_xlsx
from tests.engine.io.bad_files import rebuilt

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DTD = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><kml>&a;</kml>'


def put(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def refused(path: Path, **options) -> str:
    started = time.monotonic()
    with pytest.raises(UnsafeFileError) as caught:
        check_file(path, **options)
    assert time.monotonic() - started < 2.0
    assert str(caught.value).startswith(f"{path.name}：")
    assert caught.value.remedy
    return str(caught.value)


def test_good_files_pass_and_are_named_by_kind(tmp_path):
    assert check_file(good_xlsx(tmp_path / "a.xlsx")) == "xlsx"
    assert check_file(put(tmp_path / "a.CSV", "名称\n甲\n".encode())) == "csv"
    assert check_file(put(tmp_path / "b.csv", "名称\n甲\n".encode("utf-16"))) == "csv"
    assert check_file(put(tmp_path / "a.geojson", b'{"type":"FeatureCollection"}\n')) == "geojson"
    assert check_file(put(tmp_path / "a.kml", b"<?xml version='1.0'?><kml/>")) == "kml"


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path):
    with pytest.raises(InputError, match="没有这个文件"):
        check_file(tmp_path / "a.xlsx")
    (tmp_path / "b.xlsx").mkdir()
    with pytest.raises(InputError, match="这是一个文件夹"):
        check_file(tmp_path / "b.xlsx")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.xlsm", "带宏的工作簿不收"),
        ("a.et", "WPS 专用格式不收"),
        ("a.zip", "压缩包不收"),
        ("a.kmz", "压缩的 KML 不收"),
        ("a.svg", "图片不是数据表"),
        ("a.gpx", "轨迹文件不收"),
        ("a.osm", "转换成 .osm.pbf"),
        ("a.pdf", "PDF 不是数据表"),
        ("a.exe", "不认识这种文件"),
        ("noname", "不认识这种文件"),
    ],
)
def test_kinds_that_are_never_read(tmp_path, name, words):
    assert words in refused(put(tmp_path / name, b"x"))


def test_empty_and_oversized_files(tmp_path):
    assert "文件是空的" in refused(put(tmp_path / "a.xlsx", b""))
    limits = guard.Limits(office_bytes=2 * 1024**2)
    assert "3.0 MB，超过 2 MB" in refused(
        put(tmp_path / "a.csv", b"a" * 3 * 1024**2), limits=limits
    )


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xls", b"<html><table><tr><td>1", "扩展名是 .xls，内容却是网页"),
        ("a.xls", b"\xef\xbb\xbf  <?xml version='1.0'?><Workbook>", "内容却是网页"),
        ("a.xls", b"PK\x03\x04....", "内容却是新版 Excel 工作簿（.xlsx）"),
        ("a.xls", b"hello", "内容却是别的文件"),
        ("a.xlsx", OLE + b"\0" * 600, "内容却是旧版 Excel 工作簿（.xls）"),
        ("a.xlsx", b"<table>", "扩展名是 .xlsx，内容却是网页"),
        ("a.xlsx", b"name,trade\n", "内容却是别的文件"),
        ("a.csv", b"PK\x03\x04....", "扩展名是 .csv，内容却是Excel 工作簿"),
        ("a.csv", OLE, "扩展名是 .csv，内容却是Excel 工作簿"),
        ("a.csv", b"<!DOCTYPE html><html>", "内容却是网页"),
        ("a.csv", b"ab" * 30 + b"\0" + b"cd" * 30, "内容却是二进制文件"),
        ("a.geojson", b"[1,2]", "内容却是别的文件"),
        ("a.geojson", b'{"type":"FeatureCollection","features":[{"ty', "结尾缺了一截"),
        ("a.gpkg", b"PK\x03\x04", "内容却是别的文件"),
        ("a.parquet", b"hello", "内容却是别的文件"),
        ("a.parquet", b"PAR1" + b"x" * 50, "结尾缺了一截"),
        ("a.osm.pbf", b"hello", "内容却是别的文件"),
        ("a.shp", b"hello", "内容却是别的文件"),
        ("a.kml", DTD, "定义了文档类型或实体（DTD）"),
        ("a.kml", DTD.decode().encode("utf-16"), "定义了文档类型或实体（DTD）"),
        ("a.kml", b"<?xml version='1.0' encoding='cp037'?><kml/>", "少见的编码 cp037"),
    ],
)
def test_files_that_are_not_what_their_name_says(tmp_path, name, data, words):
    assert words in refused(put(tmp_path / name, data))


def test_an_encrypted_workbook(tmp_path):
    data = OLE + b"\0" * 1000 + "EncryptedPackage".encode("utf-16-le")
    for name in ("a.xlsx", "a.xls"):
        assert "工作簿设了打开密码。在 Excel 里取消打开密码" in refused(put(tmp_path / name, data))


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("XFD1048576", "第 1048576 行"),
        ("A100001", "第 100001 行"),
        ("GS5", "单元格 GS5 "),
        ("ZZ1", "单元格 ZZ1 "),
        ("AAA1", "单元格 AAA1 "),
    ],
)
def test_far_cells_are_found_without_parsing(tmp_path, address, place):
    path = far_cells(tmp_path / "a.xlsx", address)
    assert path.stat().st_size < 10_000
    assert f"{place}超出了 100,000 行、200 列的范围。选中表格外的空白行列" in refused(path)


@pytest.mark.parametrize("address", ["GR5", "A100000", "GR100000"])
def test_cells_at_the_limit_pass(tmp_path, address):
    assert check_file(far_cells(tmp_path / "a.xlsx", address)) == "xlsx"


@pytest.mark.parametrize(
    "cell",
    [b"<c r='XFD1048576'/>", b'<c  r = "XFD9"/>', b'<c s="1" r="xfd9"/>', b'<c r="&#88;FD9"/>'],
)
def test_far_cells_written_another_way_are_found(tmp_path, cell):
    path = rebuilt(
        good_xlsx(tmp_path / "a.xlsx"),
        change={SHEET: lambda d: d.replace(b"</sheetData>", cell + b"</sheetData>")},
    )
    assert "单元格" in refused(path)


def test_a_far_cell_in_utf16_is_found(tmp_path):
    path = far_cells(tmp_path / "a.xlsx")
    rebuilt(path, change={SHEET: lambda d: d.decode().replace("UTF-8", "UTF-16").encode("utf-16")})
    assert "第 1048576 行超出了" in refused(path)


def test_a_zip_bomb_is_refused_from_its_directory(tmp_path):
    path = rebuilt(good_xlsx(tmp_path / "a.xlsx"), add={"xl/worksheets/b.xml": b" " * 50_000_000})
    assert "倍，超过 100 倍" in refused(path)
    path = rebuilt(good_xlsx(tmp_path / "b.xlsx"), add={"xl/b.xml": b" " * (301 * 1024**2)})
    assert "超过 300 MB" in refused(path)


def test_a_workbook_of_very_many_parts(tmp_path):
    path = rebuilt(
        good_xlsx(tmp_path / "a.xlsx"), add={f"xl/m{i}.xml": b"<a/>" for i in range(2000)}
    )
    assert "个文件，超过 2,000 个" in refused(path)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("xl/vbaProject.bin", b"x", "工作簿里有宏"),
        ("xl/macrosheets/sheet1.xml", b"<a/>", "工作簿里有宏"),
        ("xl/externalLinks/externalLink1.xml", b"<a/>", "工作簿链接到了外面的文件或数据库"),
        ("xl/connections.xml", b"<a/>", "工作簿链接到了外面的文件或数据库"),
        ("xl/embeddings/a.bin", b"PK", "里面嵌了别的文件或压缩包"),
        ("xl/a.zip", b"PK", "里面嵌了别的文件或压缩包"),
        ("../../etc/passwd", b"x", "指向外面的路径"),
        ("/etc/passwd", b"x", "指向外面的路径"),
        ("..\\a.xml", b"x", "指向外面的路径"),
        ("c:/a.xml", b"x", "指向外面的路径"),
        ("XL/Workbook.xml", b"<a/>", "重名的文件"),
        ("xl/drawings/d.xml", DTD, "定义了文档类型或实体（DTD）"),
        (
            "xl/_rels/x.rels",
            b'<a><Relationship Id="r" Type="x/oleObject" Target="c" TargetMode="External"/></a>',
            "工作簿链接到了外面的文件",
        ),
    ],
)
def test_parts_that_do_not_belong_in_a_table(tmp_path, name, data, words):
    assert words in refused(rebuilt(good_xlsx(tmp_path / "a.xlsx"), add={name: data}))


def test_a_web_address_in_a_cell_is_only_text(tmp_path):
    rows = (("网点名称", "业态"), ("http://example.org", "药店"))
    assert check_file(good_xlsx(tmp_path / "a.xlsx", rows)) == "xlsx"


def test_a_workbook_cut_at_any_place_is_refused(tmp_path):
    whole = good_xlsx(tmp_path / "a.xlsx").read_bytes()
    for tenth in range(1, 10):
        path = put(tmp_path / f"{tenth}.xlsx", whole[: len(whole) * tenth // 10])
        assert "文件不完整或已损坏" in refused(path)


def test_a_zip_that_is_no_workbook(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("readme.txt", "x")
    assert "内容却是别的压缩包" in refused(tmp_path / "a.xlsx")


def test_a_shapefile_without_its_companions(tmp_path):
    head = b"\x00\x00\x27\x0a" + b"\0" * 20 + (50).to_bytes(4, "big") + b"\0" * 72
    assert "缺少同名的 .shx、.dbf 文件" in refused(put(tmp_path / "a.shp", head))
    assert "结尾缺了一截" in refused(put(tmp_path / "b.shp", head[:60]))
