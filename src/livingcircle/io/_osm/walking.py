"""Decide from OpenStreetMap tags who may walk where, and what stands in the way.

Every rule here is a pure function of one object's tags; ``docs/reference/walking-rules.md`` says
the same in prose with its source in the OpenStreetMap wiki. A conditional restriction
(``foot:conditional``, ``opening_hours`` on a way) is not read: the rule without the condition
holds.
"""

import re
from collections.abc import Mapping
from typing import Literal

_LEVEL = re.compile(r"-?[0-9]{1,2}")  # a longer number is a slip, not a storey
Tags = Mapping[str, str]
Access = Literal["public", "residents", "closed"]

ROADS = frozenset(
    {
        *("trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link"),
        *("tertiary", "tertiary_link", "unclassified", "residential", "living_street"),
        *("service", "road", "track"),
    }
)
FOOT_WAYS = frozenset({"footway", "path", "pedestrian", "steps", "corridor", "elevator"})
# Not for people on foot unless a foot tag says so.
ONLY_WITH_FOOT = frozenset({"cycleway", "bridleway", "busway"})
# Streets a footbridge or an underpass is built to cross.
CARRIAGEWAYS = frozenset(
    {
        *("motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link"),
        *("secondary", "secondary_link", "tertiary", "tertiary_link"),
        *("unclassified", "residential", "living_street"),
    }
)

_FOOT_YES = frozenset(
    {"yes", "designated", "permissive", "official", "public", "destination", "customers"}
)
_FOOT_NEVER = frozenset({"no", "use_sidepath", "closed"})
_RESIDENTS = frozenset(
    {
        *("private", "permit", "residents", "resident", "staff", "employees", "students"),
        *("delivery", "agricultural", "forestry"),
    }
)
_CLOSED = frozenset(
    {"no", "military", "emergency", "bus", "psv", "hgv", "motor_vehicle", "closed", "restricted"}
)
_GONE = ("abandoned", "disused", "razed", "demolished", "construction", "proposed")
_NOT = frozenset({"", "no"})

_SHUT_BARRIERS = frozenset({"wall", "fence", "hedge", "city_wall", "retaining_wall", "debris"})
_GATE_BARRIERS = frozenset(
    {
        *("gate", "wicket_gate", "sliding_gate", "hampshire_gate", "door", "turnstile"),
        *("full-height_turnstile", "sally_port"),
    }
)


def walking_access(tags: Tags) -> Access | None:
    """Say who may walk along a way: everyone, its residents, nobody; None if it is no footway.

    ``foot`` overrides ``access``; other modes' tags (``vehicle``, ``motor_vehicle``, …) say
    nothing about people on foot.
    """
    foot = _first(tags.get("foot", ""))
    if foot in _FOOT_NEVER or not _is_walked(tags, allowed=foot in _FOOT_YES | _RESIDENTS):
        return None
    rule = foot or _first(tags.get("access", ""))
    if rule in _RESIDENTS:
        return "residents"
    return "closed" if rule in _CLOSED else "public"


def _is_walked(tags: Tags, *, allowed: bool) -> bool:
    """Tell whether this kind of way is walked along, given whether a foot tag allows it."""
    highway = tags.get("highway", "")
    if highway in {"", "platform"}:
        return _is_platform_or_pier(tags)
    if any(tags.get(key) == "yes" for key in _GONE):
        return False
    if highway in FOOT_WAYS:
        return True
    if highway in ONLY_WITH_FOOT or (highway in ROADS and _is_barred_to_foot(tags)):
        return allowed
    return highway in ROADS


def _is_platform_or_pier(tags: Tags) -> bool:
    """Accept piers and kerbside platforms; railway platforms lie behind the ticket gates."""
    if tags.get("railway") == "platform" or _says(tags, "train", "subway"):
        return False
    return "platform" in {tags.get("highway"), tags.get("public_transport")} or (
        tags.get("man_made") == "pier"
    )


def _is_barred_to_foot(tags: Tags) -> bool:
    """Tell whether a road is closed to people on foot by what it is, unless a tag allows them."""
    if is_expressway(tags) or tags.get("motorroad") == "yes":
        return True
    sides = [tags.get("sidewalk:left", ""), tags.get("sidewalk:right", "")]
    return "separate" in {tags.get("sidewalk"), tags.get("sidewalk:both")} or (
        "separate" in sides and set(sides) <= {"separate", "no"}
    )


def is_expressway(tags: Tags) -> bool:
    """Tell whether a road is an expressway: nobody walks along it or steps across it."""
    highway = tags.get("highway", "").removesuffix("_link")
    if highway == "motorway":
        return True
    return highway == "trunk" and _says(tags, "motorroad", "expressway")


def is_expressway_mainline(tags: Tags) -> bool:
    """Tell whether an expressway is the carriageway itself, not a slip road."""
    return is_expressway(tags) and not tags["highway"].endswith("_link")


def walking_direction(tags: Tags) -> int:
    """Return 1 where people may only walk with the line, -1 only against it, else 0.

    A one-way street for cars is not one for people; an escalator is.
    """
    conveying = tags.get("conveying", "")
    if conveying in {"forward", "backward"}:
        return 1 if conveying == "forward" else -1
    foot = tags.get("oneway:foot", tags.get("foot:oneway", ""))
    if foot in {"yes", "1", "-1"}:
        return -1 if foot == "-1" else 1
    forward, backward = tags.get("foot:forward") == "no", tags.get("foot:backward") == "no"
    return int(backward and not forward) - int(forward and not backward)


def structure(tags: Tags) -> str:
    """Return "bridge", "tunnel" or ""; a passage through a building stays at street level."""
    if tags.get("bridge", "") not in _NOT:
        return "bridge"
    if tags.get("tunnel", "") not in _NOT | {"building_passage", "covered"}:
        return "tunnel"
    return ""


def layer(tags: Tags) -> int:
    """Return the level a way lies on: its layer tag, else 1 on bridges and -1 in tunnels."""
    written = _first(tags.get("layer", "")).removeprefix("+")
    if _LEVEL.fullmatch(written):
        return int(written)
    return {"bridge": 1, "tunnel": -1}.get(structure(tags), 0)


def is_steps(tags: Tags) -> bool:
    """Tell whether a way has stairs; an escalator is stairs to a wheelchair."""
    return tags.get("highway") == "steps" or (
        tags.get("conveying", "") not in _NOT and tags.get("highway") != "elevator"
    )


def wheelchair(tags: Tags) -> bool | None:
    """Say whether wheels can pass, or None where nobody has said."""
    word = tags.get("wheelchair", "")
    ramp = _says(tags, "ramp:wheelchair")
    if word == "no" or (is_steps(tags) and not ramp):
        return False
    return True if ramp or word in {"yes", "designated", "limited"} else None


def is_crossing_way(tags: Tags) -> bool:
    """Tell whether a foot way is drawn across a carriageway."""
    return any(tags.get(key) == "crossing" for key in ("footway", "path", "cycleway"))


def crossing_kind(tags: Tags) -> str:
    """Return how a crossing is kept safe: "signals", "marked", "unmarked", or "" if untold.

    Reads the tags of a crossing way or of a ``highway=crossing`` node.
    """
    crossing = _first(tags.get("crossing", ""))
    if crossing == "traffic_signals" or tags.get("crossing:signals") == "yes":
        return "signals"
    if crossing in {"unmarked", "informal"} or tags.get("crossing:markings") == "no":
        return "unmarked"
    marked = crossing in {"marked", "zebra", "uncontrolled", "pelican", "toucan", "puffin"}
    drawn = tags.get("crossing:markings", "") or tags.get("crossing_ref", "")
    return "marked" if marked or drawn else ""


def junction_kind(tags: Tags) -> str:
    """Return what a street node costs those who cross there, or "" if it is an ordinary node."""
    highway = tags.get("highway")
    if highway == "elevator":
        return "elevator"
    if highway == "traffic_signals":
        return "crossing_signals" if crossing_kind(tags) == "signals" else "signals"
    if highway == "crossing":
        return f"crossing_{crossing_kind(tags) or 'marked'}"
    return ""


def gate_class(tags: Tags) -> str:
    """Return who passes a barrier node: public, residents, closed, unknown; "" if no gate.

    ``foot`` overrides ``access``. Bollards, lift gates, kerbs, stiles and the like let people
    through and are no gate, unless a tag says that somebody is kept out.
    """
    barrier = tags.get("barrier", "")
    if barrier == "":
        return ""
    rule = _first(tags.get("foot", "")) or _first(tags.get("access", ""))
    if rule in _RESIDENTS:
        return "residents"
    if rule in _CLOSED or rule in _FOOT_NEVER:
        return "closed"
    if barrier not in _GATE_BARRIERS | _SHUT_BARRIERS:
        return ""
    if rule in _FOOT_YES:
        return "public"
    return "closed" if barrier in _SHUT_BARRIERS or tags.get("locked") == "yes" else "unknown"


def barrier_kind(tags: Tags) -> str:
    """Return what a line keeps people from crossing at ground level, or "".

    One of ``river``, ``railway``, ``expressway``, ``wall``. What runs in a tunnel, in a culvert
    or on a bridge can be crossed.
    """
    if tags.get("barrier") in {"wall", "fence", "city_wall", "retaining_wall"}:
        return "wall"
    if structure(tags) or tags.get("covered") == "yes" or layer(tags) != 0:
        return ""
    if tags.get("waterway") in {"river", "canal", "riverbank"}:
        return "river"
    if tags.get("natural") == "water" or tags.get("landuse") == "reservoir":
        return "river"
    if tags.get("railway") in {"rail", "light_rail", "narrow_gauge", "funicular"}:
        return "railway"
    return "expressway" if is_expressway(tags) else ""


def _first(value: str) -> str:
    """Return the first of several values written in one tag."""
    return value.split(";", maxsplit=1)[0].strip()


def _says(tags: Tags, *keys: str) -> bool:
    """Tell whether any of the keys is set to yes."""
    return any(tags.get(key) == "yes" for key in keys)
