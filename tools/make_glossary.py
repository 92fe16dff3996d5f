"""Write the trade catalogue at the end of docs/glossary.md from src/livingcircle/trades.toml.

The words above the mark are written by hand and stay as they are. Run it after every change of the
catalogue: ``python tools/make_glossary.py``.
"""

from pathlib import Path

from livingcircle.trades import TRADES
from livingcircle.trades import Trade
from livingcircle.trades import trade_name

GLOSSARY = Path(__file__).resolve().parent.parent / "docs" / "glossary.md"
MARK = "<!-- Everything below is written by tools/make_glossary.py. -->\n"


def glossary(written: str) -> str:
    """Return the page with the catalogue of today below the mark."""
    by_hand, mark, _ = written.partition(MARK)
    return by_hand + mark + "\n" + catalogue()


def catalogue() -> str:
    """Return the trades as a table, one line each."""
    lines = [
        f"{len(TRADES)} trades. 写台账时用“名称”或“也写作”里的任何一个词；店/点/铺等字尾可省略。",
        "",
        "| 名称 | code | 同时计入 | 也写作 | OpenStreetMap | GB/T 4754-2017 |",
        "|---|---|---|---|---|---|",
        *(_line(trade) for trade in TRADES.values()),
    ]
    return "\n".join(lines) + "\n"


def _line(trade: Trade) -> str:
    broader = trade_name(trade.broader) if trade.broader else ""
    tags = "<br>".join(f"`{rule}`" for rule in trade.osm)
    cells = (
        trade.name,
        f"`{trade.code}`",
        broader,
        "、".join(trade.aliases),
        tags,
        "、".join(trade.gbt4754),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    GLOSSARY.write_text(glossary(GLOSSARY.read_text(encoding="utf-8")), encoding="utf-8")
