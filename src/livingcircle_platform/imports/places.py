"""Find the community that a place lies in, for many places at once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from livingcircle_platform.territory.models import Area


class Places:
    """Know the communities of an area, and answer for points.

    Parameters
    ----------
    area
        Where rows may lie: a district, 街道 or community.
    """

    def __init__(self, area: Area) -> None:
        self.area = area
        found = Area.objects.under(area).filter(level=Area.Level.COMMUNITY)
        self.communities = list(found)
        drawn = [one for one in self.communities if one.boundary is not None]
        self._drawn = drawn
        self._tree = shapely.STRtree([one.boundary for one in drawn])

    def of(self, lon: Sequence[float | None], lat: Sequence[float | None]) -> list[Area | None]:
        """Return the community of each place; None where it lies in none or is not known."""
        points = shapely.points(
            np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
        )  # None becomes NaN, and a point of NaN meets nothing
        found: list[Area | None] = [None] * len(points)
        places, areas = self._tree.query(points, predicate="intersects")
        # On a common border the community with the smaller code has it.
        pairs = list(zip(places.tolist(), areas.tolist(), strict=True))
        pairs.sort(key=lambda pair: self._drawn[pair[1]].code, reverse=True)
        for place, number in sorted(
            pairs, key=lambda pair: self._drawn[pair[1]].code, reverse=True
        ):
            found[place] = self._drawn[number]
        return found

    def by_name(self) -> dict[str, Any]:
        """Return communities by name and by code."""
        names = {one.name: one for one in self.communities}
        return {**names, **{one.code: one for one in self.communities}}
