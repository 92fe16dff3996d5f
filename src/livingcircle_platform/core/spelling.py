"""Spell names in pinyin, so that they are found by characters, pinyin or initials."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from pypinyin.constants import PHRASES_DICT
from pypinyin.constants import PINYIN_DICT
from pypinyin.seg.mmseg import seg

_BREAKS = re.compile(r"[^\w]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LONGEST = 400


@lru_cache(maxsize=50_000)
def spoken(name: str) -> tuple[str, str]:
    """Return the pinyin of a name in one word, and its initials."""
    if not _HAN.search(name):
        return "", ""
    # What lazy_pinyin gives, many times faster: an import spells a hundred thousand names.
    syllables = [one for word in seg.cut(name) for one in _syllables(word)]
    return "".join(syllables), "".join(one[0] for one in syllables if one)


@lru_cache(maxsize=50_000)
def _syllables(word: str) -> tuple[str, ...]:
    """Return the syllables of a word that a dictionary knows, or of its characters."""
    known = PHRASES_DICT.get(word)
    if known is not None:
        return tuple(_toneless(readings[0]) for readings in known)
    numbers = (ord(character) for character in word)
    return tuple(_toneless(PINYIN_DICT[one].split(",")[0]) for one in numbers if one in PINYIN_DICT)


def _toneless(syllable: str) -> str:
    plain = unicodedata.normalize("NFD", syllable).replace("u\u0308", "v")
    return "".join(one for one in plain if not unicodedata.combining(one))


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
