"""Print the sheets twice: same bytes; every character drawn; the page of GB/T 9704."""

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from docx import Document
from docx.shared import Mm
from PIL import Image

from livingcircle.documents import write_circle_sheets
from livingcircle.documents import write_plan_sheets
from livingcircle.documents._assessed import circle_state
from livingcircle.documents._circle_rows import age_rows
from livingcircle.documents._circle_rows import comparison_rows
from livingcircle.documents._circle_rows import index_rows
from livingcircle.documents._circle_rows import introduction
from livingcircle.documents._circle_rows import parted_sentence
from livingcircle.documents._circle_rows import remedy_rows
from livingcircle.documents._circle_rows import schedule_rows
from livingcircle.documents._circle_rows import unknown_rows
from livingcircle.documents._fonts import FOLDER
from livingcircle.documents._fonts import missing_glyphs
from livingcircle.documents._planning import Quarter
from livingcircle.documents._provenance import provenance
from livingcircle.documents._word import Page
from livingcircle.documents.circle_plan import TEMPLATE
from livingcircle.documents.circle_plan import write_circle_plan
from livingcircle.documents.map_sheet import Press
from livingcircle.documents.map_sheet import print_map_sheet
from livingcircle.documents.map_sheet import sheet_page
from livingcircle.errors import OutputError
from tests.engine.documents.conftest import make_assessed
from tests.factories.standards import write_standard


@pytest.fixture(name="dot", scope="session")
def _dot() -> bytes:
    raw = io.BytesIO()
    Image.new("RGB", (8, 6), "white").save(raw, "PNG")
    return raw.getvalue()


@pytest.fixture(name="plan")
def _plan(assessed: SimpleNamespace, dot: bytes, tmp_path: Path) -> Path:
    return write_circle_plan(assessed, "c1", dot, tmp_path / "plan.docx")


def test_no_glyph_is_missing() -> None:
    assert missing_glyphs("堃喆昺玥頔 密云区檀营 ①—“”·㎡℃ ABC 0—3岁") == ""
    assert missing_glyphs("\U00020bb7好") == "\U00020bb7"


def test_fonts_are_small_enough_to_ship_and_licensed() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.otf")) < 6_000_000
    assert "SIL OPEN FONT LICENSE" in (FOLDER / "OFL.txt").read_text("utf-8")


def test_a_character_outside_the_typeface_is_named_on_the_sheet(assessed: SimpleNamespace) -> None:
    assessed.circle_facts["name"] = "\U00020bb7家生活圈"
    page = sheet_page(assessed, provenance(assessed), "c1")
    assert page["missing"] == "字库没有收入的字：\U00020bb7"


def test_a3_map_embeds_its_typeface_and_repeats(assessed: SimpleNamespace) -> None:
    first, second = (print_map_sheet(assessed, Press(), "c2") for _ in range(2))
    assert first == second
    assert b"LivingCircleSansSC" in first["pdf"]
    width, height = Image.open(io.BytesIO(first["png"])).size
    assert width / height == pytest.approx(420 / 297, abs=0.001)


def test_all_sheets_twice_byte_for_byte(assessed: SimpleNamespace, tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    first = write_plan_sheets(assessed, tmp_path / "a", lambda *step: told.append(step))
    second = write_plan_sheets(assessed, tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert [step[:2] for step in told] == [(i, 9) for i in range(1, 10)]
    assert [str(path.relative_to(tmp_path / "a")) for path in first] == [
        "一图_网点分布电子地图.html",
        "一图_A3/全区_网点分布图.pdf",
        "一图_A3/全区_网点分布图.png",
        "一单_缺什么补什么清单.xlsx",
        "一账_短板问题台账.xlsx",
        "两表_配置时间表和工作进度表.xlsx",
        "一图_A3/果园生活圈_网点分布图.pdf",
        "一图_A3/果园生活圈_网点分布图.png",
        "一圈一策/果园生活圈_一圈一策.docx",
        "一图_A3/檀城社区生活圈_网点分布图.pdf",
        "一图_A3/檀城社区生活圈_网点分布图.png",
        "一圈一策/檀城社区生活圈_一圈一策.docx",
    ]


def test_a_failed_run_leaves_the_old_sheets(assessed: SimpleNamespace, tmp_path: Path) -> None:
    out = tmp_path / "sheets"
    out.mkdir()
    (out / "一单_缺什么补什么清单.xlsx").write_bytes(b"old")
    del assessed.blind_areas
    with pytest.raises(AttributeError):
        write_plan_sheets(assessed, out)
    assert [path.name for path in out.iterdir()] == ["一单_缺什么补什么清单.xlsx"]
    assert [path.name for path in tmp_path.iterdir()] == ["sheets"]


def test_unsafe_circle_names_become_safe_file_names(
    assessed: SimpleNamespace, tmp_path: Path
) -> None:
    assessed.circle_facts["name"] = "../果园/生活圈"
    made = write_plan_sheets(assessed, str(tmp_path / "out"))
    assert all((tmp_path / "out") in path.parents for path in made)
    assert {path.name for path in made if path.suffix == ".docx"} == {
        "_果园_生活圈_一圈一策.docx",
        "_果园_生活圈_c2_一圈一策.docx",
    }


def test_word_page_is_that_of_gb_9704(plan: Path) -> None:
    section = Document(str(plan)).sections[0]
    sizes = [section.page_width, section.page_height, section.top_margin, section.bottom_margin,
             section.left_margin, section.right_margin]  # fmt: skip
    wanted = [Mm(210), Mm(297), Mm(37), Mm(35), Mm(28), Mm(26)]
    assert all(abs(size - want) < Mm(0.05) for size, want in zip(sizes, wanted, strict=True))
    styles = Document(str(plan)).styles
    faces = {
        name: styles[name].element.rPr.rFonts.get(
            "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia"
        )
        for name in ("公文标题", "公文正文", "一级标题", "二级标题")
    }
    assert list(faces.values()) == ["方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"]
    assert styles["公文标题"].font.size.pt == 22
    assert styles["公文正文"].paragraph_format.line_spacing.pt == pytest.approx(
        225 / 25.4 * 72 / 22, abs=0.05
    )


def test_word_chapters_in_order(plan: Path) -> None:
    headings = [p.text for p in Document(str(plan)).paragraphs if p.style.name == "一级标题"]
    assert headings == [
        "一、基本情况", "二、现状与对标", "三、短板与盲区", "四、补什么、如何补", "五、时间安排",
        "六、数据来源与方法",
    ]  # fmt: skip


def test_word_sentences_come_from_the_tables(plan: Path) -> None:
    made = make_assessed()
    texts = [paragraph.text for paragraph in Document(str(plan)).paragraphs]
    assert (
        "果园生活圈位于果园街道，类型为老城区住宅生活圈，划分方式为合并，覆盖果园西里社区、果园新里社区"
        "共2个社区；服务居民6,300人，面积0.34平方公里，人口密度每平方公里18,806人。"
    ) in texts
    assert "（评估日期2026-06-30，数据日期2026-06-15）" in texts
    assert any(provenance(made).run_id in text for text in texts)
    assert (
        "1.果园生活圈缺药店1个（应配2个，现有1个），涉及居民6,060人，其中60岁及以上780人、0—3岁90人；"
        "到最近网点（多为“百姓大药房”）步行中位640米。"
    ) in texts
    assert "本圈未核实2项，核实之前不计入缺项，也不计入达标。" in texts


def test_a_circle_of_which_little_is_known_is_introduced_all_the_same(
    assessed: SimpleNamespace,
) -> None:
    assessed.district.circles[["kind", "formation", "subdistrict"]] = ""
    assessed.district.communities["subdistrict"] = ""
    assessed.circle_facts[["population", "area_km2", "density"]] = float("nan")
    assert introduction(assessed, "c1") == (
        "果园生活圈类型未核实，划分方式未核实，覆盖果园西里社区、果园新里社区共2个社区；"
        "居民人数未核实，面积未核实，人口密度未核实。"
    )


def test_tables_of_the_plan(assessed: SimpleNamespace) -> None:
    assert unknown_rows(assessed, "c1") == [["没有这类业态的完整台账", "2", "自助取水机"]]
    assert index_rows(assessed, "c1") == [
        ["便利性指数", "75%", "已满足的（社区×功能）÷可判断的（社区×功能）", "6÷8", "4"]
    ]
    shed = "西里车棚（车棚，60平方米，使用状态未核实）"
    measure = "利用腾退空间、车棚引入连锁门店"
    assert remedy_rows(assessed, "c1") == [
        ["1 紧急", "药店", "全圈缺1个。", measure, shed],
        ["2 较急", "菜篮子", "果园新里社区缺1个。", measure, f"{shed}（与果园生活圈药店择一）"],
    ]
    assert schedule_rows(assessed, "c1", Quarter(2026, 3)) == [
        ["2026年第3季度", "药店", "全圈"],
        ["2026年第4季度", "菜篮子", "果园新里社区"],
    ]
    assert {row[0] for row in schedule_rows(assessed, "c1", None)} == {"未注明"}


def test_straight_lines_are_flagged_wherever_they_are_used(
    assessed: SimpleNamespace, dot: bytes, tmp_path: Path
) -> None:
    assessed.run = {**assessed.run, "method": "straight_line"}
    plan = write_circle_plan(assessed, "c1", dot, tmp_path / "plan.docx")
    texts = [paragraph.text for paragraph in Document(str(plan)).paragraphs]
    assert any("步行距离按直线×1.3估算（没有路网）。" in text for text in texts)
    assert "没有路网，距离按直线×1.3估算" in provenance(assessed).line


def test_comparison_keeps_unknown_apart_from_zero(assessed: SimpleNamespace) -> None:
    rows = {row[0]: row[1:] for row in comparison_rows(assessed, "c2")}
    assert rows["菜篮子"] == ["社区", "4个", "2个", "缺2个", "1个达标、1个缺", "75.0%"]
    assert rows["自助取水机"] == ["社区", "2个", "未核实", "未核实", "未核实", "—"]
    assert rows["洗染店"] == ["生活圈", "1个", "—", "—", "不适用", "75.0%"]


def test_comparison_adds_up_over_what_was_checked(assessed: SimpleNamespace) -> None:
    at = (assessed.findings["unit_id"] == "m3") & (assessed.findings["trade"] == "vegetable")
    assessed.findings.loc[at, ["verdict", "found", "shortfall"]] = ["unknown", 0.0, 2.0]
    rows = {row[0]: row[1:] for row in comparison_rows(assessed, "c2")}
    assert rows["菜篮子"] == ["社区", "2个", "2个", "—", "1个达标、1个未核实", "75.0%"]


def test_comparison_names_a_requirement_on_several_trades_by_its_subject(
    assessed: SimpleNamespace,
) -> None:
    """A coverage is that of one trade; several have none to show."""
    trades = ["laundry", "pharmacy"]
    asked = {"id": "count_laundry", "clause": "一", "rule": "variety", "trades": trades, "kinds": 1}
    (mine,) = write_standard(asked | {"subject": "品质提升类业态"}).requirements
    rest = [one for one in assessed.standard.requirements if one.id != mine.id]
    assessed.standard = replace(assessed.standard, requirements=(*rest, mine))
    at = assessed.findings["trade"] == "laundry"
    assessed.findings.loc[at, "unit"] = "种"
    assessed.findings.loc[at, "trades"] = assessed.findings.loc[at, "trades"].map(lambda _: trades)
    row = comparison_rows(assessed, "c1")[-1]
    assert row == ["品质提升类业态", "生活圈", "1种", "1种", "—", "达标", "—"]


def test_comparison_tells_too_much_as_too_much(assessed: SimpleNamespace) -> None:
    at = (assessed.findings["unit_id"] == "c1") & (assessed.findings["trade"] == "laundry")
    changed = {"verdict": "lacking", "found": 4.0, "shortfall": 0.0, "surplus": 3.0}
    assessed.findings.loc[at, list(changed)] = list(changed.values())
    row = comparison_rows(assessed, "c1")[-1]
    assert row[2:6] == ["1个", "4个", "超出3个", "超出"]


def test_where_nobody_knows_the_people_doors_are_spoken_of(
    assessed: SimpleNamespace, dot: bytes, tmp_path: Path
) -> None:
    assessed.coverage["counted"] = "doors"
    assessed.indices["formula"] = "服务半径内的居民÷已核实的居民"
    document = Document(str(write_circle_plan(assessed, "c1", dot, tmp_path / "plan.docx")))
    texts = [paragraph.text for paragraph in document.paragraphs]
    heads = [cell.text for table in document.tables for cell in table.rows[0].cells]
    assert "楼门覆盖率" in heads
    assert "居民覆盖率" not in heads
    assert any("步行可达该业态的楼门占已核实楼门的比例" in text for text in texts)
    assert index_rows(assessed, "c1")[0][2] == "服务半径内的楼门÷已核实的楼门"
    assessed.blind_areas[["people", "elders", "infants"]] = float("nan")
    page = sheet_page(assessed, provenance(assessed), "c2")
    assert "涉及3个楼门，是涉及楼门最多的一项" in page["focus"]


def test_map_and_gap_list_count_the_same_gaps(assessed: SimpleNamespace) -> None:
    for circle in ("c1", "c2"):
        count = int((assessed.gaps["circle_id"] == circle).sum())
        facts = dict(sheet_page(assessed, provenance(assessed), circle)["facts"])
        assert facts["缺项（任务，同一单）"] == f"{count}项"
        assert circle_state(assessed, circle).label.startswith(f"缺{count}项")
    assessed.gaps.loc[0, ["circle_id", "circle_name"]] = ""
    page = sheet_page(assessed, provenance(assessed), "")
    assert dict(page["facts"])["缺项（任务，同一单）"] == "4项"
    assert [row[:2] for row in page["circles"]] == [
        ["檀城社区生活圈", "缺2项 · 未核实2项"],
        ["果园生活圈", "缺1项 · 未核实2项"],
        ["不归单个生活圈", "缺1项"],
    ]


def test_ages_add_up_to_the_circle(assessed: SimpleNamespace) -> None:
    assert age_rows(assessed, "c1") == [
        ["果园西里社区", "3,060", "90", "780", "510", "120"],
        ["果园新里社区", "3,240", "90", "780", "510", "120"],
        ["全圈", "6,300", "180", "1,560", "1,020", "240"],
    ]


def test_ages_that_are_known_in_part_are_a_least(assessed: SimpleNamespace) -> None:
    assessed.doors.loc[assessed.doors["community_id"] == "m1", "age_80_plus"] = float("nan")
    assert [row[-1] for row in age_rows(assessed, "c1")] == ["120", "未核实", "至少120"]


def test_docx_carries_no_clock(plan: Path) -> None:
    with zipfile.ZipFile(plan) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026-06-30" in package.read("docProps/core.xml")


def test_a_template_without_our_styles_is_refused_in_words(tmp_path: Path) -> None:
    Document().save(str(tmp_path / "bare.docx"))
    with pytest.raises(OutputError, match="缺少样式“公文标题"):
        Page(tmp_path / "bare.docx")
    assert Page(TEMPLATE) is not None


def test_workbooks_carry_the_date_of_the_data(assessed: SimpleNamespace, tmp_path: Path) -> None:
    made = write_plan_sheets(assessed, tmp_path / "out")
    created = {
        str(openpyxl.load_workbook(path).properties.created.date())
        for path in made
        if path.suffix == ".xlsx"
    }
    assert created == {"2026-06-30"}


def test_a_parted_community_is_told_where_its_gaps_are(assessed: SimpleNamespace) -> None:
    members = assessed.district.circle_members
    members.loc[len(members)] = ["c1", "m3", True]
    assert parted_sentence(assessed, "c1") == "白檀社区（部分）的缺口列入檀城社区生活圈。"
    assert parted_sentence(assessed, "c2") == ""


def test_every_map_is_one_page(assessed: SimpleNamespace) -> None:
    many = [replace(one, title=one.title * 9) for one in assessed.district.sources] * 6
    object.__setattr__(assessed.district, "sources", tuple(many))
    for circle in ("", "c1"):
        made = print_map_sheet(assessed, Press(), circle)["pdf"]
        assert len(re.findall(rb"/Type\s*/Page\b", made)) == 1


def test_sheets_of_one_circle_are_those_among_all(
    assessed: SimpleNamespace, tmp_path: Path
) -> None:
    every = {path.name: path.read_bytes() for path in write_plan_sheets(assessed, tmp_path / "a")}
    told: list[tuple[int, int, str]] = []
    made = write_circle_sheets(assessed, "c2", tmp_path / "b", lambda *step: told.append(step))
    assert [path.suffix for path in made] == [".pdf", ".png", ".docx"]
    assert all(every[path.name] == path.read_bytes() for path in made)
    assert [step[:2] for step in told] == [(1, 2), (2, 2)]
    with pytest.raises(OutputError, match="没有编号为“c9”的生活圈"):
        write_circle_sheets(assessed, "c9", tmp_path / "b")
