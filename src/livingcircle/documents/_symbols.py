"""Draw the signs of the map: one shape and one colour for each family of trades."""

import math
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

RADIUS = 5.0


@dataclass(frozen=True)
class Family:
    """Hold a family of trades that share a sign."""

    id: str
    name: str
    shape: str
    colour: str
    trades: tuple[str, ...]


@cache
def families() -> tuple[Family, ...]:
    """Return the families in the order of the legend; the last one takes the rest."""
    text = (files("livingcircle.documents") / "styles" / "symbols.toml").read_text("utf-8")
    return tuple(
        Family(**{**entry, "trades": tuple(entry["trades"])})
        for entry in tomllib.loads(text)["family"]
    )


def family_of(trades: Iterable[str]) -> Family:
    """Return the family of an outlet; of several trades, the first in the legend's order.

    A service centre holds many trades and is still drawn as a centre.
    """
    held = set(trades)
    if "service_centre" in held:
        return next(family for family in families() if family.id == "centre")
    return next((f for f in families() if held & set(f.trades)), families()[-1])


def polygon(corners: int, radius: float, turn: float = 0.0, inner: float = 0.0) -> str:
    """Return the corners of a regular polygon, or of a star when ``inner`` is given."""
    steps = corners * 2 if inner else corners
    points = []
    for step in range(steps):
        angle = 2 * math.pi * step / steps - math.pi / 2 + turn
        reach = inner if inner and step % 2 else radius
        points.append(f"{reach * math.cos(angle):.2f},{reach * math.sin(angle):.2f}")
    return " ".join(points)


SHAPES: Mapping[str, str] = MappingProxyType(
    {
        "circle": f'<circle r="{RADIUS * 0.92:g}"/>',
        "square": '<rect x="-4.3" y="-4.3" width="8.6" height="8.6"/>',
        "pentagon": f'<polygon points="{polygon(5, RADIUS * 1.1)}"/>',
        "cross": '<path d="M-1.9-5h3.8v3.1H5v3.8H1.9V5h-3.8V1.9H-5v-3.8h3.1z"/>',
        "diamond": f'<polygon points="{polygon(4, RADIUS * 1.15)}"/>',
        "hexagon": f'<polygon points="{polygon(6, RADIUS)}"/>',
        "star": f'<polygon points="{polygon(5, RADIUS * 1.6, inner=RADIUS * 0.68)}"/>',
        "ring": '<circle r="3.2"/>',
    }
)
DOOR_SHAPES: Mapping[str, str] = MappingProxyType(
    {
        # Verdicts differ in shape and in fill, not in colour alone.
        "served": '<circle r="2.6" fill="#7FB2D9" stroke="#0B4A7A" stroke-width="0.9"/>',
        "lacking": '<path d="M0-4.6 4.3 3.2h-8.6z" fill="#C0392B" stroke="#6B1400"/>',
        "unknown": '<path d="M-3-3h6v6h-6z" fill="#fff" stroke="#6B5200" stroke-width="1.2"/>',
        "not_applicable": '<path d="M-2.5 0h5" stroke="#5B6670" stroke-width="1.4"/>',
    }
)


# A pin with a plus: something that is not there yet.
SITE_MARK = (
    '<g fill="#7A1FA2" stroke="#fff" stroke-width="0.8" transform="scale(1.6)">'
    '<path d="M0 7 5.2-.6A6.2 6.2 0 1 0-5.2-.6z"/>'
    '<path d="M-.9-7.2h1.8v2.3h2.3v1.8H.9v2.3H-.9v-2.3h-2.3v-1.8h2.3z" fill="#fff" stroke="none"/>'
    "</g>"
)


def outlet_mark(family: Family, *, made_up: bool = False) -> str:
    """Return the sign of a family as SVG around the origin, haloed in white.

    One that is made up is hollow: white inside an outline of its colour.
    """
    hollow = made_up or family.shape == "ring"
    fill = "#fff" if hollow else family.colour
    stroke = family.colour if hollow else "#fff"
    return f'<g fill="{fill}" stroke="{stroke}" stroke-width="1">{SHAPES[family.shape]}</g>'


def definitions(scale: float) -> str:
    """Return all signs as SVG definitions, drawn ``scale`` metres to the unit."""
    marks = {f"outlet-{f.id}": outlet_mark(f) for f in families()}
    marks |= {f"outlet-{f.id}-made-up": outlet_mark(f, made_up=True) for f in families()}
    marks["site"] = SITE_MARK
    marks |= {f"door-{verdict}": shape for verdict, shape in DOOR_SHAPES.items()}
    return "".join(
        f'<g id="{name}"><g class="sign" transform="scale({scale:g})">{mark}</g></g>'
        for name, mark in marks.items()
    )
