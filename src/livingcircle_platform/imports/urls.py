"""Give addresses to the pages of this room."""

from django.urls import path

from livingcircle_platform.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.batches, name="batches"),
    path("upload/", views.upload, name="upload"),
    path("templates/<slug:table>.xlsx", views.template, name="template"),
    path("<uuid:batch_id>/", views.batch, name="batch"),
    path("<uuid:batch_id>/columns/", views.columns, name="columns"),
    path("<uuid:batch_id>/coordinates/", views.coordinates, name="coordinates"),
    path("<uuid:batch_id>/places.geojson", views.places, name="places"),
    path("<uuid:batch_id>/accept/", views.accept, name="accept"),
    path("<uuid:batch_id>/discard/", views.discard, name="discard"),
    path("<uuid:batch_id>/undo/", views.undo, name="undo"),
    path("<uuid:batch_id>/also/", views.take_also, name="also"),
    path("<uuid:batch_id>/readback/", views.readback, name="readback"),
    path("<uuid:batch_id>/download/<slug:what>/", views.download, name="download"),
]
