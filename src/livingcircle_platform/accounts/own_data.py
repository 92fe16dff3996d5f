"""Gather everything the platform keeps about a person, whichever room keeps it."""

from typing import Any

from django.db import models
from django.utils import timezone

from livingcircle_platform.accounts.models import User
from livingcircle_platform.core.records import plain

# What opens a door stays inside: it would serve a thief of the file, and tells the person nothing.
_SECRET = frozenset({"password", "digest", "session_key", "data", "token", "token_secret", "line"})


def everything_about(user: User) -> dict[str, Any]:
    """Return the account and every row of every table that names the person."""
    tables = {"账号": [_row(user)]}
    for relation in User._meta.get_fields(include_hidden=True):  # noqa: SLF001
        if not isinstance(relation, models.ManyToOneRel):
            continue
        model: Any = relation.related_model
        rows = model._base_manager.filter(**{relation.field.name: user})  # noqa: SLF001
        told = [_row(row) for row in rows.iterator()]
        if told:
            tables.setdefault(f"{model._meta.label}.{relation.field.name}", []).extend(told)  # noqa: SLF001
    return {"made_at": timezone.now().isoformat(), "about": user.username, "tables": tables}


def _row(record: models.Model) -> dict[str, Any]:
    """Return the columns of a row, secrets left out."""
    return {
        field.attname: plain(getattr(record, field.attname))
        for field in record._meta.concrete_fields  # noqa: SLF001
        if field.name not in _SECRET
    }
