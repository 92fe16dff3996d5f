"""Hold what the reading of one upload found, on disk and in hand.

The child writes the tables first and ``reading.json`` last, each whole or not at all; where that
file stands, the reading is complete, and a job that was cut off goes on from it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from typing import Self

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

MARKER = "reading.json"
ISSUES = "issues.parquet"
REFUSED = "refused.parquet"
SKIPPED = "skipped.parquet"
FORMAT = 1


@dataclass(frozen=True)
class Heading:
    """Say what one column of the file was taken for.

    Attributes
    ----------
    title
        The header as written.
    how
        ``"given"`` (a person said so), ``"title"``, ``"alias"``, ``"ignored"`` or ``"unused"``.
    column, meaning
        Identifier and title of our column; both empty where it means none.
    """

    title: str
    how: str
    column: str = ""
    meaning: str = ""


@dataclass(frozen=True)
class Rejection:
    """Say why the file as a whole cannot be used as it stands, and what to do.

    ``kind`` is ``"unsafe"`` (refused before it was opened), ``"table"`` (headers, sheets),
    ``"coordinates"`` (the system must be said) or ``"input"`` (anything else).
    """

    kind: str
    what: str
    where: str
    remedy: str

    @property
    def sentence(self) -> str:
        """Return where, what and what to do, as one Chinese sentence."""
        head = f"{self.where}：{self.what}" if self.where else self.what
        return f"{head}。{self.remedy}。" if self.remedy else f"{head}。"


@dataclass(frozen=True)
class Doubt:
    """Say that the coordinates look like another system than the one they are said to be in."""

    declared: str
    likely: str
    swapped: bool
    shift_m: float | None
    problem: str
    remedy: str


@dataclass(frozen=True)
class Reading:
    """Hold what was read of one upload; the rows themselves are fetched from ``work``.

    Attributes
    ----------
    work, key
        Where the reading lies, and the digest of the file and all that was said about it.
    file, kind, table
        Name and kind of the file, and the table it was read as.
    rejection
        Why the file as a whole cannot be used; None when it can. Then all counts are 0.
    sheets, sheet
        Sheets or layers there are to choose from, and the one that was read.
    system
        The coordinate system the places were converted from; "" where there was none to convert.
    likely_system
        Where nothing says which system it is: the one that fits the streets; "" if none does.
    doubts
        Coordinate labels that another fits clearly better.
    headings, preview, first
        What each column was taken for, the first 20 rows as text, and the number of the first.
    counts
        Good rows of each table the file gave, that asked for first (a street extract gives more
        than one).
    refused_count, skipped_count
        Rows refused, and rows without data.
    errors, warnings, reviews
        How many issues there are of each severity.
    """

    work: Path
    key: str
    file: str
    kind: str
    table: str
    rejection: Rejection | None
    sheets: tuple[str, ...]
    sheet: str
    system: str
    likely_system: str
    doubts: tuple[Doubt, ...]
    headings: tuple[Heading, ...]
    preview: tuple[tuple[str, ...], ...]
    first: int
    counts: Mapping[str, int]
    refused_count: int
    skipped_count: int
    errors: int
    warnings: int
    reviews: int

    @classmethod
    def load(cls, work: Path | str) -> Self:
        """Load a complete reading.

        Raises
        ------
        FileNotFoundError
            When there is none, or one of its files is not the one that was written.
        """
        work = Path(work)
        record = _record(work)
        if record is None:
            raise FileNotFoundError(work / MARKER)
        said: dict[str, Any] = record["reading"]
        refusal = said["rejection"]
        return cls(
            **{
                **said,
                "work": work,
                "rejection": None if refusal is None else Rejection(**refusal),
                "sheets": tuple(said["sheets"]),
                "doubts": tuple(Doubt(**one) for one in said["doubts"]),
                "headings": tuple(Heading(**one) for one in said["headings"]),
                "preview": tuple(tuple(row) for row in said["preview"]),
            }
        )

    @staticmethod
    def is_complete(work: Path | str, key: str) -> bool:
        """Say whether a folder holds a whole reading with this key."""
        record = _record(Path(work))
        return record is not None and record["reading"]["key"] == key

    def rows(self, table: str = "") -> "gpd.GeoDataFrame":
        """Return the good rows of a table, typed, in WGS-84, indexed by id.

        Besides the columns of the table there are ``source``, ``sheet`` and ``row``, the number
        of the row in the file (0 where it has none).
        """
        import geopandas as gpd  # noqa: PLC0415 - only who wants rows pays for it

        name = table or self.table
        if name not in self.counts:
            raise KeyError(name)
        return gpd.read_parquet(self.work / rows_file(name))

    def issues(self) -> "pd.DataFrame":
        """Return all issues in the order of the file.

        Columns ``file``, ``sheet``, ``row`` (0: the whole file), ``column``, ``value``,
        ``severity``, ``problem``, ``remedy`` and ``sentence``.
        """
        return self._table(ISSUES)

    def refused(self) -> "pd.DataFrame":
        """Return the refused rows: ``row``, ``reasons`` (sentences) and ``cells`` as texts.

        The cells stand in the order of ``headings``.
        """
        return self._table(REFUSED)

    def skipped(self) -> "pd.DataFrame":
        """Return the rows without data: ``row`` and ``cells``."""
        return self._table(SKIPPED)

    def _table(self, name: str) -> "pd.DataFrame":
        import pandas as pd  # noqa: PLC0415 - as in rows

        return pd.read_parquet(self.work / name)


def rows_file(table: str) -> str:
    """Return the name of the file that holds the good rows of a table."""
    return f"rows-{table}.parquet"


def _record(work: Path) -> dict[str, Any] | None:
    """Return what the marker says, None unless every file it names is as it was written."""
    try:
        record: dict[str, Any] = json.loads((work / MARKER).read_bytes())
        if record["format"] != FORMAT:
            return None
        for name, digest in record["files"].items():
            with (work / name).open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != digest:
                    return None
    except (OSError, ValueError, KeyError):
        return None
    return record
