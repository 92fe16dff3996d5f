"""Give addresses to the pages that span the rooms."""

from django.urls import path

from livingcircle_platform.workbench import circles
from livingcircle_platform.workbench import districts
from livingcircle_platform.workbench import maps
from livingcircle_platform.workbench import scenarios
from livingcircle_platform.workbench import sites
from livingcircle_platform.workbench import views

app_name = "workbench"
urlpatterns = [
    path("", views.home, name="home"),
    path("gaps/", maps.gap_map, name="gap_map"),
    path("circles/", circles.choose, name="circles"),
    path("circles/new/", circles.begin, name="new_draft"),
    path("circles/<uuid:draft_id>/", circles.desk, name="circle_desk"),
    path("circles/<uuid:draft_id>/layer.geojson", circles.layer, name="desk_layer"),
    path("circles/<uuid:draft_id>/preview/", circles.preview, name="preview_circles"),
    path("circles/<uuid:draft_id>/draw/", circles.draw, name="draw_circles"),
    path("circles/<uuid:draft_id>/undo/", circles.undo, name="undo_circles"),
    path("circles/<uuid:draft_id>/<str:code>/", circles.sheet, name="circle_sheet"),
    path("districts/<uuid:settings_of>/", districts.settings, name="district_settings"),
    path("sites/", sites.choices, name="site_choices"),
    path("sites/new/", sites.new_choice, name="new_site_choice"),
    path("sites/<uuid:choice_id>/", sites.choice, name="site_choice"),
    path("sites/<uuid:choice_id>/layer.geojson", sites.layer, name="site_layer"),
    path("scenarios/", scenarios.latest, name="latest_scenarios"),
    path("scenarios/<uuid:run_id>/", scenarios.board, name="scenarios"),
    path("scenarios/<uuid:scenario_id>/remove/", scenarios.remove, name="remove_scenario"),
    path("scenarios/<uuid:run_id>/add/", scenarios.add, name="add_scenario"),
    path("scenarios/<uuid:run_id>/play/", scenarios.play, name="play_scenarios"),
]
