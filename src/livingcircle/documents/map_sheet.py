"""Print 一图: A3 landscape as PDF and PNG, and the figure of the Word plan, all through typst."""

import json
from typing import Any
from typing import Literal

import typst

from livingcircle.documents import _drawing as drawing
from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import Assessed
from livingcircle.documents._assessed import circle_ids
from livingcircle.documents._assessed import circle_state
from livingcircle.documents._assessed import community_names
from livingcircle.documents._assessed import door_verdicts
from livingcircle.documents._assessed import of_circle
from livingcircle.documents._assessed import outlet_trades
from livingcircle.documents._assessed import reach_metres
from livingcircle.documents._assessed import trade_label
from livingcircle.documents._assessed import worst_trade
from livingcircle.documents._fonts import FAMILY
from livingcircle.documents._fonts import FOLDER
from livingcircle.documents._fonts import missing_glyphs
from livingcircle.documents._provenance import Provenance
from livingcircle.documents._provenance import provenance
from livingcircle.documents._symbols import DOOR_SHAPES
from livingcircle.documents._symbols import families
from livingcircle.documents._symbols import outlet_mark
from livingcircle.errors import OutputError

SHEET_PIXELS = (1180, 913)
FIGURE_PIXELS = (780, 510)
SCALE_SHARE = 0.16  # the scale bar takes at most this share of the picture's width
SHEET_PPI = 150.0
FIGURE_PPI = 220.0
CIRCLES_SHOWN = 14
STATE_WORDS = {
    "lacking": "生活圈：有缺项",
    "unknown": "生活圈：有未核实项",
    "served": "生活圈：全部达标",
}


class Press:
    """Hold the typesetter with our own typeface only, so that every machine prints alike."""

    def __init__(self) -> None:
        self._compiler = typst.Compiler(
            root=str(FOLDER.parent / "templates"),
            font_paths=[str(FOLDER)],
            ignore_system_fonts=True,
        )

    def print(
        self,
        page: dict[str, Any],
        facts: Provenance,
        *,
        kind: Literal["pdf", "png"],
        ppi: float = 0,
    ) -> bytes:
        """Set one page and return it as PDF or PNG."""
        template = "figure.typ" if "figure" in page else "map_sheet.typ"
        try:
            made = self._compiler.compile(
                input=str(FOLDER.parent / "templates" / template),
                format=kind,
                ppi=ppi or None,
                sys_inputs={"page": json.dumps(page, ensure_ascii=False, sort_keys=True)},
                timestamp=int(facts.created.timestamp()),
            )
        except typst.TypstError as error:
            raise OutputError(
                f"排版“{page.get('title', '插图')}”没有成功：{error}",
                remedy="把数据文件夹和这句话一起交给维护人员",
            ) from error
        # A side column too long for one page goes on to a second; the picture is on the first.
        first = made[0] if isinstance(made, list) else made
        return bytes(first or b"")


def print_map_sheet(assessed: Assessed, press: Press, circle_id: str = "") -> dict[str, bytes]:
    """Return the A3 map of a circle, or of the whole district, as ``pdf`` and ``png``."""
    facts = provenance(assessed)
    page = sheet_page(assessed, facts, circle_id)
    return {
        "pdf": press.print(page, facts, kind="pdf"),
        "png": press.print(page, facts, kind="png", ppi=SHEET_PPI),
    }


def print_figure(assessed: Assessed, press: Press, circle_id: str) -> bytes:
    """Return the map of a circle as a picture for a Word page."""
    facts = provenance(assessed)
    picture, frame, _ = paint(assessed, FIGURE_PIXELS, circle_id)
    page = {
        "figure": True,
        "family": FAMILY,
        "svg": picture,
        "scale": scale_bar(frame),
        "legend": legend(),
    }
    return press.print(page, facts, kind="png", ppi=FIGURE_PPI)


def paint(
    assessed: Assessed, pixels: tuple[int, int], circle_id: str
) -> tuple[str, drawing.Frame, str]:
    """Paint the static picture; returns it with its frame and the trade whose blind areas show."""
    frame = drawing.frame_for(assessed, pixels, circle_id)
    trade = worst_trade(assessed, circle_id)
    focus = drawing.Focus(trade, circle_id)
    layers = (
        drawing.paint_tints(assessed, frame, focus),
        drawing.paint_ground(assessed, frame),
        drawing.paint_communities(assessed, frame),
        drawing.paint_circles(assessed, frame, focus),
        drawing.paint_blind_areas(assessed, frame, focus, every=False),
        drawing.paint_doors(assessed, frame, door_verdicts(assessed, trade), {}),
        drawing.paint_outlets(assessed, frame, focus, outlet_trades(assessed)),
        drawing.paint_labels(assessed, frame, focus),
    )
    return drawing.document(frame, layers, pixels), frame, trade


def scale_bar(frame: drawing.Frame) -> dict[str, Any]:
    """Return the scale bar: its label, and its length as a share of the picture's width."""
    length = drawing.round_length(frame.width * SCALE_SHARE)
    label = f"{length / 1000:g}公里" if length >= 1000 else f"{length}米"  # noqa: PLR2004
    return {"label": label, "share": round(length / frame.width, 5)}


def legend() -> list[dict[str, str]]:
    """Return the signs and what they mean, as small SVG pictures with words."""
    entries = [(outlet_mark(family), family.name) for family in families()]
    entries += [(mark, f"楼门：{wording.DOOR_VERDICTS[v]}") for v, mark in DOOR_SHAPES.items()]
    box = '<rect x="-7" y="-5" width="14" height="10" '
    dashes = 'stroke="#7B8794" stroke-width="1.4" stroke-dasharray="4 2.4"'
    entries.append((f'{box}fill="url(#hatch)" stroke="#B23A00"/>', "步行服务盲区"))
    entries.append((f'<path d="M-8 0H8" {dashes}/>', "社区边界"))
    entries += [
        (f'{box}fill="{fill}" stroke="#24405C" stroke-width="1.6"/>', STATE_WORDS[state])
        for state, fill in drawing.STATE_FILLS.items()
        if state in STATE_WORDS
    ]
    return [{"svg": _small(mark), "text": text} for mark, text in entries]


def _small(mark: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="-10 -10 20 20">'
        f"<defs>{drawing.hatch(1)}</defs>{mark}</svg>"
    )


def sheet_page(assessed: Assessed, facts: Provenance, circle_id: str) -> dict[str, Any]:
    """Return everything the A3 template prints."""
    picture, frame, trade = paint(assessed, SHEET_PIXELS, circle_id)
    name = str(assessed.circle_facts.loc[circle_id, "name"]) if circle_id else ""
    page: dict[str, Any] = {
        "family": FAMILY,
        "title": f"{facts.district}{name}便民商业网点分布图",
        "line": facts.line,
        "banner": facts.warning + facts.banner,
        "made_up": facts.made_up,
        "svg": picture,
        "scale": scale_bar(frame),
        "legend": legend(),
        "focus": _focus_sentence(assessed, trade, circle_id),
        "facts": _facts(assessed, circle_id),
        "circles": [] if circle_id else _circles(assessed),
        "sources": [layer.sentence for layer in facts.layers],
    }
    boxes = missing_glyphs(json.dumps(page, ensure_ascii=False))
    page["missing"] = f"字库没有收入的字：{'、'.join(boxes)}" if boxes else ""
    return page


def _focus_sentence(assessed: Assessed, trade: str, circle_id: str) -> str:
    if not trade:
        return "没有发现步行服务盲区；楼门符号按基本保障类最差一项。"
    areas = assessed.blind_areas
    areas = of_circle(areas, circle_id) if circle_id else areas
    rows = areas[areas["trade"] == trade]
    reach = reach_metres(assessed, trade)
    within = f"步行{wording.metres(reach)}内" if wording.known(reach) else "服务半径内"
    return (
        f"图上楼门符号和斜线区为“{trade_label(trade)}”：{within}没有的盲区{len(rows)}处，"
        f"涉及居民{wording.people(rows['people'].sum(min_count=1))}，是涉及居民最多的一项；其他业态的网点变淡。"
    )


def _facts(assessed: Assessed, circle_id: str) -> list[list[str]]:
    circles = [circle_id] if circle_id else circle_ids(assessed)
    rows = assessed.circle_facts.loc[circles]
    outlets, doors = assessed.outlets, assessed.doors
    if circle_id:
        outlets, doors = of_circle(outlets, circle_id), of_circle(doors, circle_id)
    states = [circle_state(assessed, circle) for circle in circles]
    facts = [
        ["居民", wording.people(rows["population"].sum(min_count=1))],
        ["面积", f"{wording.number(rows['area_km2'].sum(min_count=1), 2)}平方公里"],
        ["商业网点", f"{wording.number(len(outlets))}个"],
        ["楼门", f"{wording.number(len(doors))}个"],
        ["缺项", f"{sum(state.lacking for state in states)}项"],
        ["未核实", f"{sum(state.unknown for state in states)}项"],
    ]
    if circle_id:
        facts.append(["覆盖社区", wording.listed(community_names(assessed, circle_id))])
    else:
        facts.insert(0, ["生活圈", f"{len(circles)}个"])
    return facts


def _circles(assessed: Assessed) -> list[list[str]]:
    ordered = sorted(
        (
            (circle_state(assessed, c), str(assessed.circle_facts.loc[c, "name"]))
            for c in circle_ids(assessed)
        ),
        key=lambda pair: (-pair[0].lacking, pair[1]),
    )
    rows = [[name, state.label, state.word] for state, name in ordered[:CIRCLES_SHOWN]]
    rest = len(ordered) - len(rows)
    return [*rows, [f"另有{rest}个生活圈", "见电子地图", ""]] if rest else rows
