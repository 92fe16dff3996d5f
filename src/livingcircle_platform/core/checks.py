"""Tell the operator about a database that is unfit; run by ``check --database default``."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage
from django.core.checks import Error
from django.core.checks import Tags
from django.core.checks import register
from django.db import connections

from livingcircle_platform.core.fitness import reasons


@register(Tags.database)
def fit_to_keep_the_record(
    databases: Sequence[str] | None = None,
    **_: Any,  # noqa: ANN401 - what the framework adds
) -> list[CheckMessage]:
    """Refuse a PostgreSQL that is too old, lacks PostGIS or loses writes when power is cut."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "postgresql":
            continue

        def ask(query: str, connection: Any = connection) -> Any:  # noqa: ANN401
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchone()[0]

        found += [Error(reason, id="livingcircle.E001") for reason in reasons(ask)]
    return found
