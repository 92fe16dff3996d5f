"""Cut the two fonts of the plan sheets out of Noto Sans CJK SC 2.004 (SIL OFL 1.1).

Usage: ``python tools/make_fonts.py NotoSansCJK-Regular.ttc NotoSansCJK-Bold.ttc``. The files are
those of the Debian package fonts-noto-cjk; the result is renamed, because a cut font is no
longer the font its name promises.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection
from fontTools.ttLib import TTFont

FAMILY = "LivingCircle Sans SC"
HERE = Path(__file__).resolve().parent.parent / "src" / "livingcircle" / "documents" / "fonts"

# Latin, Greek, punctuation, arrows, enclosed numbers, CJK punctuation, units, full width.
SYMBOLS = (
    (0x20, 0x7F), (0xA0, 0x180), (0x391, 0x3CA), (0x2010, 0x2070), (0x2103, 0x2104),
    (0x2160, 0x216C), (0x2190, 0x219A), (0x2200, 0x2270), (0x2460, 0x249C), (0x25A0, 0x2600),
    (0x2605, 0x2607), (0x3000, 0x3020), (0x3231, 0x3233), (0x3388, 0x33D0), (0xFF01, 0xFF5F),
    (0xFFE0, 0xFFE7),
)  # fmt: skip
UNIFIED = (0x4E00, 0xA000)


def symbols() -> set[int]:
    """Return the code points that are not Chinese characters."""
    return {point for first, end in SYMBOLS for point in range(first, end)}


def common_characters() -> set[int]:
    """Return the 3,755 characters of GB 2312 level 1, enough for bold headings."""
    found = set()
    for lead in range(0xB0, 0xD8):
        for trail in range(0xA1, 0xFF):
            text = bytes([lead, trail]).decode("gb2312", errors="ignore")
            found.update(ord(character) for character in text)
    return found


def simplified_chinese(path: Path) -> TTFont:
    """Open the simplified Chinese proportional member of a font collection."""
    for font in TTCollection(path):
        if font["name"].getDebugName(1).endswith("CJK SC") and "Mono" not in str(
            font["name"].getDebugName(1)
        ):
            return font
    sys.exit(f"{path} holds no simplified Chinese font")


def cut(path: Path, points: set[int], style: str) -> Path:
    """Write the part of a font that covers ``points``, under our own name."""
    options = subset.Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    options.glyph_names = False
    options.recalc_timestamp = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.drop_tables += ["vhea", "vmtx", "VORG", "GPOS", "GSUB", "BASE", "GDEF", "DSIG"]
    font = simplified_chinese(path)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=points)
    cutter.subset(font)
    rename(font, style)
    out = HERE / f"LivingCircleSansSC-{style}.otf"
    font.save(out)
    return out


def rename(font: TTFont, style: str) -> None:
    """Give the cut font our family name; copyright and licence stay."""
    names = font["name"]
    plain = f"{FAMILY.replace(' ', '')}-{style}"
    for record in list(names.names):
        text = {1: FAMILY, 2: style, 3: plain, 4: f"{FAMILY} {style}", 6: plain}.get(record.nameID)
        if text is not None:
            names.setName(text, record.nameID, record.platformID, record.platEncID, record.langID)
    top = font["CFF "].cff
    top.fontNames[0] = plain
    top.topDictIndex[0].FullName = f"{FAMILY} {style}"
    top.topDictIndex[0].FamilyName = FAMILY


def main() -> None:
    """Cut both weights."""
    regular, bold = (Path(argument) for argument in sys.argv[1:3])
    jobs = (
        (regular, symbols() | set(range(*UNIFIED)), "Regular"),
        (bold, symbols() | common_characters(), "Bold"),
    )
    for path, points, style in jobs:
        out = cut(path, points, style)
        print(f"{out.name}: {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
