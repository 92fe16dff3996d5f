"""Find registered spaces for gaps, each space given to the most urgent gap it serves."""

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import circle_shape
from livingcircle.documents._assessed import records
from livingcircle.documents._assessed import requirements_of
from livingcircle.documents._desk import Assessed
from livingcircle.documents._provenance import provenance
from livingcircle.spaces import Space
from livingcircle.spaces import read_spaces
from livingcircle.trades import with_broader

EVERYWHERE = shapely.box(-180, -90, 180, 90)
SPACES_NAMED = 3
NONE_FITS = "台账中没有合适的空间"


def unit_shape(assessed: Assessed, row: Any) -> BaseGeometry | None:  # noqa: ANN401 - a gap
    """Return the ground on which a gap can be closed: its circle, else its own unit."""
    if row.circle_id:
        return circle_shape(assessed, row.circle_id)
    communities = assessed.district.communities
    if row.level == "community":
        return communities.geometry.get(row.unit_id)
    if row.level == "subdistrict":
        inside = communities.geometry[communities["subdistrict"] == row.unit_id].dropna()
        return shapely.union_all(list(inside)) if len(inside) else None
    return EVERYWHERE


@dataclass(frozen=True)
class Fitting:
    """Hold the spaces that fit a question: to be had, let for now, in use, and undecided."""

    found: tuple[int, ...] = ()
    in_use: int = 0
    doubtful: int = 0


class Spaces:
    """Find registered spaces for a trade on some ground.

    Parameters
    ----------
    register
        The register of spaces.
    day
        The day of the assessment, by which a lease has run out or has not.
    """

    def __init__(self, register: gpd.GeoDataFrame, day: date | None = None) -> None:
        self._spaces = read_spaces(register, day)
        self._points = np.array([one.point or shapely.Point() for one in self._spaces])

    def __len__(self) -> int:
        """Return how many spaces are registered."""
        return len(self._spaces)

    def label(self, place: int) -> str:
        """Return the name of a space with what is known of it."""
        return _label(self._spaces[place])

    def inside(self, shape: BaseGeometry) -> list[int]:
        """Return the spaces on some ground, and those without a place."""
        within = shapely.within(self._points, shape) | shapely.is_empty(self._points)
        return [int(place) for place in np.flatnonzero(within)]

    def fitting(self, inside: Sequence[int], trades: Sequence[str]) -> Fitting:
        """Return which of the spaces may take any of the trades; the free come first.

        What cannot be decided is counted, not dropped: spaces without a place, and such whose
        trades are written in words that no trade goes by.
        """
        found: list[int] = []
        in_use = doubtful = 0
        for place in inside:
            space = self._spaces[place]
            answer = space.fits(trades)
            if answer is False:
                continue
            if answer is None or space.point is None:
                doubtful += 1
            elif space.free is None:
                in_use += 1
            else:
                found.append(place)
        found.sort(key=lambda place: not self._spaces[place].free)
        return Fitting(tuple(found), in_use, doubtful)


@dataclass(frozen=True)
class _Given:
    """Hold what one gap was given: spaces of its own, and those another gap comes first for."""

    own: tuple[int, ...]
    shared: tuple[int, ...]
    rest: str


class Sites:
    """Give the registered spaces to the gaps, the most urgent first.

    A space is given once; who comes later and finds none of its own reads with whom it would have
    to choose.
    """

    def __init__(self, assessed: Assessed) -> None:
        self._spaces = Spaces(assessed.district.spaces, provenance(assessed).day)
        self._taken: dict[int, str] = {}
        pairs = assessed.chosen.gaps[["gap_id", "space_name"]].drop_duplicates()
        self._chosen = pairs.groupby("gap_id")["space_name"].agg(tuple).to_dict()
        places = assessed.chosen.places.groupby("space_id")
        told, trades = places["trade_name"].agg("、".join), places["trade"].agg(tuple)
        self._picked: dict[int, frozenset[str]] = {}
        for place, space in enumerate(assessed.district.spaces.index):
            if space in told.index:
                self._taken[place] = f"选定的{told[space]}"
                self._picked[place] = frozenset(with_broader(tuple(trades[space])))
        self._given: dict[str, _Given | str] = {}
        asked, insides = requirements_of(assessed), _insides(assessed, self._spaces)
        gaps = assessed.gaps.sort_values(
            ["urgency", "people"], ascending=[True, False], kind="stable"
        )
        for row in records(gaps):
            one, where = asked[row.requirement_id], insides[_unit(row)]
            self._given[row.gap_id] = self._give(row, one.trades, where)

    def fitting(self, *gap_ids: str) -> str:
        """Name the spaces where one gap, or several that are told together, can be closed.

        Sites that were chosen come before anything else.
        """
        picked = list(dict.fromkeys(name for one in gap_ids for name in self._chosen.get(one, ())))
        if picked:
            return wording.listed([f"选定：{name}" for name in picked], SPACES_NAMED)
        given = [self._given[one] for one in gap_ids]
        words = [one for one in given if isinstance(one, str)]
        found = [one for one in given if isinstance(one, _Given)]
        own = list(dict.fromkeys(place for one in found for place in one.own))
        if own:
            return wording.listed([self._spaces.label(place) for place in own], SPACES_NAMED)
        shared = list(dict.fromkeys(place for one in found for place in one.shared))
        if shared:
            told = [f"{self._spaces.label(p)}（与{self._taken[p]}择一）" for p in shared]
            return wording.listed(told, SPACES_NAMED)
        rests = list(dict.fromkeys([*(one.rest for one in found), *words]))
        return rests[0] if rests else NONE_FITS

    def _give(self, row: Any, trades: Sequence[str], inside: list[int] | None) -> "_Given | str":  # noqa: ANN401
        if not trades:
            return wording.NONE
        if not len(self._spaces):
            return f"{wording.UNKNOWN}（没有空间资源台账）"
        if inside is None:
            return f"{wording.UNKNOWN}（没有边界）"
        fitting = self._spaces.fitting(inside, trades)
        # A room chosen for this very trade is told where it helps, not offered a second time.
        none = frozenset[str]()
        found = [p for p in fitting.found if self._picked.get(p, none).isdisjoint(trades)]
        fitting = replace(fitting, found=tuple(found))
        left = [place for place in fitting.found if place not in self._taken]
        own = tuple(left[: _wanted(row)])
        self._taken |= dict.fromkeys(own, f"{row.unit_name}{row.trade_name}")
        return _Given(own, fitting.found, _rest(fitting))


def _wanted(row: Any) -> int:  # noqa: ANN401 - a gap
    """Return how many spaces a gap may ask for: one for each outlet that is short."""
    several = row.unit in wording.PIECES and wording.known(row.shortfall)
    return min(SPACES_NAMED, max(1, int(row.shortfall))) if several else 1


def _unit(row: Any) -> tuple[str, ...]:  # noqa: ANN401 - a gap
    return (row.circle_id,) if row.circle_id else (row.level, row.unit_id)


def _insides(assessed: Assessed, spaces: Spaces) -> dict[tuple[str, ...], list[int] | None]:
    """Return the spaces on the ground of every unit that lacks something."""
    insides: dict[tuple[str, ...], list[int] | None] = {}
    for row in records(assessed.gaps):
        if _unit(row) not in insides:
            shape = unit_shape(assessed, row)
            insides[_unit(row)] = None if shape is None else spaces.inside(shape)
    return insides


def _rest(fitting: Fitting) -> str:
    """Say why there is nothing to offer."""
    parts = [
        f"{count}处{why}"
        for count, why in (
            (fitting.in_use, "在用，租约到期日没有登记"),
            (fitting.doubtful, "没有登记位置或适合业态不明"),
        )
        if count
    ]
    return f"{wording.UNKNOWN}（{'；'.join(parts)}）" if parts else NONE_FITS


def _label(space: Space) -> str:
    """Name a space with what is known of it."""
    known = wording.known(space.area_m2)
    area = wording.quantity(space.area_m2, "平方米") if known else "面积未核实"
    about = [part for part in (space.kind, area, space.use) if part]
    return f"{space.name}（{'，'.join(about)}）"
