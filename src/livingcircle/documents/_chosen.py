"""Tell in the plan sheets which sites were chosen for a gap: 补什么 with the room it goes into."""

from collections.abc import Mapping
from typing import Any

from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import records
from livingcircle.documents._desk import Assessed
from livingcircle.documents._desk import once
from livingcircle.documents._map_listing import Listing

SITES_NAMED = 3


def chosen_words(assessed: Assessed) -> Mapping[str, str]:
    """Return the sites chosen for each gap in words; gaps without any are not there."""
    told: dict[str, list[str]] = {}
    for row in records(assessed.chosen.gaps):
        serves = ["计入数量"] if row.counts else []
        if row.people > 0:
            serves.append(f"新服务{wording.people(row.people)}")
        elif not wording.known(row.people):
            serves.append("新服务居民数未核实")
        told.setdefault(row.gap_id, []).append(
            f"{row.space_name}设{row.trade_name}（{'，'.join(serves)}）"
        )
    return {gap: wording.listed(words, SITES_NAMED) for gap, words in told.items()}


def remedy_of(assessed: Assessed, row: Any) -> str:  # noqa: ANN401 - a gap
    """Return what to add, and where if a site was chosen."""
    chosen = once(assessed, chosen_words).get(row.gap_id)
    return f"{row.remedy}；选址：{chosen}" if chosen else str(row.remedy)


def site_listing(assessed: Assessed) -> Listing:
    """List the chosen sites for the map."""
    rows = []
    for place, row in enumerate(records(assessed.chosen.places)):
        area = wording.quantity(row.area_m2, "平方米") if wording.known(row.area_m2) else "未核实"
        cells = [
            f"{row.order}. {row.trade_name}", row.space_name, row.circle_name or "圈外", area,
            row.use, row.approval_path or "未填", wording.number(row.people),
            wording.number(row.elders), row.source,
        ]  # fmt: skip
        rows.append((f"s{place}", cells))
    headings = (
        "拟设网点", "空间", "生活圈", "面积", "使用状态", "审批路径", "新服务居民（人）",
        "其中60岁及以上", "候选来源",
    )  # fmt: skip
    return Listing("sites", "拟设网点（选址建议）", headings, rows, frozenset({6, 7}))
