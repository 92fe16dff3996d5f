"""Hold each file of points against the streets, in case its system is not the declared one."""

from collections.abc import Mapping
from collections.abc import Sequence
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from livingcircle.coordinates import Reference
from livingcircle.coordinates import Suspicion
from livingcircle.coordinates import suspect_label
from livingcircle.io._folder.parts import Part
from livingcircle.tables import WARNING
from livingcircle.tables import Issue

# How many points make a label worth doubting: houses stand back from the streets, and only many
# of them together prove anything. Measured; see docs/explanation/coordinates.md.
WITNESSES: Mapping[str, int] = MappingProxyType(
    {"outlets": 5, "entrances": 5, "gates": 5, "doors": 300}
)
_TEN_M = 9e-5  # degrees
_MOST_REFERENCE = 3_000_000  # points along the streets: 30,000 km of them


def doubt_labels(parts: Sequence[Part], streets: gpd.GeoDataFrame) -> list[Issue]:
    """Return a warning for each label that another fits clearly better."""
    judged = [part for part in parts if can_be_judged(part)]
    if not judged or not len(streets):
        return []
    reference = along(streets)
    return [_doubt(part, *found) for part in judged for found in suspicions(part, reference)]


def can_be_judged(part: Part) -> bool:
    """Say whether a part has a label to doubt and points enough to doubt it."""
    labelled = part.extent is None and bool(part.system or "declared" in part.rows)
    return labelled and len(part.rows) >= WITNESSES.get(part.table, np.inf)


def along(streets: gpd.GeoDataFrame) -> Reference:
    """Lay points along the streets, to hold files against."""
    lines = streets.geometry.to_numpy()
    lines = lines[shapely.length(lines) > 0]
    step = max(_TEN_M, float(shapely.length(lines).sum()) / _MOST_REFERENCE)
    return Reference(shapely.get_coordinates(shapely.segmentize(lines, step)))


def suspicions(part: Part, reference: Reference) -> list[tuple[str, Suspicion]]:
    """Doubt each system that the rows of one file declare, apart from the others.

    Returns
    -------
    What the rows themselves declare, "" where it is the file that does, with the suspicion.
    """
    own = part.rows.get("declared", pd.Series("", index=part.rows.index)).fillna("")
    doubted = []
    for declared in sorted(set(own)):
        rows = part.rows[own == declared]
        if len(rows) < WITNESSES[part.table]:
            continue
        points = shapely.get_coordinates(rows.geometry.dropna().to_numpy())
        found = suspect_label(points, reference, declared or part.system)
        if found is not None:
            doubted.append((declared, found))
    return doubted


def _doubt(part: Part, declared: str, found: Suspicion) -> Issue:
    remedy = found.remedy
    if declared and not found.swapped:
        remedy = f"核对来源，属实就把这些行的“坐标系”改成 {found.likely}"
    column = "坐标系" if declared else ""
    return Issue(part.source.file, "", 0, column, "", WARNING, found.problem, remedy)
