"""Give addresses to the pages of this room."""

from django.urls import path

from livingcircle_platform.territory import views

app_name = "territory"
urlpatterns = [path("basemaps/<uuid:district_id>.pmtiles", views.basemap, name="basemap")]
