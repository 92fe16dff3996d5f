"""Show gaps on the map beside an equal list."""

import uuid

from django.db.models import Sum
from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render

from livingcircle_platform.assessment.models import BlindArea
from livingcircle_platform.assessment.models import Run
from livingcircle_platform.core.paging import page_of


def gap_map(request: HttpRequest) -> HttpResponse:
    """Show blind areas of one trade on the map, with the same in a list."""
    runs = Run.objects.visible_to(request.user).done().select_related("district")
    run = _asked(request, runs)
    if run is None:
        return render(request, "workbench/gap_map.html", {"run": None})
    rows = BlindArea.objects.visible_to(request.user, run)
    trades = rows.values("trade", "trade_name").annotate(people=Sum("people")).order_by("-people")
    trade = request.GET.get("trade") or (trades[0]["trade"] if trades else "")
    found = rows.filter(trade=trade).defer("shape")
    context = {
        "run": run, "runs": runs[:20], "trades": trades, "trade": trade,
        "page": page_of(request, found), "total": found.aggregate(n=Sum("people"))["n"],
    }  # fmt: skip
    return render(request, "workbench/gap_map.html", context)


def _asked(request: HttpRequest, runs: "object") -> Run | None:
    """Return the run that is asked for, else the latest."""
    wanted = request.GET.get("run", "")
    try:
        return runs.filter(pk=uuid.UUID(wanted)).first()  # type: ignore[attr-defined]
    except ValueError:
        return runs.first()  # type: ignore[attr-defined]
