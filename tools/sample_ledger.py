"""Make up the supplement ledger of outlets for the demonstration district, warts included.

Nothing here is a real shop. The map cannot know most trades of a Chinese neighbourhood, so the
demonstration needs a ledger like the one a bureau would upload. How many of each trade there
are follows the frequencies per km² of an old town (Xi'an, 17.9 km²), pulled towards the national
mix (breakfast 25 %, convenience 19 %, parcel lockers 11 % of basic outlets); holes are left on
purpose, so that there is something to find.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import timedelta

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from livingcircle.coordinates import LocalGrid
from livingcircle.coordinates import from_wgs84

HEADERS = (
    *("网点编号", "店铺名称", "业态", "详细地址", "经度", "纬度", "坐标系", "联系电话"),
    *(
        "营业时间",
        "建筑面积（平方米）",
        "是否连锁",
        "是否入驻线上平台",
        "是否优质品牌",
        "品牌",
        "状态",
    ),
    *("供给方式", "无障碍", "所属综合体", "核实日期", "核实人", "备注"),
)

Row = dict[str, object]


@dataclass(frozen=True)
class Kind:
    """Describe how outlets of one trade are made up."""

    trade: str
    count: int
    ending: str
    area: tuple[float, float]
    hours: str
    chain: float = 0.2
    holes: int = 0


# Basic trades of 密云 附件1.1 一, then some enhanced ones.
KINDS = (
    Kind("菜市场", 4, "菜市场", (500, 1500), "06:00-19:00", 0.0, 5),
    Kind("生鲜超市（菜店）", 20, "生鲜菜店", (30, 200), "07:00-20:30", 0.4, 5),
    Kind("便利店", 66, "便利店", (25, 120), "07:00-23:00", 0.5, 3),
    Kind("社区超市", 18, "社区超市", (200, 900), "08:00-21:30", 0.6, 2),
    Kind("早餐店", 74, "早餐店", (15, 80), "05:30-10:30", 0.25, 2),
    Kind("药店", 48, "大药房", (50, 200), "08:00-22:00", 0.7, 2),
    Kind("理发店", 104, "理发店", (15, 90), "09:30-21:00", 0.15, 0),
    Kind("洗染店", 22, "洗衣店", (20, 70), "08:30-20:00", 0.5, 3),
    Kind("家政服务点", 12, "家政服务部", (20, 80), "09:00-18:00", 0.4, 3),
    Kind("小修小补点", 36, "修理铺", (6, 30), "08:30-18:30", 0.0, 3),
    Kind("末端配送", 46, "快递驿站", (10, 80), "08:00-21:00", 0.8, 1),
    Kind("照相文印店", 38, "图文快印", (15, 80), "09:00-19:00", 0.2, 1),
    Kind("自助取水机", 16, "自助取水机", (1, 3), "00:00-24:00", 0.6, 6),
    Kind("银行网点", 44, "银行示范支行", (150, 600), "09:00-17:00", 1.0, 0),
    Kind("物业服务点", 18, "物业服务站", (20, 120), "08:30-17:30", 0.3, 4),
    Kind("大众餐饮店", 196, "小吃店", (25, 180), "10:00-21:30", 0.2, 0),
    Kind("烘焙店", 18, "面包房", (20, 90), "08:00-21:00", 0.6, 1),
    Kind("茶艺咖啡馆", 26, "咖啡馆", (25, 120), "09:00-22:00", 0.5, 0),
    Kind("鲜花礼品店", 14, "花店", (10, 50), "09:00-20:00", 0.1, 1),
    Kind("运动健身房", 12, "健身房", (150, 800), "07:00-22:00", 0.5, 2),
    Kind("宠物服务站", 10, "宠物店", (30, 120), "10:00-20:00", 0.3, 2),
    Kind("社区养老服务机构", 6, "养老服务驿站", (100, 600), "08:30-17:30", 0.3, 3),
    Kind("幼儿托管点", 6, "托育中心", (80, 400), "07:30-18:30", 0.3, 3),
    Kind("再生资源回收点", 10, "再生资源回收点", (8, 40), "08:00-18:00", 0.2, 3),
)
_FIRST = "梧桐、桂花、玉兰、长江、钟山、秦淮、玄武、紫金、金陵、石城、白鹭、桃叶、莫愁、栖霞"
_SECOND = "家、福、顺、和、安、兴、美、佳、源、祥、康、乐"
# One shop, several trades (密云 附件1.1 一), in the ways people write them.
_SEVERAL = {
    "便利店": ("便利店、早餐店", "便利店，末端配送", "便利店/末端配送"),
    "洗染店": ("洗染店、小修小补点", "洗染店；小修小补点"),
    "社区超市": ("社区超市、生鲜超市（菜店）", "社区超市、末端配送"),
    "药店": ("药店",),
}
_HOLE_METRES = 420.0
_CENTRE_TRADES = ("便利店", "生鲜超市（菜店）", "早餐店", "洗染店", "理发店")


def make_ledger(
    streets: gpd.GeoDataFrame,
    extent: shapely.Polygon,
    communities: Sequence[shapely.Polygon],
    rng: np.random.Generator,
) -> list[Row]:
    """Return the rows of the ledger, good and bad, in the order a clerk typed them."""
    grid = LocalGrid.around(extent)
    lines = _frontages(streets, extent, grid)
    ends = np.cumsum([shapely.length(line) for line, _ in lines])
    centres = [shapely.centroid(grid.project(shape)) for shape in communities]
    rows: list[Row] = []
    for number, kind in enumerate(KINDS):
        holes = shapely.buffer(_holes(kind, number, centres), _HOLE_METRES)
        for _ in range(kind.count):
            place, street = _place(lines, ends, holes, rng)
            lon, lat = (float(v) for v in shapely.get_coordinates(grid.unproject(place))[0])
            rows.append(_row(kind, len(rows) + 1, (lon, lat), street, rng))
    _add_service_centres(rows, rng)
    _shift_to_gcj02(rows)
    return [*rows[:300], *_bad_rows(rows), *rows[300:]]


def _frontages(
    streets: gpd.GeoDataFrame, extent: shapely.Polygon, grid: LocalGrid
) -> list[tuple[shapely.LineString, str]]:
    """Return public streets at ground level inside the extract, in metres, with their names."""
    fit = streets[
        (streets["structure"] == "")
        & (streets["access"] == "public")
        & ~streets["steps"]
        & ~streets["highway"].isin(["trunk", "trunk_link", "primary_link", "secondary_link"])
        & streets.within(extent)
    ]
    lines = grid.project(fit.geometry.to_numpy())
    named = zip(lines, fit["name"], strict=True)
    return [(line, name) for line, name in named if shapely.length(line) > 15]  # noqa: PLR2004


def _holes(kind: Kind, number: int, centres: Sequence[shapely.Point]) -> shapely.MultiPoint:
    """Return the middles of the communities that are to lack a trade."""
    step = 1 + number % 5
    chosen = [centres[(3 * number + step * k) % len(centres)] for k in range(kind.holes)]
    return shapely.MultiPoint(chosen)


def _place(
    lines: Sequence[tuple[shapely.LineString, str]],
    ends: npt.NDArray[np.float64],
    holes: shapely.Geometry,
    rng: np.random.Generator,
) -> tuple[shapely.Point, str]:
    """Return a place 3 to 30 metres off a street and outside the holes."""
    while True:
        along = rng.random() * ends[-1]
        k = int(np.searchsorted(ends, along))
        line, name = lines[k]
        at = shapely.length(line) - (ends[k] - along)
        side = 1.0 if rng.random() < 0.5 else -1.0  # noqa: PLR2004
        (x0, y0), (x1, y1) = (
            shapely.get_coordinates(shapely.line_interpolate_point(line, d))[0]
            for d in (max(at - 1.0, 0.0), min(at + 1.0, float(shapely.length(line))))
        )
        off = side * (3.0 + 27.0 * rng.random() ** 2) / float(np.hypot(x1 - x0, y1 - y0))
        place = shapely.Point((x0 + x1) / 2 - off * (y1 - y0), (y0 + y1) / 2 + off * (x1 - x0))
        if holes.is_empty or not shapely.contains(holes, place):
            return place, name


def _row(
    kind: Kind, number: int, place: tuple[float, float], street: str, rng: np.random.Generator
) -> Row:
    """Return one made-up shop as a clerk would enter it."""
    first, second = _pick(_FIRST, rng), _pick(_SECOND, rng)
    chain = rng.random() < kind.chain
    several = _SEVERAL.get(kind.trade, (kind.trade,))
    many = rng.random() < 0.12  # noqa: PLR2004
    area = kind.area[0] + (kind.area[1] - kind.area[0]) * rng.random() ** 2
    row: Row = dict.fromkeys(HEADERS, "")
    row["网点编号"] = f"YS-{number:04d}"
    row["店铺名称"] = f"示例{first}{second}{kind.ending}"
    row["业态"] = several[int(rng.random() * len(several))] if many else kind.trade
    row["详细地址"] = f"{street or '支路'}附近（虚构）"
    row["经度"], row["纬度"] = round(place[0], 6), round(place[1], 6)
    row["联系电话"] = _phone(number, rng)
    row["营业时间"] = kind.hours
    row["建筑面积（平方米）"] = round(area)
    row["是否连锁"] = _yes_no(answer=chain, known=rng.random() < 0.8)  # noqa: PLR2004
    row["是否入驻线上平台"] = _yes_no(answer=rng.random() < 0.35, known=rng.random() < 0.7)  # noqa: PLR2004
    row["是否优质品牌"] = _yes_no(answer=rng.random() < 0.15, known=rng.random() < 0.6)  # noqa: PLR2004
    row["品牌"] = f"示例{first}连锁" if chain else ""
    row["状态"] = "停业" if rng.random() < 0.02 else "营业"  # noqa: PLR2004
    row["无障碍"] = _yes_no(answer=rng.random() < 0.4, known=rng.random() < 0.3)  # noqa: PLR2004
    row["核实日期"] = (date(2026, 3, 2) + timedelta(days=int(rng.random() * 90))).isoformat()
    row["核实人"] = f"网格员{1 + number % 9}"
    return row


def _pick(names: str, rng: np.random.Generator) -> str:
    """Pick one of several names."""
    words = names.split("、")
    return words[int(rng.random() * len(words))]


def _phone(number: int, rng: np.random.Generator) -> object:
    """Return a phone number of a range nobody holds; Excel made floats of most of them."""
    if rng.random() < 0.1:  # noqa: PLR2004
        return ""
    mobile = 19900000000 + number
    return str(mobile) if rng.random() < 0.15 else float(mobile)  # noqa: PLR2004


def _yes_no(*, answer: bool, known: bool) -> str:
    """Return 是 or 否, or a blank where nobody has checked."""
    return ("是" if answer else "否") if known else ""


def _add_service_centres(rows: list[Row], rng: np.random.Generator) -> None:
    """Add three 综合体, each gathering the shops nearest to it (密云 附件1.1: 3 basic trades)."""
    hosts = [row for row in rows if row["业态"] == "社区超市"]
    for number, host in enumerate(hosts[:: max(1, len(hosts) // 3)][:3], 1):
        centre = dict(host)
        centre["网点编号"] = f"YS-ZH{number}"
        centre["店铺名称"] = f"示例第{'一二三'[number - 1]}社区便民商业服务综合体"
        centre["业态"] = "社区便民商业服务综合体"
        centre["建筑面积（平方米）"] = 1100 + round(700 * rng.random())
        centre["联系电话"] = ""
        for trade in _CENTRE_TRADES[: 3 + number % 2]:
            member = min(
                (r for r in rows if r["业态"] == trade and not r["所属综合体"]),
                key=lambda r: _apart(r, centre),
            )
            member["所属综合体"] = centre["网点编号"]
            member["经度"], member["纬度"] = centre["经度"], centre["纬度"]
        rows.append(centre)


def _apart(one: Mapping[str, object], other: Mapping[str, object]) -> float:
    """Return how far two rows lie apart, good enough to compare."""
    lon = float(str(one["经度"])) - float(str(other["经度"]))
    lat = float(str(one["纬度"])) - float(str(other["纬度"]))
    return float(np.hypot(0.85 * lon, lat))


def _shift_to_gcj02(rows: list[Row]) -> None:
    """Give every seventh shop in GCJ-02, declared as such: it was copied from a phone map."""
    for row in rows[5::7]:
        lon, lat = from_wgs84(
            np.array([float(str(row["经度"]))]), np.array([float(str(row["纬度"]))]), "GCJ-02"
        )
        row["经度"], row["纬度"] = round(float(lon[0]), 6), round(float(lat[0]), 6)
        row["坐标系"] = "GCJ-02"
        row["备注"] = "坐标取自手机地图"


def _bad_rows(rows: Sequence[Row]) -> list[Row]:
    """Return what goes wrong in real ledgers: most must be refused, each with its reason."""
    base = dict(rows[30], 坐标系="", 备注="", 所属综合体="")
    changes: list[Row] = [
        {"店铺名称": "示例经纬颠倒便利店", "业态": "便利店", "经度": 32.0431, "纬度": 118.7812},
        {"店铺名称": "示例零坐标药店", "业态": "药店", "经度": 0, "纬度": 0},
        {"店铺名称": "示例说不清的店", "业态": "综合体验馆子"},
        {
            "店铺名称": "示例度分秒便利店",
            "业态": "便利店",
            "经度": "118°46′48″E",
            "纬度": "32°02′36″N",
        },
        {
            "店铺名称": "示例全角数字理发店",
            "业态": "理发店",
            "经度": "１１８．７８３３",
            "纬度": "３２．０４４４",
        },
        {"店铺名称": "", "业态": "早餐店"},
        {"店铺名称": "示例日期不存在药店", "业态": "药店", "核实日期": "2026-02-30"},
        {"店铺名称": "示例外地便利店", "业态": "便利店", "经度": 116.3521, "纬度": 39.9432},
        {"店铺名称": "示例面积说不准早餐店", "业态": "早餐店", "建筑面积（平方米）": "约300"},
    ]
    bad = [
        base | change | {"网点编号": f"YS-C{number:02d}", "联系电话": ""}
        for number, change in enumerate(changes, 1)
    ]
    return [*bad, dict(rows[40])]
