"""Give addresses to jobs, looks and the health check."""

from django.urls import path

from livingcircle_platform.core import views

app_name = "core"
urlpatterns = [
    path("health/", views.health, name="health"),
    path("look/", views.choose_look, name="look"),
    path("jobs/", views.job_list, name="jobs"),
    path("jobs/<uuid:job_id>/", views.job, name="job"),
    path("jobs/<uuid:job_id>/cancel/", views.cancel_job, name="cancel_job"),
]
