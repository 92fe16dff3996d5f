"""Name the terms of a run as people read them: standards and walkers by their titles."""

from functools import cache

from livingcircle.standards import available_standards
from livingcircle.standards import load_standard
from livingcircle.walkers import find_walker

WALKERS = ("standard", "elder", "brisk", "wheelchair")


@cache
def standard_choices() -> tuple[tuple[str, str], ...]:
    """Return id and title of every standard that comes along."""
    return tuple((name, load_standard(name).title) for name in available_standards())


@cache
def walker_choices() -> tuple[tuple[str, str], ...]:
    """Return id and title of every walker."""
    return tuple((key, find_walker(key).label) for key in WALKERS)
