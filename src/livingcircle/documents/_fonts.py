"""Carry the typeface of the printed sheets, so that any machine prints the same page.

``LivingCircle Sans SC`` is cut from Noto Sans CJK SC (SIL OFL 1.1, ``fonts/OFL.txt``): the
regular weight holds all 20,992 characters of the first CJK block, the bold one the 3,755 common
ones and falls back to the regular.
"""

from functools import cache
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont

FAMILY = "LivingCircle Sans SC"
FOLDER = Path(str(files("livingcircle.documents"))) / "fonts"


@cache
def covered_points() -> frozenset[int]:
    """Return the code points the regular weight can draw."""
    with TTFont(FOLDER / "LivingCircleSansSC-Regular.otf", lazy=True) as font:
        return frozenset(font.getBestCmap())


def missing_glyphs(text: str) -> str:
    """Return the characters of ``text`` that would print as an empty box, each once."""
    points = covered_points()
    drawn = (one for one in set(text) if not one.isspace())
    return "".join(sorted(one for one in drawn if ord(one) not in points))
