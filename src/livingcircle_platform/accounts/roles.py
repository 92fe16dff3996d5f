"""Name the roles, and the level of area that each can be given in."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db import models


class Role(models.TextChoices):
    """Name what somebody is in an area."""

    CITY = "city", "市级管理"
    DISTRICT = "district", "区级管理"
    SUBDISTRICT = "subdistrict", "街道（乡镇）"
    COMMUNITY = "community", "社区工作者"
    PLANNER = "planner", "社区规划师"
    MERCHANT = "merchant", "商户"
    RESIDENT = "resident", "居民"
    LEADER = "leader", "领导（只看）"
    ADMIN = "admin", "系统管理员"


# A role that is named after a level is given in an area of that level; the others in any.
LEVEL_OF: Mapping[str, str] = MappingProxyType(
    {one: one for one in ("city", "district", "subdistrict", "community")}
)
