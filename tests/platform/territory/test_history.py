"""Look back: people and circles of a day, and what moved between two versions."""

import datetime as dt

from livingcircle_platform.territory import history
from livingcircle_platform.territory.models import Area
from tests.platform import make

JANUARY, JUNE = dt.date(2026, 1, 31), dt.date(2026, 6, 30)


def test_a_day_has_the_people_known_by_then(town):
    make.profile(town.a1, 100.0, dt.date(2025, 12, 31))
    make.profile(town.a1, 130.0, dt.date(2026, 5, 1))
    make.profile(town.a2, 50.0, dt.date(2026, 5, 1))
    areas = list(Area.objects.filter(path__startswith=town.district.path))
    lines = {
        day: {one.area.name: one for one in history.tree(areas, day)} for day in (JANUARY, JUNE)
    }
    told = {day: found["甲街道"].population for day, found in lines.items()}
    assert (told[JANUARY].value, told[JANUARY].silent) == (100.0, 1)
    assert (told[JUNE].value, told[JUNE].silent) == (180.0, 0)
    # Nobody told: that is not nought.
    assert (lines[JUNE]["乙街道"].population.value, lines[JUNE]["乙街道"].population.silent) == (
        None,
        2,
    )


def test_the_tree_goes_down_by_code(town):
    lines = history.tree(list(Area.objects.all()), JUNE)
    assert [(one.depth, one.area.name) for one in lines[:5]] == [
        (0, "示例市"), (1, "东区"), (2, "甲街道"), (3, "甲一社区"), (3, "甲二社区"),
    ]  # fmt: skip


def test_two_versions_differ_by_communities_and_people(town):
    make.profile(town.a2, 300.0, dt.date(2025, 12, 31))
    before = make.circles(town.district, ("甲圈", [town.a1, town.a2]), ("乙圈", [town.b1, town.b2]))
    after = make.circles(town.district, ("甲圈", [town.a1]), ("乙圈", [town.a2, town.b1, town.b2]),
                         state="draft", number=2)  # fmt: skip
    told = history.compare(before, after, JUNE)
    (moved,) = told.moved
    assert (moved.community, moved.before, moved.after) == (town.a2, ("甲圈",), ("乙圈",))
    assert (moved.population, told.people.value) == (300.0, 300.0)
    assert (told.new, told.gone) == ((), ())


def test_the_tree_looks_at_each_community_once(town, monkeypatch):
    looked = []
    paths_above = Area.paths_above
    monkeypatch.setattr(
        Area, "paths_above", lambda self: looked.append(self.pk) or paths_above(self)
    )
    lines = {one.area.name: one for one in history.tree(list(Area.objects.all()), JUNE)}
    assert sorted(looked) == sorted(
        one.pk for one in (town.a1, town.a2, town.b1, town.b2, town.elsewhere_a1)
    )
    told = ("示例市", "东区", "甲街道", "甲一社区", "丙街道")
    assert [lines[name].communities for name in told] == [5, 4, 2, 1, 1]
