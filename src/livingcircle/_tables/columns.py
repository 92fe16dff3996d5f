"""Describe a column and a table of the input, and match the headers people really write."""

import math
import re
import unicodedata
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType


class Kind(StrEnum):
    """Say how the cells of a column are read."""

    ID = "id"
    TEXT = "text"
    NUMBER = "number"
    PEOPLE = "people"  # a weight of every verdict: an impossible number refuses the row
    INTEGER = "integer"
    YEAR = "year"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    DATE = "date"
    HOURS = "hours"
    PHONE = "phone"
    CREDIT_CODE = "credit_code"
    TRADES = "trades"
    LONGITUDE = "longitude"
    LATITUDE = "latitude"
    SYSTEM = "system"


KIND_LABELS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.ID: "编号（文本）",
        Kind.TEXT: "文本",
        Kind.NUMBER: "数字",
        Kind.PEOPLE: "人数或户数",
        Kind.INTEGER: "整数",
        Kind.YEAR: "年份",
        Kind.BOOLEAN: "是/否",
        Kind.CHOICE: "选项",
        Kind.DATE: "日期",
        Kind.HOURS: "营业时间（文本）",
        Kind.PHONE: "电话（文本）",
        Kind.CREDIT_CODE: "18 位代码（文本）",
        Kind.TRADES: "业态名称，可多个",
        Kind.LONGITUDE: "经度",
        Kind.LATITUDE: "纬度",
        Kind.SYSTEM: "坐标系",
    }
)


@dataclass(frozen=True)
class Column:
    """Describe one column: its names, how its cells are read, and what they may hold.

    Attributes
    ----------
    name, title, aliases
        The identifier, the official Chinese title, and other headers that mean the same.
    choices
        Words a reader may write, each with the code that is stored.
    default
        What an empty cell means; empty when an empty cell means "not known".
    otherwise
        The code an unknown word is kept as; empty when such a cell is emptied.
    free
        True where an unknown word is kept as written, because a standard may know it.
    low, high
        Limits of a number, both allowed.
    positive
        True where zero says nothing either: no shop has 0 square metres.
    """

    name: str
    title: str
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unit: str = ""
    aliases: tuple[str, ...] = ()
    example: str = ""
    remark: str = ""
    default: str = ""
    otherwise: str = ""
    free: bool = False
    low: float = -math.inf
    high: float = math.inf
    positive: bool = False

    @property
    def dtype(self) -> str:
        """Return the pandas type; only numbers and yes/no know a missing value, text has ""."""
        if self.kind in {Kind.NUMBER, Kind.PEOPLE, Kind.LONGITUDE, Kind.LATITUDE}:
            return "float64"
        if self.kind in {Kind.INTEGER, Kind.YEAR}:
            return "int64" if self.default else "Int64"
        if self.kind is Kind.BOOLEAN:
            return "bool" if self.default else "boolean"
        return "str"

    @property
    def words(self) -> tuple[str, ...]:
        """Return the Chinese words of the choices, one for each code, the official one first."""
        first: dict[str, str] = {}
        for word, code in self.choices.items():
            first.setdefault(code, word)
        return tuple(first.values())


@dataclass(frozen=True)
class Table:
    """Describe one input table.

    Attributes
    ----------
    shapes
        The geometries a row may have, the wanted one first.
    placed
        True where a row without a place is of no use and is refused.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    shapes: tuple[str, ...]
    placed: bool
    remark: str = ""

    @property
    def id(self) -> str:
        """Return the name of the id column."""
        return self.columns[0].name

    @cached_property
    def headers(self) -> Mapping[str, Column]:
        """Return every header that means a column, reduced to what matters of it."""
        names: dict[str, Column] = {}
        for column in self.columns:
            for alias in column.aliases:
                names.setdefault(header_key(alias), column)
        for column in self.columns:
            bare = re.sub(r"[（(].*?[)）]", "", column.title)
            for title in (bare, column.name, column.title):
                names[header_key(title)] = column
        return MappingProxyType(names)

    def __getitem__(self, name: str) -> Column:
        """Return the column with this identifier."""
        return next(column for column in self.columns if column.name == name)

    def __contains__(self, name: str) -> bool:
        """Say whether there is a column with this identifier."""
        return any(column.name == name for column in self.columns)


@dataclass(frozen=True)
class Header:
    """Match one header cell to a column, with the factor its bracketed unit asks for."""

    column: Column
    factor: float = 1.0


# Headers that are ours or mean nothing: the read-back adds the first, clerks number the rows.
IGNORED_HEADERS = frozenset(
    {"错误", "序号", "行号", "示例", "错误说明", "fid", "ogcfid", "objectid"}
)
_UNITS = {
    "人": 1.0, "户": 1.0, "万人": 1e4, "万户": 1e4, "千人": 1e3,
    "平方米": 1.0, "平米": 1.0, "m2": 1.0, "万平方米": 1e4, "公顷": 1e4, "平方公里": 1e6,
    "米": 1.0, "m": 1.0, "公里": 1e3, "km": 1e3, "套": 1.0, "层": 1.0, "年": 1.0, "岁": 1.0,
    "wan": 1e4, "必填": 1.0, "选填": 1.0, "可不填": 1.0,
}  # fmt: skip
_DASHES = str.maketrans(dict.fromkeys("—–－~～‐‑−", "-"))


def header_key(title: str) -> str:
    """Reduce a header to what matters: no spaces, width, case, stars or dash variants."""
    text = unicodedata.normalize("NFKC", title).translate(_DASHES).lower()
    return re.sub(r"[\s*_:]", "", text).replace("--", "-").replace("周岁", "岁")


def match_header(table: Table, title: str) -> Header | None:
    """Find the column a header means, or None."""
    key = header_key(title)
    names = table.headers
    if key in names:
        return Header(names[key])
    bracket = re.fullmatch(r"(.+?)\(([^()]*)\)", key)
    tail = re.fullmatch(r"(population)(wan)", key)
    found = bracket or tail
    if found and found[2] in _UNITS and found[1] in names:
        return Header(names[found[1]], _UNITS[found[2]])
    return None


def header_row(
    table: Table | None,
    rows: Sequence[Sequence[str]],
    among: int = 10,
    columns: Mapping[str, str] = MappingProxyType({}),
) -> int | None:
    """Return the position of the row that looks most like this table's header.

    A sheet often begins with a title and a date; the header is the row, among the first few,
    in which most cells are known column names. None when no row holds two of them.

    Parameters
    ----------
    columns
        Headers of this file that are none of ours, each with the column it means.
    """
    if table is None:
        return next((i for i, row in enumerate(rows) if any(cell.strip() for cell in row)), None)
    scores = [
        len({h.column.name for cell in row if (h := _meant(table, cell, columns)) is not None})
        for row in rows[:among]
    ]
    best = max(scores, default=0)
    wanted = min(2, len(table.columns))
    return scores.index(best) if best >= wanted else None


def _meant(table: Table, cell: str, columns: Mapping[str, str]) -> Header | None:
    title = " ".join(cell.split())
    return match_header(table, columns.get(title, title))
