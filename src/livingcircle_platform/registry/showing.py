"""Say what stands in a cell: its words for people, its raw value for editing."""

from collections.abc import Mapping
from html import escape
from typing import Any
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.safestring import mark_safe

from livingcircle_platform.core.records import plain
from livingcircle_platform.core.templatetags.words import NOT_KNOWN
from livingcircle_platform.registry.forms import area_word
from livingcircle_platform.registry.ledger import Column
from livingcircle_platform.registry.ledger import Kind

_MAY_BE_UNKNOWN = frozenset({Kind.NUMBER, Kind.DATE, Kind.YESNO})


def words_of(column: Column, value: Any, trades: Mapping[str, str]) -> str:  # noqa: ANN401 - one line for each kind
    """Return a value as people read it; what nobody knows says so."""
    if value is None:
        return NOT_KNOWN if column.kind in _MAY_BE_UNKNOWN else ""
    if column.kind == Kind.YESNO:
        return "是" if value else "否"
    if column.kind == Kind.CHOICE:
        return column.titles.get(value, str(value))
    if column.kind == Kind.TRADES:
        return "、".join(trades.get(code, code) for code in value)
    if column.kind == Kind.AREA:
        return area_word(value)
    return str(plain(value)) if column.kind == Kind.NUMBER else str(value)


def raw_of(column: Column, record: Any, trades: Mapping[str, str]) -> str:  # noqa: ANN401
    """Return a value as the editor takes it."""
    if column.kind == Kind.LINK:
        linked = getattr(record, column.name)
        return linked.code if linked is not None else ""
    if column.kind == Kind.AREA:
        return str(record.area_id)
    value = plain(getattr(record, column.name))
    if column.kind == Kind.YESNO:
        return {True: "yes", False: "no", None: ""}[value]
    if column.kind == Kind.TRADES:
        return "、".join(trades.get(code, code) for code in value)
    return "" if value is None else str(value)


class Cell(NamedTuple):
    """Hold one cell of a page."""

    column: Column
    words: str
    raw: str
    tone: str
    editable: bool

    def drawn(self) -> SafeString:
        """Return the cell as a page holds it.

        A page of two hundred rows has thousands; the template engine takes ten times as long.
        """
        column = self.column
        marks = [f"c-{column.name}"]
        marks += ["is-main"] if column.main else []
        marks += ["number"] if column.kind == Kind.NUMBER else []
        marks += [f"tone-{escape(self.tone)}"] if self.tone else []
        use = ' aria-readonly="true"'
        if self.editable:
            use = f' data-kind="{column.kind}" data-raw="{escape(self.raw)}"'
        return mark_safe(  # noqa: S308 - what people wrote is escaped, the rest is ours
            f'<td role="gridcell" class="{" ".join(marks)}" data-label="{column.title}"'
            f' data-column="{column.name}"{use}><span>{escape(self.words)}</span></td>'
        )


def cell_of(column: Column, record: Any, trades: Mapping[str, str], *, editable: bool) -> Cell:  # noqa: ANN401
    """Return what a page shows in a cell, and what it edits."""
    words = words_of(column, getattr(record, column.name), trades)
    raw = raw_of(column, record, trades) if editable else ""
    return Cell(column, words, raw, tone_of(column, record), editable)


def tone_of(column: Column, record: Any) -> str:  # noqa: ANN401
    """Return what a cell is marked with: not known, or a state."""
    value = getattr(record, f"{column.name}_id" if column.kind == Kind.AREA else column.name)
    if value is None and column.kind in _MAY_BE_UNKNOWN:
        return "unknown"
    if column.name == "status_of_source" and value != "real":
        return "unreal"
    return str(value) if column.name == "state" else ""
