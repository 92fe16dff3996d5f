"""Put the figures of circles side by side: value, limit, excess, before and after."""

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from livingcircle_platform.assessment.desks import Preview
from livingcircle_platform.assessment.desks import figures_of
from livingcircle_platform.core.pages import json_for_script
from livingcircle_platform.core.templatetags.words import NOT_KNOWN
from livingcircle_platform.core.templatetags.words import number
from livingcircle_platform.core.templatetags.words import people
from livingcircle_platform.territory import layers
from livingcircle_platform.territory.models import Circle
from livingcircle_platform.territory.models import CircleSet

_WAN = 10_000


@dataclass(frozen=True)
class Indicator:
    """Hold one figure of a circle in words, and the rule it breaks.

    ``severity`` is ``hard``, ``soft``, ``info``, or ``""`` where nothing is broken.
    """

    title: str
    value: str
    severity: str = ""
    trouble: str = ""


def indicators(figures: dict[str, Any]) -> list[Indicator]:
    """Return area, people, density, walk and crossings of a circle."""
    broken = {rule["check"]: rule for rule in figures.get("broken", ())}
    density = figures["density"]
    dense = NOT_KNOWN if density is None else f"{density / _WAN:.2f} 万人/平方公里"
    crossed = (rule for name, rule in broken.items() if name.startswith("crosses"))
    return [
        _indicator("面积", f"{figures['area_km2']:.2f} 平方公里", broken.get("area")),
        _indicator("人口", people(figures["population"])),
        _indicator("密度", dense, broken.get("density")),
        _indicator("端到端步行", _walk(figures), broken.get("walk")),
        _indicator("跨越", figures["crossings"] or "没有", next(crossed, None)),
    ]


def of_desk(draft: CircleSet, circles: Sequence[Circle]) -> dict[str, Any]:
    """Return the list beside the map: circles with figures, rules broken, and members."""
    tiles = draft.settings.get("tiles", ())
    rows = [
        {
            "circle": one,
            "indicators": indicators(one.figures),
            "tiles": [tile for tile in tiles if tile["circle"] == one.code],
        }
        for one in circles
    ]
    severities = [[rule["severity"] for rule in one.broken] for one in circles]
    return {
        "rows": rows,
        "outside": [tile for tile in tiles if not tile["circle"]],
        "notes": draft.settings.get("notes", ()),
        "hard": sum("hard" in one for one in severities),
        "soft": sum("soft" in one for one in severities),
        "may_undo": len(draft.steps) > 1,
    }


def of_preview(draft: CircleSet, seen: Preview) -> dict[str, Any]:
    """Return circles before and after an operation, and the layer that shows them."""
    names = dict(draft.circles.values_list("code", "name"))
    after = seen.change.changed
    shapes = layers.collection(
        layers.feature(
            f"after:{one.circle_id}", one.geometry, name=names.get(one.circle_id, one.name)
        )
        for one in after
    )
    before, then = _sides(seen.before, names), _sides(after, names)
    columns = [side["indicators"] for side in (*before, *then)]
    return {
        "before": before,
        "after": then,
        "lines": [{"title": row[0].title, "cells": row} for row in zip(*columns, strict=True)],
        "shapes": json_for_script(shapes),
    }


def _sides(circles: Iterable[Any], names: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "name": names.get(one.circle_id, one.name),
            "communities": one.communities,
            "indicators": indicators(figures_of(one)),
        }
        for one in circles
    ]


def _indicator(title: str, value: str, rule: dict[str, Any] | None = None) -> Indicator:
    if rule is None:
        return Indicator(title, value)
    limit, excess = rule["limit"], rule["excess"]
    if rule["check"].startswith("crosses"):
        return Indicator(title, value, rule["severity"], "不应跨越")
    over = f"，超出 {number(excess)} {rule['unit']}" if excess else ""
    return Indicator(title, value, rule["severity"], f"应为 {limit}{over}")


def _walk(figures: dict[str, Any]) -> str:
    if figures["walk_minutes"] is not None:
        return f"{figures['walk_minutes']:.1f} 分钟"
    beyond = figures["walk_beyond"]
    return NOT_KNOWN if beyond is None else f"超过 {beyond:.0f} 分钟"
