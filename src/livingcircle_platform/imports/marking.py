"""Mark the problems of one upload in a copy of it, inside the bound process."""

from pathlib import Path
from typing import Any

from livingcircle.io.excel import write_readback
from livingcircle.io.guard import file_kind
from livingcircle.io.one_file import GRIDS
from livingcircle.readback import write_issue_list
from livingcircle.tables import Issue
from livingcircle_platform.imports.reading import Reading

_FIELDS = ("file", "sheet", "row", "column", "value", "severity", "problem", "remedy")


def mark(job: dict[str, Any]) -> None:
    """Write the workbook that goes back for a reading."""
    reading = Reading.load(job["work"])
    original, target = Path(job["path"]), Path(job["target"])
    issues = reading.issues()
    if file_kind(original) not in GRIDS:
        write_issue_list(issues, target)
        return
    told = [Issue(*row) for row in issues[list(_FIELDS)].itertuples(index=False)]
    write_readback(original, told, target, encoding=job["encoding"], header=reading.first - 1)
