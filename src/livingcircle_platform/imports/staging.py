"""Lay checked rows beside the record: what would be new, changed, the same, or refused.

Nothing is written to the record here. Staging a batch again gives the same staged rows.
"""

import uuid
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from livingcircle_platform.core.records import plain
from livingcircle_platform.imports.matching import Known
from livingcircle_platform.imports.matching import Matcher
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.models import StagedRow
from livingcircle_platform.imports.rows import MONTH
from livingcircle_platform.imports.rows import Row
from livingcircle_platform.imports.rows import day_in
from livingcircle_platform.registry.models import Kept
from livingcircle_platform.territory.models import Area

CHUNK = 2_000
Verdict = StagedRow.Verdict
_OUTSIDE = "位置不在“{area}”范围内，没有采用。核对经纬度，或由上级账号导入。"
_ELSEWHERE = "编号“{code}”在“{area}”以外已有一条，没有采用。核对编号，或由上级账号导入。"
# A number made of both is the same however often a batch is staged, and no other batch makes it.
_IDS = uuid.UUID("6f3f6a58-6e0f-4b7e-9a3a-0f8c6f1f4f10")
# What undo puts back besides what the file says.
_ALSO_BEFORE = ("source",)


def staged(
    batch: Batch,
    rows: Iterable[tuple[int, str, Row]],
    known: Mapping[str, Known],
    *,
    present: frozenset[str] | None = None,
) -> Iterator[StagedRow]:
    """Yield a staged row for each checked row.

    Parameters
    ----------
    rows
        Number in the file, code, values.
    known
        By code: what the record holds now.
    present
        Names of the values that the file has columns for; None if it has all. What a file does not
        say, by leaving out a column or a cell, is left as the record has it.
    """
    matcher = Matcher(known, batch.files[0]["name"] if batch.files else "")
    mark = batch.pk.hex[:6]
    for number, code, values in rows:
        held = matcher.find(code, number, values)
        made = StagedRow(batch=batch, row=number, key=code)
        if held is None:
            made.key = matcher.free_code(code, number, mark)
            made.values = {**values, **_whole_days(values, {}), **_area_of(batch, values)}
            made.verdict = Verdict.NEW
            made.object_id = id_of(batch, made.key)
        else:
            made.object_id, made.seen, made.before = held.id, held.version, held.values
            made.values = overlaid(values, held.values, present)
            made.values |= _whole_days(made.values, held.values)
            same = all(plain(value) == held.values.get(name) for name, value in made.values.items())
            made.verdict = Verdict.SAME if same else Verdict.CHANGED
        _refuse_outside(made, batch, held, values)
        yield made


def id_of(batch: Batch, name: str) -> uuid.UUID:
    """Return the id of what a batch makes under a name."""
    return uuid.uuid5(_IDS, f"{batch.pk}/{name}")


def _whole_days(values: Row, before: Row) -> Row:
    """Return a day for each month that was written: the one the record knows in it, if any.

    Else it is the first day for a verification, which is then no fresher than it was, and the
    last for a lease, which is then no free room before it is.
    """
    days: Row = {}
    for name, last in (("verified_on", False), ("lease_end", True)):
        month, known = str(values.get(name) or ""), str(before.get(name) or "")
        if len(month) == MONTH:
            days[name] = known if known.startswith(month) else day_in(month, last=last)
    return days


def overlaid(values: Row, before: Row, present: frozenset[str] | None) -> Row:
    """Return what a record would hold: the file's word where it has one, the record's elsewhere."""
    merged: Row = {}
    for name, value in values.items():
        kept = before.get(name)
        if isinstance(value, dict):
            merged[name] = overlaid(value, kept or {}, None)
        elif _is_said(value) and (present is None or name in present):
            merged[name] = value
        else:
            merged[name] = kept
    return merged


def known_records(model: type[Kept], batch: Batch, names: Sequence[str]) -> dict[str, Known]:
    """Return what the record of one kind holds in the batch's district, by code.

    Parameters
    ----------
    names
        What the rows of the file tell of each.
    """
    has_centre = "centre" in names
    columns = [name for name in names if name != "centre"]
    columns += [*_ALSO_BEFORE, *(["service_centre"] if has_centre else [])]
    related = ["area", *(["service_centre"] if has_centre else [])]
    found = model.objects.in_district(batch.district).select_related(*related).order_by("-pk")
    known = {}
    for one in found.iterator(chunk_size=CHUNK):
        values = one.told(columns)
        if has_centre:
            values["centre"] = one.service_centre.code if one.service_centre else ""
        known[one.code] = Known(one.pk, one.version, values, one.area.path)
    return known


def keep(batch: Batch, rows: Sequence[StagedRow]) -> None:
    """Store the staged rows of a batch, in the place of those there were."""
    batch.rows.all().delete()
    StagedRow.objects.bulk_create(rows, batch_size=CHUNK)


def counted(rows: Iterable[StagedRow]) -> dict[str, int]:
    """Return how many rows there are of each verdict, and how many with a remark."""
    counts: dict[str, int] = {}
    for one in rows:
        counts[one.verdict] = counts.get(one.verdict, 0) + 1
        if one.problems and one.verdict != Verdict.REFUSED:
            counts["remarks"] = counts.get("remarks", 0) + 1
    return counts


def _area_of(batch: Batch, values: Row) -> Row:
    """Return where a new row belongs if it lies in no community.

    Outlets in the belt around a district serve its people and belong to no community.
    """
    if "area" in values and values["area"] is None:
        return {"area": str(batch.area_id)}
    return {}


def _refuse_outside(made: StagedRow, batch: Batch, held: Known | None, values: Row) -> None:
    """Refuse a row that reaches beyond the area somebody uploads for."""
    if batch.area.level in {Area.Level.DISTRICT, Area.Level.CITY}:
        return
    if held is not None and held.path and not held.path.startswith(batch.area.path):
        problem = _ELSEWHERE.format(code=made.key, area=batch.area)
    elif values.get("lon") is not None and values.get("area", "") is None:
        problem = _OUTSIDE.format(area=batch.area)
    else:
        return
    made.verdict, made.problems = Verdict.REFUSED, [problem]


def _is_said(value: Any) -> bool:  # noqa: ANN401 - a value of any column
    return value is not None and value not in ("", [])
