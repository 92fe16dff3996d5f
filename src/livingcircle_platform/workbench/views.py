"""Show what spans the rooms."""

from django.http import HttpRequest
from django.http import HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """Show the overview of the district that somebody works in."""
    return render(request, "workbench/home.html")
