"""Regenerate the demonstration district from its OpenStreetMap extract, byte for byte.

    python tools/make_sample.py [FOLDER]

Reads ``streets.osm.pbf`` in the folder (``src/livingcircle/sample`` unless named) and writes
every other file of it. The same extract always gives the same bytes: one fixed seed, sorted
rows, fixed time stamps, six decimals.
"""

import sys
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

import sample_areas as areas
import sample_texts as texts
from livingcircle.coordinates import LocalGrid
from livingcircle.io._osm.floor_space import modelled_levels
from livingcircle.io._osm.floor_space import residential_floor_area
from livingcircle.io._osm.floor_space import spread
from livingcircle.io.osm import OsmExtract
from livingcircle.io.osm import read_osm
from sample_files import write_csv
from sample_files import write_geojson
from sample_files import write_table
from sample_files import write_xlsx
from sample_ledger import HEADERS
from sample_ledger import make_ledger

FOLDER = Path(__file__).parents[1] / "src" / "livingcircle" / "sample"
SEED = 20241122
BELT_METRES = 300.0
# The box that the extract was cut to.
EXTENT = shapely.box(118.7655, 32.0352, 118.7965, 32.0520)


@dataclass(frozen=True)
class Subdistrict:
    """State one 街道's residents (about 2013–14, upstream unknown) and its share in the extract."""

    name: str
    people: int
    share: float


SUBDISTRICTS = (
    Subdistrict("新街口", 93_906, 0.480),
    Subdistrict("朝天宫", 110_833, 0.602),
    Subdistrict("五老村", 72_881, 0.932),
    Subdistrict("梅园新村", 107_395, 0.268),
    Subdistrict("华侨路", 114_432, 0.290),
    Subdistrict("淮海", 19_180, 1.000),
    Subdistrict("瑞金路", 75_756, 0.004),
    Subdistrict("洪武路", 109_385, 0.213),
    Subdistrict("止马营", 52_341, 0.265),
)
# Shares of residents, before each community's own factor.
AGES = {"age_0_3": 0.025, "age_60_plus": 0.22, "age_65_plus": 0.155, "age_80_plus": 0.038}
# 密云 三（二）: 60+ ≥ 25 % or 65+ ≥ 15 %; 80+ > 10 %. This community is over all of them.
OLDEST, OLDEST_AGES = 4, {"age_60_plus": 0.31, "age_65_plus": 0.235, "age_80_plus": 0.106}
WITHOUT_AGES = (7, 12)
COMMUNITY_PEOPLE, CIRCLE_PEOPLE = 5_200.0, 24_000.0
NUMERALS = "一二三四五六七八九十"
CIRCLES = (
    ("甲", "老城区住宅", "", "2025"),
    ("乙", "商业文化", "", "2025"),
    ("丙", "新兴住宅", "科技产业", "2026"),
    ("丁", "新兴住宅", "", "2026"),
    ("戊", "老城区住宅", "", "2024"),
    ("己", "城乡结合部", "", "2027"),
    ("庚", "老城区住宅", "", "2027"),
    ("辛", "老城区住宅", "", "2027"),
)


@dataclass(frozen=True)
class Made:
    """Hold the tables of the district while they are being made."""

    doors: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame
    circles: gpd.GeoDataFrame


def main(folder: Path = FOLDER) -> None:
    """Write every file of the demonstration district."""
    rng = np.random.default_rng(SEED)
    extract = read_osm(folder / "streets.osm.pbf")
    grid = LocalGrid.around(EXTENT)
    core = district_core(grid)
    doors = modelled_doors(extract, core)
    made = _divide(doors, extract, core, rng)
    doors, gates = add_compounds(made.doors, extract, grid)
    write_geojson(folder / "extent.geojson", [{"name": "数据范围"}], [EXTENT])
    write_table(folder / "doors.geojson", doors)
    write_table(folder / "communities.geojson", made.communities)
    write_table(folder / "circle_boundaries.geojson", made.circles[["name", "geometry"]])
    write_csv(folder / "gates.csv", gates)
    sheets = circle_rows(made)
    write_xlsx(folder / "circles.xlsx", "生活圈", list(sheets[0]), sheets)
    ledger = make_ledger(extract.streets, EXTENT, list(made.communities.geometry), rng)
    write_xlsx(folder / "outlets_ledger.xlsx", "网点", HEADERS, ledger, title=texts.LEDGER_TITLE)
    spaces = space_rows(doors, rng)
    write_xlsx(folder / "spaces.xlsx", "空间资源", list(spaces[0]), spaces)
    facts = _facts(made, doors, ledger, gates)
    for name, text in texts.TEXTS.items():
        (folder / name).write_text(text.format(**facts), encoding="utf-8", newline="\n")


def district_core(grid: LocalGrid) -> shapely.Polygon:
    """Return the district: the extract less a belt, so that nothing ends at its border."""
    west, south, east, north = shapely.bounds(grid.project(EXTENT))
    inner = shapely.box(
        west + BELT_METRES, south + BELT_METRES, east - BELT_METRES, north - BELT_METRES
    )
    return shapely.set_precision(grid.unproject(inner), 1e-6)


def people_in_extract() -> int:
    """Return the residents of the extract: each 街道 by the share of its area inside."""
    return round(sum(s.people * s.share for s in SUBDISTRICTS))


def modelled_doors(extract: OsmExtract, core: shapely.Polygon) -> gpd.GeoDataFrame:
    """Return the residential buildings of the district with modelled residents."""
    buildings = extract.buildings
    floor = residential_floor_area(buildings, extract.outlets.index)
    inside = buildings.representative_point().within(EXTENT)
    floor = floor.where(inside, 0.0)
    levels = buildings["levels"].to_numpy(dtype=np.float64)
    footprint = buildings["footprint_m2"].to_numpy(dtype=np.float64)
    doors = gpd.GeoDataFrame(
        {
            "name": buildings["name"],
            "residents": spread(people_in_extract(), floor.to_numpy()),
            "use": "住宅",
            "floor_area_m2": floor,
            "levels": np.where(np.isfinite(levels), levels, modelled_levels(footprint)),
            "footprint_m2": footprint,
        },
        geometry=buildings.geometry,
        crs=buildings.crs,
    )
    doors.index.name = "door_id"
    doors["households"] = np.ceil(doors["residents"] / 2.6).astype(np.int64)
    return doors[(doors["residents"] > 0) & doors.representative_point().within(core)]


def _divide(
    doors: gpd.GeoDataFrame, extract: OsmExtract, core: shapely.Polygon, rng: np.random.Generator
) -> Made:
    """Derive communities and circles, and give every door its community and ages."""
    blocks = areas.street_blocks(extract.streets, core)
    points = doors.representative_point().to_numpy()
    door, block = shapely.STRtree(blocks).query(points, predicate="intersects")
    block_of = np.zeros(len(doors), dtype=np.int64)
    block_of[door[::-1]] = block[::-1]
    residents = doors["residents"].to_numpy(dtype=np.float64)
    people = np.bincount(block_of, weights=residents, minlength=len(blocks))
    lines = extract.streets[extract.streets["highway"].isin(areas.MAIN)].geometry
    main_streets = shapely.union_all(lines.to_numpy())
    small = areas.group(blocks, people, main_streets, COMMUNITY_PEOPLE)
    community = small.part_of[block_of]
    names = [f"示范{_numeral(n + 1)}社区" for n in range(len(small.shapes))]
    doors = doors.assign(community=np.array(names, dtype=object)[community])
    communities, doors = _age(doors, community, small.shapes, names, rng)
    totals = communities["population"].to_numpy(dtype=np.float64)
    large = areas.group(small.shapes, totals, main_streets, CIRCLE_PEOPLE)
    communities["circle"] = large.part_of
    shapes, split = areas.split_one(small.shapes, large)
    communities["shared_with"] = split
    circles = gpd.GeoDataFrame(
        {"name": [f"示范{CIRCLES[n][0]}生活圈" for n in range(len(shapes))]},
        index=pd.Index([f"YS-Q{n + 1}" for n in range(len(shapes))], name="circle_id"),
        geometry=shapes,
        crs="EPSG:4326",
    )
    return Made(doors, communities, circles)


def _numeral(number: int) -> str:
    """Write a number below 100 in Chinese."""
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else NUMERALS[tens - 1]) + "十" if tens else ""
    return head + (NUMERALS[ones - 1] if ones else "")


def _age(
    doors: gpd.GeoDataFrame,
    community: np.ndarray,
    shapes: Sequence[shapely.Polygon],
    names: Sequence[str],
    rng: np.random.Generator,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Model ages by community and share them out over its doors, in whole persons."""
    rows = []
    ages = {age: np.full(len(doors), np.nan) for age in AGES}
    for number, name in enumerate(names):
        mine = community == number
        residents = doors["residents"].to_numpy()[mine]
        factor = 0.7 + 0.7 * rng.random()
        shares = {age: share * factor for age, share in AGES.items()}
        shares["age_0_3"] = AGES["age_0_3"] * (2.0 - factor)
        shares |= OLDEST_AGES if number == OLDEST else {}
        row = _community_row(number, name, doors[mine], rng)
        for age, share in shares.items():
            total = None if number in WITHOUT_AGES else round(residents.sum() * share)
            row[age] = total
            if total is not None:
                ages[age][mine] = spread(total, residents.astype(np.float64))
        rows.append(row)
    ids = pd.Index([f"YS-S{n + 1:02d}" for n in range(len(names))], name="community_id")
    table = gpd.GeoDataFrame(rows, index=ids, geometry=list(shapes), crs="EPSG:4326")
    return table, doors.assign(**ages)


def _community_row(
    number: int, name: str, doors: gpd.GeoDataFrame, rng: np.random.Generator
) -> dict[str, object]:
    """Return what the register would say about one community."""
    households = int(doors["households"].sum())
    return {
        "name": name,
        "kind": "社区",
        "subdistrict": f"演示{'东' if number % 2 else '西'}街道",
        "population": int(doors["residents"].sum()),
        "year": 2024,
        "households": households,
        "dwellings": round(households * 1.08),
        "floor_area_m2": round(float(doors["floor_area_m2"].sum())),
        "built_year": 1982 + int(30 * rng.random()),
        "zone": "老城",
    }


def add_compounds(
    doors: gpd.GeoDataFrame, extract: OsmExtract, grid: LocalGrid
) -> tuple[gpd.GeoDataFrame, list[dict[str, object]]]:
    """Make up compounds on streets with a single mouth, and put a gate into each mouth."""
    lines = np.asarray(grid.project(extract.streets.geometry.to_numpy()), dtype=object)
    points = grid.project(doors.representative_point().to_numpy())
    nearest = shapely.STRtree(lines).nearest(points)
    compound = pd.Series("", index=doors.index, dtype=object)
    gates: list[dict[str, object]] = []
    pockets = areas.pockets(extract.streets, lines, np.bincount(nearest, minlength=len(lines)))
    for (name, kind, hours), pocket in zip(texts.COMPOUNDS, pockets, strict=False):
        compound[np.isin(nearest, pocket.segments)] = name
        place = grid.unproject(pocket.mouth)
        gates.append(
            {
                "门编号": f"YS-M{len(gates) + 1}",
                "名称": f"{name}大门",
                "小区": name,
                "类别": kind,
                "开放时间": hours,
                "经度": f"{place.x:.6f}",
                "纬度": f"{place.y:.6f}",
            }
        )
    return doors.assign(compound=compound), gates


def circle_rows(made: Made) -> list[dict[str, object]]:
    """Return the circle list in the plan's columns, one cell written as 某社区（部分）."""
    rows = []
    points = made.doors.representative_point()
    for number, (circle_id, circle) in enumerate(made.circles.iterrows()):
        _, kind, subtype, year = CIRCLES[number]
        shared = made.communities["shared_with"]
        mine = (made.communities["circle"] == number) | (shared == number)
        members = [
            f"{row['name']}（部分）" if row["shared_with"] >= 0 else row["name"]
            for _, row in made.communities[mine].iterrows()
        ]
        inside = made.doors["residents"][points.within(circle.geometry)].sum()
        rows.append(
            {
                "生活圈编号": circle_id,
                "生活圈名称": circle["name"],
                "生活圈类型": kind,
                "亚类": subtype,
                "划分方式": "拆分" if (shared[mine] >= 0).any() else "合并",
                "覆盖社区": "、".join(members),
                "覆盖社区数": len(members),
                "服务人口": int(inside),
                "预计建成年份": int(year),
                **texts.PROFILES[number % len(texts.PROFILES)],
            }
        )
    return rows


def space_rows(doors: gpd.GeoDataFrame, rng: np.random.Generator) -> list[dict[str, object]]:
    """Return a made-up ledger of spaces that could take outlets, beside real buildings."""
    rows = []
    halls = len(texts.SPACES) - 3
    for number, (kind, floor, suitable, excluded) in enumerate(texts.SPACES, 1):
        door = doors.iloc[int(rng.random() * len(doors))]
        place = door.geometry.representative_point()
        area = 20 + round(360 * rng.random() ** 2) + (texts.HALL_METRES if number > halls else 0)
        rows.append(
            {
                "空间编号": f"YS-K{number:02d}",
                "空间名称": f"示例{door['community']}{kind}",
                "空间类型": kind,
                "面积（平方米）": area,
                "楼层": floor,
                "产权单位": "示例国有资产公司" if number % 2 else "示例街道办事处",
                "审批路径": "街道出具说明" if number % 3 else "",
                "适合业态": suitable,
                "不适合业态": excluded,
                "使用状态": "空置" if number % 4 else "出租",
                "租约到期": "" if number % 4 else "2027-06-30",
                "估算投入（万元）": round(0.15 * area + 3, 1) if number % 5 else "",
                "经度": round(place.x, 6),
                "纬度": round(place.y, 6),
                "备注": "虚构",
            }
        )
    return rows


def _facts(
    made: Made,
    doors: gpd.GeoDataFrame,
    ledger: Sequence[Mapping[str, object]],
    gates: Sequence[Mapping[str, object]],
) -> dict[str, object]:
    """Return the numbers that the texts print."""
    subdistricts = "\n".join(f"| {s.name} | {s.people:,} | {s.share:.3f} |" for s in SUBDISTRICTS)
    return {
        "extract_people": f"{people_in_extract():,}",
        "people": f"{int(doors['residents'].sum()):,}",
        "doors": len(doors),
        "communities": len(made.communities),
        "circles": len(made.circles),
        "ledger": len(ledger),
        "gates": len(gates),
        "spaces": len(texts.SPACES),
        "belt": int(BELT_METRES),
        "subdistricts": subdistricts,
        "seed": SEED,
    }


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:2]))
