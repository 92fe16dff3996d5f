"""Measure how circles are drawn: by us, by a greedy rule, and by the methods of spopt.

Everybody gets the same made-up communities. What comes out is measured with one and the same ruler:
the tiles, borders and walks that our land knows. The peers know communities and who is next to
whom; they have no rule for area, density, walks or barriers, and cut no community.
"""

import math
import time

import numpy as np
import numpy.typing as npt
import shapely

from benchmarks.circle_world import make_world
from benchmarks.made_up import GRID
from benchmarks.peers import Answer
from benchmarks.peers import ask_of
from benchmarks.rows import OURS
from benchmarks.sheets import Sheet
from benchmarks.sheets import seconds
from livingcircle._delineation.groups import Measures
from livingcircle._delineation.judging import judge
from livingcircle._delineation.land import Land
from livingcircle.circle_edits import draw
from livingcircle.circle_edits import merge
from livingcircle.circle_edits import split
from livingcircle.circle_set import CircleSet
from livingcircle.delineation import Wishes
from livingcircle.delineation import propose_circles
from livingcircle.district import District
from livingcircle.errors import InputError

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

GREEDY = "贪心（按面积和人口长大）"
METHODS = {"maxp": "spopt MaxP", "skater": "spopt SKATER", "regionkmeans": "spopt RegionKMeans"}
HEAD = ("社区", "方法", "圈", "面积超限", "端到端超15分钟", "密度不在1–3万", "人口离均差",
        "紧凑度", "隔着硬阻隔的邻对", "不连片", "秒", "说明")  # fmt: skip
EDITS = 60
# A region of max-p must hold at least this share of what our circles hold on average.
FLOOR = 0.75


def measure(communities: int, limit: float) -> list[Sheet]:
    """Return how good and how fast everybody is on so many communities."""
    district = make_world(communities)
    propose_circles(make_world(60))  # compiled kernels are loaded once, not timed
    start = time.perf_counter()
    found = propose_circles(district, Wishes())
    took = time.perf_counter() - start
    land, ours = found.set.land, _labels(found.set)
    size = f"{len(district.communities):,}"
    people = float(np.nansum(land.tiles.people)) / len(found.set.circles)
    worst = found.cells["gap"].max()
    told = f"连同铺路、量步行；{'每格证明最优' if worst == 0 else f'离最优至多 {worst:.1%}'}"
    rows = [_line(size, OURS, land, ours, took, told)]
    start = time.perf_counter()
    greedy = _greedy(land, people)
    rows.append(_line(size, GREEDY, land, greedy, time.perf_counter() - start, "不含铺路、量步行"))
    given = _given(district, len(found.set.circles), people)
    for method, name in METHODS.items():
        answer = ask_of("spopt", method, given, limit)
        rows.append(_peer(size, name, land, answer, given))
    return [Sheet("", HEAD, tuple(rows)), _edit_sheet(size, found.set)]


def _labels(some: CircleSet) -> Ints:
    """Return the circle of each tile."""
    numbers = {circle.id: n for n, circle in enumerate(some.circles)}
    return np.array([numbers[some.of_tile[t]] for t in range(len(some.land.tiles))])


def _line(
    size: str, name: str, land: Land, labels: Ints, took: float, told: str
) -> tuple[str, ...]:
    """Return one method's row, measured with our ruler."""
    measures = Measures.of(land)
    numbers = np.unique(labels)
    judged = [judge(land, measures, np.flatnonzero(labels == n).tolist()) for n in numbers]
    limits = land.wishes.limits
    people = np.array([one.group.people for one in judged])
    low, high = limits.density
    borders = land.borders
    parted = ~borders.passable & (labels[borders.a] == labels[borders.b])
    # Contiguity is the peers' own: over any border, barriers or not.
    return (
        size, name, f"{len(numbers):,}",
        f"{sum(one.group.km2 > limits.area_km2 for one in judged):,}",
        f"{sum(one.group.walk > land.wishes.band for one in judged):,}",
        f"{sum(not low <= one.density <= high for one in judged):,}",
        f"{np.abs(people / people.mean() - 1).mean():.0%}",
        f"{np.mean([one.compactness for one in judged]):.2f}",
        f"{int(parted.sum()):,}",
        f"{sum(not _touching(land, one.group.tiles) for one in judged):,}",
        seconds(took), told,
    )  # fmt: skip


def _touching(land: Land, tiles: frozenset[int]) -> bool:
    """Return whether tiles hang together over borders of any kind."""
    seen, waiting = set(), [min(tiles)]
    while waiting:
        tile = waiting.pop()
        if tile not in seen:
            seen.add(tile)
            waiting += [other for other in land.borders.shared[tile] if other in tiles]
    return len(seen) == len(tiles)


def _peer(
    size: str, name: str, land: Land, answer: Answer, given: dict[str, npt.NDArray[np.generic]]
) -> tuple[str, ...]:
    """Return a peer's row, or why there is none."""
    blank = (size, name, *("—" for _ in HEAD[2:-2]))
    if answer.reason:
        return (*blank, "—", answer.reason)
    took, over = answer.seconds(whole=True)
    if answer.found is None:
        return (*blank, f"> {seconds(took)}" if over else "—", "没有算完")
    labels = dict(zip(given["ids"].tolist(), answer.found.tolist(), strict=True))
    of_tile = np.array([labels[one] for one in land.tiles.communities], dtype=np.int64)
    lost = int((of_tile < 0).sum())
    told = f"{lost}个单元没有分进任何圈" if lost else "没有面积、步行、阻隔的规则，不切开社区"
    return _line(size, name, land, of_tile, took, told)


def _given(district: District, circles: int, people: float) -> dict[str, npt.NDArray[np.generic]]:
    """Return communities as the peers take them: places, people, and who is next to whom."""
    shapes = np.asarray(GRID.project(district.communities.geometry.to_numpy()), dtype=object)
    a, b = shapely.STRtree(shapes).query(shapes, predicate="touches")
    edges = shapely.boundary(shapes)
    common = shapely.length(shapely.intersection(edges[a], edges[b])) > 1.0
    return {
        "ids": district.communities.index.to_numpy().astype(str),
        "xy": shapely.get_coordinates(shapely.centroid(shapes)),
        "people": district.communities["population"].to_numpy(dtype=np.float64),
        "a": a[common], "b": b[common],
        "circles": np.array(circles), "floor": np.array(FLOOR * people),
    }  # fmt: skip


def _greedy(land: Land, people: float) -> Ints:
    """Return circles grown from the north-west, the nearest neighbour first, up to limits."""
    labels = np.full(len(land.tiles), -1, dtype=np.int64)
    centres = shapely.get_coordinates(shapely.centroid(land.tiles.shapes))
    for seed in np.lexsort((centres[:, 0], -centres[:, 1])).tolist():
        if labels[seed] >= 0:
            continue
        mine, km2 = [seed], land.tiles.km2[seed]
        held = land.tiles.people[seed]
        while True:
            beside = {n for t in mine for n in land.borders.shared[t] if labels[n] < 0} - {*mine}
            fits = [n for n in sorted(beside)
                    if km2 + land.tiles.km2[n] <= land.wishes.limits.area_km2
                    and held + land.tiles.people[n] <= 1.2 * people]  # fmt: skip
            if not fits:
                break
            best = min(fits, key=lambda n: math.dist(centres[n], centres[seed]))
            mine.append(best)
            km2, held = km2 + land.tiles.km2[best], held + land.tiles.people[best]
        labels[mine] = seed
    return labels


def _edit_sheet(size: str, some: CircleSet) -> Sheet:
    """Return how long merging, splitting and drawing take on a set."""
    took: dict[str, list[float]] = {"合并": [], "拆分": [], "画边界": []}
    for circle in some.circles[:EDITS]:
        beside = next((some.of_tile[n] for t in sorted(circle.tiles)
                       for n in sorted(some.measures.neighbours[t])
                       if n not in circle.tiles), None)  # fmt: skip
        if beside is None:
            continue
        whole = shapely.union_all(some.land.tiles.shapes[sorted(circle.tiles)])
        box = some.land.grid.unproject(shapely.buffer(shapely.centroid(whole), 150.0))
        try:
            start = time.perf_counter()
            joined = merge(some, [circle.id, beside]).set
            took["合并"].append(time.perf_counter() - start)
            start = time.perf_counter()
            split(joined, joined.circles[-1].id)
            took["拆分"].append(time.perf_counter() - start)
            start = time.perf_counter()
            draw(some, box)
            took["画边界"].append(time.perf_counter() - start)
        except InputError:
            continue  # refused for a hard rule: that is an answer too, but no whole operation
    lines = tuple(
        (size, name, f"{len(times)}", f"{1000 * float(np.median(times)):.1f}",
         f"{1000 * max(times):.1f}")
        for name, times in took.items()
        if times
    )  # fmt: skip
    return Sheet("", ("社区", "操作", "次数", "中位数（毫秒）", "最长（毫秒）"), lines)
