"""Say to which areas each kind of content belongs."""

from livingcircle_platform.errors import RefusedError
from livingcircle_platform.imports.kinds import Kind
from livingcircle_platform.territory.models import Area

_OF_A_PART = frozenset({"outlets", "spaces"})  # the rest is the whole district's, or nobody's


def belongs_in(kind: Kind, area: Area) -> bool:
    """Say whether a kind of content may be brought into an area."""
    if area.level == Area.Level.CITY:
        return False
    return kind.name in _OF_A_PART or area.level == Area.Level.DISTRICT


def require_place(kind: Kind, area: Area) -> None:
    """Refuse what belongs to a whole district but is sent to a part of it.

    Raises
    ------
    RefusedError
        If it does not belong there.
    """
    if not belongs_in(kind, area):
        raise RefusedError(f"“{kind.title}”不能放在“{area}”", remedy="选择它所在的区（县）再上传")
