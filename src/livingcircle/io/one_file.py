"""Read one file as one table, as a district folder would, and show what stands in it.

:func:`read_file` makes the same checks as :func:`livingcircle.io.folder.read_district` makes of
each file; what needs the other files of the folder is left out. :func:`preview_file` shows the
first rows even of a file that cannot be read as this table, so that a person can say which
column is which.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import pandas as pd
import shapely

from livingcircle import tables
from livingcircle._tables.cells import cell_text
from livingcircle.coordinates import Suspicion
from livingcircle.coordinates import system_name
from livingcircle.errors import InputError
from livingcircle.io import geo
from livingcircle.io._folder.description import SECTIONS
from livingcircle.io._folder.description import Entry
from livingcircle.io._folder.labels import along
from livingcircle.io._folder.labels import can_be_judged
from livingcircle.io._folder.labels import suspicions
from livingcircle.io._folder.members import resolve_members
from livingcircle.io._folder.osm_parts import read_osm_parts
from livingcircle.io._folder.parts import GRIDS
from livingcircle.io._folder.parts import SHOWN_ROWS
from livingcircle.io._folder.parts import Part
from livingcircle.io._folder.parts import read_part
from livingcircle.io._folder.twins import ask_about_twins
from livingcircle.io._folder.twins import offers_of
from livingcircle.io.excel import Sheet
from livingcircle.io.excel import choose_sheet
from livingcircle.io.excel import read_sheets
from livingcircle.io.guard import check_file
from livingcircle.io.guard import file_kind
from livingcircle.tables import TABLES
from livingcircle.tables import HeaderMatch

__all__ = [
    "GRIDS",
    "OneFile",
    "Part",
    "Preview",
    "as_texts",
    "layers_of",
    "preview_file",
    "read_file",
    "resolve_members",
    "sheets_of",
]

_LAYERED = frozenset({"gpkg", "kml"})
_SECTION_OF = MappingProxyType({table: section for section, table in SECTIONS.items()})
_LONGEST_CELL = 200


@dataclass(frozen=True)
class OneFile:
    """Hold the tables one file gave, that asked for first, and which labels are in doubt."""

    parts: tuple[Part, ...]
    suspicions: tuple[Suspicion, ...] = ()


@dataclass(frozen=True)
class Preview:
    """Hold the first rows of a file as text.

    ``first`` is the number of the first row shown, as a spreadsheet counts; ``sheet`` the sheet
    or layer, ``headers`` what each column would be taken for, in the order of the cells.
    """

    sheet: str
    headers: tuple[HeaderMatch, ...]
    rows: tuple[tuple[str, ...], ...]
    first: int


def sheets_of(path: Path | str, *, encoding: str = "") -> tuple[Sheet, ...] | None:
    """Return the sheets of a workbook or text table, None for any other kind of file."""
    path = Path(path)
    return read_sheets(path, encoding=encoding) if file_kind(path) in GRIDS else None


def read_file(
    path: Path | str,
    table: str,
    *,
    columns: Mapping[str, str] = MappingProxyType({}),
    coordinates: str = "",
    sheet: str = "",
    encoding: str = "",
    streets: gpd.GeoDataFrame | None = None,
    sheets: Sequence[Sheet] | None = None,
) -> OneFile:
    """Read, check and place the rows of one file.

    Parameters
    ----------
    columns
        Headers of this file that are none of ours, each with the column it means.
    coordinates
        The system of the file; stronger than what the file says.
    sheet
        The sheet or layer, where there are several.
    encoding
        Of the texts of a text table or shapefile; found out when empty.
    streets
        Streets of the district, to hold the places against.
    sheets
        What :func:`sheets_of` has returned, so that it is not read twice.

    Raises
    ------
    InputError
        When the file cannot be read as this table as a whole.
    """
    path = Path(path)
    entry = Entry(
        section=_section(table),
        file=path.name,
        path=path,
        sheet=sheet,
        layer=sheet,
        encoding=encoding,
        coordinates=system_name(coordinates) if coordinates else "",
        columns=columns,
    )
    if entry.is_osm:
        parts = sorted(read_osm_parts(entry), key=lambda part: part.table != table)
        return OneFile(tuple(map(_with_twins, parts)))
    known = streets is not None and len(streets) > 0
    own = streets if known and table not in {"streets", "junctions"} else None
    area = None if own is None else shapely.box(*own.total_bounds)
    part = _with_twins(read_part(entry, "", area, sheets))
    if own is None or not can_be_judged(part):
        return OneFile((part,))
    return OneFile((part,), tuple(found for _, found in suspicions(part, along(own))))


def preview_file(
    path: Path | str,
    table: str,
    *,
    columns: Mapping[str, str] = MappingProxyType({}),
    sheet: str = "",
    encoding: str = "",
    sheets: Sequence[Sheet] | None = None,
) -> Preview:
    """Show the first rows of a file, whether or not they are rows of this table.

    Raises
    ------
    InputError
        When nothing can be shown: no such sheet, several layers, a broken file.
    """
    path, wanted = Path(path), TABLES[table]
    sheets = sheets or sheets_of(path, encoding=encoding)
    if sheets is None:
        return _first_features(path, wanted, columns, sheet, encoding)
    chosen = choose_sheet(sheets, wanted, sheet, file=path.name, columns=columns)
    header = tables.header_row(wanted, chosen.rows, columns=columns)
    if header is None:
        header = _likely_header(chosen.rows)
    shown = [*chosen.rows[header : header + SHOWN_ROWS + 1]]
    width = max(map(len, shown), default=0)
    filled = [[*row, *[""] * (width - len(row))] for row in shown]
    titles = [" ".join(cell.split()) for cell in filled[0]] if filled else []
    matches = tables.match_headers(wanted, titles, columns)
    cells = tuple(tuple(cell[:_LONGEST_CELL] for cell in row) for row in filled[1:])
    return Preview(chosen.name, tuple(matches), cells, header + 2)


def as_texts(cells: pd.DataFrame) -> list[list[str]]:
    """Return cells as the texts a person would see, row by row; geometry is left out."""
    plain = pd.DataFrame(cells.drop(columns="geometry", errors="ignore"))
    return [[cell_text(value) for value in row] for row in plain.itertuples(index=False, name=None)]


def layers_of(path: Path | str) -> list[str]:
    """Return the names of the layers of a map file that has layers with names."""
    path = Path(path)
    return geo.layer_names(path, path.name) if check_file(path) in _LAYERED else []


def _with_twins(part: Part) -> Part:
    """Ask about outlets of one file that may be one shop, as a folder does of all its files."""
    if part.table != "outlets":
        return part
    return replace(part, issues=part.issues + ask_about_twins(part.rows, offers_of(part.rows)))


def _section(table: str) -> str:
    if table not in _SECTION_OF:
        known = "、".join(TABLES[name].title for name in _SECTION_OF)
        raise InputError(f"没有叫“{table}”的表", remedy=f"从这些里选：{known}")
    return _SECTION_OF[table]


def _likely_header(rows: Sequence[Sequence[str]]) -> int:
    """Return the first of the fullest rows among the first ten: a title fills one cell only."""
    counts = [sum(bool(cell.strip()) for cell in row) for row in rows[:10]]
    return counts.index(max(counts)) if counts else 0


def _first_features(
    path: Path, table: tables.Table, columns: Mapping[str, str], layer: str, encoding: str
) -> Preview:
    prefer = (table.name, table.title, _SECTION_OF[table.name])
    read = geo.read_layer(path, layer=layer, encoding=encoding, fallback="WGS-84", prefer=prefer)
    head = read.rows.head(SHOWN_ROWS)
    titles = [str(name) for name in head.columns if name != "geometry"]
    matches = tables.match_headers(table, titles, columns)
    rows = tuple(tuple(cell[:_LONGEST_CELL] for cell in row) for row in as_texts(head))
    return Preview(read.name, tuple(matches), rows, 1)
