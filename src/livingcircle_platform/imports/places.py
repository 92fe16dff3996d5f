"""Find the community that a place lies in, for many places at once."""

from collections.abc import Sequence

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
        found = Area.objects.under(area).filter(level=Area.Level.COMMUNITY).order_by("code")
        self._drawn = [one for one in found if one.boundary is not None]
        self._tree = shapely.STRtree([one.boundary for one in self._drawn])

    def of(self, lon: Sequence[float | None], lat: Sequence[float | None]) -> list[Area | None]:
        """Return the community of each place; None where it lies in none or is not known."""
        points = shapely.points(
            np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
        )  # None becomes NaN, and a point of NaN meets nothing
        found: list[Area | None] = [None] * len(points)
        places, areas = self._tree.query(points, predicate="intersects")
        # On a common border the community with the smaller code has it.
        pairs = zip(places.tolist(), areas.tolist(), strict=True)
        for place, number in sorted(pairs, key=lambda pair: pair[1], reverse=True):
            found[place] = self._drawn[number]
        return found
