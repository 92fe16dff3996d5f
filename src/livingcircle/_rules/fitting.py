"""Fit a district to a standard: words of its tables that only the standard knows.

Tables are read before anybody says by which standard they will be judged, so a word that the
catalogue does not know stays as it was written. Here the standard's own trades are found in it.
"""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from livingcircle._rules.requirement import Standard
from livingcircle._rules.trade_names import TradeNames
from livingcircle._trade_words import split
from livingcircle.district import District
from livingcircle.tables import REVIEW
from livingcircle.tables import Issue
from livingcircle.tables import issues_frame
from livingcircle.trades import match_names

# How :mod:`livingcircle._tables.checks` begins to tell of a trade that nobody knows.
_STRANGE = "不认识业态"


def fit(district: District, standard: Standard) -> District:
    """Return the district with the trades that only the standard knows.

    Zones the standard asks for that no community names are told among the issues. A ledger that
    is complete for what it lists is complete for the standard's own trades as well.
    """
    names = standard.names
    district = replace(district, issues=_with_zones(district, standard))
    sources = tuple(
        replace(source, complete_for=_complete(source.complete_for, names))
        for source in district.sources
    )
    fitted = {cell: _fitted(cell, names) for cell in district.outlets["trades"].unique().tolist()}
    own = {cell: trades for cell, trades in fitted.items() if trades is not None}
    if not own:
        return replace(district, sources=sources)
    return replace(
        district,
        outlet_trades=_pairs(district, own),
        sources=sources,
        issues=_unsettled(district.issues, names),
    )


def _fitted(cell: str, names: TradeNames) -> tuple[str, ...] | None:
    """Return the trades of a cell that has words only the standard knows, else None.

    A word for a trade of the standard's own goes before what the catalogue takes it for.
    """
    own = {row.trade for row in names.own}
    words = split(cell)
    mine = {word: found for word in words if set(found := names.named(word)) & own}
    rest = match_names("、".join(word for word in words if word not in mine)) if mine else None
    match = rest or match_names(cell)
    strange = {word: names.named(word) for word in match.unmatched}
    if not mine and not any(strange.values()):
        return None
    told = [trade for found in (*mine.values(), *strange.values()) for trade in found]
    return names.wider([*match.codes, *told])


def _pairs(district: District, own: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """Return one row for each trade of each outlet, with what the standard makes of its words."""
    cells = district.outlets["trades"]
    again = cells.index[cells.isin(list(own))]
    kept = district.outlet_trades[~district.outlet_trades["outlet_id"].isin(again)]
    told = [(outlet, trade) for outlet in again for trade in own[cells[outlet]]]
    more = pd.DataFrame(told, columns=["outlet_id", "trade"]).astype("str")
    return pd.concat([kept, more]).sort_values(["outlet_id", "trade"], ignore_index=True)


def _complete(complete_for: frozenset[str], names: TradeNames) -> frozenset[str]:
    """Return what a ledger is complete for, the standard's own trades among it.

    Whoever lists every 第三空间 lists every 共享自习室, if the catalogue takes one for the other.
    """
    told = [trade for word in sorted(complete_for) for trade in names.named(word)]
    for row in names.own:
        codes = {code for word in (row.name, *row.aliases) for code in match_names(word).codes}
        told += [row.trade] if codes and codes <= complete_for else []
    return complete_for | frozenset(names.wider(told))


def _unsettled(issues: pd.DataFrame, names: TradeNames) -> pd.DataFrame:
    """Return the issues without those about words that the standard knows."""
    kept = [
        not problem.startswith(_STRANGE)
        or not all(names.named(word) for word in match_names(value).unmatched)
        for problem, value in zip(issues["problem"], issues["value"], strict=True)
    ]
    return issues[kept].reset_index(drop=True)


def _with_zones(district: District, standard: Standard) -> pd.DataFrame:
    """Return the issues, with zones of the standard that occur in no community."""
    occurring = sorted({str(zone) for zone in district.communities["zone"] if zone})
    asked = dict.fromkeys(zone for one in standard.requirements for zone in one.applies.zones)
    if not occurring:
        return district.issues
    told = f"没有一个社区写的是它，社区表里写的有：{'、'.join(occurring)}"
    issues = [
        Issue("", "", 0, "区位", zone, REVIEW, f"配置标准里的区位“{zone}”{told}", "把两处写成一样")
        for zone in asked
        if zone not in occurring
    ]
    return pd.concat([district.issues, issues_frame(issues)], ignore_index=True)
