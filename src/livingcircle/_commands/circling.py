"""Draw circles for the command line: read, lay the land, divide or edit, write, tell."""

import math
import re
from collections.abc import Callable
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyogrio
import shapely
from rich.markup import escape

from livingcircle import _report
from livingcircle._commands.mapping import DRIVERS
from livingcircle._terminal import out
from livingcircle._terminal import progress
from livingcircle._terminal import say
from livingcircle.circle_edits import draw as draw_circle
from livingcircle.circle_edits import merge as merge_circles
from livingcircle.circle_edits import move as move_community
from livingcircle.circle_edits import split as split_circle
from livingcircle.circle_files import OPERATIONS
from livingcircle.circle_files import SEVERITIES
from livingcircle.circle_files import read_circles
from livingcircle.circle_files import refuse_edited
from livingcircle.circle_files import write_circles
from livingcircle.circle_kinds import suggest_kinds
from livingcircle.circle_set import Change
from livingcircle.circle_set import CircleSet
from livingcircle.circle_set import hard_names
from livingcircle.circles import BARRIER_NAMES
from livingcircle.circles import Limits
from livingcircle.delineation import Wishes
from livingcircle.delineation import existing_circles
from livingcircle.delineation import improve_circles
from livingcircle.delineation import propose_circles
from livingcircle.district import District
from livingcircle.errors import InputError
from livingcircle.errors import OutputError
from livingcircle.io import geo
from livingcircle.io.excel import replacing
from livingcircle.io.folder import read_description
from livingcircle.io.folder import read_district
from livingcircle.memory import PREPARED
from livingcircle.memory import Memory
from livingcircle.reports import check_day
from livingcircle.severance import sever

CELLS = "cells"
SHOWN = 15
UNKNOWN = "未核实"
_EDIT = Callable[[CircleSet], Change]


def wishes(
    folder: Path,
    band: float,
    count: int | None,
    area: float,
    density: str,
    kinds: tuple[str, str],
    walk: tuple[str, str],
) -> Wishes:
    """Return what was typed as wishes, checked; the walker and hour of the district if not typed.

    Raises
    ------
    InputError
        If something typed makes no sense.
    """
    numbers = re.fullmatch(r"(\d+(?:\.\d+)?)\s*[-–~,，]\s*(\d+(?:\.\d+)?)", density.strip())
    if numbers is None:
        remedy = "写成两个数，如 10000-30000"
        raise InputError(f"“{density}”不是人口密度的范围", where="--density", remedy=remedy)
    options = read_description(folder).options
    hard, soft = (_words(text) for text in kinds)
    if not hard:
        remedy = "写上至少一种，如 river,railway,expressway"
        raise InputError("没有写绝不跨越的阻隔", where="--hard", remedy=remedy)
    # What one says is never crossed is not asked about again as crossed for a reason.
    return Wishes(
        band=band,
        limits=Limits(area, (float(numbers[1]), float(numbers[2]))),
        hard=hard,
        soft=tuple(kind for kind in soft if kind not in hard),
        walker=walk[0] or str(options.get("walker", "standard")),
        at=walk[1] or str(options.get("at", "10:00")),
        count=count,
    ).checked()


def _words(text: str) -> tuple[str, ...]:
    """Return kinds as typed, by code or by name."""
    codes = {name: kind for kind, name in BARRIER_NAMES.items()}
    words = [word for word in re.split(r"[,，、\s]+", text) if word]
    return tuple(codes.get(word, word) for word in words)


def cells(folder: Path, table: Path, by: str) -> None:
    """Cut the land and write the cells as one layer."""
    _check_layer_file(table, folder)
    found = sever(_read(folder), _words(by))
    with replacing(table) as draft:
        draft.unlink()
        driver = DRIVERS[table.suffix.lower()]
        pyogrio.write_dataframe(found.reset_index(), draft, layer=CELLS, driver=driver)
    say(
        out,
        f"切成{len(found)}格，共{found['area_km2'].sum():.2f}平方公里（水面和窄于40米的条带不算）",
    )
    for cell, row in found.head(SHOWN).iterrows():
        people = "人数未知" if math.isnan(row.residents) else f"{row.residents:,.0f}人"
        say(out, f"  {cell}：{row.area_km2:.3f}平方公里，{people}，边上是{row.bounded_by}")
    say(out, f"已写出：{table}")


def _check_layer_file(table: Path, folder: Path) -> None:
    """Refuse a file that is of no known kind, in the way of something else, or among the data."""
    trap = ""
    if table.suffix.lower() not in DRIVERS:
        trap = "文件名要以 .gpkg 或 .geojson 结尾"
    elif table.resolve().is_relative_to(folder.resolve()):
        trap = "不能写进正要读的文件夹"
    elif table.exists() and pyogrio.list_layers(table)[:, 0].tolist() != [CELLS]:
        trap = "这里已有别的内容，没有覆盖"
    if trap:
        raise OutputError(trap, where=str(table)[:80], remedy="换一个文件名")


def propose(folder: Path, target: Path, wish: Wishes) -> None:
    """Draw all circles and write them."""
    refuse_edited(target)
    district = _read(folder)
    with progress("划分圈层") as step:
        found = propose_circles(district, wish, memory=_memory(folder), progress=step)
    write_circles(found, target, district)
    _tell(found.set, found.shortfalls, found.notes)
    _tell_proof(found.cells)
    _tell_files(target)


def improve(folder: Path, target: Path, wish: Wishes) -> None:
    """Improve the circles the district has, and write them."""
    refuse_edited(target)
    district, memory = _read(folder), _memory(folder)
    before = existing_circles(district, wish, memory=memory)
    with progress("改进圈层") as step:
        found = improve_circles(district, wish, start=before, memory=memory, progress=step)
    write_circles(found, target, district)
    _tell(found.set, found.shortfalls, found.notes)
    moved = sum(found.set.of_tile[t] != one for t, one in before.of_tile.items())
    broken = (
        int(((rows["verdict"] == "lacking") & (rows["severity"] != "info")).sum())
        for rows in (before.checks(), found.checks)
    )
    say(out, f"原有{len(before.circles)}个圈，现在{len(found.set.circles)}个；"
        f"换了圈的单元{moved}个；"
        f"硬约束和需说明理由的不符合项由{next(broken)}处变为{next(broken)}处")  # fmt: skip
    _tell_proof(found.cells)
    _tell_files(target)


def check(folder: Path, wish: Wishes) -> None:
    """Say what the circles of a district break, and by how much."""
    some = existing_circles(_read(folder), wish, memory=_memory(folder))
    rows = some.checks()
    _tell(some, rows[rows["verdict"] == "lacking"], some.land.notes)


def kinds(folder: Path, drawn: Path) -> None:
    """Say which kind each circle looks like, and why."""
    some = read_circles(drawn, _read(folder), memory=_memory(folder))
    for row in suggest_kinds(some)[0].itertuples():
        say(out, f"{row.name}　{row.kind_hint}")
        say(out, f"　　{row.subtype_hint}", style="dim")


def merge(folder: Path, drawn: Path, some: Sequence[str], name: str, reason: str, on: str) -> None:
    """Make two or more circles one."""
    _edit(folder, drawn, on, lambda s: merge_circles(s, some, name=name, reason=reason, on=on))


def split(
    folder: Path, drawn: Path, circle: str, members: Sequence[str], reason: str, on: str
) -> None:
    """Make two circles of one."""
    _edit(folder, drawn, on, lambda s: split_circle(s, circle, members, reason=reason, on=on))


def move(folder: Path, drawn: Path, community: str, to: str, reason: str, on: str) -> None:
    """Put a community into another circle."""
    _edit(folder, drawn, on, lambda s: move_community(s, community, to, reason=reason, on=on))


def draw(
    folder: Path, drawn: Path, boundary: Path, names: tuple[str, str], reason: str, on: str
) -> None:
    """Give a circle the boundary of a file."""
    circle, name = names
    layer = geo.read_layer(boundary, fallback="WGS-84", file=boundary.name)
    shapes = layer.rows.geometry.dropna()
    area = shapely.union_all(shapes[shapes.geom_type.isin(["Polygon", "MultiPolygon"])].to_numpy())
    if area.is_empty:
        remedy = "画成一个面，经度在前、纬度在后"
        raise InputError("文件里没有面", where=str(boundary)[:80], remedy=remedy)
    _edit(
        folder, drawn, on,
        lambda s: draw_circle(s, area, circle, name=name, reason=reason, on=on),
    )  # fmt: skip


def history(folder: Path, drawn: Path) -> None:
    """Tell every step of a set."""
    some = read_circles(drawn, _read(folder), memory=_memory(folder))
    for row in some.history().to_dict("records"):
        told = "，".join(row[part] for part in ("on", "reason", "lineage") if row[part])
        step = f"第{row['version']}版　{OPERATIONS[row['operation']]}"
        say(out, f"{step}：{told}" if told else step)
    say(out, f"现在{len(some.circles)}个圈")


def _edit(folder: Path, drawn: Path, on: str, edit: _EDIT) -> None:
    """Do one operation on a set in its folder, and tell the new indicators."""
    check_day(on)
    district = _read(folder)
    some = read_circles(drawn, district, memory=_memory(folder))
    change = edit(some)
    write_circles(change.set, drawn, district)
    _show(change.indicators, f"第{change.set.version}版，动了这些圈")
    checks = change.set.checks()
    mine = checks["circle_id"].isin(change.indicators.index) & (checks["verdict"] == "lacking")
    _tell_broken(checks[mine], change.set)


def _read(folder: Path) -> District:
    with progress("读取并检查") as step:
        return read_district(folder, progress=step)


def _memory(folder: Path) -> Memory:
    return Memory(folder / PREPARED)


def _tell(some: CircleSet, broken: pd.DataFrame, notes: Sequence[str]) -> None:
    """Show the circles, what they break, and what was not known."""
    _show(some.indicators(), f"{some.land.district.name}：{len(some.circles)}个圈")
    _tell_broken(broken, some)
    for note in notes:
        say(out, f"注意：{note}", style="yellow")


def _show(figures: pd.DataFrame, title: str) -> None:
    """Show the indicators of circles as a table."""
    heads = ("编号", "名称", "面积", "人口", "密度", "端到端", "社区")
    table = _report.plain_table(title, heads, right=heads[2:6])
    for row in figures.reset_index().to_dict("records"):
        known = not math.isnan(row["population"])
        table.add_row(
            escape(row["circle_id"]),
            escape(row["name"]),
            f"{row['area_km2']:.3f}",
            f"{row['population']:,.0f}" if known else UNKNOWN,
            f"{row['density'] / 1e4:.2f}万" if known else UNKNOWN,
            _walk(row["walk_minutes"], row["walk_beyond"]),
            escape(row["communities"]),
        )
    out.print(table)


def _walk(minutes: float, beyond: float) -> str:
    """Return a walk in words; it may be longer than what was measured, or not known."""
    if not math.isnan(minutes):
        return f"{minutes:.1f}分"
    return UNKNOWN if math.isnan(beyond) else f">{beyond:g}分"


def _tell_broken(rows: pd.DataFrame, made: CircleSet) -> None:
    """Tell what is broken, by how much, the hard before the soft; the rest is counted."""
    never = f"，不跨越{hard_names(made.land)}" if made.land.hard else ""
    for severity, word in SEVERITIES.items():
        some = rows[rows["severity"] == severity]
        if severity == "hard":
            say(out, f"{word}：{'全部符合' if len(some) == 0 else f'{len(some)}处不符合'}"
                f"（连成一片{never}）")  # fmt: skip
        elif len(some):
            counts = some["name"].value_counts(sort=False)
            told = "、".join(f"{name}{count}处" for name, count in counts.items())
            say(out, f"{word}：{told}")
        if severity != "info":
            for row in some.head(SHOWN).itertuples():
                say(out, f"  · {row.circle_name}　{row.name}：{row.reason}")
            if len(some) > SHOWN:
                say(out, f"  · 还有{len(some) - SHOWN}处，都在“检查”表里")


def _tell_proof(found: pd.DataFrame) -> None:
    """Say how good the choice is known to be."""
    proven = int((found["gap"] == 0).sum())
    whole = int(found["exhaustive"].sum())
    worst = float(found["gap"].max()) if len(found) else 0.0
    rest = f"，其余离最优至多{worst:.1%}" if proven < len(found) else ""
    say(
        out,
        f"阻隔分出{len(found)}格：{whole}格的组合全部列出，{proven}格在列出的组合里证明最优{rest}",
    )


def _tell_files(target: Path) -> None:
    say(out, f"\n结果在 {target}/：圈层.xlsx、circles.gpkg、circle_set.json", style="bold")
