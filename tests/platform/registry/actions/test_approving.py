"""Take a room's approval through its steps, each by the right people."""

import datetime as dt

import pytest

from livingcircle_platform.audit.models import Entry
from livingcircle_platform.errors import NotAllowedError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import actions
from livingcircle_platform.registry.models import Space
from tests.platform.registry.conftest import kept

ON = dt.date(2026, 6, 1)


@pytest.fixture
def room(town):
    return kept(Space, town.a1)


def step(room, approval, user, document=""):
    room.refresh_from_db()
    return actions.approve(
        room, approval, seen=room.version, on=ON, acting_user=user, document=document
    )


def test_the_whole_way(room, worker, street, clerk):
    step(room, "asked", worker)
    step(room, "subdistrict_agreed", street, "甲街〔2026〕3号")
    step(room, "district_agreed", clerk, "东商〔2026〕8号")
    room.refresh_from_db()
    assert room.approval == "district_agreed"
    told = [(one.approval, one.document) for one in room.steps.all()]
    assert told == [
        ("asked", ""), ("subdistrict_agreed", "甲街〔2026〕3号"),
        ("district_agreed", "东商〔2026〕8号"),
    ]  # fmt: skip


def test_no_step_is_left_out(room, clerk, unchanged):
    unchanged()
    with pytest.raises(RefusedError, match="不能直接到“区级已同意”"):
        step(room, "district_agreed", clerk, "1号")


def test_the_streets_step_is_the_streets(room, worker, clerk, unchanged):
    step(room, "asked", worker)
    unchanged()
    for other in (worker, clerk):
        with pytest.raises(NotAllowedError):
            step(room, "subdistrict_agreed", other, "1号")


def test_the_districts_step_is_the_districts(room, worker, street, unchanged):
    step(room, "asked", worker)
    step(room, "subdistrict_agreed", street, "1号")
    unchanged()
    with pytest.raises(NotAllowedError):
        step(room, "district_agreed", street, "2号")


def test_an_agreement_has_a_number(room, worker, street, unchanged):
    step(room, "asked", worker)
    unchanged()
    with pytest.raises(RefusedError) as caught:
        step(room, "subdistrict_agreed", street, "  ")
    assert "document" in caught.value.fields


def test_nobody_sets_it_by_hand(room, clerk, unchanged):
    unchanged()
    with pytest.raises(NotAllowedError):
        actions.change(room, {"approval": "district_agreed"}, seen=1, acting_user=clerk)


def test_refused_one_may_ask_again(room, worker, street):
    step(room, "asked", worker)
    step(room, "refused", street)
    step(room, "asked", worker)
    room.refresh_from_db()
    assert room.approval == "asked"


def test_a_step_goes_back_by_those_who_may_take_it(room, worker, street):
    step(room, "asked", worker)
    step(room, "subdistrict_agreed", street, "1号")
    number = Entry.objects.filter(action="space.approve").first().number
    with pytest.raises(NotAllowedError):
        actions.undo(number, acting_user=worker)
    actions.undo(number, acting_user=street)
    room.refresh_from_db()
    assert room.approval == "asked"
    assert [one.approval for one in room.steps.filter(removed_at=None)] == ["asked"]
