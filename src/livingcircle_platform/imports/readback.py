"""Give one upload back as a workbook with its problems marked.

A workbook or text table comes back as itself: bad cells red, a comment on each, the reasons in a
column 错误; corrected, it can be uploaded as it is. A map layer has no cells to mark, so a list
of its issues comes back instead.
"""

from pathlib import Path

from livingcircle_platform.imports.child import Cancelled
from livingcircle_platform.imports.child import run_child
from livingcircle_platform.imports.limits import Limits
from livingcircle_platform.imports.reading import Reading

__all__ = ["write_readback"]


def write_readback(
    reading: Reading,
    path: Path | str,
    target: Path | str,
    *,
    encoding: str = "",
    limits: Limits | None = None,
    cancelled: Cancelled | None = None,
) -> Path:
    """Write the marked copy of the file a reading was made of, whole or not at all.

    Parameters
    ----------
    path
        The uploaded file, as it was read.
    target
        Where to write; the suffix becomes ``.xlsx``.
    encoding
        As it was said for the reading.

    Raises
    ------
    ReadingError
        When the file is too much for the limits.
    """
    target = Path(target).absolute().with_suffix(".xlsx")
    job = {
        "task": "readback",
        "path": str(Path(path).absolute()),
        "work": str(reading.work.absolute()),
        "target": str(target),
        "encoding": encoding,
    }
    run_child(job, limits or Limits(), where=reading.file, cancelled=cancelled)
    return target
