"""Write staged rows of the registry into the record, and take a whole batch back.

One transaction for all rows and one entry in the audit that carries the checksum of what was
written; before and after of every row stay in the staged rows.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils import timezone

from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.models import StagedRow
from livingcircle_platform.imports.rows import Row
from livingcircle_platform.imports.staging import CHUNK
from livingcircle_platform.registry.models import Kept
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import ServiceCentre
from livingcircle_platform.registry.models import Space
from livingcircle_platform.territory.models import Area

MODELS: dict[str, type[Kept]] = {"outlets": Outlet, "spaces": Space}
_OVERTAKEN = "核对之后有人改过这一条，没有覆盖。重新导入一次，再核对。"
_WRITTEN = (StagedRow.Verdict.NEW, StagedRow.Verdict.CHANGED)
# Two rows of one file never share a record, so a name made from both is one id for ever.
_IDS = uuid.UUID("6f3f6a58-6e0f-4b7e-9a3a-0f8c6f1f4f10")


def accept_records(batch: Batch) -> int:
    """Write all new and changed rows; return how many."""
    model = MODELS[batch.table]
    rows = list(batch.rows.filter(verdict__in=_WRITTEN))
    centres = _centres(batch, rows) if model is Outlet else {}
    for start in range(0, len(rows), CHUNK):
        _write(batch, model, rows[start : start + CHUNK], centres)
    return len(rows)


def undo_records(batch: Batch) -> tuple[int, list[StagedRow]]:
    """Put every row back that nobody changed since; return how many, and which were left alone."""
    model = MODELS[batch.table]
    rows = list(batch.rows.filter(verdict__in=_WRITTEN, version__isnull=False))
    found = {one.pk: one for one in model.objects.filter(batch_rows(rows))}
    put_back, left = [], []
    for row in rows:
        record = found.get(row.object_id)
        if record is None or record.version != row.version:
            left.append(row)
            continue
        if row.before is None:
            record.removed_at = timezone.now()
        else:
            fill(record, row.before)
        _advance(record)
        put_back.append(record)
    model.objects.bulk_update(put_back, _columns(model), batch_size=CHUNK)
    return len(put_back), left


def batch_rows(rows: Iterable[StagedRow]) -> models.Q:
    """Return the filter on the records of some staged rows."""
    return models.Q(pk__in=[row.object_id for row in rows])


def digest(batch: Batch) -> str:
    """Return the checksum of everything a batch wrote."""
    made = hashlib.sha256()
    rows = batch.rows.filter(verdict__in=_WRITTEN).order_by("row", "pk")
    for told in rows.values_list("key", "before", "values").iterator(chunk_size=CHUNK):
        made.update(json.dumps(told, ensure_ascii=False, sort_keys=True).encode())
    return made.hexdigest()


def fill(record: Kept, values: Row, centres: dict[str, Any] | None = None) -> None:
    """Set a record's columns from staged values."""
    for name, value in values.items():
        if name == "centre":
            if centres is not None and isinstance(record, Outlet):
                record.service_centre_id = centres.get(value)
        elif name == "area":
            record.area_id = uuid.UUID(value)
        else:
            field = record._meta.get_field(name)  # noqa: SLF001
            attribute = field.attname  # type: ignore[union-attr]
            setattr(record, attribute, _typed(field, value))
    record.tidy()


def _write(
    batch: Batch, model: type[Kept], rows: Sequence[StagedRow], centres: dict[str, Any]
) -> None:
    locked = model.objects.select_for_update().filter(batch_rows(rows))
    known = {one.pk: one for one in locked}
    new, changed = [], []
    for row in rows:
        record = known.get(row.object_id)
        if record is not None and record.version != row.seen:
            row.verdict, row.problems = StagedRow.Verdict.REFUSED, [_OVERTAKEN]
            continue
        if record is None:
            record = model(pk=uuid.uuid5(_IDS, f"{batch.pk}/{row.pk}"), code=row.key)
            new.append(record)
        else:
            _advance(record)
            changed.append(record)
        fill(record, row.values, centres)
        record.source = batch.source
        row.object_id, row.version = record.pk, record.version
    model.objects.bulk_create(new, batch_size=CHUNK)
    model.objects.bulk_update(changed, _columns(model), batch_size=CHUNK)
    kept = ["object_id", "version", "verdict", "problems"]
    StagedRow.objects.bulk_update(rows, kept, batch_size=CHUNK)


def _advance(record: Kept) -> None:
    record.version += 1
    record.changed_at = timezone.now()


def _columns(model: type[Kept]) -> list[str]:
    kept = {"id", "created_at", "influence"}
    return [one.name for one in model._meta.concrete_fields if one.name not in kept]  # noqa: SLF001


def _typed(field: Any, value: Any) -> Any:  # noqa: ANN401 - a column's value
    if isinstance(field, models.DateTimeField):
        return dt.datetime.fromisoformat(value) if value else None
    if isinstance(field, models.DateField):
        return dt.date.fromisoformat(value) if value else None
    return field.to_python(value)


def _centres(batch: Batch, rows: Sequence[StagedRow]) -> dict[str, Any]:
    """Return the 综合体 that rows say they belong to, made where the record has none."""
    wanted = {row.values.get("centre") for row in rows} - {"", None}
    district = batch.area.district or batch.area
    known = ServiceCentre.objects.in_district(district)
    found = {one.code: one.pk for one in known if one.code in wanted}
    told = {row.key: row.values for row in rows if row.key in wanted}
    for code in sorted(wanted - set(found)):
        values = told.get(code, {})
        centre = ServiceCentre(
            pk=uuid.uuid5(_IDS, f"{batch.pk}/centre/{code}"), code=code,
            name=values.get("name", code), lon=values.get("lon"), lat=values.get("lat"),
            area=Area.objects.get(pk=values["area"]) if values else batch.area,
            source=batch.source,
        )  # fmt: skip
        centre.tidy()
        centre.save(force_insert=True)
        found[code] = centre.pk
    return found
