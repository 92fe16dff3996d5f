"""Tests: every file with problems comes back marked, none over another."""

from dataclasses import replace

import openpyxl

from livingcircle.readback import ISSUE_LIST
from livingcircle.readback import by_gravity
from livingcircle.readback import write_readbacks
from livingcircle.tables import ERROR
from livingcircle.tables import WARNING
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
    assert written[0].name == ISSUE_LIST
    assert sorted(path.name for path in written[1:]) == [
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


def test_awkward_file_names_controls_and_declared_encodings_come_back_whole(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    out.mkdir()
    text = "名称,居住人口\n東京\x01ストア,-3\n"
    (folder / "网点[1]?.csv").write_bytes(text.encode("shift_jis", "replace"))
    toml = '[district]\n[[doors]]\nfile = "网点[1]?.csv"\nencoding = "shift_jis"\n'
    (folder / "district.toml").write_text(toml, encoding="utf-8")
    issues = [Issue("网点[1]?.csv", "", 2, "居住人口", "-3", ERROR, "是\x01负数")]
    district = replace(draw_district(), issues=issues_frame(issues))
    _, marked = write_readbacks(district, str(folder), str(out))
    cells = [c.value for row in openpyxl.load_workbook(out / marked).active for c in row]
    assert "東京ストア" in cells


def test_what_tells_most_stands_first():
    def issue(row, severity, problem):
        return Issue("a.csv", "", row, "", "", severity, problem)

    issues = [
        issue(2, WARNING, "“1”不是电话号码"),
        issue(3, WARNING, "“2”不是电话号码"),
        issue(4, ERROR, "没有填网点名称"),
        issue(5, ERROR, "没有填网点名称"),
        issue(0, WARNING, "坐标写明是 WGS-84，但更像 GCJ-02"),
    ]
    assert by_gravity(issues_frame(issues))["row"].tolist() == [0, 4, 2, 5, 3]
