"""Hold the tables against rows small enough to judge by eye, and against their laws."""

import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from shapely import Point

from livingcircle import tables
from livingcircle._tables.codes import check_character
from livingcircle._tables.codes import read_credit_code
from livingcircle._tables.codes import read_phone
from livingcircle._tables.page import tables_page
from livingcircle.errors import TableError
from livingcircle.tables import TABLES
from livingcircle.tables import Issue

ROOT = Path(__file__).parents[2]


def outlets(**columns):
    """Check outlets with the given columns; names and trades are filled in."""
    count = max(len(values) for values in columns.values())
    names = {"网点名称": [f"店{i}" for i in range(count)], "业态": ["药店"] * count}
    return tables.check("outlets", pd.DataFrame({**names, **columns}), file="a.xlsx", sheet="网点")


def communities(**columns):
    count = max(len(values) for values in columns.values())
    frame = pd.DataFrame({"社区名称": [f"社区{i}" for i in range(count)], **columns})
    return tables.check("communities", frame, file="c.xlsx")


def said(checked) -> str:
    return "\n".join(issue.sentence for issue in checked.issues)


def test_an_issue_says_where_what_and_what_to_do():
    issue = Issue("a.xlsx", "网点", 5, "联系电话", "x", "warning", "“x”不是电话号码", "填写手机号")
    assert (
        issue.sentence
        == "a.xlsx，工作表“网点”，第 5 行，“联系电话”列：“x”不是电话号码。填写手机号。"
    )
    frame = tables.issues_frame([issue])
    assert frame.loc[0, "sentence"] == issue.sentence
    assert list(tables.issues_frame([]).columns) == list(frame.columns)


def test_every_table_has_an_id_first_and_titles_that_differ():
    for table in TABLES.values():
        titles = [column.title for column in table.columns]
        assert len(set(titles)) == len(titles), table.name
        assert table.id == f"{table.name[:-1]}_id" or table.name in {
            "communities", "entrances", "streets", "junctions", "barriers", "spaces", "gates",
        }  # fmt: skip


def test_the_reference_page_is_up_to_date():
    page = (ROOT / "docs/reference/input-tables.md").read_text(encoding="utf-8")
    assert page == tables_page()


@pytest.mark.parametrize("name", list(TABLES))
def test_an_empty_table_has_every_column_typed(name):
    empty = tables.empty(name)
    assert len(empty) == 0
    assert empty.index.name == TABLES[name].id
    for column in TABLES[name].columns[1:]:
        assert str(empty[column.name].dtype) == column.dtype, column.name


@pytest.mark.parametrize("header", ["网点名称", "网点名称*", " 网点 名称", "name", "店名", "NAME"])
def test_headers_may_be_titles_identifiers_or_aliases(header):
    frame = pd.DataFrame({header: ["甲"], "业态": ["药店"]})
    assert tables.check("outlets", frame, file="a").rows["name"].tolist() == ["甲"]


def test_a_missing_required_column_names_it_and_what_is_there():
    with pytest.raises(
        TableError, match=re.escape("a.xlsx：缺少“业态”列，现有的列是网点名称、地点。补上这一列")
    ):
        tables.check("outlets", pd.DataFrame({"网点名称": ["甲"], "地点": ["乙"]}), file="a.xlsx")


def test_a_column_that_stands_twice_is_refused():
    frame = pd.DataFrame([["甲", "药店", "药店"]], columns=["网点名称", "业态", "业态"])
    with pytest.raises(TableError, match="列“业态”出现了两次"):
        tables.check("outlets", frame, file="a.xlsx")


def test_a_mapping_names_a_header_that_is_none_of_ours():
    frame = pd.DataFrame({"招牌": ["甲"], "业态": ["药店"], "名称": ["乙"]})
    checked = tables.check("outlets", frame, file="a", columns={"招牌": "name"})
    assert checked.rows["name"].tolist() == ["甲"]
    assert "没有用到这些列：“名称”" in said(checked)
    with pytest.raises(TableError, match="columns 里写的列“牌子”不在文件里"):
        tables.check("outlets", frame, file="a", columns={"牌子": "name"})
    with pytest.raises(TableError, match="columns 里写的“nmae”不是网点表的列"):
        tables.check("outlets", frame, file="a", columns={"招牌": "nmae"})


def test_a_column_not_used_is_named_with_the_nearest_title():
    assert "“营业时间段”（是不是“营业时间”？）" in said(outlets(营业时间段=["8点"]))


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (13800138000.0, "13800138000"),
        ("13800138000.0", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("010-69041234转801", "010-69041234转801"),
        ("010-69041234-801", "010-69041234转801"),
        ("01069041234", "010-69041234"),
        ("(0532)85912345", "0532-85912345"),
        ("4008108888", "400-810-8888"),
        ("95588", "95588"),
        ("12345", "12345"),
        ("69041234", "69041234"),
        ("13800138000/010-69041234", "13800138000、010-69041234"),
    ],
)
def test_phones_are_read_without_a_note(given, read):
    checked = outlets(联系电话=[given])
    assert checked.rows["phone"].tolist() == [read]
    assert not checked.issues


def test_a_zero_that_excel_took_from_an_area_code_is_put_back_and_noted():
    checked = outlets(联系电话=[1069041234.0])
    assert checked.rows["phone"].tolist() == ["010-69041234"]
    assert "“1069041234”缺少区号开头的 0，已补成 010-69041234" in said(checked)


@pytest.mark.parametrize("text", ["1.38E+10", "1380013800", "abc", "138001380001"])
def test_phones_that_cannot_be_read_are_emptied_and_noted(text):
    assert read_phone(text).value == ""
    assert read_phone(text).problem


def test_a_credit_code_in_scientific_notation_is_lost_and_the_row_is_kept():
    checked = outlets(统一社会信用代码=[9.11101080000000e17])
    assert checked.rows["credit_code"].tolist() == [""]
    assert "被 Excel 当成了数字，18 位代码的后几位已经丢失" in said(checked)
    assert len(checked.bad) == 0


def test_the_check_digit_of_a_credit_code_is_tested():
    # 91350100M000100Y43 is the example printed in GB 32100-2015.
    assert check_character("91350100M000100Y4") == "3"
    assert read_credit_code("９１３５０１００M000100Y43").value == "91350100M000100Y43"
    assert "校验位不对" in read_credit_code("91350100M000100Y44").problem
    assert "有 17 位" in read_credit_code("91350100M000100Y4").problem
    assert "不会出现的字符 O" in read_credit_code("9135O100M000100Y43").problem


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("2026-06-01", "2026-06-01"),
        ("2026/6/1", "2026-06-01"),
        ("2026.6.1", "2026-06-01"),
        ("2026年6月1日", "2026-06-01"),
        ("20260601", "2026-06-01"),
        ("2026年6月", "2026-06"),
        ("２０２６－０６－０１", "2026-06-01"),
        ("2026-06-01 08:30:00", "2026-06-01"),
        (46174.0, "2026-06-01"),  # the serial Excel shows for that day
        (pd.Timestamp("2026-06-01"), "2026-06-01"),
    ],
)
def test_dates_are_read(given, read):
    checked = outlets(核实日期=[given])
    assert checked.rows["verified_on"].tolist() == [read]
    assert not checked.issues


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13-01", "2025-02-29"])
def test_a_day_that_does_not_exist_is_emptied_and_noted(text):
    checked = outlets(核实日期=[text])
    assert checked.rows["verified_on"].tolist() == [""]
    assert f"没有“{text}”这一天" in said(checked)


@pytest.mark.parametrize(
    ("text", "number"),
    [("３００", 300), ("1,234.5", 1234.5), ("300平方米", 300), ("120㎡", 120), ("1.2万", 12000)],
)
def test_numbers_may_be_wide_grouped_or_carry_their_unit(text, number):
    checked = outlets(建筑面积=[text])
    assert checked.rows["area_m2"].tolist() == [number]
    assert not checked.issues


def test_an_estimate_is_taken_with_a_note():
    checked = outlets(建筑面积=["约300"])
    assert checked.rows["area_m2"].tolist() == [300.0]
    assert "“约300”是约数，按 300 采用" in said(checked)


@pytest.mark.parametrize(
    ("text", "words"),
    [("0", "不会是 0"), ("-5", "超出了"), ("三百", "不是数字"), ("#N/A", "Excel 的错误值 #N/A")],
)
def test_an_area_that_cannot_be_is_emptied_and_the_outlet_kept(text, words):
    checked = outlets(建筑面积=[text])
    assert checked.rows["area_m2"].isna().all()
    assert words in said(checked)


@pytest.mark.parametrize("text", ["", "/", "—", "不详", None, float("nan")])
def test_words_for_nothing_are_missing_without_a_note(text):
    checked = outlets(建筑面积=[text], 联系电话=[text])
    assert checked.rows["area_m2"].isna().all()
    assert not checked.issues


def test_yes_and_no_know_a_third_answer():
    checked = outlets(是否连锁=["是", "√", "无", "0", "", "也许"])
    assert checked.rows["chain"].tolist() == [True, True, False, False, pd.NA, pd.NA]
    assert said(checked).count("看不出是还是否") == 1


def test_hours_nobody_can_read_are_kept_and_told():
    written = ["07:00-22:00", "周一至周五8:00-20:00", "看店主心情", "不详", ""]
    checked = outlets(营业时间=written)
    assert checked.rows["hours"].tolist() == [*written[:3], "", ""]
    (issue,) = checked.issues
    assert (issue.row, issue.column, issue.severity) == (4, "营业时间", "warning")
    assert "看不懂营业时间“看店主心情”，照原样保留" in issue.problem


def test_an_unknown_word_of_a_choice_is_told_the_words():
    checked = outlets(状态=["营业", "停业", "装修", ""])
    assert checked.rows["status"].tolist() == ["open", "closed", "unverified", "open"]
    assert "“装修”不在选项里，按“未核实”处理。从这些词里选一个：营业、停业、筹建、未核实" in said(
        checked
    )


def test_an_outlet_of_an_unknown_trade_is_kept_and_goes_to_review():
    frame = pd.DataFrame(
        {"网点名称": ["甲", "同仁堂大药房", "丙"], "业态": ["量子按摩", "", "药店、量子"]}
    )
    checked = tables.check("outlets", frame, file="a")
    assert len(checked.rows) == 3
    assert checked.rows["trades"].tolist() == ["量子按摩", "", "药店、量子"]
    assert [issue.severity for issue in checked.issues] == ["review"] * 3
    assert "不认识业态“量子按摩”，这个网点暂不计入任何业态" in said(checked)
    assert "没有填业态，这个网点暂不计入任何业态。看起来是：药店" in said(checked)


def test_one_shop_may_have_several_trades():
    checked = tables.check(
        "outlets", pd.DataFrame({"网点名称": ["甲"], "业态": ["早餐店，便利店/药店"]}), file="a"
    )
    assert checked.rows["trades"].tolist() == ["早餐店，便利店/药店"]


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"常住人口": ["-3"]}, "“-3”是负数，不会是常住人口"),
        ({"常住人口": ["1000000000"]}, "“1000000000”超过了 1,000,000，不会是常住人口"),
        ({"常住人口": [100], "户数": [101]}, "户数 101 多于常住人口 100"),
        ({"常住人口": [100], "60岁及以上人口": [120]}, "60岁及以上人口 120 多于常住人口 100"),
        (
            {"60岁及以上人口": [20], "65岁及以上人口": [30]},
            "65岁及以上人口 30 多于60岁及以上人口 20",
        ),
        (
            {"65岁及以上人口": [20], "80岁及以上人口": [30]},
            "80岁及以上人口 30 多于65岁及以上人口 20",
        ),
        (
            {"常住人口": [100], "0-3岁人口": [60], "60岁及以上人口": [50]},
            "0-3岁与60岁及以上合计 110，多于常住人口 100",
        ),
    ],
)
def test_impossible_people_refuse_the_row(columns, words):
    checked = communities(**columns)
    assert words in said(checked)
    assert len(checked.rows) == 0
    assert len(checked.bad) == 1


def test_people_that_are_not_given_contradict_nothing():
    checked = communities(常住人口=[None], 户数=[100], **{"65岁及以上人口": [5]})
    assert len(checked.rows) == 1
    assert not checked.issues


def test_a_header_in_ten_thousands_is_multiplied():
    frame = pd.DataFrame(
        {"生活圈名称": ["甲"], "服务人口(万人)": ["1.8717"], "生活圈类型": ["新兴住宅生活圈"]}
    )
    rows = tables.check("circles", frame, file="a").rows
    assert rows["population"].tolist() == [18717.0]
    assert rows["kind"].tolist() == ["new_residential"]


def test_totals_copies_and_double_ids_are_refused_with_the_row_they_repeat():
    frame = pd.DataFrame(
        {
            "网点编号": ["A1", "A2", "A1 ", "A2", "合计"],
            "网点名称": ["甲", "乙", "丙", "乙", "4"],
            "业态": ["药店"] * 5,
        }
    )
    checked = tables.check("outlets", frame, file="a")
    assert checked.rows.index.tolist() == ["A1", "A2"]
    assert "第 4 行，“网点编号”列：编号“A1”与第 2 行重复" in said(checked)
    assert "第 5 行：与第 3 行完全相同" in said(checked)
    assert "第 6 行：这一行是“合计”，不是一个网点" in said(checked)


def test_a_shop_called_heji_is_no_total():
    checked = tables.check(
        "outlets", pd.DataFrame({"网点名称": ["合计划文具店"], "业态": ["药店"]}), file="a"
    )
    assert len(checked.rows) == 1


def test_blank_rows_and_the_example_are_skipped_and_row_numbers_stay_true():
    frame = pd.DataFrame(
        {
            "网点编号": ["示例（导入时不算）", "", "", "B"],
            "网点名称": ["例", "", " \u3000", "乙"],
            "业态": ["药店", "", "", "药店"],
        }
    )
    checked = tables.check("outlets", frame, file="a", first_row=2)
    assert checked.rows["row"].tolist() == [5]
    assert len(checked.skipped) == 3


def test_an_id_that_only_begins_like_the_example_is_a_row():
    frame = pd.DataFrame({"网点编号": ["示例店5"], "网点名称": ["甲"], "业态": ["药店"]})
    assert tables.check("outlets", frame, file="a").rows.index.tolist() == ["示例店5"]


def test_a_feature_without_a_word_is_refused_in_words_not_lost():
    frame = pd.DataFrame({"网点名称": ["", ""], "业态": ["", ""], "geometry": [Point(1, 2), None]})
    checked = tables.check("outlets", frame, file="a.gpkg", first_row=1)
    assert len(checked.bad) == 1
    assert "没有填网点名称" in said(checked)
    assert len(checked.skipped) == 1


def test_characters_nobody_can_see_are_taken_out_with_a_note():
    checked = outlets(网点名称=["甲\x01店"], 业态=["药店\x0b"])
    assert checked.rows["name"].tolist() == ["甲店"]
    assert checked.rows["trades"].tolist() == ["药店"]
    assert said(checked).count("看不见的控制字符") == 2


def test_a_name_as_long_as_a_page_is_cut_with_a_note():
    checked = outlets(网点名称=["长" * 300], 业态=["药店"])
    assert checked.rows["name"].tolist() == ["长" * 200]
    assert "有 300 个字" in said(checked)


def test_rows_without_an_id_are_named_after_file_and_row():
    checked = tables.check(
        "outlets",
        pd.DataFrame({"网点名称": ["甲"], "业态": ["药店"]}),
        file="sub/a.xlsx",
        sheet="网点",
    )
    assert checked.rows.index.tolist() == ["a-网点-2"]


CELLS = st.one_of(
    st.sampled_from(
        ["", "合计", "示例", "药店", "-1", "300", "是", "#N/A", "约3", "2026-02-30", "A1"]
    ),
    st.text(max_size=6),
    st.floats(),
    st.none(),
)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["outlets", "communities", "circles", "doors", "gates", "spaces"]),
    st.data(),
)
def test_no_row_is_dropped_in_silence(name, data):
    """Good, refused and skipped rows together are all rows; each refusal has its sentence."""
    table = TABLES[name]
    titles = [column.title for column in table.columns]
    count = data.draw(st.integers(0, 5))
    frame = pd.DataFrame(
        {title: data.draw(st.lists(CELLS, min_size=count, max_size=count)) for title in titles},
        dtype="object",
    )
    checked = tables.check(name, frame, file="f.xlsx")
    assert len(checked.rows) + len(checked.bad) + len(checked.skipped) == len(frame)
    refused = {issue.row for issue in checked.issues if issue.severity == "error"}
    assert refused == {position + 2 for position in checked.bad.index}
    assert not set(checked.rows["row"]) & refused
    assert checked.rows.index.is_unique
    for issue in checked.issues:
        assert issue.problem
        assert not issue.problem.endswith("。")


@pytest.mark.parametrize("text", ["118 46 48", "118 . 78", "118°46′48″E", "118：46：48", "11 8.78"])
def test_longitudes_with_spaces_are_read_or_refused_never_run_together(text):
    value = outlets(经度=[text], 纬度=["32.04"]).rows["lon"].iloc[0]
    assert value == pytest.approx(118.78) or pd.isna(value) or text == "11 8.78"
    assert not value > 180


@pytest.mark.parametrize(
    ("text", "kept"),
    [("007", True), ("MY-1", True), ("示例店5", True), ("编号1", True), ("", False), (" 1", False),
     ("１", False), ("-", False), ("无数据", False), ("示例", False)],
)  # fmt: skip
def test_an_id_is_kept_or_told_not_to_be(text, kept):
    assert tables.keeps_id(text) == kept
    rows = outlets(outlet_id=[text]).rows
    assert (rows.index.tolist() == [text]) == kept
