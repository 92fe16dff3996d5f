"""Hold the sentences to the letter: they are read by people who sign them."""

from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingcircle.documents import _wording as wording

GAP = SimpleNamespace(
    unit_name="果园新里社区", trade_name="菜篮子", unit="个", required=2.0, found=1.0,
    shortfall=1.0, surplus=float("nan"), people=3000.0, elders=780.0, infants=90.0, nearest_m=420.4,
)  # fmt: skip


def altered(row: SimpleNamespace, **cells: object) -> SimpleNamespace:
    return SimpleNamespace(**{**vars(row), **cells})


def test_gap_sentence() -> None:
    assert wording.gap_sentence(GAP, "果园便民菜店") == (
        "果园新里社区缺菜篮子1个（应配2个，现有1个），涉及居民3,000人，其中60岁及以上780人、"
        "0—3岁90人；到最近网点（多为“果园便民菜店”）步行中位420米。"
    )


def test_a_variety_of_trades_has_no_nearest_outlet() -> None:
    assert wording.gap_sentence(GAP).endswith("其中60岁及以上780人、0—3岁90人。")


def test_gap_sentence_says_unknown_people_and_omits_what_it_cannot_know() -> None:
    nan = float("nan")
    row = altered(GAP, people=nan, elders=nan, infants=nan, nearest_m=nan)
    assert (
        wording.gap_sentence(row) == "果园新里社区缺菜篮子1个（应配2个，现有1个），居民人数未核实。"
    )


SHARE = altered(GAP, trade_name="连锁化率", unit="%", required=30.0, found=12.5, shortfall=17.5)
DENSE = altered(
    GAP, trade_name="人口密度", unit="人/平方公里", required=30_000.0, found=62_346.1,
    shortfall=0.0, surplus=32_346.1,
)  # fmt: skip
SITES = altered(GAP, trade_name="综合体", unit="处", required=3.0, found=0.0, shortfall=3.0)


@pytest.mark.parametrize(
    ("row", "way", "told"),
    [
        (SHARE, "", "连锁化率差17.5个百分点（应达30%，现有12.5%）"),
        (SHARE, "步行", "连锁化率步行覆盖率12.5%（应达30%）"),
        (
            DENSE,
            "",
            "人口密度超出32,346人/平方公里（不应超过30,000人/平方公里，现有62,346人/平方公里）",
        ),
        (SITES, "", "综合体3处不合要求（共3处，符合0处）"),
        (altered(GAP, required=float("nan"), shortfall=float("nan")), "", "缺菜篮子"),
    ],
)
def test_what_is_lacking_in_words(row: SimpleNamespace, way: str, told: str) -> None:
    assert wording.lacking(row, way=way) == told


def test_too_much_and_too_little_are_different_words() -> None:
    assert wording.balance(GAP) == "缺1个"
    assert wording.balance(DENSE) == "超出32,346人/平方公里"
    assert wording.balance(altered(GAP, shortfall=0.0)) == "—"


BLIND = SimpleNamespace(
    place="白檀社区新中街以北", community_names="白檀社区", doors=3, trade_name="菜篮子",
    people=3570.0, elders=780.0, infants=float("nan"), nearest_m=690.0, farthest_m=810.0,
    nearest_name="果园便民菜店", radius_m=300.0,
)  # fmt: skip


def test_blind_sentence() -> None:
    assert wording.blind_sentence(BLIND) == (
        "白檀社区新中街以北3个楼门步行300米内没有菜篮子，涉及居民3,570人，其中60岁及以上780人；"
        "最近的“果园便民菜店”步行690米至810米。"
    )
    lost = altered(BLIND, nearest_m=float("nan"), place="")
    assert wording.blind_sentence(lost).startswith("白檀社区3个楼门步行300米内没有菜篮子，")
    assert wording.blind_sentence(lost).endswith("步行范围内找不到替代网点。")


def test_blind_area_of_a_radius_in_minutes_and_of_unknown_people() -> None:
    row = altered(BLIND, radius_m=float("nan"), people=float("nan"))
    assert wording.blind_sentence(row) == (
        "白檀社区新中街以北3个楼门规定的步行时间内没有菜篮子，居民人数未核实；"
        "最近的“果园便民菜店”步行690米至810米。"
    )


@pytest.mark.parametrize(
    ("level", "title", "place"),
    [
        ("community", "便民生活圈内社区层级", "果园街道"),
        ("circle", "便民生活圈层级", "全圈"),
        ("subdistrict", "街道（乡镇）层级", "果园街道"),
        ("district", "全区层级", "全区"),
    ],
)
def test_every_level_has_its_words(level: str, title: str, place: str) -> None:
    assert wording.level(level).title == title
    assert wording.place(SimpleNamespace(level=level, unit_name="果园街道")) == place


def test_kinds_are_written_in_full() -> None:
    assert wording.kind("old_town") == "老城区住宅生活圈"
    assert wording.kind("new_residential", "university") == "新兴住宅生活圈（高校）"
    assert wording.kind("") == "未核实"
    assert wording.formation("merged") == "合并"


def test_a_sum_with_unknown_parts_is_a_least() -> None:
    assert wording.total(pd.Series([100.0, 20.0]), "人") == "120人"
    assert wording.total(pd.Series([100.0, float("nan")]), "人") == "至少100人"
    assert wording.total(pd.Series([float("nan")]), "人") == "未核实"


def test_a_rounded_trifle_has_no_minus() -> None:
    assert wording.number(-0.3) == "0"
    assert wording.quantity(-0.04, "%") == "0%"


def test_half_of_what_may_stand_in_is_not_rounded_away() -> None:
    assert wording.quantity(0.5, "个") == "0.5个"
    assert wording.quantity(2.0, "个") == "2个"


def test_tally_keeps_the_four_answers_apart() -> None:
    verdicts = ["served", "served", "lacking", "unknown", "not_applicable"]
    sentence = wording.tally_sentence("果园生活圈", pd.DataFrame({"verdict": verdicts}), "《方案》")
    assert sentence == (
        "果园生活圈对照《方案》共5项（要求×单位，逐社区计）：达标2项，缺1项，未核实1项，不适用1项。"
    )


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, ""])
def test_a_missing_number_is_never_a_zero(missing: object) -> None:
    for write in (wording.number, wording.people, wording.metres, wording.share, wording.urgency):
        assert write(missing) == "未核实"
    assert wording.quantity(missing, "个") == "未核实"


@given(st.integers(min_value=0, max_value=10**9))
def test_whole_numbers_survive_their_separators(value: int) -> None:
    assert int(wording.number(float(value)).replace(",", "")) == value


def test_long_lists_count_what_they_leave_out() -> None:
    assert wording.listed(["甲", "乙", "丙", "丁"], 2) == "甲、乙等4项"


def test_a_circle_named_after_its_district_says_so_once() -> None:
    assert wording.title("甲区", "甲区（全区）生活圈") == "甲区（全区）生活圈"
    assert wording.title("甲区", "果园生活圈") == "甲区果园生活圈"
