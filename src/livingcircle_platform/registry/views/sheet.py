"""Show a ledger as a sheet: filter, sort, edit in place, change many, export."""

import uuid
from collections.abc import Iterable
from typing import Any
from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse
from django.http import Http404
from django.http import HttpRequest
from django.http import HttpResponse
from django.http import HttpResponseBase
from django.http import JsonResponse
from django.http import QueryDict
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.safestring import mark_safe

from livingcircle_platform.core.numbers import number_in
from livingcircle_platform.errors import ConflictError
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import actions
from livingcircle_platform.registry import exporting
from livingcircle_platform.registry import policies
from livingcircle_platform.registry.actions.merging import restored
from livingcircle_platform.registry.asking import SIZES
from livingcircle_platform.registry.asking import Asked
from livingcircle_platform.registry.asking import trade_names
from livingcircle_platform.registry.forms import areas_for
from livingcircle_platform.registry.forms import choices_of
from livingcircle_platform.registry.forms import field_of
from livingcircle_platform.registry.forms import is_id
from livingcircle_platform.registry.forms import value_of
from livingcircle_platform.registry.ledger import Column
from livingcircle_platform.registry.ledger import Kind
from livingcircle_platform.registry.ledger import Ledger
from livingcircle_platform.registry.models import SavedView
from livingcircle_platform.registry.showing import cell_of
from livingcircle_platform.registry.views.finding import back
from livingcircle_platform.registry.views.finding import find
from livingcircle_platform.registry.views.finding import just_done
from livingcircle_platform.registry.views.finding import last_entry
from livingcircle_platform.registry.views.finding import seen_in
from livingcircle_platform.territory.models import Area

_MANY_AREAS = 400


class Row(NamedTuple):
    """Hold one line of a page."""

    record: Any
    cells: SafeString


class Filter(NamedTuple):
    """Hold one column's filter as a page shows it."""

    column: Column
    said: str
    begin: str
    end: str
    unknown: bool
    options: list[tuple[str, str, bool]]


def sheet(request: HttpRequest, ledger: Ledger) -> HttpResponse:
    """Show one page of a ledger."""
    user, asked = request.user, Asked(ledger, request.user, request.GET)
    # Whoever holds a link looks; what its maker may do, and has kept, is not offered.
    is_own = getattr(request, "shared", None) is None
    views = SavedView.objects.visible_to(user).filter(ledger=ledger.slug).order_by("title")
    trades = trade_names()
    page = asked.page()
    areas, has_all_areas = _areas(user, ledger)
    context = {
        "ledger": ledger,
        "asked": asked,
        "page": page,
        "page_numbers": page.paginator.get_elided_page_range(
            page.number, on_each_side=2, on_ends=1
        ),
        "rows": _rows(asked.columns, page.object_list, user, trades, may_edit=is_own),
        "filters": [_filter(column, request, trades, areas) for column in ledger.columns],
        "chips": asked.chips(),
        "sizes": SIZES,
        "sorted_by": asked.sort[0].name,
        "sorted_down": asked.sort[1],
        "new_id": uuid.uuid4(),
        "has_all_areas": has_all_areas,
        "bulk_columns": [one for one in ledger.columns if one.bulk and one.editable],
        "views": views if is_own else (),
        "share_areas": [one.area for one in user.memberships_now()],
        "list_url": reverse(f"registry:{ledger.slug}_list"),
        "may_add": is_own and ledger.policy.may(user, "add"),
        "may_bulk": is_own and ledger.policy.may(user, "bulk"),
        "may_export": is_own and ledger.policy.may(user, "export"),
        "may_keep_views": is_own and policies.SAVED_VIEWS.may(user, "add"),
        "may_share": policies.SAVED_VIEWS.may(user, "share"),
        "done": just_done(request),
    }
    return render(request, "registry/sheet.html", context)


def cell(request: HttpRequest, ledger: Ledger, pk: UUID) -> HttpResponse:
    """Keep what was typed into one cell; two who typed at once see both values."""
    record = find(ledger, request.user, pk)
    column = _column(ledger, request.POST.get("column", ""))
    value = value_of(column, request.POST.get("value", ""), request.user, ledger)
    try:
        actions.change(
            record, {column.name: value}, seen=seen_in(request), acting_user=request.user
        )
    except ConflictError as problem:
        return _both(problem, column, record, value)
    return JsonResponse(told(record, [column], request.user))


def told(record: Any, columns: Iterable[Column], user: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what the page needs to know of a record after a change."""
    trades = trade_names()
    cells = {one.name: cell_of(one, record, trades, editable=True) for one in columns}
    return {
        "id": str(record.pk),
        "version": record.version,
        "entry": last_entry(record, user),
        "cells": {
            name: {"words": one.words, "raw": one.raw, "tone": one.tone}
            for name, one in cells.items()
        },
    }


def export(request: HttpRequest, ledger: Ledger, ending: str) -> HttpResponseBase:
    """Send the ledger as it is filtered."""
    asked = Asked(ledger, request.user, request.GET)
    asked.chips()  # a filter that cannot be read is refused before anything is sent
    asked.rows("export")
    name = exporting.file_name(asked, ending)
    if ending == "xlsx":
        return FileResponse(
            exporting.xlsx_file(asked, str(request.user)), as_attachment=True, filename=name
        )
    if ending != "csv":
        raise Http404
    response = StreamingHttpResponse(exporting.csv_lines(asked), content_type="text/csv")
    named = FileResponse(filename=name, as_attachment=True)
    named.set_headers(named)
    response.headers["Content-Disposition"] = named.headers["Content-Disposition"]
    return response


def bulk(request: HttpRequest, ledger: Ledger) -> HttpResponse:
    """Ask for the new value of the chosen rows, then show what it would change."""
    column = _column(ledger, request.POST.get("column", ""))
    ids = _chosen(request, ledger)
    if not ids:
        raise RefusedError("还没有选中任何一行", remedy="先勾选要改的行")
    field = field_of(column, request.user, ledger)
    context: dict[str, Any] = {
        "ledger": ledger, "column": column, "ids": " ".join(ids), "count": len(ids),
        "next": request.POST.get("next", ""),
        "widget": field.widget.render("value", None, {"id": "value"}),
    }  # fmt: skip
    if "value" in request.POST:
        typed = _typed(request, column)
        value = value_of(column, typed, request.user, ledger)
        found = actions.preview_many(ledger, ids, column, value, acting_user=request.user)
        probe = ledger.model()
        setattr(probe, column.name, value)
        context |= {
            "preview": found,
            "typed": typed if isinstance(typed, str) else "|".join(typed),
            "words": cell_of(column, probe, trade_names(), editable=False).words or "（空白）",
            "rows": " ".join(f"{one.pk}:{one.version}" for one in found.changing),
            "unseen": len(ids) - sum(map(len, found)),
        }
    return render(request, "registry/bulk.html", context)


def bulk_save(request: HttpRequest, ledger: Ledger) -> HttpResponse:
    """Change the previewed rows as one batch."""
    column = _column(ledger, request.POST.get("column", ""))
    value = value_of(column, _typed(request, column), request.user, ledger)
    seen = []
    for pair in request.POST.get("rows", "").split():
        pk, _, said = pair.partition(":")
        version = number_in(said)
        if version is None or not is_id(pk):
            raise RefusedError("页面不完整，没有保存", remedy="重新预览一次")
        seen.append((pk, version))
    batch = actions.change_many(
        ledger, seen, column, value, acting_user=request.user,
        reason=request.POST.get("reason", "").strip(),
    )  # fmt: skip
    if batch.moved_on:
        names = "、".join(str(one) for one in batch.moved_on[:5])
        messages.warning(request, f"{len(batch.moved_on)}条在预览之后被别人改过，没有动：{names}")
    done = batch.entry.number if batch.entry else None
    return back(request, reverse(f"registry:{ledger.slug}_list"), done)


def _rows(
    columns: list[Column],
    records: Iterable[Any],
    user: Any,  # noqa: ANN401
    trades: dict[str, str],
    *,
    may_edit: bool,
) -> list[Row]:
    names = frozenset(one.name for one in columns if one.editable and may_edit)
    found = []
    for record in records:
        allowed = policies.changeable(user, record, names)
        cells = (cell_of(one, record, trades, editable=one.name in allowed) for one in columns)
        drawn = mark_safe("".join(one.drawn() for one in cells))  # noqa: S308 - each is safe
        found.append(Row(record, drawn))
    return found


def _filter(
    column: Column, request: HttpRequest, trades: dict[str, str], areas: list[tuple[str, str]]
) -> Filter:
    name, asked = column.name, request.GET
    chosen = asked.getlist(name)
    choices = list(column.choices)
    if column.kind == Kind.YESNO:
        choices = [("yes", "是"), ("no", "否"), ("unknown", "未核实")]
    if column.kind == Kind.TRADES:
        choices = [*trades.items(), ("none", "没有填")]
    if column.kind == Kind.AREA:
        choices = areas
    options = [(code, word, code in chosen) for code, word in choices]
    return Filter(
        column, asked.get(name, ""), asked.get(f"{name}_from", ""), asked.get(f"{name}_to", ""),
        bool(asked.get(f"{name}_unknown")), options,
    )  # fmt: skip


def _areas(user: Any, ledger: Ledger) -> tuple[list[tuple[str, str]], bool]:  # noqa: ANN401
    """Return id and name of the areas to filter by, and whether these are all.

    A whole city's are shown down to 街道 only.
    """
    rows = areas_for(user, ledger, "view")
    found = choices_of(rows[: _MANY_AREAS + 1])
    if len(found) <= _MANY_AREAS:
        return found, True
    return choices_of(rows.exclude(level=Area.Level.COMMUNITY)), False


def _column(ledger: Ledger, name: str) -> Column:
    column = ledger.column(name)
    if column is None or not column.editable:
        raise RefusedError("这一栏不能在表里改", remedy="打开这一条，用它自己的按钮")
    return column


def _chosen(request: HttpRequest, ledger: Ledger) -> list[str]:
    """Return the ids of the ticked rows, or of everything that the filter shows."""
    if request.POST.get("all"):
        asked = Asked(ledger, request.user, QueryDict(request.POST.get("query", "")))
        ids = asked.rows().values_list("pk", flat=True)[: actions.BULK_LIMIT + 1]
        return [str(pk) for pk in ids]
    said = request.POST.getlist("id") or request.POST.get("ids", "").split()
    if not all(is_id(one) for one in said):
        raise RefusedError("页面不完整，没有改动", remedy="刷新页面，重新勾选")
    return list(dict.fromkeys(said))


def _typed(request: HttpRequest, column: Column) -> str | list[str]:
    values = request.POST.getlist("value")
    return values if column.kind == Kind.TRADES and len(values) > 1 else "".join(values[:1])


def _both(problem: ConflictError, column: Column, record: Any, value: Any) -> JsonResponse:  # noqa: ANN401
    """Answer with both values, each in words and as it is edited."""
    trades, sides = trade_names(), {}
    for side, what in (("theirs", problem.theirs[column.name]), ("yours", None)):
        there = value if side == "yours" else restored(record, column.name, what)
        setattr(record, column.name, there)
        shown = cell_of(column, record, trades, editable=True)
        sides[side] = {"words": shown.words, "raw": shown.raw, "tone": shown.tone}
    error = {"what": problem.what, "remedy": problem.remedy, "version": problem.version, **sides}
    return JsonResponse({"error": error}, status=problem.status)
