"""Give addresses to the pages of this room; every ledger has the same ones."""

from collections.abc import Iterator

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


def _addresses(ledger: Ledger) -> Iterator[URLPattern]:
    one = "<uuid:pk>/"
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
        yield path(
            f"{ledger.address}/{rest}", view, {"ledger": ledger}, name=f"{ledger.slug}_{name}"
        )


urlpatterns = [
    *(address for ledger in LEDGERS.values() for address in _addresses(ledger)),
    path("outlets/<uuid:pk>/verify/", parts.verify, name="outlet_verify"),
    path("outlets/<uuid:pk>/point.geojson", parts.point, name="outlet_point"),
    path("outlets/<uuid:pk>/entrances/", parts.entrance_add, name="entrance_add"),
    path("entrances/<uuid:pk>/remove/", parts.entrance_remove, name="entrance_remove"),
    path("mobile-services/<uuid:pk>/stops/", parts.stop_add, name="stop_add"),
    path("stops/<uuid:pk>/remove/", parts.stop_remove, name="stop_remove"),
    path("spaces/<uuid:pk>/approve/", parts.approve, name="space_approve"),
    path("photos/of/<slug:slug>/<uuid:pk>/", parts.photo_add, name="photo_add"),
    path("photos/<uuid:pk>.jpg", parts.photo, name="photo"),
    path("photos/<uuid:pk>/remove/", parts.photo_remove, name="photo_remove"),
    path("duplicates/", doubles.listing, name="duplicates"),
    path("duplicates/<uuid:first>/<uuid:second>/", doubles.compare, name="compare"),
    path("duplicates/merge/", doubles.merge, name="merge"),
    path("duplicates/different/", doubles.different, name="different"),
    path("freshness/", queue.listing, name="freshness"),
    path("views/<slug:slug>/", saved.add, name="saved_view_add"),
    path("views/<uuid:pk>/remove/", saved.remove, name="saved_view_remove"),
    path("undo/", records.undo, name="undo"),
]
