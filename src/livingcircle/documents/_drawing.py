"""Paint the district as SVG: one picture for the screen, the A3 sheet and the Word page.

A painter takes from a layer what its spatial index finds in the window, so that a page costs
what is on it, however large the district around it.
"""

import math
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from html import escape
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from livingcircle.district import Status
from livingcircle.documents._assessed import circle_ids
from livingcircle.documents._assessed import circle_shape
from livingcircle.documents._assessed import circle_state
from livingcircle.documents._assessed import natures
from livingcircle.documents._desk import Assessed
from livingcircle.documents._desk import once
from livingcircle.documents._fonts import FAMILY
from livingcircle.documents._frame import Focus
from livingcircle.documents._frame import Frame
from livingcircle.documents._frame import merged_path
from livingcircle.documents._frame import path_data
from livingcircle.documents._frame import sketch_path
from livingcircle.documents._symbols import definitions
from livingcircle.documents._symbols import family_of

MAIN_ROADS = frozenset({"motorway", "trunk", "primary", "secondary"})
LOCAL_ROADS = frozenset({"tertiary", "unclassified", "residential", "living_street", "road"})
ROAD_WIDTHS: Mapping[str, float] = MappingProxyType({"main": 16.0, "local": 8.0, "foot": 2.4})
STATE_FILLS: Mapping[str, str] = MappingProxyType(
    {"lacking": "#FBEADC", "unknown": "#FFF3C4", "served": "#DCEAF5", "not_applicable": "#F2F4F6"}
)
BORDER = "#24405C"
BLIND = "#B23A00"
DASH = "#7B8794"
LABELLED_STREETS = 24
SKETCH_METRES = 2.0
MADE_UP = Status.MADE_UP.label
DIM = ' fill-opacity="0.4" stroke-opacity="0.4"'
LETTER = 9.0  # width of one Chinese character on a street label, in pixels


def road_class(highway: str) -> str:
    """Sort an OSM highway word into main, local or foot."""
    word = highway.removesuffix("_link")
    if word in MAIN_ROADS:
        return "main"
    return "local" if word in LOCAL_ROADS else "foot"


def paint_ground(assessed: Assessed, frame: Frame) -> str:
    """Paint water, railways and streets by class."""
    parts = []
    for kind, group in _visible(assessed.district.barriers, frame).groupby("kind", sort=True):
        look = BARRIERS.get(str(kind), BARRIERS["wall"])
        areas = group.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
        # A river drawn as a line is a stroke; filled, it would flood whatever lies in its bend.
        for shapes, fill in ((group.geometry[areas], look[0]), (group.geometry[~areas], "none")):
            data = merged_path(shapes)
            parts.append(f'<path class="barrier" d="{data}" fill="{fill}" {look[1]}/>')
    streets = _visible(assessed.district.streets, frame)
    classes = streets["highway"].map(road_class) if len(streets) else pd.Series(dtype=str)
    lines = {name: merged_path(streets.geometry[classes == name]) for name in ROAD_WIDTHS}
    # All casings lie under all roads, so that crossings stay open.
    strokes = (
        ("casing", "local", "#D0D3D4", 3.0),
        ("casing", "main", "#D0D3D4", 3.0),
        ("road", "foot", "#FFFFFF", 0.0),
        ("road", "local", "#FFFFFF", 0.0),
        ("road", "main", "#FFFFFF", 0.0),
    )
    parts.extend(
        _stroke(f"{part}-{name}", lines[name], colour, ROAD_WIDTHS[name] + more)
        for part, name, colour, more in strokes
    )
    return f'<g id="layer-ground">{"".join(parts)}</g>'


# What fills an area, and how its outline or line is drawn.
BARRIERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "river": ("#CFE3EE", 'stroke="#B5D3E4" stroke-width="6"'),
        "railway": ("none", 'stroke="#6B7280" stroke-width="5" stroke-dasharray="18 10"'),
        "expressway": ("none", 'stroke="#E8D9B5" stroke-width="22"'),
        "wall": ("none", 'stroke="#A8A29E" stroke-width="2" stroke-dasharray="2 4"'),
    }
)


def _stroke(name: str, data: str, colour: str, width: float) -> str:
    return (
        f'<path class="{name}" d="{data}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def _visible(layer: gpd.GeoDataFrame, frame: Frame) -> gpd.GeoDataFrame:
    kept = layer.iloc[frame.near(layer)]
    if not len(kept):
        return kept
    shapes = frame.place(np.asarray(kept.geometry.array, dtype=object))
    placed = gpd.GeoDataFrame(kept.drop(columns="geometry"), geometry=shapes)
    return placed[shapely.intersects(shapes, frame.window)]


def paint_communities(assessed: Assessed, frame: Frame) -> str:
    """Outline the communities with dashes."""
    areas = _visible(assessed.district.communities, frame)
    areas = areas[areas.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    dashes = f"{5 * frame.unit:.2f} {3 * frame.unit:.2f}"
    paths = [
        f'<path class="community" d="{path_data(shape)}" fill="none" stroke="{DASH}" '
        f'stroke-width="{frame.unit:.3f}" stroke-dasharray="{dashes}"/>'
        for shape in areas.geometry
    ]
    return f'<g id="layer-communities">{"".join(paths)}</g>'


def paint_tints(assessed: Assessed, frame: Frame, focus: Focus) -> str:
    """Tint the ground of each circle by what was found in it; streets lie on top, white."""
    size = f'width="{frame.width:.1f}" height="{frame.height:.1f}"'
    parts = [f'<rect class="ground" {size} fill="#EDEFEE"/>']
    for place, circle, data in _circle_paths(assessed, frame):
        word = circle_state(assessed, circle).word
        faint = 0.95 if focus.circle_id in {"", circle} else 0.25
        parts.append(
            f'<path class="circle" data-row="c{place}" d="{data}" fill="{STATE_FILLS[word]}" '
            f'fill-opacity="{faint}"/>'
        )
    return f'{parts[0]}<g id="layer-circle-tints">{"".join(parts[1:])}</g>'


def paint_circles(assessed: Assessed, frame: Frame, focus: Focus) -> str:
    """Outline the circles above the streets."""
    parts = [
        f'<path class="border" data-row="c{place}" d="{data}" fill="none" stroke="{BORDER}" '
        f'stroke-opacity="{1 if focus.circle_id in {"", circle} else 0.35}" '
        f'stroke-width="{2.2 * frame.unit:.3f}" stroke-linejoin="round"/>'
        for place, circle, data in _circle_paths(assessed, frame)
    ]
    return f'<g id="layer-circles">{"".join(parts)}</g>'


def _circle_paths(assessed: Assessed, frame: Frame) -> Iterator[tuple[int, str, str]]:
    circles, shapes = circle_ids(assessed), once(assessed, circle_shapes)
    for place in frame.near(shapes):
        yield int(place), circles[place], path_data(frame.place(shapes.iloc[place]))


def circle_shapes(assessed: Assessed) -> gpd.GeoSeries:
    """Return the shape of every circle, in the order of the circles; None where there is none."""
    shapes = [circle_shape(assessed, circle) for circle in circle_ids(assessed)]
    return gpd.GeoSeries(shapes, crs="EPSG:4326")


def paint_blind_areas(
    shown: gpd.GeoDataFrame, order: pd.Index, frame: Frame, *, sketched: bool = False
) -> str:
    """Hatch places out of walking reach; ``order`` says which row of the list each one is.

    The screen holds those of all trades at once, thousands in a large district. They are sketches
    of where doors stand, so there they are drawn to two metres.
    """
    drawn = shown[shown.geometry.notna()]
    shapes = frame.place(np.asarray(drawn.geometry.array, dtype=object))
    path = _sketched if sketched else path_data
    trades = drawn["trade"].astype(str).to_numpy()
    places = order.get_indexer(drawn.index)
    parts = [
        f'<path class="blind" data-row="b{place}" data-trade="{escape(trade)}" d="{path(shape)}" '
        'fill="url(#hatch)"/>'
        for place, trade, shape in zip(places, trades, shapes, strict=True)
    ]
    # Areas of one trade that touch, cut by a border only, are outlined as one.
    corners = "mitre" if sketched else "round"
    for trade in sorted(set(trades)):
        grown = shapely.buffer(shapes[trades == trade], 0.5, quad_segs=16, join_style=corners)
        parts.append(
            f'<path class="edge" data-trade="{escape(trade)}" '
            f'd="{path(shapely.union_all(grown))}" '
            f'fill="none" stroke="{BLIND}" stroke-width="{1.6 * frame.unit:.3f}"/>'
        )
    return f'<g id="layer-blind">{"".join(parts)}</g>'


def _sketched(shape: BaseGeometry) -> str:
    # Nobody computes with these shapes: keeping them simple to the letter costs ten times as much.
    return sketch_path(shapely.simplify(shape, SKETCH_METRES, preserve_topology=False))


def paint_doors(
    assessed: Assessed, frame: Frame, verdicts: Sequence[str], codes: Sequence[str]
) -> str:
    """Mark every door with its verdict; ``codes`` holds one letter for each trade, or nothing."""
    places, xy = _points(assessed.doors, frame)
    parts = []
    for place, (x, y) in zip(places, xy, strict=True):
        letters = f' data-v="{codes[place]}"' if codes else ""
        parts.append(
            f'<use class="door" href="#door-{verdicts[place]}" x="{x:.1f}" '
            f'y="{y:.1f}" data-row="d{place}"{letters}/>'
        )
    return f'<g id="layer-doors">{"".join(parts)}</g>'


def _points(layer: gpd.GeoDataFrame, frame: Frame) -> tuple[list[int], list[list[float]]]:
    """Return which rows of a layer of points fall into the window, and where on it."""
    places = frame.near(layer)
    xy = frame.points(layer.geometry.iloc[places])
    inside = frame.holds(xy)
    return places[inside].tolist(), xy[inside].tolist()


def paint_outlets(
    assessed: Assessed, frame: Frame, focus: Focus, trades: Mapping[str, Sequence[str]]
) -> str:
    """Mark every outlet with the sign of its family; those of the trade in focus stand out."""
    ids, nature = assessed.outlets.index, once(assessed, natures)
    places, xy = _points(assessed.outlets, frame)
    parts = []
    for place, (x, y) in zip(places, xy, strict=True):
        outlet = str(ids[place])
        held = trades.get(outlet, ())
        dim = DIM if focus.trade and focus.trade not in held else ""
        made = "-made-up" if nature[outlet] == MADE_UP else ""
        sign = f'href="#outlet-{family_of(held).id}{made}" x="{x:.1f}" y="{y:.1f}"'
        held_words = escape(" ".join(held))
        parts.append(
            f'<use class="outlet"{dim} {sign} data-row="o{place}" data-trades="{held_words}"/>'
        )
    return f'<g id="layer-outlets">{"".join(parts)}</g>'


def paint_sites(assessed: Assessed, frame: Frame) -> str:
    """Mark the sites that were chosen; nothing without any."""
    places, xy = _points(assessed.chosen.places, frame)
    marks = "".join(
        f'<use class="site" href="#site" x="{x:.1f}" y="{y:.1f}" data-row="s{place}"/>'
        for place, (x, y) in zip(places, xy, strict=True)
    )
    return f'<g id="layer-sites">{marks}</g>' if marks else ""


def paint_labels(assessed: Assessed, frame: Frame, focus: Focus) -> str:
    """Write the names of streets and circles, haloed so that they read on anything."""
    parts = [*_street_labels(assessed, frame)]
    for circle in circle_ids(assessed):
        if focus.circle_id not in {"", circle}:
            continue
        shape = circle_shape(assessed, circle)
        if shape is None:
            continue
        point = _middle(frame.place(shape))
        name = str(assessed.circle_facts.loc[circle, "name"])
        state = circle_state(assessed, circle)
        parts.append(
            _text(
                point.x,
                point.y,
                name,
                15 * frame.unit,
                "#102A43",
                "circle-name",
                ' font-weight="700"',
            )
        )
        below = point.y + 17 * frame.unit
        parts.append(
            _text(point.x, below, state.label, 11.5 * frame.unit, "#334E68", "circle-state")
        )
    return f'<g id="layer-labels">{"".join(parts)}</g>'


def _middle(shape: BaseGeometry) -> shapely.Point:
    """Return the point of a shape that is farthest from its border, where a name has most room."""
    largest = max(shapely.get_parts(shape), key=lambda part: float(part.area))
    line = shapely.maximum_inscribed_circle(largest, tolerance=math.sqrt(largest.area) / 100)
    return shapely.Point(line.coords[0])


def _street_labels(assessed: Assessed, frame: Frame) -> list[str]:
    streets = _visible(assessed.district.streets, frame)
    if not len(streets):
        return []
    streets = streets[(streets["name"] != "") & streets.geometry.notna()]
    lengths = streets.geometry.length.groupby(streets["name"]).sum()
    order = sorted(lengths.items(), key=lambda item: (-item[1], item[0]))[:LABELLED_STREETS]
    labels = []
    for name, _ in order:
        lines = streets.geometry[streets["name"] == name]
        longest = max(lines, key=lambda line: line.length)
        if longest.length > LETTER * frame.unit * len(str(name)):
            labels.append(_along(longest, str(name), 9 * frame.unit))
    return labels


def _along(line: BaseGeometry, name: str, size: float) -> str:
    before, middle, after = (line.interpolate(s, normalized=True) for s in (0.35, 0.5, 0.65))
    angle = float(np.degrees(np.arctan2(after.y - before.y, after.x - before.x)))
    angle = angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle  # noqa: PLR2004
    turn = f' transform="rotate({angle:.1f} {middle.x:.1f} {middle.y:.1f})"'
    return _text(middle.x, middle.y + size * 0.35, name, size, "#6B6455", "street-name", turn)


def _text(x: float, y: float, text: str, size: float, ink: str, name: str, turn: str = "") -> str:
    return (
        f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" font-size="{size:.2f}" fill="{ink}" '
        f'stroke="#fff" stroke-width="{size * 0.26:.2f}" stroke-linejoin="round" '
        f'paint-order="stroke" text-anchor="middle"{turn}>{escape(text)}</text>'
    )


def document(frame: Frame, layers: Sequence[str], pixels: tuple[int, int]) -> str:
    """Return a whole SVG picture."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{pixels[0]}" height="{pixels[1]}" '
        f'viewBox="0 0 {frame.width:.1f} {frame.height:.1f}" font-family="{FAMILY}">'
        f"<defs>{definitions(frame.sign)}{hatch(frame.unit)}</defs>{''.join(layers)}</svg>"
    )


def hatch(unit: float, name: str = "hatch") -> str:
    """Return the pattern of blind areas: diagonal lines that survive grey print."""
    side = 7 * unit
    return (
        f'<pattern id="{name}" width="{side:.2f}" height="{side:.2f}" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="{side:.2f}" height="{side:.2f}" fill="#E4572E" fill-opacity="0.10"/>'
        f'<path d="M0 0V{side:.2f}" stroke="{BLIND}" stroke-width="{2.2 * unit:.2f}" '
        'stroke-opacity="0.65"/></pattern>'
    )


def round_length(metres: float) -> int:
    """Return the roundest length not longer than ``metres``: 1, 2 or 5 and zeros."""
    size = 10 ** int(np.floor(np.log10(max(metres, 1.0))))
    return int(max(step * size for step in (1, 2, 5) if step * size <= metres or step == 1))
