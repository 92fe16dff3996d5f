"""Say which OpenStreetMap objects the base map draws, as what, and from which zoom on.

The map is a quiet ground for our own data: streets, water, green, buildings and neutral names.
What the rules for public maps (公开地图内容表示规范) keep off such maps is not drawn at all:
boundaries of any administrative level, and military ground, with everything tagged as such.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass

Tags = Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    """State how one sort of object is drawn.

    ``keep`` orders what gives way when a tile grows too large: the lowest goes first.
    """

    layer: str
    cls: str
    from_zoom: int
    keep: int
    rank: int = 0


_POOL = Kind("water", "water", 8, 60)
_RIVER, _STREAM = Kind("water", "river", 10, 65), Kind("water", "stream", 13, 35)
_COAST = Kind("water", "coast", 8, 66)
_PARK, _WOOD = Kind("green", "park", 10, 45), Kind("green", "wood", 10, 44)
_GRASS = Kind("green", "grass", 13, 20)
_HOMES, _WORK = Kind("landuse", "residential", 11, 30), Kind("landuse", "work", 12, 29)
_CAMPUS, _SQUARE = Kind("landuse", "campus", 12, 31), Kind("landuse", "square", 14, 28)
_BUILDING = Kind("buildings", "building", 14, 0)
_TRUNK, _PRIMARY = Kind("roads", "major", 8, 90, 1), Kind("roads", "major", 9, 89, 2)
_SECONDARY, _TERTIARY = Kind("roads", "major", 10, 88, 3), Kind("roads", "minor", 12, 80, 4)
_STREET, _LANE = Kind("roads", "minor", 13, 70, 5), Kind("roads", "minor", 14, 50, 6)
_PATH, _RAIL = Kind("roads", "path", 14, 40, 7), Kind("roads", "rail", 11, 75, 8)

_AREAS: Mapping[str, Mapping[str, Kind]] = {
    "building": {"": _BUILDING},
    "natural": {"water": _POOL, "wood": _WOOD, "scrub": _WOOD, "grassland": _GRASS},
    "waterway": {"riverbank": _POOL, "dock": _POOL},
    "leisure": {
        **dict.fromkeys(("park", "garden", "nature_reserve"), _PARK),
        **dict.fromkeys(("golf_course", "pitch", "track", "playground"), _GRASS),
    },
    "landuse": {
        **dict.fromkeys(("reservoir", "basin"), _POOL),
        **dict.fromkeys(("forest", "orchard"), _WOOD),
        **dict.fromkeys(("grass", "meadow", "village_green", "recreation_ground"), _GRASS),
        "residential": _HOMES,
        **dict.fromkeys(("commercial", "retail", "industrial"), _WORK),
        "education": _CAMPUS,
    },
    "amenity": dict.fromkeys(("school", "university", "college", "hospital"), _CAMPUS),
    "place": {"square": _SQUARE},
    "highway": {"pedestrian": _SQUARE},
}
_LINES: Mapping[str, Mapping[str, Kind]] = {
    "highway": {
        **dict.fromkeys(("motorway", "trunk", "motorway_link", "trunk_link"), _TRUNK),
        **dict.fromkeys(("primary", "primary_link"), _PRIMARY),
        **dict.fromkeys(("secondary", "secondary_link"), _SECONDARY),
        **dict.fromkeys(("tertiary", "tertiary_link"), _TERTIARY),
        **dict.fromkeys(("residential", "unclassified", "living_street", "road"), _STREET),
        "service": _LANE,
        **dict.fromkeys(("pedestrian", "footway", "path", "steps", "cycleway", "track"), _PATH),
    },
    "railway": dict.fromkeys(("rail", "light_rail", "narrow_gauge", "monorail", "tram"), _RAIL),
    "waterway": {
        **dict.fromkeys(("river", "canal"), _RIVER),
        **dict.fromkeys(("stream", "drain", "ditch"), _STREAM),
    },
    "natural": {"coastline": _COAST},
}
_PLACES: Mapping[str, Kind] = {
    "city": Kind("names", "city", 8, 100, 1),
    "town": Kind("names", "town", 10, 99, 2),
    "suburb": Kind("names", "suburb", 11, 98, 3),
    "village": Kind("names", "village", 12, 97, 4),
    "quarter": Kind("names", "quarter", 13, 96, 5),
    "neighbourhood": Kind("names", "quarter", 14, 95, 6),
    "hamlet": Kind("names", "village", 14, 94, 6),
}
# Larger water and greens are named earlier; the zoom is worked out from the size of each.
NAMED_AREAS: Mapping[str, Kind] = {
    "water": Kind("names", "water", 10, 93, 4),
    "park": Kind("names", "green", 10, 92, 5),
}
AREA_KEYS = tuple(_AREAS)
KEYS = tuple(sorted({*_AREAS, *_LINES, "place"}))
LAYERS = ("landuse", "green", "water", "buildings", "roads", "names")
_NOT_DRAWN = frozenset({"military", "barracks", "bunker", "danger_area", "naval_base"})


def area_kinds(tags: Tags) -> Iterator[Kind]:
    """Yield what an area is drawn as: nothing, or one thing per key, a building first."""
    if _is_kept_off(tags) or tags.get("location") == "underground":
        return
    for key, kinds in _AREAS.items():
        value = tags.get(key)
        if value is None or value == "no" or (key == "highway" and tags.get("area") != "yes"):
            continue
        kind = kinds.get(value) or kinds.get("")
        if kind is not None:
            yield kind


def line_kind(tags: Tags) -> Kind | None:
    """Return what a line is drawn as; what runs below the ground is not."""
    if _is_kept_off(tags) or tags.get("area") == "yes":
        return None
    for key, kinds in _LINES.items():
        kind = kinds.get(tags.get(key, ""))
        if kind is not None:
            below = kind in {_RAIL, _RIVER, _STREAM} and tags.get("tunnel", "no") != "no"
            return None if below else kind
    return None


def place_kind(tags: Tags) -> Kind | None:
    """Return how the name of a place is written."""
    return None if _is_kept_off(tags) else _PLACES.get(tags.get("place", ""))


def name_of(tags: Tags) -> str:
    """Return the Chinese name, or the name as it is written on the spot, or nothing."""
    return (tags.get("name:zh") or tags.get("name") or "").strip()


def _is_kept_off(tags: Tags) -> bool:
    told = (tags.get("landuse"), tags.get("building"), tags.get("military"))
    return "military" in tags or any(value in _NOT_DRAWN for value in told)
