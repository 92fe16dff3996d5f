"""Look whether the disk has room: a full one takes the database down, reads included."""

import shutil

from django.conf import settings
from django.core.cache import caches

_LOOK_EVERY = 5  # seconds between two looks


def is_nearly_full() -> bool:
    """Say whether too little disk is left to go on writing."""
    # Each process remembers for itself: a shared cache would lie on the same full disk.
    return bool(caches["moment"].get_or_set("disk-nearly-full", _look, _LOOK_EVERY))


def _look() -> bool:
    return any(_has_little(place) for place in settings.WATCHED_DISKS)


def _has_little(place: object) -> bool:
    usage = shutil.disk_usage(str(place))
    return usage.free < settings.FREE_DISK_WANTED * usage.total
