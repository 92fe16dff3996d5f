"""Choose sites on the command line: what is said, what is written, what is refused."""

import shutil
import threading
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from typer.testing import CliRunner

from livingcircle import cli
from livingcircle._commands import siting
from livingcircle.errors import InputError
from livingcircle.errors import NetworkError
from livingcircle.errors import SitingError

SAMPLE = Path(cli.__file__).parent / "sample"


@pytest.fixture(name="sample", scope="module")
def _sample(tmp_path_factory):
    """Return a copy of the demonstration district: prepared streets are kept beside the data."""
    return shutil.copytree(SAMPLE, tmp_path_factory.mktemp("sample") / "district")


def run(*words):
    """Return what a command prints; a refusal comes through as its own error."""
    result = CliRunner().invoke(cli.app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_most_writes_the_plan_and_all_sheets_with_the_sites_in_them(tmp_path, sample):
    said = run(
        "site", "most", sample, "--count", 2, "--trade", "药店，早餐店", "--out", tmp_path / "s"
    )
    assert "选址方案.xlsx" in said
    assert "共2处" in said
    assert len(gpd.read_file(tmp_path / "s" / "livingcircle.gpkg", layer="sites")) == 2
    book = openpyxl.load_workbook(tmp_path / "s" / "一单_缺什么补什么清单.xlsx")
    cells = [str(c.value) for row in book["缺什么补什么"].iter_rows() for c in row]
    assert any("选址：" in cell for cell in cells)


def test_only_the_plan_where_only_that_is_wanted(tmp_path, sample):
    run("site", "fewest", sample, "--trade", "药店", "--only-plan", "--out", tmp_path / "s")
    names = {path.name for path in (tmp_path / "s").iterdir() if not path.name.startswith(".")}
    assert names == {"选址方案.xlsx"}


def test_nothing_to_spend_says_what_else_helps(tmp_path, sample):
    said = run("site", "most", sample, "--count", 0, "--trade", "药店", "--out", tmp_path / "s")
    assert "迁移一家网点" in said
    assert (tmp_path / "s" / "不新设空间能做什么.xlsx").is_file()


def test_centres_and_stops_are_written(tmp_path, sample):
    assert "●" in run("site", "centre", sample, "--out", tmp_path / "c")
    said = run("site", "mobile", sample, "--trade", "菜篮子", "--stops", 2, "--out", tmp_path / "m")
    assert "07:00" in said
    assert (tmp_path / "m" / "移动供给时间表.xlsx").is_file()


def test_scenarios_are_played_from_a_sheet(tmp_path, sample):
    sheet = tmp_path / "方案.csv"
    sheet.write_text("方案,动作,业态,空间编号\n甲,新增网点,药店,YS-K05\n", "utf-8")
    said = run("scenario", sample, sheet, "--out", tmp_path / "对比.xlsx")
    assert "甲" in said
    assert (tmp_path / "对比.xlsx").is_file()


def test_a_sheet_with_a_bad_row_is_not_played_by_halves(tmp_path, sample):
    sheet = tmp_path / "方案.csv"
    sheet.write_text("方案,动作\n甲,飞起来\n", "utf-8")
    with pytest.raises(InputError, match="没有开始测算"):
        run("scenario", sample, sheet, "--out", tmp_path / "对比.xlsx")


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (("most", "--trade", "药店铺子"), InputError, "认不出的业态“药店铺子”"),
        (("most",), SitingError, "没有说要设多少"),
        (("most", "--count", "1", "--apart", "-3"), InputError, "--apart"),
        (("most", "--budget", "nan"), InputError, "--budget"),
        (("mobile", "--begins", "25:00"), NetworkError, "25:00"),
        (("walking", "--trade", "药店,早餐店", "--count", "1"), SitingError, "一次只能选一种业态"),
    ],
)
def test_what_means_nothing_is_refused_in_words(tmp_path, sample, words, error, said):
    with pytest.raises(error, match=said):
        run("site", words[0], sample, *words[1:], "--out", tmp_path / "s")
    assert not (tmp_path / "s").exists()


def test_whoever_wants_to_stop_gets_the_best_so_far(monkeypatch):
    asked, begun = threading.Event(), threading.Event()

    def solve(stop):
        begun.set()
        while not stop():
            asked.wait(0.01)
        return "目前最好"

    class Impatient:
        """Press Ctrl-C at the first look."""

        def __init__(self, future):
            self._future, self._pressed = future, False

        def result(self, timeout):
            begun.wait()
            if not self._pressed:
                self._pressed = True
                raise KeyboardInterrupt
            return self._future.result(timeout)

    real = siting.ThreadPoolExecutor.submit
    monkeypatch.setattr(
        siting.ThreadPoolExecutor, "submit", lambda pool, *a: Impatient(real(pool, *a))
    )
    assert siting.interruptible(solve) == "目前最好"
