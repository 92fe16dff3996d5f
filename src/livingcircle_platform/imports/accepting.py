"""Write staged rows of the registry into the record, and take a whole batch back.

One transaction for all rows and one entry in the audit that carries the checksum of what was
written; before and after of every row stay in the staged rows.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import models
from django.db.models import Exists
from django.db.models import F
from django.db.models import OuterRef
from django.utils import timezone

from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.models import StagedRow
from livingcircle_platform.imports.rows import Row
from livingcircle_platform.imports.staging import CHUNK
from livingcircle_platform.imports.staging import id_of
from livingcircle_platform.registry.actions.keeping import hold_codes
from livingcircle_platform.registry.models import Kept
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import ServiceCentre
from livingcircle_platform.registry.models import Space
from livingcircle_platform.territory.models import Area

MODELS: dict[str, type[Kept]] = {"outlets": Outlet, "spaces": Space}
Verdict = StagedRow.Verdict
WRITTEN = (Verdict.NEW, Verdict.CHANGED)
_OVERTAKEN = "核对之后有人改过这一条，没有覆盖。重新导入一次，再核对。"
_KNOWN = "核对之后台账里有了这个编号，没有再加一遍。重新导入一次，再核对。"


def accept_records(batch: Batch) -> int:
    """Write all new and changed rows; return how many."""
    model = MODELS[batch.table]
    new, changed = (
        batch.rows.filter(verdict=Verdict.NEW),
        batch.rows.filter(verdict=Verdict.CHANGED),
    )
    hold_codes(batch.district)
    known = model.objects.in_district(batch.district)  # type: ignore[attr-defined]
    new.filter(key__in=known.values("code")).update(verdict=Verdict.REFUSED, problems=[_KNOWN])
    centres = _centres(batch) if model is Outlet else {}
    for rows in _chunks(new):
        _add(batch, model, rows, centres)
    new.update(version=1)
    for rows in _chunks(changed):
        _change(batch, model, rows, centres)
    # Those that somebody overtook are refused by now.
    changed.update(version=F("seen") + 1)
    return batch.rows.filter(verdict__in=WRITTEN).count()


def undo_records(batch: Batch) -> tuple[int, list[StagedRow]]:
    """Put every row back that nobody changed since; return how many, and which were left alone."""
    model = MODELS[batch.table]
    count, left = 0, []
    for chunk in _chunks(batch.rows.filter(verdict__in=WRITTEN, version__isnull=False)):
        rows = list(chunk)
        found = _locked(model, rows)
        untouched = [row for row in rows if _version(found, row) == row.version]
        left += [row for row in rows if _version(found, row) != row.version]
        count += len(untouched)
        made = [row.object_id for row in untouched if row.before is None]
        now = timezone.now()
        model.objects.filter(pk__in=made).update(
            removed_at=now, changed_at=now, version=F("version") + 1
        )
        put_back = [row for row in untouched if row.before is not None]
        for row in put_back:
            fill(found[row.object_id], row.before or {})
        _store(model, [found[row.object_id] for row in put_back])
    _remove_empty_centres(batch)
    return count, left


def digest(batch: Batch) -> str:
    """Return the checksum of everything a batch wrote."""
    made = hashlib.sha256()
    rows = batch.rows.filter(verdict__in=WRITTEN).order_by("row", "key")
    for told in rows.values_list("key", "before", "values").iterator(chunk_size=CHUNK):
        made.update(json.dumps(told, ensure_ascii=False, sort_keys=True).encode())
    return made.hexdigest()


def fill(record: Kept, values: Row, centres: dict[str, Any] | None = None) -> None:
    """Set a record's columns from staged values."""
    typed = _typing(type(record))  # type: ignore[arg-type] # a class can be hashed
    for name, value in values.items():
        if name == "centre":
            if centres is not None and isinstance(record, Outlet):
                record.service_centre_id = centres.get(value)
        else:
            attribute, as_column = typed[name]
            setattr(record, attribute, as_column(value))
    record.tidy()


def _chunks(rows: models.QuerySet[StagedRow]) -> Iterator[models.QuerySet[StagedRow]]:
    """Yield questions for some thousand rows at a time, in the order of the file.

    They are listed before the first is written: what is written changes what the question finds.
    """
    numbers = list(rows.order_by("row", "pk").values_list("pk", flat=True))
    for start in range(0, len(numbers), CHUNK):
        yield StagedRow.objects.filter(pk__in=numbers[start : start + CHUNK])


def _add(
    batch: Batch, model: type[Kept], rows: models.QuerySet[StagedRow], centres: dict[str, Any]
) -> None:
    made = []
    for pk, code, values in rows.values_list("object_id", "key", "values"):
        record = model(pk=pk, code=code, source=batch.source)
        fill(record, values, centres)
        made.append(record)
    model.objects.bulk_create(made, batch_size=CHUNK)


def _change(
    batch: Batch, model: type[Kept], chunk: models.QuerySet[StagedRow], centres: dict[str, Any]
) -> None:
    rows = list(chunk)
    found = _locked(model, rows)
    changed = []
    for row in rows:
        record = found.get(row.object_id)
        if record is None or record.version != row.seen or record.removed_at is not None:
            row.verdict, row.problems = Verdict.REFUSED, [_OVERTAKEN]
            row.save(update_fields=["verdict", "problems"])
            continue
        fill(record, row.values, centres)
        record.source = batch.source
        changed.append(record)
    _store(model, changed)


def _locked(model: type[Kept], rows: Iterable[StagedRow]) -> dict[Any, Kept]:
    ids = [row.object_id for row in rows]
    return {one.pk: one for one in model.objects.select_for_update().filter(pk__in=ids)}


def _version(found: dict[Any, Kept], row: StagedRow) -> int | None:
    record = found.get(row.object_id)
    return None if record is None or record.removed_at is not None else record.version


def _store(model: type[Kept], records: Sequence[Kept]) -> None:
    """Write changed records at their next version.

    As an insertion that meets its own row: many times faster than one case for each row.
    """
    now = timezone.now()
    for record in records:
        record.version += 1
        record.changed_at = now
    kept = {"id", "created_at", "influence"}
    columns = [one.name for one in model._meta.concrete_fields if one.name not in kept]  # noqa: SLF001
    model.objects.bulk_create(
        records, batch_size=CHUNK, update_conflicts=True, unique_fields=["id"],
        update_fields=columns,
    )  # fmt: skip


@cache
def _typing(model: type[Kept]) -> dict[str, tuple[str, Callable[[Any], Any]]]:
    """Return, by column, the attribute that holds it and how a staged value becomes one."""
    return {one.name: (one.attname, _reader(one)) for one in model._meta.concrete_fields}  # noqa: SLF001


def _reader(field: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - a column
    if isinstance(field, models.DateTimeField):
        return lambda value: dt.datetime.fromisoformat(value) if value else None
    if isinstance(field, models.DateField):
        return lambda value: dt.date.fromisoformat(value) if value else None
    if isinstance(field, models.ForeignKey):
        return lambda value: uuid.UUID(value) if value else None
    return field.to_python


def _centres(batch: Batch) -> dict[str, Any]:
    """Return the 综合体 that rows say they belong to, made where the record has none."""
    rows = batch.rows.filter(verdict__in=WRITTEN)
    told = dict(rows.exclude(values__centre="").values_list("key", "values__centre"))
    wanted = {code for code in told.values() if code}
    known = ServiceCentre.objects.in_district(batch.district).filter(code__in=wanted)
    found = dict(known.values_list("code", "pk"))
    missing = sorted(wanted - set(found))
    shops = dict(rows.filter(key__in=missing).values_list("key", "values"))
    for code in missing:
        values = shops.get(code, {})
        centre = ServiceCentre(
            pk=id_of(batch, f"centre/{code}"), code=code,
            name=values.get("name", code), lon=values.get("lon"), lat=values.get("lat"),
            area=Area.objects.get(pk=values["area"]) if values else batch.area,
            source=batch.source,
        )  # fmt: skip
        centre.tidy()
        centre.save(force_insert=True)
        found[code] = centre.pk
    return found


def _remove_empty_centres(batch: Batch) -> None:
    """Remove the 综合体 that only this batch's rows named, once no outlet belongs to them."""
    made = ServiceCentre.objects.filter(source=batch.source, version=1, removed_at=None)
    used = Outlet.objects.filter(service_centre=OuterRef("pk"), removed_at=None)
    made.filter(~Exists(used)).update(removed_at=timezone.now(), version=F("version") + 1)
