"""Keep the cache in files that several processes may write to at once."""

from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.filebased import FileBasedCache
from django.core.files import locks


class SharedFileCache(FileBasedCache):
    """Let exactly one of several processes add a key.

    Django's own looks first and writes then; two that come at once both succeed, and whoever counts
    tries under such a lock miscounts.
    """

    def add(
        self,
        key: Any,  # noqa: ANN401 - as Django's own
        value: Any,  # noqa: ANN401
        timeout: Any = DEFAULT_TIMEOUT,  # noqa: ANN401
        version: int | None = None,
    ) -> bool:
        """Keep a value unless there is one, and say whether it was kept."""
        self._createdir()
        with Path(self._dir, "adding").open("a") as turn:
            locks.lock(turn, locks.LOCK_EX)
            return bool(super().add(key, value, timeout, version))
