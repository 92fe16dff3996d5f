"""Check the desk on which circles are edited: a world of six square communities, two circles."""

import json
from dataclasses import replace
from datetime import date

import pytest
import shapely

from livingcircle.errors import InputError
from livingcircle_platform.assessment.drafting import open_desk
from livingcircle_platform.assessment.drafting import reopen_desk
from livingcircle_platform.assessment.inputs import Terms
from livingcircle_platform.assessment.inputs import pin_inputs
from tests.engine.worlds import degrees
from tests.engine.worlds import with_circles
from tests.engine.worlds import world
from tests.platform.assessment.pinning import EVERY
from tests.platform.assessment.pinning import pin_drawn
from tests.platform.assessment.pinning import record_of

DAY = date(2026, 6, 30)


@pytest.fixture(scope="module")
def pinned(tmp_path_factory):
    """Return two rows of three communities of 300 m, the left four in one circle."""
    made = with_circles(world(2, 3), [[0, 1, 3, 4], [2, 5]])
    everywhere = replace(made, extent=degrees(shapely.box(-500, -500, 1500, 1200)))
    return pin_drawn(everywhere, tmp_path_factory.mktemp("draft") / "pinned")


@pytest.fixture
def desk(pinned):
    return open_desk(pinned)


def test_circles_come_with_indicators_members_and_shapes(desk):
    left, right = desk.circles
    assert (left.circle_id, left.community_count, left.population) == ("c0", 4, 7200.0)
    assert abs(left.area_km2 - 4 * 0.09) < 0.001
    assert left.members == tuple((f"m0{n}", False) for n in (0, 1, 3, 4))
    assert left.geometry.disjoint(right.geometry.buffer(-1e-6))
    assert json.dumps(shapely.geometry.mapping(left.geometry))
    assert {tile.tile_id: tile.circle_id for tile in desk.tiles}["m02"] == "c1"
    # 1800 people on 0.09 km² are 20,000 to the km²: within limits. Nothing is broken for real.
    assert [check.check for check in left.broken if check.severity == "hard"] == []


def test_a_preview_tells_and_changes_nothing(desk):
    before = desk.circles
    told = desk.merge(["c0", "c1"], commit=False)
    assert (told.version, told.removed) == (2, ("c0", "c1"))
    assert [one.population for one in told.changed] == [10800.0]
    assert (desk.version, desk.circles) == (1, before)


def test_what_is_committed_is_what_was_previewed(desk):
    shown = desk.move("m01", "c1", commit=False)
    done = desk.move("m01", "c1", reason="就近", on=DAY)
    assert shown == done
    assert {one.circle_id: one.community_count for one in done.changed} == {"c0": 3, "c1": 3}
    assert desk.version == 2


def test_every_operation_is_taken_back_one_by_one(desk):
    start = desk.circles
    desk.split("c0", ["m00", "m03"], reason="太大", on=DAY)
    middle = desk.circles
    desk.draw(degrees(shapely.box(450, 0, 900, 600)), "c1")
    assert desk.circles != middle
    back = desk.undo()
    assert (back.operation, back.version) == ("undo", 2)
    assert desk.circles == middle
    desk.undo()
    assert desk.circles == start
    with pytest.raises(InputError, match="已经是第一版"):
        desk.undo()


def test_a_desk_is_opened_again_from_its_json(desk, pinned):
    desk.split("c0", ["m00", "m03"], reason="太大", on=DAY)
    desk.draw(degrees(shapely.box(600, 0, 750, 600)), name="东圈", reason="新圈")
    record = json.loads(json.dumps(desk.record()))
    again = reopen_desk(pinned, record)
    assert (again.version, again.circles) == (desk.version, desk.circles)
    assert again.record() == record
    again.undo()  # also what was done before it was opened
    desk.undo()
    assert again.circles == desk.circles


def test_a_community_cut_in_two_belongs_in_part(desk):
    told = desk.draw(degrees(shapely.box(750, 0, 900, 600)), name="东圈")
    drawn = next(one for one in told.changed if one.name == "东圈")
    assert drawn.members == (("m02", True), ("m05", True))
    assert abs(drawn.area_km2 - 0.09) < 0.001


def test_an_operation_that_breaks_a_hard_rule_changes_nothing(desk):
    with pytest.raises(InputError, match="断开"):
        desk.move("m00", "c1")
    assert desk.version == 1


def test_circles_may_be_proposed_from_nothing(pinned):
    proposed = open_desk(pinned, start="propose")
    held = sorted(name for one in proposed.circles for name, _ in one.members)
    assert held == [f"m0{n}" for n in range(6)]
    with pytest.raises(InputError, match="不能从“nothing”开始"):
        open_desk(pinned, start="nothing")


def test_another_district_is_refused(desk, tmp_path):
    record = record_of(world(1, 2), EVERY)
    other = pin_inputs(tmp_path / "p", "别处", Terms("miyun_2023"), record, [])
    with pytest.raises(InputError, match="社区或阻隔与划圈时不同"):
        reopen_desk(other, desk.record())


def test_the_demonstration_district(ran_sample):
    desk = open_desk(ran_sample.pinned)
    first, second = desk.circles[:2]
    told = desk.merge([first.circle_id, second.circle_id])
    (merged,) = told.changed
    assert merged.population == first.population + second.population
    assert abs(merged.area_km2 - first.area_km2 - second.area_km2) < 1e-4
    assert any(check.check == "walk" for check in merged.broken)
