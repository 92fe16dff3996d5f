"""Keep a desk in the record: open, preview, take, take back, from any process."""

import shutil
import uuid

import pytest
import shapely

from livingcircle_platform.accounts.models import Role
from livingcircle_platform.assessment import desks
from livingcircle_platform.assessment import folders
from livingcircle_platform.assessment.actions import ask_draft
from livingcircle_platform.assessment.desks import Operation
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.errors import BusyError
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import NotAllowedError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.territory.models import AreaProfile
from livingcircle_platform.territory.models import CircleSet
from tests.platform import drawing
from tests.platform import make

MERGE = Operation("merge", ("1", "2"))


@pytest.fixture
def town(transactional_db, settings, tmp_path):
    """Return the small city with two circles in force."""
    settings.DATA = tmp_path
    made = make.town()
    drawing.lay_out(made)
    return made


@pytest.fixture
def draft(town, clerk):
    return drawing.draft(town, clerk)


def members(draft):
    """Return the communities of each circle."""
    return {
        one.code: sorted(member.community.name for member in one.members.all())
        for one in draft.circles.all()
    }


def take(draft, operation, who, **told):
    return desks.take(draft, operation, seen=draft.version, key="", acting_user=who, **told)


def test_a_draft_begins_with_the_circles_in_force(draft):
    assert (draft.number, draft.state, draft.made_from.number) == (2, "draft", 1)
    assert members(draft) == {"1": ["甲一社区", "甲二社区"], "2": ["乙一社区", "乙二社区"]}
    one = draft.circles.get(code="1")
    assert one.figures["population"] == 20_000
    # 0.02° by 0.01° at 39.9° north: 1.710 km by 1.110 km.
    assert one.figures["area_km2"] == pytest.approx(1.898, abs=0.01)
    assert (one.parents, one.is_drawn, one.formation) == ([], False, "merged")
    # Asking twice is one draft and one job.
    assert CircleSet.objects.count() == 2


def test_a_preview_keeps_nothing(draft):
    seen = desks.preview(draft, MERGE)
    assert [one.circle_id for one in seen.before] == ["1", "2"]
    (after,) = seen.change.changed
    assert after.population == 40_000
    assert "area" in [rule.check for rule in after.broken]  # 3.80 km², over 2
    draft.refresh_from_db()
    assert (draft.version, len(draft.steps), draft.circles.count()) == (2, 1, 2)


def test_what_is_taken_is_laid_out_with_its_lineage_and_audit(draft, clerk):
    take(draft, MERGE, clerk, reason="居民要求")
    (one,) = draft.circles.all()
    assert (one.code, one.parents) == ("Q01", ["1", "2"])
    assert one.figures["population"] == 40_000
    assert draft.steps[-1]["reason"] == "居民要求"
    entry = Entry.objects.first()
    assert (entry.action, entry.actor, entry.reason) == ("circleset.draw", clerk, "居民要求")
    assert entry.after["这一步"] == "合并“甲圈”、“乙圈”"


def test_taking_back_brings_back_circles_and_what_was_written_of_them(draft, clerk):
    draft.circles.filter(code="1").update(openness="大门多", kind="old_town")
    take(draft, MERGE, clerk)
    desks.undo(draft, seen=draft.version, acting_user=clerk)
    assert members(draft) == {"1": ["甲一社区", "甲二社区"], "2": ["乙一社区", "乙二社区"]}
    one = draft.circles.get(code="1")
    assert (one.openness, one.kind) == ("大门多", "old_town")
    with pytest.raises(RefusedError, match="没有可以撤销的操作"):
        desks.undo(draft, seen=draft.version, acting_user=clerk)


def test_another_process_opens_the_same_desk_from_the_record(draft, clerk):
    take(draft, Operation("move", ("1",), (draft.settings["tiles"][2]["id"],)), clerk)
    here = desks.desk_of(draft).circles
    desks._opened.cache_clear()
    desks._memory.cache_clear()
    shutil.rmtree(folders.prepared_of(draft.district), ignore_errors=True)
    assert desks.desk_of(CircleSet.objects.get(pk=draft.pk)).circles == here
    assert members(draft)["1"] == ["乙一社区", "甲一社区", "甲二社区"]


def test_inputs_are_pinned_once(draft, clerk):
    AreaProfile.objects.update(population=1)
    desks._opened.cache_clear()
    take(draft, MERGE, clerk)
    assert draft.circles.get().figures["population"] == 40_000


def test_who_comes_second_sees_both_sides_and_nothing_is_lost(draft, clerk, town):
    other = make.user("planner", (Role.PLANNER, town.district))
    late = CircleSet.objects.get(pk=draft.pk)
    take(draft, MERGE, clerk)
    split = Operation("split", ("1",))
    with pytest.raises(ConflictError) as refused:
        take(late, split, other)
    assert refused.value.theirs["这一步"] == "合并“甲圈”、“乙圈”"
    assert refused.value.theirs["谁"] == "clerk"
    assert refused.value.yours["这一步"] == "拆分“甲圈”"
    assert members(CircleSet.objects.get(pk=draft.pk)) == {
        "Q01": ["乙一社区", "乙二社区", "甲一社区", "甲二社区"]
    }


def test_sent_twice_is_done_once(draft, clerk):
    for _ in range(2):
        desks.take(draft, MERGE, seen=2, key="abc", acting_user=clerk)
    assert (len(draft.steps), draft.version) == (2, 3)


def test_what_the_engine_refuses_is_said_in_its_words(draft, clerk):
    last = draft.settings["tiles"][3]["id"]
    with pytest.raises(RefusedError, match="断开"):
        take(draft, Operation("move", ("1",), (last,)), clerk)
    assert draft.circles.count() == 2


def test_a_community_cut_in_two_belongs_in_part_and_opens_again(draft, clerk, town):
    west, south, _, north = town.a2.boundary.bounds
    half = shapely.box(make.WEST, south, west + 0.005, north)
    take(draft, Operation("draw", ("1",), boundary=half), clerk)
    both = [one for one in draft.circles.all() if one.is_drawn]
    assert sorted(one.code for one in both) == ["1", "2"]
    assert {member.part for one in both for member in one.members.filter(community=town.a2)} == {
        True
    }
    people = {one.code: one.figures["population"] for one in draft.circles.all()}
    assert sum(people.values()) == 40_000  # people are conserved


def test_codes_are_never_given_twice(town, clerk):
    first = drawing.draft(town, clerk, "propose")
    codes = set(first.circles.values_list("code", flat=True))
    second = drawing.draft(town, clerk, "propose")
    assert codes
    assert not codes & set(second.circles.values_list("code", flat=True))
    named = {code for one in first.circles.all() for code in one.parents}
    assert named <= {"1", "2"}
    pair = [tile["circle"] for tile in second.settings["tiles"][:2]]
    take(second, Operation("merge", tuple(pair)), clerk)
    (merged,) = [one for one in second.circles.all() if one.members.count() == 2]
    assert merged.code not in codes
    with pytest.raises(RefusedError, match="用“画边界”画出"):
        take(second, Operation("split", (second.settings["tiles"][3]["circle"],)), clerk)


def test_a_draft_that_is_still_opened_says_so(town, clerk):
    key = uuid.uuid4()
    ask_draft(town.district, key, start="existing", wishes={}, acting_user=clerk)
    with pytest.raises(BusyError, match="还在打开"):
        desks.desk_of(CircleSet.objects.get(pk=key))


def test_nothing_to_begin_with_is_said_at_once(transactional_db, clerk, town):
    CircleSet.objects.update(state="replaced")
    with pytest.raises(RefusedError, match="还没有现行圈层"):
        ask_draft(town.district, uuid.uuid4(), start="existing", wishes={}, acting_user=clerk)


def test_whoever_only_reads_draws_nothing(draft, town):
    leader = make.user("leader", (Role.LEADER, town.district))
    with pytest.raises(NotAllowedError):
        take(draft, MERGE, leader)
    assert CircleSet.objects.get(pk=draft.pk).version == 2
