"""Change areas and profiles: who may, what is refused, what the audit holds."""

import datetime as dt

import pytest

from livingcircle_platform.accounts.models import Role
from livingcircle_platform.audit.models import Entry
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import NotAllowedError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.territory import actions
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import AreaProfile
from tests.platform import make


def test_an_area_goes_where_its_level_belongs(town, clerk):
    made = Area(level="community", code="115", name="甲三社区", parent=town.a)
    actions.add_area(made, acting_user=clerk)
    assert made.path.startswith(town.a.path)
    assert Entry.objects.first().action == "area.add"
    with pytest.raises(RefusedError, match="社区（村）下面不能直接放社区（村）"):
        actions.add_area(
            Area(level="community", code="x", name="x", parent=made), acting_user=clerk
        )
    taken = Area(level="community", code="115", name="又一个", parent=town.a)
    with pytest.raises(RefusedError, match="编号“115”已经是“甲三社区”的"):
        actions.add_area(taken, acting_user=clerk)


def test_a_village_may_lie_in_a_district_without_a_subdistrict(town, clerk):
    made = Area(level="community", kind="village", code="v", name="某村", parent=town.district)
    assert actions.add_area(made, acting_user=clerk).district == town.district


def test_a_change_on_an_old_version_is_refused_with_both_sides(town, clerk):
    actions.change_area(town.a1, {"name": "甲一新社区"}, seen=1, acting_user=clerk, reason="更名")
    again = Area.objects.get(pk=town.a1.pk)
    with pytest.raises(ConflictError) as refused:
        actions.change_area(again, {"name": "别名"}, seen=1, acting_user=clerk)
    assert (refused.value.theirs, refused.value.yours) == ({"name": "甲一新社区"}, {"name": "别名"})


def test_an_area_is_taken_out_only_when_nothing_hangs_on_it(town, clerk):
    make.outlet(town.a1)
    make.circles(town.district, ("甲圈", [town.a2]))
    for one, what in ((town.a, "下级区域"), (town.a1, "网点"), (town.a2, "生活圈的成员关系")):
        with pytest.raises(RefusedError, match=what):
            actions.remove_area(one, seen=1, acting_user=clerk)
    actions.remove_area(town.b2, seen=1, acting_user=clerk)
    assert not Area.objects.visible_to(clerk).filter(pk=town.b2.pk).exists()


def test_a_new_profile_overwrites_none(town, clerk):
    for year, people in ((2024, 900.0), (2025, 1000.0)):
        one = AreaProfile(area=town.a1, as_of=dt.date(year, 12, 31), population=people)
        actions.add_profile(one, acting_user=clerk)
    assert town.a1.profiles.count() == 2
    same = AreaProfile(area=town.a1, as_of=dt.date(2025, 12, 31), population=1.0)
    with pytest.raises(RefusedError, match="2025年12月31日已经有一份人口数据"):
        actions.add_profile(same, acting_user=clerk)
    future = AreaProfile(area=town.a1, as_of=dt.date(2999, 1, 1))
    with pytest.raises(RefusedError, match="还没有到"):
        actions.add_profile(future, acting_user=clerk)


def test_a_correction_says_why(town, clerk):
    one = make.profile(town.a1, 1000.0)
    with pytest.raises(RefusedError, match="更正要写明理由"):
        actions.correct_profile(one, {"population": 1.0}, seen=1, acting_user=clerk, reason=" ")
    actions.correct_profile(one, {"population": 1100.0}, seen=1, acting_user=clerk, reason="漏登")
    entry = Entry.objects.first()
    assert (entry.before, entry.after, entry.reason) == (
        {"population": 1000}, {"population": 1100}, "漏登",
    )  # fmt: skip


@pytest.mark.parametrize("role", [Role.SUBDISTRICT, Role.COMMUNITY, Role.PLANNER, Role.LEADER])
def test_others_only_look(town, role):
    somebody = make.user("somebody", (role, town.district if role != "community" else town.a1))
    with pytest.raises(NotAllowedError):
        actions.change_area(town.a1, {"name": "x"}, seen=1, acting_user=somebody)
    assert Area.objects.get(pk=town.a1.pk).name == "甲一社区"


def test_an_id_of_another_district_tells_nothing_of_its_area(town):
    stranger = make.user("stranger", (Role.DISTRICT, town.elsewhere))
    mine = Area(pk=town.a1.pk, level="community", code="129", name="试探", parent=town.elsewhere_a)
    with pytest.raises(ConflictError, match="这个编号已经用过") as refused:
        actions.add_area(mine, acting_user=stranger)
    assert (refused.value.theirs, refused.value.version) == ({}, 0)
    assert town.a1.name not in str(refused.value)
    assert Area.objects.get(pk=town.a1.pk).name == town.a1.name
