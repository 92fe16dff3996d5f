"""Read the space ledger: which rooms can be had, how large they are, and what may go in.

国家2023 三（二）, 密云 五（一）: 腾退、闲置空间 are where new outlets are to stand. A space names
the trades it suits and those it excludes, how it can be approved and until when it is let.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
from shapely.geometry.base import BaseGeometry

from livingcircle.reports import parse_day
from livingcircle.trades import match_names
from livingcircle.trades import with_broader

# What says that a room is free: the whole of what stands between commas, not a part of a word.
FREE = re.compile(
    r"(已|现|目前|暂时?)?(空置|闲置|空闲|空着|腾退|腾空|清空|待租|招租|待招商|未用|未使用|空|闲)"
    r"(中|房|空间|状态|待租|待用|可用)?"
)
UNCHECKED_USE = "使用状态未核实"


@dataclass(frozen=True)
class Space:
    """Hold one registered space.

    Attributes
    ----------
    space_id, name, kind, floor, approval_path
        As registered; ``""`` where nothing is.
    area_m2, cost
        Square metres, and the expected outlay in 万元; NaN where unknown.
    point
        Where it is, in degrees; None where that is not registered.
    free
        True where it can be had, False where it is let for now, None where it is in use and
        nobody registered until when.
    use
        Its use and lease in words.
    suitable, excluded
        Trades it may and may not take, broader ones with them.
    named
        Whether it names the trades it suits; one that names none may take any.
    doubtful
        Whether some of them are words that no trade goes by.
    contradicts
        Whether a trade is named among both.
    """

    space_id: str
    name: str
    kind: str
    floor: str
    approval_path: str
    area_m2: float
    cost: float
    point: BaseGeometry | None
    free: bool | None
    use: str
    suitable: frozenset[str]
    excluded: frozenset[str]
    named: bool
    doubtful: bool
    contradicts: bool = False

    def fits(self, trades: Sequence[str]) -> bool | None:
        """Say whether any of the trades may come here; None where the register does not say.

        A space that names no trade may take any. One for a 菜市场 serves who asks for 菜篮子; one
        that may take no 餐饮 takes no kind of it.
        """
        if self.contradicts:
            return None
        left = {one for one in trades if not self.excluded.intersection(with_broader((one,)))}
        if not left:
            return False
        if not self.named or self.suitable & left:
            return True
        return None if self.doubtful else False


def read_spaces(register: gpd.GeoDataFrame, day: date | None = None) -> list[Space]:
    """Return the registered spaces in their order.

    Parameters
    ----------
    register
        The space ledger.
    day
        The day of the assessment, by which a lease has run out or has not.
    """
    return [_space(row, day) for row in register.astype(object).itertuples()]


def _space(row: Any, day: date | None) -> Space:  # noqa: ANN401 - a row of spaces
    suitable = match_names(_text(row, "suitable_trades"))
    excluded = match_names(_text(row, "excluded_trades"))
    placed = row.geometry is not None and not row.geometry.is_empty
    free, use = _use(row, day)
    return Space(
        space_id=str(row.Index),
        name=_text(row, "name"),
        kind=_text(row, "kind"),
        floor=_text(row, "floor"),
        approval_path=_text(row, "approval_path"),
        area_m2=_number(row, "area_m2"),
        cost=_number(row, "cost"),
        point=row.geometry.representative_point() if placed else None,
        free=free,
        use=use,
        suitable=frozenset(with_broader(suitable.codes)),
        excluded=frozenset(excluded.codes),
        named=bool(_text(row, "suitable_trades")),
        doubtful=bool(suitable.unmatched),
        contradicts=not set(suitable.codes).isdisjoint(excluded.codes),
    )


def _text(row: Any, name: str) -> str:  # noqa: ANN401 - a row of spaces
    """Return a cell as text, ``""`` where it is blank or there is no such column."""
    value = getattr(row, name, "")
    return "" if pd.isna(value) else str(value)


def _number(row: Any, name: str) -> float:  # noqa: ANN401 - a row of spaces
    """Return a cell as a number, NaN where it is blank or there is no such column."""
    value = getattr(row, name, math.nan)
    return math.nan if pd.isna(value) else float(value)


def _use(row: Any, day: date | None) -> tuple[bool | None, str]:  # noqa: ANN401 - a row of spaces
    """Say whether a space is free, comes free at the end of a lease (False) or is in use (None)."""
    use, until = _text(row, "occupancy"), _text(row, "lease_end")[:10]
    ends = parse_day(until) if until else None
    if until and not (ends and day and ends < day):
        return False, f"{use or '已租'}，租约至{until}"
    if until:
        return True, f"{use}，租约已于{until}到期，请核实"
    parts = [part.strip() for part in re.split(r"[，,、；;（）()\s]+", use) if part.strip()]
    if use and not any(FREE.fullmatch(part) for part in parts):
        return None, use
    return True, use or UNCHECKED_USE
