"""Propose the circles of a district from nothing, or improve an existing set with few moves.

密云 三（一）: circles keep to one side of rivers, railways and expressways (hard); to 2 km², the
walk of the band from end to end and one side of arterial roads unless a reason is written (soft);
density, 街道 and split communities are for information. What cannot be met is reported with by how
much: there is no "infeasible".
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle._delineation.groups import Measures
from livingcircle._delineation.land import Land
from livingcircle._delineation.land import prepare_land
from livingcircle._delineation.notes import notes_on_circles
from livingcircle._delineation.partition import Cell
from livingcircle._delineation.partition import Divider
from livingcircle._delineation.partition import Progress
from livingcircle._delineation.wishes import Prices
from livingcircle._delineation.wishes import Wishes
from livingcircle.circle_set import Circle
from livingcircle.circle_set import CircleSet
from livingcircle.circle_set import Step
from livingcircle.circle_set import begin
from livingcircle.circle_set import formation_of
from livingcircle.circle_set import fresh_name
from livingcircle.circle_set import next_id
from livingcircle.district import District
from livingcircle.district import Source
from livingcircle.district import Status
from livingcircle.errors import InputError
from livingcircle.memory import Memory
from livingcircle.tables import conform

__all__ = ["Prices", "Proposal", "Wishes", "existing_circles", "improve_circles",
           "propose_circles", "to_district"]  # fmt: skip

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Proposal:
    """Hold proposed circles and how good they are.

    Attributes
    ----------
    set
        The circles, a first version that can be edited.
    cells
        One row for each cell between hard severances: ``tiles``, ``circles``, ``candidates``
        (groups weighed), ``exhaustive`` (whether these are all there are), ``price``, ``gap`` (by
        what share a better choice among the candidates could be cheaper; 0 is proven).
    checks
        One row for each circle and rule, as :meth:`CircleSet.checks`.
    notes
        Sentences on what was missing, and on wishes that could not be met.
    """

    set: CircleSet
    cells: pd.DataFrame
    checks: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def shortfalls(self) -> pd.DataFrame:
        """Return what could not be met, the hard before the soft, and by how much."""
        rows = self.checks[self.checks["verdict"] == "lacking"]
        order = rows["severity"].map({"hard": 0, "soft": 1, "info": 2})
        return rows.iloc[np.argsort(order.to_numpy(), kind="stable")].reset_index(drop=True)


def propose_circles(
    district: District,
    wishes: Wishes | None = None,
    *,
    memory: Memory | None = None,
    progress: Progress | None = None,
) -> Proposal:
    """Return circles for a whole district, drawn from nothing.

    Parameters
    ----------
    district
        Communities with boundaries, or streets that make blocks; barriers, doors, streets as far
        as they are known.
    wishes
        Band, limits, what parts the land, how many circles; the usual if not given.
    memory
        Of an earlier run, for the streets.
    progress
        Called as ``progress(done, total, what)``.

    Raises
    ------
    InputError
        If the wishes contradict each other, or nothing says where the land is.
    """
    land = prepare_land(district, wishes or Wishes(), memory)
    divider = Divider(land, Measures.of(land))
    cells = divider.divide(land.wishes.count, progress)
    groups = [("", "", tiles) for tiles in _in_order(land, cells)]
    made = begin(land, groups, Step(1, "propose", {}))
    return _proposal(made, cells, land.wishes.count)


def improve_circles(
    district: District,
    wishes: Wishes | None = None,
    *,
    start: CircleSet | None = None,
    memory: Memory | None = None,
    progress: Progress | None = None,
) -> Proposal:
    """Return the district's own circles made better with few moves.

    What moves and what is cut has its price (:class:`Prices`), so that a circle is left alone
    unless something is gained. A circle that keeps most of itself keeps its id and name.

    Parameters
    ----------
    start
        The set to begin with; the circles of the district if not given.

    Raises
    ------
    InputError
        If there are no circles to begin with, or the wishes contradict each other.
    """
    if start is None:
        start = existing_circles(district, wishes, memory=memory)
    land = start.land
    if wishes is not None:
        _refuse_other_land(land, wishes.checked())
        land = replace(land, wishes=wishes)
    old = np.full(len(land.tiles), -1, dtype=np.int64)
    for number, circle in enumerate(start.circles):
        old[sorted(circle.tiles)] = number
    divider = Divider(land, Measures.of(land), old)
    cells = divider.divide(land.wishes.count, progress)
    made = _renewed(
        replace(start, land=land, origin=replace(start.origin, wishes=land.wishes)),
        _in_order(land, cells),
        old,
    )
    return _proposal(made, cells, land.wishes.count)


def _refuse_other_land(land: Land, wishes: Wishes) -> None:
    """Refuse wishes for which the land would have to be prepared differently."""
    was = land.wishes
    same = all(getattr(was, name) == getattr(wishes, name)
               for name in ("hard", "soft", "walker", "at"))  # fmt: skip
    if not same or wishes.band * (1.0 + wishes.slack) > land.walks.reach:
        what = "改进已有的一套圈时，不能换阻隔类别、步行者、钟点，也不能把步行时限放到两倍以上"
        raise InputError(what, remedy="不给 start，从地区的生活圈表重新开始")


def existing_circles(
    district: District, wishes: Wishes | None = None, *, memory: Memory | None = None
) -> CircleSet:
    """Return the circles a district has as a first version; tiles of none are left outside.

    A community that belongs to a circle in part goes to the circle whose drawn boundary holds
    most of it, in pieces where a severance really splits it.

    Raises
    ------
    InputError
        If the district has no circles, or none of them has a community with a boundary.
    """
    if len(district.circles) == 0:
        remedy = "用 propose 从头划分，或在 district.toml 里加上 [[circles]]"
        raise InputError("这个地区还没有生活圈，没有可以改进的", remedy=remedy)
    land = prepare_land(district, wishes or Wishes(), memory)
    circle_of = _circle_of_tiles(land)
    groups = [
        (str(one), str(name), frozenset(np.flatnonzero(circle_of == number).tolist()))
        for number, (one, name) in enumerate(district.circles["name"].items())
    ]
    empty = [name for _, name, tiles in groups if not tiles]
    held = [group for group in groups if group[2]]
    if not held:
        remedy = "补上社区边界，并在生活圈表的“覆盖社区”里写明成员"
        raise InputError("没有一个圈含有带边界的社区", remedy=remedy)
    if empty:
        note = f"{'、'.join(empty)}没有带边界的社区，没有参加划分"
        land = replace(land, notes=(*land.notes, note))
    land = replace(land, notes=(*land.notes, *notes_on_circles(land, held)))
    return begin(land, held, Step(1, "import", {}))


def _circle_of_tiles(land: Land) -> Ints:
    """Return the number of the district's circle that each tile belongs to, or -1."""
    district, tiles = land.district, land.tiles
    circles = {str(one): number for number, one in enumerate(district.circles.index)}
    members = district.circle_members
    whole = members[~members["part"].astype(bool)]
    of = dict(zip(whole["community_id"], whole["circle_id"].map(circles), strict=True))
    found = np.array([of.get(c, -1) for c in tiles.communities], dtype=np.int64)
    drawn = district.circles.geometry
    known = np.flatnonzero(drawn.notna().to_numpy())
    loose = np.flatnonzero(found < 0)
    if len(known) and len(loose):
        areas = np.asarray(land.grid.project(drawn.to_numpy()[known]), dtype=object)
        common = shapely.area(shapely.intersection(tiles.shapes[loose][:, None], areas[None, :]))
        most = common.argmax(axis=1)
        # A tile that lies mostly outside every drawn circle belongs to none.
        enough = common.max(axis=1) > shapely.area(tiles.shapes[loose]) / 4.0
        found[loose[enough]] = known[most[enough]]
    return found


def _in_order(land: Land, cells: Sequence[Cell]) -> list[frozenset[int]]:
    """Return the circles of all cells from north to south, then from west to east."""
    groups = [group.tiles for cell in cells for group in cell.circles]
    centres = [
        shapely.get_coordinates(shapely.centroid(shapely.union_all(land.tiles.shapes[sorted(g)])))[
            0
        ]
        for g in groups
    ]
    keys = [
        (-round(y / 500.0), round(x), min(g)) for (x, y), g in zip(centres, groups, strict=True)
    ]
    return [groups[n] for n in sorted(range(len(groups)), key=lambda n: keys[n])]


def _renewed(start: CircleSet, groups: Sequence[frozenset[int]], old: Ints) -> CircleSet:
    """Return the next version of a set; circles that keep most of themselves keep their names."""
    land, circles = start.land, []
    heirs = _heirs(start, groups, old)
    taken = {start.circles[was].name for was in heirs.values()}
    issued, known = start.issued, start.known_ids
    for number, tiles in enumerate(groups):
        if number in heirs:
            was = start.circles[heirs[number]]
            formation = was.formation if was.tiles == tiles else formation_of(land, tiles)
            circles.append(Circle(was.id, was.name, formation, tiles))
            continue
        one, issued = next_id(issued, known)
        name = fresh_name(land, tiles, taken)
        taken.add(name)
        circles.append(Circle(one, name, formation_of(land, tiles), tiles))
    lineage = tuple(
        (start.circles[was].id, circle.id)
        for circle in circles
        for was in sorted({int(old[t]) for t in circle.tiles} - {-1})
    )
    arguments = {
        "circles": {c.id: [land.tiles.ids[t] for t in sorted(c.tiles)] for c in circles},
        "names": {c.id: c.name for c in circles},
    }
    step = Step(start.version + 1, "improve", arguments, lineage=lineage)
    return replace(start, circles=tuple(circles), steps=(*start.steps, step), issued=issued,
                   outside=frozenset())  # fmt: skip


def _heirs(start: CircleSet, groups: Sequence[frozenset[int]], old: Ints) -> dict[int, int]:
    """Return which old circle a group is, where it holds more than half of one."""
    heirs = {}
    for number, tiles in enumerate(groups):
        held = Counter(int(old[t]) for t in tiles if old[t] >= 0)
        mine = [
            (count, -was)
            for was, count in held.items()
            if 2 * count > len(start.circles[was].tiles)
        ]
        if mine:
            heirs[number] = -max(mine)[1]
    return heirs


def _proposal(made: CircleSet, cells: Sequence[Cell], wanted: int | None) -> Proposal:
    """Return a set with its checks and how good the choice is."""
    rows = [
        {
            "tiles": len(cell.tiles),
            "circles": len(cell.circles),
            "candidates": len(cell.priced.groups),
            "exhaustive": cell.whole,
            "price": round(cell.choice.price, 6) if cell.choice else 0.0,
            "gap": round(cell.choice.gap, 6) if cell.choice else 0.0,
        }
        for cell in cells
    ]
    index = pd.Index([f"格{n + 1}" for n in range(len(rows))], dtype="str", name="cell_id")
    notes, count = [*made.land.notes], len(made.circles)
    if wanted is not None and count != wanted:
        few = count > wanted
        parted = f"阻隔把土地分成{len(cells)}格，" if len(cells) > 1 else ""
        why = f"{parted}面积和步行的限值不许再合并" if few else "社区不够再分"
        remedy = "放宽步行或面积限值" if few else "用 draw 把大的社区切开"
        notes.append(
            f"想要{wanted}个圈，只能做到{count}个，{'多' if few else '少'}{abs(count - wanted)}个："
            f"{why}；要更{'少' if few else '多'}，{remedy}"
        )
    if wanted is not None and len(cells) > 1:
        notes.append(
            "个数是各格一步步凑出来的：每格的证明只说明在它那个价钱下最优，不证明整个地区按这个个数最优"
        )
    return Proposal(made, pd.DataFrame(rows, index=index), made.checks(), tuple(notes))


def to_district(district: District, made: CircleSet) -> District:
    """Return the district with the circles of a set, ready for :func:`livingcircle.assess`.

    Every circle has its boundary drawn, so that doors of split communities fall to the right one;
    what was written of a circle of the district that is still there (kind, sheet of six fields) is
    kept. A set drawn from nothing keeps nothing: the same id there is another circle.
    """
    land, rows = made.land, []
    for circle in made.circles:
        judged = made.judged(circle)
        shape = shapely.union_all(land.tiles.shapes[sorted(circle.tiles)])
        rows.append({
            "circle_id": circle.id, "name": circle.name, "formation": circle.formation,
            "members": "、".join(
                f"{land.community_names[c]}{'（部分）' if c in judged.split else ''}"
                for c in judged.communities
            ),
            "community_count": len(judged.communities),
            "subdistrict": "、".join(judged.subdistricts),
            "population": judged.group.people, "geometry": land.grid.unproject(shape),
        })  # fmt: skip
    frame = gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry", crs="EPSG:4326")
    circles = conform("circles", frame)
    told = ["kind", "subtype", "planned_year", "resident_profile", "trade_completeness",
            "built_profile", "location_resources", "openness", "cooperation"]  # fmt: skip
    own = [one.id for one in made.first] if made.steps[0].operation == "import" else []
    kept = circles.index.intersection(district.circles.index).intersection(own)
    for column in told:
        values = circles[column].copy()
        values.loc[kept] = district.circles.loc[kept, column]
        circles[column] = values
    source = Source("circles", "", Status.DERIVED, "划定的生活圈", rows=len(circles))
    others = tuple(one for one in district.sources if one.table != "circles")
    return replace(
        district,
        communities=land.district.communities,
        circles=circles,
        circle_members=made.members().astype({"circle_id": "str", "community_id": "str"}),
        sources=(*others, source),
    )
