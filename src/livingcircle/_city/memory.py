"""Estimate, before anything starts, how much memory assessing a city will take.

Rows are counted in the footers of the files. What a row costs was measured on made-up districts
(``python -m benchmarks.city --memory``): peak memory of a process over sizes, by least squares.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from livingcircle._city.belt import LIVED_IN
from livingcircle._city.belt import grow
from livingcircle._city.belt import neighbours
from livingcircle._city.belt import touch
from livingcircle._city.description import City
from livingcircle._city.description import CityDistrict
from livingcircle._city.description import Part

GIGABYTE = 1e9
# Bytes of a process that has read nothing yet, of a door for each trade, of an outlet and of a
# street: fitted to five made-up districts of 2,000 to 10,000 doors under 54 trades, they tell the
# peak of districts of 20,000 and 50,000 doors within 2 %.
START = 437e6
DOOR_TRADE = 339.0
OUTLET = 2030.0
STREET = 5910.0
# Real ledgers are wordier than made-up ones, and real streets have more bends.
MARGIN = 1.25
_SHARE = 0.8  # of what is free; the rest is for the system and for files it keeps at hand


@dataclass(frozen=True)
class Size:
    """Count what one district with its belt brings into a process."""

    doors: int
    outlets: int
    streets: int

    def memory(self, trades: int) -> float:
        """Return the most bytes a process will take for so many trades."""
        rows = DOOR_TRADE * self.doors * trades + OUTLET * self.outlets + STREET * self.streets
        return MARGIN * (START + rows)


@dataclass(frozen=True)
class Forecast:
    """Say what a run will take: bytes of the largest district, workers, and what is free.

    ``available`` is None where the system does not say.
    """

    largest: str
    each: float
    workers: int
    available: float | None

    @property
    def total(self) -> float:
        """Return the bytes of all workers together."""
        return self.each * self.workers

    @property
    def fitting(self) -> int:
        """Return how many workers fit, at most as many as were asked for; 0 if not even one."""
        if self.available is None or self.each <= 0:
            return self.workers
        return min(self.workers, int(_SHARE * self.available / self.each))

    def sentence(self) -> str:
        """Return the announcement."""
        free = "不详" if self.available is None else f"{self.available / GIGABYTE:.1f} GB"
        return (
            f"预计每个进程最多约{self.each / GIGABYTE:.1f} GB（按最大的“{self.largest}”），"
            f"{self.workers}个进程共{self.total / GIGABYTE:.1f} GB；本机可用{free}。"
        )


def size_of(district: CityDistrict, city: City, metres: float) -> Size:
    """Return how many rows a district with its belt has, from the footers alone.

    Of a neighbour count the row groups that meet the box around the belt: never fewer rows than
    will be read.
    """
    home = district.bounds(LIVED_IN)
    counts = {table: district.rows(table) for table in ("doors", "outlets", "streets")}
    if home is not None:
        box = grow(home, metres)
        for other in neighbours(district, city.districts, metres):
            for table in ("outlets", "streets"):
                counts[table] += _rows_in(other.parts[table], box)
    return Size(**counts)


def _rows_in(part: Part, box: tuple[float, float, float, float]) -> int:
    """Return how many rows of a partition may lie in a box."""
    if not part.groups:
        return part.rows
    return sum(rows for rows, bounds in part.groups if touch(bounds, box))


def forecast(city: City, trades: int, workers: int, metres: float | None = None) -> Forecast:
    """Return what assessing a city for so many trades with so many workers will take."""
    belt = city.belt if metres is None else metres
    sizes = {one.name: size_of(one, city, belt).memory(trades) for one in city.districts}
    largest = max(sizes, key=lambda name: sizes[name])
    used = max(1, min(workers, len(sizes)))
    return Forecast(largest, sizes[largest], used, available_bytes())


def available_bytes(
    system: Path = Path("/proc/meminfo"), group: Path = Path("/sys/fs/cgroup")
) -> float | None:
    """Return the memory that is free for us: of the machine, or of our container if that is less.

    None where nobody says.
    """
    free = [_of_machine(system), _of_container(group)]
    known = [one for one in free if one is not None]
    return min(known, default=None)


def _of_machine(system: Path) -> float | None:
    """Return the free memory of the machine."""
    if system.is_file():
        for line in system.read_text("ascii", errors="replace").splitlines():
            if line.startswith("MemAvailable:"):
                return float(line.split()[1]) * 1024
    names = getattr(os, "sysconf_names", {})
    if "SC_PHYS_PAGES" in names and "SC_PAGE_SIZE" in names:
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    return None


def _of_container(group: Path) -> float | None:
    """Return what is left of a container's limit; None without one."""
    most, used = group / "memory.max", group / "memory.current"
    if not (most.is_file() and used.is_file()):
        return None
    limit = most.read_text("ascii").strip()
    return float(limit) - float(used.read_text("ascii")) if limit.isdigit() else None
