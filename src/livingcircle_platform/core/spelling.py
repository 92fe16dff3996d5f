"""Spell names in pinyin, so that they are found by characters, pinyin or initials."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from pypinyin import Style
from pypinyin import lazy_pinyin

_BREAKS = re.compile(r"[^\w]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LONGEST = 400


@lru_cache(maxsize=50_000)
def spoken(name: str) -> tuple[str, str]:
    """Return the pinyin of a name in one word, and its initials."""
    if not _HAN.search(name):
        return "", ""
    syllables = lazy_pinyin(name, style=Style.NORMAL, errors="ignore")
    return "".join(syllables), "".join(one[0] for one in syllables if one)


def line_of(names: Iterable[str]) -> str:
    """Return the line to search in: every name, its pinyin and its initials."""
    words: list[str] = []
    for name in names:
        plain = needle_of(name)
        if plain:
            words += [plain, *filter(None, spoken(plain))]
    return " ".join(dict.fromkeys(words))[:_LONGEST]


def needle_of(text: str) -> str:
    """Return what to look for: one width, small letters, no spaces or marks."""
    return _BREAKS.sub("", unicodedata.normalize("NFKC", text or "").lower())
