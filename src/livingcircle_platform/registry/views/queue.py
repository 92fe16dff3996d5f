"""Show which outlets to look at next."""

from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render

from livingcircle_platform.registry import freshness
from livingcircle_platform.registry.asking import trade_names
from livingcircle_platform.registry.paging import Pages
from livingcircle_platform.registry.views.doubles import chosen_area
from livingcircle_platform.registry.views.finding import just_done

_PAGE = 30


def listing(request: HttpRequest) -> HttpResponse:
    """List the outlets to verify, the most urgent or the nearest first."""
    area, areas = chosen_area(request, "verify")
    rows = freshness.queue(request.user, area)
    point = freshness.rough_point(request.GET.get("near", ""))
    if point is not None:
        rows = freshness.near(rows, point)
    page = Pages(rows, _PAGE, ["area__parent"]).get_page(request.GET.get("page"))
    trades = trade_names()
    for outlet in page.object_list:
        outlet.trade_words = "、".join(trades.get(code, code) for code in outlet.trades)
    context = {
        "page": page,
        "page_numbers": page.paginator.get_elided_page_range(page.number),
        "area": area, "areas": areas, "point": point,
        "never_years": freshness.NEVER_DAYS // 365, "done": just_done(request),
        "here": request.get_full_path(),
    }  # fmt: skip
    return render(request, "registry/freshness.html", context)
