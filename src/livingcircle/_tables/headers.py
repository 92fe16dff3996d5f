"""Say of every header of a file which of our columns it means, and why we think so."""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from livingcircle._tables.columns import IGNORED_HEADERS
from livingcircle._tables.columns import Column
from livingcircle._tables.columns import Table
from livingcircle._tables.columns import header_key
from livingcircle._tables.columns import match_header


class How(StrEnum):
    """Say how a header came to mean a column, or why it means none."""

    GIVEN = "given"  # somebody said so for this file
    TITLE = "title"  # our title or identifier
    ALIAS = "alias"  # another word for it, or a unit in brackets
    IGNORED = "ignored"  # a number of the row, our own error column
    UNUSED = "unused"


@dataclass(frozen=True)
class HeaderMatch:
    """Pair one header as written with the column it means, if it means any."""

    title: str
    how: How
    column: Column | None = None
    factor: float = 1.0


def match_headers(
    table: Table, titles: Sequence[str], columns: Mapping[str, str]
) -> list[HeaderMatch]:
    """Match all headers of a file, in its order; no column is meant by two of them.

    Parameters
    ----------
    columns
        Headers of this file, each with the column it means: stronger than any title, as a title
        is stronger than an alias.
    """
    official = {key for column in table.columns for key in (header_key(column.title), column.name)}
    matches: dict[str, HeaderMatch] = {}
    taken: set[str] = set()
    for title in sorted(titles, key=lambda t: (t not in columns, header_key(t) not in official)):
        head = match_header(table, columns.get(title, title))
        if head is None or head.column.name in taken:
            ignored = header_key(title) in IGNORED_HEADERS
            matches[title] = HeaderMatch(title, How.IGNORED if ignored else How.UNUSED)
            continue
        taken.add(head.column.name)
        how = How.TITLE if header_key(title) in official else How.ALIAS
        how = How.GIVEN if title in columns else how
        matches[title] = HeaderMatch(title, how, head.column, head.factor)
    return [matches[title] for title in titles]
