"""Give addresses to the pages that span the rooms."""

from django.urls import path

from livingcircle_platform.workbench import views

app_name = "workbench"
urlpatterns = [path("", views.home, name="home")]
