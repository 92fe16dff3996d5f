"""Lay plans out as tables: everybody once, lacking = served + left, gaps matched to sites."""

import numpy as np
import pytest

from livingcircle.lacking import Weights
from livingcircle.site_tables import chosen_sites
from livingcircle.site_tables import close_table
from livingcircle.site_tables import curve_table
from livingcircle.site_tables import left_out_table
from livingcircle.site_tables import proof
from livingcircle.site_tables import served_table
from livingcircle.site_tables import shortage_table
from livingcircle.site_tables import site_table
from livingcircle.siting import Wish
from livingcircle.siting import site_fewest
from livingcircle.siting import site_most
from tests.factories.siting import LAUNDRY
from tests.factories.siting import PHARMACY
from tests.factories.siting import assess_street
from tests.factories.siting import rooms_of
from tests.factories.standards import count

DOORS = [(0, 10), (300, 20), (600, 30), (1500, 40)]
HOW = Wish(count=2, weights=Weights(0.0, 0.0, urgency=False))


def plan(doors=DOORS, how=HOW, solve=site_most, **street):
    """Return the plan of a street."""
    assessment = assess_street(doors, **street)
    return solve(assessment, rooms_of(assessment), how)


def test_sites_tell_whom_they_newly_serve_each_once():
    table = site_table(plan(spaces=[(450, {"cost": 5.0}), 150, 1500]))
    assert table[["order", "space_id", "people"]].to_numpy().tolist() == [
        [1, "s0", 50.0], [2, "s2", 40.0],
    ]  # fmt: skip
    assert table["circle_id"].tolist() == ["c1", "c2"]
    assert table["source"].unique().tolist() == ["空间资源台账"]
    assert table["cost"].iloc[0] == 5.0
    assert np.isnan(table["cost"].iloc[1])
    assert table.geometry.iloc[0].geom_type == "Point"


def test_a_room_is_paid_once_whatever_it_takes():
    shops = [(2500, ["pharmacy"], {"area_m2": 30.0}), (2500, ["laundry"], {"area_m2": 30.0})]
    both = plan(spaces=[(450, {"cost": 5.0})], rules=(PHARMACY, LAUNDRY), outlets=shops)
    table = site_table(both)
    assert table["order"].tolist() == [1, 1]
    assert table["cost"].tolist() == pytest.approx([5.0, np.nan], nan_ok=True)


def test_people_are_conserved_lacking_is_served_and_left():
    table = served_table(plan(spaces=[450, 1500]))
    columns = ["circle_id", "lacking", "served", "left", "out_of_reach"]
    assert table[columns].to_numpy().tolist() == [
        ["c1", 60.0, 50.0, 10.0, 10.0], ["c2", 40.0, 40.0, 0.0, 0.0],
    ]  # fmt: skip
    assert table["people_known"].all()


def test_where_nobody_knows_the_people_doors_are_counted():
    doors = [(x, np.nan) for x, _ in DOORS]
    table = served_table(plan(doors, spaces=[450, 1500]))
    assert table[["lacking", "served"]].to_numpy().tolist() == [[3.0, 2.0], [1.0, 1.0]]
    assert not table["people_known"].any()
    assert np.isnan(site_table(plan(doors, spaces=[450]))["people"]).all()


def test_the_curve_adds_up_to_the_value_and_goes_on():
    one = plan(how=Wish(count=1, weights=HOW.weights), spaces=[450, 150, 1500])
    table = curve_table(one)
    assert table["planned"].tolist() == [True, False, False]
    assert table["total"].iloc[0] == one.choice.value
    assert (table["adds"].diff().dropna() <= 0).all()
    assert table["share"].iloc[-1] <= 1.0


def test_close_plans_name_what_is_exchanged_and_what_it_costs():
    table = close_table(plan(how=Wish(count=1, weights=HOW.weights), spaces=[450, 150, 1500]))
    assert table["out"].unique().tolist() == ["药店：空间0（s0）"]
    assert table["into"].tolist()[0] == "药店：空间2（s2）"
    assert table["loss"].tolist()[0] == 10.0


def test_gaps_are_told_the_sites_that_help_them():
    told = chosen_sites(plan(spaces=[450, 1500]))
    gaps = assess_street(DOORS, spaces=[450, 1500]).gaps.set_index("gap_id")
    units = [gaps.loc[gap, "unit_id"] for gap in told.gaps["gap_id"]]
    found = dict(zip(units, told.gaps["people"], strict=True))
    assert found == {"c1": 50.0, "c2": 40.0}
    assert told.gaps["counts"].tolist() == [False, False]


def test_a_site_that_only_makes_up_a_number_helps_its_gap_too():
    made = plan(solve=site_fewest, how=Wish(), spaces=[100], rules=(count("laundry"),))
    told = chosen_sites(made)
    assert told.gaps[["people", "counts"]].to_numpy().tolist() == [[0.0, True]]
    assert shortage_table(made)["left"].tolist() == [0, 1]


def test_what_was_left_out_says_why():
    let = (800, {"occupancy": "仓库"})
    table = left_out_table(plan(spaces=[450, let, (1500, {"suitable_trades": "洗染店"})]))
    assert table["reason"].tolist() == ["在用，租约到期日没有登记", "登记的适合业态里没有这一种"]


def test_the_proof_names_bound_seed_and_tie_break():
    told = proof(plan(spaces=[450, 1500]))
    assert (told["status"], told["gap"], told["seed"]) == ("proven", 0.0, 0)
    assert told["tie_break"] == "同样好时取编号在前的空间和业态"
