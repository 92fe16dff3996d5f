"""Hold a file's coordinate label against the streets.

Outlets stand beside streets. Under the right label most of them are 5 to 40 m from one; under a
wrong label they are thrown some 500 to 1400 m aside and lie wherever they fall. In a dense town
that is often near some other street, so single points prove nothing: the whole file is compared,
point by point, under every label it could have.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from numpy.typing import NDArray
from scipy.spatial import KDTree

from livingcircle._places.datum import BD09
from livingcircle._places.datum import CGCS2000
from livingcircle._places.datum import GCJ02
from livingcircle._places.datum import WGS84
from livingcircle._places.datum import Pair
from livingcircle._places.datum import from_wgs84
from livingcircle._places.datum import system_name
from livingcircle._places.datum import to_wgs84
from livingcircle._places.grid import LocalGrid

FloatArray = NDArray[np.float64]

_FEWEST_POINTS = 5
_MOST_POINTS = 2000  # more of them add time, not certainty
_SAME_PLACE_M = 10.0  # twenty shops of one mall are one witness
_LEAST_SHIFT_M = 100.0
_FAR_M = 100.0  # farther than this is "not beside a street", however far
# How many standard errors another label must be better, by the number of points; measured on
# six street networks, see docs/explanation/coordinates.md.
_CERTAINTY = ((30, 1.0), (10, 1.5), (0, 2.0))
_MUCH_BETTER = 0.85
_KILOMETRE = 1000.0
# 3-degree Gauss-Krüger zones of CGCS2000, with and without the zone number in the easting.
_ZONES = ((4513, 4533), (4534, 4554))
_ZONES_AWAY = (-2, -1, 1, 2)


@dataclass(frozen=True)
class Suspicion:
    """Say that a file's coordinates look like another system than the declared one.

    Attributes
    ----------
    declared, likely
        The system written in the file, and the one that fits the streets.
    swapped
        Whether it is the order of longitude and latitude that is wrong, not the system.
    declared_m, likely_m
        Median distance from a point to the nearest street under each; NaN where the declared
        coordinates are no place on earth.
    shift_m
        Median distance between the two positions of a point; NaN as above.
    problem, remedy
        What is wrong and what to write in district.toml, without full stops.
    """

    declared: str
    likely: str
    swapped: bool
    declared_m: float
    likely_m: float
    shift_m: float
    problem: str
    remedy: str

    @property
    def sentence(self) -> str:
        """Return problem and remedy as sentences."""
        return f"{self.problem}。{self.remedy}。"


class Reference:
    """Lay points along the streets out once, to hold many files against them.

    Parameters
    ----------
    lonlat
        Points along the streets in WGS-84, no more than some 20 m apart, (m, 2).
    """

    def __init__(self, lonlat: ArrayLike) -> None:
        streets = _finite_rows(lonlat)
        self.empty = not len(streets)
        if not self.empty:
            self.grid = LocalGrid.around(np.concatenate([streets.min(axis=0), streets.max(axis=0)]))
            laid = _laid(self.grid, streets[:, 0], streets[:, 1])
            # Built without sorting out medians: few points are asked for, many lie in the tree.
            self.tree = KDTree(laid, balanced_tree=False, compact_nodes=False)


@dataclass(frozen=True)
class _Reading:
    """Keep where the points lie if the label were this one."""

    system: str
    swapped: bool
    places: FloatArray
    gaps: FloatArray


def suspect_label(
    points_lonlat: ArrayLike, reference: Reference | ArrayLike, declared: str
) -> Suspicion | None:
    """Tell whether another label than the declared one fits the streets clearly better.

    Parameters
    ----------
    points_lonlat
        Positions that stand beside streets, in WGS-84 as converted from ``declared``, (n, 2).
    reference
        Points along the streets in WGS-84, (m, 2), or laid out already.
    declared
        The system the file is said to be in.

    Returns
    -------
    Suspicion or None
        None when the label fits, or when fewer than five places leave it undecided.
    """
    points = _witnesses(_finite_rows(points_lonlat))
    reference = reference if isinstance(reference, Reference) else Reference(reference)
    if len(points) < _FEWEST_POINTS or reference.empty:
        return None
    name = system_name(declared)
    first, *others = (_read(reference, *one) for one in _hypotheses(points, name))
    moved = [one for one in others if not _shift(first, one) <= _LEAST_SHIFT_M]
    best = min(moved, key=lambda one: float(_near(one).mean()), default=None)
    if best is None or not _clearly_better(_near(best), _near(first)):
        return None
    return _suspicion(first, best, name)


def _hypotheses(points: FloatArray, declared: str) -> Iterator[tuple[str, bool, Pair]]:
    """Yield every label the numbers could have had, the declared one first."""
    lon, lat = points[:, 0], points[:, 1]
    yield declared, False, (lon, lat)
    raw = from_wgs84(lon, lat, declared)
    yield declared, True, to_wgs84(raw[1], raw[0], declared)
    known = {WGS84, CGCS2000, GCJ02, BD09}
    # A projected file of shifted degrees was projected after the shift: undo only the shift.
    numbers = raw if declared in known else (lon, lat)
    for system in (WGS84, GCJ02, BD09):
        if system != declared:
            yield system, False, to_wgs84(*numbers, system)
    for zone in _neighbouring_zones(declared):
        yield zone, False, to_wgs84(*raw, zone)


def _neighbouring_zones(declared: str) -> list[str]:
    """Name the 3-degree zones that a file of one zone is most often mistaken for."""
    number = int(declared[5:]) if declared.startswith("EPSG:") else 0
    belt = next(((low, high) for low, high in _ZONES if low <= number <= high), None)
    if belt is None:
        return []
    zones = (number + away for away in _ZONES_AWAY)
    return [f"EPSG:{zone}" for zone in zones if belt[0] <= zone <= belt[1]]


def _read(reference: Reference, system: str, swapped: bool, lonlat: Pair) -> _Reading:  # noqa: FBT001
    places = _laid(reference.grid, *lonlat)
    lost = np.isnan(places[:, 0])
    gaps, _ = reference.tree.query(np.where(lost[:, None], 0.0, places))
    return _Reading(system, swapped, places, np.where(lost, np.inf, gaps))


def _laid(grid: LocalGrid, lon: FloatArray, lat: FloatArray) -> FloatArray:
    on_earth = (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)  # noqa: PLR2004
    return np.column_stack(
        grid.project_xy(np.where(on_earth, lon, np.nan), np.where(on_earth, lat, np.nan))
    )


def _finite_rows(pairs: ArrayLike) -> FloatArray:
    array = np.asarray(pairs, dtype=np.float64).reshape(-1, 2)
    return array[np.isfinite(array).all(axis=1)]


def _witnesses(points: FloatArray) -> FloatArray:
    """Keep one point of each place, and not more than are needed."""
    cells = np.round(points * (111_320.0 / _SAME_PLACE_M))
    _, kept = np.unique(cells, axis=0, return_index=True)
    every = max(1, -(-len(kept) // _MOST_POINTS))
    return points[np.sort(kept)[::every]]


def _shift(one: _Reading, other: _Reading) -> float:
    moved = np.hypot(*(one.places - other.places).T)
    known = moved[np.isfinite(moved)]
    return float(np.median(known)) if len(known) else np.nan


def _near(reading: _Reading) -> FloatArray:
    return np.minimum(reading.gaps, _FAR_M)


def _clearly_better(best: FloatArray, declared: FloatArray) -> bool:
    """Compare the two labels point by point: a paired test, and a difference worth a word."""
    gain = declared - best
    count = len(gain)
    certainty = next(needed for least, needed in _CERTAINTY if count >= least)
    spread = float(gain.std(ddof=1)) / np.sqrt(count)
    return bool(gain.mean() > certainty * spread and best.mean() < _MUCH_BETTER * declared.mean())


def _suspicion(first: _Reading, best: _Reading, declared: str) -> Suspicion:
    declared_m, likely_m = float(np.median(first.gaps)), float(np.median(best.gaps))
    shift = _shift(first, best)
    stands = f"，一半的点离最近的街道超过{_metres(declared_m)}"
    if best.swapped:
        problem = f"经度和纬度像是整列填反了：照原样{stands}，对调后是{_metres(likely_m)}"
        remedy = "把两列的列名对调后重新导入"
    else:
        problem = f"坐标写明是 {declared}，但更像 {best.system}：按 {declared}{stands}"
        problem += f"，按 {best.system} 是{_metres(likely_m)}，两者相差{_metres(shift)}"
        remedy = f'核对来源，属实就在 district.toml 里把这个文件写成 coordinates = "{best.system}"'
        if declared.startswith("EPSG:") and best.system in (GCJ02, BD09):
            remedy = f"核对来源，属实就从 {best.system} 的经纬度重新导出这个文件"
    known = declared_m if np.isfinite(declared_m) else np.nan
    return Suspicion(declared, best.system, best.swapped, known, likely_m, shift, problem, remedy)


def _metres(distance: float) -> str:
    if not distance < 100 * _KILOMETRE:
        return " 100 公里"
    if distance >= _KILOMETRE:
        return f" {distance / _KILOMETRE:.1f} 公里"
    return f" {distance:.0f} 米"
