"""Judge circles made of tiles: what each comes to, and what it breaks by how much."""

import math
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle._delineation.groups import Group
from livingcircle._delineation.groups import Measures
from livingcircle._delineation.land import Land
from livingcircle.circles import BARRIER_NAMES
from livingcircle.circles import crossed_kinds

CHECKS = ["circle_id", "circle_name", "check", "name", "value", "limit", "excess", "unit",
          "severity", "verdict", "reason"]  # fmt: skip
Row = dict[str, object]


@dataclass(frozen=True)
class Judged:
    """Hold what some tiles come to as a circle.

    Attributes
    ----------
    group
        Area, people, edge, and the walk from end to end (inf beyond reach).
    contiguous
        Whether it hangs together without crossing anything hard.
    crossings
        Metres that each kind runs through it for real.
    subdistricts, communities
        Names of its 街道, ids of its communities.
    split
        Communities of which it holds a part only.
    """

    group: Group
    contiguous: bool
    crossings: dict[str, float]
    subdistricts: tuple[str, ...]
    communities: tuple[str, ...]
    split: tuple[str, ...]

    @property
    def density(self) -> float:
        """Return people a square kilometre, NaN where unknown."""
        return self.group.people / self.group.km2 if self.group.km2 > 0 else math.nan

    @property
    def compactness(self) -> float:
        """Return 4π × area ÷ edge² (Polsby and Popper), 1 for a disc."""
        edge = self.group.edge
        return min(1.0, 4.0 * math.pi * self.group.km2 * 1e6 / edge**2) if edge > 0 else math.nan


def judge(land: Land, measures: Measures, tiles: Iterable[int]) -> Judged:
    """Return what some tiles come to as a circle."""
    some = frozenset(tiles)
    held = sorted(some)
    whole = shapely.union_all(land.tiles.shapes[held])
    shapes = {
        kind: near for kind in (*land.hard, *land.soft) if len(near := land.near(kind, whole))
    }
    communities = [land.tiles.communities[t] for t in held]
    split = {c for c in communities if sum(c == other for other in communities) < land.parts_of[c]}
    return Judged(
        group=measures.group(some),
        contiguous=land.borders.connected(some),
        crossings=crossed_kinds(whole, shapes) if shapes else {},
        subdistricts=tuple(sorted({land.tiles.subdistricts[t] for t in held} - {""})),
        communities=tuple(dict.fromkeys(communities)),
        split=tuple(dict.fromkeys(c for c in communities if c in split)),
    )


def check_rows(land: Land, judged: Judged, circle: tuple[str, str]) -> list[Row]:
    """Return one row for each check of a circle."""
    rows = [
        _contiguity(judged),
        *(_crossing(land, judged, kind) for kind in (*land.wishes.hard, *land.wishes.soft)),
        _area(land, judged),
        _walk(land, judged),
        _density(land, judged),
        _people(judged),
        _subdistricts(judged),
        _split(land, judged),
    ]
    return [{"circle_id": circle[0], "circle_name": circle[1], **row} for row in rows]


def _row(check: str, name: str, value: float, limit: str, excess: float, unit: str,
         severity: str, verdict: str, reason: str) -> Row:  # fmt: skip
    return {"check": check, "name": name, "value": value, "limit": limit, "excess": excess,
            "unit": unit, "severity": severity, "verdict": verdict, "reason": reason}  # fmt: skip


def _contiguity(judged: Judged) -> Row:
    """Judge whether the circle hangs together."""
    fine = judged.contiguous
    reason = "" if fine else "各部分之间隔着硬阻隔，或互不相邻"
    return _row("contiguous", "连成一片", float(fine), "连成一片", 0.0 if fine else 1.0, "",
                "hard", "served" if fine else "lacking", reason)  # fmt: skip


def _crossing(land: Land, judged: Judged, kind: str) -> Row:
    """Judge what runs through the circle."""
    name, metres = BARRIER_NAMES[kind], judged.crossings.get(kind, 0.0)
    reason = f"有{metres:.0f}米{name}穿过圈内" if metres else ""
    severity = "hard" if kind in land.hard else "soft"
    if metres and severity == "soft":
        reason += "，需书面说明理由"
    return _row(f"crosses_{kind}", f"跨越{name}", round(metres, 1), "不跨越", round(metres, 1),
                "米", severity, "lacking" if metres else "served", reason)  # fmt: skip


def _area(land: Land, judged: Judged) -> Row:
    """Judge the area."""
    limit, km2 = land.wishes.limits.area_km2, judged.group.km2
    excess = max(0.0, km2 - limit)
    reason = (
        f"超出{excess:.2f}平方公里，{_why(land, judged, land.tiles.km2, limit)}" if excess else ""
    )
    return _row("area", "面积", round(km2, 4), f"≤{limit:g}", round(excess, 4), "平方公里", "soft",
                "lacking" if excess else "served", reason)  # fmt: skip


def _walk(land: Land, judged: Judged) -> Row:
    """Judge the walk from end to end."""
    limit, minutes, reach = land.wishes.band, judged.group.walk, land.walks.reach
    row = ("walk", "端到端步行", round(minutes, 1), f"≤{limit:g}")
    if minutes <= limit and (missing := unreached(land, judged.group)):
        named = "、".join(land.tiles.names[tile] for tile in missing[:3])
        return _row("walk", "端到端步行", math.nan, f"≤{limit:g}", math.nan, "分钟", "soft",
                    "unknown", f"{named}没有接得上道路的楼门，量不出步行")  # fmt: skip
    if minutes <= limit:
        return _row(*row, 0.0, "分钟", "soft", "served", "")
    inside = np.nan_to_num(land.inside, nan=0.0)
    why = _why(land, judged, inside, limit)
    if math.isinf(minutes):
        told = f"超过{reach:g}分钟（或没有路相通），多出{reach - limit:g}分钟以上，{why}"
        return _row("walk", "端到端步行", math.nan, f"≤{limit:g}", reach - limit, "分钟", "soft",
                    "lacking", told)  # fmt: skip
    excess = minutes - limit
    told = f"多出{excess:.1f}分钟，{why}"
    return _row(*row, round(excess, 1), "分钟", "soft", "lacking", told)


def unreached(land: Land, group: Group) -> list[int]:
    """Return the tiles of a group that are lived in, and from which no walk is known.

    Where none of its tiles has a door, not one walk is known: all of them.
    """
    unknown = [tile for tile in sorted(group.tiles) if math.isnan(land.inside[tile])]
    if len(unknown) == len(group.tiles):
        return unknown
    return [tile for tile in unknown if land.tiles.doors[tile] > 0]


def _why(land: Land, judged: Judged, alone: npt.NDArray[np.float64], limit: float) -> str:
    """Say whether one member breaks a limit by itself, or joining did."""
    worst = max(sorted(judged.group.tiles), key=lambda tile: (alone[tile], -tile))
    name = land.tiles.names[worst]
    if alone[worst] > limit:
        return f"“{name}”一个单元就已超过，要减小只能把它切开；需书面说明理由"
    return "是合并邻近单元所致；需书面说明理由，或拆开"


def _density(land: Land, judged: Judged) -> Row:
    """Judge the density, for information."""
    low, high = land.wishes.limits.density
    density, limit = judged.density, f"{low / 1e4:g}–{high / 1e4:g}"
    wan = round(density / 1e4, 2)
    if math.isnan(density):
        return _row("density", "人口密度", math.nan, limit, math.nan, "万人/平方公里", "info",
                    "unknown", "缺少人口")  # fmt: skip
    off = max(low - density, density - high, 0.0)
    reason = "" if not off else ("偏低" if density < low else "偏高")
    return _row("density", "人口密度", wan, limit, round(off / 1e4, 2), "万人/平方公里", "info",
                "lacking" if off else "served", reason)  # fmt: skip


def _people(judged: Judged) -> Row:
    """State the people; there is no limit to them."""
    people = judged.group.people
    known = not math.isnan(people)
    return _row("people", "人口", round(people) if known else math.nan, "", 0.0, "人", "info",
                "not_applicable" if known else "unknown",
                "" if known else "有的单元人口未知")  # fmt: skip


def _subdistricts(judged: Judged) -> Row:
    """Judge how many 街道 have to answer for the circle."""
    count = len(judged.subdistricts)
    if count == 0:
        return _row("subdistricts", "跨街道", math.nan, "≤1", math.nan, "个", "info", "unknown",
                    "没有填所属街道")  # fmt: skip
    reason = f"分属{'、'.join(judged.subdistricts)}" if count > 1 else ""
    return _row("subdistricts", "跨街道", count, "≤1", max(count - 1, 0), "个", "info",
                "lacking" if count > 1 else "served", reason)  # fmt: skip


def _split(land: Land, judged: Judged) -> Row:
    """Judge how many communities are in the circle only in part."""
    names = [land.community_names[c] for c in judged.split]
    reason = f"只含{'、'.join(names)}的一部分" if names else ""
    return _row("split_communities", "拆分社区", len(names), "0", len(names), "个", "info",
                "lacking" if names else "served", reason)  # fmt: skip


def as_frame(rows: Sequence[Row]) -> pd.DataFrame:
    """Return rows of checks as a table."""
    return pd.DataFrame(list(rows), columns=CHECKS)
