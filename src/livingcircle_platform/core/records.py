"""Give every kept thing an id made by whoever made it, a version, and a way to tell its contents.

Ids are minted by the client, so that sending a form twice makes one record. The version lets a
change say what it was looking at. Nothing is deleted: ``removed_at`` hides a record and undo brings
it back.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import shapely
from django.db import models
from django.utils import timezone
from shapely.geometry.base import BaseGeometry

_BOOKKEEPING = frozenset({"id", "version", "created_at", "changed_at"})


class Record(models.Model):
    """Keep one thing with its version; subclasses add real columns."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Columns made from others: neither told to the audit nor compared.
    derived: tuple[str, ...] = ()

    class Meta:
        abstract = True

    def told(self, names: Iterable[str] | None = None) -> dict[str, Any]:
        """Return the columns as plain JSON values, for the audit and for comparing."""
        wanted = self.told_names() if names is None else names
        return {name: plain(getattr(self, _attribute(self, name))) for name in wanted}

    @classmethod
    def told_names(cls) -> list[str]:
        """Return the names of the columns that say what the record is."""
        left_out = _BOOKKEEPING.union(cls.derived)
        return [field.name for field in cls._meta.concrete_fields if field.name not in left_out]


def _attribute(record: models.Model, name: str) -> str:
    return record._meta.get_field(name).attname  # type: ignore[union-attr] # noqa: SLF001


def plain(value: object) -> Any:  # noqa: ANN401, PLR0911 - one line for each type
    """Return a column's value as JSON holds it, the same on every database."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, BaseGeometry):
        return shapely.to_wkt(value, rounding_precision=7)
    if isinstance(value, uuid.UUID | Decimal):
        return str(value)
    if isinstance(value, models.fields.files.FieldFile):
        return value.name
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, Iterable):
        return [plain(one) for one in value]
    return str(value)
