"""Lesson 12: the civic half fails on routing, closure, identity and trust, not on forms.

Paid for in FixMyStreet (#868, #897), Decidim (#5438), CONSUL (#4570), Austin (#24194: tell the
resident *why*) and Superset (#26144: garbled Chinese files). Consultations are not built yet;
reasons and Chinese files already are.
"""

import openpyxl
import pandas as pd
import pytest

from livingcircle.assessment import assess
from livingcircle.explain import explain_verdict
from livingcircle.io.excel import write_template
from livingcircle.io.excel import write_workbook
from livingcircle.io.folder import read_district
from tests.factories.district import draw_district
from tests.factories.standards import count
from tests.factories.standards import reach
from tests.factories.standards import write_standard

DISTRICT = (
    '[district]\nname = "小区"\ncoordinates = "WGS-84"\n[[doors]]\nfile = "楼门.csv"\n'
    'status = "real"\ntitle = "楼门"\n[[outlets]]\nfile = "网点.csv"\nstatus = "real"\n'
    'title = "网点"\n'
)
DOORS = "楼门编号,名称,居住人口,经度,纬度\nd1,堃园一号楼,20,118.80,32.04\n"
SHOPS = "网点编号,网点名称,业态,经度,纬度\no1,喆记药店,药店,118.801,32.04\n"


def test_lesson_12_every_verdict_tells_its_rule_numbers_and_clause():
    """Residents were told no, and nobody could say why."""
    doors = [(100, 0, 10), (900, 0, 20), (500, 300, 30)]
    district = draw_district([(150, 0, ["pharmacy"])], doors, complete=["pharmacy"])
    assessment = assess(district, write_standard(count("pharmacy"), reach("pharmacy")))
    assert (assessment.findings["explanation"] != "").all()
    assert (assessment.findings["clause"] != "").all()
    for door, word in (("d00", "已覆盖"), ("d01", "没有"), ("d02", "未核实")):
        said = "\n".join(explain_verdict(assessment, door, "药店"))
        assert word in said
        assert "手写三" in said
    assert "楼门附近没有可走的道路" in said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_lesson_12_chinese_tables_are_read_in_any_usual_encoding(tmp_path, encoding):
    """Excel on a Chinese desktop writes GBK; the names must come through whole."""
    (tmp_path / "district.toml").write_text(DISTRICT, "utf-8")
    (tmp_path / "楼门.csv").write_text(DOORS, encoding)
    (tmp_path / "网点.csv").write_text(SHOPS, encoding)
    district = read_district(tmp_path)
    assert district.outlets["name"].tolist() == ["喆记药店"]
    assert district.doors["name"].tolist() == ["堃园一号楼"]


def test_lesson_12_tables_go_out_as_real_workbooks(tmp_path):
    """A renamed CSV opened as garbage; phone numbers lost their zero."""
    path = tmp_path / "清单.xlsx"
    table = pd.DataFrame({"名称": ["喆记药店"], "电话": ["02583210000"]})
    write_workbook(path, {"缺项": table})
    rows = list(openpyxl.load_workbook(path)["缺项"].values)
    assert rows[-1][:2] == ("喆记药店", "02583210000")


def test_lesson_12_templates_open_with_chinese_titles(tmp_path):
    """Whoever fills a form in must be able to read it."""
    write_template("outlets", tmp_path / "网点.xlsx")
    book = openpyxl.load_workbook(tmp_path / "网点.xlsx")
    cells = [c for s in book for row in s.iter_rows(values_only=True) for c in row]
    assert {"网点名称", "业态", "经度", "纬度"} <= set(cells)
