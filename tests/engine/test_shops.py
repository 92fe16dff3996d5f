"""Read outlets as records; those that did not change stay the very same."""

import pandas as pd
import pytest

from livingcircle import edits
from livingcircle.memory import Memory
from livingcircle.shops import list_shops
from livingcircle.situation import lay_out
from livingcircle.walkers import WALKERS
from tests.factories.district import draw_district

SHOPS = [(100, 0, ["pharmacy"]), (300, 0, ["bank", "pharmacy"], {"status": "closed"})]


def town():
    """Return a district of two shops and one door."""
    return draw_district(SHOPS, [(50, 0, 10)])


def read(district, memory):
    """Return the shops of a district."""
    return list_shops(lay_out(district, WALKERS["standard"], memory=memory), memory)


def test_shops_that_are_gone_have_a_place_and_no_record():
    shops = read(town(), Memory())
    assert list(shops.ids) == ["o0", "o1"]
    assert list(shops.register) == ["o0"]
    assert shops.records[1] is None
    assert shops.places.shape == (2, 2)


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"hours": "24小时"}, "hours"),
        ({"chain": True}, "chain"),
        ({"area_m2": 50.0}, "area_m2"),
        ({"status": "unverified"}, "status"),
        ({"service_centre_id": "o1"}, "service_centre_id"),
    ],
)
def test_only_what_changed_is_read_again(cells, name):
    memory, district = Memory(), edits.change_outlet(town(), "o1", {"status": "open"})
    before = read(district, memory)
    after = read(edits.change_outlet(district, "o0", cells), memory)
    assert after.register["o1"] is before.register["o1"]
    assert getattr(after.register["o0"], name) == cells[name]
    assert after.register == read(edits.change_outlet(district, "o0", cells), Memory()).register


def test_blank_cells_are_alike_and_a_filled_one_is_not():
    memory, district = Memory(), town()
    first = read(edits.change_outlet(district, "o0", {"chain": pd.NA}), memory)
    again = read(edits.change_outlet(district, "o0", {"chain": pd.NA}), memory)
    assert again.register["o0"] is first.register["o0"]
    filled = read(edits.change_outlet(district, "o0", {"chain": False}), memory)
    assert filled.register["o0"].chain is False


def test_other_trades_and_another_place_are_other_shops():
    memory, district = Memory(), town()
    first = read(district, memory)
    pairs = district.outlet_trades.replace({"trade": {"pharmacy": "bank"}}).drop_duplicates()
    other = read(edits.replace(district, outlet_trades=pairs), memory)
    assert other.register["o0"].trades == {"bank"}
    lon, lat = district.outlets.geometry["o1"].coords[0]
    moved = read(edits.move_outlet(district, "o0", (lon, lat)), memory)
    assert moved.places[0] == pytest.approx(first.places[1])


def test_a_shop_that_closes_leaves_the_register_and_one_that_opens_joins_it():
    memory, district = Memory(), town()
    read(district, memory)
    closed = read(edits.change_outlet(district, "o0", {"status": "closed"}), memory)
    assert not closed.register
    both = read(edits.change_outlet(district, "o1", {"status": "open"}), memory)
    assert list(both.register) == ["o0", "o1"]


def test_a_stamp_tells_which_records_were_read_again():
    memory, district = Memory(), town()
    first = read(district, memory)
    assert read(district, memory) is first
    renamed = edits.change_outlet(district, "o0", {"name": "甲店"})  # no rule reads a name
    assert read(renamed, memory) is first
    changed = read(edits.change_outlet(district, "o0", {"chain": True}), memory)
    assert (changed.stamps != first.stamps).tolist() == [True, False]
