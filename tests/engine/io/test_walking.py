"""Hold each walking rule against hand-written tags."""

import pytest

from livingcircle.io._osm import walking


@pytest.mark.parametrize("highway", ["footway", "path", "steps", "residential", "service", "track"])
def test_ordinary_ways_are_public(highway):
    assert walking.walking_access({"highway": highway}) == "public"


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "motorway", "foot": "yes"},
        {"highway": "motorway_link"},
        {"highway": "construction", "construction": "residential"},
        {"highway": "proposed"},
        {"highway": "raceway"},
        {"highway": "residential", "foot": "no"},
        {"highway": "secondary", "foot": "use_sidepath"},
        {"highway": "footway", "abandoned": "yes"},
        {"highway": "trunk", "motorroad": "yes"},
        {"highway": "trunk", "expressway": "yes"},
        {"highway": "primary_link", "motorroad": "yes"},
        {"highway": "cycleway"},
        {"highway": "primary", "sidewalk": "separate"},
        {"highway": "primary", "sidewalk:left": "separate", "sidewalk:right": "no"},
        {"railway": "platform", "public_transport": "platform"},
        {"railway": "rail"},
        {"route": "ferry"},
        {},
    ],
)
def test_nobody_walks_here(tags):
    assert walking.walking_access(tags) is None


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "trunk"},
        {"highway": "trunk", "motorroad": "yes", "foot": "yes"},
        {"highway": "cycleway", "foot": "designated"},
        {"highway": "primary", "sidewalk": "separate", "foot": "yes"},
        {"highway": "primary", "sidewalk:left": "separate", "sidewalk:right": "yes"},
        {"highway": "service", "access": "no", "foot": "yes"},
        {"highway": "service", "access": "customers"},
        {"highway": "service", "access": "private", "foot": "permissive"},
        {"highway": "service", "motor_vehicle": "private"},
        {"highway": "platform"},
        {"man_made": "pier"},
        {"highway": "footway", "foot:conditional": "no @ (22:00-06:00)"},
    ],
)
def test_everybody_walks_here(tags):
    assert walking.walking_access(tags) == "public"


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "service", "access": "private"},
        {"highway": "footway", "foot": "private"},
        {"highway": "footway", "access": "yes", "foot": "private"},
    ],
)
def test_private_ways_are_for_residents(tags):
    assert walking.walking_access(tags) == "residents"


def test_access_no_without_a_word_on_foot_is_closed():
    assert walking.walking_access({"highway": "footway", "access": "no"}) == "closed"
    assert walking.walking_access({"highway": "service", "access": "bus"}) == "closed"


@pytest.mark.parametrize(
    ("tags", "direction"),
    [
        ({"highway": "residential", "oneway": "yes"}, 0),
        ({"highway": "footway", "oneway:foot": "yes"}, 1),
        ({"highway": "footway", "oneway:foot": "-1"}, -1),
        ({"highway": "steps", "conveying": "forward"}, 1),
        ({"highway": "steps", "conveying": "backward"}, -1),
        ({"highway": "steps", "conveying": "reversible"}, 0),
        ({"highway": "footway", "foot:backward": "no"}, 1),
        ({"highway": "footway", "foot:forward": "no"}, -1),
    ],
)
def test_only_walking_directions_bind_people(tags, direction):
    assert walking.walking_direction(tags) == direction


@pytest.mark.parametrize(
    ("tags", "structure", "layer"),
    [
        ({"bridge": "yes"}, "bridge", 1),
        ({"bridge": "viaduct", "layer": "2"}, "bridge", 2),
        ({"tunnel": "yes"}, "tunnel", -1),
        ({"tunnel": "building_passage"}, "", 0),
        ({"bridge": "no", "layer": "1"}, "", 1),
        ({"layer": "-1;0"}, "", -1),
        ({"layer": "上层"}, "", 0),
    ],
)
def test_structures_and_layers(tags, structure, layer):
    assert (walking.structure(tags), walking.layer(tags)) == (structure, layer)


@pytest.mark.parametrize(
    ("tags", "passable"),
    [
        ({"highway": "steps"}, False),
        ({"highway": "steps", "ramp:wheelchair": "yes"}, True),
        ({"highway": "footway", "conveying": "yes"}, False),
        ({"highway": "footway", "wheelchair": "no"}, False),
        ({"highway": "footway", "wheelchair": "limited"}, True),
        ({"highway": "footway"}, None),
    ],
)
def test_wheels_stop_at_stairs(tags, passable):
    assert walking.wheelchair(tags) is passable


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"crossing": "traffic_signals"}, "signals"),
        ({"crossing": "marked", "crossing:signals": "yes"}, "signals"),
        ({"crossing": "zebra"}, "marked"),
        ({"crossing": "uncontrolled"}, "marked"),
        ({"crossing:markings": "zebra"}, "marked"),
        ({"crossing": "unmarked"}, "unmarked"),
        ({"crossing:markings": "no"}, "unmarked"),
        ({"highway": "crossing"}, ""),
    ],
)
def test_crossing_kinds(tags, kind):
    assert walking.crossing_kind(tags) == kind


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "crossing", "crossing": "unmarked"}, "crossing_unmarked"),
        ({"highway": "crossing"}, "crossing_marked"),
        ({"highway": "traffic_signals"}, "signals"),
        ({"highway": "traffic_signals", "crossing": "traffic_signals"}, "crossing_signals"),
        ({"highway": "elevator"}, "elevator"),
        ({"highway": "bus_stop"}, ""),
    ],
)
def test_junction_kinds(tags, kind):
    assert walking.junction_kind(tags) == kind


@pytest.mark.parametrize(
    ("tags", "who"),
    [
        ({"barrier": "gate"}, "unknown"),
        ({"barrier": "gate", "access": "permissive"}, "public"),
        ({"barrier": "gate", "access": "private"}, "residents"),
        ({"barrier": "gate", "access": "private", "foot": "yes"}, "public"),
        ({"barrier": "gate", "access": "no"}, "closed"),
        ({"barrier": "gate", "locked": "yes"}, "closed"),
        ({"barrier": "wall"}, "closed"),
        ({"barrier": "lift_gate"}, ""),
        ({"barrier": "bollard", "access": "yes"}, ""),
        ({"barrier": "kerb"}, ""),
        ({"barrier": "lift_gate", "foot": "private"}, "residents"),
        ({"highway": "crossing"}, ""),
    ],
)
def test_gate_classes(tags, who):
    assert walking.gate_class(tags) == who


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"waterway": "river"}, "river"),
        ({"waterway": "canal", "tunnel": "culvert"}, ""),
        ({"natural": "water"}, "river"),
        ({"railway": "rail"}, "railway"),
        ({"railway": "rail", "bridge": "yes"}, ""),
        ({"railway": "subway"}, ""),
        ({"railway": "abandoned"}, ""),
        ({"highway": "motorway"}, "expressway"),
        ({"highway": "trunk", "motorroad": "yes", "layer": "-1"}, ""),
        ({"highway": "trunk"}, ""),
        ({"barrier": "fence"}, "wall"),
        ({"barrier": "hedge"}, ""),
    ],
)
def test_barrier_kinds(tags, kind):
    assert walking.barrier_kind(tags) == kind
