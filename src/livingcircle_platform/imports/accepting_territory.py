"""Write staged communities, circles and base files into the record, and take them back."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import shapely
from django.utils import timezone

from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.models import StagedRow
from livingcircle_platform.imports.rows import SIX_FIELDS
from livingcircle_platform.imports.rows import Row
from livingcircle_platform.imports.staging import Known
from livingcircle_platform.territory.circle_versions import new_version
from livingcircle_platform.territory.circle_versions import put_in_force
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import AreaProfile
from livingcircle_platform.territory.models import BaseFile
from livingcircle_platform.territory.models import Circle
from livingcircle_platform.territory.models import CircleMember
from livingcircle_platform.territory.models import CircleSet

_WRITTEN = (StagedRow.Verdict.NEW, StagedRow.Verdict.CHANGED)
_LEVEL = Area.Level
_OWN = ("kind", "subtype", "formation", "population", "households", "dwellings", "planned_year")


def known_communities(district: Area) -> dict[str, Known]:
    """Return the communities of a district by code, with their latest profile."""
    found = Area.objects.under(district).filter(level=_LEVEL.COMMUNITY).select_related("parent")
    known = {}
    for one in found.prefetch_related("profiles"):
        latest = next(iter(one.profiles.all()), None)
        names = [name for name in AreaProfile.told_names() if name not in _NOT_FROM_FILES]
        known[one.code] = Known(one.pk, one.version, {
            "name": one.name, "kind": one.kind,
            "subdistrict": one.parent.name if one.parent != district else "",
            "boundary": None if one.boundary is None else _wkt(one.boundary),
            "profile": latest.told(names) if latest else {},
        })  # fmt: skip
    return known


_NOT_FROM_FILES = ("area", "as_of", "source", "removed_at")


def accept_communities(batch: Batch) -> int:
    """Write communities, the 街道 they name, and a new profile of each."""
    district = batch.area.district or batch.area
    rows = list(batch.rows.filter(verdict__in=_WRITTEN))
    above = _subdistricts(district, {row.values["subdistrict"] for row in rows})
    for row in rows:
        area = Area.objects.filter(pk=row.object_id).first() or Area(level=_LEVEL.COMMUNITY)
        area.version += 0 if area._state.adding else 1  # noqa: SLF001
        area.code, area.name = row.key, row.values["name"]
        area.kind = row.values["kind"]
        area.parent = above.get(row.values["subdistrict"], district)
        if row.values["boundary"] is not None:
            area.boundary = shapely.from_wkt(row.values["boundary"])
        area.changed_at = timezone.now()
        area.tidy()
        area.save()
        _add_profile(batch, area, row.values["profile"])
        row.object_id, row.version = area.pk, area.version
        row.save(update_fields=["object_id", "version"])
    return len(rows)


def undo_communities(batch: Batch) -> tuple[int, list[StagedRow]]:
    """Put communities back as they were; one that is used meanwhile stays and is named."""
    done, left = 0, []
    for row in batch.rows.filter(verdict__in=_WRITTEN, version__isnull=False):
        area = Area.objects.get(pk=row.object_id)
        if area.version != row.version or (row.before is None and _is_used(area)):
            left.append(row)
            continue
        now = timezone.now()
        AreaProfile.objects.filter(area=area, source=batch.source).update(removed_at=now)
        if row.before is None:
            area.removed_at = now
        else:
            area.name, area.kind = row.before["name"], row.before["kind"]
            area.boundary = (
                shapely.from_wkt(row.before["boundary"]) if row.before["boundary"] else None
            )
        area.version += 1
        area.save()
        done += 1
    return done, left


def known_circles(district: Area) -> dict[str, Known]:
    """Return the circles in force by code."""
    found = Circle.objects.filter(
        circle_set__district=district, circle_set__state=CircleSet.State.ADOPTED
    ).prefetch_related("members__community")
    return {one.code: Known(one.pk, one.version, _circle_told(one)) for one in found}


def accept_circles(batch: Batch) -> int:
    """Write the circles of a file as a new version and put it in force.

    Nothing is written where the file holds exactly the circles in force.
    """
    district = batch.area.district or batch.area
    verdicts = (*_WRITTEN, StagedRow.Verdict.SAME)
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
    """Take the imported version out of force and put the one before it back."""
    if "circle_set" not in batch.summary:
        return 0, []
    made = CircleSet.objects.get(pk=batch.summary["circle_set"])
    rows = list(batch.rows.filter(verdict__in=_WRITTEN))
    if made.state != CircleSet.State.ADOPTED:
        return 0, rows  # somebody adopted a newer one meanwhile
    made.state, made.removed_at = CircleSet.State.REPLACED, timezone.now()
    made.in_force_until = timezone.localdate()
    made.save()
    before = made.made_from
    if before is not None:
        before.state, before.in_force_until = CircleSet.State.ADOPTED, None
        before.save()
    return len(rows), []


def accept_base_file(batch: Batch, section: str) -> int:
    """Keep an uploaded file as base data, in the place of older ones unless it only adds."""
    district = batch.area.district or batch.area
    if not batch.adds:
        older = BaseFile.objects.filter(district=district, section=section, replaced_on=None)
        replaced = [str(pk) for pk in older.values_list("pk", flat=True)]
        older.update(replaced_on=timezone.localdate())
        batch.summary = {**batch.summary, "replaced": replaced}
    for told in batch.files:
        BaseFile.objects.create(
            pk=told["id"],
            district=district, section=section, name=told["name"], sha256=told["sha256"],
            bytes=told["bytes"], title=batch.title or told["name"], status=batch.status_of_source,
            date=batch.date, licence=batch.licence, coordinates=batch.coordinates,
            description={"sheet": batch.sheet, "columns": batch.columns},
        )  # fmt: skip
    return len(batch.files)


def undo_base_file(batch: Batch) -> tuple[int, list[StagedRow]]:
    """Take an uploaded base file out of use and put the older ones back."""
    ids = [told["id"] for told in batch.files]
    day = timezone.localdate()
    count = BaseFile.objects.filter(pk__in=ids).update(replaced_on=day, removed_at=timezone.now())
    BaseFile.objects.filter(pk__in=batch.summary.get("replaced", [])).update(replaced_on=None)
    return count, []


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


def _is_used(area: Area) -> bool:
    return area.circle_members.exists() or area.memberships.exists()


def _wkt(shape: Any) -> str:  # noqa: ANN401
    return shapely.to_wkt(shape, rounding_precision=9)
