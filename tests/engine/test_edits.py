"""Edit a district step by step, and find after every step what a run from nothing finds."""

from dataclasses import replace
from io import BytesIO

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from benchmarks.made_up import make_district
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

import livingcircle as lc
from livingcircle import edits
from livingcircle._rules.reaches import ReachRule
from livingcircle.assessment import TABLE_NAMES
from livingcircle.errors import InputError
from livingcircle.memory import Memory
from livingcircle.tables import conform

STANDARD = lc.load_standard("miyun_2023")
EIGHT = lc.load_standard("beijing_eight")
TRADES = [row.trade for row in STANDARD.trades]
HOURS = ["", "24小时", "08:00-20:00"]
TOWN = make_district(120, 60, TRADES[:9], seed=3)
BOX = TOWN.doors.total_bounds


def fenced(district):
    """Return the district with two gates in the middle of streets, and doors behind them."""
    middles = [district.streets.geometry.iloc[n].interpolate(0.5, normalized=True) for n in (3, 40)]
    rows = {"gate_class": ["residents", "public"], "compound": ["甲院", "乙院"], "name": "门"}
    frame = gpd.GeoDataFrame(pd.DataFrame(rows, index=["g0", "g1"]), geometry=middles, crs=4326)
    doors = district.doors.assign(compound=["甲院" if n % 9 == 0 else "" for n in range(120)])
    return replace(district, gates=conform("gates", frame), doors=conform("doors", doors))


TOWN = fenced(TOWN)


class Watched(Memory):
    """Tell what was made anew."""

    def __init__(self):
        super().__init__()
        self.made = []

    def keep(self, key, inputs, made):
        """Note what is kept."""
        self.made.append(key)
        super().keep(key, inputs, made)


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
GATES = ["public", "residents", "closed", "unknown"]
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
    st.tuples(st.just("area_m2"), st.integers(0, 59), st.sampled_from([20.0, 900.0])),
    st.tuples(st.just("bare"), st.integers(0, 59)),
    st.tuples(st.just("far"), st.integers(0, 59), SHARES),
    st.tuples(st.just("gate"), st.sampled_from(["g0", "g1"]), st.sampled_from(GATES)),
    st.tuples(st.just("village"), st.integers(0, 3), st.sampled_from(["甲", "乙"])),
    st.tuples(st.just("named"), st.sampled_from(["甲区", "乙区"])),
    st.tuples(st.just("circles"), st.integers(0, 1)),
    st.tuples(st.just("rules"), st.sampled_from([1.0, 1.5]), st.booleans()),
)


def apply(district, edit):  # noqa: PLR0911 - one line a kind
    """Return the district after one edit."""
    kind, what, *rest = edit
    outlets = district.outlets.index
    match kind:
        case "add":
            number = f"n{len(outlets):07}"
            return edits.add_outlet(district, number, [what], place(*rest), {"hours": "24小时"})
        case "people":
            return edits.change_residents(district, district.doors.index[what], rest[0])
        case "move":
            return edits.move_outlet(district, outlets[what], place(*rest))
        case "far":  # where no street leads
            return edits.move_outlet(district, outlets[what], place(rest[0], 1.6))
        case "bare":
            pairs = district.outlet_trades
            return replace(district, outlet_trades=pairs[pairs["outlet_id"] != outlets[what]])
        case "gate":
            return edits.change_gate(district, what, {"gate_class": rest[0]})
        case "village":
            names = district.communities["name"].tolist()
            names[what] = rest[0]
            return replace(district, communities=district.communities.assign(name=names))
        case "named":
            return replace(district, name=what)
        case "circles":
            rest = district.circle_members[district.circle_members.index % 2 >= what]
            return replace(district, circle_members=rest)
    return edits.change_outlet(district, outlets[what], {kind: rest[0]})


def ruled(wider, other):
    """Return a standard with wider radii and its tiers the other way round, or another one."""
    if other and wider == 1.0:
        return EIGHT
    rules = [
        replace(one, rule=replace(one.rule, metres=tuple(m and m * wider for m in one.rule.metres)))
        if isinstance(one.rule, ReachRule)
        else one
        for one in STANDARD.requirements
    ]
    tiers = {"basic": "enhanced", "enhanced": "basic"} if other else {}
    trades = [replace(row, tier=tiers.get(row.tier, row.tier)) for row in STANDARD.trades]
    return replace(STANDARD, requirements=tuple(rules), trades=tuple(trades))


@settings(max_examples=10)
@given(st.lists(EDITS, min_size=1, max_size=5))
def test_after_every_edit_the_answer_is_that_of_a_run_from_nothing(steps):
    district, standard, memory = TOWN, STANDARD, Memory()
    lc.assess(district, standard, memory=memory)
    for step in steps:
        if step[0] == "rules":
            standard = ruled(*step[1:])
        else:
            district = apply(district, step)
        again = content(lc.assess(district, standard, memory=memory))
        whole = content(lc.assess(district, standard))
        assert [name for name in whole if whole[name] != again[name]] == [], step


def test_going_back_gives_the_first_answer():
    memory = Memory()
    first = content(lc.assess(TOWN, STANDARD, memory=memory))
    moved = apply(TOWN, ("move", 7, 0.5, 0.5))
    lc.assess(moved, STANDARD, memory=memory)
    assert content(lc.assess(TOWN, STANDARD, memory=memory)) == first


def test_an_edit_repeats_only_what_it_touches():
    """A shop that opens at other hours moves nobody: no network, no distance, no ground."""
    memory = Watched()
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
    with pytest.raises(InputError, match="不是经度和纬度"):
        edits.move_outlet(TOWN, TOWN.outlets.index[0], (32.04, 118.78))
    with pytest.raises(InputError, match="业态不能这样改"):
        edits.change_outlet(TOWN, TOWN.outlets.index[0], {"trades": "银行"})
    with pytest.raises(InputError, match="已有这个编号的网点"):
        edits.add_outlet(TOWN, TOWN.outlets.index[0], [TRADES[0]], (116.8, 40.3))


@pytest.mark.parametrize(
    "cells", [{"area_m2": "abc"}, {"chain": "yes"}, {"status": "kaput"}, {"area_m2": -1.0}]
)
def test_values_that_a_column_cannot_hold_are_refused(cells):
    with pytest.raises(InputError, match=r"不能是“.*”"):
        edits.change_outlet(TOWN, TOWN.outlets.index[0], cells)
    with pytest.raises(InputError, match="不能是“inf”"):
        edits.change_residents(TOWN, TOWN.doors.index[0], np.inf)


def test_outlets_of_the_belt_are_told_apart_by_their_ids():
    memory = Memory()
    ids = TOWN.outlets.index.tolist()
    belt = replace(TOWN, belt=frozenset(ids[:1]))
    lc.assess(belt, STANDARD, memory=memory)
    swapped = belt.outlets.set_axis([ids[1], ids[0], *ids[2:]]).rename_axis("outlet_id")
    other = replace(belt, outlets=swapped)
    again = content(lc.assess(other, STANDARD, memory=memory))
    assert again == content(lc.assess(other, STANDARD))


def test_without_streets_doors_that_moved_are_drawn_where_they_stand():
    """They say which community they belong to, so only the grid moves with them."""
    bare, memory = replace(TOWN, streets=TOWN.streets.iloc[:0]), Memory()
    stated = lc.assess(bare, STANDARD).doors["community_id"].to_numpy()
    doors = bare.doors.assign(community=stated)
    lc.assess(replace(bare, doors=doors), STANDARD, memory=memory)
    moved = replace(bare, doors=doors.set_geometry(doors.geometry.translate(0.05, 0)))
    again = content(lc.assess(moved, STANDARD, memory=memory))
    assert again == content(lc.assess(moved, STANDARD))


def test_an_edit_leaves_the_old_district_as_it_was():
    before = TOWN.outlets.copy()
    apply(TOWN, ("move", 7, 0.5, 0.5))
    apply(TOWN, ("status", 7, "closed"))
    apply(TOWN, ("add", TRADES[0], 0.5, 0.5))
    pd.testing.assert_frame_equal(TOWN.outlets, before)


def test_units_that_an_edit_does_not_reach_keep_the_very_same_facts_and_findings():
    memory, name = Memory(), TOWN.outlets.index[7]
    before = lc.assess(TOWN, STANDARD, memory=memory)
    closed = edits.change_outlet(TOWN, name, {"status": "closed"})
    after = lc.assess(closed, STANDARD, memory=memory)
    assert [name in old.inside for old in before.facts].count(True) in range(1, len(after.facts))
    for old, new in zip(before.facts, after.facts, strict=True):
        assert (new.inside is old.inside) == (name not in old.inside)
        reached = any(name in ids for ids in old.shared.values())
        assert (new.shared is old.shared) == (not reached)
        assert new.mark is old.mark
    kept = {id(one) for one in before.found} & {id(one) for one in after.found}
    assert len(kept) > len(after.found) / 2


def test_a_run_that_changes_nothing_makes_nothing():
    memory = Memory()
    before = lc.assess(TOWN, STANDARD, memory=memory)
    after = lc.assess(TOWN, STANDARD, memory=memory)
    for old, new in zip(before.found, after.found, strict=True):
        assert old is new
    assert after.measured is before.measured
    assert after.situation.reader is before.situation.reader
    assert all(a is b for a, b in zip(before.rows.gaps, after.rows.gaps, strict=True))
