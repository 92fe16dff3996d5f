"""Draw a whole small district by hand: one straight street, two communities, two circles."""

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import shapely

from livingcircle.circles import Membership
from livingcircle.circles import circle_areas
from livingcircle.circles import circles_of
from livingcircle.circles import door_communities
from livingcircle.circles import outlet_units
from livingcircle.district import District
from livingcircle.district import Source
from livingcircle.district import Status
from livingcircle.tables import conform
from livingcircle.tables import empty
from livingcircle.tables import issues_frame
from tests.factories.streets import WGS84
from tests.factories.streets import draw_streets
from tests.factories.streets import lift

MAIN = [(-3000, 0), (5000, 0)]
WEST, EAST = shapely.box(0, -200, 1000, 200), shapely.box(1000, -200, 2000, 200)


def table(name, rows, shapes, ids):
    """Return one checked-looking table of rows placed in metres."""
    frame = gpd.GeoDataFrame(
        pd.DataFrame(rows, index=ids), geometry=lift(shapes) if len(shapes) else [], crs=WGS84
    )
    return conform(name, frame)


def draw_outlets(*places):
    """Return outlets of (x, y, trades, columns) and their trades."""
    ids = [f"o{i}" for i in range(len(places))]
    rows = [
        {"name": f"店{i}", "status": "open", "supply": "fixed", **p[3]}
        for i, p in enumerate(places)
    ]
    outlets = table("outlets", rows, [shapely.Point(*p[:2]) for p in places], ids)
    pairs = [(i, t) for i, p in zip(ids, places, strict=True) for t in p[2]]
    return outlets, pd.DataFrame(pairs, columns=["outlet_id", "trade"])


def draw_doors(*places):
    """Return doors of (x, y, residents, columns)."""
    rows = [
        {"name": f"楼{i}", "residents": p[2], "use": "住宅", **p[3]} for i, p in enumerate(places)
    ]
    points = [shapely.Point(*p[:2]) for p in places]
    return table("doors", rows, points, [f"d{i:02}" for i in range(len(places))])


def full(places, width):
    """Give every place an empty dict of further columns where it has none."""
    return [(*p, {}) if len(p) == width else p for p in places]


def members_of(district):
    """Return the community and circle of every door and outlet of a drawn district."""
    areas = circle_areas(district)
    community = door_communities(district, district.doors)
    circle = circles_of(district.doors.geometry, district, areas, community)
    outlets = outlet_units(district, district.outlets.geometry, areas, community)
    return Membership(district.communities.index, areas.index, community, circle, *outlets)


def draw_district(outlets=(), doors=(), *, complete=(), west=None, east=None, **layers):
    """Return a district: 甲社区 west of x = 1000 in 甲圈, 乙社区 east of it in 乙圈.

    ``outlets`` are (x, y, [trades]) or with a dict of columns; ``doors`` (x, y, residents).
    ``west`` and ``east`` are columns of the two communities; ``layers`` replace whole tables.
    """
    shops, trades = draw_outlets(*full(outlets, 3))
    names = [{"name": "甲社区"}, {"name": "乙社区"}]
    rows = [names[0] | (west or {}), names[1] | (east or {})]
    circles = table("circles", [{"name": "甲圈"}, {"name": "乙圈"}], [None, None], ["c1", "c2"])
    source = Source(
        "outlets", "outlets.xlsx", Status.MADE_UP, "手绘网点", complete_for=frozenset(complete)
    )
    district = District(
        name="手绘区",
        outlets=shops,
        outlet_trades=trades,
        communities=table("communities", rows, [WEST, EAST], ["m1", "m2"]),
        circles=circles,
        circle_members=pd.DataFrame(
            {"circle_id": ["c1", "c2"], "community_id": ["m1", "m2"], "part": [False, False]}
        ),
        doors=draw_doors(*full(doors, 3)),
        streets=draw_streets(MAIN),
        junctions=empty("junctions"),
        gates=empty("gates"),
        barriers=empty("barriers"),
        spaces=empty("spaces"),
        reports=empty("reports"),
        entrances=empty("entrances"),
        extent=lift([shapely.box(-3000, -3000, 5000, 3000)])[0],
        sources=(source,),
        issues=issues_frame([]),
    )
    return replace(district, **layers)
