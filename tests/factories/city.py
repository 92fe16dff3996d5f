"""Make up small cities of several districts, and the same city as one district."""

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import shapely
from benchmarks.made_up import CityPlan
from benchmarks.made_up import make_city

from livingcircle._city.description import write_city_file
from livingcircle._city.layout import BELT_TABLES
from livingcircle.city import pack_districts
from livingcircle.city import read_city
from tests.factories.standards import count
from tests.factories.standards import reach
from tests.factories.standards import write_standard

TRADES = ("pharmacy", "bakery", "convenience_store")
STANDARD = write_standard(
    reach("pharmacy", metres=(200, 300)),
    reach("bakery", metres=(500, 800), level="community"),
    count("pharmacy", least=2),
    count("convenience_store", least=1, level="community"),
)
OWN = ("doors", "communities", "circles", "circle_members", "outlet_trades", "spaces", "reports")


def small_city(districts=3, *, doors=12, outlets=8, seed=0, nodes=8):
    """Return made-up districts side by side, each some 700 metres wide."""
    return list(make_city(CityPlan(districts, doors, outlets, TRADES, seed, nodes)))


def packed(districts, folder, *, belt=1000.0):
    """Write districts as a city and return it."""
    names = pack_districts(districts, folder)
    write_city_file(folder, "虚构市", names, belt=belt)
    return read_city(folder)


def merged(districts):
    """Return several districts as one, as if a single ledger had listed everything."""

    def joined(table):
        parts = [getattr(one, table) for one in districts]
        parts = [part for part in parts if len(part)] or parts[:1]
        whole = pd.concat(parts)
        if isinstance(whole, gpd.GeoDataFrame):
            return whole.sort_index(kind="stable")
        return whole.reset_index(drop=True)

    tables = {table: joined(table) for table in (*BELT_TABLES, *OWN)}
    extent = shapely.union_all([one.extent for one in districts])
    return replace(districts[0], name="虚构市", extent=extent, **tables)


def contents(out):
    """Return every file of results with its bytes."""
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}
