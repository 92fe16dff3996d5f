"""Look back: which circles and which people an area had on a day, and what moved since."""

import datetime as dt
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import AreaProfile
from livingcircle_platform.territory.models import Circle
from livingcircle_platform.territory.models import CircleMember
from livingcircle_platform.territory.models import CircleSet


@dataclass(frozen=True)
class Total:
    """Hold a sum over communities, with how many of them did not tell."""

    known: float
    told: int
    silent: int

    @property
    def value(self) -> float | None:
        """Return the sum; nothing where nobody told."""
        return self.known if self.told else None


@dataclass(frozen=True)
class Line:
    """Hold one area of the tree with its figures on a day."""

    area: Area
    depth: int
    profile: AreaProfile | None
    population: Total
    elders: Total
    communities: int


@dataclass(frozen=True)
class Moved:
    """Tell one community that lies in other circles than in another version."""

    community: Area
    before: tuple[str, ...]
    after: tuple[str, ...]
    population: float | None


@dataclass(frozen=True)
class Changed:
    """Hold what differs between two versions of a district's circles."""

    moved: tuple[Moved, ...]
    gone: tuple[Circle, ...]
    new: tuple[Circle, ...]
    people: Total


def profiles_on(areas: Iterable[Area], day: dt.date) -> dict[Any, AreaProfile]:
    """Return the latest profile of each area that is not younger than a day."""
    rows = AreaProfile.objects.filter(area__in=areas, as_of__lte=day, removed_at=None)
    latest: dict[Any, AreaProfile] = {}
    for one in rows.select_related("source"):  # the youngest first
        latest.setdefault(one.area_id, one)
    return latest


def total(profiles: Sequence[AreaProfile | None], name: str) -> Total:
    """Return the sum of a figure, and how many of those asked did not tell it."""
    values = [getattr(one, name) if one else None for one in profiles]
    told = [value for value in values if value is not None]
    return Total(sum(told), len(told), len(values) - len(told))


def tree(areas: Sequence[Area], day: dt.date) -> list[Line]:
    """Return areas from the top down, each with the figures of its communities on a day."""
    profiles = profiles_on(areas, day)
    inside_of: dict[str, list[AreaProfile | None]] = {}
    for one in areas:
        if one.level == Area.Level.COMMUNITY:
            for path in one.paths_above():
                inside_of.setdefault(path, []).append(profiles.get(one.pk))
    lines = []
    for one, depth in _from_the_top(areas):
        inside = inside_of.get(one.path, [])
        people, elders = total(inside, "population"), total(inside, "age_60_plus")
        lines.append(Line(one, depth, profiles.get(one.pk), people, elders, len(inside)))
    return lines


def compare(before: CircleSet, after: CircleSet, day: dt.date) -> Changed:
    """Return which communities lie in other circles, with how many people, and what is new."""
    old, new = _places(before), _places(after)
    ids = [one for one in {**old, **new} if _codes(old.get(one, ())) != _codes(new.get(one, ()))]
    areas = list(Area.objects.filter(pk__in=ids).order_by("code"))
    profiles = profiles_on(areas, day)
    rows = [
        Moved(
            one, _names(old.get(one.pk, ())), _names(new.get(one.pk, ())),
            profiles[one.pk].population if one.pk in profiles else None,
        )
        for one in areas
    ]  # fmt: skip
    return Changed(
        tuple(rows),
        _missing(before, after),
        _missing(after, before),
        total([profiles.get(one.pk) for one in areas], "population"),
    )


def _from_the_top(areas: Sequence[Area]) -> Iterable[tuple[Area, int]]:
    """Yield areas with their depth, every area followed by what lies in it, by code."""
    known = {one.pk for one in areas}
    below: dict[Any, list[Area]] = {}
    for one in sorted(areas, key=lambda area: (area.code, area.name)):
        below.setdefault(one.parent_id if one.parent_id in known else None, []).append(one)
    waiting = [(one, 0) for one in reversed(below.get(None, []))]
    while waiting:
        one, depth = waiting.pop()
        yield one, depth
        waiting += [(child, depth + 1) for child in reversed(below.get(one.pk, []))]


Place = tuple[str, str, bool]  # code and name of a circle, and whether only a part lies in it


def _places(some: CircleSet) -> dict[Any, tuple[Place, ...]]:
    """Return where each community lies."""
    found: dict[Any, tuple[Place, ...]] = {}
    rows = CircleMember.objects.filter(circle__circle_set=some).order_by("circle__code")
    for member in rows.select_related("circle"):
        place = (member.circle.code, member.circle.name, member.part)
        found[member.community_id] = (*found.get(member.community_id, ()), place)
    return found


def _codes(places: Iterable[Place]) -> list[tuple[str, bool]]:
    """Return what makes a place another one; a circle that only has a new name is the same."""
    return [(code, part) for code, _, part in places]


def _names(places: Iterable[Place]) -> tuple[str, ...]:
    return tuple(f"{name}（一部分）" if part else name for _, name, part in places)


def _missing(here: CircleSet, there: CircleSet) -> tuple[Circle, ...]:
    codes = there.circles.values("code")
    return tuple(here.circles.filter(~Q(code__in=codes)))
