"""Check scenarios as rows: who gains, who loses, which gaps close."""

import pytest
import shapely

from livingcircle.errors import InputError
from livingcircle_platform.assessment.incremental import Workshop
from livingcircle_platform.assessment.what_if import ScenarioStep
from livingcircle_platform.assessment.what_if import what_if
from tests.factories.streets import lift


@pytest.fixture(scope="module")
def workshop(ran_drawn, tmp_path_factory):
    """Return a workshop and its run of the district drawn by hand."""
    made = Workshop()
    return made, made.run(ran_drawn.pinned, tmp_path_factory.mktemp("what") / "out").run


def degrees(x, y):
    """Return a place in metres as degrees."""
    (point,) = lift([shapely.Point(x, y)])
    return {"lon": point.x, "lat": point.y}


def test_a_pharmacy_in_the_east_serves_the_east_and_closing_the_other_hurts_the_west(workshop):
    made, run = workshop
    steps = [
        ScenarioStep("新增", "add_outlet", trades="药店", **degrees(1850, 0)),
        ScenarioStep("停业", "close_outlet", object="o0"),
    ]
    more, fewer = what_if(run, steps, memory=made.memory)
    gained = {(one.unit_id, one.trade): one.gained for one in more.people if one.gained}
    assert gained == {(unit, "pharmacy"): 30.0 for unit in ("m2", "c2", "district")}
    assert {(gap.unit_id, gap.trade) for gap in more.closed} == {("c2", "pharmacy")}
    assert (more.opened, fewer.closed) == ((), ())
    lost = {one.unit_id: one.lost for one in fewer.people}
    # Whether a pharmacy is missing that stood there alone: the list is complete for it no more.
    assert lost == {"m1": 100.0, "c1": 100.0, "district": 100.0}
    assert more.gaps_after == more.gaps_before - 1
    assert more.coverage_after > more.coverage_before


def test_without_a_memory_the_answer_is_the_same(workshop):
    made, run = workshop
    steps = [ScenarioStep("停业", "close_outlet", object="o0")]
    assert what_if(run, steps) == what_if(run, steps, memory=made.memory)


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([], "没有一步"),
        ([ScenarioStep("甲", "explode")], "不认识动作“explode”"),
        ([ScenarioStep("甲", "close_outlet", object="o77")], "没有这个编号"),
        ([ScenarioStep("", "close_outlet", object="o0")], "没有填方案"),
        ([ScenarioStep("甲", "add_outlet", trades="不知道", lon=118.8, lat=32.0)], "认不出的业态"),
    ],
)
def test_a_step_that_cannot_be_taken_is_told(workshop, steps, says):
    with pytest.raises(InputError, match=says):
        what_if(workshop[1], steps)
