"""Give addresses to the pages of this room."""

from django.urls import path
from django.views.generic import TemplateView

app_name = "accounts"
urlpatterns = [path("me/", TemplateView.as_view(template_name="core/base.html"), name="me")]
