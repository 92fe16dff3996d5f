"""Check proposed circles on grid worlds, against brute force, and by the laws they must keep."""

from dataclasses import replace
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import Phase
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle._delineation.choice import choose
from livingcircle._delineation.groups import Measures
from livingcircle._delineation.groups import list_groups
from livingcircle._delineation.land import prepare_land
from livingcircle._delineation.partition import Divider
from livingcircle._delineation.pricing import price
from livingcircle._delineation.tiles import part_by
from livingcircle.circles import Limits
from livingcircle.circles import circle_areas
from livingcircle.circles import circles_of
from livingcircle.circles import door_communities
from livingcircle.delineation import Prices
from livingcircle.delineation import Wishes
from livingcircle.delineation import existing_circles
from livingcircle.delineation import improve_circles
from livingcircle.delineation import propose_circles
from livingcircle.delineation import to_district
from livingcircle.errors import InputError
from tests.engine.worlds import memberships
from tests.engine.worlds import squares
from tests.engine.worlds import with_circles
from tests.engine.worlds import world
from tests.factories.streets import draw_streets
from tests.factories.streets import lift

ROOMY = Wishes(band=60, limits=Limits(area_km2=50.0, density=(0, 1e9)))


def partitions(items):
    """Yield every way to divide items into sets."""
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for count in range(len(rest) + 1):
        for some in combinations(rest, count):
            left = [one for one in rest if one not in some]
            for others in partitions(left):
                yield [frozenset((first, *some)), *others]


def assert_lawful(proposal):
    """Hold a proposal to everything that must be true of any."""
    made = proposal.set
    tiles = [tile for circle in made.circles for tile in circle.tiles]
    assert sorted(tiles) == list(range(len(made.land.tiles)))
    hard = proposal.checks[proposal.checks["severity"] == "hard"]
    assert (hard["verdict"] == "served").all()
    assert all(made.land.borders.connected(circle.tiles) for circle in made.circles)
    figures = made.indicators()
    assert figures["population"].sum() == pytest.approx(np.nansum(made.land.door_people))
    assert figures["area_km2"].sum() == pytest.approx(made.land.tiles.km2.sum(), abs=1e-4)
    assert made.land.tiles.doors.sum() == (made.land.door_tile >= 0).sum()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6), st.data())
def test_the_choice_is_the_cheapest_there_is(count, data):
    tiles = list(range(count))
    every = [frozenset(some) for k in tiles for some in combinations(tiles, k + 1)]
    kept = [s for s in every if len(s) == 1 or data.draw(st.booleans())]
    cost = [data.draw(st.integers(0, 40)) / 4 for _ in kept]
    price_of = dict(zip(kept, cost, strict=True))
    best = min(
        sum(price_of[s] for s in some)
        for some in partitions(tiles)
        if all(s in price_of for s in some)
    )
    got = choose(kept, np.array(cost), tiles)
    assert sorted(t for n in got.chosen for t in kept[n]) == tiles
    assert got.price == pytest.approx(best)
    assert got.gap == 0


def test_every_connected_group_is_listed():
    land = prepare_land(world(3, 3), ROOMY)
    groups, whole = list_groups(Measures.of(land), list(range(9)), 9, 1000)
    every = (frozenset(s) for k in range(1, 10) for s in combinations(range(9), k))
    assert whole
    assert {g.tiles for g in groups} == {s for s in every if land.borders.connected(s)}
    assert len(groups) == 218  # connected induced subgraphs of the 3 × 3 grid


def test_a_cut_list_says_so_and_still_holds_every_tile():
    land = prepare_land(world(3, 3), ROOMY)
    groups, whole = list_groups(Measures.of(land), list(range(9)), 9, 1)
    assert not whole
    assert frozenset().union(*(g.tiles for g in groups if len(g.tiles) > 1)) == set(range(9))


def test_measures_do_not_depend_on_the_order_of_joining():
    land = prepare_land(world(2, 3), ROOMY)
    measures = Measures.of(land)
    group = measures.joined(measures.joined(measures.single(4), 1), 0)
    straight = measures.group([0, 1, 4])
    assert group.tiles == straight.tiles
    assert group[1:] == pytest.approx(straight[1:])
    assert straight.km2 == pytest.approx(0.27, rel=1e-3)
    assert straight.edge == pytest.approx(8 * 300, rel=1e-3)
    assert straight.walk == pytest.approx(10.0, abs=0.1)


@pytest.mark.parametrize("people", [[1800] * 6, [900, 2700, 1800, 400, 3000, 1200]])
def test_a_whole_district_is_divided_as_cheaply_as_can_be(people):
    wishes = replace(Wishes(), prices=Prices(balance=0.0))
    land = prepare_land(world(2, 3, people=people), wishes)
    measures = Measures.of(land)
    (cell,) = Divider(land, measures).divide(None)
    groups, _ = list_groups(measures, list(range(6)), 6, 1000)
    cost = dict(zip((g.tiles for g in groups), price(land, groups).prices(1.0, 0.0), strict=True))
    best = min(
        sum(cost[s] for s in some)
        for some in partitions(list(range(6)))
        if all(s in cost for s in some)
    )
    assert cell.choice.price == pytest.approx(best)


def test_no_circle_crosses_a_river():
    river = shapely.LineString([(-50, 600), (1300, 600)])
    found = propose_circles(world(4, 4, severed=[("river", river)]))
    assert_lawful(found)
    south = {f"m{n:02}" for n in range(8)}
    assert all(ids <= south or not ids & south for ids in memberships(found.set))
    assert len(found.cells) == 2


def test_a_railway_through_communities_makes_parts_that_add_up():
    rail = shapely.LineString([(450, -50), (450, 1300)])
    district = world(4, 3, severed=[("railway", rail)])
    found = propose_circles(district)
    assert_lawful(found)
    tiles = found.set.land.tiles
    cut = [one for one in tiles.ids if "#" in one]
    assert sorted(cut) == sorted(f"m{n:02}#{k}" for n in (1, 4, 7, 10) for k in (1, 2))
    assert tiles.km2.sum() == pytest.approx(12 * 0.09, rel=1e-3)
    west = {one for one in tiles.ids if one in ("m00", "m03", "m06", "m09")}
    west |= {one for one in cut if tiles.shapes[found.set.land.number[one]].centroid.x < 450}
    assert all(ids <= west or not ids & west for ids in memberships(found.set))


def test_a_line_along_the_border_splits_nothing():
    beside = shapely.LineString([(310, -50), (310, 1300)])
    land = prepare_land(world(4, 3, severed=[("railway", beside)]), Wishes())
    assert not land.tiles.part.any()
    assert land.borders.cells.tolist() == [0, 1, 1] * 4


def test_a_railway_that_ends_short_of_the_border_still_splits():
    spur = shapely.LineString([(150, -50), (150, 275)])
    parts = part_by(shapely.box(0, 0, 300, 300), [np.array([spur], dtype=object)])
    assert len(parts) == 2
    assert shapely.union_all(parts).equals(shapely.box(0, 0, 300, 300))
    assert sum(p.area for p in parts) == pytest.approx(90_000)


def test_a_sliver_of_the_whole_may_be_a_side_of_a_part():
    rail = shapely.LineString([(150, -50), (150, 350)])
    river = shapely.LineString([(-50, 200), (160, 200)])
    kinds = [np.array([line], dtype=object) for line in (rail, river)]
    parts = part_by(shapely.box(0, 0, 300, 300), kinds)
    assert sorted(round(p.area) for p in parts) == [15_000, 30_000, 45_000]


def test_around_the_end_of_a_railway_is_still_across_it():
    spur = shapely.LineString([(600, -50), (600, 900)])
    found = propose_circles(world(4, 3, severed=[("railway", spur)]), ROOMY)
    assert_lawful(found)
    for ids in memberships(found.set):
        numbers = {int(one[1:]) for one in ids}
        faced = [(3 * row + 1, 3 * row + 2) for row in range(3)]
        assert not any(a in numbers and b in numbers for a, b in faced)


def test_one_community_beyond_the_limits_is_reported_with_by_how_much():
    found = propose_circles(world(1, 1, side=2000.0))
    (row,) = found.checks[found.checks["check"] == "area"].to_dict("records")
    assert row["verdict"] == "lacking"
    assert row["excess"] == pytest.approx(2.0, abs=0.01)
    assert "一个单元就已超过" in row["reason"]
    assert len(found.set.circles) == 1


def test_walks_follow_the_streets_and_not_the_compass():
    # Two communities side by side, joined only by a street that goes far around.
    around = draw_streets([(150, 150), (150, -900), (450, -900), (450, 150)])
    land = prepare_land(world(1, 2, streets=around), Wishes())
    assert land.walk[0] == {}  # 2,400 m are 40 minutes, and 30 were looked for
    near = prepare_land(world(1, 2, streets=around), Wishes(band=30))
    assert near.walk[0][1] == pytest.approx(40.0, abs=0.1)
    found = propose_circles(world(1, 2, streets=around))
    assert memberships(found.set) == {frozenset({"m00"}), frozenset({"m01"})}


def test_a_shorter_band_makes_smaller_circles():
    counts = [len(propose_circles(world(3, 3), Wishes(band=band)).set.circles)
              for band in (15, 10, 8)]  # fmt: skip
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_so_many_circles_as_are_wanted():
    for count in (2, 5, 8):
        found = propose_circles(world(3, 3), replace(ROOMY, count=count))
        assert_lawful(found)
        assert len(found.set.circles) == count
        assert not any("想要" in note for note in found.notes)


def test_a_number_that_cannot_be_had_is_answered_with_the_nearest_and_why():
    river = shapely.LineString([(-50, 600), (1300, 600)])
    district = world(4, 2, severed=[("river", river)])
    few = propose_circles(district, replace(ROOMY, count=1))
    assert len(few.set.circles) == 2
    assert any("想要1个圈，只能做到2个，多1个" in note for note in few.notes)
    many = propose_circles(district, replace(ROOMY, count=20))
    assert len(many.set.circles) == 8
    assert any("少12个" in note for note in many.notes)


def test_an_arterial_road_is_crossed_only_for_a_reason():
    road = draw_streets([(-50, 600), (1300, 600)], [(150, 150), (150, 1050)],
                        highway=["primary", "residential"])  # fmt: skip
    found = propose_circles(world(4, 1, streets=road))
    soft = found.checks[found.checks["check"] == "crosses_arterial"]
    assert (soft["severity"] == "soft").all()
    assert all(len({t[1:] in ("00", "01") for t in ids}) == 1 for ids in memberships(found.set))
    hard = Wishes(hard=("river", "railway", "expressway", "arterial"), soft=())
    land = prepare_land(world(4, 1, streets=road), hard)
    assert land.borders.cells.tolist() == [0, 0, 1, 1]


@settings(max_examples=10, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(st.data())
def test_whatever_the_world_is_the_law_is_kept(data):
    rows, columns = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 4))
    people = [data.draw(st.integers(0, 6000)) for _ in range(rows * columns)]
    severed = []
    for kind in ("river", "railway", "expressway"):
        if data.draw(st.booleans()):
            x1, x2, y1, y2 = (data.draw(st.integers(-100, 1300)) for _ in range(4))
            if (x1, y1) != (x2, y2):
                severed.append((kind, shapely.LineString([(x1, y1), (x2, y2)])))
    found = propose_circles(world(rows, columns, people=people, severed=severed))
    assert_lawful(found)


def test_the_same_again_is_the_same():
    river = shapely.LineString([(-50, 600), (1300, 650)])
    one, other = (propose_circles(world(3, 3, severed=[("river", river)])) for _ in range(2))
    pd.testing.assert_frame_equal(one.checks, other.checks)
    assert memberships(one.set) == memberships(other.set)


def test_people_nobody_counted_stay_unknown_and_circles_are_drawn_all_the_same():
    district = world(2, 2, people=float("nan"))
    found = propose_circles(replace(district, doors=district.doors.iloc[:0]))
    assert found.set.indicators()["population"].isna().all()
    assert (found.checks.query("check == 'density'")["verdict"] == "unknown").all()
    assert any("人口和密度都是未知" in note for note in found.notes)
    assert_lawful(found)


def test_without_communities_blocks_between_streets_are_put_together():
    lines = [[(x, 0), (x, 900)] for x in (0, 300, 600, 900)]
    lines += [[(0, y), (900, y)] for y in (0, 300, 600, 900)]
    district = world(3, 3, streets=draw_streets(*lines))
    bare = replace(
        district,
        communities=district.communities.iloc[:0],
        extent=shapely.union_all(district.communities.geometry.to_numpy()),
    )
    found = propose_circles(bare)
    assert len(found.set.land.tiles) == 9
    assert found.set.land.tiles.names[0].startswith("街区")
    assert any("街区" in note for note in found.notes)
    with pytest.raises(InputError, match="补一份社区表"):
        propose_circles(replace(bare, streets=district.streets.iloc[:0]))


def test_without_streets_walks_are_straight_and_said_to_be():
    district = world(2, 2)
    found = propose_circles(replace(district, streets=district.streets.iloc[:0]))
    assert any("按直线×1.3" in note for note in found.notes)
    assert_lawful(found)


def test_a_community_without_a_boundary_is_named_and_left_out():
    district = world(2, 2)
    shapes = district.communities.geometry.to_numpy().copy()
    shapes[3] = None
    lost = gpd.GeoDataFrame(district.communities.drop(columns="geometry"), geometry=shapes,
                            crs="EPSG:4326")  # fmt: skip
    found = propose_circles(replace(district, communities=lost))
    assert any("社区03没有边界" in note for note in found.notes)
    assert "m03" not in frozenset().union(*memberships(found.set))


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        (Wishes(band=0), "0分钟不合适"),
        (Wishes(limits=Limits(area_km2=0)), "面积上限"),
        (Wishes(limits=Limits(density=(30_000, 10_000))), "下限不小于上限"),
        (Wishes(count=0), "要划0个圈"),
        (Wishes(hard=("river",), soft=("river",)), "既不许跨越又可以跨越"),
        (Wishes(hard=("墙",)), "不认识的阻隔"),
    ],
)
def test_wishes_that_contradict_are_refused(wishes, says):
    with pytest.raises(InputError, match=says):
        propose_circles(world(1, 1), wishes)


def test_an_island_is_a_circle_of_its_own():
    district = world(1, 3)
    shapes = district.communities.geometry.to_numpy().copy()
    moved = shapely.transform(shapes[2], lambda xy: np.add(xy, [0.02, 0.0]))
    shapes[2] = moved
    apart = district.communities.set_geometry(gpd.GeoSeries(shapes, crs="EPSG:4326",
                                              index=district.communities.index))  # fmt: skip
    found = propose_circles(replace(district, communities=apart))
    assert frozenset({"m02"}) in memberships(found.set)


GOOD = [[0, 1, 4, 5], [2, 3, 6, 7]]


def test_what_is_good_is_left_alone():
    district = with_circles(world(2, 4), GOOD)
    found = improve_circles(district)
    assert memberships(found.set) == memberships(existing_circles(district))
    assert [circle.id for circle in found.set.circles] == ["c0", "c1"]
    assert found.set.history()["operation"].tolist() == ["import", "improve"]


def test_what_is_too_large_is_split_and_the_rest_is_left_alone():
    district = with_circles(world(2, 6), [[0, 1, 6, 7], [2, 3, 4, 5, 8, 9, 10, 11]])
    found = improve_circles(district, Wishes(prices=Prices(move=3.0)))
    assert_lawful(found)
    assert frozenset({"m00", "m01", "m06", "m07"}) in memberships(found.set)
    assert len(found.set.circles) == 3
    last = found.set.steps[-1].lineage
    assert {new for _, new in last} == {circle.id for circle in found.set.circles}
    assert {old for old, _ in last} == {"c0", "c1"}


def test_moves_have_a_price():
    district = with_circles(world(2, 4), [[0, 1, 2, 4, 5], [3, 6, 7]])
    dear = improve_circles(district, Wishes(prices=Prices(move=50.0, touch=50.0)))
    assert memberships(dear.set) == memberships(existing_circles(district))


def test_from_38_to_50_in_small():
    district = with_circles(world(3, 4), [[0, 1, 4, 5], [2, 3, 6, 7], [8, 9, 10, 11]])
    found = improve_circles(district, Wishes(count=4))
    assert len(found.set.circles) == 4
    assert_lawful(found)


def test_an_old_circle_across_a_river_is_parted():
    river = shapely.LineString([(600, -50), (600, 700)])
    district = with_circles(world(2, 4, severed=[("river", river)]), [list(range(8))])
    before = existing_circles(district).checks().set_index("check")["verdict"]
    assert before["contiguous"] == "lacking"
    assert_lawful(improve_circles(district))


def test_there_must_be_something_to_improve():
    with pytest.raises(InputError, match=r"还没有生活圈.*propose"):
        improve_circles(world(1, 2))
    empty = with_circles(world(1, 2), [[]])
    with pytest.raises(InputError, match="没有一个圈含有带边界的社区"):
        improve_circles(empty)


def test_wishes_for_other_land_need_other_land():
    district = with_circles(world(2, 2), [[0, 1], [2, 3]])
    start = existing_circles(district)
    with pytest.raises(InputError, match="不能换阻隔类别"):
        improve_circles(district, Wishes(walker="elder"), start=start)
    assert improve_circles(district, Wishes(band=10), start=start).set.version == 2


def test_a_district_takes_the_circles_back():
    rail = shapely.LineString([(420, -50), (420, 700)])
    district = world(2, 3, severed=[("railway", rail)])
    made = propose_circles(district).set
    told = to_district(district, made)
    areas = circle_areas(told)
    community = door_communities(told, told.doors)
    circle = circles_of(told.doors.geometry, told, areas, community)
    tiles = made.land.door_tile
    assert [areas.index[n] for n in circle] == [made.of_tile[t] for t in tiles]
    assert set(told.circle_members.query("part")["community_id"]) <= {"m01", "m04"}


def test_a_community_of_two_circles_is_told_to_go_whole_to_one():
    district = with_circles(world(1, 3), [[0, 1], [1, 2]])
    members = district.circle_members.assign(part=[False, True, True, False])
    notes = existing_circles(replace(district, circle_members=members)).land.notes
    told = [note for note in notes if "有一部分属于" in note]
    assert len(told) == 1
    assert "圈的人数和面积因此与评估不同" in told[0]


def with_shapes(district, shapes):
    """Return a world whose communities have other boundaries, in metres."""
    drawn = gpd.GeoSeries(lift(shapes), index=district.communities.index, crs="EPSG:4326")
    return replace(district, communities=district.communities.set_geometry(drawn))


@pytest.mark.parametrize("gap", [0.005, 1.0, 2.0])
def test_boundaries_that_miss_each_other_a_little_part_nothing(gap):
    district = world(2, 4)
    shrunk = [shapely.buffer(box, -gap, join_style="mitre") for box in squares(2, 4)]
    apart = propose_circles(with_shapes(district, shrunk))
    assert memberships(apart.set) == memberships(propose_circles(district).set)


def test_boundaries_too_far_apart_to_meet_are_told():
    shrunk = [shapely.buffer(box, -4.0, join_style="mitre") for box in squares(1, 3)]
    found = propose_circles(with_shapes(world(1, 3), shrunk))
    assert any("边界之间有缝的（超过5米）" in note for note in found.notes)


def test_a_community_in_two_pieces_is_parted_by_the_river_between_them():
    pieces = shapely.MultiPolygon([shapely.box(0, 0, 270, 300), shapely.box(330, 0, 600, 300)])
    above = shapely.box(0, 300, 270, 600), shapely.box(330, 300, 600, 600)
    river = ("river", shapely.LineString([(300, -50), (300, 700)]))
    found = propose_circles(with_shapes(world(1, 3, severed=[river]), [pieces, *above]))
    banks = {
        name: bool(shapely.bounds(shape)[0] > 270)
        for name, shape in zip(found.set.land.tiles.ids, found.set.land.tiles.shapes, strict=True)
    }
    assert sorted(banks.values()) == [False, False, True, True]
    assert all(len({banks[name] for name in some}) == 1 for some in memberships(found.set))
    assert len(found.set.circles) == 2
    dry = propose_circles(with_shapes(world(1, 3), [pieces, *above]))
    assert dry.set.land.tiles.ids == ("m00", "m01", "m02")
    assert any("社区00由不相连的几块地组成" in note for note in dry.notes)


def test_a_boundary_around_nothing_is_refused():
    line = shapely.Polygon([(0, 0), (300, 0), (0, 0)])
    with pytest.raises(InputError, match="社区01的边界围不住任何土地"):
        propose_circles(with_shapes(world(1, 2), [squares(1, 2)[0], line]))


def test_what_is_never_crossed_is_hard_whatever_it_is():
    road = ("river", shapely.LineString([(300, -50), (300, 350)]))
    wishes = Wishes(hard=("railway",), soft=("river",), limits=Limits(area_km2=50.0))
    district = with_circles(world(1, 2, severed=[road]), [[0, 1]])
    checks = existing_circles(district, wishes).checks().set_index("check")
    assert checks.loc["crosses_river", ["severity", "verdict"]].tolist() == ["soft", "lacking"]
    assert checks.loc["crosses_railway", "severity"] == "hard"


def test_a_walk_known_in_part_is_unknown():
    southern = draw_streets([(150, 150), (450, 150)])
    district = with_circles(replace(world(2, 2), streets=southern), [[0, 1, 2, 3]])
    made = existing_circles(district)
    walk = made.checks().set_index("check").loc["walk"]
    assert walk["verdict"] == "unknown"
    assert "社区02、社区03没有接得上道路的楼门" in walk["reason"]
    assert made.indicators()["walk_minutes"].isna().all()


def test_a_number_of_circles_over_several_cells_claims_no_proof_for_all():
    river = ("river", shapely.LineString([(900, -50), (900, 700)]))
    found = propose_circles(world(2, 6, severed=[river]), Wishes(count=6))
    assert any("不证明整个地区按这个个数最优" in note for note in found.notes)
    assert not any("不证明" in note for note in propose_circles(world(2, 6)).notes)


def test_what_was_written_of_another_circle_of_the_same_id_is_not_kept():
    district = with_circles(world(2, 2), [[0, 1], [2, 3]])
    circles = district.circles.assign(kind="resident").rename(index={"c0": "Q01", "c1": "Q02"})
    members = district.circle_members.replace({"circle_id": {"c0": "Q01", "c1": "Q02"}})
    named = replace(district, circles=circles, circle_members=members)
    fresh = to_district(named, propose_circles(named).set)
    assert fresh.circles["kind"].isna().all() or (fresh.circles["kind"] == "").all()
    kept = to_district(named, existing_circles(named))
    assert kept.circles["kind"].tolist() == ["resident", "resident"]


def test_a_community_listed_twice_and_a_boundary_of_another_size_are_told():
    district = with_circles(world(1, 3), [[0, 1], [1, 2]])
    drawn = gpd.GeoSeries(lift([shapely.box(0, 0, 450, 300), shapely.box(450, 0, 900, 300)]),
                          index=district.circles.index, crs="EPSG:4326")  # fmt: skip
    shaped = replace(district, circles=district.circles.set_geometry(drawn))
    notes = "\n".join(existing_circles(shaped).land.notes)
    assert "社区01同时写在圈0、圈1里，这里算在圈1" in notes
    assert "圈0画的边界是0.135平方公里，它的社区合起来是0.090平方公里" in notes


@pytest.mark.parametrize("wrong", [{"count": 2.5}, {"prices": Prices(circle=float("nan"))}])
def test_wishes_that_would_never_end_are_refused(wrong):
    with pytest.raises(InputError, match=r"2\.5个圈|代价里有"):
        propose_circles(world(1, 2), Wishes(**wrong))
