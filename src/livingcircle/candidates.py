"""Find where new outlets could stand, and which doors are near: the space ledger, or the streets.

Rooms of the ledger come first (国家2023 三（二）: 用好存量空间). Where there are none, places along
streets are offered instead, labelled for what they are: nobody has checked that there is a room.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle._routing.links import UNITS
from livingcircle._routing.links import Metric
from livingcircle._routing.readers import Reader
from livingcircle._routing.readers import StraightReader
from livingcircle._routing.readers import StreetReader
from livingcircle._routing.readers import cover
from livingcircle._routing.streets import lay_streets
from livingcircle._routing.streets import towards
from livingcircle.attachment import Attachment
from livingcircle.attachment import attach
from livingcircle.circles import outlet_units
from livingcircle.errors import SitingError
from livingcircle.reports import parse_day
from livingcircle.situation import Situation
from livingcircle.spaces import Space
from livingcircle.spaces import read_spaces
from livingcircle.units import Unit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LEDGER, FRONTAGE = "ledger", "frontage"
SOURCE_WORDS = {LEDGER: "空间资源台账", FRONTAGE: "沿街位置（推算，有无铺面未核实）"}
# Streets that shops open onto; a motor road without a pavement is none.
FRONT_STREETS = frozenset(
    {"residential", "living_street", "pedestrian", "tertiary", "secondary", "unclassified"}
)
FRONTAGE_METRES = 100.0
UNCHECKED = "，有无铺面未核实"
LET, IN_USE, NO_PLACE, NO_STREET = (
    "已出租，租约未到期", "在用，租约到期日没有登记", "没有登记位置", "附近没有可走的道路"
)  # fmt: skip


@dataclass(frozen=True)
class Candidates:
    """Hold places where outlets could be opened, and what stands there to be had.

    Attributes
    ----------
    situation
        The district they are in.
    spaces
        One for each candidate.
    source
        ``"ledger"`` or ``"frontage"``.
    lonlat
        Where they are, in degrees, shape (candidates, 2).
    left_out
        Spaces of the ledger that cannot be used and why: space_id, name, reason.
    """

    situation: Situation
    spaces: tuple[Space, ...]
    source: str
    lonlat: Floats
    left_out: pd.DataFrame

    def __len__(self) -> int:
        """Return how many candidates there are."""
        return len(self.spaces)

    @cached_property
    def xy(self) -> Floats:
        """Return where they are in metres, shape (candidates, 2)."""
        return self.situation.grid.project_pairs(self.lonlat)

    @cached_property
    def ends(self) -> Attachment | None:
        """Return where they meet the streets; None without streets."""
        network = self.situation.network
        if network is None:
            return None
        points = np.asarray(shapely.points(self.xy), dtype=object)
        return attach(network, points, np.arange(len(points)), residents=False)

    @cached_property
    def units(self) -> tuple[Ints, Ints]:
        """Return the numbers of the community and the circle each stands in, -1 for none."""
        situation = self.situation
        points = _points(self.lonlat)
        members = situation.members
        return outlet_units(situation.district, points, situation.areas, members.door_community)

    @cached_property
    def reader(self) -> Reader:
        """Return what reads distances from doors to candidates."""
        situation = self.situation
        known = situation.reader
        if not isinstance(known, StreetReader) or self.ends is None or situation.network is None:
            assert isinstance(known, StraightReader)  # noqa: S101 - there is no third
            return StraightReader(known.doors, self.xy, known.metres_per_minute)
        return StreetReader(
            {
                metric: towards(streets, situation.network, self.ends, len(self))
                for metric, streets in known.streets.items()
            }
        )

    def doors_within(self, limit: float, metric: Metric = "metres") -> tuple[Ints, Ints, Floats]:
        """Return the doors within some way of each candidate: start, door, metres or minutes.

        On foot, from the door to the candidate, as everywhere; start has one more entry than
        there are candidates.
        """
        return doors_near(self.reader, len(self), limit, metric)

    def places_within(self, limit: float) -> tuple[Ints, Ints, Ints, Ints]:
        """Return candidate pairs, and candidates with outlets, within some metres on foot.

        Returns
        -------
        Candidate and candidate, the smaller number first; candidate and outlet number.
        """
        count = len(self)
        start, one, _ = self._between(limit)
        other = np.repeat(np.arange(len(start) - 1), np.diff(start))
        pairs = other < count
        first, second = np.minimum(one, other)[pairs], np.maximum(one, other)[pairs]
        apart = np.unique(np.stack([first, second], axis=1)[first < second], axis=0)
        return apart[:, 0], apart[:, 1], one[~pairs], other[~pairs] - count

    def _between(self, limit: float) -> tuple[Ints, Ints, Floats]:
        """Return the candidates within some metres of each candidate and each outlet."""
        situation = self.situation
        outlets = situation.district.outlets.geometry.to_numpy()
        count = len(self) + len(outlets)
        known = situation.reader
        if not isinstance(known, StreetReader) or self.ends is None or situation.network is None:
            shops = situation.grid.project_pairs(shapely.get_coordinates(outlets))
            reader: Reader = StraightReader(self.xy, np.vstack([self.xy, shops]), 1.0)
            return doors_near(reader, count, limit, "metres")
        assert situation.outlet_ends is not None  # noqa: S101 - streets and ends come together
        nowhere = np.full(len(self), "", dtype=object)
        metric: Metric = "metres"
        orders = {metric: known.streets[metric].hierarchy}
        streets = lay_streets(situation.network, orders, self.ends, nowhere)[metric]
        places = _joined(self.ends, situation.outlet_ends, len(self))
        leading = towards(streets, situation.network, places, count)
        return doors_near(StreetReader({metric: leading}), count, limit, metric)


def standing_in(unit: Unit, candidates: Candidates) -> Bools:
    """Return which candidates stand in a unit."""
    community, circle = candidates.units
    if unit.level == "circle":
        circles = candidates.situation.members.circles
        return np.asarray(circle == circles.get_loc(unit.unit_id))
    if unit.level == "district":
        return np.ones(len(candidates), dtype=np.bool_)
    return np.isin(community, unit.communities)


def ledger_candidates(situation: Situation, day: str = "", *, let: bool = False) -> Candidates:
    """Return the rooms of the space ledger that can be had.

    Parameters
    ----------
    situation
        The district on its streets.
    day
        The day of the assessment, ``"YYYY-MM-DD"``, by which a lease has run out or has not.
    let
        Whether rooms that are let for now are offered too, for when the lease ends.

    Raises
    ------
    SitingError
        If the district has no space ledger, or none of its rooms can be used.
    """
    register = situation.district.spaces
    if len(register) == 0:
        what = "没有空间资源台账，或其中没有一行可用，不知道哪里可以设网点"
        remedy = (
            "在 district.toml 里加上 [[spaces]]，已有的先运行 check；或用沿街位置（--frontage）"
        )
        raise SitingError(what, remedy=remedy)
    spaces = read_spaces(register, parse_day(day) if day else None)
    reasons = [_unusable(one, let=let) for one in spaces]
    found = _candidates(situation, spaces, reasons, LEDGER)
    if len(found) == 0:
        told = "；".join(
            f"{many}处{why}" for why, many in found.left_out["reason"].value_counts().items()
        )
        remedy = "补登空间的位置和使用状态，或用沿街位置代替（--frontage）"
        raise SitingError(f"台账里的空间都用不上：{told}", where="空间资源台账", remedy=remedy)
    return found


def frontage_candidates(situation: Situation, spacing: float = FRONTAGE_METRES) -> Candidates:
    """Return places along streets that shops could open onto, one every some metres.

    Nobody has checked that there is a room; every name says so. Only those inside a community or
    a circle of the district are offered, in a fixed order.

    Raises
    ------
    SitingError
        If there are no streets.
    """
    if not 10 <= spacing <= 1000:  # noqa: PLR2004 - ten metres to a kilometre
        what = f"沿街间隔 {spacing:g} 米不合适"
        raise SitingError(what, remedy="用 10 到 1000 米，通常 100 米")
    streets = situation.district.streets
    fronts = streets[streets["highway"].isin(FRONT_STREETS)]
    if len(fronts) == 0:
        what = "没有可以临街设店的道路"
        raise SitingError(what, remedy="补上道路数据，或登记空间资源台账")
    lines = np.asarray(situation.grid.project(fronts.geometry.to_numpy()), dtype=object)
    many = np.maximum(1, np.round(shapely.length(lines) / spacing)).astype(np.int64)
    street = np.repeat(np.arange(len(lines)), many)
    turn = np.arange(len(street)) - np.repeat(np.cumsum(many) - many, many)
    share = (turn + 0.5) / many[street]
    points = shapely.line_interpolate_point(lines[street], share, normalized=True)
    kept = _spread(shapely.get_coordinates(points), spacing / 2)
    names = fronts["name"].fillna("").astype(str).to_numpy(dtype=object)[street[kept]]
    places = situation.grid.unproject(points[kept])
    spaces = [
        _front(n, name, place) for n, (name, place) in enumerate(zip(names, places, strict=True), 1)
    ]
    everywhere = _candidates(situation, spaces, [""] * len(spaces), FRONTAGE)
    community, circle = everywhere.units
    inside = np.flatnonzero((community >= 0) | (circle >= 0))
    found = _of(situation, [everywhere.spaces[one] for one in inside], FRONTAGE, [])
    if len(found) == 0:
        what = "社区和生活圈范围内没有可以临街设店的道路"
        raise SitingError(what, remedy="核对社区边界和道路数据，或登记空间资源台账")
    return found


def _candidates(
    situation: Situation, spaces: Sequence[Space], reasons: Sequence[str], source: str
) -> Candidates:
    """Return the usable ones of some spaces; those that no street leads to are not."""
    usable = [one for one, why in zip(spaces, reasons, strict=True) if not why]
    out = [(one, why) for one, why in zip(spaces, reasons, strict=True) if why]
    found = _of(situation, usable, source, [])
    if found.ends is not None:
        lost = found.ends.segment < 0
        out += [(usable[place], NO_STREET) for place in np.flatnonzero(lost)]
        usable = [usable[place] for place in np.flatnonzero(~lost)]
    return _of(situation, usable, source, out)


def _of(
    situation: Situation, spaces: Sequence[Space], source: str, out: list[tuple[Space, str]]
) -> Candidates:
    """Return some spaces as candidates."""
    points = [one.point for one in spaces if one.point is not None]
    rows = [(one.space_id, one.name, why) for one, why in out]
    return Candidates(
        situation,
        tuple(spaces),
        source,
        np.asarray(shapely.get_coordinates(points), dtype=np.float64).reshape(-1, 2),
        pd.DataFrame(rows, columns=["space_id", "name", "reason"]),
    )


def _unusable(one: Space, *, let: bool) -> str:
    """Return why a space of the ledger cannot be used, or ``""``."""
    if one.point is None:
        return NO_PLACE
    if one.free is None:
        return IN_USE
    return LET if one.free is False and not let else ""


def _front(number: int, street: str, place: shapely.Point) -> Space:
    """Return a place along a street as a space that may take any trade."""
    return Space(
        space_id=f"F{number:05d}",
        name=f"沿街位置{number}（{street or '未命名道路'}{UNCHECKED}）",
        kind="沿街位置",
        floor="",
        approval_path="",
        area_m2=np.nan,
        cost=np.nan,
        point=place,
        free=True,
        use="有无铺面未核实",
        suitable=frozenset(),
        excluded=frozenset(),
        named=False,
        doubtful=False,
    )


def _spread(xy: Floats, least: float) -> Ints:
    """Return the places that keep some metres from all earlier ones: one to a square of them."""
    cell = np.floor(xy / least).astype(np.int64)
    _, first = np.unique(cell, axis=0, return_index=True)
    return np.sort(first)


def doors_near(
    reader: Reader, count: int, limit: float, metric: Metric
) -> tuple[Ints, Ints, Floats]:
    """Return the doors within a limit of each place a reader leads to: start, door, length."""
    start, door, length = cover(reader, np.arange(count), limit, metric)
    return start, door, length / UNITS[metric]


def _joined(one: Attachment, other: Attachment, count: int) -> Attachment:
    """Return two attachments as one; owners of the second are numbered after the first."""
    both = {
        name: np.concatenate([getattr(one, name), getattr(other, name)])
        for name in ("segment", "along", "leg", "side", "foot")
    }
    return Attachment(np.concatenate([one.owner, other.owner + count]), **both)


def _points(lonlat: Floats) -> gpd.GeoSeries:
    """Return places in degrees as points."""
    return gpd.GeoSeries(shapely.points(lonlat), crs="EPSG:4326")
