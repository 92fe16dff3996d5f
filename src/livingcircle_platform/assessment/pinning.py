"""Pin the record of a district as it is at one moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.db import transaction

from livingcircle_platform.assessment.inputs import Pinned
from livingcircle_platform.assessment.inputs import Terms
from livingcircle_platform.assessment.inputs import pin_inputs
from livingcircle_platform.assessment.inputs import read_pinned
from livingcircle_platform.assessment.record_tables import base_of
from livingcircle_platform.assessment.record_tables import record_of
from livingcircle_platform.audit import chain
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import CircleSet


def pin_record(
    folder: Path, district: Area, circle_set: CircleSet | None, terms: Terms
) -> tuple[Pinned, str]:
    """Pin a district with one version of its circles, and return the head of the audit then.

    What an earlier attempt pinned is used again; the head is ``""`` in that case.
    """
    if folder.exists():
        return read_pinned(folder), ""
    with _one_moment():
        record, base = record_of(district, circle_set), base_of(district)
        _, head = chain.head()
    return pin_inputs(folder, district.name, terms, record, base), head


@contextmanager
def _one_moment() -> Iterator[None]:
    """See the record as it is now, whatever others write meanwhile."""
    with transaction.atomic():
        if connection.vendor == "postgresql" and not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield
