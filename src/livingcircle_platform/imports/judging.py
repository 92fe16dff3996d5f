"""Judge one upload inside the bound process: guard, read, check, hold against the streets.

The checks are the engine's own, the same the command line makes; nothing is judged here that is
not judged there.
"""

from collections.abc import Callable
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd

from livingcircle.errors import CoordinateError
from livingcircle.errors import InputError
from livingcircle.errors import LivingCircleError
from livingcircle.errors import TableError
from livingcircle.errors import UnsafeFileError
from livingcircle.io import guard
from livingcircle.io.geo import read_layer
from livingcircle.io.one_file import OneFile
from livingcircle.io.one_file import Preview
from livingcircle.io.one_file import as_texts
from livingcircle.io.one_file import layers_of
from livingcircle.io.one_file import preview_file
from livingcircle.io.one_file import read_file
from livingcircle.io.one_file import sheets_of
from livingcircle_platform.imports import recording
from livingcircle_platform.imports.limits import Limits
from livingcircle_platform.imports.reading import Rejection
from livingcircle_platform.imports.seen import Seen
from livingcircle_platform.imports.wording import on_a_page

Tell = Callable[[int, str], None]
_MB = 1024**2
_LONGEST_CELL = 200
_ENOUGH = 30  # points for which the engine's judgement of a label has been measured
_WGS84 = "WGS-84"


@dataclass(frozen=True)
class Order:
    """Hold what is to be read, and what a person has said about it."""

    path: Path
    work: Path
    key: str
    table: str
    streets: str
    columns: Mapping[str, str]
    coordinates: str
    sheet: str
    encoding: str


def judge(job: dict[str, Any], limits: Limits, tell: Tell) -> None:
    """Read the file of a job and write down all that was found."""
    order = Order(**{**job, "path": Path(job["path"]), "work": Path(job["work"])})
    seen = Seen(kind=guard.file_kind(order.path))
    try:
        tell(0, "检查文件")
        guard.check_file(order.path, limits=_guard_limits(limits))
        tell(1, "读取文件")
        _open(order, seen)
        tell(2, "逐行核对")
        _read(order, seen)
    except LivingCircleError as error:
        seen.rejection = _rejection(error)
    if seen.read is None and seen.names:
        seen.preview = _preview(order, seen)
    tell(3, "写下结果")
    recording.write(order.work, order.key, order.path.name, order.table, seen)
    tell(4, "读取完毕")


def _guard_limits(limits: Limits) -> guard.Limits:
    return guard.Limits(
        office_bytes=limits.office_mb * _MB,
        layer_bytes=limits.layer_mb * _MB,
        streets_bytes=limits.streets_mb * _MB,
    )


def _open(order: Order, seen: Seen) -> None:
    seen.grids = sheets_of(order.path, encoding=order.encoding)
    if seen.grids is None:
        seen.names = tuple(layers_of(order.path)) or ("",)
    else:
        seen.names = tuple(sheet.name for sheet in seen.grids if not sheet.hidden)


def _read(order: Order, seen: Seen) -> None:
    streets = _streets(order.streets)
    try:
        seen.read = _read_as(order, seen, streets)
    except CoordinateError:
        seen.likely_system = "" if streets is None else _likely(order, seen, streets)
        raise
    head = seen.read.parts[0].head
    rows = tuple(tuple(cell[:_LONGEST_CELL] for cell in row) for row in as_texts(head))
    part = seen.read.parts[0]
    first = int(head.index[0]) if len(head) else 1
    seen.preview = Preview(part.sheet, part.headers, rows, first)


def _read_as(order: Order, seen: Seen, streets: gpd.GeoDataFrame | None) -> OneFile:
    return read_file(
        order.path,
        order.table,
        columns=order.columns,
        coordinates=order.coordinates,
        sheet=order.sheet,
        encoding=order.encoding,
        streets=streets,
        sheets=seen.grids,
    )


def _streets(path: str) -> gpd.GeoDataFrame | None:
    return read_layer(path, fallback=_WGS84).rows if path else None


def _likely(order: Order, seen: Seen, streets: gpd.GeoDataFrame) -> str:
    """Return the system under which the places fit the streets, if that can be told.

    It is only offered: a person chooses, and the file is then read with what was chosen.
    """
    try:
        trial = _read_as(replace(order, coordinates=_WGS84), seen, streets)
    except InputError:
        return ""
    if trial.suspicions:
        found = trial.suspicions[0]
        return "" if found.swapped else found.likely
    return _WGS84 if len(trial.parts[0].rows) >= _ENOUGH else ""


def _preview(order: Order, seen: Seen) -> Preview | None:
    """Show what can be shown of a file that cannot be used as it stands."""
    for sheet in dict.fromkeys((order.sheet, "", *seen.names[:1])):
        with suppress(LivingCircleError):
            return preview_file(
                order.path,
                order.table,
                columns=order.columns,
                sheet=sheet,
                encoding=order.encoding,
                sheets=seen.grids,
            )
    return None


def _rejection(error: LivingCircleError) -> Rejection:
    kinds = ((UnsafeFileError, "unsafe"), (TableError, "table"), (CoordinateError, "coordinates"))
    kind = next((word for known, word in kinds if isinstance(error, known)), "input")
    where = on_a_page(error.where)
    return Rejection(kind, on_a_page(error.what), where, on_a_page(error.remedy))
