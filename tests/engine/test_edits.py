"""Edit a district step by step, and find after every step what a run from nothing finds."""

from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from benchmarks.made_up import make_district
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

import livingcircle as lc
from livingcircle import edits
from livingcircle.assessment import TABLE_NAMES
from livingcircle.errors import InputError
from livingcircle.memory import Memory

STANDARD = lc.load_standard("miyun_2023")
TRADES = [row.trade for row in STANDARD.trades]
HOURS = ["", "24小时", "08:00-20:00"]
TOWN = make_district(120, 60, TRADES[:9], seed=3)
BOX = TOWN.doors.total_bounds


def content(assessment):
    """Return every table of an assessment as the bytes of its file."""
    found = {"run": repr(assessment.run)}
    for name in TABLE_NAMES:
        buffer = BytesIO()
        getattr(assessment, name).to_parquet(buffer)
        found[name] = buffer.getvalue()
    return found


def place(x, y):
    """Return a place in the town, given as shares of its width and height."""
    west, south, east, north = BOX
    return west + x * (east - west), south + y * (north - south)


SHARES = st.floats(0, 1)
EDITS = st.one_of(
    st.tuples(st.just("move"), st.integers(0, 59), SHARES, SHARES),
    st.tuples(
        st.just("status"), st.integers(0, 59), st.sampled_from(["open", "closed", "unverified"])
    ),
    st.tuples(st.just("hours"), st.integers(0, 59), st.sampled_from(HOURS)),
    st.tuples(
        st.just("supply"), st.integers(0, 59), st.sampled_from(["fixed", "mobile", "online"])
    ),
    st.tuples(st.just("add"), st.sampled_from(TRADES[:12]), SHARES, SHARES),
    st.tuples(st.just("people"), st.integers(0, 119), st.sampled_from([0.0, 1.0, 77.0, np.nan])),
    st.tuples(st.just("chain"), st.integers(0, 59), st.booleans()),
)


def apply(district, edit):
    """Return the district after one edit."""
    kind, what, *rest = edit
    if kind == "add":
        number = f"n{len(district.outlets):07}"
        return edits.add_outlet(district, number, [what], place(*rest), {"hours": "24小时"})
    if kind == "people":
        return edits.change_residents(district, district.doors.index[what], rest[0])
    outlet = district.outlets.index[what]
    if kind == "move":
        return edits.move_outlet(district, outlet, place(*rest))
    return edits.change_outlet(district, outlet, {kind: rest[0]})


@settings(max_examples=10)
@given(st.lists(EDITS, min_size=1, max_size=5))
def test_after_every_edit_the_answer_is_that_of_a_run_from_nothing(steps):
    district, memory = TOWN, Memory()
    lc.assess(district, STANDARD, memory=memory)
    for step in steps:
        district = apply(district, step)
        again = content(lc.assess(district, STANDARD, memory=memory))
        whole = content(lc.assess(district, STANDARD))
        assert [name for name in whole if whole[name] != again[name]] == [], step


def test_going_back_gives_the_first_answer():
    memory = Memory()
    first = content(lc.assess(TOWN, STANDARD, memory=memory))
    moved = apply(TOWN, ("move", 7, 0.5, 0.5))
    lc.assess(moved, STANDARD, memory=memory)
    assert content(lc.assess(TOWN, STANDARD, memory=memory)) == first


def test_an_edit_repeats_only_what_it_touches():
    """A shop that opens at other hours moves nobody: no network, no distance, no ground."""
    memory = Memory()
    lc.assess(TOWN, STANDARD, memory=memory)
    memory.made.clear()
    lc.assess(apply(TOWN, ("hours", 3, "24小时")), STANDARD, memory=memory)
    made = {key if isinstance(key, str) else key[0] for key in memory.made}
    assert not made & {"network", "ways", "homes", "doors on streets", "neighbours", "judged"}


def test_columns_and_rows_that_are_not_there_are_named():
    with pytest.raises(InputError, match="o9：没有这个编号"):
        edits.move_outlet(TOWN, "o9", (116.8, 40.3))
    with pytest.raises(InputError, match="没有“颜色”这一列"):
        edits.change_outlet(TOWN, TOWN.outlets.index[0], {"颜色": "红"})
    with pytest.raises(InputError, match="已有这个编号的网点"):
        edits.add_outlet(TOWN, TOWN.outlets.index[0], [TRADES[0]], (116.8, 40.3))


def test_an_edit_leaves_the_old_district_as_it_was():
    before = TOWN.outlets.copy()
    apply(TOWN, ("move", 7, 0.5, 0.5))
    apply(TOWN, ("status", 7, "closed"))
    apply(TOWN, ("add", TRADES[0], 0.5, 0.5))
    pd.testing.assert_frame_equal(TOWN.outlets, before)
