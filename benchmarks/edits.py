"""Measure what an edit costs: one shop opened, one street closed, one gate opened.

Not measured yet, and not part of a run.
"""

from benchmarks.rows import Row


def measure_edit() -> list[Row]:
    """Return the rows of incremental edits against a whole new run.

    Raises
    ------
    NotImplementedError
        Always, until it is measured.
    """
    raise NotImplementedError
