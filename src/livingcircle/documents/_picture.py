"""Compose the layers of the map into one picture, and name its signs."""

from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd

from livingcircle.documents import _drawing as drawing
from livingcircle.documents import _wording as wording
from livingcircle.documents._answers import door_verdicts
from livingcircle.documents._assessed import outlet_trades
from livingcircle.documents._assessed import worst_areas
from livingcircle.documents._desk import Assessed
from livingcircle.documents._desk import once
from livingcircle.documents._desk import part
from livingcircle.documents._frame import Focus
from livingcircle.documents._frame import Frame
from livingcircle.documents._frame import frame_for
from livingcircle.documents._symbols import DOOR_SHAPES
from livingcircle.documents._symbols import SITE_MARK
from livingcircle.documents._symbols import families
from livingcircle.documents._symbols import outlet_mark

# A circle's colour and what it says.
STATES: Mapping[str, str] = MappingProxyType(
    {
        "lacking": "生活圈：有缺项",
        "unknown": "生活圈：有未核实项",
        "served": "生活圈：全部达标",
    }
)
KEY = "hatch-key"  # the map's own hatch is scaled while one zooms
BOX = '<rect x="-7" y="-5" width="14" height="10" '


@dataclass(frozen=True)
class Sign:
    """Hold one entry of the legend: a small picture around the origin, and its word."""

    mark: str
    text: str

    @property
    def svg(self) -> str:
        """Return the sign as a picture of its own."""
        hatch = f"<defs>{drawing.hatch(1, KEY)}</defs>" if KEY in self.mark else ""
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" '
            f'viewBox="-10 -10 20 20" aria-hidden="true">{hatch}{self.mark}</svg>'
        )


def outlet_signs(*, made_up: bool = False) -> Iterator[Sign]:
    """Yield the signs of the outlets in the order of their families."""
    yield from (Sign(outlet_mark(family), family.name) for family in families())
    if made_up:
        yield Sign(outlet_mark(families()[0], made_up=True), "空心：虚构网点，仅供演示")


def site_signs(assessed: Assessed) -> Iterator[Sign]:
    """Yield the sign of chosen sites where there are any."""
    if len(assessed.chosen):
        yield Sign(SITE_MARK.replace("1.6", "1.1"), "拟设网点（选址建议）")


def ground_signs() -> Iterator[Sign]:
    """Yield the signs of doors, blind areas, borders and circles."""
    for verdict, mark in DOOR_SHAPES.items():
        yield Sign(mark, f"楼门：{wording.DOOR_VERDICTS[verdict]}")
    yield Sign(f'{BOX}fill="url(#{KEY})" stroke="{drawing.BLIND}"/>', "步行服务盲区")
    dashes = f'stroke="{drawing.DASH}" stroke-width="1.4" stroke-dasharray="4 2.4"'
    yield Sign(f'<path d="M-8 0H8" {dashes}/>', "社区边界")
    for state, text in STATES.items():
        fill = drawing.STATE_FILLS[state]
        yield Sign(f'{BOX}fill="{fill}" stroke="{drawing.BORDER}" stroke-width="1.6"/>', text)


@dataclass(frozen=True)
class Picture:
    """Hold a finished picture with its frame and the blind areas it is about."""

    svg: str
    frame: Frame
    areas: gpd.GeoDataFrame

    @property
    def trade(self) -> str:
        """Return the trade in focus; empty where there are no blind areas."""
        return str(self.areas["trade"].iloc[0]) if len(self.areas) else ""


def compose(
    assessed: Assessed,
    pixels: tuple[int, int],
    circle_id: str = "",
    *,
    codes: Sequence[str] | None = None,
    folded: bool = False,
) -> Picture:
    """Paint the district, or one circle in it, with the blind areas that hold most people.

    Parameters
    ----------
    codes
        One letter a trade for each door, for the map on the screen: it holds every blind area
        and chooses among them; paper shows those in focus only.
    folded
        Whether the doors are left to the script, which draws those of the circles in view.
    """
    frame = frame_for(assessed, pixels, circle_id)
    areas = assessed.blind_areas
    worst = worst_areas(part(assessed, "blind_areas", circle_id) if circle_id else areas)
    trade = str(worst["trade"].iloc[0]) if len(worst) else ""
    focus = Focus(trade, circle_id)
    shown = worst if codes is None else areas
    doors = '<g id="layer-doors"></g>'
    if not folded:
        verdicts = door_verdicts(assessed, trade).tolist()
        doors = drawing.paint_doors(assessed, frame, verdicts, codes or ())
    layers = (
        drawing.paint_tints(assessed, frame, focus),
        drawing.paint_ground(assessed, frame),
        drawing.paint_communities(assessed, frame),
        drawing.paint_blind_areas(shown, areas.index, frame, sketched=codes is not None),
        drawing.paint_circles(assessed, frame, focus),
        doors,
        drawing.paint_outlets(assessed, frame, focus, once(assessed, outlet_trades)),
        drawing.paint_sites(assessed, frame),
        drawing.paint_labels(assessed, frame, focus),
    )
    svg = drawing.document(frame, layers, pixels)
    return Picture(svg, frame, worst)
