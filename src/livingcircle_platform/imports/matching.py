"""Find what the record holds already of a row: by its number, or by its name and place.

A file without a column of numbers gets made-up ones, named after file and row; the next file of
that name gets the same for other rows. Such numbers are never taken for the bureau's own.
"""

import math
from collections import defaultdict
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any
from typing import NamedTuple

from livingcircle.duplicates import plain_name
from livingcircle_platform.imports.rows import Row

NEAR_M = 30.0
_CELL = 0.0005  # degrees; more than 30 m either way, up to 57° of latitude
_METRES = 111_195.0  # in a degree of latitude
_AROUND = tuple((x, y) for x in (-1, 0, 1) for y in (-1, 0, 1))


class Known(NamedTuple):
    """Hold what the record has under a number, and the path of the area it lies in."""

    id: Any
    version: int
    values: Row
    path: str = ""


def is_made(code: str, file: str, row: int) -> bool:
    """Say whether a row's number was made of the name of its file and its place in it."""
    stem = PurePath(file).stem
    return row > 0 and code.startswith(f"{stem}-") and code.rstrip("+").endswith(f"-{row}")


class Matcher:
    """Answer for the rows of one file; nothing in the record is matched by two of them.

    Parameters
    ----------
    known
        What the record holds, by number.
    file
        Name of the file, after which numbers are made.
    """

    def __init__(self, known: Mapping[str, Known], file: str) -> None:
        self._known = known
        self._file = file
        self._claimed: set[Any] = set()
        self._places: dict[tuple[str, int, int], list[Known]] = {}

    def find(self, code: str, row: int, values: Row) -> Known | None:
        """Return what the record holds of a row, if anything."""
        made = is_made(code, self._file, row)
        found = self._nearby(values) if made else self._known.get(code)
        if found is not None and found.id not in self._claimed:
            self._claimed.add(found.id)
            return found
        return None

    def free_code(self, code: str, row: int, mark: str) -> str:
        """Return a number for a new record: a made one that is taken gets the batch's mark."""
        taken = code in self._known and is_made(code, self._file, row)
        return f"{code}-{mark}" if taken else code

    def _nearby(self, values: Row) -> Known | None:
        if not self._places:
            self._places = _by_place(self._known)
        name = plain_name(values["name"])
        x, y = _cell(values)
        near = [
            (_metres(values, one.values), one)
            for east, north in _AROUND
            for one in self._places.get((name, x + east, y + north), ())
            if one.id not in self._claimed
        ]
        within = [pair for pair in near if pair[0] <= NEAR_M]
        return min(within, key=lambda pair: (pair[0], str(pair[1].id)), default=(0, None))[1]


def _by_place(known: Mapping[str, Known]) -> dict[tuple[str, int, int], list[Known]]:
    found = defaultdict(list)
    for one in known.values():
        found[plain_name(one.values["name"]), *_cell(one.values)].append(one)
    return dict(found)


def _cell(values: Row) -> tuple[int, int]:
    """Return the square of the grid a place lies in; what has no place shares the first."""
    lon, lat = _place(values)
    return math.floor(lon / _CELL), math.floor(lat / _CELL)


def _metres(one: Row, other: Row) -> float:
    (lon, lat), (other_lon, other_lat) = _place(one), _place(other)
    east = (lon - other_lon) * math.cos(math.radians(lat))
    return math.hypot(east, lat - other_lat) * _METRES


def _place(values: Row) -> tuple[float, float]:
    """Return where a row lies; communities and circles have names of their own and no point."""
    lon, lat = values.get("lon"), values.get("lat")
    return (0.0, 0.0) if lon is None or lat is None else (lon, lat)
