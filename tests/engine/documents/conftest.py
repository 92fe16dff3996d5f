"""Draw a small district by hand: two circles, four communities, twelve doors, ten outlets."""

from types import MappingProxyType
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from livingcircle.chosen import none_chosen
from livingcircle.district import District
from livingcircle.district import Source
from livingcircle.district import Status
from livingcircle.standards import Standard
from livingcircle.tables import TABLES
from livingcircle.tables import conform
from livingcircle.trades import TRADES
from tests.factories.standards import write_standard

WEST, SOUTH, STEP = 118.780, 32.040, 0.004
HOSTILE = '<script>alert("x")</script>堃喆昺玥頔'
REQUIREMENTS = {
    "count_vegetable": ("vegetable", "community", 2, "每个社区不少于2个", 300.0),
    "count_pharmacy": ("pharmacy", "circle", 2, "每7000人不少于1个", 500.0),
    "count_water_vending": ("water_vending", "community", 1, "每个社区不少于1个", 300.0),
    "count_laundry": ("laundry", "circle", 1, "每个生活圈不少于1个", 1000.0),
}
CLAUSE = "密云 附件1.1 一"


def table(name: str, rows: list[dict[str, object]]) -> gpd.GeoDataFrame:
    """Fill a catalogue table: columns not given keep their emptiness."""
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326")
    return conform(name, frame.set_index(TABLES[name].id))


def square(column: int, row: int) -> shapely.Polygon:
    """Return one community of the two-by-two chequerboard."""
    x, y = WEST + column * STEP, SOUTH + row * STEP
    return shapely.box(x, y, x + STEP, y + STEP)


def spot(column: float, row: float) -> shapely.Point:
    """Return a point, counted in communities from the south-west corner."""
    return shapely.Point(WEST + column * STEP, SOUTH + row * STEP)


def _communities() -> gpd.GeoDataFrame:
    names = ("果园西里社区", "果园新里社区", "檀城东区社区", "白檀社区")
    return table(
        "communities",
        [
            {
                "community_id": f"m{i}",
                "name": name,
                "kind": "community",
                "subdistrict": "果园街道" if i < 2 else "鼓楼街道",
                "population": 3000.0 + 100 * i,
                "geometry": square(i % 2, i // 2),
            }
            for i, name in enumerate(names)
        ],
    )


def _circles() -> gpd.GeoDataFrame:
    given = (
        ("c1", "果园生活圈", "old_town", "merged", "果园街道", 2027),
        ("c2", "檀城社区生活圈", "new_residential", "merged", "鼓楼街道", 2023),
    )
    return table(
        "circles",
        [
            {
                "circle_id": key,
                "name": name,
                "kind": kind,
                "formation": formation,
                "subdistrict": street,
                "planned_year": year,
                "resident_profile": "老年人和外来人口为主",
                "trade_completeness": "业态集中分布于四周主干道",
                "openness": "社区开放度高，出入方便",
                "geometry": None,
            }
            for key, name, kind, formation, street, year in given
        ],
    )


def _doors() -> gpd.GeoDataFrame:
    rows = []
    for i in range(12):
        community = i // 3
        column, row = community % 2 + 0.2 + 0.3 * (i % 3), community // 2 + 0.35 + 0.1 * (i % 2)
        rows.append(
            {
                "door_id": f"d{i:02}",
                "name": f"{i + 1}号楼",
                "residents": 1000.0 + 20 * i,
                "age_0_3": 30.0,
                "age_60_plus": 260.0,
                "age_65_plus": 170.0,
                "age_80_plus": 40.0,
                "compound": "果园西里",
                "geometry": spot(column, row),
            }
        )
    return table("doors", rows)


OUTLETS = (
    ("o0", "果园便民菜店", "vegetable", 0.3, 0.4),
    ("o1", "早市菜站", "vegetable", 0.5, 0.8),
    ("o2", "新里生鲜", "vegetable", 1.4, 0.5),
    ("o3", "百姓大药房", "pharmacy", 0.7, 0.3),
    ("o4", HOSTILE, "laundry convenience_store", 0.6, 0.6),
    ("o5", "檀城菜店", "vegetable", 0.4, 1.4),
    ("o6", "檀城第二菜店", "vegetable", 0.6, 1.7),
    ("o7", "=1+1洗衣", "laundry", 0.8, 1.2),
    ("o8", "白檀便利店", "convenience_store breakfast", 1.5, 1.5),
    ("o9", "花店", "florist", 1.7, 1.2),
)


def _outlets() -> gpd.GeoDataFrame:
    return table(
        "outlets",
        [
            {
                "outlet_id": key,
                "name": name,
                "trades": trades,
                "status": "open",
                "geometry": spot(x, y),
            }
            for key, name, trades, x, y in OUTLETS
        ],
    )


def _streets() -> gpd.GeoDataFrame:
    rows = []
    for i in range(5):
        at = 0.5 * i
        for kind, line in (("w", [(0, at), (2, at)]), ("n", [(at, 0), (at, 2)])):
            coordinates = [spot(*pair) for pair in line]
            rows.append(
                {
                    "segment_id": f"{kind}{i}",
                    "name": "新中街" if i == 2 and kind == "w" else "",
                    "highway": "secondary"
                    if i == 2
                    else "residential"
                    if i % 2 == 0
                    else "footway",
                    "geometry": shapely.LineString(coordinates),
                }
            )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs="EPSG:4326").set_index("segment_id")


def _barriers() -> gpd.GeoDataFrame:
    bank = shapely.LineString([spot(0, 2.1), spot(2, 2.1)])
    return table(
        "barriers", [{"barrier_id": "r", "kind": "river", "name": "潮河", "geometry": bank}]
    )


def _spaces() -> gpd.GeoDataFrame:
    shed = {
        "space_id": "s1",
        "name": "西里车棚",
        "kind": "车棚",
        "area_m2": 60.0,
        "suitable_trades": "菜篮子、药店",
        "excluded_trades": "",
        "geometry": spot(0.5, 0.5),
    }
    return table("spaces", [shed])


def _district() -> District:
    members = pd.DataFrame(
        {
            "circle_id": ["c1", "c1", "c2", "c2"],
            "community_id": ["m0", "m1", "m2", "m3"],
            "part": [False, False, False, True],
        }
    )
    trades = [(key, trade) for key, _, held, _, _ in OUTLETS for trade in held.split()]
    blank = gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs="EPSG:4326")
    return District(
        name="示例示范区",
        outlets=_outlets(),
        outlet_trades=pd.DataFrame(trades, columns=["outlet_id", "trade"]),
        entrances=blank,
        communities=_communities(),
        circles=_circles(),
        circle_members=members,
        doors=_doors(),
        streets=_streets(),
        junctions=blank,
        gates=blank,
        barriers=_barriers(),
        spaces=_spaces(),
        reports=blank,
        extent=None,
        sources=SOURCES,
        issues=pd.DataFrame(),
        standard="miyun_2023",
    )


SOURCES = (
    Source("streets", "streets.osm.pbf", Status.REAL, "OpenStreetMap 道路", "2021-06-12", "ODbL"),
    Source(
        "doors", "doors.gpkg", Status.MODELLED, "居民由街道总数按建筑面积推算", "2021-06", "ODbL"
    ),
    Source("outlets", "网点.xlsx", Status.MADE_UP, "示例网点台账", "2026-06-30", "CC0", rows=10),
)


def _access(doors: gpd.GeoDataFrame) -> pd.DataFrame:
    rows = []
    for i, door in enumerate(doors.index):
        for trade, first in (("vegetable", "o0"), ("pharmacy", "o3"), ("laundry", "o4")):
            metres = 150.0 + 60 * i
            served = metres <= {"vegetable": 300, "pharmacy": 500, "laundry": 1000}[trade]
            rows.append((door, trade, metres, first, "served" if served else "lacking", ""))
        rows.append((door, "water_vending", float("nan"), "", "unknown", "没有这类业态的完整台账"))
    columns = ["door_id", "trade", "metres", "outlet_id", "verdict", "reason"]
    table = pd.DataFrame(rows, columns=columns)
    words = ["trade", "verdict", "reason"]
    return table.astype(dict.fromkeys(words, "category"))


def _findings() -> pd.DataFrame:
    rows = []
    for requirement, (trade, level, required, text, _) in REQUIREMENTS.items():
        units = [("c1", "果园生活圈", "c1"), ("c2", "檀城社区生活圈", "c2")]
        if level == "community":
            units = [(f"m{i}", n, f"c{i // 2 + 1}") for i, n in enumerate(_communities()["name"])]
        for unit, name, circle in units:
            found = {"m0": 2.0, "m1": 1.0, "m2": 2.0, "m3": 0.0, "c1": 1.0, "c2": 1.0}[unit]
            found = 0.0 if (unit, trade) == ("c2", "pharmacy") else found
            verdict = "served" if found >= required else "lacking"
            if trade == "water_vending":
                verdict, found = "unknown", float("nan")
            if (unit, trade) == ("c2", "laundry"):
                verdict = "not_applicable"
            rows.append(
                {
                    "level": level,
                    "unit_id": unit,
                    "unit_name": name,
                    "circle_id": circle,
                    "requirement_id": requirement,
                    "subject": TRADES[trade].name,
                    "trade": trade,
                    "trades": [trade],
                    "tier": "basic",
                    "severity": "must",
                    "verdict": verdict,
                    "required": float(required),
                    "found": found,
                    "found_strict": found,
                    "found_shared": found + 1,
                    "unit": "个",
                    "people": 6000.0,
                    "shortfall": required - found if verdict == "lacking" else 0.0,
                    "surplus": float("nan"),
                    "reason": {
                        "unknown": "没有这类业态的完整台账",
                        "not_applicable": "圈内无洗染需求",
                    }.get(verdict, ""),
                    "explanation": text,
                    "clause": CLAUSE,
                }
            )
    return pd.DataFrame(rows)


def _gaps(findings: pd.DataFrame) -> pd.DataFrame:
    rows = findings[findings["verdict"] == "lacking"].reset_index(drop=True)
    names = {"c1": "果园生活圈", "c2": "檀城社区生活圈"}
    return pd.DataFrame(
        {
            "gap_id": [f"g{i}" for i in rows.index],
            "circle_id": rows["circle_id"],
            "circle_name": rows["circle_id"].map(names),
            "level": rows["level"],
            "unit_id": rows["unit_id"],
            "unit_name": rows["unit_name"],
            "trade": rows["trade"],
            "trade_name": rows["subject"],
            "tier": rows["tier"],
            "requirement_id": rows["requirement_id"],
            "required": rows["required"],
            "found": rows["found"],
            "shortfall": rows["shortfall"],
            "surplus": rows["surplus"],
            "unit": rows["unit"],
            "people": [3000.0, 3100.0, 6060.0, float("nan")][: len(rows)],
            "elders": 780.0,
            "infants": 90.0,
            "nearest_m": [420.0, 515.0, 640.0, 700.0][: len(rows)],
            "urgency": [2, 1, 1, 3][: len(rows)],
            "reason": "",
            "remedy": rows["trade"].map({"vegetable": "增设菜店1处", "pharmacy": "增设药店1处"}),
            "measure": "利用腾退空间、车棚引入连锁门店",
            "clause": rows["clause"],
        }
    )


BLIND_AREAS = {
    "circle_id": ["c2", "c2"],
    "circle_name": ["檀城社区生活圈"] * 2,
    "community_names": ["白檀社区", "檀城东区社区"],
    "trade": ["vegetable", "pharmacy"],
    "trade_name": ["菜篮子", "药店"],
    "tier": ["basic", "basic"],
    "requirement_id": ["reach_vegetable", "reach_pharmacy"],
    "radius_m": [300.0, 500.0],
    "doors": [3, 2],
    "people": [3570.0, 2300.0],
    "elders": [780.0, 520.0],
    "infants": [90.0, float("nan")],
    "nearest_m": [690.0, float("nan")],
    "farthest_m": [810.0, float("nan")],
    "nearest_outlet_id": ["o0", ""],
    "nearest_name": ["果园便民菜店", ""],
    "place": ["白檀社区新中街以北", ""],
}


def _blind_areas() -> gpd.GeoDataFrame:
    drawn = [spot(1.5, 1.4).buffer(0.0016), spot(0.4, 1.4).buffer(0.0012)]
    index = pd.Index(["b1", "b2"], name="blind_area_id")
    return gpd.GeoDataFrame(BLIND_AREAS, index=index, geometry=drawn, crs="EPSG:4326")


def _standard() -> Standard:
    """Return the requirements on numbers, each with its radius, as a pack would state them."""
    asked = []
    for key, (trade, level, least, text, metres) in REQUIREMENTS.items():
        said = {"trades": [trade], "level": level, "clause": CLAUSE}
        asked.append({"id": key, "rule": "count", "least": least, "text": text, **said})
        radius = {"metres": [metres, metres], "text": f"{metres:.0f}米步行可达"}
        asked.append({"id": f"reach_{trade}", "rule": "reach", **radius, **said})
    return write_standard(*asked)


def _circle_facts() -> pd.DataFrame:
    rows = {
        "c1": ("果园生活圈", "old_town", 6300.0, 0.335, 18806.0, 2500.0, 2, 5, 4),
        "c2": ("檀城社区生活圈", "new_residential", 7380.0, 0.335, 22030.0, float("nan"), 2, 5, 3),
    }
    columns = [
        "name",
        "kind",
        "population",
        "area_km2",
        "density",
        "households",
        "communities",
        "outlets",
        "basic_trades_present",
    ]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return frame.rename_axis("circle_id")


def _used_circles(district: District) -> gpd.GeoDataFrame:
    plots = [shapely.union_all([square(0, row), square(1, row)]) for row in (0, 1)]
    return district.circles.set_geometry(gpd.GeoSeries(plots, ["c1", "c2"], crs="EPSG:4326"))


def _circle_checks() -> pd.DataFrame:
    density = "万人/平方公里"
    rows = [
        ("c1", "果园生活圈", "area", "面积", 0.335, 2.0, "平方公里", "soft", "served", ""),
        ("c2", "檀城社区生活圈", "density", "人口密度", 2.2, 3.0, density, "soft", "served", ""),
    ]
    columns = [
        "circle_id",
        "circle_name",
        "check",
        "name",
        "value",
        "limit",
        "unit",
        "severity",
        "verdict",
        "reason",
    ]
    return pd.DataFrame(rows, columns=columns)


def _coverage() -> pd.DataFrame:
    rows = [
        ("circle", circle, name, circle, trade, 6000.0, 4500.0, 1500.0, 0.0, 0.0, 0.75, "people")
        for circle, name in (("c1", "果园生活圈"), ("c2", "檀城社区生活圈"))
        for trade in ("vegetable", "pharmacy", "laundry")
    ]
    columns = [
        "level",
        "unit_id",
        "unit_name",
        "circle_id",
        "trade",
        "people",
        "served",
        "lacking",
        "unknown",
        "not_applicable",
        "share",
        "counted",
    ]
    return pd.DataFrame(rows, columns=columns)


def _indices() -> pd.DataFrame:
    formula = "已满足的（社区×功能）÷可判断的（社区×功能）"
    rows = [
        (
            "circle",
            circle,
            name,
            "convenience",
            "便利性指数",
            75.0,
            6.0,
            8.0,
            4.0,
            50.0,
            83.3,
            "%",
            formula,
        )
        for circle, name in (("c1", "果园生活圈"), ("c2", "檀城社区生活圈"))
    ]
    columns = [
        "level",
        "unit_id",
        "unit_name",
        "index",
        "name",
        "value",
        "numerator",
        "denominator",
        "unknown",
        "low",
        "high",
        "unit",
        "formula",
    ]
    return pd.DataFrame(rows, columns=columns)


def make_assessed() -> SimpleNamespace:
    """Build the tables of a small run, as the engine would hand them over."""
    district = _district()
    doors, outlets = district.doors.copy(), district.outlets.copy()
    doors["community_id"] = [f"m{i // 3}" for i in range(12)]
    doors["circle_id"] = [f"c{i // 6 + 1}" for i in range(12)]
    doors["street"] = "新中街"
    places = ["m0", "m0", "m1", "m0", "m0", "m2", "m2", "m2", "m3", "m3"]
    outlets["community_id"] = places
    outlets["source"] = "网点.xlsx"
    outlets["circle_id"] = [f"c{int(m[1]) // 2 + 1}" for m in places]
    findings = _findings()
    run = {
        "engine": "0.1.0",
        "on": "2026-06-30",
        "data_date": "2026-06-15",
        "method": "street",
        "walker_label": "普通步行者（每分钟60米）",
    }
    return SimpleNamespace(
        district=district,
        standard=_standard(),
        run=MappingProxyType(run),
        doors=doors,
        outlets=outlets,
        access=_access(doors),
        findings=findings,
        coverage=_coverage(),
        gaps=_gaps(findings),
        blind_areas=_blind_areas(),
        indices=_indices(),
        circle_checks=_circle_checks(),
        circle_facts=_circle_facts(),
        circles=_used_circles(district),
        repairs=pd.DataFrame(),
        issues=pd.DataFrame(),
        chosen=none_chosen(),
    )


@pytest.fixture(name="assessed")
def _assessed() -> SimpleNamespace:
    return make_assessed()
