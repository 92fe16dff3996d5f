"""Draw grid worlds of square communities on streets, with rivers and railways where one wants."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from tests.factories.district import draw_district
from tests.factories.district import table
from tests.factories.streets import draw_streets
from tests.factories.streets import lift

SIDE = 300.0


def squares(rows, columns, side=SIDE):
    """Return the boxes of communities, row by row from the south-west."""
    return [
        shapely.box(j * side, i * side, (j + 1) * side, (i + 1) * side)
        for i in range(rows)
        for j in range(columns)
    ]


def streets_through(rows, columns, side=SIDE):
    """Return streets through the middle of every row and column of communities."""
    lines = []
    for i in range(rows):
        y = (i + 0.5) * side
        lines += [[((j + 0.5) * side, y), ((j + 1.5) * side, y)] for j in range(columns - 1)]
    for j in range(columns):
        x = (j + 0.5) * side
        lines += [[(x, (i + 0.5) * side), (x, (i + 1.5) * side)] for i in range(rows - 1)]
    return draw_streets(*lines) if lines else draw_streets([(0, side / 2), (side, side / 2)])


def barriers(*given):
    """Return barriers of (kind, shape in metres)."""
    rows = [{"kind": kind, "name": ""} for kind, _ in given]
    return table(
        "barriers", rows, [shape for _, shape in given], [f"b{n}" for n in range(len(given))]
    )


def world(rows, columns, *, severed=(), people=1800.0, side=SIDE, columns_of=None, **layers):
    """Return a district of square communities m00, m01 …, one door in the middle of each.

    ``severed`` are (kind, shape); ``people`` one number or one for each community.
    """
    boxes = squares(rows, columns, side)
    ids = [f"m{n:02}" for n in range(len(boxes))]
    held = np.broadcast_to(people, len(boxes))
    told = [
        {"name": f"社区{n:02}", "population": float(p), **(columns_of(n) if columns_of else {})}
        for n, p in enumerate(held)
    ]
    middle = [shapely.centroid(box) for box in boxes]
    given = {
        "communities": table("communities", told, boxes, ids),
        "doors": [(p.x, p.y, float(q)) for p, q in zip(middle, held, strict=True)],
        "streets": streets_through(rows, columns, side),
        "circles": table("circles", [], [], []),
        "circle_members": pd.DataFrame({"circle_id": [], "community_id": [], "part": []}),
    }
    if severed:
        given["barriers"] = barriers(*severed)
    return replace(draw_district(doors=given.pop("doors"), **given), extent=None, **layers)


def with_circles(district, groups):
    """Return a world with circles of communities given by number: [[0, 1], [2]]."""
    ids = district.communities.index
    names = [{"name": f"圈{n}"} for n in range(len(groups))]
    circles = table("circles", names, [None] * len(groups), [f"c{n}" for n in range(len(groups))])
    pairs = [(f"c{n}", ids[k], False) for n, some in enumerate(groups) for k in some]
    members = pd.DataFrame(pairs, columns=["circle_id", "community_id", "part"])
    from dataclasses import replace  # noqa: PLC0415

    return replace(district, circles=circles, circle_members=members)


def memberships(made):
    """Return the circles of a set as sets of tile ids."""
    return {frozenset(made.land.tiles.ids[t] for t in circle.tiles) for circle in made.circles}


def degrees(shape):
    """Return a shape in metres as degrees."""
    return lift([shape])[0]


def frame(shapes):
    """Return shapes in metres as a table in degrees."""
    return gpd.GeoDataFrame(geometry=lift(shapes), crs="EPSG:4326")
