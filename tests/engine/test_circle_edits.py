"""Check the four operations: what they make, what they refuse, that nothing is lost."""

from dataclasses import replace
from functools import cache

import pytest
import shapely
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from livingcircle.circle_edits import again
from livingcircle.circle_edits import draw
from livingcircle.circle_edits import merge
from livingcircle.circle_edits import move
from livingcircle.circle_edits import split
from livingcircle.delineation import Wishes
from livingcircle.delineation import existing_circles
from livingcircle.errors import InputError
from tests.engine.worlds import degrees
from tests.engine.worlds import memberships
from tests.engine.worlds import with_circles
from tests.engine.worlds import world
from tests.factories.district import draw_doors

RIVER = ("river", shapely.LineString([(600, -50), (600, 700)]))
QUARTERS = [[0, 4], [1, 5], [2, 6], [3, 7]]


def a_set(groups=QUARTERS, **told):
    return existing_circles(with_circles(world(2, 4, **told), groups))


def assert_nothing_lost(before, after):
    """Hold the new version to what every operation must keep."""
    tiles = [tile for circle in after.circles for tile in circle.tiles]
    assert sorted(tiles) == list(range(len(after.land.tiles)))
    assert after.land.tiles.people.sum() == pytest.approx(before.land.tiles.people.sum())
    assert after.land.tiles.km2.sum() == pytest.approx(before.land.tiles.km2.sum(), rel=1e-9)
    assert after.land.tiles.doors.sum() == before.land.tiles.doors.sum()
    old, new = {c.id for c in before.circles}, {c.id for c in after.circles}
    lineage = after.steps[-1].lineage
    assert {one for one, _ in lineage} <= old
    assert {one for _, one in lineage} <= new
    assert old - new <= {one for one, _ in lineage}
    assert new - old <= {one for _, one in lineage}
    assert after.version == before.version + 1


def test_merging_makes_a_new_circle_of_both():
    before = a_set()
    change = merge(before, ["c0", "圈1"], reason="居民要求", on="2026-06-30")
    assert_nothing_lost(before, change.set)
    assert change.indicators.index.tolist() == ["Q01"]
    assert change.set.circle("Q01").formation == "merged"
    assert change.set.steps[-1].lineage == (("c0", "Q01"), ("c1", "Q01"))
    assert change.set.history().iloc[-1].tolist() == [
        2, "merge", "居民要求", "2026-06-30", "c0→Q01；c1→Q01"]  # fmt: skip
    assert len(before.circles) == 4  # the old version is what it was


def test_the_indicators_are_those_of_all():
    change = merge(a_set(), ["c0", "c1"])
    whole = change.set.indicators().loc[change.indicators.index]
    assert whole.equals(change.indicators)


def test_splitting_finds_the_best_halves_by_itself():
    before = a_set([[0, 1, 2, 3, 4, 5, 6, 7]])
    change = split(before, "c0")
    assert_nothing_lost(before, change.set)
    halves = {frozenset({"m00", "m01", "m04", "m05"}), frozenset({"m02", "m03", "m06", "m07"})}
    assert memberships(change.set) == halves
    assert {c.formation for c in change.set.circles} == {"split"}


def test_a_large_circle_is_split_around_two_communities():
    # Within 30 minutes both halves are walked; within 15 one would be kept short for its sake.
    before = existing_circles(with_circles(world(2, 8), [list(range(16))]), Wishes(band=30))
    change = split(before, "c0")
    assert_nothing_lost(before, change.set)
    assert sorted(len(ids) for ids in memberships(change.set)) == [8, 8]


def test_splitting_as_told():
    before = a_set([[0, 1, 4, 5], [2, 3, 6, 7]])
    change = split(before, "c0", ["社区00", "m04"])
    assert frozenset({"m00", "m04"}) in memberships(change.set)
    assert_nothing_lost(before, change.set)


def test_moving_a_community():
    before = a_set([[0, 1, 4, 5], [2, 3, 6, 7]])
    change = move(before, "社区05", "圈1")
    assert_nothing_lost(before, change.set)
    assert [c.id for c in change.set.circles] == ["c0", "c1"]
    assert frozenset({"m00", "m01", "m04"}) in memberships(change.set)
    assert set(change.set.steps[-1].lineage) == {("c0", "c0"), ("c0", "c1"), ("c1", "c1")}


def test_there_and_back_again():
    before = a_set([[0, 1, 4, 5], [2, 3, 6, 7]])
    back = move(move(before, "m05", "c1").set, "m05", "c0").set
    assert memberships(back) == memberships(before)
    joined = merge(before, ["c0", "c1"]).set
    apart = split(joined, "Q01", ["m00", "m01", "m04", "m05"]).set
    assert memberships(apart) == memberships(before)
    assert [c.id for c in apart.circles] == ["Q02", "Q03"]  # no id is given out twice


def four_doors(district):
    """Return a world with four doors in each community, 450 people behind each."""
    boxes = [(300 * (n % 4), 300 * (n // 4)) for n in range(8)]
    places = [(x + dx, y + dy, 450.0, {}) for x, y in boxes
              for dx in (75, 225) for dy in (75, 225)]  # fmt: skip
    return replace(district, doors=draw_doors(*places))


def test_a_drawn_boundary_cuts_communities_and_counts_their_doors():
    district = four_doors(with_circles(world(2, 4), [[0, 1, 4, 5], [2, 3, 6, 7]]))
    before = existing_circles(district)
    change = draw(before, degrees(shapely.box(-10, -10, 450, 610)), "c0")
    assert_nothing_lost(before, change.set)
    assert memberships(change.set) == {
        frozenset({"m00", "m04", "m01#1", "m05#1"}),
        frozenset({"m02", "m03", "m06", "m07", "m01#2", "m05#2"}),
    }
    assert change.indicators["population"].tolist() == [5400.0, 9000.0]
    assert change.indicators["split_communities"].tolist() == [2, 2]
    assert change.set.members().query("part")["community_id"].tolist() == ["m01", "m05"] * 2
    walk = change.set.indicators().loc["c0", "walk_minutes"]
    assert walk < before.indicators().loc["c0", "walk_minutes"]


def test_a_boundary_drawn_within_20_m_of_the_border_cuts_nothing():
    before = a_set([[0, 1, 4, 5], [2, 3, 6, 7]])
    change = draw(before, degrees(shapely.box(-10, -10, 915, 610)), "c0")
    assert not change.set.land.tiles.part.any()
    assert frozenset({"m00", "m01", "m02", "m04", "m05", "m06"}) in memberships(change.set)


def test_a_new_circle_is_drawn():
    before = a_set([[0, 1, 4, 5], [2, 3, 6, 7]])
    change = draw(before, degrees(shapely.box(310, -5, 890, 610)), name="中间圈")
    assert_nothing_lost(before, change.set)
    assert change.set.circle("中间圈").id == "Q01"
    assert frozenset({"m01", "m02", "m05", "m06"}) in memberships(change.set)


def test_a_piece_can_be_cut_and_moved_again():
    district = four_doors(with_circles(world(2, 4), [[0, 1, 4, 5], [2, 3, 6, 7]]))
    once = draw(existing_circles(district), degrees(shapely.box(-10, -10, 450, 610)), "c0").set
    twice = move(once, "m01#1", "c1").set
    assert_nothing_lost(once, twice)
    thrice = draw(twice, degrees(shapely.box(-10, -10, 300, 450)), "c0").set
    assert_nothing_lost(twice, thrice)
    assert "m04#1" in thrice.land.tiles.ids


REFUSED = [
    (lambda s: merge(s, ["c0"]), "至少要两个不同的圈"),
    (lambda s: merge(s, ["c0", "c0"]), "至少要两个不同的圈"),
    (lambda s: merge(s, ["c0", "c2"]), "断开了"),
    (lambda s: merge(s, ["c0", "没有"]), "没有“没有”这个圈"),
    (lambda s: merge(s, ["c0", "c1"], name="圈2"), "已有叫“圈2”的圈"),
    (lambda s: split(s, "c0", ["m00", "m04"]), "全部成员"),
    (lambda s: split(s, "c0", ["m01"]), "不在“圈0”里"),
    (lambda s: move(s, "m00", "c0"), "已经在“圈0”里"),
    (lambda s: move(s, "m00", "c3"), "断开了"),
    (lambda s: move(s, "没有这个", "c1"), "没有“没有这个”这个社区"),
    (lambda s: draw(s, shapely.Point(118, 32)), "不是一块用经纬度写的面"),
    (lambda s: draw(s, shapely.box(0, 0, 5000, 5000)), "不是一块用经纬度写的面"),
    (lambda s: draw(s, shapely.box(10, 10, 11, 11)), "没有任何社区"),
    (lambda s: draw(s, degrees(shapely.box(-9, -9, 610, 610)), "c0"), "全部划走了.*merge"),
]


@pytest.mark.parametrize(("wrong", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_what_cannot_be_is_refused_with_what_to_do(wrong, says):
    some = a_set()
    with pytest.raises(InputError, match=says) as told:
        wrong(some)
    assert told.value.remedy
    assert some.version == 1


def test_a_single_community_cannot_be_split_and_the_last_one_cannot_leave():
    some = a_set([[0], [1, 2, 3, 4, 5, 6, 7]])
    with pytest.raises(InputError, match=r"只有一个成员.*draw"):
        split(some, "c0")
    with pytest.raises(InputError, match=r"最后一个成员.*merge"):
        move(some, "m00", "c1")


def test_nothing_is_joined_across_a_river():
    some = a_set([[0, 1, 4, 5], [2, 3, 6, 7]], severed=[RIVER])
    for wrong in (
        lambda: merge(some, ["c0", "c1"]),
        lambda: move(some, "m05", "c1"),
        lambda: draw(some, degrees(shapely.box(-10, -10, 910, 610)), "c0"),
    ):
        with pytest.raises(InputError, match="河流"):
            wrong()


def test_a_boundary_around_several_whole_circles_names_them_all():
    some = a_set()
    with pytest.raises(InputError, match="“圈0”、“圈1”的成员就全部划走了"):
        draw(some, degrees(shapely.box(-10, -10, 610, 610)), name="大圈")


@cache
def halves(*, severed):
    """Return a set of two circles, with a river between them or not."""
    return a_set([[0, 1, 4, 5], [2, 3, 6, 7]], severed=[RIVER] if severed else [])


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_any_sequence_of_operations_keeps_everything_and_can_be_done_again(data):
    some = first = halves(severed=data.draw(st.booleans()))
    for _ in range(data.draw(st.integers(1, 5))):
        names = [circle.id for circle in some.circles]
        pick, other = data.draw(st.sampled_from(names)), data.draw(st.sampled_from(names))
        tile = data.draw(st.sampled_from(some.land.tiles.ids))
        x, y = data.draw(st.integers(0, 1100)), data.draw(st.integers(0, 500))
        shape = degrees(shapely.box(x, y, x + 400, y + 400))
        edit = data.draw(st.sampled_from([
            lambda s, a=pick, b=other: merge(s, [a, b]),
            lambda s, a=pick: split(s, a),
            lambda s, t=tile, b=other: move(s, t, b),
            lambda s, g=shape: draw(s, g),
        ]))  # fmt: skip
        try:
            made = edit(some).set
        except InputError:
            continue
        assert_nothing_lost(some, made)
        hard = made.checks().query("severity == 'hard'")
        assert (hard["verdict"] == "served").all()
        some = made
    replayed = first
    for step in some.steps[1:]:
        replayed = again(replayed, step)
    assert memberships(replayed) == memberships(some)
    assert replayed.circles == some.circles
    assert replayed.steps == some.steps
