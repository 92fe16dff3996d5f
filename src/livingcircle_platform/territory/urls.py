"""Give addresses to areas, their people, and the versions of circles."""

from django.urls import path

from livingcircle_platform.territory import area_views
from livingcircle_platform.territory import circle_views
from livingcircle_platform.territory import views

app_name = "territory"
urlpatterns = [
    path("basemaps/<uuid:district_id>.pmtiles", views.basemap, name="basemap"),
    path("", area_views.areas, name="areas"),
    path("areas/<uuid:area_id>/", area_views.area, name="area"),
    path("areas/<uuid:area_id>/layer.geojson", area_views.area_layer, name="area_layer"),
    path("areas/<uuid:area_id>/add/", area_views.add_area, name="add_area"),
    path("areas/<uuid:area_id>/change/", area_views.change_area, name="change_area"),
    path("areas/<uuid:area_id>/remove/", area_views.remove_area, name="remove_area"),
    path("areas/<uuid:area_id>/profiles/add/", area_views.add_profile, name="add_profile"),
    path("profiles/<uuid:profile_id>/correct/", area_views.correct_profile, name="correct_profile"),
    path("circles/", circle_views.versions, name="circle_sets"),
    path("circles/<uuid:set_id>/", circle_views.version, name="circle_set"),
    path("circles/<uuid:set_id>/layer.geojson", circle_views.layer, name="circle_layer"),
    path("circles/<uuid:set_id>/compare/", circle_views.compare, name="compare_sets"),
    path("circles/<uuid:set_id>/sheet/", circle_views.sheet, name="circle_sheet"),
    path("circles/<uuid:set_id>/adopt/", circle_views.adopt, name="adopt_set"),
    path("circles/<uuid:set_id>/discard/", circle_views.discard, name="discard_set"),
]
