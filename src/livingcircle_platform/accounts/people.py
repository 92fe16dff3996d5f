"""Decide who may look after whose account, so that nobody raises himself or takes over another.

An administrator looks after accounts in the own area and below. Whoever can set a person's password
can act as that person; so everything that leads there asks that *all* of the person's roles lie
inside, not only one of them.
"""

from typing import Any

from livingcircle_platform.accounts.models import Membership
from livingcircle_platform.accounts.models import User
from livingcircle_platform.accounts.roles import LEVEL_OF
from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.errors import MissingError
from livingcircle_platform.errors import NotAllowedError
from livingcircle_platform.errors import RefusedError


def require_visible(acting_user: User, user: User) -> None:
    """Refuse to say anything about somebody outside.

    Raises
    ------
    MissingError
        If the person has no role inside.
    """
    if not User.objects.visible_to(acting_user).filter(pk=user.pk).exists():
        raise MissingError("没有这个账号，或不在您的范围内", remedy="从“账号与权限”里重新进入")


def require_other(acting_user: User, user: User) -> None:
    """Refuse to let people change their own rights.

    Raises
    ------
    NotAllowedError
        If it is the same person.
    """
    if acting_user.pk == user.pk:
        raise NotAllowedError(
            "自己的角色和状态不能自己改，没有保存", remedy="找另一位管理员或上一级管理员"
        )


def require_whole(acting_user: User, user: User, action: str) -> None:
    """Refuse to touch the account of somebody who is also something elsewhere.

    Raises
    ------
    MissingError
        If the person is not visible.
    NotAllowedError
        If it is the person's own account, or a role reaches outside.
    """
    require_visible(acting_user, user)
    require_other(acting_user, user)
    scope = acting_user.scope(action)
    held = Membership.objects.in_force().filter(user=user).select_related("area")
    if scope.is_empty or not all(scope.covers(one.area) for one in held):
        raise NotAllowedError(
            "这个账号在您的范围以外还有角色，没有改动", remedy="找上一级管理员办理"
        )


def require_giving(acting_user: User, role: str, area: Any, action: str) -> None:  # noqa: ANN401
    """Refuse a role in an area that the giver does not look after, or of another level.

    Raises
    ------
    NotAllowedError
        If the area lies outside.
    RefusedError
        If the role belongs to another level of area.
    """
    if not acting_user.scope(action).covers(area):
        raise NotAllowedError(f"“{area}”不在您的范围内，没有保存", remedy="换成您负责的范围")
    wanted = LEVEL_OF.get(role)
    if wanted is not None and area.level != wanted:
        sentence = f"“{Role(role).label}”要配{_level_title(area, wanted)}，“{area}”不是"
        raise RefusedError(
            f"没有保存：{sentence}", remedy="换一个范围或角色", fields={"area": sentence}
        )


def _level_title(area: Any, level: str) -> str:  # noqa: ANN401
    return str(dict(type(area).Level.choices)[level])
