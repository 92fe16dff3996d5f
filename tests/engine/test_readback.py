"""Tests: every file with problems comes back marked, none over another."""

from dataclasses import replace

import openpyxl

from livingcircle.readback import write_readbacks
from livingcircle.tables import ERROR
from livingcircle.tables import Issue
from livingcircle.tables import issues_frame
from tests.factories.district import draw_district


def test_files_of_one_name_get_workbooks_of_their_own(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    (folder / "a").mkdir(parents=True)
    out.mkdir()
    for name in ("doors.csv", "a/doors.csv", "a/doors.txt"):
        (folder / name).write_text(f"名称,居住人口\n{name},-3\n", encoding="utf-8")
    book = openpyxl.Workbook()
    book.active.append(["名称", "居住人口"])
    book.save(folder / "doors.xlsx")
    files = ["doors.csv", "a/doors.csv", "doors.xlsx", "a/doors.txt", "gone.csv"]
    issues = [Issue(file, "", 2, "居住人口", "-3", ERROR, "是负数") for file in files]
    district = replace(draw_district(), issues=issues_frame(issues))
    written = write_readbacks(district, folder, out)
    assert sorted(path.name for path in written) == [
        "a_doors_回执.xlsx",
        "doors_csv_回执.xlsx",
        "doors_xlsx_回执.xlsx",
    ]
    (cells,) = [
        [cell.value for row in openpyxl.load_workbook(out / path).active for cell in row]
        for path in written
        if path.name.startswith("a_")
    ]
    assert "a/doors.csv" in cells


def test_nothing_wrong_writes_nothing(tmp_path):
    assert write_readbacks(draw_district(), tmp_path, tmp_path) == []
    assert list(tmp_path.iterdir()) == []
