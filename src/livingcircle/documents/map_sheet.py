"""Print 一图: A3 landscape as PDF and PNG, and the figure of the Word plan, all through typst."""

import json
from typing import Any
from typing import Literal

import geopandas as gpd
import typst

from livingcircle.documents import _drawing as drawing
from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import circle_ids
from livingcircle.documents._assessed import circle_name
from livingcircle.documents._assessed import circle_state
from livingcircle.documents._assessed import community_names
from livingcircle.documents._assessed import hit
from livingcircle.documents._assessed import musts
from livingcircle.documents._assessed import of_circle
from livingcircle.documents._assessed import own_outlets
from livingcircle.documents._desk import Assessed
from livingcircle.documents._desk import at_desk
from livingcircle.documents._desk import once
from livingcircle.documents._desk import part
from livingcircle.documents._fonts import FAMILY
from livingcircle.documents._fonts import FOLDER
from livingcircle.documents._fonts import missing_glyphs
from livingcircle.documents._frame import Frame
from livingcircle.documents._picture import compose
from livingcircle.documents._picture import ground_signs
from livingcircle.documents._picture import outlet_signs
from livingcircle.documents._picture import site_signs
from livingcircle.documents._provenance import Provenance
from livingcircle.documents._provenance import provenance
from livingcircle.errors import OutputError

SHEET_PIXELS = (1180, 950)
FIGURE_PIXELS = (780, 510)
SCALE_SHARE = 0.16  # the scale bar takes at most this share of the picture's width
SHEET_PPI = 150.0
FIGURE_PPI = 220.0
CIRCLES_SHOWN = 14


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
    assessed = at_desk(assessed)
    facts = provenance(assessed)
    page = sheet_page(assessed, facts, circle_id)
    return {
        "pdf": press.print(page, facts, kind="pdf"),
        "png": press.print(page, facts, kind="png", ppi=SHEET_PPI),
    }


def print_figure(assessed: Assessed, press: Press, circle_id: str) -> bytes:
    """Return the map of a circle as a picture for a Word page."""
    assessed = at_desk(assessed)
    facts = provenance(assessed)
    picture = compose(assessed, FIGURE_PIXELS, circle_id)
    page = {
        "figure": True,
        "family": FAMILY,
        "svg": picture.svg,
        "scale": scale_bar(picture.frame),
        "legend": legend(assessed, made_up=facts.made_up),
    }
    return press.print(page, facts, kind="png", ppi=FIGURE_PPI)


def scale_bar(frame: Frame) -> dict[str, Any]:
    """Return the scale bar: its label, and its length as a share of the picture's width."""
    length = drawing.round_length(frame.width * SCALE_SHARE)
    label = f"{length / 1000:g}公里" if length >= 1000 else f"{length}米"  # noqa: PLR2004
    return {"label": label, "share": round(length / frame.width, 5)}


def legend(assessed: Assessed, *, made_up: bool) -> list[dict[str, str]]:
    """Return the signs and what they mean, as small pictures with words."""
    signs = (*site_signs(assessed), *outlet_signs(made_up=made_up), *ground_signs())
    return [{"svg": sign.svg, "text": sign.text} for sign in signs]


def sheet_page(assessed: Assessed, facts: Provenance, circle_id: str) -> dict[str, Any]:
    """Return everything the A3 template prints."""
    picture = compose(assessed, SHEET_PIXELS, circle_id)
    name = circle_name(assessed, circle_id) if circle_id else ""
    page: dict[str, Any] = {
        "family": FAMILY,
        "title": f"{wording.title(facts.district, name)}便民商业网点分布图",
        "line": facts.line,
        "banner": facts.warning + facts.banner,
        "made_up": facts.made_up,
        "svg": picture.svg,
        "scale": scale_bar(picture.frame),
        "legend": legend(assessed, made_up=facts.made_up),
        "focus": _focus_sentence(picture.areas),
        "facts": _facts(assessed, circle_id),
        "circles": [] if circle_id else _circles(assessed),
        "sources": [layer.sentence for layer in facts.told_layers],
    }
    boxes = missing_glyphs(json.dumps(page, ensure_ascii=False))
    page["missing"] = f"字库没有收入的字：{'、'.join(boxes)}" if boxes else ""
    return page


def _focus_sentence(areas: gpd.GeoDataFrame) -> str:
    if not len(areas):
        return "没有发现步行服务盲区；楼门符号按基本保障类最差一项。"
    first = areas.iloc[0]
    whom = "居民" if areas["people"].notna().any() else "楼门"
    return (
        f"图上楼门符号和斜线区为“{first['trade_name']}”：{wording.within(first['radius_m'])}没有的"
        f"盲区{len(areas)}处，涉及{hit(areas)}，是涉及{whom}最多的一项；其他业态的网点变淡。"
    )


def _facts(assessed: Assessed, circle_id: str) -> list[list[str]]:
    facts, doors, gaps = assessed.circle_facts, assessed.doors, assessed.gaps
    findings, outlets = assessed.findings, once(assessed, own_outlets)
    if circle_id:
        doors, gaps = (part(assessed, table, circle_id) for table in ("doors", "gaps"))
        findings = part(assessed, "findings", circle_id)
        outlets = of_circle(outlets, circle_id)
        facts = facts.loc[[circle_id]]
        rest = ["覆盖社区", wording.listed(community_names(assessed, circle_id))]
    else:
        rest = ["生活圈", f"{len(facts)}个"]
    return [
        ["居民", wording.total(facts["population"], "人")],
        ["面积", wording.total(facts["area_km2"], "平方公里")],
        ["商业网点", f"{wording.number(len(outlets))}个"],
        ["楼门", f"{wording.number(len(doors))}个"],
        ["缺项（任务，同一单）", f"{len(gaps)}项"],
        ["未核实（必须达到的）", f"{int((musts(findings)['verdict'] == 'unknown').sum())}项"],
        rest,
    ]


def _circles(assessed: Assessed) -> list[list[str]]:
    ordered = sorted(
        ((circle_state(assessed, c), circle_name(assessed, c)) for c in circle_ids(assessed)),
        key=lambda pair: (-pair[0].lacking, pair[1]),
    )
    rows = [[name, state.label, state.word] for state, name in ordered[:CIRCLES_SHOWN]]
    rest = len(ordered) - len(rows)
    if rest:
        rows.append([f"另有{rest}个生活圈", "见电子地图", ""])
    outside = len(part(assessed, "gaps", ""))
    if outside:
        rows.append([wording.OUTSIDE, f"缺{outside}项", "lacking"])
    return rows
