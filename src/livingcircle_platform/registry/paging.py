"""Cut long lists into pages: sort narrow rows first, then read the few that are shown."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.core.paginator import Page
from django.core.paginator import Paginator
from django.db.models import Model
from django.db.models import QuerySet

# Columns that no list shows of the records its rows belong to, and that take long to read.
_UNREAD = frozenset({"boundary", "created_at", "changed_at", "removed_at", "line", "note"})


class Pages(Paginator):
    """Give pages of a sorted list of records.

    A database that sorts whole rows with everything joined to them carries all of it along; so
    ids are sorted and cut, and only those of one page are read in full.
    """

    def __init__(self, rows: QuerySet[Any], size: int, related: list[str]) -> None:
        super().__init__(rows, size)
        self.rows, self.related = rows, related

    @cached_property
    def count(self) -> int:
        """Return how many rows there are."""
        return int(self.rows.order_by().count())

    def page(self, number: Any) -> Page:  # noqa: ANN401
        """Return one page, its records in order."""
        number = self.validate_number(number)
        begin = (number - 1) * self.per_page
        ids = list(self.rows.values_list("pk", flat=True)[begin : begin + self.per_page])
        found = self.rows.model._base_manager.select_related(*self.related)  # noqa: SLF001
        records = found.defer(*unread(self.rows.model, self.related)).in_bulk(ids)
        return Page([records[pk] for pk in ids if pk in records], number, self)


def unread(model: type[Model], related: Iterable[str]) -> list[str]:
    """Return the columns of related records that a list needs not read."""
    found = []
    for path in related:
        there: Any = model
        steps = path.split("__")
        for at, step in enumerate(steps, 1):
            there = there._meta.get_field(step).related_model  # noqa: SLF001
            names = {one.name for one in there._meta.concrete_fields} & _UNREAD  # noqa: SLF001
            found += [f"{'__'.join(steps[:at])}__{name}" for name in names]
    return sorted(set(found))
