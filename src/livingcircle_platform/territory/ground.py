"""Say where the ground under a map lies."""

import uuid
from pathlib import Path

from django.conf import settings


def path_of(district_id: uuid.UUID) -> Path:
    """Return where the ground of a district lies, or would."""
    return Path(settings.DATA) / "basemaps" / f"{district_id}.pmtiles"
