"""Lay checked rows beside the record: what would be new, changed, the same, or refused.

Nothing is written to the record here. Staging a batch again gives the same staged rows.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from itertools import islice
from typing import Any
from typing import NamedTuple

from livingcircle_platform.core.records import plain
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.models import StagedRow
from livingcircle_platform.imports.rows import Row
from livingcircle_platform.registry.models import Kept
from livingcircle_platform.territory.models import Area

CHUNK = 2_000
_OUTSIDE = "位置不在“{area}”范围内，没有采用。核对经纬度，或由上级账号导入。"
Verdict = StagedRow.Verdict


class Known(NamedTuple):
    """Hold what the record has under a code."""

    id: Any
    version: int
    values: Row


def staged(
    batch: Batch, rows: Iterable[tuple[int, str, Row]], known: Mapping[str, Known]
) -> Iterator[StagedRow]:
    """Yield a staged row for each checked row.

    Parameters
    ----------
    rows
        Number in the file, code, values.
    known
        By code: what the record holds now.
    """
    is_district = batch.area.level in {Area.Level.DISTRICT, Area.Level.CITY}
    for number, code, values in rows:
        made = StagedRow(batch=batch, row=number, key=code, values=values)
        if "area" in values and values["area"] is None:
            if not is_district:
                made.verdict = Verdict.REFUSED
                made.problems = [_OUTSIDE.format(area=batch.area)]
                yield made
                continue
            # Outlets in the belt around a district serve its people and belong to no community.
            values["area"] = str(batch.area_id)
        held = known.get(code)
        if held is not None:
            made.object_id, made.seen, made.before = held
        made.verdict = _verdict(values, made.before)
        yield made


def known_records(model: type[Kept], batch: Batch) -> dict[str, Known]:
    """Return what the record of one kind holds in the batch's district, by code."""
    district = batch.area.district or batch.area
    found = model.objects.in_district(district).select_related(*_related(model))
    return {
        one.code: Known(one.pk, one.version, told(one)) for one in found.iterator(chunk_size=CHUNK)
    }


def told(record: Kept) -> Row:
    """Return a record's values under the names that staged rows use."""
    values = record.told()
    if hasattr(record, "service_centre"):
        values["centre"] = record.service_centre.code if record.service_centre else ""
    return values


def keep(rows: Iterator[StagedRow]) -> dict[str, int]:
    """Store staged rows, and return how many there are of each verdict."""
    counts: dict[str, int] = {}
    while chunk := list(islice(rows, CHUNK)):
        StagedRow.objects.bulk_create(chunk)
        for one in chunk:
            counts[one.verdict] = counts.get(one.verdict, 0) + 1
    return counts


def _verdict(values: Row, before: Row | None) -> str:
    if before is None:
        return str(Verdict.NEW)
    same = all(plain(value) == before.get(name) for name, value in values.items())
    return str(Verdict.SAME if same else Verdict.CHANGED)


def _related(model: type[Kept]) -> list[str]:
    names = {field.name for field in model._meta.concrete_fields}  # noqa: SLF001
    return ["service_centre"] if "service_centre" in names else []
