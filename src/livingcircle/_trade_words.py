"""Clean the words that ledgers and maps use for trades, before they are looked up."""

import re
import unicodedata
from collections.abc import Callable

_SEPARATORS = re.compile(r"[、,;/|+&\n]|(?<=.)(?:及|和|与|兼营|兼)(?=.{2})")
# These part a word only when it is unknown whole: “代收 代寄” and “7-11” are single words.
_LOOSE = re.compile(r"[\s\\·•.。:【】\[\]<>《》#*_]+")
_DASHES = re.compile(r"[-—–~]+")
_NUMBERING = re.compile(
    r"[①-⑳❶-❿]|[(（](?:\d{1,2}|[一二三四五六七八九十])[)）]|(?<!\d)\d{1,2}[.)、](?!\d)"
)
_NOISE = re.compile(r"[\s·•\-_—~.,;:、/|+&'\"“”‘’《》<>【】\[\]()*#!?。]+")
# 店/点/铺 and their like add nothing: “药店” and “药” differ, but “早餐店” and “早餐” do not.
_ENDS = re.compile(r"(?:服务网点|服务点|网点|门店|商店|店铺|店|点|铺|摊)$")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_ADDING = re.compile(r"^(?:一店多能:?|含|兼营|兼|带|附设|附|内设|内有|搭载|提供|可)")
# “邮局对面小卖部” is no post office, and “城市酒店-洗浴中心” no hotel; “7-11” is left alone.
_BEFORE_THE_SHOP = re.compile(
    r"^.*(?:对面|旁边|隔壁|楼下|斜对过|附近|(?<=[一-鿿)])[-—·](?=[一-鿿]{2}))"
)


def plain(text: str) -> str:
    """Return the text in NFKC and lower case: ``"ＡＴＭ（２４ｈ）"`` becomes ``"atm(24h)"``."""
    return unicodedata.normalize("NFKC", str(text)).replace("〔", "(").replace("〕", ")").lower()


def key(word: str) -> str:
    """Return the word as it is looked up: plain, without spaces, brackets or punctuation."""
    text = re.sub(r"^\d+[.、)]", "", plain(word).strip())
    return re.sub(r"(?:等|类)$", "", _NOISE.sub("", text))


def without_end(word: str) -> str:
    """Return a looked-up word without 店/点/铺 at its end, unless almost nothing is left."""
    short = _ENDS.sub("", word)
    return short if len(short) > 1 else word


def split(text: str) -> list[str]:
    """Split a cell at 、 ， ; / + and the like and at “①”, “（1）”, “1.”, not inside brackets."""
    return _outside_brackets(_SEPARATORS, plain(_NUMBERING.sub("、", str(text))))


def split_loosely(word: str) -> list[str]:
    """Split a word also at spaces, dots and frames, but never inside brackets."""
    return _outside_brackets(_LOOSE, word)


def split_dashes(word: str) -> list[str]:
    """Split a word at dashes; whether that helped is for the caller to see."""
    return _outside_brackets(_DASHES, word)


def _outside_brackets(separators: re.Pattern[str], text: str) -> list[str]:
    parts = [""]
    for piece in re.split(r"(\([^()]*\))", text):
        if piece.startswith("("):
            parts[-1] += piece
            continue
        first, *others = separators.split(piece)
        parts[-1] += first
        parts.extend(others)
    return [part.strip() for part in parts if key(part)]


def brackets(word: str) -> tuple[str, list[str], bool]:
    """Take a word apart into its head, the words in brackets, and whether those add to it.

    ``"超市(含早餐、快递)"`` is a supermarket that also has two other trades; ``"网点(银行)"``
    explains itself.
    """
    text = plain(word)
    inner = _BRACKETS.findall(text)
    adds = any(_ADDING.match(one) for one in inner)
    notes = [part for one in inner for part in split(_ADDING.sub("", one))]
    return _BRACKETS.sub("", text), notes, adds


def category_parts(category: str) -> list[str]:
    """List the words of a vendor's category, the most special first, without 其他."""
    parts = [key(part) for part in re.split(r"[;/|>]", plain(category))]
    return [key(category), *(part for part in parts[::-1] if part and part != "其他")]


def without_branch(name: str, *, is_trade: Callable[[str], bool]) -> str:
    """Return a shop's name without brackets for the branch: “(邮局店)” is where, not what."""
    text = re.sub(r"\s+", "", plain(name))
    return _BRACKETS.sub(lambda found: found[0] if is_trade(found[1]) else "", text)


def own_part(name: str) -> str:
    """Return the part of a name that is the shop's own, not its neighbour's or landlord's."""
    return _BEFORE_THE_SHOP.sub("", name)


def without_shop_in_brackets(name: str) -> str:
    """Drop “(邮局店)” too, though it is a trade's name: beside one's own name it tells a branch."""
    return re.sub(r"\([^()]*店\)", "", name)
