"""Suspect outlets that stand twice in the data: one shop, two names, two sources.

Nothing is merged here. A pair is suspected when two outlets stand within 80 m of each other and
either their telephone numbers agree or their names are nearly the same once branch words are
put aside; a person decides.
"""

import re
import unicodedata

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from rapidfuzz import fuzz
from rapidfuzz import utils
from scipy.spatial import cKDTree

from livingcircle.coordinates import LocalGrid

NEAR_METRES = 80.0
ALIKE = 90.0
# Words that say which branch or what kind of business, not who.
_BRANCH = re.compile(r"[（(][^（）()]*[）)]|有限(责任)?公司|分店|总店|旗舰店|店$|\s")
# What the map reader calls a shop that bears no name: no evidence of being the same.
NAMELESS = "未标店名"
COLUMNS = ["first", "second", "metres", "alike"]


def plain_name(name: str) -> str:
    """Return a shop's name without width, case, branch and company words."""
    return _BRANCH.sub("", unicodedata.normalize("NFKC", name).casefold())


def suspect_duplicates(outlets: gpd.GeoDataFrame, trades: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of outlets that may be one; equal rows at one point only with the first.

    Parameters
    ----------
    outlets
        Outlet table in degrees; uses ``name`` and ``phone``.
    trades
        ``outlet_id``, ``trade``: shops that share no trade are two, whatever they are called;
        one without any trade may be anything.

    Returns
    -------
    Table with ``first`` and ``second`` (outlet ids), ``metres`` apart and ``alike`` (0–100).
    """
    placed = outlets[outlets.geometry.notna()]
    two = 2
    if len(placed) < two:
        return pd.DataFrame(columns=COLUMNS)
    grid = LocalGrid.around(placed.geometry)
    xy = shapely.get_coordinates(np.asarray(grid.project(placed.geometry.to_numpy())))
    held: dict[str, set[str]] = {}
    for outlet, trade in zip(trades["outlet_id"].tolist(), trades["trade"].tolist(), strict=True):
        held.setdefault(outlet, set()).add(trade)
    offers = [frozenset(held.get(outlet, ())) for outlet in placed.index.tolist()]
    names = [plain_name(name) for name in placed["name"].tolist()]
    phones = placed["phone"].fillna("").to_numpy(dtype=object)
    # A thousand equal rows at one point are one shop and 999 pairs with it, not half a million.
    keys = zip(names, phones, offers, map(tuple, xy.round(1).tolist()), strict=True)
    leader: dict[tuple[object, ...], int] = {}
    first = np.array([leader.setdefault(key, k) for k, key in enumerate(keys)])
    own = np.arange(len(first))
    alone = np.flatnonzero(first == own)
    near = alone[cKDTree(xy[alone]).query_pairs(NEAR_METRES, output_type="ndarray")]
    pairs = np.concatenate([near, np.column_stack([first, own])[first != own]])
    rows = []
    for a, b in pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]:
        if offers[a] and offers[b] and not offers[a] & offers[b]:
            continue
        alike = _alike(names[a], names[b], same_phone=bool(phones[a]) and phones[a] == phones[b])
        if alike >= ALIKE:
            metres = float(np.hypot(*(xy[a] - xy[b])))
            rows.append((placed.index[a], placed.index[b], round(metres, 1), round(alike, 1)))
    return pd.DataFrame(rows, columns=COLUMNS)


def _alike(first: str, second: str, *, same_phone: bool) -> float:
    """Return how alike two plain names are; a shared telephone settles it."""
    if same_phone:
        return 100.0
    if not first or not second or first.startswith(NAMELESS):
        return 0.0
    return float(fuzz.ratio(first, second, processor=utils.default_process))
