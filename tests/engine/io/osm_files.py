"""Write small OpenStreetMap files for tests, on a grid of about 100 metres."""

from pathlib import Path

import osmium
from osmium.osm.mutable import Node
from osmium.osm.mutable import Relation
from osmium.osm.mutable import Way

LON, LAT = 118.78, 32.04
STEP = 0.001


def write_osm(path: Path, *, nodes, ways=(), relations=(), box=None) -> Path:
    """Write nodes ``{id: (column, row[, tags])}`` and ways ``(id, refs, tags)``."""
    header = osmium.io.Header()
    if box is not None:
        header.add_box(osmium.osm.Box(*box))
    with osmium.SimpleWriter(str(path), overwrite=True, header=header) as writer:
        for number, (column, row, *tags) in sorted(nodes.items()):
            place = (LON + column * STEP, LAT + row * STEP)
            writer.add_node(Node(id=number, version=1, location=place, tags=dict(*tags)))
        for number, refs, tags in sorted(ways, key=lambda way: way[0]):
            writer.add_way(Way(id=number, version=1, nodes=refs, tags=tags))
        for number, members, tags in relations:
            writer.add_relation(Relation(id=number, version=1, members=members, tags=tags))
    return path
