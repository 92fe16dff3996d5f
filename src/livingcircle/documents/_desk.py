"""Name what the plan sheets read of an assessment, and keep what several of them make of it.

The sheets only read tables. Whatever has these attributes can be printed: the result of
``livingcircle.assess``, one read back from a folder, or a hand-made one in a test.

One run makes hundreds of sheets. What is true of the whole run (the answers of all doors, the
state of each circle) is worked out at a :class:`Desk` once, however many circles there are.
"""

from collections.abc import Callable
from collections.abc import Mapping
from typing import Any
from typing import Protocol
from typing import TypeVar
from typing import cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from livingcircle.chosen import ChosenSites
from livingcircle.district import District
from livingcircle.district import Source
from livingcircle.standards import Standard

Made = TypeVar("Made")
Places = Mapping[str, npt.NDArray[np.int64]]


class Named(Protocol):
    """Name what was assessed and the files it was read from."""

    @property
    def name(self) -> str:
        """Return the name printed on titles."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """Return one entry for each file read."""


class Titled(Protocol):
    """Name the standard a run was judged by."""

    @property
    def title(self) -> str:
        """Return the title of the pack."""


class Compared(Protocol):
    """Hold what two runs are compared by; a run read back from its folder has it too."""

    @property
    def district(self) -> Named:
        """Return what was assessed."""

    @property
    def standard(self) -> Titled:
        """Return the standard judged by, or its name."""

    @property
    def run(self) -> Mapping[str, Any]:
        """Return checksums, parameters and versions."""

    @property
    def findings(self) -> pd.DataFrame:
        """Return one verdict for each unit and requirement."""

    @property
    def circle_facts(self) -> pd.DataFrame:
        """Return one row of facts for each circle."""

    @property
    def blind_areas(self) -> gpd.GeoDataFrame:
        """Return where no outlet is within reach."""


class Assessed(Protocol):
    """Hold the tables of one run; see ``docs/reference/plan-sheets.md`` for their columns."""

    @property
    def district(self) -> District:
        """Return the checked inputs."""

    @property
    def standard(self) -> Standard:
        """Return the standard judged by."""

    @property
    def run(self) -> Mapping[str, Any]:
        """Return checksums, parameters and versions."""

    @property
    def doors(self) -> gpd.GeoDataFrame:
        """Return where people live."""

    @property
    def outlets(self) -> gpd.GeoDataFrame:
        """Return the shops."""

    @property
    def access(self) -> pd.DataFrame:
        """Return door × trade."""

    @property
    def findings(self) -> pd.DataFrame:
        """Return one verdict for each unit and requirement."""

    @property
    def coverage(self) -> pd.DataFrame:
        """Return people served by unit and trade."""

    @property
    def gaps(self) -> pd.DataFrame:
        """Return what is lacking."""

    @property
    def blind_areas(self) -> gpd.GeoDataFrame:
        """Return where no outlet is within reach."""

    @property
    def circles(self) -> gpd.GeoDataFrame:
        """Return the circles with the boundary that was used."""

    @property
    def indices(self) -> pd.DataFrame:
        """Return indices and rates."""

    @property
    def circle_checks(self) -> pd.DataFrame:
        """Return area, density and barrier checks."""

    @property
    def circle_facts(self) -> pd.DataFrame:
        """Return one row of facts for each circle."""

    @property
    def repairs(self) -> pd.DataFrame:
        """Return what to look at on the streets."""

    @property
    def issues(self) -> pd.DataFrame:
        """Return what is wrong with the files and the reports."""

    @property
    def chosen(self) -> ChosenSites:
        """Return the sites that were chosen."""


class Desk:
    """Lay the tables of one run out, and keep what was made of them.

    It reads like the run itself. Each table is fetched once, so that tables which a run builds
    only when asked are built once.
    """

    district: District
    standard: Standard
    run: Mapping[str, Any]
    doors: gpd.GeoDataFrame
    outlets: gpd.GeoDataFrame
    access: pd.DataFrame
    findings: pd.DataFrame
    coverage: pd.DataFrame
    gaps: pd.DataFrame
    blind_areas: gpd.GeoDataFrame
    circles: gpd.GeoDataFrame
    indices: pd.DataFrame
    circle_checks: pd.DataFrame
    circle_facts: pd.DataFrame
    repairs: pd.DataFrame
    issues: pd.DataFrame
    chosen: ChosenSites

    def __init__(self, assessed: Assessed) -> None:
        self._assessed = assessed
        self._kept: dict[Callable[..., Any], Any] = {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the run holds
        """Fetch a table from the run, the first time it is asked for."""
        value = getattr(self._assessed, name)
        setattr(self, name, value)
        return value

    def keep(self, make: Callable[[Assessed], Made]) -> Made:
        """Return what ``make`` makes of the run; made the first time, kept afterwards."""
        if make not in self._kept:
            self._kept[make] = make(self)
        return cast("Made", self._kept[make])


def at_desk(assessed: Assessed) -> Desk:
    """Return the desk of a run; a new one where it is not at one yet."""
    return assessed if isinstance(assessed, Desk) else Desk(assessed)


def once(assessed: Assessed, make: Callable[[Assessed], Made]) -> Made:
    """Return what ``make`` makes of a run; at a desk it is made once."""
    return assessed.keep(make) if isinstance(assessed, Desk) else make(assessed)


class Parts:
    """Sort the rows of each table by the unit they belong to, each table once."""

    def __init__(self, assessed: Assessed) -> None:
        self._assessed = assessed
        self._sorted: dict[tuple[str, str], Places] = {}

    def places(self, table: str, unit: str, by: str = "circle_id") -> npt.NDArray[np.int64]:
        """Return where in a table the rows of one unit stand."""
        if (table, by) not in self._sorted:
            groups = getattr(self._assessed, table).groupby(by, sort=False).indices
            self._sorted[table, by] = {str(one): rows for one, rows in groups.items()}
        return self._sorted[table, by].get(unit, np.empty(0, dtype=np.int64))


def part(assessed: Assessed, table: str, circle_id: str) -> pd.DataFrame:
    """Return the rows of one circle of a table of the run, in their order."""
    rows = getattr(assessed, table)
    return cast("pd.DataFrame", rows.iloc[once(assessed, Parts).places(table, circle_id)])
