"""Write down what a run was made from: enough to run it again and get the same."""

from dataclasses import asdict
from dataclasses import fields
from datetime import date
from typing import Any

from livingcircle.situation import Situation
from livingcircle.standards import Standard


def run_record(
    situation: Situation, standard: Standard, at: str, on: date | None
) -> dict[str, Any]:
    """Return everything that is needed to run the same assessment again."""
    sources = [
        asdict(source) | {"complete_for": sorted(source.complete_for), "status": str(source.status)}
        for source in situation.district.sources
    ]
    network, walker = situation.network, situation.walker
    dates = sorted(source["date"] for source in sources if source["date"])
    return {
        "district": situation.district.name,
        "standard": standard.id,
        "standard_title": standard.title,
        "standard_sha256": standard.sha256,
        "walker": {f.name: getattr(walker, f.name) for f in fields(walker) if f.name != "seconds"}
        | {"seconds": dict(walker.seconds)},
        "walker_label": situation.walker.describe(),
        "at": at,
        "on": on.isoformat() if on else "",
        "method": situation.reader.method,
        "data_date": dates[-1] if dates else "",
        "grid": {"lon0": situation.grid.lon0, "lat0": situation.grid.lat0},
        "network": network.summary() if network else {},
        "sources": sources,
        "notes": [*situation.notes, *_validity(standard, on), *_blank(standard)],
    }


def _validity(standard: Standard, on: date | None) -> list[str]:
    """Return a sentence where the standard is not in force on the day of the assessment."""
    if on is None:
        return ["没有评估日期，不核对配置标准和各项要求的起止日期"]
    first, last = standard.valid_from, standard.valid_to
    if (first or on) <= on <= (last or on):
        return []
    span = f"{first or '…'}至{last or '…'}"
    return [f"评估日期{on}不在配置标准的有效期（{span}）之内，结论只供参考"]


def _blank(standard: Standard) -> list[str]:
    """Return a sentence where there is nothing in the standard to judge by."""
    told = f"配置标准《{standard.title}》是空白模板，只有原文，没有可以判定的要求"
    return [told] if standard.blank else []
