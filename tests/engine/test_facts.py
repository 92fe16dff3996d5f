"""Check what is known of every community, circle, 街道 and the district before judging."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from livingcircle.access import Units
from livingcircle.access import measure
from livingcircle.facts import gather
from livingcircle.facts import share
from livingcircle.reach import list_needs
from livingcircle.reach import supply_of
from livingcircle.shops import list_shops
from livingcircle.situation import lay_out
from livingcircle.units import list_units
from livingcircle.walkers import WALKERS
from tests.factories.district import draw_district
from tests.factories.standards import reach
from tests.factories.standards import write_standard
from tests.factories.streets import lift

# One shop in each community and one in the belt; each serves 300 m.
SHOPS = [(950, 0, ["pharmacy"]), (1500, 0, ["pharmacy", "bank"]), (2100, 0, ["pharmacy"])]
DOORS = [(100, 0, 40), (900, 0, 60), (1100, 0, 30), (1900, 0, 20)]


def facts(district):
    """Return the facts of every unit by level and name."""
    situation = lay_out(district, WALKERS["standard"])
    needs = list_needs(situation, write_standard(reach("pharmacy", "bank")))
    shops = list_shops(situation)
    supply = supply_of(shops, needs)
    members = situation.members
    numbers = Units(members.door_circle, members.outlet_circle, members.door_community)
    access = measure(situation.reader, supply, numbers, needs.radii)
    bare = gather(situation, list_units(situation), shops)
    found = share(bare, shops, situation, access, needs.sharing)
    return {(one.level, one.unit_name): one for one in found}


def drawn(**options):
    """Return the facts of the usual shops and doors."""
    return facts(draw_district(SHOPS, DOORS, **options))


def test_outlets_of_the_belt_are_nobodys_own_stock():
    got = drawn()
    assert list(got["community", "甲社区"].inside) == ["o0"]
    assert list(got["circle", "乙圈"].inside) == ["o1"]
    assert list(got["district", "手绘区"].inside) == ["o0", "o1"]


def test_outlets_across_a_border_are_shared_with_whoever_reaches_them():
    got = drawn()
    assert got["community", "甲社区"].shared["pharmacy"] == {"o0"}
    assert got["community", "乙社区"].shared["pharmacy"] == {"o0", "o2"}
    assert sorted(got["community", "乙社区"].everywhere) == ["o0", "o1", "o2"]
    assert got["district", "手绘区"].shared["pharmacy"] == {"o0", "o2"}
    assert got["circle", "甲圈"].shared["bank"] == frozenset()  # measured, and none


def test_one_shop_with_several_trades_is_one_shop():
    outlets = drawn()["circle", "乙圈"].inside
    assert len(outlets) == 1
    assert outlets["o1"].trades == {"pharmacy", "bank"}


def test_stated_population_goes_before_the_doors():
    got = drawn(west={"population": 120.0})
    assert got["community", "甲社区"].population == 120.0
    assert got["circle", "甲圈"].population == 120.0
    assert got["community", "乙社区"].population == 50.0


def test_district_is_known_only_where_every_community_is():
    got = drawn(west={"dwellings": 50.0}, east={"dwellings": 30.0})
    assert got["district", "手绘区"].dwellings == 80.0
    assert drawn(west={"dwellings": 50.0})["district", "手绘区"].dwellings is None


def test_unknown_people_stay_unknown():
    got = facts(draw_district(SHOPS, [(100, 0, np.nan), (1100, 0, 30)]))
    assert got["circle", "甲圈"].population is None
    assert got["circle", "乙圈"].population == 30.0
    assert got["circle", "甲圈"].ages == dict.fromkeys(("0_3", "60_plus", "65_plus", "80_plus"))


def test_area_is_measured_on_the_ground():
    got = drawn()
    assert got["community", "甲社区"].area_km2 == pytest.approx(0.4, rel=1e-5)
    assert got["district", "手绘区"].area_km2 == pytest.approx(0.8, rel=1e-5)


def test_age_shares_are_weighted_by_people():
    doors = [(100, 0, 40, {"age_60_plus": 10}), (900, 0, 60, {"age_60_plus": 20})]
    got = facts(draw_district([], doors))
    assert got["circle", "甲圈"].ages["60_plus"] == 0.3
    assert got["circle", "甲圈"].reference_ages["60_plus"] == 0.3
    assert got["circle", "甲圈"].ages["0_3"] is None


def test_communities_carry_the_kind_of_their_circle():
    district = draw_district([], DOORS)
    circles = district.circles.assign(kind=["old_town", "urban_fringe"])
    got = facts(replace(district, circles=circles))
    assert got["community", "甲社区"].kind == "old_town"
    assert got["circle", "乙圈"].kind == "urban_fringe"
    assert got["district", "手绘区"].kind == ""


def test_street_offices_gather_their_communities():
    got = drawn(west={"subdistrict": "新街"}, east={"subdistrict": "新街"})
    office = got["subdistrict", "新街"]
    assert office.population == 150.0
    assert list(office.inside) == ["o0", "o1"]
    assert office.shared["pharmacy"] == {"o0", "o2"}


def split_district():
    """Return 甲社区 cut in two: its east end belongs to 乙圈, whose boundary is drawn."""
    district = draw_district(
        SHOPS, DOORS, west={"population": 100.0, "dwellings": 10.0}, east={"dwellings": 5.0}
    )
    members = pd.DataFrame(
        {
            "circle_id": ["c1", "c2", "c2"],
            "community_id": ["m1", "m1", "m2"],
            "part": [True, True, False],
        }
    )
    shapes = lift([shapely.box(0, -200, 500, 200), shapely.box(500, -200, 2000, 200)])
    return replace(district, circles=district.circles.set_geometry(shapes), circle_members=members)


def test_circle_with_part_of_a_community_counts_its_own_doors():
    got = facts(split_district())
    assert got["circle", "甲圈"].population == 40.0
    assert got["circle", "乙圈"].population == 110.0
    assert got["community", "甲社区"].population == 100.0
    assert list(got["circle", "乙圈"].inside) == ["o0", "o1"]


def test_part_of_a_community_leaves_its_dwellings_unknown():
    got = facts(split_district())
    assert got["circle", "甲圈"].dwellings is None
    assert got["circle", "乙圈"].dwellings is None


def test_parts_count_as_communities_covered():
    got = facts(split_district())
    assert got["circle", "乙圈"].community_count == 2
    assert got["circle", "甲圈"].community_count == 1
