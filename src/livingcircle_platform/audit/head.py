"""Tell how far the record has come; whoever remembers an answer asks before giving it again."""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import caches
from django.db import connection
from django.utils import timezone

Answer = TypeVar("Answer")
_SECONDS = 60


def last_number() -> int:
    """Return the number of the last thing written; it is asked for all the time, so by hand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM audit_head WHERE id = 1")
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def while_nobody_writes(name: str, read: Callable[[], Answer]) -> Answer:
    """Return what was read under a name before, or read it, if anybody wrote since then.

    Only for what never changes without an entry in the record, or from one day to the next. What a
    transaction that is still open sees may never come to be, and is not remembered; nor is nothing,
    so that nobody fills the memory by guessing.
    """
    moment, stamp = caches["moment"], (last_number(), timezone.localdate())
    known: tuple[object, Answer] | None = moment.get(name)
    if known is not None and known[0] == stamp:
        return known[1]
    found = read()
    if found is not None and not connection.in_atomic_block:
        moment.set(name, (stamp, found), _SECONDS)
    return found
