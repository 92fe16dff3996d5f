"""Name every way the platform refuses, each with a sentence for the person at the screen.

Like the engine's errors: what is wrong, where, and what to do. ``status`` is the HTTP answer.
"""

from collections.abc import Mapping
from http import HTTPStatus


class PlatformError(Exception):
    """Say what happened and what to do; what was typed is kept by the page that shows it."""

    status = HTTPStatus.BAD_REQUEST

    def __init__(self, what: str, *, remedy: str = "") -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        """Join both parts into one sentence."""
        return f"{self.what}。{self.remedy}。" if self.remedy else f"{self.what}。"


class RefusedError(PlatformError):
    """The values given cannot be kept; ``fields`` says why, field by field."""

    def __init__(
        self, what: str, *, remedy: str = "", fields: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(what, remedy=remedy)
        self.fields = dict(fields or {})


class ConflictError(PlatformError):
    """Somebody else changed the same thing first; ``theirs`` and ``yours`` stand side by side."""

    status = HTTPStatus.CONFLICT

    def __init__(
        self,
        what: str,
        *,
        remedy: str = "",
        theirs: Mapping[str, object] | None = None,
        yours: Mapping[str, object] | None = None,
        version: int = 0,
    ) -> None:
        super().__init__(what, remedy=remedy)
        self.theirs = dict(theirs or {})
        self.yours = dict(yours or {})
        self.version = version


class NotAllowedError(PlatformError):
    """The role does not include this; foreign objects are answered as missing, not with this."""

    status = HTTPStatus.FORBIDDEN


class MissingError(PlatformError):
    """There is no such thing, or none that this person may see."""

    status = HTTPStatus.NOT_FOUND


class TooOftenError(PlatformError):
    """Somebody asks faster than a person can; the answer says how long to wait."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class ReadOnlyError(PlatformError):
    """Nothing is written for now: the disk is nearly full."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class BusyError(PlatformError):
    """Another job is doing this already."""

    status = HTTPStatus.CONFLICT
