"""Find out what a run over a city depends on: its belt, its day and the checksum of its inputs."""

import hashlib
import json
from collections.abc import Iterable
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from typing import Any

from livingcircle import __version__
from livingcircle._city.description import TABLES
from livingcircle._city.description import City
from livingcircle._city.layout import BELT_TABLES
from livingcircle._city.layout import EXTENT
from livingcircle._city.layout import SOURCES
from livingcircle._city.layout import SOURCES_FILE
from livingcircle._city.layout import file_sum
from livingcircle._city.layout import folder_of
from livingcircle._city.reading import told_dates
from livingcircle._rules.reaches import ReachRule
from livingcircle.access import DEFAULT_RADII
from livingcircle.errors import LivingCircleError
from livingcircle.reports import parse_day
from livingcircle.standards import Standard
from livingcircle.walkers import Walker


def longest_reach(standard: Standard, walker: Walker) -> float:
    """Return the longest way in metres that anybody walks to an outlet under a standard."""
    longest = max(DEFAULT_RADII)
    for one in standard.requirements:
        rule = one.rule
        if isinstance(rule, ReachRule) and rule.mode in ("walk", "wheelchair"):
            metres, minutes = rule.metres[1], rule.minutes[1]
            far = metres if metres is not None else (minutes or 0.0) * walker.metres_per_minute
            longest = max(longest, far)
    return longest


def latest_day(city: City) -> date | None:
    """Return the latest day that any district's data speak of: one day for the whole city."""
    days = []
    for district in city.districts:
        # What is wrong with a district's files, its own assessment will say.
        with suppress(LivingCircleError):
            told = told_dates(city, district.name)
            days += [day for text in told if (day := parse_day(str(text))) is not None]
    return max(days, default=None)


class Sums:
    """Hold the checksums of input files, each file read once."""

    def __init__(self, city: City) -> None:
        """Keep nothing yet."""
        self._city = city
        self._known: dict[str, str] = {}

    def of(self, district: str, tables: Iterable[str]) -> dict[str, str]:
        """Return the checksum of each table of a district, and of its record of sources."""
        paths = {table: self._city.part(table, district) for table in tables}
        paths[SOURCES] = self._city.folder / SOURCES / folder_of(district) / SOURCES_FILE
        for path in paths.values():
            if str(path) not in self._known:
                self._known[str(path)] = file_sum(path)
        return {table: self._known[str(path)] for table, path in paths.items()}

    @property
    def shared(self) -> list[dict[str, Any]]:
        """Return the sources that hold for every district."""
        return [
            asdict(one) | {"complete_for": sorted(one.complete_for)} for one in self._city.sources
        ]


def key_of(
    sums: Sums,
    district: str,
    near: Sequence[str],
    metres: float,
    standard: Standard,
    walker: Walker,
    at: str,
    on: date | None,
) -> str:
    """Return the checksum of everything a district's result depends on."""
    told = {
        "engine": __version__,
        "district": district,
        "own": sums.of(district, TABLES),
        "belt": [[name, sums.of(name, (*BELT_TABLES, EXTENT))] for name in near],
        "metres": metres,
        "sources": sums.shared,
        "standard": [standard.id, standard.sha256],
        "walker": repr(walker),
        "at": at,
        "on": on.isoformat() if on else "",
    }
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
