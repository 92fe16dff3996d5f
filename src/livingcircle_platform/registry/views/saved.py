"""Keep and remove saved views."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.http import HttpResponse
from django.urls import reverse

from livingcircle_platform.errors import MissingError
from livingcircle_platform.registry import actions
from livingcircle_platform.registry.ledger import LEDGERS
from livingcircle_platform.registry.models import SavedView
from livingcircle_platform.registry.views.finding import back
from livingcircle_platform.registry.views.finding import id_in


def add(request: HttpRequest, ledger: str) -> HttpResponse:
    """Keep the current filter under a name."""
    if ledger not in LEDGERS:
        raise MissingError("没有这个台账", remedy="从菜单重新进入")
    area = request.POST.get("area", "")
    shared = next(
        (one.area for one in request.user.memberships_now() if str(one.area_id) == area), None
    )
    view = actions.save_view(
        LEDGERS[ledger], request.POST.get("title", ""), request.POST.get("query", ""),
        acting_user=request.user, area=shared, view_id=id_in(request),
    )  # fmt: skip
    messages.success(request, f"视图“{view}”已存好")
    return back(request, f"{reverse(f'registry:{ledger}_list')}?{view.query}")


def remove(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Remove a saved view."""
    found = SavedView.objects.visible_to(request.user).filter(pk=view_id).first()
    if found is None:
        raise MissingError("没有这个视图，或不是您存的", remedy="从台账里重新进入")
    actions.remove_view(found, acting_user=request.user)
    messages.success(request, f"视图“{found}”已移除")
    return back(request, reverse(f"registry:{found.ledger}_list"))
