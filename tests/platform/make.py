"""Make small things for platform tests, with answers a pencil can check."""

import datetime as dt
from dataclasses import dataclass

import shapely

from livingcircle_platform.accounts.models import Membership
from livingcircle_platform.accounts.models import User
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.models import Trade
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import AreaProfile
from livingcircle_platform.territory.models import Circle
from livingcircle_platform.territory.models import CircleMember
from livingcircle_platform.territory.models import CircleSet

WEST, SOUTH, STEP = 116.30, 39.90, 0.01


@dataclass
class Town:
    """Hold a city with two districts; the first is laid out, the second is "elsewhere".

    Communities are squares of 0.01° in a row from west to east: a1 and a2 lie in 街道 a, b1 and b2
    in 街道 b.
    """

    city: Area
    district: Area
    a: Area
    b: Area
    a1: Area
    a2: Area
    b1: Area
    b2: Area
    elsewhere: Area
    elsewhere_a: Area
    elsewhere_a1: Area


def area(level, code, name, parent=None, box=None):
    """Make an area, with a square as boundary where one is given."""
    made = Area(level=level, code=code, name=name, parent=parent, boundary=box)
    made.tidy()
    made.save()
    return made


def square(column, row=0):
    """Return the square of a column and row."""
    west, south = WEST + column * STEP, SOUTH + row * STEP
    return shapely.box(west, south, west + STEP, south + STEP)


def town():
    """Make the small city."""
    level = Area.Level
    city = area(level.CITY, "1", "示例市")
    district = area(level.DISTRICT, "11", "东区", city)
    a = area(level.SUBDISTRICT, "111", "甲街道", district)
    b = area(level.SUBDISTRICT, "112", "乙街道", district)
    members = [
        area(level.COMMUNITY, f"11{number}", name, parent, square(number - 1))
        for number, (name, parent) in enumerate(
            [("甲一社区", a), ("甲二社区", a), ("乙一社区", b), ("乙二社区", b)], start=1
        )
    ]
    elsewhere = area(level.DISTRICT, "12", "西区", city)
    other_a = area(level.SUBDISTRICT, "121", "丙街道", elsewhere)
    other = area(level.COMMUNITY, "1211", "丙一社区", other_a, square(0, 9))
    for place, code in enumerate(("convenience_store", "pharmacy", "repair")):
        name = {"convenience_store": "便利店", "pharmacy": "药店", "repair": "维修点"}[code]
        Trade.objects.create(code=code, name=name, place=place)
    return Town(city, district, a, b, *members, elsewhere, other_a, other)


def user(name, *roles, password=None):
    """Make somebody with roles given as (role, area) pairs."""
    made = User.objects.create_user(name, password=password)
    for role, where in roles:
        Membership.objects.create(user=made, role=role, area=where)
    return made


def outlet(where, name="果园药店", code=None, trades=("pharmacy",), **values):
    """Make an outlet in the middle of its community."""
    number = Outlet.objects.count() + 1
    middle = where.boundary.centroid if where.boundary is not None else shapely.Point(0, 0)
    told = {"lon": middle.x, "lat": middle.y, "area": where, **values}
    made = Outlet(name=name, code=code or f"W-{number:04d}", trades=trades, **told)
    made.tidy()
    made.save()
    return made


def profile(where, population, on=dt.date(2026, 6, 1), **values):
    """Make the profile of a community."""
    return AreaProfile.objects.create(area=where, as_of=on, population=population, **values)


def circles(district, *groups, state="adopted", number=1):
    """Make a version of circles, each from (name, communities)."""
    made = CircleSet.objects.create(
        district=district, number=number, state=state, in_force_from=dt.date(2026, 1, 1)
    )
    for place, (name, members) in enumerate(groups, start=1):
        shape = shapely.union_all([one.boundary for one in members])
        circle = Circle.objects.create(
            circle_set=made, code=str(place), name=name, formation="merged", boundary=shape
        )
        for one in members:
            CircleMember.objects.create(circle=circle, community=one)
    return made
