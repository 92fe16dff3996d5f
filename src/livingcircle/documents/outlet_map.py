"""Write 一图 as one HTML file that opens from a disk with the network cut.

密云 三（三）: “梳理社区便民商业服务网点的数量、分布点位，建立网点分布电子地图”.
The file carries its picture, its style and its script; a strict content policy lets nothing else
in, and every word that came from a file is escaped.
"""

import base64
import hashlib
from collections.abc import Callable
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

from livingcircle.documents import _wording as wording
from livingcircle.documents._assessed import circle_ids
from livingcircle.documents._assessed import circle_name
from livingcircle.documents._assessed import circle_state
from livingcircle.documents._assessed import hit
from livingcircle.documents._assessed import trade_label
from livingcircle.documents._assessed import worst_areas
from livingcircle.documents._chosen import site_listing
from livingcircle.documents._desk import Assessed
from livingcircle.documents._desk import at_desk
from livingcircle.documents._desk import once
from livingcircle.documents._door_folds import door_codes
from livingcircle.documents._door_folds import door_folds
from livingcircle.documents._door_folds import is_folded
from livingcircle.documents._frame import Frame
from livingcircle.documents._map_listing import Listing
from livingcircle.documents._map_tables import blind_listing
from livingcircle.documents._map_tables import circle_listing
from livingcircle.documents._map_tables import door_listing
from livingcircle.documents._map_tables import outlet_listing
from livingcircle.documents._picture import Picture
from livingcircle.documents._picture import compose
from livingcircle.documents._picture import ground_signs
from livingcircle.documents._picture import outlet_signs
from livingcircle.documents._picture import site_signs
from livingcircle.documents._provenance import Provenance
from livingcircle.documents._provenance import provenance
from livingcircle.documents._symbols import families
from livingcircle.documents._symbols import family_of
from livingcircle.documents._symbols import outlet_mark

FILE_NAME = "一图_网点分布电子地图.html"
PIXELS = (1200, 860)
FOLDED_HINT = "楼门很多：点一个生活圈，或把地图放大，才画出那里的楼门。"


def write_outlet_map(assessed: Assessed, path: Path) -> Path:
    """Write the interactive map of the district to ``path`` and return it."""
    path.write_text(outlet_map_html(assessed), encoding="utf-8", newline="\n")
    return path


def outlet_map_html(assessed: Assessed) -> str:
    """Return the whole page as text."""
    assessed = at_desk(assessed)
    facts = provenance(assessed)
    style, script = _part("map.css"), _part("map.js")
    told, folded = once(assessed, door_codes), is_folded(assessed)
    trades = list(told.trades)
    codes = [] if folded else [told.letters(place) for place in range(len(assessed.doors))]
    picture = compose(assessed, PIXELS, codes=codes, folded=folded)
    slots = {
        "policy": content_policy(style, script),
        "style": style,
        "script": script,
        "title": escape(f"{facts.district}便民商业网点分布电子地图"),
        "line": "".join(f"<span>{escape(part)}</span> " for part in facts.line.split("　")),
        "banner": _banner(facts),
        "map": _inline(picture),
        "trade_choices": _trade_choices(assessed, trades, picture.trade),
        "trade_filters": _trade_filters(assessed),
        "circles": _circle_buttons(assessed),
        "legend": _legend(assessed, made_up=facts.made_up),
        "lists": "".join(listing(assessed).html for listing in _listings(assessed)),
        "folds": door_folds(assessed, picture.frame),
        "doors_hint": f'<p class="hint">{FOLDED_HINT}</p>' if folded else "",
        "sources": "".join(f"<li>{escape(layer.sentence)}</li>" for layer in facts.told_layers),
        "trades": escape(" ".join(trades)),
        "example": escape(f"例如 {_example(assessed)}"),
    }
    return Template(_part("map.html")).substitute(slots)


def _example(assessed: Assessed) -> str:
    """Return what one might search for: a trade, and a community of this very district."""
    names = [str(name) for name in assessed.district.communities["name"] if name]
    return wording.listed(["药店", *names[:1]])


def content_policy(style: str, script: str) -> str:
    """Allow exactly this style and this script, and no request to anywhere."""
    style_hash, script_hash = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (style, script)
    )
    return (
        f"default-src 'none'; style-src 'sha256-{style_hash}'; script-src 'sha256-{script_hash}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _part(name: str) -> str:
    return (files("livingcircle.documents") / "templates" / name).read_text("utf-8")


def _banner(facts: Provenance) -> str:
    loud = " made-up" if facts.made_up else ""
    text = escape(facts.warning + facts.banner)
    return f'<p class="banner{loud}" role="note"><b>数据性质</b> {text}</p>'


def _inline(picture: Picture) -> str:
    # The policy forbids style attributes; presentation attributes and classes are enough.
    frame = picture.frame
    return picture.svg.replace(
        "<svg ",
        '<svg id="map" tabindex="0" role="application" aria-describedby="map-help" '
        f'aria-label="网点分布图" data-unit="{frame.unit:.4f}" data-home="{_home(frame)}" ',
        1,
    )


def _home(frame: Frame) -> str:
    return " ".join(f"{number:.1f}" for number in frame.home)


def _trade_choices(assessed: Assessed, trades: list[str], focus: str) -> str:
    areas, standard = assessed.blind_areas, assessed.standard
    options = [
        f'<option value=""{"" if focus else " selected"}>总体（基本保障类最差一项）</option>'
    ]
    for trade in trades:
        rows = worst_areas(areas[areas["trade"] == trade])
        label = trade_label(assessed, trade)
        if len(rows):
            label = f"{rows['trade_name'].iloc[0]}：{len(rows)}处，{hit(rows)}"
        marks = " selected" if trade == focus else ""
        marks += " data-basic" if standard.tier(trade) == "basic" else ""
        options.append(f'<option value="{escape(trade)}"{marks}>{escape(label)}</option>')
    return "".join(options)


def _trade_filters(assessed: Assessed) -> str:
    present = sorted({str(trade) for trade in assessed.district.outlet_trades["trade"]})
    groups: dict[str, list[str]] = {}
    for trade in present:
        groups.setdefault(assessed.standard.tier(trade), []).append(trade)
    parts = []
    for tier in (*wording.TIERS, ""):
        held = groups.get(tier)
        if held:
            order = [family.id for family in families()]
            held.sort(key=lambda t: (order.index(family_of([t]).id), t))
            name = wording.TIERS.get(tier, "其他业态")
            boxes = "".join(_trade_box(assessed, trade) for trade in held)
            parts.append(
                f'<fieldset><legend><label><input type="checkbox" checked data-tier>{name}'
                f"</label></legend>{boxes}</fieldset>"
            )
    return "".join(parts)


def _trade_box(assessed: Assessed, trade: str) -> str:
    sign = _sign(outlet_mark(family_of([trade])))
    return (
        f'<label><input type="checkbox" checked data-filter="{escape(trade)}">{sign}'
        f"{escape(trade_label(assessed, trade))}</label>"
    )


def _circle_buttons(assessed: Assessed) -> str:
    parts = []
    for place, circle in enumerate(circle_ids(assessed)):
        state = circle_state(assessed, circle)
        name = escape(circle_name(assessed, circle))
        parts.append(
            f'<li><button type="button" data-show="c{place}"><i class="state {state.word}"></i>'
            f"<b>{name}</b><span>{state.label}</span></button></li>"
        )
    return "".join(parts)


def _listings(assessed: Assessed) -> list[Callable[[Assessed], Listing]]:
    """Return the lists below the map; chosen sites are listed where there are any."""
    chosen = [site_listing] if len(assessed.chosen) else []
    return [circle_listing, *chosen, blind_listing, outlet_listing, door_listing]


def _legend(assessed: Assessed, *, made_up: bool) -> str:
    lists = (
        "".join(f"<li>{sign.svg}{escape(sign.text)}</li>" for sign in signs)
        for signs in (site_signs(assessed), outlet_signs(made_up=made_up), ground_signs())
    )
    return "".join(f"<ul>{entries}</ul>" for entries in lists if entries)


def _sign(mark: str) -> str:
    return f'<svg class="mark" viewBox="-8 -8 16 16" aria-hidden="true">{mark}</svg>'
