"""Check what is told of two runs: verdicts, people gained and lost, inputs that differ."""

import pytest
import shapely

from livingcircle import edits
from livingcircle.errors import InputError
from livingcircle_platform.assessment.comparing import compare
from livingcircle_platform.assessment.running import How
from livingcircle_platform.assessment.running import run
from tests.factories.streets import lift
from tests.platform.assessment.pinning import pin_drawn


@pytest.fixture(scope="module")
def with_another(drawn, tmp_path_factory):
    """Return results where the east has a pharmacy of its own."""
    folder = tmp_path_factory.mktemp("another")
    point = lift([shapely.Point(1850, 0)])[0]
    cells = {"trades": "药店", "name": "东药店"}
    more = edits.add_outlet(drawn, "o9", ["pharmacy"], (point.x, point.y), cells)
    run(pin_drawn(more, folder / "pinned"), folder / "out")
    return folder / "out"


def test_people_gained_and_lost_are_told_by_unit_and_trade(ran_drawn, with_another):
    found = compare(ran_drawn.out, with_another)
    people = {(one.unit_id, one.trade): one for one in found.people}
    # The 30 behind the last door now have a pharmacy 50 m away; for the 50 it is still too far.
    one = people["c2", "pharmacy"]
    assert (one.lacking_before, one.lacking_after, one.gained, one.lost) == (30.0, 0.0, 30.0, 0.0)
    assert ("c1", "pharmacy") not in people
    back = compare(with_another, ran_drawn.out)
    assert {(o.unit_id, o.lost) for o in back.people if o.level == "circle"} == {("c2", 30.0)}


def test_verdicts_that_change_are_told_in_words(ran_drawn, with_another):
    found = compare(ran_drawn.out, with_another)
    (one,) = (
        o
        for o in found.changes
        if (o.unit_id, o.change, o.requirement_id) == ("c2", "verdict", "reach_pharmacy")
    )
    assert (one.old, one.new) == ("缺", "达标")
    assert one.sentence in found.sentences


def test_inputs_that_differ_are_named(ran_drawn, with_another, tmp_path):
    notes = {one.subject: one for one in compare(ran_drawn.out, with_another).inputs}
    assert set(notes) == {"台账"}
    assert notes["台账"].old.startswith("1行")
    assert notes["台账"].new.startswith("2行")
    run(ran_drawn.pinned, tmp_path / "out", how=How(at="20:00", walker="elder"))
    told = compare(ran_drawn.out, tmp_path / "out")
    assert {one.subject for one in told.inputs} == {"步行者", "评估钟点"}
    assert told.changes[0].change == "terms"


def test_nothing_changed_is_said(ran_drawn):
    found = compare(ran_drawn.out, ran_drawn.out)
    assert (found.changes, found.people, found.inputs) == ((), (), ())
    assert len(found.sentences) == 1


def test_a_folder_without_results_is_told(ran_drawn, tmp_path):
    with pytest.raises(InputError, match="没有评估结果"):
        compare(ran_drawn.out, tmp_path)
