"""Turn one list of things on the map into an accessible table."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Listing:
    """Hold one list of things on the map; rows begin with the element id, then the cells.

    ``folded`` things are not among the rows; the script adds them, and ``empty`` says so.
    """

    id: str
    title: str
    headings: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]
    numbers: frozenset[int] = frozenset()
    empty: str = "没有。"
    folded: int = 0

    @property
    def html(self) -> str:
        """Return the list as an accessible table that opens on request."""
        head = "".join(f'<th scope="col">{escape(h)}</th>' for h in self.headings)
        body = "".join(self._row(key, cells) for key, cells in self.rows)
        named, count = escape(self.title), self.folded or len(self.rows)
        table = (
            f'<div class="scroll" tabindex="0" role="region" aria-label="{named}">'
            f'<table id="list-{self.id}"><caption>{named}（{count}）</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )
        note = "" if self.rows else f"<p>{escape(self.empty)}</p>"
        inside = note + (table if self.rows or self.folded else "")
        opened = " open" if self.id == "circles" else ""
        return (
            f'<details class="listing"{opened}><summary>{escape(self.title)}'
            f"<span>{count}</span></summary>{inside}</details>"
        )

    def _row(self, key: str, cells: Sequence[str]) -> str:
        name = f'<th scope="row"><a href="#map" data-show="{key}">{escape(cells[0])}</a></th>'
        rest = "".join(
            f"<td{' class=n' if place in self.numbers else ''}>{escape(cell)}</td>"
            for place, cell in enumerate(cells[1:], start=1)
        )
        return f'<tr id="{key}">{name}{rest}</tr>'
