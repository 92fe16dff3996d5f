"""Lay the files of a batch out for its reading, and find the streets to hold it against."""

from pathlib import Path

from django.conf import settings

from livingcircle_platform.core import files
from livingcircle_platform.imports.child import Cancelled
from livingcircle_platform.imports.child import read_upload
from livingcircle_platform.imports.errors import ReadingCancelledError
from livingcircle_platform.imports.errors import ReadingError
from livingcircle_platform.imports.models import Batch
from livingcircle_platform.imports.reading import rows_file
from livingcircle_platform.territory.models import Area
from livingcircle_platform.territory.models import BaseFile


def lay_out(batch: Batch) -> Path:
    """Put the kept files of a batch into its folder under their own names; return the first."""
    folder = _home() / batch.pk.hex / "files"
    laid = [files.lay_out(one["sha256"], one["name"], folder) for one in batch.files]
    return laid[0]


def reading_folder(batch: Batch) -> Path:
    """Return where the reading of a batch lies."""
    return _home() / batch.pk.hex / "reading"


def streets_of(district: Area, cancelled: Cancelled | None = None) -> Path | None:
    """Return the streets of a district as a map layer; None if it has none that can be read.

    They are read once for each file of streets, in the bound process like everything uploaded.
    """
    found = BaseFile.objects.filter(
        district=district, section=BaseFile.Section.ROADS, replaced_on=None, removed_at=None
    ).first()
    if found is None:
        return None
    home = _home() / f"streets-{found.sha256}"
    try:
        path = files.lay_out(found.sha256, found.name, home / "files")
        told = found.description
        reading = read_upload(
            path, table="streets", work=home / "reading", cancelled=cancelled,
            columns=told.get("columns"), coordinates=found.coordinates,
            sheet=told.get("sheet") or told.get("layer") or "", encoding=told.get("encoding", ""),
        )  # fmt: skip
    except ReadingCancelledError:
        raise
    except (ReadingError, FileNotFoundError):
        return None  # without streets the coordinates are not held against anything
    has_rows = reading.rejection is None and reading.counts.get("streets", 0) > 0
    return reading.work / rows_file("streets") if has_rows else None


def _home() -> Path:
    return Path(settings.DATA) / "readings"
