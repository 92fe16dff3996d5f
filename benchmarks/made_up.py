"""Make up districts and street networks of any size, the same for the same seed.

Nothing here is real: street-like grids with missing and bent streets, doors and outlets along
them. Used to measure how time grows, never to say anything about a city.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import shapely

from livingcircle._city.description import write_city_file
from livingcircle.city import pack_districts
from livingcircle.coordinates import LocalGrid
from livingcircle.district import District
from livingcircle.district import Source
from livingcircle.district import Status
from livingcircle.tables import TABLES
from livingcircle.tables import conform
from livingcircle.tables import empty
from livingcircle.tables import issues_frame
from livingcircle.trades import trade_name
from livingcircle.trades import with_broader

GRID = LocalGrid(116.8, 40.3)
BLOCK = 90.0
KEPT = 0.75
# As in Beijing: 22 people behind a door, some 6,000 in a community, four communities to a circle.
PEOPLE = (4, 40)
DOORS_OF_COMMUNITY = 285


@dataclass(frozen=True)
class Network:
    """Hold a made-up street network: places, and streets as pairs of nodes with metres."""

    xy: npt.NDArray[np.float64]
    tail: npt.NDArray[np.int64]
    head: npt.NDArray[np.int64]
    metres: npt.NDArray[np.float64]


def make_network(nodes: int, seed: int = 0) -> Network:
    """Return a street-like network of about so many nodes."""
    rng = np.random.default_rng(seed)
    side = max(2, round(nodes**0.5))
    ids = np.arange(side * side).reshape(side, side)
    xy = np.stack(np.divmod(np.arange(side * side), side), axis=1) * BLOCK
    xy = xy + rng.uniform(-0.3, 0.3, xy.shape) * BLOCK
    tail = np.concatenate([ids[:-1].ravel(), ids[:, :-1].ravel()])
    head = np.concatenate([ids[1:].ravel(), ids[:, 1:].ravel()])
    kept = rng.random(len(tail)) < KEPT
    tail, head = tail[kept], head[kept]
    return Network(xy, tail, head, np.hypot(*(xy[tail] - xy[head]).T))


def make_district(doors: int, outlets: int, trades: list[str], seed: int = 0) -> District:
    """Return a made-up district of about 22 people a door, communities in circles of four."""
    rng = np.random.default_rng(seed)
    network = make_network(max(100, doors // 3), seed)
    streets = draw_streets(network)
    homes = _beside(network, doors, rng)
    shops = _beside(network, outlets, rng)
    communities, circles, members = _units(network, doors)
    held = rng.choice(len(trades), outlets, p=_skew(len(trades)))
    pairs = [(f"o{i:07}", t) for i, k in enumerate(held) for t in with_broader([trades[k]])]
    source = Source(
        "outlets", "made_up.parquet", Status.MADE_UP, "虚构网点", complete_for=frozenset(trades)
    )
    return District(
        name=f"虚构区（{doors:,}楼门）",
        outlets=_table(
            "outlets",
            {"name": [f"店{i}" for i in range(outlets)], "status": "open", "supply": "fixed",
             "trades": [trades[k] for k in held]},
            shops, [f"o{i:07}" for i in range(outlets)],
        ),
        outlet_trades=pd.DataFrame(pairs, columns=["outlet_id", "trade"]).astype("str"),
        communities=communities,
        circles=circles,
        circle_members=members,
        doors=_table(
            "doors",
            {"residents": _people(doors, rng), "use": "住宅"},
            homes, [f"d{i:07}" for i in range(doors)],
        ),
        streets=streets,
        **{name: empty(name) for name in
           ("junctions", "gates", "barriers", "spaces", "entrances", "reports")},
        extent=None,
        sources=(source,),
        issues=issues_frame([]),
    )  # fmt: skip


def write_district(district: District, folder: Path, layers: str = "gpkg") -> None:
    """Write the files of a district folder as a bureau would hand them in.

    Outlets and circles are text tables under Chinese headers; streets, doors and communities are
    layers of one kind: ``gpkg``, ``parquet``, ``geojson``, or ``csv`` with WKT.
    """
    folder.mkdir(parents=True, exist_ok=True)
    outlets = _titled("outlets", district.outlets)
    outlets["业态"] = [
        "、".join(trade_name(code) for code in cell.split("、"))
        for cell in district.outlets["trades"]
    ]
    outlets.drop(columns="geometry").to_csv(folder / "outlets.csv", index=False)
    names = district.communities["name"]
    held = district.circle_members.groupby("circle_id")["community_id"]
    circles = _titled("circles", district.circles).drop(columns="geometry")
    circles["覆盖社区"] = held.agg(lambda ids: "、".join(names[ids])).to_numpy()
    circles.to_csv(folder / "circles.csv", index=False)
    for name in ("streets", "doors", "communities"):
        _write_layer(_titled(name, getattr(district, name)), folder / f"{name}.{layers}", name)
    files = {"roads": f"streets.{layers}", "outlets": "outlets.csv", "circles": "circles.csv"}
    files |= {name: f"{name}.{layers}" for name in ("doors", "communities")}
    entries = (f'[[{table}]]\nfile = "{file}"\nstatus = "made_up"' for table, file in files.items())
    head = f'[district]\nname = "{district.name}"\ncoordinates = "WGS-84"'
    (folder / "district.toml").write_text("\n\n".join([head, *entries, ""]), "utf-8")


def _titled(name: str, table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Put the headers of the template over the columns that hold something."""
    rows = table.reset_index()
    rows = rows[[c for c in rows if c == "geometry" or (rows[c].notna() & (rows[c] != "")).any()]]
    if name == "outlets":
        rows = rows.assign(lon=rows.geometry.x, lat=rows.geometry.y)
    return rows.rename(columns={c.name: c.title for c in TABLES[name].columns})


def _write_layer(rows: gpd.GeoDataFrame, path: Path, name: str) -> None:
    if path.suffix == ".parquet":
        rows.to_parquet(path)
    elif path.suffix == ".csv":
        text = rows.assign(WKT=shapely.to_wkt(rows.geometry.to_numpy(), rounding_precision=7))
        pd.DataFrame(text.drop(columns="geometry")).to_csv(path, index=False)
    else:
        pyogrio.write_dataframe(rows, path, layer=name)


def _lift(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    return np.asarray(GRID.unproject(shapes), dtype=object)


def _table(
    name: str, columns: dict[str, object], shapes: npt.NDArray[np.object_], ids: list[str]
) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        pd.DataFrame(columns, index=pd.Index(ids)), geometry=_lift(shapes), crs="EPSG:4326"
    )
    return conform(name, frame)


def draw_streets(network: Network) -> gpd.GeoDataFrame:
    """Return a made-up network as a table of streets."""
    ends = np.stack([network.xy[network.tail], network.xy[network.head]], axis=1)
    columns = {
        "highway": "residential",
        "from_node": network.tail,
        "to_node": network.head,
        "name": "某街",
    }
    ids = [f"s{i:07}" for i in range(len(network.tail))]
    return _table("streets", columns, np.asarray(shapely.linestrings(ends), dtype=object), ids)


def _beside(network: Network, count: int, rng: np.random.Generator) -> npt.NDArray[np.object_]:
    """Return points 5–30 m beside streets."""
    segment = rng.integers(0, len(network.tail), count)
    start, stop = network.xy[network.tail[segment]], network.xy[network.head[segment]]
    along = rng.random((count, 1))
    way = stop - start
    across = np.stack([-way[:, 1], way[:, 0]], axis=1) / np.hypot(*way.T)[:, None]
    off = rng.uniform(5, 30, (count, 1)) * rng.choice([-1, 1], (count, 1))
    return np.asarray(shapely.points(start + along * way + off * across), dtype=object)


def _units(network: Network, doors: int) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]:
    """Return square communities of equal size, four to a circle."""
    side = max(2, 2 * round((doors / DOORS_OF_COMMUNITY / 4) ** 0.5))
    low, high = network.xy.min(axis=0) - 50, network.xy.max(axis=0) + 50
    step = (high - low) / side
    rows = [(i, j) for i in range(side) for j in range(side)]
    boxes = [shapely.box(*(low + step * (i, j)), *(low + step * (i + 1, j + 1))) for i, j in rows]
    ids = [f"m{i:03}{j:03}" for i, j in rows]
    circle_of = [f"c{i // 2:03}{j // 2:03}" for i, j in rows]
    names = {"name": [f"社区{x}" for x in ids], "subdistrict": "虚构街道"}
    communities = _table("communities", names, np.array(boxes, dtype=object), ids)
    unique = sorted(set(circle_of))
    circles = conform(
        "circles",
        gpd.GeoDataFrame(
            pd.DataFrame(
                {"name": [f"圈{x}" for x in unique], "kind": "old_town"}, index=pd.Index(unique)
            ),
            geometry=[None] * len(unique),
            crs="EPSG:4326",
        ),
    )
    members = pd.DataFrame({"circle_id": circle_of, "community_id": ids, "part": False})
    return communities, circles, members.astype({"circle_id": "str", "community_id": "str"})


def _people(doors: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return how many live behind each door."""
    return rng.integers(*PEOPLE, doors, endpoint=True).astype(np.float64)


def _skew(count: int) -> npt.NDArray[np.float64]:
    """Return shares in which a few trades are common and most are rare, as in real ledgers."""
    weight = 1.0 / np.arange(1, count + 1)
    return weight / weight.sum()


@dataclass(frozen=True)
class CityPlan:
    """Say how a made-up city (虚构) is laid out: square districts side by side, row by row.

    ``doors`` and ``outlets`` are those of one district. Streets form one lattice over the whole
    city; places and gaps in it depend on the seed and their own position alone, so every district
    can be made by itself and its streets still meet those of its neighbours.
    """

    districts: int
    doors: int
    outlets: int
    trades: tuple[str, ...]
    seed: int = 0
    nodes: int = 0

    @property
    def side(self) -> int:
        """Return the nodes along one side of a district: as said, else one for three doors."""
        return self.nodes or max(6, round((self.doors / 3) ** 0.5))

    @property
    def columns(self) -> int:
        """Return how many districts stand side by side."""
        return max(1, round(self.districts**0.5))

    def corner(self, number: int) -> tuple[int, int]:
        """Return the first node of a district."""
        row, column = divmod(number, self.columns)
        return column * self.side, row * self.side

    def name(self, number: int) -> str:
        """Return the name of a district; it says that the district is made up."""
        return f"虚构{number + 1:02}区"


def make_city(plan: CityPlan) -> Iterator[District]:
    """Yield the districts of a made-up city one by one."""
    for number in range(plan.districts):
        yield _city_district(plan, number)


def write_city(plan: CityPlan, folder: Path, belt: float = 2000.0) -> None:
    """Write a made-up city in the layout of a city, holding one district at a time."""
    names = pack_districts(make_city(plan), folder)
    write_city_file(folder, "虚构市", names, belt=belt)


def _city_district(plan: CityPlan, number: int) -> District:
    rng = np.random.default_rng([plan.seed, number])
    network, streets = _lattice(plan, number)
    low = (np.array(plan.corner(number)) - 0.5) * BLOCK
    high = low + plan.side * BLOCK
    homes = _inside(_beside(network, plan.doors, rng), low, high)
    shops = _inside(_beside(network, plan.outlets, rng), low, high)
    mark = f"{number + 1:02}"
    communities, circles, members = _squares(plan, mark, low, high)
    held = rng.choice(len(plan.trades), plan.outlets, p=_skew(len(plan.trades)))
    ids = [f"o{mark}-{i:06}" for i in range(plan.outlets)]
    pairs = [(i, t) for i, k in zip(ids, held, strict=True) for t in with_broader([plan.trades[k]])]
    source = Source(
        "outlets", "虚构.parquet", Status.MADE_UP, "虚构网点", complete_for=frozenset(plan.trades)
    )
    return District(
        name=plan.name(number),
        outlets=_table(
            "outlets",
            {"name": [f"店{i}" for i in ids], "status": "open", "supply": "fixed",
             "trades": [plan.trades[k] for k in held]},
            shops, ids,
        ),
        outlet_trades=pd.DataFrame(pairs, columns=["outlet_id", "trade"]).astype("str"),
        communities=communities,
        circles=circles,
        circle_members=members,
        doors=_table(
            "doors",
            {"residents": _people(plan.doors, rng), "use": "住宅"},
            homes, [f"d{mark}-{i:06}" for i in range(plan.doors)],
        ),
        streets=streets,
        **{name: empty(name) for name in
           ("junctions", "gates", "barriers", "spaces", "entrances", "reports")},
        extent=_lift(np.array([shapely.box(*low, *high)], dtype=object))[0],
        sources=(source,),
        issues=issues_frame([]),
    )  # fmt: skip


def _lattice(plan: CityPlan, number: int) -> tuple[Network, gpd.GeoDataFrame]:
    """Return one district's streets, those to the next districts' first nodes among them."""
    left, low = plan.corner(number)
    # One row and column of nodes more belongs to the next districts, where there are any.
    below, beside = number + plan.columns < plan.districts, (number + 1) % plan.columns != 0
    beside = beside and number + 1 < plan.districts
    i, j = np.meshgrid(
        left + np.arange(plan.side + beside), low + np.arange(plan.side + below), indexing="ij"
    )
    ids = np.arange(i.size).reshape(i.shape)
    shift = np.stack([_chance(i, j, plan.seed + c) for c in (1, 2)], axis=-1) * 0.6 - 0.3
    xy = ((np.stack([i, j], axis=-1) + shift) * BLOCK).reshape(-1, 2)
    tail = np.concatenate([ids[:-1].ravel(), ids[:, :-1].ravel()])
    head = np.concatenate([ids[1:].ravel(), ids[:, 1:].ravel()])
    way = np.repeat([3, 4], [ids[:-1].size, ids[:, :-1].size])
    # A street belongs to the district of its first node.
    ours = ((i < left + plan.side) & (j < low + plan.side)).ravel()[tail]
    chance = np.where(
        way == 3,  # noqa: PLR2004 - the channel of streets along the first axis
        _chance(i, j, plan.seed + 3).ravel()[tail],
        _chance(i, j, plan.seed + 4).ravel()[tail],
    )
    kept = ours & (chance < KEPT)
    tail, head = tail[kept], head[kept]
    network = Network(xy, tail, head, np.hypot(*(xy[tail] - xy[head]).T))
    numbers = (i * 1_000_000 + j).ravel()
    ends = np.stack([xy[tail], xy[head]], axis=1)
    columns = {
        "highway": "residential",
        "name": "某街",
        "from_node": numbers[tail],
        "to_node": numbers[head],
    }
    names = [f"s{a}-{b}" for a, b in zip(numbers[tail], numbers[head], strict=True)]
    shapes = np.asarray(shapely.linestrings(ends), dtype=object)
    return network, _table("streets", columns, shapes, names)


def _chance(
    i: npt.NDArray[np.int64], j: npt.NDArray[np.int64], channel: int
) -> npt.NDArray[np.float64]:
    """Return a number from 0 to 1 for each place of the lattice, always the same one."""
    with np.errstate(over="ignore"):
        mixed = i.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= j.astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
        mixed ^= np.uint64(channel) * np.uint64(0x165667B19E3779F9)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
    return np.asarray(mixed >> np.uint64(11), dtype=np.float64) / 2.0**53


def _inside(
    points: npt.NDArray[np.object_],
    low: npt.NDArray[np.float64],
    high: npt.NDArray[np.float64],
) -> npt.NDArray[np.object_]:
    """Return points, those beyond the district's border moved to one metre inside it."""
    xy = np.clip(shapely.get_coordinates(points), low + 1.0, high - 1.0)
    return np.asarray(shapely.points(xy), dtype=object)


def _squares(
    plan: CityPlan,
    mark: str,
    low: npt.NDArray[np.float64],
    high: npt.NDArray[np.float64],
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]:
    """Return square communities of equal size, four to a circle, that fill a district."""
    side = max(2, 2 * round((plan.doors / DOORS_OF_COMMUNITY / 4) ** 0.5))
    step = (high - low) / side
    rows = [(i, j) for i in range(side) for j in range(side)]
    boxes = [shapely.box(*(low + step * (i, j)), *(low + step * (i + 1, j + 1))) for i, j in rows]
    ids = [f"m{mark}-{i:03}{j:03}" for i, j in rows]
    circle_of = [f"c{mark}-{i // 2:03}{j // 2:03}" for i, j in rows]
    names = {"name": [f"社区{x}" for x in ids], "subdistrict": f"虚构{mark}街道"}
    communities = _table("communities", names, np.array(boxes, dtype=object), ids)
    unique = sorted(set(circle_of))
    nowhere = gpd.GeoDataFrame(
        pd.DataFrame(
            {"name": [f"圈{x}" for x in unique], "kind": "old_town"}, index=pd.Index(unique)
        ),
        geometry=[None] * len(unique),
        crs="EPSG:4326",
    )
    members = pd.DataFrame({"circle_id": circle_of, "community_id": ids, "part": False})
    return (
        communities,
        conform("circles", nowhere),
        members.astype({"circle_id": "str", "community_id": "str"}),
    )
