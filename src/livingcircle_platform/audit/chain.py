"""Chain entries by hash, and find whatever was edited, removed, put in or put elsewhere.

An entry's hash is taken over its columns as text, joined by a mark that no column may hold. Reading
a million entries back is therefore reading a million rows, without making objects of them.
"""

import datetime as dt
import uuid
from collections.abc import Callable
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from typing import NamedTuple

from django.db import connection
from django.db import transaction
from django.db.models import Subquery
from django.db.models import TextField
from django.db.models.functions import Cast
from django.db.models.functions import Coalesce
from django.utils import timezone

from livingcircle_platform.audit.models import Entry
from livingcircle_platform.audit.models import Head
from livingcircle_platform.core.fields import canonical

GENESIS = "0" * 64
MOST_FINDINGS = 200
_MARK = "\x1e"
_COLUMNS = (
    "number", "at", "actor_id", "actor_name", "action", "kind", "object_id", "object_name",
    "area_id", "before", "after", "reason", "undoes_id", "previous_hash",
)  # fmt: skip
_MARKS = len(_COLUMNS) - 1
_CHUNK = 10_000


class Broken(NamedTuple):
    """Tell where the chain does not hold, and how."""

    number: int
    what: str


def fingerprint(entry: Entry) -> str:
    """Return the hash of an entry's contents and of the entry before it.

    Raises
    ------
    ValueError
        If a column holds the mark between columns.
    """
    row = [getattr(entry, name) for name in _COLUMNS]
    row[1] = str(entry.at.astimezone(dt.UTC).replace(tzinfo=None))
    row[9:11] = [None if told is None else canonical(told) for told in row[9:11]]
    text = _text(row, _Ids())
    if text.count(_MARK) != _MARKS:
        raise ValueError("an entry may not hold the mark between its columns")
    return sha256(text.encode()).hexdigest()


def append(entry: Entry) -> Entry:
    """Put an entry at the end of the chain, inside the transaction of the write it tells."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an entry belongs to the write it tells")
    rows = Head.objects.select_for_update()
    last = rows.filter(pk=1).first()
    if last is None:
        Head.objects.get_or_create(pk=1)
        last = rows.get(pk=1)
    for name in ("actor_name", "object_id", "object_name", "reason"):
        setattr(entry, name, getattr(entry, name).replace(_MARK, ""))
    entry.number = last.number + 1
    entry.at = timezone.now()
    entry.previous_hash = last.hash
    entry.hash = fingerprint(entry)
    entry.save(force_insert=True)
    Head.objects.filter(pk=1).update(number=entry.number, hash=entry.hash)
    return entry


def hold() -> None:
    """Keep the end of the chain until this transaction is over: entries of others come after."""
    Head.objects.get_or_create(pk=1)
    Head.objects.select_for_update().get(pk=1)


def head() -> tuple[int, str]:
    """Return number and hash of the last entry, as printed on exports."""
    found = Head.objects.filter(pk=1).values_list("number", "hash").first()
    return found or (0, GENESIS)


def verify(
    *, printed: str = "", tell: Callable[[int, int], None] = lambda *_: None
) -> Iterator[Broken]:
    """Yield every place where the chain does not hold.

    Parameters
    ----------
    printed
        A head hash from some export: it must still be in the chain, which also finds an end that
        was cut off together with the head.
    tell
        Called now and then with how many entries are done, of how many.
    """
    last, tail = head()
    expected, before = 1, GENESIS
    is_known = not printed
    ids = _Ids()
    for rows in _chunks(last):
        for *row, kept in rows:
            number = row[0]
            if number != expected:
                yield Broken(expected, f"缺少第{expected}至{number - 1}条")
            elif row[-1] != before:
                yield Broken(number, "与前一条接不上：顺序被改动，或前一条被换过")
            text = _text(row, ids)
            # What is told is JSON or nothing; an empty text would hash as nothing does.
            is_blanked = "" in row[9:11]
            if (
                is_blanked
                or text.count(_MARK) != _MARKS
                or sha256(text.encode()).hexdigest() != kept
            ):
                yield Broken(number, "内容被改动过")
            expected, before = number + 1, kept
        is_known = is_known or any(row[-1] == printed for row in rows)
        tell(expected - 1, last)
    if (last, tail) != (expected - 1, before):
        yield Broken(expected, "末尾被截掉，或链头被改动")
    # Entries added while we read lie behind the head we read, but never behind the head of now.
    now = Head.objects.filter(pk=1).values("number")
    stray = Entry.objects.exclude(number__lte=Coalesce(Subquery(now), 0)).order_by("number").first()
    if stray is not None:
        yield Broken(stray.number, "链头之后多出记录，不是由系统写入的")
    if not is_known:
        yield Broken(0, f"导出文件上印的链头 {printed[:12]}… 不在记录里")


def _chunks(last: int) -> Iterator[list[Any]]:
    """Yield the rows up to the head that was read, as the database hands them over."""
    done = -1
    while True:
        rows = Entry.objects.filter(number__gt=done, number__lte=last).order_by("number")
        columns = ["moment" if name == "at" else name for name in _COLUMNS]
        told = rows.annotate(moment=Cast("at", TextField())).values_list(*columns, "hash")
        sql, params = told[:_CHUNK].query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            found = cursor.fetchall()
        if not found:
            return
        yield found
        done = found[-1][0]


class _Ids(dict[Any, str]):
    """Write ids the one way, whichever way the database holds them; the same few come often."""

    def __missing__(self, key: object) -> str:
        text = self[key] = "" if key is None else str(uuid.UUID(str(key)))
        return text


def _text(row: Any, ids: _Ids) -> str:  # noqa: ANN401 - columns of many types
    """Return what is hashed."""
    number, at, actor, name, action, kind, thing, title, area, before, after, why, undoes, prev = (
        row
    )
    return _MARK.join((
        str(number), _moment(at), ids[actor], name, action, kind, thing, title, ids[area],
        before or "", after or "", why, "" if undoes is None else str(undoes), prev,
    ))  # fmt: skip


def _moment(at: str) -> str:
    """Write a time in UTC the one way; databases leave zeros out and may add the zone."""
    day, _, fraction = at.removesuffix("+00").partition(".")
    return f"{day}.{fraction:0<6}"
