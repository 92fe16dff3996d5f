"""Read the space ledger: use, trades, size and cost, each unknown where nobody wrote it."""

import math
from datetime import date

import pytest
import shapely

from livingcircle.spaces import read_spaces
from tests.engine.documents.conftest import table

DAY = date(2026, 6, 30)
SHED = {
    "space_id": "s1", "name": "车棚", "kind": "车棚", "area_m2": 60.0, "cost": 12.0,
    "suitable_trades": "药店", "excluded_trades": "", "occupancy": "空置", "lease_end": "",
    "geometry": shapely.Point(116.8, 40.3),
}  # fmt: skip


def read(**said):
    return read_spaces(table("spaces", [SHED | said]), DAY)[0]


def test_a_space_is_read_with_its_size_and_cost():
    space = read()
    assert (space.space_id, space.area_m2, space.cost, space.free) == ("s1", 60.0, 12.0, True)


def test_what_nobody_wrote_is_unknown_not_zero():
    space = read(area_m2=math.nan, cost=math.nan, occupancy="", geometry=shapely.Point())
    assert math.isnan(space.area_m2)
    assert math.isnan(space.cost)
    assert space.point is None
    assert space.use == "使用状态未核实"


@pytest.mark.parametrize(
    ("occupancy", "lease_end", "free"),
    [
        ("空置", "", True),
        ("腾退，待租", "", True),
        ("空调维修店经营中", "", None),
        ("非闲置", "", None),
        ("无空置，已满租", "", None),
        ("出租", "2027-06-30", False),
        ("出租", "2026-03-31", True),
        ("出租", "", None),
    ],
)
def test_a_space_is_free_let_or_in_use(occupancy, lease_end, free):
    assert read(occupancy=occupancy, lease_end=lease_end).free is free


@pytest.mark.parametrize(
    ("suitable", "excluded", "fits"),
    [
        ("药店", "", True),
        ("", "", True),
        ("", "药店", False),
        ("洗染店", "", False),
        ("小文创", "", None),
        ("药店", "药店", None),
    ],
)
def test_a_space_fits_what_it_suits_and_does_not_exclude(suitable, excluded, fits):
    assert read(suitable_trades=suitable, excluded_trades=excluded).fits(("pharmacy",)) is fits
