"""Write down what a worker found out about a batch, inside the transaction that ends its job."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from livingcircle_platform.audit import writing
from livingcircle_platform.core.jobs import CancelledError
from livingcircle_platform.imports import staging
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.models import ColumnMapping
from livingcircle_platform.imports.outcome import Outcome
from livingcircle_platform.imports.policies import BATCHES
from livingcircle_platform.imports.reading import Heading
from livingcircle_platform.imports.translating import key_of_headers


def keep_outcome(
    batch: Batch,
    outcome: Outcome,
    *,
    acting_user: Any,  # noqa: ANN401
    seen: int,
) -> Batch:
    """Write down what a reading gave, and remember what its headers mean.

    Raises
    ------
    CancelledError
        If the batch was discarded or asked anew meanwhile.
    """
    BATCHES.require(acting_user, "add", batch)
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.version != seen or batch.state != Batch.State.READING:
        raise CancelledError
    staging.keep(batch, outcome.rows)
    batch.summary, batch.problem, batch.state = outcome.summary, outcome.problem, outcome.state
    batch.version += 1
    batch.changed_at = timezone.now()
    batch.save()
    if batch.columns and batch.state == Batch.State.STAGED:
        _remember_columns(batch, acting_user)
    return batch


def keep_readback(batch: Batch, key: str, made: Mapping[str, str]) -> str:
    """Write down where the workbook lies that goes back for one reading."""
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    if batch.summary.get("key") == key:
        batch.summary = {**batch.summary, "readback": dict(made)}
        batch.save(update_fields=["summary"])
    return ""


def _remember_columns(batch: Batch, acting_user: Any) -> None:  # noqa: ANN401
    """Remember what a bureau's headers mean, for the next file with the same headers."""
    headings = [Heading(**one) for one in batch.summary["headings"]]
    told = {"area": batch.district, "table": batch.table, "headers": key_of_headers(headings)}
    known = ColumnMapping.objects.filter(**told).first()
    if known is None:
        made = ColumnMapping(**told, columns=batch.columns)
        writing.add(made, acting_user=acting_user)
    else:
        values = {"columns": batch.columns}
        writing.change(known, values, seen=known.version, acting_user=acting_user)
