"""Measure again after an edit: the same distances, and only those that were touched are new."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle import edits
from livingcircle.access import NeedAccess
from livingcircle.access import Units
from livingcircle.access import measure
from livingcircle.memory import Memory
from livingcircle.reach import list_needs
from livingcircle.reach import supply_of
from livingcircle.remeasure import remeasure
from livingcircle.shops import list_shops
from livingcircle.situation import lay_out
from livingcircle.walkers import WALKERS
from tests.factories.district import draw_district
from tests.factories.standards import reach
from tests.factories.standards import write_standard
from tests.factories.streets import GRID

STANDARD = write_standard(reach("pharmacy", "bank", "bakery"))
TRADES = ["pharmacy", "bank", "bakery"]
SHOPS = [(100 + 240 * i, 0, [TRADES[i % 3]]) for i in range(8)]
DOORS = [(90 * i, 5, 10) for i in range(22)]


def measured(district, memory):
    """Return the distances with a memory and without."""
    situation = lay_out(district, WALKERS["standard"], memory=memory)
    needs = memory.recall("needs", (), lambda: list_needs(situation, STANDARD))
    supply = supply_of(list_shops(situation, memory), needs, memory)
    members = situation.members
    units = Units(members.door_circle, members.outlet_circle, members.door_community)
    ends = situation.outlet_ends
    again = remeasure(memory, situation.reader, ends, supply, units, needs.radii)
    return again, measure(situation.reader, supply, units, needs.radii)


def differences(one, other):
    """Return need and name of every array that differs."""
    return [
        (need, field.name)
        for need, a, b in zip(one.needs, one.columns, other.columns, strict=True)
        for field in fields(NeedAccess)
        if not np.array_equal(getattr(a, field.name), getattr(b, field.name))
    ]


def metres(x, y):
    """Return a place in metres in degrees."""
    lon, lat = GRID.unproject_xy(x, y)
    return float(lon), float(lat)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(0, 7), st.integers(-200, 2200)),
        st.tuples(st.just("status"), st.integers(0, 7), st.sampled_from(["open", "closed"])),
        st.tuples(st.just("status"), st.integers(0, 7), st.just("unverified")),
        st.tuples(st.just("add"), st.integers(0, 2), st.integers(-200, 2200)),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=40)
@given(STEPS)
def test_distances_after_every_edit_are_those_measured_from_nothing(steps):
    district, memory = draw_district(SHOPS, DOORS), Memory()
    measured(district, memory)
    for kind, which, what in steps:
        if kind == "move":
            district = edits.move_outlet(district, f"o{which}", metres(what, 7))
        elif kind == "status":
            district = edits.change_outlet(district, f"o{which}", {"status": what})
        else:
            name = f"n{len(district.outlets)}"
            district = edits.add_outlet(district, name, [TRADES[which]], metres(what, -7))
        again, anew = measured(district, memory)
        assert differences(again, anew) == []


def test_needs_of_other_outlets_keep_the_very_same_arrays():
    district, memory = draw_district(SHOPS, DOORS), Memory()
    before, _ = measured(district, memory)
    after, _ = measured(edits.move_outlet(district, "o0", metres(500, 7)), memory)
    same = {n: a is b for n, a, b in zip(before.needs, before.columns, after.columns, strict=True)}
    assert same == {"pharmacy": False, "bank": True, "bakery": True}


def test_an_edit_that_moves_nobody_gives_the_very_same_distances():
    district, memory = draw_district(SHOPS, DOORS), Memory()
    before, _ = measured(district, memory)
    after, _ = measured(edits.change_outlet(district, "o0", {"hours": "24小时"}), memory)
    assert after is before


@pytest.mark.parametrize("streets", [True, False])
def test_a_shop_that_is_removed_renumbers_the_others(streets):
    district, memory = draw_district(SHOPS, DOORS), Memory()
    if not streets:
        district = edits.replace(district, streets=district.streets.iloc[:0])
    measured(district, memory)
    fewer = edits.replace(district, outlets=district.outlets.drop(index="o1"))
    again, anew = measured(fewer, memory)
    assert differences(again, anew) == []
