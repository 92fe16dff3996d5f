"""Let templates name the ground of a map."""

import uuid

from django import template
from django.urls import reverse

from livingcircle_platform.territory.ground import path_of

register = template.Library()


@register.simple_tag
def ground(district_id: uuid.UUID) -> str:
    """Return the address of a district's ground, or nothing where none is built."""
    if not path_of(district_id).is_file():
        return ""
    return reverse("territory:basemap", args=[district_id])
