"""Adopt and discard versions; sheets of drafts only."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from livingcircle_platform.accounts.models import Role
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import NotAllowedError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.territory import circle_actions
from livingcircle_platform.territory.models import CircleSet
from tests.platform import make

SOFT = {"broken": [{"check": "area", "severity": "soft", "name": "面积"}]}
DAY = dt.date(2026, 3, 1)


@pytest.fixture
def current(town):
    return make.circles(town.district, ("甲圈", [town.a1, town.a2]), ("乙圈", [town.b1, town.b2]))


@pytest.fixture
def draft(town, current):
    made = make.circles(town.district, ("甲圈", [town.a1]), ("乙圈", [town.a2, town.b1, town.b2]),
                        state="draft", number=2)  # fmt: skip
    CircleSet.objects.filter(pk=made.pk).update(made_from=current, in_force_from=None)
    made.refresh_from_db()
    return made


def adopt(draft, who, day=DAY, reason="", seen=1):
    return circle_actions.adopt(draft, day, seen=seen, reason=reason, acting_user=who)


def test_adopting_ends_the_version_before(draft, current, clerk):
    adopt(draft, clerk)
    current.refresh_from_db()
    assert (current.state, current.in_force_until) == ("replaced", DAY)
    assert (draft.state, draft.in_force_from) == ("adopted", DAY)
    then = CircleSet.objects.as_of(dt.date(2026, 2, 28)).get()
    assert (then, CircleSet.objects.as_of(DAY).get()) == (current, draft)


def test_an_adopted_version_never_changes(draft, clerk):
    adopt(draft, clerk)
    circle = draft.circles.first()
    for deed in (
        lambda: circle_actions.change_sheet(circle, {"name": "x"}, seen=1, acting_user=clerk),
        lambda: circle_actions.discard(draft, seen=2, acting_user=clerk),
        lambda: adopt(draft, clerk, seen=2),
        lambda: circle_actions.save_drawing(draft, [], steps=[], settings={}, told={}, seen=2,
                                            acting_user=clerk),
    ):  # fmt: skip
        with pytest.raises(RefusedError, match="已经启用过，不再改动"):
            deed()
    assert CircleSet.objects.get(pk=draft.pk).circles.count() == 2


def test_a_soft_rule_that_is_broken_wants_a_reason(draft, current, clerk):
    draft.circles.filter(code="2").update(figures=SOFT)
    with pytest.raises(RefusedError, match="乙圈等1个圈有不符合的约束") as refused:
        adopt(draft, clerk)
    assert "reason" in refused.value.fields
    current.refresh_from_db()
    assert current.state == "adopted"
    assert adopt(draft, clerk, reason="河边地块，无法再拆").reason == "河边地块，无法再拆"


@pytest.mark.parametrize(("severity", "asks"), [("hard", True), ("soft", True), ("info", False)])
def test_every_rule_but_a_remark_wants_a_reason(draft, clerk, severity, asks):
    broken = {"broken": [{"check": "barrier", "severity": severity, "name": "阻隔"}]}
    draft.circles.filter(code="2").update(figures=broken)
    if asks:
        with pytest.raises(RefusedError, match="启用要写明理由"):
            adopt(draft, clerk, reason="  ")
    adopt(draft, clerk, reason="跨河有桥" if asks else "")
    assert draft.state == "adopted"


@pytest.mark.parametrize(("day", "why"), [(dt.date(2026, 1, 1), "要晚于"), (None, "还没有到")])
def test_the_day_follows_the_version_before(draft, clerk, day, why):
    day = day or timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(RefusedError, match=why):
        adopt(draft, clerk, day)


def test_an_old_page_adopts_nothing(draft, current, clerk):
    with pytest.raises(ConflictError):
        adopt(draft, clerk, seen=7)
    current.refresh_from_db()
    assert current.state == "adopted"


def test_a_planner_draws_but_does_not_adopt(draft, town):
    planner = make.user("planner", (Role.PLANNER, town.district))
    with pytest.raises(NotAllowedError):
        adopt(draft, planner)
    circle = draft.circles.get(code="1")
    circle_actions.change_sheet(circle, {"openness": "较高"}, seen=1, acting_user=planner)
    with pytest.raises(RefusedError, match="已经有一个“乙圈”"):
        circle_actions.change_sheet(circle, {"name": "乙圈"}, seen=2, acting_user=planner)


def test_numbers_are_not_given_twice(town, draft, clerk):
    circle_actions.discard(draft, seen=1, acting_user=clerk)
    key = uuid.uuid4()
    told = {"title": "新", "settings": {}, "acting_user": clerk}
    made = circle_actions.draft_set(town.district, key, **told)
    assert (made.number, made.made_from.number) == (3, 1)
    assert circle_actions.draft_set(town.district, key, **told) == made
