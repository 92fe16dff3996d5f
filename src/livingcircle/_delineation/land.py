"""Prepare a district for drawing circles: tiles, borders, walks, everything that is asked again.

Whatever an operation needs is laid down here once, so that the operation itself only adds up.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from functools import cached_property
from itertools import pairwise

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from livingcircle._delineation.blocks import with_blocks
from livingcircle._delineation.borders import Borders
from livingcircle._delineation.borders import find_borders
from livingcircle._delineation.tiles import Piece
from livingcircle._delineation.tiles import Tiles
from livingcircle._delineation.tiles import as_tiles
from livingcircle._delineation.tiles import cell_of_tiles
from livingcircle._delineation.tiles import count_people
from livingcircle._delineation.tiles import cut_communities
from livingcircle._delineation.tiles import tile_of_doors
from livingcircle._delineation.walks import Walks
from livingcircle._delineation.walks import measure_walks
from livingcircle._delineation.walks import representatives
from livingcircle._delineation.walks import tile_walks
from livingcircle._delineation.wishes import Wishes
from livingcircle.circles import MARGIN_METRES
from livingcircle.circles import door_communities
from livingcircle.circles import severing_shapes
from livingcircle.coordinates import LocalGrid
from livingcircle.district import District
from livingcircle.errors import InputError
from livingcircle.memory import Memory
from livingcircle.severance import GAP_METRES
from livingcircle.severance import cut_land
from livingcircle.severance import land_of
from livingcircle.situation import RESIDENTIAL
from livingcircle.situation import Situation
from livingcircle.situation import lay_out
from livingcircle.tables import conform
from livingcircle.walkers import find_walker

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[np.object_]
# Walks are known up to so many times the band; beyond, only that they are longer.
REACH = 2.0
SHOWN = 5  # names in a sentence


@dataclass(frozen=True)
class Land:
    """Hold a district ready for drawing circles.

    Attributes
    ----------
    district
        As given; street blocks stand in for communities where nobody knows any.
    wishes
        What is wanted.
    grid
        Its metre grid.
    tiles, borders
        What circles are put together from.
    blocks
        In which cell between severances, hard and soft, each tile mostly lies, shape (tiles,).
    hard, soft
        What parts it, by kind, in metres.
    standing
        The representatives of each tile.
    walks
        Minutes between representatives.
    doors, door_tile, door_people
        Where doors stand in metres, shape (doors, 2); the tile of each, -1 for none; residents.
    place
        Where the representatives stand in metres.
    walk
        Minutes from each tile to those within reach; see :func:`tile_walks`.
    inside
        Longest walk within each tile, NaN where nobody stands for it, inf beyond reach.
    community_names
        Name of each community by its id.
    notes
        Sentences on what was missing.
    """

    district: District
    wishes: Wishes
    grid: LocalGrid
    tiles: Tiles
    borders: Borders
    blocks: Ints
    hard: dict[str, Shapes]
    soft: dict[str, Shapes]
    standing: tuple[Ints, ...]
    walks: Walks
    doors: Floats
    door_tile: Ints
    door_people: Floats
    place: Floats
    walk: tuple[dict[int, float], ...]
    inside: Floats
    community_names: dict[str, str]
    notes: tuple[str, ...]

    @cached_property
    def number(self) -> dict[str, int]:
        """Return the number of each tile by its id."""
        return {name: n for n, name in enumerate(self.tiles.ids)}

    @cached_property
    def block_list(self) -> list[int]:
        """Return the block of each tile as a plain list."""
        blocks: list[int] = self.blocks.tolist()
        return blocks

    @cached_property
    def part_list(self) -> list[bool]:
        """Return whether each tile is a part only, as a plain list."""
        part: list[bool] = self.tiles.part.tolist()
        return part

    @cached_property
    def parts_of(self) -> Counter[str]:
        """Return into how many tiles each community is cut."""
        return Counter(self.tiles.communities)

    @cached_property
    def shapes(self) -> dict[str, tuple[Shapes, shapely.STRtree]]:
        """Return all that parts, for good or not, by kind, and where it is."""
        every = {**self.hard, **self.soft}
        return {kind: (some, shapely.STRtree(some)) for kind, some in every.items()}

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Return where the tiles are."""
        return shapely.STRtree(self.tiles.shapes)

    def hard_shapes_near(self, areas: Shapes) -> Shapes:
        """Return all that parts for good and meets the box around some areas, with room."""
        box = shapely.buffer(shapely.box(*shapely.total_bounds(areas)), 2 * MARGIN_METRES)
        return together({kind: self.near(kind, box) for kind in self.hard})

    def near(self, kind: str, area: shapely.Geometry) -> Shapes:
        """Return what of a kind meets an area."""
        some, tree = self.shapes[kind]
        return np.asarray(some[tree.query(area, predicate="intersects")], dtype=object)


def together(shapes: dict[str, Shapes]) -> Shapes:
    """Return the shapes of all kinds in one array."""
    return np.concatenate([np.empty(0, dtype=object), *shapes.values()])


def prepare_land(
    district: District,
    wishes: Wishes,
    memory: Memory | None = None,
    reach: float | None = None,
) -> Land:
    """Return a district ready for drawing circles.

    Walks are measured up to ``reach`` minutes, twice the band if not given.

    Raises
    ------
    InputError
        If the wishes contradict each other, or nothing says where the land is.
    """
    wishes = wishes.checked()
    district, notes = _with_units(district)
    situation = _laid(district, wishes, memory or Memory())
    grid = situation.grid
    shapes = severing_shapes(district, grid)
    hard, soft = ({k: shapes[k] for k in kinds} for kinds in (wishes.hard, wishes.soft))
    communities = district.communities
    pieces = _pieces(communities, hard, grid)
    points = np.asarray(grid.project(situation.doors.geometry.to_numpy()), dtype=object)
    door_tile = tile_of_doors(pieces, situation.members.door_community, points)
    residents = situation.doors["residents"].to_numpy(dtype=np.float64, na_value=np.nan)
    counted = count_people(door_tile, residents, len(pieces))
    tiles = as_tiles(pieces, communities, counted, grid)
    xy = np.asarray(shapely.get_coordinates(points), dtype=np.float64)
    usable = ~(situation.off_network | situation.shut_in)
    chosen, places = _in_a_row(representatives(door_tile, xy, residents, usable, len(tiles)))
    walks = measure_walks(situation, chosen, reach or REACH * wishes.band)
    walk, inside = tile_walks(walks, places)
    borders = find_borders(tiles.shapes, together(hard))
    cells = cut_land(land_of(district, grid), {**hard, **soft})
    names = communities["name"].astype(str)
    return Land(
        district=district,
        wishes=wishes,
        grid=grid,
        tiles=tiles,
        borders=borders,
        blocks=cell_of_tiles(tiles.shapes, door_tile, xy, cells),
        hard=hard,
        soft=soft,
        standing=places,
        walks=walks,
        doors=xy,
        door_tile=door_tile,
        door_people=residents,
        place=xy[chosen],
        walk=walk,
        inside=inside,
        community_names=dict(zip(communities.index.astype(str), names, strict=True)),
        notes=(
            *notes,
            *_apart_notes(tiles, borders),
            *_door_notes(tiles, door_tile, points, residents),
            *_notes(situation, door_tile, tiles),
        ),
    )


def _in_a_row(standing: Sequence[Ints]) -> tuple[Ints, tuple[Ints, ...]]:
    """Return the representatives of all tiles in one list, and where each tile's stand in it."""
    ends = np.cumsum([0, *(len(some) for some in standing)]).tolist()
    places = tuple(np.arange(a, b) for a, b in pairwise(ends))
    return np.concatenate([np.empty(0, dtype=np.int64), *standing]), places


def _pieces(communities: gpd.GeoDataFrame, hard: dict[str, Shapes], grid: LocalGrid) -> list[Piece]:
    """Return the communities cut into tiles."""
    plane = np.asarray(grid.project(communities.geometry.to_numpy()), dtype=object)
    plane = shapely.make_valid(plane)
    _refuse_flat(communities, plane)
    pieces = cut_communities(plane, hard)
    if not pieces:
        remedy = "补上社区边界，或核对范围和道路是不是在同一个地方"
        raise InputError("没有一个单元可以用来拼圈", remedy=remedy)
    return pieces


def _refuse_flat(communities: pd.DataFrame, plane: Shapes) -> None:
    """Refuse boundaries that enclose nothing."""
    flat = communities.geometry.notna().to_numpy() & ~(shapely.area(plane) > 0)
    if flat.any():
        names = "、".join(communities["name"][flat].astype(str).iloc[:5])
        what = f"{names}的边界围不住任何土地"
        raise InputError(what, remedy="重画这些社区的边界；不知道边界的，留空")


def _apart_notes(tiles: Tiles, borders: Borders) -> list[str]:
    """Say which tiles meet no other, and which lie in pieces."""
    notes = []
    both = zip(borders.neighbours, borders.opposite, strict=True)
    alone = [n for n, (beside, across) in enumerate(both) if not beside and not across]
    if alone and len(tiles) > 1:
        named = _listed([tiles.names[n] for n in alone])
        notes.append(
            f"{named}与别的单元都不相接，只能各自成圈；边界之间有缝的（超过{GAP_METRES:g}米），把边界画到一起"
        )
    pieces = np.flatnonzero(shapely.get_num_geometries(tiles.shapes) > 1)
    if len(pieces):
        named = _listed([tiles.names[n] for n in pieces])
        notes.append(f"{named}由不相连的几块地组成，各作为一个单元，“连成一片”不看单元内部")
    return notes


def _listed(names: list[str]) -> str:
    """Return a few names, and how many there are."""
    more = f"等{len(names)}个单元" if len(names) > SHOWN else ""
    return "、".join(names[:SHOWN]) + more


def _door_notes(tiles: Tiles, door_tile: Ints, points: Shapes, residents: Floats) -> list[str]:
    """Say where doors contradict the boundaries, and where only some of them tell their people."""
    notes, here = [], np.flatnonzero(door_tile >= 0)
    away = shapely.distance(tiles.shapes[door_tile[here]], points[here]) > GAP_METRES
    if away.any():
        notes.append(
            f"{away.sum()}个楼门写的社区与所在的位置不同，划圈按写的社区算，评估按圈的边界算"
        )
    told = ~np.isnan(residents[here])
    partly = ~np.isnan(tiles.people[door_tile[here]]) & ~told
    if partly.any():
        notes.append(f"{partly.sum()}个楼门的人数未知，所在单元的人数和密度只含已知的")
    return notes


def _with_units(district: District) -> tuple[District, list[str]]:
    """Return the district with units that have a boundary, and what had to be made up for it."""
    notes = []
    if not district.communities.geometry.notna().any():
        notes.append("没有社区边界，改用道路围成的街区来拼圈，街区不是行政单位")
        placed = district.doors if len(district.doors) else district.streets
        grid = LocalGrid.around(placed.geometry if len(placed) else district.extent)
        district = with_blocks(replace(district, communities=district.communities.iloc[:0],
                                       circles=district.circles.iloc[:0],
                                       circle_members=district.circle_members.iloc[:0]),
                               grid)  # fmt: skip
    blank = district.communities["name"][district.communities.geometry.isna()]
    if len(blank):
        notes.append(f"{'、'.join(blank)}没有边界，没有划进任何圈；补上边界后重新划")
    return _with_stand_ins(district, notes), notes


def _with_stand_ins(district: District, notes: list[str]) -> District:
    """Add a point with unknown people for each community of which neither doors nor people are."""
    homes = district.doors[
        district.doors["use"].isin(RESIDENTIAL) | (district.doors["residents"] > 0).fillna(False)  # noqa: FBT003
    ]
    lived = door_communities(district, homes)
    communities = district.communities
    empty = np.setdiff1d(np.arange(len(communities)), lived)
    known = communities.geometry.notna() & communities["population"].isna()
    empty = empty[known.to_numpy()[empty]]
    if len(empty) == 0:
        return district
    if len(empty) == len(communities):
        notes.append("没有楼门也没有人口，只能按面积和步行划，人口和密度都是未知")
    else:
        some = _listed(communities["name"].iloc[empty].tolist())
        notes.append(f"{some}没有楼门也没有人口，人数未知，步行按其中一点粗略计算")
    shapes = communities.geometry.to_numpy()[empty]
    frame = gpd.GeoDataFrame(
        {"community": communities.index[empty], "use": "住宅"},
        index=[f"unit:{name}" for name in communities.index[empty]],
        geometry=shapely.point_on_surface(shapes),
        crs=communities.crs,
    )
    both = pd.concat([district.doors, conform("doors", frame)])
    return replace(district, doors=conform("doors", both))


def _laid(district: District, wishes: Wishes, memory: Memory) -> Situation:
    """Return the district on its streets, as those find them who are at home at both ends."""
    gates, streets = district.gates, district.streets
    own = gates["gate_class"].where(gates["gate_class"] != "residents", "public")
    access = streets["access"].where(streets["access"] != "residents", "public")
    opened = replace(
        district, gates=gates.assign(gate_class=own), streets=streets.assign(access=access)
    )
    return lay_out(opened, find_walker(wishes.walker), at=wishes.at, memory=memory)


def _notes(situation: Situation, door_tile: Ints, tiles: Tiles) -> list[str]:
    """Return what of the people and streets is not known."""
    notes = []
    outside = int((door_tile < 0).sum())
    if outside:
        notes.append(f"{outside}个楼门不在任何有边界的社区里，没有划进任何圈")
    nobody = int(np.isnan(tiles.people).sum())
    if nobody:
        notes.append(f"{nobody}个单元的人口未知，含有它们的圈不比较人数和密度")
    if situation.network is None:
        notes.append("没有道路数据，步行按直线×1.3估算，只能作参考")
    elif (lost := int((situation.off_network | situation.shut_in).sum())) > 0:
        notes.append(f"{lost}个楼门附近没有走得到的道路，或走不到主要道路，步行时间不含它们")
    return notes
