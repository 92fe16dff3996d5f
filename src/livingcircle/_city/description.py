"""Read and write city.toml, and know of every partition how much it holds and where it lies.

No row is read: counts and bounding boxes stand in the footers of the Parquet files.
"""

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from pathlib import Path
from pathlib import PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from shapely.errors import ShapelyError

from livingcircle._city.layout import BELT_TABLES
from livingcircle._city.layout import EXTENT
from livingcircle._city.layout import OWN_TABLES
from livingcircle._city.layout import ROWS_OF_A_GROUP
from livingcircle._city.layout import check_name
from livingcircle._city.layout import folder_of
from livingcircle._city.layout import part_of
from livingcircle._city.layout import write_whole
from livingcircle.district import Source
from livingcircle.district import Status
from livingcircle.errors import InputError
from livingcircle.trades import match_names
from livingcircle.trades import with_broader

FILE = "city.toml"
BELT_METRES = 2000.0
TABLES = (*OWN_TABLES, *BELT_TABLES, EXTENT)
_DAMAGED = (OSError, ValueError, TypeError, AttributeError, pa.ArrowException, ShapelyError)
_KEYS = ("name", "standard", "belt", "districts", "tables", "sources")
_SOURCE_KEYS = ("table", "file", "status", "title", "date", "licence", "note", "complete_for")

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True)
class Part:
    """Tell of one partition how many rows it has and where they lie.

    Attributes
    ----------
    rows
        Number of rows.
    bounds
        West, south, east, north in degrees; None where no row has a place.
    groups
        Rows and bounds of each row group; what a belt will read is counted by them.
    problem
        Why the file cannot be read; empty where it can.
    """

    rows: int = 0
    bounds: Bounds | None = None
    groups: tuple[tuple[int, Bounds], ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class CityDistrict:
    """Know one district of a city by its partitions alone."""

    name: str
    parts: Mapping[str, Part]

    def rows(self, table: str) -> int:
        """Return how many rows a table has."""
        return self.parts[table].rows

    def bounds(self, tables: tuple[str, ...]) -> Bounds | None:
        """Return the box around some tables; None where nothing in them has a place."""
        return around([part.bounds for name, part in self.parts.items() if name in tables])


@dataclass(frozen=True)
class City:
    """Know a city without its rows.

    Attributes
    ----------
    name, standard
        What is printed; the standard it is assessed by unless somebody says another.
    folder
        Where city.toml is.
    belt
        Metres around a district within which its neighbours' outlets and streets are read.
    districts
        In the order of city.toml.
    tables
        Folder of every table.
    sources
        Sources that hold for every district, besides those kept with each.
    """

    name: str
    folder: Path
    districts: tuple[CityDistrict, ...]
    belt: float = BELT_METRES
    standard: str = ""
    tables: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    def part(self, table: str, district: str) -> Path:
        """Return where one table of one district is."""
        return part_of(self.folder, self.tables.get(table, table), district)


def around(boxes: list[Bounds | None]) -> Bounds | None:
    """Return the box around some boxes; None around none."""
    known = [box for box in boxes if box is not None]
    if not known:
        return None
    west, south, east, north = zip(*known, strict=True)
    return min(west), min(south), max(east), max(north)


def read_city(folder: Path | str) -> City:
    """Return a city from the footers of its partitions; no row is read.

    Raises
    ------
    InputError
        When city.toml is missing or wrong, or a district has not a single partition.
    """
    folder = Path(folder)
    told = _read_toml(folder)
    names = [check_name(name, FILE) for name in _words(told, "districts")]
    if not names or len(set(names)) < len(names):
        raise _wrong(
            FILE, "districts 要列出各区，一个不能列两次", 'districts = ["东城区", "西城区"]'
        )
    tables = _tables(told.get("tables", {}))
    belt = told.get("belt", BELT_METRES)
    if isinstance(belt, bool) or not isinstance(belt, int | float) or not belt >= 0:
        raise _wrong(FILE, "belt 要写成米数", "belt = 2000")
    city = City(
        name=_word(told, "name") or folder.resolve().name,
        folder=folder,
        districts=(),
        belt=float(belt),
        standard=_word(told, "standard"),
        tables=tables,
        sources=tuple(_source(item) for item in _list(told, "sources")),
    )
    districts = tuple(
        CityDistrict(name, {table: read_part_footer(city.part(table, name)) for table in TABLES})
        for name in names
    )
    for district in districts:
        if not any(city.part(table, district.name).is_file() for table in TABLES):
            remedy = f"文件夹应是 doors/{folder_of(district.name)}/，或从 districts 里删去这个区"
            what = f"“{district.name}”没有一个分区文件"
            raise InputError(what, where=FILE, remedy=remedy)
    return replace(city, districts=districts)


def read_part_footer(path: Path) -> Part:
    """Return what the footer of a partition tells; an absent file is an empty table."""
    if not path.is_file():
        return Part()
    try:
        with pq.ParquetFile(path) as file:
            geo = json.loads((file.schema_arrow.metadata or {}).get(b"geo", b"{}"))
            shapes = geo.get("primary_column")
            told = geo.get("columns", {}).get(shapes, {})
            bounds = _bounds(told.get("bbox"))
            if bounds is None and told.get("encoding") == "WKB":
                bounds = _measured(file, shapes)
            return Part(file.metadata.num_rows, bounds, _groups(file.metadata))
    except _DAMAGED:
        return Part(problem=f"{path.parent.parent.name}/{path.parent.name}：文件已损坏，读不出来")


def _bounds(told: Any) -> Bounds | None:  # noqa: ANN401 - as the file tells it
    """Return the box of a footer; None where it tells none in the plane."""
    if not told or len(told) != 4:  # noqa: PLR2004
        return None
    west, south, east, north = (float(end) for end in told)
    return west, south, east, north


def _measured(file: Any, shapes: str) -> Bounds | None:  # noqa: ANN401 - pyarrow is untyped
    """Return the box of all shapes, read batch by batch: their writer did not note it down."""
    boxes: list[Bounds | None] = []
    for batch in file.iter_batches(ROWS_OF_A_GROUP, columns=[shapes]):
        ends = shapely.bounds(shapely.from_wkb(batch.column(0).to_numpy(zero_copy_only=False)))
        boxes += [_bounds(box) for box in ends.tolist() if math.isfinite(box[0])]
    return around(boxes)


def _groups(footer: Any) -> tuple[tuple[int, Bounds], ...]:  # noqa: ANN401 - pyarrow is untyped
    """Return rows and box of every row group whose rows have boxes."""
    found = []
    for number in range(footer.num_row_groups):
        group = footer.row_group(number)
        columns = (group.column(place) for place in range(group.num_columns))
        told = {column.path_in_schema: column.statistics for column in columns}
        ends = [told.get(f"bbox.{end}") for end in ("xmin", "ymin", "xmax", "ymax")]
        known = [end for end in ends if end is not None and end.has_min_max]
        if len(known) == len(ends):
            west, south, east, north = known
            box = west.min, south.min, east.max, north.max
            found.append((int(group.num_rows), box))
    return tuple(found)


def write_city_file(
    folder: Path, name: str, districts: list[str], *, standard: str = "", belt: float = BELT_METRES
) -> None:
    """Write city.toml for a city whose tables are where they usually are."""
    lines = ["# 一座城市：各区的表在同名的分区文件夹里，写法见 docs/reference/city-folder.md"]
    lines += [f"name = {_quoted(name)}"]
    lines += [f"standard = {_quoted(standard)}"] if standard else []
    lines += [f"belt = {belt:g}  # 米：评估一个区时，连同邻区这么远以内的网点和道路"]
    lines += ["districts = [", *(f"  {_quoted(one)}," for one in districts), "]"]
    write_whole(folder / FILE, ("\n".join(lines) + "\n").encode())


def _quoted(text: str) -> str:
    """Return a text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _read_toml(folder: Path) -> dict[str, Any]:
    """Return city.toml, every key known."""
    try:
        told = tomllib.loads((folder / FILE).read_text("utf-8-sig"))
    except FileNotFoundError as problem:
        remedy = "先用 livingcircle city pack 把各区打包成一座城市"
        what = f"没有 {FILE}"
        raise InputError(what, where=str(folder)[-80:], remedy=remedy) from problem
    except (OSError, ValueError, RecursionError) as problem:
        raise _wrong(FILE, "不合 TOML 的写法", "写法见 docs/reference/city-folder.md") from problem
    strange = sorted(set(told) - set(_KEYS))
    if strange:
        raise _wrong(FILE, f"不认识“{strange[0]}”", f"可用的有：{'、'.join(_KEYS)}")
    return told


def _tables(told: object) -> dict[str, str]:
    """Return the folder of each table that is not in the folder of its own name."""
    if not isinstance(told, dict) or not all(isinstance(v, str) for v in told.values()):
        raise _wrong(FILE, "[tables] 写法不对", '例如 outlets = "网点"')
    for table, place in told.items():
        if table not in TABLES:
            raise _wrong(FILE, f"[tables] 里不认识“{table}”", f"可用的有：{'、'.join(TABLES)}")
        parts = PurePosixPath(place.replace("\\", "/")).parts
        if not parts or ".." in parts or place.startswith(("/", "\\", "~")) or ":" in place:
            raise _wrong(FILE, f"“{place}”指向了文件夹外面", "只写这个文件夹里的子文件夹")
    return dict(told)


def _source(told: object) -> Source:
    """Return a source that holds for every district."""
    if not isinstance(told, dict) or set(told) - set(_SOURCE_KEYS):
        raise _wrong(FILE, "[[sources]] 写法不对", f"可用的键：{'、'.join(_SOURCE_KEYS)}")
    words = {key: str(value) for key, value in told.items() if key != "complete_for"}
    if words.get("table") not in TABLES or words.get("status", "real") not in set(Status):
        raise _wrong(
            FILE, "[[sources]] 要写明 table 和 status", 'table = "outlets"，status = "real"'
        )
    codes: set[str] = set()
    for name in _words(told, "complete_for"):
        match = match_names(name)
        if match.unmatched or not match.codes:
            raise _wrong(FILE, f"complete_for 里不认识业态“{name}”", "写业态目录里的名称")
        codes.update(with_broader(match.codes))
    return Source(
        table=words["table"],
        file=words.get("file", words["table"]),
        status=Status(words.get("status", "real")),
        title=words.get("title", ""),
        date=words.get("date", ""),
        licence=words.get("licence", ""),
        note=words.get("note", ""),
        complete_for=frozenset(codes),
    )


def _word(told: Mapping[str, Any], key: str) -> str:
    value = told.get(key, "")
    if not isinstance(value, str):
        raise _wrong(FILE, f"{key} 要写成文字", f'写成 {key} = "…"')
    return value.strip()


def _list(told: Mapping[str, Any], key: str) -> list[Any]:
    value = told.get(key, [])
    if not isinstance(value, list):
        raise _wrong(FILE, f"{key} 要写成列表", "写法见 docs/reference/city-folder.md")
    return value


def _words(told: Mapping[str, Any], key: str) -> list[str]:
    value = _list(told, key)
    if not all(isinstance(one, str) for one in value):
        raise _wrong(FILE, f"{key} 要写成文字的列表", f'写成 {key} = ["…", "…"]')
    return value


def _wrong(where: str, what: str, remedy: str) -> InputError:
    return InputError(what, where=where, remedy=remedy)
