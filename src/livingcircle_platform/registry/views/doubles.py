"""Show pairs that may be one shop, compare them side by side, merge them or tell them apart."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from livingcircle_platform.core.numbers import number_in
from livingcircle_platform.core.paging import page_of
from livingcircle_platform.errors import RefusedError
from livingcircle_platform.registry import actions
from livingcircle_platform.registry import duplicates
from livingcircle_platform.registry import policies
from livingcircle_platform.registry.actions.merging import taken_over
from livingcircle_platform.registry.asking import trade_names
from livingcircle_platform.registry.forms import areas_for
from livingcircle_platform.registry.forms import choices_of
from livingcircle_platform.registry.forms import is_id
from livingcircle_platform.registry.ledger import LEDGERS
from livingcircle_platform.registry.models import Outlet
from livingcircle_platform.registry.showing import words_of
from livingcircle_platform.registry.views.finding import back
from livingcircle_platform.registry.views.finding import find_outlet
from livingcircle_platform.registry.views.finding import just_done
from livingcircle_platform.registry.views.finding import last_entry
from livingcircle_platform.territory.models import Area

_PAGE = 20
_MANY = 10_000  # above this many outlets they are compared 街道 by 街道


def chosen_area(request: HttpRequest, verb: str) -> tuple[Area | None, list[tuple[str, str]]]:
    """Return the area somebody narrowed a list to, and the areas to choose from."""
    areas, said = areas_for(request.user, LEDGERS["outlet"], verb), request.GET.get("area", "")
    found = areas.filter(pk=said).first() if is_id(said) else None
    return found, choices_of(areas)


def listing(request: HttpRequest) -> HttpResponse:
    """List the suspected pairs, the most alike first."""
    area, areas = chosen_area(request, "merge")
    whole = Outlet.objects.visible_to(request.user).count() <= _MANY
    if area is None and not whole:
        parts = areas_for(request.user, LEDGERS["outlet"], "merge")
        area = parts.filter(level=Area.Level.SUBDISTRICT).first()
    page = page_of(request, duplicates.suspects(request.user, area), _PAGE)
    ids = {pk for one in page.object_list for pk in (one.first, one.second)}
    rows = Outlet.objects.visible_to(request.user).select_related("area__parent").in_bulk(ids)
    trades = trade_names()
    for outlet in rows.values():
        outlet.trade_words = "、".join(trades.get(code, code) for code in outlet.trades)
    pairs = [
        (rows[one.first], rows[one.second], one)
        for one in page.object_list
        if one.first in rows and one.second in rows
    ]
    context = {
        "page": page,
        "page_numbers": page.paginator.get_elided_page_range(page.number),
        "pairs": pairs, "area": area, "by_part": not whole, "areas": areas,
        "done": just_done(request),
        "near": duplicates.NEAR_METRES, "here": request.get_full_path(),
    }  # fmt: skip
    return render(request, "registry/duplicates.html", context)


def compare(request: HttpRequest, first_id: UUID, second_id: UUID) -> HttpResponse:
    """Show two outlets side by side, and what the kept one would take over."""
    one, other = find_outlet(request.user, first_id), find_outlet(request.user, second_id)
    for outlet in (one, other):
        policies.OUTLETS.require(request.user, "merge", outlet)
    trades = trade_names()
    taken = taken_over(one, other)
    lines = []
    for column in LEDGERS["outlet"].columns:
        left, right = (
            words_of(column, getattr(outlet, column.name), trades) for outlet in (one, other)
        )
        after = words_of(column, taken.get(column.name, getattr(one, column.name)), trades)
        lines.append((column.title, left, right, after, left != right))
    context = {"one": one, "other": other, "lines": lines}
    return render(request, "registry/compare.html", context)


def merge(request: HttpRequest) -> HttpResponse:
    """Make one entry of two."""
    kept, gone = _pair(request, "kept", "gone")
    made = actions.merge(
        kept, gone, seen_kept=_version(request, "seen_kept"),
        seen_gone=_version(request, "seen_gone"), acting_user=request.user,
        reason=request.POST.get("reason", "").strip(),
    )  # fmt: skip
    messages.success(request, f"已把“{gone}”并入“{kept}”，30天内可以撤销")
    return back(request, reverse("registry:duplicates"), last_entry(made, request.user))


def different(request: HttpRequest) -> HttpResponse:
    """Remember that two entries are two shops."""
    one, other = _pair(request, "first", "second")
    made = actions.mark_different(one, other, acting_user=request.user)
    messages.success(request, f"已记下：“{one}”和“{other}”不是同一家，不再提示")
    return back(request, reverse("registry:duplicates"), last_entry(made, request.user))


def _pair(request: HttpRequest, one: str, other: str) -> tuple[Outlet, Outlet]:
    ids = request.POST.get(one, ""), request.POST.get(other, "")
    if not all(ids):
        raise RefusedError("没有写明是哪两个网点", remedy="从“疑似重复”里重新选")
    return find_outlet(request.user, ids[0]), find_outlet(request.user, ids[1])


def _version(request: HttpRequest, name: str) -> int:
    seen = number_in(request.POST.get(name))
    if seen is None:
        raise RefusedError("页面不完整，没有合并", remedy="刷新页面再做一次")
    return seen
