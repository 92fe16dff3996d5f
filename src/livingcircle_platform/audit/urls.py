"""Give addresses to the pages of this room."""

from django.urls import path

from livingcircle_platform.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.entries, name="entries"),
    path("<int:number>/", views.entry, name="entry"),
    path("export/", views.export, name="export"),
    path("verify/", views.verify, name="verify"),
]
