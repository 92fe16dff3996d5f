"""Say where a run keeps its files."""

from pathlib import Path
from typing import Any

from django.conf import settings


def folder_of(run: Any) -> Path:  # noqa: ANN401 - a run
    """Return the folder of a run."""
    return Path(settings.DATA) / "runs" / str(run.pk)


def inputs_of(run: Any) -> Path:  # noqa: ANN401
    """Return where the inputs are pinned: a district folder."""
    return folder_of(run) / "inputs"


def results_of(run: Any) -> Path:  # noqa: ANN401
    """Return where tables and plan sheets lie."""
    return folder_of(run) / "results"


def prepared_of(district: Any) -> Path:  # noqa: ANN401
    """Return where prepared streets of a district outlive their worker."""
    return Path(settings.DATA) / "prepared" / str(district.pk)


def drawing_of(draft: Any) -> Path:  # noqa: ANN401 - a version of circles
    """Return where the inputs of a drawing desk are pinned, once for each draft."""
    return Path(settings.DATA) / "drafts" / str(draft.pk) / "inputs"
