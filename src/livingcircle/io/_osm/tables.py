"""Turn tagged places of OpenStreetMap into outlets, buildings, gates, barriers and junctions."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle.coordinates import geodesic_area
from livingcircle.io._osm import walking
from livingcircle.io._osm.reading import RawOsm
from livingcircle.io._osm.reading import RawPlace
from livingcircle.io._osm.reading import trade_keys
from livingcircle.io._osm.walking import Tags
from livingcircle.trades import from_osm_tags
from livingcircle.trades import trade_name

HOMES = frozenset(
    {
        *("residential", "apartments", "house", "detached", "semidetached_house", "terrace"),
        *("dormitory", "bungalow", "hut", "farm", "static_caravan", "houseboat"),
    }
)
# What a building is for; building=yes says nothing.
_USES = {
    "商业": ("retail", "commercial", "supermarket", "kiosk", "mall", "hotel", "warehouse"),
    "办公": ("office", "government", "civic", "public"),
    "教育": ("school", "university", "college", "kindergarten"),
    "医疗": ("hospital", "clinic"),
    "工业": ("industrial", "factory", "manufacture"),
    "文体": ("church", "temple", "mosque", "museum", "stadium", "sports_hall", "sports_centre"),
    "附属": ("roof", "garage", "garages", "carport", "parking", "service", "shed", "construction"),
}
_USE_OF = {word: use for use, words in _USES.items() for word in words}
_ADMIN_LEVELS = frozenset({"8", "9", "10"})


def outlets_table(raw: RawOsm) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return the outlets, and one row for each trade of each outlet."""
    keys = trade_keys()
    likely = (place for place in _places(raw) if not keys.isdisjoint(place.tags))
    told = [(place, from_osm_tags(place.tags)) for place in likely]
    told = [(place, trades) for place, trades in told if trades]
    rows = [_outlet(place, trades) for place, trades in told]
    shapes = np.array([place.geometry for place, _ in told], dtype=object)
    outlets = _table("outlet_id", rows, shapely.point_on_surface(shapes), _OUTLET_COLUMNS)
    outlets["lon"] = outlets.geometry.x
    outlets["lat"] = outlets.geometry.y
    outlets["step_free"] = pd.array(outlets["step_free"].to_numpy(object), dtype="boolean")
    outlets["chain"] = pd.array([None] * len(outlets), dtype="boolean")
    pairs = [(_osm_id(place), trade) for place, trades in told for trade in trades]
    trades = pd.DataFrame(pairs, columns=["outlet_id", "trade"], dtype="str")
    return outlets, trades.sort_values(["outlet_id", "trade"], ignore_index=True)


_OUTLET_COLUMNS = (
    *("name", "trades", "address", "phone", "hours", "brand", "operator"),
    *("step_free", "verified_on"),
)


def _outlet(place: RawPlace, trades: Sequence[str]) -> dict[str, object]:
    """Return the columns of one outlet; one without a name is called by its trade."""
    tags = place.tags
    words = "、".join(trade_name(trade) for trade in trades)
    return {
        "id": _osm_id(place),
        "name": _name(tags) or f"未标店名的{trade_name(trades[0])}",
        "trades": words,
        "address": _address(tags),
        "phone": tags.get("phone", tags.get("contact:phone", "")),
        "hours": tags.get("opening_hours", ""),
        "brand": tags.get("brand", ""),
        "operator": tags.get("operator", ""),
        "step_free": {"yes": True, "no": False}.get(tags.get("wheelchair", "")),
        "verified_on": tags.get("check_date", ""),
    }


def buildings_table(raw: RawOsm) -> gpd.GeoDataFrame:
    """Return building footprints with levels, use and the land use around them."""
    found = [
        area for area in raw.areas if area.tags.get("building", "no") not in {"no", "demolished"}
    ]
    rows = [
        {
            "id": _osm_id(area),
            "name": _name(area.tags),
            "address": _address(area.tags),
            "use": _use(area.tags),
            "levels": _levels(area.tags),
        }
        for area in found
    ]
    shapes = np.array([area.geometry for area in found], dtype=object)
    table = _table("building_id", rows, shapes, ("name", "address", "use", "levels"))
    table["levels"] = table["levels"].astype(np.float64)
    table["footprint_m2"] = geodesic_area(table.geometry.to_numpy()).round(1)
    table["land_use"] = _land_use(table, raw)
    return table


def _use(tags: Tags) -> str:
    """Return what a building is for, in Chinese; "" where the map does not say."""
    word = tags["building"]
    if word in HOMES:
        return "住宅"
    if word in _USE_OF:
        return _USE_OF[word]
    return "非住宅" if {"amenity", "office", "tourism", "leisure"} & tags.keys() else ""


def _levels(tags: Tags) -> float:
    """Return the number of storeys above ground; NaN where untold."""
    word = tags.get("building:levels", "").split(";")[0].strip()
    try:
        levels = float(word)
    except ValueError:
        return np.nan
    return levels if 0 < levels < 200 else np.nan  # noqa: PLR2004


def _land_use(buildings: gpd.GeoDataFrame, raw: RawOsm) -> pd.Series:
    """Return the land use that each building stands on, the smallest area deciding."""
    zones = [area for area in raw.areas if "landuse" in area.tags and "building" not in area.tags]
    zones += [area for area in raw.areas if area.tags.get("amenity") in _USE_OF]
    sizes = shapely.area(np.array([zone.geometry for zone in zones], dtype=object))
    words = [zone.tags.get("landuse", zone.tags.get("amenity", "")) for zone in zones]
    none = pd.Series("", index=buildings.index, dtype="str")
    if not zones or len(buildings) == 0:
        return none
    points = shapely.point_on_surface(buildings.geometry.to_numpy())
    order = np.argsort(-sizes, kind="stable")
    tree = shapely.STRtree([zones[k].geometry for k in order])
    building, zone = tree.query(points, predicate="within")
    inside = pd.Series(zone).groupby(building).max()
    land = np.full(len(buildings), "", dtype=object)
    land[inside.index.to_numpy()] = [words[order[k]] for k in inside]
    return pd.Series(land, index=buildings.index, dtype="str")


def gates_table(raw: RawOsm, streets: gpd.GeoDataFrame, on_streets: set[int]) -> gpd.GeoDataFrame:
    """Return barrier nodes on walkable ways that may stop somebody."""
    rows, shapes = [], []
    for number, node in sorted(raw.nodes.items()):
        word = walking.gate_class(node.tags) if number in on_streets else ""
        if word:
            hours = node.tags.get("opening_hours", "")
            rows.append(
                {
                    "id": _osm_id(node),
                    "name": _name(node.tags),
                    "compound": "",
                    "gate_class": word,
                    "hours": hours,
                    "node_id": number,
                }
            )
            shapes.append(node.geometry)
    columns = ("name", "compound", "gate_class", "hours", "node_id")
    table = _table("gate_id", rows, np.array(shapes, dtype=object), columns)
    table["node_id"] = table["node_id"].astype(np.int64)
    return table.set_crs(streets.crs)


def junctions_table(raw: RawOsm, streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return crossings, signals and lifts at street nodes.

    A node where a crossing way already carries the wait is left out, so that crossing costs once.
    """
    crossing = streets[streets["crossing"] != ""]
    charged = {*crossing["from_node"], *crossing["to_node"]}
    used = {*streets["from_node"], *streets["to_node"]}
    kinds = {n: walking.junction_kind(node.tags) for n, node in sorted(raw.nodes.items())}
    numbers = [n for n, kind in kinds.items() if kind and n in used and n not in charged]
    frame = pd.DataFrame({"kind": pd.Series([kinds[n] for n in numbers], dtype="str")})
    frame.index = pd.Index(numbers, name="node_id", dtype=np.int64)
    points = np.array([raw.nodes[n].geometry for n in numbers], dtype=object)
    return gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4326")


def barriers_table(raw: RawOsm) -> gpd.GeoDataFrame:
    """Return rivers, railways, expressways and walls at ground level, lines and water areas."""
    found: dict[str, tuple[str, str, shapely.Geometry]] = {}
    for way in raw.ways:
        kind = walking.barrier_kind(way.tags)
        if kind and len(way.refs) > 1:
            line = shapely.linestrings(way.lons, way.lats)
            found[f"osm-{way.key}"] = (kind, _name(way.tags), line)
    for area in raw.areas:
        kind = walking.barrier_kind(area.tags)
        if kind == "river":
            found[_osm_id(area)] = (kind, _name(area.tags), area.geometry)
    rows = [{"id": key, "kind": kind, "name": name} for key, (kind, name, _) in found.items()]
    shapes = np.array([shape for _, _, shape in found.values()], dtype=object)
    return _table("barrier_id", rows, shapes, ("kind", "name"))


def entrances_table(
    raw: RawOsm, outlets: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Return entrance nodes on the outline of an outlet or a building."""
    nodes = [
        node
        for _, node in sorted(raw.nodes.items())
        if node.tags.get("entrance", "no") not in {"no", "emergency"}
    ]
    owners = [a for a in raw.areas if _osm_id(a) in outlets.index or _osm_id(a) in buildings.index]
    if not nodes or not owners:
        return _table("entrance_id", [], np.empty(0, dtype=object), ("of", "of_id"))
    points = np.array([node.geometry for node in nodes], dtype=object)
    outlines = shapely.boundary(np.array([area.geometry for area in owners], dtype=object))
    point, owner = shapely.STRtree(outlines).query(points, predicate="intersects")
    rows: list[dict[str, object]] = []
    shapes = []
    for p, o in zip(point, owner, strict=True):
        of_id = _osm_id(owners[o])
        of = "outlet" if of_id in outlets.index else "door"
        rows.append({"id": f"{_osm_id(nodes[p])}-{owners[o].key}", "of": of, "of_id": of_id})
        shapes.append(nodes[p].geometry)
    return _table("entrance_id", rows, np.array(shapes, dtype=object), ("of", "of_id"))


def admin_table(raw: RawOsm) -> gpd.GeoDataFrame:
    """Return the small administrative areas: levels 8 to 10 are 街道, 社区 or their like."""
    found = [
        area
        for area in raw.areas
        if area.tags.get("boundary") == "administrative"
        and area.tags.get("admin_level") in _ADMIN_LEVELS
    ]
    rows = [
        {"id": _osm_id(a), "name": _name(a.tags), "level": int(a.tags["admin_level"])}
        for a in found
    ]
    shapes = np.array([area.geometry for area in found], dtype=object)
    return _table("area_id", rows, shapes, ("name", "level"))


def _places(raw: RawOsm) -> Iterable[RawPlace]:
    """Yield everything that may be an outlet: nodes, then areas."""
    yield from (raw.nodes[number] for number in sorted(raw.nodes))
    yield from raw.areas


def _osm_id(place: RawPlace) -> str:
    """Return the id under which a place keeps being found: "osm-n772575588"."""
    return f"osm-{place.key}"


def _name(tags: Tags) -> str:
    """Return the local name, a Chinese one first where the local one is missing."""
    return tags.get("name") or tags.get("name:zh") or tags.get("brand", "")


def _address(tags: Tags) -> str:
    """Return the address as one would write it, from wide to narrow."""
    if "addr:full" in tags:
        return tags["addr:full"]
    number = tags.get("addr:housenumber", "")
    number += "号" if number.isdecimal() else ""
    parts = [tags.get(f"addr:{key}", "") for key in ("city", "district", "street", "place")]
    return "".join([*parts, number])


def _table(
    index: str,
    rows: Sequence[Mapping[str, object]],
    shapes: npt.NDArray[np.object_],
    columns: Sequence[str],
) -> gpd.GeoDataFrame:
    """Return rows as a table sorted by their id, with the given columns even when empty."""
    ids = pd.Index([row["id"] for row in rows], name=index, dtype="str")
    frame = pd.DataFrame(rows, index=ids, columns=list(columns))
    if not rows:
        frame = frame.astype("str")
    return gpd.GeoDataFrame(frame, geometry=list(shapes), crs="EPSG:4326").sort_index()
