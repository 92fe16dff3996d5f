"""Open the site plan as a bureau would, and find its sites in the plan sheets and on the map."""

from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest

from livingcircle.documents._chosen import chosen_words
from livingcircle.documents._desk import at_desk
from livingcircle.documents._provenance import provenance
from livingcircle.documents.gap_list import GAP_FIELDS
from livingcircle.documents.gap_list import gap_rows
from livingcircle.documents.outlet_map import outlet_map_html
from livingcircle.documents.site_plan import CURVE
from livingcircle.documents.site_plan import summary
from livingcircle.documents.site_plan import write_site_plan
from livingcircle.documents.timetables import PROVISION_FIELDS
from livingcircle.documents.timetables import provision_rows
from livingcircle.lacking import Weights
from livingcircle.results import GEOPACKAGE
from livingcircle.results import SITES
from livingcircle.results import fresh_folder
from livingcircle.results import write_results
from livingcircle.site_tables import chosen_sites
from livingcircle.siting import Wish
from livingcircle.siting import site_fewest
from livingcircle.siting import site_most
from tests.factories.siting import PHARMACY
from tests.factories.siting import assess_street
from tests.factories.siting import rooms_of
from tests.factories.standards import count

DOORS = [(0, 10), (300, 20), (600, 30), (1500, 40)]


def plan(solve=site_most, rules=(PHARMACY,), **how):
    """Return a plan with two rooms, one of them with a cost and a formula for a name."""
    spaces = [(450, {"name": "=空间A1", "cost": 5.0}), 1500, (700, {"occupancy": "仓库"})]
    assessment = assess_street(DOORS, spaces=spaces, rules=rules)
    wish = Wish(weights=Weights(0.0, 0.0, urgency=False), **{"count": 2, **how})
    return solve(assessment, rooms_of(assessment), wish)


def sheets(made, folder):
    """Return the cells of every sheet of a written plan."""
    book = openpyxl.load_workbook(write_site_plan(made, folder / "选址方案.xlsx"))
    return {page.title: [[cell.value for cell in row] for row in page.iter_rows()] for page in book}


def below(rows: list[list[object]], heading: str) -> list[list[object]]:
    """Return the rows below a heading."""
    return rows[[row[0] for row in rows].index(heading) + 1 :]


def test_every_question_has_its_sheet(tmp_path: Path) -> None:
    found = sheets(plan(), tmp_path)
    assert list(found) == [
        "选址方案", "前后对比", CURVE, "相近方案", "没有纳入的", "证明与口径", "数据来源",
    ]  # fmt: skip
    assert list(sheets(plan(site_fewest, (count("laundry"),)), tmp_path))[4] == "数量缺口"


def test_sites_stand_in_the_order_of_the_plan(tmp_path: Path) -> None:
    rows = below(sheets(plan(), tmp_path)["选址方案"], "次序")
    assert [(row[0], row[1], row[2], row[12]) for row in rows] == [
        (1, "药店", "=空间A1", 50), (2, "药店", "空间1", 40),
    ]  # fmt: skip
    assert [row[16] for row in rows] == [5, "未核实"]


def test_names_are_never_formulas_and_bytes_are_the_same(tmp_path: Path) -> None:
    made = plan()
    once, again = (write_site_plan(made, tmp_path / name).read_bytes() for name in ("a", "b"))
    assert once == again
    with ZipFile(tmp_path / "a") as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page


def test_the_proof_is_in_words(tmp_path: Path) -> None:
    told = dict(row[:2] for row in below(sheets(plan(), tmp_path)["证明与口径"], "项目"))
    assert told["差距"] == "0.00%"
    assert told["结论"].startswith("已证明")
    assert told["上限"] == "最多2处"
    assert summary(plan()) == "共2处、2个业态，新服务居民90人（每人只计一次）；已证明最优。"


def test_the_fewest_are_counted_in_outlets(tmp_path: Path) -> None:
    told = sheets(plan(site_fewest, count=None), tmp_path)["证明与口径"]
    rows = dict(row[:2] for row in below(told, "项目"))
    assert (rows["方案的值"], rows["下界"], rows["上限"]) == ("2.0个业态", "2.0个业态", "不限")
    assert "仍不能满足的" in rows


@pytest.fixture(name="told")
def _told():
    made = plan()
    return replace(made.assessment, chosen=chosen_sites(made))


def test_the_gap_list_says_what_goes_where(told) -> None:
    what, room = (
        [field.title for field in GAP_FIELDS].index(title) for title in ("补什么", "可用空间")
    )
    rows = {row[1]: row for row in gap_rows(at_desk(told))}
    assert rows["甲圈"][what].endswith("；选址：=空间A1设药店（新服务50人）")
    assert rows["甲圈"][room] == "选定：=空间A1"
    assert rows["乙圈"][room] == "选定：空间1"


def test_the_timetable_says_it_too(told) -> None:
    desk = at_desk(told)
    what = [field.title for field in PROVISION_FIELDS].index("补什么")
    assert all("选址：" in row[what] for row in provision_rows(desk, provenance(desk)))


def test_people_nobody_knows_and_numbers_made_up_are_told_apart(told) -> None:
    gaps = pd.DataFrame(
        {
            "gap_id": ["G1", "G2"], "order": [1, 1], "space_name": ["甲", "甲"],
            "trade": ["pharmacy"] * 2, "trade_name": ["药店"] * 2, "people": [0.0, float("nan")],
                "counts": [True, False],
        }
    )  # fmt: skip
    words = chosen_words(replace(told, chosen=replace(told.chosen, gaps=gaps)))
    assert words == {"G1": "甲设药店（计入数量）", "G2": "甲设药店（新服务居民数未核实）"}


def test_the_map_shows_the_sites_with_a_list_of_them(told) -> None:
    page = outlet_map_html(told)
    assert page.count('class="site"') == 2
    assert "拟设网点（选址建议）" in page
    assert "=空间A1" in page
    assert 'class="site"' not in outlet_map_html(replace(told, chosen=plan().assessment.chosen))


def test_the_geopackage_and_the_tables_hold_the_sites(told, tmp_path: Path) -> None:
    with fresh_folder(tmp_path / "out") as work:
        write_results(told, work)
    layer = gpd.read_file(tmp_path / "out" / GEOPACKAGE, layer=SITES)
    assert layer["space_id"].tolist() == ["s0", "s1"]
    styles = gpd.read_file(tmp_path / "out" / GEOPACKAGE, layer="layer_styles")
    assert SITES in set(styles["f_table_name"])
    saved = gpd.read_parquet(tmp_path / "out" / "tables" / "sites.parquet")
    assert saved["people"].tolist() == [50.0, 40.0]
    gaps = pd.read_parquet(tmp_path / "out" / "tables" / "site_gaps.parquet")
    assert len(gaps) == 2
