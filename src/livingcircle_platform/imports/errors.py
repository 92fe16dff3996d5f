"""Name every way reading an upload can be cut short; the file itself is not judged by these."""

from livingcircle.errors import LivingCircleError


class ReadingError(LivingCircleError):
    """The reading of an upload ended before its end; nothing of it was kept.

    ``detail`` is for the log, never for the person who uploaded.
    """

    detail: str = ""


class LimitReachedError(ReadingError):
    """The reading needed more memory, time or disk than one upload may use."""


class ReaderDiedError(ReadingError):
    """The reading process was killed or crashed; this process was not touched."""


class ReadingCancelledError(ReadingError):
    """Somebody asked to stop."""
