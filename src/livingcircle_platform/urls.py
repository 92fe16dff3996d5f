"""Give every page its address; who may see it stands in accounts/authorisation.csv."""

from django.urls import include
from django.urls import path

from livingcircle_platform.core import views

urlpatterns = [
    path("", include("livingcircle_platform.workbench.urls")),
    path("", include("livingcircle_platform.core.urls")),
    path("", include("livingcircle_platform.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("territory/", include("livingcircle_platform.territory.urls")),
    path("registry/", include("livingcircle_platform.registry.urls")),
    path("imports/", include("livingcircle_platform.imports.urls")),
    path("assessment/", include("livingcircle_platform.assessment.urls")),
    path("audit/", include("livingcircle_platform.audit.urls")),
    path("api/", include("livingcircle_platform.api.urls")),
]
handler404 = views.missing
handler429 = "livingcircle_platform.core.views.too_often"  # asked for by allauth
handler500 = views.broken
