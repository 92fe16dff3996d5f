"""Give addresses to the pages of this room; every ledger has the same ones."""

from collections.abc import Callable
from collections.abc import Iterator
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http import HttpResponseBase
from django.urls import URLPattern
from django.urls import path

from livingcircle_platform.registry.ledger import LEDGERS
from livingcircle_platform.registry.ledger import Ledger
from livingcircle_platform.registry.views import doubles
from livingcircle_platform.registry.views import parts
from livingcircle_platform.registry.views import queue
from livingcircle_platform.registry.views import records
from livingcircle_platform.registry.views import saved
from livingcircle_platform.registry.views import sheet

app_name = "registry"
View = Callable[..., HttpResponseBase]


def _of(ledger: Ledger, view: View) -> View:
    """Return a view of one ledger; its records are named after their kind in the address."""

    @wraps(view)
    def shown(request: HttpRequest, **parts: Any) -> HttpResponseBase:  # noqa: ANN401
        named = f"{ledger.slug}_id"
        ids = [parts.pop(named)] if named in parts else []
        return view(request, ledger, *ids, **parts)

    return shown


def _addresses(ledger: Ledger) -> Iterator[URLPattern]:
    one = f"<uuid:{ledger.slug}_id>/"
    for rest, view, name in (
        ("", sheet.sheet, "list"),
        ("add/", records.add, "add"),
        ("export.<str:ending>", sheet.export, "export"),
        ("bulk/", sheet.bulk, "bulk"),
        ("bulk/save/", sheet.bulk_save, "bulk_save"),
        (one, records.page, "page"),
        (f"{one}edit/", records.edit, "edit"),
        (f"{one}cell/", sheet.cell, "cell"),
        (f"{one}remove/", records.remove, "remove"),
        (f"{one}history/", records.history, "history"),
    ):
        yield path(f"{ledger.address}/{rest}", _of(ledger, view), name=f"{ledger.slug}_{name}")


_OUTLET = "outlets/<uuid:outlet_id>/"
_SPACE = "spaces/<uuid:space_id>/"
urlpatterns = [
    *(address for ledger in LEDGERS.values() for address in _addresses(ledger)),
    path(f"{_OUTLET}verify/", parts.verify, name="outlet_verify"),
    path(f"{_OUTLET}point.geojson", parts.point, name="outlet_point"),
    path(f"{_OUTLET}entrances/", parts.entrance_add, name="entrance_add"),
    path("entrances/<uuid:entrance_id>/remove/", parts.entrance_remove, name="entrance_remove"),
    path("mobile-services/<uuid:mobile_service_id>/stops/", parts.stop_add, name="stop_add"),
    path("stops/<uuid:stop_id>/remove/", parts.stop_remove, name="stop_remove"),
    path(f"{_SPACE}approve/", parts.approve, name="space_approve"),
    path(f"{_OUTLET}photos/", _of(LEDGERS["outlet"], parts.photo_add), name="outlet_photo_add"),
    path(f"{_SPACE}photos/", _of(LEDGERS["space"], parts.photo_add), name="space_photo_add"),
    path("photos/<uuid:photo_id>.jpg", parts.photo, name="photo"),
    path("photos/<uuid:photo_id>/remove/", parts.photo_remove, name="photo_remove"),
    path("duplicates/", doubles.listing, name="duplicates"),
    path("duplicates/<uuid:first_id>/<uuid:second_id>/", doubles.compare, name="compare"),
    path("duplicates/merge/", doubles.merge, name="merge"),
    path("duplicates/different/", doubles.different, name="different"),
    path("freshness/", queue.listing, name="freshness"),
    path("views/of/<slug:ledger>/", saved.add, name="saved_view_add"),
    path("views/<uuid:view_id>/remove/", saved.remove, name="saved_view_remove"),
    path("undo/", records.undo, name="undo"),
]
