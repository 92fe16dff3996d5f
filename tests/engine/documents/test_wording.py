"""Hold the sentences to the letter: they are read by people who sign them."""

from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livingcircle.documents import _wording as wording

GAP = SimpleNamespace(
    unit_name="果园新里社区", trade_name="菜篮子", unit="个", required=2.0, found=1.0,
    shortfall=1.0, people=3000.0, elders=780.0, infants=90.0, nearest_m=420.4,
)  # fmt: skip


def altered(row: SimpleNamespace, **cells: object) -> SimpleNamespace:
    return SimpleNamespace(**{**vars(row), **cells})


def test_gap_sentence() -> None:
    assert wording.gap_sentence(GAP, "果园便民菜店") == (
        "果园新里社区缺菜篮子1个（应配2个，现有1个），涉及居民3,000人，其中60岁及以上780人、"
        "0—3岁90人；到最近网点（多为“果园便民菜店”）步行中位420米。"
    )


def test_gap_sentence_says_unknown_people_and_omits_what_it_cannot_know() -> None:
    nan = float("nan")
    row = altered(GAP, people=nan, elders=nan, infants=nan, nearest_m=nan)
    assert (
        wording.gap_sentence(row) == "果园新里社区缺菜篮子1个（应配2个，现有1个），涉及居民未核实。"
    )


def test_gap_of_a_share_is_told_in_points() -> None:
    row = altered(GAP, trade_name="连锁化率", unit="%", required=30.0, found=12.5, shortfall=17.5)
    assert wording.lacking(row) == "连锁化率差17.5个百分点（应配30%，现有12.5%）"


def test_blind_sentence() -> None:
    row = SimpleNamespace(
        place="白檀社区新中街以北", community_names="白檀社区", doors=3, trade_name="菜篮子",
        people=3570.0, elders=780.0, infants=float("nan"), nearest_m=690.0, farthest_m=810.0,
        nearest_name="果园便民菜店",
    )  # fmt: skip
    assert wording.blind_sentence(row, 300.0) == (
        "白檀社区新中街以北3个楼门步行300米内没有菜篮子，涉及居民3,570人，其中60岁及以上780人；"
        "最近的“果园便民菜店”步行690米至810米。"
    )
    lost = altered(row, nearest_m=float("nan"), place="")
    assert wording.blind_sentence(lost).startswith("白檀社区3个楼门服务半径内没有菜篮子，")
    assert wording.blind_sentence(lost).endswith("步行范围内找不到替代网点。")


def test_tally_keeps_the_four_answers_apart() -> None:
    verdicts = ["served", "served", "lacking", "unknown", "not_applicable"]
    sentence = wording.tally_sentence("果园生活圈", pd.DataFrame({"verdict": verdicts}), "《方案》")
    assert sentence == "果园生活圈对照《方案》共5项要求：达标2项，缺1项，未核实1项，不适用1项。"


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
