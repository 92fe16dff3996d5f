"""Build what maps need, in a worker."""

import tempfile
from pathlib import Path

from django.conf import settings

from livingcircle_platform.core import files
from livingcircle_platform.core.jobs import Handle
from livingcircle_platform.territory.basemap import build_basemap
from livingcircle_platform.territory.ground import path_of
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import BaseFile

_STREETS = ".osm.pbf"
_WHOLE = 100


def build_ground(handle: Handle, district: str) -> str:
    """Build the vector ground of a district from the extract its streets came in.

    Streets that came as another layer give no ground; maps then show the data alone.
    """
    area = Area.objects.get(pk=district)
    found = BaseFile.objects.filter(
        district=area, section=BaseFile.Section.ROADS, replaced_on=None, removed_at=None,
        name__endswith=_STREETS,
    )  # fmt: skip
    streets = found.order_by("-created_at").first()
    if streets is None:
        return ""
    out = path_of(area.pk)
    out.parent.mkdir(parents=True, exist_ok=True)

    def told(step: str, share: float) -> None:
        handle.tell(round(share * _WHOLE), _WHOLE, step)

    with tempfile.TemporaryDirectory(dir=settings.DATA) as work:
        extract = files.lay_out(streets.sha256, streets.name, Path(work))
        build_basemap(extract, out, title=area.name, progress=told)
    return ""
