"""Hold the workbook that goes back to what was found in the one that came."""

import openpyxl
import pytest

from livingcircle_platform.imports.child import Limits
from livingcircle_platform.imports.errors import LimitReachedError
from livingcircle_platform.imports.errors import ReadingError
from livingcircle_platform.imports.readback import write_readback
from livingcircle_platform.imports.reading import Reading
from tests.platform.imports.corpus import LAT
from tests.platform.imports.corpus import LON
from tests.platform.imports.corpus import SHOPS
from tests.platform.imports.corpus import book
from tests.platform.imports.corpus import geojson
from tests.platform.imports.corpus import judged
from tests.platform.imports.corpus import text

BAD = ("丙", "药店", 0, 0)
RED = "FFFFC7CE"


@pytest.mark.parametrize(("name", "make"), [("a.xlsx", book), ("a.csv", text)])
def test_a_table_comes_back_with_the_bad_cells_red(name, make, tmp_path):
    make(*SHOPS, BAD)(tmp_path / name)
    reading = judged(tmp_path / name, tmp_path / "w", coordinates="WGS-84")
    marked = write_readback(reading, tmp_path / name, tmp_path / "back")
    assert marked == tmp_path / "back.xlsx"
    sheet = openpyxl.load_workbook(marked).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["网点名称", "业态", "经度", "纬度", "错误"]
    assert sheet["C4"].fill.start_color.rgb == RED
    assert "坐标是 0" in sheet["C4"].comment.text
    assert "坐标是 0" in sheet["E4"].value
    assert sheet["E2"].value is None
    corrected = judged(marked, tmp_path / "again", coordinates="WGS-84")
    assert corrected.counts == {"outlets": 2}


def test_a_table_of_foreign_words_is_marked_below_its_own_header(tmp_path):
    rows = (("甲", "药店", LON, LAT), BAD)
    book(("字号", "做什么", "东", "北"), *rows, header=("某区台账", "", "", ""))(
        tmp_path / "a.xlsx"
    )
    columns = {"字号": "name", "做什么": "trades", "东": "lon", "北": "lat"}
    reading = judged(tmp_path / "a.xlsx", tmp_path / "w", coordinates="WGS-84", columns=columns)
    assert reading.counts == {"outlets": 1}
    marked = write_readback(reading, tmp_path / "a.xlsx", tmp_path / "back.xlsx")
    sheet = openpyxl.load_workbook(marked).worksheets[0]
    assert sheet["E2"].value == "错误"
    assert sheet["E4"].fill.start_color.rgb == RED or sheet["C4"].fill.start_color.rgb == RED


def test_a_layer_comes_back_as_a_list(tmp_path):
    geojson(({"名称": "甲"}, {"type": "Point", "coordinates": [LON, LAT]}))(tmp_path / "a.geojson")
    reading = judged(tmp_path / "a.geojson", tmp_path / "w", "communities")
    marked = write_readback(reading, tmp_path / "a.geojson", tmp_path / "back.xlsx")
    rows = list(openpyxl.load_workbook(marked)["问题清单"].iter_rows(values_only=True))
    assert rows[0][:3] == ("处理", "文件", "工作表")
    assert len(rows) == 1 + len(reading.issues())


def test_a_readback_is_bound_too(tmp_path):
    book()(tmp_path / "a.xlsx")
    reading = judged(tmp_path / "a.xlsx", tmp_path / "w", coordinates="WGS-84")
    limits = Limits(written_mb=0)
    with pytest.raises(LimitReachedError):
        write_readback(reading, tmp_path / "a.xlsx", tmp_path / "back.xlsx", limits=limits)
    assert not (tmp_path / "back.xlsx").exists()


def test_a_reading_that_is_not_whole_is_none(tmp_path):
    with pytest.raises(FileNotFoundError):
        Reading.load(tmp_path)
    book()(tmp_path / "a.xlsx")
    reading = judged(tmp_path / "a.xlsx", tmp_path / "w", coordinates="WGS-84")
    assert Reading.is_complete(tmp_path / "w", reading.key)
    assert not Reading.is_complete(tmp_path / "w", "another")
    (tmp_path / "w" / "issues.parquet").unlink()
    assert not Reading.is_complete(tmp_path / "w", reading.key)
    with pytest.raises(FileNotFoundError):
        Reading.load(tmp_path / "w")


def test_a_workbook_that_cannot_be_copied_is_told(tmp_path):
    book()(tmp_path / "a.xlsx")
    reading = judged(tmp_path / "a.xlsx", tmp_path / "w", coordinates="WGS-84")
    (tmp_path / "a.xlsx").write_bytes(b"x")
    with pytest.raises(ReadingError, match=r"a\.xlsx：扩展名是 \.xlsx，内容却是别的文件"):
        write_readback(reading, tmp_path / "a.xlsx", tmp_path / "back.xlsx")
