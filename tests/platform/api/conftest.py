"""Give API tests outlets in several communities, people of several roles, and their tokens."""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import timezone

from livingcircle_platform.accounts.matrix import rules
from livingcircle_platform.accounts.models import Role
from livingcircle_platform.accounts.models import Token
from livingcircle_platform.registry.models import Merchant
from tests.platform import make

ROLES = ("city", "district", "street", "worker", "planner", "owner", "leader")


@dataclass
class World:
    """Hold the small city with outlets and people; the owner has one shop, in a1."""

    town: make.Town
    people: dict
    outlets: dict


def token_for(user, actions=None, days=30):
    """Return the header of a token for some actions, or for all."""
    secret, digest = Token.make_secret() if hasattr(Token, "make_secret") else _secret()
    until = timezone.localdate() + dt.timedelta(days=days)
    names = tuple(rules()) if actions is None else tuple(actions)
    Token.objects.create(user=user, name="测试", actions=names, digest=digest, until=until)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}


def _secret():
    from livingcircle_platform.accounts.models import make_secret  # noqa: PLC0415

    return make_secret("lc_")


def signed_in(user):
    """Return a test client with somebody's session."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def world(town):
    """Return the small city with six outlets: a1 has two, the other communities one each."""
    people = {
        "city": make.user("city", (Role.CITY, town.city)),
        "district": make.user("district", (Role.DISTRICT, town.district)),
        "street": make.user("street", (Role.SUBDISTRICT, town.a)),
        "worker": make.user("worker", (Role.COMMUNITY, town.a1)),
        "planner": make.user("planner", (Role.PLANNER, town.district)),
        "owner": make.user("owner", (Role.MERCHANT, town.district)),
        "leader": make.user("leader", (Role.LEADER, town.district)),
    }
    merchant = Merchant(
        area=town.a1, code="M-1", name="果园商店", contact="王某", user=people["owner"]
    )
    merchant.tidy()
    merchant.save()
    outlets = {
        "a1": make.outlet(town.a1, "果园药店", hours="每天8:00-20:00"),
        "own": make.outlet(
            town.a1, "果园便利店", trades=("convenience_store", "repair"), merchant=merchant,
            lon=116.301, lat=39.901,
        ),
        "a2": make.outlet(town.a2, "甲二药店", hours="0:00-24:00"),
        "b1": make.outlet(town.b1, "乙一维修", trades=("repair",), hours="看情况"),
        "b2": make.outlet(town.b2, "乙二药店", state="closed"),
        "far": make.outlet(town.elsewhere_a1, "丙一药店"),
    }  # fmt: skip
    make.circles(town.district, ("甲圈", [town.a1, town.a2]), ("乙圈", [town.b1, town.b2]))
    return World(town, people, outlets)


@pytest.fixture
def sees(world):
    """Return which outlets each role may see, by the rules of the table told by hand."""
    inside = {"a1", "own", "a2", "b1", "b2"}
    by_role = {
        "city": inside | {"far"}, "district": inside, "planner": inside, "leader": inside,
        "street": {"a1", "own", "a2"}, "worker": {"a1", "own"}, "owner": {"own"},
    }  # fmt: skip
    return {
        role: {str(world.outlets[name].pk) for name in names} for role, names in by_role.items()
    }
