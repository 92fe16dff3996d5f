"""Look whether the disk has room: a full one takes the database down, reads included."""

import shutil

from django.conf import settings
from django.core.cache import cache

_LOOK_EVERY = 5  # seconds between two looks


def is_nearly_full() -> bool:
    """Say whether too little disk is left to go on writing."""
    # A cache on the same full disk may not be able to remember; then we look every time.
    try:
        return bool(cache.get_or_set("disk-nearly-full", _look, _LOOK_EVERY))
    except OSError:
        return _look()


def _look() -> bool:
    return any(_has_little(place) for place in settings.WATCHED_DISKS)


def _has_little(place: object) -> bool:
    """Say so below a tenth of the disk; of a large disk, below what is enough anywhere."""
    usage = shutil.disk_usage(str(place))
    return usage.free < min(settings.FREE_DISK_WANTED * usage.total, settings.FREE_BYTES_WANTED)
