"""Begin an empty record: a city, and somebody who may give everybody else their roles."""

from django.db import transaction

from livingcircle_platform.accounts.models import Membership
from livingcircle_platform.accounts.models import User
from livingcircle_platform.accounts.roles import Role
from livingcircle_platform.audit import writing
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.territory.models import Area


@transaction.atomic
def found_city(name: str, username: str, password: str) -> Area:
    """Make the city and its first administrator, who also runs it until there are others.

    Raises
    ------
    RefusedError
        If the record is not empty.
    """
    if Area.objects.exists() or User.objects.exists():
        raise RefusedError("平台里已经有城市和账号", remedy="用已有的管理员账号登录，在页面上添加")
    first = User.objects.create_user(username, password=password, display_name="系统管理员")
    city = Area(level=Area.Level.CITY, code=name, name=name)
    writing.add(city, acting_user=first, reason="建立平台")
    for role in (Role.ADMIN, Role.CITY):
        writing.add(Membership(user=first, role=role, area=city), acting_user=first)
    return city
