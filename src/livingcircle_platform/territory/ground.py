"""Say where the ground under a map lies, and have it built from the district's streets."""

import uuid
from pathlib import Path
from typing import Any

from django.conf import settings

from livingcircle_platform.core import jobs
from livingcircle_platform.core.models import Job
from livingcircle_platform.territory import tasks
from livingcircle_platform.territory.models import Area


def path_of(district_id: uuid.UUID) -> Path:
    """Return where the ground of a district lies, or would."""
    return Path(settings.DATA) / "basemaps" / f"{district_id}.pmtiles"


def ask_for_ground(district: Area, *, acting_user: Any) -> Job:  # noqa: ANN401
    """Ask a worker to build the ground of a district anew."""
    return jobs.ask(
        tasks.build_ground, title=f"{district}的底图", acting_user=acting_user, area=district,
        arguments={"district": str(district.pk)},
    )  # fmt: skip
