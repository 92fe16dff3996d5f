"""Tell the operator when a record has outgrown SQLite."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage
from django.core.checks import Tags
from django.core.checks import Warning as Advice
from django.core.checks import register
from django.db import connections

from livingcircle_platform.registry.models import Outlet

MOST_OUTLETS_ON_SQLITE = 100_000


@register(Tags.database)
def small_enough_for_sqlite(
    databases: Sequence[str] | None = None,
    **_: Any,  # noqa: ANN401 - what the framework adds
) -> list[CheckMessage]:
    """Advise PostGIS above a number of outlets; it finds neighbours by an index of places."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        tables = connection.introspection.table_names()
        if connection.vendor != "sqlite" or Outlet._meta.db_table not in tables:  # noqa: SLF001
            continue
        count = Outlet.objects.using(alias).count()
        if count > MOST_OUTLETS_ON_SQLITE:
            what = f"SQLite 里已有 {count} 个网点，超过 {MOST_OUTLETS_ON_SQLITE} 个后会变慢"
            found.append(Advice(what, hint="改用 PostgreSQL + PostGIS", id="livingcircle.W001"))
    return found
