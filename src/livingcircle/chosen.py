"""Hold the sites that were chosen, for the plan sheets, the map and the GeoPackage to tell."""

from dataclasses import dataclass

import geopandas as gpd
import pandas as pd

SITE_COLUMNS = (
    "order", "space_id", "space_name", "kind", "floor", "area_m2", "approval_path", "use",
    "source", "community_id", "circle_id", "circle_name", "trade", "trade_name", "requirements",
    "conditions", "people", "elders", "infants", "doors", "small", "cost",
)  # fmt: skip
GAP_COLUMNS = (
    "gap_id", "order", "space_id", "space_name", "trade", "trade_name", "people", "counts",
)  # fmt: skip


@dataclass(frozen=True)
class ChosenSites:
    """Hold chosen sites and which gaps they close, wholly or in part.

    Attributes
    ----------
    places
        One row for each trade in each chosen room, in the order of the plan: ``SITE_COLUMNS``
        and the place.
    gaps
        One row for each gap and site: ``GAP_COLUMNS``; ``people`` are those of the gap's unit
        whom the site newly serves; ``counts`` tells whether it makes up a number of the unit.
    """

    places: gpd.GeoDataFrame
    gaps: pd.DataFrame

    def __len__(self) -> int:
        """Return how many trades are placed."""
        return len(self.places)


def none_chosen() -> ChosenSites:
    """Return no sites."""
    places = gpd.GeoDataFrame(
        pd.DataFrame(columns=list(SITE_COLUMNS)), geometry=gpd.GeoSeries([], crs="EPSG:4326")
    )
    return ChosenSites(places, pd.DataFrame(columns=list(GAP_COLUMNS)))
