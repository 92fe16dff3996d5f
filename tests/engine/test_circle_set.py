"""Check one version of a set: names, lookups, indicators, members, checks."""

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely

from livingcircle.circle_set import formation_of
from livingcircle.circle_set import fresh_name
from livingcircle.circle_set import issued_by
from livingcircle.circle_set import next_id
from livingcircle.coordinates import geodesic_area
from livingcircle.delineation import existing_circles
from livingcircle.errors import InputError
from tests.engine.worlds import with_circles
from tests.engine.worlds import world


def a_set(groups=((0, 1), (2, 3)), **told):
    return existing_circles(with_circles(world(2, 2, **told), [list(g) for g in groups]))


def test_indicators_are_sums_that_a_pencil_can_check():
    row = a_set(people=[1000, 2000, 3000, 4000]).indicators(["圈0"]).loc["c0"]
    assert row["area_km2"] == pytest.approx(0.18, rel=1e-3)
    assert row["population"] == 3000
    assert row["density"] == pytest.approx(3000 / 0.18, rel=1e-3)
    assert row["walk_minutes"] == pytest.approx(5.0, abs=0.05)  # 300 m at 60 m a minute
    assert row["compactness"] == pytest.approx(4 * math.pi * 0.18e6 / 1800**2, rel=1e-3)
    assert row["communities"] == "社区00、社区01"
    assert bool(row["contiguous"])
    assert row["crossings"] == ""


def test_the_area_of_a_circle_is_the_area_of_its_union_on_the_ellipsoid():
    some = a_set()
    whole = shapely.union_all(some.land.tiles.shapes[[0, 1]])
    area = float(geodesic_area(some.land.grid.unproject(whole))) / 1e6
    assert some.indicators().loc["c0", "area_km2"] == pytest.approx(area, abs=1e-6)


def test_people_of_one_community_unknown_make_the_circle_unknown():
    row = a_set(people=[1000, np.nan, 3000, 4000]).indicators().loc["c0"]
    assert math.isnan(row["population"])
    assert math.isnan(row["density"])


def test_a_walk_beyond_what_was_measured_is_said_to_be_so():
    far = existing_circles(with_circles(world(1, 8), [list(range(8))]))
    row = far.indicators().loc["c0"]
    assert math.isnan(row["walk_minutes"])
    assert row["walk_beyond"] == 30
    (check,) = far.checks().query("check == 'walk'").to_dict("records")
    assert "超过30分钟" in check["reason"]


def test_circles_and_communities_are_found_by_id_or_name():
    some = a_set()
    assert some.circle("c1") is some.circle("圈1")
    assert some.tiles_of("m02") == some.tiles_of("社区02") == frozenset({2})


@pytest.mark.parametrize(
    ("word", "says"), [("圈9", "没有“圈9”这个圈.*圈0"), ("空", "没有“空”这个圈.*核对圈的编号")]
)
def test_an_unknown_circle_is_answered_with_what_may_be_meant(word, says):
    with pytest.raises(InputError, match=says):
        a_set().circle(word)


def test_an_unknown_community_is_answered_with_what_may_be_meant():
    with pytest.raises(InputError, match=r"没有“社区2”这个社区.*“社区02”"):
        a_set().tiles_of("社区2")


def test_two_of_one_name_are_told_apart_by_id():
    district = world(1, 2)
    district = with_circles(district, [[0], [1]])
    same = district.circles.assign(name="同名圈")
    some = existing_circles(replace(district, circles=same))
    with pytest.raises(InputError, match=r"有2个圈都叫“同名圈”.*c0、c1"):
        some.circle("同名圈")


def test_members_say_what_is_whole_and_what_is_part():
    rail = shapely.LineString([(450, -50), (450, 700)])
    some = existing_circles(
        with_circles(world(2, 2, severed=[("railway", rail)]), [[0, 1], [2, 3]])
    )
    assert some.members().query("part").empty  # both halves of 01 lie in one circle
    assert some.indicators()["contiguous"].tolist() == [False, False]


def test_checks_name_hard_soft_and_informational_rules():
    rows = a_set(people=100.0).checks().set_index(["circle_id", "check"])
    assert rows.loc[("c0", "contiguous"), "severity"] == "hard"
    assert rows.loc[("c0", "crosses_arterial"), "severity"] == "soft"
    density = rows.loc[("c0", "density")]
    assert (density["severity"], density["verdict"], density["reason"]) == (
        "info",
        "lacking",
        "偏低",
    )
    assert density["excess"] == pytest.approx(1 - 200 / 0.18 / 1e4, abs=0.01)


def test_identifiers_are_given_out_once():
    assert next_id(0, ()) == ("Q01", 1)
    assert next_id(0, {"Q01", "Q02"}) == ("Q03", 3)
    assert issued_by("Q07") == 7
    assert issued_by("YS-Q7") == 0


def test_a_circle_is_named_after_its_largest_community():
    land = a_set(people=[1, 2, 4, 3]).land
    assert fresh_name(land, frozenset({0, 1}), ()) == "社区01生活圈"
    assert fresh_name(land, frozenset({2, 3}), {"社区02生活圈"}) == "社区022生活圈"


def test_formation_tells_one_from_several_and_from_parts():
    rail = shapely.LineString([(150, -50), (150, 350)])
    land = existing_circles(with_circles(world(1, 2, severed=[("railway", rail)]), [[0], [1]])).land
    assert formation_of(land, [2]) == "single"
    assert formation_of(land, [0]) == "split"
    assert formation_of(land, [0, 1]) == "single"
    assert formation_of(land, [1, 2]) == "merged"


def test_checks_of_some_circles_are_those_among_all():
    some = a_set()
    every = some.checks()
    mine = every[every["circle_id"] == "c1"].reset_index(drop=True)
    assert some.checks(["圈1"]).equals(mine)
