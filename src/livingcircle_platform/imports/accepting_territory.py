"""Write staged communities, circles and base files into the record, and take them back."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import shapely
from django.db.models import Prefetch
from django.utils import timezone

from livingcircle_platform.errors import BusyError
from livingcircle_platform.imports.accepting import WRITTEN
from livingcircle_platform.imports.matching import Known
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.models import StagedRow
from livingcircle_platform.imports.rows import SIX_FIELDS
from livingcircle_platform.imports.rows import Row
from livingcircle_platform.imports.staging import id_of
from livingcircle_platform.territory.actions import held_by
from livingcircle_platform.territory.circle_versions import new_version
from livingcircle_platform.territory.circle_versions import put_in_force
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import AreaProfile
from livingcircle_platform.territory.models import BaseFile
from livingcircle_platform.territory.models import Circle
from livingcircle_platform.territory.models import CircleMember
from livingcircle_platform.territory.models import CircleSet

_LEVEL = Area.Level
_OWN = ("kind", "subtype", "formation", "population", "households", "dwellings", "planned_year")


_NOT_FROM_FILES = ("area", "as_of", "source", "removed_at")
_OVERTAKEN = "核对之后有人改过这一条，没有覆盖。重新导入一次，再核对。"
_PRESENT = Prefetch("profiles", queryset=AreaProfile.objects.filter(removed_at=None))


def known_communities(district: Area) -> dict[str, Known]:
    """Return the communities of a district by code, with their latest profile."""
    found = Area.objects.under(district).filter(level=_LEVEL.COMMUNITY).select_related("parent")
    names = [name for name in AreaProfile.told_names() if name not in _NOT_FROM_FILES]
    known = {}
    for one in found.prefetch_related(_PRESENT):
        latest = next(iter(one.profiles.all()), None)
        told = {
            "name": one.name, "kind": one.kind,
            "subdistrict": one.parent.name if one.parent and one.parent != district else "",
            "boundary": None if one.boundary is None else _wkt(one.boundary),
            "profile": latest.told(names) if latest else {},
        }  # fmt: skip
        known[one.code] = Known(one.pk, one.version, told, one.path)
    return known


def accept_communities(batch: Batch) -> int:
    """Write communities, the 街道 they name, and a new profile of each."""
    rows = list(batch.rows.filter(verdict__in=WRITTEN))
    found = Area.objects.select_for_update().in_bulk([row.object_id for row in rows])
    above = _subdistricts(batch.district, {row.values["subdistrict"] for row in rows})
    count = 0
    for row in rows:
        area = found.get(row.object_id)
        if row.seen is not None and (area is None or area.version != row.seen):
            row.verdict, row.problems = StagedRow.Verdict.REFUSED, [_OVERTAKEN]
            row.save(update_fields=["verdict", "problems"])
            continue
        area = area or Area(pk=row.object_id, level=_LEVEL.COMMUNITY, version=0)
        _fill_community(area, row.key, row.values, above.get(row.values["subdistrict"]))
        area.parent = area.parent or batch.district
        _save(area)
        if row.before is None or row.values["profile"] != row.before["profile"]:
            _add_profile(batch, area, row.values["profile"])
        row.version = area.version
        row.save(update_fields=["version"])
        count += 1
    return count


def undo_communities(batch: Batch) -> tuple[int, list[StagedRow]]:
    """Put communities back as they were; one that is used meanwhile stays and is named."""
    done, left = 0, []
    rows = list(batch.rows.filter(verdict__in=WRITTEN, version__isnull=False))
    found = Area.objects.select_for_update().in_bulk([row.object_id for row in rows])
    named = {row.before["subdistrict"] for row in rows if row.before}
    above = _subdistricts(batch.district, named)
    for row in rows:
        area = found[row.object_id]
        if area.version != row.version or (row.before is None and held_by(area)):
            left.append(row)
            continue
        now = timezone.now()
        AreaProfile.objects.filter(area=area, source=batch.source).update(removed_at=now)
        if row.before is None:
            area.removed_at = now
        else:
            _fill_community(
                area, row.key, row.before, above.get(row.before["subdistrict"], batch.district)
            )
        _save(area)
        done += 1
    return done, left


def _fill_community(area: Area, code: str, values: Row, above: Area | None) -> None:
    """Set a community's columns; without a 街道 it stays where it is."""
    area.code, area.name, area.kind = code, values["name"], values["kind"]
    area.parent = above or area.parent
    boundary = values["boundary"]
    area.boundary = None if boundary is None else shapely.from_wkt(boundary)  # type: ignore[assignment]


def _save(area: Area) -> None:
    area.version += 1
    area.changed_at = timezone.now()
    area.tidy()
    area.save()


def known_circles(district: Area) -> dict[str, Known]:
    """Return the circles in force by code."""
    found = Circle.objects.filter(
        circle_set__district=district, circle_set__state=CircleSet.State.ADOPTED, removed_at=None
    ).prefetch_related("members__community")
    return {one.code: Known(one.pk, one.version, _circle_told(one)) for one in found}


def accept_circles(batch: Batch) -> int:
    """Write the circles of a file as a new version and put it in force.

    Nothing is written where the file holds exactly the circles in force.
    """
    district = batch.district
    verdicts = (*WRITTEN, StagedRow.Verdict.SAME)
    rows = list(batch.rows.filter(verdict__in=verdicts))
    same = all(row.verdict == StagedRow.Verdict.SAME for row in rows)
    if same and len(rows) == len(known_circles(district)):
        return 0
    made = new_version(district, source=batch.source, title=str(batch), reason="从文件导入")
    communities = {
        one.code: one for one in Area.objects.under(district).filter(level=_LEVEL.COMMUNITY)
    }
    for row in rows:
        circle = _circle(made, row.key, row.values)
        circle.save(force_insert=True)
        CircleMember.objects.bulk_create(
            CircleMember(circle=circle, community=communities[code], part=part)
            for code, part in row.values["members"]
            if code in communities
        )
        row.object_id, row.version = circle.pk, circle.version
        row.save(update_fields=["object_id", "version"])
    put_in_force(made, timezone.localdate())
    batch.summary = {**batch.summary, "circle_set": str(made.pk)}
    return len(rows)


def undo_circles(batch: Batch) -> tuple[int, list[StagedRow]]:
    """Take the imported version out of force and put the one before it back.

    Raises
    ------
    BusyError
        If somebody put a newer version in force meanwhile.
    """
    if "circle_set" not in batch.summary:
        return 0, []
    made = CircleSet.objects.select_for_update().get(pk=batch.summary["circle_set"])
    if made.state != CircleSet.State.ADOPTED:
        raise BusyError(
            "之后又启用了新的圈层版本，这一批不能撤回", remedy="在圈层划定里选用要的版本"
        )
    made.state, made.removed_at = CircleSet.State.REPLACED, timezone.now()
    made.in_force_until = timezone.localdate()
    made.save()
    before = made.made_from
    if before is not None:
        before.state, before.in_force_until = CircleSet.State.ADOPTED, None
        before.save()
    return batch.rows.filter(verdict__in=WRITTEN).count(), []


def accept_base_file(batch: Batch) -> int:
    """Keep an uploaded file as base data, in the place of older ones unless it only adds.

    Nothing is written where the same file is there already.
    """
    section, kept = batch.kind.section, batch.summary["base_file"]
    older = BaseFile.objects.select_for_update().filter(
        district=batch.district, section=section, replaced_on=None, removed_at=None
    )
    if any(one.sha256 == kept["sha256"] for one in older):
        return 0
    if not batch.adds:
        replaced = [str(one.pk) for one in older]
        older.update(replaced_on=timezone.localdate())
        batch.summary = {**batch.summary, "replaced": replaced}
    BaseFile.objects.create(
        pk=id_of(batch, "base file"), district=batch.district, section=section,
        title=batch.title or kept["name"], status=batch.status_of_source, date=batch.date,
        licence=batch.licence, **kept,
    )  # fmt: skip
    return 1


def undo_base_file(batch: Batch) -> tuple[int, list[StagedRow]]:
    """Take an uploaded base file out of use and put the older ones back.

    Raises
    ------
    BusyError
        If a newer file has replaced it meanwhile.
    """
    mine = BaseFile.objects.select_for_update().filter(pk=id_of(batch, "base file")).first()
    if mine is None:
        return 0, []  # the same file was there already
    if mine.replaced_on is not None:
        raise BusyError(
            "之后又上传了新的文件代替它，这一批不能撤回", remedy="先撤回后来的那一批，再撤回这一批"
        )
    mine.replaced_on, mine.removed_at = timezone.localdate(), timezone.now()
    mine.save()
    BaseFile.objects.filter(pk__in=batch.summary.get("replaced", [])).update(replaced_on=None)
    return 1, []


def _subdistricts(district: Area, names: set[str]) -> dict[str, Area]:
    """Return the 街道 of some names, made where the district has none of that name."""
    known = {
        one.name: one
        for one in Area.objects.filter(parent=district, level=_LEVEL.SUBDISTRICT, removed_at=None)
    }
    for name in sorted(names - {""} - set(known)):
        area = Area(level=_LEVEL.SUBDISTRICT, code=name, name=name, parent=district)
        area.tidy()
        area.save()
        known[name] = area
    return known


def _add_profile(batch: Batch, area: Area, values: Mapping[str, Any]) -> None:
    if any(value not in (None, "") for value in values.values()):
        year = values.get("year")
        day = dt.date(int(year), 12, 31) if year else timezone.localdate()
        day = min(day, timezone.localdate())
        AreaProfile.objects.create(area=area, as_of=day, source=batch.source, **values)


def _circle(made: CircleSet, code: str, values: Row) -> Circle:
    shape = values["boundary"]
    return Circle(
        circle_set=made, code=code, name=values["name"],
        boundary=None if shape is None else shapely.from_wkt(shape), is_drawn=shape is not None,
        **{name: values[name] for name in (*_OWN, *SIX_FIELDS)},
    )  # fmt: skip


def _circle_told(circle: Circle) -> Row:
    names = ("name", *_OWN, *SIX_FIELDS)
    members = sorted([one.community.code, one.part] for one in circle.members.all())
    shape = circle.boundary if circle.is_drawn else None
    boundary = None if shape is None else _wkt(shape)
    return {**circle.told(names), "members": members, "boundary": boundary}


def _wkt(shape: Any) -> str:  # noqa: ANN401
    return shapely.to_wkt(shape, rounding_precision=9)
