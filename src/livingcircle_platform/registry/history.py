"""Tell how one record came to be what it is: every step, and how it stood on a day."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from typing import NamedTuple

from django.utils import timezone

from livingcircle_platform.audit.models import Entry
from livingcircle_platform.audit.words import VERBS
from livingcircle_platform.registry.actions.undoing import may_undo
from livingcircle_platform.registry.forms import area_word
from livingcircle_platform.registry.ledger import Column
from livingcircle_platform.registry.ledger import Kind
from livingcircle_platform.registry.ledger import Ledger
from livingcircle_platform.registry.showing import words_of
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import Source

_TITLES = {"removed_at": "移除时间", "merged_into": "并入", "user": "账号"}


class Change(NamedTuple):
    """Tell one column before and after."""

    title: str
    before: str
    after: str


class Step(NamedTuple):
    """Tell one entry: who, when, what, why, and whether it can be taken back."""

    entry: Entry
    verb: str
    changes: list[Change]
    can_undo: bool


def entries_of(record: Any) -> Any:  # noqa: ANN401 - a queryset
    """Return the entries about a record, the latest first."""
    kind = record._meta.model_name  # noqa: SLF001
    rows = Entry.objects.filter(kind=kind, object_id=str(record.pk))
    return rows.select_related("undone_by").order_by("-number")


def steps(entries: Any, words: "Words") -> Iterator[Step]:  # noqa: ANN401
    """Yield entries in words."""
    for entry in entries:
        before, after = dict(entry.before or {}), dict(entry.after or {})
        names = [name for name in after if entry.before is not None or after[name] not in _NOTHING]
        changes = [
            Change(words.title(name), words.say(name, before.get(name), added=not before),
                   words.say(name, after[name]))
            for name in names
        ]  # fmt: skip
        verb = VERBS.get(entry.action.partition(".")[2], entry.action)
        yield Step(entry, verb, changes, may_undo(entry))


_NOTHING: tuple[Any, ...] = (None, "", [])


def as_of(record: Any, day: dt.date) -> dict[str, Any] | None:  # noqa: ANN401
    """Return a record's columns at the end of a day, as the audit tells them; nothing before it."""
    end = _end_of(day)
    if record.created_at >= end or overwritten(record, day):
        return None
    told: dict[str, Any] = record.told()
    for entry in entries_of(record):
        if entry.at < end:
            break
        if entry.before is None:
            return None
        told |= {name: value for name, value in entry.before.items() if name in told}
    gone = told.get("removed_at")
    return None if gone and dt.datetime.fromisoformat(gone) < end else told


def overwritten(record: Any, day: dt.date) -> bool:  # noqa: ANN401
    """Say whether a file wrote over a record after a day, so that nobody knows how it stood.

    An import has one entry for all its rows; the record itself only knows its latest source.
    """
    source, end = record.source, _end_of(day)
    return source is not None and bool(record.created_at < end <= source.created_at)


def _end_of(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))


class Words:
    """Say audited values in words: codes by their titles, ids by the names behind them."""

    def __init__(self, ledger: Ledger, trades: dict[str, str]) -> None:
        self.ledger, self.trades = ledger, trades
        self._names: dict[str, str] = {}

    def title(self, name: str) -> str:
        """Return a column's title."""
        column = self.ledger.column(name)
        return column.title if column else _TITLES.get(name, name)

    def say(self, name: str, value: Any, *, added: bool = False) -> str:  # noqa: ANN401
        """Return a value in words."""
        column = self.ledger.column(name)
        if added:
            return ""
        if column is None or value is None:
            empty = column is not None and column.kind not in {Kind.AREA, Kind.LINK}
            return words_of(column, None, {}) if column is not None and empty else str(value or "")
        if column.kind in {Kind.AREA, Kind.LINK} or name == "source":
            return self._named(column, str(value))
        return words_of(column, value, self.trades)

    def _named(self, column: Column, key: str) -> str:
        if key not in self._names:
            model: Any = Area if column.kind == Kind.AREA else column.model or Source
            rows = model._base_manager.filter(pk=key)  # noqa: SLF001
            found = rows.select_related("parent").first() if model is Area else rows.first()
            said = area_word(found) if isinstance(found, Area) else str(found or key)
            self._names[key] = said
        return self._names[key]
