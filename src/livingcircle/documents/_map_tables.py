"""Write everything on the map as tables: the equal list for eyes, screen readers and paper.

The map's script holds no data of its own; a sign points at a row here (``data-row``), and what a
click shows is read from that row. So list and map cannot disagree.
"""

from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import circle_ids
from livingcircle.documents._assessed import circle_state
from livingcircle.documents._assessed import community_names
from livingcircle.documents._assessed import natures
from livingcircle.documents._assessed import outlet_trades
from livingcircle.documents._assessed import records
from livingcircle.documents._assessed import trade_label
from livingcircle.documents._desk import Assessed
from livingcircle.documents._desk import once
from livingcircle.documents._desk import part
from livingcircle.documents._door_folds import door_codes
from livingcircle.documents._door_folds import door_name
from livingcircle.documents._door_folds import is_folded
from livingcircle.documents._map_listing import Listing

DOOR_HEADINGS = (
    "楼门",
    "社区",
    "居民（人）",
    "60岁及以上",
    "没有（最近）",
    "未核实",
    "已覆盖（步行）",
)
DOOR_NUMBERS = frozenset({2, 3})
FOLDED_NOTE = "楼门很多，按生活圈收起：点一个生活圈，或把地图放大，这里就列出图上的楼门。"


def circle_listing(assessed: Assessed) -> Listing:
    """List the circles with what was found in each."""
    given = assessed.district.circles[["kind", "subtype"]]
    rows = []
    for place, circle in enumerate(circle_ids(assessed)):
        facts, state = assessed.circle_facts.loc[circle], circle_state(assessed, circle)
        cells = [
            str(facts["name"]), state.label, wording.kind(*given.loc[circle]),
            wording.number(facts["population"]), wording.number(facts["area_km2"], 2),
            wording.listed(community_names(assessed, circle)), _lacks(assessed, circle),
        ]  # fmt: skip
        rows.append((f"c{place}", cells))
    headings = ("生活圈", "结论", "类型", "居民（人）", "面积（平方公里）", "覆盖社区", "缺什么")
    return Listing("circles", "生活圈", headings, rows, frozenset({3, 4}))


def _lacks(assessed: Assessed, circle_id: str) -> str:
    """Name what a circle lacks, the most urgent first, with how many places lack it."""
    gaps = part(assessed, "gaps", circle_id).sort_values("urgency", kind="stable")
    counts = gaps["trade_name"].value_counts(sort=False)
    told = [f"{name}{f'（{count}项）' if count > 1 else ''}" for name, count in counts.items()]
    return wording.listed(told) or wording.NONE


def blind_listing(assessed: Assessed) -> Listing:
    """List the blind areas, each with whom it affects and what lies nearest."""
    rows = []
    for place, row in enumerate(records(assessed.blind_areas)):
        nearest = row.nearest_name or "步行范围内没有"
        cells = [
            f"{row.trade_name}盲区 {row.Index}", row.circle_name, row.community_names,
            wording.number(row.doors), wording.number(row.people), wording.number(row.elders),
            wording.number(row.infants), nearest, wording.metres(row.nearest_m),
            wording.blind_sentence(row),
        ]  # fmt: skip
        rows.append((f"b{place}", cells))
    headings = (
        "步行服务盲区", "生活圈", "社区", "楼门", "居民（人）", "60岁及以上", "0—3岁",
        "最近替代网点", "最近距离", "说明",
    )  # fmt: skip
    empty = "没有发现步行服务盲区；未核实的业态不在此列。"
    return Listing("blind", "步行服务盲区", headings, rows, frozenset({3, 4, 5, 6, 8}), empty)


def outlet_listing(assessed: Assessed) -> Listing:
    """List the outlets; telephone numbers and licence codes stay out of a map that is passed on."""
    outlets = assessed.outlets
    trades, nature = once(assessed, outlet_trades), once(assessed, natures)
    communities, circles = assessed.district.communities["name"], assessed.circle_facts["name"]
    rows = []
    for place, row in enumerate(records(outlets)):
        codes = trades.get(str(row.Index), [])
        held = "、".join(trade_label(assessed, trade) for trade in codes)
        cells = [
            row.name or "（无名）", held or "业态待核", row.address or "未填",
            str(communities.get(row.community_id, "")) or "圈外",
            str(circles.get(row.circle_id, "")) or "圈外",
            wording.OUTLET_STATUS.get(str(row.status), str(row.status)), nature[str(row.Index)],
        ]  # fmt: skip
        rows.append((f"o{place}", cells))
    headings = ("网点", "业态", "地址", "社区", "生活圈", "状态", "数据性质")
    return Listing("outlets", "商业网点", headings, rows)


def door_listing(assessed: Assessed) -> Listing:
    """List the doors with what each has, lacks and nobody has checked.

    The doors of a large district are folded (:mod:`._door_folds`): the list stands empty, and
    the script fills in those of the circles in view.
    """
    doors, codes = assessed.doors, once(assessed, door_codes)
    if is_folded(assessed):
        return Listing("doors", "楼门", DOOR_HEADINGS, (), DOOR_NUMBERS, FOLDED_NOTE, len(doors))
    communities = assessed.district.communities["name"]
    labels = {trade: trade_label(assessed, trade) for trade in codes.trades}
    rows = []
    for place, row in enumerate(records(doors)):
        said = codes.told(place, labels)
        cells = [
            door_name(row, place), str(communities.get(row.community_id, "")) or "圈外",
            wording.number(row.residents), wording.number(row.age_60_plus),
            *("、".join(said[verdict]) or "—" for verdict in ("lacking", "unknown", "served")),
        ]  # fmt: skip
        rows.append((f"d{place}", cells))
    return Listing("doors", "楼门", DOOR_HEADINGS, rows, DOOR_NUMBERS)
