"""Turn a ledger page's address into rows: search, filters, order, columns, page.

Everything a page shows stands in its address, so that a view can be saved, sent and exported
exactly as it is seen.
"""

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import F
from django.db.models import Q
from django.db.models import QuerySet
from django.http import QueryDict

from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry.forms import area_word
from livingcircle_platform.registry.forms import is_id
from livingcircle_platform.registry.ledger import Column
from livingcircle_platform.registry.ledger import Kind
from livingcircle_platform.registry.ledger import Ledger
from livingcircle_platform.registry.models import RegistryQuerySet
from livingcircle_platform.registry.models import Trade
from livingcircle_platform.registry.paging import Pages
from livingcircle_platform.registry.paging import unread
from livingcircle_platform.territory.models import Area

SIZES = (50, 100, 200)
_FROM, _TO, _EMPTY = "_from", "_to", "_unknown"
_ENDS = ((_FROM, "gte", "起"), (_TO, "lte", "止"))


@dataclass(frozen=True)
class Chip:
    """Tell one filter in words, and the address without it."""

    title: str
    words: str
    without: str


class Asked:
    """Hold what somebody asks of a ledger.

    Parameters
    ----------
    ledger
        Which one.
    user
        Who asks; only what they may see is ever counted, shown or exported.
    params
        The address's parameters.
    """

    def __init__(self, ledger: Ledger, user: Any, params: QueryDict) -> None:  # noqa: ANN401
        self.ledger, self.user, self.params = ledger, user, params

    @cached_property
    def columns(self) -> list[Column]:
        """Return the columns to show, in the ledger's order."""
        chosen = set(self.params.getlist("columns"))
        known = [one for one in self.ledger.columns if one.name in chosen or one.name == "name"]
        return known if len(known) > 1 else [one for one in self.ledger.columns if one.shown]

    @cached_property
    def sort(self) -> tuple[Column, bool]:
        """Return the column to sort by, and whether downwards."""
        said = self.params.get("sort", "")
        column = self.ledger.column(said.removeprefix("-"))
        return (column, said.startswith("-")) if column else (self.ledger.columns[1], False)

    def rows(self, verb: str = "view") -> QuerySet[Any]:
        """Return the rows, in order; those the person may see and, for another verb, do it to."""
        rows: RegistryQuerySet = self.ledger.model.objects.visible_to(self.user)  # type: ignore[attr-defined]
        if verb != "view":
            rows = self.ledger.policy.visible(rows, self.user, verb)
        needle = self.params.get("q", "").strip()
        if needle:
            rows = rows.filter(line__finds=needle)
        for column in self.ledger.columns:
            rows = rows.filter(self._where(column))
        return rows.order_by(*self._order())

    def page(self) -> Any:  # noqa: ANN401 - Django's Page
        """Return one page of rows; a page too far is the last one."""
        asked = self.params.get("size", "")
        size = int(asked) if asked in {str(one) for one in SIZES} else SIZES[0]
        return Pages(self.rows(), size, self.ledger.related).get_page(self.params.get("page"))

    def for_export(self) -> QuerySet[Any]:
        """Return every row that may be exported."""
        related = self.ledger.related
        rows = self.rows("export").select_related(*related)
        return rows.defer(*unread(self.ledger.model, related))

    def exported_columns(self) -> list[Column]:
        """Return the columns of an export: the chosen ones, or all."""
        return self.columns if self.params.getlist("columns") else list(self.ledger.columns)

    def chips(self) -> list[Chip]:
        """Return every filter in words."""
        found = []
        needle = self.params.get("q", "").strip()
        if needle:
            found.append(Chip("查找", needle, self._without("q")))
        for column in self.ledger.columns:
            words = "，".join(self._words(column))
            if words:
                names = [column.name + end for end in ("", _FROM, _TO, _EMPTY)]
                found.append(Chip(column.title, words, self._without(*names)))
        return found

    def _where(self, column: Column) -> Q:
        """Return the filter of one column."""
        name, said = column.name, self.params.get(column.name, "").strip()
        if column.kind in {Kind.NUMBER, Kind.DATE}:
            return self._between(column)
        if not said:
            return Q()
        if column.kind == Kind.AREA:
            return self._inside(column, said)
        if column.kind in {Kind.YESNO, Kind.CHOICE, Kind.TRADES}:
            return self._among(column, [one for one in self.params.getlist(name) if one])
        found = Q(**{f"{column.lookup}__icontains": said})
        return found | Q(**{f"{name}__code": said}) if column.kind == Kind.LINK else found

    def _among(self, column: Column, wanted: list[str]) -> Q:
        """Return the filter on any of some answers."""
        name = column.name
        if column.kind == Kind.YESNO:
            answers = {"yes": True, "no": False, "unknown": None}
            return _one_of(column, answers, wanted[0], name)
        if column.kind == Kind.CHOICE:
            for one in wanted:
                _one_of(column, {code: code for code, _ in column.choices}, one, name)
            found = Q(**{f"{column.lookup}__in": wanted})
            # What was entered here by hand has no source, and is real.
            return found | Q(source=None) if column.path and "real" in wanted else found
        found = Q(pk__in=[])
        for one in wanted:
            found |= Q(**{name: ()}) if one == "none" else Q(**{f"{name}__has": one})
        return found

    def _between(self, column: Column) -> Q:
        found = Q()
        for end, test, _ in _ENDS:
            said = self.params.get(column.name + end, "").strip()
            if said:
                found &= Q(**{f"{column.name}__{test}": _value(column, said)})
        if self.params.get(column.name + _EMPTY):
            found &= Q(**{f"{column.name}__isnull": True})
        return found

    def _inside(self, column: Column, said: str) -> Q:
        area = self._area(said)
        if area is None:
            raise RefusedError(
                f"筛选条件“{column.title}”里的地方不存在，或不在您的范围内", remedy="重新选择"
            )
        below = Area.objects.under(area).values("pk")
        return Q(area__in=below)

    def _area(self, said: str) -> Area | None:
        if not is_id(said):
            return None
        rows = Area.objects.visible_to(self.user).filter(pk=said)
        return rows.select_related("parent").first()

    def _order(self) -> Iterator[Any]:
        """Sort the same on every database: what is not known comes last."""
        column, down = self.sort
        name = column.lookup
        may_lack = "__" in name or self.ledger.model._meta.get_field(name).null  # noqa: SLF001
        last = {"nulls_last": True} if may_lack else {}
        yield F(name).desc(**last) if down else F(name).asc(**last)
        yield from ("pk",) if name == "code" else ("code", "pk")

    def _words(self, column: Column) -> Iterator[str]:
        for end, _, word in _ENDS:
            if self.params.get(column.name + end, "").strip():
                yield f"{self.params[column.name + end]}{word}"
        if self.params.get(column.name + _EMPTY):
            yield "未核实"
        titles = dict(column.choices) | {"yes": "是", "no": "否", "unknown": "未核实"}
        if column.kind == Kind.TRADES and self.params.get(column.name):
            titles |= trade_names() | {"none": "没有填"}
        for said in self.params.getlist(column.name):
            if said and column.kind == Kind.AREA:
                area = self._area(said)
                yield area_word(area) if area else said
            elif said:
                yield titles.get(said, said)

    def _without(self, *names: str) -> str:
        left = self.params.copy()
        for name in (*names, "page", "done"):
            left.pop(name, None)
        return f"?{left.urlencode()}"


def trade_names() -> dict[str, str]:
    """Return the names of the trades by code."""
    return dict(Trade.objects.values_list("code", "name"))


def _one_of(column: Column, answers: dict[str, Any], said: str, name: str) -> Q:
    if said not in answers:
        raise RefusedError(f"筛选条件“{column.title}”里没有“{said}”", remedy="重新选择")
    return Q(**{name: answers[said]})


def _value(column: Column, said: str) -> float | dt.date:
    try:
        if column.kind == Kind.DATE:
            return dt.date.fromisoformat(said)
        found = float(said)
    except ValueError as error:
        how = "日期写成 2026-06-01 这样" if column.kind == Kind.DATE else "只填数字"
        raise RefusedError(f"筛选条件“{column.title}”认不出“{said}”", remedy=how) from error
    if not math.isfinite(found):
        raise RefusedError(f"筛选条件“{column.title}”认不出“{said}”", remedy="只填数字")
    return found
