"""Paint the district as SVG: one picture for the screen, the A3 sheet and the Word page.

Drawing units are metres on the district's own grid, with y downwards; ``Frame.unit`` is the
number of metres to one pixel of the finished picture, so that signs and letters keep their size.
"""

import math
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from livingcircle.coordinates import LocalGrid
from livingcircle.district import Status
from livingcircle.documents._assessed import Assessed
from livingcircle.documents._assessed import circle_ids
from livingcircle.documents._assessed import circle_shape
from livingcircle.documents._assessed import circle_state
from livingcircle.documents._assessed import natures
from livingcircle.documents._assessed import records
from livingcircle.documents._fonts import FAMILY
from livingcircle.documents._symbols import definitions
from livingcircle.documents._symbols import family_of
from livingcircle.errors import OutputError

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
MADE_UP = Status.MADE_UP.label
DIM = ' fill-opacity="0.4" stroke-opacity="0.4"'
LETTER = 9.0  # width of one Chinese character on a street label, in pixels


@dataclass(frozen=True)
class Frame:
    """Place a window of the district on paper.

    ``home`` is the part that the picture is about: x, y, width and height in drawing units.
    """

    grid: LocalGrid
    left: float
    top: float
    width: float
    height: float
    unit: float
    home: tuple[float, float, float, float]

    def points(self, series: gpd.GeoSeries) -> np.ndarray:
        """Return where points fall, one row of x and y each; NaN for a missing place."""
        lon_lat = np.array(
            [(np.nan, np.nan) if p is None or p.is_empty else (p.x, p.y) for p in series],
            dtype=np.float64,
        ).reshape(-1, 2)
        x, y = self.grid.project_xy(lon_lat[:, 0], lon_lat[:, 1])
        return np.column_stack([x - self.left, self.top - y])

    def place(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry in drawing units."""
        plane = self.grid.project(geometry)
        return shapely.transform(
            plane, lambda xy: np.column_stack([xy[:, 0] - self.left, self.top - xy[:, 1]])
        )

    def holds(self, xy: np.ndarray) -> np.ndarray:
        """Say which points fall into the window."""
        inside = (xy >= 0) & (xy <= (self.width, self.height))
        return np.asarray(inside.all(axis=1))

    @property
    def sign(self) -> float:
        """Return the scale of signs: smaller on a picture of a wide area, larger on a close one."""
        return self.unit * min(1.3, max(0.6, math.sqrt(1.4 / self.unit)))

    @property
    def window(self) -> BaseGeometry:
        """Return the window as a box in drawing units."""
        return shapely.box(0, 0, self.width, self.height)


@dataclass(frozen=True)
class Focus:
    """Say what a picture shows: a trade whose blind areas are hatched, and one circle or all."""

    trade: str = ""
    circle_id: str = ""


def frame_for(assessed: Assessed, pixels: tuple[int, int], circle_id: str = "") -> Frame:
    """Fit a circle, or the whole district, into a picture of so many pixels."""
    subject = _subject(assessed, circle_id)
    if subject is None:
        raise OutputError(
            f"“{assessed.district.name}”没有任何带位置的图层，画不出图",
            remedy="检查楼门、网点或道路是否有坐标",
        )
    grid = LocalGrid.around(subject.bounds)
    west, south, east, north = grid.project(subject).bounds
    margin = max(60.0, 0.05 * max(east - west, north - south))
    inner = (east - west + 2 * margin, north - south + 2 * margin)
    unit = max(inner[0] / pixels[0], inner[1] / pixels[1])
    width, height = unit * pixels[0], unit * pixels[1]
    left, top = (west + east - width) / 2, (south + north + height) / 2
    home = ((width - inner[0]) / 2, (height - inner[1]) / 2, *inner)
    return Frame(grid, left, top, width, height, unit, home)


def _subject(assessed: Assessed, circle_id: str) -> BaseGeometry | None:
    circles = [circle_id] if circle_id else circle_ids(assessed)
    shapes = [shape for c in circles if (shape := circle_shape(assessed, c)) is not None]
    layers = (assessed.doors, assessed.outlets, assessed.district.streets)
    for layer in () if shapes else layers:
        shapes.extend(layer.geometry.dropna())
    return shapely.box(*shapely.total_bounds(shapes)) if shapes else None


def path_data(geometry: BaseGeometry) -> str:
    """Return a line or polygon as SVG path data, to the decimetre."""
    parts: list[str] = []
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon":
            rings = [part.exterior, *part.interiors]
            parts.extend(f"{_line(ring)}z" for ring in rings)
        elif part.geom_type in {"LineString", "LinearRing"}:
            parts.append(_line(part))
    return "".join(parts)


def _line(line: BaseGeometry) -> str:
    pairs = (f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(line))
    return "M" + "L".join(pairs)


def merged_path(shapes: Iterable[BaseGeometry]) -> str:
    """Return many shapes as one path; thousands of streets are one element."""
    return "".join(path_data(shape) for shape in shapes)


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
    kept = layer[layer.geometry.notna()]
    if not len(kept):
        return kept
    shapes = np.array([frame.place(shape) for shape in kept.geometry], dtype=object)
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
    for place, circle in enumerate(circle_ids(assessed)):
        shape = circle_shape(assessed, circle)
        if shape is not None:
            yield place, circle, path_data(frame.place(shape))


def paint_blind_areas(shown: gpd.GeoDataFrame, order: pd.Index, frame: Frame) -> str:
    """Hatch places out of walking reach; ``order`` says which row of the list each one is."""
    parts = []
    for place, row in zip(order.get_indexer(shown.index), records(shown), strict=True):
        if row.geometry is None:
            continue
        data = path_data(frame.place(row.geometry))
        parts.append(
            f'<path class="blind" data-row="b{place}" data-trade="{escape(row.trade)}" d="{data}" '
            'fill="url(#hatch)"/>'
        )
    # Areas of one trade that touch, cut by a border only, are outlined as one.
    for trade, group in shown[shown.geometry.notna()].groupby("trade", sort=True):
        whole = shapely.union_all([frame.place(shape).buffer(0.5) for shape in group.geometry])
        parts.append(
            f'<path class="edge" data-trade="{escape(str(trade))}" d="{path_data(whole)}" '
            f'fill="none" stroke="{BLIND}" stroke-width="{1.6 * frame.unit:.3f}"/>'
        )
    return f'<g id="layer-blind">{"".join(parts)}</g>'


def paint_doors(
    assessed: Assessed, frame: Frame, verdicts: Mapping[str, str], codes: Mapping[str, str]
) -> str:
    """Mark every door with its verdict; ``codes`` holds one letter for each trade."""
    doors = assessed.doors
    xy = frame.points(doors.geometry)
    inside = frame.holds(xy)
    parts = []
    for place, (door, (x, y)) in enumerate(zip(doors.index, xy, strict=True)):
        if inside[place]:
            letters = f' data-v="{codes[door]}"' if door in codes else ""
            parts.append(
                f'<use class="door" href="#door-{verdicts.get(door, "unknown")}" x="{x:.1f}" '
                f'y="{y:.1f}" data-row="d{place}"{letters}/>'
            )
    return f'<g id="layer-doors">{"".join(parts)}</g>'


def paint_outlets(
    assessed: Assessed, frame: Frame, focus: Focus, trades: Mapping[str, Sequence[str]]
) -> str:
    """Mark every outlet with the sign of its family; those of the trade in focus stand out."""
    outlets, nature = assessed.outlets, natures(assessed)
    xy = frame.points(outlets.geometry)
    inside = frame.holds(xy)
    parts = []
    for place, (outlet, (x, y)) in enumerate(zip(outlets.index, xy, strict=True)):
        if inside[place]:
            held = trades.get(str(outlet), ())
            dim = DIM if focus.trade and focus.trade not in held else ""
            made = "-made-up" if nature[str(outlet)] == MADE_UP else ""
            sign = f'href="#outlet-{family_of(held).id}{made}" x="{x:.1f}" y="{y:.1f}"'
            held_words = escape(" ".join(held))
            parts.append(
                f'<use class="outlet"{dim} {sign} data-row="o{place}" data-trades="{held_words}"/>'
            )
    return f'<g id="layer-outlets">{"".join(parts)}</g>'


def paint_labels(assessed: Assessed, frame: Frame, focus: Focus) -> str:
    """Write the names of streets and circles, haloed so that they read on anything."""
    parts = [*_street_labels(assessed, frame)]
    for circle in circle_ids(assessed):
        shape = circle_shape(assessed, circle)
        if shape is None or focus.circle_id not in {"", circle}:
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
