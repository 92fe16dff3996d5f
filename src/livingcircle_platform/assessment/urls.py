"""Give addresses to runs and what they found."""

from django.urls import path

from livingcircle_platform.assessment import views

app_name = "assessment"
urlpatterns = [
    path("", views.runs, name="runs"),
    path("new/", views.new_run, name="new_run"),
    path("<uuid:run_id>/", views.run, name="run"),
    path("<uuid:run_id>/circles/<str:circle>/", views.circle, name="circle"),
    path("<uuid:run_id>/circles/<str:circle>/sheets/", views.circle_sheets, name="circle_sheets"),
    path("<uuid:run_id>/gaps/", views.gaps, name="gaps"),
    path("<uuid:run_id>/findings/<int:finding_id>/", views.why, name="why"),
    path("<uuid:run_id>/compare/", views.compare, name="compare"),
    path("<uuid:run_id>/files/<path:name>", views.file, name="file"),
    path("<uuid:run_id>/layers/<str:layer>.geojson", views.layer, name="layer"),
]
