"""Draw isochrones for the command line: read the words, lay out, draw, write one layer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from livingcircle._routing.links import Metric
from livingcircle._terminal import err
from livingcircle._terminal import out
from livingcircle._terminal import say
from livingcircle.attachment import LEG_METRES
from livingcircle.errors import InputError
from livingcircle.errors import OutputError
from livingcircle.io.excel import replacing
from livingcircle.io.folder import read_description
from livingcircle.io.folder import read_district
from livingcircle.isochrones import UNIT_WORDS
from livingcircle.isochrones import isochrones as drawn_around
from livingcircle.memory import PREPARED
from livingcircle.memory import Memory
from livingcircle.situation import Situation
from livingcircle.situation import lay_out
from livingcircle.walkers import check_hour
from livingcircle.walkers import find_walker

DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON"}
LAYER = "isochrones"
_LONGEST_NAME = 200  # bytes, with room for what a draft adds
DECIMALS = 7


@dataclass(frozen=True)
class Asked:
    """Hold what was asked for on the command line, read and checked.

    Attributes
    ----------
    doors, outlets
        Identifiers.
    points
        Coordinates as typed, ``"lon,lat"``.
    limits, by
        How far, in what.
    exact
        Whether drawings are exact unions of buffers.
    """

    doors: tuple[str, ...]
    outlets: tuple[str, ...]
    points: tuple[str, ...]
    limits: tuple[float, ...]
    by: Metric
    exact: bool

    @property
    def places(self) -> gpd.GeoSeries:
        """Return the points, each named as it was typed."""
        number = re.compile(r"[+-]?\d+(\.\d+)?")
        pairs = []
        for text in self.points:
            words = re.split(r"[,，]", text.replace(" ", ""))
            if len(words) != 2 or not all(number.fullmatch(word) for word in words):  # noqa: PLR2004
                remedy = "写成“经度,纬度”，如 118.78,32.04"
                raise InputError(f"“{text}”不是坐标", where="--point", remedy=remedy)
            pairs.append((float(words[0]), float(words[1])))
        shapes = [shapely.Point(pair) for pair in pairs]
        names = pd.Index(self.points, dtype="str")
        return gpd.GeoSeries(shapes, index=names, crs="EPSG:4326")[~names.duplicated()]


def ask(
    doors: Sequence[str],
    outlets: Sequence[str],
    points: Sequence[str],
    limits: tuple[str, str],
    *,
    exact: bool,
) -> Asked:
    """Return what was asked for; ``limits`` are minutes and metres as typed.

    Raises
    ------
    InputError
        If nothing was asked for, or a number or a point cannot be read.
    """
    lengths, by = read_limits(*limits)
    asked = Asked(tuple(doors), tuple(outlets), tuple(points), lengths, by, exact)
    check_asked(asked)
    return asked


def isochrones(folder: Path, table: Path, asked: Asked, walker: str, at: str) -> None:
    """Draw what was asked for into a file, and tell about it."""
    check_map_file(table, folder)
    situation = lay(folder, walker, at)
    drawn, missed = draw_map(situation, asked)
    write_map(drawn, table)
    for sentence in missed:
        say(err, sentence, style="yellow")
    for sentence in tell(drawn, situation):
        say(out, sentence)
    say(out, f"已写出：{table}")


def read_limits(minutes: str, metres: str) -> tuple[tuple[float, ...], Metric]:
    """Return how far to draw: as typed, else 5, 10 and 15 minutes.

    Raises
    ------
    InputError
        If both are given, or one is no list of numbers.
    """
    if minutes and metres:
        what = "分钟和米只能用一种"
        raise InputError(what, where="--minutes、--metres", remedy="要两种就画两次")
    text, by = (metres, "metres") if metres else (minutes or "5,10,15", "minutes")
    words = re.split(r"[,，、]", text.replace(" ", ""))
    if not all(re.fullmatch(r"\d+(\.\d+)?", word) for word in words):
        remedy = "写成用逗号隔开的数，如 5,10,15"
        raise InputError(f"“{text}”不是一串数", where=f"--{by}", remedy=remedy)
    return tuple(float(word) for word in words), "metres" if by == "metres" else "minutes"


def check_map_file(path: Path, folder: Path) -> None:
    """Refuse a file that cannot be written or that is somebody else's, before anything long.

    Raises
    ------
    OutputError
        If the name is of no known kind, or something not drawn by this command stands there.
    """
    trap = ""
    if len(path.name.encode()) > _LONGEST_NAME or not path.name.isprintable():
        trap = "文件名太长，或含有控制字符"
    elif path.suffix.lower() not in DRIVERS:
        trap = "文件名要以 .gpkg 或 .geojson 结尾"
    elif path.resolve().is_relative_to(folder.resolve()):
        trap = "不能写进正要读的文件夹"
    elif path.exists() and not (path.is_file() and _is_ours(path)):
        trap = "这里已有别的内容，没有覆盖"
    if trap:
        raise OutputError(trap, where=str(path)[:80], remedy="换一个文件名")


def _is_ours(path: Path) -> bool:
    """Return whether a file holds just one layer drawn by this command."""
    try:
        layers = pyogrio.list_layers(path)[:, 0].tolist()
        fields = set(pyogrio.read_info(path, layer=LAYER)["fields"]) if layers == [LAYER] else set()
    except pyogrio.errors.DataSourceError:
        return False
    return {"kind", "origin_id", "limit", "unit"} <= fields


def check_asked(asked: Asked) -> None:
    """Refuse what cannot be drawn, before anything long begins.

    Raises
    ------
    InputError
        If nothing was asked for, or a point is no pair of numbers.
    """
    if not (asked.doors or asked.outlets or len(asked.places)):
        remedy = "用 --door 楼门编号、--outlet 网点编号或 --point 经度,纬度"
        raise InputError("没有说从哪里画", remedy=remedy)


def lay(folder: Path, walker: str = "", at: str = "") -> Situation:
    """Return a district on its streets, for the walker and hour given, else those it states.

    Raises
    ------
    NetworkError
        If there is no such walker, the hour is none, or there are no streets.
    """
    options = read_description(folder).options
    hour = at or str(options.get("at", "10:00"))
    check_hour(hour)
    person = find_walker(walker or str(options.get("walker", "standard")))
    return lay_out(read_district(folder), person, at=hour, memory=Memory(folder / PREPARED))


def draw_map(situation: Situation, asked: Asked) -> tuple[gpd.GeoDataFrame, list[str]]:
    """Return one row for each origin and limit, and what could not be drawn, in words.

    Raises
    ------
    InputError
        If an identifier is unknown, or nothing reaches a street.
    """
    draw = partial(drawn_around, situation, limits=asked.limits, by=asked.by, exact=asked.exact)
    drawn = {}
    if asked.doors:
        drawn["楼门"] = draw(doors=asked.doors)
    if asked.outlets:
        drawn["网点"] = draw(outlets=asked.outlets)
    if asked.points:
        drawn["坐标点"] = draw(points=asked.places)
    rows = [frame.reset_index().assign(kind=kind) for kind, frame in drawn.items()]
    table = gpd.GeoDataFrame(pd.concat(rows, ignore_index=True), crs="EPSG:4326")
    lost = shapely.is_missing(table.geometry.to_numpy())
    off = table[lost].drop_duplicates(["kind", "origin_id"])
    missed = [
        f"{kind}“{name}”没有画：{LEG_METRES:g} 米内没有走得到的道路"
        for kind, name in zip(off["kind"], off["origin_id"], strict=True)
    ]
    if lost.all():
        remedy = "核对位置和道路数据"
        raise InputError(f"一个也画不出：{'；'.join(missed[:5])}", remedy=remedy)
    return table[~lost].reset_index(drop=True), missed


def tell(table: gpd.GeoDataFrame, situation: Situation) -> list[str]:
    """Return what was drawn, limit by limit, in words."""
    sentences = [f"步行者：{situation.walker.describe()}；图形只供看，结论以沿街实测为准"]
    for limit, rows in table.groupby("limit"):
        unit = UNIT_WORDS[rows["unit"].iloc[0]]
        streets, area = rows["street_metres"].median() / 1000, rows["area_km2"].median()
        usual = "的中位数" if len(rows) > 1 else ""
        sentences.append(
            f"{limit:g}{unit}：{len(rows)}处，走得到的道路{usual}{streets:.2f}公里，"
            f"图形面积{usual}{area:.3f}平方公里"
        )
    return sentences


def write_map(table: gpd.GeoDataFrame, path: Path) -> None:
    """Write the drawings as one layer, whole or not at all."""
    driver = DRIVERS[path.suffix.lower()]
    with replacing(path) as draft:
        draft.unlink()
        options = {"COORDINATE_PRECISION": DECIMALS} if driver == "GeoJSON" else {}
        pyogrio.write_dataframe(table, draft, layer=LAYER, driver=driver, **options)
