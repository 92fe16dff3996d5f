"""Write cells that no spreadsheet program runs."""

import io

import openpyxl
import pytest

from livingcircle_platform.core import sheets

LEADS = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x"]


@pytest.mark.parametrize("text", LEADS)
def test_a_csv_cell_is_never_a_formula(text):
    told = sheets.csv_text(["名称"], [[text]]).decode("utf-8-sig")
    assert f"'{text}" in told


def test_a_workbook_cell_is_never_a_formula():
    book = openpyxl.load_workbook(
        io.BytesIO(sheets.workbook("表", ["名称"], [[one] for one in LEADS], ["=n"]))
    )
    cells = [row[0] for row in book.active.iter_rows()]
    assert {cell.data_type for cell in cells} == {"s"}
    assert cells[0].value == "=n"
    assert cells[2].value == "=1+1"


def test_numbers_stay_numbers_and_nothing_stays_nothing():
    book = openpyxl.load_workbook(
        io.BytesIO(sheets.workbook("表", ["a", "b", "c"], [[1.5, None, "12345"]]))
    )
    assert [cell.value for cell in book.active[2]] == [1.5, None, "12345"]
