"""Check that a warm run comes to the bytes of a cold one, whatever was edited before."""

import random
from dataclasses import replace

import pytest
import shapely

from livingcircle import edits
from livingcircle_platform.assessment.errors import Cancelled
from livingcircle_platform.assessment.incremental import Workshop
from livingcircle_platform.assessment.incremental import sharing
from livingcircle_platform.assessment.running import How
from livingcircle_platform.assessment.running import run
from tests.factories.streets import lift
from tests.platform.assessment.pinning import ON_THE_MAP
from tests.platform.assessment.pinning import pin_drawn
from tests.platform.assessment.pinning import pin_sample
from tests.platform.assessment.test_running import files_of

NAMES = {"pharmacy": "药店", "breakfast": "早餐店", "vegetable": "菜市场"}


def edited(district, dice):
    """Return a small district with one thing changed at random."""
    west, east = -200, 2200
    point = lift([shapely.Point(dice.uniform(west, east), dice.uniform(-100, 100))])[0]
    place, outlet = (point.x, point.y), dice.choice(list(district.outlets.index))
    what = dice.randrange(4)
    if what == 0:
        trade, number = dice.choice(sorted(NAMES)), len(district.outlets)
        cells = {"trades": NAMES[trade], "name": f"新店{number}"}
        return edits.add_outlet(district, f"n{number}", [trade], place, cells)
    if what == 1:
        return edits.move_outlet(district, outlet, place)
    if what == 2:
        status = dice.choice(["open", "closed", "unverified"])
        return edits.change_outlet(district, outlet, {"status": status})
    door = dice.choice(list(district.doors.index))
    return edits.change_residents(district, door, float(dice.randrange(1, 400)))


@pytest.mark.parametrize("seed", [1, 2])
def test_warm_and_cold_runs_are_the_same_to_the_byte(drawn, tmp_path, seed):
    dice, workshop, district = random.Random(seed), Workshop(), drawn  # noqa: S311 - a test's dice
    for turn in range(3):
        pinned = pin_drawn(district, tmp_path / f"p{turn}")
        warm = workshop.run(pinned, tmp_path / f"w{turn}")
        cold = run(pinned, tmp_path / f"c{turn}")
        assert files_of(tmp_path / f"w{turn}") == files_of(tmp_path / f"c{turn}")
        assert warm == cold
        district = edited(district, dice)


def test_the_demonstration_district_after_an_edit(sample, ran_sample, tmp_path):
    workshop = Workshop()
    workshop.run(ran_sample.pinned, tmp_path / "before")
    ledger = sample.outlets.index[sample.outlets["source"] != ON_THE_MAP]
    district = edits.change_outlet(sample, ledger[40], {"status": "closed"})
    district = edits.move_outlet(district, ledger[200], (118.785, 32.045))
    pinned = pin_sample(district, tmp_path / "pinned")
    warm = workshop.run(pinned, tmp_path / "warm")
    assert warm == run(pinned, tmp_path / "cold")
    assert files_of(tmp_path / "warm") == files_of(tmp_path / "cold")
    assert warm != ran_sample.outcome


def test_tables_that_came_out_equal_are_the_very_same(drawn, tmp_path):
    workshop = Workshop()
    first = workshop.read(pin_drawn(drawn, tmp_path / "a"))
    moved = edits.move_outlet(drawn, "o0", (118.81, 32.0))
    second = workshop.read(pin_drawn(moved, tmp_path / "b"))
    assert second.streets is first.streets
    assert second.doors is first.doors
    assert second.outlets is not first.outlets
    was, now = ({one.table: one for one in some.sources} for some in (first, second))
    assert now["streets"] is was["streets"]
    assert now["outlets"] != was["outlets"]


def test_what_differs_only_in_type_is_not_taken_for_equal(drawn):
    other = drawn.doors.assign(residents=drawn.doors["residents"].astype("float32"))
    assert sharing(replace(drawn, doors=other), drawn).doors is other


def test_a_stopped_run_leaves_the_workshop_as_good_as_before(drawn, ran_drawn, tmp_path):
    workshop = Workshop()
    workshop.run(ran_drawn.pinned, tmp_path / "first")
    moved = pin_drawn(edits.move_outlet(drawn, "o0", (118.81, 32.0)), tmp_path / "p")
    asked = iter(range(1000))
    with pytest.raises(Cancelled):
        workshop.run(moved, tmp_path / "second", cancelled=lambda: next(asked) >= 16)
    again = workshop.run(moved, tmp_path / "second")
    assert again == run(moved, tmp_path / "cold")


def test_other_terms_are_no_edit(ran_drawn, tmp_path):
    workshop, how = Workshop(), How(walker="elder", at="20:00")
    workshop.run(ran_drawn.pinned, tmp_path / "first")
    warm = workshop.run(ran_drawn.pinned, tmp_path / "warm", how=how)
    assert warm == run(ran_drawn.pinned, tmp_path / "cold", how=how)
