"""Show staged rows in words: what is new, what would change from what to what, what was refused."""

from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet

from livingcircle_platform.core.templatetags.words import known
from livingcircle_platform.imports.accepting import MODELS
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.models import StagedRow
from livingcircle_platform.imports.rows import Row
from livingcircle_platform.registry.models import Trade
from livingcircle_platform.territory.models import Area

Verdict = StagedRow.Verdict
REMARKS = "remarks"
TABS: tuple[tuple[str, str], ...] = (
    (str(Verdict.NEW), "新增"),
    (str(Verdict.CHANGED), "更新"),
    (str(Verdict.SAME), "没有变化"),
    (str(Verdict.REFUSED), "没有采用"),
    (REMARKS, "提示"),
)
_TITLES = {"centre": "所属综合体", "members": "覆盖社区", "boundary": "边界", "area": "所属社区",
           "trades_said": "认不出的业态"}  # fmt: skip
_SHOWN = {
    "outlets": ("trades", "area", "state", "address", "phone"),
    "spaces": ("kind", "area", "area_m2", "owner", "occupancy"),
    "communities": ("subdistrict", "kind", "boundary"),
    "circles": ("kind", "formation", "members"),
}
_HIDDEN = frozenset({"source", "service_centre"})
_EMPTY = "（空）"


@dataclass(frozen=True)
class Tab:
    """Tell how many rows there are of one kind."""

    name: str
    title: str
    count: int


@dataclass(frozen=True)
class Change:
    """Tell one column of a changed row."""

    title: str
    before: str
    after: str


@dataclass(frozen=True)
class Shown:
    """Hold one row as a page shows it."""

    row: int
    key: str
    name: str
    cells: list[tuple[str, str]]
    changes: list[Change]
    problems: list[str]


class Review:
    """Put the staged rows of a batch into words.

    Parameters
    ----------
    batch
        Whose rows.
    asked
        The tab somebody chose; the first with any rows if none.
    """

    def __init__(self, batch: Batch, asked: str = "") -> None:
        self.batch = batch
        counts = batch.counts
        self.tabs = [Tab(name, title, counts.get(name, 0)) for name, title in TABS]
        names = [one.name for one in self.tabs if one.count]
        first = names[0] if names else str(Verdict.NEW)
        self.chosen = asked if asked in {one.name for one in self.tabs} else first

    def rows(self) -> QuerySet[StagedRow]:
        """Return the rows of the chosen tab."""
        rows = self.batch.rows.all()
        if self.chosen == REMARKS:
            return rows.exclude(problems=[]).exclude(verdict=Verdict.REFUSED)
        return rows.filter(verdict=self.chosen)

    @property
    def headings(self) -> list[str]:
        """Return the titles of the columns that a list of new rows shows."""
        return [self.title(name) for name in _SHOWN.get(self.batch.table, ())]

    def shown(self, rows: Iterable[StagedRow]) -> Iterator[Shown]:
        """Yield rows in words."""
        rows = list(rows)
        self._know(rows)
        for one in rows:
            refused_by_checks = one.verdict == Verdict.REFUSED and one.object_id is None
            cells = list(one.values.items()) if refused_by_checks else list(self._cells(one.values))
            name = "" if refused_by_checks else str(one.values.get("name", ""))
            yield Shown(one.row, one.key, name, cells, list(self._changes(one)), one.problems)

    def title(self, name: str) -> str:
        """Return what a value is called."""
        if name in _TITLES:
            return _TITLES[name]
        column = next((one for one in self.batch.kind.table.columns if one.name == name), None)
        if column is not None:
            return column.title
        field = self._field(name)
        return str(field.verbose_name) if field is not None else name

    def word(self, name: str, value: Any) -> str:  # noqa: ANN401 - a value of any column
        """Return a value in words."""
        if value in ("", None, []):
            return _EMPTY
        if name == "area":
            return self._areas.get(str(value), "另一个社区")
        if name == "boundary":
            return "有边界"
        if name == "members":
            return "、".join(f"{code}（部分）" if part else code for code, part in value)
        if name.endswith("trades"):
            return "、".join(self._trades.get(code, code) for code in value)
        return self._choice(name, value) or known(value)

    def _cells(self, values: Row) -> Iterator[tuple[str, str]]:
        for name in _SHOWN.get(self.batch.table, ()):
            word = self.word(name, values.get(name))
            yield self.title(name), "—" if word == _EMPTY else word

    def _changes(self, one: StagedRow) -> Iterator[Change]:
        if one.before is None:
            return
        for name, value in one.values.items():
            was = one.before.get(name)
            if name == "profile":
                yield from self._profile(was or {}, value)
            elif value != was and name not in _HIDDEN:
                before, after = self.word(name, was), self.word(name, value)
                if before == after:  # alike in words, as coordinates a few metres apart are
                    numbers = isinstance(was, float) and isinstance(value, float)
                    before, after = (f"{was}", f"{value}") if numbers else (before, "有改动")
                yield Change(self.title(name), before, after)

    def _profile(self, before: Row, after: Row) -> Iterator[Change]:
        for name, value in after.items():
            if value != before.get(name):
                yield Change(
                    self.title(name), self.word(name, before.get(name)), self.word(name, value)
                )

    def _know(self, rows: Iterable[StagedRow]) -> None:
        told = [values for one in rows for values in (one.values, one.before or {})]
        ids = {values["area"] for values in told if values.get("area")}
        is_id = self.batch.table in MODELS
        found = Area.objects.filter(pk__in=ids if is_id else ()).values_list("pk", "name")
        self._areas = {str(pk): name for pk, name in found}

    @cached_property
    def _trades(self) -> dict[str, str]:
        return dict(Trade.objects.values_list("code", "name"))

    def _choice(self, name: str, value: object) -> str:
        field = self._field(name)
        if field is not None and field.choices:
            return str(dict(field.flatchoices).get(value, ""))
        column = next((one for one in self.batch.kind.table.columns if one.name == name), None)
        words = column.choices if column is not None else {}
        return next((word for word, code in words.items() if code == value), "")

    def _field(self, name: str) -> Any:  # noqa: ANN401 - a column of the model
        model = MODELS.get(self.batch.table)
        if model is None:
            return None
        try:
            return model._meta.get_field(name)  # noqa: SLF001
        except FieldDoesNotExist:
            return None
