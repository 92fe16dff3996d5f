"""Chain entries by hash, and find whatever was edited, removed, put in or put elsewhere."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from livingcircle_platform.audit.models import Entry
from livingcircle_platform.audit.models import Head

GENESIS = "0" * 64
_CHUNK = 2_000


class Broken(NamedTuple):
    """Tell where the chain does not hold, and how."""

    number: int
    what: str


def fingerprint(entry: Entry) -> str:
    """Return the hash of an entry's contents and of the entry before it."""
    told = [
        entry.number,
        entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        None if entry.actor_id is None else str(entry.actor_id),
        entry.actor_name,
        entry.action,
        entry.kind,
        entry.object_id,
        entry.object_name,
        None if entry.area_id is None else str(entry.area_id),
        entry.before,
        entry.after,
        entry.reason,
        entry.undoes_id,
        entry.previous_hash,
    ]
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def append(entry: Entry) -> Entry:
    """Put an entry at the end of the chain, inside the transaction of the write it tells."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an entry belongs to the write it tells")
    Head.objects.get_or_create(pk=1)
    head = Head.objects.select_for_update().get(pk=1)
    entry.number = head.number + 1
    entry.at = timezone.now()
    entry.previous_hash = head.hash
    entry.hash = fingerprint(entry)
    entry.save(force_insert=True)
    Head.objects.filter(pk=1).update(number=entry.number, hash=entry.hash)
    return entry


def head() -> tuple[int, str]:
    """Return number and hash of the last entry, as printed on exports."""
    found = Head.objects.filter(pk=1).values_list("number", "hash").first()
    return found or (0, GENESIS)


def verify(*, printed: str = "") -> Iterator[Broken]:
    """Yield every place where the chain does not hold.

    Parameters
    ----------
    printed
        A head hash from some export: it must still be in the chain, which also finds an end that
        was cut off together with the head.
    """
    expected, before = 1, GENESIS
    for entry in Entry.objects.order_by("number").iterator(chunk_size=_CHUNK):
        if entry.number != expected:
            yield Broken(expected, f"缺少第{expected}至{entry.number - 1}条")
        elif entry.previous_hash != before:
            yield Broken(entry.number, "与前一条接不上：顺序被改动，或前一条被换过")
        if fingerprint(entry) != entry.hash:
            yield Broken(entry.number, "内容被改动过")
        expected, before = entry.number + 1, entry.hash
    last, tail = head()
    if (last, tail) != (expected - 1, before):
        yield Broken(expected, "末尾被截掉，或链头被改动")
    if printed and not Entry.objects.filter(hash=printed).exists():
        yield Broken(0, f"导出文件上印的链头 {printed[:12]}… 不在记录里")
