"""Answer every "may this person …?" about one kind of object.

One policy object for each model; views and actions never reason about roles. Every answer comes
from the authorisation table.
"""

from typing import Any
from typing import TypeVar

from django.db.models import Q
from django.db.models import QuerySet

from livingcircle_platform.accounts.matrix import rules
from livingcircle_platform.accounts.scope import scope_of
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import NotAllowedError

Rows = TypeVar("Rows", bound=QuerySet[Any])


class Policy:
    """Decide about objects of one kind that lie in an area.

    Parameters
    ----------
    kind
        The first half of its actions in the authorisation table.
    area
        Name of the column that holds the object's area; "" where the object is an area. Dots of
        relations are written ``__``.
    owner
        Name of the column that holds the person something belongs to, where it can belong to one.
    """

    def __init__(self, kind: str, area: str = "area", owner: str = "") -> None:
        self.kind = kind
        self.area = area
        self.owner = owner

    def visible(self, rows: Rows, user: Any, verb: str = "view") -> Rows:  # noqa: ANN401
        """Return the rows that a person may see, or do something to."""
        scope = scope_of(user, f"{self.kind}.{verb}")
        if scope.is_empty:
            return rows.none()
        mine = Q(**{self.owner: user}) if self.owner and user.is_authenticated else None
        return rows.filter(scope.where(self.area, mine))

    def may(self, user: Any, verb: str, one: Any = None) -> bool:  # noqa: ANN401
        """Say whether a person may do something to an object, or anywhere at all."""
        scope = scope_of(user, f"{self.kind}.{verb}")
        if one is None:
            return not scope.is_empty
        if scope.mine and self.owner and self._owner_of(one) == user.pk:
            return True
        return scope.covers(self.area_of(one))

    def may_in(self, user: Any, verb: str, area: Any) -> bool:  # noqa: ANN401
        """Say whether a person may do something in an area."""
        return scope_of(user, f"{self.kind}.{verb}").covers(area)

    def require(self, user: Any, verb: str, one: Any) -> None:  # noqa: ANN401
        """Refuse what a person may not do.

        Raises
        ------
        MissingError
            If the person may not even see the object.
        NotAllowedError
            If the person may see it, but not do this.
        """
        if self.may(user, verb, one):
            return
        if not self.may(user, "view", one):
            raise MissingError(
                "没有这一条，或不在您的范围内", remedy="核对地址，或从列表里重新进入"
            )
        raise NotAllowedError(
            f"您的角色不能做这一步（{self._title(verb)}）", remedy="需要的话找本区管理员开通"
        )

    def require_in(self, user: Any, verb: str, area: Any) -> None:  # noqa: ANN401
        """Refuse what a person may not do in an area.

        Raises
        ------
        NotAllowedError
            If the area is outside.
        """
        if not self.may_in(user, verb, area):
            where = f"“{area}”不在您的范围内" if area is not None else "没有写明在哪里"
            raise NotAllowedError(
                f"{where}，没有保存", remedy="换成您负责的街道或社区，或找本区管理员"
            )

    def area_of(self, one: Any) -> Any:  # noqa: ANN401
        """Return the area that an object lies in."""
        for name in filter(None, self.area.split("__")):
            one = getattr(one, name)
            if one is None:
                return None
        return one

    def _owner_of(self, one: Any) -> Any:  # noqa: ANN401
        names = self.owner.split("__")
        for name in names[:-1]:
            one = getattr(one, name, None)
        return getattr(one, f"{names[-1]}_id", None)

    def _title(self, verb: str) -> str:
        rule = rules().get(f"{self.kind}.{verb}")
        return rule.title if rule else verb
