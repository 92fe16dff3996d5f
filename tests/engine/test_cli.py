"""Check the command line as a person meets it: what is said, written and refused."""

import os
import re
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from livingcircle import _report
from livingcircle import _terminal
from livingcircle import cli
from livingcircle.assessment import assess
from livingcircle.errors import InputError
from livingcircle.errors import LivingCircleError
from tests.factories.district import draw_district
from tests.factories.standards import count
from tests.factories.standards import write_standard
from tests.factories.streets import draw_streets

SAMPLE = Path(cli.__file__).parent / "sample"
MIYUN = """序号,生活圈名称,生活圈类型,覆盖社区,覆盖社区数,服务人口(万人)
18,瑞和园生活圈,新兴住宅生活圈,瑞和园社区,1,0.8
21,密云镇北区生活圈,城乡结合部生活圈,王家楼村、大唐庄村、小唐庄村、李各庄村、西户部庄村,,0.79
"""


def run(*words):
    """Return what a command prints; a refusal comes through as its own error."""
    result = CliRunner().invoke(cli.app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_standards_are_listed_shown_and_checked():
    assert "miyun_2023" in run("standards", "list")
    assert "每个社区不少于2个菜篮子" in run("standards", "show", "miyun_2023")
    assert "没有发现问题" in run("standards", "validate", "beijing_eight")


def test_a_spoiled_standard_is_told_in_full(tmp_path):
    pack = tmp_path / "某市.toml"
    pack.write_text('[standard]\nid = "x"\ntitle = "某市"\ncolour = 1\n', "utf-8")
    result = CliRunner().invoke(cli.app, ["standards", "validate", str(pack)])
    assert result.exit_code == 1
    assert "某市.toml" in result.output
    assert "不认识的键“colour”" in result.output


def test_requirements_need_no_map(tmp_path):
    circles = tmp_path / "名单.csv"
    circles.write_text(MIYUN, "utf-8")
    said = run("requirements", "--circles", circles, "--out", tmp_path / "应配.xlsx")
    rows = {line.split()[0]: line.split()[-1] for line in said.splitlines() if "生活圈" in line}
    assert rows["瑞和园生活圈"] == "20"
    assert rows["密云镇北区生活圈"] == "52"
    assert (tmp_path / "应配.xlsx").is_file()


@pytest.mark.parametrize("standard", ["national_2023", "template_401_2023"])
def test_a_standard_that_asks_for_no_numbers_says_so(tmp_path, standard):
    circles = tmp_path / "名单.csv"
    circles.write_text(MIYUN, "utf-8")
    said = run("requirements", "--circles", circles, "--standard", standard)
    assert "没有规定最少几个的要求" in said
    assert "其中" not in said
    assert ("是空白模板" in said) is (standard == "template_401_2023")


def test_what_a_list_of_circles_lacks_is_named(tmp_path):
    circles = tmp_path / "名单.csv"
    circles.write_text("生活圈名称,覆盖社区数,服务人口\n甲圈,2,\n乙圈,2,9000\n", "utf-8")
    said = run("requirements", "--circles", circles, "--on", "2024-06-30")
    assert "没有算全：甲圈（缺常住人口）" in said


def test_template_is_written_where_asked(tmp_path):
    run("template", "outlets", "--out", tmp_path)
    assert (tmp_path / "outlets.xlsx").stat().st_size > 1000


def test_check_marks_the_bad_cells_and_lists_every_problem(tmp_path):
    said = run("check", SAMPLE, "--out", tmp_path / "check")
    assert "没有采用5处" in said
    count = int(re.search(r"发现(\d+)处问题", said)[1])
    book = openpyxl.load_workbook(tmp_path / "check" / "问题清单.xlsx")
    assert book.active.max_row == count + 1
    assert f"已写出：{tmp_path / 'check' / '问题清单.xlsx'}" in said
    assert [p.name for p in (tmp_path / "check" / "回执").iterdir()] == ["outlets_ledger_回执.xlsx"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["assess", "没有的文件夹"], "没有这个文件夹"),
        (["assess", SAMPLE, "--standard", "none"], "找不到配置标准“none”"),
        (["assess", SAMPLE, "--walker", "cat"], "没有名为“cat”的步行者类型"),
        (["assess", SAMPLE, "--at", "25:99"], "“25:99”不是钟点"),
        (["compare", SAMPLE, SAMPLE], "这里没有评估结果"),
        (["template", "shops"], "没有名为“shops”的表"),
        (["assess", SAMPLE, "--standard", "x" * 5000], "名字太长"),
        (["check", "x" * 5000], "这个文件夹打不开"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_long_begins(words, sentence):
    with pytest.raises(LivingCircleError, match=sentence):
        run(*words)


def test_foreign_files_are_never_overwritten(tmp_path):
    (tmp_path / "mine.txt").write_text("keep", "utf-8")
    with pytest.raises(LivingCircleError, match=r"已有别的内容（.*），没有覆盖"):
        run("assess", SAMPLE, "--out", tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_an_error_ends_in_one_sentence_and_status_2(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["livingcircle", "assess", "没有的文件夹"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("没有做完：没有的文件夹：没有这个文件夹。")


def test_what_fails_leaves_no_bar_behind(capsys):
    def fail_half_way():
        with _terminal.progress("读取并检查") as step:
            step(1, 3, "a.csv")
            raise InputError("读不出来")

    with pytest.raises(InputError):
        fail_half_way()
    assert "读取并检查" not in capsys.readouterr().out
    with _terminal.progress("读取并检查") as step:
        step(3, 3, "a.csv")
    assert "读取并检查" in capsys.readouterr().out


def test_a_district_that_lacks_only_what_is_encouraged_says_both(capsys):
    door, streets = [(100, 12, 40)], draw_streets([(0, 0), (500, 0)])
    district = draw_district([], door, complete=("pharmacy",), streets=streets)
    shops = count("pharmacy", severity="should")
    lacking = assess(district, write_standard(shops))
    assert len(lacking.gaps) == 0
    assert (lacking.findings["verdict"] == "lacking").sum() == 2
    _report._show_gaps(_terminal.out, lacking)
    assert capsys.readouterr().out == (
        "必须的缺项：没有可以确认的；上面缺的2项是应当或鼓励的，不列为任务。\n"
    )
    fine = assess(district, write_standard(count("pharmacy", least=0)))
    _report._show_gaps(_terminal.out, fine)
    assert capsys.readouterr().out == "必须的缺项：没有可以确认的。\n"


def small(folder, name="小区", shop="甲店"):
    """Write a district of two shops, one of them of no known trade."""
    folder.mkdir(exist_ok=True)
    rows = f"网点名称,业态,经度,纬度\n{shop},药店,118.78,32.04\n乙店,飞船,118.79,32.04\n"
    (folder / "o.csv").write_text(rows, "utf-8")
    head = f'[district]\nname = "{name}"\ncoordinates = "WGS-84"\n[[outlets]]\nfile = "o.csv"\n'
    (folder / "district.toml").write_text(head, "utf-8")
    return folder


def test_brackets_in_names_are_printed_as_they_stand(tmp_path):
    said = run("check", small(tmp_path / "d", name="小[/b]区[东]"), "--out", tmp_path / "c")
    assert "小[/b]区[东]：读入的数据" in said


def test_brackets_in_an_error_are_printed_as_they_stand(tmp_path, monkeypatch, capsys):
    folder = small(tmp_path / "d")
    (folder / "district.toml").write_text('[district]\n[[outlets]]\nfyle = "a[/b]"\n', "utf-8")
    monkeypatch.setattr("sys.argv", ["livingcircle", "check", str(folder)])
    with pytest.raises(SystemExit, match="2"):
        cli.main()
    assert "[[outlets]]" in capsys.readouterr().err


def test_a_filled_template_is_not_replaced_unless_asked(tmp_path):
    (tmp_path / "outlets.xlsx").write_bytes(b"filled by hand")
    with pytest.raises(LivingCircleError, match="没有覆盖"):
        run("template", "outlets", "--out", tmp_path)
    assert (tmp_path / "outlets.xlsx").read_bytes() == b"filled by hand"
    run("template", "outlets", "--out", tmp_path, "--force")
    assert (tmp_path / "outlets.xlsx").stat().st_size > 1000


@pytest.mark.parametrize("name", ["mine.xlsx", "名单.csv", "folder.xlsx", "t/outlets.xlsx"])
def test_a_list_is_never_written_over_something_else(tmp_path, name):
    run("template", "outlets", "--out", tmp_path / "t")
    circles = tmp_path / "名单.csv"
    circles.write_text(MIYUN, "utf-8")
    (tmp_path / "mine.xlsx").write_bytes(b"my work")
    (tmp_path / "folder.xlsx").mkdir()
    with pytest.raises(LivingCircleError):
        run("requirements", "--circles", circles, "--out", tmp_path / name)
    assert (tmp_path / "mine.xlsx").read_bytes() == b"my work"
    assert circles.read_text("utf-8") == MIYUN


def test_a_list_of_ours_may_be_written_again(tmp_path):
    circles = tmp_path / "名单.csv"
    circles.write_text(MIYUN, "utf-8")
    for _ in range(2):
        run("requirements", "--circles", circles, "--out", tmp_path / "应配.xlsx")


def test_what_is_missing_for_counting_is_named(tmp_path):
    circles = tmp_path / "名单.csv"
    circles.write_text("生活圈名称,覆盖社区数\n甲圈,3\n", "utf-8")
    said = run("requirements", "--circles", circles)
    assert "没有算全：甲圈（缺常住人口）" in said


def test_results_are_not_written_into_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "pipe")
    for name in ("pipe", "link"):
        with pytest.raises(LivingCircleError, match="没有覆盖"):
            run("check", small(tmp_path / "d"), "--out", tmp_path / name)
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize(("out", "words"), [("/", "磁盘的根"), ("x" * 300, "不能在这里写")])
def test_impossible_places_are_refused_in_words(tmp_path, out, words):
    with pytest.raises(LivingCircleError, match=words):
        run("check", small(tmp_path / "d"), "--out", out if out == "/" else tmp_path / out)
