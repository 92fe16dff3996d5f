"""Make a city up: areas in a lattice, 50,000 shops that crowd around a few hundred corners.

Run with Django's settings in the environment; prints what the load needs as JSON: addresses to ask
for, a session and a token. Everything in it is made up, and says so by its source.
"""

import argparse
import datetime as dt
import json
import math
import random
import sys
from importlib import import_module

import django
import shapely
from django.db import connection

WEST, SOUTH, STEP = 116.20, 39.80, 0.02
ACROSS, DOWN = 20, 16  # communities
OUTLETS = 50_000
_FIRST = "京惠民便利家福顺兴隆和谐康乐万安东西南北中天地永长新老大小金银玉华美丰泰德仁义"
_LAST = (
    "药店",
    "便利店",
    "修鞋铺",
    "早点铺",
    "菜店",
    "理发店",
    "洗衣店",
    "五金店",
    "文具店",
    "超市",
)
_HOURS = ("8:00-20:00", "周一至周日 07:00-22:00", "24小时", "周一至周五9:00-17:30", "", "看情况")


def main() -> None:
    """Make the city in an empty database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--outlets", type=int, default=OUTLETS)
    many = parser.parse_args().outlets
    django.setup()
    rand = random.Random(2026)  # noqa: S311 - a made-up city, the same each time
    city, communities = _areas()
    places = _outlets(rand, communities, many)
    _circles(communities)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    told = {"places": places[::10], **_people(city)}
    json.dump(told, sys.stdout)


def _models(room: str):  # noqa: ANN202 - a module
    """Return a room's models; they can be read only after Django is set up."""
    return import_module(f"livingcircle_platform.{room}.models")


def _areas() -> tuple[object, list[tuple[object, object]]]:
    """Make one city, four districts, and communities of two kilometres."""
    area = _models("territory").Area

    def make(level: str, code: str, name: str, parent: object, box: object = None) -> object:
        made = area(level=level, code=code, name=name, parent=parent, boundary=box)
        made.tidy()
        made.save()
        return made

    city = make("city", "1", "虚构市", None)
    districts = [make("district", f"1{n}", f"虚构{n}区", city) for n in range(4)]
    streets = [
        make("subdistrict", f"1{n // 10}{n % 10}0", f"虚构{n}街道", districts[n // 10])
        for n in range(40)
    ]
    communities = []
    for n in range(ACROSS * DOWN):
        west, south = WEST + n % ACROSS * STEP, SOUTH + n // ACROSS * STEP
        box = shapely.box(west, south, west + STEP, south + STEP)
        parent = streets[n * 40 // (ACROSS * DOWN)]
        communities.append((make("community", f"C{n:03d}", f"虚构{n}社区", parent, box), parent))
    return city, communities


def _outlets(rand: random.Random, communities: list, many: int) -> list[tuple[float, float]]:
    """Make shops, most of them close to corners where others are."""
    registry, territory = _models("registry"), _models("territory")
    trades = [
        registry.Trade.objects.get_or_create(code=f"trade{n}", defaults={"name": name})[0].code
        for n, name in enumerate(_LAST)
    ]
    district = communities[0][1].parent
    source = territory.Source.objects.create(
        district=district, title="压力测试的虚构网点", status="made_up"
    )
    east, north = WEST + ACROSS * STEP, SOUTH + DOWN * STEP
    corners = [(rand.uniform(WEST, east), rand.uniform(SOUTH, north)) for _ in range(400)]
    rows, places = [], []
    for n in range(many):
        lon, lat = rand.choice(corners)
        spread = 0.0015 if n % 4 else 0.02
        lon = min(max(rand.gauss(lon, spread), WEST), east - 1e-6)
        lat = min(max(rand.gauss(lat, spread), SOUTH), north - 1e-6)
        column, line = int((lon - WEST) / STEP), int((lat - SOUTH) / STEP)
        kind = rand.randrange(len(_LAST))
        name = "".join(rand.choices(_FIRST, k=rand.randint(2, 4))) + _LAST[kind]
        one = registry.Outlet(
            area=communities[line * ACROSS + column][0], code=f"X-{n:06d}", name=name, lon=lon,
            lat=lat, trades=(trades[kind],), hours=rand.choice(_HOURS), source=source,
            phone=f"0100000{n:05d}", address=f"虚构路{n % 900}号",
            verified_on=dt.date(2026, 1, 1) + dt.timedelta(days=n % 300),
        )  # fmt: skip
        one.tidy()
        rows.append(one)
        places.append((round(lon, 6), round(lat, 6)))
    registry.Outlet.objects.bulk_create(rows, batch_size=2_000)
    return places


def _circles(communities: list) -> None:
    """Join communities two by two."""
    territory = _models("territory")
    by_district: dict = {}
    for one, street in communities:
        by_district.setdefault(street.parent, []).append(one)
    for district, members in by_district.items():
        made = territory.CircleSet.objects.create(
            district=district, number=1, state="adopted", in_force_from=dt.date(2026, 1, 1)
        )
        for n in range(0, len(members), 2):
            pair = members[n : n + 2]
            circle = territory.Circle.objects.create(
                circle_set=made, code=str(n), name=f"虚构{n}圈", formation="merged",
                boundary=shapely.union_all([one.boundary for one in pair]),
            )  # fmt: skip
            for one in pair:
                territory.CircleMember.objects.create(circle=circle, community=one)


def _people(city: object) -> dict[str, str]:
    """Make somebody who may see the city, signed in, and with a token."""
    accounts = _models("accounts")
    matrix = import_module("livingcircle_platform.accounts.matrix")
    user = accounts.User.objects.create_user("load", password=None)
    accounts.Membership.objects.create(user=user, role="city", area=city)
    secret, digest = accounts.make_secret("lc_")
    accounts.Token.objects.create(
        user=user, name="压力测试", actions=tuple(matrix.rules()), digest=digest,
        until=dt.date(2100, 1, 1),
    )  # fmt: skip
    store = import_module("django.contrib.sessions.backends.db").SessionStore()
    store["_auth_user_id"] = str(user.pk)
    store["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
    store["_auth_user_hash"] = user.get_session_auth_hash()
    store.create()
    return {"token": secret, "session": store.session_key}


def tile(lon: float, lat: float, z: int) -> str:
    """Return the z/x/y of the tile that holds a point."""
    down = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return f"{z}/{int((lon + 180) / 360 * 2**z)}/{int(down * 2**z)}"


if __name__ == "__main__":
    main()
